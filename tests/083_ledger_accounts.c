/* 083_ledger_accounts.c -- every typed call on accounts and organisations, against the functions in
 * a real Redis. */
/* rooms: base io store ledger */
#include "083_ada.h"

#include "groundswell/io/file.h"
#include "groundswell/ledger/erased.h"
#include "groundswell/ledger/orgs.h"

#define PHC TEXT("$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g")
#define PHC_NEW TEXT("$argon2id$v=19$m=65536,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g")

/* ---- words ---------------------------------------------------------------------------------- */

static void hats_come_off_one_by_one(void **state)
{
    (void)state;
    struct text hats = TEXT("resident:oak:r_1,clerk::,trust:*:");
    struct account_hat hat;
    assert_true(account_hat_cut(&hats, &hat));
    assert_true(text_is(hat.role, "resident") && text_is(hat.scope, "oak"));
    assert_true(text_is(hat.subject, "r_1"));
    assert_true(account_hat_cut(&hats, &hat));
    assert_true(text_is(hat.role, "clerk") && text_is(hat.scope, "") && text_is(hat.subject, ""));
    assert_true(account_hat_cut(&hats, &hat));
    assert_true(text_is(hat.role, "trust") && text_is(hat.scope, "*") && text_is(hat.subject, ""));
    assert_false(account_hat_cut(&hats, &hat));
    static const char *const none[] = {"", "clerk", "clerk:oak", ":oak:x"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct text list = text_of(none[i]);
        assert_false(account_hat_cut(&list, &hat));
    }
}

static void ids_are_fresh(void **state)
{
    (void)state;
    char one[ACCOUNT_ID_SIZE + 1], two[ACCOUNT_ID_SIZE + 1];
    ledger_account_id(one);
    ledger_account_id(two);
    assert_true(resident_id_is_valid(text_of(one)) && resident_id_is_valid(text_of(two)));
    assert_string_not_equal(one, two);
}

/* ---- the account ---------------------------------------------------------------------------- */

/* One line in the file, and it is hers. */
static void assert_erased_once(void)
{
    CLEANUP(buf) struct buf file = BUF_MAX(KIB);
    assert_int_equal(file_read(temp_path(&town.keys, ERASED_FILE), &file), FAULT_NONE);
    struct text content = buf_view(&file), account;
    assert_true(ledger_erased_cut(&content, &account));
    assert_true(text_is(account, ada));
    assert_false(ledger_erased_cut(&content, &account));
    assert_int_equal(content.n, 0);
}

static void who_is_forgotten_is_gone_and_no_line_is_added(void **state)
{
    (void)state;
    open_ada();
    struct account_forget in = {text_of(ada), UNTIL_S};
    HEAR(&town, forget_outcome, ledger_account_forget(L, &in, HERE));
    assert_string_equal(heard.json, "{\"known\":true}");
    HEAR(&town, forget_outcome, ledger_account_forget(L, &in, HERE));
    assert_string_equal(heard.json, "{\"known\":false}");
    CLEANUP(buf) struct buf file = BUF_MAX(KIB);
    assert_int_equal(file_read(temp_path(&town.keys, ERASED_FILE), &file), FAULT_ABSENT);
}

static void a_line_that_is_none_is_not_taken(void **state)
{
    (void)state;
    static const char *const none[] = {"x 1\n", "AAAAAAAAAAAAAAAAAAAAAA 1", "\n",
                                       "AAAAAAAAAAAAAAAAAAAAAA\n", "AAAAAAAAAAAAAAAAAAAAAA x\n"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        struct text content = text_of(none[i]), account;
        assert_false(ledger_erased_cut(&content, &account));
        assert_int_equal(content.n, strlen(none[i]));
    }
}

