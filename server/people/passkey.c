/* passkey.c -- the checks of WebAuthn level 2, in its order, each with its own verdict.
 *
 * Strangers' bytes pass through our own walk first (cbor.h, base/json.h), so that libfido2 only
 * sees whole, shallow items of bounded length. Of a registration it then reads the public key out
 * of the attested credential data; of an assertion it verifies the signature, and the flags and the
 * party's hash once more.
 *
 * libfido2 1.12 takes no attestation object as such; its three members are found here, and of the
 * format and its statement only that they are there is asked (see passkey.h). */
#include "groundswell/people/passkey.h"

#include "cbor.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <string.h>

#include "groundswell/base/json.h"
#include "groundswell/base/secret.h"

#define CLIENT_DATA_DEPTH 8
#define RP_ID_MAX 253 /* a host's name: RFC 1035 */

/* Authenticator data, section 6.1: the party's hash, flags, a count; then, in a registration, the
 * AAGUID, the id's length and the id, the key; then extensions. */
#define FLAGS_AT 32
#define COUNT_AT 33
#define FIXED_SIZE 37
#define AAGUID_AT 37
#define ID_LENGTH_AT 53
#define ID_AT 55
#define COSE_MAX 1024 /* bytes of a public key as it comes */
#define ATTESTED_MAX (ID_AT + PASSKEY_ID_MAX + COSE_MAX)
#define FLAG_PRESENT 0x01u
#define FLAG_VERIFIED 0x04u
#define FLAG_BACKUP_ELIGIBLE 0x08u /* level 3; level 2 reserves both */
#define FLAG_BACKED_UP 0x10u
#define FLAG_ATTESTED 0x40u
#define FLAG_EXTENSIONS 0x80u

#define COSE_ALG 3 /* the label of `alg` in a COSE key: RFC 9052 s.7.1 */

static const struct {
    const char *word, *sentence;
} verdicts[PASSKEY_VERDICTS] = {
    [PASSKEY_GOOD] = {"good", "The passkey is accepted."},
    [PASSKEY_MALFORMED] = {"malformed", "What your browser sent cannot be read as a passkey."},
    [PASSKEY_TYPE] = {"type", "This passkey answer was made for another purpose. Start again."},
    [PASSKEY_CHALLENGE] = {"challenge", "This answer belongs to an earlier try. Start again."},
    [PASSKEY_ORIGIN] = {"origin", "This passkey was used on another site than this one."},
    [PASSKEY_RP_ID] = {"rp_id", "This passkey was made for another site than this one."},
    [PASSKEY_PRESENCE] = {"presence", "The device did not notice anybody. Touch it when it asks."},
    [PASSKEY_VERIFICATION] = {"verification", "The device did not check that it is you. Use its "
                                              "PIN, fingerprint or face when it asks."},
    [PASSKEY_ALGORITHM] = {"algorithm", "This device makes a kind of passkey that we cannot use."},
    [PASSKEY_TOO_LONG] = {"too_long", "This device gives its passkey a name too long for us."},
    [PASSKEY_USER] = {"user", "This passkey belongs to another account."},
    [PASSKEY_SIGNATURE] = {"signature", "This answer was not made by the passkey it names."},
    [PASSKEY_COUNTER] = {"counter", "This passkey may have been copied. Sign in another way, "
                                    "remove it and add a new one."},
    [PASSKEY_FAULT] = {"fault", "We could not check the passkey just now. Try again."},
};

const char *passkey_word(enum passkey_verdict verdict)
{
    INVARIANT((unsigned)verdict < PASSKEY_VERDICTS);
    return verdicts[verdict].word;
}

const char *passkey_sentence(enum passkey_verdict verdict)
{
    INVARIANT((unsigned)verdict < PASSKEY_VERDICTS);
    return verdicts[verdict].sentence;
}

/* ---- client data: section 5.8.1 -------------------------------------------------------------- */

/* A member that is a string, or TEXT_NONE. */
static struct text string_of(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);
    if (!json_is_string(member)) return TEXT_NONE;
    return (struct text){json_string_value(member), json_string_length(member)};
}

static bool challenge_is(struct text shown, const uint8_t wanted[static PASSKEY_CHALLENGE_SIZE])
{
    uint8_t bytes[PASSKEY_CHALLENGE_SIZE];
    return decode_base64url(shown, bytes, sizeof(bytes)) == sizeof(bytes) &&
           secret_equal(bytes, wanted, sizeof(bytes));
}

static bool origin_is_ours(const struct passkey_party *party, struct text origin)
{
    for (size_t i = 0; i < party->origins_n; i++)
        if (text_equal(origin, party->origins[i])) return true;
    return false;
}

