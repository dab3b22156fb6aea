/* 093_passkeys.c -- a passkey is registered and used as WebAuthn says, and each kind of wrong has
 * its name. */
/* rooms: base io people */
#include "check.h"

#include "authenticator.h"
#include "groundswell/people/passkey.h"

static const uint8_t challenge[PASSKEY_CHALLENGE_SIZE] = "a challenge of thirty-two bytes";
static const uint8_t older[PASSKEY_CHALLENGE_SIZE] = "a challenge of another afternoon";
static const struct text origins[] = {{"http://localhost:8080", 21},
                                      {"https://commons.example", 23}};
static const struct passkey_party party = {{"localhost", 9}, origins, 2};
static const enum passkey_alg algs[] = {PASSKEY_ES256, PASSKEY_EDDSA, PASSKEY_RS256};
#define USER TEXT("AbCdEfGhIjKlMnOpQrStUg")

/* ---- how a test says it ---------------------------------------------------------------------- */

static enum passkey_verdict registered(const struct authenticator *device, struct passkey *ret)
{
    CLEANUP(ceremony) struct ceremony made;
    authenticator_create(device, challenge, &made);
    const enum passkey_verdict verdict = passkey_register(
        &party, challenge, buf_view(&made.client_data), buf_view(&made.attestation), ret);
    static const struct passkey nothing;
    if (verdict) assert_memory_equal(ret, &nothing, sizeof(nothing));
    return verdict;
}

static struct passkey_assertion assertion_of(const struct ceremony *made)
{
    return (struct passkey_assertion){buf_view(&made->client_data), buf_view(&made->auth_data),
                                      buf_view(&made->signature), TEXT_NONE};
}

static enum passkey_verdict used(const struct authenticator *device, const struct passkey *stored,
                                 struct passkey_use *ret)
{
    CLEANUP(ceremony) struct ceremony made;
    authenticator_get(device, challenge, &made);
    const struct passkey_assertion assertion = assertion_of(&made);
    const enum passkey_verdict verdict =
        passkey_assert(&party, challenge, &assertion, stored, USER, ret);
    if (verdict) assert_int_equal(ret->count + ret->backed_up, 0);
    return verdict;
}

/* A device and its passkey as we store it. */
struct scene {
    struct authenticator device;
    struct passkey passkey;
};

static int scene_make(void **state)
{
    static struct scene scene;
    authenticator_init(&scene.device, PASSKEY_ES256);
    assert_int_equal(registered(&scene.device, &scene.passkey), PASSKEY_GOOD);
    *state = &scene;
    return 0;
}

static int scene_remove(void **state)
{
    struct scene *scene = *state;
    authenticator_release(&scene->device);
    return 0;
}

/* ---- what is good ---------------------------------------------------------------------------- */

static void each_kind_of_key_is_registered_and_used(void **state)
{
    (void)state;
    static const size_t sizes[] = {64, 32, 259};
    for (size_t i = 0; i < 3; i++) {
        struct authenticator device;
        struct passkey passkey;
        struct passkey_use use;
        authenticator_init(&device, algs[i]);
        device.flags |= DEVICE_BACKUP_ELIGIBLE;
        assert_int_equal(registered(&device, &passkey), PASSKEY_GOOD);
        assert_int_equal(passkey.alg, algs[i]);
        assert_int_equal(passkey.key_n, sizes[i]);
        assert_int_equal(passkey.id_n, 32);
        assert_memory_equal(passkey.id, device.id, 32);
        assert_memory_equal(passkey.aaguid, "An authenticator", PASSKEY_AAGUID_SIZE);
        assert_int_equal(passkey.count, 0);
        assert_true(passkey.backup_eligible);
        assert_false(passkey.backed_up);
        device.flags |= DEVICE_BACKED_UP;
        assert_int_equal(used(&device, &passkey, &use), PASSKEY_GOOD);
        assert_int_equal(use.count, 0);
        assert_true(use.backed_up);
        authenticator_release(&device);
    }
}

static void any_of_our_origins_will_do(void **state)
{
    struct scene *s = *state;
    struct passkey_use use;
    s->device.origin = "https://commons.example";
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_GOOD);
}

