/* passkey.c -- fuzzes what reads strangers' bytes in passkeys: client data, attestation objects,
 * authenticator data, signatures. None may crash; what is accepted is within its bounds, and is
 * accepted again.
 *
 * An input is a kind (even: registration, odd: assertion), the length of the client data in two
 * bytes, the client data, and the attestation object; or the length of the authenticator data in
 * one byte, that, and the signature. */
/* rooms: base io people */
#include "groundswell/people/passkey.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* P-256's generator: the public key of the private key 1 (SEC 2, section 2.4.2). */
static const uint8_t generator[64] = {
    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
    0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96,
    0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16,
    0x2b, 0xce, 0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
};
static const uint8_t challenge[PASSKEY_CHALLENGE_SIZE];
static const struct text origin = {"http://localhost:8080", 21};
static const struct passkey_party party = {{"localhost", 9}, &origin, 1};

static size_t accepted; /* the replay asks whether its corpus gets so far */

static struct text cut(struct text *rest, size_t n)
{
    if (n > rest->n) n = rest->n;
    const struct text head = {rest->at, n};
    rest->at += n;
    rest->n -= n;
    return head;
}

static size_t number(struct text *rest, size_t bytes)
{
    const struct text head = cut(rest, bytes);
    size_t value = 0;
    for (size_t i = 0; i < head.n; i++)
        value = value << 8 | (uint8_t)head.at[i];
    return value;
}

static void registration(struct text client_data, struct text attestation)
{
    struct passkey first, again;
    const enum passkey_verdict verdict =
        passkey_register(&party, challenge, client_data, attestation, &first);
    INVARIANT((unsigned)verdict < PASSKEY_VERDICTS && passkey_word(verdict));
    INVARIANT(passkey_register(&party, challenge, client_data, attestation, &again) == verdict);
    INVARIANT(memcmp(&first, &again, sizeof(first)) == 0);
    INVARIANT(first.id_n <= PASSKEY_ID_MAX && first.key_n <= PASSKEY_KEY_MAX);
    INVARIANT((verdict == PASSKEY_GOOD) == (first.id_n > 0 && first.key_n > 0));
    accepted += verdict == PASSKEY_GOOD;
}

static void assertion(struct text client_data, struct text auth_data, struct text signature)
{
    struct passkey stored = {.key_n = sizeof(generator), .alg = PASSKEY_ES256};
    struct passkey_use use;
    const struct passkey_assertion given = {client_data, auth_data, signature, TEXT_NONE};
    memcpy(stored.key, generator, sizeof(generator));
    const enum passkey_verdict verdict =
        passkey_assert(&party, challenge, &given, &stored, TEXT("me"), &use);
    INVARIANT((unsigned)verdict < PASSKEY_VERDICTS && passkey_sentence(verdict));
    INVARIANT(verdict == PASSKEY_GOOD || (use.count == 0 && !use.backed_up));
    if (verdict) return;
    accepted++;
    stored.count = use.count; /* a replay: refused wherever the device counts */
    INVARIANT(passkey_assert(&party, challenge, &given, &stored, TEXT("me"), &use) ==
              (stored.count > 0 ? PASSKEY_COUNTER : PASSKEY_GOOD));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text rest = {(const char *)data, size};
    const size_t kind = number(&rest, 1);
    const struct text client_data = cut(&rest, number(&rest, 2));
    if (kind % 2 == 0) {
        registration(client_data, rest);
    } else {
        const struct text auth_data = cut(&rest, number(&rest, 1));
        assertion(client_data, auth_data, rest);
    }
    return 0;
}
