/* 094_sessions.c -- a cookie says who is signed in, a program's key who sends it, and both end when
 * they are said to end. */
/* rooms: base io people */
#include "check.h"

#include <stdlib.h>

#include "groundswell/base/secret.h"
#include "groundswell/people/ended.h"

#define NOW UINT64_C(1790000000)
#define ACCOUNT "AbCdEfGhIjKlMnOpQrStUg"

static const struct token_keys keys = {.seal = "0123456789abcdef0123456789abcde"};
static const struct session_limits limits = {.idle_s = 86400, .whole_s = 2592000, .renew_s = 300};
static const struct hat resident = {ROLE_RESIDENT, "riverside", "ZbCdEfGhIjKlMnOpQrStUg", 3};
static const struct hat clerk = {ROLE_CLERK, "hillside", "forum", 4};
static const struct hat officer = {ROLE_TRUST, "*", "trust", 5};

static struct session a_session(void)
{
    struct session session;
    session_begin(&session, TEXT(ACCOUNT), 7, SESSION_BY_PASSKEY, NOW);
    assert_int_equal(session_add_hat(&session, &resident), FAULT_NONE);
    assert_int_equal(session_add_hat(&session, &clerk), FAULT_NONE);
    return session;
}

static void sign(const struct session *session, struct buf *out)
{
    *out = BUF_MAX(SESSION_TEXT_MAX);
    assert_int_equal(session_sign(&keys, session, out), FAULT_NONE);
}

static enum session_verdict judge(const struct buf *cookie, uint64_t now_s, struct session *ret)
{
    return session_verify(&keys, &limits, buf_view(cookie), now_s, ret);
}

static void what_was_signed_is_read_back(void **state)
{
    (void)state;
    struct session session = a_session(), read;
    CLEANUP(buf) struct buf cookie;
    session.seen_s = NOW + 50;
    session.authenticated_s = NOW - 20;
    sign(&session, &cookie);
    assert_int_equal(judge(&cookie, NOW + 60, &read), SESSION_GOOD);
    assert_memory_equal(&read, &session, sizeof(read));
    assert_true(text_starts(buf_view(&cookie), TEXT("gss_")));
}

static void two_sessions_never_share_an_id(void **state)
{
    (void)state;
    const struct session first = a_session(), next = a_session();
    assert_memory_not_equal(first.id, next.id, SESSION_ID_SIZE);
}

static void any_changed_byte_is_noticed(void **state)
{
    (void)state;
    static const struct session nobody;
    const struct session session = a_session();
    struct session read;
    CLEANUP(buf) struct buf cookie;
    sign(&session, &cookie);
    for (size_t i = 0; i < cookie.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            cookie.data[i] = (char)(cookie.data[i] ^ (1 << bit));
            assert_int_not_equal(judge(&cookie, NOW, &read), SESSION_GOOD);
            assert_memory_equal(&read, &nobody, sizeof(read));
            cookie.data[i] = (char)(cookie.data[i] ^ (1 << bit));
        }
    }
    for (size_t n = 0; n < cookie.len; n++) {
        const struct text cut = {cookie.data, n};
        assert_int_not_equal(session_verify(&keys, &limits, cut, NOW, &read), SESSION_GOOD);
    }
    struct token_keys other = keys;
    other.seal[0] ^= 1;
    assert_int_equal(session_verify(&other, &limits, buf_view(&cookie), NOW, &read),
                     SESSION_FORGED);
}

