/* shape.c -- a typed call for every act on a proposal that takes shape, and for its versions: in
 * the manner of acts.c. */
#include "groundswell/ledger/shape.h"

#include "inside.h"

const struct field proposal_version_fields[] = {
    U64(proposal_version, version),
    U64(proposal_version, seq),
    FIELD_AS("at", struct proposal_version, at_ms, FIELD_STAMP, 0),
    U64(proposal_version, price),
    FIELD_FLAGS(struct proposal_version, milestones, FIELD_TEXT, FIELD_OPTIONAL | FIELD_PRIVATE),
    FIELD_FLAGS(struct proposal_version, text, FIELD_JSON, FIELD_OPTIONAL | FIELD_PRIVATE),
};
FIELDS_OF(proposal_version);

void ledger_proposal_judge(struct ledger *ledger, const struct act *act,
                           const struct proposal_judge *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"proposal_judge", OUTCOME(proposal_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->proposal);
    question_text(ledger, in->body);
    question_number(ledger, in->eligible);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_proposal_amend(struct ledger *ledger, const struct act *act,
                           const struct proposal_amend *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"proposal_amend", OUTCOME(proposal_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->proposal);
    question_number(ledger, in->price);
    question_json(ledger, in->text);
    question_text(ledger, in->milestones.at ? in->milestones : TEXT(""));
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_proposal_merge(struct ledger *ledger, const struct act *act,
                           const struct proposal_merge *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"proposal_merge", OUTCOME(proposal_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->proposal);
    question_number(ledger, in->other);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_proposal_versions(struct ledger *ledger, struct text slug,
                              const struct proposal_versions_page *page,
                              ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"proposal_versions", .reader = true,
                                          ITEMS(proposal_version)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, page->proposal);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
    call_send(ledger, &kind, slug, answer, ctx);
}
