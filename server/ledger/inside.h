/* inside.h -- what the files of this room share, and nobody else sees.
 *
 * A call is one question and its way back: question_*() put the words together, call_new()
 * remembers who wants the answer, call_ask() sends, and call.c reads what comes. A call that may
 * have to be asked once more (round_changed) keeps its arguments in `saved`. */
#ifndef GROUNDSWELL_LEDGER_INSIDE_H
#define GROUNDSWELL_LEDGER_INSIDE_H

#include "groundswell/base/arena.h"
#include "groundswell/base/buf.h"
#include "groundswell/base/fields.h"
#include "groundswell/base/secret.h"
#include "groundswell/ledger/acts.h"
#include "groundswell/ledger/codes.h"
#include "groundswell/ledger/ledger.h"
#include "groundswell/store/store.h"

#define QUESTION_ARGS_MAX (4 * (CODES_ISSUE_MAX + CODES_SPARE_MAX) + 24)
#define QUESTION_SCRATCH (QUESTION_ARGS_MAX * 21)
#define TEXT_STORED_MAX (LEDGER_TEXT_MAX + 64) /* with its salt */

#define COMMUNITIES "groundswell:communities" /* the index: a sorted set, all scores 0 */
#define TRUSTS "groundswell:trust:" /* the same of one trust, whose id follows */

/* Field tables: how many rows stand in <type>_fields, and the commonest row. */
#define FIELDS_OF(type) const size_t type##_fields_n = sizeof type##_fields / sizeof *type##_fields
#define U64(type, member) FIELD(struct type, member, FIELD_U64)

struct library; /* library.c */
struct keyring; /* keys.c */

struct ledger {
    struct loop *loop;
    struct store *store;
    uint64_t (*now_ms)(void);
    struct library *library;
    struct keyring *keyring;

    /* The question being put together: between question_begin() and call_ask(), never across turns
     * of the loop, so one is enough. */
    struct text argv[QUESTION_ARGS_MAX];
    size_t argc;
    char scratch[QUESTION_SCRATCH];
    size_t scratch_n;
    struct buf text; /* salt and JSON of the text in it */

    struct arena arena; /* the answer being read: until its callback has returned */
};

/* ---- library.c ---- */
struct library *library_new(struct ledger *ledger, const struct ledger_plan *plan);
void library_free(struct library *library);
const char *library_name(const struct library *library);
const char *library_hash(const struct library *library);
/* A function was not there: Redis was flushed or replaced. Loads again, once at a time. */
void library_lost(struct library *library);

/* ---- keys.c ---- */
struct keyring *keyring_new(const char *folder);
void keyring_free(struct keyring *keyring);
const char *keyring_folder(const struct keyring *keyring);
/* The round last seen open in a community, 0 where unknown. */
uint64_t keyring_round(const struct keyring *keyring, struct text slug);
void keyring_round_set(struct keyring *keyring, struct text slug, uint64_t round);
enum fault keyring_round_make(struct keyring *keyring, struct text slug,
                              uint64_t round) MUST_CHECK;
enum fault keyring_wallet(struct keyring *keyring, struct text slug, uint64_t round,
                          struct text resident,
                          char ret[static RESIDENT_ID_SIZE + 1]) MUST_CHECK;
/* Of a tender; the community's secret is on disk before the first one is told. */
enum fault keyring_tally_key(const struct keyring *keyring, struct text slug, uint64_t tender,
                             uint8_t ret[static DIGEST_SIZE]) MUST_CHECK;
bool keyring_register_is_here(const struct keyring *keyring, struct text slug);
bool keyring_tally_is_here(const struct keyring *keyring, struct text slug);
enum fault keyring_resident_id(struct keyring *keyring, struct text slug, struct text external_ref,
                               char ret[static RESIDENT_ID_SIZE + 1]) MUST_CHECK;
/* Of something else than a register's reference, under the same key: `kind` is a byte that no text
 * in UTF-8 begins with, so that the two never meet. */
enum fault keyring_pseudonym(struct keyring *keyring, struct text slug, char kind, struct text of,
                             char ret[static RESIDENT_ID_SIZE + 1]) MUST_CHECK;

/* ---- texts.c ---- */
/* Salt and JSON into ledger->text, good until the next; the hash is "" where json is empty. */
struct text text_salt(struct ledger *ledger, struct text json);

