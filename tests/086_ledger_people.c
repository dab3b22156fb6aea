/* 086_ledger_people.c -- the typed calls on codes, the register, erasing and the journal. */
/* rooms: base io store ledger */
#include "080_town_acts.h"

#include "groundswell/ledger/codes.h"
#include "groundswell/ledger/people_views.h"

#define HASH_A TEXT("0123456789abcdef0123456789abcdef")
#define HASH_B TEXT("ffffffffffffffffffffffffffffffff")
#define DIGEST TEXT("00112233445566778899aabbccddeeff")
#define HOME TEXT("abcdefghijk")

static struct town town, second;

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

/* What is private in an outcome, copied while it lasts. */
static struct {
    char text[200];
    uint64_t area, epoch, issued_n;
} hidden;

static void codes_hidden(void *ctx, const struct ledger_answer *answer)
{
    const struct codes_outcome *out = answer->outcome;
    if (out)
        snprintf(hidden.text, sizeof hidden.text, "%.*s", TEXT_ARGS(out->taken));
    heard_answer(ctx, answer);
}

static void code_hidden(void *ctx, const struct ledger_answer *answer)
{
    const struct code_outcome *out = answer->outcome;
    if (out) {
        snprintf(hidden.text, sizeof hidden.text, "%.*s", TEXT_ARGS(out->account));
        hidden.area = out->area;
        hidden.epoch = out->epoch;
    }
    heard_answer(ctx, answer);
}

static void erase_hidden(void *ctx, const struct ledger_answer *answer)
{
    const struct erase_outcome *out = answer->outcome;
    if (out)
        snprintf(hidden.text, sizeof hidden.text, "%.*s", TEXT_ARGS(out->account));
    heard_answer(ctx, answer);
}

static void page_hidden(void *ctx, const struct ledger_answer *answer)
{
    const struct codes_page *page = answer->outcome;
    hidden.issued_n = page ? page->issued.n : 0;
    assert_true(!page || page->next == 0);
    heard_answer(ctx, answer);
}

static void issue(size_t wanted, const struct code_candidate *candidates, size_t n)
{
    struct act act = staff();
    struct codes_issue in = {.expires_ms = town_now + 1000000, .wanted = wanted,
                             .candidates = candidates, .n = n};
    HEAR(&town, codes_outcome, ledger_codes_issue(L, &act, &in, codes_hidden, &heard));
}

static void redeem(struct act *act, struct text serial, struct text hash, struct text account)
{
    char resident[RESIDENT_ID_SIZE + 1];
    assert_int_equal(ledger_resident_id_of_code(town.ledger, RIVERSIDE, serial, resident),
                     FAULT_NONE);
    struct code_redeem in = {serial, hash, HOME, account, text_of(resident)};
    HEAR(&town, code_outcome, ledger_code_redeem(L, act, &in, code_hidden, &heard));
}

static void a_code_is_nobody_of_the_register(void **state)
{
    (void)state;
    char of_code[RESIDENT_ID_SIZE + 1], of_entry[RESIDENT_ID_SIZE + 1];
    char of_person[RESIDENT_ID_SIZE + 1];
    struct ledger *ledger = town.ledger;
    assert_int_equal(ledger_resident_id_of_code(ledger, RIVERSIDE, TEXT("AB123"), of_code), 0);
    assert_int_equal(ledger_resident_id(ledger, RIVERSIDE, TEXT("AB123"), of_entry), 0);
    assert_int_equal(ledger_person_hash(ledger, RIVERSIDE, TEXT("AB123"), of_person), 0);
    assert_string_not_equal(of_code, of_entry);
    assert_string_not_equal(of_code, of_person);
    assert_string_not_equal(of_entry, of_person);
    char again[RESIDENT_ID_SIZE + 1];
    assert_int_equal(ledger_resident_id_of_code(ledger, RIVERSIDE, TEXT("AB123"), again), 0);
    assert_string_equal(again, of_code);
    assert_int_equal(ledger_resident_id_of_code(ledger, TEXT("hill"), TEXT("AB123"), again), 0);
    assert_string_not_equal(again, of_code);
    assert_true(resident_id_is_valid(text_of(of_code)));
}

