/* vkey.c -- names, ids and the text form of keys; Ed25519 itself is OpenSSL's. */
#include "groundswell/tlog/vkey.h"

#include <openssl/evp.h>

#include "groundswell/base/secret.h"
#include "keytext.h"

void skey_release(struct skey *key)
{
    secret_wipe(key->seed, sizeof key->seed);
}

/* Unicode's White_Space beyond ASCII, as UTF-8. */
static bool has_wide_space(struct text name)
{
    static const char *const spaces[] = {
        "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
    };
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (memmem(name.at, name.n, spaces[i], strlen(spaces[i])))
            return true;
    for (size_t i = 0; i + 2 < name.n; i++) /* U+2000 to U+200A */
        if (memcmp(name.at + i, "\xe2\x80", 2) == 0 && (uint8_t)name.at[i + 2] >= 0x80
            && (uint8_t)name.at[i + 2] <= 0x8a)
            return true;
    return false;
}

bool key_name_is_valid(struct text name)
{
    if (name.n == 0 || name.n > KEY_NAME_MAX || !text_is_clean_utf8(name))
        return false;
    for (size_t i = 0; i < name.n; i++)
        if ((uint8_t)name.at[i] <= ' ' || name.at[i] == '+')
            return false;
    return !has_wide_space(name);
}

static uint32_t id_of(struct text name, enum key_kind kind, const uint8_t public_key[KEY_SIZE])
{
    CLEANUP(buf) struct buf bytes = BUF_MAX(KEY_NAME_MAX + 2 + KEY_SIZE);
    buf_text(&bytes, name);
    buf_char(&bytes, '\n');
    buf_char(&bytes, (char)kind);
    buf_put(&bytes, public_key, KEY_SIZE);
    INVARIANT(buf_fault(&bytes) == FAULT_NONE);
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(buf_view(&bytes), digest);
    return (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8
           | digest[3];
}

static void vkey_fill(struct vkey *ret, struct text name, enum key_kind kind,
                      const uint8_t public_key[KEY_SIZE])
{
    *ret = (struct vkey){.kind = kind, .id = id_of(name, kind, public_key)};
    memcpy(ret->name, name.at, name.n);
    memcpy(ret->public_key, public_key, KEY_SIZE);
}

enum fault skey_from_seed(struct text name, enum key_kind kind, const uint8_t seed[static KEY_SIZE],
                          struct skey *ret)
{
    if (!key_name_is_valid(name))
        return FAULT_FORMAT;
    uint8_t public_key[KEY_SIZE];
    size_t n = KEY_SIZE;
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, KEY_SIZE);
    INVARIANT(pkey && EVP_PKEY_get_raw_public_key(pkey, public_key, &n) == 1 && n == KEY_SIZE);
    EVP_PKEY_free(pkey);
    vkey_fill(&ret->vkey, name, kind, public_key);
    memcpy(ret->seed, seed, KEY_SIZE);
    return FAULT_NONE;
}

static bool id_parse_hex(struct text hex, uint32_t *ret)
{
    uint8_t bytes[4];
    if (hex.n != 8 || decode_hex(hex, bytes, sizeof bytes) != sizeof bytes)
        return false;
    *ret = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    return true;
}

bool keytext_parse(struct text text, struct keytext *ret)
{
    ret->name = text_cut(&text, '+');
    struct text hex = text_cut(&text, '+');
    uint8_t bytes[1 + KEY_SIZE];
    bool whole = key_name_is_valid(ret->name) && id_parse_hex(hex, &ret->id)
                 && decode_base64(text, bytes, sizeof bytes) == sizeof bytes
                 && (bytes[0] == KEY_LOG || bytes[0] == KEY_WITNESS);
    if (whole) {
        ret->kind = (enum key_kind)bytes[0];
        memcpy(ret->bytes, bytes + 1, KEY_SIZE);
    }
    secret_wipe(bytes, sizeof bytes);
    return whole;
}

void keytext_put(struct buf *out, const struct vkey *key, const uint8_t bytes[static KEY_SIZE])
{
    uint8_t typed[1 + KEY_SIZE] = {(uint8_t)key->kind};
    memcpy(typed + 1, bytes, KEY_SIZE);
    buf_format(out, "%s+%08x+", key->name, key->id);
    encode_base64(out, typed, sizeof typed);
    secret_wipe(typed, sizeof typed);
}

enum fault vkey_parse(struct text line, struct vkey *ret, struct doubt *doubt)
{
    struct keytext text;
    if (!keytext_parse(line, &text))
        return doubt_raise(doubt, FAULT_FORMAT,
                           "this is not a verifier key (name+id+base64, Ed25519 or witness): %.*s",
                           (int)(line.n > 120 ? 120 : line.n), line.at ? line.at : "");
    vkey_fill(ret, text.name, text.kind, text.bytes);
    if (ret->id != text.id)
        return doubt_raise(doubt, FAULT_FORMAT, "the verifier key of %s names id %08x, but is %08x",
                           ret->name, text.id, ret->id);
    return FAULT_NONE;
}

void vkey_put(struct buf *out, const struct vkey *key)
{
    keytext_put(out, key, key->public_key);
}

bool vkey_equal(const struct vkey *a, const struct vkey *b)
{
    return a->kind == b->kind && strcmp(a->name, b->name) == 0
           && memcmp(a->public_key, b->public_key, KEY_SIZE) == 0;
}

void key_sign(const struct skey *key, struct text message, uint8_t ret[static SIGNATURE_SIZE])
{
    size_t n = SIGNATURE_SIZE;
    EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->seed, KEY_SIZE);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    INVARIANT(pkey && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1);
    INVARIANT(EVP_DigestSign(ctx, ret, &n, (const uint8_t *)message.at, message.n) == 1);
    INVARIANT(n == SIGNATURE_SIZE);
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
}

bool key_verifies(const struct vkey *key, struct text message,
                  const uint8_t signature[static SIGNATURE_SIZE])
{
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key->public_key, KEY_SIZE);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    INVARIANT(ctx != NULL);
    bool good = pkey && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1
                && EVP_DigestVerify(ctx, signature, SIGNATURE_SIZE, (const uint8_t *)message.at,
                                    message.n) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return good;
}
