/* 501_tlog_proofs.c -- proofs against the definitions of RFC 9162, computed the slow way, for every
 * pair of sizes up to 300 and some large ones; and receipts. */
/* rooms: base io tlog */
#include "500_log.h"

#include "groundswell/tlog/receipt.h"

#define SMALL 300
#define LARGE 100000

/* A source that computes each tile from the leaves when it is asked. */
struct leaves {
    struct hash *at;
    uint64_t n;
    struct hash (*memo)[SMALL + 1]; /* MTH(D[a:b]) of small ranges */
    bool (*known)[SMALL + 1];
};

static uint64_t split_of(uint64_t n)
{
    uint64_t k = 1;
    while (k * 2 < n)
        k *= 2;
    return k;
}

static void mth(struct leaves *l, uint64_t a, uint64_t b, struct hash *ret)
{
    if (b > SMALL || b - a < 2) {
        hash_tree(l->at + a, b - a, ret);
        return;
    }
    if (!l->known[a][b]) {
        uint64_t k = split_of(b - a);
        struct hash left, right;
        mth(l, a, a + k, &left);
        mth(l, a + k, b, &right);
        hash_node(&left, &right, &l->memo[a][b]);
        l->known[a][b] = true;
    }
    *ret = l->memo[a][b];
}

static enum fault compute_tile(void *ctx, const char *path, struct buf *out)
{
    struct leaves *l = ctx;
    struct tile tile;
    struct hash hash;
    INVARIANT(tile_parse(text_of(path), &tile) && tile.kind == TILE_HASHES);
    uint64_t each = UINT64_C(1) << (8 * tile.level);
    for (uint64_t i = 0; i < tile.width; i++) {
        uint64_t first = (tile.index * TILE_WIDTH + i) * each;
        if (first + each > l->n)
            return FAULT_ABSENT;
        mth(l, first, first + each, &hash);
        buf_put(out, hash.bytes, HASH_SIZE);
    }
    return buf_fault(out);
}

static void leaves_make(struct leaves *l, uint64_t n)
{
    *l = (struct leaves){.at = calloc(n, sizeof *l->at), .n = n,
                         .memo = calloc(SMALL + 1, sizeof *l->memo),
                         .known = calloc(SMALL + 1, sizeof *l->known)};
    for (uint64_t i = 0; i < n; i++)
        hash_leaf((struct text){(const char *)&i, sizeof i}, &l->at[i]);
}

static void leaves_free(struct leaves *l)
{
    free(l->at);
    free(l->memo);
    free(l->known);
}

/* PATH(m, D[a:b]) of section 2.1.3.1, m counted from a. */
static void path(struct leaves *l, uint64_t m, uint64_t a, uint64_t b, struct proof *ret)
{
    if (b - a == 1)
        return;
    uint64_t k = split_of(b - a);
    if (m < k) {
        path(l, m, a, a + k, ret);
        mth(l, a + k, b, &ret->hashes[ret->n++]);
    } else {
        path(l, m - k, a + k, b, ret);
        mth(l, a, a + k, &ret->hashes[ret->n++]);
    }
}

/* SUBPROOF(m, D[a:b], whole) of section 2.1.4.1. */
static void subproof(struct leaves *l, uint64_t m, uint64_t range[2], bool whole, struct proof *ret)
{
    uint64_t a = range[0], b = range[1];
    if (m == b - a) {
        if (!whole)
            mth(l, a, b, &ret->hashes[ret->n++]);
        return;
    }
    uint64_t k = split_of(b - a);
    if (m <= k) {
        subproof(l, m, (uint64_t[]){a, a + k}, whole, ret);
        mth(l, a + k, b, &ret->hashes[ret->n++]);
    } else {
        subproof(l, m - k, (uint64_t[]){a + k, b}, false, ret);
        mth(l, a, a + k, &ret->hashes[ret->n++]);
    }
}

static void assert_same(const struct proof *got, const struct proof *wanted)
{
    assert_int_equal(got->n, wanted->n);
    assert_memory_equal(got->hashes, wanted->hashes, wanted->n * sizeof *wanted->hashes);
}

static void check_inclusion(struct leaves *l, struct reader *reader, uint64_t m, uint64_t n)
{
    struct proof got, wanted = {.n = 0};
    struct hash root;
    assert_int_equal(proof_inclusion(reader, m, n, &got), FAULT_NONE);
    path(l, m, 0, n, &wanted);
    assert_same(&got, &wanted);
    mth(l, 0, n, &root);
    assert_true(proof_shows_inclusion(&got, m, n, &l->at[m], &root));
    assert_false(proof_shows_inclusion(&got, m, n, &root, &root) && n > 1);
    assert_false(proof_shows_inclusion(&got, n, n, &l->at[m], &root));
    if (got.n) {
        assert_false(proof_shows_inclusion(&got, m ^ 1, n, &l->at[m], &root) && (m ^ 1) < n);
        got.hashes[(m + n) % got.n].bytes[n % HASH_SIZE] ^= 1;
        assert_false(proof_shows_inclusion(&got, m, n, &l->at[m], &root));
        wanted.n--;
        assert_false(proof_shows_inclusion(&wanted, m, n, &l->at[m], &root));
        wanted.n += 2;
        wanted.hashes[wanted.n - 1] = root;
        assert_false(proof_shows_inclusion(&wanted, m, n, &l->at[m], &root));
    }
}

