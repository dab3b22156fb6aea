/* audit_deliver.c -- what becomes of a commission, in plain words: the part of audit_say.c on
 * contracts, milestones, payments and ends. */
#include "audit.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/money.h"

struct telling {
    struct buf *out;
    const struct record *record;
    struct text currency;
};

static void money(const struct telling *tell, const char *before, uint64_t minor,
                  const char *behind)
{
    buf_cstr(tell->out, before);
    money_put(tell->out, minor);
    buf_char(tell->out, ' ');
    buf_text(tell->out, tell->currency);
    buf_cstr(tell->out, behind);
}

static void day(const struct telling *tell, const char *before, uint64_t wall_ms)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(wall_ms, stamp);
    buf_format(tell->out, "%s%.10s", before, stamp);
}

static void funds(const struct telling *tell, const char *preposition)
{
    struct record_pairs list = tell->record->funds;
    for (size_t i = 0; i < list.n; i++) {
        money(tell, i > 0 ? ", " : ": ", list.at[i][1], "");
        buf_format(tell->out, " %s fund f%llu", preposition, (unsigned long long)list.at[i][0]);
    }
}

static void of(const struct telling *tell, const char *what, uint64_t number)
{
    buf_format(tell->out, "%s %llu of commission c%llu", what, (unsigned long long)number,
               (unsigned long long)tell->record->commission);
}

static void say_contract(const struct telling *tell)
{
    const struct record *record = tell->record;
    buf_format(tell->out, "The contract of commission c%llu was signed, worth",
               (unsigned long long)record->commission);
    money(tell, " ", record->value, "");
    day(tell, ", from ", record->starts);
    day(tell, " to ", record->ends);
}

static void say_milestone(const struct telling *tell)
{
    const struct record *record = tell->record;
    if (record->kind == RECORD_EVIDENCE_ADDED) {
        buf_cstr(tell->out, "Evidence was added to milestone");
        of(tell, "", record->milestone);
        return;
    }
    of(tell, "Milestone", record->milestone);
    if (record->kind == RECORD_MILESTONE_REPORTED) {
        buf_cstr(tell->out, " was reported as done");
        return;
    }
    buf_cstr(tell->out, record->kind == RECORD_MILESTONE_CONFIRMED
                            ? " was confirmed by somebody who pledged"
                        : record->kind == RECORD_MILESTONE_DISPUTED
                            ? " was disputed by somebody who pledged"
                            : " was accepted");
    if (record->kind == RECORD_MILESTONE_ACCEPTED)
        money(tell, ": ", record->amount, " can be paid");
    buf_format(tell->out, " (%llu confirm it, %llu dispute it)",
               (unsigned long long)record->confirmed, (unsigned long long)record->disputed);
}

static void say_payment(const struct telling *tell)
{
    money(tell, "", tell->record->amount, " was paid for milestone");
    of(tell, "", tell->record->milestone);
    funds(tell, "from");
}

static void say_variation(const struct telling *tell)
{
    const struct record *record = tell->record;
    of(tell, "Variation", record->variation);
    buf_cstr(tell->out, record->kind == RECORD_VARIATION_PROPOSED ? " was proposed: it would move"
                                                                  : " was approved: it moves");
    money(tell, " ", record->moved, " between milestones");
    if (record->ends > 0) day(tell, ", and the end to ", record->ends);
}

static void say_outcome(const struct telling *tell)
{
    const struct record *record = tell->record;
    if (record->kind == RECORD_OUTCOME_REPORTED) {
        of(tell, "Outcome", record->outcome);
        buf_cstr(tell->out, " was reported");
        if (record_has(record, FIELD_FIGURE))
            buf_format(tell->out, ", with the figure %llu", (unsigned long long)record->figure);
        return;
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < record->agencies.n; i++)
        sum += record->agencies.at[i][1];
    buf_format(tell->out, "Of commission c%llu it was noted that %zu %s to save",
               (unsigned long long)record->commission, record->agencies.n,
               record->agencies.n == 1 ? "agency expects" : "agencies expect");
    money(tell, " ", sum, "");
}

static void say_end(const struct telling *tell)
{
    const struct record *record = tell->record;
    buf_format(tell->out, "Commission c%llu was ", (unsigned long long)record->commission);
    if (record->kind == RECORD_COMMISSION_COMPLETED) {
        money(tell, "completed: ", record->paid, " was paid in all");
        return;
    }
    money(tell, "ended before its time: ", record->returned, " was not paid and went back");
    funds(tell, "to");
}

void audit_say_delivery(struct buf *out, const struct record *record, struct text currency)
{
    static void (*const says[RECORD_KINDS])(const struct telling *tell) = {
        [RECORD_CONTRACT_SIGNED] = say_contract,
        [RECORD_EVIDENCE_ADDED] = say_milestone,
        [RECORD_MILESTONE_REPORTED] = say_milestone,
        [RECORD_MILESTONE_CONFIRMED] = say_milestone,
        [RECORD_MILESTONE_DISPUTED] = say_milestone,
        [RECORD_MILESTONE_ACCEPTED] = say_milestone,
        [RECORD_PAYMENT_RECORDED] = say_payment,
        [RECORD_VARIATION_PROPOSED] = say_variation,
        [RECORD_VARIATION_APPROVED] = say_variation,
        [RECORD_OUTCOME_REPORTED] = say_outcome,
        [RECORD_SAVINGS_NOTED] = say_outcome,
        [RECORD_COMMISSION_COMPLETED] = say_end,
        [RECORD_COMMISSION_TERMINATED] = say_end,
    };
    const struct telling tell = {out, record, currency};
    INVARIANT(says[record->kind]);
    says[record->kind](&tell);
    buf_char(out, '.');
}
