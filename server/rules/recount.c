/* recount.c -- does the log say what the rules give?
 *
 * A record is the model's input as it stands, because the model reads only the input fields of an
 * act; then its answer is compared with all of them. The pending list is what one call of the
 * ledger wrote in one stroke: behind a pledge that completes the rule stands its activation, and
 * nothing may come between. */
#include "groundswell/rules/recount.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "groundswell/base/refusal.h"
#include "groundswell/base/secret.h"
#include "groundswell/rules/tally.h"

#define OPENED_MAX (64 * KIB)

void recount_init(struct recount *recount)
{
    *recount = (struct recount){.model = model_new(), .verdict = calloc(1, sizeof(struct verdict))};
    INVARIANT(recount->verdict != NULL);
    arena_init(&recount->arena, OPENED_MAX);
}

void recount_release(struct recount *recount)
{
    model_free(recount->model);
    free(recount->verdict);
    free(recount->keys);
    arena_release(&recount->arena);
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

/* ---- keys ---- */

static const struct recount_key *key_at(const struct recount *recount, uint64_t tender)
{
    for (size_t i = 0; i < recount->keys_n; i++)
        if (recount->keys[i].tender == tender)
            return &recount->keys[i];
    return NULL;
}

bool recount_has_key(const struct recount *recount, uint64_t tender)
{
    return key_at(recount, tender) != NULL;
}

void recount_key(struct recount *recount, uint64_t tender, const uint8_t key[static TALLY_KEY_SIZE])
{
    CLEANUP(buf) struct buf hex = BUF_MAX(2 * TALLY_KEY_SIZE + 1);
    if (recount_has_key(recount, tender))
        return;
    if (recount->keys_n == recount->keys_max) {
        recount->keys_max = recount->keys_max ? 2 * recount->keys_max : 16;
        recount->keys = realloc(recount->keys, recount->keys_max * sizeof *recount->keys);
        INVARIANT(recount->keys != NULL);
    }
    encode_hex(&hex, key, TALLY_KEY_SIZE);
    struct recount_key *new = &recount->keys[recount->keys_n++];
    INVARIANT(hex.len == sizeof new->hex);
    new->tender = tender;
    memcpy(new->hex, hex.data, sizeof new->hex);
}

static bool record_try(struct recount *recount, const struct record *record,
                       const uint8_t key[static TALLY_KEY_SIZE], struct record *ret)
{
    uint8_t record_key[TALLY_KEY_SIZE];
    arena_reset(&recount->arena);
    tally_record_key(key, record->seq, record->at, record_key);
    enum fault no = tally_open(record, record_key, &recount->arena, ret);
    INVARIANT(no != FAULT_MEMORY);
    return no == FAULT_NONE;
}

const struct record *recount_inside(struct recount *recount, const struct record *sealed)
{
    uint8_t key[TALLY_KEY_SIZE];
    for (size_t i = 0; i < recount->keys_n; i++) {
        const struct text hex = {recount->keys[i].hex, sizeof recount->keys[i].hex};
        INVARIANT(decode_hex(hex, key, sizeof key) == sizeof key);
        if (record_try(recount, sealed, key, &recount->opened))
            return &recount->opened;
    }
    return NULL;
}

/* Opens a sealed record by the keys of the tenders that are hidden where it stands. Without a key
 * of each it may be another's, and stays as it is. */
static bool record_open(struct recount *recount, const struct record *record)
{
    uint64_t hidden[TALLIES_HIDDEN_MAX];
    uint8_t key[TALLY_KEY_SIZE];
    bool all = true;
    recount->opened_of = 0;
    recount->opened = *record;
    if (record->kind != RECORD_SEALED)
        return true;
    size_t n = model_hidden(recount->model, hidden);
    for (size_t i = 0; i < n; i++) {
        if (!model_tally_key(recount->model, hidden[i], key)) {
            all = false;
            continue;
        }
        struct record inside;
        if (!record_try(recount, record, key, &inside))
            continue;
        recount->opened = inside;
        recount->opened_of = hidden[i];
        return true;
    }
    return !all || differs(recount, record, "no key of a hidden tally opens it");
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
    const uint64_t sealed_of = recount->verdict->sealed_of[recount->pending];
    const struct record *rules = &recount->verdict->records[recount->pending++];
    if (recount->pending == recount->verdict->records_n)
        recount->pending = recount->verdict->records_n = 0;
    if (!record_compare(recount, log, rules))
        return false;
    if (sealed_of == recount->opened_of)
        return true;
    return differs(recount, log, "%s", sealed_of
                                           ? "stands open, but the tally of its tender is hidden"
                                           : "is sealed, but its tender's tally is not hidden");
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
    return record_open(recount, record);
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

/* The record as the act that has led to it, with the key that its actor had. */
static struct record input_of(const struct recount *recount, const struct record *record)
{
    struct record input = *record;
    const struct recount_key *key =
        record->kind == RECORD_TENDER_OPENED ? key_at(recount, record->tender) : NULL;
    if (key && record_has(record, FIELD_TALLY_KEY_HASH))
        record_set_text(&input, FIELD_KEY, (struct text){key->hex, sizeof key->hex});
    return input;
}

static bool act_next(struct recount *recount, const struct record *record)
{
    struct verdict *verdict = recount->verdict;
    const struct record input = input_of(recount, record);
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
            model_judge(recount->model, &input, verdict);
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

bool recount_next(struct recount *recount, const struct record *in)
{
    if (recount->why[0] || !place_holds(recount, in))
        return false;
    const struct record *record = &recount->opened;
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