static void an_account_is_opened_shown_and_erased(void **state)
{
    (void)state;
    struct account_get get = {text_of(ada)};
    HEAR(&town, account_view, ledger_account_get(L, &get, HERE));
    assert_no(REFUSAL_ACCOUNT_UNKNOWN, "There is no such account.");
    open_ada();
    HEAR(&town, account_view, ledger_account_get(L, &get, HERE));
    assert_shows("\"mail_ok\":false,\"passkeys\":0,\"has_password\":false,\"created\":\"2025-11");
    assert_null(strstr(heard.json, "resident:")); /* hats are not for JSON */

    struct account_act act = act_at(ada, 0);
    struct profile_set profile = {TEXT("en-GB")};
    HEAR(&town, account_view, ledger_profile_set(L, &act, &profile, HERE));
    assert_shows("\"lang\":\"en-GB\"");
    act.body_hash[0]++;
    HEAR(&town, account_view, ledger_profile_set(L, &act, &profile, HERE));
    assert_int_equal(heard.refusal, REFUSAL_KEY_REUSED);

    HEAR(&town, account_view, ledger_account_export(L, &act, HERE));
    assert_yes();
    assert_shows("\"lang\":\"en-GB\"");
    HEAR_ITEMS(&town, account_event, ledger_account_events(L, &act, HERE));
    assert_shows("\"kind\":\"signed-in\",\"detail\":\"code\"");
    struct people_journal journal = {TEXT(""), 10};
    HEAR_ITEMS(&town, people_event, ledger_people_journal(L, &journal, HERE));
    assert_shows("\"kind\":\"opened\",\"who\":\"1\"");

    act = act_at(ada, 0);
    struct sessions_end sessions = {UNTIL_S};
    HEAR(&town, people_outcome, ledger_account_erase(L, &act, &sessions, HERE));
    assert_yes();
    HEAR(&town, people_outcome, ledger_account_erase(L, &act, &sessions, HERE));
    assert_int_equal(heard.refusal, REFUSAL_SIGNED_OUT);
    assert_erased_once();
    HEAR(&town, account_view, ledger_account_get(L, &get, HERE));
    assert_int_equal(heard.refusal, REFUSAL_ACCOUNT_UNKNOWN);
    struct accounts_purge purge = {0};
    HEAR(&town, accounts_purge_outcome, ledger_accounts_purge(L, &purge, HERE));
    assert_string_equal(heard.json, "{\"purged\":0,\"more\":false}");
}

static void signing_out_everywhere_ends_what_an_old_session_may_do(void **state)
{
    (void)state;
    open_ada();
    struct account_act act = act_at(ada, 0);
    struct sessions_end sessions = {UNTIL_S};
    HEAR(&town, account_view, ledger_sign_out_everywhere(L, &act, &sessions, HERE));
    assert_yes();
    act = act_at(ada, 0);
    struct profile_set profile = {TEXT("fr")};
    HEAR(&town, account_view, ledger_profile_set(L, &act, &profile, HERE));
    assert_no(REFUSAL_SIGNED_OUT, "This sign-in is no longer valid. Sign in again.");
    act = act_at(ada, 1);
    HEAR(&town, account_view, ledger_profile_set(L, &act, &profile, HERE));
    assert_yes();
    struct hat_remove hat = {text_of(ada), TEXT("clerk::"), UNTIL_S};
    HEAR(&town, account_view, ledger_hat_remove(L, &hat, HERE));
    assert_yes();
    act = act_at(ada, 1);
    HEAR(&town, account_view, ledger_profile_set(L, &act, &profile, HERE));
    assert_int_equal(heard.refusal, REFUSAL_SIGNED_OUT);
}

/* ---- ways in -------------------------------------------------------------------------------- */

/* What is never JSON, out of the answer while it lasts. */
static struct {
    char account[32], alg[8], key[32], phc[128], mail[64];
    uint64_t n, count;
    bool known;
} found;

static void copy(char *ret, size_t size, struct text from)
{
    assert_true(from.n < size);
    memcpy(ret, from.at, from.n);
    ret[from.n] = 0;
}

