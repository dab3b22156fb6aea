/* passkeys.c -- passkeys: a challenge, then either a new passkey of who is signed in, or the use of
 * one to sign in.
 *
 *     sign in:  challenge;  find -> assert -> used -> entrance
 *     add:      passkeys -> challenge;  register -> add
 *
 * A challenge is kept by its hash and used up by the ledger, whatever comes of it. Why a passkey
 * was not taken is told to who is signed in and adds one; who signs in hears one sentence for all.
 */
#include "entrance.h"
#include "groundswell/base/secret.h"
#include "groundswell/ledger/ways_in.h"
#include "groundswell/people/passkey.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "write.h"

#define CHALLENGE_TEXT_SIZE 43
#define FLAG_BACKUP_ELIGIBLE 1u
#define FLAG_BACKED_UP 2u

struct asking {
    struct visit *visit;
    const char *purpose;
    uint8_t challenge[PASSKEY_CHALLENGE_SIZE];
    char hash[HASH_TEXT_SIZE + 1];
    struct text assertion[4]; /* client_data, authenticator_data, signature, user_handle */
    struct text account;
    struct passkey passkey;
    struct text label;
    struct buf exclude; /* in the arena's stead: released by the answer */
};

/* "localhost" of "http://localhost:8080": what a passkey is bound to. */
static struct text rp_id(const struct desk *desk)
{
    struct text url = text_of(desk->public_url);
    for (int slashes = 0; slashes < 2; slashes++)
        (void)text_cut(&url, '/');
    struct text host = text_cut(&url, '/');
    return text_cut(&host, ':');
}

static struct passkey_party party_of(const struct desk *desk, struct text *origin)
{
    *origin = text_of(desk->public_url);
    return (struct passkey_party){.rp_id = rp_id(desk), .origins = origin, .origins_n = 1};
}

static bool challenge_hash(struct asking *asking)
{
    CLEANUP(buf) struct buf words = BUF_MAX(KIB);
    encode_base64url(&words, asking->challenge, sizeof asking->challenge);
    word_hash(errand_of(asking->visit)->desk, "challenge", buf_view(&words), asking->hash);
    return !buf_fault(&words);
}

static struct asking *asking_new(struct visit *visit, const char *purpose)
{
    struct asking *asking = arena_alloc(&visit->arena, sizeof *asking);
    if (!asking) {
        say_fault(visit, FAULT_MEMORY);
        return NULL;
    }
    asking->visit = visit;
    asking->purpose = purpose;
    return asking;
}

/* base64url of the body's member into the arena; an absent one is TEXT_NONE and good. False: the
 * visit is answered. */
static bool bytes_read(struct visit *visit, const json_t *body, const char *name, struct text *ret)
{
    struct text words = body_text(body, name);
    *ret = TEXT_NONE;
    if (!words.at) return true;
    char *bytes = arena_alloc(&visit->arena, words.n + 1);
    size_t n = bytes ? decode_base64url(words, bytes, words.n) : 0;
    if (!bytes) {
        say_fault(visit, FAULT_MEMORY);
        return false;
    }
    if (n == SIZE_MAX) {
        say_field_wrong(visit, arena_format(&visit->arena, "/%s", name), "is not base64url");
        return false;
    }
    *ret = (struct text){bytes, n};
    return true;
}

static bool challenge_read(struct asking *asking, const json_t *body)
{
    struct text bytes;
    if (!bytes_read(asking->visit, body, "challenge", &bytes)) return false;
    if (bytes.n != sizeof asking->challenge) {
        say_field_wrong(asking->visit, "/challenge", "is none of ours");
        return false;
    }
    memcpy(asking->challenge, bytes.at, bytes.n);
    if (challenge_hash(asking)) return true;
    say_fault(asking->visit, FAULT_LIMIT);
    return false;
}

/* ---- a challenge ----------------------------------------------------------------------------- */

static void account_handle_put(struct json_out *out, struct text account)
{
    CLEANUP(buf) struct buf handle = BUF_MAX(KIB);
    encode_base64url(&handle, account.at, account.n);
    json_text_at(out, "user", buf_view(&handle));
}

static void challenge_answer(void *ctx, const struct ledger_answer *answer)
{
    struct asking *asking = ctx;
    const struct desk *desk = errand_of(asking->visit)->desk;
    if (say_no(asking->visit, answer)) {
        buf_release(&asking->exclude);
        return;
    }
    CLEANUP(buf) struct buf body = BUF_MAX(64 * KIB), words = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    encode_base64url(&words, asking->challenge, sizeof asking->challenge);
    json_object_begin(&out);
    json_text_at(&out, "challenge", buf_view(&words));
    json_text_at(&out, "rp_id", rp_id(desk));
    json_u64_at(&out, "timeout_ms", CHALLENGE_MS);
    json_text_at(&out, "user_verification", TEXT("required"));
    if (asking->account.at) {
        account_handle_put(&out, asking->account);
        json_name(&out, "algorithms");
        json_raw(&out, TEXT("[-7,-8,-257]"));
        json_name(&out, "exclude");
        json_raw(&out, buf_view(&asking->exclude));
    }
    json_object_end(&out);
    buf_release(&asking->exclude);
    say_json(asking->visit, 201, &body);
}

