/* weight.c -- reads the q of a word in a header. */
#include "weight.h"

/* "0.75" is 750; WEIGHT_NONE where it is none: 0 to 1 with at most three digits of a fraction. */
static int weight_read(struct text word)
{
    uint64_t whole, part = 0;
    struct text rest = word, digits = text_cut(&rest, '.');
    if (!text_to_u64(digits, 1, &whole) || rest.n > 3) return WEIGHT_NONE;
    int scale = 1000;
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.at[i] < '0' || rest.at[i] > '9') return WEIGHT_NONE;
        part = part * 10 + (uint64_t)(rest.at[i] - '0');
        scale /= 10;
    }
    int weight = (int)whole * WEIGHT_MOST + (int)part * scale;
    return weight > WEIGHT_MOST ? WEIGHT_NONE : weight;
}

int weight_next(struct text *rest, struct text *ret_name)
{
    struct text word = text_cut(rest, ',');
    *ret_name = text_trim(text_cut(&word, ';'));
    word = text_trim(word);
    if (!word.at || word.n == 0) return WEIGHT_MOST;
    bool is_weight = word.n > 2 && (word.at[0] == 'q' || word.at[0] == 'Q') && word.at[1] == '=';
    return is_weight ? weight_read((struct text){word.at + 2, word.n - 2}) : WEIGHT_NONE;
}
