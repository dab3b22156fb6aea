/* 080_ledger_calls.c -- every typed call of the ledger, against the functions in a real Redis. */
/* rooms: base io store ledger */
#include "080_town_acts.h"

#include "groundswell/base/secret.h"
#include "groundswell/ledger/commissions.h"
#include "groundswell/ledger/shape.h"

static struct town town;

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

/* ---- community and money -------------------------------------------------------------------- */

static void a_community_is_created_once_and_found_in_the_index(void **state)
{
    (void)state;
    town_found(&town);
    assert_shows("{\"seq\":0,");
    struct act act = staff();
    struct community_create in = {TEXT("GBP"), TEXT("north"), 0, 0, TEXT("{}")};
    HEAR(&town, act_outcome, ledger_community_create(L, &act, &in, HERE));
    assert_no(REFUSAL_COMMUNITY_EXISTS, "A community with this slug exists already.");

    heard = (struct heard){.loop = town.loop, .item_size = sizeof(struct text)};
    ledger_communities(town.ledger, TEXT(""), 10, HERE);
    town_run(&town);
    assert_int_equal(heard.items_n, 1);
    heard = (struct heard){.loop = town.loop, .item_size = sizeof(struct text)};
    ledger_communities(town.ledger, RIVERSIDE, 10, HERE);
    town_run(&town);
    assert_int_equal(heard.items_n, 0);

    HEAR(&town, community_view, ledger_community_view(L, RIVERSIDE, HERE));
    assert_shows("\"currency\":\"GBP\"");
    assert_shows("\"text\":{\"name\":\"R\"}"); /* without its salt */
    HEAR(&town, community_view, ledger_community_view(L, TEXT("nowhere"), HERE));
    assert_no(REFUSAL_COMMUNITY_UNKNOWN, "There is no community with this slug.");
}

static void money_is_added_topped_up_and_shown(void **state)
{
    (void)state;
    town_found(&town);
    town_fund(&town, 150000);
    assert_shows("\"fund\":\"riverside.f1\"");
    struct act act = staff();
    struct fund_top_up in = {1, 500};
    HEAR(&town, fund_outcome, ledger_fund_top_up(L, &act, &in, HERE));
    assert_yes();
    act = staff();
    in.fund = 7;
    HEAR(&town, fund_outcome, ledger_fund_top_up(L, &act, &in, HERE));
    assert_no(REFUSAL_FUND_UNKNOWN, "There is no fund 7 in this community.");

    HEAR_ITEMS(&town, fund_view, ledger_funds(L, RIVERSIDE, HERE));
    assert_string_equal(heard.json, "{\"fund\":\"riverside.f1\",\"amount\":150500,\"left\":150500,"
                                    "\"text\":{\"source\":\"lottery\"}}");
    HEAR(&town, totals, ledger_totals(L, RIVERSIDE, HERE));
    assert_shows("\"funds\":150500,\"unallotted\":150500,\"free\":0,\"held\":0");
}

static void the_same_key_is_done_once(void **state)
{
    (void)state;
    town_found(&town);
    struct act act = staff();
    struct fund_add in = {1000, TEXT("health"), TEXT("{}")};
    HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    assert_yes();
    assert_shows("{\"seq\":1,");
    assert_shows("\"replayed\":true,\"fund\":\"riverside.f1\"");
    act.body_hash[0]++;
    HEAR(&town, fund_outcome, ledger_fund_add(L, &act, &in, HERE));
    assert_int_equal(heard.refusal, REFUSAL_KEY_REUSED);
}

/* ---- residents ------------------------------------------------------------------------------ */

