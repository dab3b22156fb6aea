/* 020_scene.h -- a small community to act in, for the tests of the room rules.
 *
 * Every act goes through roll_act(); after each the accounts must conserve, and the records that it
 * wrote are kept as canonical JSON, so that any scene can be recounted. */
#ifndef GROUNDSWELL_TESTS_SCENE_H
#define GROUNDSWELL_TESTS_SCENE_H

#include "020_scene_acts.h"
#include "020_scene_fallbacks.h"
#include "020_scene_brake.h"
#include "020_scene_bodies.h"
#include "020_scene_deliver.h"
#include "020_scene_delivered.h"
#include "020_scene_people.h"
#include "020_scene_shape.h"
#include "020_scene_talk.h"

/* The refusal of the last act, with its words as "name value name value". */
static inline const char *scene_no(const struct scene *s)
{
    static char said[300];
    int n = snprintf(said, sizeof said, "%s", refusal_code(s->v.refusal));
    for (size_t i = 0; i < s->v.words_n; i++) {
        const struct verdict_word *word = &s->v.words[i];
        if (word->text.at)
            n += snprintf(said + n, sizeof said - (size_t)n, " %s %.*s", word->name,
                          TEXT_ARGS(word->text));
        else
            n += snprintf(said + n, sizeof said - (size_t)n, " %s %llu", word->name,
                          (unsigned long long)word->number);
    }
    return said;
}

#define assert_refused(scene, done, words)                                                        \
    do {                                                                                          \
        assert_false(done);                                                                       \
        assert_null((scene)->v.raised);                                                           \
        assert_string_equal(scene_no(scene), words);                                              \
    } while (0)

static inline const char *scene_accounts(const struct scene *s)
{
    static char said[300];
    struct accounts a = model_accounts(scene_model(s));
    snprintf(said, sizeof said, "unallotted %llu free %llu held %llu committed %llu",
             (unsigned long long)a.unallotted, (unsigned long long)a.free,
             (unsigned long long)a.held, (unsigned long long)a.committed);
    return said;
}

/* The keys that the log discloses, then those that it does not. */
static inline void scene_keys(struct recount *recount, char *const *log, size_t n)
{
    uint8_t key[TALLY_KEY_SIZE];
    uint64_t tenders = 0;
    struct arena arena;
    arena_init(&arena, MIB);
    for (size_t i = 0; i < n; i++) {
        struct record record;
        arena_reset(&arena);
        if (record_from_json(&record, text_of(log[i]), &arena, NULL))
            continue;
        tenders += record.kind == RECORD_TENDER_CREATED;
        if (record.kind == RECORD_TALLY_DISCLOSED &&
            decode_hex(record.key, key, sizeof key) == sizeof key)
            recount_key(recount, record.tender, key);
    }
    for (uint64_t i = 1; i <= tenders; i++) {
        scene_tally_key(i, key);
        recount_key(recount, i, key);
    }
    arena_release(&arena);
}

/* Feeds a log (canonical JSON by seq) to a recount; the caller releases it. */
static inline bool scene_recount(struct recount *recount, char *const *log, size_t n)
{
    struct arena arena;
    bool agrees = true;
    recount_init(recount);
    scene_keys(recount, log, n);
    arena_init(&arena, MIB);
    for (size_t i = 0; i < n && agrees; i++) {
        struct record record;
        struct record_problem problem = {"", ""};
        arena_reset(&arena);
        enum fault no = record_from_json(&record, text_of(log[i]), &arena, &problem);
        if (no)
            snprintf(recount->why, sizeof recount->why, "record %zu: %s %s", i, problem.field,
                     problem.why);
        agrees = !no && recount_next(recount, &record);
    }
    arena_release(&arena);
    return agrees && recount_end(recount);
}

/* Everything that a model holds, as text, for comparing two of them. */
struct scene_sum {
    struct buf *out;
    uint64_t wallets; /* order-free sum over the wallets */
};

