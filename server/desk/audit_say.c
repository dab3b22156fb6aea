/* audit_say.c -- a record in plain words, for those who read the log with their own eyes.
 *
 * One function per group of kinds; what a sentence leaves out stands in the record itself, which is
 * linked beside it. */
#include "audit.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/money.h"

#define WALLET_SHOWN 6

struct telling {
    struct buf *out;
    const struct record *record;
    const struct audit_words *words;
};

static void money(const struct telling *tell, uint64_t minor)
{
    money_put(tell->out, minor);
    buf_char(tell->out, ' ');
    buf_text(tell->out, tell->words->currency);
}

static void area(const struct telling *tell, uint64_t index)
{
    struct text codes = tell->words->areas, code = TEXT_NONE;
    for (uint64_t i = 0; i <= index && codes.at; i++)
        code = text_cut(&codes, ',');
    if (codes.at || code.n > 0) buf_text(tell->out, code);
    else buf_format(tell->out, "number %llu", (unsigned long long)index);
}

static void when(const struct telling *tell, uint64_t wall_ms)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(wall_ms, stamp);
    buf_format(tell->out, "%.10s %.5s UTC", stamp, stamp + 11);
}

/* "3 people", "1 person" */
static void count(const struct telling *tell, uint64_t n, const char *one, const char *many)
{
    buf_u64(tell->out, n);
    buf_char(tell->out, ' ');
    buf_cstr(tell->out, n == 1 ? one : many);
}

static uint64_t pairs_sum(struct record_pairs pairs)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < pairs.n; i++)
        sum += pairs.at[i][1];
    return sum;
}

static void by_area(const struct telling *tell, struct record_pairs pairs)
{
    for (size_t i = 0; i < pairs.n; i++) {
        buf_cstr(tell->out, i > 0 ? ", " : " (");
        area(tell, pairs.at[i][0]);
        buf_format(tell->out, " %llu", (unsigned long long)pairs.at[i][1]);
    }
    if (pairs.n > 0) buf_char(tell->out, ')');
}

static void thing(const struct telling *tell, const char *noun, char letter, uint64_t number)
{
    buf_format(tell->out, "%s %c%llu", noun, letter, (unsigned long long)number);
}

static void wallet(const struct telling *tell)
{
    struct text name = tell->record->wallet;
    size_t n = name.n < WALLET_SHOWN ? name.n : WALLET_SHOWN;
    buf_format(tell->out, "Wallet %.*s… of area ", (int)n, name.at ? name.at : "");
    area(tell, tell->record->area);
}

static void back(const struct telling *tell)
{
    if (tell->record->held == 0) return;
    buf_cstr(tell->out, " What was pledged to it, ");
    money(tell, tell->record->held);
    buf_cstr(tell->out, ", went back to the wallets.");
}

static void say_pool(const struct telling *tell)
{
    const struct record *record = tell->record;
    if (record->kind == RECORD_COMMUNITY_CREATED) {
        buf_cstr(tell->out, "The community was created, with the areas ");
        struct text codes = record->areas;
        for (bool first = true; codes.at; first = false) {
            if (!first) buf_cstr(tell->out, ", ");
            buf_text(tell->out, text_cut(&codes, ','));
        }
        buf_cstr(tell->out, "; its money is in ");
        buf_text(tell->out, record->currency);
        buf_char(tell->out, '.');
        return;
    }
    thing(tell, "Fund", 'f', record->fund);
    buf_cstr(tell->out, record->kind == RECORD_FUND_ADDED       ? " came into the pool: "
                        : record->kind == RECORD_FUND_TOPPED_UP ? " was topped up by "
                                                                : " gave back ");
    money(tell, record->amount);
    if (record->theme.n > 0) {
        buf_cstr(tell->out, ", only for ");
        buf_text(tell->out, record->theme);
    }
    buf_char(tell->out, '.');
}

