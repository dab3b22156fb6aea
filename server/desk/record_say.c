/* record_say.c -- see record_say.h. */
#include "record_say.h"

#include "groundswell/base/log.h"
#include "groundswell/rules/record.h"

enum fault record_say(const struct ledger_record *record, struct buf *out)
{
    struct text flat[2 * LEDGER_RECORD_MEMBERS_MAX];
    for (size_t i = 0; i < record->members_n; i++) {
        flat[2 * i] = record->members[i].name;
        flat[2 * i + 1] = record->members[i].value;
    }
    CLEANUP(arena) struct arena arena;
    arena_init(&arena, 64 * KIB);
    struct record whole;
    struct record_problem problem = {"", ""};
    enum fault no = record_from_fields(&whole, flat, 2 * record->members_n, &arena, &problem);
    if (no) {
        log_error("desk", "record %llu is not canonical: %s: %s", (unsigned long long)record->seq,
                  problem.field, problem.why);
        return no;
    }
    record_json(&whole, out);
    return buf_fault(out);
}
