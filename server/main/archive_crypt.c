/* archive_crypt.c -- the encrypted stream of an archive: see archive.h for its bytes. */
#include <openssl/evp.h>

#include "archive.h"
#include "groundswell/io/file.h"

#define MAGIC "GSBACKUP"
#define SALT_AT 16
#define MARK_AT 48
#define MARK_SIZE 8
#define NONCE_SIZE 12

/* ---- key files ------------------------------------------------------------------------------- */

enum fault archive_key_read(const char *path, uint8_t ret[static ARCHIVE_KEY_SIZE],
                            struct doubt *doubt)
{
    CLEANUP(buf) struct buf bytes = BUF_MAX(ARCHIVE_KEY_SIZE + 1);
    const enum fault no = file_read(path, &bytes);
    if (no && no != FAULT_LIMIT)
        return doubt_raise(doubt, FAULT_CONFIG, "the key file %s cannot be read", path);
    if (!file_is_private(path))
        return doubt_raise(doubt, FAULT_CONFIG,
                           "the key file %s can be read by others: chmod 600 it", path);
    if (no || bytes.len != ARCHIVE_KEY_SIZE)
        return doubt_raise(doubt, FAULT_CONFIG,
                           "%s is no key file: `groundswell backup --make-key FILE` makes one",
                           path);
    memcpy(ret, bytes.data, ARCHIVE_KEY_SIZE);
    secret_wipe(bytes.data, bytes.len);
    return FAULT_NONE;
}

enum fault archive_key_make(const char *path)
{
    uint8_t key[ARCHIVE_KEY_SIZE];
    secret_random(key, sizeof key);
    const enum fault no =
        file_create(path, (struct text){(const char *)key, sizeof key}, 0600);
    secret_wipe(key, sizeof key);
    return no;
}

/* ---- what both directions share -------------------------------------------------------------- */

static void big_endian(uint8_t *to, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
}

