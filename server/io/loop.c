/* loop.c -- one libevent base, turned by hand, so that there is an end of each turn to defer things
 * to.
 *
 * libevent's own locking stays off: it would tax every event for the sake of the one call that
 * threads may make. Threads put their calls into a list of their own under a mutex and wake the
 * loop through an eventfd. */
#include "groundswell/io/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"

#define LATER_TURNS_AT_END 64 /* deferred calls that defer again when the loop ends */

struct later {
    void (*call)(void *ctx);
    void *ctx;
};

struct laters {
    struct later *at;
    size_t n, cap;
};

struct handler {
    struct event *event;
    void (*call)(void *ctx);
    void *ctx;
};

struct timer {
    struct event event;
    struct loop *loop;
    struct timer *next, **link; /* link: what points here */
    void (*call)(void *ctx);
    void *ctx;
};

struct loop {
    struct event_base *base;
    struct laters later, running; /* running: the batch of this turn; its memory is reused */
    struct timer *timers;
    struct handler handlers[NSIG];
    uint64_t now_us; /* 0: not asked yet in this turn */
    bool stop, turning;

    pthread_mutex_t lock; /* over from_threads */
    struct laters from_threads;
    int wake;
    struct event *wake_event;
};

static enum fault laters_add(struct laters *laters, void (*call)(void *ctx), void *ctx)
{
    if (laters->n == laters->cap) {
        size_t cap = laters->cap ? laters->cap * 2 : 64;
        struct later *at = reallocarray(laters->at, cap, sizeof *at);
        if (!at)
            return FAULT_MEMORY;
        laters->at = at;
        laters->cap = cap;
    }
    laters->at[laters->n++] = (struct later){call, ctx};
    return FAULT_NONE;
}

/* Takes `from` over into `to`, which is empty, and leaves `to`'s memory to `from`. */
static void laters_swap(struct laters *to, struct laters *from)
{
    struct laters empty = *to;
    *to = *from;
    *from = empty;
    from->n = 0;
}

static void run_later(struct loop *loop)
{
    laters_swap(&loop->running, &loop->later);
    for (size_t i = 0; i < loop->running.n; i++)
        loop->running.at[i].call(loop->running.at[i].ctx);
    loop->running.n = 0;
}

