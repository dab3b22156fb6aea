/* store_asks.c -- questions a second through the room store, by connections and by questions in
 * flight.
 *
 *     store_asks SOCKET SECONDS CONNECTIONS IN_FLIGHT
 *
 * Each question is the function `gs_bench` with two keys and three arguments (load
 * tests/bench/store_asks.lua first), which does what a small pledge does: one hash field, one
 * counter, one stream entry. */
#include <inttypes.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"
#include "groundswell/store/store.h"

#define SAMPLES_MAX 4000000

struct bench {
    struct loop *loop;
    struct store *store;
    uint64_t from_us, until_us, answered, failed;
    uint32_t *took_us;
    unsigned in_flight;
};

struct lane {
    struct bench *bench;
    uint64_t asked_us;
    unsigned n;
};

static void lane_ask(struct lane *lane);

static void lane_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct lane *lane = ctx;
    struct bench *bench = lane->bench;
    uint64_t now_us = clock_steady_us();
    (void)answer;
    if (fault)
        bench->failed++;
    else if (bench->answered < SAMPLES_MAX)
        bench->took_us[bench->answered++] = (uint32_t)(now_us - lane->asked_us);
    if (now_us < bench->until_us)
        lane_ask(lane);
    else
        loop_stop(bench->loop);
}

static void lane_ask(struct lane *lane)
{
    char member[24], n[24];
    lane->asked_us = clock_steady_us();
    snprintf(member, sizeof member, "m%u", lane->n);
    snprintf(n, sizeof n, "%u", lane->n++ % 1000);
    const struct text argv[] = {TEXT("FCALL"), TEXT("gs_bench"), TEXT("3"), TEXT("{b}:h"),
                                TEXT("{b}:n"),
                                TEXT("{b}:s"), text_of(member), text_of(n), TEXT("1700000000000")};
    store_ask(lane->bench->store, argv, 9, STORE_DEADLINE_MS, lane_answer, lane);
}

static void on_up(void *ctx, struct store *store)
{
    struct bench *bench = ctx;
    store_ready(store);
    (void)bench;
}

static void begin(void *ctx)
{
    struct bench *bench = ctx;
    if (!store_is_up(bench->store)) {
        loop_after(bench->loop, 100, begin, bench);
        return;
    }
    bench->from_us = clock_steady_us();
    bench->until_us += bench->from_us;
    struct lane *lanes = calloc(bench->in_flight, sizeof *lanes);
    for (unsigned i = 0; i < bench->in_flight; i++) {
        lanes[i] = (struct lane){.bench = bench, .n = i * 1000};
        lane_ask(&lanes[i]);
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    char address[256];
    if (argc != 5) {
        fprintf(stderr, "usage: store_asks SOCKET SECONDS CONNECTIONS IN_FLIGHT\n");
        return 2;
    }
    snprintf(address, sizeof address, "unix:%s", argv[1]);
    struct bench bench = {.loop = loop_new(), .took_us = calloc(SAMPLES_MAX, sizeof(uint32_t))};
    bench.until_us = strtoull(argv[2], NULL, 10) * 1000000;
    unsigned connections = (unsigned)strtoul(argv[3], NULL, 10);
    bench.in_flight = (unsigned)strtoul(argv[4], NULL, 10);
    log_level_set(LOG_WARN);
    bench.store = store_new(bench.loop, &(struct store_plan){
        .address = address, .connections = connections, .on_up = on_up, .ctx = &bench});
    if (!bench.store)
        return 1;
    loop_after(bench.loop, 300, begin, &bench);
    if (loop_run(bench.loop))
        return 1;
    uint64_t took_us = clock_steady_us() - bench.from_us;
    qsort(bench.took_us, bench.answered, sizeof(uint32_t), by_size);
    printf("%3u connections %4u in flight: %7" PRIu64 " a second, p50 %u us, p99 %u us, "
           "%" PRIu64 " failed\n",
           connections, bench.in_flight, bench.answered * 1000000 / took_us,
               bench.took_us[bench.answered / 2],
           bench.took_us[bench.answered * 99 / 100], bench.failed);
    return bench.failed != 0;
}