static void what_is_no_cookie_of_ours_is_refused(void **state)
{
    (void)state;
    struct session read;
    const size_t n = 4 * MIB;
    char *huge = malloc(n);
    assert_non_null(huge);
    memset(huge, 'A', n);
    memcpy(huge, "gss_", 4);
    huge[n - 33] = '.';
    const struct text all = {huge, n};
    assert_int_equal(session_verify(&keys, &limits, all, NOW, &read), SESSION_MALFORMED);
    free(huge);
    assert_int_equal(session_verify(&keys, &limits, TEXT_NONE, NOW, &read), SESSION_ABSENT);
    static const char *const bad[] = {"", "gss_", "gss_.", "gss_AAAA.BBBB"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(session_verify(&keys, &limits, text_of(bad[i]), NOW, &read),
                         SESSION_MALFORMED);
}

static void it_ends_when_idle_and_in_any_case(void **state)
{
    (void)state;
    struct session session = a_session(), read;
    CLEANUP(buf) struct buf cookie, renewed;
    sign(&session, &cookie);
    assert_int_equal(judge(&cookie, NOW + 86399, &read), SESSION_GOOD);
    assert_int_equal(judge(&cookie, NOW + 86400, &read), SESSION_IDLE);
    assert_int_equal(read.hats_n, 0);
    session.seen_s = NOW + 2592000 - 10;
    sign(&session, &renewed);
    assert_int_equal(judge(&renewed, NOW + 2592000 - 1, &read), SESSION_GOOD);
    assert_int_equal(judge(&renewed, NOW + 2592000, &read), SESSION_EXPIRED);
    assert_int_equal(judge(&cookie, NOW - 5, &read), SESSION_GOOD); /* another process's clock */
    assert_int_equal(SESSION_LIMITS.idle_s, limits.idle_s);
    assert_int_equal(SESSION_LIMITS.whole_s, limits.whole_s);
}

static void renewal_and_freshness_follow_the_clock(void **state)
{
    (void)state;
    const struct session session = a_session();
    assert_false(session_wants_renewal(&session, &limits, NOW + 299));
    assert_true(session_wants_renewal(&session, &limits, NOW + 300));
    assert_true(session_is_fresh(&session, 600, NOW + 600));
    assert_false(session_is_fresh(&session, 600, NOW + 601));
}

static void what_cannot_be_read_back_is_not_signed(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf out = BUF_MAX(SESSION_TEXT_MAX);
    struct session session = a_session();
    struct hat bad = clerk;
    bad.role = ROLE_NONE;
    assert_int_equal(session_add_hat(&session, &bad), FAULT_FORMAT);
    bad = clerk;
    (void)snprintf(bad.subject, sizeof(bad.subject), "x;operator");
    assert_int_equal(session_add_hat(&session, &bad), FAULT_FORMAT);
    (void)snprintf(session.hats[0].scope, sizeof(bad.scope), "a:b");
    assert_int_equal(session_sign(&keys, &session, &out), FAULT_FORMAT);
    session = a_session();
    session.account[3] = ':';
    assert_int_equal(session_sign(&keys, &session, &out), FAULT_FORMAT);
    session = a_session();
    session.epoch = TOKEN_EPOCH_MAX + 1;
    assert_int_equal(session_sign(&keys, &session, &out), FAULT_FORMAT);
    session = a_session();
    session.way = (enum session_way)SESSION_WAYS;
    assert_int_equal(session_sign(&keys, &session, &out), FAULT_FORMAT);
    assert_int_equal(out.len, 0);
}

static void the_longest_session_fits(void **state)
{
    (void)state;
    struct session session = a_session(), read;
    struct hat hat = {.role = ROLE_PROVIDER, .epoch = TOKEN_EPOCH_MAX};
    CLEANUP(buf) struct buf cookie;
    memset(hat.scope, 'a', SLUG_MAX);
    memset(hat.subject, 'Z', SUBJECT_MAX);
    session.hats_n = 0;
    for (int i = 0; i < SESSION_HATS_MAX; i++)
        assert_int_equal(session_add_hat(&session, &hat), FAULT_NONE);
    assert_int_equal(session_add_hat(&session, &hat), FAULT_LIMIT);
    session.epoch = TOKEN_EPOCH_MAX;
    session.started_s = session.seen_s = session.authenticated_s = TOKEN_EXPIRES_MAX;
    session.way = SESSION_BY_PASSWORD;
    sign(&session, &cookie);
    assert_int_equal(judge(&cookie, NOW, &read), SESSION_GOOD);
    assert_memory_equal(&read, &session, sizeof(read));
}

/* A payload of one form under the name of another: with its own seal, and with the words of its
 * domain moved into the payload. */
static void no_form_passes_for_another(void **state)
{
    (void)state;
    const struct who who = {ROLE_CLERK, "riverside", "forum", 1, NOW + 60};
    struct session session = a_session(), read;
    struct program_key key = {.who = who}, read_key;
    struct who read_who;
    CLEANUP(buf) struct buf cookie, token = BUF_MAX(KIB), program = BUF_MAX(KIB);
    sign(&session, &cookie);
    assert_int_equal(token_sign(&keys, &who, &token), FAULT_NONE);
    assert_int_equal(program_key_sign(&keys, &key, &program), FAULT_NONE);
    memcpy(cookie.data, "gst_", 4);
    assert_int_not_equal(token_verify(&keys, buf_view(&cookie), NOW, &read_who), TOKEN_GOOD);
    memcpy(token.data, "gss_", 4);
    assert_int_equal(judge(&token, NOW, &read), SESSION_FORGED);

    CLEANUP(buf) struct buf joined = BUF_MAX(4 * KIB), moved = BUF_MAX(4 * KIB);
    char payload[1024];
    session.hats_n = 0; /* short, so that it is no token merely for its length */
    buf_release(&cookie);
    sign(&session, &cookie);
    const struct text body = {cookie.data + 4, cookie.len - 4 - 33};
    const size_t n = decode_base64url(body, payload, sizeof(payload));
    assert_int_not_equal(n, SIZE_MAX);
    buf_cstr(&joined, "groundswell session v1\n");
    buf_put(&joined, payload, n);
    buf_cstr(&moved, "gst_");
    encode_base64url(&moved, joined.data, joined.len);
    buf_put(&moved, cookie.data + cookie.len - 33, 33);
    assert_int_equal(token_verify(&keys, buf_view(&moved), NOW, &read_who), TOKEN_MALFORMED);
    assert_int_equal(read_who.role, ROLE_NONE);
    assert_int_equal(program_key_verify(&keys, buf_view(&cookie), NOW, &read_key),
                     TOKEN_MALFORMED);
    assert_int_equal(token_verify(&keys, buf_view(&program), NOW, &read_who), TOKEN_MALFORMED);
}

static void a_form_carries_a_word_of_its_session(void **state)
{
    (void)state;
    const struct session session = a_session(), other = a_session();
    char word[SESSION_CSRF_SIZE + 1], next[SESSION_CSRF_SIZE + 1];
    session_csrf(&keys, &session, word);
    assert_int_equal(strlen(word), SESSION_CSRF_SIZE);
    assert_true(session_csrf_is(&keys, &session, text_of(word)));
    assert_false(session_csrf_is(&keys, &other, text_of(word)));
    session_csrf(&keys, &other, next);
    assert_string_not_equal(word, next);
    for (size_t n = 0; n < SESSION_CSRF_SIZE; n++)
        assert_false(session_csrf_is(&keys, &session, (struct text){word, n}));
    assert_false(session_csrf_is(&keys, &session, TEXT_NONE));
    word[23] = word[23] == 'A' ? 'B' : 'A';
    assert_false(session_csrf_is(&keys, &session, text_of(word)));
}

static void the_hat_that_fits_is_worn(void **state)
{
    (void)state;
    struct session session = a_session();
    struct who who;
    assert_true(session_hat(&session, ROLE_RESIDENT | ROLE_CLERK, TEXT("riverside"), &who));
    assert_int_equal(who.role, ROLE_RESIDENT);
    assert_string_equal(who.subject, resident.subject);
    assert_int_equal(who.epoch, 3);
    assert_true(session_hat(&session, ROLE_RESIDENT | ROLE_CLERK, TEXT("hillside"), &who));
    assert_string_equal(who.subject, "forum");
    assert_false(session_hat(&session, ROLE_CLERK, TEXT("riverside"), &who));
    assert_int_equal(who.role, ROLE_NONE);
    assert_false(session_hat(&session, ROLE_TRUST, TEXT("riverside"), &who));
    assert_false(session_hat(&session, ROLE_CLERK, TEXT_NONE, &who));
    assert_false(session_hat(&session, ROLE_NONE, TEXT("riverside"), &who));

    assert_int_equal(session_add_hat(&session, &officer), FAULT_NONE);
    assert_true(session_hat(&session, ROLE_TRUST, TEXT("riverside"), &who));
    assert_string_equal(who.scope, "*");
    assert_true(session_hat(&session, ROLE_TRUST, TEXT_NONE, &who));
    session.hats[0] = officer; /* a hat for the place goes before one for all places */
    assert_true(session_hat(&session, ROLE_TRUST | ROLE_CLERK, TEXT("hillside"), &who));
    assert_int_equal(who.role, ROLE_CLERK);
}

static void every_role_has_its_word_and_bit(void **state)
{
    (void)state;
    static const struct {
        enum role role;
        const char *name;
    } all[] = {{ROLE_RESIDENT, "resident"}, {ROLE_CLERK, "clerk"},   {ROLE_TRUST, "trust"},
               {ROLE_OPERATOR, "operator"}, {ROLE_HELPER, "helper"}, {ROLE_PROVIDER, "provider"}};
    unsigned bits = 0;
    enum role role;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        assert_string_equal(role_name(all[i].role), all[i].name);
        assert_true(role_parse(text_of(all[i].name), &role));
        assert_int_equal(role, all[i].role);
        assert_int_equal(bits & all[i].role, 0);
        bits |= all[i].role;
    }
    assert_int_equal(bits, 63);
}

