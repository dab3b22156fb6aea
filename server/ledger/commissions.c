/* commissions.c -- a typed call for every act on a commission, and for its views.
 *
 * As in acts.c: the arguments in the order of SERVICE.md behind the head. What residents found of a
 * milestone is said under their wallet's pseudonym of the round in which it was activated, which
 * the ledger names where it is not the one last seen (rounds.c). */
#include "groundswell/ledger/commissions.h"

#include "inside.h"

#define ID(type, member, letter) FIELD_ID_OF(struct type, member, letter, 0)
#define WHEN(type, name) FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, 0)
#define WORD(type, member) FIELD(struct type, member, FIELD_TEXT)
#define MAYBE(type, member, kind)                                                                 \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define MAYBE_WHEN(type, name)                                                                    \
    FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define HIDDEN(type, member, kind)                                                                \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_PRIVATE)

const struct field delivery_outcome_fields[] = {
    FIELD(struct delivery_outcome, seq, FIELD_U64),
    FIELD_AS("at", struct delivery_outcome, at_ms, FIELD_STAMP, 0),
    FIELD(struct delivery_outcome, replayed, FIELD_BOOL),
    MAYBE(delivery_outcome, pending, FIELD_BOOL),
    ID(delivery_outcome, commission, 'c'),
    MAYBE(delivery_outcome, evidence, FIELD_U64),
    MAYBE(delivery_outcome, payment, FIELD_U64),
    MAYBE(delivery_outcome, variation, FIELD_U64),
    MAYBE(delivery_outcome, outcome, FIELD_U64),
    HIDDEN(delivery_outcome, qualifying, FIELD_TEXT),
};
FIELDS_OF(delivery_outcome);

#define VIEW_BEGINS(type)                                                                         \
    ID(type, commission, 'c'), ID(type, proposal, 'p'), ID(type, tender, 't'), WORD(type, body),  \
        MAYBE(type, theme, FIELD_TEXT), WORD(type, state), U64(type, seq), WHEN(type, at),        \
        U64(type, price), U64(type, paid)
#define VIEW_GOES_ON(type)                                                                        \
    U64(type, returned), U64(type, rho), U64(type, spent), U64(type, rounding),                   \
        U64(type, people), U64(type, pledged), HIDDEN(type, draws, FIELD_PAIRS)

const struct field commission_view_fields[] = {
    VIEW_BEGINS(commission_view),
    VIEW_GOES_ON(commission_view),
    MAYBE(commission_view, proposal_text, FIELD_JSON),
};
FIELDS_OF(commission_view);

const struct field commission_whole_fields[] = {
    VIEW_BEGINS(commission_whole),
    U64(commission_whole, unpaid),
    VIEW_GOES_ON(commission_whole),
    HIDDEN(commission_whole, paid_by, FIELD_PAIRS),
    HIDDEN(commission_whole, returned_by, FIELD_PAIRS),
    MAYBE_WHEN(commission_whole, starts),
    MAYBE_WHEN(commission_whole, ends),
    MAYBE(commission_whole, document, FIELD_TEXT),
    MAYBE(commission_whole, signed_seq, FIELD_U64),
    MAYBE(commission_whole, ended_seq, FIELD_U64),
    U64(commission_whole, moved),
    U64(commission_whole, movable),
    MAYBE(commission_whole, savings_seq, FIELD_U64),
    HIDDEN(commission_whole, agencies, FIELD_PAIRS),
    MAYBE(commission_whole, contract, FIELD_JSON),
    MAYBE(commission_whole, proposal_text, FIELD_JSON),
    MAYBE(commission_whole, savings, FIELD_JSON),
    MAYBE(commission_whole, termination, FIELD_JSON),
};
FIELDS_OF(commission_whole);

#define PART(member, kind) FIELD_FLAGS(struct commission_item, member, kind, FIELD_OPTIONAL)
const struct field commission_item_fields[] = {
    FIELD(struct commission_item, what, FIELD_TEXT),
    FIELD(struct commission_item, number, FIELD_U64),
    PART(seq, FIELD_U64),
    FIELD_AS("at", struct commission_item, at_ms, FIELD_STAMP, FIELD_OPTIONAL),
    PART(milestone, FIELD_U64),
    PART(amount, FIELD_U64),
    PART(paid, FIELD_U64),
    PART(state, FIELD_TEXT),
    PART(confirmed, FIELD_U64),
    PART(disputed, FIELD_U64),
    PART(reported_seq, FIELD_U64),
    PART(accepted_seq, FIELD_U64),
    PART(approved_seq, FIELD_U64),
    PART(moved, FIELD_U64),
    FIELD_AS("ends", struct commission_item, ends_ms, FIELD_STAMP, FIELD_OPTIONAL),
    PART(document, FIELD_TEXT),
    PART(figure, FIELD_TEXT),
    PART(milestones, FIELD_PAIRS),
    PART(text, FIELD_JSON),
    PART(dispute, FIELD_JSON),
};
FIELDS_OF(commission_item);

/* ---- acts ----------------------------------------------------------------------------------- */

#define KIND(name) static const struct call_kind kind = {name, OUTCOME(delivery_outcome)}

static void begin(struct ledger *ledger, const struct call_kind *kind, const struct act *act,
                  uint64_t commission, struct text body)
{
    question_act(ledger, kind, act);
    question_number(ledger, commission);
    question_text(ledger, body);
}

