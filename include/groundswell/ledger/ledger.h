/* ledger.h -- the only writer of truth: typed calls over the store, one question each.
 *
 * An act or a reader is one Redis Function (lua/, contract in server/ledger/ACTS.md); acts.h and
 * views.h have a typed call for each. Every call is answered exactly once, in a later turn of the
 * loop, with one of three things:
 *   a fault     FAULT_BUSY: certainly not done, try again. FAULT_TIMEOUT, FAULT_LOST: it is not
 *               certain whether it was done; the same call with the same key does it once. Others
 *               (FORMAT, ABSENT, IO, MEMORY, CONFIG): not answerable, logged here.
 *   a refusal   a normal answer to a person: code and the words of its sentence
 *   an outcome  a struct of the type that stands at the call, or items of that type
 * What a call takes it has copied when it returns; what it answers is valid during the callback.
 * What comes from outside is checked before it comes here: a slug that is none (slug_is_valid), a
 * text above LEDGER_TEXT_MAX, a limit that is not 1..1000 is a bug of the caller. */
#ifndef GROUNDSWELL_LEDGER_LEDGER_H
#define GROUNDSWELL_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/ids.h"
#include "groundswell/base/refusal.h"
#include "groundswell/base/text.h"

struct ledger;
struct loop;
struct store;

#define LEDGER_TEXT_MAX ((size_t)96 * 1024) /* bytes of a free text's JSON */

struct ledger_plan {
    const char *keys_folder;    /* DATA/keys; made (0700) where absent; copied */
    bool skew_unchecked;        /* tests only: clocks may run as they like */
    uint64_t (*now_ms)(void);   /* NULL: clock_wall_ms */
    unsigned lease_ms;          /* how long this worker's claim on its functions lasts; 0: 60 s */
};

/* NULL: the folder cannot be made (logged). The store outlives the ledger's last answer. */
struct ledger *ledger_new(struct loop *loop, struct store *store, const struct ledger_plan *plan);
/* After store_free(), which has answered what was pending. NULL accepted. */
void ledger_free(struct ledger *ledger);

/* To be called from store_plan.on_up: loads the functions, takes the lease on them, removes
 * libraries that nobody leases. Then `done` with NULL, or with a sentence why not. With done ==
 * NULL the ledger itself says store_ready() or store_refuse(). */
void ledger_prelude(struct ledger *ledger, void (*done)(void *ctx, const char *why_not), void *ctx);
/* "groundswell_<hash>"; static for the ledger's life. */
const char *ledger_library(const struct ledger *ledger);
uint64_t ledger_now_ms(const struct ledger *ledger);

struct ledger_answer {
    enum fault fault;
    enum refusal refusal; /* REFUSAL_NONE: accepted */
    const struct refusal_word *words;
    size_t words_n;
    const void *outcome; /* of the type that stands at the call; NULL for lists, faults, refusals */
    const void *items;   /* of lists: an array of the type that stands at the call */
    size_t items_n;
    uint64_t next; /* of lists: the `after` of the next page, 0 where this was the last */
};
typedef void ledger_answer_fn(void *ctx, const struct ledger_answer *answer);

/* ---- residents ------------------------------------------------------------------------------ */

/* The id of the one who stands in the register under `external_ref`: the same register entry is
 * the same resident whatever the channel, and the id tells nothing without the register's key
 * (keys/<slug>/register.key, made at first use). ret is NUL-terminated. */
enum fault ledger_resident_id(struct ledger *ledger, struct text slug, struct text external_ref,
                              char ret[static RESIDENT_ID_SIZE + 1]) MUST_CHECK;
/* Whether the register's key can be read. Where residents are registered already and it cannot,
 * nobody may be registered: another key makes other residents out of the same register, and each of
 * them would hold a second allotment. */
bool ledger_register_is_here(const struct ledger *ledger, struct text slug);
/* The pseudonym of a resident's wallet in a round; FAULT_ABSENT where the round's key is gone. */
enum fault ledger_wallet(struct ledger *ledger, struct text slug, uint64_t round,
                         struct text resident, char ret[static RESIDENT_ID_SIZE + 1]) MUST_CHECK;

/* The key of a tender's tally, out of the file keys/<slug>/tally.key of a community; for who reads
 * a log that is still sealed. FAULT_ABSENT, FAULT_FORMAT. */
enum fault ledger_tally_key(const char *file, uint64_t tender, uint8_t ret[static 32]) MUST_CHECK;

/* ---- texts ---------------------------------------------------------------------------------- */

/* A free text is stored as 32 hex digits of salt followed by its JSON. Acts take the JSON, views
 * give the JSON; this is for who reads the stored text itself. TEXT_NONE where it was erased. */
struct text ledger_text_json(struct text stored);
/* What enters the record: HMAC-SHA-256 under the salt as 64 hex digits. False where malformed. */
bool ledger_text_hash(struct text stored, char ret[static 65]);

/* ---- communities ---------------------------------------------------------------------------- */

/* Items: struct text, the slugs above `after` ("" for the first page) in byte order. No `next`:
 * ask again after the last one. */
void ledger_communities(struct ledger *ledger, struct text after, size_t limit,
                        ledger_answer_fn *answer, void *ctx);

struct communities_page {
    struct text trust;  /* those that ledger_community_of_trust() has put into its index; "": all */
    struct text prefix; /* how their slugs begin; "": any */
    struct text after;
    size_t limit;
};
void ledger_communities_of(struct ledger *ledger, const struct communities_page *page,
                           ledger_answer_fn *answer, void *ctx);
void ledger_community_of_trust(struct ledger *ledger, struct text trust, struct text slug,
                               ledger_answer_fn *answer, void *ctx);

/* ---- the log -------------------------------------------------------------------------------- */

struct ledger_member {
    struct text name, value;
};
#define LEDGER_RECORD_MEMBERS_MAX 32
struct ledger_record {
    uint64_t seq;
    size_t members_n;
    struct ledger_member members[LEDGER_RECORD_MEMBERS_MAX]; /* canonical order: v, seq, at, ... */
};

/* Items: struct ledger_record with seq >= from, in order. */
void ledger_log(struct ledger *ledger, struct text slug, uint64_t from, size_t limit,
                ledger_answer_fn *answer, void *ctx);

struct ledger_follow;
typedef void ledger_record_fn(void *ctx, const struct ledger_record *record);
/* Every record with seq >= from, in order, each once, from now on. NULL: no memory. */
struct ledger_follow *ledger_follow(struct ledger *ledger, struct text slug, uint64_t from,
                                    ledger_record_fn *on_record, void *ctx);
/* Not after store_free(). NULL accepted. */
void ledger_follow_stop(struct ledger_follow *follow);

#endif
