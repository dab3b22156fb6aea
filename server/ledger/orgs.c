/* orgs.c -- a typed call for everything that concerns organisations, their members and keys.
 *
 * In the manner of acts.c; the head is that of accounts (PEOPLE.md). */
#include "groundswell/ledger/orgs.h"

#include "people_inside.h"

const struct field org_view_fields[] = {
    FIELD(struct org_view, org, FIELD_TEXT),
    FIELD(struct org_view, kind, FIELD_TEXT),
    FIELD(struct org_view, title, FIELD_TEXT),
    FIELD_FLAGS(struct org_view, scope, FIELD_TEXT, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD_AS("created", struct org_view, created_ms, FIELD_STAMP, 0),
    U64(org_view, members),
    U64(org_view, keys),
};
FIELDS_OF(org_view);

const struct field org_member_fields[] = {
    FIELD(struct org_member, account, FIELD_TEXT),
    FIELD(struct org_member, hats, FIELD_TEXT),
    FIELD_AS("since", struct org_member, since_ms, FIELD_STAMP, 0),
};
FIELDS_OF(org_member);

const struct field org_key_fields[] = {
    FIELD(struct org_key, org, FIELD_TEXT),
    FIELD(struct org_key, id, FIELD_TEXT),
    FIELD_FLAGS(struct org_key, digest, FIELD_TEXT, FIELD_OPTIONAL | FIELD_PRIVATE),
    FIELD(struct org_key, role, FIELD_TEXT),
    FIELD_FLAGS(struct org_key, scope, FIELD_TEXT, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD_FLAGS(struct org_key, subject, FIELD_TEXT, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD(struct org_key, label, FIELD_TEXT),
    FIELD_AS("created", struct org_key, created_ms, FIELD_STAMP, 0),
    FIELD_AS("expires", struct org_key, expires_ms, FIELD_STAMP, 0),
};
FIELDS_OF(org_key);

static const struct account_act nobody;

void ledger_org_create(struct ledger *ledger, const struct account_act *act,
                       const struct org_create *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"org_create", OUTCOME(people_outcome)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->org);
    question_text(ledger, in->kind);
    question_text(ledger, in->title);
    question_text(ledger, in->scope);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- members -------------------------------------------------------------------------------- */

void ledger_org_invite(struct ledger *ledger, const struct account_act *act,
                       const struct org_invite *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"org_invite", OUTCOME(people_outcome)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->org);
    question_text(ledger, in->role);
    question_text(ledger, in->scope);
    question_text(ledger, in->subject);
    question_text(ledger, in->link);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_invite_accept(struct ledger *ledger, const struct account_act *act,
                          const struct invite_accept *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"invite_accept", OUTCOME(account_view)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->link);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_org_member_remove(struct ledger *ledger, const struct account_act *act,
                              const struct org_member_remove *in, ledger_answer_fn *answer,
                              void *ctx)
{
    static const struct call_kind kind = {"org_member_remove", OUTCOME(people_outcome)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->org);
    question_text(ledger, in->account);
    question_number(ledger, in->until_s);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- keys ----------------------------------------------------------------------------------- */

void ledger_org_key_add(struct ledger *ledger, const struct account_act *act,
                        const struct org_key_add *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"org_key_add", OUTCOME(people_outcome)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->org);
    question_text(ledger, in->id);
    question_text(ledger, in->digest);
    question_text(ledger, in->role);
    question_text(ledger, in->scope);
    question_text(ledger, in->subject);
    question_number(ledger, in->expires_ms);
    question_text(ledger, in->label);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_org_key_revoke(struct ledger *ledger, const struct account_act *act,
                           const struct org_key_revoke *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"org_key_revoke", OUTCOME(people_outcome)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->org);
    question_text(ledger, in->id);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- readers -------------------------------------------------------------------------------- */

static void ask_about(struct ledger *ledger, const struct call_kind *kind, struct text word,
                      ledger_answer_fn *answer, void *ctx)
{
    question_people(ledger, kind, &nobody);
    question_text(ledger, word);
    call_send(ledger, kind, TEXT_NONE, answer, ctx);
}

void ledger_org_get(struct ledger *ledger, const struct org_get *in, ledger_answer_fn *answer,
                    void *ctx)
{
    static const struct call_kind kind = {"org_get", .reader = true, OUTCOME(org_view)};
    ask_about(ledger, &kind, in->org, answer, ctx);
}

void ledger_orgs(struct ledger *ledger, const struct orgs_page *in, ledger_answer_fn *answer,
                 void *ctx)
{
    static const struct call_kind kind = {"orgs", .reader = true, ITEMS(org_view)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->after);
    question_number(ledger, in->limit);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_org_members(struct ledger *ledger, const struct org_get *in, ledger_answer_fn *answer,
                        void *ctx)
{
    static const struct call_kind kind = {"org_members", .reader = true, ITEMS(org_member)};
    ask_about(ledger, &kind, in->org, answer, ctx);
}

void ledger_org_keys(struct ledger *ledger, const struct org_get *in, ledger_answer_fn *answer,
                     void *ctx)
{
    static const struct call_kind kind = {"org_keys", .reader = true, ITEMS(org_key)};
    ask_about(ledger, &kind, in->org, answer, ctx);
}

void ledger_org_key_find(struct ledger *ledger, const struct org_key_find *in,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"org_key_find", .reader = true, OUTCOME(org_key)};
    ask_about(ledger, &kind, in->id, answer, ctx);
}
