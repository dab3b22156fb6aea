/* audit_say_shape.c -- how proposals took shape, in plain words: the part of audit_say.c on what
 * the body said of them, on amendments and on two that became one. */
#include "audit.h"
#include "groundswell/base/money.h"

static unsigned long long number(uint64_t n)
{
    return (unsigned long long)n;
}

void audit_say_shape(struct buf *out, const struct record *record, struct text currency)
{
    if (record->kind == RECORD_PROPOSALS_MERGED) {
        buf_format(out, "Proposal p%llu went up in proposal p%llu: both proposers asked for it.",
                   number(record->other), number(record->proposal));
        return;
    }
    buf_format(out, "Proposal p%llu was ", number(record->proposal));
    if (record->kind == RECORD_PROPOSAL_JUDGED) {
        buf_cstr(out, record->eligible ? "found eligible by the body."
                                       : "found ineligible by the body, and has left its tender.");
        return;
    }
    buf_format(out, "amended, version %llu, at a price of ", number(record->version));
    money_put(out, record->price);
    buf_format(out, " %.*s.", TEXT_ARGS(currency));
}