static void residents_register_are_granted_leave_and_sign_out(void **state)
{
    (void)state;
    town_settle_in(&town);
    static const char *const late[] = {"ann", "cem", "dora", "eve"};
    town_register(&town, late, 4); /* 1,000.00 is left: enough for two */
    assert_shows("\"registered\":3,\"already\":1,\"granted\":2,\"ungranted\":1");
    struct person eve = person(&town, "eve"), ann = person(&town, "ann");
    HEAR(&town, resident_view, ledger_resident_view(L, RIVERSIDE, text_of(eve.id), HERE));
    assert_string_equal(heard.json, "{\"state\":\"member\",\"epoch\":0,\"granted\":false}");

    struct act act = staff();
    struct resident_act in = {text_of(eve.id)};
    HEAR(&town, act_outcome, ledger_resident_grant(L, &act, &in, HERE));
    assert_no(REFUSAL_UNALLOTTED_SHORT,
              "The pool lacks 50000 to grant this: 50000 is needed and 0 is not yet allotted.");
    town_fund(&town, 50000);
    act = staff();
    HEAR(&town, act_outcome, ledger_resident_grant(L, &act, &in, HERE));
    assert_yes();

    act = staff();
    in.resident = text_of(ann.id);
    HEAR(&town, act_outcome, ledger_resident_leave(L, &act, &in, HERE));
    assert_yes();
    act = staff();
    HEAR(&town, act_outcome, ledger_resident_leave(L, &act, &in, HERE));
    assert_no(REFUSAL_RESIDENT_UNKNOWN,
              "No resident with this id is registered in this community.");

    act = staff();
    in.resident = text_of(eve.id);
    HEAR(&town, act_outcome, ledger_resident_sign_out(L, &act, &in, HERE));
    assert_yes();
    town_pledge(&town, "eve", 1, 1000); /* with a token of before */
    assert_no(REFUSAL_SIGNED_OUT, "This sign-in is no longer valid. Sign in again.");
    act = staff();
    struct staff_act officer = {TEXT("officer-7")};
    HEAR(&town, act_outcome, ledger_staff_sign_out(L, &act, &officer, HERE));
    assert_yes();
    act = act_of(TEXT("officer-7"));
    HEAR(&town, act_outcome, ledger_resident_grant(L, &act, &in, HERE));
    assert_int_equal(heard.refusal, REFUSAL_SIGNED_OUT);
}

/* ---- rounds, tenders, proposals ------------------------------------------------------------- */

static void a_round_opens_and_closes(void **state)
{
    (void)state;
    static const char *const refs[] = {"ann", "bob"};
    town_found(&town);
    town_fund(&town, 99999);
    town_register(&town, refs, 2);
    struct act act = staff();
    struct round_open in = {.allotment = 50000, .token = 100, .closes_ms = town_now + 1000};
    HEAR(&town, round_outcome, ledger_round_open(L, &act, &in, HERE));
    assert_no(REFUSAL_UNALLOTTED_SHORT,
              "The pool lacks 1 to grant this: 100000 is needed and 99999 is not yet allotted.");
    town_fund(&town, 1);
    town_open_round(&town, 50000);
    assert_shows("\"round\":\"riverside.r1\",\"granted\":100000");
    HEAR(&town, round_view, ledger_round_view(L, RIVERSIDE, 1, HERE));
    assert_shows("\"round\":\"riverside.r1\",\"open\":true,\"allotment\":50000,\"token\":100");
    HEAR(&town, round_view, ledger_round_view(L, RIVERSIDE, 2, HERE));
    assert_no(REFUSAL_ROUND_UNKNOWN, "There is no round 2 in this community.");

    struct round_close close = {1};
    act = staff();
    HEAR(&town, round_outcome, ledger_round_close(L, &act, &close, HERE));
    assert_yes();
    act = staff();
    HEAR(&town, round_outcome, ledger_round_close(L, &act, &close, HERE));
    assert_no(REFUSAL_ROUND_NOT_OPEN, "No round is open in this community.");
}

