/* record.c -- the fields of the audit log, and what a well-formed field is; the kinds that there
 * are and which fields each has stand in record_kinds.c.
 *
 * Everything that reads, writes, compares or mutates records goes by these two tables. A new kind
 * is a row here, a schema in schemas/records/, and an act in model_*.c. What a record means is not
 * here. */
#include "groundswell/rules/record.h"

#include <string.h>

#include "groundswell/base/ids.h"
#include "groundswell/base/money.h"
#include "groundswell/base/secret.h"
#include "groundswell/rules/delivery.h"
#include "inside.h"

#define AT(member) offsetof(struct record, member)
#define NUMBER(field, member, lo, hi) [field] = {#member, FORM_NUMBER, (lo), (hi), AT(member)}
#define TEXTUAL(field, member, form) [field] = {#member, (form), 0, 0, AT(member)}
#define PAIRS(field, member) [field] = {#member, FORM_PAIRS, 1, MONEY_MAX, AT(member)}
#define STAMP_MAX MONEY_MAX
#define AREA_MAX (RECORD_AREAS_MAX - 1)

const struct record_field_spec record_field_specs[RECORD_FIELDS] = {
    NUMBER(FIELD_V, v, RECORD_VERSION, RECORD_VERSION),
    NUMBER(FIELD_SEQ, seq, 0, MONEY_MAX),
    NUMBER(FIELD_AT, at, 0, STAMP_MAX),
    [FIELD_KIND] = {"kind", FORM_KIND, 0, 0, 0},
    NUMBER(FIELD_DUE, due, 1, STAMP_MAX),
    TEXTUAL(FIELD_CURRENCY, currency, FORM_CURRENCY),
    TEXTUAL(FIELD_AREAS, areas, FORM_WORDS),
    NUMBER(FIELD_AREA_RESIDENTS_MIN, area_residents_min, 0, MONEY_MAX),
    NUMBER(FIELD_MEMBERS_MIN, members_min, 0, RECORD_MEMBERS_MAX),
    TEXTUAL(FIELD_TEXT_HASH, text, FORM_HEX),
    NUMBER(FIELD_FUND, fund, 1, ID_NUMBER_MAX),
    NUMBER(FIELD_AMOUNT, amount, 1, MONEY_MAX),
    TEXTUAL(FIELD_THEME, theme, FORM_WORD),
    PAIRS(FIELD_REGISTERED, registered),
    NUMBER(FIELD_ROUND, round, 1, ID_NUMBER_MAX),
    PAIRS(FIELD_GRANTS, grants),
    NUMBER(FIELD_AREA, area, 0, AREA_MAX),
    TEXTUAL(FIELD_WALLET, wallet, FORM_WALLET),
    NUMBER(FIELD_WALLET_AREA, wallet_area, 0, AREA_MAX),
    PAIRS(FIELD_WITHDRAWN, withdrawn),
    NUMBER(FIELD_ALLOTMENT, allotment, 1, ALLOTMENT_MAX),
    NUMBER(FIELD_TOKEN, token, 1, ALLOTMENT_MAX),
    NUMBER(FIELD_CLOSES, closes, 1, STAMP_MAX),
    NUMBER(FIELD_RESIDENTS, residents, 1, MONEY_MAX),
    TEXTUAL(FIELD_ROLL, roll, FORM_WORD),
    NUMBER(FIELD_FREE, free, 0, MONEY_MAX),
    NUMBER(FIELD_HELD, held, 0, MONEY_MAX),
    NUMBER(FIELD_GRANTED, granted, 0, MONEY_MAX),
    NUMBER(FIELD_SPENT, spent, 0, MONEY_MAX),
    NUMBER(FIELD_PRICES, prices, 0, MONEY_MAX),
    NUMBER(FIELD_ROUNDING, rounding, 0, MONEY_MAX),
    NUMBER(FIELD_TENDER, tender, 1, ID_NUMBER_MAX),
    TEXTUAL(FIELD_BODY, body, FORM_WORD),
    NUMBER(FIELD_CEILING, ceiling, 1, MONEY_MAX),
    NUMBER(FIELD_PEOPLE_MIN, people_min, 1, MONEY_MAX),
    NUMBER(FIELD_AREAS_MIN, areas_min, 0, RECORD_AREAS_MAX),
    NUMBER(FIELD_AREA_PEOPLE_MIN, area_people_min, 0, MONEY_MAX),
    NUMBER(FIELD_AWARDS_MAX, awards_max, 1, 128),
    NUMBER(FIELD_LATE, late, 0, 1),
    NUMBER(FIELD_WINDOW, window, 0, MONEY_MAX),
    TEXTUAL(FIELD_TALLY, tally, FORM_WORD),
    NUMBER(FIELD_DAYS, days, 0, MONEY_MAX),
    NUMBER(FIELD_CONTRIBUTORS, contributors, 0, MONEY_MAX),
    NUMBER(FIELD_NEED, need, 1, ID_NUMBER_MAX),
    TEXTUAL(FIELD_RULE_HASH, rule_hash, FORM_HEX),
    NUMBER(FIELD_PROPOSALS, proposals, 0, 128),
    NUMBER(FIELD_UNTIL, until, 1, STAMP_MAX),
    NUMBER(FIELD_PAUSED, paused, 0, STAMP_MAX),
    NUMBER(FIELD_PROPOSAL, proposal, 1, ID_NUMBER_MAX),
    NUMBER(FIELD_PRICE, price, 1, MONEY_MAX),
    NUMBER(FIELD_WAS, was, 1, ALLOTMENT_MAX),
    NUMBER(FIELD_RHO, rho, 1, ALLOTMENT_MAX),
    NUMBER(FIELD_PEOPLE, people, 1, MONEY_MAX),
    NUMBER(FIELD_PLEDGED, pledged, 1, MONEY_MAX),
    NUMBER(FIELD_RELEASED, released, 0, MONEY_MAX),
    PAIRS(FIELD_DRAWS, draws),
    NUMBER(FIELD_CAUSE, cause, 0, MONEY_MAX),
    TEXTUAL(FIELD_ASSISTED, assisted, FORM_WORD),
    PAIRS(FIELD_FALLBACK, fallback),
    PAIRS(FIELD_ISSUED, issued),
    NUMBER(FIELD_PEOPLE_PERMILLE, people_permille, 0, 1000),
    NUMBER(FIELD_NEEDS_LINE, needs_line, 0, MONEY_MAX),
    NUMBER(FIELD_VERSION, version, 1, MONEY_MAX),
    NUMBER(FIELD_MEMBER, member, 1, ID_NUMBER_MAX),
    TEXTUAL(FIELD_CATEGORY, category, FORM_WORD),
    NUMBER(FIELD_VOTES, votes, 1, RECORD_VOTES_MAX),
    NUMBER(FIELD_TERM, term, 1, STAMP_MAX),
    NUMBER(FIELD_SEATS, seats, 0, RECORD_MEMBERS_MAX),
    NUMBER(FIELD_SEAT_VOTES, seat_votes, 0, MONEY_MAX),
    NUMBER(FIELD_LAY_SEATS, lay_seats, 0, RECORD_MEMBERS_MAX),
    NUMBER(FIELD_LAY_VOTES, lay_votes, 0, MONEY_MAX),
    NUMBER(FIELD_LAWFUL, lawful, 0, 1),
    NUMBER(FIELD_MEMBERS, members, 0, RECORD_MEMBERS_MAX),
    NUMBER(FIELD_APPROVALS, approvals, 0, RECORD_MEMBERS_MAX),
    NUMBER(FIELD_SECONDS, seconds, 1, MONEY_MAX),
    NUMBER(FIELD_TALK, talk, 1, ID_NUMBER_MAX),
    TEXTUAL(FIELD_SORT, sort, FORM_WORD),
    NUMBER(FIELD_AGREE, agree, 0, MONEY_MAX),
    NUMBER(FIELD_DISAGREE, disagree, 0, MONEY_MAX),
    NUMBER(FIELD_PASS, pass, 0, MONEY_MAX),
    TEXTUAL(FIELD_REASON, reason, FORM_WORD),
    NUMBER(FIELD_STANDS, stands, 0, 1),
    NUMBER(FIELD_TALKS, talks, 1, RECORD_TALKS_MAX),
    NUMBER(FIELD_COMMISSION, commission, 1, ID_NUMBER_MAX),
    PAIRS(FIELD_MILESTONES, milestones),
    NUMBER(FIELD_STARTS, starts, 1, STAMP_MAX),
    NUMBER(FIELD_ENDS, ends, 1, STAMP_MAX),
    NUMBER(FIELD_VALUE, value, 1, MONEY_MAX),
    TEXTUAL(FIELD_DOCUMENT, document, FORM_HEX),
    NUMBER(FIELD_MILESTONE, milestone, 1, MILESTONES_MAX),
    NUMBER(FIELD_EVIDENCE, evidence, 1, EVIDENCE_MAX),
    NUMBER(FIELD_CONFIRMED, confirmed, 0, MONEY_MAX),
    NUMBER(FIELD_DISPUTED, disputed, 0, MONEY_MAX),
    NUMBER(FIELD_PAYMENT, payment, 1, PAYMENTS_MAX),
    PAIRS(FIELD_FUNDS, funds),
    NUMBER(FIELD_VARIATION, variation, 1, VARIATIONS_MAX),
    NUMBER(FIELD_MOVED, moved, 0, MONEY_MAX),
    NUMBER(FIELD_OUTCOME, outcome, 1, OUTCOMES_MAX),
    NUMBER(FIELD_FIGURE, figure, 0, MONEY_MAX),
    PAIRS(FIELD_AGENCIES, agencies),
    NUMBER(FIELD_RETURNED, returned, 0, MONEY_MAX),
    NUMBER(FIELD_PAID, paid, 0, MONEY_MAX),
    TEXTUAL(FIELD_SEALED, sealed, FORM_SEALED),
    TEXTUAL(FIELD_TALLY_KEY_HASH, tally_key_hash, FORM_HEX),
    TEXTUAL(FIELD_KEY, key, FORM_HEX),
    NUMBER(FIELD_ELIGIBLE, eligible, 0, 1),
    NUMBER(FIELD_OTHER, other, 1, ID_NUMBER_MAX),
};

