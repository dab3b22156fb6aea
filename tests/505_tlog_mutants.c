/* 505_tlog_mutants.c -- logs with one thing wrong, each named, and none is believed.
 *
 * The sound log has 600 records and the checkpoints 0, 3, 200, 300, 512 and 600. */
/* rooms: base io tlog */
#include "500_log.h"

#include <sys/stat.h>
#include <unistd.h>

#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"

#define SIZE 600

struct mutant {
    const char *name;
    void (*spoil)(struct log_scene *s);
    const char *says; /* part of the sentence */
};

static void get(struct log_scene *s, const char *path, struct buf *out)
{
    *out = BUF_MAX(MIB);
    if (file_read(temp_path(&s->dir, path), out))
        fail_msg("%s cannot be read", path);
}

static void put(struct log_scene *s, const char *path, struct text bytes)
{
    assert_int_equal(dir_make(temp_path(&s->dir, "tile/entries/001.p"), 0755), FAULT_NONE);
    assert_int_equal(dir_make(temp_path(&s->dir, "tile/0/001.p"), 0755), FAULT_NONE);
    assert_int_equal(file_replace(temp_path(&s->dir, path), bytes, 0644), FAULT_NONE);
}

static void drop(struct log_scene *s, const char *path)
{
    assert_int_equal(unlink(temp_path(&s->dir, path)), 0);
}

static void flip(struct log_scene *s, const char *path, size_t at)
{
    struct buf bytes;
    get(s, path, &bytes);
    assert_true(at < bytes.len);
    bytes.data[at] ^= 1;
    put(s, path, buf_view(&bytes));
    buf_release(&bytes);
}

static void cut(struct log_scene *s, const char *path, size_t by)
{
    struct buf bytes;
    get(s, path, &bytes);
    put(s, path, (struct text){bytes.data, bytes.len - by});
    buf_release(&bytes);
}

static void append(struct log_scene *s, const char *path, struct text more)
{
    struct buf bytes;
    get(s, path, &bytes);
    buf_text(&bytes, more);
    put(s, path, buf_view(&bytes));
    buf_release(&bytes);
}

/* Every `from` becomes `to`. */
static void exchange(struct log_scene *s, const char *path, struct text from, struct text to)
{
    struct buf bytes, out = BUF_MAX(MIB);
    get(s, path, &bytes);
    struct text rest = buf_view(&bytes);
    while (rest.n) {
        bool here = text_starts(rest, from);
        buf_text(&out, here ? to : (struct text){rest.at, 1});
        rest.at += here ? from.n : 1;
        rest.n -= here ? from.n : 1;
    }
    assert_false(text_equal(buf_view(&out), buf_view(&bytes)));
    put(s, path, buf_view(&out));
    buf_release(&bytes);
    buf_release(&out);
}

/* A checkpoint of this head, rightly signed by that key, under that name. */
static void sign(struct log_scene *s, const char *path, struct checkpoint head,
                 const struct skey *key)
{
    struct buf text = BUF_MAX(KIB), bytes = BUF_MAX(4 * KIB);
    checkpoint_put(&text, &head);
    assert_int_equal(note_sign(&bytes, buf_view(&text), &key, 1, 1), FAULT_NONE);
    put(s, path, buf_view(&bytes));
    buf_release(&text);
    buf_release(&bytes);
}

static struct checkpoint head_of(uint64_t size)
{
    struct checkpoint head = {.origin = TEXT(LOG_ORIGIN), .size = size};
    log_root(size, &head.root);
    return head;
}

static void copy(struct log_scene *s, const char *from, const char *to)
{
    struct buf bytes;
    get(s, from, &bytes);
    put(s, to, buf_view(&bytes));
    buf_release(&bytes);
}

/* The bundle with its entries in another order: takes[i] is the place that entry i comes from. */
static void reorder(struct log_scene *s, const char *path, const unsigned *takes, size_t n)
{
    struct buf out = BUF_MAX(MIB);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(bundle_put(&out, log_record(512 + takes[i])), FAULT_NONE);
    put(s, path, buf_view(&out));
    buf_release(&out);
}

#define LAST "tile/entries/002.p/88"
#define MUTANT(name, ...)                                                                          \
    static void name(struct log_scene *s)                                                          \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

