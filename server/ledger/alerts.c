/* alerts.c -- a typed call for everything that concerns the alerts of a trust. In the manner of
 * orgs.c; the head is that of accounts (PEOPLE.md). */
#include "groundswell/ledger/alerts.h"

#include "people_inside.h"

#define MAYBE(type, member, kind)                                                                 \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define WHEN(type, name) FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, 0)
#define MAYBE_WHEN(type, name)                                                                    \
    FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define WORD(type, member) FIELD(struct type, member, FIELD_TEXT)

const struct field alert_outcome_fields[] = {PEOPLE_FIELDS(alert_outcome),
                                             U64(alert_outcome, number)};
FIELDS_OF(alert_outcome);

const struct field alert_rule_fields[] = {
    U64(alert_rule, alert),
    WORD(alert_rule, when),
    U64(alert_rule, n),
    FIELD_FLAGS(struct alert_rule, to, FIELD_TEXT, FIELD_PRIVATE),
    FIELD_FLAGS(struct alert_rule, account, FIELD_TEXT, FIELD_PRIVATE),
    WHEN(alert_rule, created),
};
FIELDS_OF(alert_rule);

const struct field alert_raised_fields[] = {
    U64(alert_raised, number),
    U64(alert_raised, alert),
    WORD(alert_raised, when),
    WORD(alert_raised, community),
    FIELD_FLAGS(struct alert_raised, thing, FIELD_U64, FIELD_PRIVATE),
    U64(alert_raised, value),
    WHEN(alert_raised, at),
    MAYBE_WHEN(alert_raised, cleared),
    FIELD(struct alert_raised, seen, FIELD_BOOL),
};
FIELDS_OF(alert_raised);

const struct field alert_hook_fields[] = {
    U64(alert_hook, webhook),
    WORD(alert_hook, state),
    WORD(alert_hook, url),
    FIELD_FLAGS(struct alert_hook, nonce, FIELD_TEXT, FIELD_PRIVATE),
    WHEN(alert_hook, created),
    MAYBE_WHEN(alert_hook, failing),
};
FIELDS_OF(alert_hook);

#define PART(member, kind)                                                                        \
    FIELD_FLAGS(struct alert_delivery, member, kind, FIELD_OPTIONAL | FIELD_PRIVATE)
const struct field alert_delivery_fields[] = {
    PART(found, FIELD_BOOL),
    PART(trust, FIELD_TEXT),
    FIELD_FLAGS(struct alert_delivery, delivery, FIELD_U64, FIELD_OPTIONAL),
    PART(kind, FIELD_TEXT),
    PART(target, FIELD_TEXT),
    FIELD_FLAGS(struct alert_delivery, state, FIELD_TEXT, FIELD_OPTIONAL),
    FIELD_FLAGS(struct alert_delivery, tries, FIELD_U64, FIELD_OPTIONAL),
    MAYBE(alert_delivery, status, FIELD_U64),
    FIELD_AS("next_try", struct alert_delivery, next_try_ms, FIELD_STAMP,
             FIELD_OPTIONAL | FIELD_PRIVATE),
    FIELD_FLAGS(struct alert_delivery, raised, FIELD_U64, FIELD_OPTIONAL),
    FIELD_AS("raised_at", struct alert_delivery, at_ms, FIELD_STAMP, FIELD_OPTIONAL),
    FIELD_AS("at", struct alert_delivery, now_ms, FIELD_STAMP, FIELD_OPTIONAL | FIELD_PRIVATE),
    FIELD_FLAGS(struct alert_delivery, when, FIELD_TEXT, FIELD_OPTIONAL),
    FIELD_FLAGS(struct alert_delivery, community, FIELD_TEXT, FIELD_OPTIONAL),
    PART(thing, FIELD_U64),
    FIELD_FLAGS(struct alert_delivery, value, FIELD_U64, FIELD_OPTIONAL),
    PART(url, FIELD_TEXT),
    PART(nonce, FIELD_TEXT),
    PART(replayed, FIELD_BOOL),
};
FIELDS_OF(alert_delivery);

const struct field alerting_fields[] = {WORD(alerting, trust)};
FIELDS_OF(alerting);

static const struct account_act nobody;

/* ---- acts ------------------------------------------------------------------------------------ */

#define KIND(name) static const struct call_kind kind = {name, OUTCOME(alert_outcome)}

