/* 503_tlog_notes.c -- notes: who is believed, who is ignored, and that a note has one spelling. */
/* rooms: base io tlog */
#include "check.h"

#include "groundswell/base/secret.h"
#include "groundswell/tlog/checkpoint.h"
#include "groundswell/tlog/proof.h"

#define N(array) (sizeof(array) / sizeof *(array))
#define LOG "host.example/riverside"
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define DASH "\xe2\x80\x94 "
#define SIG                                                                                        \
    "KdL2KY1orTapk/EEK7uxTF+BSIzo1cT6I2Oq/k0kT4o2oV8X7Ll2RjX5sN4XbC6qOk+QpsAVGonqHwNibD5KxzIJTg4="

static struct skey key_of(const char *name, enum key_kind kind, uint8_t fill)
{
    uint8_t seed[KEY_SIZE];
    struct skey key;
    memset(seed, fill, sizeof seed);
    assert_int_equal(skey_from_seed(text_of(name), kind, seed, &key), FAULT_NONE);
    return key;
}

static void malformed_notes_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "\n", "\n\n", "text", "text\n", "text\n\n", "text\n" DASH "k " SIG "\n",
        "text\n\n" DASH "k " SIG, "text\n\n" DASH "k " SIG "\n\n", "text\n\n" DASH "k " SIG " \n",
        "text\n\n" DASH "k  " SIG "\n", "text\n\n" DASH " " SIG "\n", "text\n\n" DASH SIG "\n",
        "text\n\n" DASH "a b " SIG "\n", "text\n\n" DASH "a+b " SIG "\n",
        "text\n\n- k " SIG "\n", "text\n\n\xe2\x80\x93 k " SIG "\n",
        "text\n\n\xe2\x80\x94k " SIG "\n",
        "text\n\n " DASH "k " SIG "\n", "text\n\n\xe2\x80\x95 k " SIG "\n",
        "text\r\n\r\n" DASH "k " SIG "\r\n", "text\n\n" DASH "k " SIG "\r\n",
        "te\txt\n\n" DASH "k " SIG "\n", "te\x01xt\n\n" DASH "k " SIG "\n",
        "te\xff\n\n" DASH "k " SIG "\n", "te\xc0\x80\n\n" DASH "k " SIG "\n",
        "text\n\n" DASH "k AAAAAA==\n", "text\n\n" DASH "k AAAAAAA\n",
        "text\n\n" DASH "k AAAAAAB=\n",
        "text\n\n" DASH "k AAAAAA-=\n", "text\n\n" DASH "k AAAA AAA=\n", "text\n\n" DASH "k \n",
        "text\n\n" DASH "k ====\n", "text\n\n" DASH "k " SIG "\nmore\n",
        "text\n\nmore\n" DASH "k " SIG "\n",
    };
    struct note note;
    for (size_t i = 0; i < N(wrong); i++) {
        struct doubt doubt = {0};
        if (note_parse(text_of(wrong[i]), &note, &doubt) != FAULT_FORMAT || !doubt.what[0])
            fail_msg("taken for a note: %s", wrong[i]);
    }
    assert_int_equal(note_parse((struct text){"a\0\n\n" DASH "k AAAAAAA=\n", 22}, &note, NULL),
                     FAULT_FORMAT);
    assert_int_equal(note_parse(TEXT("text\n\n" DASH "k AAAAAAA=\n"), &note, NULL), FAULT_NONE);
    assert_int_equal(note_parse(TEXT("a\n\nb\n\n" DASH "k AAAAAAA=\n"), &note, NULL), FAULT_NONE);
    assert_text(note.text, "a\n\nb\n"); /* the last empty line divides */
}

static void malformed_heads_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "\n", "\n0\n" ROOT "\n", LOG, LOG "\n", LOG "\n0", LOG "\n0\n", LOG "\n0\n" ROOT,
        LOG "\n00\n" ROOT "\n", LOG "\n01\n" ROOT "\n", LOG "\n-1\n" ROOT "\n",
        LOG "\n+1\n" ROOT "\n",
        LOG "\n 1\n" ROOT "\n", LOG "\n1 \n" ROOT "\n", LOG "\n0x1\n" ROOT "\n",
        LOG "\n\n" ROOT "\n",
        LOG "\n9223372036854775808\n" ROOT "\n", LOG "\n1\n" ROOT " \n", LOG "\n1\n\n",
        LOG "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        LOG "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n",
        LOG "\n1\n47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        LOG "\n1\n" ROOT "\n\n", LOG "\n1\n" ROOT "\nmore", LOG "\n1\n" ROOT "\n\nmore\n",
        LOG "\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
    };
    struct checkpoint head;
    for (size_t i = 0; i < N(wrong); i++)
        if (checkpoint_parse(text_of(wrong[i]), &head, NULL) != FAULT_FORMAT)
            fail_msg("taken for a head: %s", wrong[i]);
    assert_int_equal(checkpoint_parse(TEXT(LOG "\n9223372036854775807\n" ROOT "\nmore\n"), &head,
                                      NULL), FAULT_NONE);
    assert_int_equal(head.size, LOG_SIZE_MAX);
    assert_text(head.extensions, "more\n");
}

