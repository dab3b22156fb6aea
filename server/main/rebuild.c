/* rebuild.c -- the verb that fills an empty Redis with a community out of its log.
 *
 * It verifies the log and counts it again by the rules; what the rules arrive at is then written
 * as the functions would have left it. It is not done in one stroke: a key `rebuilding` stands
 * there from beginning to end, the community does not exist for the server until the very last
 * step, and who is interrupted begins again. The log knows no people: the verb says what is not
 * restored. */
#include "forward.h"

#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/rules/tally.h"
#include "groundswell/store/embedded.h"
#include "groundswell/store/store.h"
#include "rebuild_mend.h"
#include "redis_login.h"

#define PATIENCE_US 30000000 /* for Redis to be up: it may be starting, or loading */
#define LOOK_MS 5

/* ---- asking ---------------------------------------------------------------------------------- */

static void answered(void *ctx, const struct ledger_answer *answer)
{
    struct rebuilding *r = ctx;
    r->in_flight--;
    if (answer->fault && !r->fault) r->fault = answer->fault;
    if (answer->outcome) r->look = *(const struct restore_look *)answer->outcome;
    loop_stop(r->loop);
}

enum fault rebuild_wait(struct rebuilding *r, size_t most)
{
    enum fault no = FAULT_NONE;
    while (r->in_flight > most && !no)
        no = loop_run(r->loop);
    return no ? no : r->fault;
}

static void woken(void *ctx)
{
    loop_stop(ctx);
}

/* ---- Redis ----------------------------------------------------------------------------------- */

static void store_came_up(void *ctx, struct store *store)
{
    const struct rebuilding *r = ctx;
    (void)store;
    ledger_prelude(r->ledger, NULL, NULL);
}

static void redis_event(void *ctx, enum embedded_event event)
{
    struct rebuilding *r = ctx;
    r->redis_gone |= event == EMBEDDED_GAVE_UP;
}

/* The Redis that is named; or that of the data folder, which is started where none runs. */
static enum verb_exit address_find(struct rebuilding *r, struct buf *address)
{
    const struct settings *settings = r->args->settings;
    const char *redis = settings_text(settings, SETTING_REDIS);
    const char *data = settings_text(settings, SETTING_DATA);
    if (redis[0]) {
        buf_cstr(address, redis);
        return VERB_DONE;
    }
    buf_format(address, "unix:%s/redis/redis.sock", data);
    if (buf_fault(address)) return verb_misuse(r->args, "the name of %s is too long", data);
    if (!r->forward && access(address->data + strlen("unix:"), F_OK) == 0) return VERB_DONE;
    const struct embedded_plan plan = {
        .data_folder = data,
        .memory_max_bytes = settings_number(settings, SETTING_REDIS_MEMORY_MAX_MIB) * MIB,
        .on_event = redis_event,
        .ctx = r,
    };
    r->redis = embedded_start(r->loop, &plan);
    return r->redis ? VERB_DONE : verb_fail(r->args, "no Redis can be started in %s", data);
}

static enum verb_exit store_open(struct rebuilding *r)
{
    CLEANUP(buf) struct buf address = BUF_MAX(8 * KIB);
    CLEANUP(redis_login) struct redis_login login;
    if (redis_login_read(r->args->settings, &login))
        return verb_misuse(r->args, "no password can be read");
    const enum verb_exit end = address_find(r, &address);
    if (end) return end;
    const struct store_plan plan = {.address = address.data,
                                    .user = login.user,
                                    .password = login.password,
                                    .connections = 1, /* so that all is done in order */
                                    .on_up = store_came_up,
                                    .ctx = r};
    r->store = store_new(r->loop, &plan);
    return r->store ? VERB_DONE : verb_fail(r->args, "no connection to %s", address.data);
}

