/* loop.h -- the event loop of a process: timers, deferred calls, signals. One thread; everything
 * else that runs beside it (workers.h) comes back through loop_later_from_thread(). Wraps one
 * libevent base (EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST); http and the adapter of store reach it
 * through loop_base(). */
#ifndef GROUNDSWELL_IO_LOOP_H
#define GROUNDSWELL_IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/fault.h"

struct event_base;
struct loop;
struct timer;

struct loop *loop_new(void); /* NULL: the system refused */
void loop_free(struct loop *loop);
enum fault loop_run(struct loop *loop) MUST_CHECK; /* until loop_stop() */
void loop_stop(struct loop *loop);                  /* after the present turn */
struct event_base *loop_base(struct loop *loop);

/* Steady microseconds, cached once a turn: cheap. */
uint64_t loop_now_us(struct loop *loop);

/* A one-shot timer. The returned timer is owned by the loop and dead after it fired or was
 * cancelled. Never fires before this call returned. */
struct timer *loop_after(struct loop *loop, uint64_t delay_ms, void (*call)(void *ctx), void *ctx);
void timer_cancel(struct timer *timer); /* NULL is accepted */

/* Calls at the end of the present turn: for deferred destruction and answers that must not be
 * synchronous. */
enum fault loop_later(struct loop *loop, void (*call)(void *ctx), void *ctx) MUST_CHECK;

/* The only function here that another thread may call; wakes the loop. */
enum fault loop_later_from_thread(struct loop *loop, void (*call)(void *ctx), void *ctx) MUST_CHECK;

/* One handler a signal; runs in the loop, not in signal context. */
enum fault loop_on_signal(struct loop *loop, int signo, void (*call)(void *ctx),
                          void *ctx) MUST_CHECK;

#endif