static void passkey_found_answer(void *ctx, const struct ledger_answer *answer)
{
    const struct passkey_found *it = answer->outcome;
    if (it) {
        copy(found.account, sizeof found.account, it->account);
        copy(found.alg, sizeof found.alg, it->alg);
        copy(found.key, sizeof found.key, it->key);
        found.n = it->n;
        found.count = it->count;
    }
    heard_answer(ctx, answer);
}

static void password_found_answer(void *ctx, const struct ledger_answer *answer)
{
    const struct password_found *it = answer->outcome;
    if (it) {
        copy(found.account, sizeof found.account, it->account);
        copy(found.phc, sizeof found.phc, it->phc);
    }
    heard_answer(ctx, answer);
}

static void link_answer(void *ctx, const struct ledger_answer *answer)
{
    const struct link_outcome *it = answer->outcome;
    if (it) {
        copy(found.mail, sizeof found.mail, it->mail);
        found.known = it->known;
    }
    heard_answer(ctx, answer);
}

static void challenge(const char *hash, const char *purpose, const char *account)
{
    struct challenge_new in = {text_of(hash), text_of(purpose), text_of(account)};
    HEAR(&town, people_outcome, ledger_challenge_new(L, &in, HERE));
    assert_yes();
}

static void a_passkey_is_added_found_used_labelled_and_removed(void **state)
{
    (void)state;
    open_ada();
    struct account_act act = act_at(ada, 0);
    struct passkey_add add = {.challenge = TEXT("challenge1"), .count = 3, .flags = 1};
    add.credential_hash = TEXT("credential-hash");
    add.credential = TEXT("Y3JlZA");
    add.key = TEXT("a2V5");
    add.alg = TEXT("-7");
    add.label = TEXT("phone");
    HEAR(&town, passkey_outcome, ledger_passkey_add(L, &act, &add, HERE));
    assert_int_equal(heard.refusal, REFUSAL_CHALLENGE_UNKNOWN);
    challenge("challenge1", "add", ada);
    HEAR(&town, passkey_outcome, ledger_passkey_add(L, &act, &add, HERE));
    assert_string_equal(heard.json, "{\"n\":1}");

    challenge("challenge2", "sign-in", "");
    struct passkey_find find = {{TEXT("challenge2"), TEXT("sign-in"), TEXT("")},
                                TEXT("credential-hash")};
    HEAR(&town, passkey_found, ledger_passkey_find(L, &find, passkey_found_answer, &heard));
    assert_yes();
    assert_string_equal(heard.json, "{}");
    assert_string_equal(found.account, ada);
    assert_string_equal(found.key, "a2V5");
    assert_string_equal(found.alg, "-7");
    struct passkey_used used = {text_of(ada), 1, 3};
    HEAR(&town, account_view, ledger_passkey_used(L, &used, HERE));
    assert_no(REFUSAL_SIGN_IN_FAILED,
              "That did not work. Try again, or use another way to sign in.");
    used.count = 4;
    HEAR(&town, account_view, ledger_passkey_used(L, &used, HERE));
    assert_shows("\"passkeys\":1");

    act = act_at(ada, 0);
    struct passkey_label label = {1, TEXT("key ring")};
    HEAR(&town, passkey_outcome, ledger_passkey_label(L, &act, &label, HERE));
    assert_yes();
    HEAR_ITEMS(&town, passkey_view, ledger_passkeys(L, &act, HERE));
    assert_shows("{\"n\":1,\"alg\":\"-7\",\"created\":\"");
    assert_shows("\"label\":\"key ring\"}");
    assert_null(strstr(heard.json, "a2V5"));
    act = act_at(ada, 0);
    struct passkey_remove remove = {1};
    HEAR(&town, passkey_outcome, ledger_passkey_remove(L, &act, &remove, HERE));
    assert_int_equal(heard.refusal, REFUSAL_LAST_WAY_IN);
}