static enum passkey_verdict client_data_judge(const struct passkey_party *party,
                                              const uint8_t *challenge, struct text bytes,
                                              const char *type)
{
    CLEANUP(json_ref) json_t *data = NULL;
    if (bytes.n == 0 || bytes.n > PASSKEY_CLIENT_DATA_MAX) return PASSKEY_MALFORMED;
    const enum fault no = json_read(bytes, CLIENT_DATA_DEPTH, &data, NULL);
    if (no == FAULT_MEMORY) return PASSKEY_FAULT;
    if (no || !json_is_object(data)) return PASSKEY_MALFORMED;

    const struct text said_type = string_of(data, "type"), origin = string_of(data, "origin");
    const struct text said_challenge = string_of(data, "challenge");
    const json_t *cross = json_object_get(data, "crossOrigin");
    const bool whole = said_type.at && origin.at && said_challenge.at &&
                       (!cross || json_is_boolean(cross));
    if (!whole) return PASSKEY_MALFORMED;
    if (!text_is(said_type, type)) return PASSKEY_TYPE;
    if (!challenge_is(said_challenge, challenge)) return PASSKEY_CHALLENGE;
    if (!origin_is_ours(party, origin) || json_is_true(cross)) return PASSKEY_ORIGIN;
    return PASSKEY_GOOD;
}

/* ---- authenticator data: section 6.1 --------------------------------------------------------- */

static unsigned flags_of(struct text data)
{
    return (uint8_t)data.at[FLAGS_AT];
}

static uint32_t count_of(struct text data)
{
    uint32_t count = 0;
    for (size_t i = 0; i < 4; i++)
        count = count << 8 | (uint8_t)data.at[COUNT_AT + i];
    return count;
}

/* The party's hash and the two flags that we demand. `data` has FIXED_SIZE bytes at least. */
static enum passkey_verdict fixed_part_judge(const struct passkey_party *party, struct text data)
{
    uint8_t hash[DIGEST_SIZE];
    digest_sha256(party->rp_id, hash);
    if (!secret_equal(hash, data.at, DIGEST_SIZE)) return PASSKEY_RP_ID;
    if (!(flags_of(data) & FLAG_PRESENT)) return PASSKEY_PRESENCE;
    if (!(flags_of(data) & FLAG_VERIFIED)) return PASSKEY_VERIFICATION;
    return PASSKEY_GOOD;
}

/* True where `rest` is what the flag for extensions says: one map, or nothing. */
static bool extensions_are_whole(struct text rest, unsigned flags)
{
    if (!(flags & FLAG_EXTENSIONS)) return rest.n == 0;
    struct text copy = rest;
    uint64_t pairs;
    return cbor_map(&copy, &pairs) && cbor_skip(&rest) && rest.n == 0;
}

/* ---- public keys ----------------------------------------------------------------------------- */

/* The algorithm that a COSE key names; 0 where it names none. The item is known to be whole. */
static int64_t cose_alg(struct text cose)
{
    uint64_t pairs, label, value;
    unsigned kind;
    if (!cbor_map(&cose, &pairs)) return 0;
    for (uint64_t i = 0; i < pairs; i++) {
        struct text key = cose;
        if (!cbor_skip(&cose)) return 0;
        struct text item = cose;
        if (!cbor_skip(&cose)) return 0;
        if (!cbor_head(&key, &kind, &label) || kind != CBOR_UINT || label != COSE_ALG) continue;
        if (!cbor_head(&item, &kind, &value) || kind != CBOR_NEGATIVE) return 0;
        return value <= INT32_MAX ? -1 - (int64_t)value : 0;
    }
    return 0;
}

/* A key of one of the three kinds, as libfido2 wants it. */
struct public_key {
    es256_pk_t *es256;
    eddsa_pk_t *eddsa;
    rs256_pk_t *rs256;
};

static void public_key_release(struct public_key *key)
{
    es256_pk_free(&key->es256);
    eddsa_pk_free(&key->eddsa);
    rs256_pk_free(&key->rs256);
}

/* The key, checked to be one (a point on the curve, say), or NULL. Borrowed from *key. */
static const void *public_key_load(struct public_key *key, const struct passkey *passkey)
{
    const uint8_t *bytes = passkey->key;
    const size_t n = passkey->key_n;
    switch (passkey->alg) {
    case PASSKEY_ES256:
        key->es256 = es256_pk_new();
        if (!key->es256 || n != 64 || es256_pk_from_ptr(key->es256, bytes, n)) return NULL;
        return key->es256;
    case PASSKEY_EDDSA:
        key->eddsa = eddsa_pk_new();
        if (!key->eddsa || n != 32 || eddsa_pk_from_ptr(key->eddsa, bytes, n)) return NULL;
        return key->eddsa;
    case PASSKEY_RS256:
        key->rs256 = rs256_pk_new();
        if (!key->rs256 || n != 259 || rs256_pk_from_ptr(key->rs256, bytes, n)) return NULL;
        return key->rs256;
    }
    return NULL;
}

