/* 040_http_router.c -- the router finds the one row that answers a path, and refuses bad tables. */
/* rooms: base io http */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../server/http/address.h"
#include "groundswell/base/arena.h"
#include "groundswell/base/json.h"
#include "groundswell/http/route.h"
#include "groundswell/http/server.h"
#include "groundswell/io/file.h"

static void handle(struct visit *visit)
{
    (void)visit;
}

#define ROW(method, pattern) ROUTE(method, pattern, handle, 0, NULL, BODY_DEFAULT, SAFE)

static const struct route table[] = {
    ROW(GET, "/"),
    ROW(GET, "/v1/proposals"),
    ROW(POST, "/v1/proposals"),
    ROW(GET, "/v1/proposals/:proposal"),
    ROW(GET, "/v1/proposals/mine"),
    ROW(PUT, "/v1/proposals/:proposal/pledge"),
    ROW(DELETE, "/v1/proposals/:id/pledge"),
    ROW(GET, "/v1/proposals/mine/history"),
    ROW(GET, "/c/:slug/tenders/:tender"),
    ROW(POST, "/c/:slug/tenders/new"),
    ROW(GET, "/c/riverside/:what/:which"),
    ROW(GET, "/a/:1/:2/:3/:4/:5/:6/:7/:8"),
};
#define TABLE_N (sizeof(table) / sizeof(table[0]))

struct fixture {
    struct router *router;
    struct arena arena;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture.router = router_new(table, TABLE_N);
    arena_init(&fixture.arena, 4096);
    *state = &fixture;
    return fixture.router ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    router_free(fixture->router);
    arena_release(&fixture->arena);
    return 0;
}

static struct route_match find(struct fixture *fixture, enum http_method method, const char *path)
{
    struct route_match match;
    enum fault no = router_find(fixture->router, method, text_of(path), &fixture->arena, &match);
    assert_int_equal(no, FAULT_NONE);
    return match;
}

static const char *pattern_of(struct fixture *fixture, enum http_method method, const char *path)
{
    struct route_match match = find(fixture, method, path);
    return match.route ? match.route->pattern : "none";
}

static void every_row_is_found_by_its_own_pattern(void **state)
{
    for (size_t i = 0; i < TABLE_N; i++) {
        struct route_match match = find(*state, table[i].method, table[i].pattern);
        assert_ptr_equal(match.route, &table[i]);
    }
}

static void a_parameter_takes_one_segment_and_gives_it_decoded(void **state)
{
    struct route_match match = find(*state, METHOD_PUT, "/v1/proposals/riverside.p%31/pledge");
    assert_int_equal(match.params_n, 1);
    assert_true(text_is(match.params[0].value, "riverside.p1"));
    assert_int_equal(match.params[0].name_n, strlen("proposal"));
    assert_memory_equal(match.params[0].name, "proposal", strlen("proposal"));
    match = find(*state, METHOD_DELETE, "/v1/proposals/x/pledge");
    assert_memory_equal(match.params[0].name, "id/", 3); /* each row keeps its own names */
    match = find(*state, METHOD_GET, "/a/s/t/u/v/w/x/y/z");
    assert_int_equal(match.params_n, 8);
    assert_true(text_is(match.params[7].value, "z"));
}

static void a_plain_word_wins_over_a_parameter(void **state)
{
    assert_string_equal(pattern_of(*state, METHOD_GET, "/v1/proposals/mine"), "/v1/proposals/mine");
    assert_string_equal(pattern_of(*state, METHOD_GET, "/v1/proposals/mines"),
                        "/v1/proposals/:proposal");
}

static void a_branch_without_an_end_is_stepped_back_from(void **state)
{
    /* "mine" leads to a plain branch that has no pledge */
    assert_string_equal(pattern_of(*state, METHOD_PUT, "/v1/proposals/mine/pledge"),
                        "/v1/proposals/:proposal/pledge");
    /* the first end has no GET, the second has */
    assert_string_equal(pattern_of(*state, METHOD_GET, "/c/hill/tenders/new"),
                        "/c/:slug/tenders/:tender");
    assert_string_equal(pattern_of(*state, METHOD_POST, "/c/riverside/tenders/new"),
                        "/c/:slug/tenders/new");
    struct route_match match = find(*state, METHOD_POST, "/c/riverside/tenders/new");
    assert_true(text_is(match.params[0].value, "riverside"));
}