static void check_consistency(struct leaves *l, struct reader *reader, uint64_t m, uint64_t n)
{
    struct proof got, wanted = {.n = 0};
    struct hash from, to;
    assert_int_equal(proof_consistency(reader, m, n, n, &got), FAULT_NONE);
    if (m && m < n)
        subproof(l, m, (uint64_t[]){0, n}, true, &wanted);
    assert_same(&got, &wanted);
    mth(l, 0, m, &from);
    mth(l, 0, n, &to);
    assert_true(proof_shows_consistency(&got, m, &from, n, &to));
    assert_false(proof_shows_consistency(&got, n + 1, &from, n, &to));
    struct hash other = from;
    other.bytes[0] ^= 1;
    assert_false(proof_shows_consistency(&got, m, &other, n, &to));
    if (m) {
        other = to;
        other.bytes[0] ^= 1;
        assert_false(proof_shows_consistency(&got, m, &from, n, &other));
    }
    if (got.n) {
        got.hashes[(m + n) % got.n].bytes[n % HASH_SIZE] ^= 1;
        assert_false(proof_shows_consistency(&got, m, &from, n, &to));
        wanted.n--;
        assert_false(proof_shows_consistency(&wanted, m, &from, n, &to));
    }
    wanted.n = got.n + 1;
    wanted.hashes[wanted.n - 1] = to;
    assert_false(proof_shows_consistency(&wanted, m, &from, n, &to));
}

static void proofs_are_those_of_the_definition_for_all_small_sizes(void **state)
{
    (void)state;
    struct leaves l;
    struct reader reader;
    leaves_make(&l, SMALL);
    assert_int_equal(reader_init(&reader, (struct source){compute_tile, NULL, &l}), FAULT_NONE);
    for (uint64_t n = 1; n <= SMALL; n++) {
        for (uint64_t m = 0; m < n; m++)
            check_inclusion(&l, &reader, m, n);
        for (uint64_t m = 0; m <= n; m++)
            check_consistency(&l, &reader, m, n);
    }
    reader_release(&reader);
    leaves_free(&l);
}

static void proofs_are_those_of_the_definition_for_large_sizes(void **state)
{
    (void)state;
    struct leaves l;
    struct reader reader;
    leaves_make(&l, LARGE);
    assert_int_equal(reader_init(&reader, (struct source){compute_tile, NULL, &l}), FAULT_NONE);
    srand(9);
    for (int i = 0; i < 12; i++) {
        uint64_t n = i == 0 ? 65536 : i == 1 ? 65537 : 1 + (uint64_t)rand() % LARGE;
        reader_forget(&reader);
        check_inclusion(&l, &reader, (uint64_t)rand() % n, n);
        check_consistency(&l, &reader, (uint64_t)rand() % n, n);
    }
    reader_release(&reader);
    leaves_free(&l);
}

/* A log of 300 records, its checkpoint with a witness's line. */
static void cosigned_log(struct log_scene *s)
{
    struct seal *seal;
    struct note note;
    struct buf line = BUF_MAX(4 * KIB);
    log_scene_make(s);
    log_grow(s, 300);
    assert_int_equal(log_open(s, &seal), FAULT_NONE);
    assert_int_equal(note_parse(seal_checkpoint(seal), &note, NULL), FAULT_NONE);
    assert_int_equal(note_sign_line(&line, note.text, &s->witness, 1700000000), FAULT_NONE);
    assert_int_equal(seal_cosign(seal, 300, buf_view(&line), &s->witness.vkey, 1, &s->doubt),
                     FAULT_NONE);
    seal_close(seal);
    buf_release(&line);
}

static void make_receipt(struct log_scene *s, uint64_t seq, struct buf *out)
{
    struct reader reader;
    struct buf head = BUF_MAX(NOTE_MAX);
    assert_int_equal(reader_init(&reader, source_of_folder(s->dir.path)), FAULT_NONE);
    assert_int_equal(reader_checkpoint(&reader, &head), FAULT_NONE);
    buf_reset(out);
    s->doubt.what[0] = '\0';
    assert_int_equal(receipt_make(&reader, seq, buf_view(&head), out, &s->doubt), FAULT_NONE);
    struct buf none = BUF_MAX(RECEIPT_MAX);
    assert_int_equal(receipt_make(&reader, 300, buf_view(&head), &none, &s->doubt), FAULT_ABSENT);
    assert_non_null(strstr(s->doubt.what, "entry 300 is not sealed yet"));
    reader_release(&reader);
    buf_release(&head);
    buf_release(&none);
}