static void members_that_we_do_not_know_are_left_alone(void **state)
{
    struct scene *s = *state;
    struct passkey_use use;
    struct passkey passkey;
    s->device.more = ",\"other_keys_can_be_added_here\":\"do not compare\",\"tokenBinding\":"
                     "{\"status\":\"supported\"}";
    s->device.flags |= DEVICE_EXTENSIONS;
    s->device.extensions = TEXT("\xa1\x63" "abc\x82\x01\xf5");
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_GOOD);
    assert_int_equal(used(&s->device, &passkey, &use), PASSKEY_GOOD);
}

static void a_statement_of_attestation_is_not_asked_about(void **state)
{
    struct scene *s = *state;
    struct passkey passkey;
    s->device.attestation = TEXT("\x63" "fmt\x66packed\x67" "attStmt"
                                 "\xa3\x63" "alg\x26\x63sig\x43" "abc\x63x5c\x81\x42xy");
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_GOOD);
    s->device.attestation = TEXT("\x67" "attStmt\xa0\x63" "fmt\x64none"); /* in another order */
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_GOOD);
}

static void the_longest_id_is_kept_and_a_longer_one_refused(void **state)
{
    struct scene *s = *state;
    struct passkey passkey;
    s->device.id_n = PASSKEY_ID_MAX;
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_GOOD);
    assert_int_equal(passkey.id_n, PASSKEY_ID_MAX);
    assert_memory_equal(passkey.id, s->device.id, PASSKEY_ID_MAX);
    s->device.id_n = PASSKEY_ID_MAX + 1;
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_TOO_LONG);
    s->device.id_n = 0;
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_MALFORMED);
}

/* ---- what is wrong --------------------------------------------------------------------------- */

/* Both ceremonies give the same verdict. */
static void both_say(struct scene *s, enum passkey_verdict wanted)
{
    struct passkey passkey;
    struct passkey_use use;
    assert_int_equal(registered(&s->device, &passkey), wanted);
    assert_int_equal(used(&s->device, &s->passkey, &use), wanted);
}

static void another_origin_is_refused(void **state)
{
    struct scene *s = *state;
    static const char *const others[] = {"http://localhost:8081", "https://localhost:8080",
                                         "http://localhost:8080/", "http://localhost:8080.evil.org",
                                         "HTTP://LOCALHOST:8080",  "null", ""};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        s->device.origin = others[i];
        both_say(s, PASSKEY_ORIGIN);
    }
}

static void a_frame_of_another_site_is_refused(void **state)
{
    struct scene *s = *state;
    CLEANUP(ceremony) struct ceremony made;
    struct passkey passkey;
    authenticator_create(&s->device, challenge, &made);
    CLEANUP(buf) struct buf data = BUF_MAX(4 * KIB);
    const struct text all = buf_view(&made.client_data);
    buf_put(&data, all.at, all.n - strlen("false}"));
    buf_cstr(&data, "true}");
    assert_int_equal(passkey_register(&party, challenge, buf_view(&data),
                                      buf_view(&made.attestation), &passkey),
                     PASSKEY_ORIGIN);
}

static void another_challenge_is_refused(void **state)
{
    struct scene *s = *state;
    CLEANUP(ceremony) struct ceremony made, got;
    struct passkey passkey;
    struct passkey_use use;
    authenticator_create(&s->device, older, &made);
    assert_int_equal(passkey_register(&party, challenge, buf_view(&made.client_data),
                                      buf_view(&made.attestation), &passkey),
                     PASSKEY_CHALLENGE);
    authenticator_get(&s->device, older, &got);
    const struct passkey_assertion assertion = assertion_of(&got);
    assert_int_equal(passkey_assert(&party, challenge, &assertion, &s->passkey, USER, &use),
                     PASSKEY_CHALLENGE);
}

static void one_purpose_does_not_serve_another(void **state)
{
    struct scene *s = *state;
    struct passkey passkey;
    struct passkey_use use;
    s->device.type = "webauthn.get";
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_TYPE);
    s->device.type = "webauthn.create";
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_TYPE);
    s->device.type = "payment.get";
    both_say(s, PASSKEY_TYPE);
}