static bool public_key_is_one(const struct passkey *passkey)
{
    CLEANUP(public_key) struct public_key key = {0};
    return public_key_load(&key, passkey) != NULL;
}

/* ---- registration: section 7.1 --------------------------------------------------------------- */

static void fido_cred_release(fido_cred_t **cred)
{
    fido_cred_free(cred);
}

/* Lets libfido2 read the key out of the attested data without its extensions: which of them it
 * knows, and in what form, does not matter to us. */
static enum passkey_verdict key_read(struct text attested, struct passkey *ret)
{
    uint8_t plain[ATTESTED_MAX];
    INVARIANT(attested.n <= sizeof(plain));
    memcpy(plain, attested.at, attested.n);
    plain[FLAGS_AT] = (uint8_t)(plain[FLAGS_AT] & ~FLAG_EXTENSIONS);

    CLEANUP(fido_cred) fido_cred_t *cred = fido_cred_new();
    if (!cred) return PASSKEY_FAULT;
    const bool read = fido_cred_set_type(cred, (int)ret->alg) == FIDO_OK &&
                      fido_cred_set_authdata_raw(cred, plain, attested.n) == FIDO_OK;
    const size_t n = fido_cred_pubkey_len(cred);
    if (!read || n == 0 || n > PASSKEY_KEY_MAX) return PASSKEY_MALFORMED;
    memcpy(ret->key, fido_cred_pubkey_ptr(cred), n);
    ret->key_n = n;
    return public_key_is_one(ret) ? PASSKEY_GOOD : PASSKEY_MALFORMED;
}

/* The id and the key behind the fixed part. */
static enum passkey_verdict attested_read(struct text data, struct passkey *ret)
{
    if (!(flags_of(data) & FLAG_ATTESTED) || data.n < ID_AT) return PASSKEY_MALFORMED;
    const size_t id_n =
        (size_t)(uint8_t)data.at[ID_LENGTH_AT] << 8 | (uint8_t)data.at[ID_LENGTH_AT + 1];
    if (id_n > PASSKEY_ID_MAX) return PASSKEY_TOO_LONG;
    if (id_n == 0 || data.n < ID_AT + id_n) return PASSKEY_MALFORMED;

    const struct text cose = {data.at + ID_AT + id_n, data.n - ID_AT - id_n};
    struct text rest = cose;
    if (!cbor_skip(&rest) || cose.n - rest.n > COSE_MAX) return PASSKEY_MALFORMED;
    if (!extensions_are_whole(rest, flags_of(data))) return PASSKEY_MALFORMED;
    const int64_t alg = cose_alg(cose);
    if (alg == 0) return PASSKEY_MALFORMED;
    if (alg != PASSKEY_ES256 && alg != PASSKEY_EDDSA && alg != PASSKEY_RS256)
        return PASSKEY_ALGORITHM;

    memcpy(ret->aaguid, data.at + AAGUID_AT, PASSKEY_AAGUID_SIZE);
    memcpy(ret->id, data.at + ID_AT, id_n);
    ret->id_n = id_n;
    ret->alg = (enum passkey_alg)alg;
    return key_read((struct text){data.at, data.n - rest.n}, ret);
}

/* Finds authData in an attestation object, section 6.5: a map of exactly fmt, attStmt, authData. */
static bool attestation_open(struct text object, struct text *ret_data)
{
    uint64_t pairs;
    struct text name, ignored;
    unsigned seen = 0;
    if (object.n > PASSKEY_ATTESTATION_MAX) return false;
    if (!cbor_map(&object, &pairs) || pairs != 3) return false;
    for (size_t i = 0; i < 3; i++) {
        if (!cbor_string(&object, CBOR_TEXT, &name)) return false;
        bool good = false;
        if (text_is(name, "fmt")) {
            good = cbor_string(&object, CBOR_TEXT, &ignored) && ignored.n > 0;
            seen |= 1;
        } else if (text_is(name, "attStmt")) {
            struct text statement = object;
            good = cbor_map(&statement, &pairs) && cbor_skip(&object);
            seen |= 2;
        } else if (text_is(name, "authData")) {
            good = cbor_string(&object, CBOR_BYTES, ret_data);
            seen |= 4;
        }
        if (!good) return false;
    }
    return seen == 7 && object.n == 0;
}

