/* 502_tlog_seal.c -- what the sealer publishes: the same tree whatever the batches, every
 * checkpoint kept, keys rotated, witnesses' lines added; and what it refuses. */
/* rooms: base io tlog */
#include "500_log.h"

#include <sys/stat.h>
#include <unistd.h>

#include "groundswell/io/file.h"
#include "groundswell/tlog/key.h"

static int scene_make(void **state)
{
    struct log_scene *s = calloc(1, sizeof *s);
    log_scene_make(s);
    *state = s;
    return 0;
}

static int scene_remove(void **state)
{
    log_scene_remove(*state);
    free(*state);
    return 0;
}

static void put_file(struct log_scene *s, const char *name, const char *bytes)
{
    assert_int_equal(file_replace(temp_path(&s->dir, name), text_of(bytes), 0644), FAULT_NONE);
}

static bool is_there(struct log_scene *s, const char *name)
{
    return access(temp_path(&s->dir, name), F_OK) == 0;
}

static void an_empty_log_is_signed_once(void **state)
{
    struct log_scene *s = *state;
    struct seal *seal;
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    assert_false(seal_is_published(seal));
    assert_int_equal(seal_publish(seal), FAULT_NONE);
    assert_true(seal_is_published(seal));
    assert_true(text_starts(
        seal_checkpoint(seal),
        TEXT(LOG_ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n")));
    assert_int_equal(seal_publish(seal), FAULT_NONE);
    seal_close(seal);
    struct verify_finding finding = assert_log_holds(s);
    assert_int_equal(finding.size, 0);
    assert_int_equal(finding.history, 1);
    assert_false(is_there(s, "tile"));
}

/* The checkpoint's root is that of the tree made in one go. */
static void batches_up_to(struct log_scene *s, uint64_t size, unsigned seed)
{
    uint64_t at = 0;
    srand(seed);
    struct seal *seal;
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    while (at < size) {
        uint64_t step = 1 + (uint64_t)rand() % (size / 5 + 1);
        at = at + step < size ? at + step : size;
        if (rand() % 3 == 0) { /* a sealer that comes and goes */
            seal_close(seal);
            assert_int_equal(log_open(s, &seal), FAULT_NONE);
        }
        assert_int_equal(log_take(seal, at), FAULT_NONE);
        if (seal_publish(seal))
            fail_msg("at %llu: %s", (unsigned long long)at, seal_doubt(seal));
    }
    seal_close(seal);
    struct verify_finding finding = assert_log_holds(s);
    struct hash root;
    log_root(size, &root);
    assert_int_equal(finding.size, size);
    assert_true(hash_equal(&finding.root, &root));
}

static void small_logs_in_batches_equal_the_tree_made_at_once(void **state)
{
    static const uint64_t sizes[] = {1, 2, 255, 256, 257, 511, 512, 513, 1000};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct log_scene s;
        log_scene_make(&s);
        batches_up_to(&s, sizes[i], (unsigned)sizes[i]);
        log_scene_remove(&s);
    }
}

static void a_log_of_65536_in_batches_equals_the_tree_made_at_once(void **state)
{
    batches_up_to(*state, 65536, 7);
}

static void a_log_of_70000_has_the_tiles_of_the_specification(void **state)
{
    struct log_scene *s = *state;
    batches_up_to(s, 70000, 11);
    static const char *const there[] = {
        "tile/0/000", "tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17",
        "tile/2/000.p/1", "tile/entries/000", "tile/entries/273.p/112", "history/70000",
    };
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        if (!is_there(s, there[i]))
            fail_msg("%s is missing", there[i]);
    static const char *const not_there[] = {"tile/0/273", "tile/1/001", "tile/2/000", "tile/3",
                                            "tile/entries/273", "tile/0/000.p"};
    for (size_t i = 0; i < sizeof not_there / sizeof *not_there; i++)
        if (is_there(s, not_there[i]))
            fail_msg("%s is there", not_there[i]);
}

static void every_checkpoint_is_kept_and_partial_tiles_until_the_full_one(void **state)
{
    struct log_scene *s = *state;
    log_grow(s, 3);
    log_grow(s, 200);
    assert_true(is_there(s, "tile/0/000.p/3") && is_there(s, "tile/0/000.p/200"));
    assert_true(is_there(s, "tile/entries/000.p/3"));
    log_grow(s, 300);
    assert_true(is_there(s, "tile/0/000") && !is_there(s, "tile/0/000.p"));
    assert_false(is_there(s, "tile/entries/000.p"));
    assert_int_equal(assert_log_holds(s).history, 3);
    struct reader reader; /* who still has the old checkpoint finds what it needs */
    struct text entry;
    struct hash root, wanted;
    assert_int_equal(reader_init(&reader, source_of_folder(s->dir.path)), FAULT_NONE);
    assert_int_equal(reader_entry(&reader, 199, 200, &entry), FAULT_NONE);
    assert_true(text_equal(entry, log_record(199)));
    assert_int_equal(reader_range(&reader, 0, 200, 200, &root), FAULT_NONE);
    log_root(200, &wanted);
    assert_true(hash_equal(&root, &wanted));
    reader_release(&reader);
}

static void a_second_sealer_is_kept_out(void **state)
{
    struct log_scene *s = *state;
    struct seal *first, *second;
    assert_int_equal(log_open(s, &first), FAULT_NONE);
    assert_int_equal(log_open(s, &second), FAULT_BUSY);
    assert_null(second);
    assert_non_null(strstr(s->doubt.what, "somebody else is sealing"));
    seal_close(first);
    assert_int_equal(log_open(s, &second), FAULT_NONE);
    seal_close(second);
}

static void a_record_that_comes_again_must_be_the_same(void **state)
{
    struct log_scene *s = *state;
    struct seal *seal;
    log_grow(s, 300);
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    assert_int_equal(log_take(seal, 310), FAULT_NONE);
    for (uint64_t seq = 0; seq < 310; seq++)
        assert_int_equal(seal_append(seal, seq, log_record(seq)), FAULT_NONE);
    assert_int_equal(seal_next(seal), 310);
    assert_int_equal(seal_append(seal, 305, TEXT("other")), FAULT_FORMAT);
    assert_non_null(strstr(seal_doubt(seal), "record 305 is not the one"));
    assert_int_equal(seal_publish(seal), FAULT_FORMAT); /* and nothing more */
    assert_int_equal(seal_append(seal, 310, log_record(310)), FAULT_FORMAT);
    seal_close(seal);
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    assert_int_equal(seal_append(seal, 5, TEXT("other")), FAULT_FORMAT);
    assert_non_null(strstr(seal_doubt(seal), "record 5 is not the one"));
    seal_close(seal);
    assert_int_equal(assert_log_holds(s).size, 300);
}

static void a_gap_and_a_record_too_long_stop_the_sealer(void **state)
{
    struct log_scene *s = *state;
    struct seal *seal;
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    assert_int_equal(seal_append(seal, 1, log_record(1)), FAULT_FORMAT);
    assert_non_null(strstr(seal_doubt(seal), "record 1 came where 0 was due"));
    seal_close(seal);
    char *long_one = calloc(1, 65536);
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    assert_int_equal(seal_append(seal, 0, (struct text){long_one, 65535}), FAULT_NONE);
    assert_int_equal(seal_append(seal, 1, (struct text){long_one, 65536}), FAULT_LIMIT);
    assert_int_equal(seal_publish(seal), FAULT_FORMAT);
    seal_close(seal);
    free(long_one);
    assert_false(is_there(s, "checkpoint"));
}

static void a_batch_that_is_full_asks_to_be_published(void **state)
{
    struct log_scene *s = *state;
    struct seal *seal;
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    for (uint64_t seq = 0; seq < SEAL_BATCH_MAX; seq++)
        assert_int_equal(seal_append(seal, seq, TEXT("x")), FAULT_NONE);
    assert_int_equal(seal_append(seal, SEAL_BATCH_MAX, TEXT("x")), FAULT_BUSY);
    assert_int_equal(seal_publish(seal), FAULT_NONE);
    assert_int_equal(seal_append(seal, SEAL_BATCH_MAX, TEXT("x")), FAULT_NONE);
    seal_close(seal);
}

static void doubts_on_disk_are_found_again_at_every_opening(void **state)
{
    (void)state;
    static const struct {
        const char *file, *bytes, *says;
    } spoiled[] = {
        {"intent", LOG_ORIGIN "\n2\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
         "larger than what was last intended"},
        {"intent", LOG_ORIGIN "\n300\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
         "another root than was intended"},
        {"intent", LOG_ORIGIN "\n310\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
         "is missing"},
        {"intent", "x", "not a checkpoint"},
        {"intent", "host.example/hilltop\n300\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
         "another log"},
        {"history/301", "x", "ahead of what is published"},
        {"history/0300", "x", "no checkpoint"},
        {"checkpoint", "x", "not a signed note"},
        {"vkey", "x", "not a verifier key"},
        {"tile/0/001.p/44", "x", "not 44 hashes"},
        {"tile/1/000.p/1", "01234567890123456789012345678901", "do not lead to the root"},
        {"tile/entries/001.p/44", "x", "44 whole entries"},
    };
    for (size_t i = 0; i < sizeof spoiled / sizeof *spoiled; i++) {
        struct log_scene s;
        struct seal *seal;
        log_scene_make(&s);
        log_grow(&s, 300);
        put_file(&s, spoiled[i].file, spoiled[i].bytes);
        for (int twice = 0; twice < 2; twice++) {
            assert_int_equal(log_open(&s, &seal), FAULT_FORMAT);
            if (!strstr(s.doubt.what, spoiled[i].says))
                fail_msg("%s: %s", spoiled[i].file, s.doubt.what);
        }
        log_scene_remove(&s);
    }
}

static void old_and_new_key_sign_during_a_rotation(void **state)
{
    struct log_scene *s = *state;
    log_grow(s, 5);
    s->keys[1] = &s->other;
    s->keys_n = 2;
    log_grow(s, 5); /* nothing new but the key */
    struct vkey both[] = {s->key.vkey, s->other.vkey};
    for (int i = 0; i < 2; i++) {
        struct verify_plan plan = {.source = source_of_folder(s->dir.path),
                                   .signers = {.logs = &both[i], .logs_n = 1}};
        struct verify_finding finding;
        assert_int_equal(verify_log(&plan, &finding, &s->doubt), FAULT_NONE);
    }
    s->keys[0] = &s->other;
    s->keys_n = 1;
    log_grow(s, 9);
    assert_log_holds(s);
    struct vkey kept[4];
    size_t n;
    assert_int_equal(vkeys_read(temp_path(&s->dir, "vkey"), kept, 4, &n, NULL), FAULT_NONE);
    assert_int_equal(n, 2);
    assert_true(vkey_equal(&kept[0], &both[0]) && vkey_equal(&kept[1], &both[1]));
    s->keys[0] = &s->witness; /* a witness cannot seal */
    struct seal *seal;
    assert_int_equal(log_open(s, &seal), FAULT_CONFIG);
}

static void witnesses_lines_are_added_when_they_are_right(void **state)
{
    struct log_scene *s = *state;
    struct seal *seal;
    struct note note;
    struct doubt why = {0};
    struct buf line = BUF_MAX(4 * KIB);
    log_grow(s, 5);
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    assert_int_equal(note_parse(seal_checkpoint(seal), &note, NULL), FAULT_NONE);
    assert_int_equal(note_sign_line(&line, note.text, &s->witness, 1700000000), FAULT_NONE);
    for (int twice = 0; twice < 2; twice++)
        assert_int_equal(seal_cosign(seal, 5, buf_view(&line), &s->witness.vkey, 1, &why),
                         FAULT_NONE);
    assert_int_equal(note_parse(seal_checkpoint(seal), &note, NULL), FAULT_NONE);
    assert_int_equal(note.signatures_n, 2);
    assert_int_equal(note_time_s(&note, &s->witness.vkey), 1700000000);
    assert_int_equal(assert_log_holds(s).witnesses, 1);
    assert_int_equal(seal_cosign(seal, 4, buf_view(&line), &s->witness.vkey, 1, &why),
                     FAULT_ABSENT);
    assert_int_equal(log_take(seal, 6), FAULT_NONE);
    assert_int_equal(seal_publish(seal), FAULT_NONE);
    why.what[0] = '\0'; /* the line is of size 5, not of 6 */
    assert_int_equal(seal_cosign(seal, 6, buf_view(&line), &s->witness.vkey, 1, &why),
                     FAULT_FORMAT);
    assert_non_null(strstr(why.what, "trust.example/witness"));
    assert_string_equal(seal_doubt(seal), "");
    seal_close(seal);
    assert_int_equal(assert_log_holds(s).witnesses, 0);
    buf_release(&line);
}

/* As many as leave room for the log's own line alone; each rightly signed, at another second. */
static void many_lines_put(const struct log_scene *s, struct text text, struct buf *out)
{
    for (uint64_t second = 1; second < NOTE_SIGNATURES_MAX; second++)
        assert_int_equal(note_sign_line(out, text, &s->witness, 1700000000 + second), FAULT_NONE);
}

static void a_witness_gets_one_line_and_leaves_room_for_other_keys(void **state)
{
    struct log_scene *s = *state;
    struct seal *seal;
    struct note note;
    struct doubt why = {0};
    struct buf lines = BUF_MAX(NOTE_MAX);
    log_grow(s, 5);
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    assert_int_equal(note_parse(seal_checkpoint(seal), &note, NULL), FAULT_NONE);
    many_lines_put(s, note.text, &lines);
    for (int twice = 0; twice < 2; twice++) {
        assert_int_equal(seal_cosign(seal, 5, buf_view(&lines), &s->witness.vkey, 1, &why),
                         FAULT_NONE);
        assert_int_equal(note_parse(seal_checkpoint(seal), &note, NULL), FAULT_NONE);
        assert_int_equal(note.signatures_n, 2);
        assert_int_equal(note_time_s(&note, &s->witness.vkey), 1700000001);
    }
    seal_close(seal);
    s->keys[1] = &s->other;
    s->keys_n = 2;
    log_grow(s, 5);
    assert_int_equal(assert_log_holds(s).witnesses, 1);
    buf_release(&lines);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_make, scene_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_log_is_signed_once),
        TEST(small_logs_in_batches_equal_the_tree_made_at_once),
        TEST(a_log_of_65536_in_batches_equals_the_tree_made_at_once),
        TEST(a_log_of_70000_has_the_tiles_of_the_specification),
        TEST(every_checkpoint_is_kept_and_partial_tiles_until_the_full_one),
        TEST(a_second_sealer_is_kept_out),
        TEST(a_record_that_comes_again_must_be_the_same),
        TEST(a_gap_and_a_record_too_long_stop_the_sealer),
        TEST(a_batch_that_is_full_asks_to_be_published),
        TEST(doubts_on_disk_are_found_again_at_every_opening),
        TEST(old_and_new_key_sign_during_a_rotation),
        TEST(witnesses_lines_are_added_when_they_are_right),
        TEST(a_witness_gets_one_line_and_leaves_room_for_other_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
