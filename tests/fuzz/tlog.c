/* tlog.c -- fuzzes what reads strangers' bytes in the audit log: tile names, bundles, notes,
 * checkpoints, keys, receipts and proofs. None may crash, and what is read and written again is the
 * same: one thing has one spelling. */
/* rooms: base io tlog */
#include "groundswell/tlog/bundle.h"
#include "groundswell/tlog/key.h"
#include "groundswell/tlog/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_path(struct text input)
{
    struct tile tile;
    char path[TILE_PATH_SIZE];
    if (!tile_parse(input, &tile))
        return;
    tile_path(tile, path);
    INVARIANT(text_is(input, path));
}

static void fuzz_bundle(struct text input)
{
    CLEANUP(buf) struct buf again = BUF_MAX(MIB);
    struct text rest = input, entry;
    unsigned n = 0;
    for (; bundle_next(&rest, &entry); n++)
        INVARIANT(bundle_put(&again, entry) == FAULT_NONE);
    buf_text(&again, rest);
    INVARIANT(buf_fault(&again) == FAULT_NONE && text_equal(buf_view(&again), input));
    INVARIANT(bundle_is_whole(input, n) == (rest.n == 0));
}

static void fuzz_note(struct text input)
{
    struct note note;
    struct checkpoint head;
    struct doubt doubt = {0};
    CLEANUP(buf) struct buf again = BUF_MAX(MIB);
    if (note_parse(input, &note, &doubt)) {
        INVARIANT(doubt.what[0] != '\0');
        return;
    }
    buf_text(&again, note.text);
    buf_char(&again, '\n');
    for (size_t i = 0; i < note.signatures_n; i++)
        buf_format(&again, "\xe2\x80\x94 %.*s %.*s\n", TEXT_ARGS(note.signatures[i].name),
                   TEXT_ARGS(note.signatures[i].base64));
    INVARIANT(text_equal(buf_view(&again), input));
    if (checkpoint_parse(note.text, &head, NULL))
        return;
    buf_reset(&again);
    checkpoint_put(&again, &head);
    INVARIANT(text_equal(buf_view(&again), note.text));
}

/* By keys that nobody has: all are strangers, so that a note is never spoiled, nor believed. */
static void fuzz_signers(struct text input)
{
    struct skey key;
    struct checkpoint head;
    static const uint8_t seed[KEY_SIZE] = {7};
    INVARIANT(skey_from_seed(TEXT("nobody.example/log"), KEY_LOG, seed, &key) == FAULT_NONE);
    struct signers signers = {.logs = &key.vkey, .logs_n = 1};
    INVARIANT(checkpoint_open(input, &signers, &head, NULL, NULL) != FAULT_NONE);
}

static void fuzz_receipt(struct text input)
{
    struct receipt receipt;
    CLEANUP(buf) struct buf again = BUF_MAX(MIB);
    if (receipt_parse(input, &receipt, NULL))
        return;
    receipt_put(&again, &receipt);
    INVARIANT(text_equal(buf_view(&again), input));
}

static void fuzz_keys(struct text input)
{
    struct vkey key, keys[8];
    size_t n;
    CLEANUP(buf) struct buf again = BUF_MAX(MIB);
    if (!vkey_parse(input, &key, NULL)) {
        vkey_put(&again, &key);
        INVARIANT(text_equal(buf_view(&again), input));
    }
    if (!vkeys_parse(input, keys, 8, &n, NULL))
        INVARIANT(n >= 1 && n <= 8);
}

static void fuzz_proof(struct text input)
{
    struct proof proof;
    struct text rest = input;
    CLEANUP(buf) struct buf again = BUF_MAX(MIB);
    if (proof_take(&rest, &proof, NULL))
        return;
    proof_put(&again, &proof);
    buf_char(&again, '\n');
    buf_text(&again, rest);
    INVARIANT(text_equal(buf_view(&again), input));
    struct hash root = {{1}};
    for (uint64_t size = 1; size < 9; size++) /* nothing is shown by accident */
        INVARIANT(!proof_shows_inclusion(&proof, size - 1, size, &(struct hash){{2}}, &root));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size};
    fuzz_path(input);
    fuzz_bundle(input);
    fuzz_note(input);
    fuzz_signers(input);
    fuzz_receipt(input);
    fuzz_keys(input);
    fuzz_proof(input);
    return 0;
}
