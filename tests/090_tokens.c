/* 090_tokens.c -- a token says who asks, and nothing but what was signed. */
/* rooms: base io people */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/people/token.h"

#define NOW UINT64_C(1790000000)

static const struct token_keys keys = {.seal = "0123456789abcdef0123456789abcde"};
static const struct who resident = {
    .role = ROLE_RESIDENT,
    .scope = "riverside",
    .subject = "AbCdEfGhIjKlMnOpQrStUv",
    .epoch = 7,
    .expires_s = NOW + 60,
};

static void sign(const struct who *who, struct buf *out)
{
    *out = BUF_MAX(TOKEN_MAX);
    assert_int_equal(token_sign(&keys, who, out), FAULT_NONE);
}

static void what_was_signed_is_read_back(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf token;
    struct who who;
    sign(&resident, &token);
    assert_int_equal(token_verify(&keys, buf_view(&token), NOW, &who), TOKEN_GOOD);
    assert_int_equal(who.role, ROLE_RESIDENT);
    assert_string_equal(who.scope, "riverside");
    assert_string_equal(who.subject, resident.subject);
    assert_int_equal(who.epoch, 7);
    assert_int_equal(who.expires_s, NOW + 60);
}

static void any_changed_byte_is_noticed(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf token;
    struct who who;
    sign(&resident, &token);
    for (size_t i = 0; i < token.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            token.data[i] = (char)(token.data[i] ^ (1 << bit));
            assert_int_not_equal(token_verify(&keys, buf_view(&token), NOW, &who), TOKEN_GOOD);
            assert_int_equal(who.role, ROLE_NONE);
            token.data[i] = (char)(token.data[i] ^ (1 << bit));
        }
    }
    assert_int_equal(token_verify(&keys, buf_view(&token), NOW, &who), TOKEN_GOOD);
}

static void a_shortened_or_lengthened_token_is_refused(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf token;
    struct who who;
    sign(&resident, &token);
    for (size_t n = 0; n < token.len; n++) {
        const struct text cut = {token.data, n}, tail = {token.data + token.len - n, n};
        assert_int_not_equal(token_verify(&keys, cut, NOW, &who), TOKEN_GOOD);
        assert_int_not_equal(token_verify(&keys, tail, NOW, &who), TOKEN_GOOD);
    }
    buf_char(&token, 'A');
    assert_int_not_equal(token_verify(&keys, buf_view(&token), NOW, &who), TOKEN_GOOD);
}

static void a_token_ends_at_its_second(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf token;
    struct who who;
    sign(&resident, &token);
    assert_int_equal(token_verify(&keys, buf_view(&token), NOW + 59, &who), TOKEN_GOOD);
    assert_int_equal(token_verify(&keys, buf_view(&token), NOW + 60, &who), TOKEN_EXPIRED);
    assert_int_equal(who.role, ROLE_NONE);
}

static void another_key_seals_another_token(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf token;
    struct token_keys other = keys;
    struct who who;
    sign(&resident, &token);
    other.seal[31] ^= 1;
    assert_int_equal(token_verify(&other, buf_view(&token), NOW, &who), TOKEN_FORGED);
}

static void bytes_without_end_or_sense_are_refused(void **state)
{
    (void)state;
    struct who who;
    const size_t n = 4 * MIB;
    char *huge = malloc(n);
    assert_non_null(huge);
    memset(huge, 'A', n);
    memcpy(huge, "gst_", 4);
    huge[n - 33] = '.';
    assert_int_equal(token_verify(&keys, (struct text){huge, n}, NOW, &who), TOKEN_MALFORMED);
    free(huge);
    static const char *const bad[] = {"",  "gst_",          "gst_.",   "gso_",
                                      ".", "gst_AAAA.BBBB", "gst_=.=="};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(token_verify(&keys, text_of(bad[i]), NOW, &who), TOKEN_MALFORMED);
}

