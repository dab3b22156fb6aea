/* library.c -- the Redis Functions: put together, loaded, leased, and cleared away when unused.
 *
 * The library is every file of lua/ in the order of their names, as one chunk. The first 16 hex
 * digits of its SHA-256 stand in its name and in that of each function, so that two versions of
 * this program serve side by side on one Redis while one takes over from the other. A worker
 * leases the version that it calls (`groundswell:leases`: `<hash>:<worker>`, scored with the time
 * at which the lease ends); a library that nobody leases is deleted by whoever notices. Deleting
 * one that somebody is just about to call does no harm: the call is refused whole and the library
 * loaded again. */
#include "inside.h"

#include "groundswell/base/embedded.h"
#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"

#define LEASES "groundswell:leases"
#define LEASE_MS 60000
#define HASH_DIGITS 16
#define SOURCE_MAX MIB

struct library {
    struct ledger *ledger;
    char name[32], hash[HASH_DIGITS + 1];
    char lease[HASH_DIGITS + 1 + 16 + 1]; /* <hash>:<worker> */
    struct buf source;
    uint64_t lease_ms;
    struct timer *renewal;
    bool loading;
    void (*done)(void *ctx, const char *why_not);
    void *done_ctx;
    struct buf leased; /* ",hash,hash," of those alive, between two steps of the clearing */
};

/* ---- the source ----------------------------------------------------------------------------- */

static void put_replaced(struct buf *out, struct text from, struct text what, const char *with)
{
    while (from.n) {
        const char *hit = memmem(from.at, from.n, what.at, what.n);
        size_t before = hit ? (size_t)(hit - from.at) : from.n;
        buf_put(out, from.at, before);
        if (!hit)
            return;
        buf_cstr(out, with);
        from = (struct text){hit + what.n, from.n - before - what.n};
    }
}

static void digits_put(char *ret, const void *bytes, size_t n)
{
    CLEANUP(buf) struct buf hex = BUF_MAX(2 * n + 1);
    encode_hex(&hex, bytes, n);
    INVARIANT(buf_fault(&hex) == FAULT_NONE);
    memcpy(ret, hex.data, 2 * n);
    ret[2 * n] = 0;
}

/* The hash is over the text that still has @HASH@ in it: it cannot contain itself. */
static void source_assemble(struct library *library, bool skew_unchecked)
{
    CLEANUP(buf) struct buf raw = BUF_MAX(SOURCE_MAX);
    CLEANUP(buf) struct buf text = BUF_MAX(SOURCE_MAX);
    for (size_t i = 0; i < embedded_lua_n; i++)
        buf_text(&raw, embedded_text(&embedded_lua[i]));
    const char *skew = skew_unchecked ? "9007199254740991" : "60000";
    put_replaced(&text, buf_view(&raw), TEXT("@SKEW_MAX_MS@"), skew);
    INVARIANT(buf_fault(&raw) == FAULT_NONE && buf_fault(&text) == FAULT_NONE);

    uint8_t digest[DIGEST_SIZE];
    digest_sha256(buf_view(&text), digest);
    digits_put(library->hash, digest, HASH_DIGITS / 2);
    snprintf(library->name, sizeof library->name, "groundswell_%s", library->hash);
    library->source = BUF_MAX(SOURCE_MAX);
    buf_format(&library->source, "#!lua name=%s\n", library->name);
    put_replaced(&library->source, buf_view(&text), TEXT("@HASH@"), library->hash);
    INVARIANT(buf_fault(&library->source) == FAULT_NONE);
}

struct library *library_new(struct ledger *ledger, const struct ledger_plan *plan)
{
    struct library *library = calloc(1, sizeof *library);
    if (!library)
        return NULL;
    uint8_t worker[8];
    char worker_digits[17];
    library->ledger = ledger;
    library->lease_ms = plan->lease_ms ? plan->lease_ms : LEASE_MS;
    library->leased = BUF_MAX(64 * KIB);
    source_assemble(library, plan->skew_unchecked);
    secret_random(worker, sizeof worker);
    digits_put(worker_digits, worker, sizeof worker);
    snprintf(library->lease, sizeof library->lease, "%s:%s", library->hash, worker_digits);
    return library;
}

void library_free(struct library *library)
{
    if (!library)
        return;
    timer_cancel(library->renewal);
    buf_release(&library->source);
    buf_release(&library->leased);
    free(library);
}

const char *library_name(const struct library *library)
{
    return library->name;
}

const char *library_hash(const struct library *library)
{
    return library->hash;
}

/* ---- the lease ------------------------------------------------------------------------------ */

/* Asks what stands in the ledger's question; in the prelude too. */
static void library_ask(struct library *library, store_answer_fn *answer)
{
    struct ledger *ledger = library->ledger;
    store_ask_prelude(ledger->store, ledger->argv, ledger->argc, STORE_DEADLINE_MS, answer,
                      library);
}

static void lease_ask(struct library *library, store_answer_fn *answer)
{
    struct ledger *ledger = library->ledger;
    question_raw(ledger, "ZADD");
    question_text(ledger, TEXT(LEASES));
    question_number(ledger, ledger_now_ms(ledger) + library->lease_ms);
    question_text(ledger, text_of(library->lease));
    library_ask(library, answer);
}

static void renewal_plan(struct library *library);

/* The clearing: renew, forget leases that ended, who is left, which libraries are there. A step
 * that fails ends it; the next renewal begins anew. */
static void clear_list_answer(void *ctx, enum fault fault, const struct answer *libraries);
static void clear_leases_answer(void *ctx, enum fault fault, const struct answer *leases);
static void clear_ended_answer(void *ctx, enum fault fault, const struct answer *reply);
static void clear_renewed_answer(void *ctx, enum fault fault, const struct answer *reply);

