/* disk.c -- write, sync, name; and the gate before each of them. */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "groundswell/io/file.h"

static void whole_path(const struct disk *disk, const char *path, char ret[static PATH_MAX])
{
    int n = snprintf(ret, PATH_MAX, "%s/%s", disk->folder, path);
    INVARIANT(n > 0 && n < PATH_MAX); /* seal_open() bounds the folder's length */
}

/* False with errno set where a test wants this operation to fail. */
static bool gate(struct disk *disk, const char *operation, const char *path)
{
    int no = disk->before ? disk->before(disk->before_ctx, operation, path) : 0;
    if (no)
        errno = no;
    return no == 0;
}

static enum fault failed(struct disk *disk, const char *operation, const char *path)
{
    return doubt_raise(disk->doubt, FAULT_IO, "%s of %s in %s failed: %s", operation, path,
                       disk->folder, strerror(errno));
}

enum fault disk_read(struct disk *disk, const char *path, struct buf *out)
{
    char whole[PATH_MAX];
    whole_path(disk, path, whole);
    if (!gate(disk, "read", path))
        return failed(disk, "read", path);
    enum fault fault = file_read(whole, out);
    return fault == FAULT_IO ? failed(disk, "read", path) : fault;
}

static bool write_all(int fd, struct text bytes)
{
    while (bytes.n) {
        ssize_t n = write(fd, bytes.at, bytes.n);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            bytes.at += n;
            bytes.n -= (size_t)n;
        }
    }
    return true;
}

static bool write_gated(struct disk *disk, int fd, const char *path, struct text bytes)
{
    if (gate(disk, "write", path))
        return write_all(fd, bytes);
    int no = errno;
    if (write_all(fd, (struct text){bytes.at, bytes.n / 2})) /* as a disk that fills up does */
        errno = no;
    return false;
}

/* The log is locked, so that the places in the queue are names enough. */
static void temp_path(const struct disk *disk, size_t place, char ret[static PATH_MAX])
{
    char path[32];
    INVARIANT(snprintf(path, sizeof path, "tmp/%zu", place) > 0);
    whole_path(disk, path, ret);
}

void disk_release(struct disk *disk)
{
    for (size_t i = 0; i < disk->waiting_n; i++)
        close(disk->waiting[i].fd);
    disk->waiting_n = 0;
}

static enum fault settle_folders(struct disk *disk)
{
    char whole[PATH_MAX];
    for (size_t i = 0; i < disk->unsettled_n; i++) {
        const char *path = disk->unsettled[i];
        whole_path(disk, path, whole);
        int fd = open(whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        bool done = fd >= 0 && gate(disk, "fsync", path) && fsync(fd) == 0;
        enum fault fault = done ? FAULT_NONE : failed(disk, "fsync", path);
        if (fd >= 0)
            close(fd);
        if (fault)
            return fault;
    }
    disk->unsettled_n = 0;
    return FAULT_NONE;
}

static enum fault note_unsettled(struct disk *disk, struct text folder)
{
    for (size_t i = 0; i < disk->unsettled_n; i++)
        if (text_is(folder, disk->unsettled[i]))
            return FAULT_NONE;
    if (disk->unsettled_n == DISK_UNSETTLED_MAX) {
        enum fault fault = settle_folders(disk);
        if (fault)
            return fault;
    }
    INVARIANT(folder.n < DISK_PATH_SIZE);
    char *at = disk->unsettled[disk->unsettled_n++];
    memcpy(at, folder.at, folder.n);
    at[folder.n] = '\0';
    return FAULT_NONE;
}

/* The folder of path and those above it: a crash may have left one that was made but never synced,
 * and a sync of one that was costs next to nothing. */
static enum fault note_folders(struct disk *disk, const char *path)
{
    for (size_t n = strlen(path); n-- > 0;)
        if (path[n] == '/') {
            enum fault fault = note_unsettled(disk, (struct text){path, n});
            if (fault)
                return fault;
        }
    return note_unsettled(disk, TEXT("."));
}

enum fault disk_mkdir(struct disk *disk, const char *path)
{
    char whole[PATH_MAX];
    whole_path(disk, path, whole);
    if (!gate(disk, "mkdir", path) || (mkdir(whole, 0755) != 0 && errno != EEXIST))
        return failed(disk, "mkdir", path);
    return FAULT_NONE;
}

static enum fault make_folders(struct disk *disk, const char *path)
{
    char part[DISK_PATH_SIZE];
    for (size_t n = 1; path[n]; n++) {
        if (path[n] != '/')
            continue;
        INVARIANT(n < sizeof part);
        memcpy(part, path, n);
        part[n] = '\0';
        enum fault fault = disk_mkdir(disk, part);
        if (fault)
            return fault;
    }
    return FAULT_NONE;
}

static enum fault give_name(struct disk *disk, size_t place)
{
    char from[PATH_MAX], to[PATH_MAX];
    const char *path = disk->waiting[place].path;
    temp_path(disk, place, from);
    whole_path(disk, path, to);
    if (!gate(disk, "rename", path))
        return failed(disk, "rename", path);
    int no = rename(from, to);
    if (no != 0 && errno == ENOENT) {
        enum fault fault = make_folders(disk, path);
        if (fault)
            return fault;
        no = rename(from, to);
    }
    return no == 0 ? note_folders(disk, path) : failed(disk, "rename", path);
}

/* All synced, then all named. */
static enum fault flush(struct disk *disk)
{
    size_t n = disk->waiting_n;
    for (size_t i = 0; i < n; i++)
        if (!gate(disk, "fsync", disk->waiting[i].path) || fsync(disk->waiting[i].fd) != 0)
            return failed(disk, "fsync", disk->waiting[i].path);
    disk_release(disk);
    enum fault fault = FAULT_NONE;
    for (size_t i = 0; !fault && i < n; i++)
        fault = give_name(disk, i);
    return fault;
}

enum fault disk_put(struct disk *disk, const char *path, struct text bytes)
{
    char whole[PATH_MAX];
    enum fault fault = disk->waiting_n == DISK_WAITING_MAX ? flush(disk) : FAULT_NONE;
    if (fault)
        return fault;
    struct disk_waiting *waiting = &disk->waiting[disk->waiting_n];
    temp_path(disk, disk->waiting_n, whole);
    INVARIANT(strlen(path) < sizeof waiting->path);
    memcpy(waiting->path, path, strlen(path) + 1);
    waiting->fd = gate(disk, "open", path)
                      ? open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)
                      : -1;
    if (waiting->fd < 0)
        return failed(disk, "open", path);
    disk->waiting_n++;
    return write_gated(disk, waiting->fd, path, bytes) ? FAULT_NONE : failed(disk, "write", path);
}