static void another_party_is_refused(void **state)
{
    struct scene *s = *state;
    s->device.rp_id = "localhost.evil.org";
    both_say(s, PASSKEY_RP_ID);
}

static void touch_and_verification_are_demanded(void **state)
{
    struct scene *s = *state;
    s->device.flags = DEVICE_VERIFIED;
    both_say(s, PASSKEY_PRESENCE);
    s->device.flags = DEVICE_PRESENT;
    both_say(s, PASSKEY_VERIFICATION);
}

static void any_changed_bit_spoils_the_signature(void **state)
{
    struct scene *s = *state;
    CLEANUP(ceremony) struct ceremony made;
    struct passkey_use use;
    authenticator_get(&s->device, challenge, &made);
    const struct passkey_assertion assertion = assertion_of(&made);
    struct buf *parts[] = {&made.client_data, &made.auth_data, &made.signature};
    for (size_t part = 0; part < 3; part++) {
        for (size_t at = 0; at < parts[part]->len; at++) {
            parts[part]->data[at] ^= 1;
            assert_int_not_equal(
                passkey_assert(&party, challenge, &assertion, &s->passkey, USER, &use),
                PASSKEY_GOOD);
            parts[part]->data[at] ^= 1;
        }
    }
    assert_int_equal(passkey_assert(&party, challenge, &assertion, &s->passkey, USER, &use),
                     PASSKEY_GOOD);
    made.auth_data.data[36] ^= 1; /* of the count: the form is whole, the signature is not */
    assert_int_equal(passkey_assert(&party, challenge, &assertion, &s->passkey, USER, &use),
                     PASSKEY_SIGNATURE);
}

static void another_devices_signature_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct authenticator ours, theirs;
        struct passkey passkey;
        struct passkey_use use;
        authenticator_init(&ours, algs[i]);
        authenticator_init(&theirs, algs[i]);
        assert_int_equal(registered(&ours, &passkey), PASSKEY_GOOD);
        assert_int_equal(used(&theirs, &passkey, &use), PASSKEY_SIGNATURE);
        authenticator_release(&ours);
        authenticator_release(&theirs);
    }
}

static void the_count_only_grows(void **state)
{
    struct scene *s = *state;
    struct passkey_use use;
    s->device.count = 5;
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_GOOD);
    assert_int_equal(use.count, 5);
    s->passkey.count = use.count;
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_COUNTER);
    s->device.count = 4;
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_COUNTER);
    s->device.count = 0;
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_COUNTER);
    s->device.count = UINT32_MAX;
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_GOOD);
    assert_int_equal(use.count, UINT32_MAX);
}

static void a_handle_must_be_the_accounts(void **state)
{
    struct scene *s = *state;
    CLEANUP(ceremony) struct ceremony made;
    struct passkey_use use;
    authenticator_get(&s->device, challenge, &made);
    struct passkey_assertion assertion = assertion_of(&made);
    assertion.user_handle = USER;
    assert_int_equal(passkey_assert(&party, challenge, &assertion, &s->passkey, USER, &use),
                     PASSKEY_GOOD);
    assertion.user_handle = TEXT("AbCdEfGhIjKlMnOpQrStUw");
    assert_int_equal(passkey_assert(&party, challenge, &assertion, &s->passkey, USER, &use),
                     PASSKEY_USER);
    char longest[PASSKEY_USER_MAX + 1] = {0};
    assertion.user_handle = (struct text){longest, sizeof(longest)};
    assert_int_equal(passkey_assert(&party, challenge, &assertion, &s->passkey, USER, &use),
                     PASSKEY_MALFORMED);
}

static void other_algorithms_are_refused(void **state)
{
    struct scene *s = *state;
    struct passkey passkey;
    s->device.cose = TEXT("\xa3\x01\x02\x03\x38\x22\x20\x02"); /* ES384: -35 */
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_ALGORITHM);
    s->device.cose = TEXT("\xa2\x01\x02\x03\x26"); /* ES256, and no key */
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_MALFORMED);
    s->device.cose = TEXT("\xa1\x01\x02"); /* no algorithm */
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_MALFORMED);
    s->device.cose = TEXT("\xa2\x01\x02\x03\x05"); /* a secret's: HMAC */
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_MALFORMED);
}

