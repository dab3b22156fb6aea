/* restore_inside.h -- how restore.c and restore_talk.c put a command together. */
#ifndef GROUNDSWELL_LEDGER_RESTORE_INSIDE_H
#define GROUNDSWELL_LEDGER_RESTORE_INSIDE_H

#include <inttypes.h>

#include "groundswell/ledger/restore.h"
#include "inside.h"

static inline enum fault done_read(struct call *call, const struct answer *reply,
                            struct ledger_answer *ret)
{
    (void)call;
    (void)reply;
    (void)ret;
    return FAULT_NONE;
}

static inline void restore_send(const struct restore *to)
{
    static const struct call_kind kind = {.name = "restore", .read = done_read};
    call_send(to->ledger, &kind, to->slug, to->answer, to->ctx);
}

/* `command {slug}:name`, or `command {slug}:name:number`. */
static inline void begin(const struct restore *to, const char *command, const char *name,
                  uint64_t number)
{
    question_raw(to->ledger, command);
    if (number == 0) question_key(to->ledger, to->slug, name);
    else
        question_format(to->ledger, "{%.*s}:%s:%" PRIu64, TEXT_ARGS(to->slug), name, number);
}

static inline void word(const struct restore *to, const char *name, struct text value)
{
    question_text(to->ledger, text_of(name));
    question_text(to->ledger, value);
}

static inline void figure(const struct restore *to, const char *name, uint64_t value)
{
    question_text(to->ledger, text_of(name));
    question_number(to->ledger, value);
}

#endif
