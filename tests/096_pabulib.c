/* 096_pabulib.c -- what reading an election and dividing a ballot promise. */
/* rooms: base */
#include "check.h"

#include "../server/main/divide.c"
#include "../server/main/pabulib.c"

#define N(array) (sizeof(array) / sizeof *(array))
#define META "META\nkey;value\nbudget;1000\nvote_type;approval\ncurrency;EUR\n"
#define PROJECTS "PROJECTS\nproject_id;cost;name\na;100;First\nb;200;Second\nc;300;Third\n"
#define SMALL META PROJECTS "VOTES\nvoter_id;vote\n"

struct reader {
    struct arena arena;
    struct pabulib pb;
    struct pb_problem problem;
};

static struct reader reader;

static int reader_open(void **state)
{
    (void)state;
    arena_init(&reader.arena, 16 * MIB);
    return 0;
}

static int reader_close(void **state)
{
    (void)state;
    arena_release(&reader.arena);
    return 0;
}

static enum fault take(const char *file)
{
    return pabulib_read(text_of(file), &reader.arena, &reader.pb, &reader.problem);
}

static void refused(const char *file, size_t line, const char *part)
{
    assert_int_equal(take(file), FAULT_FORMAT);
    if (!strstr(reader.problem.what, part)) fail_msg("`%s`, not %s", reader.problem.what, part);
    assert_int_equal(reader.problem.line, line);
}

/* "0:1 2:3": the choices of a voter with their points. */
static void choices_are(size_t voter, const char *wanted)
{
    CLEANUP(buf) struct buf out = BUF_MAX(KIB);
    const struct pb_voter *is = &reader.pb.voters[voter];
    buf_cstr(&out, "");
    for (size_t i = 0; i < is->choices_n; i++)
        buf_format(&out, "%s%u:%u", i ? " " : "", is->choices[i].project, is->choices[i].points);
    assert_text(buf_view(&out), wanted);
}

static void a_plain_election_is_read(void **state)
{
    (void)state;
    assert_int_equal(take(SMALL "v1;a,c\nv2;b\n"), FAULT_NONE);
    const struct pabulib *pb = &reader.pb;
    assert_int_equal(pb->budget_minor, 100000);
    assert_text(pb->currency, "EUR");
    assert_text(pb->vote_type, "approval");
    assert_int_equal(pb->projects_n, 3);
    assert_text(pb->projects[2].id, "c");
    assert_text(pb->projects[2].name, "Third");
    assert_int_equal(pb->projects[2].cost_minor, 30000);
    assert_int_equal(pb->voters_n, 2);
    assert_text(pb->voters[1].id, "v2");
    choices_are(0, "0:1 2:1");
    choices_are(1, "1:1");
    assert_int_equal(pb->areas_n, 1);
    assert_text(pb->areas[0], "all");
}

static void line_ends_marks_blanks_and_cases_make_no_difference(void **state)
{
    (void)state;
    static const char *const files[] = {
        "\xef\xbb\xbfMETA\nkey;value\nbudget;1000\nPROJECTS\nproject_id;cost\na;100\nb;2\n"
        "VOTES\nvoter_id;vote\nv1;b,a",
        "meta\r\nkey;value\r\nbudget;1000\r\n\r\n Projects \r\nproject_id;cost\r\na;100\r\n"
        "b;2\r\nvotes\r\nvoter_id;vote\r\nv1;b,a\r\n\r\n",
        "\nMeta\nKEY;VALUE\n budget ; 1000.00 \nPROJECTS\n Cost ;\tPROJECT_ID\n100;a\n2;b\n"
        "VOTES\nvote;Voter_Id\n b , a ; v1",
    };
    for (size_t i = 0; i < N(files); i++) {
        assert_int_equal(take(files[i]), FAULT_NONE);
        assert_int_equal(reader.pb.budget_minor, 100000);
        assert_int_equal(reader.pb.projects[0].cost_minor, 10000);
        assert_int_equal(reader.pb.voters_n, 1);
        assert_text(reader.pb.voters[0].id, "v1");
        choices_are(0, "1:1 0:1");
    }
}

static void quotes_hold_separators_and_quotes(void **state)
{
    (void)state;
    assert_int_equal(take(META "PROJECTS\nproject_id;name;cost\n"
                               "\"p;1\";\"The \"\"old\"\" lock; again\"  ;10\n"
                               "p2;say \"hello\" twice;\"20\"\r\n"
                               "p3; \"\";30\n"
                               "VOTES\nvoter_id;vote\n\"v\"\"1\";\"p2,p;1\"\n"),
                     FAULT_NONE);
    assert_text(reader.pb.projects[0].id, "p;1");
    assert_text(reader.pb.projects[0].name, "The \"old\" lock; again");
    assert_text(reader.pb.projects[1].name, "say \"hello\" twice");
    assert_int_equal(reader.pb.projects[1].cost_minor, 2000);
    assert_null(reader.pb.projects[2].name.at);
    assert_text(reader.pb.voters[0].id, "v\"1");
    choices_are(0, "1:1 0:1");
    refused(META "PROJECTS\nproject_id;cost;name\na;1;\"open\n", 8, "quote");
    refused(META "PROJECTS\nproject_id;cost;name\na;1;\"shut\" up\n", 8, "follows");
}