MUTANT(bit_in_origin, flip(s, "checkpoint", 2);)
MUTANT(bit_in_size, flip(s, "checkpoint", sizeof LOG_ORIGIN);)
MUTANT(bit_in_root, flip(s, "checkpoint", sizeof LOG_ORIGIN + 8);)
MUTANT(bit_in_signature, {
    struct buf bytes;
    get(s, "checkpoint", &bytes);
    size_t at = bytes.len - 20;
    buf_release(&bytes);
    flip(s, "checkpoint", at);
})
MUTANT(signature_of_another_key, sign(s, "checkpoint", head_of(SIZE), &s->witness);)
MUTANT(no_signature, cut(s, "checkpoint", 126);)
MUTANT(crlf, exchange(s, "checkpoint", TEXT("\n"), TEXT("\r\n"));)
MUTANT(hyphen, exchange(s, "checkpoint", TEXT("\xe2\x80\x94"), TEXT("-"));)
MUTANT(en_dash, exchange(s, "checkpoint", TEXT("\xe2\x80\x94"), TEXT("\xe2\x80\x93"));)
MUTANT(leading_zero, exchange(s, "checkpoint", TEXT("\n600\n"), TEXT("\n0600\n"));)
MUTANT(plus_sign, exchange(s, "checkpoint", TEXT("\n600\n"), TEXT("\n+600\n"));)
MUTANT(no_last_lf, cut(s, "checkpoint", 1);)
MUTANT(blank_at_the_end, append(s, "checkpoint", TEXT(" "));)
MUTANT(checkpoint_missing, drop(s, "checkpoint");)
MUTANT(checkpoint_of_another_log, {
    struct checkpoint head = head_of(SIZE);
    head.origin = TEXT("host.example/hilltop");
    sign(s, "checkpoint", head, &s->key);
})
MUTANT(signed_root_of_other_entries, {
    struct checkpoint head = head_of(SIZE);
    head.root.bytes[0] ^= 1;
    sign(s, "checkpoint", head, &s->key);
})
MUTANT(signed_size_too_large, sign(s, "checkpoint", head_of(SIZE + 1), &s->key);)
MUTANT(rollback, copy(s, "history/512", "checkpoint");)
MUTANT(fork_in_history, {
    struct checkpoint head = head_of(300);
    head.root.bytes[31] ^= 1;
    sign(s, "history/300", head, &s->key);
})
MUTANT(fork_under_a_new_size, {
    struct checkpoint head = head_of(400);
    head.root.bytes[31] ^= 1;
    sign(s, "history/400", head, &s->key);
})
MUTANT(history_ahead, sign(s, "history/601", head_of(601), &s->key);)
MUTANT(history_missing, drop(s, "history/300");)
MUTANT(present_head_missing_in_history, drop(s, "history/600");)
MUTANT(history_under_a_wrong_name, copy(s, "history/200", "history/201");)
MUTANT(history_with_a_leading_zero, copy(s, "history/200", "history/0200");)
MUTANT(history_unsigned, put(s, "history/200", TEXT(LOG_ORIGIN "\n200\n"));)
MUTANT(history_of_another_key, sign(s, "history/200", head_of(200), &s->witness);)
MUTANT(bit_in_history, flip(s, "history/200", sizeof LOG_ORIGIN + 9);)
MUTANT(bit_in_a_full_tile, flip(s, "tile/0/000", 32 * 100);)
MUTANT(bit_in_a_partial_tile, flip(s, "tile/0/002.p/88", 5);)
MUTANT(bit_in_a_tile_above, flip(s, "tile/1/000.p/2", 40);)
MUTANT(bit_in_an_older_partial_tile, flip(s, "tile/1/000.p/1", 4);)
MUTANT(bit_in_an_entry, flip(s, "tile/entries/000", 20);)
MUTANT(bit_in_a_length, flip(s, "tile/entries/001", 1);)
MUTANT(bit_in_the_last_entry, flip(s, LAST, 12);)
MUTANT(tile_truncated, cut(s, "tile/0/001", 32);)
MUTANT(tile_cut_by_a_byte, cut(s, "tile/0/001", 1);)
MUTANT(tile_with_a_byte_more, append(s, "tile/0/001", TEXT("x"));)
MUTANT(tile_empty, put(s, "tile/0/001", TEXT(""));)
MUTANT(tile_missing, drop(s, "tile/0/001");)
MUTANT(tile_above_missing, drop(s, "tile/1/000.p/2");)
MUTANT(older_partial_tile_missing, drop(s, "tile/1/000.p/1");)
MUTANT(bundle_missing, drop(s, "tile/entries/001");)
MUTANT(bundle_truncated, cut(s, "tile/entries/001", 3);)
MUTANT(bundle_with_a_byte_more, append(s, LAST, TEXT("x"));)
MUTANT(bundle_with_an_entry_more, append(s, LAST, (struct text){"\0\1x", 3});)
MUTANT(tiles_exchanged, copy(s, "tile/0/000", "tile/0/001");)
MUTANT(bundles_exchanged, copy(s, "tile/entries/000", "tile/entries/001");)
MUTANT(surplus_partial_tile, {
    struct buf tile;
    get(s, "tile/0/001", &tile);
    put(s, "tile/0/001.p/77", (struct text){tile.data, 77 * 32});
    buf_release(&tile);
})
MUTANT(surplus_full_tile, copy(s, "tile/0/001", "tile/0/002");)
MUTANT(surplus_bundle, copy(s, "tile/entries/001", "tile/entries/003");)
MUTANT(surplus_level, copy(s, "tile/0/001", "tile/1/000");)
MUTANT(stranger_among_the_tiles, put(s, "tile/0/001.bak", TEXT("x"));)
MUTANT(stranger_in_history, put(s, "history/readme", TEXT("x"));)

