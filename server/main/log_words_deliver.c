/* log_words_deliver.c -- what becomes of a commission, a line each: the part of log_words.c on
 * contracts, milestones, payments and ends. */
#include "log_words.h"
#include "log_words_parts.h"

static void parts(struct buf *out, const char *noun, struct record_pairs pairs)
{
    for (size_t i = 0; i < pairs.n; i++) {
        money(out, i > 0 ? ", " : " ", pairs.at[i][1], "");
        buf_format(out, " %s %llu", noun, number(pairs.at[i][0]));
    }
}

static void voices(struct buf *out, const struct record *record)
{
    buf_format(out, "; %llu confirm it, %llu dispute it", number(record->confirmed),
               number(record->disputed));
}

static void contract_signed(struct buf *out, const struct record *record)
{
    money(out, "the contract is signed over ", record->value, "");
    stamp(out, ", from ", record->starts);
    stamp(out, " to ", record->ends);
    buf_format(out, ", document %.16s...", record->document.at);
}

static void milestone(struct buf *out, const struct record *record)
{
    buf_format(out, "milestone %llu ", number(record->milestone));
    if (record->kind == RECORD_EVIDENCE_ADDED) {
        buf_format(out, "has evidence %llu", number(record->evidence));
        if (record->document.n) buf_format(out, ", document %.16s...", record->document.at);
    } else if (record->kind == RECORD_MILESTONE_REPORTED) {
        buf_cstr(out, "is reported as done");
    } else if (record->kind == RECORD_MILESTONE_ACCEPTED) {
        money(out, "is accepted, ", record->amount, " can be paid");
        voices(out, record);
    } else {
        buf_format(out, "is %s by wallet %.*s of round %llu",
                   record->kind == RECORD_MILESTONE_CONFIRMED ? "confirmed" : "disputed",
                   TEXT_ARGS(record->wallet), number(record->round));
        voices(out, record);
    }
}

static void payment_recorded(struct buf *out, const struct record *record)
{
    buf_format(out, "payment %llu:", number(record->payment));
    money(out, " ", record->amount, "");
    buf_format(out, " for milestone %llu,", number(record->milestone));
    parts(out, "from fund", record->funds);
}

static void variation(struct buf *out, const struct record *record)
{
    buf_format(out, "variation %llu is %s, ", number(record->variation),
               record->kind == RECORD_VARIATION_PROPOSED ? "proposed" : "approved");
    money(out, "moving ", record->moved, "");
    if (record->milestones.n) buf_char(out, ':');
    parts(out, "for milestone", record->milestones);
    if (record->ends) stamp(out, ", ending ", record->ends);
}

static void outcome_reported(struct buf *out, const struct record *record)
{
    buf_format(out, "outcome %llu is reported", number(record->outcome));
    if (record_has(record, FIELD_FIGURE))
        buf_format(out, ", figure %llu", number(record->figure));
}

static void savings_noted(struct buf *out, const struct record *record)
{
    buf_cstr(out, "agencies expect to save");
    parts(out, "by agency", record->agencies);
}

static void commission_ended(struct buf *out, const struct record *record)
{
    if (record->kind == RECORD_COMMISSION_COMPLETED) {
        money(out, "it is completed, ", record->paid, " paid");
        return;
    }
    money(out, "it is terminated, ", record->returned, " goes back");
    parts(out, "to fund", record->funds);
}

void log_words_delivery(struct buf *out, const struct log_words *words,
                        const struct record *record)
{
    static void (*const sentences[RECORD_KINDS])(struct buf *, const struct record *) = {
        [RECORD_CONTRACT_SIGNED] = contract_signed,
        [RECORD_EVIDENCE_ADDED] = milestone,
        [RECORD_MILESTONE_REPORTED] = milestone,
        [RECORD_MILESTONE_CONFIRMED] = milestone,
        [RECORD_MILESTONE_DISPUTED] = milestone,
        [RECORD_MILESTONE_ACCEPTED] = milestone,
        [RECORD_PAYMENT_RECORDED] = payment_recorded,
        [RECORD_VARIATION_PROPOSED] = variation,
        [RECORD_VARIATION_APPROVED] = variation,
        [RECORD_OUTCOME_REPORTED] = outcome_reported,
        [RECORD_SAVINGS_NOTED] = savings_noted,
        [RECORD_COMMISSION_COMPLETED] = commission_ended,
        [RECORD_COMMISSION_TERMINATED] = commission_ended,
    };
    (void)words;
    INVARIANT(sentences[record->kind]);
    buf_format(out, "commission %llu: ", number(record->commission));
    sentences[record->kind](out, record);
}