/* ---- call.c ---- */
struct call;
struct call_kind {
    const char *name; /* of the function, without its hash; of a raw call, for the log only */
    bool reader;
    /* What the outcome is read into; NULL: nothing is wanted of it. */
    const struct field *fields;
    const size_t *fields_n;
    size_t size;
    /* Lists: what an item is read into. */
    const struct field *item_fields;
    const size_t *item_fields_n;
    size_t item_size;
    bool (*item_read)(const struct answer *item, void *ret); /* in the place of item_fields */
    const char *item_prefix; /* state.c: members with such names become items */
    /* Raw calls: reads the reply of another command than FCALL, into memory of ledger->arena. */
    enum fault (*read)(struct call *call, const struct answer *reply, struct ledger_answer *ret);
};
#define OUTCOME(type)                                                                             \
    .fields = type##_fields, .fields_n = &type##_fields_n, .size = sizeof(struct type)
#define ITEMS(type)                                                                               \
    .item_fields = type##_fields, .item_fields_n = &type##_fields_n,                              \
    .item_size = sizeof(struct type)

/* Arguments that must outlive the first question, for the second. */
#define SAVED_TEXTS 6
#define SAVED_NUMBERS 3
struct saved {
    struct act act;
    uint64_t round;
    uint64_t n[SAVED_NUMBERS];
    struct text t[SAVED_TEXTS];
};

struct call {
    struct ledger *ledger;
    const struct call_kind *kind;
    ledger_answer_fn *answer;
    void *ctx;
    /* Puts the question for saved.round, at first and again; NULL: no call of a round. */
    enum fault (*ask)(struct call *call);
    bool past;  /* the round asked for may have closed long ago: nobody else is to assume it */
    bool opens; /* the round asked for is the one after the one that the ledger names */
    bool asked_again;
    enum fault fault; /* on its way to the caller by way of call_fail() */
    char slug[SLUG_MAX + 1]; /* "" where the question is about no community */
    struct saved saved;
};

/* A copy that lives until it was answered, with the texts of `saved`. `slug` may be TEXT_NONE. */
struct call *call_new(const struct call *like, struct text slug);
void call_fail(struct call *call, enum fault fault); /* answers in a later turn */
/* Answers now, and frees the call: what was asked before it has answered in its place. */
void call_finish(struct call *call, const struct ledger_answer *answer);
void call_ask(struct call *call);                    /* the question that was put together */
/* call_new() and call_ask() for a call without `saved`. */
void call_send(struct ledger *ledger, const struct call_kind *kind, struct text slug,
               ledger_answer_fn *answer, void *ctx);
/* Asks what call->ask puts together, now and once more where the round has changed. */
void call_ask_in_round(struct call *call);
/* For kind->read: names and values of a flat list, from its `from`th member on. NULL: no memory,
 * or no such list. */
struct field_pair *answer_pairs(struct ledger *ledger, const struct answer *list, size_t from,
                                size_t *ret_n);

/* ---- question.c ---- */
/* FCALL name 1 {slug}:c now_ms subject epoch key_hash body_hash. An act without key is not
 * remembered. */
void question_act(struct ledger *ledger, const struct call_kind *kind, const struct act *act);
/* FCALL_RO name 1 {slug}:c now_ms. */
void question_reader(struct ledger *ledger, const struct call_kind *kind, struct text slug);
void question_raw(struct ledger *ledger, const char *command);
void question_text(struct ledger *ledger, struct text text); /* borrowed until call_ask() */
void question_bytes(struct ledger *ledger, struct text bytes); /* few; kept as the numbers are */
void question_number(struct ledger *ledger, uint64_t number);
void question_format(struct ledger *ledger, const char *format, ...) PRINTF_LIKE(2, 3);
void question_key(struct ledger *ledger, struct text slug, const char *name); /* {slug}:name */
/* A person and a digest: who asks together with a second one. */
void question_asked(struct ledger *ledger, struct text person, struct text digest);
/* The pseudonym under which a resident speaks (talk_views.c), '' of nobody; put in any case. */
enum fault question_author(struct ledger *ledger, struct text slug,
                           struct text resident) MUST_CHECK;
/* Hash and text, salted; two empty words where there is none. */
void question_json(struct ledger *ledger, struct text json);

/* ---- rounds.c ---- */
/* Asks in the round last seen, or in none: then the ledger names it. */
void call_send_in_round(const struct call *like, struct text slug);
/* The round, and the resident's wallet in it. */
enum fault question_round_and_wallet(struct call *call, struct text resident) MUST_CHECK;

#endif