static void a_receipt_shows_that_a_record_is_in_the_log(void **state)
{
    (void)state;
    static const uint64_t seqs[] = {0, 1, 5, 255, 256, 299};
    struct log_scene s;
    struct receipt_finding finding;
    struct buf bytes = BUF_MAX(RECEIPT_MAX), again = BUF_MAX(RECEIPT_MAX);
    cosigned_log(&s);
    struct signers signers = {.logs = &s.key.vkey, .logs_n = 1, .witnesses = &s.witness.vkey,
                              .witnesses_n = 1, .quorum = 1};
    for (size_t i = 0; i < sizeof seqs / sizeof *seqs; i++) {
        make_receipt(&s, seqs[i], &bytes);
        assert_int_equal(receipt_check(buf_view(&bytes), log_record(seqs[i]), &signers, &finding,
                                       NULL), FAULT_NONE);
        assert_int_equal(finding.receipt.index, seqs[i]);
        assert_int_equal(finding.checkpoint.size, 300);
        assert_int_equal(finding.witnesses, 1);
        s.doubt.what[0] = '\0';
        assert_int_equal(receipt_check(buf_view(&bytes), log_record(seqs[i] + 1), &signers,
                                       &finding, &s.doubt), FAULT_FORMAT);
        assert_non_null(strstr(s.doubt.what, "this record is not entry"));
        finding.receipt.extra = TEXT("aGVsbG8=");
        buf_reset(&again);
        receipt_put(&again, &finding.receipt);
        assert_int_equal(receipt_check(buf_view(&again), log_record(seqs[i]), &signers, &finding,
                                       NULL), FAULT_NONE);
        assert_text(finding.receipt.extra, "aGVsbG8=");
    }
    signers.logs = &s.other.vkey;
    assert_int_equal(receipt_check(buf_view(&bytes), log_record(299), &signers, &finding, NULL),
                     FAULT_FORMAT);
    buf_release(&bytes);
    buf_release(&again);
    log_scene_remove(&s);
}

/* Of 64 KiB, with every `from` of the sound receipt become `to`. */
static struct text changed(struct text sound, const char *from, const char *to)
{
    static char bytes[64 * 1024];
    const char *at = memmem(sound.at, sound.n, from, strlen(from));
    assert_non_null(at);
    size_t before = (size_t)(at - sound.at), after = sound.n - before - strlen(from);
    memcpy(bytes, sound.at, before);
    memcpy(bytes + before, to, strlen(to));
    memcpy(bytes + before + strlen(to), at + strlen(from), after);
    return (struct text){bytes, before + strlen(to) + after};
}

static void a_receipt_with_one_thing_wrong_shows_nothing(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v2\n"},
        {"c2sp.org/tlog-proof@v1\n", "c2sp.org/tlog-proof@v1\r\n"},
        {"c2sp.org/tlog-proof@v1\n", ""},
        {"index 5\n", "index 05\n"}, {"index 5\n", "index 6\n"}, {"index 5\n", "index 300\n"},
        {"index 5\n", "index  5\n"}, {"index 5\n", "index\n"}, {"index 5\n", ""},
        {"index 5\n", "index 5\nindex 5\n"}, {"index 5\n", "index 5\n\n"},
        {"index 5\n", "index 5\nextra aGVsbG8=\n"}, {"index 5\n", "extra aGVsbG8\nindex 5\n"},
        {"index 5\n", "index 5\nAAAA\n"},
        {"index 5\n", "index 5\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"},
        {"\n\n" LOG_ORIGIN, "\n" LOG_ORIGIN}, {"\n\n" LOG_ORIGIN, "\n\n\n" LOG_ORIGIN},
        {"\n300\n", "\n301\n"}, {"\xe2\x80\x94", "-"},
    };
    struct log_scene s;
    struct receipt_finding finding;
    struct buf bytes = BUF_MAX(RECEIPT_MAX);
    cosigned_log(&s);
    struct signers signers = {.logs = &s.key.vkey, .logs_n = 1};
    make_receipt(&s, 5, &bytes);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        struct text bad = changed(buf_view(&bytes), changes[i][0], changes[i][1]);
        s.doubt.what[0] = '\0';
        if (!receipt_check(bad, log_record(5), &signers, &finding, &s.doubt) || !s.doubt.what[0])
            fail_msg("believed with %s", changes[i][1]);
    }
    for (size_t n = 0; n < bytes.len; n++) /* no beginning of it; its last line is a witness's */
        if (!receipt_check((struct text){bytes.data, n}, log_record(5), &signers, &finding, NULL)
            && n < bytes.len - 140)
            fail_msg("believed when cut to %zu bytes", n);
    buf_release(&bytes);
    log_scene_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proofs_are_those_of_the_definition_for_all_small_sizes),
        cmocka_unit_test(proofs_are_those_of_the_definition_for_large_sizes),
        cmocka_unit_test(a_receipt_shows_that_a_record_is_in_the_log),
        cmocka_unit_test(a_receipt_with_one_thing_wrong_shows_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
