/* inside.h -- what the files of this room know of one another: the server and its connections.
 *
 * A connection is in exactly one phase, and its functions are named for it:
 *
 *     HEAD -> BODY -> HANDLER -> HEAD ...    one request after the other
 *                       |-----> STREAM
 *     any  -> FLUSH -> LINGER -> DEAD        the last answer leaves, the client reads it
 *
 * Nothing is freed while somebody up the stack may still hold it: DEAD connections are buried at
 * the end of the loop turn. */
#ifndef GROUNDSWELL_HTTP_INSIDE_H
#define GROUNDSWELL_HTTP_INSIDE_H

#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include "address.h"
#include "groundswell/http/server.h"
#include "groundswell/http/stream.h"
#include "groundswell/http/visit.h"
#include "groundswell/io/loop.h"
#include "head.h"
#include "problem.h"

#define LISTENERS_MAX 8
#define REFUSED_MAX 64     /* connections over a cap that are told so at one time */
#define TICK_MS 200        /* how late a deadline may be noticed */
#define LINGER_INPUT_MAX (256 * KIB)
#define ANSWER_HEAD_MAX (12 * KIB)
#define ONE_SEND_MAX (64 * KIB) /* head and body up to this leave in one system call */

enum phase {
    PHASE_HEAD,
    PHASE_BODY,
    PHASE_HANDLER,
    PHASE_STREAM,
    PHASE_FLUSH,
    PHASE_LINGER,
    PHASE_DEAD,
};

struct stream {
    struct connection *connection;
    struct stream_events events;
    bool open; /* handed out, on_close still to come */
};

struct connection {
    enum phase phase;
    bool pumping; /* somebody up the stack is stepping this connection */
    bool eof;     /* the client has said all it will ever say */
    bool refused; /* over a cap; counted apart */
    bool blank;   /* an empty line before this request has been skipped */
    bool secure;
    struct head_scan scan;
    struct parser parser;
    struct head head;
    struct visit *visit; /* in BODY and HANDLER */
    struct stream stream;
    size_t requests, body_raw, drained;
    uint64_t deadline_us; /* of the phase; 0: none */
    uint64_t body_begun_us, out_since_us;
    size_t out_seen;
    uint8_t peer[16];
    struct http_server *server;
    struct bufferevent *io;
    struct connection *next, *prev, *next_grave;
};

struct http_server {
    struct loop *loop;
    struct http_plan plan;
    struct router *router;
    SSL_CTX *tls;
    struct evconnlistener *listeners[LISTENERS_MAX];
    size_t listeners_n;
    struct addresses addresses;
    struct connection *connections, *graves;
    size_t connections_n, refused_n, streams_n, uploads_n;
    struct event *turn; /* active while something is left to do as this turn of the loop ends */
    bool draining, starved;
    struct visit **visits;      /* all that were made, for the end */
    struct visit *pool, *spent; /* free; answered, still readable until the turn ends */
    struct ask *heard;          /* answered visits inside others, not yet replied */
    size_t visits_made, visits_used;
    uint64_t requests; /* also the id of the latest */
    struct buf scratch;
    uint64_t date_s;
    char date[32];
    struct timer *tick, *drain_timer, *accept_timer;
    void (*drained)(void *ctx);
    void *drained_ctx;
};

/* connection.c */
struct connection *connection_new(struct http_server *server, struct bufferevent *io,
                                  const uint8_t peer[static 16]);
void connection_pump(struct connection *connection);
void connection_write(struct connection *connection, struct text bytes);
/* The same of an open file, read as it leaves; closes fd in any case. */
void connection_write_file(struct connection *connection, int fd, uint64_t bytes);
/* After the answer to a request has been written: next request, or the end. */
void connection_next(struct connection *connection, bool last);
/* Refuses what was never a request: answers, and nothing after it is run. */
void connection_refuse(struct connection *connection, enum problem problem, const char *detail);
void connection_end(struct connection *connection); /* flush, linger, close */
void connection_close(struct connection *connection); /* at once */
bool connection_writes(const struct connection *connection); /* output still waits */

/* body.c: true when something changed and the connection should be stepped again. */
bool body_step(struct connection *connection);

/* upload.c */
bool route_is_upload(const struct route *route);
/* Opens visit->upload for a body of that length, 0 where it is not known. False: answered. */
bool upload_begin(struct visit *visit, uint64_t length);
enum problem upload_put(struct visit *visit, struct text bytes);
void upload_end(struct visit *visit); /* there may be none */
void refuse_upload_large(struct visit *visit, uint64_t length); /* 0: it goes on and on */
void uploads_sweep(const struct http_plan *plan);

/* request.c: takes the head that the scan found. */
bool head_step(struct connection *connection);
void request_run(struct connection *connection); /* the body is complete: the handler's turn */
void refuse_body_large(struct visit *visit);

/* visit.c */
struct visit *visit_take(struct http_server *server); /* NULL: all are in use */
void visit_spend(struct visit *visit);                /* after the answer */
void visits_recycle(struct http_server *server);
/* True when only answered visits keep others out: they are recycled as this turn ends. */
bool visits_starve(struct http_server *server);
void visits_free(struct http_server *server);
void visit_detach(struct connection *connection); /* the client has gone */

/* ask.c */
void ask_answered(struct visit *visit, unsigned status, const char *content_type,
                  struct text body);
void ask_forget(struct visit *visit);        /* it may be none of these */
void asks_reply(struct http_server *server); /* may answer visits, and ask more */
void asks_forget(struct http_server *server);

/* answer.c */
struct answer {
    unsigned status;
    const char *content_type;
    struct text fields; /* further header lines, each ended by CRLF */
    size_t length;
    bool close, says_keep_alive;
};
void answer_head_put(struct http_server *server, struct buf *out, const struct answer *answer);
bool answer_is_last(const struct visit *visit, const struct connection *connection);
void answer_line(struct visit *visit, unsigned status); /* log and metrics */

/* sweep.c */
void sweep_start(struct http_server *server);
uint64_t deadline_in(const struct http_server *server, uint64_t ms);

/* server.c */
void server_turn(struct http_server *server); /* asks for turn.c's work as this turn ends */

/* turn.c */
void turn_end(struct http_server *server);
void turn_bury(struct http_server *server);
void turn_count(const struct http_server *server); /* the gauge of open connections */

/* drain.c */
bool drain_is_over(const struct http_server *server);

/* stream.c */
void stream_closed(struct connection *connection); /* says on_close, once */

/* tls.c */
SSL_CTX *tls_new(const char *cert, const char *key);
struct bufferevent *tls_accept(struct http_server *server, int fd);
void tls_bye(struct bufferevent *io);

#endif
