/* ecma.c -- what an ECMA-262 expression writes differently from PCRE2.
 *
 * Three things: \s also means the blanks and line ends of Unicode, \p takes the long names of
 * general categories (PCRE2 10.42 knows the short ones), and a letter may be escaped only where
 * that means something: PCRE2 would give \a, \Z or \G a meaning of its own, so an escape that
 * ECMA-262 does not have is written as one that PCRE2 does not have either, and is refused. All
 * else is left to PCRE2's options. */
#include "ecma.h"

#define BLANKS "\\s\\p{Zs}\\u2028\\u2029\\ufeff"

struct category {
    const char *name, *abbreviation;
};

static const struct category categories[] = {
    {"Letter", "L"},
    {"Cased_Letter", "L&"},
    {"Uppercase_Letter", "Lu"},
    {"Lowercase_Letter", "Ll"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Symbol", "S"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Other", "C"},
    {"Control", "Cc"},
};

/* Rewrites `{Letter}` after \p or \P. Returns the number of bytes read, 0 where there is nothing to
 * rewrite. */
static size_t put_category(struct buf *out, struct text from)
{
    struct text rest = from;
    if (!from.n || from.at[0] != '{') return 0;
    struct text name = text_cut(&rest, '}');
    if (!rest.at) return 0;
    name = (struct text){name.at + 1, name.n - 1};
    for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
        if (!text_is(name, categories[i].name)) continue;
        buf_format(out, "{%s}", categories[i].abbreviation);
        return name.n + 2;
    }
    return 0;
}

/* One escape; `from` begins behind the backslash. Returns the number of bytes read. */
static size_t put_escape(struct buf *out, struct text from, bool in_class)
{
    char c = from.at[0];
    if (c == 's' || (c == 'S' && !in_class)) {
        buf_cstr(out, in_class ? BLANKS : c == 's' ? "[" BLANKS "]" : "[^" BLANKS "]");
        return 1;
    }
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool known = !letter || strchr("bBcdDfknpPrtuvwWxS", c) != NULL;
    buf_char(out, '\\');
    buf_char(out, known ? c : 'y'); /* \y is nothing to PCRE2 */
    if (c != 'p' && c != 'P') return 1;
    return 1 + put_category(out, (struct text){from.at + 1, from.n - 1});
}

void ecma_translate(struct buf *out, struct text source)
{
    bool in_class = false;
    for (size_t i = 0; i < source.n; i++) {
        char c = source.at[i];
        if (c == '\\' && i + 1 < source.n) {
            i += put_escape(out, (struct text){source.at + i + 1, source.n - i - 1}, in_class);
            continue;
        }
        if (c == '[') in_class = true;
        if (c == ']') in_class = false;
        buf_char(out, c);
    }
}