static void say_resident(const struct telling *tell)
{
    const struct record *record = tell->record;
    if (record->kind == RECORD_RESIDENTS_REGISTERED) {
        uint64_t n = pairs_sum(record->registered), granted = pairs_sum(record->grants);
        count(tell, n, "resident was registered", "residents were registered");
        by_area(tell, record->registered);
        if (granted > 0) {
            buf_cstr(tell->out, "; the allotment of the round went to ");
            buf_u64(tell->out, granted);
        }
    } else if (record->kind == RECORD_RESIDENT_GRANTED) {
        buf_cstr(tell->out, "A resident of area ");
        area(tell, record->area);
        thing(tell, " received the allotment of round", 'r', record->round);
    } else {
        buf_cstr(tell->out, "A resident of area ");
        area(tell, record->area);
        buf_cstr(tell->out, " left");
        if (record->withdrawn.n > 0) {
            buf_cstr(tell->out, "; ");
            count(tell, record->withdrawn.n, "pledge was withdrawn", "pledges were withdrawn");
        }
    }
    buf_char(tell->out, '.');
}

static void say_round(const struct telling *tell)
{
    const struct record *record = tell->record;
    thing(tell, "Round", 'r', record->round);
    if (record->kind == RECORD_ROUND_OPENED) {
        buf_cstr(tell->out, " opened: ");
        money(tell, record->allotment);
        buf_cstr(tell->out, " for each of ");
        count(tell, record->residents, "resident", "residents");
        by_area(tell, record->grants);
        buf_cstr(tell->out, ", until ");
        when(tell, record->closes);
    } else {
        buf_cstr(tell->out, " closed: ");
        money(tell, record->spent);
        buf_cstr(tell->out, " of ");
        money(tell, record->granted);
        buf_cstr(tell->out, " was spent; the rest went back to the pool");
    }
    buf_char(tell->out, '.');
}

static void say_draft(const struct telling *tell)
{
    const struct record *record = tell->record;
    buf_cstr(tell->out, " was drafted by ");
    buf_text(tell->out, record->body);
    buf_cstr(tell->out, ": at most ");
    money(tell, record->ceiling);
    buf_cstr(tell->out, ", wanted by at least ");
    count(tell, record->people_min, "person", "people");
    if (record->areas_min > 1) {
        buf_cstr(tell->out, " in ");
        count(tell, record->areas_min, "area", "areas");
    }
    buf_cstr(tell->out, ", until ");
    when(tell, record->closes);
    buf_char(tell->out, '.');
}

static void say_tender(const struct telling *tell)
{
    const struct record *record = tell->record;
    thing(tell, "Tender", 't', record->tender);
    if (record->kind == RECORD_TENDER_CREATED) {
        say_draft(tell);
    } else if (record->kind == RECORD_TENDER_OPENED) {
        buf_cstr(tell->out, " opened for pledges, with ");
        count(tell, record->proposals, "proposal", "proposals");
        if (record->talks > 0) {
            buf_cstr(tell->out, ", after ");
            count(tell, record->talks, "contribution", "contributions");
            buf_cstr(tell->out, " by ");
            count(tell, record->contributors, "person", "people");
        }
        buf_char(tell->out, '.');
        if (record->tally_key_hash.n > 0)
            buf_cstr(tell->out, " Its tally is hidden until it is decided or has ended.");
    } else if (record->kind == RECORD_TALLY_DISCLOSED) {
        buf_cstr(tell->out, ": its tally is disclosed. The key that stands here opens every "
                            "record of a pledge to it.");
    } else {
        buf_cstr(tell->out, record->kind == RECORD_TENDER_LAPSED
                                ? " lapsed: its time ended without a critical mass."
                                : " was withdrawn.");
        back(tell);
    }
}

static void say_window(const struct telling *tell)
{
    const struct record *record = tell->record;
    thing(tell, "Proposal", 'p', record->proposal);
    thing(tell, " of tender", 't', record->tender);
    if (record->kind == RECORD_TENDER_CRITICAL) {
        buf_cstr(tell->out, " meets the rule. If it goes on meeting it until ");
        when(tell, record->until);
        buf_cstr(tell->out, ", it becomes a commission.");
    } else if (record_has(record, FIELD_DUE)) {
        buf_cstr(tell->out, " went on meeting the rule, but the funds could not pay for it then. "
                            "It waits for money.");
    } else {
        buf_cstr(tell->out, " no longer meets the rule.");
    }
}

