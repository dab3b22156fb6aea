/* resp.h -- a small client of Redis for tests: says commands, many at once, and waits for the
 * replies.
 *
 * Blocking, over a unix socket, nothing typed: for tests that must control every byte which a
 * function is called with. What cannot be sent or read aborts the test. */
#ifndef TESTS_RESP_H
#define TESTS_RESP_H

#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/arena.h"
#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

struct resp {
    int fd;
    struct buf out, command;
    size_t command_n;
    char *in;
    size_t in_at, in_n, in_max;
};

struct reply {
    char kind; /* + - : $ * as on the wire; _ for nothing there */
    struct text text; /* of + - : $ */
    const struct reply *items; /* of * */
    size_t n;
};

void resp_open(struct resp *resp, const char *socket_path);
void resp_close(struct resp *resp);
void resp_arg(struct resp *resp, struct text arg);
void resp_format(struct resp *resp, const char *format, ...) PRINTF_LIKE(2, 3); /* one argument */
void resp_end(struct resp *resp); /* the command is complete */
/* Words divided by one blank each: a whole command. */
void resp_say(struct resp *resp, const char *format, ...) PRINTF_LIKE(2, 3);
void resp_flush(struct resp *resp);
/* The next reply, in the arena. */
struct reply resp_read(struct resp *resp, struct arena *arena);

#endif