static void renewal_due(void *ctx)
{
    struct library *library = ctx;
    library->renewal = NULL;
    renewal_plan(library);
    if (store_is_up(library->ledger->store))
        lease_ask(library, clear_renewed_answer);
}

static void renewal_plan(struct library *library)
{
    timer_cancel(library->renewal);
    struct loop *loop = library->ledger->loop;
    library->renewal = loop_after(loop, library->lease_ms / 3, renewal_due, library);
    if (!library->renewal)
        log_error("ledger", "no timer for the lease on the functions");
}

static void clear_renewed_answer(void *ctx, enum fault fault, const struct answer *reply)
{
    (void)reply;
    struct library *library = ctx;
    struct ledger *ledger = library->ledger;
    if (fault)
        return;
    question_raw(ledger, "ZREMRANGEBYSCORE");
    question_text(ledger, TEXT(LEASES));
    question_text(ledger, TEXT("-inf"));
    question_number(ledger, ledger_now_ms(ledger));
    library_ask(library, clear_ended_answer);
}

static void clear_ended_answer(void *ctx, enum fault fault, const struct answer *reply)
{
    (void)reply;
    struct library *library = ctx;
    if (fault)
        return;
    question_raw(library->ledger, "ZRANGE");
    question_text(library->ledger, TEXT(LEASES));
    question_text(library->ledger, TEXT("0"));
    question_text(library->ledger, TEXT("-1"));
    library_ask(library, clear_leases_answer);
}

static void clear_leases_answer(void *ctx, enum fault fault, const struct answer *leases)
{
    struct library *library = ctx;
    buf_reset(&library->leased);
    for (size_t i = 0; !fault && i < answer_count(leases); i++) {
        struct text lease = answer_text(answer_at(leases, i));
        buf_text(&library->leased, text_cut(&lease, ':'));
        buf_char(&library->leased, ',');
    }
    if (fault || buf_fault(&library->leased) != FAULT_NONE)
        return;
    question_raw(library->ledger, "FUNCTION");
    question_text(library->ledger, TEXT("LIST"));
    question_text(library->ledger, TEXT("LIBRARYNAME"));
    question_text(library->ledger, TEXT("groundswell_*"));
    library_ask(library, clear_list_answer);
}

static void clear_deleted_answer(void *ctx, enum fault fault, const struct answer *reply)
{
    (void)ctx, (void)reply;
    if (fault == FAULT_NONE)
        log_info("ledger", "an older version of the functions, unused, is removed");
}

static void clear_list_answer(void *ctx, enum fault fault, const struct answer *libraries)
{
    struct library *library = ctx;
    struct ledger *ledger = library->ledger;
    struct text leased = buf_view(&library->leased), prefix = TEXT("groundswell_");
    for (size_t i = 0; !fault && i < answer_count(libraries); i++) {
        struct text name = answer_text(answer_field(answer_at(libraries, i), "library_name"));
        if (!text_starts(name, prefix) || text_is(name, library->name))
            continue;
        struct text hash = {name.at + prefix.n, name.n - prefix.n};
        if (hash.n == 0 || memmem(leased.at, leased.n, hash.at, hash.n))
            continue;
        question_raw(ledger, "FUNCTION");
        question_text(ledger, TEXT("DELETE"));
        question_text(ledger, name);
        library_ask(library, clear_deleted_answer);
    }
}

/* ---- loading -------------------------------------------------------------------------------- */

static void load_end(struct library *library, const char *why_not)
{
    void (*done)(void *ctx, const char *why_not) = library->done;
    library->loading = false;
    library->done = NULL;
    if (why_not)
        log_warn("ledger", "%s", why_not);
    else
        renewal_plan(library);
    if (done)
        done(library->done_ctx, why_not);
    if (!why_not)
        lease_ask(library, clear_renewed_answer); /* and clear away now, not in 20 s */
}

static void load_answer(void *ctx, enum fault fault, const struct answer *reply)
{
    struct library *library = ctx;
    struct text error = answer_text(reply);
    bool there = answer_kind(reply) == ANSWER_ERROR &&
                 memmem(error.at, error.n, "already exists", strlen("already exists"));
    if (fault && answer_kind(reply) == ANSWER_ERROR && !there)
        log_error("ledger", "the functions do not load: %.*s", TEXT_ARGS(error));
    load_end(library, !fault || there ? NULL : "the ledger's functions could not be loaded");
}

static void load_leased_answer(void *ctx, enum fault fault, const struct answer *reply)
{
    (void)reply;
    struct library *library = ctx;
    if (fault) {
        load_end(library, "the lease on the ledger's functions could not be taken");
        return;
    }
    question_raw(library->ledger, "FUNCTION");
    question_text(library->ledger, TEXT("LOAD"));
    question_text(library->ledger, buf_view(&library->source));
    library_ask(library, load_answer);
}

/* The lease comes first, so that nobody clears away what was just loaded. */
static void load_begin(struct library *library)
{
    library->loading = true;
    lease_ask(library, load_leased_answer);
}

void library_lost(struct library *library)
{
    if (library->loading)
        return;
    log_warn("ledger", "the functions are gone from Redis; loading them again");
    load_begin(library);
}

static void prelude_default(void *ctx, const char *why_not)
{
    struct library *library = ctx;
    if (why_not)
        store_refuse(library->ledger->store, why_not);
    else
        store_ready(library->ledger->store);
}

void ledger_prelude(struct ledger *ledger, void (*done)(void *ctx, const char *why_not), void *ctx)
{
    struct library *library = ledger->library;
    library->done = done ? done : prelude_default;
    library->done_ctx = done ? ctx : library;
    if (!library->loading)
        load_begin(library);
}