static void none_means_missing_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(take(META "PROJECTS\nproject_id;cost;name\na;5;NONE\n"
                               "VOTES\nvoter_id;vote;district;neighborhood\n"
                               "v1;a;None;Weir\nv2;none;Lock;x\nv3;a;none;nOnE\n"),
                     FAULT_NONE);
    assert_null(reader.pb.projects[0].name.at);
    assert_int_equal(reader.pb.areas_n, 3);
    assert_text(reader.pb.areas[reader.pb.voters[0].area], "Weir");
    assert_text(reader.pb.areas[reader.pb.voters[1].area], "Lock");
    assert_text(reader.pb.areas[reader.pb.voters[2].area], "all");
    choices_are(1, "");
}

static void amounts_become_minor_units_exactly(void **state)
{
    (void)state;
#define BUDGET(amount) "META\nkey;value\nbudget;" amount "\n" PROJECTS "VOTES\nvoter_id;vote\nv;a\n"
    static const struct {
        const char *file;
        uint64_t minor;
    } read[] = {{BUDGET("1331751.11"), 133175111},
                {BUDGET("0.1"), 10},
                {BUDGET("1000000000000.07"), UINT64_C(100000000000007)},
                {BUDGET("4000.0"), 400000},
                {BUDGET("90071992547409.91"), UINT64_C(9007199254740991)}};
    for (size_t i = 0; i < N(read); i++) {
        assert_int_equal(take(read[i].file), FAULT_NONE);
        assert_true(reader.pb.budget_minor == read[i].minor);
    }
    refused(BUDGET("1.111"), 3, "budget");
    refused(BUDGET("-5"), 3, "budget");
    refused(BUDGET("90071992547409.92"), 3, "budget");
    refused(BUDGET("1e6"), 3, "budget");
    refused(META "PROJECTS\nproject_id;cost\na;ten\n", 8, "cost");
    refused(META "PROJECTS\nproject_id;cost\na;0\n", 8, "cost");
}

#define POINTS META PROJECTS "VOTES\nvoter_id;vote;points\n"

static void points_stand_beside_their_choices(void **state)
{
    (void)state;
    assert_int_equal(take(POINTS "v1;a,b,c;5,0,2\nv2;c;7\nv3;;\n"), FAULT_NONE);
    choices_are(0, "0:5 2:2");
    choices_are(1, "2:7");
    choices_are(2, "");
    assert_int_equal(reader.pb.choices_zero, 1);
    refused(POINTS "v1;a;1\nv2;a,b;5\n", 14, "points");
    refused(POINTS "v1;a,b;5,1,1\n", 13, "points");
    refused(POINTS "v1;a;much\n", 13, "points");
    refused(POINTS "v1;a;1000001\n", 13, "points");
}

static void what_cannot_count_is_counted_as_left_out(void **state)
{
    (void)state;
    assert_int_equal(take(POINTS "v1;a,b,a,zz;3,2,9,1\nv1;c;1\nv2;a,,b;1,,2\n"), FAULT_NONE);
    assert_int_equal(reader.pb.voters_n, 2);
    choices_are(0, "0:3 1:2");
    choices_are(1, "0:1 1:2");
    assert_int_equal(reader.pb.choices_twice, 1);
    assert_int_equal(reader.pb.choices_unknown, 1);
    assert_int_equal(reader.pb.voters_twice, 1);
}

static void areas_beyond_64_are_folded_into_the_last(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf file = BUF_MAX(MIB);
    buf_cstr(&file, META PROJECTS "VOTES\nvoter_id;vote;district\n");
    for (int i = 0; i < 70; i++)
        buf_format(&file, "v%d;a;ward %d\n", i, i);
    assert_int_equal(take(file.data), FAULT_NONE);
    assert_int_equal(reader.pb.areas_n, 64);
    assert_int_equal(reader.pb.areas_folded, 6);
    assert_int_equal(reader.pb.voters[63].area, 63);
    assert_int_equal(reader.pb.voters[69].area, 63);
    assert_text(reader.pb.areas[63], "ward 63");
}

