/* archive_erased.c -- what `restore --erased` does: a backup must not bring back whoever was erased
 * since.
 *
 * The file is keys/erased.accounts of the data folder that was lost, or a copy of it; what it holds
 * stands in ledger/erased.h. It speaks of accounts. Residents who were erased, sessions that were
 * ended and keys that were revoked after the backup are not in it. */
#include "archive_erased.h"

#include <unistd.h>

#include "archive_ask.h"
#include "groundswell/base/clock.h"
#include "groundswell/io/file.h"
#include "groundswell/ledger/erased.h"

#define PATH_SIZE 4096
#define SESSION_S (UINT64_C(366) * 86400) /* longer than any session lasts */

struct forgetting {
    struct snapshot *snapshot;
    struct erased_again *erased;
};

static void forget_answer(void *ctx, const struct ledger_answer *answer)
{
    struct forgetting *f = ctx;
    const struct forget_outcome *outcome = answer->outcome;
    if (snapshot_heard(f->snapshot, answer)) f->erased->found += outcome->known;
}

static enum fault lines_apply(struct forgetting *f, struct text *content)
{
    struct account_forget in = {.until_s = clock_wall_ms() / 1000 + SESSION_S};
    enum fault no = FAULT_NONE;
    while (!no && ledger_erased_cut(content, &in.account)) {
        f->erased->lines++;
        f->snapshot->heard = false;
        ledger_account_forget(f->snapshot->ledger, &in, forget_answer, f);
        no = snapshot_wait(f->snapshot);
    }
    return no;
}

static enum verb_exit file_apply(struct forgetting *f, const char *path, struct buf *file)
{
    const struct args *args = f->snapshot->args;
    const size_t before = f->erased->lines;
    enum fault no = file_read(path, file);
    if (no) return verb_misuse(args, "%s cannot be read: %s", path, fault_name(no));
    struct text content = buf_view(file);
    no = lines_apply(f, &content);
    if (no) return verb_fail(args, "an account cannot be erased again: %s", fault_name(no));
    if (content.n)
        return verb_misuse(args, "%s: line %zu is no erasure", path, f->erased->lines - before + 1);
    return VERB_DONE;
}

/* The archive's own file was copied a moment after its snapshot was taken. */
enum verb_exit erased_apply(struct snapshot *snapshot, struct erased_again *erased)
{
    char path[PATH_SIZE];
    struct forgetting f = {snapshot, erased};
    CLEANUP(buf) struct buf own = BUF_MAX(ERASED_FILE_MAX), given = BUF_MAX(ERASED_FILE_MAX);
    enum verb_exit end = VERB_DONE;
    const int n = snprintf(path, sizeof path, "%s/keys/" ERASED_FILE, snapshot->folder);
    if (n < 0 || (size_t)n >= sizeof path) return verb_misuse(snapshot->args, "too long a path");
    if (access(path, F_OK) == 0) end = file_apply(&f, path, &own);
    if (end || !erased->path) return end;
    end = file_apply(&f, erased->path, &given);
    if (!end && file_append(path, buf_view(&given), 0600))
        end = verb_fail(snapshot->args, "%s cannot be written", path);
    return end;
}