static void challenge_ask(struct asking *asking)
{
    secret_random(asking->challenge, sizeof asking->challenge);
    if (!challenge_hash(asking)) {
        say_fault(asking->visit, FAULT_LIMIT);
        return;
    }
    const struct challenge_new in = {.hash = text_of(asking->hash),
                                     .purpose = text_of(asking->purpose),
                                     .account = asking->account.at ? asking->account : TEXT("")};
    ledger_challenge_new(errand_of(asking->visit)->desk->plan.ledger, &in, challenge_answer,
                         asking);
}

void sign_in_passkey_challenge(struct visit *visit)
{
    struct asking *asking = asking_new(visit, "sign-in");
    if (asking) challenge_ask(asking);
}

static void me_passkey_challenge_answer(void *ctx, const struct ledger_answer *answer)
{
    struct asking *asking = ctx;
    if (say_no(asking->visit, answer)) return;
    const struct passkey_view *passkeys = answer->items;
    struct json_out out = JSON_OUT(&asking->exclude);
    json_array_begin(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        json_text(&out, passkeys[i].credential);
    json_array_end(&out);
    if (buf_fault(&asking->exclude)) {
        enum fault no = buf_fault(&asking->exclude);
        buf_release(&asking->exclude);
        say_fault(asking->visit, no);
        return;
    }
    challenge_ask(asking);
}

void me_passkey_challenge(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct asking *asking = is_fresh(visit) ? asking_new(visit, "add") : NULL;
    if (!asking) return;
    const struct account_act act = errand_account(visit);
    asking->account = text_of(errand->session->account);
    asking->exclude = BUF_MAX(32 * KIB);
    ledger_passkeys(errand->desk->plan.ledger, &act, me_passkey_challenge_answer, asking);
}

/* ---- signing in ------------------------------------------------------------------------------ */

static void sign_in_passkey_used_answer(void *ctx, const struct ledger_answer *answer)
{
    struct asking *asking = ctx;
    if (say_no(asking->visit, answer)) return;
    const struct entrance_plan plan = {.view = answer->outcome, .way = SESSION_BY_PASSKEY};
    entrance_open(asking->visit, &plan);
}

/* What is kept of the passkey, as the room people wants it; false: it is none of ours. */
static bool passkey_found_read(const struct passkey_found *found, struct passkey *ret)
{
    struct text alg = found->alg;
    uint64_t number;
    bool minus = alg.n > 1 && alg.at[0] == '-';
    if (!minus || !text_to_u64((struct text){alg.at + 1, alg.n - 1}, 65535, &number)) return false;
    *ret = (struct passkey){.alg = (enum passkey_alg)-(int)number, .count = (uint32_t)found->count};
    ret->key_n = decode_base64url(found->key, ret->key, sizeof ret->key);
    return ret->key_n != SIZE_MAX;
}

static void sign_in_passkey_answer(void *ctx, const struct ledger_answer *answer)
{
    struct asking *asking = ctx;
    struct visit *visit = asking->visit;
    if (say_no(visit, answer)) return;
    const struct passkey_found *found = answer->outcome;
    const struct desk *desk = errand_of(visit)->desk;
    const struct passkey_assertion assertion = {asking->assertion[0], asking->assertion[1],
                                                asking->assertion[2], asking->assertion[3]};
    struct text origin;
    struct passkey_use use = {0};
    struct passkey_party party = party_of(desk, &origin);
    enum passkey_verdict verdict = PASSKEY_FAULT;
    if (passkey_found_read(found, &asking->passkey))
        verdict = passkey_assert(&party, asking->challenge, &assertion, &asking->passkey,
                                 found->account, &use);
    asking->account = arena_text(&visit->arena, found->account);
    if (verdict == PASSKEY_FAULT || !asking->account.at) {
        say_fault(visit, FAULT_MEMORY);
    } else if (verdict != PASSKEY_GOOD) {
        say_refusal(visit, REFUSAL_SIGN_IN_FAILED, NULL, 0);
    } else {
        const struct passkey_used in = {
            .account = asking->account, .n = found->n, .count = use.count};
        ledger_passkey_used(desk->plan.ledger, &in, sign_in_passkey_used_answer, asking);
    }
}

void sign_in_passkey(struct visit *visit)
{
    static const char *const parts[] = {"client_data", "authenticator_data", "signature",
                                        "user_handle"};
    char credential[HASH_TEXT_SIZE + 1];
    struct asking *asking = asking_new(visit, "sign-in");
    json_t *body = asking ? errand_body(visit) : NULL;
    if (!body) return;
    const struct desk *desk = errand_of(visit)->desk;
    bool good = challenge_read(asking, body);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && good; i++)
        good = bytes_read(visit, body, parts[i], &asking->assertion[i]);
    word_hash(desk, "credential", body_text(body, "credential"), credential);
    json_decref(body);
    if (!good) return;
    const struct passkey_find in = {
        .challenge = {.hash = text_of(asking->hash),
                      .purpose = TEXT("sign-in"),
                      .account = TEXT("")},
        .credential_hash = text_of(credential)};
    ledger_passkey_find(desk->plan.ledger, &in, sign_in_passkey_answer, asking);
}