static void codes_are_issued_redeemed_and_looked_at(void **state)
{
    (void)state;
    struct person ann = person(&town, "ann");
    town_settle_in(&town);
    const struct code_candidate list[] = {{TEXT("AAAAA"), HASH_A, TEXT(""), 1},
                                          {TEXT("BBBBB"), HASH_B, text_of(ann.id), 0},
                                          {TEXT("CCCCC"), HASH_B, TEXT(""), 0}};
    issue(2, list, 3);
    assert_yes();
    assert_shows("\"batch\":1");
    assert_string_equal(hidden.text, "0,1");
    issue(2, (const struct code_candidate[]){list[0], list[2]}, 2);
    assert_no(REFUSAL_SERIALS_TAKEN, "1 of the 2 wanted serials are free. Nothing was issued; send "
                                     "the same request again.");

    struct act act = act_of(TEXT("code"));
    redeem(&act, TEXT("AAAAA"), HASH_B, TEXT("account-1"));
    assert_no(REFUSAL_CODE_WRONG,
              "This is not a code of this community. Check each character of the letter.");
    redeem(&act, TEXT("AAAAA"), HASH_A, TEXT("account-1"));
    assert_yes();
    assert_shows("\"replayed\":false");
    assert_shows("\"recovered\":false,\"granted\":true");
    assert_string_equal(hidden.text, "account-1");
    assert_int_equal(hidden.area, 1);
    redeem(&act, TEXT("AAAAA"), HASH_A, TEXT("account-2"));
    assert_yes();
    assert_shows("\"replayed\":true");
    assert_string_equal(hidden.text, "account-1");

    struct act helper = act_of(TEXT("helper-1"));
    struct code_use use = {TEXT("BBBBB"), HASH_B, TEXT(""), TEXT("nobody")};
    HEAR(&town, code_outcome, ledger_code_use(L, &helper, &use, code_hidden, &heard));
    assert_yes();
    assert_shows(ann.id);
    HEAR(&town, code_view, ledger_code_state(L, RIVERSIDE, TEXT("AAAAA"), HERE));
    assert_shows("\"serial\":\"AAAAA\",\"state\":\"used\",\"issued\":\"20");
    HEAR_ITEMS(&town, code_view, ledger_codes(L, RIVERSIDE, 0, 10, page_hidden, &heard));
    assert_int_equal(heard.items_n, 2);
    assert_int_equal(hidden.issued_n, 2);
    struct codes_revoke revoke = {1, &list[1].serial, 1};
    act = staff();
    HEAR(&town, revoke_outcome, ledger_codes_revoke(L, &act, &revoke, HERE));
    assert_yes();
    assert_shows("\"revoked\":1,\"more\":false");
}

static void a_register_is_imported_and_its_findings_resolved(void **state)
{
    (void)state;
    char who[RESIDENT_ID_SIZE + 1];
    town_found(&town);
    assert_int_equal(ledger_person_hash(town.ledger, RIVERSIDE, TEXT("Ann 1990"), who), 0);
    struct person ann = person(&town, "ann"), too = person(&town, "ann-too");
    struct person eve = person(&town, "eve");
    const struct register_entry list[] = {{text_of(ann.id), 0, TEXT(""), text_of(who)},
                                          {text_of(too.id), 1, TEXT(""), text_of(who)},
                                          {text_of(eve.id), 1, TEXT("too_young"), TEXT("")}};
    struct register_import in = {list, 3};
    struct act act = staff();
    HEAR(&town, import_outcome, ledger_register_import(L, &act, &in, HERE));
    assert_yes();
    assert_shows("\"registered\":1,\"already\":0,\"granted\":0,\"ungranted\":0,\"ineligible\":1,"
                 "\"review\":1");
    HEAR_ITEMS(&town, review_item, ledger_review(L, RIVERSIDE, 0, 10, HERE));
    assert_shows("\"number\":1,");
    assert_shows("\"reason\":\"same_person\"");
    struct review_resolve resolve = {1, true};
    act = staff();
    HEAR(&town, act_outcome, ledger_review_resolve(L, &act, &resolve, HERE));
    assert_yes();
    act = staff();
    HEAR(&town, act_outcome, ledger_review_resolve(L, &act, &resolve, HERE));
    assert_no(REFUSAL_REVIEW_UNKNOWN, "There is no finding 1 to review in this community.");
    HEAR_ITEMS(&town, journal_item, ledger_journal(L, RIVERSIDE, TEXT(""), 10, HERE));
    assert_shows("\"kind\":\"resolved\"");
}

static void erase(struct town *by, const char *ref, bool keep, struct text who)
{
    struct person gone = person(by, ref);
    struct act act = staff();
    struct resident_erase in = {text_of(gone.id), keep, who, who.n ? DIGEST : TEXT("")};
    HEAR(by, erase_outcome, ledger_resident_erase(L, &act, &in, erase_hidden, &heard));
}

static void somebody_is_erased_by_two_and_in_the_round_that_is_open(void **state)
{
    (void)state;
    town_join(&second, &town, (struct ledger_plan){.skew_unchecked = true});
    town_settle_in(&town);
    town_pledge(&town, "ann", 1, 5000);
    assert_yes();
    erase(&second, "ann", false, TEXT("a:one")); /* knows of no round yet */
    assert_yes();
    assert_shows("\"pending\":true");
    HEAR_ITEMS(&town, approval_item, ledger_approvals(L, RIVERSIDE, HERE));
    assert_int_equal(heard.items_n, 1);
    assert_shows("\"kind\":\"resident_erase\"");
    erase(&second, "ann", false, TEXT("a:two"));
    assert_yes();
    assert_null(strstr(heard.json, "pending"));
    assert_string_equal(hidden.text, "");
    HEAR(&town, totals, ledger_totals(L, RIVERSIDE, HERE));
    assert_shows("\"held\":0");
    town_pledge(&town, "bob", 1, 5000);
    erase(&town, "bob", true, TEXT(""));
    assert_yes();
    HEAR(&town, totals, ledger_totals(L, RIVERSIDE, HERE));
    assert_shows("\"held\":5000");
    erase(&town, "bob", true, TEXT(""));
    assert_no(REFUSAL_RESIDENT_UNKNOWN,
              "No resident with this id is registered in this community.");
    town_leave(&second);
}

