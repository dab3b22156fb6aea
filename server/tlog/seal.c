/* seal.c -- the sealer from outside: open, take records, close.
 *
 * What is written where, and in which order, stands in seal_publish.c; what a crash may have left,
 * in seal_open.c. */
#include "groundswell/tlog/seal.h"

#include <errno.h>
#include <unistd.h>

#include "groundswell/io/file.h"
#include "inside.h"

enum fault seal_refuse(struct seal *seal, enum fault fault)
{
    seal->refused = true;
    return doubt_raise(&seal->doubt, fault, "the log in %s cannot be sealed (%s)",
                       seal->disk.folder, fault_name(fault));
}

enum fault seal_refuse_reading(struct seal *seal, enum fault fault)
{
    if (seal->reader.doubt.what[0])
        (void)doubt_raise(&seal->doubt, fault, "%s: %s", seal->disk.folder,
                          seal->reader.doubt.what);
    return seal_refuse(seal, fault == FAULT_ABSENT ? FAULT_FORMAT : fault);
}

static enum fault plan_check(const struct seal_plan *plan, struct doubt *doubt)
{
    struct text origin = text_of(plan->origin);
    if (strlen(plan->folder) + DISK_PATH_SIZE >= PATH_MAX)
        return doubt_raise(doubt, FAULT_LIMIT, "the name of the log's folder is too long");
    if (!key_name_is_valid(origin))
        return doubt_raise(doubt, FAULT_CONFIG, "%.100s cannot be a log's origin", plan->origin);
    if (plan->keys_n == 0 || plan->keys_n > SEAL_KEYS_MAX)
        return doubt_raise(doubt, FAULT_CONFIG, "a log is sealed with 1 to %d keys, not %zu",
                           SEAL_KEYS_MAX, plan->keys_n);
    for (size_t i = 0; i < plan->keys_n; i++) {
        const struct vkey *key = &plan->keys[i]->vkey;
        if (key->kind != KEY_LOG || !text_is(origin, key->name))
            return doubt_raise(doubt, FAULT_CONFIG,
                               "the key of %s is not one for sealing the log %s", key->name,
                               plan->origin);
    }
    return FAULT_NONE;
}

static struct seal *seal_new(const struct seal_plan *plan)
{
    struct seal *seal = calloc(1, sizeof *seal);
    if (!seal)
        return NULL;
    seal->lock = -1;
    seal->disk.before = plan->before;
    seal->disk.before_ctx = plan->before_ctx;
    seal->disk.doubt = &seal->doubt;
    memcpy(seal->disk.folder, plan->folder, strlen(plan->folder) + 1);
    memcpy(seal->origin, plan->origin, strlen(plan->origin) + 1);
    for (size_t i = 0; i < plan->keys_n; i++)
        seal->keys[i] = *plan->keys[i];
    seal->keys_n = plan->keys_n;
    seal->checkpoint = BUF_MAX(NOTE_MAX);
    seal->edge = BUF_MAX(BUNDLE_MAX);
    seal->batch = BUF_MAX(SEAL_BATCH_BYTES_MAX);
    tree_init(&seal->tree);
    hash_empty(&seal->root);
    return seal;
}

/* The first line that anybody needs: two sealers of one log would sign two histories. */
static enum fault take_lock(struct seal *seal)
{
    char path[PATH_MAX];
    enum fault fault = dir_make(seal->disk.folder, 0755);
    if (fault)
        return doubt_raise(&seal->doubt, fault, "the folder %s cannot be made: %s",
                           seal->disk.folder, strerror(errno));
    int n = snprintf(path, sizeof path, "%s/lock", seal->disk.folder);
    INVARIANT(n > 0 && (size_t)n < sizeof path);
    seal->lock = file_lock(path, &fault);
    if (fault == FAULT_BUSY)
        return doubt_raise(&seal->doubt, fault, "somebody else is sealing the log in %s",
                           seal->disk.folder);
    if (fault)
        return doubt_raise(&seal->doubt, fault, "%s cannot be locked: %s", path, strerror(errno));
    return FAULT_NONE;
}

