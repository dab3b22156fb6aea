/* verify_history.c -- the older checkpoints: each signed, each named by its size, none newer than
 * the log's own, and that one among them. */
#include <inttypes.h>
#include <time.h>

#include "verify_inside.h"

#define LOOKS 60 /* the sealer names a checkpoint last of all, some fsyncs after its tiles */
#define LOOK_MS 25

static enum fault add_head(struct verify *v, const struct checkpoint *checkpoint, bool of_history)
{
    struct heads *heads = &v->heads;
    if (!verify_grow(&heads->at, heads->n, &heads->max, sizeof *heads->at))
        return FAULT_MEMORY;
    heads->at[heads->n++] = (struct head){checkpoint->size, checkpoint->root, of_history};
    return FAULT_NONE;
}

/* In a listing: only the size is kept; the file is read afterwards. */
static void see_name(void *to, const char *name, bool is_folder)
{
    struct verify *v = to;
    struct checkpoint named = {0};
    if (v->fault)
        return;
    if (is_folder || !text_to_u64(text_of(name), LOG_SIZE_MAX, &named.size))
        v->fault = doubt_raise(v->doubt, FAULT_FORMAT,
                               "history/%.80s is not named as the checkpoint of a size", name);
    else
        v->fault = add_head(v, &named, true);
}

/* Signed by the log's keys; witnesses' lines are judged too, but not counted. */
static enum fault open_older(const struct verify *v, struct text bytes, struct checkpoint *ret,
                             struct doubt *doubt)
{
    struct signers signers = v->plan->signers;
    signers.quorum = 0;
    enum fault fault = checkpoint_open(bytes, &signers, ret, NULL, doubt);
    if (!fault && !text_equal(ret->origin, v->checkpoint.origin))
        return doubt_raise(doubt, FAULT_FORMAT,
                           "an older checkpoint is that of another log: %.*s",
                           TEXT_ARGS(ret->origin));
    return fault;
}

bool verify_has_grown(struct verify *v, uint64_t size)
{
    for (int i = 0; v->grown < size && i < LOOKS; i++) {
        CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
        struct checkpoint now;
        struct doubt unsaid = {""};
        if (i > 0)
            (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
        if (v->plan->source.fetch(v->plan->source.ctx, "checkpoint", &bytes) == FAULT_NONE
            && open_older(v, buf_view(&bytes), &now, &unsaid) == FAULT_NONE)
            v->grown = now.size;
    }
    return v->grown >= size;
}

static enum fault read_head(struct verify *v, struct head *head)
{
    char path[64];
    struct checkpoint older;
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    if (head->size > v->checkpoint.size)
        return doubt_raise(v->doubt, FAULT_FORMAT,
                           "history has a checkpoint of size %llu, newer than the log's own of "
                           "%llu: the log was put back",
                           (unsigned long long)head->size, (unsigned long long)v->checkpoint.size);
    INVARIANT(snprintf(path, sizeof path, "history/%" PRIu64, head->size) > 0);
    enum fault fault = v->plan->source.fetch(v->plan->source.ctx, path, &bytes);
    if (fault)
        return doubt_raise(v->doubt, fault, "%s cannot be read", path);
    fault = open_older(v, buf_view(&bytes), &older, v->doubt);
    if (fault)
        return fault;
    if (older.size != head->size)
        return doubt_raise(v->doubt, FAULT_FORMAT, "%s holds the checkpoint of size %llu", path,
                           (unsigned long long)older.size);
    head->root = older.root;
    return FAULT_NONE;
}

static enum fault read_seen(struct verify *v)
{
    struct checkpoint seen;
    if (!v->plan->seen.at)
        return FAULT_NONE;
    enum fault fault = open_older(v, v->plan->seen, &seen, v->doubt);
    if (fault)
        return fault;
    if (seen.size > v->checkpoint.size)
        return doubt_raise(v->doubt, FAULT_FORMAT,
                           "the log has size %llu, less than the checkpoint of size %llu that you "
                           "kept: it was put back",
                           (unsigned long long)v->checkpoint.size, (unsigned long long)seen.size);
    return add_head(v, &seen, false);
}

/* Leaves out those that came after the checkpoint was read. */
static void forget_newer(struct verify *v)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->heads.n; i++) {
        const struct head *head = &v->heads.at[i];
        if (head->size <= v->checkpoint.size || !verify_has_grown(v, head->size))
            v->heads.at[kept++] = *head;
    }
    v->heads.n = kept;
}

static int by_size(const void *a, const void *b)
{
    const struct head *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

enum fault verify_history(struct verify *v)
{
    struct source source = v->plan->source;
    enum fault fault = FAULT_NONE;
    if (source.list) {
        fault = source.list(source.ctx, "history", see_name, v);
        if (!fault)
            fault = v->fault;
        if (!fault)
            forget_newer(v);
    }
    bool current = !source.list;
    for (size_t i = 0; !fault && i < v->heads.n; i++) {
        fault = read_head(v, &v->heads.at[i]);
        current = current || v->heads.at[i].size == v->checkpoint.size;
    }
    if (!fault && !current)
        return doubt_raise(v->doubt, FAULT_ABSENT,
                           "history/%llu is missing: every checkpoint that was signed is kept",
                           (unsigned long long)v->checkpoint.size);
    if (!fault)
        fault = read_seen(v);
    if (!fault && v->heads.n)
        qsort(v->heads.at, v->heads.n, sizeof *v->heads.at, by_size);
    return fault;
}