static void sixteen_and_more_signatures_are_judged(void **state)
{
    (void)state;
    struct skey key = key_of(LOG, KEY_LOG, 1), witnesses[NOTE_SIGNATURES_MAX];
    struct vkey known[NOTE_SIGNATURES_MAX];
    const struct skey *all[NOTE_SIGNATURES_MAX + 1] = {&key};
    struct buf bytes = BUF_MAX(NOTE_MAX);
    for (size_t i = 0; i < NOTE_SIGNATURES_MAX; i++) {
        char name[40];
        snprintf(name, sizeof name, "witness.example/%zu", i);
        witnesses[i] = key_of(name, KEY_WITNESS, (uint8_t)(100 + i));
        known[i] = witnesses[i].vkey;
        all[i + 1] = &witnesses[i];
    }
    struct text text = TEXT(LOG "\n0\n" ROOT "\n");
    struct checkpoint head;
    size_t signed_by;
    struct signers signers = {&key.vkey, 1, known, NOTE_SIGNATURES_MAX, 0};
    for (size_t n = 1; n <= NOTE_SIGNATURES_MAX; n += 9) {
        buf_reset(&bytes);
        assert_int_equal(note_sign(&bytes, text, all, n, 1700000000), FAULT_NONE);
        signers.quorum = n - 1;
        assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, &signed_by, NULL),
                         FAULT_NONE);
        assert_int_equal(signed_by, n - 1);
        signers.quorum = n;
        assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, &signed_by, NULL),
                         FAULT_FORMAT);
    }
    buf_reset(&bytes);
    assert_int_equal(note_sign(&bytes, text, all, NOTE_SIGNATURES_MAX + 1, 1), FAULT_NONE);
    signers.quorum = 0;
    assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, &signed_by, NULL),
                     FAULT_FORMAT);
    buf_release(&bytes);
}

static void one_witness_named_twice_is_one_witness(void **state)
{
    (void)state;
    struct skey key = key_of(LOG, KEY_LOG, 1), witness = key_of("w.example", KEY_WITNESS, 2),
                alias = key_of("x.example", KEY_WITNESS, 2);
    const struct skey *all[] = {&key, &witness, &witness, &alias};
    struct vkey known[] = {witness.vkey, witness.vkey, alias.vkey};
    struct buf bytes = BUF_MAX(NOTE_MAX);
    struct checkpoint head;
    size_t signed_by;
    struct signers signers = {&key.vkey, 1, known, 3, 1};
    assert_int_equal(note_sign(&bytes, TEXT(LOG "\n0\n" ROOT "\n"), all, 4, 5), FAULT_NONE);
    assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, &signed_by, NULL),
                     FAULT_NONE);
    assert_int_equal(signed_by, 1);
    buf_release(&bytes);
}

/* Another character so far before the last. */
static void spoil(struct buf *bytes, size_t back)
{
    char *at = bytes->data + bytes->len - 1 - back;
    *at = *at == 'A' ? 'B' : 'A';
}

static void strangers_are_ignored_and_a_known_key_s_wrong_signature_spoils_all(void **state)
{
    (void)state;
    struct skey key = key_of(LOG, KEY_LOG, 1), stranger = key_of("s.example", KEY_LOG, 2),
                witness = key_of("w.example", KEY_WITNESS, 3);
    struct text text = TEXT(LOG "\n0\n" ROOT "\n");
    struct checkpoint head;
    struct signers signers = {&key.vkey, 1, NULL, 0, 0};
    const struct skey *with_stranger[] = {&key, &stranger}, *with_witness[] = {&key, &witness};
    struct buf bytes = BUF_MAX(NOTE_MAX);
    assert_int_equal(note_sign(&bytes, text, with_stranger, 2, 0), FAULT_NONE);
    spoil(&bytes, 20);
    assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, NULL, NULL), FAULT_NONE);
    buf_reset(&bytes);
    assert_int_equal(note_sign(&bytes, text, with_witness, 2, 1700000000), FAULT_NONE);
    spoil(&bytes, 20);
    assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, NULL, NULL), FAULT_NONE);
    signers.witnesses = &witness.vkey; /* now it is asked about */
    signers.witnesses_n = 1;
    assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, NULL, NULL), FAULT_FORMAT);
    buf_reset(&bytes); /* a second, wrong line by the log itself */
    const struct skey *twice[] = {&key, &key};
    assert_int_equal(note_sign(&bytes, text, twice, 2, 0), FAULT_NONE);
    assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, NULL, NULL), FAULT_NONE);
    spoil(&bytes, 20);
    assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, NULL, NULL), FAULT_FORMAT);
    buf_release(&bytes);
}

