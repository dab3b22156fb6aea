/* restore.c -- the verb that puts a backup back onto an empty folder, once it is believed.
 *
 * Everything is read out into DIR/.restoring and judged there: every chunk, every member's hash,
 * every log from its entries, the ledger against the logs, and any checkpoint that somebody kept.
 * Only then is it moved to its places, redis/ last: a server that is started on a restore that was
 * cut off there finds its Redis behind the log, and refuses.
 *
 * Whoever was erased after the backup was made would be back: archive_erased.c, given --erased.
 *
 * A backup is one moment in which ledger and logs agree, so nothing has to be brought forward here.
 * An archive whose ledger is behind its log, or behind a log that somebody kept, is refused; with
 * the newer log `rebuild --forward` goes on from there (forward.c). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "archive_erased.h"
#include "archive_ledger.h"
#include "groundswell/base/log.h"
#include "groundswell/io/file.h"

#define PATH_SIZE 4096
#define KEPT_MAX 64
#define MANIFEST_MAX (256 * MIB)
#define STAGE ".restoring"

struct restoring {
    const struct args *args;
    const char *data;
    uint8_t key[ARCHIVE_KEY_SIZE];
    char stage[PATH_SIZE];
    bool made;     /* the folder, by us */
    bool has_logs; /* DIR/log is there, and nothing else */
    struct kept kept[KEPT_MAX];
    size_t kept_n;
    char kept_paths[KEPT_MAX][PATH_SIZE];
    struct archive archive;
    struct snapshot snapshot;
    struct erased_again erased;
    struct doubt doubt;
};

/* ---- where to -------------------------------------------------------------------------------- */

static enum verb_exit kept_add(struct restoring *r, const char *path)
{
    if (r->kept_n == KEPT_MAX) return verb_misuse(r->args, "more than %d checkpoints", KEPT_MAX);
    struct kept *kept = &r->kept[r->kept_n];
    char *name = r->kept_paths[r->kept_n++];
    (void)snprintf(name, PATH_SIZE, "%s", path);
    *kept = (struct kept){.path = name, .bytes = BUF_MAX(NOTE_MAX)};
    const enum fault no = file_read(path, &kept->bytes);
    return no ? verb_misuse(r->args, "%s cannot be read: %s", path, fault_name(no)) : VERB_DONE;
}

static enum verb_exit kept_take(struct restoring *r)
{
    enum verb_exit end = VERB_DONE;
    for (size_t i = 0; i < r->args->given_n && !end; i++)
        if (strcmp(r->args->given[i].name, "not-before") == 0)
            end = kept_add(r, r->args->given[i].value);
    return end;
}

/* Logs that are still there tell, too, how far they had come. */
static enum verb_exit logs_take(struct restoring *r)
{
    char path[PATH_SIZE];
    struct dirent **entries = NULL;
    enum verb_exit end = VERB_DONE;
    (void)snprintf(path, sizeof path, "%s/log", r->data);
    const int n = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const int m = snprintf(path, sizeof path, "%s/log/%s/checkpoint", r->data,
                               entries[i]->d_name);
        if (!end && entries[i]->d_name[0] != '.' && m > 0 && m < PATH_SIZE &&
            access(path, F_OK) == 0)
            end = kept_add(r, path);
        free(entries[i]);
    }
    free(entries);
    r->has_logs = true;
    return end;
}

static enum verb_exit folder_check(struct restoring *r)
{
    DIR *folder = opendir(r->data);
    const struct dirent *entry;
    bool empty = true, others = false;
    if (!folder && errno == ENOENT) {
        r->made = true;
        return VERB_DONE;
    }
    if (!folder) return verb_misuse(r->args, "%s cannot be read: %s", r->data, strerror(errno));
    while ((entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, STAGE) == 0 ||
            strcmp(name, "lost+found") == 0)
            continue;
        empty = false;
        others |= strcmp(name, "log") != 0;
    }
    closedir(folder);
    if (others)
        return verb_misuse(r->args, "%s is not empty: a restore is for an empty folder. Nothing "
                                    "was changed",
                           r->data);
    return empty ? VERB_DONE : logs_take(r);
}

/* ---- what ------------------------------------------------------------------------------------ */

