/* views.c -- a typed call for every reader, and what each view holds, as a table.
 *
 * The tables are the contract with lua/8*.lua and 70_pledge.lua on one side and with the desk's
 * JSON on the other: an answer with a name that is not here, or without one that is, is a fault
 * and logged. */
#include "inside.h"

#include "groundswell/ledger/views.h"

#define BOOL(type, member) FIELD(struct type, member, FIELD_BOOL)
#define WORD(type, member) FIELD(struct type, member, FIELD_TEXT)
#define WHEN(type, name) FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, 0)
#define ID(type, member, letter) FIELD_ID_OF(struct type, member, letter, 0)
/* Left out of JSON where it does not apply. */
#define MAYBE(type, member, kind)                                                                 \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define MAYBE_WHEN(type, name)                                                                    \
    FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define MAYBE_ID(type, member, letter)                                                            \
    FIELD_ID_OF(struct type, member, letter, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define HIDDEN(type, member, kind)                                                                \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_PRIVATE)
#define PROGRESS(type)                                                                            \
    U64(type, price), U64(type, pledged), U64(type, people), U64(type, people_min),               \
        U64(type, areas_ok), U64(type, areas_min), U64(type, area_people_min),                    \
        U64(type, headroom), WORD(type, state)

const struct field community_view_fields[] = {
    U64(community_view, seq),
    WHEN(community_view, at),
    WORD(community_view, currency),
    HIDDEN(community_view, areas, FIELD_TEXT),
    U64(community_view, area_residents_min),
    U64(community_view, members_min),
    HIDDEN(community_view, residents, FIELD_PAIRS),
    HIDDEN(community_view, days, FIELD_U64),
    HIDDEN(community_view, contributors, FIELD_U64),
    HIDDEN(community_view, people_permille, FIELD_U64),
    HIDDEN(community_view, areas_min, FIELD_U64),
    HIDDEN(community_view, window, FIELD_U64),
    HIDDEN(community_view, tally, FIELD_TEXT),
    HIDDEN(community_view, needs_line, FIELD_U64),
    MAYBE_ID(community_view, round, 'r'),
    BOOL(community_view, open),
    MAYBE(community_view, allotment, FIELD_U64),
    MAYBE(community_view, token, FIELD_U64),
    MAYBE_WHEN(community_view, closes),
    U64(community_view, funds),
    U64(community_view, tenders),
    U64(community_view, proposals),
    MAYBE(community_view, text, FIELD_JSON),
};
FIELDS_OF(community_view);

const struct field totals_fields[] = {
    U64(totals, seq),
    WHEN(totals, at),
    U64(totals, funds),
    U64(totals, unallotted),
    U64(totals, free),
    U64(totals, held),
    U64(totals, committed),
    U64(totals, paid),
    MAYBE_ID(totals, round, 'r'),
    BOOL(totals, open),
    U64(totals, granted),
    U64(totals, spent),
    U64(totals, prices),
    U64(totals, rounding),
};
FIELDS_OF(totals);

const struct field fund_view_fields[] = {
    ID(fund_view, fund, 'f'),
    U64(fund_view, amount),
    U64(fund_view, left),
    MAYBE(fund_view, theme, FIELD_TEXT),
    MAYBE(fund_view, text, FIELD_JSON),
};
FIELDS_OF(fund_view);

const struct field round_view_fields[] = {
    ID(round_view, round, 'r'),
    BOOL(round_view, open),
    U64(round_view, allotment),
    U64(round_view, token),
    WHEN(round_view, opened),
    U64(round_view, opened_seq),
    WHEN(round_view, closes),
    U64(round_view, residents),
    U64(round_view, granted),
    U64(round_view, spent),
    U64(round_view, prices),
    U64(round_view, rounding),
    MAYBE(round_view, text, FIELD_JSON),
};
FIELDS_OF(round_view);

const struct field tender_view_fields[] = {
    ID(tender_view, tender, 't'),
    MAYBE_ID(tender_view, round, 'r'),
    WORD(tender_view, state),
    WORD(tender_view, body),
    MAYBE(tender_view, theme, FIELD_TEXT),
    U64(tender_view, ceiling),
    U64(tender_view, people_min),
    U64(tender_view, areas_min),
    U64(tender_view, area_people_min),
    U64(tender_view, awards_max),
    U64(tender_view, awards),
    WHEN(tender_view, closes),
    BOOL(tender_view, late),
    U64(tender_view, window),
    WORD(tender_view, tally),
    U64(tender_view, deliberation_days),
    U64(tender_view, deliberation_contributors),
    MAYBE_ID(tender_view, answers, 'n'),
    WORD(tender_view, rule_hash),
    U64(tender_view, held),
    U64(tender_view, headroom),
    U64(tender_view, proposals),
    MAYBE_ID(tender_view, critical, 'p'),
    MAYBE_WHEN(tender_view, critical_since),
    MAYBE_WHEN(tender_view, critical_until),
    MAYBE_WHEN(tender_view, paused_until),
    MAYBE(tender_view, pause, FIELD_JSON),
    MAYBE(tender_view, text, FIELD_JSON),
};
FIELDS_OF(tender_view);

