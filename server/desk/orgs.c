/* orgs.c -- organisations: trusts, bodies, providers, operators; who is in them.
 *
 * An operator founds one. What hats it gives follows from what it is: its kind says the roles, its
 * community the scope, its id the subject, so that nobody can be given more than the organisation
 * has. Members come by an invitation: a link that whoever is signed in accepts.
 *
 *     invite, key:  get -> invite, key-add
 *     accept:       accept -> entrance (a session with the new hat) */
#include "orgs.h"

#include "entrance.h"
#include "groundswell/base/log.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "ways.h"
#include "write.h"

#define ORGS_PAGE_MAX 100 /* of the ledger: each is read whole */

/* ---- founding and looking -------------------------------------------------------------------- */

static void org_create_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) say_people(ctx, 201, answer->outcome);
}

void org_create(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct text scope = body_text(body, "community");
    struct errand *errand = errand_of(visit);
    const struct account_act act = errand_account(visit);
    const struct org_create in = {.org = body_text(body, "org"),
                                  .kind = body_text(body, "kind"),
                                  .title = body_text(body, "title"),
                                  .scope = scope.at ? scope : TEXT("")};
    if (!who_may(&errand->who, ROLE_OPERATOR, scope.at ? scope : TEXT_NONE))
        say_refusal(visit, REFUSAL_WRONG_COMMUNITY, NULL, 0);
    else if (!staff_is_valid(in.org)) say_field_wrong(visit, "/org", "is a name of ours");
    else ledger_org_create(errand->desk->plan.ledger, &act, &in, org_create_answer, visit);
    json_decref(body);
}

static void orgs_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct org_view *orgs = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(org_view_fields, org_view_fields_n, &orgs[i], &out);
    bool more = answer->items_n == errand_of(visit)->page.limit;
    write_list_end_after(visit, &out, more ? orgs[answer->items_n - 1].org : TEXT_NONE);
    say_json(visit, 200, &body);
}

void orgs_list(struct visit *visit)
{
    bool broken = false;
    struct errand *errand = errand_of(visit);
    struct text after = visit_query(visit, "after", &broken);
    if (!limit_read(visit, ORGS_PAGE_MAX, &errand->page)) return;
    if (broken || (after.n > 0 && !word_is_valid(after))) {
        SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", TEXT("after")},
                    {"reason", TEXT("must be the id of an organisation")});
        return;
    }
    const struct orgs_page in = {.after = after.at ? after : TEXT(""),
                                 .limit = errand->page.limit};
    ledger_orgs(errand->desk->plan.ledger, &in, orgs_list_answer, visit);
}

/* An organisation with its members and its programs' keys: get -> members -> keys. */
struct org_look {
    struct visit *visit;
    struct buf body; /* released when the visit is answered */
    struct json_out out;
};

static bool look_ends(struct org_look *look, const struct ledger_answer *answer)
{
    if (!say_no(look->visit, answer)) return false;
    buf_release(&look->body);
    return true;
}

