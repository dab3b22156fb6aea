/* refusal.c -- the list of refusals as a table, and the sentence that a person reads.
 *
 * Nothing is decided here: who refuses what, and when, stands in the rooms above. */
#include "groundswell/base/refusal.h"

#include "groundswell/base/log.h"

#define REFUSAL_ROW(name, code, status, sentence) [REFUSAL_##name] = {code, status, sentence},
static const struct {
    const char *code;
    int status;
    const char *sentence;
} rows[REFUSAL_N] = {[REFUSAL_NONE] = {"none", 200, ""}, REFUSALS(REFUSAL_ROW)};

const char *refusal_code(enum refusal refusal)
{
    INVARIANT(refusal < REFUSAL_N);
    return rows[refusal].code;
}

int refusal_status(enum refusal refusal)
{
    INVARIANT(refusal < REFUSAL_N);
    return rows[refusal].status;
}

const char *refusal_sentence(enum refusal refusal)
{
    INVARIANT(refusal < REFUSAL_N);
    return rows[refusal].sentence;
}

enum refusal refusal_from_code(struct text code)
{
    for (int r = REFUSAL_NONE + 1; r < REFUSAL_N; r++)
        if (text_is(code, rows[r].code))
            return (enum refusal)r;
    return REFUSAL_NONE;
}

static void say_word(struct buf *out, enum refusal refusal, struct text name,
                     const struct refusal_word *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(name, words[i].name)) {
            buf_text(out, words[i].value);
            return;
        }
    log_error("base", "refusal %s: nothing fills {%.*s}", rows[refusal].code, TEXT_ARGS(name));
    buf_char(out, '?');
}

void refusal_say(struct buf *out, enum refusal refusal, const struct refusal_word *words, size_t n)
{
    struct text rest = text_of(refusal_sentence(refusal));
    while (rest.at) {
        buf_text(out, text_cut(&rest, '{'));
        if (rest.at)
            say_word(out, refusal, text_cut(&rest, '}'), words, n);
    }
}