static void say_brake(const struct telling *tell)
{
    const struct record *record = tell->record;
    thing(tell, "Tender", 't', record->tender);
    if (record->kind == RECORD_TENDER_PAUSED) {
        buf_cstr(tell->out, " was paused by the trust until ");
        when(tell, record->until);
        buf_cstr(tell->out, ": until then nothing is pledged and nothing activates.");
    } else {
        buf_cstr(tell->out, " goes on. It was paused for ");
        count(tell, (record->paused + 59999) / 60000, "minute", "minutes");
        buf_cstr(tell->out, " in all and closes later by as long.");
    }
}

static void say_proposal(const struct telling *tell)
{
    const struct record *record = tell->record;
    thing(tell, "Proposal", 'p', record->proposal);
    if (record->kind == RECORD_PROPOSAL_WITHDRAWN) {
        buf_cstr(tell->out, " was withdrawn.");
        back(tell);
        return;
    }
    thing(tell, record->kind == RECORD_PROPOSAL_SUBMITTED ? " answered tender"
                                                          : " won tender", 't', record->tender);
    if (record->kind == RECORD_PROPOSAL_SUBMITTED) {
        buf_cstr(tell->out, " at a price of ");
        money(tell, record->price);
    } else {
        buf_cstr(tell->out, " and is a commission now: critical mass. The price of ");
        money(tell, record->price);
        buf_cstr(tell->out, " is shared by ");
        count(tell, record->people, "person", "people");
        buf_cstr(tell->out, ", nobody pays more than ");
        money(tell, record->rho);
    }
    buf_char(tell->out, '.');
}

/* "; should it come back, it goes to proposal p2, else to proposal p3" */
static void steps(const struct telling *tell)
{
    const struct record_pairs of = tell->record->fallback;
    for (size_t i = 0; i < of.n; i++)
        thing(tell, i ? ", else to proposal" : "; should it come back, it goes to proposal", 'p',
              of.at[i][1]);
}

static void say_pledge(const struct telling *tell)
{
    const struct record *record = tell->record;
    wallet(tell);
    if (record->kind == RECORD_PLEDGE_SET) {
        thing(tell, record_has(record, FIELD_CAUSE) ? " fell back to proposal"
                                                    : " pledged to proposal", 'p',
              record->proposal);
        buf_cstr(tell->out, " up to ");
        money(tell, record->amount);
        if (record->was > 0) {
            buf_cstr(tell->out, ", instead of ");
            money(tell, record->was);
        }
        if (record->assisted.n > 0) {
            buf_cstr(tell->out, ", entered from paper by a ");
            buf_text(tell->out, record->assisted);
        }
        steps(tell);
    } else if (record->kind == RECORD_FALLBACK_DROPPED) {
        thing(tell, " found no fallback for what came back from proposal", 'p', record->proposal);
        buf_cstr(tell->out, ": it keeps ");
        money(tell, record->amount);
    } else {
        buf_cstr(tell->out, " took back its pledge of ");
        money(tell, record->was);
        thing(tell, " to proposal", 'p', record->proposal);
    }
    buf_char(tell->out, '.');
}

static void say_codes(const struct telling *tell)
{
    const struct record *record = tell->record;
    if (record->kind == RECORD_CODES_ISSUED) {
        count(tell, pairs_sum(record->issued), "code was issued", "codes were issued");
        by_area(tell, record->issued);
    } else {
        buf_cstr(tell->out, "A code of area ");
        area(tell, record->area);
        buf_cstr(tell->out, " was redeemed");
    }
    buf_char(tell->out, '.');
}

static void say_body(const struct telling *tell)
{
    audit_say_body(tell->out, tell->record);
}

