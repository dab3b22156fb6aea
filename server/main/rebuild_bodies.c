/* rebuild_bodies.c -- what the log says of commissioning bodies, as steps to be written: each fills
 * a field of a hash or lengthens a list, and a later step on the same field wins.
 *
 * Who holds a seat is not in the log: that comes back by a backup, or the seat is taken anew. */
#include <stdarg.h>

#include "rebuild_notes.h"

static enum fault step_add(struct rebuild_notes *notes, const struct restore_step *like)
{
    if (notes->steps_n == notes->steps_max) {
        const size_t more = notes->steps_max ? 2 * notes->steps_max : 64;
        void *grown = realloc(notes->steps, more * sizeof *notes->steps);
        if (!grown) return FAULT_MEMORY;
        notes->steps = grown;
        notes->steps_max = more;
    }
    notes->steps[notes->steps_n++] = *like;
    return like->value.at && like->field.at ? FAULT_NONE : FAULT_MEMORY;
}

/* HSET name[:number] field value; without a field RPUSH name:number value. */
static enum fault step(struct rebuild_notes *notes, const char *name, uint64_t number,
                       const char *field, const char *format, ...)
{
    va_list args;
    char value[128];
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    return step_add(notes, &(struct restore_step){
                               .name = name,
                               .number = number,
                               .field = arena_text(&notes->kept, text_of(field ? field : "")),
                               .value = arena_text(&notes->kept, text_of(value))});
}

typedef unsigned long long ull;

static uint64_t number_of(const struct rebuild_notes *notes, struct text word)
{
    struct model_body body;
    for (uint64_t i = 1; model_body(notes->model, i, &body); i++)
        if (text_equal(body.word, word)) return i;
    return 0;
}

/* The figures of the record, and the mark that the model has given. */
static enum fault figures(struct rebuild_notes *notes, const struct record *record,
                          uint64_t number)
{
    struct model_body body;
    INVARIANT(model_body(notes->model, number, &body));
    enum fault no = step(notes, "bo", number, "seats", "%llu", (ull)record->seats);
    if (!no) no = step(notes, "bo", number, "seat_votes", "%llu", (ull)record->seat_votes);
    if (!no) no = step(notes, "bo", number, "lay_seats", "%llu", (ull)record->lay_seats);
    if (!no) no = step(notes, "bo", number, "lay_votes", "%llu", (ull)record->lay_votes);
    return no ? no : step(notes, "bo", number, "mark", "%c", body.mark);
}

static enum fault constitution(struct rebuild_notes *notes, const struct record *record)
{
    const uint64_t number = number_of(notes, record->body);
    bool formed = record->kind == RECORD_BODY_FORMED;
    char field[32], word[40];
    (void)snprintf(field, sizeof field, "v%llu", (ull)record->version);
    (void)snprintf(word, sizeof word, "%.*s", TEXT_ARGS(record->body));
    enum fault no = step(notes, "bo", number, "version", "%llu", (ull)record->version);
    if (!no)
        no = step(notes, "bo", number, field, "%llu %llu", (ull)record->seq, (ull)record->at);
    if (no || !formed) return no;
    no = step(notes, "body_of", 0, word, "%llu", (ull)number);
    if (!no) no = step(notes, "bo", number, "body", "%s", word);
    return no ? no : figures(notes, record, number);
}

static enum fault seat(struct rebuild_notes *notes, const struct record *record)
{
    struct note_member *member = rebuild_member(notes, record->member);
    const uint64_t number = number_of(notes, record->body);
    const bool seated = record->kind == RECORD_MEMBER_SEATED;
    char field[24];
    struct model_member is;
    if (!member) return FAULT_MEMORY;
    INVARIANT(model_member(notes->model, record->member, &is));
    if (seated) member->seq = record->seq;
    (void)snprintf(field, sizeof field, "%llu", (ull)record->member);
    enum fault no = step(notes, "mo", 0, field, "%llu %.*s %llu %llu %llu %c", (ull)number,
                         TEXT_ARGS(is.category), (ull)is.votes, (ull)is.term, (ull)member->seq,
                         seated ? 's' : 'l');
    if (!no && seated) no = step(notes, "ml", number, NULL, "%s", field);
    return no ? no : figures(notes, record, number);
}

static enum fault approved(struct rebuild_notes *notes, const struct record *record)
{
    char field[24];
    (void)snprintf(field, sizeof field, "%llu", (ull)record->member);
    return step(notes, "ap", record->tender, field, "%llu %llu %.*s", (ull)record->seq,
                (ull)record->at, TEXT_ARGS(record->category));
}

static enum fault set(struct rebuild_notes *notes, const struct record *record)
{
    static const enum record_field kept[] = {FIELD_DAYS,      FIELD_CONTRIBUTORS,
                                             FIELD_PEOPLE_PERMILLE, FIELD_AREAS_MIN,
                                             FIELD_WINDOW,    FIELD_NEEDS_LINE};
    enum fault no = FAULT_NONE;
    for (size_t i = 0; i < sizeof kept / sizeof *kept && !no; i++)
        if (record_has(record, kept[i]))
            no = step(notes, "set", 0, record_field_specs[kept[i]].name, "%llu",
                      (ull)record_number(record, kept[i]));
    if (no || !record->tally.n) return no;
    return step(notes, "set", 0, "tally", "%.*s", TEXT_ARGS(record->tally));
}

enum fault rebuild_note_body(struct rebuild_notes *notes, const struct record *record)
{
    switch (record->kind) {
    case RECORD_COMMUNITY_SET:
        return set(notes, record);
    case RECORD_BODY_FORMED:
    case RECORD_BODY_CONSTITUTED:
        return constitution(notes, record);
    case RECORD_MEMBER_SEATED:
    case RECORD_MEMBER_LEFT:
        return seat(notes, record);
    case RECORD_BODY_SUSPENDED:
    case RECORD_BODY_RESTORED:
        return figures(notes, record, number_of(notes, record->body));
    case RECORD_TENDER_APPROVED:
        return approved(notes, record);
    default:
        return FAULT_NONE;
    }
}
