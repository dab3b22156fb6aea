/* archive.h -- the one file that `backup` writes and `restore` reads: a ustar stream of members,
 * encrypted in chunks.
 *
 *   header   "GSBACKUP", format u32, chunk size u32, salt 32 bytes, mark of the key 8 bytes
 *   chunks   AES-256-GCM of 65,536 bytes of the stream each, the last one shorter (or empty);
 *            behind each its tag of 16 bytes
 *
 * The key of an archive is HMAC-SHA-256 of its header under the 32 bytes of the key file, so that
 * no two archives share one, and a changed header opens nothing. A chunk's nonce is its number
 * (u64) behind u32 1 for the last chunk and 0 for the others: chunks cannot change places, and an
 * archive that was cut short is seen. Numbers are big-endian.
 *
 * The last two members are SHA256SUMS, of all before it, and manifest.json, which says what is
 * inside; restore_ and backup_ say what the others are. Nothing of an archive is used before it was
 * read to its end. */
#ifndef GROUNDSWELL_MAIN_ARCHIVE_H
#define GROUNDSWELL_MAIN_ARCHIVE_H

#include <stdio.h>
#include <sys/types.h>

#include "groundswell/base/secret.h"
#include "groundswell/tlog/doubt.h"

#define ARCHIVE_FORMAT 1
#define ARCHIVE_KEY_SIZE 32
#define ARCHIVE_CHUNK ((size_t)65536)
#define ARCHIVE_TAG 16
#define ARCHIVE_HEADER 56
#define ARCHIVE_SUMS "SHA256SUMS"
#define ARCHIVE_MANIFEST "manifest.json"
#define ARCHIVE_SUMS_MAX ((size_t)1024 * MIB)

/* Reads a key file: FAULT_CONFIG where others may read it or it is none; doubt says so. */
enum fault archive_key_read(const char *path, uint8_t ret[static ARCHIVE_KEY_SIZE],
                            struct doubt *doubt) MUST_CHECK;
/* Makes one (mode 0600). FAULT_BUSY: the file is there already. */
enum fault archive_key_make(const char *path) MUST_CHECK;

/* ---- the encrypted stream (archive_crypt.c) ---- */

struct crypt {
    FILE *file;       /* borrowed */
    void *cipher;     /* EVP_CIPHER_CTX */
    uint8_t key[ARCHIVE_KEY_SIZE];
    uint64_t number;  /* of the next chunk */
    uint8_t *plain, *sealed;
    size_t plain_n, plain_at; /* writing: filled; reading: there, and taken */
    bool ended;               /* reading: the last chunk was opened */
    struct doubt *doubt;
};

void crypt_release(struct crypt *crypt); /* wipes the key */
enum fault crypt_write_open(struct crypt *crypt, FILE *file,
                            const uint8_t key[static ARCHIVE_KEY_SIZE],
                            struct doubt *doubt) MUST_CHECK;
enum fault crypt_write(struct crypt *crypt, const void *data, size_t n) MUST_CHECK;
enum fault crypt_write_end(struct crypt *crypt) MUST_CHECK;
/* FAULT_FORMAT: no archive, another key, another format. */
enum fault crypt_read_open(struct crypt *crypt, FILE *file,
                           const uint8_t key[static ARCHIVE_KEY_SIZE],
                           struct doubt *doubt) MUST_CHECK;
/* Exactly n bytes. FAULT_FORMAT: changed, or cut short. */
enum fault crypt_read(struct crypt *crypt, void *ret, size_t n) MUST_CHECK;
/* Nothing may be left. */
enum fault crypt_read_end(struct crypt *crypt) MUST_CHECK;

/* ---- members (archive_tar.c) ---- */

struct archive {
    struct crypt crypt;
    struct buf sums; /* lines of SHA256SUMS so far */
    uint64_t members, bytes;
    struct doubt *doubt;
};

void archive_release(struct archive *archive);

/* Members in the order they are to lie in. A name is relative, of at most 254 bytes. */
enum fault archive_put(struct archive *archive, const char *name, struct text content) MUST_CHECK;
enum fault archive_put_file(struct archive *archive, const char *name,
                            const char *path) MUST_CHECK;
/* All files below folder/name, sorted. One that is not there is passed over. */
enum fault archive_put_tree(struct archive *archive, const char *folder,
                            const char *name) MUST_CHECK;
/* SHA256SUMS, then the manifest, then the end of the stream. */
enum fault archive_put_end(struct archive *archive, struct text manifest) MUST_CHECK;

/* Reads the archive to its end into `folder`, which exists: files are private to their owner. The
 * manifest is appended to ret_manifest instead. FAULT_FORMAT with a doubt where anything is not as
 * it was written. */
enum fault archive_extract(struct archive *archive, const char *folder,
                           struct buf *ret_manifest) MUST_CHECK;

/* ---- folders ---- */

/* Removes a folder with all that is in it; one that is not there is fine. */
enum fault tree_remove(const char *path) MUST_CHECK;

#endif