static void head_goes_to_the_row_of_get(void **state)
{
    assert_string_equal(pattern_of(*state, METHOD_HEAD, "/v1/proposals"), "/v1/proposals");
    assert_string_equal(pattern_of(*state, METHOD_HEAD, "/v1/proposals/x/pledge"), "none");
}

static void a_known_path_names_its_methods_and_an_unknown_one_none(void **state)
{
    struct route_match match = find(*state, METHOD_PATCH, "/v1/proposals/x/pledge");
    assert_null(match.route);
    CLEANUP(buf) struct buf allow = BUF_MAX(KIB);
    router_allow_put(&allow, match.allowed);
    assert_string_equal(allow.data, "PUT, DELETE, OPTIONS");
    match = find(*state, METHOD_PUT, "/c/riverside/tenders/new");
    buf_reset(&allow);
    router_allow_put(&allow, match.allowed); /* of all rows that take the path */
    assert_string_equal(allow.data, "GET, HEAD, POST, OPTIONS");
    static const char *const nowhere[] = {"/v1", "/v1/", "/v1/proposals/", "//", "/v1//proposals",
                                          "/V1/proposals", "/c/x/tenders/", "/v1/proposals/x/y"};
    for (size_t i = 0; i < sizeof(nowhere) / sizeof(nowhere[0]); i++)
        assert_int_equal(find(*state, METHOD_GET, nowhere[i]).allowed, 0);
}

static void a_path_deeper_than_any_pattern_is_nowhere(void **state)
{
    assert_int_equal(find(*state, METHOD_GET, "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h/i").allowed, 0);
}

static void a_path_that_could_be_read_in_two_ways_is_bad(void **state)
{
    struct fixture *fixture = *state;
    static const char *const bad[] = {
        "", "v1", "/..", "/.", "/v1/../x", "/v1/./x", "/%2e", "/%2E%2e/x", "/.%2e", "/a%2fb",
        "/a%2Fb", "/%00", "/a%", "/a%4", "/a%zz", "/a%+1", "/% 1", "/a%0a", "/a%1f", "/a%7f",
        "/a b", "/a\tb", "/\xc3\xa4", "/%c3", "/%c3%28", "/%ff", "/%ed%a0%80", "/%c0%af",
        "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h/..",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct route_match match;
        assert_int_equal(router_find(fixture->router, METHOD_GET, text_of(bad[i]), &fixture->arena,
                                     &match), FAULT_FORMAT);
        assert_null(match.route);
    }
}

static void a_full_arena_is_a_fault_not_a_wrong_answer(void **state)
{
    struct fixture *fixture = *state;
    struct arena tiny;
    arena_init(&tiny, 8);
    struct route_match match;
    struct text path = TEXT("/v1/proposals/%61bcdefghijklmnopqrstuvwxyz");
    assert_int_equal(router_find(fixture->router, METHOD_GET, path, &tiny, &match), FAULT_MEMORY);
    arena_release(&tiny);
}

static void a_table_with_a_row_that_cannot_be_reached_is_refused(void **state)
{
    (void)state;
    const struct route same[] = {ROW(GET, "/a/:x/b"), ROW(PUT, "/a/:x/b"), ROW(GET, "/a/:y/b")};
    assert_null(router_new(same, 3));
    struct router *fine = router_new(same, 2);
    assert_non_null(fine);
    router_free(fine);
}