#define BIT(field) RECORD_BIT(field)

bool record_kind_of(struct text name, enum record_kind *ret)
{
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        if (text_is(name, record_kind_specs[kind].name)) {
            *ret = (enum record_kind)kind;
            return true;
        }
    return false;
}

enum record_field record_field_at(enum record_kind kind, size_t i)
{
    static const enum record_field head[] = {FIELD_V, FIELD_SEQ, FIELD_AT, FIELD_KIND};
    const struct record_kind_spec *spec = &record_kind_specs[kind];
    if (i < 4)
        return head[i];
    i -= 4;
    if (spec->due && i-- == 0)
        return FIELD_DUE;
    for (size_t k = 0; k <= i; k++)
        if (spec->fields[k] == RECORD_FIELDS)
            return RECORD_FIELDS;
    return spec->fields[i];
}

/* ---- members by field ---- */

static bool form_is_text(enum field_form form)
{
    return form != FORM_NUMBER && form != FORM_KIND && form != FORM_PAIRS;
}

static void has_put(struct record *record, enum record_field field, bool has)
{
    record->has = has ? record->has | BIT(field) : record->has & ~BIT(field);
}

void record_set(struct record *record, enum record_field field, uint64_t number)
{
    INVARIANT(record_field_specs[field].form == FORM_NUMBER);
    memcpy((char *)record + record_field_specs[field].offset, &number, sizeof number);
    has_put(record, field, true);
}

