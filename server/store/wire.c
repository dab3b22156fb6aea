/* wire.c -- one socket to Redis on the event loop, with hiredis's reply reader.
 *
 * Of hiredis 0.14 only the reader is used, not its async half: that one asserts, and so aborts the
 * whole server, when a peer sends a reply that nobody asked for; it allocates a callback and two
 * strings a question; and it is silent about a socket that was never there. A socket, a buffer and
 * a reader do the same here, and the order of questions is kept by their owner (connection.c).
 *
 * This is the one file of the room that knows libevent. */
#include "wire.h"

#include <errno.h>
#include <event2/event.h>
#include <hiredis/hiredis.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "groundswell/base/buf.h"
#include "groundswell/io/loop.h"

#define READ_SIZE (16 * KIB)
#define READS_A_TURN 8 /* so that one busy wire does not keep the loop from the others */
#define COMPACT_AT (256 * KIB)
#define FRAME_MAX 32 /* "$18446744073709551615\r\n" and the CR LF behind the argument */

struct wire {
    int fd;
    struct event *readable, *writable;
    redisReader *reader;
    struct buf out;
    size_t sent; /* of out */
    const struct wire_calls *calls;
    void *ctx;
    bool connected, flushing; /* flushing: the write event is active or added */
    bool closed, inside;      /* inside: a handler of ours is on the stack and frees at its end */
};

static void wire_free(struct wire *wire)
{
    if (wire->readable)
        event_free(wire->readable);
    if (wire->writable)
        event_free(wire->writable);
    if (wire->reader)
        redisReaderFree(wire->reader);
    if (wire->fd >= 0)
        close(wire->fd);
    buf_release(&wire->out);
    free(wire);
}

void wire_close(struct wire *wire)
{
    if (!wire)
        return;
    wire->closed = true;
    if (!wire->inside)
        wire_free(wire);
}

static void broke(struct wire *wire, const char *why)
{
    if (wire->closed)
        return;
    event_del(wire->readable);
    event_del(wire->writable);
    wire->calls->closed(wire->ctx, why);
}

/* Hands on every complete reply. False when the wire is no more to be read from. */
static bool take_replies(struct wire *wire)
{
    for (;;) {
        void *reply = NULL;
        if (redisReaderGetReply(wire->reader, &reply) != REDIS_OK) {
            broke(wire, "spoke garbage");
            return false;
        }
        if (!reply)
            return true;
        wire->calls->reply(wire->ctx, (const struct answer *)reply);
        freeReplyObject(reply);
        if (wire->closed)
            return false;
    }
}

static bool read_once(struct wire *wire)
{
    char chunk[READ_SIZE];
    ssize_t n = recv(wire->fd, chunk, sizeof chunk, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n <= 0) {
        broke(wire, n == 0 ? "closed the connection" : strerror(errno));
        return false;
    }
    if (redisReaderFeed(wire->reader, chunk, (size_t)n) != REDIS_OK) {
        broke(wire, "sent more than memory holds");
        return false;
    }
    return take_replies(wire) && (size_t)n == sizeof chunk;
}

static void on_readable(evutil_socket_t fd, short what, void *ctx)
{
    struct wire *wire = ctx;
    (void)fd;
    (void)what;
    wire->inside = true;
    for (int i = 0; i < READS_A_TURN && read_once(wire); i++)
        continue;
    wire->inside = false;
    if (wire->closed)
        wire_free(wire);
}

/* Moves what waits to the front where that is cheap: a wire that is never idle stays small. */
static void compact(struct wire *wire)
{
    if (wire->sent == wire->out.len) {
        buf_reset(&wire->out);
        wire->sent = 0;
    } else if (wire->sent >= COMPACT_AT && wire->sent >= wire->out.len / 2) {
        memmove(wire->out.data, wire->out.data + wire->sent, wire->out.len - wire->sent);
        wire->out.len -= wire->sent;
        wire->sent = 0;
    }
}

static void flush(struct wire *wire)
{
    while (wire->sent < wire->out.len) {
        ssize_t n = send(wire->fd, wire->out.data + wire->sent, wire->out.len - wire->sent,
                         MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            wire->flushing = true;
            event_add(wire->writable, NULL);
            return;
        }
        if (n < 0) {
            broke(wire, strerror(errno));
            return;
        }
        wire->sent += (size_t)n;
    }
    compact(wire);
}

static void finish_connect(struct wire *wire)
{
    int failed = 0;
    socklen_t size = sizeof failed;
    if (getsockopt(wire->fd, SOL_SOCKET, SO_ERROR, &failed, &size) != 0)
        failed = errno;
    if (failed) {
        broke(wire, strerror(failed));
        return;
    }
    wire->connected = true;
    if (event_add(wire->readable, NULL) != 0)
        broke(wire, "cannot be watched");
    else
        wire->calls->connected(wire->ctx);
}

static void on_writable(evutil_socket_t fd, short what, void *ctx)
{
    struct wire *wire = ctx;
    (void)fd;
    (void)what;
    wire->inside = true;
    wire->flushing = false;
    if (!wire->connected)
        finish_connect(wire);
    else
        flush(wire);
    wire->inside = false;
    if (wire->closed)
        wire_free(wire);
}

struct wire *wire_open(struct loop *loop, const struct address *address,
                       const struct wire_calls *calls,
                       void *ctx)
{
    struct wire *wire = calloc(1, sizeof *wire);
    if (!wire)
        return NULL;
    *wire = (struct wire){.calls = calls, .ctx = ctx, .out = BUF_MAX(WIRE_OUT_MAX)};
    wire->fd = address_connect(address);
    if (wire->fd >= 0) {
        wire->reader = redisReaderCreate();
        wire->readable = event_new(loop_base(loop), wire->fd, EV_READ | EV_PERSIST, on_readable,
                                   wire);
        wire->writable = event_new(loop_base(loop), wire->fd, EV_WRITE, on_writable, wire);
        if (wire->reader && wire->readable && wire->writable && event_add(wire->writable,
                                                                          NULL) == 0)
            return wire;
        errno = ENOMEM;
    }
    int kept = errno;
    wire_free(wire);
    errno = kept;
    return NULL;
}

/* RESP, redis.io/docs/reference/protocol-spec: an array of bulk strings. */
enum fault wire_send(struct wire *wire, const struct text *argv, size_t argc)
{
    struct buf *out = &wire->out;
    size_t before = out->len, need = FRAME_MAX;
    for (size_t i = 0; i < argc; i++)
        need += argv[i].n + FRAME_MAX;
    if (need > out->max - out->len)
        return FAULT_BUSY;
    buf_char(out, '*');
    buf_u64(out, argc);
    for (size_t i = 0; i < argc; i++) {
        buf_put(out, "\r\n$", 3);
        buf_u64(out, argv[i].n);
        buf_put(out, "\r\n", 2);
        buf_put(out, argv[i].at, argv[i].n);
    }
    buf_put(out, "\r\n", 2);
    if (buf_fault(out)) {
        out->len = before;
        out->fault = FAULT_NONE;
        return FAULT_MEMORY;
    }
    if (wire->connected && !wire->flushing) {
        /* Runs after all that is ready in this turn, without a system call. */
        wire->flushing = true;
        event_active(wire->writable, EV_WRITE, 1);
    }
    return FAULT_NONE;
}
