/* spool.c -- a file on its way in: a temporary name, a lock, a hash that grows with it.
 *
 * The lock says that somebody is still there. It is taken after the file is made, so a sweep may
 * come between the two: then either the lock or the name is gone, and another file is made. */
#include "spool_inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/log.h"
#include "groundswell/io/file.h"

#define MARK "arriving-"
#define TRIES_MAX 16

static bool is_ours(int fd)
{
    struct stat is;
    return flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &is) == 0 && is.st_nlink > 0;
}

static enum fault spool_make(struct spool *spool, const char *folder)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        int n = snprintf(spool->path, sizeof spool->path, "%s/" MARK "XXXXXX", folder);
        if (n < 0 || (size_t)n >= sizeof spool->path)
            return FAULT_LIMIT;
        spool->fd = mkostemp(spool->path, O_CLOEXEC);
        if (spool->fd < 0)
            return FAULT_IO;
        if (is_ours(spool->fd))
            return FAULT_NONE;
        close(spool->fd);
        spool->fd = -1;
    }
    errno = EAGAIN;
    return FAULT_IO;
}

struct spool *spool_open(const char *folder)
{
    struct spool *spool = calloc(1, sizeof *spool);
    if (!spool)
        return NULL;
    spool->fd = -1;
    spool->digest = digest_new();
    if (spool->digest && !dir_make(folder, 0700) && !spool_make(spool, folder))
        return spool;
    int errno_kept = errno;
    spool_free(spool);
    errno = errno_kept;
    return NULL;
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    if (spool->fd >= 0) {
        if (!spool->shelved && unlink(spool->path) != 0)
            log_warn("io", "a file that did not arrive stays: %s", strerror(errno));
        close(spool->fd);
    }
    digest_free(spool->digest);
    free(spool);
}

enum fault spool_put(struct spool *spool, struct text bytes)
{
    INVARIANT(spool->digest);
    if (spool->failed)
        return FAULT_IO;
    for (struct text rest = bytes; rest.n > 0;) {
        ssize_t n = write(spool->fd, rest.at, rest.n);
        if (n < 0 && errno != EINTR) {
            spool->failed = true;
            return FAULT_IO;
        }
        if (n > 0)
            rest = (struct text){rest.at + n, rest.n - (size_t)n};
    }
    digest_put(spool->digest, bytes);
    spool->bytes += bytes.n;
    return FAULT_NONE;
}

bool spool_is_full(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

uint64_t spool_bytes(const struct spool *spool)
{
    return spool->bytes;
}

const char *spool_digest(struct spool *spool)
{
    if (!spool->digest)
        return spool->hex;
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(sizeof spool->hex);
    digest_end(spool->digest, digest);
    digest_free(spool->digest);
    spool->digest = NULL;
    encode_hex(&hex, digest, sizeof digest);
    INVARIANT(hex.len == sizeof spool->hex - 1);
    memcpy(spool->hex, hex.data, sizeof spool->hex);
    return spool->hex;
}

int spool_fd(const struct spool *spool)
{
    return spool->fd;
}

/* ---- what others left behind ----------------------------------------------------------------- */

static void sweep_one(int folder, const char *name)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0 && unlinkat(folder, name, 0) == 0)
        log_info("io", "swept %s, which had not arrived whole", name);
    close(fd);
}

enum fault spool_sweep(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? FAULT_NONE : FAULT_IO;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (text_starts(text_of(entry->d_name), TEXT(MARK)))
            sweep_one(dirfd(dir), entry->d_name);
    closedir(dir);
    return FAULT_NONE;
}