static enum verb_exit redis_open(struct rebuilding *r)
{
    /* No keys are needed: wallets have their pseudonyms already. The folder only has to exist. */
    const struct ledger_plan plan = {.keys_folder = "/"};
    r->loop = loop_new();
    if (!r->loop) return verb_fail(r->args, "out of memory");
    const enum verb_exit end = store_open(r);
    if (end) return end;
    r->ledger = ledger_new(r->loop, r->store, &plan);
    if (!r->ledger) return verb_fail(r->args, "out of memory");
    r->to = (struct restore){r->ledger, text_of(r->slug), answered, r};
    const uint64_t until_us = clock_steady_us() + PATIENCE_US;
    while (!store_is_up(r->store) && !store_is_locked_out(r->store) && !r->redis_gone &&
           clock_steady_us() < until_us)
        if (!loop_after(r->loop, LOOK_MS, woken, r->loop) || loop_run(r->loop))
            return verb_fail(r->args, "the event loop failed");
    if (store_is_up(r->store)) return VERB_DONE;
    return verb_fail(r->args, "Redis cannot be asked: %s", store_why_down(r->store));
}

static void redis_close(struct rebuilding *r)
{
    store_free(r->store);
    ledger_free(r->ledger);
    embedded_stop(r->redis,
                  (unsigned)settings_number(r->args->settings, SETTING_STOP_PATIENCE_MS));
    loop_free(r->loop);
}

/* ---- the log --------------------------------------------------------------------------------- */

/* The last word of the log's origin, `<host>/<slug>`, or what --community says. */
static enum verb_exit slug_find(struct rebuilding *r)
{
    const char *name = args_text(r->args, "community");
    if (!name) {
        name = strrchr(r->trust.logs[0].name, '/');
        name = name ? name + 1 : r->trust.logs[0].name;
    }
    if (!slug_is_valid(text_of(name)))
        return verb_misuse(r->args, "`%s` is no community's slug: give --community SLUG", name);
    memcpy(r->slug, name, strlen(name) + 1);
    return VERB_DONE;
}

/* Of the data folder: for tallies that no record discloses. */
static void tally_key_find(struct rebuilding *r)
{
    (void)snprintf(r->tally_key, sizeof r->tally_key, "%s/keys/%s/tally.key",
                   settings_text(r->args->settings, SETTING_DATA), r->slug);
    if (access(r->tally_key, R_OK) == 0) r->log.tally_key = r->tally_key;
}

/* Pledges that cannot be read cannot be written either, and none could be sealed from now on. */
static enum verb_exit tallies_check(const struct rebuilding *r)
{
    uint64_t hidden[TALLIES_HIDDEN_MAX];
    uint8_t key[TALLY_KEY_SIZE];
    const size_t n = model_hidden(r->model, hidden);
    for (size_t i = 0; i < n; i++)
        if (!model_tally_key(r->model, hidden[i], key))
            return verb_fail(r->args, "the tally of tender %llu is hidden, %llu records are "
                                      "sealed, and %s is not there. Put it there, out of a "
                                      "backup. Nothing was changed",
                             (unsigned long long)hidden[i],
                             (unsigned long long)model_unopened(r->model), r->tally_key);
    return VERB_DONE;
}

static enum verb_exit log_read(struct rebuilding *r)
{
    enum verb_exit end = log_source_open(r->args, r->args->operand, &r->source);
    if (!end) end = log_trust_read(r->args, &r->source, &r->trust);
    if (!end) end = slug_find(r);
    if (!end) rebuild_mend(r);
    if (!end) tally_key_find(r);
    if (!end) end = recount_log_read(&r->log, &r->source, &r->trust, &r->size, &r->root);
    if (!end) end = tallies_check(r);
    if (!end && r->size == 0) end = verb_fail(r->args, "the log is empty: nothing to rebuild");
    if (end) return end;
    printf("the log is whole: %llu records of `%s` follow from the rules\n",
           (unsigned long long)r->size, r->slug);
    return VERB_DONE;
}

/* ---- the verb -------------------------------------------------------------------------------- */

