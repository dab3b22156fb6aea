/* desk.h -- the front office: every API row, who may use it, and what it says.
 *
 * One desk a process. It is wired between the doors (http) and the ledger:
 *
 *     struct desk *desk = desk_new(loop, &plan);
 *     struct http_plan http = {.routes = desk_routes(desk), .routes_n = desk_routes_n(desk),
 *                              .fields = desk_fields(desk), .ctx = desk,
 *                              .before_body = desk_before_body,
 *                              .refuse = desk_refuse, .problem_put = desk_problem_put,
 *                              .line = desk_line};
 */
#ifndef GROUNDSWELL_DESK_DESK_H
#define GROUNDSWELL_DESK_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/people/keys.h"
#include "groundswell/people/session.h"

struct desk;
struct http_line;
struct http_problem;
struct ledger;
struct loop;
struct passwords;
struct route;
struct visit;
struct workers;

/* How often a minute, and so often at once after a rest; 0: without limit. Each process counts for
 * itself. `person` is who is signed in, or a token's or key's subject. */
struct desk_limits {
    uint64_t address_read, address_write, address_sign_in;
    uint64_t person_read, person_write;
};

/* A link that somebody is to get by mail. */
struct desk_mail {
    const char *kind;     /* sign-in, mail-confirm, invitation */
    struct text to, lang; /* an address; "cy", or empty */
    struct text link;     /* the whole address of the page */
};

struct desk_plan {
    struct ledger *ledger;          /* borrowed */
    const struct people_keys *keys; /* borrowed */
    struct passwords *passwords;    /* borrowed */
    struct desk_limits limits;
    struct session_limits sessions;
    uint64_t retention_ms; /* what is older is forgotten by purge */
    struct workers *workers;   /* borrowed: what waits for a disk */
    uint64_t files_bytes_max;  /* of a community's files together */
    /* Takes what it is given by copy. NULL: no mail is configured, and who asks is told so. */
    enum fault (*mail)(void *ctx, const struct desk_mail *mail);
    const char *public_url;        /* "http://localhost:8080": for the OpenAPI document; copied */
    const char *site_name;         /* of the house, on every page; NULL: Groundswell; copied */
    const char *site_contact;      /* whom people write to, as it is said; NULL: nobody; copied */
    const char *data_folder;       /* DIR, whose log/<slug> is served; copied; NULL: none is */
    uint64_t heartbeat_ms;         /* of the feed; 0: 15,000 */
    const char *trusted_proxies;   /* addresses and CIDRs with commas; NULL: none; copied */
    const char *security_contact;  /* "mailto:..." for security.txt; NULL: none; copied */
    const char *brand_colour;      /* "#0b4f6c"; NULL: as site.css has it; copied */
    /* The answer to a fund's top-up named proposals that now qualify: have the keeper look. May be
     * NULL. */
    void (*poke)(void *ctx, const char *slug);
    /* What /readyz says: NULL when ready, else one plain sentence. */
    const char *(*why_not_ready)(void *ctx);
    void *ctx;
};

/* Compiles the schemas of every route. NULL, with a line in the log, where one does not compile. */
struct desk *desk_new(struct loop *loop, const struct desk_plan *plan);
void desk_free(struct desk *desk); /* after the http server; NULL accepted */

const struct route *desk_routes(const struct desk *desk);
size_t desk_routes_n(const struct desk *desk);

/* The header lines that every answer carries, for http_plan.fields: nothing is framed, guessed,
 * referred or run that was not said so. Static storage. */
const char *desk_fields(const struct desk *desk);

/* The server is going away: ends the feeds, so that draining does not wait for them. */
void desk_close_feeds(struct desk *desk);

/* False until it has heard of every session that ended: until then nobody who comes with a session
 * or a program's key is let in. */
bool desk_knows_ends(const struct desk *desk);

/* Before the store goes: hears no more of sessions that end. */
void desk_stop_listening(struct desk *desk);

/* The hooks of http (server.h). ctx is the desk; visit->server's plan carries it. */
void desk_before_body(struct visit *visit);
bool desk_refuse(struct visit *visit, const struct http_problem *problem);
void desk_problem_put(void *ctx, struct buf *out, const struct http_problem *problem);
void desk_line(void *ctx, const struct http_line *line);

#endif