static void tenders_and_proposals_are_made_shown_and_withdrawn(void **state)
{
    (void)state;
    town_settle_in(&town);
    HEAR(&town, tender_view, ledger_tender_view(L, RIVERSIDE, 1, HERE));
    assert_shows("{\"tender\":\"riverside.t1\",\"round\":\"riverside.r1\",\"state\":\"open\"");
    assert_shows("\"late\":true");
    assert_shows("\"text\":{\"title\":\"A bench\"}");
    town_tender(&town, 100, 1, town_now + 5);
    const struct tenders_page first = {.limit = 1}, rest = {.after = 1, .limit = 10};
    HEAR_ITEMS(&town, tender_view, ledger_tenders(L, RIVERSIDE, &first, HERE));
    assert_int_equal(heard.items_n, 1);
    assert_int_equal(heard.next, 1);
    HEAR_ITEMS(&town, tender_view, ledger_tenders(L, RIVERSIDE, &rest, HERE));
    assert_int_equal(heard.next, 0);
    assert_shows("{\"tender\":\"riverside.t2\",\"state\":\"draft\"");

    HEAR(&town, proposal_view, ledger_proposal_view(L, RIVERSIDE, 2, HERE));
    assert_shows("{\"proposal\":\"riverside.p2\",\"tender\":\"riverside.t1\",\"price\":90000");
    struct proposals_page page = {.tender = 1, .limit = 10};
    HEAR_ITEMS(&town, proposal_view, ledger_proposals(L, RIVERSIDE, &page, HERE));
    assert_int_equal(heard.items_n, 2);

    struct act act = staff();
    struct proposal_submit dear = {1, TEXT("rivercare"), 100001, TEXT("{}"), TEXT("")};
    HEAR(&town, proposal_outcome, ledger_proposal_submit(L, &act, &dear, HERE));
    assert_no(REFUSAL_PRICE_OVER_CEILING,
              "The price is 100001, but the tender's ceiling is 100000.");
    act = staff();
    struct proposal_act proposal = {2, TEXT("others")};
    HEAR(&town, proposal_outcome, ledger_proposal_withdraw(L, &act, &proposal, HERE));
    assert_no(REFUSAL_NOT_YOUR_BODY,
              "This belongs to the body rivercare; only its clerks may do this.");
    proposal.body = TEXT("rivercare");
    act = staff();
    HEAR(&town, proposal_outcome, ledger_proposal_withdraw(L, &act, &proposal, HERE));
    assert_yes();
    struct tender_act tender = {.tender = 1};
    act = staff();
    HEAR(&town, tender_outcome, ledger_tender_withdraw(L, &act, &tender, HERE));
    assert_yes();
    act = staff();
    HEAR(&town, tender_outcome, ledger_tender_open(L, &act, &tender, HERE));
    assert_no(REFUSAL_TENDER_NOT_DRAFT, "Only a draft can be opened, approved or published; "
                                         "this tender is withdrawn.");
}

static void proposals_take_shape(void **state)
{
    (void)state;
    town_settle_in(&town);
    town_tender(&town, 100, 1, town_now + 9000);
    town_proposal(&town, 2, 50); /* 3 */
    town_proposal(&town, 2, 60); /* 4 */
    struct act act = staff();
    const struct proposal_amend dear = {3, 100001, TEXT("{\"title\":\"Elm\"}"), TEXT("")};
    HEAR(&town, proposal_outcome, ledger_proposal_amend(L, &act, &dear, HERE));
    assert_no(REFUSAL_PRICE_OVER_CEILING, "The price is 100001, but the tender's ceiling is 100.");
    const struct proposal_amend good = {3, 70, TEXT("{\"title\":\"Elm\"}"),
                                        TEXT("1:30,2:40")};
    act = staff();
    HEAR(&town, proposal_outcome, ledger_proposal_amend(L, &act, &good, HERE));
    assert_yes();
    const struct proposal_judge judge = {3, TEXT("rivercare"), true, TEXT("{\"reasons\":\"x\"}")};
    act = staff();
    HEAR(&town, proposal_outcome, ledger_proposal_judge(L, &act, &judge, HERE));
    assert_shows("\"proposal\":\"riverside.p3\"");
    HEAR(&town, proposal_view, ledger_proposal_view(L, RIVERSIDE, 3, HERE));
    assert_shows("\"version\":2,\"judged\":\"eligible\"");
    assert_shows("\"reasons\":{\"reasons\":\"x\"},\"text\":{\"title\":\"Elm\"}");
    const struct proposal_versions_page page = {3, 0, 10};
    HEAR_ITEMS(&town, proposal_version, ledger_proposal_versions(L, RIVERSIDE, &page, HERE));
    assert_int_equal(heard.items_n, 2);
    const struct proposal_merge merge = {3, 4};
    act = staff();
    act.subject = TEXT("stranger");
    HEAR(&town, proposal_outcome, ledger_proposal_merge(L, &act, &merge, HERE));
    assert_no(REFUSAL_NOT_YOUR_PROPOSAL, "Only who submitted this proposal may do this.");
    act = staff();
    HEAR(&town, proposal_outcome, ledger_proposal_merge(L, &act, &merge, HERE));
    assert_yes();
    HEAR(&town, proposal_view, ledger_proposal_view(L, RIVERSIDE, 4, HERE));
    assert_shows("\"merged_into\":\"riverside.p3\"");
}