static void mark_of(const uint8_t key[static ARCHIVE_KEY_SIZE], uint8_t ret[static MARK_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    digest_hmac((struct text){(const char *)key, ARCHIVE_KEY_SIZE},
                TEXT("groundswell backup: which key"), digest);
    memcpy(ret, digest, MARK_SIZE);
}

static enum fault furnish(struct crypt *crypt, FILE *file, struct doubt *doubt)
{
    *crypt = (struct crypt){.file = file, .doubt = doubt};
    crypt->cipher = EVP_CIPHER_CTX_new();
    crypt->plain = malloc(ARCHIVE_CHUNK);
    crypt->sealed = malloc(ARCHIVE_CHUNK + ARCHIVE_TAG);
    return crypt->cipher && crypt->plain && crypt->sealed ? FAULT_NONE : FAULT_MEMORY;
}

static void key_derive(struct crypt *crypt, const uint8_t key[static ARCHIVE_KEY_SIZE],
                       const uint8_t header[static ARCHIVE_HEADER])
{
    digest_hmac((struct text){(const char *)key, ARCHIVE_KEY_SIZE},
                (struct text){(const char *)header, ARCHIVE_HEADER}, crypt->key);
}

void crypt_release(struct crypt *crypt)
{
    EVP_CIPHER_CTX_free(crypt->cipher);
    if (crypt->plain) secret_wipe(crypt->plain, ARCHIVE_CHUNK);
    free(crypt->plain);
    free(crypt->sealed);
    secret_wipe(crypt->key, sizeof crypt->key);
    *crypt = (struct crypt){0};
}

static void nonce_of(uint64_t number, bool last, uint8_t ret[static NONCE_SIZE])
{
    big_endian(ret, last, 4);
    big_endian(ret + 4, number, 8);
}

/* ---- writing --------------------------------------------------------------------------------- */

enum fault crypt_write_open(struct crypt *crypt, FILE *file,
                            const uint8_t key[static ARCHIVE_KEY_SIZE], struct doubt *doubt)
{
    uint8_t header[ARCHIVE_HEADER] = MAGIC;
    const enum fault no = furnish(crypt, file, doubt);
    if (no) return no;
    big_endian(header + 8, ARCHIVE_FORMAT, 4);
    big_endian(header + 12, ARCHIVE_CHUNK, 4);
    secret_random(header + SALT_AT, MARK_AT - SALT_AT);
    mark_of(key, header + MARK_AT);
    key_derive(crypt, key, header);
    return fwrite(header, 1, sizeof header, file) == sizeof header ? FAULT_NONE : FAULT_IO;
}

static enum fault chunk_write(struct crypt *crypt, bool last)
{
    uint8_t nonce[NONCE_SIZE];
    int n = 0, rest = 0;
    nonce_of(crypt->number++, last, nonce);
    const bool sealed =
        EVP_EncryptInit_ex(crypt->cipher, EVP_aes_256_gcm(), NULL, crypt->key, nonce) == 1 &&
        EVP_EncryptUpdate(crypt->cipher, crypt->sealed, &n, crypt->plain,
                          (int)crypt->plain_n) == 1 &&
        EVP_EncryptFinal_ex(crypt->cipher, crypt->sealed + n, &rest) == 1 &&
        EVP_CIPHER_CTX_ctrl(crypt->cipher, EVP_CTRL_GCM_GET_TAG, ARCHIVE_TAG,
                            crypt->sealed + crypt->plain_n) == 1;
    if (!sealed) return FAULT_MEMORY;
    const size_t bytes = crypt->plain_n + ARCHIVE_TAG;
    crypt->plain_n = 0;
    return fwrite(crypt->sealed, 1, bytes, crypt->file) == bytes ? FAULT_NONE : FAULT_IO;
}

enum fault crypt_write(struct crypt *crypt, const void *data, size_t n)
{
    const uint8_t *from = data;
    while (n > 0) {
        if (crypt->plain_n == ARCHIVE_CHUNK) {
            const enum fault no = chunk_write(crypt, false);
            if (no) return no;
        }
        const size_t room = ARCHIVE_CHUNK - crypt->plain_n, part = n < room ? n : room;
        memcpy(crypt->plain + crypt->plain_n, from, part);
        crypt->plain_n += part;
        from += part;
        n -= part;
    }
    return FAULT_NONE;
}

enum fault crypt_write_end(struct crypt *crypt)
{
    /* The last chunk is never a full one: so a reader knows it by its length as well. */
    enum fault no = crypt->plain_n == ARCHIVE_CHUNK ? chunk_write(crypt, false) : FAULT_NONE;
    return no ? no : chunk_write(crypt, true);
}

/* ---- reading --------------------------------------------------------------------------------- */

enum fault crypt_read_open(struct crypt *crypt, FILE *file,
                           const uint8_t key[static ARCHIVE_KEY_SIZE], struct doubt *doubt)
{
    uint8_t header[ARCHIVE_HEADER], mark[MARK_SIZE], expected[8];
    const enum fault no = furnish(crypt, file, doubt);
    if (no) return no;
    if (fread(header, 1, sizeof header, file) != sizeof header || memcmp(header, MAGIC, 8) != 0)
        return doubt_raise(doubt, FAULT_FORMAT, "this is no archive of `groundswell backup`");
    big_endian(expected, ARCHIVE_FORMAT, 4);
    big_endian(expected + 4, ARCHIVE_CHUNK, 4);
    if (memcmp(header + 8, expected, sizeof expected) != 0)
        return doubt_raise(doubt, FAULT_FORMAT,
                           "the archive is of another format than %d, which this program reads",
                           ARCHIVE_FORMAT);
    mark_of(key, mark);
    if (!secret_equal(mark, header + MARK_AT, MARK_SIZE))
        return doubt_raise(doubt, FAULT_FORMAT, "the archive was made with another key");
    key_derive(crypt, key, header);
    return FAULT_NONE;
}

static bool chunk_open(struct crypt *crypt, size_t n, bool last)
{
    uint8_t nonce[NONCE_SIZE];
    int got = 0, rest = 0;
    nonce_of(crypt->number, last, nonce);
    return EVP_DecryptInit_ex(crypt->cipher, EVP_aes_256_gcm(), NULL, crypt->key, nonce) == 1 &&
           EVP_DecryptUpdate(crypt->cipher, crypt->plain, &got, crypt->sealed, (int)n) == 1 &&
           EVP_CIPHER_CTX_ctrl(crypt->cipher, EVP_CTRL_GCM_SET_TAG, ARCHIVE_TAG,
                               crypt->sealed + n) == 1 &&
           EVP_DecryptFinal_ex(crypt->cipher, crypt->plain + got, &rest) == 1;
}

static enum fault chunk_read(struct crypt *crypt)
{
    if (crypt->ended)
        return doubt_raise(crypt->doubt, FAULT_FORMAT, "the archive ends within a member");
    size_t n = fread(crypt->sealed, 1, ARCHIVE_CHUNK + ARCHIVE_TAG, crypt->file);
    if (ferror(crypt->file)) return FAULT_IO;
    const bool last = n < ARCHIVE_CHUNK + ARCHIVE_TAG;
    if (n < ARCHIVE_TAG)
        return doubt_raise(crypt->doubt, FAULT_FORMAT, "the archive is cut short at chunk %llu",
                           (unsigned long long)crypt->number);
    n -= ARCHIVE_TAG;
    if (!chunk_open(crypt, n, last))
        return doubt_raise(crypt->doubt, FAULT_FORMAT, "the archive is damaged: chunk %llu is %s",
                           (unsigned long long)crypt->number,
                           last ? "changed or cut short" : "not as it was written");
    crypt->plain_n = n;
    crypt->plain_at = 0;
    crypt->number++;
    crypt->ended = last;
    return FAULT_NONE;
}

enum fault crypt_read(struct crypt *crypt, void *ret, size_t n)
{
    uint8_t *to = ret;
    while (n > 0) {
        if (crypt->plain_at == crypt->plain_n) {
            const enum fault no = chunk_read(crypt);
            if (no) return no;
            continue;
        }
        const size_t there = crypt->plain_n - crypt->plain_at, part = n < there ? n : there;
        memcpy(to, crypt->plain + crypt->plain_at, part);
        crypt->plain_at += part;
        to += part;
        n -= part;
    }
    return FAULT_NONE;
}

enum fault crypt_read_end(struct crypt *crypt)
{
    while (!crypt->ended && crypt->plain_at == crypt->plain_n) {
        const enum fault no = chunk_read(crypt);
        if (no) return no;
    }
    if (crypt->plain_at != crypt->plain_n || fgetc(crypt->file) != EOF)
        return doubt_raise(crypt->doubt, FAULT_FORMAT, "the archive goes on behind its end");
    return FAULT_NONE;
}
