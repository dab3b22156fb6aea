/* ways_in.c -- a typed call for each step by which a person is let into their account.
 *
 * In the manner of acts.c. Between *_find() and *_used() the caller does the cryptography; both
 * judge in Redis, so that a key or a password that changed in between lets nobody in. */
#include "people_inside.h"

#define PRIVATE(type, member, kind) FIELD_FLAGS(struct type, member, kind, FIELD_PRIVATE)

const struct field passkey_outcome_fields[] = {
    PEOPLE_FIELDS(passkey_outcome),
    U64(passkey_outcome, n),
};
FIELDS_OF(passkey_outcome);

const struct field passkey_found_fields[] = {
    PEOPLE_FIELDS(passkey_found),
    PRIVATE(passkey_found, account, FIELD_TEXT),
    PRIVATE(passkey_found, n, FIELD_U64),
    PRIVATE(passkey_found, alg, FIELD_TEXT),
    PRIVATE(passkey_found, key, FIELD_TEXT),
    PRIVATE(passkey_found, count, FIELD_U64),
    PRIVATE(passkey_found, flags, FIELD_U64),
};
FIELDS_OF(passkey_found);

const struct field passkey_view_fields[] = {
    U64(passkey_view, n),
    PRIVATE(passkey_view, credential, FIELD_TEXT),
    FIELD(struct passkey_view, alg, FIELD_TEXT),
    PRIVATE(passkey_view, count, FIELD_U64),
    PRIVATE(passkey_view, flags, FIELD_U64),
    FIELD_AS("created", struct passkey_view, created_ms, FIELD_STAMP, 0),
    FIELD_AS("used", struct passkey_view, used_ms, FIELD_STAMP, 0),
    FIELD(struct passkey_view, label, FIELD_TEXT),
};
FIELDS_OF(passkey_view);

const struct field password_found_fields[] = {
    PEOPLE_FIELDS(password_found),
    PRIVATE(password_found, account, FIELD_TEXT),
    PRIVATE(password_found, phc, FIELD_TEXT),
};
FIELDS_OF(password_found);

const struct field link_outcome_fields[] = {
    PEOPLE_FIELDS(link_outcome),
    PRIVATE(link_outcome, known, FIELD_BOOL),
    PRIVATE(link_outcome, mail, FIELD_TEXT),
    PRIVATE(link_outcome, lang, FIELD_TEXT),
};
FIELDS_OF(link_outcome);

static const struct account_act nobody;

/* ---- passkeys ------------------------------------------------------------------------------- */

void ledger_challenge_new(struct ledger *ledger, const struct challenge_new *in,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"challenge_new", OUTCOME(people_outcome)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->hash);
    question_text(ledger, in->purpose);
    question_text(ledger, in->account);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_passkey_add(struct ledger *ledger, const struct account_act *act,
                        const struct passkey_add *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"passkey_add", OUTCOME(passkey_outcome)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->challenge);
    question_text(ledger, in->credential_hash);
    question_text(ledger, in->credential);
    question_text(ledger, in->alg);
    question_text(ledger, in->key);
    question_number(ledger, in->count);
    question_number(ledger, in->flags);
    question_text(ledger, in->label);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_passkey_find(struct ledger *ledger, const struct passkey_find *in,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"passkey_find", OUTCOME(passkey_found)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->challenge.hash);
    question_text(ledger, in->challenge.purpose);
    question_text(ledger, in->challenge.account);
    question_text(ledger, in->credential_hash);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_passkey_used(struct ledger *ledger, const struct passkey_used *in,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"passkey_used", OUTCOME(account_view)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->account);
    question_number(ledger, in->n);
    question_number(ledger, in->count);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_passkeys(struct ledger *ledger, const struct account_act *act,
                     ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"passkeys", .reader = true, ITEMS(passkey_view)};
    question_people(ledger, &kind, act);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_passkey_label(struct ledger *ledger, const struct account_act *act,
                          const struct passkey_label *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"passkey_label", OUTCOME(passkey_outcome)};
    question_people(ledger, &kind, act);
    question_number(ledger, in->n);
    question_text(ledger, in->label);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_passkey_remove(struct ledger *ledger, const struct account_act *act,
                           const struct passkey_remove *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"passkey_remove", OUTCOME(passkey_outcome)};
    question_people(ledger, &kind, act);
    question_number(ledger, in->n);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- name and password ---------------------------------------------------------------------- */

void ledger_password_set(struct ledger *ledger, const struct account_act *act,
                         const struct password_set *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"password_set", OUTCOME(account_view)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->name);
    question_text(ledger, in->name_hash);
    question_text(ledger, in->phc);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_password_find(struct ledger *ledger, const struct password_find *in,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"password_find", OUTCOME(password_found)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->name_hash);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_password_used(struct ledger *ledger, const struct password_used *in,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"password_used", OUTCOME(account_view)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->account);
    question_text(ledger, in->name_hash);
    question_text(ledger, in->phc);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_password_renew(struct ledger *ledger, const struct password_renew *in,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"password_renew", OUTCOME(people_outcome)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->account);
    question_text(ledger, in->was);
    question_text(ledger, in->phc);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- mail and links ------------------------------------------------------------------------- */

void ledger_mail_set(struct ledger *ledger, const struct account_act *act,
                     const struct mail_set *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"mail_set", OUTCOME(account_view)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->mail);
    question_text(ledger, in->mail_hash);
    question_text(ledger, in->link);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_mail_confirm(struct ledger *ledger, const struct account_act *act,
                         const struct link_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"mail_confirm", OUTCOME(account_view)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->link);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_link_new(struct ledger *ledger, const struct link_new *in, ledger_answer_fn *answer,
                     void *ctx)
{
    static const struct call_kind kind = {"link_new", OUTCOME(link_outcome)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->mail_hash);
    question_text(ledger, in->link);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_link_use(struct ledger *ledger, const struct link_act *in, ledger_answer_fn *answer,
                     void *ctx)
{
    static const struct call_kind kind = {"link_use", OUTCOME(account_view)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->link);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}
