/* codes.c -- a typed call for every act that concerns who somebody is in a community.
 *
 * As in acts.c: the arguments in the order of PEOPLE.md behind the head, and the table into which
 * the answer is read. Secrets never come here: a code is its serial and a hash. Erasing somebody
 * depends on the round, because their wallet's pseudonym does (rounds.c). */
#include "groundswell/ledger/codes.h"

#include "inside.h"

#define HEAD_FIELDS(type)                                                                         \
    FIELD(struct type, seq, FIELD_U64), FIELD_AS("at", struct type, at_ms, FIELD_STAMP, 0),       \
        FIELD(struct type, replayed, FIELD_BOOL)
#define MAYBE(type, member, kind) FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL)
#define HIDDEN(type, member, kind)                                                                \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_PRIVATE)
#define PENDING(type)                                                                             \
    FIELD_FLAGS(struct type, pending, FIELD_BOOL, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)

const struct field codes_outcome_fields[] = {
    HEAD_FIELDS(codes_outcome),
    PENDING(codes_outcome),
    FIELD_FLAGS(struct codes_outcome, batch, FIELD_U64, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    HIDDEN(codes_outcome, taken, FIELD_TEXT),
};
FIELDS_OF(codes_outcome);

const struct field revoke_outcome_fields[] = {
    HEAD_FIELDS(revoke_outcome),
    MAYBE(revoke_outcome, revoked, FIELD_U64),
    MAYBE(revoke_outcome, more, FIELD_BOOL),
};
FIELDS_OF(revoke_outcome);

const struct field code_outcome_fields[] = {
    HEAD_FIELDS(code_outcome),
    FIELD(struct code_outcome, resident, FIELD_TEXT),
    HIDDEN(code_outcome, area, FIELD_U64),
    HIDDEN(code_outcome, epoch, FIELD_U64),
    HIDDEN(code_outcome, account, FIELD_TEXT),
    MAYBE(code_outcome, recovered, FIELD_BOOL),
    FIELD(struct code_outcome, granted, FIELD_BOOL),
};
FIELDS_OF(code_outcome);

const struct field import_outcome_fields[] = {
    HEAD_FIELDS(import_outcome),
    MAYBE(import_outcome, registered, FIELD_U64),
    MAYBE(import_outcome, already, FIELD_U64),
    MAYBE(import_outcome, granted, FIELD_U64),
    MAYBE(import_outcome, ungranted, FIELD_U64),
    MAYBE(import_outcome, ineligible, FIELD_U64),
    MAYBE(import_outcome, review, FIELD_U64),
};
FIELDS_OF(import_outcome);

const struct field erase_outcome_fields[] = {
    HEAD_FIELDS(erase_outcome),
    PENDING(erase_outcome),
    HIDDEN(erase_outcome, account, FIELD_TEXT),
};
FIELDS_OF(erase_outcome);

const struct field purge_outcome_fields[] = {
    HEAD_FIELDS(purge_outcome),
    MAYBE(purge_outcome, more, FIELD_BOOL),
};
FIELDS_OF(purge_outcome);

/* ---- ids ------------------------------------------------------------------------------------ */

/* Bytes that stand nowhere in UTF-8 (RFC 3629, section 1), so no reference of a register begins
 * with one. */
#define ID_OF_CODE ((char)0xff)
#define ID_OF_PERSON ((char)0xfe)

enum fault ledger_resident_id_of_code(struct ledger *ledger, struct text slug, struct text serial,
                                      char ret[static RESIDENT_ID_SIZE + 1])
{
    return keyring_pseudonym(ledger->keyring, slug, ID_OF_CODE, serial, ret);
}

enum fault ledger_person_hash(struct ledger *ledger, struct text slug, struct text identity,
                              char ret[static RESIDENT_ID_SIZE + 1])
{
    return keyring_pseudonym(ledger->keyring, slug, ID_OF_PERSON, identity, ret);
}

/* ---- codes ---------------------------------------------------------------------------------- */

/* The first rows say who gets a code; the spare ones are only serial and hash. */
static void question_candidate(struct ledger *ledger, const struct code_candidate *candidate,
                               bool spare)
{
    question_text(ledger, candidate->serial);
    question_text(ledger, candidate->hash);
    if (spare || candidate->resident.n)
        question_text(ledger, TEXT(""));
    else
        question_number(ledger, candidate->area);
    question_text(ledger, spare ? TEXT("") : candidate->resident);
}

void ledger_codes_issue(struct ledger *ledger, const struct act *act, const struct codes_issue *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"codes_issue", OUTCOME(codes_outcome)};
    INVARIANT(in->wanted >= 1 && in->wanted <= CODES_ISSUE_MAX);
    INVARIANT(in->n >= in->wanted && in->n <= in->wanted + CODES_SPARE_MAX);
    question_act(ledger, &kind, act);
    question_number(ledger, in->expires_ms);
    question_asked(ledger, in->person, in->digest);
    question_number(ledger, in->wanted);
    question_number(ledger, in->n);
    for (size_t i = 0; i < in->n; i++)
        question_candidate(ledger, &in->candidates[i], i >= in->wanted);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_codes_revoke(struct ledger *ledger, const struct act *act,
                         const struct codes_revoke *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"codes_revoke", OUTCOME(revoke_outcome)};
    INVARIANT(in->n <= CODES_ISSUE_MAX && (in->n || in->batch));
    question_act(ledger, &kind, act);
    question_number(ledger, in->batch);
    question_number(ledger, in->n);
    for (size_t i = 0; i < in->n; i++)
        question_text(ledger, in->serials[i]);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_code_redeem(struct ledger *ledger, const struct act *act, const struct code_redeem *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"code_redeem", OUTCOME(code_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, in->serial);
    question_text(ledger, in->hash);
    question_text(ledger, in->address);
    question_text(ledger, in->account);
    question_text(ledger, in->resident);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_code_use(struct ledger *ledger, const struct act *act, const struct code_use *in,
                     ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"code_use", OUTCOME(code_outcome)};
    struct act keyless = {.slug = act->slug, .subject = act->subject, .epoch = act->epoch};
    question_act(ledger, &kind, &keyless);
    question_text(ledger, in->serial);
    question_text(ledger, in->hash);
    question_text(ledger, in->address);
    question_text(ledger, in->resident);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- the register --------------------------------------------------------------------------- */

void ledger_register_import(struct ledger *ledger, const struct act *act,
                            const struct register_import *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"register_import", OUTCOME(import_outcome)};
    INVARIANT(in->n >= 1 && in->n <= RESIDENTS_REGISTER_MAX);
    question_act(ledger, &kind, act);
    question_number(ledger, in->n);
    for (size_t i = 0; i < in->n; i++) {
        question_text(ledger, in->entries[i].resident);
        question_number(ledger, in->entries[i].area);
        question_text(ledger, in->entries[i].reason);
        question_text(ledger, in->entries[i].person);
    }
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_review_resolve(struct ledger *ledger, const struct act *act,
                           const struct review_resolve *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"review_resolve", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->number);
    question_number(ledger, in->accept);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- erasing -------------------------------------------------------------------------------- */

enum { ERASE_RESIDENT, ERASE_PERSON, ERASE_DIGEST };

static enum fault erasing_ask(struct call *call)
{
    const struct saved *saved = &call->saved;
    question_act(call->ledger, call->kind, &saved->act);
    question_text(call->ledger, saved->t[ERASE_RESIDENT]);
    enum fault no = question_round_and_wallet(call, saved->t[ERASE_RESIDENT]);
    question_number(call->ledger, saved->n[0]);
    question_asked(call->ledger, saved->t[ERASE_PERSON], saved->t[ERASE_DIGEST]);
    return no ? no
              : question_author(call->ledger, saved->act.slug, saved->t[ERASE_RESIDENT]);
}

void ledger_resident_erase(struct ledger *ledger, const struct act *act,
                           const struct resident_erase *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"resident_erase", OUTCOME(erase_outcome)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = erasing_ask;
    like.saved = (struct saved){.act = *act, .n = {in->keep}};
    like.saved.t[ERASE_RESIDENT] = in->resident;
    like.saved.t[ERASE_PERSON] = in->person;
    like.saved.t[ERASE_DIGEST] = in->digest;
    call_send_in_round(&like, act->slug);
}

/* ---- the journal, and forgetting ------------------------------------------------------------ */

void ledger_journal_add(struct ledger *ledger, const struct act *act, const struct journal_add *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"journal_add", OUTCOME(act_outcome)};
    INVARIANT(in->n >= 1 && in->n <= JOURNAL_ADD_MAX);
    question_act(ledger, &kind, act);
    question_number(ledger, in->n);
    for (size_t i = 0; i < in->n; i++) {
        const struct journal_note *note = &in->notes[i];
        question_text(ledger, note->kind);
        question_number(ledger, note->at_ms);
        question_text(ledger, note->area);
        question_text(ledger, note->address);
        question_text(ledger, note->a);
        question_text(ledger, note->b);
    }
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_people_purge(struct ledger *ledger, const struct act *act,
                         const struct people_purge *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"people_purge", OUTCOME(purge_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->before_ms);
    call_send(ledger, &kind, act->slug, answer, ctx);
}
