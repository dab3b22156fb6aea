/* check.c -- comparisons that print what they saw, children that may abort, folders that go
 * away. */
#include "check.h"

#include <ftw.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void check_text(struct text got, const char *wanted, const char *file, int line)
{
    if (text_is(got, wanted))
        return;
    print_error("got    \"%.*s\"\nwanted \"%s\"\n", TEXT_ARGS(got), wanted);
    _fail(file, line);
}

void check_buf(const struct buf *buf, const char *wanted, const char *file, int line)
{
    if (buf_fault(buf))
        print_error("the buffer has fault %d\n", (int)buf_fault(buf));
    check_text(buf_view(buf), wanted, file, line);
    _assert_int_equal(buf_fault(buf), FAULT_NONE, file, line);
}

int status_of(void (*act)(void))
{
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        assert_non_null(freopen("/dev/null", "w", stderr));
        act();
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

void temp_dir_make(struct temp_dir *ret)
{
    snprintf(ret->path, sizeof ret->path, "/tmp/gs-XXXXXX");
    assert_non_null(mkdtemp(ret->path));
}

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *walk)
{
    (void)is;
    (void)kind;
    (void)walk;
    return remove(path);
}

void temp_dir_remove(const struct temp_dir *dir)
{
    nftw(dir->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *temp_path(const struct temp_dir *dir, const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", dir->path, name);
    return path;
}
