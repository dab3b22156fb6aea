/* offers.c -- see groundswell/ledger/offers.h. */
#include "groundswell/ledger/offers.h"

#include "inside.h"

/* What a replay does not say again. */
#define HIDDEN(type, member)                                                                      \
    FIELD_FLAGS(struct type, member, FIELD_U64, FIELD_OPTIONAL | FIELD_PRIVATE)

const struct field offer_outcome_fields[] = {
    U64(offer_outcome, seq),
    FIELD_AS("at", struct offer_outcome, at_ms, FIELD_STAMP, 0),
    FIELD(struct offer_outcome, replayed, FIELD_BOOL),
    FIELD_ID_OF(struct offer_outcome, proposal, 'p', 0),
    HIDDEN(offer_outcome, item),
    HIDDEN(offer_outcome, n),
    HIDDEN(offer_outcome, offered),
    HIDDEN(offer_outcome, people),
};
FIELDS_OF(offer_outcome);

const struct field offers_head_fields[] = {
    FIELD_FLAGS(struct offers_head, epoch, FIELD_U64, FIELD_PRIVATE),
};
FIELDS_OF(offers_head);

const struct field offer_view_fields[] = {
    FIELD_ID_OF(struct offer_view, proposal, 'p', 0),
    U64(offer_view, item),
    U64(offer_view, n),
};
FIELDS_OF(offer_view);

void ledger_help_offer(struct ledger *ledger, const struct act *act, const struct help_offer *in,
                       ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"help_offer", OUTCOME(offer_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, act->subject);
    question_number(ledger, in->proposal);
    question_number(ledger, in->item);
    question_number(ledger, in->n);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_offers(struct ledger *ledger, struct text slug, struct text resident,
                   ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"offers", .reader = true, OUTCOME(offers_head),
                                          ITEMS(offer_view)};
    question_reader(ledger, &kind, slug);
    question_text(ledger, resident);
    call_send(ledger, &kind, slug, answer, ctx);
}