/* ---- program keys ---------------------------------------------------------------------------- */

static void a_programs_key_is_read_back_until_it_expires(void **state)
{
    (void)state;
    struct program_key key = {.who = {ROLE_CLERK, "riverside", "forum", 9, NOW + 60}}, read;
    CLEANUP(buf) struct buf text = BUF_MAX(PROGRAM_KEY_TEXT_MAX), id = BUF_MAX(KIB);
    program_key_draw_id(key.id);
    assert_int_equal(program_key_sign(&keys, &key, &text), FAULT_NONE);
    assert_int_equal(program_key_verify(&keys, buf_view(&text), NOW + 59, &read), TOKEN_GOOD);
    assert_memory_equal(&read, &key, sizeof(read));
    assert_int_equal(program_key_verify(&keys, buf_view(&text), NOW + 60, &read), TOKEN_EXPIRED);
    assert_int_equal(read.who.role, ROLE_NONE);
    program_key_id_put(&id, key.id);
    assert_int_equal(id.len, PROGRAM_KEY_ID_TEXT_SIZE);
    assert_memory_equal(text.data + 4, id.data, PROGRAM_KEY_ID_TEXT_SIZE);
    uint8_t bytes[PROGRAM_KEY_ID_SIZE];
    assert_true(program_key_id_parse(buf_view(&id), bytes));
    assert_memory_equal(bytes, key.id, PROGRAM_KEY_ID_SIZE);
    assert_false(program_key_id_parse(TEXT("short"), bytes));

    struct program_key longest = {
        .who = {.role = ROLE_OPERATOR, .epoch = TOKEN_EPOCH_MAX, .expires_s = TOKEN_EXPIRES_MAX}};
    memset(longest.who.scope, 'a', SLUG_MAX);
    memset(longest.who.subject, 'Z', SUBJECT_MAX);
    buf_reset(&text);
    assert_int_equal(program_key_sign(&keys, &longest, &text), FAULT_NONE);
    assert_int_equal(program_key_verify(&keys, buf_view(&text), NOW, &read), TOKEN_GOOD);
    longest.who.role = ROLE_NONE;
    assert_int_equal(program_key_sign(&keys, &longest, &text), FAULT_FORMAT);
}