static enum fault archive_read(struct restoring *r, FILE *file)
{
    CLEANUP(buf) struct buf manifest = BUF_MAX(MANIFEST_MAX);
    r->archive.doubt = &r->doubt;
    enum fault no = crypt_read_open(&r->archive.crypt, file, r->key, &r->doubt);
    return no ? no : archive_extract(&r->archive, r->stage, &manifest);
}

static enum verb_exit archive_open(struct restoring *r)
{
    FILE *file = fopen(r->args->operand, "rbe");
    if (!file)
        return verb_misuse(r->args, "%s cannot be read: %s", r->args->operand, strerror(errno));
    const enum fault no = archive_read(r, file);
    fclose(file);
    if (!no) return VERB_DONE;
    return verb_fail(r->args, "%s. Nothing was restored",
                     r->doubt.what[0] ? r->doubt.what : fault_name(no));
}

static bool is_in_ledger(const struct restoring *r, const char *slug)
{
    for (size_t i = 0; i < r->snapshot.communities_n; i++)
        if (strcmp(r->snapshot.communities[i].slug, slug) == 0) return true;
    return false;
}

/* A log without a ledger is one that the ledger has lost. */
static enum verb_exit logs_match(const struct restoring *r)
{
    char path[PATH_SIZE];
    struct dirent **entries = NULL;
    enum verb_exit end = VERB_DONE;
    (void)snprintf(path, sizeof path, "%.*s/log", PATH_SIZE - 8, r->stage);
    const int n = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *slug = entries[i]->d_name;
        if (!end && slug[0] != '.' && !is_in_ledger(r, slug))
            end = verb_fail(r->args, "%s: its ledger contradicts its log: it has none", slug);
        free(entries[i]);
    }
    free(entries);
    return end;
}

static enum verb_exit ledgers_check(struct restoring *r)
{
    enum verb_exit end = snapshot_open(&r->snapshot, r->args, r->stage);
    if (!end) end = logs_match(r);
    for (size_t i = 0; i < r->snapshot.communities_n && !end; i++)
        end = snapshot_check(&r->snapshot, &r->snapshot.communities[i], r->kept, r->kept_n);
    for (size_t i = 0; i < r->kept_n && !end; i++)
        if (!r->kept[i].judged)
            end = verb_fail(r->args, "%s is the checkpoint of no log that is in the archive",
                            r->kept[i].path);
    if (!end && r->has_logs)
        end = verb_misuse(r->args, "%s/log is still there, and the archive is not older than it: "
                                   "move it away, keep its checkpoints, and restore again with "
                                   "--not-before",
                          r->data);
    return end;
}

/* ---- to its places --------------------------------------------------------------------------- */

static enum fault place_one(const struct restoring *r, const char *name)
{
    char from[PATH_SIZE + 256], to[PATH_SIZE + 256];
    (void)snprintf(from, sizeof from, "%s/%s", r->stage, name);
    (void)snprintf(to, sizeof to, "%s/%s", r->data, name);
    return rename(from, to) == 0 ? FAULT_NONE : FAULT_IO;
}

static enum fault place_all(const struct restoring *r)
{
    struct dirent **entries = NULL;
    enum fault no = FAULT_NONE;
    const int n = scandir(r->stage, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        if (!no && name[0] != '.' && strcmp(name, "redis") != 0) no = place_one(r, name);
        free(entries[i]);
    }
    free(entries);
    if (!no && n < 0) no = FAULT_IO;
    return no ? no : place_one(r, "redis");
}

/* What the check's Redis left beside the ledger. */
static void leavings_remove(const struct restoring *r)
{
    static const char *const names[] = {"redis.log", "redis.sock", "redis.conf", "lock"};
    char path[PATH_SIZE + 64];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/redis/%s", r->stage, names[i]);
        (void)unlink(path);
    }
}

