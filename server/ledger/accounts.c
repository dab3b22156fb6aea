/* accounts.c -- a typed call for everything that is done with a person's account itself.
 *
 * In the manner of acts.c: each puts its own arguments behind the head of question_people() in the
 * order of PEOPLE.md, and says into what the answer is read; nothing is judged here. How somebody
 * gets in is in ways_in.c, organisations are in orgs.c. */
#include "people_inside.h"

#include "groundswell/base/log.h"

const struct field people_outcome_fields[] = {PEOPLE_FIELDS(people_outcome)};
FIELDS_OF(people_outcome);

const struct field account_view_fields[] = {
    PEOPLE_FIELDS(account_view),
    FIELD(struct account_view, account, FIELD_TEXT),
    FIELD_FLAGS(struct account_view, epoch, FIELD_U64, FIELD_PRIVATE),
    FIELD_FLAGS(struct account_view, hats, FIELD_TEXT, FIELD_PRIVATE),
    FIELD_FLAGS(struct account_view, lang, FIELD_TEXT, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD_FLAGS(struct account_view, name, FIELD_TEXT, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD_FLAGS(struct account_view, mail, FIELD_TEXT, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD(struct account_view, mail_ok, FIELD_BOOL),
    U64(account_view, passkeys),
    FIELD(struct account_view, has_password, FIELD_BOOL),
    FIELD_FLAGS(struct account_view, made, FIELD_BOOL, FIELD_OPTIONAL | FIELD_PRIVATE),
    FIELD_AS("created", struct account_view, created_ms, FIELD_STAMP, 0),
    FIELD_AS("last", struct account_view, last_ms, FIELD_STAMP, 0),
};
FIELDS_OF(account_view);

const struct field account_event_fields[] = {
    FIELD_AS("at", struct account_event, at_ms, FIELD_STAMP, 0),
    FIELD(struct account_event, kind, FIELD_TEXT),
    FIELD(struct account_event, detail, FIELD_TEXT),
};
FIELDS_OF(account_event);

const struct field people_event_fields[] = {
    FIELD(struct people_event, id, FIELD_TEXT),
    FIELD_AS("at", struct people_event, at_ms, FIELD_STAMP, 0),
    FIELD(struct people_event, kind, FIELD_TEXT),
    FIELD(struct people_event, who, FIELD_TEXT),
    FIELD(struct people_event, detail, FIELD_TEXT),
};
FIELDS_OF(people_event);

const struct field accounts_purge_outcome_fields[] = {
    PEOPLE_FIELDS(accounts_purge_outcome),
    U64(accounts_purge_outcome, purged),
    FIELD(struct accounts_purge_outcome, more, FIELD_BOOL),
};
FIELDS_OF(accounts_purge_outcome);

/* ---- words ---------------------------------------------------------------------------------- */

void ledger_account_id(char ret[static ACCOUNT_ID_SIZE + 1])
{
    uint8_t bytes[16];
    secret_random(bytes, sizeof bytes);
    CLEANUP(buf) struct buf word = BUF_MAX(ACCOUNT_ID_SIZE + 2);
    encode_base64url(&word, bytes, sizeof bytes);
    INVARIANT(buf_fault(&word) == FAULT_NONE && word.len == ACCOUNT_ID_SIZE);
    memcpy(ret, word.data, ACCOUNT_ID_SIZE);
    ret[ACCOUNT_ID_SIZE] = 0;
}

bool account_hat_cut(struct text *hats, struct account_hat *ret)
{
    if (!hats->at || hats->n == 0)
        return false;
    struct text hat = text_cut(hats, ',');
    ret->role = text_cut(&hat, ':');
    bool more = hat.at != NULL;
    ret->scope = text_cut(&hat, ':');
    ret->subject = hat.at ? hat : TEXT("");
    return more && ret->role.n > 0 && hat.at;
}

/* ---- being ---------------------------------------------------------------------------------- */

static const struct account_act nobody;

void ledger_account_open(struct ledger *ledger, const struct account_open *in,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"account_open", OUTCOME(account_view)};
    INVARIANT(in->hats_n <= HATS_MAX);
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->account);
    for (size_t i = 0; i < in->hats_n; i++)
        question_text(ledger, in->hats[i]);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_account_get(struct ledger *ledger, const struct account_get *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"account_get", .reader = true, OUTCOME(account_view)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->account);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_hat_remove(struct ledger *ledger, const struct hat_remove *in,
                       ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"hat_remove", OUTCOME(account_view)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->account);
    question_text(ledger, in->hat);
    question_number(ledger, in->until_s);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_profile_set(struct ledger *ledger, const struct account_act *act,
                        const struct profile_set *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"profile_set", OUTCOME(account_view)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->lang);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- signing out ---------------------------------------------------------------------------- */

void ledger_sign_out(struct ledger *ledger, const struct account_act *act,
                     const struct session_end *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"sign_out", OUTCOME(people_outcome)};
    question_people(ledger, &kind, act);
    question_text(ledger, in->session);
    question_number(ledger, in->until_s);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_sign_out_everywhere(struct ledger *ledger, const struct account_act *act,
                                const struct sessions_end *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"sign_out_everywhere", OUTCOME(account_view)};
    question_people(ledger, &kind, act);
    question_number(ledger, in->until_s);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- rights --------------------------------------------------------------------------------- */

void ledger_account_export(struct ledger *ledger, const struct account_act *act,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"account_export", .reader = true, OUTCOME(account_view),
                                          ITEMS(passkey_view)};
    question_people(ledger, &kind, act);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_account_events(struct ledger *ledger, const struct account_act *act,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"account_events", .reader = true, ITEMS(account_event)};
    question_people(ledger, &kind, act);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* Whose erasure is under way, and who wants to know. */
struct erasing {
    struct ledger *ledger;
    ledger_answer_fn *answer;
    void *ctx;
    char account[ACCOUNT_ID_SIZE + 1];
};

static void erase_answer(void *ctx, const struct ledger_answer *answer)
{
    struct erasing *erasing = ctx;
    if (answer->fault == FAULT_NONE && answer->refusal == REFUSAL_NONE)
        erased_add(erasing->ledger, text_of(erasing->account));
    else if (answer->fault == FAULT_LOST || answer->fault == FAULT_TIMEOUT)
        log_warn("ledger", "it is not certain whether an account was erased");
    erasing->answer(erasing->ctx, answer);
    free(erasing);
}

void ledger_account_erase(struct ledger *ledger, const struct account_act *act,
                          const struct sessions_end *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"account_erase", OUTCOME(people_outcome)};
    struct erasing *erasing = calloc(1, sizeof *erasing);
    INVARIANT(erasing && act->account.n == ACCOUNT_ID_SIZE);
    *erasing = (struct erasing){.ledger = ledger, .answer = answer, .ctx = ctx};
    memcpy(erasing->account, act->account.at, ACCOUNT_ID_SIZE);
    question_people(ledger, &kind, act);
    question_number(ledger, in->until_s);
    call_send(ledger, &kind, TEXT_NONE, erase_answer, erasing);
}

/* ---- the operator's ------------------------------------------------------------------------- */

void ledger_people_journal(struct ledger *ledger, const struct people_journal *in,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"people_journal", .reader = true, ITEMS(people_event)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->after);
    question_number(ledger, in->limit);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_accounts_purge(struct ledger *ledger, const struct accounts_purge *in,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"accounts_purge", OUTCOME(accounts_purge_outcome)};
    question_people(ledger, &kind, &nobody);
    question_number(ledger, in->before_ms);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}
