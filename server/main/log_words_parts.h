/* log_words_parts.h -- parts of a sentence that the files of log_words share. */
#ifndef GROUNDSWELL_MAIN_LOG_WORDS_PARTS_H
#define GROUNDSWELL_MAIN_LOG_WORDS_PARTS_H

#include "groundswell/base/clock.h"
#include "groundswell/base/money.h"
#include "log_words.h"

static inline unsigned long long number(uint64_t value)
{
    return (unsigned long long)value;
}

static inline void money(struct buf *out, const char *before, uint64_t minor, const char *behind)
{
    buf_cstr(out, before);
    money_put(out, minor);
    buf_cstr(out, behind);
}

static inline void area(struct buf *out, const struct log_words *words, uint64_t index)
{
    if (index < words->areas_n) buf_cstr(out, words->areas[index]);
    else buf_format(out, "area %llu", number(index));
}

static inline void stamp(struct buf *out, const char *before, uint64_t ms)
{
    char text[CLOCK_STAMP_SIZE];
    clock_stamp(ms, text);
    buf_format(out, "%s%s", before, text);
}

#endif
