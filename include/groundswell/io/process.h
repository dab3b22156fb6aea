/* process.h -- child processes: start, watch, stop by pid. */
#ifndef GROUNDSWELL_IO_PROCESS_H
#define GROUNDSWELL_IO_PROCESS_H

#include <sys/types.h>

#include "groundswell/base/fault.h"

struct loop;
struct process;

struct process_plan {
    const char *folder;      /* working directory of the child, or NULL */
    const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
    const char *output;      /* file for stdout and stderr (appended; relative to our own folder),
                                or NULL to inherit */
    int stop_with;           /* signal that stops it cleanly; also sent when this process dies
                                (PDEATHSIG) */
    void (*on_exit)(void *ctx, int status); /* as from waitpid; in the loop; may be NULL */
    void *ctx;
};

/* NULL: could not start (logged). */
struct process *process_start(struct loop *loop, const struct process_plan *plan);
/* 0 once it has ended, so that nobody signals a stranger. */
pid_t process_pid(const struct process *process);
/* Sends stop_with, waits up to patience_ms (blocking), then SIGKILL; frees. on_exit is not called.
 * NULL accepted. One that ended by itself is freed with this too, also out of its on_exit. */
void process_stop(struct process *process, unsigned patience_ms);

#endif
