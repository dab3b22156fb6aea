/* plural.c -- which form of a text a number takes in a language (Unicode CLDR, "Language Plural
 * Rules", of whole numbers). */
#include "plural.h"

#include "groundswell/view/catalogue.h"

static size_t form_en(uint64_t n)
{
    return n == 1 ? 0 : 1;
}

/* zero, one, two, few, many, other */
static size_t form_cy(uint64_t n)
{
    if (n <= 3) return (size_t)n;
    return n == 6 ? 4 : 5;
}

static const struct plural plurals[] = {
    {"en", 2, form_en, "nplurals=2;plural=n!=1"},
    {"cy", 6, form_cy, "nplurals=6;plural=n==0?0:n==1?1:n==2?2:n==3?3:n==6?4:5"},
};
const char *const catalogue_langs[] = {"en", "cy", NULL};

const struct plural *plural_of(struct text lang)
{
    for (size_t i = 0; i < sizeof plurals / sizeof *plurals; i++)
        if (text_is(lang, plurals[i].lang)) return &plurals[i];
    return NULL;
}

const struct plural *plural_english(void)
{
    return &plurals[0];
}

bool plural_is(const struct plural *plural, struct text header)
{
    const char *wanted = plural->header;
    for (size_t i = 0; i < header.n; i++) {
        char c = header.at[i];
        if (c == ' ' || c == '(' || c == ')' || (c == ';' && i + 1 == header.n)) continue;
        if (c != *wanted++) return false;
    }
    return *wanted == '\0';
}
