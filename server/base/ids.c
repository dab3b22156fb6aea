/* ids.c -- what a slug, a word and an id may look like. */
#include "groundswell/base/ids.h"

static bool is_small(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool slug_is_valid(struct text slug)
{
    if (slug.n == 0 || slug.n > SLUG_MAX || !is_small(slug.at[0]) || !is_small(slug.at[slug.n - 1]))
        return false;
    for (size_t i = 0; i < slug.n; i++)
        if (!is_small(slug.at[i]) && slug.at[i] != '-')
            return false;
    return true;
}

bool word_is_valid(struct text word)
{
    if (word.n == 0 || word.n > 32 || !is_small(word.at[0]))
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (!is_small(word.at[i]) && word.at[i] != '-' && word.at[i] != '_')
            return false;
    return true;
}

bool resident_id_is_valid(struct text id)
{
    if (id.n != RESIDENT_ID_SIZE)
        return false;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.at[i];
        if (!is_small(c) && !(c >= 'A' && c <= 'Z') && c != '-' && c != '_')
            return false;
    }
    /* 22 characters hold 132 bits, an id has 128: the last four are zero, else two spellings would
     * be one id */
    return memchr("AQgw", id.at[id.n - 1], 4) != NULL;
}

bool id_parse(struct text from, char letter, struct id *ret)
{
    struct text rest = from;
    struct text slug = text_cut(&rest, '.');
    uint64_t number;
    if (!slug_is_valid(slug) || rest.n < 2 || rest.at[0] != letter)
        return false;
    if (!text_to_u64((struct text){rest.at + 1, rest.n - 1}, ID_NUMBER_MAX, &number) || number == 0)
        return false;
    *ret = (struct id){.slug = slug, .letter = letter, .number = (uint32_t)number};
    return true;
}

void id_put(struct buf *out, struct text slug, char letter, uint32_t number)
{
    buf_text(out, slug);
    buf_char(out, '.');
    buf_char(out, letter);
    buf_u64(out, number);
}
