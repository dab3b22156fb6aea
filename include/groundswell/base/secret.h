/* secret.h -- hashes, keyed hashes, randomness and the text forms of bytes. */
#ifndef GROUNDSWELL_BASE_SECRET_H
#define GROUNDSWELL_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

#define DIGEST_SIZE 32

void secret_random(void *ret, size_t n); /* the system's generator; aborts when it fails */
void digest_sha256(struct text data, uint8_t ret[static DIGEST_SIZE]);
/* SHA-256 of what comes in pieces. */
struct digest;
struct digest *digest_new(void); /* NULL: no memory */
void digest_put(struct digest *digest, struct text data);
void digest_end(struct digest *digest, uint8_t ret[static DIGEST_SIZE]); /* nothing comes after */
void digest_free(struct digest *digest); /* NULL accepted */
/* HMAC-SHA-256 */
void digest_hmac(struct text key, struct text data, uint8_t ret[static DIGEST_SIZE]);
#define STREAM_KEY_SIZE 32
#define STREAM_PLACE_SIZE 16
/* ChaCha20 (RFC 8439) over n bytes in their place; `place`: counter, little-endian, and nonce. */
void stream_cover(const uint8_t key[static STREAM_KEY_SIZE],
                  const uint8_t place[static STREAM_PLACE_SIZE], void *bytes, size_t n);
/* HChaCha20 (draft-irtf-cfrg-xchacha-03): a key for each 16 bytes, of which none tells another. */
void stream_subkey(const uint8_t key[static STREAM_KEY_SIZE],
                   const uint8_t of[static STREAM_PLACE_SIZE],
                   uint8_t ret[static STREAM_KEY_SIZE]);

bool secret_equal(const void *a, const void *b, size_t n); /* constant time */
void secret_wipe(void *data, size_t n);

void encode_hex(struct buf *out, const void *data, size_t n);
void encode_base64url(struct buf *out, const void *data, size_t n); /* RFC 4648 s.5, no padding */
void encode_base64(struct buf *out, const void *data, size_t n);    /* RFC 4648 s.4, padded */
/* Strict: no blanks, no padding, no stray bits. Returns bytes written to ret, or SIZE_MAX if
 * malformed or > max. */
size_t decode_base64url(struct text from, void *ret, size_t max);
size_t decode_base64(struct text from, void *ret, size_t max); /* RFC 4648 s.4, padding needed */
size_t decode_hex(struct text from, void *ret, size_t max);

#endif
