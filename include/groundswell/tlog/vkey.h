/* vkey.h -- the keys that sign notes (C2SP signed-note).
 *
 * Two kinds of Ed25519 keys are known: a log's (0x01), which signs the text, and a witness's
 * (0x04), which signs the text with the time when it saw it. The key id is the first four bytes of
 * SHA-256(name || LF || kind || public key). */
#ifndef GROUNDSWELL_TLOG_VKEY_H
#define GROUNDSWELL_TLOG_VKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/tlog/doubt.h"

#define KEY_NAME_MAX 200
#define KEY_SIZE 32
#define SIGNATURE_SIZE 64

enum key_kind { KEY_LOG = 0x01, KEY_WITNESS = 0x04 };

/* A verifier key: <name>+<8 lower hex of id>+base64(kind || public key). */
struct vkey {
    char name[KEY_NAME_MAX + 1]; /* NUL-terminated; no blank, no '+'; the log's is its origin */
    uint32_t id;
    enum key_kind kind;
    uint8_t public_key[KEY_SIZE];
};

/* A signing key. Wipe it with skey_release(). */
struct skey {
    struct vkey vkey;
    uint8_t seed[KEY_SIZE];
};
void skey_release(struct skey *key);

/* UTF-8, not empty, at most KEY_NAME_MAX bytes, no Unicode space, no control, no '+'. */
bool key_name_is_valid(struct text name);
/* FAULT_FORMAT: the name is not one. */
enum fault skey_from_seed(struct text name, enum key_kind kind, const uint8_t seed[static KEY_SIZE],
                          struct skey *ret) MUST_CHECK;
enum fault vkey_parse(struct text line, struct vkey *ret, struct doubt *doubt) MUST_CHECK;
void vkey_put(struct buf *out, const struct vkey *key); /* no LF */
bool vkey_equal(const struct vkey *a, const struct vkey *b);

/* Ed25519 (RFC 8032) over the bytes as they are. */
void key_sign(const struct skey *key, struct text message, uint8_t ret[static SIGNATURE_SIZE]);
bool key_verifies(const struct vkey *key, struct text message,
                  const uint8_t signature[static SIGNATURE_SIZE]);

#endif
