/* recount.c -- does the log say what the rules give?
 *
 * A record is the model's input as it stands, because the model reads only the input fields of an
 * act; then its answer is compared with all of them. The pending list is what one call of the
 * ledger wrote in one stroke: behind a pledge that completes the rule stands its activation, and
 * nothing may come between. */
#include "groundswell/rules/recount.h"

#include <stdarg.h>
#include <stdlib.h>

#include "groundswell/base/refusal.h"

void recount_init(struct recount *recount)
{
    *recount = (struct recount){.model = model_new(), .verdict = calloc(1, sizeof(struct verdict))};
    INVARIANT(recount->verdict != NULL);
}

void recount_release(struct recount *recount)
{
    model_free(recount->model);
    free(recount->verdict);
    *recount = (struct recount){0};
}

const char *recount_why(const struct recount *recount)
{
    return recount->why[0] ? recount->why : NULL;
}

static bool PRINTF_LIKE(3, 4)
    differs(struct recount *recount, const struct record *record, const char *format, ...)
{
    va_list args;
    int n = snprintf(recount->why, sizeof recount->why, "record %llu (%s): ",
                     (unsigned long long)record->seq, record_kind_specs[record->kind].name);
    INVARIANT(n > 0 && (size_t)n < sizeof recount->why);
    va_start(args, format);
    vsnprintf(recount->why + n, sizeof recount->why - (size_t)n, format, args);
    va_end(args);
    return false;
}

/* ---- comparing ---- */

static bool field_same(const struct record *a, const struct record *b, enum record_field field)
{
    enum field_form form = record_field_specs[field].form;
    if (record_has(a, field) != record_has(b, field))
        return false;
    if (!record_has(a, field))
        return true;
    if (form == FORM_KIND)
        return a->kind == b->kind;
    if (form == FORM_NUMBER)
        return record_number(a, field) == record_number(b, field);
    if (form != FORM_PAIRS)
        return text_equal(record_text(a, field), record_text(b, field));
    struct record_pairs x = record_pairs(a, field), y = record_pairs(b, field);
    return x.n == y.n && memcmp(x.at, y.at, x.n * sizeof *x.at) == 0;
}

/* A value for the sentence, cut where it is long; "absent" where it is not there. */
static void field_show(const struct record *record, enum record_field field, char (*ret)[100])
{
    CLEANUP(buf) struct buf value = BUF_MAX(RECORD_JSON_MAX);
    if (record_has(record, field))
        record_field_put(record, field, &value);
    else
        buf_cstr(&value, "absent");
    snprintf(*ret, sizeof *ret, "%.*s%s", (int)(value.len > 90 ? 90 : value.len), value.data,
             value.len > 90 ? "..." : "");
}

static bool record_compare(struct recount *recount, const struct record *log,
                           const struct record *rules)
{
    if (log->kind != rules->kind)
        return differs(recount, log, "the rules give a record %s here",
                       record_kind_specs[rules->kind].name);
    for (int i = 0; i < RECORD_FIELDS; i++) {
        enum record_field field = (enum record_field)i;
        char found[100], expected[100];
        if (field_same(log, rules, field))
            continue;
        field_show(log, field, &found);
        field_show(rules, field, &expected);
        return differs(recount, log, "%s is %s, but the rules give %s",
                       record_field_specs[field].name, found, expected);
    }
    return true;
}

/* The next of what the model has written, against the log. */
static bool pending_compare(struct recount *recount, const struct record *log)
{
    const struct record *rules = &recount->verdict->records[recount->pending++];
    if (recount->pending == recount->verdict->records_n)
        recount->pending = recount->verdict->records_n = 0;
    return record_compare(recount, log, rules);
}

/* ---- one record ---- */

static bool place_holds(struct recount *recount, const struct record *record)
{
    enum record_field field;
    const char *why = record_wrong(record, &field);
    if (why)
        return differs(recount, record, "%s %s", record_field_specs[field].name, why);
    if (record->seq != model_seq(recount->model) - (recount->verdict->records_n - recount->pending))
        return differs(recount, record, "seq %llu should stand here",
                       (unsigned long long)recount->records);
    if (record->at < model_at(recount->model))
        return differs(recount, record, "at runs backwards, from %llu to %llu",
                       (unsigned long long)model_at(recount->model),
                       (unsigned long long)record->at);
    if (record_has(record, FIELD_SEALED))
        return differs(recount, record, "is sealed and cannot be recounted without its key");
    return true;
}

/* Settles deadlines one by one until one gives a record, or none is left. */
static bool settle_one(struct recount *recount, uint64_t at)
{
    while (!model_settle(recount->model, at, 1, recount->verdict))
        if (recount->verdict->refusal != REFUSAL_DEADLINES_DUE || recount->verdict->records_n)
            break;
    return recount->verdict->records_n > 0;
}

static bool settling_next(struct recount *recount, const struct record *record)
{
    if (!settle_one(recount, record->at))
        return differs(recount, record, "no deadline was due");
    return pending_compare(recount, record);
}

static bool act_next(struct recount *recount, const struct record *record)
{
    struct verdict *verdict = recount->verdict;
    if (record->kind == RECORD_COMMUNITY_CREATED) {
        model_act(recount->model, record, verdict);
    } else {
        if (settle_one(recount, record->at)) {
            const struct record *due = &verdict->records[0];
            verdict->records_n = 0;
            return differs(recount, record, "a record %s was due before it, at %llu",
                           record_kind_specs[due->kind].name, (unsigned long long)due->due);
        }
        if (!verdict->refusal)
            model_judge(recount->model, record, verdict);
    }
    if (verdict->raised)
        return differs(recount, record, "cannot be: %s", verdict->raised);
    if (verdict->refusal)
        return differs(recount, record, "the rules refuse it: %s", refusal_code(verdict->refusal));
    if (verdict->records_n == 0)
        return differs(recount, record, "changes nothing, so it should not be there");
    recount->pending = 0;
    return pending_compare(recount, record);
}

bool recount_next(struct recount *recount, const struct record *record)
{
    if (recount->why[0] || !place_holds(recount, record))
        return false;
    bool same;
    if (recount->verdict->records_n > recount->pending)
        same = pending_compare(recount, record);
    else if (record_has(record, FIELD_DUE))
        same = settling_next(recount, record);
    else if (record_has(record, FIELD_CAUSE) && record->kind == RECORD_COMMISSION_ACTIVATED)
        same = differs(recount, record, "no pledge has just completed the rule");
    else
        same = act_next(recount, record);
    if (same && !model_conserves(recount->model))
        same = differs(recount, record, "the accounts do not add up behind it");
    recount->records++;
    return same;
}

bool recount_end(struct recount *recount)
{
    if (recount->why[0])
        return false;
    if (recount->verdict->records_n == recount->pending)
        return true;
    const struct record *owed = &recount->verdict->records[recount->pending];
    snprintf(recount->why, sizeof recount->why,
             "the log ends after record %llu, but the rules give one more, %s",
             (unsigned long long)(recount->records - 1), record_kind_specs[owed->kind].name);
    return false;
}
