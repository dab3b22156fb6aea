/* 080_town_acts.h -- what happens in the town of the tests: each act with an idempotency key of its
 * own, each of them expected to be accepted, but for town_pledge(). */
#ifndef TESTS_080_TOWN_ACTS_H
#define TESTS_080_TOWN_ACTS_H

#include "080_town.h"

static uint64_t town_key; /* every act has a key of its own */

static inline struct act act_of(struct text subject)
{
    struct act act = {.slug = RIVERSIDE, .subject = subject, .body_hash = {1}};
    town_key++;
    memcpy(act.key_hash, &town_key, sizeof town_key);
    return act;
}
static inline struct act staff(void)
{
    return act_of(TEXT("operator"));
}

struct person {
    char id[RESIDENT_ID_SIZE + 1];
};
static inline struct person person(struct town *town, const char *ref)
{
    struct person ret;
    assert_int_equal(ledger_resident_id(town->ledger, RIVERSIDE, text_of(ref), ret.id), FAULT_NONE);
    return ret;
}
static inline struct act act_by(const struct person *who)
{
    return act_of(text_of(who->id));
}

static inline void town_found(struct town *town)
{
    struct act act = staff();
    struct community_create in = {TEXT("GBP"), TEXT("north,south"), 0, 0, TEXT("{\"name\":\"R\"}")};
    HEAR(town, act_outcome, ledger_community_create(L, &act, &in, HERE));
    assert_yes();
}

static inline void town_fund(struct town *town, uint64_t amount)
{
    struct act act = staff();
    struct fund_add in = {amount, TEXT(""), TEXT("{\"source\":\"lottery\"}")};
    HEAR(town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    assert_yes();
}

static inline void town_register(struct town *town, const char *const *refs, size_t n)
{
    struct person who[16];
    struct registration list[16];
    for (size_t i = 0; i < n; i++) {
        who[i] = person(town, refs[i]);
        list[i] = (struct registration){text_of(who[i].id), i % 2};
    }
    struct act act = staff();
    struct residents_register in = {list, n};
    HEAR(town, register_outcome, ledger_residents_register(L, &act, &in, HERE));
    assert_yes();
}

static inline void town_open_round(struct town *town, uint64_t allotment)
{
    struct act act = staff();
    struct round_open in = {.allotment = allotment, .token = 100};
    in.closes_ms = town_now + 1000000;
    in.roll = TEXT("register");
    HEAR(town, round_outcome, ledger_round_open(L, &act, &in, HERE));
    assert_yes();
}

static inline void town_tender(struct town *town, uint64_t ceiling, uint64_t people_min,
                               uint64_t closes_ms)
{
    struct act act = staff();
    struct tender_create in = {.body = TEXT("rivercare"), .ceiling = ceiling};
    in.people_min = people_min;
    in.awards_max = 1;
    in.closes_ms = closes_ms;
    in.late = true;
    in.text = TEXT("{\"title\":\"A bench\"}");
    HEAR(town, tender_outcome, ledger_tender_create(L, &act, &in, HERE));
    assert_yes();
}

static inline void town_proposal(struct town *town, uint64_t tender, uint64_t price)
{
    struct act act = staff();
    struct proposal_submit in = {tender, TEXT(""), price, TEXT("{\"title\":\"Oak\"}"),
                                 TEXT("")};
    HEAR(town, proposal_outcome, ledger_proposal_submit(L, &act, &in, HERE));
    assert_yes();
}

static inline void town_open_tender(struct town *town, uint64_t tender)
{
    struct act act = staff();
    struct tender_act in = {.tender = tender};
    HEAR(town, tender_outcome, ledger_tender_open(L, &act, &in, HERE));
    assert_yes();
}

static inline void town_pledge(struct town *town, const char *ref, uint64_t proposal,
                               uint64_t amount)
{
    struct person who = person(town, ref);
    struct act act = act_by(&who);
    struct pledge_set in = {.proposal = proposal, .amount = amount};
    HEAR(town, pledge_view, ledger_pledge_set(L, &act, &in, HERE));
}

/* Two residents, 2,000.00 in the pool, a round of 500.00 each, one open tender (two people, closing
 * in 100 s) with two proposals at 600.00 and 900.00. */
static inline void town_settle_in(struct town *town)
{
    static const char *const refs[] = {"ann", "bob"};
    town_found(town);
    town_fund(town, 200000);
    town_register(town, refs, 2);
    town_open_round(town, 50000);
    town_tender(town, 100000, 2, town_now + 100000);
    town_proposal(town, 1, 60000);
    town_proposal(town, 1, 90000);
    town_open_tender(town, 1);
}

#endif