static void a_witness_signs_its_time_and_cannot_stand_in_for_the_log(void **state)
{
    (void)state;
    struct skey witness = key_of(LOG, KEY_WITNESS, 3), log = key_of(LOG, KEY_LOG, 3);
    struct note note;
    struct checkpoint head;
    uint64_t by;
    const struct skey *keys[] = {&witness};
    struct buf bytes = BUF_MAX(NOTE_MAX);
    assert_int_not_equal(witness.vkey.id, log.vkey.id);
    assert_int_equal(note_sign(&bytes, TEXT(LOG "\n0\n" ROOT "\n"), keys, 1, 1700000000),
                     FAULT_NONE);
    assert_int_equal(note_parse(buf_view(&bytes), &note, NULL), FAULT_NONE);
    assert_int_equal(note_check(&note, &witness.vkey, 1, &by, NULL), FAULT_NONE);
    assert_int_equal(by, 1);
    assert_int_equal(note_time_s(&note, &witness.vkey), 1700000000);
    assert_int_equal(note_time_s(&note, &log.vkey), 0);
    struct signers signers = {&witness.vkey, 1, NULL, 0, 0};
    assert_int_equal(checkpoint_open(buf_view(&bytes), &signers, &head, NULL, NULL), FAULT_FORMAT);
    uint8_t raw[76]; /* another time than was signed */
    struct text base64 = note.signatures[0].base64;
    assert_int_equal(decode_base64(base64, raw, sizeof raw), sizeof raw);
    raw[11] ^= 1;
    struct buf forged = BUF_MAX(NOTE_MAX);
    buf_text(&forged, TEXT(LOG "\n0\n" ROOT "\n\n" DASH LOG " "));
    encode_base64(&forged, raw, sizeof raw);
    buf_char(&forged, '\n');
    assert_int_equal(note_parse(buf_view(&forged), &note, NULL), FAULT_NONE);
    assert_int_equal(note_check(&note, &witness.vkey, 1, &by, NULL), FAULT_FORMAT);
    buf_release(&forged);
    buf_release(&bytes);
}

static void padded_base64_has_one_spelling(void **state)
{
    (void)state;
    static const char *const right[] = {"", "AA==", "AAA=", "AAAA", "/+8=", "AAAAAA=="};
    static const char *const wrong[] = {"A", "AA", "AAA", "=", "==", "===", "====", "A===", "AB==",
                                        "AAB=", "AA=A", "AA==AAAA", "-_8=", "AAAA\n", " AAA",
                                        "AAAA====", "AAAA=", "AAA=="};
    for (size_t i = 0; i < N(right); i++) {
        char bytes[16];
        struct buf again = BUF_MAX(64);
        size_t n = decode_base64(text_of(right[i]), bytes, sizeof bytes);
        assert_int_not_equal(n, SIZE_MAX);
        encode_base64(&again, bytes, n);
        assert_true(text_is(buf_view(&again), right[i]));
        buf_release(&again);
    }
    char bytes[16];
    for (size_t i = 0; i < N(wrong); i++)
        if (decode_base64(text_of(wrong[i]), bytes, sizeof bytes) != SIZE_MAX)
            fail_msg("read: %s", wrong[i]);
    assert_int_equal(decode_base64(TEXT("AAAA"), bytes, 2), SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_notes_are_refused),
        cmocka_unit_test(malformed_heads_are_refused),
        cmocka_unit_test(sixteen_and_more_signatures_are_judged),
        cmocka_unit_test(one_witness_named_twice_is_one_witness),
        cmocka_unit_test(strangers_are_ignored_and_a_known_key_s_wrong_signature_spoils_all),
        cmocka_unit_test(a_witness_signs_its_time_and_cannot_stand_in_for_the_log),
        cmocka_unit_test(padded_base64_has_one_spelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