static void what_cannot_be_read_back_is_not_signed(void **state)
{
    (void)state;
    const struct {
        const char *scope, *subject;
        enum role role;
        uint64_t expires_s;
    } bad[] = {
        {"riverside", "x", ROLE_NONE, NOW},
        {"riverside", "", ROLE_CLERK, NOW},
        {"river:side", "x", ROLE_CLERK, NOW},
        {"riverside", "x:operator", ROLE_CLERK, NOW},
        {"", "x", ROLE_CLERK, NOW},
        {"riverside", "x", ROLE_CLERK, 0},
        {"riverside", "x", (enum role)3, NOW},
        {"riverside", "x", ROLE_CLERK, TOKEN_EXPIRES_MAX + 1},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct who who = {.role = bad[i].role, .expires_s = bad[i].expires_s};
        CLEANUP(buf) struct buf out = BUF_MAX(TOKEN_MAX);
        (void)snprintf(who.scope, sizeof(who.scope), "%s", bad[i].scope);
        (void)snprintf(who.subject, sizeof(who.subject), "%s", bad[i].subject);
        assert_int_equal(token_sign(&keys, &who, &out), FAULT_FORMAT);
        assert_int_equal(out.len, 0);
    }
}

static void the_longest_token_fits(void **state)
{
    (void)state;
    struct who who = {
        .role = ROLE_OPERATOR, .epoch = TOKEN_EPOCH_MAX, .expires_s = TOKEN_EXPIRES_MAX};
    memset(who.scope, 'a', SLUG_MAX);
    memset(who.subject, 'Z', SUBJECT_MAX);
    CLEANUP(buf) struct buf token;
    struct who read;
    sign(&who, &token);
    assert_int_equal(token_verify(&keys, buf_view(&token), NOW, &read), TOKEN_GOOD);
    assert_string_equal(read.subject, who.subject);
}

static void a_role_holds_in_its_community_only(void **state)
{
    (void)state;
    const struct who everywhere = {.role = ROLE_TRUST, .scope = "*"};
    const struct who nobody = {0};
    assert_true(who_may(&resident, ROLE_RESIDENT | ROLE_TRUST, TEXT("riverside")));
    assert_false(who_may(&resident, ROLE_TRUST, TEXT("riverside")));
    assert_false(who_may(&resident, ROLE_RESIDENT, TEXT("riversid")));
    assert_false(who_may(&resident, ROLE_RESIDENT, TEXT_NONE));
    assert_true(who_may(&everywhere, ROLE_TRUST, TEXT("riverside")));
    assert_true(who_may(&everywhere, ROLE_TRUST, TEXT_NONE));
    assert_false(who_may(&nobody, ~0u, TEXT("riverside")));
}

/* ---- keys on disk ---------------------------------------------------------------------------- */

static int folder_make(void **state)
{
    static char folder[] = "/tmp/gsXXXXXX";
    memcpy(folder, "/tmp/gsXXXXXX", sizeof(folder));
    log_level_set(LOG_ERROR);
    *state = mkdtemp(folder);
    return *state ? 0 : -1;
}

static int folder_remove(void **state)
{
    char path[64];
    static const char *const names[] = {"keys/token.key", "operator.key"};
    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof(path), "%s/%s", (char *)*state, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof(path), "%s/keys", (char *)*state);
    (void)rmdir(path);
    return rmdir(*state);
}

static void operator_read(const char *folder, struct buf *bearer)
{
    char path[64];
    struct stat facts;
    *bearer = BUF_MAX(KIB);
    (void)snprintf(path, sizeof(path), "%s/operator.key", folder);
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    buf_cstr(bearer, "Bearer ");
    assert_int_equal(file_read(path, bearer), FAULT_NONE);
    assert_int_equal(bearer->len, 7 + 4 + 43 + 1);
    bearer->data[--bearer->len] = '\0';
}

static void the_operators_key_opens_everything(void **state)
{
    struct token_keys made, again;
    struct who who;
    CLEANUP(buf) struct buf bearer;
    assert_int_equal(token_keys_open(*state, &made), FAULT_NONE);
    assert_int_equal(token_keys_open(*state, &again), FAULT_NONE);
    assert_memory_equal(&made, &again, sizeof(made));
    operator_read(*state, &bearer);
    assert_int_equal(who_from_bearer(&made, buf_view(&bearer), NOW, &who), TOKEN_GOOD);
    assert_int_equal(who.role, ROLE_OPERATOR);
    assert_string_equal(who.scope, "*");
    assert_string_equal(who.subject, "operator");
    bearer.data[bearer.len - 2] = bearer.data[bearer.len - 2] == 'A' ? 'B' : 'A';
    assert_int_equal(who_from_bearer(&made, buf_view(&bearer), NOW, &who), TOKEN_FORGED);
    assert_int_equal(who.role, ROLE_NONE);
}

