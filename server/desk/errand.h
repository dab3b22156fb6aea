/* errand.h -- what the desk knows of one visit: who comes, to which community, under which key.
 * Lives in the visit's arena, made by desk_before_body(), read by the handlers. */
#ifndef GROUNDSWELL_DESK_ERRAND_H
#define GROUNDSWELL_DESK_ERRAND_H

#include <jansson.h>

#include "caller.h"
#include "groundswell/base/ids.h"
#include "groundswell/base/refusal.h"
#include "groundswell/desk/desk.h"
#include "groundswell/http/visit.h"
#include "groundswell/ledger/accounts.h"
#include "groundswell/ledger/acts.h"
#include "groundswell/ledger/ledger.h"
#include "groundswell/ledger/views.h"
#include "groundswell/people/session.h"
#include "groundswell/schema/schema.h"
#include "parts.h"

#define ROUTE_SCHEMAS_MAX 96

struct areas_seen;
struct audit;
struct directory;
struct ends;
struct feeds;
struct limits;
struct page_cache;
struct pages;
struct sheet;
struct sums;
struct trust_feeds;
struct watch;

struct desk {
    struct loop *loop;
    struct desk_plan plan;
    char *public_url;
    char *data_folder; /* NULL: no audit log is served */
    char *security_contact; /* "": nobody is named */
    struct proxies proxies;
    uint8_t address_key[32]; /* of the tags of addresses */
    struct ends *ends;       /* sessions and keys that ended before their time */
    struct limits *limits;
    struct watch *watch; /* pledges by address */
    struct schema_set *schemas;
    struct {
        const char *name; /* the route's */
        const struct schema *schema;
    } commands[ROUTE_SCHEMAS_MAX];
    size_t commands_n;
    uint8_t key_secret[32]; /* of the keyed hash of idempotency keys */
    struct buf openapi;
    struct feeds *feeds;
    struct areas_seen *areas; /* of communities met: they never change */
    struct parts parts;       /* of pages */
    struct sums *sums;        /* of the trusts' watch */
    struct trust_feeds *trust_feeds;
    struct audit *audit;      /* what the audit page is made of */
    struct directory *directory; /* names of communities, for lists of them */
    struct pages *pages;
    struct page_cache *page_cache;
    struct sheet *pages_waiting, *pages_last; /* page_turn.c */
    size_t pages_open;
    uint64_t changes; /* acts that came through this process, more or less */
};

/* ?after= and ?limit= of a list. */
struct page {
    uint64_t after, limit;
    bool from_start; /* no ?after= */
};

#define PERSON_SIZE 64

struct errand {
    struct desk *desk;
    struct who who;          /* the hat: of a session the one that fits the row */
    struct session *session; /* of who came with a cookie; NULL for everybody else */
    char person[PERSON_SIZE]; /* of two who must agree (PEOPLE.md); "" for the operator's own key */
    uint8_t address[16];      /* the caller's; see caller.h */
    struct id id;     /* of the thing that the path names; letter 0 where it names none */
    struct text slug; /* of the community that the path names; TEXT_NONE where it names none */
    struct act act;   /* for writes: slug, subject, epoch, hashes */
    struct text trust; /* of a community that is being created; empty: none */
    struct act_outcome done; /* of an act that is followed by another step */
    uint8_t key_hash[8];
    struct page page; /* of lists whose answer must know what was asked for */
};

struct errand *errand_of(struct visit *visit);

/* The body as JSON, valid by the route's schema; NULL: the visit is answered. Owned by the caller
 * (json_decref). */
json_t *errand_body(struct visit *visit);

/* Fills errand->act from who, key and body. To be called once the slug is known (at once, for
 * most). */
void errand_act(struct visit *visit);

/* The same for acts of accounts and organisations: who is signed in, or a bearer's word. */
struct account_act errand_account(struct visit *visit);

/* A subject that a clerk, an officer or an operator may have: a word, but neither `operator` nor
 * `keeper`, which the ledger never signs out. */
bool staff_is_valid(struct text subject);

/* For what a resident reads of themselves: true where their account has another epoch by now than
 * their token; then the visit is answered. (Acts are checked by the ledger.) */
bool signed_out(struct visit *visit, uint64_t epoch);

/* The body whose clerk asks; empty for who may act for any. */
struct text errand_clerk_of(const struct errand *errand);

/* Members of a body that the schema has let through; absent gives the second argument. */
uint64_t body_u64(const json_t *body, const char *name, uint64_t absent);
struct text body_text(const json_t *body, const char *name); /* TEXT_NONE where absent */
/* An RFC 3339 stamp as milliseconds; 0 where absent. */
uint64_t body_stamp(const json_t *body, const char *name);

/* A number in the path; 0, which is no place of anything, for one that is none. */
uint64_t path_number(struct visit *visit, const char *name);

/* False: the visit is answered. */
bool page_read(struct visit *visit, uint64_t limit_max, struct page *ret);
/* ?limit= alone, where ?after= is no number. */
bool limit_read(struct visit *visit, uint64_t limit_max, struct page *ret);

#endif
