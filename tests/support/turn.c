/* turn.c -- see turn.h. */
#include "turn.h"

#include "check.h"
#include "groundswell/base/clock.h"
#include "groundswell/io/loop.h"

#define LOOK_MS 2

struct turning {
    struct loop *loop;
    bool (*until)(void *ctx);
    void *ctx;
    uint64_t give_up_us;
};

static void look(void *ctx)
{
    struct turning *turning = ctx;
    if (turning->until(turning->ctx) || clock_steady_us() > turning->give_up_us)
        loop_stop(turning->loop);
    else
        assert_non_null(loop_after(turning->loop, LOOK_MS, look, turning));
}

bool turn_until(struct loop *loop, bool (*until)(void *ctx), void *ctx, uint64_t patience_ms)
{
    struct turning turning = {loop, until, ctx, clock_steady_us() + patience_ms * 1000};
    assert_non_null(loop_after(loop, 0, look, &turning));
    assert_int_equal(loop_run(loop), FAULT_NONE);
    return until(ctx);
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

void turn_for(struct loop *loop, uint64_t ms)
{
    (void)turn_until(loop, never, NULL, ms);
}