static void a_point_that_is_on_no_curve_is_refused(void **state)
{
    struct scene *s = *state;
    struct passkey passkey;
    struct passkey_use use;
    CLEANUP(buf) struct buf cose = BUF_MAX(KIB);
    authenticator_cose(&s->device, &cose);
    cose.data[cose.len - 1] ^= 1;
    s->device.cose = buf_view(&cose);
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_MALFORMED);
    s->passkey.key[63] ^= 1; /* spoiled where it was stored */
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_ALGORITHM);
    s->passkey.key[63] ^= 1;
    s->passkey.key_n = 63;
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_ALGORITHM);
}

static void client_data_that_is_no_client_data_is_refused(void **state)
{
    struct scene *s = *state;
    CLEANUP(ceremony) struct ceremony made;
    struct passkey passkey;
    authenticator_create(&s->device, challenge, &made);
    static const char *const bad[] = {
        "", "{}", "[]", "null", "{\"type\":1,\"challenge\":\"\",\"origin\":\"\"}",
        "{\"type\":\"webauthn.create\",\"type\":\"webauthn.create\",\"challenge\":\"\","
        "\"origin\":\"\"}",
        "{\"type\":\"webauthn.create\",\"challenge\":\"\",\"origin\":\"\",\"crossOrigin\":1}",
        "{\"type\":\"webauthn.create\",\"challenge\":\"\",\"origin\":\"\"} x"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(passkey_register(&party, challenge, text_of(bad[i]),
                                          buf_view(&made.attestation), &passkey),
                         PASSKEY_MALFORMED);
    buf_reset(&made.client_data);
    for (size_t i = 0; i < PASSKEY_CLIENT_DATA_MAX + 1; i++)
        buf_char(&made.client_data, ' ');
    assert_int_equal(passkey_register(&party, challenge, buf_view(&made.client_data),
                                      buf_view(&made.attestation), &passkey),
                     PASSKEY_MALFORMED);
}

static void an_attestation_cut_or_lengthened_is_refused(void **state)
{
    struct scene *s = *state;
    CLEANUP(ceremony) struct ceremony made;
    struct passkey passkey;
    authenticator_create(&s->device, challenge, &made);
    const struct text data = buf_view(&made.client_data);
    for (size_t n = 0; n < made.attestation.len; n++)
        assert_int_equal(passkey_register(&party, challenge, data,
                                          (struct text){made.attestation.data, n}, &passkey),
                         PASSKEY_MALFORMED);
    buf_char(&made.attestation, '\0');
    assert_int_equal(
        passkey_register(&party, challenge, data, buf_view(&made.attestation), &passkey),
        PASSKEY_MALFORMED);
    static const struct text bad[] = {
        {"\x63" "fmt\x64none\x63" "fmt\x64none", 18},            /* one twice, one missing */
        {"\x63" "fmt\x64none\x67" "attStmt\x80", 18},            /* an array for a map */
        {"\x63" "fmt\x64none\x67" "attStmt\xbf\xff", 19},        /* an indefinite length */
        {"\x63" "fmt\x64none\x67" "attStmt\xa1\x01\xc0\x01", 21}, /* a tag */
        {"\x63" "fmt\x64none\x67" "attStmt\xbb\xff\xff\xff\xff\xff\xff\xff\xff", 26},
        {"\x63" "fmt\x64none\x67" "attStmt\xa1\x01\x81\x81\x81\x81\x81\x81\x81\x01", 27},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        s->device.attestation = bad[i];
        assert_int_equal(registered(&s->device, &passkey), PASSKEY_MALFORMED);
    }
}

static void flags_and_bytes_must_agree(void **state)
{
    struct scene *s = *state;
    struct passkey passkey;
    struct passkey_use use;
    const unsigned flags = s->device.flags;
    s->device.flags = flags | DEVICE_EXTENSIONS; /* and none follow */
    both_say(s, PASSKEY_MALFORMED);
    s->device.extensions = TEXT("\xa0\xa0"); /* two follow */
    both_say(s, PASSKEY_MALFORMED);
    s->device.extensions = TEXT("\x01"); /* no map */
    both_say(s, PASSKEY_MALFORMED);
    s->device.flags = flags | DEVICE_ATTESTED; /* taken away in one, set in the other */
    assert_int_equal(registered(&s->device, &passkey), PASSKEY_MALFORMED);
    assert_int_equal(used(&s->device, &s->passkey, &use), PASSKEY_MALFORMED);
}

static void an_assertion_cut_short_is_refused(void **state)
{
    struct scene *s = *state;
    CLEANUP(ceremony) struct ceremony made;
    struct passkey_use use;
    authenticator_get(&s->device, challenge, &made);
    const struct passkey_assertion whole = assertion_of(&made);
    struct passkey_assertion cut = whole;
    for (cut.authenticator_data.n = 0; cut.authenticator_data.n < 37; cut.authenticator_data.n++)
        assert_int_equal(passkey_assert(&party, challenge, &cut, &s->passkey, USER, &use),
                         PASSKEY_MALFORMED);
    cut = whole;
    for (cut.signature.n = 0; cut.signature.n < whole.signature.n; cut.signature.n++)
        assert_int_equal(passkey_assert(&party, challenge, &cut, &s->passkey, USER, &use),
                         cut.signature.n == 0 ? PASSKEY_MALFORMED : PASSKEY_SIGNATURE);
    cut = (struct passkey_assertion){whole.client_data, TEXT_NONE, TEXT_NONE, TEXT_NONE};
    assert_int_equal(passkey_assert(&party, challenge, &cut, &s->passkey, USER, &use),
                     PASSKEY_MALFORMED);
    char huge[PASSKEY_SIGNATURE_MAX + 1] = {0};
    cut = whole;
    cut.signature = (struct text){huge, sizeof(huge)};
    assert_int_equal(passkey_assert(&party, challenge, &cut, &s->passkey, USER, &use),
                     PASSKEY_MALFORMED);
}

static void every_verdict_has_its_word_and_sentence(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PASSKEY_VERDICTS; i++) {
        assert_true(strlen(passkey_sentence((enum passkey_verdict)i)) > 20);
        for (unsigned j = 0; j < i; j++)
            assert_string_not_equal(passkey_word((enum passkey_verdict)i),
                                    passkey_word((enum passkey_verdict)j));
    }
}

