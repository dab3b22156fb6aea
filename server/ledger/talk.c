/* talk.c -- a typed call for what residents say and what is answered: acts.c's way.
 *
 * A resident who speaks goes to Redis as a pseudonym, made here of the act's subject: the `author`
 * of SERVICE.md. Its readers are in talk_views.c. */
#include "groundswell/ledger/talk.h"

#include "inside.h"

#define HEAD_FIELDS(type)                                                                         \
    FIELD(struct type, seq, FIELD_U64), FIELD_AS("at", struct type, at_ms, FIELD_STAMP, 0),       \
        FIELD(struct type, replayed, FIELD_BOOL)

const struct field need_outcome_fields[] = {
    HEAD_FIELDS(need_outcome),
    FIELD_ID_OF(struct need_outcome, need, 'n', 0),
    FIELD_FLAGS(struct need_outcome, seconds, FIELD_U64, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
};
FIELDS_OF(need_outcome);

const struct field talk_outcome_fields[] = {
    HEAD_FIELDS(talk_outcome),
    FIELD_ID_OF(struct talk_outcome, talk, 'k', 0),
};
FIELDS_OF(talk_outcome);

/* The head of what a resident says. False: there is no key to make the pseudonym with, and the
 * caller has been told. */
static bool question_speech(struct ledger *ledger, const struct call_kind *kind,
                            const struct act *act, ledger_answer_fn *answer, void *ctx)
{
    question_act(ledger, kind, act);
    question_text(ledger, act->subject);
    enum fault no = question_author(ledger, act->slug, act->subject);
    if (no)
        call_fail(call_new(&(struct call){.ledger = ledger, .kind = kind, .answer = answer,
                                          .ctx = ctx},
                           act->slug),
                  no);
    return no == FAULT_NONE;
}

/* ---- needs ---------------------------------------------------------------------------------- */

void ledger_need_raise(struct ledger *ledger, const struct act *act, const struct need_raise *in,
                       ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"need_raise", OUTCOME(need_outcome)};
    if (!question_speech(ledger, &kind, act, answer, ctx))
        return;
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_need_second(struct ledger *ledger, const struct act *act, const struct need_second *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"need_second", OUTCOME(need_outcome)};
    if (!question_speech(ledger, &kind, act, answer, ctx))
        return;
    question_number(ledger, in->need);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_need_answer(struct ledger *ledger, const struct act *act, const struct need_answer *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"need_answer", OUTCOME(need_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->need);
    question_text(ledger, in->actor);
    question_text(ledger, in->body);
    question_number(ledger, in->tender);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- contributions -------------------------------------------------------------------------- */

void ledger_talk_add(struct ledger *ledger, const struct act *act, const struct talk_add *in,
                     ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talk_add", OUTCOME(talk_outcome)};
    if (!question_speech(ledger, &kind, act, answer, ctx))
        return;
    question_number(ledger, in->tender);
    question_text(ledger, in->sort);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_talk_edit(struct ledger *ledger, const struct act *act, const struct talk_edit *in,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talk_edit", OUTCOME(talk_outcome)};
    if (!question_speech(ledger, &kind, act, answer, ctx))
        return;
    question_number(ledger, in->talk);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_talk_stance(struct ledger *ledger, const struct act *act, const struct talk_stance *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talk_stance", OUTCOME(talk_outcome)};
    if (!question_speech(ledger, &kind, act, answer, ctx))
        return;
    question_number(ledger, in->talk);
    question_text(ledger, in->stance);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_talk_hide(struct ledger *ledger, const struct act *act, const struct talk_hide *in,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talk_hide", OUTCOME(talk_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->talk);
    question_text(ledger, in->body);
    question_text(ledger, in->reason);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_talk_appeal(struct ledger *ledger, const struct act *act, const struct talk_appeal *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talk_appeal", OUTCOME(talk_outcome)};
    if (!question_speech(ledger, &kind, act, answer, ctx))
        return;
    question_number(ledger, in->talk);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_talk_ruling(struct ledger *ledger, const struct act *act, const struct talk_ruling *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talk_ruling", OUTCOME(talk_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->talk);
    question_number(ledger, in->stands);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_talk_summary(struct ledger *ledger, const struct act *act,
                         const struct talk_summary *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talk_summary", OUTCOME(tender_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->tender);
    question_text(ledger, in->body);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}
