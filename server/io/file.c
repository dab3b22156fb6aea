/* file.c -- whole small files: there after a crash, or not there; never half.
 *
 * The order is what makes it so: write under a temporary name, fsync the file, give it its name,
 * fsync the folder. */
#include "groundswell/io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_again(const char *path, int flags)
{
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static enum fault read_all(int fd, struct buf *out)
{
    char chunk[16 * 1024];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n == 0)
            return buf_fault(out);
        if (n < 0 && errno != EINTR)
            return FAULT_IO;
        if (n > 0)
            buf_put(out, chunk, (size_t)n);
        if (buf_fault(out))
            return buf_fault(out);
    }
}

enum fault file_read(const char *path, struct buf *out)
{
    int fd = open_again(path, O_RDONLY);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? FAULT_ABSENT : FAULT_IO;
    enum fault fault = read_all(fd, out);
    int errno_kept = errno;
    close(fd);
    errno = errno_kept;
    return fault;
}

static enum fault write_all(int fd, struct text content)
{
    while (content.n) {
        ssize_t n = write(fd, content.at, content.n);
        if (n < 0 && errno != EINTR)
            return FAULT_IO;
        if (n > 0) {
            content.at += n;
            content.n -= (size_t)n;
        }
    }
    return FAULT_NONE;
}

/* Makes a rename or link in the folder of path last. */
static enum fault folder_sync(const char *path)
{
    char copy[PATH_MAX];
    if (strlen(path) >= sizeof copy)
        return FAULT_LIMIT;
    memcpy(copy, path, strlen(path) + 1);
    int fd = open_again(dirname(copy), O_RDONLY | O_DIRECTORY);
    if (fd < 0)
        return FAULT_IO;
    enum fault fault = fsync(fd) == 0 ? FAULT_NONE : FAULT_IO;
    int errno_kept = errno;
    close(fd);
    errno = errno_kept;
    return fault;
}

static enum fault write_and_sync(int fd, struct text content, mode_t mode)
{
    enum fault fault = write_all(fd, content);
    if (!fault && (fchmod(fd, mode) != 0 || fsync(fd) != 0))
        fault = FAULT_IO;
    return fault;
}

/* A complete, synced file beside path; its name in ret_temp. On a fault nothing is left behind. */
static enum fault write_temp(const char *path, struct text content, mode_t mode,
                             char ret_temp[static PATH_MAX])
{
    int n = snprintf(ret_temp, PATH_MAX, "%s.XXXXXX", path);
    if (n < 0 || n >= PATH_MAX)
        return FAULT_LIMIT;
    int fd = mkostemp(ret_temp, O_CLOEXEC);
    if (fd < 0)
        return FAULT_IO;
    enum fault fault = write_and_sync(fd, content, mode);
    int errno_kept = errno;
    if (close(fd) != 0 && !fault) {
        fault = FAULT_IO;
        errno_kept = errno;
    }
    if (fault)
        unlink(ret_temp);
    errno = errno_kept;
    return fault;
}

enum fault file_replace(const char *path, struct text content, mode_t mode)
{
    char temp[PATH_MAX];
    enum fault fault = write_temp(path, content, mode, temp);
    if (fault)
        return fault;
    if (rename(temp, path) != 0) {
        int errno_kept = errno;
        unlink(temp);
        errno = errno_kept;
        return FAULT_IO;
    }
    return folder_sync(path);
}

/* link(2) gives the name only if nobody has it; rename(2) would take it away from whoever was
 * faster. */
enum fault file_create(const char *path, struct text content, mode_t mode)
{
    char temp[PATH_MAX];
    enum fault fault = write_temp(path, content, mode, temp);
    if (fault)
        return fault;
    int failed = link(temp, path), errno_kept = errno;
    unlink(temp);
    errno = errno_kept;
    if (failed)
        return errno == EEXIST ? FAULT_BUSY : FAULT_IO;
    return folder_sync(path);
}

static enum fault dir_make_one(const char *path, mode_t mode)
{
    struct stat is;
    if (mkdir(path, mode) == 0) /* a key made in it outlives a power cut only if the folder does */
        return folder_sync(path);
    if (errno != EEXIST || stat(path, &is) != 0)
        return FAULT_IO;
    if (S_ISDIR(is.st_mode))
        return FAULT_NONE;
    errno = ENOTDIR;
    return FAULT_IO;
}

enum fault dir_make(const char *path, mode_t mode)
{
    char part[PATH_MAX];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return FAULT_LIMIT;
    memcpy(part, path, n + 1);
    for (size_t i = 1; i < n; i++) {
        if (part[i] != '/')
            continue;
        part[i] = '\0';
        enum fault fault = dir_make_one(part, mode);
        if (fault)
            return fault;
        part[i] = '/';
    }
    return dir_make_one(part, mode);
}

bool file_is_private(const char *path)
{
    struct stat is;
    return stat(path, &is) == 0 && S_ISREG(is.st_mode) && (is.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

int file_lock(const char *path, enum fault *ret_fault)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *ret_fault = FAULT_NONE;
        return fd;
    }
    *ret_fault = fd >= 0 && errno == EWOULDBLOCK ? FAULT_BUSY : FAULT_IO;
    int errno_kept = errno;
    if (fd >= 0)
        close(fd);
    errno = errno_kept;
    return -1;
}

static enum fault append_to(int fd, struct text content)
{
    ssize_t n;
    do
        n = write(fd, content.at, content.n);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)content.n && fsync(fd) == 0 ? FAULT_NONE : FAULT_IO;
}

enum fault file_append(const char *path, struct text content, mode_t mode)
{
    int fd;
    do
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    if (fd < 0)
        return FAULT_IO;
    enum fault fault = append_to(fd, content);
    int errno_kept = errno;
    close(fd);
    errno = errno_kept;
    return fault ? fault : folder_sync(path);
}
