/* receipt.c -- made from the tiles, read back strictly, checked offline. */
#include "groundswell/tlog/receipt.h"

#include "groundswell/base/secret.h"

#define HEAD "c2sp.org/tlog-proof@v1"
#define EXTRA_MAX (64 * KIB)

static enum fault malformed(struct doubt *doubt, const char *why)
{
    return doubt_raise(doubt, FAULT_FORMAT, "not a receipt: %s", why);
}

static bool is_base64(struct text text)
{
    static _Thread_local uint8_t bytes[EXTRA_MAX];
    return decode_base64(text, bytes, sizeof bytes) != SIZE_MAX;
}

/* What follows a word and a blank; false where the line begins otherwise. */
static bool after(struct text line, struct text word, struct text *ret)
{
    if (!text_starts(line, word))
        return false;
    *ret = (struct text){line.at + word.n, line.n - word.n};
    return true;
}

enum fault receipt_parse(struct text bytes, struct receipt *ret, struct doubt *doubt)
{
    struct text rest = bytes, index;
    ret->extra = TEXT_NONE;
    if (bytes.n > RECEIPT_MAX)
        return malformed(doubt, "it is too long");
    if (!text_is(text_cut(&rest, '\n'), HEAD))
        return malformed(doubt, "its first line is not " HEAD);
    struct text line = text_cut(&rest, '\n');
    if (after(line, TEXT("extra "), &ret->extra)) {
        if (!is_base64(ret->extra))
            return malformed(doubt, "its extra line is not base64");
        line = text_cut(&rest, '\n');
    }
    if (!after(line, TEXT("index "), &index)
        || !text_to_u64(index, LOG_SIZE_MAX - 1, &ret->index))
        return malformed(doubt, "it does not say which entry it is about");
    enum fault fault = proof_take(&rest, &ret->proof, doubt);
    ret->checkpoint = rest;
    return fault;
}

void receipt_put(struct buf *out, const struct receipt *receipt)
{
    buf_cstr(out, HEAD "\n");
    if (receipt->extra.at) {
        buf_cstr(out, "extra ");
        buf_text(out, receipt->extra);
        buf_char(out, '\n');
    }
    buf_cstr(out, "index ");
    buf_u64(out, receipt->index);
    buf_char(out, '\n');
    proof_put(out, &receipt->proof);
    buf_char(out, '\n');
    buf_text(out, receipt->checkpoint);
}

/* From the tiles to *ret; that it holds is tried at once, with the leaf of the tiles. */
static enum fault prove(struct reader *reader, const struct checkpoint *checkpoint, uint64_t index,
                        struct proof *ret)
{
    struct hash leaf;
    enum fault fault = reader_subtree(reader, 0, index, checkpoint->size, &leaf);
    if (!fault)
        fault = proof_inclusion(reader, index, checkpoint->size, ret);
    if (!fault && !proof_shows_inclusion(ret, index, checkpoint->size, &leaf, &checkpoint->root))
        return doubt_raise(&reader->doubt, FAULT_FORMAT,
                           "the tiles do not lead from entry %llu to the root of size %llu",
                           (unsigned long long)index, (unsigned long long)checkpoint->size);
    return fault;
}

enum fault receipt_make(struct reader *reader, uint64_t index, struct text checkpoint,
                        struct buf *out, struct doubt *doubt)
{
    struct checkpoint head;
    struct note note;
    struct receipt receipt = {.index = index, .checkpoint = checkpoint};
    enum fault fault = checkpoint_peek(checkpoint, &head, &note, doubt);
    if (fault)
        return fault;
    if (index >= head.size)
        return doubt_raise(doubt, FAULT_ABSENT, "entry %llu is not sealed yet: the log has %llu",
                           (unsigned long long)index, (unsigned long long)head.size);
    fault = prove(reader, &head, index, &receipt.proof);
    if (fault)
        return doubt_raise(doubt, fault, "%s", reader->doubt.what);
    receipt_put(out, &receipt);
    return buf_fault(out);
}

enum fault receipt_check(struct text bytes, struct text entry, const struct signers *signers,
                         struct receipt_finding *ret, struct doubt *doubt)
{
    struct hash leaf;
    enum fault fault = receipt_parse(bytes, &ret->receipt, doubt);
    if (!fault)
        fault = checkpoint_open(ret->receipt.checkpoint, signers, &ret->checkpoint, &ret->witnesses,
                                doubt);
    if (fault)
        return fault;
    hash_leaf(entry, &leaf);
    if (!proof_shows_inclusion(&ret->receipt.proof, ret->receipt.index, ret->checkpoint.size, &leaf,
                               &ret->checkpoint.root))
        return doubt_raise(doubt, FAULT_FORMAT,
                           "this record is not entry %llu of the log %.*s at size %llu",
                           (unsigned long long)ret->receipt.index,
                           TEXT_ARGS(ret->checkpoint.origin),
                           (unsigned long long)ret->checkpoint.size);
    return FAULT_NONE;
}
