/* checkpoint.c -- heads of logs, and whether enough of the right people signed one. */
#include "groundswell/tlog/checkpoint.h"

#include "groundswell/tlog/path.h"

static enum fault malformed(struct doubt *doubt, const char *why)
{
    return doubt_raise(doubt, FAULT_FORMAT, "not a checkpoint: %s", why);
}

/* A line with its LF; false where there is none. */
static bool take_line(struct text *rest, struct text *ret)
{
    const char *lf = rest->n ? memchr(rest->at, '\n', rest->n) : NULL;
    if (!lf)
        return false;
    *ret = (struct text){rest->at, (size_t)(lf - rest->at)};
    rest->n -= ret->n + 1;
    rest->at = lf + 1;
    return true;
}

enum fault checkpoint_parse(struct text text, struct checkpoint *ret, struct doubt *doubt)
{
    struct text rest = text, size, root, line;
    if (!take_line(&rest, &ret->origin) || ret->origin.n == 0)
        return malformed(doubt, "it has no origin");
    if (!take_line(&rest, &size) || !text_to_u64(size, LOG_SIZE_MAX, &ret->size))
        return malformed(doubt, "its second line is not a size in plain decimal");
    if (!take_line(&rest, &root) || !hash_parse(root, &ret->root))
        return malformed(doubt, "its third line is not the base64 of a 32-byte root");
    ret->extensions = rest;
    while (take_line(&rest, &line))
        if (line.n == 0)
            return malformed(doubt, "it has an empty line");
    if (rest.n)
        return malformed(doubt, "its last line has no end");
    struct hash empty;
    hash_empty(&empty);
    if (ret->size == 0 && !hash_equal(&ret->root, &empty))
        return malformed(doubt, "an empty log has another root than this");
    return FAULT_NONE;
}

void checkpoint_put(struct buf *out, const struct checkpoint *checkpoint)
{
    buf_text(out, checkpoint->origin);
    buf_char(out, '\n');
    buf_u64(out, checkpoint->size);
    buf_char(out, '\n');
    hash_put(out, &checkpoint->root);
    buf_char(out, '\n');
    buf_text(out, checkpoint->extensions);
}

enum fault checkpoint_peek(struct text bytes, struct checkpoint *ret, struct note *ret_note,
                           struct doubt *doubt)
{
    enum fault fault = note_parse(bytes, ret_note, doubt);
    return fault ? fault : checkpoint_parse(ret_note->text, ret, doubt);
}

static enum fault log_signed(const struct note *note, const struct signers *signers,
                             const struct checkpoint *checkpoint, struct doubt *doubt)
{
    uint64_t signed_by;
    enum fault fault = note_check(note, signers->logs, signers->logs_n, &signed_by, doubt);
    if (fault)
        return fault;
    for (size_t i = 0; i < signers->logs_n; i++)
        if ((signed_by >> i & 1) && signers->logs[i].kind == KEY_LOG
            && text_is(checkpoint->origin, signers->logs[i].name))
            return FAULT_NONE;
    return doubt_raise(doubt, FAULT_FORMAT,
                       "the checkpoint of %.*s, size %llu, is not signed by a key of that log",
                       TEXT_ARGS(checkpoint->origin), (unsigned long long)checkpoint->size);
}

/* The same public key twice in the list is one witness. */
static bool is_repeated(const struct vkey *keys, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (memcmp(keys[k].public_key, keys[i].public_key, KEY_SIZE) == 0)
            return true;
    return false;
}

static enum fault witnesses_signed(const struct note *note, const struct signers *signers,
                                   size_t *ret, struct doubt *doubt)
{
    uint64_t signed_by;
    *ret = 0;
    enum fault fault =
        note_check(note, signers->witnesses, signers->witnesses_n, &signed_by, doubt);
    if (fault)
        return fault;
    for (size_t i = 0; i < signers->witnesses_n; i++)
        if ((signed_by >> i & 1) && signers->witnesses[i].kind == KEY_WITNESS
            && !is_repeated(signers->witnesses, i))
            ++*ret;
    return FAULT_NONE;
}

enum fault checkpoint_open(struct text bytes, const struct signers *signers, struct checkpoint *ret,
                           size_t *ret_witnesses, struct doubt *doubt)
{
    struct note note;
    size_t witnesses = 0;
    enum fault fault = checkpoint_peek(bytes, ret, &note, doubt);
    if (!fault)
        fault = log_signed(&note, signers, ret, doubt);
    if (!fault)
        fault = witnesses_signed(&note, signers, &witnesses, doubt);
    if (ret_witnesses)
        *ret_witnesses = witnesses;
    if (!fault && witnesses < signers->quorum)
        return doubt_raise(doubt, FAULT_FORMAT,
                           "%zu of the witnesses signed the checkpoint of size %llu, %zu must",
                           witnesses, (unsigned long long)ret->size, signers->quorum);
    return fault;
}
