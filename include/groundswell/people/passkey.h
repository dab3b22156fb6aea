/* passkey.h -- WebAuthn level 2: is this a new passkey for us, is this a use of that passkey?
 *
 * Registration and assertion are judged as in sections 7.1 and 7.2 of the Recommendation, with user
 * presence and user verification both demanded. The cryptography and COSE keys are libfido2's; the
 * order of checks, and that each kind of wrong has its name, is ours. Statements of attestation are
 * neither asked for nor believed: whatever the format, only the key is taken.
 *
 * Pure: no clock, no store. That a challenge is ours and used once is the caller's. */
#ifndef GROUNDSWELL_PEOPLE_PASSKEY_H
#define GROUNDSWELL_PEOPLE_PASSKEY_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

#define PASSKEY_CHALLENGE_SIZE 32
#define PASSKEY_ID_MAX 1023
#define PASSKEY_KEY_MAX 259 /* RS256: 256 bytes of modulus, 3 of exponent */
#define PASSKEY_AAGUID_SIZE 16
#define PASSKEY_CLIENT_DATA_MAX 4096
#define PASSKEY_ATTESTATION_MAX 16384
#define PASSKEY_AUTH_DATA_MAX 900 /* of an assertion: libfido2 signs at most 1024 bytes */
#define PASSKEY_SIGNATURE_MAX 512
#define PASSKEY_USER_MAX 64 /* of a user handle: the Recommendation's bound */

/* COSE's numbers, also what `pubKeyCredParams` offers in this order. */
enum passkey_alg { PASSKEY_ES256 = -7, PASSKEY_EDDSA = -8, PASSKEY_RS256 = -257 };

/* Who we are to an authenticator. All borrowed. */
struct passkey_party {
    struct text rp_id;          /* "localhost", "commons.example" */
    const struct text *origins; /* "http://localhost:8080"; compared byte by byte */
    size_t origins_n;
};

/* What is kept of a passkey. `key` is raw: ES256 x and y (64 bytes), EdDSA (32), RS256 modulus and
 * exponent (259). */
struct passkey {
    uint8_t id[PASSKEY_ID_MAX];
    size_t id_n;
    uint8_t key[PASSKEY_KEY_MAX];
    size_t key_n;
    enum passkey_alg alg;
    uint32_t count; /* signatures so far; 0 where the authenticator does not count */
    uint8_t aaguid[PASSKEY_AAGUID_SIZE];
    bool backup_eligible, backed_up;
};

enum passkey_verdict {
    PASSKEY_GOOD,
    PASSKEY_MALFORMED,
    PASSKEY_TYPE,         /* made for another purpose than this one */
    PASSKEY_CHALLENGE,    /* not the challenge that we set */
    PASSKEY_ORIGIN,       /* made on another site, or inside a frame of another site */
    PASSKEY_RP_ID,        /* made for another site's name */
    PASSKEY_PRESENCE,     /* nobody touched the device */
    PASSKEY_VERIFICATION, /* the device did not check who touched it */
    PASSKEY_ALGORITHM,    /* a kind of key that we do not use */
    PASSKEY_TOO_LONG,     /* a credential id over PASSKEY_ID_MAX bytes */
    PASSKEY_USER,         /* made for another account */
    PASSKEY_SIGNATURE,    /* not signed by this passkey */
    PASSKEY_COUNTER,      /* the count did not grow: a copy of the passkey may be about */
    PASSKEY_FAULT,        /* out of memory: ask again */
};
#define PASSKEY_VERDICTS (PASSKEY_FAULT + 1)

/* A word for the journal ("challenge"), and a plain sentence for the person. Static storage. */
const char *passkey_word(enum passkey_verdict verdict);
const char *passkey_sentence(enum passkey_verdict verdict);

/* `client_data` is the bytes of clientDataJSON, `attestation` of attestationObject (both decoded
 * from base64url). *ret is zeroed unless PASSKEY_GOOD. */
enum passkey_verdict passkey_register(const struct passkey_party *party,
                                      const uint8_t challenge[static PASSKEY_CHALLENGE_SIZE],
                                      struct text client_data, struct text attestation,
                                      struct passkey *ret);

/* What came back of navigator.credentials.get(), decoded from base64url. */
struct passkey_assertion {
    struct text client_data, authenticator_data, signature;
    struct text user_handle; /* TEXT_NONE or empty: the authenticator gave none */
};

struct passkey_use {
    uint32_t count; /* to be stored in place of the old one */
    bool backed_up;
};

/* `stored` is the passkey of that credential id: key, key_n, alg and count are read. `user` is the
 * handle under which it was registered; a handle that came back must equal it. The caller has found
 * `stored` by the id, and stores use->count in one step with its comparison where two might race.
 * *ret is zeroed unless PASSKEY_GOOD. */
enum passkey_verdict passkey_assert(const struct passkey_party *party,
                                    const uint8_t challenge[static PASSKEY_CHALLENGE_SIZE],
                                    const struct passkey_assertion *assertion,
                                    const struct passkey *stored, struct text user,
                                    struct passkey_use *ret);

#endif
