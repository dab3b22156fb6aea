/* resp.c -- a small client of Redis for tests. See resp.h. */
#include "resp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define OUT_MAX (8 * MIB)

static void need(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "resp: %s: %s\n", what, strerror(errno));
    abort();
}

void resp_open(struct resp *resp, const char *socket_path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    *resp = (struct resp){.out = BUF_MAX(OUT_MAX), .command = BUF_MAX(OUT_MAX)};
    need(strlen(socket_path) < sizeof to.sun_path, "the socket's path is too long");
    memcpy(to.sun_path, socket_path, strlen(socket_path));
    resp->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(resp->fd >= 0, "socket");
    need(connect(resp->fd, (const struct sockaddr *)&to, sizeof to) == 0, "connect");
}

void resp_close(struct resp *resp)
{
    close(resp->fd);
    buf_release(&resp->out);
    buf_release(&resp->command);
    free(resp->in);
}

void resp_arg(struct resp *resp, struct text arg)
{
    buf_char(&resp->command, '$');
    buf_u64(&resp->command, arg.n);
    buf_cstr(&resp->command, "\r\n");
    buf_text(&resp->command, arg);
    buf_cstr(&resp->command, "\r\n");
    resp->command_n++;
}

void resp_format(struct resp *resp, const char *format, ...)
{
    char arg[256];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(arg, sizeof arg, format, args);
    va_end(args);
    need(n >= 0 && (size_t)n < sizeof arg, "an argument is too long");
    resp_arg(resp, (struct text){arg, (size_t)n});
}

void resp_end(struct resp *resp)
{
    buf_char(&resp->out, '*');
    buf_u64(&resp->out, resp->command_n);
    buf_cstr(&resp->out, "\r\n");
    buf_text(&resp->out, buf_view(&resp->command));
    buf_reset(&resp->command);
    resp->command_n = 0;
}

void resp_say(struct resp *resp, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    need(n >= 0 && (size_t)n < sizeof line, "a command is too long");
    struct text rest = {line, (size_t)n};
    while (rest.at)
        resp_arg(resp, text_cut(&rest, ' '));
    resp_end(resp);
}

void resp_flush(struct resp *resp)
{
    need(buf_fault(&resp->out) == FAULT_NONE, "too much at once");
    struct text rest = buf_view(&resp->out);
    while (rest.n > 0) {
        ssize_t n = write(resp->fd, rest.at, rest.n);
        need(n > 0 || errno == EINTR, "write");
        if (n > 0)
            rest = (struct text){rest.at + n, rest.n - (size_t)n};
    }
    buf_reset(&resp->out);
}

/* ---- reading ---- */

static void more(struct resp *resp)
{
    memmove(resp->in, resp->in + resp->in_at, resp->in_n - resp->in_at);
    resp->in_n -= resp->in_at;
    resp->in_at = 0;
    if (resp->in_max - resp->in_n < 16 * KIB) {
        resp->in_max = 2 * resp->in_max + 64 * KIB;
        resp->in = realloc(resp->in, resp->in_max);
        need(resp->in != NULL, "memory");
    }
    ssize_t n = read(resp->fd, resp->in + resp->in_n, resp->in_max - resp->in_n);
    need(n > 0 || (n < 0 && errno == EINTR), "Redis has hung up");
    resp->in_n += n > 0 ? (size_t)n : 0;
}

/* Up to the next CRLF. */
static struct text line(struct resp *resp, struct arena *arena)
{
    for (;;) {
        size_t n = resp->in_n - resp->in_at;
        const char *end = n ? memchr(resp->in + resp->in_at, '\r', n) : NULL;
        if (end && end + 1 < resp->in + resp->in_n) {
            struct text found = {resp->in + resp->in_at, (size_t)(end - resp->in) - resp->in_at};
            resp->in_at += found.n + 2;
            return arena_text(arena, found);
        }
        if (!resp->in)
            resp->in = calloc(1, resp->in_max = 64 * KIB);
        need(resp->in != NULL, "memory");
        more(resp);
    }
}

static struct text bulk(struct resp *resp, size_t n, struct arena *arena)
{
    while (resp->in_n - resp->in_at < n + 2)
        more(resp);
    struct text found = arena_text(arena, (struct text){resp->in + resp->in_at, n});
    resp->in_at += n + 2;
    return found;
}

struct reply resp_read(struct resp *resp, struct arena *arena)
{
    struct text head = line(resp, arena);
    need(head.n > 0, "an empty reply");
    struct reply reply = {.kind = head.at[0], .text = {head.at + 1, head.n - 1}};
    if (reply.kind != '$' && reply.kind != '*')
        return reply;
    if (text_is(reply.text, "-1"))
        return (struct reply){.kind = '_'};
    uint64_t n;
    need(text_to_u64(reply.text, SIZE_MAX / 64, &n), "a reply without length");
    reply.text = TEXT_NONE;
    if (reply.kind == '$') {
        reply.text = bulk(resp, n, arena);
        return reply;
    }
    struct reply *items = arena_alloc(arena, (n ? n : 1) * sizeof *items);
    need(items != NULL, "memory");
    for (size_t i = 0; i < n; i++)
        items[i] = resp_read(resp, arena);
    reply.items = items;
    reply.n = n;
    return reply;
}
