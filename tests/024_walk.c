/* 024_walk.c -- a hundred thousand random acts: money is conserved after each, the log recounts. */
/* rooms: base rules */
#include "020_scene.h"
#include "024_steps.h"

#define ACTS 100000

static void random_acts_conserve_money_and_recount(void **state)
{
    (void)state;
    struct scene s;
    struct recount recount;
    size_t refusals[REFUSAL_N] = {0}, kinds[RECORD_KINDS] = {0}, accepted = 0;
    size_t by_keeper = 0, ready = 0;
    scene_init(&s);
    s.random = 240;
    for (int i = 0; i < ACTS; i++) {
        accepted += scene_step(&s);
        refusals[s.v.refusal]++;
        ready += model_ready(scene_model(&s), NULL, 0) > 0;
        for (size_t r = 0; r < s.v.records_n; r++)
            kinds[s.v.sealed_of[r] ? RECORD_SEALED : s.v.records[r].kind]++;
        for (size_t r = 0; r < s.v.records_n; r++)
            by_keeper += s.v.records[r].kind == RECORD_COMMISSION_ACTIVATED &&
                         !record_has(&s.v.records[r], FIELD_CAUSE);
    }
    for (int no = 0; no < REFUSAL_N; no++)
        if (refusals[no])
            print_message("%8zu %s\n", refusals[no], refusal_code((enum refusal)no));
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        print_message("%8zu %s\n", kinds[kind], record_kind_specs[kind].name);
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        assert_true(kinds[kind] > 0);
    assert_true(accepted > ACTS / 4);
    print_message("%8zu by the keeper, %zu times somebody was ready\n", by_keeper, ready);
    assert_true(by_keeper > 5);
    bool agrees = scene_recount(&recount, s.log, s.log_n);
    if (!agrees)
        fail_msg("%s", recount_why(&recount));
    CLEANUP(buf) struct buf walked = BUF_MAX(64 * MIB);
    CLEANUP(buf) struct buf recounted = BUF_MAX(64 * MIB);
    scene_state(scene_model(&s), &walked);
    scene_state(recount_model(&recount), &recounted);
    assert_string_equal(walked.data, recounted.data);
    recount_release(&recount);
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_acts_conserve_money_and_recount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
