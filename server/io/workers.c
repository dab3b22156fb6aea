/* workers.c -- a fixed number of threads over one bounded ring of jobs.
 *
 * Who submits is told at once when the ring is full: the request that wanted the work is answered
 * 503 rather than queued behind a minute of password hashes. */
#include "groundswell/io/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>

#include "groundswell/io/loop.h"

struct job {
    void (*work)(void *ctx);
    void (*done)(void *ctx);
    void *ctx;
};

struct workers {
    struct loop *loop;
    pthread_mutex_t lock; /* over all below */
    pthread_cond_t came;
    bool stop;
    struct job *ring;
    size_t ring_max, first, n;
    size_t threads_n;
    pthread_t threads[];
};

/* False when the pool stops. */
static bool job_take(struct workers *workers, struct job *ret)
{
    pthread_mutex_lock(&workers->lock);
    while (!workers->stop && workers->n == 0)
        pthread_cond_wait(&workers->came, &workers->lock);
    bool got = !workers->stop;
    if (got) {
        *ret = workers->ring[workers->first];
        workers->first = (workers->first + 1) % workers->ring_max;
        workers->n--;
    }
    pthread_mutex_unlock(&workers->lock);
    return got;
}

static void *worker(void *ctx)
{
    struct workers *workers = ctx;
    struct job job;
    while (job_take(workers, &job)) {
        job.work(job.ctx);
        /* out of memory here would lose an answer that somebody waits for: wait for better times */
        while (loop_later_from_thread(workers->loop, job.done, job.ctx) == FAULT_MEMORY)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return NULL;
}

/* Signals are the loop's business: a worker is born with all of them blocked. */
static bool start_threads(struct workers *workers, size_t threads)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (workers->threads_n < threads &&
           pthread_create(&workers->threads[workers->threads_n], NULL, worker, workers) == 0)
        workers->threads_n++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return workers->threads_n == threads;
}

struct workers *workers_new(struct loop *loop, size_t threads, size_t queue_max)
{
    INVARIANT(threads > 0 && queue_max > 0);
    struct workers *workers = calloc(1, sizeof *workers + threads * sizeof workers->threads[0]);
    struct job *ring = calloc(queue_max, sizeof *ring);
    if (!workers || !ring) {
        free(workers);
        free(ring);
        return NULL;
    }
    workers->loop = loop;
    workers->ring = ring;
    workers->ring_max = queue_max;
    pthread_mutex_init(&workers->lock, NULL);
    pthread_cond_init(&workers->came, NULL);
    if (!start_threads(workers, threads)) {
        workers_free(workers);
        return NULL;
    }
    return workers;
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stop = true;
    pthread_cond_broadcast(&workers->came);
    pthread_mutex_unlock(&workers->lock);
    for (size_t i = 0; i < workers->threads_n; i++)
        pthread_join(workers->threads[i], NULL);
    pthread_mutex_destroy(&workers->lock);
    pthread_cond_destroy(&workers->came);
    free(workers->ring);
    free(workers);
}

enum fault workers_submit(struct workers *workers, void (*work)(void *ctx), void (*done)(void *ctx),
                          void *ctx)
{
    enum fault fault = FAULT_BUSY;
    pthread_mutex_lock(&workers->lock);
    if (workers->n < workers->ring_max) {
        size_t last = (workers->first + workers->n) % workers->ring_max;
        workers->ring[last] = (struct job){work, done, ctx};
        workers->n++;
        pthread_cond_signal(&workers->came);
        fault = FAULT_NONE;
    }
    pthread_mutex_unlock(&workers->lock);
    return fault;
}
