/* recount.c -- the verb that counts a community again: every balance, tally and activation out of
 * the records by the rules in C, and then compared with what the functions in Redis arrived at.
 *
 * It reads Redis, and of the sealed log what Redis has let go, so it needs no server, and writes
 * nothing but its lease on the functions that it calls. A ledger that moves while it is compared is
 * caught up with and compared again. What each room does: ledger reads, rules/recount.h counts,
 * recount_compare.c compares. */
#include "recount.h"

#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/keeper/sealed.h"
#include "groundswell/ledger/state.h"
#include "groundswell/rules/tally.h"
#include "groundswell/store/store.h"
#include "recount_log.h"
#include "redis_login.h"

#define PAGE 1000
#define PATIENCE_US 10000000 /* for Redis to be up: it may be loading */
#define LOOK_MS 5
#define ASKED_MAX 5
#define ASK_PAUSE_MS 200
#define COMPARED_MAX 5
#define ONE_MAX MIB
#define KEPT_MAX (64 * MIB)
#define LINES_BYTES_MAX (64 * KIB)

/* ---- asking ---------------------------------------------------------------------------------- */

bool recount_heard(struct recounting *r, const struct ledger_answer *answer)
{
    r->fault = answer->fault;
    r->heard = true;
    loop_stop(r->loop);
    if (!r->fault && answer->refusal) {
        (void)verb_fail(r->args, "the ledger refuses: %s", refusal_code(answer->refusal));
        r->fault = FAULT_CONFIG;
    }
    return r->fault == FAULT_NONE;
}

static void woken(void *ctx)
{
    struct recounting *r = ctx;
    loop_stop(r->loop);
}

static enum fault pause_ms(struct recounting *r, unsigned ms)
{
    if (!loop_after(r->loop, ms, woken, r)) return FAULT_MEMORY;
    return loop_run(r->loop);
}

enum fault recount_ask(struct recounting *r, recount_question_fn *question)
{
    for (int asked = 0; asked < ASKED_MAX; asked++) {
        enum fault no = asked ? pause_ms(r, ASK_PAUSE_MS) : FAULT_NONE;
        r->heard = false;
        question(r);
        while (!no && !r->heard) no = loop_run(r->loop);
        if (no) return no;
        if (r->fault != FAULT_BUSY && r->fault != FAULT_LOST && r->fault != FAULT_TIMEOUT)
            return r->fault;
    }
    return r->fault;
}

/* ---- the log --------------------------------------------------------------------------------- */

static enum fault commission_keep(struct recounting *r, const struct record *record)
{
    if (record->proposal >= r->commissions_max) {
        const size_t more = (record->proposal + 1) * 2;
        struct recount_commission *grown = realloc(r->commissions, more * sizeof *grown);
        if (!grown) return FAULT_MEMORY;
        memset(grown + r->commissions_max, 0, (more - r->commissions_max) * sizeof *grown);
        r->commissions = grown;
        r->commissions_max = more;
    }
    CLEANUP(buf) struct buf draws = BUF_MAX(RECORD_JSON_MAX);
    record_field_put(record, FIELD_DRAWS, &draws);
    r->commissions[record->proposal] = (struct recount_commission){
        record->seq, record->spent, record->rounding, arena_text(&r->kept, buf_view(&draws))};
    return buf_fault(&draws);
}

/* Tells what is wrong with the log. */
static enum fault log_wrong(struct recounting *r)
{
    printf("%s\n", recount_why(&r->recount));
    r->log_wrong = true;
    return FAULT_FORMAT;
}

static enum fault record_unreadable(struct recounting *r, uint64_t seq,
                                    const struct record_problem *problem)
{
    printf("record %llu: %s %s\n", (unsigned long long)seq, problem->field ? problem->field : "it",
           problem->why ? problem->why : "cannot be read");
    r->log_wrong = true;
    return FAULT_FORMAT;
}

static enum fault record_count(struct recounting *r, const struct record *record)
{
    if (!recount_next(&r->recount, record)) return log_wrong(r);
    r->from++;
    return record->kind == RECORD_COMMISSION_ACTIVATED ? commission_keep(r, record) : FAULT_NONE;
}

