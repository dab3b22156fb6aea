/* 012_base_forms.c -- hashes, text forms of bytes, JSON, log lines, metrics and refusals. */
/* rooms: base */
#include "check.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/embedded.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/base/refusal.h"
#include "groundswell/base/secret.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void assert_hex(const void *data, size_t n, const char *wanted)
{
    struct buf buf = BUF_MAX(KIB);
    encode_hex(&buf, data, n);
    assert_buf(&buf, wanted);
    buf_release(&buf);
}

/* FIPS 180-2 and RFC 4231 vectors. */
static void hashes_are_the_published_ones(void **state)
{
    (void)state;
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(TEXT("abc"), digest);
    assert_hex(digest, sizeof digest,
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256(TEXT_NONE, digest);
    assert_hex(digest, sizeof digest,
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    digest_hmac(TEXT("Jefe"), TEXT("what do ya want for nothing?"), digest);
    assert_hex(digest, sizeof digest,
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    digest_hmac(TEXT(""), TEXT(""), digest); /* and a second use of the same context */
    assert_hex(digest, sizeof digest,
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    char key[131];
    memset(key, 0xaa, sizeof key);
    digest_hmac((struct text){key, sizeof key},
                TEXT("Test Using Larger Than Block-Size Key - Hash Key First"), digest);
    assert_hex(digest, sizeof digest,
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* RFC 8439 2.4.2, and draft-irtf-cfrg-xchacha-03 2.2.1. */
static void streams_are_the_published_ones(void **state)
{
    (void)state;
    uint8_t key[STREAM_KEY_SIZE], subkey[STREAM_KEY_SIZE];
    char text[] = "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
                  "the future, sunscreen would be it.";
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    static const uint8_t place[STREAM_PLACE_SIZE] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x4a};
    stream_cover(key, place, text, sizeof text - 1);
    assert_hex(text, 32, "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b");
    stream_cover(key, place, text, sizeof text - 1);
    assert_memory_equal(text, "Ladies", 6);
    static const uint8_t of[STREAM_PLACE_SIZE] = {0, 0, 0, 9, 0,    0,    0,    0x4a,
                                                  0, 0, 0, 0, 0x31, 0x41, 0x59, 0x27};
    stream_subkey(key, of, subkey);
    assert_hex(subkey, sizeof subkey,
               "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc");
}

static void *hash_in_a_thread(void *ctx)
{
    for (int i = 0; i < 100; i++)
        digest_hmac(TEXT("Jefe"), TEXT("what do ya want for nothing?"), ctx);
    return NULL;
}

static void threads_hash_side_by_side(void **state)
{
    (void)state;
    pthread_t threads[4];
    uint8_t digests[4][DIGEST_SIZE];
    for (size_t i = 0; i < N(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hash_in_a_thread, digests[i]), 0);
    for (size_t i = 0; i < N(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_hex(digests[i], DIGEST_SIZE,
                   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}

static void random_bytes_differ_and_wiped_ones_are_zero(void **state)
{
    (void)state;
    uint8_t a[32] = {0}, b[32] = {0}, zero[32] = {0};
    secret_random(a, sizeof a);
    secret_random(b, sizeof b);
    assert_false(secret_equal(a, b, sizeof a));
    assert_true(secret_equal(a, a, sizeof a));
    secret_wipe(a, sizeof a);
    assert_memory_equal(a, zero, sizeof a);
}

/* RFC 4648, section 10. */
static void base64_is_the_published_one_both_ways(void **state)
{
    (void)state;
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const padded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                         "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    static const char *const bare[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    for (size_t i = 0; i < N(plain); i++) {
        struct buf buf = BUF_MAX(64), url = BUF_MAX(64);
        char back[8] = {0};
        encode_base64(&buf, plain[i], i);
        assert_buf(&buf, padded[i]);
        encode_base64url(&url, plain[i], i);
        assert_buf(&url, bare[i]);
        assert_int_equal(decode_base64url(text_of(bare[i]), back, i), i);
        assert_string_equal(back, plain[i]);
        if (i)
            assert_true(decode_base64url(text_of(bare[i]), back, i - 1) == SIZE_MAX);
        buf_release(&buf);
        buf_release(&url);
    }
    struct buf url = BUF_MAX(8);
    encode_base64url(&url, "\xfb\xff\xfe", 3);
    assert_buf(&url, "-__-");
    buf_release(&url);
}

static void decoding_takes_one_spelling_only(void **state)
{
    (void)state;
    char out[64];
    static const char *const bad_64[] = {"A",    "Zg==", "Zh",    "Zm9", "Zm 8",
                                         "Zm+v", "Zm/v", "Zm9vA", "\xc3\xa9-A"};
    for (size_t i = 0; i < N(bad_64); i++)
        assert_true(decode_base64url(text_of(bad_64[i]), out, sizeof out) == SIZE_MAX);
    static const char *const bad_hex[] = {"0", "0g", "0A", " 0", "0x", "00 "};
    for (size_t i = 0; i < N(bad_hex); i++)
        assert_true(decode_hex(text_of(bad_hex[i]), out, sizeof out) == SIZE_MAX);
    assert_int_equal(decode_hex(TEXT("00ff10"), out, 3), 3);
    assert_memory_equal(out, "\x00\xff\x10", 3);
    assert_true(decode_hex(TEXT("00ff10"), out, 2) == SIZE_MAX);
}

static enum fault read_json(struct text input, size_t depth_max, struct json_problem *ret_problem)
{
    CLEANUP(json_ref) json_t *json = NULL;
    enum fault fault = json_read(input, depth_max, &json, ret_problem);
    assert_true((json != NULL) == (fault == FAULT_NONE));
    return fault;
}

static void json_in_is_bounded_and_unambiguous(void **state)
{
    (void)state;
    static const char *const good[] = {"1", "null", "\"a\"", "{}", "[[[]]]",
                                       "{\"a\":{\"a\":[\"]]]]\\\"[[[[\"]}}",
                                       " [1] \n", "9007199254740993"};
    static const char *const bad[] = {
        "", " ", "[[[[]]]]", "{\"a\":1,\"a\":1}", "[1] 2",
        "[1,]", "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}", "\"\xff\"", "\"\xed\xa0\x80\"",
        "99999999999999999999", "1e999", "[", "nul", "{a:1}", "'a'", "01", "+1"};
    struct json_problem problem;
    for (size_t i = 0; i < N(good); i++)
        assert_int_equal(read_json(text_of(good[i]), 3, NULL), FAULT_NONE);
    for (size_t i = 0; i < N(bad); i++) {
        problem.what[0] = '\0';
        assert_int_equal(read_json(text_of(bad[i]), 3, &problem), FAULT_FORMAT);
        assert_true(problem.what[0] != '\0');
    }
    assert_int_equal(read_json((struct text){"[1]\0", 4}, 3, NULL), FAULT_FORMAT);
    assert_int_equal(read_json((struct text){"[1\0]", 4}, 3, NULL), FAULT_FORMAT);
    /* its size counts, not a NUL */
    assert_int_equal(read_json((struct text){"[1]xxx", 3}, 3, NULL), FAULT_NONE);
    assert_int_equal(read_json(TEXT_NONE, 3, NULL), FAULT_FORMAT);
}

static void integers_stay_integers(void **state)
{
    (void)state;
    CLEANUP(json_ref) json_t *json = NULL;
    assert_int_equal(json_read(TEXT("[9007199254740993, 1.0]"), 3, &json, NULL), FAULT_NONE);
    assert_true(json_is_integer(json_array_get(json, 0)));
    assert_true(json_integer_value(json_array_get(json, 0)) == 9007199254740993);
    assert_true(json_is_real(json_array_get(json, 1)));
}

static void a_problem_tells_where_and_never_echoes_the_input(void **state)
{
    (void)state;
    struct json_problem problem;
    assert_int_equal(read_json(TEXT("{\n  \"a\": secretword}"), 3, &problem), FAULT_FORMAT);
    assert_int_equal(problem.line, 2);
    assert_null(strstr(problem.what, "secretword"));
    assert_int_equal(read_json(TEXT("[1,[2,[3,[4]]]]"), 3, &problem), FAULT_FORMAT);
    assert_int_equal(problem.offset, 9);
    assert_non_null(strstr(problem.what, "deep"));
    char deep[4096];
    memset(deep, '[', sizeof deep);
    assert_int_equal(read_json((struct text){deep, sizeof deep}, SIZE_MAX, NULL), FAULT_FORMAT);
}

static void json_out_places_its_commas_and_escapes(void **state)
{
    (void)state;
    struct buf buf = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&buf);
    json_object_begin(&out);
    json_text_at(&out, "a\"b", TEXT("q\"\\/\n\t\r\x01\x7f\xe2\x82\xac"));
    json_u64_at(&out, "n", UINT64_MAX);
    json_name(&out, "list");
    json_array_begin(&out);
    json_array_begin(&out);
    json_array_end(&out);
    json_object_begin(&out);
    json_object_end(&out);
    json_bool(&out, true);
    json_none(&out);
    json_text(&out, TEXT_NONE);
    json_text(&out, TEXT(""));
    json_raw(&out, TEXT("[1]"));
    json_array_end(&out);
    json_bool_at(&out, "no", false);
    json_object_end(&out);
    assert_buf(&buf,
               "{\"a\\\"b\":\"q\\\"\\\\/\\n\\t\\r\\u0001\x7f\xe2\x82\xac\","
               "\"n\":18446744073709551615,"
               "\"list\":[[],{},true,null,null,\"\",[1]],\"no\":false}");
    buf_release(&buf);
}

/* What `say` writes to standard error. */
static void captured(void (*say)(void), struct buf *ret)
{
    int ends[2], kept = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    say();
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    char chunk[8192];
    for (ssize_t n; (n = read(ends[0], chunk, sizeof chunk)) > 0;)
        buf_put(ret, chunk, (size_t)n);
    close(ends[0]);
}

static void say_some(void)
{
    log_debug("base", "not at this level");
    log_warn("store", "lost\n%s %d", "2026 error forged: \x1b[0m", 7);
    log_level_set(LOG_DEBUG);
    log_debug("base", "now");
    log_level_set(LOG_INFO);
}

static void say_much(void)
{
    char much[5000];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    log_info("base", "%s", much);
    memset(much, '\n', sizeof much - 1);
    log_info("base", "%s", much);
}

static void a_log_line_is_one_line_whatever_it_says(void **state)
{
    (void)state;
    struct buf buf = BUF_MAX(16 * KIB);
    captured(say_some, &buf);
    struct text rest = buf_view(&buf);
    struct text first = text_cut(&rest, '\n'), second = text_cut(&rest, '\n');
    first.at += 24, first.n -= 24; /* behind the stamp */
    second.at += 24, second.n -= 24;
    assert_text(first,
                " warn  store: lost\\x0a2026 error forged: \\x1b[0m 7");
    assert_text(second, " debug base: now");
    assert_int_equal(rest.n, 0);
    buf_reset(&buf);
    captured(say_much, &buf);
    rest = buf_view(&buf);
    for (int i = 0; i < 2; i++) {
        struct text line = text_cut(&rest, '\n');
        assert_true(line.n > 1000 && line.n < 2100);
        assert_memory_equal(line.at + line.n - 3, "...", 3);
    }
    assert_int_equal(rest.n, 0);
    buf_release(&buf);
}

static struct metric requests =
    METRIC(METRIC_COUNTER, "groundswell_requests_total", "Requests by \"route\".", "route");
static struct metric open_connections =
    METRIC(METRIC_GAUGE, "groundswell_connections", "Open connections.", NULL);
static struct metric took =
    METRIC(METRIC_HISTOGRAM, "groundswell_request_seconds", "Time to answer.", "route");
static struct metric delay =
    METRIC(METRIC_DURATION, "groundswell_delay_last_seconds", "The last delay.", NULL);

static void metrics_count_and_promtool_likes_them(void **state)
{
    (void)state;
    struct buf buf = BUF_MAX(64 * KIB);
    char pledge[] = "pledge";
    metric_add(&requests, "pledge", 2);
    metric_add(&requests, pledge, 1); /* the same words elsewhere are the same label */
    metric_add(&requests, "a\"b\\c\n", 1);
    metric_set(&open_connections, NULL, 12);
    metric_set(&delay, NULL, 20500);
    metric_observe(&took, "pledge", 100);
    metric_observe(&took, "pledge", 101);
    metric_observe(&took, "pledge", 3000000);
    metrics_write(&buf);
    assert_int_equal(buf_fault(&buf), FAULT_NONE);
    static const char *const lines[] = {
        "# TYPE groundswell_requests_total counter\n",
        "\ngroundswell_requests_total{route=\"pledge\"} 3\n",
        "\ngroundswell_requests_total{route=\"a\\\"b\\\\c\\n\"} 1\n",
        "\ngroundswell_connections 12\n",
        "# TYPE groundswell_delay_last_seconds gauge\ngroundswell_delay_last_seconds 0.020500\n",
        "\ngroundswell_request_seconds_bucket{route=\"pledge\",le=\"0.0001\"} 1\n",
        "\ngroundswell_request_seconds_bucket{route=\"pledge\",le=\"0.00025\"} 2\n",
        "\ngroundswell_request_seconds_bucket{route=\"pledge\",le=\"2.5\"} 2\n",
        "\ngroundswell_request_seconds_bucket{route=\"pledge\",le=\"+Inf\"} 3\n",
        "\ngroundswell_request_seconds_sum{route=\"pledge\"} 3.000201\n",
        "\ngroundswell_request_seconds_count{route=\"pledge\"} 3\n",
    };
    for (size_t i = 0; i < N(lines); i++)
        if (!strstr(buf.data, lines[i]))
            fail_msg("no line %s in\n%s", lines[i], buf.data);
    FILE *promtool = popen("promtool check metrics >&2", "w");
    assert_non_null(promtool);
    fwrite(buf.data, 1, buf.len, promtool);
    assert_int_equal(pclose(promtool), 0);
    buf_release(&buf);
}

static struct metric many = METRIC(METRIC_COUNTER, "groundswell_many_total", "Too many.", "label");

static void too_many_labels_are_counted_together(void **state)
{
    (void)state;
    static char labels[METRIC_SERIES_MAX + 10][8];
    for (size_t i = 0; i < N(labels); i++) {
        snprintf(labels[i], sizeof labels[i], "l%zu", i);
        metric_add(&many, labels[i], 1);
    }
    assert_int_equal(many.series_n, METRIC_SERIES_MAX);
    assert_string_equal(many.series[METRIC_SERIES_MAX - 1].label, "other");
    assert_int_equal(many.series[METRIC_SERIES_MAX - 1].value, 11);
}

static void name_a_counter_badly(void)
{
    static struct metric badly = METRIC(METRIC_COUNTER, "groundswell_badly", "No unit.", NULL);
    metric_add(&badly, NULL, 1);
}

static void a_counter_that_breaks_the_convention_is_a_bug(void **state)
{
    (void)state;
    assert_aborts(name_a_counter_badly);
}

static void every_refusal_has_a_code_a_status_and_a_sentence(void **state)
{
    (void)state;
    assert_true(REFUSAL_N > 2);
    for (int r = REFUSAL_NONE + 1; r < REFUSAL_N; r++) {
        enum refusal refusal = (enum refusal)r;
        assert_int_equal(refusal_from_code(text_of(refusal_code(refusal))), refusal);
        assert_true(refusal_status(refusal) >= 400 && refusal_status(refusal) < 600);
        assert_true(strlen(refusal_sentence(refusal)) > 8);
    }
    assert_int_equal(refusal_from_code(TEXT("no_such_code")), REFUSAL_NONE);
    assert_int_equal(refusal_from_code(TEXT("none")), REFUSAL_NONE);
}

/* Any refusal whose sentence has a placeholder, with the words around the first one. */
static enum refusal refusal_with_placeholder(struct text *ret_before, struct text *ret_name)
{
    for (int r = REFUSAL_NONE + 1; r < REFUSAL_N; r++) {
        struct text rest = text_of(refusal_sentence((enum refusal)r));
        *ret_before = text_cut(&rest, '{');
        if (rest.at) {
            *ret_name = text_cut(&rest, '}');
            return (enum refusal)r;
        }
    }
    return REFUSAL_NONE;
}

static struct buf said;

static void say_without_words(void)
{
    struct text before, name;
    refusal_say(&said, refusal_with_placeholder(&before, &name), NULL, 0);
}

static void a_refusal_is_said_with_its_words_filled(void **state)
{
    (void)state;
    struct text before, name;
    enum refusal refusal = refusal_with_placeholder(&before, &name);
    assert_int_not_equal(refusal, REFUSAL_NONE);
    char name_text[64];
    snprintf(name_text, sizeof name_text, "%.*s", TEXT_ARGS(name));
    const struct refusal_word words[] = {{"unused", TEXT("?")}, {name_text, TEXT("{12.50}")}};
    struct buf wanted = BUF_MAX(KIB), logged = BUF_MAX(16 * KIB);
    said = BUF_MAX(4 * KIB);
    refusal_say(&said, refusal, words, N(words));
    buf_format(&wanted, "%.*s{12.50}", TEXT_ARGS(before)); /* what a word holds is not read again */
    assert_true(text_starts(buf_view(&said), buf_view(&wanted)));

    buf_reset(&said);
    buf_reset(&wanted);
    captured(say_without_words, &logged);
    buf_format(&wanted, "%.*s?", TEXT_ARGS(before));
    assert_true(text_starts(buf_view(&said), buf_view(&wanted)));
    assert_non_null(strstr(logged.data, refusal_code(refusal)));
    assert_non_null(strstr(logged.data, name_text));
    buf_release(&said);
    buf_release(&wanted);
    buf_release(&logged);
}

static void the_schemas_travel_in_the_binary_in_order(void **state)
{
    (void)state;
    bool found = false;
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        const struct embedded *file = &embedded_schemas[i];
        assert_true(i == 0 || strcmp(embedded_schemas[i - 1].name, file->name) < 0);
        assert_int_equal(*file->end, '\0');
        CLEANUP(json_ref) json_t *json = NULL;
        assert_int_equal(json_read(embedded_text(file), JSON_DEPTH_MAX, &json, NULL), FAULT_NONE);
        found = found || (strcmp(file->name, "refusals.json") == 0 && embedded_size(file) > 100);
    }
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_the_published_ones),
        cmocka_unit_test(streams_are_the_published_ones),
        cmocka_unit_test(threads_hash_side_by_side),
        cmocka_unit_test(random_bytes_differ_and_wiped_ones_are_zero),
        cmocka_unit_test(base64_is_the_published_one_both_ways),
        cmocka_unit_test(decoding_takes_one_spelling_only),
        cmocka_unit_test(json_in_is_bounded_and_unambiguous),
        cmocka_unit_test(integers_stay_integers),
        cmocka_unit_test(a_problem_tells_where_and_never_echoes_the_input),
        cmocka_unit_test(json_out_places_its_commas_and_escapes),
        cmocka_unit_test(a_log_line_is_one_line_whatever_it_says),
        cmocka_unit_test(metrics_count_and_promtool_likes_them),
        cmocka_unit_test(too_many_labels_are_counted_together),
        cmocka_unit_test(a_counter_that_breaks_the_convention_is_a_bug),
        cmocka_unit_test(every_refusal_has_a_code_a_status_and_a_sentence),
        cmocka_unit_test(a_refusal_is_said_with_its_words_filled),
        cmocka_unit_test(the_schemas_travel_in_the_binary_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