static enum verb_exit everything_place(const struct restoring *r)
{
    leavings_remove(r);
    const int fd = open(r->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool placed = fd >= 0 && syncfs(fd) == 0 && place_all(r) == FAULT_NONE;
    placed = placed && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    return placed ? VERB_DONE : verb_fail(r->args, "files cannot be moved to their places in %s: "
                                                   "%s. Empty it and restore again",
                                          r->data, strerror(errno));
}

/* ---- the verb -------------------------------------------------------------------------------- */

static enum verb_exit stage_make(struct restoring *r)
{
    const int n = snprintf(r->stage, sizeof r->stage, "%s/" STAGE, r->data);
    if (n < 0 || n > PATH_SIZE - 256) return verb_misuse(r->args, "a path is too long");
    enum fault no = tree_remove(r->stage); /* of one that was interrupted */
    if (!no) no = dir_make(r->stage, 0700);
    return no ? verb_fail(r->args, "%s cannot be made: %s", r->stage, strerror(errno)) : VERB_DONE;
}

static void done_tell(const struct restoring *r)
{
    for (size_t i = 0; i < r->snapshot.communities_n; i++) {
        const struct snapshot_community *one = &r->snapshot.communities[i];
        printf("%s: %llu records; the %llu that are sealed are verified, the ledger is theirs\n",
               one->slug, (unsigned long long)one->state.seq, (unsigned long long)one->sealed);
    }
    printf("restored: %zu communities with ledger, people, texts, files, keys and logs, in %s\n",
           r->snapshot.communities_n, r->data);
    if (r->erased.path)
        printf("erased again: %zu accounts of %s that the archive still had\n", r->erased.found,
               r->erased.path);
    else
        printf("accounts that were erased since the archive was made are back: where DIR/keys/\n"
               "erased.accounts was kept, restore again with --erased FILE\n");
    if (!r->kept_n)
        printf("whether newer records were sealed than the archive has was not asked: give a\n"
               "checkpoint that somebody kept with --not-before. Where a newer log was kept,\n"
               "bring the ledger forward before it serves: `groundswell rebuild LOG --forward`\n");
}

static enum verb_exit restore_do(struct restoring *r)
{
    enum verb_exit end = stage_make(r);
    if (!end) end = archive_open(r);
    if (!end) end = ledgers_check(r);
    if (!end) end = erased_apply(&r->snapshot, &r->erased);
    struct snapshot closing = r->snapshot;
    closing.communities = NULL; /* told about below */
    if (closing.loop) snapshot_close(&closing);
    if (!end) end = everything_place(r);
    if (!end) done_tell(r);
    free(r->snapshot.communities);
    if (tree_remove(r->stage) && !end) end = verb_fail(r->args, "%s stays behind", r->stage);
    if (end && r->made) (void)rmdir(r->data);
    return end;
}

static enum verb_exit restore_run(const struct args *args)
{
    static struct restoring r;
    const char *key = args_text(args, "key-file");
    r = (struct restoring){.args = args, .data = settings_text(args->settings, SETTING_DATA)};
    if (!key) return verb_misuse(args, "--key-file is needed");
    r.erased.path = args_text(args, "erased");
    if (args->settings->of[SETTING_LOG_LEVEL].rank == 0) log_level_set(LOG_ERROR);
    if (archive_key_read(key, r.key, &r.doubt)) return verb_misuse(args, "%s", r.doubt.what);
    enum verb_exit end = kept_take(&r);
    if (!end) end = folder_check(&r);
    if (!end) end = restore_do(&r);
    for (size_t i = 0; i < r.kept_n; i++)
        buf_release(&r.kept[i].bytes);
    archive_release(&r.archive);
    secret_wipe(r.key, sizeof r.key);
    return end;
}

static const struct verb_option restore_options[] = {
    {"key-file", "FILE", "the key that the archive was made with"},
    {"not-before", "FILE",
     "a log's checkpoint that somebody kept: an archive from before it is refused; may come more "
     "than once"},
    {"erased", "FILE",
     "a kept copy of DIR/keys/erased.accounts: who is in it is erased from the backup, too"},
    {NULL, NULL, NULL},
};

const struct verb verb_restore = {
    .name = "restore",
    .summary = "put a backup back onto an empty data folder",
    .about =
        "FILE is an archive of `groundswell backup`. Reads all of it, verifies each log, compares\n"
        "the ledger with what was sealed, and only then fills DIR, which must be empty. Says why\n"
        "it refuses: an archive that was changed or cut short, another key, a ledger that\n"
        "contradicts its log or is behind it, and, given --not-before, an archive from before\n"
        "that checkpoint. Then start the server on DIR as before.",
    .operand = "FILE",
    .options = restore_options,
    .settings = true,
    .run = restore_run,
};
