/* note.h -- signed notes (C2SP signed-note and tlog-cosignature).
 *
 * A note is a text that ends with LF, an empty line, and signature lines: an em dash, the key's
 * name, base64(key id || signature). Signatures by keys that are not asked about are ignored; a
 * wrong one by a key that is, spoils the note. */
#ifndef GROUNDSWELL_TLOG_NOTE_H
#define GROUNDSWELL_TLOG_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/tlog/vkey.h"

#define NOTE_MAX (64 * KIB)
#define NOTE_SIGNATURES_MAX 64 /* the format asks for at least 16 */
#define NOTE_KEYS_MAX 64       /* asked about in one call */
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
