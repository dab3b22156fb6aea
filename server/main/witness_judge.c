/* witness_judge.c -- one add-checkpoint request: is this checkpoint the continuation of the one
 * that was cosigned last?
 *
 * The questions come in the order of the protocol: is it well-formed (400), is the log known (404),
 * did the log sign it (403), is it no smaller than what the asker starts from (400), does the asker
 * start from our latest (409, and the answer names it), does the proof hold (422). */
#include "witness.h"

#include "groundswell/base/log.h"
#include "groundswell/tlog/proof.h"

#define PLAIN "text/plain; charset=utf-8"
#define SIZE "text/x.tlog.size"

/* Everything borrows from the body. */
struct submission {
    uint64_t old_size;
    struct proof proof;
    struct checkpoint checkpoint;
    struct note note;
};

static struct witness_answer say(struct buf *out, unsigned status, const char *why)
{
    buf_cstr(out, why);
    buf_char(out, '\n');
    return (struct witness_answer){status, PLAIN};
}

static enum fault submission_parse(struct text body, struct submission *ret, struct doubt *doubt)
{
    const struct text old = TEXT("old ");
    struct text line = text_cut(&body, '\n');
    if (!text_starts(line, old) ||
        !text_to_u64((struct text){line.at + old.n, line.n - old.n}, INT64_MAX, &ret->old_size))
        return doubt_raise(doubt, FAULT_FORMAT, "the first line is not `old SIZE`");
    enum fault no = proof_take(&body, &ret->proof, doubt);
    if (!no) no = checkpoint_peek(body, &ret->checkpoint, &ret->note, doubt);
    return no;
}

static struct witness_log *log_of(struct witness *witness, struct text origin)
{
    for (size_t i = 0; i < witness->logs_n; i++)
        if (text_is(origin, witness->logs[i].origin)) return &witness->logs[i];
    return NULL;
}

/* The text, the first line of each of the log's keys that signed, and ours: lines of strangers
 * would only fill the disk. *ret_ours is where ours begins. */
static enum fault cosigned_put(struct buf *out, const struct witness *witness,
                               const struct witness_log *log, const struct note *note,
                               uint64_t now_s, size_t *ret_ours)
{
    buf_text(out, note->text);
    buf_char(out, '\n');
    for (size_t k = 0; k < log->keys_n; k++)
        for (size_t i = 0; i < note->signatures_n; i++) {
            const struct note_signature *line = &note->signatures[i];
            if (line->id != log->keys[k].id || !text_is(line->name, log->keys[k].name)) continue;
            buf_format(out, "\xe2\x80\x94 %.*s %.*s\n", TEXT_ARGS(line->name),
                       TEXT_ARGS(line->base64));
            break;
        }
    *ret_ours = out->len;
    return note_sign_line(out, note->text, &witness->key, now_s);
}

static struct witness_answer cosign(const struct witness *witness, struct witness_log *log,
                                    const struct submission *asked, uint64_t now_s, struct buf *out)
{
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    size_t ours = 0;
    enum fault no = cosigned_put(&bytes, witness, log, &asked->note, now_s, &ours);
    if (!no) no = buf_fault(&bytes);
    if (!no) no = witness_remember(witness, log, &asked->checkpoint, buf_view(&bytes));
    if (no) {
        log_error("witness", "%s, size %llu, is not cosigned: the state cannot be kept (%s)",
                  log->origin, (unsigned long long)asked->checkpoint.size, fault_name(no));
        return say(out, 500, "The state of this witness cannot be written now.");
    }
    buf_put(out, bytes.data + ours, bytes.len - ours);
    return (struct witness_answer){200, PLAIN};
}

/* The asker begins somewhere else, or has another log of our size. */
static struct witness_answer conflict(const struct witness_log *log, struct buf *out)
{
    buf_u64(out, log->size);
    buf_char(out, '\n');
    return (struct witness_answer){409, SIZE};
}

/* Signed by the log itself and not the log that we knew: somebody should look. */
static void tell_fork(const struct witness_log *log, const struct submission *asked)
{
    CLEANUP(buf) struct buf root = BUF_MAX(KIB);
    hash_put(&root, &asked->checkpoint.root);
    log_error("witness",
              "%s signed a checkpoint of size %llu, root %s, that was not shown to continue the "
              "one of size %llu that was cosigned",
              log->origin, (unsigned long long)asked->checkpoint.size,
              root.data ? root.data : "?", (unsigned long long)log->size);
}

struct witness_answer witness_judge(struct witness *witness, struct text body, uint64_t now_s,
                                    struct buf *out)
{
    struct submission asked;
    struct doubt doubt = {""};
    uint64_t signed_by = 0;
    if (submission_parse(body, &asked, &doubt)) return say(out, 400, doubt.what);
    const struct checkpoint *head = &asked.checkpoint;
    struct witness_log *log = log_of(witness, head->origin);
    if (!log) return say(out, 404, "This witness does not watch a log of that origin.");
    if (note_check(&asked.note, log->keys, log->keys_n, &signed_by, &doubt))
        return say(out, 403, doubt.what);
    if (!signed_by) return say(out, 403, "None of the log's keys has signed the checkpoint.");
    if (asked.old_size > head->size)
        return say(out, 400, "The old size is larger than that of the checkpoint.");
    if (asked.old_size != log->size) return conflict(log, out);
    const bool same_size = head->size == log->size;
    if (same_size && !hash_equal(&head->root, &log->root)) {
        tell_fork(log, &asked);
        return conflict(log, out);
    }
    if (!proof_shows_consistency(&asked.proof, log->size, &log->root, head->size, &head->root)) {
        tell_fork(log, &asked);
        return say(out, 422, "The proof does not show that the checkpoint continues the old one.");
    }
    return cosign(witness, log, &asked, now_s, out);
}
