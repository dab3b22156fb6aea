/* backup.c -- the verb that writes everything of a data folder into one encrypted archive, while
 * the server serves.
 *
 * The moment of a backup is that of its snapshot, which Redis gives as it gives one to a replica:
 * everything that was answered before it is inside, nothing behind it. The snapshot is then opened
 * by a Redis of its own and compared with the log, cut to a checkpoint that the snapshot's ledger
 * has reached: a backup that could not be restored is noticed when it is made. All of it is put
 * together in DIR/backup.tmp, which nobody but the owner can read, and is gone afterwards.
 *
 * Files that people sent are read last: each was on its shelf before the ledger knew of it, so all
 * that the snapshot knows are there (but those that a purge takes away meanwhile). One that is not
 * what its name says is told, and there is no archive.
 *
 * Members: redis/ (the snapshot: ledger, texts, residents), log/, keys/, operator.key, files/,
 * settings. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "archive.h"
#include "archive_ledger.h"
#include "archive_log.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "groundswell/io/file.h"
#include "groundswell/ledger/files.h"
#include "redis_login.h"

#define PATH_SIZE 4096
#define ROOM_SIZE (PATH_SIZE + 128)
#define SNAPSHOT_SECONDS 3600
#define LOOK_MS 20
#define MANIFEST_MAX (256 * MIB)
#define SETTINGS_MAX (256 * KIB)
#define STAGE "backup.tmp"
#define SETTINGS_MEMBER "settings.txt"

extern char **environ;

struct backup {
    const struct args *args;
    const char *data, *out;
    uint8_t key[ARCHIVE_KEY_SIZE];
    char stage[PATH_SIZE], part[PATH_SIZE];
    struct snapshot snapshot;
    struct archive archive;
    struct doubt doubt;
    int lock;
    uint64_t at_ms;
};

static enum verb_exit told(const struct backup *b, enum fault no)
{
    return verb_fail(b->args, "%s", b->doubt.what[0] ? b->doubt.what : fault_name(no));
}

/* ---- the snapshot ---------------------------------------------------------------------------- */

/* One way of naming a Redis for each way of naming one in the settings. */
static size_t address_words(const char *address, char *room, const char **words)
{
    size_t n = 0;
    if (strncmp(address, "unix:", 5) == 0) {
        words[n++] = "-s";
        words[n++] = address + 5;
        return n;
    }
    const bool is_url = strncmp(address, "redis://", 8) == 0;
    (void)snprintf(room, ROOM_SIZE, "%s%s", is_url ? "" : "redis://", address);
    words[n++] = "-u";
    words[n++] = room;
    return n;
}

/* By environment, for arguments can be seen by everybody on a machine. */
static enum fault password_set(const struct settings *settings)
{
    CLEANUP(redis_login) struct redis_login login;
    const enum fault no = redis_login_read(settings, &login);
    if (no || !login.password) return no;
    return setenv("REDISCLI_AUTH", login.password, 1) == 0 ? FAULT_NONE : FAULT_MEMORY;
}

