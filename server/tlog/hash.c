/* hash.c -- leaves and nodes, through one digest context a thread.
 *
 * OpenSSL 3 looks a digest up by name on every one-call hash, which costs more than the hash of a
 * node; a context that is only started again does not. */
#include "groundswell/tlog/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/secret.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static _Thread_local EVP_MD_CTX *mine;

static void context_free(void *ctx)
{
    EVP_MD_CTX_free(ctx);
}

/* For the main thread, whose destructors do not run. */
static void context_free_mine(void)
{
    EVP_MD_CTX_free(mine);
    mine = NULL;
    pthread_setspecific(key, NULL);
}

static void contexts_start(void)
{
    INVARIANT(pthread_key_create(&key, context_free) == 0);
    INVARIANT(OPENSSL_atexit(context_free_mine) == 1);
}

static EVP_MD_CTX *context_new(void)
{
    pthread_once(&once, contexts_start);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    INVARIANT(ctx && sha256 && EVP_DigestInit_ex2(ctx, sha256, NULL) == 1);
    EVP_MD_free(sha256); /* the context holds it */
    INVARIANT(pthread_setspecific(key, ctx) == 0);
    return ctx;
}

static EVP_MD_CTX *begin(void)
{
    if (!mine)
        mine = context_new();
    INVARIANT(EVP_DigestInit_ex2(mine, NULL, NULL) == 1);
    return mine;
}

void hash_empty(struct hash *ret)
{
    INVARIANT(EVP_DigestFinal_ex(begin(), ret->bytes, NULL) == 1);
}

void hash_leaf(struct text entry, struct hash *ret)
{
    EVP_MD_CTX *ctx = begin();
    static const uint8_t prefix = 0;
    INVARIANT(EVP_DigestUpdate(ctx, &prefix, 1) == 1);
    INVARIANT(EVP_DigestUpdate(ctx, entry.at, entry.n) == 1);
    INVARIANT(EVP_DigestFinal_ex(ctx, ret->bytes, NULL) == 1);
}

void hash_node(const struct hash *left, const struct hash *right, struct hash *ret)
{
    uint8_t both[1 + 2 * HASH_SIZE] = {1};
    memcpy(both + 1, left->bytes, HASH_SIZE);
    memcpy(both + 1 + HASH_SIZE, right->bytes, HASH_SIZE);
    EVP_MD_CTX *ctx = begin();
    INVARIANT(EVP_DigestUpdate(ctx, both, sizeof both) == 1);
    INVARIANT(EVP_DigestFinal_ex(ctx, ret->bytes, NULL) == 1);
}

void hash_tree(const struct hash *hashes, size_t n, struct hash *ret)
{
    if (n == 0) {
        hash_empty(ret);
        return;
    }
    if (n == 1) {
        *ret = hashes[0];
        return;
    }
    size_t split = 1;
    while (split * 2 < n)
        split *= 2;
    struct hash right;
    hash_tree(hashes, split, ret);
    hash_tree(hashes + split, n - split, &right);
    hash_node(ret, &right, ret);
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}

void hash_put(struct buf *out, const struct hash *hash)
{
    encode_base64(out, hash->bytes, HASH_SIZE);
}

bool hash_parse(struct text base64, struct hash *ret)
{
    return base64.n == HASH_TEXT_SIZE
           && decode_base64(base64, ret->bytes, HASH_SIZE) == HASH_SIZE;
}
