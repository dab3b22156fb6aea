/* record_text.c -- records as bytes: out of the stream's fields, out of canonical JSON, and back.
 *
 * Reading JSON is made strict in one stroke: it is cut into names and values loosely, judged like
 * the fields of a stream, then written again and compared byte by byte. What differs in as much as
 * a blank is not canonical. */
#include <string.h>

#include "groundswell/rules/record.h"

static enum fault wrong(struct record_problem *ret_problem, const char *field, const char *why)
{
    if (ret_problem)
        *ret_problem = (struct record_problem){field, why};
    return FAULT_FORMAT;
}

/* ---- writing ---- */

static void pairs_put(struct record_pairs pairs, const char *between, struct buf *out)
{
    /* between: what opens a pair, parts its numbers, closes it, parts the pairs */
    for (size_t i = 0; i < pairs.n; i++) {
        if (i)
            buf_char(out, ',');
        if (between[0] != ' ')
            buf_char(out, between[0]);
        buf_u64(out, pairs.at[i][0]);
        buf_char(out, between[1]);
        buf_u64(out, pairs.at[i][1]);
        if (between[2] != ' ')
            buf_char(out, between[2]);
    }
}

void record_field_put(const struct record *record, enum record_field field, struct buf *out)
{
    enum field_form form = record_field_specs[field].form;
    INVARIANT(record_has(record, field));
    if (form == FORM_KIND)
        buf_cstr(out, record_kind_specs[record->kind].name);
    else if (form == FORM_NUMBER)
        buf_u64(out, record_number(record, field));
    else if (form == FORM_PAIRS)
        pairs_put(record_pairs(record, field), " : ", out);
    else
        buf_text(out, record_text(record, field));
}

static void words_json(struct text rest, struct buf *out)
{
    const char *before = "[\"";
    while (rest.at) {
        buf_cstr(out, before);
        buf_text(out, text_cut(&rest, ','));
        buf_char(out, '"');
        before = ",\"";
    }
    buf_char(out, ']');
}

static void field_json(const struct record *record, enum record_field field, struct buf *out)
{
    enum field_form form = record_field_specs[field].form;
    if (form == FORM_NUMBER) {
        buf_u64(out, record_number(record, field));
    } else if (form == FORM_PAIRS) {
        buf_char(out, '[');
        pairs_put(record_pairs(record, field), "[,]", out);
        buf_char(out, ']');
    } else if (form == FORM_WORDS) {
        words_json(record_text(record, field), out);
    } else {
        buf_char(out, '"');
        record_field_put(record, field, out);
        buf_char(out, '"');
    }
}

void record_json(const struct record *record, struct buf *out)
{
    enum record_field field;
    INVARIANT(record_wrong(record, &field) == NULL); /* so nothing needs escaping either */
    char before = '{';
    for (size_t i = 0; (field = record_field_at(record->kind, i)) != RECORD_FIELDS; i++) {
        if (!record_has(record, field))
            continue;
        buf_char(out, before);
        buf_char(out, '"');
        buf_cstr(out, record_field_specs[field].name);
        buf_cstr(out, "\":");
        field_json(record, field, out);
        before = ',';
    }
    buf_char(out, '}');
}

/* ---- reading the stream's fields ---- */

static const char *pairs_read(struct text list, struct arena *arena, struct record_pairs *ret)
{
    size_t n = 1;
    for (size_t i = 0; i < list.n; i++)
        n += list.at[i] == ',';
    if (n > RECORD_PAIRS_MAX)
        return "has more than 64 pairs";
    uint64_t(*pairs)[2] = arena_alloc(arena, n * sizeof *pairs);
    if (!pairs)
        return "";
    for (size_t i = 0; i < n; i++) {
        struct text second = text_cut(&list, ',');
        struct text first = text_cut(&second, ':');
        if (!text_to_u64(first, UINT64_MAX, &pairs[i][0]) ||
            !text_to_u64(second, UINT64_MAX, &pairs[i][1]))
            return "is not a list of pairs of numbers";
    }
    ret->at = (const uint64_t(*)[2])pairs;
    ret->n = n;
    return NULL;
}

static enum fault field_read(struct record *record, enum record_field field, struct text value,
                             struct arena *arena, struct record_problem *ret_problem)
{
    const struct record_field_spec *spec = &record_field_specs[field];
    struct record_pairs pairs;
    uint64_t number;
    if (spec->form == FORM_KIND) {
        record->has |= RECORD_BIT(FIELD_KIND);
    } else if (spec->form == FORM_NUMBER) {
        if (!text_to_u64(value, UINT64_MAX, &number))
            return wrong(ret_problem, spec->name, "is not a number in plain digits");
        record_set(record, field, number);
    } else if (spec->form == FORM_PAIRS) {
        const char *why = pairs_read(value, arena, &pairs);
        if (why)
            return *why ? wrong(ret_problem, spec->name, why) : FAULT_MEMORY;
        record_set_pairs(record, field, pairs);
    } else {
        if (value.n == 0)
            return wrong(ret_problem, spec->name, "is empty");
        record_set_text(record, field, value);
    }
    return FAULT_NONE;
}