static unsigned places[88];

static void in_order(void)
{
    for (unsigned i = 0; i < 88; i++)
        places[i] = i;
}

MUTANT(entries_swapped, {
    in_order();
    places[10] = 11;
    places[11] = 10;
    reorder(s, LAST, places, 88);
})
MUTANT(entry_repeated, {
    in_order();
    places[40] = 39;
    reorder(s, LAST, places, 88);
})
MUTANT(entry_dropped, {
    in_order();
    places[87] = 0;
    memmove(places + 3, places + 4, 84 * sizeof *places);
    reorder(s, LAST, places, 87);
})

#define ROW(name, says) {#name, name, says}
static const struct mutant mutants[] = {
    ROW(bit_in_origin, "signature"), ROW(bit_in_size, "signature"), ROW(bit_in_root, "signature"),
    ROW(bit_in_signature, "is wrong"), ROW(signature_of_another_key, "not signed by a key"),
    ROW(no_signature, "no empty line"), ROW(crlf, "control characters"), ROW(hyphen, "em dash"),
    ROW(en_dash, "em dash"), ROW(leading_zero, "not a size"), ROW(plus_sign, "not a size"),
    ROW(no_last_lf, "signature line"), ROW(blank_at_the_end, "signature line"),
    ROW(checkpoint_missing, "checkpoint is missing"),
    ROW(checkpoint_of_another_log, "not signed by a key"),
    ROW(signed_root_of_other_entries, "another root"), ROW(signed_size_too_large, "is missing"),
    ROW(rollback, "the log was put back"), ROW(fork_in_history, "two histories"),
    ROW(fork_under_a_new_size, "two histories"), ROW(history_ahead, "the log was put back"),
    ROW(history_missing, "belongs to no checkpoint"),
    ROW(present_head_missing_in_history, "history/600 is missing"),
    ROW(history_under_a_wrong_name, "holds the checkpoint of size 200"),
    ROW(history_with_a_leading_zero, "not named as"), ROW(history_unsigned, "not a signed note"),
    ROW(history_of_another_key, "not signed by a key"), ROW(bit_in_history, "is wrong"),
    ROW(bit_in_a_full_tile, "tile/0/000 has another hash at place 100"),
    ROW(bit_in_a_partial_tile, "tile/0/002.p/88 has another hash at place 0"),
    ROW(bit_in_a_tile_above, "tile/1/000.p/2 has another hash at place 1"),
    ROW(bit_in_an_older_partial_tile, "tile/1/000.p/1 differs"),
    ROW(bit_in_an_entry, "tile/0/000 has another hash"), ROW(bit_in_a_length, "whole entries"),
    ROW(bit_in_the_last_entry, "tile/0/002.p/88 has another hash at place 0"),
    ROW(tile_truncated, "not 256 hashes"),
    ROW(tile_cut_by_a_byte, "not 256 hashes"), ROW(tile_with_a_byte_more, "longer than"),
    ROW(tile_empty, "not 256 hashes"), ROW(tile_missing, "tile/0/001 is missing"),
    ROW(tile_above_missing, "tile/1/000.p/2 is missing"),
    ROW(older_partial_tile_missing, "tile/1/000.p/1 is missing"),
    ROW(bundle_missing, "tile/entries/001 is missing"), ROW(bundle_truncated, "whole entries"),
    ROW(bundle_with_a_byte_more, "whole entries"), ROW(bundle_with_an_entry_more, "whole entries"),
    ROW(tiles_exchanged, "tile/0/001 has another hash"),
    ROW(bundles_exchanged, "tile/0/001 has another hash"),
    ROW(surplus_partial_tile, "tile/0/001.p/77 belongs to no checkpoint"),
    ROW(surplus_full_tile, "tile/0/002 belongs to no checkpoint"),
    ROW(surplus_bundle, "tile/entries/003 belongs to no checkpoint"),
    ROW(surplus_level, "tile/1/000 belongs to no checkpoint"),
    ROW(stranger_among_the_tiles, "is no tile's name"), ROW(stranger_in_history, "not named as"),
    ROW(entries_swapped, "tile/0/002.p/88 has another hash at place 10"),
    ROW(entry_repeated, "tile/0/002.p/88 has another hash at place 40"),
    ROW(entry_dropped, "whole entries"),
};