enum fault disk_settle(struct disk *disk)
{
    enum fault fault = flush(disk);
    return fault ? fault : settle_folders(disk);
}

enum fault disk_put_once(struct disk *disk, const char *path, struct text bytes)
{
    CLEANUP(buf) struct buf there = BUF_MAX(BUNDLE_MAX);
    enum fault fault = disk_read(disk, path, &there);
    if (fault == FAULT_ABSENT)
        return disk_put(disk, path, bytes);
    if (fault)
        return fault;
    if (!text_equal(buf_view(&there), bytes))
        return doubt_raise(disk->doubt, FAULT_FORMAT,
                           "%s in %s holds other bytes than the records lead to", path,
                           disk->folder);
    return disk_put(disk, path, bytes); /* again, because whether it was ever synced is unknown */
}

enum fault disk_drop(struct disk *disk, const char *path)
{
    char whole[PATH_MAX];
    whole_path(disk, path, whole);
    if (access(whole, F_OK) != 0 && errno == ENOENT)
        return FAULT_NONE;
    if (!gate(disk, "unlink", path) || (unlink(whole) != 0 && errno != ENOENT))
        return failed(disk, "unlink", path);
    return FAULT_NONE;
}

struct partial_drop {
    struct disk *disk;
    struct tile tile;
    unsigned keep;
    enum fault fault;
};

static void drop_named(void *to, const char *name, bool is_folder)
{
    struct partial_drop *drop = to;
    uint64_t width;
    if (drop->fault || is_folder || !text_to_u64(text_of(name), TILE_WIDTH - 1, &width)
        || width <= drop->keep)
        return;
    char path[TILE_PATH_SIZE];
    drop->tile.width = (unsigned)width;
    tile_path(drop->tile, path);
    drop->fault = disk_drop(drop->disk, path);
}

enum fault disk_drop_partial(struct disk *disk, struct tile tile, unsigned keep)
{
    struct partial_drop drop = {disk, tile, keep, FAULT_NONE};
    char folder[TILE_PATH_SIZE], whole[PATH_MAX];
    tile.width = 1;
    tile_path(tile, folder);
    *strrchr(folder, '/') = '\0';
    struct source source = source_of_folder(disk->folder);
    enum fault fault = source.list(source.ctx, folder, drop_named, &drop);
    whole_path(disk, folder, whole);
    if (!fault && !drop.fault)
        (void)rmdir(whole); /* refuses where something is left */
    return fault ? failed(disk, "list", folder) : drop.fault;
}

static enum fault fetch(void *ctx, const char *path, struct buf *out)
{
    return disk_read(ctx, path, out);
}

static enum fault list(void *ctx, const char *path,
                       void (*name)(void *to, const char *name, bool is_folder), void *to)
{
    struct source source = source_of_folder(((struct disk *)ctx)->folder);
    return source.list(source.ctx, path, name, to);
}

struct source source_of_disk(struct disk *disk)
{
    return (struct source){fetch, list, disk};
}