static void the_rule_has_one_hash(void **state)
{
    (void)state;
    struct tender_create rule = {.ceiling = 100, .people_min = 3, .awards_max = 1, .closes_ms = 9};
    char hash[65], other[65];
    uint8_t digest[DIGEST_SIZE];
    ledger_rule_hash(&rule, hash);
    digest_sha256(TEXT("{\"v\":1,\"people_min\":3,\"areas_min\":0,\"area_people_min\":0,"
                       "\"awards_max\":1,\"ceiling\":100,\"closes\":9,\"theme\":\"\"}"),
                  digest);
    CLEANUP(buf) struct buf hex = BUF_MAX(65);
    encode_hex(&hex, digest, sizeof digest);
    assert_buf(&hex, hash);
    rule.theme = TEXT("health");
    ledger_rule_hash(&rule, other);
    assert_string_not_equal(hash, other);
    rule.theme = TEXT("");
    rule.window_ms = 60000;
    rule.hidden = true;
    rule.days = 7;
    rule.contributors = 5;
    ledger_rule_hash(&rule, hash);
    digest_sha256(TEXT("{\"v\":1,\"people_min\":3,\"areas_min\":0,\"area_people_min\":0,"
                       "\"awards_max\":1,\"ceiling\":100,\"closes\":9,\"theme\":\"\","
                       "\"window\":60000,\"tally\":\"hidden\",\"days\":7,\"contributors\":5}"),
                  digest);
    buf_reset(&hex);
    encode_hex(&hex, digest, sizeof digest);
    assert_buf(&hex, hash);
    rule.need = 1; /* what it answers is no part of the rule */
    ledger_rule_hash(&rule, other);
    assert_string_equal(hash, other);
}

/* ---- pledges -------------------------------------------------------------------------------- */

