/* tally.c -- see tally.h. What is inside is written as the stream has it, names and values parted
 * by one blank; so opening ends in the strict reader that all records go through, and no second
 * text of the same pledge is ever taken for it. */
#include "groundswell/rules/tally.h"

#include <string.h>

#include "groundswell/base/secret.h"

#define WORDS_MAX 64 /* names and values of a sealed record */
#define NUMBER_MAX 24

void tally_record_key(const uint8_t tender_key[static TALLY_KEY_SIZE], uint64_t seq, uint64_t at,
                      uint8_t ret[static TALLY_KEY_SIZE])
{
    uint8_t place[STREAM_PLACE_SIZE];
    for (size_t i = 0; i < 8; i++) {
        place[i] = (uint8_t)(seq >> (56 - 8 * i));
        place[8 + i] = (uint8_t)(at >> (56 - 8 * i));
    }
    stream_subkey(tender_key, place, ret);
}

static void cover(const uint8_t record_key[static TALLY_KEY_SIZE],
                  uint8_t bytes[static RECORD_SEALED_BYTES])
{
    static const uint8_t start[STREAM_PLACE_SIZE];
    stream_cover(record_key, start, bytes, RECORD_SEALED_BYTES);
}

static struct text number_text(struct arena *arena, uint64_t number)
{
    return text_of(arena_format(arena, "%llu", (unsigned long long)number));
}

/* False: what is behind the words are not blanks alone, or there are too many. */
static bool words_cut(struct text plain, struct text *ret, size_t *n)
{
    while (plain.n && plain.at[plain.n - 1] == ' ')
        plain.n--;
    while (plain.at) {
        if (*n == WORDS_MAX)
            return false;
        ret[(*n)++] = text_cut(&plain, ' ');
    }
    return true;
}

enum fault tally_open(const struct record *sealed, const uint8_t record_key[static TALLY_KEY_SIZE],
                      struct arena *arena, struct record *ret)
{
    INVARIANT(sealed->kind == RECORD_SEALED);
    struct text flat[WORDS_MAX] = {TEXT("v"), number_text(arena, sealed->v), TEXT("seq"),
                                   number_text(arena, sealed->seq), TEXT("at"),
                                   number_text(arena, sealed->at)};
    size_t n = 6;
    uint8_t *plain = arena_alloc(arena, RECORD_SEALED_BYTES);
    if (!plain || !flat[1].at || !flat[3].at || !flat[5].at)
        return FAULT_MEMORY;
    if (decode_base64(sealed->sealed, plain, RECORD_SEALED_BYTES) != RECORD_SEALED_BYTES)
        return FAULT_FORMAT;
    cover(record_key, plain);
    if (!words_cut((struct text){(const char *)plain, RECORD_SEALED_BYTES}, flat, &n))
        return FAULT_FORMAT;
    enum fault no = record_from_fields(ret, flat, n, arena, NULL);
    if (no)
        return no;
    return record_kind_specs[ret->kind].sealable ? FAULT_NONE : FAULT_FORMAT;
}

void tally_seal(const struct record *plain, const uint8_t tender_key[static TALLY_KEY_SIZE],
                struct buf *out)
{
    CLEANUP(buf) struct buf words = BUF_MAX(RECORD_SEALED_BYTES + 1);
    uint8_t key[TALLY_KEY_SIZE], bytes[RECORD_SEALED_BYTES];
    enum record_field field;
    for (size_t i = 3; (field = record_field_at(plain->kind, i)) != RECORD_FIELDS; i++) {
        if (!record_has(plain, field))
            continue;
        buf_cstr(&words, i == 3 ? "" : " ");
        buf_cstr(&words, record_field_specs[field].name);
        buf_char(&words, ' ');
        record_field_put(plain, field, &words);
    }
    INVARIANT(buf_fault(&words) == FAULT_NONE);
    memset(bytes, ' ', sizeof bytes);
    memcpy(bytes, words.data, words.len);
    tally_record_key(tender_key, plain->seq, plain->at, key);
    cover(key, bytes);
    encode_base64(out, bytes, sizeof bytes);
}