static inline void scene_sum_wallet(void *ctx, const struct model_wallet *wallet)
{
    struct scene_sum *sum = ctx;
    uint64_t h = wallet->round * 31 + wallet->area * 17 + wallet->free * 7 + wallet->held * 5;
    for (size_t i = 0; i < 16; i++)
        h = h * 257 + wallet->id[i];
    for (size_t i = 0; i < wallet->entries_n; i++)
        h = h * 1000003 + wallet->entries[i].proposal * 65537 + wallet->entries[i].amount;
    sum->wallets += h * (h | 1);
}

static inline void scene_state(const struct model *m, struct buf *out)
{
    struct accounts a = model_accounts(m);
    struct scene_sum sum = {out, 0};
    struct model_fund fund;
    struct model_tender tender;
    struct model_proposal proposal;
    struct model_round round;
    uint64_t ready[64];
    /* not the deadlines: entries of ended tenders go without a record */
    buf_format(out, "seq %lu at %lu members %lu\n", model_seq(m), model_at(m),
               model_members_min(m));
    for (size_t i = 0; i < sizeof a / 8; i++)
        buf_format(out, "%lu ", ((const uint64_t *)&a)[i]);
    for (uint64_t i = 0; i < model_areas(m); i++)
        buf_format(out, "\narea %.*s %lu %lu %lu, codes %lu %lu",
                   TEXT_ARGS(model_area_code(m, i)), model_residents(m, i),
                   model_grants(m, i), model_wallets(m, i), model_codes_issued(m, i),
                   model_codes_redeemed(m, i));
    for (uint64_t i = 1; model_fund(m, i, &fund); i++)
        buf_format(out, "\nfund %lu %lu %.*s", fund.amount, fund.left, TEXT_ARGS(fund.theme));
    for (uint64_t i = 1; model_round_of(m, i, &round); i++)
        buf_format(out, "\nround %lu %lu %lu %lu %lu", round.allotment, round.token, round.closes,
                   round.spent, round.wallets);
    for (uint64_t i = 1; model_tender(m, i, &tender); i++)
        buf_format(out,
                   "\ntender %lu %c %lu %lu %lu %lu %lu %lu %lu %lu %d %lu %d %lu %lu %lu %lu %.*s "
                   "%.*s",
                   tender.round, tender.mark, tender.held, tender.awards, tender.ceiling,
                   tender.people_min, tender.areas_min, tender.area_people_min,
                   tender.awards_max, tender.closes, tender.late, tender.window, tender.hidden,
                   tender.days, tender.contributors, tender.need, tender.published,
                   TEXT_ARGS(tender.theme),
                   TEXT_ARGS(tender.body));
    for (uint64_t i = 1; model_tender(m, i, &tender); i++)
        if (tender.critical || tender.paused)
            buf_format(out, "\ncritical %lu %lu %lu, paused %lu %lu", tender.critical,
                       tender.critical_since, tender.critical_until, tender.paused,
                       tender.paused_until);
    for (uint64_t i = 1; model_proposal(m, i, &proposal); i++)
        buf_format(out, "\nproposal %lu %lu %lu %lu %lu %lu %s, %lu %lu %lu %lu %d %c",
                   proposal.tender, proposal.price, proposal.rho, proposal.sum, proposal.people,
                   proposal.areas_ok, proposal.state, proposal.version, proposal.judged_seq,
                   proposal.judged_at, proposal.merged_into, proposal.found, proposal.mark);
    scene_bodies_state(m, out);
    size_t n = model_ready(m, ready, 64);
    for (size_t i = 0; i < n && i < 64; i++)
        buf_format(out, "\nready %lu", ready[i]);
    model_fallbacks_each(m, scene_put_fallback, out);
    scene_talk_state(m, out);
    scene_deliveries_put(m, out);
    model_wallets_each(m, scene_sum_wallet, &sum);
    buf_format(out, "\nwallets %lx\n", sum.wallets);
}

#endif