void ledger_contract_sign(struct ledger *ledger, const struct act *act,
                          const struct contract_sign *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("contract_sign");
    begin(ledger, &kind, act, in->commission, in->body);
    question_number(ledger, in->starts_ms);
    question_number(ledger, in->ends_ms);
    question_text(ledger, in->document);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_evidence_add(struct ledger *ledger, const struct act *act,
                         const struct evidence_add *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("evidence_add");
    begin(ledger, &kind, act, in->commission, in->body);
    question_number(ledger, in->milestone);
    question_text(ledger, in->document);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_milestone_report(struct ledger *ledger, const struct act *act,
                             const struct milestone_act *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("milestone_report");
    begin(ledger, &kind, act, in->commission, in->body);
    question_number(ledger, in->milestone);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_milestone_accept(struct ledger *ledger, const struct act *act,
                             const struct milestone_act *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("milestone_accept");
    begin(ledger, &kind, act, in->commission, in->body);
    question_number(ledger, in->milestone);
    question_asked(ledger, in->person, in->digest);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_payment_record(struct ledger *ledger, const struct act *act,
                           const struct payment_record *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("payment_record");
    begin(ledger, &kind, act, in->commission, in->body);
    question_number(ledger, in->milestone);
    question_number(ledger, in->amount);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_variation_propose(struct ledger *ledger, const struct act *act,
                              const struct variation_propose *in, ledger_answer_fn *answer,
                              void *ctx)
{
    KIND("variation_propose");
    begin(ledger, &kind, act, in->commission, in->body);
    question_text(ledger, in->milestones);
    question_number(ledger, in->ends_ms);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_variation_approve(struct ledger *ledger, const struct act *act,
                              const struct variation_approve *in, ledger_answer_fn *answer,
                              void *ctx)
{
    KIND("variation_approve");
    begin(ledger, &kind, act, in->commission, in->body);
    question_number(ledger, in->variation);
    question_asked(ledger, in->person, in->digest);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_outcome_report(struct ledger *ledger, const struct act *act,
                           const struct outcome_report *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("outcome_report");
    begin(ledger, &kind, act, in->commission, in->body);
    if (in->has_figure)
        question_number(ledger, in->figure);
    else
        question_text(ledger, TEXT(""));
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_savings_note(struct ledger *ledger, const struct act *act,
                         const struct savings_note *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("savings_note");
    begin(ledger, &kind, act, in->commission, in->body);
    question_text(ledger, in->agencies);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_commission_complete(struct ledger *ledger, const struct act *act,
                                const struct commission_end *in, ledger_answer_fn *answer,
                                void *ctx)
{
    KIND("commission_complete");
    begin(ledger, &kind, act, in->commission, in->body);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_commission_terminate(struct ledger *ledger, const struct act *act,
                                 const struct commission_end *in, ledger_answer_fn *answer,
                                 void *ctx)
{
    KIND("commission_terminate");
    begin(ledger, &kind, act, in->commission, in->body);
    question_json(ledger, in->text);
    question_asked(ledger, in->person, in->digest);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- what who pledged found ----------------------------------------------------------------- */

static enum fault voice_ask(struct call *call)
{
    const struct saved *saved = &call->saved;
    question_act(call->ledger, call->kind, &saved->act);
    enum fault no = question_round_and_wallet(call, saved->act.subject);
    if (no)
        return no;
    question_number(call->ledger, saved->n[0]);
    question_number(call->ledger, saved->n[1]);
    question_json(call->ledger, saved->t[0]);
    return FAULT_NONE;
}

static void voice_send(struct ledger *ledger, const struct call_kind *kind, const struct act *act,
                       const struct milestone_voice *in, struct call like)
{
    like.ledger = ledger;
    like.kind = kind;
    like.ask = voice_ask;
    like.past = true;
    like.saved = (struct saved){.act = *act, .n = {in->commission, in->milestone}};
    like.saved.t[0] = in->text;
    call_send_in_round(&like, act->slug);
}

void ledger_milestone_confirm(struct ledger *ledger, const struct act *act,
                              const struct milestone_voice *in, ledger_answer_fn *answer,
                              void *ctx)
{
    KIND("milestone_confirm");
    voice_send(ledger, &kind, act, in, (struct call){.answer = answer, .ctx = ctx});
}

void ledger_milestone_dispute(struct ledger *ledger, const struct act *act,
                              const struct milestone_voice *in, ledger_answer_fn *answer,
                              void *ctx)
{
    KIND("milestone_dispute");
    voice_send(ledger, &kind, act, in, (struct call){.answer = answer, .ctx = ctx});
}

/* ---- looking -------------------------------------------------------------------------------- */

void ledger_commissions(struct ledger *ledger, struct text slug,
                        const struct commissions_page *page, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"commissions", .reader = true, ITEMS(commission_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
    question_text(ledger, page->state);
    question_text(ledger, page->body);
    question_text(ledger, page->theme);
    question_text(ledger, page->sort.n > 0 ? page->sort : TEXT("oldest"));
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_commission_get(struct ledger *ledger, struct text slug, uint64_t commission,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"commission_get", .reader = true,
                                          OUTCOME(commission_whole), ITEMS(commission_item)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, commission);
    call_send(ledger, &kind, slug, answer, ctx);
}
