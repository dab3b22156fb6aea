/* rounds.c -- what depends on the round: opening and closing one, pledges, wallets, leaving.
 *
 * Residents appear in the ledger under a pseudonym of the round, made from a secret key that Redis
 * never sees. So these calls must know which round is open before they ask. They assume the one
 * last seen; where none was seen they say round 0, which is never open; the ledger's refusal
 * `round_changed` names the right one, and call.c asks once more. Nobody above notices. */
#include "inside.h"

#include "groundswell/ledger/pledges.h"
#include "groundswell/ledger/views.h"

/* In the place of a wallet while the round is not known: of the right form, and nobody's. */
#define NO_WALLET "AAAAAAAAAAAAAAAAAAAAAA"

enum fault question_round_and_wallet(struct call *call, struct text resident)
{
    char wallet[RESIDENT_ID_SIZE + 1] = NO_WALLET;
    struct ledger *ledger = call->ledger;
    struct saved *saved = &call->saved;
    enum fault no = FAULT_NONE;
    if (saved->round)
        no = keyring_wallet(ledger->keyring, text_of(call->slug), saved->round, resident, wallet);
    if (no == FAULT_ABSENT && !call->asked_again)
        saved->round = 0; /* a past round, whose key is destroyed: hear which one is open */
    else if (no)
        return no;
    question_number(ledger, saved->round);
    question_format(ledger, "%s", wallet);
    return FAULT_NONE;
}

void call_send_in_round(const struct call *like, struct text slug)
{
    struct call *call = call_new(like, slug);
    call->saved.round = keyring_round(call->ledger->keyring, slug);
    call_ask_in_round(call);
}

/* ---- opening and closing -------------------------------------------------------------------- */

static enum fault opening_ask(struct call *call)
{
    struct ledger *ledger = call->ledger;
    const struct saved *saved = &call->saved;
    if (saved->round) { /* the key is on disk before anybody can pledge under it */
        enum fault no = keyring_round_make(ledger->keyring, saved->act.slug, saved->round);
        if (no)
            return no;
    }
    question_act(ledger, call->kind, &saved->act);
    question_number(ledger, saved->round);
    for (size_t i = 0; i < SAVED_NUMBERS; i++)
        question_number(ledger, saved->n[i]);
    question_text(ledger, saved->t[0]);
    question_json(ledger, saved->t[1]);
    return FAULT_NONE;
}

void ledger_round_open(struct ledger *ledger, const struct act *act, const struct round_open *in,
                       ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"round_open", OUTCOME(round_outcome)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = opening_ask;
    like.opens = true;
    like.saved = (struct saved){.act = *act, .n = {in->allotment, in->token, in->closes_ms}};
    like.saved.t[0] = in->roll;
    like.saved.t[1] = in->text;
    struct call *call = call_new(&like, act->slug);
    uint64_t last = keyring_round(ledger->keyring, act->slug);
    call->saved.round = last ? last + 1 : 0; /* 0: hear which is next before a key is made */
    call_ask_in_round(call);
}

void ledger_round_close(struct ledger *ledger, const struct act *act, const struct round_close *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"round_close", OUTCOME(round_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->round);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- leaving -------------------------------------------------------------------------------- */

static enum fault leaving_ask(struct call *call)
{
    question_act(call->ledger, call->kind, &call->saved.act);
    question_text(call->ledger, call->saved.t[0]);
    return question_round_and_wallet(call, call->saved.t[0]);
}

void ledger_resident_leave(struct ledger *ledger, const struct act *act,
                           const struct resident_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"resident_leave", OUTCOME(act_outcome)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = leaving_ask;
    like.saved.act = *act;
    like.saved.t[0] = in->resident;
    call_send_in_round(&like, act->slug);
}

/* ---- pledges -------------------------------------------------------------------------------- */

/* The texts of an assisted pledge, in the order of the function's arguments. */
enum { HELP_HELPER, HELP_ROLE, HELP_BODY, HELP_PERSON, HELP_DIGEST, HELP_TEXTS };
enum { PLEDGE_STEPS = HELP_TEXTS };

static enum fault pledge_ask(struct call *call)
{
    const struct saved *saved = &call->saved;
    question_act(call->ledger, call->kind, &saved->act);
    enum fault no = question_round_and_wallet(call, saved->act.subject);
    if (no)
        return no;
    question_number(call->ledger, saved->n[0]);
    if (saved->n[1]) /* an amount: setting. None: withdrawing. */
        question_number(call->ledger, saved->n[1]);
    for (size_t i = 0; saved->t[HELP_HELPER].n && i < HELP_TEXTS; i++)
        question_text(call->ledger, saved->t[i]);
    if (saved->t[PLEDGE_STEPS].n)
        question_text(call->ledger, saved->t[PLEDGE_STEPS]);
    return FAULT_NONE;
}

void ledger_pledge_set(struct ledger *ledger, const struct act *act, const struct pledge_set *in,
                       ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"pledge_set", OUTCOME(pledge_view)};
    INVARIANT(in->amount > 0 && (!in->steps.n || !in->helper.n));
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = pledge_ask;
    like.saved = (struct saved){.act = *act, .n = {in->proposal, in->amount}};
    like.saved.t[HELP_HELPER] = in->helper;
    like.saved.t[HELP_ROLE] = in->role;
    like.saved.t[HELP_BODY] = in->body;
    like.saved.t[HELP_PERSON] = in->person;
    like.saved.t[HELP_DIGEST] = in->digest;
    like.saved.t[PLEDGE_STEPS] = in->steps;
    call_send_in_round(&like, act->slug);
}

void ledger_pledge_withdraw(struct ledger *ledger, const struct act *act,
                            const struct pledge_withdraw *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"pledge_withdraw", OUTCOME(pledge_view)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = pledge_ask;
    like.saved = (struct saved){.act = *act, .n = {in->proposal}};
    call_send_in_round(&like, act->slug);
}

/* ---- looking -------------------------------------------------------------------------------- */

static enum fault looking_ask(struct call *call)
{
    const struct saved *saved = &call->saved;
    question_reader(call->ledger, call->kind, text_of(call->slug));
    question_text(call->ledger, saved->t[0]);
    enum fault no = question_round_and_wallet(call, saved->t[0]);
    if (no == FAULT_NONE && saved->n[0])
        question_number(call->ledger, saved->n[0]);
    return no;
}

void ledger_pledge_view(struct ledger *ledger, struct text slug, struct text resident,
                        uint64_t proposal, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"pledge_view", .reader = true, OUTCOME(pledge_view)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = looking_ask;
    like.saved.t[0] = resident;
    like.saved.n[0] = proposal;
    call_send_in_round(&like, slug);
}

void ledger_wallet_view(struct ledger *ledger, struct text slug, struct text resident,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"wallet_view", .reader = true, OUTCOME(wallet_view),
                                          ITEMS(wallet_pledge)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = looking_ask;
    like.saved.t[0] = resident;
    call_send_in_round(&like, slug);
}