static void a_pledge_from_paper_waits_for_a_second_helper_of_the_body(void **state)
{
    (void)state;
    town_settle_in(&town);
    struct person ann = person(&town, "ann");
    struct pledge_set in = {.proposal = 1, .amount = 5000, .helper = TEXT("a:one"),
                            .role = TEXT("clerk"), .body = TEXT("rivercare"),
                            .person = TEXT("a:one"), .digest = DIGEST};
    struct act act = act_by(&ann);
    HEAR(&town, pledge_view, ledger_pledge_set(L, &act, &in, HERE));
    assert_yes();
    assert_shows("\"amount\":0");
    assert_shows("\"pending\":true");
    in.person = in.helper = TEXT("a:two");
    act = act_by(&ann);
    HEAR(&town, pledge_view, ledger_pledge_set(L, &act, &in, HERE));
    assert_yes();
    assert_shows("\"amount\":5000");
    HEAR_ITEMS(&town, helped_item, ledger_helped(L, RIVERSIDE, HERE));
    assert_shows("{\"helper\":\"a:two\",\"hour_n\":1,\"ever\":1,");
    struct tender_act withdraw = {.tender = 1, .person = TEXT("a:one"), .digest = HASH_A};
    act = staff();
    HEAR(&town, tender_outcome, ledger_tender_withdraw(L, &act, &withdraw, HERE));
    assert_yes();
    assert_shows("\"pending\":true,\"tender\":\"riverside.t1\"");
}

static void what_was_counted_is_added_and_shown_and_forgotten(void **state)
{
    (void)state;
    town_found(&town);
    const struct journal_note notes[] = {
        {TEXT("pledges"), town_now, TEXT("1"), HOME, TEXT("20"), TEXT("5")},
        {TEXT("pledges"), town_now, TEXT(""), TEXT(""), TEXT("1"), TEXT("1")},
    };
    struct journal_add in = {notes, 2};
    struct act act = {.slug = RIVERSIDE, .subject = TEXT("keeper")};
    HEAR(&town, act_outcome, ledger_journal_add(L, &act, &in, HERE));
    assert_yes();
    HEAR_ITEMS(&town, anomaly, ledger_anomalies(L, RIVERSIDE, HERE));
    assert_shows("{\"kind\":\"address\",\"address\":\"abcdefghijk\",\"pledges\":20,\"wallets\":5,");
    struct people_purge purge = {town_now + 1};
    act = staff();
    HEAR(&town, purge_outcome, ledger_people_purge(L, &act, &purge, HERE));
    assert_yes();
    assert_shows("\"more\":false");
    HEAR_ITEMS(&town, journal_item, ledger_journal(L, RIVERSIDE, TEXT(""), 10, HERE));
    assert_int_equal(heard.items_n, 0);
}

static void a_thousand_codes_and_entries_fit_into_one_question(void **state)
{
    (void)state;
    static char serials[CODES_ISSUE_MAX + CODES_SPARE_MAX][CODE_SERIAL_SIZE + 1];
    static char ids[RESIDENTS_REGISTER_MAX][RESIDENT_ID_SIZE + 1];
    static struct code_candidate list[CODES_ISSUE_MAX + CODES_SPARE_MAX];
    static struct register_entry entries[RESIDENTS_REGISTER_MAX];
    town_found(&town);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        snprintf(serials[i], sizeof serials[i], "%05u", (unsigned)i % 100000);
        list[i] = (struct code_candidate){text_of(serials[i]), HASH_A, TEXT(""), i % 2};
    }
    issue(CODES_ISSUE_MAX, list, sizeof list / sizeof *list);
    assert_yes();
    for (size_t i = 0; i < RESIDENTS_REGISTER_MAX; i++) {
        snprintf(ids[i], sizeof ids[i], "%022u", (unsigned)i);
        entries[i] = (struct register_entry){text_of(ids[i]), 1, TEXT(""), text_of(ids[i])};
    }
    struct register_import in = {entries, RESIDENTS_REGISTER_MAX};
    struct act act = staff();
    HEAR(&town, import_outcome, ledger_register_import(L, &act, &in, HERE));
    assert_yes();
    assert_shows("\"registered\":1000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_code_is_nobody_of_the_register, begin, end),
        cmocka_unit_test_setup_teardown(codes_are_issued_redeemed_and_looked_at, begin, end),
        cmocka_unit_test_setup_teardown(a_register_is_imported_and_its_findings_resolved, begin,
                                        end),
        cmocka_unit_test_setup_teardown(somebody_is_erased_by_two_and_in_the_round_that_is_open,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_pledge_from_paper_waits_for_a_second_helper_of_the_body,
                                        begin, end),
        cmocka_unit_test_setup_teardown(what_was_counted_is_added_and_shown_and_forgotten, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_thousand_codes_and_entries_fit_into_one_question, begin,
                                        end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
