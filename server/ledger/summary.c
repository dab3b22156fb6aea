/* summary.c -- the typed call behind the trust's watch: see summary.h and lua/81_summary.lua. */
#include "groundswell/ledger/summary.h"

#include "inside.h"

#define WORD(member) FIELD(struct summary, member, FIELD_TEXT)
#define WHEN(name) FIELD_AS(#name, struct summary, name##_ms, FIELD_STAMP, 0)

const struct field summary_fields[] = {
    U64(summary, seq),
    WHEN(at),
    FIELD_ID_OF(struct summary, round, 'r', FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD(struct summary, open, FIELD_BOOL),
    U64(summary, token),
    WHEN(closes),
    U64(summary, granted),
    U64(summary, held),
    U64(summary, spent),
    U64(summary, unallotted),
    U64(summary, free),
    U64(summary, committed),
    U64(summary, paid),
    U64(summary, funds),
    WORD(currency),
    WORD(areas),
    FIELD(struct summary, residents, FIELD_PAIRS),
    FIELD(struct summary, people, FIELD_PAIRS),
    U64(summary, tenders_open),
    U64(summary, tenders_critical),
    U64(summary, tenders_paused),
    U64(summary, tenders_hidden),
    WHEN(due),
    WORD(due_kind),
    U64(summary, due_number),
    U64(summary, commissions),
    U64(summary, stalled),
    FIELD(struct summary, whole, FIELD_BOOL),
    FIELD_FLAGS(struct summary, text, FIELD_JSON, FIELD_OPTIONAL),
};
FIELDS_OF(summary);

#define PART(member, kind) FIELD_FLAGS(struct summary_item, member, kind, FIELD_OPTIONAL)
const struct field summary_item_fields[] = {
    FIELD(struct summary_item, what, FIELD_TEXT),
    FIELD(struct summary_item, number, FIELD_U64),
    PART(tender, FIELD_U64),
    PART(price, FIELD_U64),
    PART(pledged, FIELD_U64),
    PART(people, FIELD_U64),
    PART(people_min, FIELD_U64),
    PART(areas_ok, FIELD_U64),
    PART(areas_min, FIELD_U64),
    PART(headroom, FIELD_U64),
    FIELD_AS("critical_until", struct summary_item, critical_until_ms, FIELD_STAMP,
             FIELD_OPTIONAL),
    PART(permille, FIELD_U64),
    PART(seq, FIELD_U64),
    FIELD_AS("at", struct summary_item, at_ms, FIELD_STAMP, FIELD_OPTIONAL),
    PART(word, FIELD_TEXT),
    PART(state, FIELD_TEXT),
    PART(seats, FIELD_U64),
    PART(seat_votes, FIELD_U64),
    PART(lay_seats, FIELD_U64),
    PART(lay_votes, FIELD_U64),
    PART(margin, FIELD_U64),
    PART(text, FIELD_JSON),
};
FIELDS_OF(summary_item);

const struct field trend_day_fields[] = {
    U64(trend_day, day),     U64(trend_day, seq),   U64(trend_day, round),
    U64(trend_day, held),    U64(trend_day, people), U64(trend_day, pledges),
    U64(trend_day, spent),   U64(trend_day, paid),  U64(trend_day, commissions),
};
FIELDS_OF(trend_day);

void ledger_summary(struct ledger *ledger, struct text slug, uint64_t stalled_ms,
                    ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"summary", .reader = true, OUTCOME(summary),
                                          ITEMS(summary_item)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, stalled_ms);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_trend(struct ledger *ledger, struct text slug, uint64_t from, ledger_answer_fn *answer,
                  void *ctx)
{
    static const struct call_kind kind = {"trend", .reader = true, ITEMS(trend_day)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, from);
    call_send(ledger, &kind, slug, answer, ctx);
}