static enum verb_exit fault_tell(const struct rebuilding *r, enum fault no)
{
    return verb_fail(r->args, "the rebuild stopped: %s. The community is not served; do it again",
                     r->log.doubt.what[0] ? r->log.doubt.what : fault_name(no));
}

static void stood(void *ctx, const struct ledger_answer *answer)
{
    struct rebuilding *r = ctx;
    const struct community_state *is = answer->outcome;
    r->in_flight--;
    r->found_seq = is ? is->seq : 0;
    r->found_fault = answer->fault;
    loop_stop(r->loop);
}

enum fault rebuild_seq_ask(struct rebuilding *r)
{
    ledger_state_community(r->ledger, r->to.slug, stood, r);
    r->in_flight++;
    const enum fault no = rebuild_wait(r, 0);
    return no ? no : r->found_fault;
}

static bool is_finished(struct rebuilding *r)
{
    return rebuild_seq_ask(r) == FAULT_NONE && r->found_seq == model_seq(r->model);
}

static enum verb_exit place_check(struct rebuilding *r)
{
    ledger_restore_look(&r->to);
    r->in_flight++;
    const enum fault no = rebuild_wait(r, 0);
    if (no) return verb_fail(r->args, "Redis cannot be asked: %s", fault_name(no));
    if (r->forward && !r->look.begun) return forward_check(r);
    if (r->look.found && !r->look.begun)
        return verb_misuse(r->args, "this Redis has a community `%s` already: a rebuild is for an "
                                    "empty one. Nothing was changed",
                           r->slug);
    /* Somebody made a community of this name, or the last rebuild had all but its mark. */
    if (r->look.community && !is_finished(r))
        return verb_misuse(r->args, "a rebuild of `%s` was interrupted here, and the community is "
                                    "in service since. Nothing was changed",
                           r->slug);
    if (r->look.begun) printf("a rebuild was interrupted here: beginning again\n");
    return VERB_DONE;
}

static void done_tell(const struct rebuilding *r, uint64_t us)
{
    const struct accounts now = model_accounts(r->model);
    printf("rebuilt: %llu records, %llu wallets, %llu tenders, %llu proposals, in %llu.%03llu "
           "seconds\n",
           (unsigned long long)r->records, (unsigned long long)r->wallets,
           (unsigned long long)model_tenders(r->model),
           (unsigned long long)model_proposals(r->model), (unsigned long long)(us / 1000000),
           (unsigned long long)(us / 1000 % 1000));
    printf("funds %llu = unallotted %llu + free %llu + held %llu + committed %llu + paid %llu\n",
           (unsigned long long)now.funds, (unsigned long long)now.unallotted,
           (unsigned long long)now.free, (unsigned long long)now.held,
           (unsigned long long)now.committed, (unsigned long long)now.paid);
}

static void lacks_tell(const struct rebuilding *r)
{
    printf("NOT restored, for the log does not hold it:\n"
           "  residents     who is registered, and where: counts per area only\n"
           "  accounts      of persons and organisations: how people sign in, and as whom\n"
           "  people        whose account a resident is, who was erased, findings, the journal\n"
           "  seats         of bodies count, but who may approve for them is not known\n"
           "  histories     of tenders, proposals and so on: the log itself has them\n"
           "  notices       what was told to whom before, and who wants them by mail\n"
           "  codes         how many were issued and redeemed is known, but no letter that is out\n"
           "                is good any more: issue new ones\n"
           "  proposers     who submitted a proposal: one in the making is withdrawn, not amended\n"
           "  texts         of the community, areas, funds, rounds, bodies, tenders, proposals\n"
           "  sign-ins      staff who were signed out; their old tokens are good again until they\n"
           "                expire. Give the server a new token key where that matters\n"
           "  retries       remembered Idempotency-Keys: a late retry of an old act is a new act\n"
           "  bare wallets  of residents who left without ever pledging: only their area is lost\n"
           "  keys          of registers and rounds lie in DIR/keys/%s: without them nobody's\n"
           "                wallet can be found again\n"
           "`groundswell restore` brings back people, texts and keys from a backup.\n",
           r->slug);
}