static void a_password_is_set_found_used_and_renewed(void **state)
{
    (void)state;
    open_ada();
    struct account_act act = act_at(ada, 0);
    struct password_set set = {TEXT("ada-1234"), TEXT("name-hash"), PHC};
    HEAR(&town, account_view, ledger_password_set(L, &act, &set, HERE));
    assert_shows("\"name\":\"ada-1234\"");
    struct password_find find = {TEXT("name-hash")};
    HEAR(&town, password_found, ledger_password_find(L, &find, password_found_answer, &heard));
    assert_string_equal(found.account, ada);
    assert_true(text_is(PHC, found.phc));
    assert_string_equal(heard.json, "{}");
    struct password_renew renew = {text_of(ada), PHC, PHC_NEW};
    HEAR(&town, people_outcome, ledger_password_renew(L, &renew, HERE));
    assert_yes();
    struct password_used used = {text_of(ada), TEXT("name-hash"), PHC};
    HEAR(&town, account_view, ledger_password_used(L, &used, HERE));
    assert_int_equal(heard.refusal, REFUSAL_SIGN_IN_FAILED);
    used.phc = PHC_NEW;
    HEAR(&town, account_view, ledger_password_used(L, &used, HERE));
    assert_shows("\"has_password\":true");

    find.name_hash = TEXT("hash-of-nobody");
    for (int i = 0; i < 10; i++) {
        HEAR(&town, password_found, ledger_password_find(L, &find, password_found_answer, &heard));
        assert_yes();
        assert_string_equal(found.account, "");
        assert_string_equal(found.phc, "");
    }
    HEAR(&town, password_found, ledger_password_find(L, &find, password_found_answer, &heard));
    assert_no(REFUSAL_SIGN_IN_LATER, "That was tried too often. Try again in 900 seconds, or use "
                                     "another way to sign in.");
}

static void an_address_is_confirmed_and_its_link_lets_in(void **state)
{
    (void)state;
    open_ada();
    struct account_act act = act_at(ada, 0);
    struct mail_set set = {TEXT("ada@example.org"), TEXT("mail-hash"), TEXT("link-hash-1")};
    HEAR(&town, account_view, ledger_mail_set(L, &act, &set, HERE));
    assert_shows("\"mail\":\"ada@example.org\",\"mail_ok\":false");
    act = act_at(ada, 0);
    struct link_act link = {TEXT("link-hash-1")};
    HEAR(&town, account_view, ledger_mail_confirm(L, &act, &link, HERE));
    assert_shows("\"mail_ok\":true");
    struct link_new fresh = {TEXT("mail-hash"), TEXT("link-hash-2")};
    HEAR(&town, link_outcome, ledger_link_new(L, &fresh, link_answer, &heard));
    assert_true(found.known);
    assert_string_equal(found.mail, "ada@example.org");
    link.link = fresh.link;
    HEAR(&town, account_view, ledger_link_use(L, &link, HERE));
    assert_yes();
    HEAR(&town, account_view, ledger_link_use(L, &link, HERE));
    assert_no(REFUSAL_LINK_UNKNOWN,
              "This link was used already or is too old. Ask for a new one.");
    fresh.mail_hash = TEXT("hash-of-nobody");
    HEAR(&town, link_outcome, ledger_link_new(L, &fresh, link_answer, &heard));
    assert_yes();
    assert_false(found.known);
}

/* ---- organisations -------------------------------------------------------------------------- */

static void org_found(void)
{
    struct account_act act = act_at("operator", 0);
    struct org_create in = {TEXT("trees"), TEXT("body"), TEXT("The Trees"), TEXT("riverside")};
    HEAR(&town, people_outcome, ledger_org_create(L, &act, &in, HERE));
    assert_yes();
}

