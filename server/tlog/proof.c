/* proof.c -- proofs: made by the recursions of RFC 9162 sections 2.1.3.1 and 2.1.4.1, judged by the
 * loops of 2.1.3.2 and 2.1.4.2. */
#include "groundswell/tlog/proof.h"

/* The largest power of two below n > 1. */
static uint64_t split_of(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static void reverse(struct proof *proof)
{
    for (size_t i = 0; i < proof->n / 2; i++) {
        struct hash hash = proof->hashes[i];
        proof->hashes[i] = proof->hashes[proof->n - 1 - i];
        proof->hashes[proof->n - 1 - i] = hash;
    }
}

static enum fault add_range(struct reader *reader, struct proof *proof, uint64_t from, uint64_t to,
                            uint64_t size)
{
    INVARIANT(proof->n < PROOF_MAX);
    return reader_range(reader, from, to, size, &proof->hashes[proof->n++]);
}

enum fault proof_inclusion(struct reader *reader, uint64_t index, uint64_t size, struct proof *ret)
{
    INVARIANT(index < size && size <= LOG_SIZE_MAX);
    uint64_t from = 0, to = size; /* from the root down, so that the hashes come out backwards */
    ret->n = 0;
    while (to - from > 1) {
        uint64_t middle = from + split_of(to - from);
        enum fault fault;
        if (index < middle) {
            fault = add_range(reader, ret, middle, to, size);
            to = middle;
        } else {
            fault = add_range(reader, ret, from, middle, size);
            from = middle;
        }
        if (fault)
            return fault;
    }
    reverse(ret);
    return FAULT_NONE;
}

enum fault proof_consistency(struct reader *reader, uint64_t from, uint64_t to, uint64_t size,
                             struct proof *ret)
{
    INVARIANT(from <= to && to <= size && size <= LOG_SIZE_MAX);
    ret->n = 0;
    if (from == 0 || from == to)
        return FAULT_NONE;
    uint64_t low = 0, high = to;
    bool whole = true; /* low is still 0: the old root itself needs no telling */
    enum fault fault = FAULT_NONE;
    while (!fault && from != high) {
        uint64_t middle = low + split_of(high - low);
        if (from <= middle) {
            fault = add_range(reader, ret, middle, high, size);
            high = middle;
        } else {
            fault = add_range(reader, ret, low, middle, size);
            low = middle;
            whole = false;
        }
    }
    if (!fault && !whole)
        fault = add_range(reader, ret, low, high, size);
    reverse(ret);
    return fault;
}

bool proof_shows_inclusion(const struct proof *proof, uint64_t index, uint64_t size,
                           const struct hash *leaf, const struct hash *root)
{
    if (index >= size)
        return false;
    uint64_t fn = index, sn = size - 1;
    struct hash r = *leaf;
    for (size_t i = 0; i < proof->n; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            hash_node(&proof->hashes[i], &r, &r);
            while (!(fn & 1) && fn) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash_node(&r, &proof->hashes[i], &r);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_equal(&r, root);
}

/* The loop of 2.1.4.2 over the hashes from `next` on; `first` is the hash that both begin with. */
static bool both_follow(const struct proof *proof, size_t next, const struct hash *first,
                        uint64_t sizes[static 2], const struct hash *const roots[static 2])
{
    uint64_t fn = sizes[0] - 1, sn = sizes[1] - 1;
    struct hash fr = *first, sr = *first;
    while (fn & 1) {
        fn >>= 1;
        sn >>= 1;
    }
    for (size_t i = next; i < proof->n; i++) {
        const struct hash *c = &proof->hashes[i];
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            hash_node(c, &fr, &fr);
            hash_node(c, &sr, &sr);
            while (!(fn & 1) && fn) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            hash_node(&sr, c, &sr);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && hash_equal(&fr, roots[0]) && hash_equal(&sr, roots[1]);
}

bool proof_shows_consistency(const struct proof *proof, uint64_t from, const struct hash *from_root,
                             uint64_t to, const struct hash *to_root)
{
    struct hash empty;
    hash_empty(&empty);
    if (from > to)
        return false;
    if (from == 0)
        return proof->n == 0 && hash_equal(from_root, &empty)
               && (to != 0 || hash_equal(to_root, &empty));
    if (from == to)
        return proof->n == 0 && hash_equal(from_root, to_root);
    if (proof->n == 0)
        return false;
    bool power = (from & (from - 1)) == 0;
    return both_follow(proof, power ? 0 : 1, power ? from_root : &proof->hashes[0],
                       (uint64_t[]){from, to}, (const struct hash *[]){from_root, to_root});
}

void proof_put(struct buf *out, const struct proof *proof)
{
    for (size_t i = 0; i < proof->n; i++) {
        hash_put(out, &proof->hashes[i]);
        buf_char(out, '\n');
    }
}

enum fault proof_take(struct text *rest, struct proof *ret, struct doubt *doubt)
{
    ret->n = 0;
    while (rest->at) {
        struct text line = text_cut(rest, '\n');
        if (line.n == 0 && rest->at)
            return FAULT_NONE;
        if (ret->n == PROOF_MAX)
            return doubt_raise(doubt, FAULT_FORMAT, "the proof has more than %d hashes", PROOF_MAX);
        if (!hash_parse(line, &ret->hashes[ret->n++]))
            return doubt_raise(doubt, FAULT_FORMAT, "a line of the proof is not base64 of a hash");
    }
    return doubt_raise(doubt, FAULT_FORMAT, "no empty line ends the proof");
}
