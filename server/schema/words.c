/* words.c -- what a value is called in a sentence.
 *
 * What a client sent is repeated only when it is short and plain: an error text ends up in logs and
 * on pages. */
#include "judge.h"
#include "number.h"

#define PLAIN_CODE_POINTS_MAX 40

bool text_is_plain(struct text text)
{
    if (text.n > 4 * PLAIN_CODE_POINTS_MAX || !text_is_clean_utf8(text)) return false;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i],
                      next = i + 1 < text.n ? (unsigned char)text.at[i + 1] : 0;
        if (c < 0x20 || c == 0x7f || (c == 0xc2 && next < 0xa0)) return false; /* C0, DEL, C1 */
    }
    return text_code_points(text) <= PLAIN_CODE_POINTS_MAX;
}

void name_words(struct text name, const char *otherwise, char ret[static VALUE_WORDS_SIZE])
{
    if (text_is_plain(name) && name.n < VALUE_WORDS_SIZE - 3)
        snprintf(ret, VALUE_WORDS_SIZE, "\"%.*s\"", TEXT_ARGS(name));
    else snprintf(ret, VALUE_WORDS_SIZE, "%s", otherwise);
}

void value_words(const json_t *value, char ret[static VALUE_WORDS_SIZE])
{
    const char *words = "null";
    switch (json_typeof(value)) {
    case JSON_STRING:
        name_words((struct text){json_string_value(value), json_string_length(value)}, "a text",
                   ret);
        return;
    case JSON_INTEGER:
    case JSON_REAL: {
        char number[NUMBER_WORDS_SIZE];
        number_words(value, number);
        snprintf(ret, VALUE_WORDS_SIZE, "%s", number);
        return;
    }
    case JSON_OBJECT: words = "an object"; break;
    case JSON_ARRAY: words = "a list"; break;
    case JSON_TRUE: words = "true"; break;
    case JSON_FALSE: words = "false"; break;
    case JSON_NULL: break;
    }
    snprintf(ret, VALUE_WORDS_SIZE, "%s", words);
}