static enum fault record_take(struct recounting *r, const struct ledger_record *from)
{
    struct text flat[2 * LEDGER_RECORD_MEMBERS_MAX];
    struct record record;
    struct record_problem problem = {0};
    for (size_t i = 0; i < from->members_n; i++) {
        flat[2 * i] = from->members[i].name;
        flat[2 * i + 1] = from->members[i].value;
    }
    arena_reset(&r->one);
    if (record_from_fields(&record, flat, 2 * from->members_n, &r->one, &problem))
        return record_unreadable(r, from->seq, &problem);
    return record_count(r, &record);
}

static enum fault sealed_take(void *ctx, uint64_t seq, struct text json)
{
    struct recounting *r = ctx;
    struct record record;
    struct record_problem problem = {0};
    arena_reset(&r->one);
    if (record_from_json(&record, json, &r->one, &problem))
        return record_unreadable(r, seq, &problem);
    return record_count(r, &record);
}

/* What the stream has let go, for it is sealed: from the log's files. */
static enum fault sealed_read(struct recounting *r)
{
    const char *data = settings_text(r->args->settings, SETTING_DATA);
    const uint64_t range[2] = {r->from, r->first};
    const enum fault no = sealed_page(data, r->slug, range, sealed_take, r, NULL);
    if (r->log_wrong || (!no && r->from == r->first)) return no;
    (void)verb_fail(r->args, "record %llu is no longer in Redis, and cannot be read in %s/%s/%.*s",
                    (unsigned long long)r->from, data, SEALED_FOLDER, TEXT_ARGS(r->slug));
    return FAULT_CONFIG;
}

static void log_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    if (!recount_heard(r, answer)) return;
    const struct ledger_record *records = answer->items;
    r->cursor = answer->next;
    r->first = answer->items_n ? records[0].seq : 0;
    for (size_t i = 0; i < answer->items_n && r->first <= r->from && !r->fault; i++)
        r->fault = record_take(r, &records[i]);
}

static void log_ask(struct recounting *r)
{
    ledger_state_log(r->ledger, r->slug, r->from, PAGE, log_answer, r);
}

/* Reads on from where it had stopped; FAULT_FORMAT where a record does not follow (told). */
static enum fault log_read(struct recounting *r)
{
    enum fault no;
    do {
        no = recount_ask(r, log_ask);
        if (!no && r->first > r->from) no = sealed_read(r);
    } while (!no && r->cursor);
    return !no && !recount_end(&r->recount) ? log_wrong(r) : no;
}

/* ---- what is hidden -------------------------------------------------------------------------- */

static void key_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    if (!recount_heard(r, answer)) return;
    const struct text key = ((const struct tender_state *)answer->outcome)->tally_key;
    if (key.n == TALLY_KEY_SIZE) recount_key(&r->recount, r->number, (const uint8_t *)key.at);
}

static void key_ask(struct recounting *r)
{
    ledger_state_tender(r->ledger, r->slug, r->number, key_answer, r);
}

/* The keys of hidden tallies, before the records that they open. */
static enum fault keys_read(struct recounting *r)
{
    enum fault no = FAULT_NONE;
    for (r->number = 1; r->number <= r->tenders && !no; r->number++) {
        if (recount_has_key(&r->recount, r->number)) continue;
        no = recount_ask(r, key_ask);
        if (no == FAULT_ABSENT || no == FAULT_FORMAT) no = FAULT_NONE; /* the comparison tells */
    }
    return no;
}

/* A tender opened between the keys and the records: then what is sealed stands uncounted, and all
 * of it is read again. */
static void keys_miss(struct recounting *r)
{
    uint64_t hidden[TALLIES_HIDDEN_MAX];
    uint8_t key[TALLY_KEY_SIZE];
    bool missing = false;
    const size_t n = model_hidden(r->model, hidden);
    for (size_t i = 0; i < n; i++)
        missing = missing || !model_tally_key(r->model, hidden[i], key);
    if (!missing) return;
    recount_release(&r->recount);
    recount_init(&r->recount);
    r->model = recount_model(&r->recount);
    r->from = 0;
}

