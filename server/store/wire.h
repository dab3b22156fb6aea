/* wire.h -- one socket to Redis: commands out, replies in, in order. Private to the room. */
#ifndef STORE_WIRE_H
#define STORE_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"
#include "groundswell/store/answer.h"

struct address;
struct loop;
struct wire;

#define WIRE_OUT_MAX (64u << 20) /* bytes that wait to be written; above it wire_send says BUSY */

struct wire_calls {
    void (*connected)(void *ctx);
    void (*reply)(void *ctx, const struct answer *answer);
    /* It broke, or the other side spoke garbage; nothing comes after, wire_close() is due. */
    void (*closed)(void *ctx, const char *why);
};

/* NULL with errno: not even begun. `calls` has static storage; none of them comes before this
 * returned. */
struct wire *wire_open(struct loop *loop, const struct address *address,
                       const struct wire_calls *calls,
                       void *ctx);
/* No call comes after this. Allowed within any of them. */
void wire_close(struct wire *wire);

/* Appends one command; what was appended in one turn of the loop leaves in one write. A fault
 * leaves the wire as it was. */
enum fault wire_send(struct wire *wire, const struct text *argv, size_t argc) MUST_CHECK;

#endif
