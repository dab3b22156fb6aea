/* seal.c -- what makes a text form ours: a keyed hash over a domain and a payload.
 *
 * The domain is what keeps the forms apart: the same payload as a session and as a token has two
 * seals, and nothing sealed as one can be cut into the other, because the domain's first word is
 * part of what is hashed and no token's payload begins with it. */
#include "inside.h"

#include "groundswell/base/secret.h"

#define DOMAIN_MAX 64

void seal_make(const struct token_keys *keys, const char *domain, struct text payload,
               uint8_t ret[static SEAL_SIZE])
{
    char joined[DOMAIN_MAX + SEAL_PAYLOAD_MAX];
    uint8_t whole[DIGEST_SIZE];
    const size_t n = strlen(domain);
    INVARIANT(n <= DOMAIN_MAX && payload.n <= SEAL_PAYLOAD_MAX);
    memcpy(joined, domain, n);
    if (payload.n > 0) memcpy(joined + n, payload.at, payload.n);
    digest_hmac((struct text){(const char *)keys->seal, TOKEN_KEY_SIZE},
                (struct text){joined, n + payload.n}, whole);
    memcpy(ret, whole, SEAL_SIZE);
}

bool seal_is(const struct token_keys *keys, const char *domain, struct text payload,
             struct text shown, bool *ret_bad)
{
    uint8_t theirs[SEAL_SIZE], ours[SEAL_SIZE];
    const bool formed = shown.n == SEAL_TEXT_SIZE &&
                        decode_base64url(shown, theirs, sizeof(theirs)) == SEAL_SIZE;
    if (ret_bad) *ret_bad = !formed;
    if (!formed) return false;
    seal_make(keys, domain, payload, ours);
    return secret_equal(theirs, ours, SEAL_SIZE);
}