static void the_pledge_that_completes_the_rule_makes_a_commission(void **state)
{
    (void)state;
    town_settle_in(&town);
    town_pledge(&town, "ann", 1, 40000);
    assert_yes();
    assert_shows("\"amount\":40000,\"allotment\":50000,\"free\":10000,\"held\":40000");
    assert_shows("\"pledged\":40000,\"people\":1,\"people_min\":2");
    town_pledge(&town, "bob", 1, 50001);
    assert_no(REFUSAL_WALLET_SHORT, "You asked to pledge 50001, but only 50000 is available to "
                                    "this pledge: 1 too much.");
    town_pledge(&town, "bob", 1, 50000);
    assert_yes();
    assert_shows("\"activated\":true");
    assert_shows("\"rho\":30000");
    struct commissions_page page = {.limit = 10};
    HEAR_ITEMS(&town, commission_view, ledger_commissions(L, RIVERSIDE, &page, HERE));
    assert_shows("{\"commission\":\"riverside.c1\",\"proposal\":\"riverside.p1\","
                 "\"tender\":\"riverside.t1\"");

    struct person ann = person(&town, "ann");
    HEAR(&town, pledge_view, ledger_pledge_view(L, RIVERSIDE, text_of(ann.id), 1, HERE));
    assert_shows("\"amount\":40000,\"allotment\":50000,\"free\":20000,\"held\":0,\"spent\":30000");
    HEAR(&town, wallet_view, ledger_wallet_view(L, RIVERSIDE, text_of(ann.id), HERE));
    assert_shows("\"allotment\":50000,\"free\":20000,\"held\":0,\"spent\":30000");
    HEAR_ITEMS(&town, wallet_pledge, ledger_wallet_view(L, RIVERSIDE, text_of(ann.id), HERE));
    assert_shows("\"amount\":40000,\"worth\":30000,\"state\":\"spent\"");
    HEAR(&town, proposal_outcome, ledger_activate(L, RIVERSIDE, 1, HERE));
    assert_no(REFUSAL_PROPOSAL_ACTIVATED,
              "This proposal has become a commission; its pledges are final.");
}

static void a_pledge_is_withdrawn(void **state)
{
    (void)state;
    town_settle_in(&town);
    struct person ann = person(&town, "ann");
    struct act act = act_by(&ann);
    struct pledge_withdraw in = {1};
    HEAR(&town, pledge_view, ledger_pledge_withdraw(L, &act, &in, HERE));
    assert_no(REFUSAL_PLEDGE_NONE, "You have no pledge on this proposal.");
    town_pledge(&town, "ann", 1, 40000);
    act = act_by(&ann);
    HEAR(&town, pledge_view, ledger_pledge_withdraw(L, &act, &in, HERE));
    assert_yes();
    assert_shows("\"amount\":0,\"allotment\":50000,\"free\":50000,\"held\":0");
}

static void settling_writes_what_is_due(void **state)
{
    (void)state;
    town_settle_in(&town);
    HEAR(&town, settle_outcome, ledger_settle(L, RIVERSIDE, HERE));
    assert_yes();
    assert_shows("\"more\":false");
    town_now += 100000;
    HEAR(&town, settle_outcome, ledger_settle(L, RIVERSIDE, HERE));
    HEAR(&town, tender_view, ledger_tender_view(L, RIVERSIDE, 1, HERE));
    assert_shows("\"state\":\"lapsed\"");
    HEAR(&town, settle_outcome, ledger_settle(L, TEXT("nowhere"), HERE));
    assert_int_equal(heard.refusal, REFUSAL_COMMUNITY_UNKNOWN);
}

/* ---- the log -------------------------------------------------------------------------------- */

struct reading {
    struct loop *loop;
    uint64_t next;
    size_t kinds;
};

static void reading_record(void *ctx, const struct ledger_record *record)
{
    struct reading *reading = ctx;
    assert_int_equal(record->seq, reading->next);
    assert_text(record->members[0].name, "v");
    assert_text(record->members[1].name, "seq");
    assert_text(record->members[3].name, "kind");
    reading->kinds += text_is(record->members[3].value, "fund_added");
    if (++reading->next == 3)
        loop_stop(reading->loop);
}

static void records_are_read_and_followed_in_order(void **state)
{
    (void)state;
    town_found(&town);
    struct reading reading = {.loop = town.loop};
    struct ledger_follow *follow =
        ledger_follow(town.ledger, RIVERSIDE, 0, reading_record, &reading);
    assert_non_null(follow);
    town_fund(&town, 1);
    town_fund(&town, 2);
    if (reading.next < 3)
        town_run(&town);
    assert_int_equal(reading.kinds, 2);
    ledger_follow_stop(follow);

    heard = (struct heard){.loop = town.loop, .item_size = sizeof(struct ledger_record)};
    ledger_log(town.ledger, RIVERSIDE, 1, 1, HERE);
    town_run(&town);
    assert_yes();
    assert_int_equal(heard.items_n, 1);
    assert_int_equal(heard.next, 2);
    assert_int_equal(((const struct ledger_record *)heard.items)->seq, 1);
    heard = (struct heard){.loop = town.loop, .item_size = sizeof(struct ledger_record)};
    ledger_log(town.ledger, TEXT("nowhere"), 0, 10, HERE);
    town_run(&town);
    assert_int_equal(heard.refusal, REFUSAL_COMMUNITY_UNKNOWN);
}