static void sound_log(struct log_scene *s)
{
    static const uint64_t sizes[] = {0, 3, 200, 300, 512, SIZE};
    log_scene_make(s);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        log_grow(s, sizes[i]);
}

static void a_log_with_one_thing_wrong_is_refused(void **state)
{
    (void)state;
    unsigned believed = 0;
    for (size_t i = 0; i < sizeof mutants / sizeof *mutants; i++) {
        struct log_scene s;
        struct verify_finding finding;
        sound_log(&s);
        assert_log_holds(&s);
        mutants[i].spoil(&s);
        enum fault fault = log_verify(&s, &finding);
        if (!fault || !strstr(s.doubt.what, mutants[i].says)) {
            print_error("%s: %s\n", mutants[i].name, fault ? s.doubt.what : "believed");
            believed++;
        }
        log_scene_remove(&s);
    }
    assert_int_equal(believed, 0);
    assert_true(sizeof mutants / sizeof *mutants >= 37);
}

/* Any bit of any public file; of a checkpoint, tile or bundle not one is without meaning. */
static void any_bit_counts(void **state)
{
    (void)state;
    static const char *const paths[] = {"checkpoint", "history/3", "history/600", "tile/0/001",
                                        "tile/0/002.p/88", "tile/1/000.p/2", "tile/1/000.p/1",
                                        "tile/entries/000", LAST};
    struct log_scene s;
    struct verify_finding finding;
    sound_log(&s);
    srand(3);
    for (int i = 0; i < 200; i++) {
        const char *path = paths[(size_t)i % (sizeof paths / sizeof *paths)];
        struct buf sound, bytes;
        get(&s, path, &sound);
        get(&s, path, &bytes);
        size_t at = (size_t)rand() % bytes.len;
        bytes.data[at] ^= (char)(1 << rand() % 8);
        put(&s, path, buf_view(&bytes));
        if (!log_verify(&s, &finding))
            fail_msg("byte %zu of %s counts for nothing", at, path);
        put(&s, path, buf_view(&sound));
        buf_release(&sound);
        buf_release(&bytes);
    }
    rmdir(temp_path(&s.dir, "tile/entries/001.p"));
    assert_log_holds(&s);
    log_scene_remove(&s);
}

static void a_kept_checkpoint_must_be_a_beginning(void **state)
{
    (void)state;
    struct log_scene s, other;
    struct verify_finding finding;
    struct buf later;
    sound_log(&s);
    log_scene_make(&other);
    log_grow(&other, 700);
    get(&other, "checkpoint", &later);
    struct verify_plan plan = {.source = source_of_folder(s.dir.path),
                               .signers = {.logs = &s.key.vkey, .logs_n = 1},
                               .seen = buf_view(&later)};
    assert_int_equal(verify_log(&plan, &finding, &s.doubt), FAULT_FORMAT);
    assert_non_null(strstr(s.doubt.what, "less than the checkpoint of size 700 that you kept"));
    log_grow(&s, 701);
    s.doubt.what[0] = '\0';
    assert_int_equal(verify_log(&plan, &finding, &s.doubt), FAULT_NONE);
    plan.source.list = NULL; /* as from a URL */
    assert_int_equal(verify_log(&plan, &finding, &s.doubt), FAULT_NONE);
    assert_false(finding.listed);
    plan.signers.witnesses = &s.witness.vkey;
    plan.signers.witnesses_n = plan.signers.quorum = 1;
    assert_int_equal(verify_log(&plan, &finding, &s.doubt), FAULT_FORMAT);
    assert_non_null(strstr(s.doubt.what, "0 of the witnesses signed"));
    buf_release(&later);
    log_scene_remove(&s);
    log_scene_remove(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_with_one_thing_wrong_is_refused),
        cmocka_unit_test(any_bit_counts),
        cmocka_unit_test(a_kept_checkpoint_must_be_a_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
