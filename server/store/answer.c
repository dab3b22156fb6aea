/* answer.c -- Redis's reply, seen through our own names.
 *
 * A struct answer *is* a redisReply behind an opaque name: nothing is converted, and no other room
 * can reach past these functions. */
#include "groundswell/store/answer.h"

#include <hiredis/hiredis.h>

static const redisReply *reply_of(const struct answer *answer)
{
    return (const redisReply *)(const void *)answer;
}

enum answer_kind answer_kind(const struct answer *answer)
{
    if (!answer)
        return ANSWER_NIL;
    switch (reply_of(answer)->type) {
    case REDIS_REPLY_INTEGER:
        return ANSWER_NUMBER;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        return ANSWER_TEXT;
    case REDIS_REPLY_ARRAY:
        return ANSWER_LIST;
    case REDIS_REPLY_ERROR:
        return ANSWER_ERROR;
    default:
        return ANSWER_NIL;
    }
}

struct text answer_text(const struct answer *answer)
{
    enum answer_kind kind = answer_kind(answer);
    if (kind != ANSWER_TEXT && kind != ANSWER_ERROR)
        return TEXT_NONE;
    return (struct text){reply_of(answer)->str, reply_of(answer)->len};
}

bool answer_u64(const struct answer *answer, uint64_t max, uint64_t *ret)
{
    enum answer_kind kind = answer_kind(answer);
    if (kind == ANSWER_TEXT)
        return text_to_u64(answer_text(answer), max, ret);
    if (kind != ANSWER_NUMBER || reply_of(answer)->integer < 0)
        return false;
    uint64_t value = (uint64_t)reply_of(answer)->integer;
    if (value > max)
        return false;
    *ret = value;
    return true;
}

size_t answer_count(const struct answer *list)
{
    return answer_kind(list) == ANSWER_LIST ? reply_of(list)->elements : 0;
}

const struct answer *answer_at(const struct answer *list, size_t i)
{
    if (i >= answer_count(list))
        return NULL;
    return (const struct answer *)(const void *)reply_of(list)->element[i];
}

const struct answer *answer_field(const struct answer *pairs, const char *name)
{
    for (size_t i = 0; i + 1 < answer_count(pairs); i += 2)
        if (text_is(answer_text(answer_at(pairs, i)), name))
            return answer_at(pairs, i + 1);
    return NULL;
}

struct text answer_error_word(const struct answer *answer)
{
    if (answer_kind(answer) != ANSWER_ERROR)
        return TEXT_NONE;
    struct text rest = answer_text(answer);
    return text_cut(&rest, ' ');
}

bool answer_is_error(const struct answer *answer, const char *start)
{
    return answer_kind(answer) == ANSWER_ERROR && text_starts(answer_text(answer), text_of(start));
}