const struct field proposal_view_fields[] = {
    ID(proposal_view, proposal, 'p'),
    ID(proposal_view, tender, 't'),
    PROGRESS(proposal_view),
    MAYBE_WHEN(proposal_view, critical_since),
    MAYBE_WHEN(proposal_view, critical_until),
    MAYBE(proposal_view, rho, FIELD_U64),
    U64(proposal_view, version),
    MAYBE(proposal_view, judged, FIELD_TEXT),
    MAYBE_WHEN(proposal_view, judged_at),
    MAYBE(proposal_view, reasons, FIELD_JSON),
    MAYBE_ID(proposal_view, merge_with, 'p'),
    MAYBE_ID(proposal_view, merge_into, 'p'),
    MAYBE_ID(proposal_view, merged_into, 'p'),
    HIDDEN(proposal_view, help, FIELD_U64),
    HIDDEN(proposal_view, help_offered, FIELD_PAIRS),
    HIDDEN(proposal_view, help_people, FIELD_PAIRS),
    MAYBE(proposal_view, text, FIELD_JSON),
    HIDDEN(proposal_view, areas, FIELD_PAIRS),
};
FIELDS_OF(proposal_view);

const struct field pledge_view_fields[] = {
    U64(pledge_view, seq),
    WHEN(pledge_view, at),
    FIELD_FLAGS(struct pledge_view, replayed, FIELD_BOOL, FIELD_OPTIONAL),
    ID(pledge_view, round, 'r'),
    ID(pledge_view, proposal, 'p'),
    ID(pledge_view, tender, 't'),
    U64(pledge_view, amount),
    U64(pledge_view, allotment),
    U64(pledge_view, free),
    U64(pledge_view, held),
    U64(pledge_view, spent),
    PROGRESS(pledge_view),
    MAYBE_WHEN(pledge_view, critical_until),
    MAYBE(pledge_view, activated, FIELD_BOOL),
    MAYBE(pledge_view, pending, FIELD_BOOL),
    MAYBE(pledge_view, rho, FIELD_U64),
    MAYBE(pledge_view, record, FIELD_U64),
    MAYBE(pledge_view, record_key, FIELD_TEXT),
    HIDDEN(pledge_view, fallback, FIELD_PAIRS),
    HIDDEN(pledge_view, epoch, FIELD_U64),
};
FIELDS_OF(pledge_view);

const struct field wallet_view_fields[] = {
    U64(wallet_view, seq),
    WHEN(wallet_view, at),
    MAYBE_ID(wallet_view, round, 'r'),
    BOOL(wallet_view, open),
    HIDDEN(wallet_view, area, FIELD_U64),
    U64(wallet_view, allotment),
    U64(wallet_view, free),
    U64(wallet_view, held),
    U64(wallet_view, spent),
    U64(wallet_view, token),
    MAYBE_WHEN(wallet_view, closes),
    HIDDEN(wallet_view, epoch, FIELD_U64),
};
FIELDS_OF(wallet_view);

const struct field wallet_pledge_fields[] = {
    ID(wallet_pledge, proposal, 'p'),
    ID(wallet_pledge, tender, 't'),
    U64(wallet_pledge, amount),
    U64(wallet_pledge, worth),
    WORD(wallet_pledge, state),
    U64(wallet_pledge, record),
    HIDDEN(wallet_pledge, text, FIELD_JSON),
    HIDDEN(wallet_pledge, fallback, FIELD_PAIRS),
};
FIELDS_OF(wallet_pledge);

const struct field resident_view_fields[] = {
    HIDDEN(resident_view, area, FIELD_U64),
    WORD(resident_view, state),
    U64(resident_view, epoch),
    BOOL(resident_view, granted),
};
FIELDS_OF(resident_view);

const struct field history_item_fields[] = {
    U64(history_item, seq),
    WHEN(history_item, at),
    WORD(history_item, kind),
};
FIELDS_OF(history_item);

/* ---- the calls ------------------------------------------------------------------------------ */

void ledger_community_view(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                           void *ctx)
{
    static const struct call_kind kind = {"community_view", .reader = true,
                                          OUTCOME(community_view)};
    question_reader(ledger, &kind, slug);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_totals(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"totals", .reader = true, OUTCOME(totals)};
    question_reader(ledger, &kind, slug);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_funds(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"funds", .reader = true, ITEMS(fund_view)};
    question_reader(ledger, &kind, slug);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_round_view(struct ledger *ledger, struct text slug, uint64_t round,
                       ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"round_view", .reader = true, OUTCOME(round_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, round);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_tender_view(struct ledger *ledger, struct text slug, uint64_t tender,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_view", .reader = true, OUTCOME(tender_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, tender);
    call_send(ledger, &kind, slug, answer, ctx);
}

static struct text sort_of(struct text sort) { return sort.n > 0 ? sort : TEXT("oldest"); }

void ledger_tenders(struct ledger *ledger, struct text slug, const struct tenders_page *page,
                    ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tenders", .reader = true, ITEMS(tender_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
    question_text(ledger, sort_of(page->sort));
    question_text(ledger, page->state);
    question_text(ledger, page->body);
    question_text(ledger, page->theme);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_proposal_view(struct ledger *ledger, struct text slug, uint64_t proposal,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"proposal_view", .reader = true, OUTCOME(proposal_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, proposal);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_proposals(struct ledger *ledger, struct text slug, const struct proposals_page *page,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"proposals", .reader = true, ITEMS(proposal_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, page->tender);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
    question_text(ledger, sort_of(page->sort));
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_history(struct ledger *ledger, struct text slug, const struct history_of *of,
                    ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"history", .reader = true, ITEMS(history_item)};
    question_reader(ledger, &kind, slug);
    question_format(ledger, "%c", of->letter);
    question_text(ledger, of->name);
    question_number(ledger, of->after);
    question_number(ledger, of->limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_resident_view(struct ledger *ledger, struct text slug, struct text resident,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"resident_view", .reader = true, OUTCOME(resident_view)};
    question_reader(ledger, &kind, slug);
    question_text(ledger, resident);
    call_send(ledger, &kind, slug, answer, ctx);
}
