/* 087_ledger_talk.c -- the typed calls on needs and deliberation. */
/* rooms: base io store ledger */
#include "080_town_acts.h"

#include <sys/stat.h>
#include <unistd.h>

#include "groundswell/ledger/talk.h"

static struct town town;
static const struct viewer nobody = {.resident = {"", 0}};

static int begin(void **state)
{
    (void)state;
    town_begin(&town);
    return 0;
}

static int end(void **state)
{
    (void)state;
    town_end(&town);
    return 0;
}

#define SAID TEXT("{\"text\":\"Shade for the bus stop.\"}")

static void a_need_is_raised_seconded_answered_and_shown(void **state)
{
    (void)state;
    static const char *const refs[] = {"ada", "ben"};
    town_found(&town);
    town_register(&town, refs, 2);
    struct person ada = person(&town, "ada"), ben = person(&town, "ben");
    struct act act = act_by(&ada);
    const struct need_raise raise = {SAID};
    HEAR(&town, need_outcome, ledger_need_raise(L, &act, &raise, HERE));
    assert_yes();
    assert_shows("\"need\":\"riverside.n1\"");
    HEAR(&town, need_outcome, ledger_need_raise(L, &act, &raise, HERE)); /* the same key */
    assert_shows("\"replayed\":true,\"need\":\"riverside.n1\"");
    act = act_by(&ben);
    const struct need_second second = {1};
    HEAR(&town, need_outcome, ledger_need_second(L, &act, &second, HERE));
    assert_shows("\"seconds\":1");
    act = staff();
    const struct need_answer answer = {1, 0, TEXT(""), TEXT("rivercare"), TEXT("{\"text\":\"y\"}")};
    HEAR(&town, need_outcome, ledger_need_answer(L, &act, &answer, HERE));
    assert_yes();
    const struct viewer viewer = {text_of(ada.id), 0}, late = {text_of(ada.id), 7};
    HEAR(&town, need_view, ledger_need_view(L, RIVERSIDE, 1, &viewer, HERE));
    assert_shows("\"state\":\"answered\"");
    assert_shows("\"mine\":true");
    HEAR(&town, need_view, ledger_need_view(L, RIVERSIDE, 1, &late, HERE));
    assert_no(REFUSAL_SIGNED_OUT, "This sign-in is no longer valid. Sign in again.");
    struct needs_page page = {.viewer = nobody, .state = TEXT("answered"),
                              .sort = TEXT("seconded"), .limit = 10};
    HEAR_ITEMS(&town, need_view, ledger_needs(L, RIVERSIDE, &page, HERE));
    assert_int_equal(heard.items_n, 1);
    assert_null(strstr(heard.json, "\"mine\""));
}

static void a_contribution_goes_through_all_that_can_become_of_it(void **state)
{
    (void)state;
    struct person ada = person(&town, "ada"), ben = person(&town, "ben");
    town_tender(&town, 300, 2, town_now + 100000);
    struct act act = act_by(&ada);
    const struct talk_add add = {1, TEXT("against"), SAID};
    HEAR(&town, talk_outcome, ledger_talk_add(L, &act, &add, HERE));
    assert_shows("\"talk\":\"riverside.k1\"");
    act = act_by(&ada);
    const struct talk_edit edit = {1, SAID};
    HEAR(&town, talk_outcome, ledger_talk_edit(L, &act, &edit, HERE));
    assert_yes();
    act = act_by(&ben);
    const struct talk_stance stance = {1, TEXT("disagree")};
    HEAR(&town, talk_outcome, ledger_talk_stance(L, &act, &stance, HERE));
    assert_yes();
    act = staff();
    const struct talk_hide hide = {1, TEXT(""), TEXT("spam"), SAID};
    HEAR(&town, talk_outcome, ledger_talk_hide(L, &act, &hide, HERE));
    assert_yes();
    act = act_by(&ada);
    const struct talk_appeal appeal = {1, SAID};
    HEAR(&town, talk_outcome, ledger_talk_appeal(L, &act, &appeal, HERE));
    assert_yes();
    act = staff();
    const struct talk_ruling ruling = {1, false, SAID};
    HEAR(&town, talk_outcome, ledger_talk_ruling(L, &act, &ruling, HERE));
    assert_yes();
    act = staff();
    const struct talk_summary summary = {1, TEXT(""), SAID};
    HEAR(&town, tender_outcome, ledger_talk_summary(L, &act, &summary, HERE));
    assert_shows("\"tender\":\"riverside.t1\"");
    const struct viewer viewer = {text_of(ben.id), 0};
    HEAR(&town, talk_view, ledger_talk_view(L, RIVERSIDE, 1, &viewer, HERE));
    assert_shows("\"state\":\"cleared\",\"reason\":\"spam\"");
    assert_shows("\"disagree\":1");
    assert_shows("\"stance\":\"disagree\"");
    assert_int_equal(heard.items_n, 1); /* the version before */
    struct talks_page page = {.tender = 1, .viewer = nobody, .kind = TEXT("against"),
                              .hidden = TEXT("0"), .sort = TEXT("agreed"), .limit = 10};
    HEAR_ITEMS(&town, talk_view, ledger_talks(L, RIVERSIDE, &page, HERE));
    assert_int_equal(heard.items_n, 1);
    const struct summaries_page summaries = {1, 0, 10};
    HEAR_ITEMS(&town, summary_view, ledger_summaries(L, RIVERSIDE, &summaries, HERE));
    assert_shows("\"number\":1");
    const struct said_page said = {text_of(ada.id), 0, 10};
    HEAR_ITEMS(&town, said_view, ledger_said(L, RIVERSIDE, &said, HERE));
    assert_int_equal(heard.items_n, 2);
    assert_shows("\"text\":{\"text\":\"Shade for the bus stop.\"}");
}

/* Without the key nobody can be told from anybody: nothing is asked. */
static void without_the_registers_key_nobody_speaks(void **state)
{
    (void)state;
    char path[4200];
    struct act act = {.slug = TEXT("keyless"), .subject = TEXT("AAAAAAAAAAAAAAAAAAAAAA")};
    snprintf(path, sizeof path, "%s/keyless", town.keys.path);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/keyless/register.key", town.keys.path);
    FILE *key = fopen(path, "w");
    assert_non_null(key);
    fputs("short", key);
    fclose(key);
    const struct need_raise raise = {SAID};
    HEAR(&town, need_outcome, ledger_need_raise(L, &act, &raise, HERE));
    assert_int_equal(heard.fault, FAULT_FORMAT);
    const struct viewer viewer = {act.subject, 0};
    HEAR(&town, talk_view, ledger_talk_view(L, act.slug, 1, &viewer, HERE));
    assert_int_equal(heard.fault, FAULT_FORMAT);
    HEAR(&town, talk_view, ledger_talk_view(L, act.slug, 1, &nobody, HERE));
    assert_int_equal(heard.refusal, REFUSAL_COMMUNITY_UNKNOWN);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_need_is_raised_seconded_answered_and_shown),
        cmocka_unit_test(a_contribution_goes_through_all_that_can_become_of_it),
        cmocka_unit_test(without_the_registers_key_nobody_speaks),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
