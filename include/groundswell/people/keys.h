/* keys.h -- the secrets of an installation in one struct, and the keyed hash under which a person's
 * words are found again.
 *
 * DATA/keys/token.key seals tokens, sessions and program keys; code.key hides codes; people.key
 * hides sign-in names, e-mail and network addresses. Each file has 32 random bytes, is made where
 * it is absent, and is refused where others may read it. Whoever loses code.key or people.key can
 * find no code and no person again: they belong into every backup. */
#ifndef GROUNDSWELL_PEOPLE_KEYS_H
#define GROUNDSWELL_PEOPLE_KEYS_H

#include <stdint.h>

#include "groundswell/people/token.h"

#define PEOPLE_HASH_SIZE 16

struct people_keys {
    struct token_keys tokens;
    uint8_t code[TOKEN_KEY_SIZE];
    uint8_t people[TOKEN_KEY_SIZE];
};

/* Reads all key files under DATA, makes those that are absent, mode 0600. Several processes may do
 * this at once and agree. Faults as token_keys_open(). Nothing is held where it fails. */
enum fault people_keys_open(const char *data, struct people_keys *ret) MUST_CHECK;
void people_keys_release(struct people_keys *keys); /* wipes */

/* The first 16 bytes of HMAC-SHA-256 under people.key over the domain, a NUL and the SHA-256 of
 * `text`. The domain is a word of ours ("sign-in name", "e-mail", "address"): the same text has
 * another hash in another domain. Folding case and trimming is the caller's. */
void people_hash(const struct people_keys *keys, const char *domain, struct text text,
                 uint8_t ret[static PEOPLE_HASH_SIZE]);

#endif
