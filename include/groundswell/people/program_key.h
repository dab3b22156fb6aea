/* program_key.h -- keys for programs: what an organisation's software shows instead of a person.
 *
 * `gsk_<id, 11 characters>_<base64url payload><base64url seal, 32 characters>`. The id is eight
 * random bytes that lists and journals may show; the payload is a token's; the seal covers both,
 * with words of its own, so that a key passes for no token and no token for a key. It is checked
 * without asking anyone; a revoked one is in ended.h. Shown once: others keep its digest only. */
#ifndef GROUNDSWELL_PEOPLE_PROGRAM_KEY_H
#define GROUNDSWELL_PEOPLE_PROGRAM_KEY_H

#include "groundswell/people/token.h"

#define PROGRAM_KEY_ID_SIZE 8
#define PROGRAM_KEY_ID_TEXT_SIZE 11
#define PROGRAM_KEY_TEXT_MAX 288
#define PROGRAM_KEY_DIGEST_SIZE 16

struct program_key {
    uint8_t id[PROGRAM_KEY_ID_SIZE];
    struct who who; /* as a token's, but epoch: the ms at which the key was made */
};

void program_key_draw_id(uint8_t ret[static PROGRAM_KEY_ID_SIZE]);
void program_key_id_put(struct buf *out, const uint8_t id[static PROGRAM_KEY_ID_SIZE]);
bool program_key_id_parse(struct text from, uint8_t ret[static PROGRAM_KEY_ID_SIZE]);

/* Appends the text form. FAULT_FORMAT where program_key_verify() would not read it. */
enum fault program_key_sign(const struct token_keys *keys, const struct program_key *key,
                            struct buf *out) MUST_CHECK;

/* *ret is zeroed unless TOKEN_GOOD. TEXT_NONE is TOKEN_ABSENT. */
enum token_verdict program_key_verify(const struct token_keys *keys, struct text shown,
                                      uint64_t now_s, struct program_key *ret);

/* The first 16 bytes of SHA-256 of the text form: what is stored. */
void program_key_digest(struct text shown, uint8_t ret[static PROGRAM_KEY_DIGEST_SIZE]);

#endif
