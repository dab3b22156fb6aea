/* 400_differential.c -- the Redis Functions against the rules in C: the same acts, nothing may
 * differ; and proof that it would be seen if anything did. */
/* rooms: base rules */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "groundswell/base/embedded.h"

#include "differential.h"
#include "redis_process.h"

static struct redis_process redis;
static char socket_path[64];

/* Puts `from` with every `what` replaced; returns how often. */
static size_t put_replaced(struct buf *out, struct text from, const char *what, const char *with)
{
    size_t n = 0;
    for (;;) {
        const char *hit = from.n ? memmem(from.at, from.n, what, strlen(what)) : NULL;
        size_t before = hit ? (size_t)(hit - from.at) : from.n;
        buf_put(out, from.at, before);
        if (!hit)
            return n;
        buf_cstr(out, with);
        from = (struct text){hit + strlen(what), from.n - before - strlen(what)};
        n++;
    }
}

/* The library; with `mutated`, an exact text that stands there once, made `mutant`. */
static void library(const char *mutated, const char *mutant, struct buf *ret)
{
    CLEANUP(buf) struct buf raw = BUF_MAX(MIB), hashed = BUF_MAX(MIB), skewed = BUF_MAX(MIB);
    for (size_t i = 0; i < embedded_lua_n; i++)
        buf_text(&raw, embedded_text(&embedded_lua[i]));
    put_replaced(&hashed, buf_view(&raw), "@HASH@", "differential");
    put_replaced(&skewed, buf_view(&hashed), "@SKEW_MAX_MS@", "9007199254740991");
    buf_cstr(ret, "#!lua name=groundswell_differential\n");
    if (!mutated) {
        buf_text(ret, buf_view(&skewed));
        return;
    }
    size_t n = put_replaced(ret, buf_view(&skewed), mutated, mutant);
    if (n != 1)
        fprintf(stderr, "the functions have this %zu times: %s\n", n, mutated);
    INVARIANT(n == 1);
}

static int begin(void **state)
{
    (void)state;
    static const char *const options[] = {"--appendonly", "no", "--appendfsync", "no", NULL};
    redis_begin(&redis, options);
    snprintf(socket_path, sizeof socket_path, "%s/s", redis.folder);
    return 0;
}

static int end(void **state)
{
    (void)state;
    redis_end(&redis);
    return 0;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    uint64_t value;
    return text_to_u64(text_of(getenv(name)), UINT64_MAX, &value) ? value : otherwise;
}

static void the_functions_and_the_rules_agree(void **state)
{
    (void)state;
    struct differential_count count;
    CLEANUP(buf) struct buf report = BUF_MAX(MIB), source = BUF_MAX(MIB);
    library(NULL, NULL, &source);
    uint64_t full = getenv("GROUNDSWELL_FULL") ? 1000000 : 50000;
    struct differential_plan plan = {
        .socket = socket_path,
        .source = buf_view(&source),
        .seed = from_environment("GROUNDSWELL_SEED", 20261121),
        .operations = from_environment("GROUNDSWELL_OPERATIONS", full),
    };
    print_message("GROUNDSWELL_SEED=%" PRIu64 " GROUNDSWELL_OPERATIONS=%" PRIu64 "\n", plan.seed,
                  plan.operations);
    uint64_t disagreed = differential_run(&plan, &count, &report);
    if (disagreed)
        fprintf(stderr, "%.*s\n", TEXT_ARGS(buf_view(&report)));
    buf_release(&report); /* a failed assertion jumps past the cleanups */
    buf_release(&source);
    assert_int_equal(disagreed, 0);
    for (int i = 0; i < ROLL_KINDS; i++) {
        print_message("%-20s %7" PRIu64 " accepted %6" PRIu64 " replayed %5" PRIu64 " raised",
                      roll_kind_name((enum roll_kind)i), count.accepted[i], count.replayed[i],
                      count.raised[i]);
        for (int r = 1; r < REFUSAL_N; r++)
            if (count.refused[i][r])
                print_message(" %s %" PRIu64, refusal_code((enum refusal)r), count.refused[i][r]);
        print_message("\n");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_functions_and_the_rules_agree),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
