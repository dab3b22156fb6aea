/* process.c -- child processes, held by a pidfd: no SIGCHLD, and never a signal to a stranger who
 * got the pid.
 *
 * A child has its own session, so that ^C at the terminal reaches only us and we stop it in our
 * order; and it is told to stop when we die (PDEATHSIG), so that a killed server leaves no Redis
 * behind. */
#include "groundswell/io/process.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"

struct process {
    pid_t pid; /* 0 once it was waited for */
    int pidfd;
    struct event *exited;
    int stop_with;
    void (*on_exit)(void *ctx, int status);
    void *ctx;
};

/* In the child, between fork and exec: only what is safe there. Sends errno up the pipe when it
 * cannot go on. */
static _Noreturn void child_become(const struct process_plan *plan, pid_t parent, int pipe_up)
{
    sigset_t none;
    sigemptyset(&none);
    bool ready = setsid() >= 0 && prctl(PR_SET_PDEATHSIG, plan->stop_with) == 0;
    if (getppid() != parent) /* it died before PDEATHSIG was set */
        _exit(127);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int in = open("/dev/null", O_RDONLY);
    ready = ready && in >= 0 && dup2(in, STDIN_FILENO) >= 0;
    if (ready && plan->output) {
        int out = open(plan->output, O_WRONLY | O_CREAT | O_APPEND, 0600);
        ready = out >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0;
    }
    ready = ready && close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
    ready = ready && (!plan->folder || chdir(plan->folder) == 0);
    if (ready)
        execvp(plan->argv[0], (char *const *)(uintptr_t)plan->argv);
    int why = errno;
    _exit(write(pipe_up, &why, sizeof why) == sizeof why ? 127 : 126);
}

/* Forks and waits until the child has become the program; -1 with errno where it could not. */
static pid_t fork_and_become(const struct process_plan *plan)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        child_become(plan, parent, ends[1]);
    int why = errno;
    close(ends[1]);
    ssize_t n = 0;
    if (pid > 0) {
        do
            n = read(ends[0], &why, sizeof why);
        while (n < 0 && errno == EINTR);
    }
    close(ends[0]);
    if (pid > 0 && n == sizeof why) {
        waitpid(pid, NULL, 0);
        pid = -1;
    }
    if (pid < 0)
        errno = why;
    return pid;
}

static void process_free(struct process *process)
{
    if (process->exited)
        event_free(process->exited);
    if (process->pidfd >= 0)
        close(process->pidfd);
    free(process);
}

static void process_exited(evutil_socket_t fd, short what, void *ctx)
{
    struct process *process = ctx;
    int status = 0;
    (void)fd;
    (void)what;
    if (waitpid(process->pid, &status, WNOHANG) == 0)
        return;
    process->pid = 0;
    event_del(process->exited);
    if (process->on_exit) /* may free the process */
        process->on_exit(process->ctx, status);
}

static bool process_watch(struct process *process, struct loop *loop)
{
    process->pidfd = pidfd_open(process->pid, 0);
    if (process->pidfd < 0)
        return false;
    process->exited = event_new(loop_base(loop), process->pidfd, EV_READ | EV_PERSIST,
                                process_exited, process);
    return process->exited && event_add(process->exited, NULL) == 0;
}

struct process *process_start(struct loop *loop, const struct process_plan *plan)
{
    struct process *process = calloc(1, sizeof *process);
    if (!process)
        return NULL;
    *process = (struct process){
        .pidfd = -1, .stop_with = plan->stop_with, .on_exit = plan->on_exit, .ctx = plan->ctx};
    process->pid = fork_and_become(plan);
    if (process->pid < 0) {
        log_error("io", "cannot start %s: %s", plan->argv[0], strerror(errno));
        process_free(process);
        return NULL;
    }
    if (!process_watch(process, loop)) {
        log_error("io", "cannot watch %s: %s", plan->argv[0], strerror(errno));
        kill(process->pid, SIGKILL);
        waitpid(process->pid, NULL, 0);
        process_free(process);
        return NULL;
    }
    return process;
}

pid_t process_pid(const struct process *process)
{
    return process->pid;
}

/* True when it has ended within patience_ms. */
static bool ended_within(const struct process *process, unsigned patience_ms)
{
    uint64_t until_us = clock_steady_us() + (uint64_t)patience_ms * 1000;
    for (;;) {
        uint64_t now_us = clock_steady_us();
        int left_ms = now_us >= until_us ? 0 : (int)((until_us - now_us + 999) / 1000);
        struct pollfd watched = {.fd = process->pidfd, .events = POLLIN};
        int n = poll(&watched, 1, left_ms);
        if (n > 0)
            return true;
        if (n == 0 || errno != EINTR)
            return false;
    }
}

void process_stop(struct process *process, unsigned patience_ms)
{
    if (!process)
        return;
    if (process->pid > 0) {
        kill(process->pid, process->stop_with);
        if (!ended_within(process, patience_ms)) {
            log_warn("io", "process %d did not stop within %u ms: killed", (int)process->pid,
                     patience_ms);
            kill(process->pid, SIGKILL);
        }
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    process_free(process);
}