static void an_authorization_header_is_a_bearer_or_nothing(void **state)
{
    struct token_keys made;
    struct who who;
    CLEANUP(buf) struct buf token = BUF_MAX(TOKEN_MAX), header = BUF_MAX(KIB);
    assert_int_equal(token_keys_open(*state, &made), FAULT_NONE);
    assert_int_equal(token_sign(&made, &resident, &token), FAULT_NONE);
    assert_int_equal(who_from_bearer(&made, TEXT_NONE, NOW, &who), TOKEN_ABSENT);
    buf_format(&header, "bearer  %s ", token.data);
    assert_int_equal(who_from_bearer(&made, buf_view(&header), NOW, &who), TOKEN_GOOD);
    assert_string_equal(who.subject, resident.subject);
    buf_reset(&header);
    buf_format(&header, "Basic %s", token.data);
    assert_int_equal(who_from_bearer(&made, buf_view(&header), NOW, &who), TOKEN_MALFORMED);
    assert_int_equal(who_from_bearer(&made, buf_view(&token), NOW, &who), TOKEN_MALFORMED);
    assert_int_equal(who_from_bearer(&made, TEXT("Bearer"), NOW, &who), TOKEN_MALFORMED);
    assert_int_equal(who_from_bearer(&made, TEXT(""), NOW, &who), TOKEN_MALFORMED);
}

static void processes_that_start_together_agree_on_the_keys(void **state)
{
    pid_t children[6];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    for (size_t i = 0; i < 6; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] > 0) continue;
        struct token_keys made;
        const bool good = token_keys_open(*state, &made) == FAULT_NONE &&
                          write(ends[1], &made, sizeof(made)) == (ssize_t)sizeof(made);
        _exit(good ? 0 : 1);
    }
    struct token_keys first, next;
    assert_int_equal(read(ends[0], &first, sizeof(first)), sizeof(first));
    for (size_t i = 1; i < 6; i++) {
        assert_int_equal(read(ends[0], &next, sizeof(next)), sizeof(next));
        assert_memory_equal(&first, &next, sizeof(first));
    }
    for (size_t i = 0; i < 6; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    close(ends[0]);
    close(ends[1]);
}

static void a_key_that_others_may_read_is_refused(void **state)
{
    char path[64];
    struct token_keys made;
    assert_int_equal(token_keys_open(*state, &made), FAULT_NONE);
    (void)snprintf(path, sizeof(path), "%s/keys/token.key", (char *)*state);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(token_keys_open(*state, &made), FAULT_CONFIG);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(file_replace(path, TEXT("short"), 0600), FAULT_NONE);
    assert_int_equal(token_keys_open(*state, &made), FAULT_CONFIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_signed_is_read_back),
        cmocka_unit_test(any_changed_byte_is_noticed),
        cmocka_unit_test(a_shortened_or_lengthened_token_is_refused),
        cmocka_unit_test(a_token_ends_at_its_second),
        cmocka_unit_test(another_key_seals_another_token),
        cmocka_unit_test(bytes_without_end_or_sense_are_refused),
        cmocka_unit_test(what_cannot_be_read_back_is_not_signed),
        cmocka_unit_test(the_longest_token_fits),
        cmocka_unit_test(a_role_holds_in_its_community_only),
        cmocka_unit_test_setup_teardown(the_operators_key_opens_everything, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(an_authorization_header_is_a_bearer_or_nothing, folder_make,
                                        folder_remove),
        cmocka_unit_test_setup_teardown(processes_that_start_together_agree_on_the_keys,
                                        folder_make, folder_remove),
        cmocka_unit_test_setup_teardown(a_key_that_others_may_read_is_refused, folder_make,
                                        folder_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