enum fault seal_open(const struct seal_plan *plan, struct seal **ret, struct doubt *doubt)
{
    *ret = NULL;
    enum fault fault = plan_check(plan, doubt);
    if (fault)
        return fault;
    struct seal *seal = seal_new(plan);
    if (!seal)
        return doubt_raise(doubt, FAULT_MEMORY, "no memory for the sealer");
    fault = reader_init(&seal->reader, source_of_disk(&seal->disk));
    if (!fault)
        fault = take_lock(seal);
    if (!fault)
        fault = seal_recover(seal);
    if (fault) {
        fault = doubt_raise(doubt, fault, "%s",
                            seal->doubt.what[0] ? seal->doubt.what : fault_name(fault));
        seal_close(seal);
        return fault;
    }
    *ret = seal;
    return FAULT_NONE;
}

void seal_close(struct seal *seal)
{
    if (!seal)
        return;
    for (size_t i = 0; i < seal->keys_n; i++)
        skey_release(&seal->keys[i]);
    disk_release(&seal->disk);
    if (seal->lock >= 0)
        close(seal->lock);
    reader_release(&seal->reader);
    buf_release(&seal->checkpoint);
    buf_release(&seal->edge);
    buf_release(&seal->batch);
    free(seal);
}

static enum fault differs(struct seal *seal, uint64_t seq)
{
    return seal_refuse(seal, doubt_raise(&seal->doubt, FAULT_FORMAT,
                                         "record %llu is not the one that was taken before: the "
                                         "ledger behind %s has changed",
                                         (unsigned long long)seq, seal->disk.folder));
}

/* A record that comes again must be what it was. */
static enum fault compare(struct seal *seal, uint64_t seq, struct text record)
{
    struct text before, rest = buf_view(&seal->batch);
    if (seq < seal->size) {
        enum fault fault = reader_entry(&seal->reader, seq, seal->size, &before);
        if (fault)
            return seal_refuse_reading(seal, fault);
    } else {
        for (uint64_t i = seal->size; i <= seq; i++)
            INVARIANT(bundle_next(&rest, &before));
    }
    return text_equal(before, record) ? FAULT_NONE : differs(seal, seq);
}

enum fault seal_append(struct seal *seal, uint64_t seq, struct text record)
{
    if (seal->refused)
        return FAULT_FORMAT;
    if (seq < seal_next(seal))
        return compare(seal, seq, record);
    if (seq > seal_next(seal))
        return seal_refuse(seal, doubt_raise(&seal->doubt, FAULT_FORMAT,
                                             "record %llu came where %llu was due: the ledger "
                                             "behind %s has a gap", (unsigned long long)seq,
                                             (unsigned long long)seal_next(seal),
                                             seal->disk.folder));
    if (record.n > ENTRY_MAX)
        return seal_refuse(seal, doubt_raise(&seal->doubt, FAULT_LIMIT,
                                             "record %llu has %zu bytes, more than a log can hold",
                                             (unsigned long long)seq, record.n));
    if (seal->batch_n == SEAL_BATCH_MAX
        || seal->batch.len + 2 + record.n >= SEAL_BATCH_BYTES_MAX)
        return FAULT_BUSY;
    enum fault fault = bundle_put(&seal->batch, record);
    if (fault)
        return seal_refuse(seal, fault);
    seal->batch_n++;
    return FAULT_NONE;
}

uint64_t seal_size(const struct seal *seal)
{
    return seal->size;
}

uint64_t seal_next(const struct seal *seal)
{
    return seal->size + seal->batch_n;
}

bool seal_is_published(const struct seal *seal)
{
    return seal->published;
}

struct text seal_checkpoint(const struct seal *seal)
{
    return buf_view(&seal->checkpoint);
}

const char *seal_doubt(const struct seal *seal)
{
    return seal->doubt.what;
}