static void a_changed_programs_key_is_refused(void **state)
{
    (void)state;
    struct program_key key = {.who = {ROLE_CLERK, "riverside", "forum", 9, NOW + 60}}, read;
    struct program_key other = key;
    CLEANUP(buf) struct buf text = BUF_MAX(PROGRAM_KEY_TEXT_MAX), next = BUF_MAX(KIB);
    program_key_draw_id(key.id);
    program_key_draw_id(other.id);
    assert_int_equal(program_key_sign(&keys, &key, &text), FAULT_NONE);
    for (size_t i = 0; i < text.len; i++) {
        text.data[i] ^= 1;
        assert_int_not_equal(program_key_verify(&keys, buf_view(&text), NOW, &read), TOKEN_GOOD);
        text.data[i] ^= 1;
        const struct text cut = {text.data, i};
        assert_int_not_equal(program_key_verify(&keys, cut, NOW, &read), TOKEN_GOOD);
    }
    assert_int_equal(program_key_sign(&keys, &other, &next), FAULT_NONE);
    memcpy(text.data + 4, next.data + 4, PROGRAM_KEY_ID_TEXT_SIZE); /* another key's id */
    assert_int_equal(program_key_verify(&keys, buf_view(&text), NOW, &read), TOKEN_FORGED);
    assert_int_equal(program_key_verify(&keys, TEXT_NONE, NOW, &read), TOKEN_ABSENT);
    uint8_t digest[PROGRAM_KEY_DIGEST_SIZE], whole[DIGEST_SIZE];
    program_key_digest(buf_view(&next), digest);
    digest_sha256(buf_view(&next), whole);
    assert_memory_equal(digest, whole, sizeof(digest));
}

/* ---- ended ----------------------------------------------------------------------------------- */