/* ---- telling --------------------------------------------------------------------------------- */

static enum verb_exit tell_agrees(const struct recounting *r, uint64_t us)
{
    uint64_t none;
    const struct accounts accounts = model_accounts(r->model);
    printf("recount agrees: %llu records, %llu wallets, %llu pledges; funds: %llu, rounds: %llu, "
           "tenders: %llu, proposals: %llu, commissions: %zu\n",
           (unsigned long long)r->recount.records, (unsigned long long)r->wallets,
           (unsigned long long)r->pledges, (unsigned long long)model_funds(r->model),
           (unsigned long long)model_round(r->model), (unsigned long long)model_tenders(r->model),
           (unsigned long long)model_proposals(r->model), model_commissions(r->model, &none, 0));
    printf("funds %llu = unallotted %llu + free %llu + held %llu + committed %llu + paid %llu\n",
           (unsigned long long)accounts.funds, (unsigned long long)accounts.unallotted,
           (unsigned long long)accounts.free, (unsigned long long)accounts.held,
           (unsigned long long)accounts.committed, (unsigned long long)accounts.paid);
    printf("the records took %llu.%03llu seconds, %llu a second\n",
           (unsigned long long)(us / 1000000), (unsigned long long)(us / 1000 % 1000),
           (unsigned long long)(r->recount.records * 1000000 / (us + 1)));
    return VERB_DONE;
}

static enum verb_exit tell_differs(const struct recounting *r)
{
    (void)fwrite(r->lines.data, 1, r->lines.len, stdout);
    printf("recount differs: %llu difference%s behind %llu records\n",
           (unsigned long long)r->differences, r->differences == 1 ? "" : "s",
           (unsigned long long)r->recount.records);
    return VERB_FAILED;
}

static enum verb_exit tell_fault(const struct recounting *r, enum fault no)
{
    if (no == FAULT_ABSENT)
        return verb_fail(r->args, "there is no community `%.*s`", TEXT_ARGS(r->slug));
    if (r->log_wrong) {
        printf("recount differs: the log itself does not follow the rules\n");
        return VERB_FAILED;
    }
    if (no == FAULT_FORMAT) {
        printf("recount differs: Redis holds what the ledger never writes\n");
        return VERB_FAILED;
    }
    return verb_fail(r->args, "reading the ledger: %s", fault_name(no));
}

/* Reads, compares, and where the ledger moved meanwhile, again. */
static enum verb_exit recount_do(struct recounting *r)
{
    uint64_t log_us = 0;
    enum fault no = recount_look(r);
    for (int i = 0; i < COMPARED_MAX && !no; i++) {
        const uint64_t began_us = clock_steady_us();
        keys_miss(r);
        no = keys_read(r);
        if (!no) no = log_read(r);
        log_us += clock_steady_us() - began_us;
        if (!no) no = recount_compare(r);
        if (!no) no = recount_look(r);
        if (!no && r->seq <= model_seq(r->model))
            return r->differences ? tell_differs(r) : tell_agrees(r, log_us);
    }
    if (no) return tell_fault(r, no);
    printf("the ledger is moving: %llu records follow the rules, but there was no moment to "
           "compare what they give\n",
           (unsigned long long)r->recount.records);
    return VERB_FAILED;
}

/* ---- opening --------------------------------------------------------------------------------- */

static void store_came_up(void *ctx, struct store *store)
{
    const struct recounting *r = ctx;
    (void)store;
    ledger_prelude(r->ledger, NULL, NULL);
}

