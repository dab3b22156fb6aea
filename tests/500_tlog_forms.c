/* 500_tlog_forms.c -- the formats of the audit log against published vectors: hashes, tile names,
 * bundles, keys, notes, checkpoints. */
/* rooms: base io tlog */
#include "check.h"

#include <sys/stat.h>

#include "groundswell/base/secret.h"
#include "groundswell/tlog/bundle.h"
#include "groundswell/tlog/checkpoint.h"
#include "groundswell/tlog/key.h"
#include "groundswell/tlog/path.h"
#include "groundswell/tlog/tree.h"

#define N(array) (sizeof(array) / sizeof *(array))

static void assert_hash(const struct hash *hash, const char *hex)
{
    struct buf buf = BUF_MAX(KIB);
    encode_hex(&buf, hash->bytes, HASH_SIZE);
    assert_buf(&buf, hex);
    buf_release(&buf);
}

/* The Certificate Transparency vectors: eight inputs and the root after each. */
static const struct {
    const char *input, *root;
} ct[] = {
    {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"606162636465666768696a6b6c6d6e6f",
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

static void the_tree_hashes_as_the_published_vectors(void **state)
{
    (void)state;
    struct hash root, leaves[N(ct)];
    struct tree *tree = malloc(sizeof *tree);
    tree_init(tree);
    tree_root(tree, &root);
    assert_hash(&root, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (size_t i = 0; i < N(ct); i++) {
        char bytes[16];
        size_t n = decode_hex(text_of(ct[i].input), bytes, sizeof bytes);
        hash_leaf((struct text){bytes, n}, &leaves[i]);
        assert_int_equal(tree_add(tree, &leaves[i], NULL), FAULT_NONE);
        tree_root(tree, &root);
        assert_hash(&root, ct[i].root);
        hash_tree(leaves, i + 1, &root);
        assert_hash(&root, ct[i].root);
    }
    free(tree);
}

static void a_record_hashes_to_the_known_leaf(void **state)
{
    (void)state;
    struct hash leaf;
    struct text entry = TEXT("{\"v\":1,\"seq\":0,\"op\":\"pledge\",\"resident\":\"r0\","
                             "\"proposal\":\"p0\",\"tokens\":1}");
    hash_leaf(entry, &leaf);
    struct buf hex = BUF_MAX(KIB);
    encode_hex(&hex, leaf.bytes, HASH_SIZE);
    assert_true(text_starts(buf_view(&hex), TEXT("f8f7c308896f500d")));
    assert_memory_equal(hex.data + hex.len - 4, "2e98", 4);
    buf_reset(&hex);
    assert_int_equal(bundle_put(&hex, entry), FAULT_NONE);
    assert_memory_equal(hex.data, "\x00\x48{\"v\"", 6);
    assert_int_equal(hex.len, 2 + 72);
    buf_release(&hex);
}

static void tiles_have_the_names_of_the_specification(void **state)
{
    (void)state;
    static const struct {
        struct tile tile;
        const char *path;
    } named[] = {
        {{TILE_HASHES, 0, 0, 256}, "tile/0/000"},
        {{TILE_HASHES, 0, 999, 256}, "tile/0/999"},
        {{TILE_HASHES, 0, 1000, 256}, "tile/0/x001/000"},
        {{TILE_HASHES, 3, 1234067, 256}, "tile/3/x001/x234/067"},
        {{TILE_ENTRIES, 0, 1234067, 256}, "tile/entries/x001/x234/067"},
        {{TILE_HASHES, 0, 273, 112}, "tile/0/273.p/112"},
        {{TILE_HASHES, 1, 1, 17}, "tile/1/001.p/17"},
        {{TILE_ENTRIES, 0, 0, 3}, "tile/entries/000.p/3"},
        {{TILE_ENTRIES, 0, 1000000, 1}, "tile/entries/x001/x000/000.p/1"},
        {{TILE_HASHES, 63, UINT64_MAX, 255},
         "tile/63/x018/x446/x744/x073/x709/x551/615.p/255"},
    };
    for (size_t i = 0; i < N(named); i++) {
        char path[TILE_PATH_SIZE];
        struct tile tile;
        tile_path(named[i].tile, path);
        assert_string_equal(path, named[i].path);
        assert_true(tile_parse(text_of(path), &tile));
        assert_memory_equal(&tile, &named[i].tile, sizeof tile);
    }
}

static void other_names_are_no_tiles(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000",
        "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/1000", "tile/0/001/000",
        "tile/0/x000/000", "tile/0/x000/x001/000", "tile/0/x001", "tile/0/x001/",
        "tile/0/x001/x000",
        "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256",
        "tile/0/000.p/1/", "tile/0/000.P/1", "tile/0/000/", "/tile/0/000", "tile//000",
        "tile/0/000.p/1 ", "tile/0/ 00", "tile/0/+00", "tile/entries", "tile/entries/",
        "tile/entry/000", "tile/0/../000", "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/000.p/1\n", "TILE/0/000",
    };
    for (size_t i = 0; i < N(wrong); i++) {
        struct tile tile;
        if (tile_parse(text_of(wrong[i]), &tile))
            fail_msg("taken for a tile: %s", wrong[i]);
    }
    struct tile tile;
    assert_false(tile_parse((struct text){"tile/0/00\0", 10}, &tile));
}

/* Names of all tiles of a size, one a line, the full ones of level 0 and the bundles only
 * counted. */
static void layout(uint64_t from, uint64_t to, struct buf *out)
{
    struct growth growth = growth_of(from, to);
    struct tile tile;
    unsigned entries = 0, leaves = 0;
    while (growth_next(&growth, &tile)) {
        char path[TILE_PATH_SIZE];
        tile_path(tile, path);
        if (tile.width == TILE_WIDTH && tile.level == 0)
            ++*(tile.kind == TILE_ENTRIES ? &entries : &leaves);
        else
            buf_format(out, "%s\n", path);
    }
    buf_format(out, "%u %u\n", entries, leaves);
}

static void a_log_of_a_size_has_these_tiles(void **state)
{
    (void)state;
    static const struct {
        uint64_t from, to;
        const char *tiles;
    } of[] = {
        {0, 0, "0 0\n"},
        {0, 1, "tile/entries/000.p/1\ntile/0/000.p/1\n0 0\n"},
        {0, 255, "tile/entries/000.p/255\ntile/0/000.p/255\n0 0\n"},
        {0, 256, "tile/1/000.p/1\n1 1\n"},
        {0, 257, "tile/entries/001.p/1\ntile/0/001.p/1\ntile/1/000.p/1\n1 1\n"},
        {0, 70000, "tile/entries/273.p/112\ntile/0/273.p/112\ntile/1/000\ntile/1/001.p/17\n"
                   "tile/2/000.p/1\n273 273\n"},
        {0, 65536, "tile/1/000\ntile/2/000.p/1\n256 256\n"},
        {256, 256, "0 0\n"},
        {256, 257, "tile/entries/001.p/1\ntile/0/001.p/1\n0 0\n"},
        {255, 256, "tile/1/000.p/1\n1 1\n"},
        {69999, 70000, "tile/entries/273.p/112\ntile/0/273.p/112\n0 0\n"},
        {65535, 65792, "tile/1/000\ntile/1/001.p/1\ntile/2/000.p/1\n2 2\n"},
    };
    struct buf got = BUF_MAX(KIB);
    for (size_t i = 0; i < N(of); i++) {
        buf_reset(&got);
        layout(of[i].from, of[i].to, &got);
        assert_buf(&got, of[i].tiles);
    }
    buf_release(&got);
    assert_int_equal(tile_width(0, 273, 70000), 112);
    assert_int_equal(tile_width(1, 0, 70000), 256);
    assert_int_equal(tile_width(1, 1, 70000), 17);
    assert_int_equal(tile_width(2, 0, 70000), 1);
    assert_int_equal(tile_width(2, 1, 70000), 0);
    assert_int_equal(tile_width(7, 0, LOG_SIZE_MAX), 127);
    assert_int_equal(tile_width(60, 0, LOG_SIZE_MAX), 0);
}

static void bundles_are_read_to_the_last_byte(void **state)
{
    (void)state;
    struct buf bundle = BUF_MAX(BUNDLE_MAX + 1);
    char *longest = calloc(1, ENTRY_MAX + 1);
    assert_int_equal(bundle_put(&bundle, TEXT("")), FAULT_NONE);
    assert_int_equal(bundle_put(&bundle, (struct text){longest, ENTRY_MAX}), FAULT_NONE);
    assert_int_equal(bundle_put(&bundle, (struct text){longest, ENTRY_MAX + 1}), FAULT_LIMIT);
    assert_true(bundle_is_whole(buf_view(&bundle), 2));
    assert_false(bundle_is_whole(buf_view(&bundle), 1));
    assert_false(bundle_is_whole(buf_view(&bundle), 3));
    assert_false(bundle_is_whole((struct text){bundle.data, bundle.len - 1}, 2));
    buf_char(&bundle, 0);
    assert_false(bundle_is_whole(buf_view(&bundle), 2));
    buf_release(&bundle);
    free(longest);
}

static void keys_are_those_of_the_vectors(void **state)
{
    (void)state;
    uint8_t seed[KEY_SIZE];
    struct skey key;
    struct buf out = BUF_MAX(KIB);
    memset(seed, 0x11, sizeof seed);
    assert_int_equal(skey_from_seed(TEXT("pledges.example/log1"), KEY_LOG, seed, &key), FAULT_NONE);
    encode_hex(&out, key.vkey.public_key, KEY_SIZE);
    assert_buf(&out, "d04ab232742bb4ab3a1368bd4615e4e6d0224ab71a016baf8520a332c9778737");
    assert_int_equal(key.vkey.id, 0x29d2f629);
    buf_reset(&out);
    vkey_put(&out, &key.vkey);
    assert_buf(&out, "pledges.example/log1+29d2f629+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3");
    struct vkey again;
    assert_int_equal(vkey_parse(buf_view(&out), &again, NULL), FAULT_NONE);
    assert_true(vkey_equal(&again, &key.vkey));
    buf_release(&out);
}

static void crippled_keys_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "+", "++", "pledges.example/log1", "pledges.example/log1+29d2f629",
        "+29d2f629+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3",
        "pledges.example/log1+29D2F629+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3",
        "pledges.example/log1+29d2f628+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3",
        "pledges.example/log2+29d2f629+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3",
        "pledges.example/log1+29d2f629+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c",
        "pledges.example/log1+29d2f629+AtBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3",
        "pledges.example/log1+29d2f629+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3AA==",
        "pledges.example/log1+29d2f629+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3 ",
        "pledges example+29d2f629+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3",
    };
    for (size_t i = 0; i < N(wrong); i++) {
        struct vkey key;
        struct doubt doubt = {0};
        if (vkey_parse(text_of(wrong[i]), &key, &doubt) != FAULT_FORMAT || !doubt.what[0])
            fail_msg("taken for a key: %s", wrong[i]);
    }
    static const char *const names[] = {"", "a b", "a+b", "a\tb", "a\xc2\xa0" "b",
                                        "a\xe2\x80\x83" "b", "a\xe3\x80\x80" "b",
                                        "a\xff" "b", "a\nb"};
    for (size_t i = 0; i < N(names); i++)
        assert_false(key_name_is_valid(text_of(names[i])));
    assert_true(key_name_is_valid(TEXT("gl\xc3\xbc" "ck.example/l\xe2\x80\x94g")));
}

