/* 400_differential.c -- the Redis Functions against the rules in C: nothing may differ. */
/* rooms: base rules */
/* And the proof that it would be seen if anything did. GROUNDSWELL_SEED and GROUNDSWELL_OPERATIONS
 * repeat a run that failed; GROUNDSWELL_FULL makes it a million. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "groundswell/base/embedded.h"

#include "differential.h"
#include "redis_process.h"

#define SEED 20261123
#define OPERATIONS 150000
#define OPERATIONS_FULL 1000000

static struct redis_process redis;
static char socket_path[64];

/* Puts `from` with every `what` replaced; returns how often. */
static size_t put_replaced(struct buf *out, struct text from, const char *what, const char *with)
{
    size_t n = 0;
    for (;;) {
        const char *hit = from.n ? memmem(from.at, from.n, what, strlen(what)) : NULL;
        size_t before = hit ? (size_t)(hit - from.at) : from.n;
        buf_put(out, from.at, before);
        if (!hit)
            return n;
        buf_cstr(out, with);
        from = (struct text){hit + strlen(what), from.n - before - strlen(what)};
        n++;
    }
}

/* The library; with `mutated`, an exact text that stands there once, made `mutant`. */
static void library(const char *mutated, const char *mutant, struct buf *ret)
{
    CLEANUP(buf) struct buf raw = BUF_MAX(MIB), hashed = BUF_MAX(MIB), skewed = BUF_MAX(MIB);
    for (size_t i = 0; i < embedded_lua_n; i++)
        buf_text(&raw, embedded_text(&embedded_lua[i]));
    put_replaced(&hashed, buf_view(&raw), "@HASH@", "differential");
    put_replaced(&skewed, buf_view(&hashed), "@SKEW_MAX_MS@", "9007199254740991");
    buf_cstr(ret, "#!lua name=groundswell_differential\n");
    if (!mutated) {
        buf_text(ret, buf_view(&skewed));
        return;
    }
    size_t n = put_replaced(ret, buf_view(&skewed), mutated, mutant);
    if (n != 1)
        fprintf(stderr, "the functions have this %zu times: %s\n", n, mutated);
    INVARIANT(n == 1);
}

