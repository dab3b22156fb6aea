/* authenticator.h -- a passkey device of software, for tests: it makes what a browser would hand
 * over, honest or, by one changed member, wrong in one way. */
#ifndef GROUNDSWELL_TESTS_AUTHENTICATOR_H
#define GROUNDSWELL_TESTS_AUTHENTICATOR_H

#include <openssl/evp.h>
#include <stdint.h>

#include "groundswell/base/buf.h"

#define AUTHENTICATOR_ID_SIZE 1024 /* one more than we accept */

enum authenticator_flags {
    DEVICE_PRESENT = 0x01,
    DEVICE_VERIFIED = 0x04,
    DEVICE_BACKUP_ELIGIBLE = 0x08,
    DEVICE_BACKED_UP = 0x10,
    DEVICE_ATTESTED = 0x40,
    DEVICE_EXTENSIONS = 0x80,
};

struct authenticator {
    EVP_PKEY *key;
    int alg; /* COSE's number: -7, -8 or -257 */
    uint8_t id[AUTHENTICATOR_ID_SIZE];
    size_t id_n;
    uint32_t count;
    unsigned flags; /* beside DEVICE_ATTESTED */
    const char *rp_id, *origin;
    const char *type;       /* NULL: the right one */
    const char *more;       /* further members of the client data, from the comma on */
    struct text extensions; /* CBOR that follows the rest, where DEVICE_EXTENSIONS is set */
    struct text attestation; /* CBOR of fmt and attStmt; TEXT_NONE: format none */
    struct text cose;        /* in place of the public key's own CBOR; TEXT_NONE: that */
};

/* What goes to the server; all empty at first, released together. */
struct ceremony {
    struct buf client_data, attestation, auth_data, signature;
};

/* A device for http://localhost:8080 with a new key, which touches and verifies. */
void authenticator_init(struct authenticator *device, int alg);
void authenticator_release(struct authenticator *device);

void authenticator_create(const struct authenticator *device, const uint8_t challenge[static 32],
                          struct ceremony *ret);
void authenticator_get(const struct authenticator *device, const uint8_t challenge[static 32],
                       struct ceremony *ret);
void ceremony_release(struct ceremony *ceremony);

/* The public key's CBOR. */
void authenticator_cose(const struct authenticator *device, struct buf *out);

#endif