/* ---- the raw state -------------------------------------------------------------------------- */

static void the_raw_state_can_be_compared(void **state)
{
    (void)state;
    town_settle_in(&town);
    town_pledge(&town, "ann", 2, 1000);
    town_pledge(&town, "ann", 1, 40000);
    HEAR(&town, community_state, ledger_state_community(L, RIVERSIDE, HERE));
    assert_yes();
    assert_shows("\"funds\":200000,\"unallotted\":100000,\"free\":59000,\"held\":41000");
    assert_int_equal(heard.items_n, 1); /* left, unrestricted */
    HEAR(&town, tender_state, ledger_state_tender(L, RIVERSIDE, 1, HERE));
    assert_shows("{\"round\":1,\"held\":41000,\"awards\":0");
    HEAR(&town, proposal_state, ledger_state_proposal(L, RIVERSIDE, 1, HERE));
    assert_shows("{\"tender\":1,\"price\":60000,\"sum\":40000,\"n\":1,\"areas_ok\":0");
    assert_int_equal(heard.items_n, 1); /* the people of area 0 */
    HEAR(&town, fund_state, ledger_state_fund(L, RIVERSIDE, 1, HERE));
    assert_shows("{\"amount\":200000,\"left\":200000");
    HEAR(&town, fund_state, ledger_state_fund(L, RIVERSIDE, 2, HERE));
    assert_int_equal(heard.fault, FAULT_ABSENT);
    HEAR(&town, act_outcome, ledger_state_states(L, RIVERSIDE, HERE));
    assert_int_equal(heard.items_n, 3); /* t1, p1, p2 */
    HEAR(&town, act_outcome, ledger_state_residents(L, RIVERSIDE, HERE));
    assert_int_equal(heard.items_n, 2);

    heard = (struct heard){.loop = town.loop, .item_size = sizeof(struct wallet_state)};
    ledger_wallets_scan(town.ledger, RIVERSIDE, 1, 0, HERE);
    town_run(&town);
    assert_yes();
    assert_int_equal(heard.items_n, 1);
    assert_int_equal(heard.next, 0);
    const struct wallet_state *wallet = (const void *)heard.items;
    struct person ann = person(&town, "ann");
    char pseudonym[RESIDENT_ID_SIZE + 1];
    assert_int_equal(ledger_wallet(town.ledger, RIVERSIDE, 1, text_of(ann.id), pseudonym), 0);
    assert_string_equal(wallet->wallet, pseudonym);
    assert_int_equal(wallet->pledges_n, 2);
    assert_int_equal(wallet->pledges[0].proposal, 2);
    assert_int_equal(wallet->pledges[0].tender, 1);
    assert_int_equal(wallet->pledges[1].amount, 40000);
    assert_int_equal(wallet->pledges[1].seq, wallet->pledges[0].seq + 1);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(a_community_is_created_once_and_found_in_the_index),
        EACH(money_is_added_topped_up_and_shown),
        EACH(the_same_key_is_done_once),
        EACH(residents_register_are_granted_leave_and_sign_out),
        EACH(a_round_opens_and_closes),
        EACH(tenders_and_proposals_are_made_shown_and_withdrawn),
        EACH(proposals_take_shape),
        cmocka_unit_test(the_rule_has_one_hash),
        EACH(the_pledge_that_completes_the_rule_makes_a_commission),
        EACH(a_pledge_is_withdrawn),
        EACH(settling_writes_what_is_due),
        EACH(records_are_read_and_followed_in_order),
        EACH(the_raw_state_can_be_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
