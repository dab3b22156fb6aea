/* redis_process.c -- a Redis of the test's own. See redis_process.h. */
#include "redis_process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS_MAX 32
#define PATIENCE_MS 60000

static void need(int ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "redis_process: %s: %s\n", what, strerror(errno));
    abort();
}

static int dial(const struct redis_process *redis)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s/s", redis->folder);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(fd >= 0, "socket");
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    close(fd);
    return -1;
}

void redis_folder(struct redis_process *redis)
{
    *redis = (struct redis_process){.folder = "/tmp/gs-redis-XXXXXX"};
    need(mkdtemp(redis->folder) != NULL, "mkdtemp");
    snprintf(redis->address, sizeof redis->address, "unix:%s/s", redis->folder);
}

static _Noreturn void become_redis(const struct redis_process *redis)
{
    const char *argv[OPTIONS_MAX + 20] = {
        "redis-server", "--port", "0", "--unixsocket", "s", "--dir", redis->folder, "--logfile",
            "log",
        "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--enable-debug-command",
            "yes"};
    size_t n = 17;
    for (size_t i = 0; redis->options && redis->options[i] && i < OPTIONS_MAX; i++)
        argv[n++] = redis->options[i];
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    need(chdir(redis->folder) == 0, "chdir");
    execvp(argv[0], (char *const *)(size_t)argv);
    need(0, "redis-server");
    abort();
}

void redis_start(struct redis_process *redis)
{
    char reply[128];
    redis->pid = fork();
    need(redis->pid >= 0, "fork");
    if (redis->pid == 0)
        become_redis(redis);
    for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += 10) {
        int fd = dial(redis);
        if (fd >= 0) {
            close(fd);
            redis_say(redis, "PING", reply, sizeof reply);
            if (strncmp(reply, "-LOADING", 8) != 0)
                return;
        }
        usleep(10000);
    }
    need(0, "redis-server does not answer");
}

void redis_begin(struct redis_process *redis, const char *const *options)
{
    redis_folder(redis);
    redis->options = options;
    redis_start(redis);
}

void redis_signal(struct redis_process *redis, int signo)
{
    need(redis->pid > 0 && kill(redis->pid, signo) == 0, "kill");
}

void redis_kill(struct redis_process *redis)
{
    if (redis->pid <= 0)
        return;
    kill(redis->pid, SIGKILL);
    need(waitpid(redis->pid, NULL, 0) == redis->pid, "waitpid");
    redis->pid = 0;
}

void redis_end(struct redis_process *redis)
{
    redis_kill(redis);
    pid_t pid = fork();
    need(pid >= 0, "fork");
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", redis->folder, (char *)NULL);
        _exit(127);
    }
    waitpid(pid, NULL, 0);
}

void redis_say(struct redis_process *redis, const char *line, char *ret, size_t size)
{
    char reply[1024] = "";
    size_t n = 0;
    int fd = dial(redis);
    need(fd >= 0, "connect");
    need(write(fd, line, strlen(line)) > 0 && write(fd, "\r\n", 2) == 2, "write");
    while (n + 1 < sizeof reply && !memchr(reply, '\n', n)) {
        ssize_t got = read(fd, reply + n, sizeof reply - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    close(fd);
    reply[strcspn(reply, "\r\n")] = 0;
    snprintf(ret, size, "%s", reply);
}
