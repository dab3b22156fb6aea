/* encoding.c -- reads Accept-Encoding. A word that cannot be read is as if it were not there. */
#include "encoding.h"

#include "weight.h"

static const char *const names[ENCODINGS] = {"identity", "gzip", "br"};

const char *encoding_name(enum encoding encoding)
{
    return encoding == ENCODING_PLAIN ? NULL : names[encoding];
}

/* weights[]: by encoding, and behind them that of "*". */
static void field_read(struct text field, int weights[static ENCODINGS + 1])
{
    struct text rest = field, name;
    while (rest.at) {
        int weight = weight_next(&rest, &name);
        if (text_is(name, "*")) weights[ENCODINGS] = weight;
        if (text_equal_nocase(name, TEXT("x-gzip"))) weights[ENCODING_GZIP] = weight;
        for (size_t i = 0; i < ENCODINGS; i++)
            if (text_equal_nocase(name, text_of(names[i]))) weights[i] = weight;
    }
}

enum encoding encoding_choose(const struct visit *visit, const bool ready[static ENCODINGS])
{
    int weights[ENCODINGS + 1] = {WEIGHT_NONE, WEIGHT_NONE, WEIGHT_NONE, WEIGHT_NONE};
    enum encoding best = ENCODING_PLAIN;
    for (size_t i = 0; i < visit->fields_n; i++)
        if (text_equal_nocase(visit->fields[i].name, TEXT("Accept-Encoding")))
            field_read(visit->fields[i].value, weights);
    int most = weights[ENCODING_PLAIN]; /* unsaid: taken, but liked least */
    if (most == WEIGHT_NONE) most = weights[ENCODINGS] == WEIGHT_NONE ? 0 : weights[ENCODINGS];
    for (size_t i = ENCODING_PLAIN + 1; i < ENCODINGS; i++) {
        int weight = weights[i] == WEIGHT_NONE ? weights[ENCODINGS] : weights[i];
        if (!ready[i] || weight <= 0 || weight < most) continue;
        most = weight;
        best = (enum encoding)i;
    }
    return best;
}