static int begin(void **state)
{
    (void)state;
    static const char *const options[] = {"--appendonly", "no", "--appendfsync", "no", NULL};
    redis_begin(&redis, options);
    snprintf(socket_path, sizeof socket_path, "%s/s", redis.folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    redis_end(&redis);
    return 0;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    uint64_t value;
    return text_to_u64(text_of(getenv(name)), UINT64_MAX, &value) ? value : otherwise;
}

/* ---- what must have occurred ---- */

#define EVERY_ACT "community_unknown deadlines_due signed_out key_reused "
#define OF_COMMISSIONS EVERY_ACT "commission_unknown commission_state "
#define OF_MILESTONES OF_COMMISSIONS "milestone_unknown "
#define OF_SHAPES                                                                                 \
    EVERY_ACT "proposal_unknown proposal_activated proposal_withdrawn proposal_frozen "           \
              "tender_closed "
#define OF_PLEDGES "round_not_open round_changed resident_unknown proposal_unknown "

/* What ACTS.md lets each act refuse, but for clock_skew, which would hang on the real time of
 * Redis; the keeper's acts have no key, and settle never says that deadlines are due. */
static const char *const refusals[ROLL_KINDS] = {
    [ROLL_COMMUNITY_CREATE] = "community_exists signed_out key_reused",
    [ROLL_FUND_ADD] = EVERY_ACT "funds_too_many amount_too_large",
    [ROLL_FUND_TOP_UP] = EVERY_ACT "fund_unknown amount_too_large",
    [ROLL_RESIDENTS_REGISTER] = EVERY_ACT,
    [ROLL_RESIDENT_GRANT] =
        EVERY_ACT "round_not_open resident_unknown already_granted unallotted_short",
    [ROLL_RESIDENT_LEAVE] = EVERY_ACT "resident_unknown round_changed",
    [ROLL_ROUND_OPEN] = EVERY_ACT "round_open_already round_changed closes_too_soon "
                                  "residents_none area_too_small unallotted_short",
    [ROLL_ROUND_CLOSE] = EVERY_ACT "round_unknown round_not_open",
    [ROLL_TENDER_CREATE] = EVERY_ACT "breadth_unreachable closes_too_soon "
                                     "window_hidden",
    [ROLL_TENDER_OPEN] = EVERY_ACT
    "tender_unknown not_your_body tender_not_published tender_not_draft round_not_open "
    "closes_too_soon closes_after_round window_too_long ceiling_over_headroom "
    "deliberation_short proposals_none proposals_unjudged tallies_hidden_too_many",
    [ROLL_TENDER_WITHDRAW] = EVERY_ACT "tender_unknown not_your_body tender_closed",
    [ROLL_TENDER_PAUSE] = EVERY_ACT "tender_unknown tender_not_open tender_closed tender_paused "
                                    "pause_too_short pause_too_long",
    [ROLL_TENDER_RESUME] = EVERY_ACT "tender_unknown tender_not_open tender_closed "
                                     "tender_not_paused",
    [ROLL_PROPOSAL_SUBMIT] = EVERY_ACT "tender_unknown not_your_body tender_closed "
                                       "proposals_late price_over_ceiling "
                                       "milestones_not_price proposals_too_many",
    [ROLL_PROPOSAL_WITHDRAW] = EVERY_ACT "proposal_unknown not_your_body proposal_activated "
                                         "proposal_withdrawn tender_closed",
    [ROLL_PLEDGE_SET] = EVERY_ACT OF_PLEDGES
    "wallet_not_granted proposal_activated proposal_withdrawn proposal_unjudged tender_not_open "
    "tender_closed tender_paused fallback_itself fallback_unknown wallet_short pledge_below_token "
    "pledges_live_too_many pledges_too_many",
    [ROLL_PLEDGE_WITHDRAW] = EVERY_ACT OF_PLEDGES "pledge_none pledge_spent pledge_released",
    [ROLL_ACTIVATE] = "community_unknown deadlines_due signed_out proposal_unknown "
                      "proposal_activated proposal_withdrawn proposal_unjudged tender_closed "
                      "tender_not_open "
                      "tender_paused window_runs rule_not_met",
    [ROLL_SETTLE] = "community_unknown signed_out",
    [ROLL_STAFF_SIGN_OUT] = EVERY_ACT,
    [ROLL_RESIDENT_SIGN_OUT] = EVERY_ACT "resident_unknown",
    [ROLL_RESIDENT_ERASE] = EVERY_ACT "resident_unknown round_changed",
    [ROLL_CODES_ISSUE] = EVERY_ACT "serials_taken",
    [ROLL_CODE_REDEEM] = "community_unknown deadlines_due code_wrong code_revoked code_used",
    [ROLL_FALLBACK_NEXT] = "community_unknown deadlines_due signed_out",
    [ROLL_COMMUNITY_SET] = EVERY_ACT,
    [ROLL_AREAS_SET] = EVERY_ACT,
    [ROLL_BODY_FORM] = EVERY_ACT "body_exists",
    [ROLL_BODY_CONSTITUTE] = EVERY_ACT "body_unknown",
    [ROLL_MEMBER_SEAT] =
        EVERY_ACT "body_unknown term_too_soon resident_unknown seated_already",
    [ROLL_MEMBER_LEAVE] = EVERY_ACT "seat_unknown",
    [ROLL_TENDER_APPROVE] = EVERY_ACT
    "tender_unknown tender_not_draft body_none not_a_member approved_already",
    [ROLL_TENDER_PUBLISH] = EVERY_ACT "tender_unknown not_your_body tender_not_draft body_none "
                                      "body_not_lawful approvals_short rule_unreachable",
    [ROLL_NEED_RAISE] = EVERY_ACT "resident_unknown needs_too_many",
    [ROLL_NEED_SECOND] = EVERY_ACT "resident_unknown need_unknown need_answered",
    [ROLL_NEED_ANSWER] = EVERY_ACT "need_unknown need_answered tender_unknown not_your_body",
    [ROLL_TALK_ADD] = EVERY_ACT "resident_unknown tender_unknown talk_closed",
    [ROLL_TALK_EDIT] = EVERY_ACT
    "resident_unknown talk_unknown talk_not_yours talk_is_hidden talk_closed",
    [ROLL_TALK_STANCE] = EVERY_ACT "resident_unknown talk_unknown talk_is_hidden talk_closed",
    [ROLL_TALK_HIDE] = EVERY_ACT "talk_unknown not_your_body talk_is_hidden talk_cleared",
    [ROLL_TALK_APPEAL] = EVERY_ACT
    "resident_unknown talk_unknown talk_not_yours talk_not_hidden talk_appealed",
    [ROLL_TALK_RULING] = EVERY_ACT "talk_unknown talk_not_appealed",
    [ROLL_TALK_SUMMARY] = EVERY_ACT "tender_unknown not_your_body talk_closed",
    [ROLL_FUND_WITHDRAW] = EVERY_ACT "fund_unknown fund_short unallotted_short",
    [ROLL_CONTRACT_SIGN] = OF_COMMISSIONS "not_your_body contract_dates",
    [ROLL_EVIDENCE_ADD] = OF_MILESTONES "not_your_body",
    [ROLL_MILESTONE_REPORT] = OF_MILESTONES "not_your_body milestone_state",
    [ROLL_MILESTONE_CONFIRM] = OF_MILESTONES
    "resident_unknown round_changed commission_not_yours milestone_state milestone_spoken",
    [ROLL_MILESTONE_DISPUTE] = OF_MILESTONES
    "resident_unknown round_changed commission_not_yours milestone_state milestone_spoken",
    [ROLL_MILESTONE_ACCEPT] = OF_MILESTONES "not_your_body milestone_state",
    [ROLL_PAYMENT_RECORD] = OF_MILESTONES "not_your_body milestone_state payment_over_milestone",
    [ROLL_VARIATION_PROPOSE] = OF_COMMISSIONS
    "not_your_body milestones_count milestones_not_price milestone_fixed variation_empty "
    "contract_dates variation_too_large",
    [ROLL_VARIATION_APPROVE] = OF_COMMISSIONS
    "not_your_body variation_unknown variation_approved milestone_fixed variation_too_large",
    [ROLL_OUTCOME_REPORT] = OF_COMMISSIONS "not_your_body",
    [ROLL_SAVINGS_NOTE] = EVERY_ACT "commission_unknown not_your_body",
    [ROLL_COMMISSION_COMPLETE] = OF_COMMISSIONS "not_your_body commission_unpaid",
    [ROLL_COMMISSION_TERMINATE] = OF_COMMISSIONS "not_your_body",
    [ROLL_PROPOSAL_JUDGE] = OF_SHAPES "not_your_body",
    [ROLL_PROPOSAL_AMEND] = OF_SHAPES
    "not_your_proposal price_over_ceiling milestones_not_price",
    [ROLL_PROPOSAL_MERGE] = OF_SHAPES "proposals_apart not_your_proposal",
};

static void count_print(const struct differential_count *count)
{
    print_message("%" PRIu64 " operations, %" PRIu64 " communities, %" PRIu64
                  " looks at the whole state\n",
                  count->operations, count->communities, count->states);
    for (int i = 0; i < ROLL_KINDS; i++) {
        print_message("%s: accepted %" PRIu64 ", replayed %" PRIu64 ", raised %" PRIu64,
                      roll_kind_name((enum roll_kind)i), count->accepted[i], count->replayed[i],
                      count->raised[i]);
        for (int r = 1; r < REFUSAL_N; r++)
            if (count->refused[i][r])
                print_message(", %s %" PRIu64, refusal_code((enum refusal)r),
                              count->refused[i][r]);
        print_message("\n");
    }
    print_message("records:");
    for (int i = 0; i < RECORD_KINDS; i++)
        print_message(" %s %" PRIu64, record_kind_specs[i].name, count->records[i]);
    print_message("\n");
}

/* How many refusals, acts and records that there are have not been seen. */
static size_t missing(const struct differential_count *count)
{
    size_t n = 0;
    for (int i = 0; i < ROLL_KINDS; i++) {
        struct text rest = text_trim(text_of(refusals[i]));
        if (count->accepted[i] == 0) {
            print_error("%s was never accepted\n", roll_kind_name((enum roll_kind)i));
            n++;
        }
        while (rest.at) {
            struct text code = text_cut(&rest, ' ');
            enum refusal refusal = refusal_from_code(code);
            if (refusal && count->refused[i][refusal])
                continue;
            print_error("%s was never refused with %.*s\n", roll_kind_name((enum roll_kind)i),
                        TEXT_ARGS(code));
            n++;
        }
    }
    for (int i = 0; i < RECORD_KINDS; i++)
        n += count->records[i] == 0;
    return n;
}

/* 0, or the operation at which they disagree; aloud: then says so. */
static uint64_t run(struct differential_plan plan, bool aloud, struct differential_count *ret)
{
    CLEANUP(buf) struct buf report = BUF_MAX(MIB);
    plan.socket = socket_path;
    uint64_t disagreed = differential_run(&plan, ret, &report);
    if (disagreed && aloud)
        fprintf(stderr, "%.*s\n", TEXT_ARGS(buf_view(&report)));
    return disagreed;
}

static void the_functions_and_the_rules_agree(void **state)
{
    (void)state;
    struct differential_count count;
    struct buf source = BUF_MAX(MIB);
    uint64_t all = getenv("GROUNDSWELL_FULL") ? OPERATIONS_FULL : OPERATIONS;
    struct differential_plan plan = {
        .seed = from_environment("GROUNDSWELL_SEED", SEED),
        .operations = from_environment("GROUNDSWELL_OPERATIONS", all),
    };
    library(NULL, NULL, &source);
    plan.source = buf_view(&source);
    print_message("GROUNDSWELL_SEED=%" PRIu64 " GROUNDSWELL_OPERATIONS=%" PRIu64 "\n", plan.seed,
                  plan.operations);
    uint64_t disagreed = run(plan, true, &count);
    buf_release(&source);
    assert_int_equal(disagreed, 0);
    count_print(&count);
    size_t unseen = missing(&count);
    if (plan.seed == SEED && plan.operations >= OPERATIONS)
        assert_int_equal(unseen, 0);
}

/* ---- that it would be seen ---- */

/* One wrong stroke each, by the exact text as it stands in the functions. */
static const struct {
    const char *what, *mutated, *mutant;
} mutations[] = {
    {"the wallet's bound is off by one", "if amount > available then",
     "if amount >= available then"},
    {"the wallet is not checked", "if amount > available then", "if false then"},
    {"rounding goes to the wrong account", "c.unallotted = c.unallotted + rounding",
     "c.free = c.free + rounding"},
    {"deadlines of one time settle in the wrong order",
     "format('%016.0f:%s%.0f', seq, letter, number)",
     "format('%016.0f:%s%.0f', 9999999999999999 - seq, letter, number)"},
    {"a price that is just reached does not count", "p.sum >= p.price and", "p.sum > p.price and"},
    {"the share is not the smallest", "if collected >= price then", "if collected > price then"},
    {"what is due this very moment is not", "if c.due == 0 or c.due > v.at then return false end",
     "if c.due == 0 or c.due >= v.at then return false end"},
    {"an area that just falls short still counts", "if before >= least and after < least then",
     "if before > least and after < least then"},
    {"unrestricted money is drawn first", "local wanted = pass == 1 and theme or ''",
     "local wanted = pass == 2 and theme or ''"},
    {"the last award releases nothing", "share.released = t.decided and t.held - p.sum or 0",
     "share.released = 0"},
    {"one key fewer is remembered", "KEY_SIZE, KEYS_MOST = 1, 4, 16, 17, 8",
     "KEY_SIZE, KEYS_MOST = 1, 4, 16, 17, 7"},
    {"a key counts a moment too short", "if v.at - at <= DAY_MS then",
     "if v.at - at < DAY_MS then"},
    {"who comes back is granted again", "if c.open == 1 and r.granted ~= c.round and",
     "if c.open == 1 and"},
    {"who is erased is granted again", "return {epoch = tonumber(epoch) + 1, granted = tonumber",
     "return {epoch = tonumber(epoch) + 1, granted = 0 *"},
    {"an old token of who was erased is good again", "return {epoch = tonumber(epoch) + 1, granted",
     "return {epoch = tonumber(epoch), granted"},
    {"who is erased keeps what they did not ask to keep", "if own.keep then held = {} end",
     "held = {}"},
    {"a code is used twice", "if k.state == 'u' then return again(v, k) end", ""},
    {"the first proposal's pledge falls back first, not the oldest",
     "if seq and seq < best_seq then", "if seq and not best then"},
    {"a step may raise the pledge that is there", "if p and not v.index and not pledge",
     "if p and not pledge"},
    {"the step that was taken is a step again", "return p, sub(one.steps, behind)",
     "return p, one.steps"},
    {"a pledge set anew keeps its old steps, too", "if before then fallback.forget(",
     "if false then fallback.forget("},
    {"other steps alone are no change", "or fallback.changes(v, p)", ""},
    {"an end of a tender releases no fallbacks", "if cause then fallback.release(v, live",
     "if false then fallback.release(v, live"},
    {"who leaves still falls back", "fallback.drop_all(v, waiting)", ""},
    {"the round's end leaves somebody waiting", "'ready')\n        fallback.end_round(v)",
     "'ready')"},
    {"a window ends a moment too soon", "local ends = max(since, t.paused_until) + t.window",
     "local ends = max(since, t.paused_until) + t.window - 1"},
    {"a broken rule goes unnoticed", "elseif not proposal.is_met(p) then\n            window",
     "elseif false then\n            window"},
    {"the next window begins when somebody writes it", "pass_on(v, t, due, due, nil)",
     "pass_on(v, t, v.at, due, nil)"},
    {"who waits activates beside the window", "and (states[of] == 'o' or states[of] == 'h') then",
     "then"},
    {"a pause does not move the window", "t.critical_until = t.critical_until + by",
     "t.critical_until = t.critical_until"},
    {"what is left of a pause is not given back", "due and 0 or t.paused_until - v.at", "0"},
    {"a pledge passes the brake", "if #state == 1 then return nil end",
     "if true then return nil end"},
    {"half of the seats is a majority", "and 2 * b.lay_seats > b.seats",
     "and 2 * b.lay_seats >= b.seats"},
    {"the votes do not matter", "and 2 * b.lay_votes > b.seat_votes", ""},
    {"a body too small is lawful", "return b.seats >= v.c.members_min and", "return true and"},
    {"a suspension is not written", "if b.mark ~= 'f' and mark ~= b.mark then",
     "if b.mark ~= 'f' and mark == 'l' and mark ~= b.mark then"},
    {"who has left approves still", "if m.state == 's' then\n                approvals",
     "if true then\n                approvals"},
    {"half of the approvals suffices", "or 2 * lay <= approvals then",
     "or 2 * lay < approvals then"},
    {"one member approves twice", "if call('HEXISTS', key, member) == 1 then", "if false then"},
    {"a draft opens unpublished", "if t.word == 'draft' and c.members_min > 0 then",
     "if false then"},
    {"a term that ends now has not ended", "if own.term > 0 and own.term <= v.at then",
     "if own.term > 0 and own.term < v.at then"},
    {"as many people as there are is too many", "if asked <= there then return nil end",
     "if asked < there then return nil end"},
    {"a need is seconded twice", "if call('SISMEMBER', set, own.author) == 1 then",
     "if false then"},
    {"a stance moves with who has moved", "area = area or r.area", "area = r.area"},
    {"an edit keeps its stances", "call('UNLINK', v.key .. 'stances:' .. text_of(own.talk))", ""},
    {"a hidden argument still counts", "talk.count_shown(v, k, -1)", ""},
    {"the loudest area speaks for all", "lowest, sum, n = min(lowest, share)",
     "lowest, sum, n = max(lowest, share)"},
    {"a payment goes nowhere", "c.paid = c.committed - own.amount, c.paid + own.amount",
     "c.paid = c.committed - own.amount, c.paid"},
    {"what is paid is not taken off what is left of a draw",
     "local taken = min(max(draws[i][2] - from, 0), amount)",
     "local taken = min(draws[i][2], amount)"},
    {"what is unpaid goes back the first draw first", "for i = #unpaid, 1, -1 do",
     "for i = 1, #unpaid do"},
    {"what goes back is not left in its fund", "call('HINCRBY', key, 'left', more)", ""},
    {"a milestone is paid a penny early", "if m.paid == m.amount then m.state = 'y' end",
     "if m.paid >= m.amount - 1 then m.state = 'y' end"},
    {"one who pledged may say it twice",
     "if call('HEXISTS', v.key .. 'cv:' .. text_of(k.number), own.field) == 1 then",
     "if false then"},
    {"anybody may say what they found", "return refuse('commission_not_yours')", "return nil"},
    {"variations that were approved before do not count", "if k.moved + moved > most then",
     "if moved > most then"},
    {"an accepted milestone can be varied", "if state == 'a' or state == 'y' then fixed = i end",
     "if state == 'y' then fixed = i end"},
    {"granted money can be taken out", "if own.amount > c.unallotted then",
     "if own.amount > c.unallotted + 100 then"},
    {"what is hidden is written in the clear",
     "if hidden then return sealing", "if false then return sealing"},
    {"a sealed record is sealed by another's key", "pack('>I8I8', seq, at)",
     "pack('>I8I8', seq + 1, at)"},
    {"the second block of the stream is the first again", "cover(key, i - 1, sub(plain",
     "cover(key, 0, sub(plain"},
    {"the first award discloses nothing",
     "if tender.is_hidden(t.state) then sealing.disclose(v, t.number) end", ""},
    {"a lapse discloses nothing",
     "if tender.is_hidden(t.state) then sealing.disclose(v, number) end", ""},
    {"a round that closes discloses nothing", "        sealing.disclose_all(v)\n", ""},
    {"who leaves tells what was hidden", "if held[i].hidden then", "if false then"},
    {"a withdrawn proposal tells its sum", "not tender.is_hidden(t.state) and text_of(p.sum) or ''",
     "text_of(p.sum)"},
    {"a pledge's answer tells the tally", "sum, n, areas_ok, record = 0, 0, 0, v.record or 0",
     "record = v.record or 0"},
    {"an amendment stays judged", "call('HDEL', p.key, 'judged')", ""},
    {"anybody amends a proposal", "if p.by ~= v.subject then return refuse(",
     "if false then return ("},
    {"one proposer merges alone", "(not asked or asked == v.subject) then", "not asked then"},
    {"a proposal that was amended since is merged",
     "if of == text_of(other.number) and tonumber(version) == p.version",
     "if of == text_of(other.number)"},
    {"the old price must be reached", "'rule', proposal.rule(p.tender, own.price, t))",
     "'rule', proposal.rule(p.tender, p.price, t))"},
    {"pledging opens on what was not judged", "if n == 0 then return nil end",
     "if true then return nil end"},
    {"a late proposal takes pledges at once", "shape.must_wait(v, t) and 'u' or 'l')", "'l')"},
    {"what is found ineligible stays", "if own.eligible == 0 then\n            proposal.leave",
     "if false then\n            proposal.leave"},
    {"one live pledge too many", "if v.live >= PLEDGES_LIVE_MOST then",
     "if v.live > PLEDGES_LIVE_MOST then"},
};

static void a_wrong_stroke_in_the_functions_is_seen(void **state)
{
    (void)state;
    size_t unseen = 0;
    for (size_t i = 0; i < sizeof mutations / sizeof *mutations; i++) {
        struct differential_count count;
        struct buf source = BUF_MAX(MIB);
        library(mutations[i].mutated, mutations[i].mutant, &source);
        struct differential_plan plan = {
            .seed = SEED, .operations = OPERATIONS, .source = buf_view(&source)};
        uint64_t disagreed = run(plan, false, &count);
        buf_release(&source);
        print_message("%s: %s %" PRIu64 "\n", mutations[i].what,
                      disagreed ? "seen at operation" : "NOT SEEN", disagreed);
        unseen += disagreed == 0;
    }
    assert_int_equal(unseen, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_functions_and_the_rules_agree),
        cmocka_unit_test(a_wrong_stroke_in_the_functions_is_seen),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