static void org_get_keys_answer(void *ctx, const struct ledger_answer *answer)
{
    struct org_look *look = ctx;
    if (look_ends(look, answer)) return;
    const struct org_key *keys = answer->items;
    json_name(&look->out, "key_list");
    json_array_begin(&look->out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(org_key_fields, org_key_fields_n, &keys[i], &look->out);
    json_array_end(&look->out);
    json_object_end(&look->out);
    say_json(look->visit, 200, &look->body);
    buf_release(&look->body);
}

static void org_get_members_answer(void *ctx, const struct ledger_answer *answer)
{
    struct org_look *look = ctx;
    if (look_ends(look, answer)) return;
    const struct org_member *members = answer->items;
    json_name(&look->out, "member_list");
    json_array_begin(&look->out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(org_member_fields, org_member_fields_n, &members[i], &look->out);
    json_array_end(&look->out);
    const struct org_get in = {.org = visit_param(look->visit, "org")};
    ledger_org_keys(errand_of(look->visit)->desk->plan.ledger, &in, org_get_keys_answer, look);
}

static void org_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct org_look *look = ctx;
    if (look_ends(look, answer)) return;
    json_object_begin(&look->out);
    fields_json_members(org_view_fields, org_view_fields_n, answer->outcome, &look->out);
    const struct org_get in = {.org = visit_param(look->visit, "org")};
    ledger_org_members(errand_of(look->visit)->desk->plan.ledger, &in, org_get_members_answer,
                       look);
}

void org_get(struct visit *visit)
{
    struct org_look *look = arena_alloc(&visit->arena, sizeof *look);
    if (!look) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    look->visit = visit;
    look->body = BUF_MAX(MIB);
    look->out = JSON_OUT(&look->body);
    const struct org_get in = {.org = visit_param(visit, "org")};
    ledger_org_get(errand_of(visit)->desk->plan.ledger, &in, org_get_answer, look);
}

/* ---- what hats it gives ---------------------------------------------------------------------- */

bool org_gives(struct visit *visit, const struct org_view *org, struct text role,
               struct org_hat *ret)
{
    static const struct {
        const char *kind;
        unsigned roles;
    } gives[] = {{"trust", ROLE_TRUST | ROLE_HELPER},
                 {"body", ROLE_CLERK | ROLE_HELPER},
                 {"provider", ROLE_PROVIDER},
                 {"operator", ROLE_OPERATOR}};
    enum role named = ROLE_NONE;
    unsigned roles = 0;
    for (size_t i = 0; i < sizeof gives / sizeof gives[0]; i++)
        if (text_is(org->kind, gives[i].kind)) roles = gives[i].roles;
    if (!role_parse(role, &named) || !(named & roles)) {
        SAY_REFUSAL(visit, REFUSAL_ROLE_NOT_GIVEN, {"kind", org->kind}, {"role", role});
        return false;
    }
    *ret = (struct org_hat){.role = text_of(role_name(named)),
                            .scope = org->scope.n > 0 ? org->scope : TEXT("*"),
                            .subject = org->org};
    return true;
}

/* ---- inviting -------------------------------------------------------------------------------- */

struct inviting {
    struct visit *visit;
    struct text role, mail;
    char secret[LINK_TEXT_SIZE + 1], hash[HASH_TEXT_SIZE + 1];
};

static void org_invite_answer(void *ctx, const struct ledger_answer *answer)
{
    struct inviting *inviting = ctx;
    struct visit *visit = inviting->visit;
    if (say_no(visit, answer)) return;
    const struct people_outcome *outcome = answer->outcome;
    const struct desk *desk = errand_of(visit)->desk;
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    struct json_out out = JSON_OUT(&body);
    if (inviting->mail.n > 0 && !outcome->replayed &&
        link_mail(desk, "invitation", inviting->mail, TEXT(""), inviting->secret))
        log_error("desk", "an invitation could not be mailed");
    json_object_begin(&out);
    write_stamp(&out, "at", outcome->at_ms);
    json_bool_at(&out, "replayed", outcome->replayed);
    if (!outcome->replayed) json_text_at(&out, "link", text_of(inviting->secret));
    write_stamp(&out, "expires_at", outcome->at_ms + INVITATION_MS);
    json_object_end(&out);
    say_json(visit, 201, &body);
}

static void org_invite_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct inviting *inviting = ctx;
    struct visit *visit = inviting->visit;
    struct org_hat hat;
    if (say_no(visit, answer)) return;
    if (!org_gives(visit, answer->outcome, inviting->role, &hat)) return;
    const struct desk *desk = errand_of(visit)->desk;
    const struct account_act act = errand_account(visit);
    link_draw(desk, inviting->secret, inviting->hash);
    const struct org_invite in = {.org = visit_param(visit, "org"),
                                  .role = hat.role,
                                  .scope = hat.scope,
                                  .subject = hat.subject,
                                  .link = text_of(inviting->hash)};
    ledger_org_invite(desk->plan.ledger, &act, &in, org_invite_answer, inviting);
}

void org_invite(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct inviting *inviting = arena_alloc(&visit->arena, sizeof *inviting);
    struct text mail = body_text(body, "mail");
    bool mailed = mail.n > 0;
    if (inviting) {
        inviting->visit = visit;
        inviting->role = arena_text(&visit->arena, body_text(body, "role"));
        inviting->mail = arena_text(&visit->arena, mailed ? mail : TEXT(""));
    }
    json_decref(body);
    if (!inviting || !inviting->role.at || !inviting->mail.at) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    if (mailed && !mail_is_on(visit)) return;
    const struct org_get in = {.org = visit_param(visit, "org")};
    ledger_org_get(errand_of(visit)->desk->plan.ledger, &in, org_invite_get_answer, inviting);
}

static void invitation_accept_answer(void *ctx, const struct ledger_answer *answer)
{
    if (say_no(ctx, answer)) return;
    const struct entrance_plan plan = {.view = answer->outcome, .not_anew = true};
    entrance_open(ctx, &plan);
}

void invitation_accept(struct visit *visit)
{
    char hash[HASH_TEXT_SIZE + 1];
    json_t *body = is_whole(visit) ? errand_body(visit) : NULL;
    if (!body) return;
    const struct desk *desk = errand_of(visit)->desk;
    const struct account_act act = errand_account(visit);
    link_hash(desk, body_text(body, "link"), hash);
    json_decref(body);
    const struct invite_accept in = {.link = text_of(hash)};
    ledger_invite_accept(desk->plan.ledger, &act, &in, invitation_accept_answer, visit);
}

static void people_done(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) say_people(ctx, 200, answer->outcome);
}

void org_member_remove(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct account_act act = errand_account(visit);
    const struct org_member_remove in = {.org = visit_param(visit, "org"),
                                         .account = visit_param(visit, "account"),
                                         .until_s = sessions_over_s(errand->desk)};
    ledger_org_member_remove(errand->desk->plan.ledger, &act, &in, people_done, visit);
}
