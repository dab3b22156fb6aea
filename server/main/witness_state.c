/* witness_state.c -- the logs that a witness watches: their keys, and what it cosigned last.
 *
 * The state of a log is a file that says all of it, DIR/<sha256 of the origin>/checkpoint: the
 * checkpoint with the log's signature and ours. It is replaced before the cosignature is given
 * out, so that whoever holds one can find it here. */
#include "witness.h"

#include "groundswell/io/file.h"

void witness_release(struct witness *witness)
{
    for (size_t i = 0; i < witness->logs_n; i++) {
        free(witness->logs[i].origin);
        buf_release(&witness->logs[i].checkpoint);
    }
    free(witness->logs);
    skey_release(&witness->key);
    *witness = (struct witness){0};
}

static enum fault id_of(struct text origin, char ret[static WITNESS_ID_SIZE])
{
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB);
    digest_sha256(origin, digest);
    encode_hex(&hex, digest, sizeof digest);
    if (buf_fault(&hex)) return buf_fault(&hex);
    memcpy(ret, hex.data, WITNESS_ID_SIZE);
    return FAULT_NONE;
}

struct witness_log *witness_find(struct witness *witness, struct text id)
{
    for (size_t i = 0; i < witness->logs_n; i++)
        if (text_is(id, witness->logs[i].id)) return &witness->logs[i];
    return NULL;
}

/* ---- which logs ------------------------------------------------------------------------------ */

/* The log of that origin, a new one where there is none. NULL: no memory. */
static struct witness_log *log_of(struct witness *witness, struct text origin)
{
    char id[WITNESS_ID_SIZE];
    if (id_of(origin, id)) return NULL;
    struct witness_log *log = witness_find(witness, text_of(id));
    if (log) return log;
    struct witness_log *longer =
        realloc(witness->logs, (witness->logs_n + 1) * sizeof *witness->logs);
    if (!longer) return NULL;
    witness->logs = longer;
    log = &longer[witness->logs_n];
    *log = (struct witness_log){.origin = strndup(origin.at, origin.n),
                                .checkpoint = BUF_MAX(NOTE_MAX)};
    memcpy(log->id, id, sizeof id);
    hash_empty(&log->root);
    if (!log->origin) return NULL;
    witness->logs_n++;
    return log;
}

enum fault witness_watch(struct witness *witness, struct text origin, struct text vkey,
                         struct doubt *doubt)
{
    struct vkey key;
    enum fault no = vkey_parse(vkey, &key, doubt);
    if (no) return no;
    if (key.kind != KEY_LOG)
        return doubt_raise(doubt, FAULT_FORMAT, "%s is the key of a witness, not of a log",
                           key.name);
    if (origin.n == 0 || !text_is_clean_utf8(origin))
        return doubt_raise(doubt, FAULT_FORMAT, "a log has no origin");
    if (witness->logs_n == WITNESS_LOGS_MAX)
        return doubt_raise(doubt, FAULT_LIMIT, "more than %d logs", WITNESS_LOGS_MAX);
    struct witness_log *log = log_of(witness, origin);
    if (!log) return doubt_raise(doubt, FAULT_MEMORY, "out of memory");
    for (size_t i = 0; i < log->keys_n; i++)
        if (vkey_equal(&log->keys[i], &key)) return FAULT_NONE;
    if (log->keys_n == WITNESS_KEYS_MAX)
        return doubt_raise(doubt, FAULT_LIMIT, "%s has more than %d keys", log->origin,
                           WITNESS_KEYS_MAX);
    log->keys[log->keys_n++] = key;
    return FAULT_NONE;
}

enum fault witness_watch_lines(struct witness *witness, struct text lines, struct doubt *doubt)
{
    while (lines.at) {
        const struct text line = text_trim(text_cut(&lines, '\n'));
        if (line.n == 0 || line.at[0] == '#') continue;
        size_t blank = line.n; /* the last one: an origin may have blanks, a key has none */
        while (blank > 0 && line.at[blank - 1] != ' ' && line.at[blank - 1] != '\t') blank--;
        const struct text origin = text_trim((struct text){line.at, blank});
        const struct text vkey = {line.at + blank, line.n - blank};
        const enum fault no = witness_watch(witness, origin, vkey, doubt);
        if (no) return no;
    }
    return FAULT_NONE;
}

/* ---- what was cosigned ----------------------------------------------------------------------- */

static enum fault path_of(const struct witness *witness, const struct witness_log *log,
                          const char *name, char ret[static WITNESS_PATH_SIZE])
{
    const int n = snprintf(ret, WITNESS_PATH_SIZE, "%s/%s%s", witness->folder, log->id, name);
    return n > 0 && n < WITNESS_PATH_SIZE ? FAULT_NONE : FAULT_LIMIT;
}

static enum fault log_recall(const struct witness *witness, struct witness_log *log,
                             struct doubt *doubt)
{
    char path[WITNESS_PATH_SIZE];
    struct doubt why = {""};
    struct checkpoint checkpoint;
    struct note note;
    uint64_t signed_by = 0;
    enum fault no = path_of(witness, log, "/checkpoint", path);
    if (no) return doubt_raise(doubt, no, "%s: the path is too long", witness->folder);
    no = file_read(path, &log->checkpoint);
    if (no == FAULT_ABSENT) return FAULT_NONE;
    if (!no) no = checkpoint_peek(buf_view(&log->checkpoint), &checkpoint, &note, &why);
    if (!no) no = note_check(&note, &witness->key.vkey, 1, &signed_by, &why);
    if (!no && (!signed_by || !text_is(checkpoint.origin, log->origin)))
        no = doubt_raise(&why, FAULT_FORMAT, "%s did not cosign it for %s", witness->key.vkey.name,
                         log->origin);
    if (no)
        return doubt_raise(doubt, no, "%s: %s", path, why.what[0] ? why.what : fault_name(no));
    log->size = checkpoint.size;
    log->root = checkpoint.root;
    return FAULT_NONE;
}

enum fault witness_recall(struct witness *witness, struct doubt *doubt)
{
    for (size_t i = 0; i < witness->logs_n; i++) {
        const enum fault no = log_recall(witness, &witness->logs[i], doubt);
        if (no) return no;
    }
    return FAULT_NONE;
}

enum fault witness_remember(const struct witness *witness, struct witness_log *log,
                            const struct checkpoint *checkpoint, struct text bytes)
{
    char path[WITNESS_PATH_SIZE];
    enum fault no = path_of(witness, log, "", path);
    if (!no) no = dir_make(path, 0755);
    if (!no) no = path_of(witness, log, "/checkpoint", path);
    if (!no) no = file_replace(path, bytes, 0644);
    if (no) return no;
    log->size = checkpoint->size;
    log->root = checkpoint->root;
    buf_reset(&log->checkpoint);
    buf_text(&log->checkpoint, bytes);
    return FAULT_NONE;
}