static void a_malformed_pattern_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "a", "/a/", "//", "/a//b", "/:", "/a/:/b", "/a b", "/%41",
                                      "/a/../b", "/:a/:b/:c/:d/:e/:f/:g/:h/:i",
                                      "/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const struct route row = ROW(GET, bad[i]);
        assert_null(router_new(&row, 1));
    }
    const struct route without = ROUTE(GET, "/a", NULL, 0, NULL, BODY_DEFAULT, SAFE);
    assert_null(router_new(&without, 1));
    const struct route head = ROW(HEAD, "/a"), options = ROW(OPTIONS, "/a");
    assert_null(router_new(&head, 1));
    assert_null(router_new(&options, 1));
}

static void a_row_carries_its_name_and_words(void **state)
{
    (void)state;
    const struct route row =
        ROUTE_AS(PUT, "/a", handle, 4, "a.json", BODY_MAX(2 * KIB), ONCE, "Do.");
    assert_string_equal(row.name, "handle");
    assert_string_equal(row.summary, "Do.");
    assert_string_equal(row.schema, "a.json");
    assert_int_equal(row.who, 4);
    assert_int_equal(row.body_max, 2048);
    assert_int_equal(row.flags, ROUTE_ONCE);
}

static void addresses_are_counted_and_forgotten(void **state)
{
    (void)state;
    struct addresses addresses;
    addresses_init(&addresses);
    const uint8_t four[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1};
    const uint8_t next[16] = {[10] = 0xff, 0xff, 127, 0, 0, 2};
    const uint8_t six[16] = {0x20, 1, [15] = 1}, neighbour[16] = {0x20, 1, [15] = 2};
    const uint8_t far[16] = {0x20, 2, [15] = 1};
    assert_true(address_enter(&addresses, four, 2));
    assert_true(address_enter(&addresses, four, 2));
    assert_false(address_enter(&addresses, four, 2));
    assert_true(address_enter(&addresses, next, 2));
    address_leave(&addresses, four);
    assert_true(address_enter(&addresses, four, 2));
    assert_true(address_enter(&addresses, six, 1));
    assert_false(address_enter(&addresses, neighbour, 1)); /* one host, one /64 */
    assert_true(address_enter(&addresses, far, 1));
    addresses_release(&addresses);
}

static void problems_stand_in_the_list_of_refusals(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf file = BUF_MAX(MIB);
    assert_int_equal(file_read(TESTS_DIR "/../schemas/refusals.json", &file), FAULT_NONE);
    CLEANUP(json_ref) json_t *list = NULL;
    assert_int_equal(json_read(buf_view(&file), 8, &list, NULL), FAULT_NONE);
    for (const struct http_problem *problem = http_problems; problem->code; problem++) {
        size_t i;
        json_t *row;
        bool found = false;
        json_array_foreach(json_object_get(list, "refusals"), i, row)
            found = found ||
                    (strcmp(json_string_value(json_object_get(row, "code")), problem->code) == 0 &&
                     json_integer_value(json_object_get(row, "status")) == problem->status);
        if (!found) fail_msg("%s %u", problem->code, problem->status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found_by_its_own_pattern),
        cmocka_unit_test(a_parameter_takes_one_segment_and_gives_it_decoded),
        cmocka_unit_test(a_plain_word_wins_over_a_parameter),
        cmocka_unit_test(a_branch_without_an_end_is_stepped_back_from),
        cmocka_unit_test(head_goes_to_the_row_of_get),
        cmocka_unit_test(a_known_path_names_its_methods_and_an_unknown_one_none),
        cmocka_unit_test(a_path_deeper_than_any_pattern_is_nowhere),
        cmocka_unit_test(a_path_that_could_be_read_in_two_ways_is_bad),
        cmocka_unit_test(a_full_arena_is_a_fault_not_a_wrong_answer),
        cmocka_unit_test(a_table_with_a_row_that_cannot_be_reached_is_refused),
        cmocka_unit_test(a_malformed_pattern_is_refused),
        cmocka_unit_test(a_row_carries_its_name_and_words),
        cmocka_unit_test(addresses_are_counted_and_forgotten),
        cmocka_unit_test(problems_stand_in_the_list_of_refusals),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