/* ---- adding one ------------------------------------------------------------------------------ */

static void passkey_said(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, passkey_outcome, answer->outcome);
}

static void me_passkey_add_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 201, passkey_outcome, answer->outcome);
}

static void passkey_add_ask(struct asking *asking)
{
    struct visit *visit = asking->visit;
    const struct desk *desk = errand_of(visit)->desk;
    const struct passkey *passkey = &asking->passkey;
    const struct account_act act = errand_account(visit);
    char hash[HASH_TEXT_SIZE + 1], alg[8];
    CLEANUP(buf) struct buf id = BUF_MAX(4 * KIB), key = BUF_MAX(KIB);
    encode_base64url(&id, passkey->id, passkey->id_n);
    encode_base64url(&key, passkey->key, passkey->key_n);
    snprintf(alg, sizeof alg, "%d", (int)passkey->alg);
    word_hash(desk, "credential", buf_view(&id), hash);
    const struct passkey_add in = {
        .challenge = text_of(asking->hash),
        .credential_hash = text_of(hash),
        .credential = buf_view(&id),
        .key = buf_view(&key),
        .alg = text_of(alg),
        .count = passkey->count,
        .flags = (passkey->backup_eligible ? FLAG_BACKUP_ELIGIBLE : 0) |
                 (passkey->backed_up ? FLAG_BACKED_UP : 0),
        .label = asking->label,
    };
    if (buf_fault(&id) || buf_fault(&key)) say_fault(visit, FAULT_LIMIT);
    else ledger_passkey_add(desk->plan.ledger, &act, &in, me_passkey_add_answer, visit);
}

void me_passkey_add(struct visit *visit)
{
    struct text client_data, attestation, origin;
    struct asking *asking = is_fresh(visit) ? asking_new(visit, "add") : NULL;
    json_t *body = asking ? errand_body(visit) : NULL;
    if (!body) return;
    bool good = challenge_read(asking, body) &&
                bytes_read(visit, body, "client_data", &client_data) &&
                bytes_read(visit, body, "attestation", &attestation);
    asking->label = arena_text(&visit->arena, body_text(body, "label"));
    json_decref(body);
    if (!good) return;
    struct passkey_party party = party_of(errand_of(visit)->desk, &origin);
    enum passkey_verdict verdict = passkey_register(&party, asking->challenge, client_data,
                                                    attestation, &asking->passkey);
    if (verdict == PASSKEY_FAULT) {
        say_fault(visit, FAULT_MEMORY);
    } else if (verdict != PASSKEY_GOOD) {
        SAY_REFUSAL(visit, REFUSAL_PASSKEY_REFUSED, {"reason", text_of(passkey_word(verdict))},
                    {"sentence", text_of(passkey_sentence(verdict))});
    } else {
        passkey_add_ask(asking);
    }
}

/* ---- naming and removing --------------------------------------------------------------------- */

static bool passkey_number(struct visit *visit, uint64_t *ret)
{
    if (text_to_u64(visit_param(visit, "passkey"), ID_NUMBER_MAX, ret)) return true;
    SAY_REFUSAL(visit, REFUSAL_ID_MALFORMED, {"name", TEXT("passkey")});
    return false;
}

void me_passkey_label(struct visit *visit)
{
    uint64_t n;
    json_t *body = passkey_number(visit, &n) ? errand_body(visit) : NULL;
    if (!body) return;
    const struct account_act act = errand_account(visit);
    const struct passkey_label in = {.n = n, .label = body_text(body, "label")};
    ledger_passkey_label(errand_of(visit)->desk->plan.ledger, &act, &in, passkey_said, visit);
    json_decref(body);
}

void me_passkey_remove(struct visit *visit)
{
    uint64_t n;
    if (!is_fresh(visit) || !passkey_number(visit, &n)) return;
    const struct account_act act = errand_account(visit);
    const struct passkey_remove in = {.n = n};
    ledger_passkey_remove(errand_of(visit)->desk->plan.ledger, &act, &in, passkey_said, visit);
}