static void woken(evutil_socket_t fd, short what, void *ctx)
{
    struct loop *loop = ctx;
    struct laters came = {0};
    uint64_t count;
    (void)what;
    if (read(fd, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
        log_error("io", "wake: %s", strerror(errno));
    pthread_mutex_lock(&loop->lock);
    laters_swap(&came, &loop->from_threads);
    pthread_mutex_unlock(&loop->lock);
    for (size_t i = 0; i < came.n; i++)
        came.at[i].call(came.at[i].ctx);
    free(came.at);
}

static struct event_base *base_new(void)
{
    struct event_config *config = event_config_new();
    if (!config)
        return NULL;
    struct event_base *base = NULL;
    int flags = EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST | EVENT_BASE_FLAG_NOLOCK;
    if (event_config_set_flag(config, flags) == 0)
        base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

struct loop *loop_new(void)
{
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return NULL;
    pthread_mutex_init(&loop->lock, NULL);
    loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->base = base_new();
    if (loop->wake >= 0 && loop->base)
        loop->wake_event = event_new(loop->base, loop->wake, EV_READ | EV_PERSIST, woken, loop);
    if (!loop->wake_event || event_add(loop->wake_event, NULL) != 0) {
        loop_free(loop);
        return NULL;
    }
    return loop;
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    while (loop->timers)
        timer_cancel(loop->timers);
    for (int signo = 0; signo < NSIG; signo++)
        if (loop->handlers[signo].event)
            event_free(loop->handlers[signo].event);
    if (loop->wake_event)
        event_free(loop->wake_event);
    if (loop->base)
        event_base_free(loop->base);
    if (loop->wake >= 0)
        close(loop->wake);
    pthread_mutex_destroy(&loop->lock);
    free(loop->later.at);
    free(loop->running.at);
    free(loop->from_threads.at);
    free(loop);
}

enum fault loop_run(struct loop *loop)
{
    enum fault fault = FAULT_NONE;
    loop->turning = true;
    while (!loop->stop && !fault) {
        int flags = EVLOOP_ONCE | (loop->later.n ? EVLOOP_NONBLOCK : 0);
        loop->now_us = 0;
        if (event_base_loop(loop->base, flags) < 0)
            fault = FAULT_IO;
        run_later(loop);
    }
    for (int i = 0; i < LATER_TURNS_AT_END && loop->later.n; i++)
        run_later(loop);
    loop->turning = false;
    loop->stop = false;
    return fault;
}

void loop_stop(struct loop *loop)
{
    loop->stop = true;
}

struct event_base *loop_base(struct loop *loop)
{
    return loop->base;
}

uint64_t loop_now_us(struct loop *loop)
{
    if (!loop->turning)
        return clock_steady_us();
    if (loop->now_us == 0)
        loop->now_us = clock_steady_us();
    return loop->now_us;
}

static void timer_forget(struct timer *timer)
{
    *timer->link = timer->next;
    if (timer->next)
        timer->next->link = timer->link;
    free(timer);
}

static void timer_fired(evutil_socket_t fd, short what, void *ctx)
{
    struct timer *timer = ctx;
    void (*call)(void *) = timer->call;
    void *call_ctx = timer->ctx;
    (void)fd;
    (void)what;
    timer_forget(timer); /* first: the call may well start the next one */
    call(call_ctx);
}

struct timer *loop_after(struct loop *loop, uint64_t delay_ms, void (*call)(void *ctx), void *ctx)
{
    struct timer *timer = calloc(1, sizeof *timer);
    INVARIANT(timer != NULL); /* a deadline that is not kept is worse than a restart */
    timer->call = call;
    timer->ctx = ctx;
    timer->loop = loop;
    struct timeval delay = {.tv_sec = (time_t)(delay_ms / 1000),
                            .tv_usec = (suseconds_t)(delay_ms % 1000 * 1000)};
    INVARIANT(event_assign(&timer->event, loop->base, -1, 0, timer_fired, timer) == 0);
    INVARIANT(event_add(&timer->event, &delay) == 0);
    timer->next = loop->timers;
    timer->link = &loop->timers;
    if (timer->next)
        timer->next->link = &timer->next;
    loop->timers = timer;
    return timer;
}

void timer_cancel(struct timer *timer)
{
    if (!timer)
        return;
    event_del(&timer->event);
    timer_forget(timer);
}

enum fault loop_later(struct loop *loop, void (*call)(void *ctx), void *ctx)
{
    return laters_add(&loop->later, call, ctx);
}

enum fault loop_later_from_thread(struct loop *loop, void (*call)(void *ctx), void *ctx)
{
    pthread_mutex_lock(&loop->lock);
    bool first = loop->from_threads.n == 0;
    enum fault fault = laters_add(&loop->from_threads, call, ctx);
    pthread_mutex_unlock(&loop->lock);
    /* an eventfd refuses only when it is at its maximum, and then the loop is awake already */
    if (!fault && first)
        INVARIANT(write(loop->wake, &(uint64_t){1}, sizeof(uint64_t)) > 0 || errno == EAGAIN);
    return fault;
}

static void signalled(evutil_socket_t signo, short what, void *ctx)
{
    struct handler *handler = ctx;
    (void)signo;
    (void)what;
    handler->call(handler->ctx);
}

enum fault loop_on_signal(struct loop *loop, int signo, void (*call)(void *ctx), void *ctx)
{
    INVARIANT(signo > 0 && signo < NSIG);
    struct handler *handler = &loop->handlers[signo];
    handler->call = call;
    handler->ctx = ctx;
    if (handler->event)
        return FAULT_NONE;
    handler->event = evsignal_new(loop->base, signo, signalled, handler);
    if (!handler->event)
        return FAULT_MEMORY;
    return event_add(handler->event, NULL) == 0 ? FAULT_NONE : FAULT_IO;
}
