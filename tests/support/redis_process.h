/* redis_process.h -- a Redis of the test's own, in a short temporary folder, gone with the test. */
#ifndef TESTS_REDIS_PROCESS_H
#define TESTS_REDIS_PROCESS_H

#include <stddef.h>
#include <sys/types.h>

struct redis_process {
    char folder[32];
    char address[64]; /* unix:FOLDER/s */
    pid_t pid;        /* 0: not running */
    const char *const *options;
};

/* Makes the folder and starts a Redis with the settings of a ledger and then `options`
 * (NULL-terminated argv pieces, may be NULL). Returns when it answers. */
void redis_begin(struct redis_process *redis, const char *const *options);
/* The folder alone. */
void redis_folder(struct redis_process *redis);
void redis_start(struct redis_process *redis);            /* again, on the same folder */
void redis_signal(struct redis_process *redis, int signo);
void redis_kill(struct redis_process *redis);             /* SIGKILL, waits */
void redis_end(struct redis_process *redis);              /* kills and removes the folder */
/* Says one line of the inline protocol; the first line of the reply in ret. */
void redis_say(struct redis_process *redis, const char *line, char *ret, size_t size);

#endif
