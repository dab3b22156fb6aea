/* note.h -- signed notes and the keys that sign them (C2SP signed-note and tlog-cosignature).
 *
 * A note is a text that ends with LF, an empty line, and signature lines: an em dash, the key's
 * name, base64(key id || signature). Two kinds of Ed25519 keys are known: a log's (0x01), which
 * signs the text, and a witness's (0x04), which signs the text with the time it saw it. Signatures
 * by keys that are not asked about are ignored; a wrong one by a key that is, spoils the note. */
#ifndef GROUNDSWELL_TLOG_NOTE_H
#define GROUNDSWELL_TLOG_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/tlog/doubt.h"

#define NOTE_MAX (64 * KIB)
#define NOTE_SIGNATURES_MAX 64 /* the format asks for at least 16 */
#define NOTE_KEYS_MAX 64       /* asked about in one call */
#define KEY_NAME_MAX 200
#define KEY_SIZE 32

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

bool key_name_is_valid(struct text name);
/* FAULT_FORMAT: the name is not one. */
enum fault skey_from_seed(struct text name, enum key_kind kind, const uint8_t seed[static KEY_SIZE],
                          struct skey *ret) MUST_CHECK;
enum fault vkey_parse(struct text line, struct vkey *ret, struct doubt *doubt) MUST_CHECK;
void vkey_put(struct buf *out, const struct vkey *key); /* no LF */
bool vkey_equal(const struct vkey *a, const struct vkey *b);

struct note_signature {
    struct text name, base64; /* borrow from the note */
    uint32_t id;
};

/* Everything borrows from the parsed bytes. */
struct note {
    struct text text; /* up to and with the LF before the empty line: what is signed */
    struct note_signature signatures[NOTE_SIGNATURES_MAX];
    size_t signatures_n;
};

enum fault note_parse(struct text bytes, struct note *ret, struct doubt *doubt) MUST_CHECK;

/* Which of the keys (at most NOTE_KEYS_MAX) signed: bit i of *ret_signed for keys[i]. FAULT_FORMAT
 * where a signature by one of them is wrong. That none signed is the caller's to judge. */
enum fault note_check(const struct note *note, const struct vkey *keys, size_t keys_n,
                      uint64_t *ret_signed, struct doubt *doubt) MUST_CHECK;

/* When the witness says that it signed, in seconds since 1970; 0 where it did not sign. Judged by
 * note_check(), not here. */
uint64_t note_time_s(const struct note *note, const struct vkey *witness);

/* text || LF || one line a key. The text ends with LF. */
enum fault note_sign(struct buf *out, struct text text, const struct skey *const *keys,
                     size_t keys_n, uint64_t now_s) MUST_CHECK;
/* One signature line alone: what a witness answers with. now_s counts for witness keys only. */
enum fault note_sign_line(struct buf *out, struct text text, const struct skey *key,
                          uint64_t now_s) MUST_CHECK;

#endif