static void say_need(const struct telling *tell)
{
    const struct record *record = tell->record;
    thing(tell, "Need", 'n', record->need);
    if (record->kind == RECORD_NEED_RAISED) {
        buf_cstr(tell->out, " was raised by a resident");
    } else if (record->kind == RECORD_NEED_SECONDED) {
        buf_cstr(tell->out, " was seconded; ");
        count(tell, record->seconds, "resident", "residents");
        buf_cstr(tell->out, record->seconds == 1 ? " does now" : " do now");
    } else {
        buf_cstr(tell->out, " was answered by ");
        buf_text(tell->out, record->body);
        if (record->tender) thing(tell, ", with tender", 't', record->tender);
    }
    buf_char(tell->out, '.');
}

/* "An argument for tender t1, k3, came from area north" */
static void say_contribution(const struct telling *tell)
{
    const struct record *record = tell->record;
    bool side = text_is(record->sort, "for") || text_is(record->sort, "against");
    buf_cstr(tell->out, side                               ? "An argument "
                        : text_is(record->sort, "question") ? "A question on "
                                                            : "An amendment to ");
    if (side) buf_text(tell->out, record->sort);
    thing(tell, side ? " tender" : "tender", 't', record->tender);
    thing(tell, ",", 'k', record->talk);
    buf_cstr(tell->out, ", came from area ");
    area(tell, record->area);
}

static void say_talk(const struct telling *tell)
{
    const struct record *record = tell->record;
    if (record->kind == RECORD_TALK_ADDED) {
        say_contribution(tell);
    } else {
        thing(tell, "Contribution", 'k', record->talk);
        thing(tell, " to tender", 't', record->tender);
    }
    if (record->kind == RECORD_TALK_EDITED) {
        buf_cstr(tell->out, " was written anew by its author, and its stances begin anew");
    } else if (record->kind == RECORD_TALK_HIDDEN) {
        buf_cstr(tell->out, " was hidden by the body, as ");
        buf_text(tell->out, record->reason);
    } else if (record->kind == RECORD_TALK_APPEALED) {
        buf_cstr(tell->out, ": its author appealed to the trust");
    } else if (record->kind == RECORD_TALK_RULED) {
        buf_cstr(tell->out, record->stands ? " stays hidden: so the trust ruled"
                                           : " is shown again: so the trust ruled");
    }
    buf_char(tell->out, '.');
}

static void say_stance(const struct telling *tell)
{
    const struct record *record = tell->record;
    thing(tell, "On contribution", 'k', record->talk);
    thing(tell, " to tender", 't', record->tender);
    buf_cstr(tell->out, ", area ");
    area(tell, record->area);
    buf_format(tell->out, " stands at %llu who agree, %llu who disagree, %llu who pass.",
               (unsigned long long)record->agree, (unsigned long long)record->disagree,
               (unsigned long long)record->pass);
}

static void say_summary(const struct telling *tell)
{
    buf_cstr(tell->out, "The body said what has changed in ");
    thing(tell, "tender", 't', tell->record->tender);
    buf_cstr(tell->out, " because of the deliberation.");
}

static void say_delivery(const struct telling *tell)
{
    audit_say_delivery(tell->out, tell->record, tell->words->currency);
}

static void say_shape(const struct telling *tell)
{
    audit_say_shape(tell->out, tell->record, tell->words->currency);
}

static void say_sealed(const struct telling *tell)
{
    buf_cstr(tell->out, "A pledge was made or taken back, on a tender whose tally is hidden for "
                        "now: nobody can read it before the tender is decided or has ended.");
}

static void say_kind(const struct telling *tell)
{
    buf_cstr(tell->out, "A record of the kind ");
    for (const char *name = record_kind_specs[tell->record->kind].name; *name; name++)
        buf_char(tell->out, *name == '_' ? ' ' : *name);
    buf_char(tell->out, '.');
}

