/* bodies.c -- a typed call for every act and reader of commissioning bodies.
 *
 * In the manner of acts.c and views.c: nothing is judged here. */
#include "groundswell/ledger/bodies.h"

#include "inside.h"

#define WHEN(type, name, flags) FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, flags)
#define WORD(type, member) FIELD(struct type, member, FIELD_TEXT)
#define BOOL(type, member) FIELD(struct type, member, FIELD_BOOL)
#define ABSENT (FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define TEXT_OF(type) FIELD_FLAGS(struct type, text, FIELD_JSON, ABSENT)
#define HEAD_FIELDS(type) U64(type, seq), WHEN(type, at, 0), BOOL(type, replayed)

const struct field body_outcome_fields[] = {
    HEAD_FIELDS(body_outcome),
    FIELD_ID_OF(struct body_outcome, body, 'b', 0),
};
FIELDS_OF(body_outcome);

const struct field member_outcome_fields[] = {
    HEAD_FIELDS(member_outcome),
    FIELD_ID_OF(struct member_outcome, member, 'm', 0),
    FIELD_FLAGS(struct member_outcome, lawful, FIELD_BOOL, FIELD_OPTIONAL),
};
FIELDS_OF(member_outcome);

const struct field body_view_fields[] = {
    FIELD_ID_OF(struct body_view, body, 'b', 0),
    WORD(body_view, word),
    WORD(body_view, state),
    BOOL(body_view, lawful),
    U64(body_view, seats),
    U64(body_view, seat_votes),
    U64(body_view, lay_seats),
    U64(body_view, lay_votes),
    U64(body_view, members_min),
    U64(body_view, version),
    TEXT_OF(body_view),
};
FIELDS_OF(body_view);

const struct field body_member_fields[] = {
    FIELD_ID_OF(struct body_member, member, 'm', 0),
    WORD(body_member, category),
    U64(body_member, votes),
    WHEN(body_member, term, ABSENT),
    U64(body_member, since),
    WORD(body_member, state),
    TEXT_OF(body_member),
};
FIELDS_OF(body_member);

const struct field body_version_fields[] = {
    U64(body_version, version),
    U64(body_version, seq),
    WHEN(body_version, at, 0),
    TEXT_OF(body_version),
};
FIELDS_OF(body_version);

const struct field tender_approval_fields[] = {
    FIELD_ID_OF(struct tender_approval, member, 'm', 0),
    U64(tender_approval, seq),
    WHEN(tender_approval, at, 0),
    WORD(tender_approval, category),
    WORD(tender_approval, state),
};
FIELDS_OF(tender_approval);

const struct field tender_try_fields[] = {
    FIELD_ID_OF(struct tender_try, tender, 't', 0),
    WORD(tender_try, state),
    U64(tender_try, people_min),
    U64(tender_try, areas_min),
    U64(tender_try, ceiling),
    U64(tender_try, awards),
    U64(tender_try, people),
    U64(tender_try, pledged),
    U64(tender_try, price),
};
FIELDS_OF(tender_try);

const struct field areas_view_fields[] = {
    FIELD_FLAGS(struct areas_view, areas, FIELD_TEXT, FIELD_PRIVATE),
    FIELD_FLAGS(struct areas_view, residents, FIELD_PAIRS, FIELD_OPTIONAL | FIELD_PRIVATE),
    TEXT_OF(areas_view),
};
FIELDS_OF(areas_view);

/* ---- what a community asks for -------------------------------------------------------------- */

static void question_given(struct ledger *ledger, uint64_t value)
{
    if (value == DEFAULT_KEPT) question_text(ledger, TEXT(""));
    else question_number(ledger, value);
}

void ledger_community_set(struct ledger *ledger, const struct act *act,
                          const struct community_set *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"community_set", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_given(ledger, in->members_min);
    question_given(ledger, in->days);
    question_given(ledger, in->contributors);
    question_given(ledger, in->people_permille);
    question_given(ledger, in->areas_min);
    question_given(ledger, in->window_ms);
    question_text(ledger, in->tally);
    question_given(ledger, in->needs_line);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_areas_set(struct ledger *ledger, const struct act *act, const struct areas_set *in,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"areas_set", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- bodies and their members --------------------------------------------------------------- */

void ledger_body_form(struct ledger *ledger, const struct act *act, const struct body_form *in,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"body_form", OUTCOME(body_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, in->word);
    question_text(ledger, in->actor);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_body_constitute(struct ledger *ledger, const struct act *act,
                            const struct body_constitute *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"body_constitute", OUTCOME(body_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->body);
    question_text(ledger, in->actor);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_member_seat(struct ledger *ledger, const struct act *act,
                        const struct member_seat *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"member_seat", OUTCOME(member_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->body);
    question_text(ledger, in->actor);
    question_text(ledger, in->category);
    question_number(ledger, in->votes);
    question_number(ledger, in->term_ms);
    question_text(ledger, in->holder);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_member_leave(struct ledger *ledger, const struct act *act,
                         const struct member_leave *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"member_leave", OUTCOME(member_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->member);
    question_text(ledger, in->actor);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- publishing ----------------------------------------------------------------------------- */

void ledger_tender_approve(struct ledger *ledger, const struct act *act,
                           const struct tender_approve *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_approve", OUTCOME(tender_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->tender);
    question_text(ledger, in->person);
    question_number(ledger, in->as_resident);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_tender_publish(struct ledger *ledger, const struct act *act,
                           const struct tender_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_publish", OUTCOME(tender_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->tender);
    question_text(ledger, in->body);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- readers -------------------------------------------------------------------------------- */

void ledger_body_view(struct ledger *ledger, struct text slug, uint64_t body,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"body_view", .reader = true, OUTCOME(body_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, body);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_bodies(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                   ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"bodies", .reader = true, ITEMS(body_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, after);
    question_number(ledger, limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

static void page_ask(struct ledger *ledger, const struct call_kind *kind, struct text slug,
                     const struct body_page *page)
{
    question_reader(ledger, kind, slug);
    question_number(ledger, page->body);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
}

void ledger_body_members(struct ledger *ledger, struct text slug, const struct body_page *page,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"body_members", .reader = true, ITEMS(body_member)};
    page_ask(ledger, &kind, slug, page);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_body_versions(struct ledger *ledger, struct text slug, const struct body_page *page,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"body_versions", .reader = true, ITEMS(body_version)};
    page_ask(ledger, &kind, slug, page);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_body_history(struct ledger *ledger, struct text slug, const struct body_page *page,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"body_history", .reader = true, ITEMS(history_item)};
    page_ask(ledger, &kind, slug, page);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_tender_approvals(struct ledger *ledger, struct text slug, uint64_t tender,
                             ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_approvals", .reader = true,
                                          ITEMS(tender_approval)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, tender);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_tender_tries(struct ledger *ledger, struct text slug, size_t limit,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_tries", .reader = true, ITEMS(tender_try)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_areas_view(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                       void *ctx)
{
    static const struct call_kind kind = {"areas_view", .reader = true, OUTCOME(areas_view)};
    question_reader(ledger, &kind, slug);
    call_send(ledger, &kind, slug, answer, ctx);
}
