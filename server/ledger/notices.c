/* notices.c -- the typed calls of notices.h: reading, having seen, having by mail. */
#include "groundswell/ledger/notices.h"

#include "inside.h"

#define ROUNDS_LOOKED_AT 4

#define WORD(type, member) FIELD(struct type, member, FIELD_TEXT)
#define BOOL(type, member) FIELD(struct type, member, FIELD_BOOL)
#define WHEN(type, name) FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, 0)
#define MAYBE(type, member, kind)                                                                 \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define MAYBE_ID(type, member, letter)                                                            \
    FIELD_ID_OF(struct type, member, letter, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define HIDDEN(type, member, kind)                                                                \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_PRIVATE)

const struct field notice_item_fields[] = {
    U64(notice_item, seq),
    WHEN(notice_item, at),
    WORD(notice_item, kind),
    WORD(notice_item, how),
    MAYBE(notice_item, amount, FIELD_U64),
    BOOL(notice_item, seen),
    MAYBE_ID(notice_item, tender, 't'),
    MAYBE_ID(notice_item, proposal, 'p'),
    MAYBE(notice_item, body, FIELD_TEXT),
    MAYBE(notice_item, milestone, FIELD_U64),
    FIELD_AS("until", struct notice_item, until_ms, FIELD_STAMP,
             FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
};
FIELDS_OF(notice_item);

const struct field notices_page_fields[] = {
    HIDDEN(notices_page, next, FIELD_U64),
    BOOL(notices_page, mail),
    HIDDEN(notices_page, epoch, FIELD_U64),
};
FIELDS_OF(notices_page);

static const struct field mailing_item_fields[] = {
    WORD(mailing_item, who),     WORD(mailing_item, role), MAYBE(mailing_item, body, FIELD_TEXT),
    WORD(mailing_item, account), WHEN(mailing_item, told),
};
FIELDS_OF(mailing_item);

static const struct field mailing_page_fields[] = {
    HIDDEN(mailing_page, next, FIELD_U64),
    HIDDEN(mailing_page, newest, FIELD_TEXT),
};
FIELDS_OF(mailing_page);

static const struct field mailing_claimed_fields[] = {
    U64(mailing_claimed, seq),
    WHEN(mailing_claimed, at),
    BOOL(mailing_claimed, replayed),
    BOOL(mailing_claimed, claimed),
};
FIELDS_OF(mailing_claimed);

/* ---- reading -------------------------------------------------------------------------------- */

/* The wallets of the round that is asked for and of those before it, as far as their keys are
 * kept: what was commissioned outlives its round. */
static enum fault wallets_ask(struct call *call, struct text resident)
{
    struct ledger *ledger = call->ledger;
    uint64_t round = call->saved.round;
    for (unsigned i = 0; i < ROUNDS_LOOKED_AT && round > i; i++) {
        char wallet[RESIDENT_ID_SIZE + 1];
        enum fault no = keyring_wallet(ledger->keyring, text_of(call->slug), round - i, resident,
                                       wallet);
        if (no == FAULT_ABSENT)
            return i == 0 ? FAULT_ABSENT : FAULT_NONE;
        if (no)
            return no;
        question_number(ledger, round - i);
        question_format(ledger, "%s", wallet);
    }
    return FAULT_NONE;
}

enum { TEXT_WHO, TEXT_ROLE, TEXT_BODY };
enum { NUMBER_BEFORE, NUMBER_SINCE, NUMBER_LIMIT };

static enum fault notices_ask(struct call *call)
{
    struct ledger *ledger = call->ledger;
    const struct saved *saved = &call->saved;
    question_reader(ledger, call->kind, text_of(call->slug));
    question_text(ledger, saved->t[TEXT_WHO]);
    question_text(ledger, saved->t[TEXT_ROLE]);
    question_text(ledger, saved->t[TEXT_BODY]);
    for (size_t i = 0; i < SAVED_NUMBERS; i++)
        question_number(ledger, saved->n[i]);
    if (!text_is(saved->t[TEXT_ROLE], "resident"))
        return FAULT_NONE;
    return wallets_ask(call, saved->t[TEXT_WHO]);
}

void ledger_notices(struct ledger *ledger, struct text slug, const struct notice_reader *reader,
                    ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"notices", .reader = true, OUTCOME(notices_page),
                                          ITEMS(notice_item)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = notices_ask;
    like.saved.n[NUMBER_BEFORE] = reader->before;
    like.saved.n[NUMBER_SINCE] = reader->since_ms;
    like.saved.n[NUMBER_LIMIT] = reader->limit;
    like.saved.t[TEXT_WHO] = reader->who;
    like.saved.t[TEXT_ROLE] = reader->role;
    like.saved.t[TEXT_BODY] = reader->body;
    call_send_in_round(&like, slug);
}

/* ---- seen, and by mail ---------------------------------------------------------------------- */

void ledger_notices_seen(struct ledger *ledger, const struct act *act,
                         const struct notices_seen *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"notices_seen", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, in->who);
    question_text(ledger, in->role);
    question_text(ledger, in->body);
    question_number(ledger, in->seq);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_mailing_set(struct ledger *ledger, const struct act *act, const struct mailing_set *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"mailing_set", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, in->who);
    question_text(ledger, in->role);
    question_text(ledger, in->body);
    question_text(ledger, in->account);
    question_number(ledger, in->on);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* An act of the keeper's. */
static void question_keeper(struct ledger *ledger, const struct call_kind *kind, struct text slug)
{
    const struct act act = {.slug = slug, .subject = TEXT("keeper")};
    question_act(ledger, kind, &act);
}

void ledger_mailing_stop(struct ledger *ledger, struct text slug, struct text who,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"mailing_stop", OUTCOME(act_outcome)};
    question_keeper(ledger, &kind, slug);
    question_text(ledger, who);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_mailing(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                    ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"mailing", .reader = true, OUTCOME(mailing_page),
                                          ITEMS(mailing_item)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, after);
    question_number(ledger, limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_mailing_claim(struct ledger *ledger, struct text slug, const struct mailing_item *item,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"mailing_claim", OUTCOME(mailing_claimed)};
    question_keeper(ledger, &kind, slug);
    question_text(ledger, item->who);
    question_number(ledger, item->told_ms);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_mailing_done(struct ledger *ledger, struct text slug, const struct mailing_told *told,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"mailing_done", OUTCOME(act_outcome)};
    question_keeper(ledger, &kind, slug);
    question_text(ledger, told->who);
    question_number(ledger, told->until_ms);
    question_number(ledger, told->good);
    call_send(ledger, &kind, slug, answer, ctx);
}