static enum verb_exit store_open(struct recounting *r)
{
    CLEANUP(buf) struct buf address = BUF_MAX(8 * KIB);
    CLEANUP(redis_login) struct redis_login login;
    const struct settings *settings = r->args->settings;
    const char *redis = settings_text(settings, SETTING_REDIS);
    if (redis[0]) buf_cstr(&address, redis);
    else buf_format(&address, "unix:%s/redis/redis.sock", settings_text(settings, SETTING_DATA));
    if (redis_login_read(settings, &login) || buf_fault(&address))
        return verb_misuse(r->args, "no address or no password can be read");
    if (!redis[0] && access(address.data + strlen("unix:"), F_OK) != 0)
        return verb_misuse(r->args, "no Redis runs at %s: start the server, or give --redis URL",
                           address.data);
    const struct store_plan plan = {.address = address.data,
                                    .user = login.user,
                                    .password = login.password,
                                    .connections = 1,
                                    .on_up = store_came_up,
                                    .ctx = r};
    r->store = store_new(r->loop, &plan);
    return r->store ? VERB_DONE : verb_fail(r->args, "no connection to %s", address.data);
}

static enum verb_exit recount_open(struct recounting *r)
{
    /* No keys: wallets are compared by their pseudonyms. The folder only has to exist. */
    const struct ledger_plan plan = {.keys_folder = "/"};
    r->loop = loop_new();
    if (!r->loop) return verb_fail(r->args, "out of memory");
    const enum verb_exit end = store_open(r);
    if (end) return end;
    r->ledger = ledger_new(r->loop, r->store, &plan);
    if (!r->ledger) return verb_fail(r->args, "out of memory");
    const uint64_t until_us = clock_steady_us() + PATIENCE_US;
    while (!store_is_up(r->store) && !store_is_locked_out(r->store) &&
           clock_steady_us() < until_us)
        if (pause_ms(r, LOOK_MS)) return verb_fail(r->args, "the event loop failed");
    if (store_is_up(r->store)) return VERB_DONE;
    return verb_fail(r->args, "Redis cannot be asked: %s", store_why_down(r->store));
}

static void recount_close(struct recounting *r)
{
    store_free(r->store);
    ledger_free(r->ledger);
    loop_free(r->loop);
    recount_release(&r->recount);
    arena_release(&r->one);
    arena_release(&r->kept);
    buf_release(&r->lines);
    free(r->commissions);
    free(r->seen);
}

static enum verb_exit recount_run(const struct args *args)
{
    static struct recounting r;
    const char *slug = args_text(args, "community");
    if (args->operand && slug)
        return verb_misuse(args, "a LOG and --community do not go together");
    if (args->operand) return recount_log_run(args);
    if (args_text(args, "at") || args_text(args, "tally-key") || log_trust_given(args))
        return verb_misuse(args, "--at, --tally-key and --vkey are for a LOG");
    if (!slug || !slug_is_valid(text_of(slug)))
        return verb_misuse(args, "LOG, or --community SLUG, is needed");
    if (args->settings->of[SETTING_LOG_LEVEL].rank == 0) log_level_set(LOG_WARN);
    r = (struct recounting){
        .args = args, .slug = text_of(slug), .lines = BUF_MAX(LINES_BYTES_MAX)};
    arena_init(&r.one, ONE_MAX);
    arena_init(&r.kept, KEPT_MAX);
    recount_init(&r.recount);
    r.model = recount_model(&r.recount);
    enum verb_exit end = recount_open(&r);
    if (!end) end = recount_do(&r);
    recount_close(&r);
    return end;
}

static const struct verb_option recount_options[] = {
    {"community", "SLUG", "without LOG: whose records are counted again, out of Redis"},
    {"at", "SEQ", "with LOG: as it stood behind this record"},
    {"tally-key", "FILE", "with LOG: DIR/keys/SLUG/tally.key, for tallies that are hidden still"},
    LOG_TRUST_OPTIONS,
    {NULL, NULL, NULL},
};

const struct verb verb_recount = {
    .name = "recount",
    .summary = "count every balance again from the records and compare",
    .about =
        "Derives every balance, tally and activation of a community from its records, by the\n"
        "rules. With LOG, a folder (DIR/log/SLUG or a copy) or a URL (https://host/log/SLUG), it\n"
        "needs nothing else, prints what it arrives at, and verifies the log where --vkey is\n"
        "given. With --community it reads the records out of the Redis of a server and compares\n"
        "with what lies there, to the penny. Ends with 1 where anything differs, and says what.",
    .operand = "[LOG]",
    .options = recount_options,
    .settings = true,
    .run = recount_run,
};