static enum verb_exit rebuild_do(struct rebuilding *r)
{
    const uint64_t began_us = clock_steady_us();
    enum verb_exit end = place_check(r);
    if (!end && r->forward) end = forward_files(r);
    if (end) return end;
    ledger_restore_begin(&r->to);
    r->in_flight++;
    enum fault no = rebuild_wait(r, 0);
    if (!no) no = rebuild_write(r);
    if (!no) no = rebuild_wait(r, 0);
    if (!no) {
        ledger_restore_end(&r->to);
        r->in_flight++;
        no = rebuild_wait(r, 0);
    }
    if (no) return fault_tell(r, no);
    done_tell(r, clock_steady_us() - began_us);
    if (r->forward) forward_tell(r);
    else lacks_tell(r);
    return VERB_DONE;
}

static enum verb_exit rebuild_furnish(struct rebuilding *r)
{
    const size_t proposals = (size_t)model_proposals(r->model) + 1;
    r->tree = malloc(sizeof *r->tree);
    r->batch = calloc(RESTORE_BATCH_MAX, sizeof *r->batch);
    r->amounts = calloc(proposals, sizeof *r->amounts);
    return r->tree && r->batch && r->amounts ? VERB_DONE : verb_fail(r->args, "out of memory");
}

static void rebuild_clear(struct rebuilding *r)
{
    for (uint64_t i = 0; r->amounts && i <= model_proposals(r->model); i++)
        free(r->amounts[i].at);
    free(r->amounts);
    free(r->batch);
    free(r->tree);
    forward_release(r);
    rebuild_notes_release(&r->notes);
    recount_log_release(&r->log);
    log_source_close(&r->source);
}

static enum verb_exit rebuild_run(const struct args *args)
{
    static struct rebuilding r;
    if (args->settings->of[SETTING_LOG_LEVEL].rank == 0) log_level_set(LOG_WARN);
    r = (struct rebuilding){.args = args, .forward = args_text(args, "forward") != NULL};
    recount_log_init(&r.log);
    r.model = recount_model(&r.log.recount);
    rebuild_notes_init(&r.notes, r.model);
    r.log.counted = rebuild_note;
    r.log.ctx = &r.notes;
    enum verb_exit end = log_read(&r);
    if (!end) end = rebuild_furnish(&r);
    if (!end && r.forward) end = forward_hold(&r);
    if (!end) end = redis_open(&r);
    if (!end) end = rebuild_do(&r);
    redis_close(&r);
    rebuild_clear(&r);
    return end;
}

static const struct verb_option rebuild_options[] = {
    LOG_TRUST_OPTIONS,
    {"community", "SLUG", "its slug here [the end of the log's origin]"},
    {"forward", NULL, "bring a ledger that is behind LOG forward, as after an older backup"},
    {NULL, NULL, NULL},
};

const struct verb verb_rebuild = {
    .name = "rebuild",
    .summary = "fill an empty Redis with a community out of its log",
    .about =
        "LOG is a folder (DIR/log/SLUG or a copy) or a URL (https://host/log/SLUG). Verifies the\n"
        "log, counts it again by the rules, and writes totals, wallets and states into the Redis\n"
        "of the data folder (started for it where none runs), or the one of --redis. Refuses\n"
        "where the community is there already. Can be repeated where it was interrupted. It\n"
        "restores the ledger, not the people: it says at its end what is missing.\n"
        "With --forward the ledger of DIR, whose server is stopped, is behind LOG: records that\n"
        "it has must be LOG's, the missing ones are added, people and texts stay, and newer files\n"
        "of LOG go to DIR/log/SLUG. Refuses where residents were registered, granted or left, or\n"
        "codes redeemed, since: who they were is not in the log.",
    .operand = "LOG",
    .options = rebuild_options,
    .settings = true,
    .run = rebuild_run,
};
