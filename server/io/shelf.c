/* shelf.c -- files that never change, each under the name of its hash.
 *
 * Putting, taking back and forgetting hold a lock on the folder of the first two digits, so that
 * nobody removes what somebody else has put there a moment ago. Readers need none: a name leads to
 * the whole file or to nothing, and an open file stays readable when its name goes. */
#include "groundswell/io/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "groundswell/base/buf.h"
#include "groundswell/io/file.h"
#include "spool_inside.h"

bool shelf_name_is_valid(struct text name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!(name.at[i] >= '0' && name.at[i] <= '9') && !(name.at[i] >= 'a' && name.at[i] <= 'f'))
            return false;
    return name.n == SHELF_NAME_SIZE;
}

/* FOLDER/<first two digits>, and the name itself behind it where `whole`. */
static enum fault place_of(const char *folder, struct text name, bool whole,
                           char ret[static PATH_MAX])
{
    INVARIANT(shelf_name_is_valid(name));
    int n = snprintf(ret, PATH_MAX, "%s/%.2s%s%.*s", folder, name.at, whole ? "/" : "",
                     whole ? SHELF_NAME_SIZE : 0, name.at);
    return n > 0 && n < PATH_MAX ? FAULT_NONE : FAULT_LIMIT;
}

/* The folder of a name, locked until it is closed; -1 where it cannot be had. */
static int place_lock(const char *place)
{
    int fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int no;
    do
        no = flock(fd, LOCK_EX);
    while (no != 0 && errno == EINTR);
    if (no == 0)
        return fd;
    int errno_kept = errno;
    close(fd);
    errno = errno_kept;
    return -1;
}

static enum fault place_leave(int fd, enum fault fault)
{
    int errno_kept = errno;
    close(fd);
    errno = errno_kept;
    return fault;
}

static enum fault put_in(int place, struct spool *spool)
{
    struct stat is;
    bool fresh = fstatat(place, spool->hex, &is, AT_SYMLINK_NOFOLLOW) != 0;
    if (renameat(AT_FDCWD, spool->path, place, spool->hex) != 0)
        return FAULT_IO;
    spool->shelved = true;
    spool->fresh = fresh;
    return fsync(place) == 0 ? FAULT_NONE : FAULT_IO;
}

enum fault shelf_put(const char *folder, struct spool *spool)
{
    char place[PATH_MAX];
    INVARIANT(!spool->shelved && !spool->failed);
    enum fault fault = place_of(folder, text_of(spool_digest(spool)), false, place);
    if (!fault && fsync(spool->fd) != 0)
        fault = FAULT_IO;
    if (!fault)
        fault = dir_make(place, 0700);
    if (fault)
        return fault;
    int fd = place_lock(place);
    return fd < 0 ? FAULT_IO : place_leave(fd, put_in(fd, spool));
}

static enum fault take_out(int place, const struct spool *spool)
{
    struct stat there, ours;
    if (fstatat(place, spool->hex, &there, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? FAULT_NONE : FAULT_IO;
    if (fstat(spool->fd, &ours) != 0)
        return FAULT_IO;
    if (there.st_ino != ours.st_ino || there.st_dev != ours.st_dev)
        return FAULT_NONE;
    return unlinkat(place, spool->hex, 0) == 0 && fsync(place) == 0 ? FAULT_NONE : FAULT_IO;
}

enum fault shelf_take_back(const char *folder, struct spool *spool)
{
    char place[PATH_MAX];
    if (!spool->shelved || !spool->fresh)
        return FAULT_NONE;
    enum fault fault = place_of(folder, text_of(spool->hex), false, place);
    if (fault)
        return fault;
    int fd = place_lock(place);
    return fd < 0 ? FAULT_IO : place_leave(fd, take_out(fd, spool));
}

int shelf_open(const char *folder, struct text name, uint64_t *ret_bytes, enum fault *ret_fault)
{
    char path[PATH_MAX];
    struct stat is;
    *ret_fault = place_of(folder, name, true, path);
    if (*ret_fault)
        return -1;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode)) {
        *ret_bytes = (uint64_t)is.st_size;
        return fd;
    }
    *ret_fault = fd < 0 && errno == ENOENT ? FAULT_ABSENT : FAULT_IO;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* ---- forgetting ------------------------------------------------------------------------------ */

static bool has_rested(const struct stat *is, uint64_t rest_s)
{
    time_t now_s = time(NULL);
    return is->st_mtime <= now_s && (uint64_t)(now_s - is->st_mtime) >= rest_s;
}

static enum fault forget_in(int place, const char *name, uint64_t since_s, uint64_t rest_s)
{
    struct stat is;
    if (fstatat(place, name, &is, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? FAULT_NONE : FAULT_IO;
    if (!has_rested(&is, rest_s) || (uint64_t)is.st_mtime < since_s)
        return FAULT_NONE;
    return unlinkat(place, name, 0) == 0 ? FAULT_NONE : FAULT_IO;
}

enum fault shelf_forget(const char *folder, struct text name, uint64_t since_s, uint64_t rest_s)
{
    char place[PATH_MAX], word[SHELF_NAME_SIZE + 1];
    enum fault fault = place_of(folder, name, false, place);
    if (fault)
        return fault;
    snprintf(word, sizeof word, "%.*s", TEXT_ARGS(name));
    int fd = place_lock(place);
    if (fd < 0)
        return errno == ENOENT ? FAULT_NONE : FAULT_IO;
    return place_leave(fd, forget_in(fd, word, since_s, rest_s));
}

static enum fault list_in(int place, uint64_t rest_s, struct buf *out)
{
    DIR *dir = fdopendir(place);
    if (!dir) {
        close(place);
        return FAULT_IO;
    }
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct stat is;
        struct text name = text_of(entry->d_name);
        if (shelf_name_is_valid(name) && fstatat(place, entry->d_name, &is, 0) == 0 &&
            has_rested(&is, rest_s))
            buf_text(out, name);
    }
    closedir(dir);
    return buf_fault(out);
}

enum fault shelf_list(const char *folder, uint64_t rest_s, struct buf *out)
{
    for (unsigned first = 0; first < 256; first++) {
        char place[PATH_MAX];
        int n = snprintf(place, sizeof place, "%s/%02x", folder, first);
        if (n < 0 || (size_t)n >= sizeof place)
            return FAULT_LIMIT;
        int fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0 && errno == ENOENT)
            continue;
        enum fault fault = fd < 0 ? FAULT_IO : list_in(fd, rest_s, out);
        if (fault)
            return fault;
    }
    return FAULT_NONE;
}