enum fault record_from_fields(struct record *ret, const struct text *flat, size_t n,
                              struct arena *arena, struct record_problem *ret_problem)
{
    size_t taken = 0;
    enum record_field field;
    *ret = (struct record){0};
    if (n < 8 || n % 2 || !text_is(flat[6], "kind") || !record_kind_of(flat[7], &ret->kind))
        return wrong(ret_problem, "kind", "is not that of a record");
    for (size_t i = 0; (field = record_field_at(ret->kind, i)) != RECORD_FIELDS; i++) {
        if (taken == n || !text_is(flat[taken], record_field_specs[field].name))
            continue; /* lacking or out of order: judged below */
        enum fault no = field_read(ret, field, flat[taken + 1], arena, ret_problem);
        if (no)
            return no;
        taken += 2;
    }
    const char *why = record_wrong(ret, &field);
    if (why)
        return wrong(ret_problem, record_field_specs[field].name, why);
    if (taken < n)
        return wrong(ret_problem, "kind", "is followed by a field that is unknown or out of place");
    return FAULT_NONE;
}

/* ---- reading JSON ---- */

#define FLAT_MAX 64

struct scan {
    struct text rest;
    struct arena *arena;
    struct text flat[FLAT_MAX];
    size_t n;
};

static bool scan_char(struct scan *scan, char c)
{
    if (scan->rest.n == 0 || *scan->rest.at != c)
        return false;
    scan->rest.at++;
    scan->rest.n--;
    return true;
}

/* A loop over one to three characters: strchr() was an eighth of the time of a recount. */
static bool is_one_of(char c, const char *set)
{
    for (; *set; set++)
        if (c == *set)
            return true;
    return false;
}

static struct text scan_until(struct scan *scan, const char *ends)
{
    struct text run = {scan->rest.at, 0};
    while (run.n < scan->rest.n && !is_one_of(run.at[run.n], ends))
        run.n++;
    scan->rest.at += run.n;
    scan->rest.n -= run.n;
    return run;
}

/* [[1,2],[3,4]] becomes 1:2,3:4, and ["a","b"] a,b; whatever else was meant fails later. */
static bool scan_list(struct scan *scan, struct text *ret)
{
    char *made = arena_alloc(scan->arena, scan->rest.n);
    size_t n = 0;
    int depth = 1;
    if (!made)
        return false;
    while (depth > 0 && scan->rest.n > 0) {
        char c = *scan->rest.at;
        scan_char(scan, c);
        depth += (c == '[') - (c == ']');
        if (c == ',')
            made[n++] = depth == 2 ? ':' : ',';
        else if (c != '[' && c != ']' && c != '"')
            made[n++] = c;
    }
    *ret = (struct text){made, n};
    return depth == 0;
}

static bool scan_member(struct scan *scan)
{
    if (scan->n + 2 > FLAT_MAX || !scan_char(scan, '"'))
        return false;
    scan->flat[scan->n] = scan_until(scan, "\"");
    if (!scan_char(scan, '"') || !scan_char(scan, ':'))
        return false;
    struct text *value = &scan->flat[scan->n + 1];
    scan->n += 2;
    if (scan_char(scan, '['))
        return scan_list(scan, value);
    if (scan_char(scan, '"')) {
        *value = scan_until(scan, "\"");
        return scan_char(scan, '"');
    }
    *value = scan_until(scan, ",}");
    return true;
}

enum fault record_from_json(struct record *ret, struct text json, struct arena *arena,
                            struct record_problem *ret_problem)
{
    struct scan scan = {.rest = json, .arena = arena};
    if (json.n > RECORD_JSON_MAX)
        return wrong(ret_problem, "", "is longer than a record can be");
    if (!scan_char(&scan, '{'))
        return wrong(ret_problem, "", "is not an object");
    do {
        if (!scan_member(&scan))
            return wrong(ret_problem, "", "is not made of members in canonical form");
    } while (scan_char(&scan, ','));
    enum fault no = record_from_fields(ret, scan.flat, scan.n, arena, ret_problem);
    if (no)
        return no;
    CLEANUP(buf) struct buf again = BUF_MAX(RECORD_JSON_MAX);
    record_json(ret, &again);
    no = buf_fault(&again);
    if (no)
        return no;
    if (!text_equal(buf_view(&again), json))
        return wrong(ret_problem, "", "is not in canonical form");
    return FAULT_NONE;
}