static void key_files_keep_their_secret(void **state)
{
    (void)state;
    struct temp_dir dir;
    struct skey made, read;
    struct doubt doubt = {0};
    temp_dir_make(&dir);
    const char *path = temp_path(&dir, "key");
    assert_int_equal(key_make(TEXT("host.example/riverside"), KEY_LOG, &made), FAULT_NONE);
    assert_int_equal(key_write(path, &made, &doubt), FAULT_NONE);
    struct stat is;
    assert_int_equal(stat(path, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0600);
    assert_int_equal(key_read(path, &read, &doubt), FAULT_NONE);
    assert_memory_equal(read.seed, made.seed, KEY_SIZE);
    assert_true(vkey_equal(&read.vkey, &made.vkey));
    assert_int_equal(key_write(path, &made, &doubt), FAULT_BUSY);
    assert_non_null(strstr(doubt.what, "exists already"));
    doubt.what[0] = '\0';
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(key_read(path, &read, &doubt), FAULT_CONFIG);
    assert_non_null(strstr(doubt.what, "chmod 600"));
    doubt.what[0] = '\0';
    assert_int_equal(key_read(temp_path(&dir, "none"), &read, &doubt), FAULT_ABSENT);
    assert_int_equal(key_make(TEXT("a b"), KEY_LOG, &made), FAULT_FORMAT);
    temp_dir_remove(&dir);
}

static const char *const spec_key =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
#define SPEC_LINE                                                                                  \
    "\xe2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsY" \
    "jOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
#define SPEC_NOTE "This is an example message.\n\n" SPEC_LINE

static void the_specification_s_note_is_believed(void **state)
{
    (void)state;
    struct vkey key;
    struct note note;
    uint64_t by;
    struct doubt doubt = {0};
    assert_int_equal(vkey_parse(text_of(spec_key), &key, &doubt), FAULT_NONE);
    assert_int_equal(note_parse(TEXT(SPEC_NOTE), &note, &doubt), FAULT_NONE);
    assert_text(note.text, "This is an example message.\n");
    assert_int_equal(note_check(&note, &key, 1, &by, &doubt), FAULT_NONE);
    assert_int_equal(by, 1);
    char altered[] = SPEC_NOTE;
    altered[0] = 't';
    assert_int_equal(note_parse(text_of(altered), &note, &doubt), FAULT_NONE);
    assert_int_equal(note_check(&note, &key, 1, &by, &doubt), FAULT_FORMAT);
    assert_non_null(strstr(doubt.what, "signature by example.com/foo"));
    key.id ^= 1; /* now nobody that we know: neither good nor bad */
    assert_int_equal(note_check(&note, &key, 1, &by, NULL), FAULT_NONE);
    assert_int_equal(by, 0);
}

#define OWN_TEXT "pledges.example/log1\n3\nK7UmTIKuLXF0qA2aYLrTUfC4pTXGvC7lTtjndtQsfIs=\n"
#define OWN_LINE                                                                                   \
    "\xe2\x80\x94 pledges.example/log1 KdL2KY1orTapk/EEK7uxTF+BSIzo1cT6I2Oq/k0kT4o2oV8X7Ll2RjX5s" \
    "N4XbC6qOk+QpsAVGonqHwNibD5KxzIJTg4=\n"

static void a_checkpoint_is_signed_as_in_the_vector(void **state)
{
    (void)state;
    uint8_t seed[KEY_SIZE];
    struct skey key;
    const struct skey *keys[] = {&key};
    struct buf out = BUF_MAX(4 * KIB), text = BUF_MAX(KIB);
    struct checkpoint head;
    size_t witnesses = 9;
    memset(seed, 0x11, sizeof seed);
    assert_int_equal(skey_from_seed(TEXT("pledges.example/log1"), KEY_LOG, seed, &key), FAULT_NONE);
    struct signers signers = {.logs = &key.vkey, .logs_n = 1};
    assert_int_equal(checkpoint_parse(TEXT(OWN_TEXT), &head, NULL), FAULT_NONE);
    assert_int_equal(head.size, 3);
    checkpoint_put(&text, &head);
    assert_buf(&text, OWN_TEXT);
    assert_int_equal(note_sign(&out, buf_view(&text), keys, 1, 0), FAULT_NONE);
    assert_buf(&out, OWN_TEXT "\n" OWN_LINE);
    assert_int_equal(checkpoint_open(buf_view(&out), &signers, &head, &witnesses, NULL),
                     FAULT_NONE);
    assert_int_equal(witnesses, 0);
    buf_release(&out);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_hashes_as_the_published_vectors),
        cmocka_unit_test(a_record_hashes_to_the_known_leaf),
        cmocka_unit_test(tiles_have_the_names_of_the_specification),
        cmocka_unit_test(other_names_are_no_tiles),
        cmocka_unit_test(a_log_of_a_size_has_these_tiles),
        cmocka_unit_test(bundles_are_read_to_the_last_byte),
        cmocka_unit_test(keys_are_those_of_the_vectors),
        cmocka_unit_test(crippled_keys_are_refused),
        cmocka_unit_test(key_files_keep_their_secret),
        cmocka_unit_test(the_specification_s_note_is_believed),
        cmocka_unit_test(a_checkpoint_is_signed_as_in_the_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