static void what_has_ended_is_held_until_it_can_be_forgotten(void **state)
{
    (void)state;
    const struct session session = a_session(), other = a_session();
    struct ended *ended = ended_new(10);
    assert_non_null(ended);
    assert_false(ended_holds(ended, &session));
    assert_int_equal(ended_add_session(ended, session.id, NOW + 100), FAULT_NONE);
    assert_int_equal(ended_add_session(ended, session.id, NOW + 50), FAULT_NONE);
    assert_int_equal(ended_n(ended), 1);
    assert_true(ended_holds(ended, &session));
    assert_false(ended_holds(ended, &other));
    assert_int_equal(ended_sweep(ended, NOW + 99), 0);
    assert_int_equal(ended_sweep(ended, NOW + 100), 1);
    assert_false(ended_holds(ended, &session));
    ended_free(ended);
    ended_free(NULL);
}

static void signing_out_everywhere_spares_who_comes_back(void **state)
{
    (void)state;
    struct session session = a_session();
    struct ended *ended = ended_new(10);
    assert_int_equal(ended_add_account(ended, TEXT(ACCOUNT), NOW, NOW + 100), FAULT_NONE);
    assert_false(ended_holds(ended, &session));
    session.started_s = NOW - 1;
    assert_true(ended_holds(ended, &session));
    session.started_s = NOW;
    assert_int_equal(ended_add_account(ended, TEXT(ACCOUNT), NOW + 1, NOW + 50), FAULT_NONE);
    assert_int_equal(ended_add_account(ended, TEXT(ACCOUNT), NOW - 9, NOW + 50), FAULT_NONE);
    assert_true(ended_holds(ended, &session));
    session.account[0] = 'B'; /* another person */
    assert_false(ended_holds(ended, &session));
    assert_int_equal(ended_add_account(ended, TEXT("nobody"), NOW, NOW), FAULT_FORMAT);
    assert_int_equal(ended_sweep(ended, NOW + 99), 0);
    assert_int_equal(ended_sweep(ended, NOW + 100), 1);
    ended_free(ended);
}

static void a_full_set_says_so_and_forgets_nothing(void **state)
{
    (void)state;
    struct ended *ended = ended_new(1000);
    uint8_t id[SESSION_ID_SIZE] = {0};
    struct session session = {0};
    for (unsigned i = 0; i < 1000; i++) {
        memcpy(id, &i, sizeof(i));
        assert_int_equal(ended_add_session(ended, id, NOW + i), FAULT_NONE);
    }
    uint8_t key[PROGRAM_KEY_ID_SIZE] = {0}; /* the bytes of the first session's id: another kind */
    assert_false(ended_holds_key(ended, key));
    assert_int_equal(ended_add_key(ended, key, NOW + 9), FAULT_LIMIT);
    assert_int_equal(ended_add_session(ended, id, NOW + 5000), FAULT_NONE); /* known already */
    for (unsigned i = 0; i < 1000; i++) {
        memcpy(session.id, &i, sizeof(i));
        assert_true(ended_holds(ended, &session));
    }
    assert_int_equal(ended_sweep(ended, NOW + 499), 500);
    assert_int_equal(ended_n(ended), 500);
    assert_int_equal(ended_add_key(ended, key, NOW + 600), FAULT_NONE);
    assert_true(ended_holds_key(ended, key));
    assert_int_equal(ended_sweep(ended, NOW + 4999), 500);
    assert_true(ended_holds(ended, &session));
    assert_false(ended_holds_key(ended, key));
    ended_free(ended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_signed_is_read_back),
        cmocka_unit_test(two_sessions_never_share_an_id),
        cmocka_unit_test(any_changed_byte_is_noticed),
        cmocka_unit_test(what_is_no_cookie_of_ours_is_refused),
        cmocka_unit_test(it_ends_when_idle_and_in_any_case),
        cmocka_unit_test(renewal_and_freshness_follow_the_clock),
        cmocka_unit_test(what_cannot_be_read_back_is_not_signed),
        cmocka_unit_test(the_longest_session_fits),
        cmocka_unit_test(no_form_passes_for_another),
        cmocka_unit_test(a_form_carries_a_word_of_its_session),
        cmocka_unit_test(the_hat_that_fits_is_worn),
        cmocka_unit_test(every_role_has_its_word_and_bit),
        cmocka_unit_test(a_programs_key_is_read_back_until_it_expires),
        cmocka_unit_test(a_changed_programs_key_is_refused),
        cmocka_unit_test(what_has_ended_is_held_until_it_can_be_forgotten),
        cmocka_unit_test(signing_out_everywhere_spares_who_comes_back),
        cmocka_unit_test(a_full_set_says_so_and_forgets_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
