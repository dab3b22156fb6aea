/* lists.c -- what lists are asked with: orders and filters. An unknown one is no empty list but a
 * refusal that names those that there are. */
#include "lists.h"

#include "errand.h"
#include "say.h"

bool query_word(struct visit *visit, const char *name, const char *words, struct text *ret)
{
    bool broken = false;
    struct text value = visit_query(visit, name, &broken), rest = text_of(words);
    *ret = value.at ? value : TEXT("");
    if (!broken && !value.at) return true;
    while (!broken && rest.at)
        if (text_equal(text_cut(&rest, ' '), value)) return true;
    char *reason = arena_format(&visit->arena, "must be one of: %s", words);
    SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", text_of(name)},
                {"reason", text_of(reason ? reason : "is none of its words")});
    return false;
}

bool query_name(struct visit *visit, const char *name, struct text *ret)
{
    bool broken = false;
    struct text value = visit_query(visit, name, &broken);
    *ret = value.at ? value : TEXT("");
    if (!broken && (ret->n == 0 || word_is_valid(*ret))) return true;
    SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", text_of(name)},
                {"reason", TEXT("must be a word: small letters, digits, - and _")});
    return false;
}