enum passkey_verdict passkey_register(const struct passkey_party *party,
                                      const uint8_t challenge[static PASSKEY_CHALLENGE_SIZE],
                                      struct text client_data, struct text attestation,
                                      struct passkey *ret)
{
    struct passkey found = {0};
    struct text data;
    *ret = (struct passkey){0};
    enum passkey_verdict verdict =
        client_data_judge(party, challenge, client_data, "webauthn.create");
    if (verdict) return verdict;
    if (!attestation_open(attestation, &data) || data.n < FIXED_SIZE) return PASSKEY_MALFORMED;
    verdict = fixed_part_judge(party, data);
    if (!verdict) verdict = attested_read(data, &found);
    if (verdict) return verdict;
    found.count = count_of(data);
    found.backup_eligible = flags_of(data) & FLAG_BACKUP_ELIGIBLE;
    found.backed_up = flags_of(data) & FLAG_BACKED_UP;
    *ret = found;
    return PASSKEY_GOOD;
}

/* ---- assertion: section 7.2 ------------------------------------------------------------------ */

static void fido_assert_release(fido_assert_t **assertion)
{
    fido_assert_free(assertion);
}

static enum passkey_verdict signature_judge(const struct passkey_party *party,
                                            const struct passkey_assertion *given,
                                            const struct passkey *stored)
{
    CLEANUP(public_key) struct public_key key = {0};
    CLEANUP(fido_assert) fido_assert_t *assertion = fido_assert_new();
    char rp_id[RP_ID_MAX + 1] = {0};
    uint8_t hash[DIGEST_SIZE];
    INVARIANT(party->rp_id.n > 0 && party->rp_id.n <= RP_ID_MAX);
    memcpy(rp_id, party->rp_id.at, party->rp_id.n);
    digest_sha256(given->client_data, hash);
    const struct text data = given->authenticator_data, signature = given->signature;
    const bool ready = assertion && fido_assert_set_rp(assertion, rp_id) == FIDO_OK &&
                       fido_assert_set_clientdata_hash(assertion, hash, DIGEST_SIZE) == FIDO_OK &&
                       fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
                       fido_assert_set_uv(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
                       fido_assert_set_count(assertion, 1) == FIDO_OK;
    if (!ready) return PASSKEY_FAULT;
    const bool read = fido_assert_set_authdata_raw(assertion, 0, (const uint8_t *)data.at,
                                                   data.n) == FIDO_OK &&
                      fido_assert_set_sig(assertion, 0, (const uint8_t *)signature.at,
                                          signature.n) == FIDO_OK;
    if (!read) return PASSKEY_MALFORMED;
    const void *loaded = public_key_load(&key, stored);
    if (!loaded) return PASSKEY_ALGORITHM;
    return fido_assert_verify(assertion, 0, (int)stored->alg, loaded) == FIDO_OK
               ? PASSKEY_GOOD
               : PASSKEY_SIGNATURE;
}

static bool assertion_is_whole(const struct passkey_assertion *given)
{
    const struct text data = given->authenticator_data;
    if (data.n < FIXED_SIZE || data.n > PASSKEY_AUTH_DATA_MAX) return false;
    if (given->signature.n == 0 || given->signature.n > PASSKEY_SIGNATURE_MAX) return false;
    if (given->user_handle.n > PASSKEY_USER_MAX || flags_of(data) & FLAG_ATTESTED) return false;
    const struct text rest = {data.at + FIXED_SIZE, data.n - FIXED_SIZE};
    return extensions_are_whole(rest, flags_of(data));
}

enum passkey_verdict passkey_assert(const struct passkey_party *party,
                                    const uint8_t challenge[static PASSKEY_CHALLENGE_SIZE],
                                    const struct passkey_assertion *assertion,
                                    const struct passkey *stored, struct text user,
                                    struct passkey_use *ret)
{
    *ret = (struct passkey_use){0};
    enum passkey_verdict verdict =
        client_data_judge(party, challenge, assertion->client_data, "webauthn.get");
    if (verdict) return verdict;
    if (!assertion_is_whole(assertion)) return PASSKEY_MALFORMED;
    if (assertion->user_handle.n > 0 && !text_equal(assertion->user_handle, user))
        return PASSKEY_USER;
    verdict = fixed_part_judge(party, assertion->authenticator_data);
    if (!verdict) verdict = signature_judge(party, assertion, stored);
    if (verdict) return verdict;
    const uint32_t count = count_of(assertion->authenticator_data);
    if ((count > 0 || stored->count > 0) && count <= stored->count) return PASSKEY_COUNTER;
    ret->count = count;
    ret->backed_up = flags_of(assertion->authenticator_data) & FLAG_BACKED_UP;
    return PASSKEY_GOOD;
}
