/* 020_scene.h -- a small community to act in, for the tests of the room rules.
 *
 * Every act goes through roll_act(); after each the accounts must conserve, and the records that it
 * wrote are kept as canonical JSON, so that any scene can be recounted. */
#ifndef GROUNDSWELL_TESTS_SCENE_H
#define GROUNDSWELL_TESTS_SCENE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "groundswell/rules/recount.h"
#include "groundswell/rules/roll.h"

#define HASH64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct scene {
    struct roll *roll;
    struct verdict v;
    uint64_t now, residents; /* how many ids were handed out */
    char **log;              /* canonical JSON by seq */
    size_t log_n, log_max;
    uint32_t key; /* of the last act; 0: none sent */
    uint64_t random;
    bool forget; /* keeps no log */
};

static inline void scene_init(struct scene *s)
{
    *s = (struct scene){.roll = roll_new(), .now = 1000};
}

static inline void scene_release(struct scene *s)
{
    for (size_t i = 0; i < s->log_n; i++)
        free(s->log[i]);
    free(s->log);
    roll_free(s->roll);
}

static inline const struct model *scene_model(const struct scene *s)
{
    return roll_model(s->roll);
}

/* splitmix64 */
static inline uint64_t scene_random(struct scene *s, uint64_t below)
{
    uint64_t z = (s->random += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

/* Ids live in a small ring of buffers, long enough for one act. */
static inline struct text scene_id(char letter, uint64_t round, uint64_t number)
{
    static char ring[8][32];
    static unsigned next;
    char *at = ring[next++ % 8];
    snprintf(at, sizeof ring[0], "%c%05u%015uA", letter, (unsigned)round, (unsigned)number);
    return (struct text){at, 22};
}

static inline struct text resident_id(uint64_t number)
{
    return scene_id('r', 0, number);
}

static inline struct text wallet_id(uint64_t round, uint64_t number)
{
    return scene_id('w', round, number);
}

static inline void scene_keep(struct scene *s)
{
    for (size_t i = 0; i < s->v.records_n; i++) {
        CLEANUP(buf) struct buf json = BUF_MAX(RECORD_JSON_MAX);
        record_json(&s->v.records[i], &json);
        assert_int_equal(buf_fault(&json), FAULT_NONE);
        if (s->log_n == s->log_max) {
            s->log_max = s->log_max ? 2 * s->log_max : 64;
            s->log = realloc(s->log, s->log_max * sizeof *s->log);
        }
        assert_int_equal(s->v.records[i].seq, s->log_n);
        s->log[s->log_n++] = strndup(json.data, json.len);
    }
}

static inline struct roll_act act_of(enum roll_kind kind)
{
    return (struct roll_act){.kind = kind, .subject = TEXT("operator")};
}

/* True where accepted. */
static inline bool scene_act(struct scene *s, struct roll_act *act)
{
    uint64_t key = s->key;
    char bytes[8];
    memcpy(bytes, &key, 8);
    act->now_ms = s->now;
    if (key && act->key_hash.n == 0)
        act->key_hash = (struct text){bytes, 8};
    roll_act(s->roll, act, &s->v);
    assert_true(model_conserves(scene_model(s)));
    if (!s->forget)
        scene_keep(s);
    return !s->v.refusal && !s->v.raised;
}

static inline bool scene_community(struct scene *s, const char *areas, uint64_t least)
{
    struct roll_act act = act_of(ROLL_COMMUNITY_CREATE);
    record_set_text(&act.own, FIELD_CURRENCY, TEXT("GBP"));
    record_set_text(&act.own, FIELD_AREAS, text_of(areas));
    record_set(&act.own, FIELD_AREA_RESIDENTS_MIN, least);
    record_set_text(&act.own, FIELD_TEXT, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_fund(struct scene *s, uint64_t amount, const char *theme)
{
    struct roll_act act = act_of(ROLL_FUND_ADD);
    record_set(&act.own, FIELD_AMOUNT, amount);
    record_set_text(&act.own, FIELD_THEME, text_of(theme));
    record_set_text(&act.own, FIELD_TEXT, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_top_up(struct scene *s, uint64_t fund, uint64_t amount)
{
    struct roll_act act = act_of(ROLL_FUND_TOP_UP);
    record_set(&act.own, FIELD_FUND, fund);
    record_set(&act.own, FIELD_AMOUNT, amount);
    return scene_act(s, &act);
}

/* Residents first .. first + n - 1. */
static inline bool scene_register_from(struct scene *s, uint64_t first, size_t n, uint64_t area)
{
    struct roll_act act = act_of(ROLL_RESIDENTS_REGISTER);
    struct roll_registration *list = calloc(n, sizeof *list);
    char(*ids)[32] = calloc(n, sizeof *ids);
    for (size_t i = 0; i < n; i++) {
        memcpy(ids[i], resident_id(first + i).at, 22);
        list[i] = (struct roll_registration){{ids[i], 22}, area};
    }
    act.residents = list;
    act.residents_n = n;
    bool done = scene_act(s, &act);
    free(list);
    free(ids);
    return done;
}

static inline bool scene_register(struct scene *s, size_t n, uint64_t area)
{
    s->residents += n;
    return scene_register_from(s, s->residents - n, n, area);
}

static inline bool scene_round(struct scene *s, uint64_t allotment, uint64_t token, uint64_t closes)
{
    struct roll_act act = act_of(ROLL_ROUND_OPEN);
    record_set(&act.own, FIELD_ROUND, model_round(scene_model(s)) + 1);
    record_set(&act.own, FIELD_ALLOTMENT, allotment);
    record_set(&act.own, FIELD_TOKEN, token);
    record_set(&act.own, FIELD_CLOSES, closes);
    return scene_act(s, &act);
}

static inline bool scene_number_act(struct scene *s, enum roll_kind kind, enum record_field field,
                                    uint64_t number)
{
    struct roll_act act = act_of(kind);
    record_set(&act.own, field, number);
    return scene_act(s, &act);
}

static inline bool scene_close(struct scene *s, uint64_t round)
{
    return scene_number_act(s, ROLL_ROUND_CLOSE, FIELD_ROUND, round);
}

struct scene_rule {
    const char *theme;
    uint64_t ceiling, people_min, areas_min, area_people_min, awards_max, closes;
    bool late;
};

static inline bool scene_tender(struct scene *s, const struct scene_rule *rule)
{
    struct roll_act act = act_of(ROLL_TENDER_CREATE);
    record_set_text(&act.own, FIELD_BODY, TEXT("river-board"));
    record_set_text(&act.own, FIELD_THEME, text_of(rule->theme));
    record_set(&act.own, FIELD_CEILING, rule->ceiling);
    record_set(&act.own, FIELD_PEOPLE_MIN, rule->people_min ? rule->people_min : 1);
    record_set(&act.own, FIELD_AREAS_MIN, rule->areas_min);
    record_set(&act.own, FIELD_AREA_PEOPLE_MIN, rule->area_people_min);
    record_set(&act.own, FIELD_AWARDS_MAX, rule->awards_max ? rule->awards_max : 1);
    record_set(&act.own, FIELD_CLOSES, rule->closes);
    record_set(&act.own, FIELD_LATE, rule->late);
    record_set_text(&act.own, FIELD_RULE_HASH, TEXT(HASH64));
    record_set_text(&act.own, FIELD_TEXT, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_open(struct scene *s, uint64_t tender)
{
    return scene_number_act(s, ROLL_TENDER_OPEN, FIELD_TENDER, tender);
}

static inline bool scene_drop_tender(struct scene *s, uint64_t tender)
{
    return scene_number_act(s, ROLL_TENDER_WITHDRAW, FIELD_TENDER, tender);
}

static inline bool scene_propose(struct scene *s, uint64_t tender, uint64_t price)
{
    struct roll_act act = act_of(ROLL_PROPOSAL_SUBMIT);
    record_set(&act.own, FIELD_TENDER, tender);
    record_set(&act.own, FIELD_PRICE, price);
    record_set_text(&act.own, FIELD_TEXT, TEXT(HASH64));
    return scene_act(s, &act);
}

static inline bool scene_drop_proposal(struct scene *s, uint64_t proposal)
{
    return scene_number_act(s, ROLL_PROPOSAL_WITHDRAW, FIELD_PROPOSAL, proposal);
}

static inline bool scene_activate(struct scene *s, uint64_t proposal)
{
    return scene_number_act(s, ROLL_ACTIVATE, FIELD_PROPOSAL, proposal);
}

static inline uint64_t scene_epoch(struct scene *s, uint64_t resident)
{
    struct roll_resident row = {0};
    roll_resident(s->roll, resident_id(resident), &row);
    return row.epoch;
}

static inline struct roll_act scene_pledging(struct scene *s, enum roll_kind kind,
                                             uint64_t resident, uint64_t proposal)
{
    struct roll_act act = act_of(kind);
    uint64_t round = model_round(scene_model(s));
    act.subject = resident_id(resident);
    act.epoch = scene_epoch(s, resident);
    record_set(&act.own, FIELD_ROUND, round);
    record_set_text(&act.own, FIELD_WALLET, wallet_id(round, resident));
    record_set(&act.own, FIELD_PROPOSAL, proposal);
    return act;
}

static inline bool scene_pledge(struct scene *s, uint64_t resident, uint64_t proposal,
                                uint64_t amount)
{
    struct roll_act act = scene_pledging(s, ROLL_PLEDGE_SET, resident, proposal);
    record_set(&act.own, FIELD_AMOUNT, amount);
    return scene_act(s, &act);
}

static inline bool scene_unpledge(struct scene *s, uint64_t resident, uint64_t proposal)
{
    struct roll_act act = scene_pledging(s, ROLL_PLEDGE_WITHDRAW, resident, proposal);
    return scene_act(s, &act);
}

static inline bool scene_resident(struct scene *s, enum roll_kind kind, uint64_t resident)
{
    struct roll_act act = act_of(kind);
    uint64_t round = model_round(scene_model(s));
    act.resident = resident_id(resident);
    record_set(&act.own, FIELD_ROUND, round);
    if (round)
        record_set_text(&act.own, FIELD_WALLET, wallet_id(round, resident));
    return scene_act(s, &act);
}

static inline bool scene_settle(struct scene *s)
{
    struct roll_act act = act_of(ROLL_SETTLE);
    return scene_act(s, &act);
}

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

/* Feeds a log (canonical JSON by seq) to a recount; the caller releases it. */
static inline bool scene_recount(struct recount *recount, char *const *log, size_t n)
{
    struct arena arena;
    bool agrees = true;
    recount_init(recount);
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
    buf_format(out, "seq %lu at %lu\n", model_seq(m), model_at(m));
    for (size_t i = 0; i < sizeof a / 8; i++)
        buf_format(out, "%lu ", ((const uint64_t *)&a)[i]);
    for (uint64_t i = 0; i < model_areas(m); i++)
        buf_format(out, "\narea %.*s %lu %lu %lu", TEXT_ARGS(model_area_code(m, i)),
                   model_residents(m, i), model_grants(m, i), model_wallets(m, i));
    for (uint64_t i = 1; model_fund(m, i, &fund); i++)
        buf_format(out, "\nfund %lu %lu %.*s", fund.amount, fund.left, TEXT_ARGS(fund.theme));
    for (uint64_t i = 1; model_round_of(m, i, &round); i++)
        buf_format(out, "\nround %lu %lu %lu %lu %lu", round.allotment, round.token, round.closes,
                   round.spent, round.wallets);
    for (uint64_t i = 1; model_tender(m, i, &tender); i++)
        buf_format(out, "\ntender %lu %c %lu %lu %lu %lu %lu %lu %lu %lu %d %.*s %.*s",
                   tender.round, tender.mark, tender.held, tender.awards, tender.ceiling,
                   tender.people_min, tender.areas_min, tender.area_people_min,
                   tender.awards_max, tender.closes, tender.late, TEXT_ARGS(tender.theme),
                   TEXT_ARGS(tender.body));
    for (uint64_t i = 1; model_proposal(m, i, &proposal); i++)
        buf_format(out, "\nproposal %lu %lu %lu %lu %lu %lu %s", proposal.tender, proposal.price,
                   proposal.rho, proposal.sum, proposal.people, proposal.areas_ok, proposal.state);
    size_t n = model_ready(m, ready, 64);
    for (size_t i = 0; i < n && i < 64; i++)
        buf_format(out, "\nready %lu", ready[i]);
    model_wallets_each(m, scene_sum_wallet, &sum);
    buf_format(out, "\nwallets %lx\n", sum.wallets);
}

#endif