#define WITH_SCENE(test) cmocka_unit_test_setup_teardown(test, scene_make, scene_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_of_key_is_registered_and_used),
        WITH_SCENE(any_of_our_origins_will_do),
        WITH_SCENE(members_that_we_do_not_know_are_left_alone),
        WITH_SCENE(a_statement_of_attestation_is_not_asked_about),
        WITH_SCENE(the_longest_id_is_kept_and_a_longer_one_refused),
        WITH_SCENE(another_origin_is_refused),
        WITH_SCENE(a_frame_of_another_site_is_refused),
        WITH_SCENE(another_challenge_is_refused),
        WITH_SCENE(one_purpose_does_not_serve_another),
        WITH_SCENE(another_party_is_refused),
        WITH_SCENE(touch_and_verification_are_demanded),
        WITH_SCENE(any_changed_bit_spoils_the_signature),
        cmocka_unit_test(another_devices_signature_is_refused),
        WITH_SCENE(the_count_only_grows),
        WITH_SCENE(a_handle_must_be_the_accounts),
        WITH_SCENE(other_algorithms_are_refused),
        WITH_SCENE(a_point_that_is_on_no_curve_is_refused),
        WITH_SCENE(client_data_that_is_no_client_data_is_refused),
        WITH_SCENE(an_attestation_cut_or_lengthened_is_refused),
        WITH_SCENE(flags_and_bytes_must_agree),
        WITH_SCENE(an_assertion_cut_short_is_refused),
        cmocka_unit_test(every_verdict_has_its_word_and_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