void record_set_text(struct record *record, enum record_field field, struct text value)
{
    INVARIANT(form_is_text(record_field_specs[field].form));
    memcpy((char *)record + record_field_specs[field].offset, &value, sizeof value);
    has_put(record, field, value.n > 0);
}

void record_set_pairs(struct record *record, enum record_field field, struct record_pairs pairs)
{
    INVARIANT(record_field_specs[field].form == FORM_PAIRS);
    memcpy((char *)record + record_field_specs[field].offset, &pairs, sizeof pairs);
    has_put(record, field, pairs.n > 0);
}

uint64_t record_number(const struct record *record, enum record_field field)
{
    uint64_t number;
    INVARIANT(record_field_specs[field].form == FORM_NUMBER);
    memcpy(&number, (const char *)record + record_field_specs[field].offset, sizeof number);
    return number;
}

struct text record_text(const struct record *record, enum record_field field)
{
    struct text value;
    INVARIANT(form_is_text(record_field_specs[field].form));
    memcpy(&value, (const char *)record + record_field_specs[field].offset, sizeof value);
    return value;
}

struct record_pairs record_pairs(const struct record *record, enum record_field field)
{
    struct record_pairs pairs;
    INVARIANT(record_field_specs[field].form == FORM_PAIRS);
    memcpy(&pairs, (const char *)record + record_field_specs[field].offset, sizeof pairs);
    return pairs;
}