void ledger_alert_set(struct ledger *ledger, const struct account_act *act,
                      const struct alert_set *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("alert_set");
    question_people(ledger, &kind, act);
    question_text(ledger, in->trust);
    question_text(ledger, in->when);
    question_number(ledger, in->n);
    question_text(ledger, in->to);
    question_text(ledger, in->account);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_hook_add(struct ledger *ledger, const struct account_act *act,
                     const struct hook_add *in, ledger_answer_fn *answer, void *ctx)
{
    KIND("hook_add");
    question_people(ledger, &kind, act);
    question_text(ledger, in->trust);
    question_text(ledger, in->nonce);
    question_text(ledger, in->url);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

static void act_on(struct ledger *ledger, const struct call_kind *kind,
                   const struct account_act *act, const struct alert_of *in)
{
    question_people(ledger, kind, act);
    question_text(ledger, in->trust);
    question_number(ledger, in->number);
}

#define ACT_ON(name)                                                                              \
    void ledger_##name(struct ledger *ledger, const struct account_act *act,                      \
                       const struct alert_of *in, ledger_answer_fn *answer, void *ctx)            \
    {                                                                                             \
        KIND(#name);                                                                              \
        act_on(ledger, &kind, act, in);                                                           \
        call_send(ledger, &kind, TEXT_NONE, answer, ctx);                                         \
    }
ACT_ON(alert_drop)
ACT_ON(hook_drop)
ACT_ON(hook_on)
ACT_ON(delivery_again)

void ledger_raised_seen(struct ledger *ledger, const struct account_act *act,
                        const struct alert_of *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"raised_seen", OUTCOME(people_outcome)};
    act_on(ledger, &kind, act, in);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- readers --------------------------------------------------------------------------------- */

#define READER(name, type)                                                                        \
    void ledger_##name(struct ledger *ledger, struct text trust, ledger_answer_fn *answer,        \
                       void *ctx)                                                                 \
    {                                                                                             \
        static const struct call_kind kind = {#name, .reader = true, ITEMS(type)};                \
        question_people(ledger, &kind, &nobody);                                                  \
        question_text(ledger, trust);                                                             \
        call_send(ledger, &kind, TEXT_NONE, answer, ctx);                                         \
    }
READER(alerts, alert_rule)
READER(raised, alert_raised)
READER(hooks, alert_hook)
READER(deliveries, alert_delivery)

void ledger_alerting(struct ledger *ledger, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"alerting", .reader = true, ITEMS(alerting)};
    question_people(ledger, &kind, &nobody);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

const struct field watch_claimed_fields[] = {PEOPLE_FIELDS(watch_claimed),
                                             FIELD(struct watch_claimed, mine, FIELD_BOOL)};
FIELDS_OF(watch_claimed);

void ledger_watch_claim(struct ledger *ledger, struct text worker, uint64_t ms,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"watch_claim", OUTCOME(watch_claimed)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, worker);
    question_number(ledger, ms);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

/* ---- the watcher's --------------------------------------------------------------------------- */

void ledger_alert_judge(struct ledger *ledger, const struct alert_judge *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"alert_judge", OUTCOME(people_outcome)};
    INVARIANT(in->n <= ALERTS_TRUE_MAX);
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->trust);
    question_text(ledger, in->slug);
    question_number(ledger, in->n);
    for (size_t i = 0; i < in->n; i++) {
        question_number(ledger, in->list[i].rule);
        question_number(ledger, in->list[i].thing);
        question_number(ledger, in->list[i].value);
    }
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_delivery_claim(struct ledger *ledger, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"delivery_claim", OUTCOME(alert_delivery)};
    question_people(ledger, &kind, &nobody);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_delivery_done(struct ledger *ledger, const struct delivery_done *in,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"delivery_done", OUTCOME(people_outcome)};
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->trust);
    question_number(ledger, in->number);
    question_number(ledger, in->status);
    question_number(ledger, in->good ? 1 : 0);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void alert_thing_put(struct json_out *out, struct text when, struct text slug, uint64_t thing)
{
    static const struct {
        const char *when, *name;
        char letter;
    } things[] = {{"activation", "commission", 'c'},
                  {"near", "proposal", 'p'},
                  {"stalled", "commission", 'c'},
                  {"body_suspended", "body", 'b'}};
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        if (!text_is(when, things[i].when)) continue;
        CLEANUP(buf) struct buf id = BUF_MAX(KIB);
        id_put(&id, slug, things[i].letter, (uint32_t)thing);
        json_text_at(out, things[i].name, buf_view(&id));
    }
    if (text_is(when, "participation")) json_u64_at(out, "area", thing);
}
