/* fallbacks.c -- see groundswell/ledger/fallbacks.h. */
#include "inside.h"

#include "groundswell/ledger/fallbacks.h"

const struct field fallback_outcome_fields[] = {
    U64(fallback_outcome, seq),
    FIELD_AS("at", struct fallback_outcome, at_ms, FIELD_STAMP, 0),
    FIELD(struct fallback_outcome, replayed, FIELD_BOOL),
    FIELD(struct fallback_outcome, taken, FIELD_BOOL),
    FIELD(struct fallback_outcome, more, FIELD_BOOL),
};
FIELDS_OF(fallback_outcome);

void ledger_fallback_next(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                          void *ctx)
{
    static const struct call_kind kind = {"fallback_next", OUTCOME(fallback_outcome)};
    const struct act act = {.slug = slug, .subject = TEXT("keeper")};
    question_act(ledger, &kind, &act);
    call_send(ledger, &kind, slug, answer, ctx);
}
