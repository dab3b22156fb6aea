/* source.c -- a log in a folder, as reader.h wants to be given it. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#include "groundswell/io/file.h"
#include "groundswell/tlog/reader.h"

static enum fault folder_fetch(void *ctx, const char *path, struct buf *out)
{
    char whole[PATH_MAX];
    int n = snprintf(whole, sizeof whole, "%s/%s", (const char *)ctx, path);
    if (n < 0 || (size_t)n >= sizeof whole)
        return FAULT_LIMIT;
    return file_read(whole, out);
}

static bool is_folder(const char *folder, const struct dirent *entry)
{
    if (entry->d_type != DT_UNKNOWN)
        return entry->d_type == DT_DIR;
    char whole[PATH_MAX]; /* a file system that does not say */
    struct stat is;
    int n = snprintf(whole, sizeof whole, "%s/%s", folder, entry->d_name);
    return n > 0 && (size_t)n < sizeof whole && stat(whole, &is) == 0 && S_ISDIR(is.st_mode);
}

static enum fault folder_list(void *ctx, const char *path,
                              void (*name)(void *to, const char *name, bool is_folder), void *to)
{
    char whole[PATH_MAX];
    int n = snprintf(whole, sizeof whole, "%s/%s", (const char *)ctx, path);
    if (n < 0 || (size_t)n >= sizeof whole)
        return FAULT_LIMIT;
    DIR *folder = opendir(whole);
    if (!folder)
        return errno == ENOENT ? FAULT_NONE : FAULT_IO;
    errno = 0;
    for (struct dirent *entry; (entry = readdir(folder)); errno = 0)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            name(to, entry->d_name, is_folder(whole, entry));
    enum fault fault = errno ? FAULT_IO : FAULT_NONE;
    closedir(folder);
    return fault;
}

struct source source_of_folder(const char *folder)
{
    return (struct source){folder_fetch, folder_list, (void *)folder};
}