static void what_is_no_election_is_refused_with_its_line(void **state)
{
    (void)state;
    refused("", 1, "budget");
    refused("key;value\n", 1, "META");
    refused("META\nkey;value\n" PROJECTS "VOTES\nvoter_id;vote\nv;a\n", 11, "budget");
    refused(META "PROJECTS\nproject_id;cost\nVOTES\nvoter_id;vote\nv;a\n", 11, "projects");
    refused(SMALL, 13, "votes");
    refused(META "PROJECTS\nproject_id;cost\na;1\na;2\n", 9, "twice");
    refused(META "PROJECTS\nproject_id;cost\n;1\n", 8, "project_id");
    refused(SMALL ";a\n", 13, "voter_id");
    refused(SMALL "v\xff;a\n", 13, "UTF-8");
    refused(SMALL "v\x01;a\n", 13, "UTF-8");
}

static void memory_that_runs_out_is_a_fault(void **state)
{
    (void)state;
    arena_release(&reader.arena);
    for (size_t max = 0; max < 16 * KIB; max += 1000) {
        arena_init(&reader.arena, max);
        const enum fault no = take(SMALL "v1;a,\"\"b\nv2;\"c\"\n");
        assert_true(no == FAULT_MEMORY || no == FAULT_NONE);
        if (max == 0) assert_int_equal(no, FAULT_MEMORY);
        arena_release(&reader.arena);
    }
    arena_init(&reader.arena, MIB);
}

/* ---- dividing -------------------------------------------------------------------------------- */

static void all_that_is_free_is_divided_in_proportion(void **state)
{
    (void)state;
    uint64_t shares[4];
    divide_free(100, (const uint32_t[]){1, 1, 1}, 3, shares);
    assert_true(shares[0] == 34 && shares[1] == 33 && shares[2] == 33);
    divide_free(10, (const uint32_t[]){7, 2, 1}, 3, shares);
    assert_true(shares[0] == 7 && shares[1] == 2 && shares[2] == 1);
    divide_free(2, (const uint32_t[]){1, 1, 1, 1}, 4, shares);
    assert_true(shares[0] == 1 && shares[1] == 1 && shares[2] == 0 && shares[3] == 0);
    divide_free(0, (const uint32_t[]){3}, 1, shares);
    assert_true(shares[0] == 0);
    divide_free(16777215, (const uint32_t[]){1000000, 1}, 2, shares);
    assert_true(shares[0] == 16777199 && shares[1] == 16);
    divide_free(5, NULL, 0, shares);
}

static void divided_shares_add_up_whatever_the_weights(void **state)
{
    (void)state;
    uint64_t seed = 20260101;
    for (int turn = 0; turn < 20000; turn++) {
        uint32_t weights[32];
        uint64_t shares[32], sum = 0, all = 0;
        const size_t n = 1 + divide_random(&seed) % 32;
        const uint64_t free_minor = divide_random(&seed) % (1 << 24);
        for (size_t i = 0; i < n; i++)
            all += weights[i] = 1 + (uint32_t)(divide_random(&seed) % PB_POINTS_MAX);
        divide_free(free_minor, weights, n, shares);
        for (size_t i = 0; i < n; i++) {
            const uint64_t exact = free_minor * weights[i] / all;
            assert_true(shares[i] == exact || shares[i] == exact + 1);
            sum += shares[i];
        }
        assert_true(sum == free_minor);
    }
}

static void a_seed_draws_one_order_and_another_seed_another(void **state)
{
    (void)state;
    uint32_t one[1000], again[1000], other[1000];
    bool there[1000] = {false};
    uint64_t seed = 1234567; /* whose sequence is known to begin so */
    assert_true(divide_random(&seed) == UINT64_C(6457827717110365317));
    assert_true(divide_random(&seed) == UINT64_C(3203168211198807973));
    divide_order(1, N(one), one);
    divide_order(1, N(again), again);
    divide_order(2, N(other), other);
    assert_memory_equal(one, again, sizeof one);
    assert_memory_not_equal(one, other, sizeof one);
    for (size_t i = 0; i < N(one); i++)
        there[one[i]] = true;
    for (size_t i = 0; i < N(there); i++)
        assert_true(there[i]);
}

#define READER(test) cmocka_unit_test_setup_teardown(test, reader_open, reader_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        READER(a_plain_election_is_read),
        READER(line_ends_marks_blanks_and_cases_make_no_difference),
        READER(quotes_hold_separators_and_quotes),
        READER(none_means_missing_in_any_case),
        READER(amounts_become_minor_units_exactly),
        READER(points_stand_beside_their_choices),
        READER(what_cannot_count_is_counted_as_left_out),
        READER(areas_beyond_64_are_folded_into_the_last),
        READER(what_is_no_election_is_refused_with_its_line),
        READER(memory_that_runs_out_is_a_fault),
        cmocka_unit_test(all_that_is_free_is_divided_in_proportion),
        cmocka_unit_test(divided_shares_add_up_whatever_the_weights),
        cmocka_unit_test(a_seed_draws_one_order_and_another_seed_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
