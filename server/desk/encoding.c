/* encoding.c -- reads Accept-Encoding. A word that cannot be read is as if it were not there. */
#include "encoding.h"

#define LIKED_MOST 1000
#define UNSAID (-1)

static const char *const names[ENCODINGS] = {"identity", "gzip", "br"};

const char *encoding_name(enum encoding encoding)
{
    return encoding == ENCODING_PLAIN ? NULL : names[encoding];
}

/* "0.75" is 750; UNSAID where it is no weight, 0 to 1 with at most three digits of a fraction. */
static int weight_read(struct text word)
{
    uint64_t whole, part = 0;
    struct text rest = word, digits = text_cut(&rest, '.');
    if (!text_to_u64(digits, 1, &whole) || rest.n > 3) return UNSAID;
    int scale = 1000;
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.at[i] < '0' || rest.at[i] > '9') return UNSAID;
        part = part * 10 + (uint64_t)(rest.at[i] - '0');
        scale /= 10;
    }
    int weight = (int)whole * LIKED_MOST + (int)part * scale;
    return weight > LIKED_MOST ? UNSAID : weight;
}

/* "gzip;q=0.5": ret_name is the name, what is returned its weight. */
static int word_read(struct text word, struct text *ret_name)
{
    struct text rest = word;
    *ret_name = text_trim(text_cut(&rest, ';'));
    rest = text_trim(rest);
    if (!rest.at || rest.n == 0) return LIKED_MOST;
    bool is_weight = rest.n > 2 && (rest.at[0] == 'q' || rest.at[0] == 'Q') && rest.at[1] == '=';
    return is_weight ? weight_read((struct text){rest.at + 2, rest.n - 2}) : UNSAID;
}

/* weights[]: by encoding, and behind them that of "*". */
static void field_read(struct text field, int weights[static ENCODINGS + 1])
{
    struct text rest = field, name;
    while (rest.at) {
        int weight = word_read(text_cut(&rest, ','), &name);
        if (text_is(name, "*")) weights[ENCODINGS] = weight;
        if (text_equal_nocase(name, TEXT("x-gzip"))) weights[ENCODING_GZIP] = weight;
        for (size_t i = 0; i < ENCODINGS; i++)
            if (text_equal_nocase(name, text_of(names[i]))) weights[i] = weight;
    }
}

enum encoding encoding_choose(const struct visit *visit, const bool ready[static ENCODINGS])
{
    int weights[ENCODINGS + 1] = {UNSAID, UNSAID, UNSAID, UNSAID};
    enum encoding best = ENCODING_PLAIN;
    for (size_t i = 0; i < visit->fields_n; i++)
        if (text_equal_nocase(visit->fields[i].name, TEXT("Accept-Encoding")))
            field_read(visit->fields[i].value, weights);
    int most = weights[ENCODING_PLAIN]; /* unsaid: taken, but liked least */
    if (most == UNSAID) most = weights[ENCODINGS] == UNSAID ? 0 : weights[ENCODINGS];
    for (size_t i = ENCODING_PLAIN + 1; i < ENCODINGS; i++) {
        int weight = weights[i] == UNSAID ? weights[ENCODINGS] : weights[i];
        if (!ready[i] || weight <= 0 || weight < most) continue;
        most = weight;
        best = (enum encoding)i;
    }
    return best;
}