static enum verb_exit child_wait(const struct backup *b, pid_t pid)
{
    const uint64_t until_us = clock_steady_us() + UINT64_C(1000000) * SNAPSHOT_SECONDS;
    int status = 0;
    pid_t ended = 0;
    while (ended == 0 && clock_steady_us() < until_us) {
        ended = waitpid(pid, &status, WNOHANG);
        if (ended < 0 && errno == EINTR) ended = 0;
        if (ended == 0) (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
    if (ended == 0) {
        kill(pid, SIGKILL);
        (void)waitpid(pid, &status, 0);
        return verb_fail(b->args, "the snapshot took longer than an hour");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return VERB_DONE;
    return verb_fail(b->args, "Redis gave no snapshot (redis-cli ended with %d)",
                     WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

static enum verb_exit snapshot_fetch(const struct backup *b, const char *address)
{
    char room[ROOM_SIZE], path[PATH_SIZE + 128];
    const char *words[16] = {"redis-cli"};
    const char *user = settings_text(b->args->settings, SETTING_REDIS_USER);
    size_t n = 1 + address_words(address, room, words + 1);
    posix_spawn_file_actions_t files;
    pid_t pid;
    (void)snprintf(path, sizeof path, "%s/" SNAPSHOT_BASE, b->stage);
    if (user[0]) {
        words[n++] = "--user";
        words[n++] = user;
    }
    words[n++] = "--rdb";
    words[n++] = path;
    if (password_set(b->args->settings)) return verb_misuse(b->args, "no password can be read");
    if (posix_spawn_file_actions_init(&files) != 0) return verb_fail(b->args, "out of memory");
    int failed = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    if (!failed) failed = posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
    if (!failed)
        failed = posix_spawnp(&pid, "redis-cli", &files, NULL, (char **)(uintptr_t)words, environ);
    posix_spawn_file_actions_destroy(&files);
    (void)unsetenv("REDISCLI_AUTH");
    if (failed) return verb_fail(b->args, "redis-cli cannot be started: %s", strerror(failed));
    return child_wait(b, pid);
}

static enum verb_exit snapshot_take(struct backup *b)
{
    char address[PATH_SIZE + 64], path[PATH_SIZE + 128];
    const char *redis = settings_text(b->args->settings, SETTING_REDIS);
    if (redis[0]) (void)snprintf(address, sizeof address, "%s", redis);
    else (void)snprintf(address, sizeof address, "unix:%s/redis/redis.sock", b->data);
    if (!redis[0] && access(address + 5, F_OK) != 0)
        return verb_misuse(b->args, "no Redis runs at %s: start the server, or give --redis URL",
                           address);
    (void)snprintf(path, sizeof path, "%s/" SNAPSHOT_FOLDER, b->stage);
    const enum fault no = dir_make(path, 0700);
    if (no) return verb_fail(b->args, "%s cannot be made", path);
    b->at_ms = clock_wall_ms();
    const enum verb_exit end = snapshot_fetch(b, address);
    if (end) return end;
    (void)snprintf(path, sizeof path, "%s/" SNAPSHOT_LIST, b->stage);
    return file_replace(path, TEXT(SNAPSHOT_LIST_TEXT), 0600)
               ? verb_fail(b->args, "%s cannot be written", path)
               : VERB_DONE;
}

/* ---- what goes with it ----------------------------------------------------------------------- */

/* The base of the append-only file stays as it was fetched: what the check's Redis writes goes
 * into other files. */
static enum verb_exit ledgers_check(struct backup *b)
{
    char from[PATH_SIZE], to[PATH_SIZE + 128];
    enum verb_exit end = snapshot_open(&b->snapshot, b->args, b->stage);
    for (size_t i = 0; i < b->snapshot.communities_n && !end; i++) {
        struct snapshot_community *community = &b->snapshot.communities[i];
        const int n = snprintf(from, sizeof from, "%s/log/%s", b->data, community->slug);
        (void)snprintf(to, sizeof to, "%s/log/%s", b->stage, community->slug);
        const enum fault no = n < 0 || (size_t)n >= sizeof from
                                  ? FAULT_LIMIT
                                  : archive_log_copy(from, to, community->state.seq, &b->doubt);
        end = no ? told(b, no) : snapshot_check(&b->snapshot, community, NULL, 0);
    }
    return end;
}

static json_t *community_json(const struct snapshot_community *community)
{
    CLEANUP(buf) struct buf root = BUF_MAX(KIB);
    hash_put(&root, &community->root);
    return json_pack("{s:s, s:I, s:I, s:s, s:I, s:I, s:I, s:I}", "slug", community->slug,
                     "records", (json_int_t)community->state.seq, "sealed",
                     (json_int_t)community->sealed, "root", community->sealed ? root.data : "",
                     "funds", (json_int_t)community->state.fund_n, "rounds",
                     (json_int_t)community->state.round_n, "tenders",
                     (json_int_t)community->state.tender_n, "proposals",
                     (json_int_t)community->state.proposal_n);
}

static enum fault manifest_write(const struct backup *b, struct buf *out)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(b->at_ms, stamp);
    CLEANUP(json_ref) json_t *manifest =
        json_pack("{s:i, s:s, s:[]}", "format", ARCHIVE_FORMAT, "at", stamp, "communities");
    json_t *communities = json_object_get(manifest, "communities");
    for (size_t i = 0; i < b->snapshot.communities_n; i++)
        if (json_array_append_new(communities, community_json(&b->snapshot.communities[i])) != 0)
            return FAULT_MEMORY;
    char *text = manifest ? json_dumps(manifest, JSON_INDENT(1)) : NULL;
    if (!text) return FAULT_MEMORY;
    buf_cstr(out, text);
    free(text);
    return buf_fault(out);
}

static enum fault members_put(struct backup *b)
{
    char path[PATH_SIZE + 128];
    CLEANUP(buf) struct buf settings = BUF_MAX(SETTINGS_MAX), manifest = BUF_MAX(MANIFEST_MAX);
    enum fault no = archive_put(&b->archive, SNAPSHOT_LIST, TEXT(SNAPSHOT_LIST_TEXT));
    (void)snprintf(path, sizeof path, "%s/" SNAPSHOT_BASE, b->stage);
    if (!no) no = archive_put_file(&b->archive, SNAPSHOT_BASE, path);
    if (!no) no = archive_put_tree(&b->archive, b->stage, "log");
    if (!no) no = archive_put_tree(&b->archive, b->data, "keys");
    (void)snprintf(path, sizeof path, "%s/operator.key", b->data);
    if (!no && access(path, F_OK) == 0) no = archive_put_file(&b->archive, "operator.key", path);
    if (!no) no = archive_put_tree(&b->archive, b->data, FILES_FOLDER);
    settings_write(&settings, b->args->settings);
    if (!no) no = archive_put(&b->archive, SETTINGS_MEMBER, buf_view(&settings));
    if (!no) no = manifest_write(b, &manifest);
    return no ? no : archive_put_end(&b->archive, buf_view(&manifest));
}

static enum fault archive_fill(struct backup *b, FILE *file)
{
    b->archive.doubt = &b->doubt;
    enum fault no = crypt_write_open(&b->archive.crypt, file, b->key, &b->doubt);
    if (!no) no = members_put(b);
    if (!no && (fflush(file) != 0 || fsync(fileno(file)) != 0)) no = FAULT_IO;
    return no;
}

/* The name, too, outlives a power cut. */
static enum fault folder_sync(const char *path)
{
    char folder[PATH_SIZE];
    (void)snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash) slash[slash == folder] = '\0';
    const int fd = open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    return synced ? FAULT_NONE : FAULT_IO;
}

/* Under another name until it is whole and on disk. */
static enum verb_exit archive_write(struct backup *b)
{
    const int fd = open(b->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!file) return verb_misuse(b->args, "%s cannot be written: %s", b->part, strerror(errno));
    enum fault no = archive_fill(b, file);
    if (fclose(file) != 0 && !no) no = FAULT_IO;
    if (!no && rename(b->part, b->out) != 0) no = FAULT_IO;
    if (no) (void)unlink(b->part);
    if (!no) no = folder_sync(b->out);
    return no ? told(b, no) : VERB_DONE;
}

/* ---- the verb -------------------------------------------------------------------------------- */

static void done_tell(const struct backup *b)
{
    for (size_t i = 0; i < b->snapshot.communities_n; i++)
        printf("%s: %llu records, %llu of them sealed; the ledger agrees with its log\n",
               b->snapshot.communities[i].slug,
               (unsigned long long)b->snapshot.communities[i].state.seq,
               (unsigned long long)b->snapshot.communities[i].sealed);
    printf("backup: %zu communities, %llu files, %llu bytes in %s\n", b->snapshot.communities_n,
           (unsigned long long)b->archive.members, (unsigned long long)b->archive.bytes, b->out);
}

static enum verb_exit backup_prepare(struct backup *b)
{
    char path[PATH_SIZE];
    struct stat is;
    enum fault no = FAULT_NONE;
    const int n = snprintf(b->stage, sizeof b->stage, "%s/" STAGE, b->data);
    const int m = snprintf(b->part, sizeof b->part, "%s.part", b->out);
    if (n < 0 || n > PATH_SIZE - 256 || m < 0 || m >= PATH_SIZE)
        return verb_misuse(b->args, "a path is too long");
    if (stat(b->data, &is) != 0 || !S_ISDIR(is.st_mode))
        return verb_misuse(b->args, "there is no data folder %s", b->data);
    (void)snprintf(path, sizeof path, "%s/backup.lock", b->data);
    b->lock = file_lock(path, &no);
    if (no == FAULT_BUSY) return verb_misuse(b->args, "another backup of %s is made", b->data);
    if (!no) no = tree_remove(b->stage); /* of one that was interrupted */
    if (!no) no = dir_make(b->stage, 0700);
    return no ? verb_fail(b->args, "%s cannot be made", b->stage) : VERB_DONE;
}

static enum verb_exit backup_do(struct backup *b)
{
    enum verb_exit end = backup_prepare(b);
    if (end) return end;
    end = snapshot_take(b);
    if (!end) end = ledgers_check(b);
    if (!end) end = archive_write(b);
    if (!end) done_tell(b);
    snapshot_close(&b->snapshot);
    archive_release(&b->archive);
    if (tree_remove(b->stage) && !end) end = verb_fail(b->args, "%s stays behind", b->stage);
    close(b->lock);
    return end;
}

static enum verb_exit key_make(const struct args *args, const char *path)
{
    const enum fault no = archive_key_make(path);
    if (no == FAULT_BUSY)
        return verb_misuse(args, "%s is there already: a key is never overwritten", path);
    if (no) return verb_fail(args, "%s cannot be written: %s", path, fault_name(no));
    printf("%s: keep a copy elsewhere. Without it no archive can be opened, by anybody\n", path);
    return VERB_DONE;
}

static enum verb_exit backup_run(const struct args *args)
{
    static struct backup b;
    const char *key = args_text(args, "key-file"), *made = args_text(args, "make-key");
    b = (struct backup){.args = args,
                        .data = settings_text(args->settings, SETTING_DATA),
                        .out = args_text(args, "out")};
    if (made) return key_make(args, made);
    if (!b.out || !b.out[0] || !key) return verb_misuse(args, "--out and --key-file are needed");
    if (args->settings->of[SETTING_LOG_LEVEL].rank == 0) log_level_set(LOG_ERROR);
    const enum fault no = archive_key_read(key, b.key, &b.doubt);
    if (no) return verb_misuse(args, "%s", b.doubt.what);
    const enum verb_exit end = backup_do(&b);
    secret_wipe(b.key, sizeof b.key);
    return end;
}

static const struct verb_option backup_options[] = {
    {"out", "FILE", "the archive; one of that name is replaced when the new one is whole"},
    {"key-file", "FILE", "the key that encrypts it (mode 0600)"},
    {"make-key", "FILE", "instead: make such a key; the file must not exist yet"},
    {NULL, NULL, NULL},
};

const struct verb verb_backup = {
    .name = "backup",
    .summary = "write ledger, people, texts, files, keys and logs into one encrypted archive",
    .about =
        "Works while the server serves: the archive is one moment of its Redis, with the logs as\n"
        "they were sealed then. Reads the data folder, and the Redis in it or that of --redis.\n"
        "Before it is written the snapshot is loaded by a second Redis and compared with the\n"
        "logs, which takes the ledger's memory and room in DIR/backup.tmp once more for a while.\n"
        "Every archive is a whole one: there are no incremental backups yet. Whoever has the\n"
        "archive and the key has everything; keep them apart.",
    .options = backup_options,
    .settings = true,
    .run = backup_run,
};