static void an_organisation_has_members(void **state)
{
    (void)state;
    open_ada();
    org_found();
    struct account_act act = act_at("t:trust:officer-7", 0);
    struct org_invite invite = {TEXT("trees"), TEXT("helper"), TEXT("riverside"), TEXT("trees"),
                                TEXT("link-hash")};
    HEAR(&town, people_outcome, ledger_org_invite(L, &act, &invite, HERE));
    assert_yes();
    act = act_at(ada, 0);
    struct invite_accept accept = {TEXT("link-hash")};
    HEAR(&town, account_view, ledger_invite_accept(L, &act, &accept, HERE));
    assert_yes();
    struct org_get get = {TEXT("trees")};
    HEAR_ITEMS(&town, org_member, ledger_org_members(L, &get, HERE));
    assert_shows("\"hats\":\"helper:riverside:trees\",\"since\":\"2025-11");
    HEAR(&town, org_view, ledger_org_get(L, &get, HERE));
    assert_shows("{\"org\":\"trees\",\"kind\":\"body\",\"title\":\"The Trees\"");
    assert_shows("\"members\":1,\"keys\":0}");
    struct orgs_page page = {TEXT(""), 10};
    HEAR_ITEMS(&town, org_view, ledger_orgs(L, &page, HERE));
    assert_int_equal(heard.items_n, 1);
    act = act_at("operator", 0);
    struct org_member_remove remove = {TEXT("trees"), text_of(ada), UNTIL_S};
    HEAR(&town, people_outcome, ledger_org_member_remove(L, &act, &remove, HERE));
    assert_yes();
    act = act_at("operator", 0);
    HEAR(&town, people_outcome, ledger_org_member_remove(L, &act, &remove, HERE));
    assert_no(REFUSAL_MEMBER_UNKNOWN, "This account is no member of the organisation.");
}

static void an_organisation_has_keys(void **state)
{
    (void)state;
    org_found();
    struct account_act act = act_at("operator", 0);
    struct org_key_add add = {.org = TEXT("trees"), .id = TEXT("key-id-1"), .role = TEXT("clerk")};
    add.digest = TEXT("digest-of-it");
    add.expires_ms = town_now;
    add.label = TEXT("planner");
    HEAR(&town, people_outcome, ledger_org_key_add(L, &act, &add, HERE));
    assert_int_equal(heard.refusal, REFUSAL_ORG_KEY_EXPIRED);
    add.expires_ms += 60000;
    HEAR(&town, people_outcome, ledger_org_key_add(L, &act, &add, HERE));
    assert_yes();
    struct org_get get = {TEXT("trees")};
    HEAR_ITEMS(&town, org_key, ledger_org_keys(L, &get, HERE));
    assert_shows("{\"org\":\"trees\",\"id\":\"key-id-1\",\"role\":\"clerk\",\"label\":\"planner\"");
    struct org_key_find find = {TEXT("key-id-1")};
    HEAR(&town, org_key, ledger_org_key_find(L, &find, HERE));
    assert_yes();
    assert_null(strstr(heard.json, "digest"));
    act = act_at("operator", 0);
    struct org_key_revoke revoke = {TEXT("trees"), TEXT("key-id-1")};
    HEAR(&town, people_outcome, ledger_org_key_revoke(L, &act, &revoke, HERE));
    assert_yes();
    HEAR(&town, org_key, ledger_org_key_find(L, &find, HERE));
    assert_no(REFUSAL_ORG_KEY_UNKNOWN, "The organisation has no such key.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hats_come_off_one_by_one),
        cmocka_unit_test(ids_are_fresh),
        EACH(an_account_is_opened_shown_and_erased),
        EACH(who_is_forgotten_is_gone_and_no_line_is_added),
        cmocka_unit_test(a_line_that_is_none_is_not_taken),
        EACH(signing_out_everywhere_ends_what_an_old_session_may_do),
        EACH(a_passkey_is_added_found_used_labelled_and_removed),
        EACH(a_password_is_set_found_used_and_renewed),
        EACH(an_address_is_confirmed_and_its_link_lets_in),
        EACH(an_organisation_has_members),
        EACH(an_organisation_has_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
