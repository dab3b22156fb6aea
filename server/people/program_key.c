/* program_key.c -- how a program's key is written, sealed and judged.
 *
 * It is a token with an id: the id is sealed with the payload, so that a revoked key cannot take
 * another one's id. What may be done with a key, how long it lasts at most and who may make one are
 * the desk's. */
#include "groundswell/people/program_key.h"

#include "inside.h"

#include "groundswell/base/secret.h"

#define PREFIX "gsk_"
#define PREFIX_SIZE (sizeof(PREFIX) - 1)
#define KEY_DOMAIN "groundswell program key v1\n"
#define BODY_AT (PREFIX_SIZE + PROGRAM_KEY_ID_TEXT_SIZE + 1)

void program_key_draw_id(uint8_t ret[static PROGRAM_KEY_ID_SIZE])
{
    secret_random(ret, PROGRAM_KEY_ID_SIZE);
}

void program_key_id_put(struct buf *out, const uint8_t id[static PROGRAM_KEY_ID_SIZE])
{
    encode_base64url(out, id, PROGRAM_KEY_ID_SIZE);
}

bool program_key_id_parse(struct text from, uint8_t ret[static PROGRAM_KEY_ID_SIZE])
{
    return from.n == PROGRAM_KEY_ID_TEXT_SIZE &&
           decode_base64url(from, ret, PROGRAM_KEY_ID_SIZE) == PROGRAM_KEY_ID_SIZE;
}

/* What is sealed: the id's bytes, then the payload. */
struct sealed {
    char bytes[PROGRAM_KEY_ID_SIZE + WHO_PAYLOAD_MAX];
    size_t n;
};

static struct text sealed_view(const struct sealed *sealed)
{
    return (struct text){sealed->bytes, sealed->n};
}

enum fault program_key_sign(const struct token_keys *keys, const struct program_key *key,
                            struct buf *out)
{
    struct sealed sealed;
    uint8_t seal[SEAL_SIZE];
    const size_t n = who_write(&key->who, sealed.bytes + PROGRAM_KEY_ID_SIZE);
    if (n == 0) return FAULT_FORMAT;
    memcpy(sealed.bytes, key->id, PROGRAM_KEY_ID_SIZE);
    sealed.n = PROGRAM_KEY_ID_SIZE + n;
    seal_make(keys, KEY_DOMAIN, sealed_view(&sealed), seal);
    buf_cstr(out, PREFIX);
    program_key_id_put(out, key->id);
    buf_char(out, '_');
    encode_base64url(out, sealed.bytes + PROGRAM_KEY_ID_SIZE, n);
    encode_base64url(out, seal, SEAL_SIZE);
    return buf_fault(out);
}

enum token_verdict program_key_verify(const struct token_keys *keys, struct text shown,
                                      uint64_t now_s, struct program_key *ret)
{
    *ret = (struct program_key){0};
    if (!shown.at) return TOKEN_ABSENT;
    const bool looks = shown.n > BODY_AT + SEAL_TEXT_SIZE && shown.n <= PROGRAM_KEY_TEXT_MAX &&
                       text_starts(shown, TEXT(PREFIX)) && shown.at[BODY_AT - 1] == '_';
    if (!looks) return TOKEN_MALFORMED;

    struct program_key key = {0};
    struct sealed sealed;
    const struct text id = {shown.at + PREFIX_SIZE, PROGRAM_KEY_ID_TEXT_SIZE};
    const struct text body = {shown.at + BODY_AT, shown.n - BODY_AT - SEAL_TEXT_SIZE};
    const struct text seal = {shown.at + shown.n - SEAL_TEXT_SIZE, SEAL_TEXT_SIZE};
    if (!program_key_id_parse(id, key.id)) return TOKEN_MALFORMED;
    memcpy(sealed.bytes, key.id, PROGRAM_KEY_ID_SIZE);
    const size_t n = decode_base64url(body, sealed.bytes + PROGRAM_KEY_ID_SIZE, WHO_PAYLOAD_MAX);
    if (n == SIZE_MAX) return TOKEN_MALFORMED;
    sealed.n = PROGRAM_KEY_ID_SIZE + n;
    bool bad;
    if (!seal_is(keys, KEY_DOMAIN, sealed_view(&sealed), seal, &bad))
        return bad ? TOKEN_MALFORMED : TOKEN_FORGED;

    const struct text payload = {sealed.bytes + PROGRAM_KEY_ID_SIZE, n};
    if (!who_read(payload, &key.who)) return TOKEN_MALFORMED; /* an older form, say */
    if (key.who.expires_s <= now_s) return TOKEN_EXPIRED;
    *ret = key;
    return TOKEN_GOOD;
}

void program_key_digest(struct text shown, uint8_t ret[static PROGRAM_KEY_DIGEST_SIZE])
{
    uint8_t whole[DIGEST_SIZE];
    digest_sha256(shown, whole);
    memcpy(ret, whole, PROGRAM_KEY_DIGEST_SIZE);
}
