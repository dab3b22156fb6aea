/* secret.c -- hashes and randomness, by the system and OpenSSL; nothing cryptographic is made here.
 *
 * Every pledge takes several keyed hashes. Since OpenSSL 3 the one-call HMAC() looks its algorithm
 * up by name each time, which costs more than the hash; so each thread keeps one context, and the
 * digest is fetched once. */
#include "groundswell/base/secret.h"

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "groundswell/base/fault.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t hmac_of_thread;
static EVP_MD *sha256;
static EVP_CIPHER *chacha20;

static void hmac_free(void *ctx)
{
    EVP_MAC_CTX_free(ctx);
}

static void engines_free(void)
{
    EVP_MAC_CTX_free(pthread_getspecific(hmac_of_thread)); /* main thread: no destructor runs */
    pthread_setspecific(hmac_of_thread, NULL);
    EVP_MD_free(sha256);
    EVP_CIPHER_free(chacha20);
    sha256 = NULL;
    chacha20 = NULL;
}

static void engines_start(void)
{
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    chacha20 = EVP_CIPHER_fetch(NULL, "ChaCha20", NULL);
    INVARIANT(sha256 != NULL && chacha20 != NULL);
    INVARIANT(pthread_key_create(&hmac_of_thread, hmac_free) == 0);
    INVARIANT(OPENSSL_atexit(engines_free) == 1);
}

static EVP_MAC_CTX *hmac_mine(void)
{
    pthread_once(&once, engines_start);
    EVP_MAC_CTX *ctx = pthread_getspecific(hmac_of_thread);
    if (ctx)
        return ctx;
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {
        {"digest", OSSL_PARAM_UTF8_STRING, digest, sizeof digest - 1, 0},
        {NULL, 0, NULL, 0, 0},
    };
    INVARIANT(ctx && EVP_MAC_CTX_set_params(ctx, params) == 1);
    INVARIANT(pthread_setspecific(hmac_of_thread, ctx) == 0);
    return ctx;
}

void secret_random(void *ret, size_t n)
{
    char *at = ret;
    while (n) {
        ssize_t got = getrandom(at, n, 0);
        INVARIANT(got > 0 || (got < 0 && errno == EINTR));
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        }
    }
}

void digest_sha256(struct text data, uint8_t ret[static DIGEST_SIZE])
{
    pthread_once(&once, engines_start);
    INVARIANT(EVP_Digest(data.at, data.n, ret, NULL, sha256, NULL) == 1);
}

/* An EVP_MD_CTX, whose type is not for those above to know. */
struct digest *digest_new(void)
{
    pthread_once(&once, engines_start);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx)
        INVARIANT(EVP_DigestInit_ex(ctx, sha256, NULL) == 1);
    return (struct digest *)ctx;
}

void digest_put(struct digest *digest, struct text data)
{
    INVARIANT(EVP_DigestUpdate((EVP_MD_CTX *)digest, data.at, data.n) == 1);
}

void digest_end(struct digest *digest, uint8_t ret[static DIGEST_SIZE])
{
    INVARIANT(EVP_DigestFinal_ex((EVP_MD_CTX *)digest, ret, NULL) == 1);
}

void digest_free(struct digest *digest)
{
    EVP_MD_CTX_free((EVP_MD_CTX *)digest);
}

void digest_hmac(struct text key, struct text data, uint8_t ret[static DIGEST_SIZE])
{
    EVP_MAC_CTX *ctx = hmac_mine();
    size_t n = 0;
    const char *key_at = key.n ? key.at : "";
    INVARIANT(EVP_MAC_init(ctx, (const unsigned char *)key_at, key.n, NULL) == 1);
    INVARIANT(EVP_MAC_update(ctx, (const unsigned char *)data.at, data.n) == 1);
    INVARIANT(EVP_MAC_final(ctx, ret, &n, DIGEST_SIZE) == 1 && n == DIGEST_SIZE);
}

void stream_cover(const uint8_t key[static STREAM_KEY_SIZE],
                  const uint8_t place[static STREAM_PLACE_SIZE], void *bytes, size_t n)
{
    pthread_once(&once, engines_start);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int done = 0;
    INVARIANT(ctx && n <= INT_MAX);
    INVARIANT(EVP_EncryptInit_ex2(ctx, chacha20, key, place, NULL) == 1);
    INVARIANT(EVP_EncryptUpdate(ctx, bytes, &done, bytes, (int)n) == 1 && done == (int)n);
    EVP_CIPHER_CTX_free(ctx);
}

static uint32_t word_at(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

/* A block of the stream is what the rounds have made of sixteen words, and these words added once
 * more. What is added to the first four, "expand 32-byte k", and to the last four, `of`, is known
 * and taken off again. */
void stream_subkey(const uint8_t key[static STREAM_KEY_SIZE],
                   const uint8_t of[static STREAM_PLACE_SIZE],
                   uint8_t ret[static STREAM_KEY_SIZE])
{
    uint8_t block[64] = {0}, added[32];
    memcpy(added, "expand 32-byte k", STREAM_PLACE_SIZE);
    memcpy(added + STREAM_PLACE_SIZE, of, STREAM_PLACE_SIZE);
    stream_cover(key, of, block, sizeof block);
    for (size_t i = 0; i < STREAM_KEY_SIZE; i += 4) {
        uint32_t word = word_at(block + i + (i < 16 ? 0 : 32)) - word_at(added + i);
        for (size_t b = 0; b < 4; b++)
            ret[i + b] = (uint8_t)(word >> 8 * b);
    }
    secret_wipe(block, sizeof block);
}

bool secret_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

void secret_wipe(void *data, size_t n)
{
    OPENSSL_cleanse(data, n);
}