/* ---- what is well formed ---- */

static bool all_of(struct text value, const char *extra, bool upper, bool lower_to_z)
{
    for (size_t i = 0; i < value.n; i++) {
        char c = value.at[i];
        bool letter = c >= 'a' && c <= (lower_to_z ? 'z' : 'f');
        letter = letter || (upper && c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && !(c && strchr(extra, c)))
            return false;
    }
    return true;
}

static bool currency_is_valid(struct text value)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.at[i] < 'A' || value.at[i] > 'Z')
            return false;
    return value.n == 3;
}

static bool words_are_valid(struct text words)
{
    struct text seen[RECORD_AREAS_MAX], rest = words;
    for (size_t n = 0; rest.at; n++) {
        struct text word = text_cut(&rest, ',');
        if (n == RECORD_AREAS_MAX || !word_is_valid(word))
            return false;
        for (size_t i = 0; i < n; i++)
            if (text_equal(seen[i], word))
                return false;
        seen[n] = word;
    }
    return words.n > 0;
}

static bool sealed_is_valid(struct text value)
{
    return value.n == RECORD_SEALED_BYTES / 3 * 4 && all_of(value, "+/", true, true);
}

static const char *text_wrong(enum field_form form, struct text value)
{
    uint8_t id[16];
    if (form == FORM_CURRENCY)
        return currency_is_valid(value) ? NULL : "is not three capital letters";
    if (form == FORM_WORD)
        return word_is_valid(value) ? NULL : "is not a word";
    if (form == FORM_WORDS)
        return words_are_valid(value) ? NULL : "is not a list of 1 to 64 distinct words";
    if (form == FORM_HEX)
        return value.n == 64 && all_of(value, "", false, false)
                   ? NULL
                   : "is not 64 lower-case hex digits";
    if (form == FORM_WALLET)
        return value.n == 22 && decode_base64url(value, id, sizeof id) == sizeof id
                   ? NULL
                   : "is not 22 characters of base64url";
    return sealed_is_valid(value) ? NULL : "is not 255 bytes in base64";
}

static const char *pairs_wrong(const struct record_field_spec *spec, struct record_pairs pairs)
{
    if (pairs.n == 0 || pairs.n > RECORD_PAIRS_MAX)
        return "is not a list of 1 to 64 pairs";
    for (size_t i = 0; i < pairs.n; i++)
        if (pairs.at[i][0] > ID_NUMBER_MAX || pairs.at[i][1] < spec->least ||
            pairs.at[i][1] > spec->most)
            return "has a number out of its bounds";
    return NULL;
}

const char *record_field_wrong(const struct record *record, enum record_field field)
{
    const struct record_field_spec *spec = &record_field_specs[field];
    if (spec->form == FORM_KIND)
        return NULL;
    if (spec->form == FORM_PAIRS)
        return pairs_wrong(spec, record_pairs(record, field));
    if (form_is_text(spec->form))
        return text_wrong(spec->form, record_text(record, field));
    uint64_t number = record_number(record, field);
    return number < spec->least || number > spec->most ? "is out of its bounds" : NULL;
}

const char *record_wrong(const struct record *record, enum record_field *ret_field)
{
    const struct record_kind_spec *spec = &record_kind_specs[record->kind];
    record_bits seen = 0;
    enum record_field field;
    for (size_t i = 0; (field = record_field_at(record->kind, i)) != RECORD_FIELDS; i++) {
        *ret_field = field;
        seen |= BIT(field);
        if (!record_has(record, field)) {
            if (!(spec->optional >> field & 1))
                return "is missing";
            continue;
        }
        const char *why = record_field_wrong(record, field);
        if (why)
            return why;
    }
    for (int other = 0; other < RECORD_FIELDS; other++)
        if ((record->has & ~seen) >> other & 1) {
            *ret_field = (enum record_field)other;
            return "does not belong to this kind";
        }
    return NULL;
}
