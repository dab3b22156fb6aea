/* people_views.c -- a typed call for every reader of what concerns people, and what it tells.
 *
 * The tables are the contract with lua/84_view_people.lua and 86_anomaly.lua, as those of views.c
 * are with theirs. Nothing here leads to a name: the desk shows it to a community's officers. */
#include "groundswell/ledger/people_views.h"

#include "inside.h"

#define WORD(type, member) FIELD(struct type, member, FIELD_TEXT)
#define WHEN(type, name) FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, 0)
#define MAYBE(type, member, kind)                                                                 \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define MAYBE_WHEN(type, name)                                                                    \
    FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define HIDDEN(type, member, kind)                                                                \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_PRIVATE)

const struct field code_view_fields[] = {
    WORD(code_view, serial),
    WORD(code_view, state),
    HIDDEN(code_view, area, FIELD_U64),
    WHEN(code_view, issued),
    WHEN(code_view, expires),
    U64(code_view, batch),
    MAYBE_WHEN(code_view, used),
};
FIELDS_OF(code_view);

const struct field codes_page_fields[] = {
    HIDDEN(codes_page, next, FIELD_U64),
    HIDDEN(codes_page, issued, FIELD_PAIRS),
    HIDDEN(codes_page, redeemed, FIELD_PAIRS),
};
FIELDS_OF(codes_page);

const struct field review_item_fields[] = {
    U64(review_item, number),
    WHEN(review_item, at),
    WORD(review_item, reason),
    WORD(review_item, resident),
    MAYBE(review_item, other, FIELD_TEXT),
    HIDDEN(review_item, area, FIELD_U64),
};
FIELDS_OF(review_item);

const struct field approval_item_fields[] = {
    WORD(approval_item, digest),
    WORD(approval_item, kind),
    WHEN(approval_item, at),
    WORD(approval_item, object),
    WORD(approval_item, person),
};
FIELDS_OF(approval_item);

const struct field journal_item_fields[] = {
    WORD(journal_item, id),
    WORD(journal_item, kind),
    WHEN(journal_item, at),
    HIDDEN(journal_item, area, FIELD_TEXT),
    MAYBE(journal_item, address, FIELD_TEXT),
    MAYBE(journal_item, a, FIELD_TEXT),
    MAYBE(journal_item, b, FIELD_TEXT),
};
FIELDS_OF(journal_item);

const struct field helped_item_fields[] = {
    WORD(helped_item, helper),
    U64(helped_item, hour_n),
    U64(helped_item, ever),
    WHEN(helped_item, last),
};
FIELDS_OF(helped_item);

const struct field anomaly_fields[] = {
    WORD(anomaly, kind),
    MAYBE(anomaly, address, FIELD_TEXT),
    MAYBE(anomaly, redeemed, FIELD_U64),
    MAYBE(anomaly, pledges, FIELD_U64),
    MAYBE(anomaly, wallets, FIELD_U64),
    MAYBE_WHEN(anomaly, first),
    MAYBE_WHEN(anomaly, last),
    MAYBE_WHEN(anomaly, at),
    MAYBE(anomaly, n, FIELD_U64),
    MAYBE(anomaly, serial, FIELD_TEXT),
    HIDDEN(anomaly, area, FIELD_U64),
    MAYBE(anomaly, days, FIELD_U64),
};
FIELDS_OF(anomaly);

/* ---- the calls ------------------------------------------------------------------------------ */

void ledger_codes(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                  ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"codes", .reader = true, OUTCOME(codes_page),
                                          ITEMS(code_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, after);
    question_number(ledger, limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_code_state(struct ledger *ledger, struct text slug, struct text serial,
                       ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"code_state", .reader = true, OUTCOME(code_view)};
    question_reader(ledger, &kind, slug);
    question_text(ledger, serial);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_review(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                   ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"review", .reader = true, ITEMS(review_item)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, after);
    question_number(ledger, limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_approvals(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"approvals", .reader = true, ITEMS(approval_item)};
    question_reader(ledger, &kind, slug);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_journal(struct ledger *ledger, struct text slug, struct text after, size_t limit,
                    ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"journal", .reader = true, ITEMS(journal_item)};
    question_reader(ledger, &kind, slug);
    question_text(ledger, after);
    question_number(ledger, limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_helped(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"helped", .reader = true, ITEMS(helped_item)};
    question_reader(ledger, &kind, slug);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_anomalies(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"anomalies", .reader = true, ITEMS(anomaly)};
    question_reader(ledger, &kind, slug);
    call_send(ledger, &kind, slug, answer, ctx);
}
