/* authenticator.c -- see authenticator.h. Forms are those of WebAuthn level 2, sections 5.8.1, 6.1
 * and 6.5, and of RFC 9053 for the keys. */
#include "authenticator.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include "check.h"
#include "groundswell/base/secret.h"

#define ES256 (-7)
#define EDDSA (-8)
#define RS256 (-257)
#define CEREMONY_MAX (64 * KIB)

void authenticator_init(struct authenticator *device, int alg)
{
    *device = (struct authenticator){
        .alg = alg,
        .id_n = 32,
        .flags = DEVICE_PRESENT | DEVICE_VERIFIED,
        .rp_id = "localhost",
        .origin = "http://localhost:8080",
    };
    secret_random(device->id, sizeof device->id);
    device->key = alg == ES256   ? EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")
                  : alg == EDDSA ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                                 : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
    assert_non_null(device->key);
}

void authenticator_release(struct authenticator *device)
{
    EVP_PKEY_free(device->key);
    device->key = NULL;
}

void ceremony_release(struct ceremony *ceremony)
{
    buf_release(&ceremony->client_data);
    buf_release(&ceremony->attestation);
    buf_release(&ceremony->auth_data);
    buf_release(&ceremony->signature);
}

/* ---- public keys ----------------------------------------------------------------------------- */

static void es256_put(const struct authenticator *device, struct buf *out)
{
    uint8_t point[65]; /* 04, x, y */
    size_t n = 0;
    assert_int_equal(EVP_PKEY_get_octet_string_param(device->key, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                     sizeof point, &n),
                     1);
    assert_int_equal(n, sizeof point);
    buf_put(out, "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20", 10);
    buf_put(out, point + 1, 32);
    buf_put(out, "\x22\x58\x20", 3);
    buf_put(out, point + 33, 32);
}

static void eddsa_put(const struct authenticator *device, struct buf *out)
{
    uint8_t x[32];
    size_t n = sizeof x;
    assert_int_equal(EVP_PKEY_get_raw_public_key(device->key, x, &n), 1);
    buf_put(out, "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20", 10);
    buf_put(out, x, n);
}

static void rs256_put(const struct authenticator *device, struct buf *out)
{
    BIGNUM *modulus = NULL;
    uint8_t bytes[256];
    assert_int_equal(EVP_PKEY_get_bn_param(device->key, OSSL_PKEY_PARAM_RSA_N, &modulus), 1);
    assert_int_equal(BN_bn2binpad(modulus, bytes, sizeof bytes), sizeof bytes);
    BN_free(modulus);
    buf_put(out, "\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01\x00", 11);
    buf_put(out, bytes, sizeof bytes);
    buf_put(out, "\x21\x43\x01\x00\x01", 5);
}

void authenticator_cose(const struct authenticator *device, struct buf *out)
{
    if (device->alg == ES256)
        es256_put(device, out);
    else if (device->alg == EDDSA)
        eddsa_put(device, out);
    else
        rs256_put(device, out);
}

/* ---- what a browser hands over --------------------------------------------------------------- */

static void client_data_put(const struct authenticator *device, const uint8_t *challenge,
                            const char *type, struct buf *out)
{
    buf_format(out, "{\"type\":\"%s\",\"challenge\":\"", device->type ? device->type : type);
    encode_base64url(out, challenge, 32);
    buf_format(out, "\",\"origin\":\"%s\",\"crossOrigin\":false%s}", device->origin,
               device->more ? device->more : "");
}

static void number_put(struct buf *out, uint32_t value, unsigned bytes)
{
    while (bytes-- > 0)
        buf_char(out, (char)(value >> (8 * bytes)));
}

static void fixed_part_put(const struct authenticator *device, unsigned flags, struct buf *out)
{
    uint8_t hash[DIGEST_SIZE];
    digest_sha256(text_of(device->rp_id), hash);
    buf_put(out, hash, sizeof hash);
    number_put(out, flags, 1);
    number_put(out, device->count, 4);
}

static void attested_part_put(const struct authenticator *device, struct buf *out)
{
    buf_put(out, "An authenticator", 16); /* its AAGUID */
    number_put(out, (uint32_t)device->id_n, 2);
    buf_put(out, device->id, device->id_n);
    if (device->cose.at)
        buf_text(out, device->cose);
    else
        authenticator_cose(device, out);
}

static struct ceremony empty(void)
{
    return (struct ceremony){BUF_MAX(CEREMONY_MAX), BUF_MAX(CEREMONY_MAX), BUF_MAX(CEREMONY_MAX),
                             BUF_MAX(CEREMONY_MAX)};
}

void authenticator_create(const struct authenticator *device, const uint8_t challenge[static 32],
                          struct ceremony *ret)
{
    *ret = empty();
    client_data_put(device, challenge, "webauthn.create", &ret->client_data);
    fixed_part_put(device, device->flags ^ DEVICE_ATTESTED, &ret->auth_data);
    attested_part_put(device, &ret->auth_data);
    if (device->flags & DEVICE_EXTENSIONS)
        buf_text(&ret->auth_data, device->extensions);
    buf_char(&ret->attestation, '\xa3');
    if (device->attestation.at)
        buf_text(&ret->attestation, device->attestation);
    else
        buf_cstr(&ret->attestation, "\x63" "fmt\x64none\x67" "attStmt\xa0");
    buf_cstr(&ret->attestation, "\x68" "authData\x59");
    number_put(&ret->attestation, (uint32_t)ret->auth_data.len, 2);
    buf_text(&ret->attestation, buf_view(&ret->auth_data));
    assert_int_equal(buf_fault(&ret->attestation), FAULT_NONE);
}

void authenticator_get(const struct authenticator *device, const uint8_t challenge[static 32],
                       struct ceremony *ret)
{
    uint8_t hash[DIGEST_SIZE], signature[512];
    size_t n = sizeof signature;
    *ret = empty();
    client_data_put(device, challenge, "webauthn.get", &ret->client_data);
    fixed_part_put(device, device->flags, &ret->auth_data);
    if (device->flags & DEVICE_EXTENSIONS)
        buf_text(&ret->auth_data, device->extensions);

    CLEANUP(buf) struct buf signed_bytes = BUF_MAX(CEREMONY_MAX);
    digest_sha256(buf_view(&ret->client_data), hash);
    buf_text(&signed_bytes, buf_view(&ret->auth_data));
    buf_put(&signed_bytes, hash, sizeof hash);
    EVP_MD_CTX *signing = EVP_MD_CTX_new();
    const EVP_MD *digest = device->alg == EDDSA ? NULL : EVP_sha256();
    assert_int_equal(EVP_DigestSignInit(signing, NULL, digest, NULL, device->key), 1);
    assert_int_equal(EVP_DigestSign(signing, signature, &n, (uint8_t *)signed_bytes.data,
                                    signed_bytes.len),
                     1);
    EVP_MD_CTX_free(signing);
    buf_put(&ret->signature, signature, n);
    assert_int_equal(buf_fault(&ret->signature), FAULT_NONE);
}