static void (*const says[RECORD_KINDS])(const struct telling *tell) = {
    [RECORD_COMMUNITY_CREATED] = say_pool,
    [RECORD_FUND_ADDED] = say_pool,
    [RECORD_FUND_TOPPED_UP] = say_pool,
    [RECORD_RESIDENTS_REGISTERED] = say_resident,
    [RECORD_RESIDENT_GRANTED] = say_resident,
    [RECORD_RESIDENT_LEFT] = say_resident,
    [RECORD_ROUND_OPENED] = say_round,
    [RECORD_ROUND_CLOSED] = say_round,
    [RECORD_TENDER_CREATED] = say_tender,
    [RECORD_TENDER_OPENED] = say_tender,
    [RECORD_TENDER_WITHDRAWN] = say_tender,
    [RECORD_TENDER_LAPSED] = say_tender,
    [RECORD_TENDER_CRITICAL] = say_window,
    [RECORD_TENDER_REOPENED] = say_window,
    [RECORD_TENDER_PAUSED] = say_brake,
    [RECORD_TENDER_RESUMED] = say_brake,
    [RECORD_PROPOSAL_SUBMITTED] = say_proposal,
    [RECORD_PROPOSAL_WITHDRAWN] = say_proposal,
    [RECORD_PROPOSAL_JUDGED] = say_shape,
    [RECORD_PROPOSAL_AMENDED] = say_shape,
    [RECORD_PROPOSALS_MERGED] = say_shape,
    [RECORD_PLEDGE_SET] = say_pledge,
    [RECORD_PLEDGE_WITHDRAWN] = say_pledge,
    [RECORD_FALLBACK_DROPPED] = say_pledge,
    [RECORD_COMMISSION_ACTIVATED] = say_proposal,
    [RECORD_NEED_RAISED] = say_need,
    [RECORD_NEED_SECONDED] = say_need,
    [RECORD_NEED_ANSWERED] = say_need,
    [RECORD_TALK_ADDED] = say_talk,
    [RECORD_TALK_EDITED] = say_talk,
    [RECORD_TALK_STANCE] = say_stance,
    [RECORD_TALK_HIDDEN] = say_talk,
    [RECORD_TALK_APPEALED] = say_talk,
    [RECORD_TALK_RULED] = say_talk,
    [RECORD_TALK_SUMMARISED] = say_summary,
    [RECORD_SEALED] = say_sealed,
    [RECORD_TALLY_DISCLOSED] = say_tender,
    [RECORD_CODES_ISSUED] = say_codes,
    [RECORD_CODE_REDEEMED] = say_codes,
    [RECORD_COMMUNITY_SET] = say_body,
    [RECORD_AREAS_SET] = say_body,
    [RECORD_BODY_FORMED] = say_body,
    [RECORD_BODY_CONSTITUTED] = say_body,
    [RECORD_MEMBER_SEATED] = say_body,
    [RECORD_MEMBER_LEFT] = say_body,
    [RECORD_BODY_SUSPENDED] = say_body,
    [RECORD_BODY_RESTORED] = say_body,
    [RECORD_TENDER_APPROVED] = say_body,
    [RECORD_TENDER_PUBLISHED] = say_body,
    [RECORD_FUND_WITHDRAWN] = say_pool,
    [RECORD_CONTRACT_SIGNED] = say_delivery,
    [RECORD_EVIDENCE_ADDED] = say_delivery,
    [RECORD_MILESTONE_REPORTED] = say_delivery,
    [RECORD_MILESTONE_CONFIRMED] = say_delivery,
    [RECORD_MILESTONE_DISPUTED] = say_delivery,
    [RECORD_MILESTONE_ACCEPTED] = say_delivery,
    [RECORD_PAYMENT_RECORDED] = say_delivery,
    [RECORD_VARIATION_PROPOSED] = say_delivery,
    [RECORD_VARIATION_APPROVED] = say_delivery,
    [RECORD_OUTCOME_REPORTED] = say_delivery,
    [RECORD_SAVINGS_NOTED] = say_delivery,
    [RECORD_COMMISSION_COMPLETED] = say_delivery,
    [RECORD_COMMISSION_TERMINATED] = say_delivery,
};

void audit_say(struct buf *out, const struct record *record, const struct audit_words *words)
{
    const struct telling tell = {out, record, words};
    if (says[record->kind]) says[record->kind](&tell);
    else say_kind(&tell);
}
