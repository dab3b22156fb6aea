/* acts.c -- a typed call for every act that staff or the keeper may do; what depends on the round
 * is in rounds.c.
 *
 * Each puts its own arguments behind the head of question_act() in the order of ACTS.md, and says
 * into what the answer is read. Nothing is judged here: that happens in Redis, in one piece. A new
 * act is a function in lua/, a line in ACTS.md, a struct in acts.h and a few lines here. */
#include "inside.h"

#include <inttypes.h>

#include "groundswell/ledger/views.h"

/* What every act answers; a replay answers no more than this and the thing's id. */
#define HEAD_FIELDS(type)                                                                         \
    FIELD(struct type, seq, FIELD_U64), FIELD_AS("at", struct type, at_ms, FIELD_STAMP, 0),       \
        FIELD(struct type, replayed, FIELD_BOOL)
#define MAYBE(type, member, kind) FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL)
#define HIDDEN(type, member, kind)                                                                \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_PRIVATE)

const struct field act_outcome_fields[] = {HEAD_FIELDS(act_outcome)};
FIELDS_OF(act_outcome);

const struct field fund_outcome_fields[] = {
    HEAD_FIELDS(fund_outcome),
    FIELD_ID_OF(struct fund_outcome, fund, 'f', 0),
    HIDDEN(fund_outcome, qualifying, FIELD_TEXT),
};
FIELDS_OF(fund_outcome);

const struct field register_outcome_fields[] = {
    HEAD_FIELDS(register_outcome),
    MAYBE(register_outcome, registered, FIELD_U64),
    MAYBE(register_outcome, already, FIELD_U64),
    MAYBE(register_outcome, granted, FIELD_U64),
    MAYBE(register_outcome, ungranted, FIELD_U64),
};
FIELDS_OF(register_outcome);

const struct field round_outcome_fields[] = {
    HEAD_FIELDS(round_outcome),
    FIELD_ID_OF(struct round_outcome, round, 'r', 0),
    MAYBE(round_outcome, granted, FIELD_U64),
    HIDDEN(round_outcome, spendable, FIELD_TEXT),
};
FIELDS_OF(round_outcome);

const struct field tender_outcome_fields[] = {
    HEAD_FIELDS(tender_outcome),
    FIELD_FLAGS(struct tender_outcome, pending, FIELD_BOOL, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    FIELD_ID_OF(struct tender_outcome, tender, 't', 0),
};
FIELDS_OF(tender_outcome);

const struct field proposal_outcome_fields[] = {
    HEAD_FIELDS(proposal_outcome),
    FIELD_ID_OF(struct proposal_outcome, proposal, 'p', 0),
    FIELD_FLAGS(struct proposal_outcome, pending, FIELD_BOOL, FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
};
FIELDS_OF(proposal_outcome);

const struct field settle_outcome_fields[] = {
    FIELD(struct settle_outcome, seq, FIELD_U64),
    FIELD_AS("at", struct settle_outcome, at_ms, FIELD_STAMP, 0),
    FIELD(struct settle_outcome, replayed, FIELD_BOOL),
    FIELD_AS("due", struct settle_outcome, due_ms, FIELD_STAMP, 0),
    FIELD(struct settle_outcome, more, FIELD_BOOL),
    FIELD(struct settle_outcome, qualifying, FIELD_TEXT),
    FIELD(struct settle_outcome, fallbacks, FIELD_BOOL),
};
FIELDS_OF(settle_outcome);

/* ---- community and money -------------------------------------------------------------------- */

enum { CREATE_CURRENCY, CREATE_AREAS, CREATE_TEXT };
enum { CREATE_AREA_RESIDENTS_MIN, CREATE_MEMBERS_MIN };

static enum fault created_ask(struct call *call)
{
    struct ledger *ledger = call->ledger;
    const struct saved *saved = &call->saved;
    question_act(ledger, call->kind, &saved->act);
    question_text(ledger, saved->act.slug);
    question_text(ledger, saved->t[CREATE_CURRENCY]);
    question_text(ledger, saved->t[CREATE_AREAS]);
    question_number(ledger, saved->n[CREATE_AREA_RESIDENTS_MIN]);
    question_number(ledger, saved->n[CREATE_MEMBERS_MIN]);
    question_json(ledger, saved->t[CREATE_TEXT]);
    return FAULT_NONE;
}

static void indexed_answer(void *ctx, enum fault fault, const struct answer *reply)
{
    struct call *call = ctx;
    (void)reply;
    if (fault) /* nothing of the community was written */
        call_fail(call, fault == FAULT_MEMORY ? fault : FAULT_BUSY);
    else
        call_ask_in_round(call);
}

/* The index first: a community that exists is always found in it. One that is refused or lost on
 * its way stays there as a slug without a community, which everybody passes over. */
void ledger_community_create(struct ledger *ledger, const struct act *act,
                             const struct community_create *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"community_create", OUTCOME(act_outcome)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = created_ask;
    like.saved.act = *act;
    like.saved.n[CREATE_AREA_RESIDENTS_MIN] = in->area_residents_min;
    like.saved.n[CREATE_MEMBERS_MIN] = in->members_min;
    like.saved.t[CREATE_CURRENCY] = in->currency;
    like.saved.t[CREATE_AREAS] = in->areas;
    like.saved.t[CREATE_TEXT] = in->text;
    question_raw(ledger, "ZADD");
    question_text(ledger, TEXT(COMMUNITIES));
    question_text(ledger, TEXT("0"));
    question_text(ledger, act->slug);
    store_ask(ledger->store, ledger->argv, ledger->argc, STORE_DEADLINE_MS, indexed_answer,
              call_new(&like, act->slug));
}

void ledger_fund_add(struct ledger *ledger, const struct act *act, const struct fund_add *in,
                     ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"fund_add", OUTCOME(fund_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->amount);
    question_text(ledger, in->theme);
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_fund_top_up(struct ledger *ledger, const struct act *act, const struct fund_top_up *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"fund_top_up", OUTCOME(fund_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->fund);
    question_number(ledger, in->amount);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_fund_withdraw(struct ledger *ledger, const struct act *act,
                          const struct fund_top_up *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"fund_withdraw", OUTCOME(fund_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->fund);
    question_number(ledger, in->amount);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- residents ------------------------------------------------------------------------------ */

void ledger_residents_register(struct ledger *ledger, const struct act *act,
                               const struct residents_register *in, ledger_answer_fn *answer,
                               void *ctx)
{
    static const struct call_kind kind = {"residents_register", OUTCOME(register_outcome)};
    INVARIANT(in->n >= 1 && in->n <= RESIDENTS_REGISTER_MAX);
    question_act(ledger, &kind, act);
    question_number(ledger, in->n);
    for (size_t i = 0; i < in->n; i++) {
        question_text(ledger, in->residents[i].resident);
        question_number(ledger, in->residents[i].area);
    }
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_resident_grant(struct ledger *ledger, const struct act *act,
                           const struct resident_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"resident_grant", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, in->resident);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_resident_sign_out(struct ledger *ledger, const struct act *act,
                              const struct resident_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"resident_sign_out", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, in->resident);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_staff_sign_out(struct ledger *ledger, const struct act *act, const struct staff_act *in,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"staff_sign_out", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, in->staff);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- tenders and proposals ------------------------------------------------------------------ */

void ledger_rule_hash(const struct tender_create *rule, char ret[static 65])
{
    CLEANUP(buf) struct buf canonical = BUF_MAX(KIB);
    CLEANUP(buf) struct buf hex = BUF_MAX(2 * DIGEST_SIZE + 1);
    buf_format(&canonical,
               "{\"v\":1,\"people_min\":%" PRIu64 ",\"areas_min\":%" PRIu64
               ",\"area_people_min\":%" PRIu64 ",\"awards_max\":%" PRIu64 ",\"ceiling\":%" PRIu64
               ",\"closes\":%" PRIu64 ",\"theme\":\"%.*s\"",
               rule->people_min, rule->areas_min, rule->area_people_min, rule->awards_max,
               rule->ceiling, rule->closes_ms, TEXT_ARGS(rule->theme));
    if (rule->window_ms) buf_format(&canonical, ",\"window\":%" PRIu64, rule->window_ms);
    if (rule->hidden) buf_cstr(&canonical, ",\"tally\":\"hidden\"");
    if (rule->days) buf_format(&canonical, ",\"days\":%" PRIu64, rule->days);
    if (rule->contributors)
        buf_format(&canonical, ",\"contributors\":%" PRIu64, rule->contributors);
    buf_char(&canonical, '}');
    INVARIANT(buf_fault(&canonical) == FAULT_NONE);
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(buf_view(&canonical), digest);
    encode_hex(&hex, digest, sizeof digest);
    INVARIANT(buf_fault(&hex) == FAULT_NONE);
    memcpy(ret, hex.data, 2 * DIGEST_SIZE);
    ret[2 * DIGEST_SIZE] = 0;
}

void ledger_tender_create(struct ledger *ledger, const struct act *act,
                          const struct tender_create *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_create", OUTCOME(tender_outcome)};
    char rule_hash[65];
    ledger_rule_hash(in, rule_hash);
    question_act(ledger, &kind, act);
    question_text(ledger, in->body);
    question_text(ledger, in->theme);
    question_number(ledger, in->ceiling);
    question_number(ledger, in->people_min);
    question_number(ledger, in->areas_min);
    question_number(ledger, in->area_people_min);
    question_number(ledger, in->awards_max);
    question_number(ledger, in->closes_ms);
    question_number(ledger, in->late);
    question_number(ledger, in->window_ms);
    question_text(ledger, in->hidden ? TEXT("hidden") : TEXT("open"));
    question_number(ledger, in->days);
    question_number(ledger, in->contributors);
    question_number(ledger, in->need);
    question_text(ledger, text_of(rule_hash));
    question_json(ledger, in->text);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* Of a tally that may be hidden: its key, which is on disk before anybody can pledge under it, and
 * the hash that the record shows. */
static enum fault tally_key_put(struct ledger *ledger, struct text slug, uint64_t tender)
{
    uint8_t key[DIGEST_SIZE], digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(2 * DIGEST_SIZE + 1);
    enum fault no = keyring_tally_key(ledger->keyring, slug, tender, key);
    if (no)
        return no;
    const struct text bytes = {(const char *)key, sizeof key};
    digest_sha256(bytes, digest);
    encode_hex(&hex, digest, sizeof digest);
    INVARIANT(buf_fault(&hex) == FAULT_NONE);
    question_bytes(ledger, bytes);
    question_format(ledger, "%s", hex.data);
    secret_wipe(key, sizeof key);
    return FAULT_NONE;
}

static enum fault tender_opening_ask(struct call *call)
{
    const struct saved *saved = &call->saved;
    question_act(call->ledger, call->kind, &saved->act);
    question_number(call->ledger, saved->n[0]);
    question_text(call->ledger, saved->t[0]);
    return tally_key_put(call->ledger, saved->act.slug, saved->n[0]);
}

static void tender_opening_answer(void *ctx, const struct ledger_answer *answer)
{
    struct call *opening = ctx;
    if (answer->fault || answer->refusal)
        call_finish(opening, answer);
    else
        call_ask_in_round(opening);
}

/* The first time in a community it is asked for before a key is made: a slug that is nobody's
 * leaves no folder behind. */
void ledger_tender_open(struct ledger *ledger, const struct act *act, const struct tender_act *in,
                        ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_open", OUTCOME(tender_outcome)};
    struct call like = {.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx};
    like.ask = tender_opening_ask;
    like.saved = (struct saved){.act = *act, .n = {in->tender}};
    like.saved.t[0] = in->body;
    struct call *opening = call_new(&like, act->slug);
    if (keyring_tally_is_here(ledger->keyring, act->slug))
        call_ask_in_round(opening);
    else
        ledger_totals(ledger, act->slug, tender_opening_answer, opening);
}

void ledger_tender_withdraw(struct ledger *ledger, const struct act *act,
                            const struct tender_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_withdraw", OUTCOME(tender_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->tender);
    question_text(ledger, in->body);
    question_asked(ledger, in->person, in->digest);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_tender_pause(struct ledger *ledger, const struct act *act,
                         const struct tender_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_pause", OUTCOME(tender_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->tender);
    question_number(ledger, in->until_ms);
    question_json(ledger, in->text);
    question_asked(ledger, in->person, in->digest);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_tender_resume(struct ledger *ledger, const struct act *act,
                          const struct tender_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"tender_resume", OUTCOME(tender_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->tender);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_proposal_submit(struct ledger *ledger, const struct act *act,
                            const struct proposal_submit *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"proposal_submit", OUTCOME(proposal_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->tender);
    question_text(ledger, in->body);
    question_number(ledger, in->price);
    question_json(ledger, in->text);
    question_text(ledger, in->milestones.at ? in->milestones : TEXT(""));
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_proposal_withdraw(struct ledger *ledger, const struct act *act,
                              const struct proposal_act *in, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"proposal_withdraw", OUTCOME(proposal_outcome)};
    question_act(ledger, &kind, act);
    question_number(ledger, in->proposal);
    question_text(ledger, in->body);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

/* ---- the keeper's --------------------------------------------------------------------------- */

static struct act keepers(struct text slug)
{
    return (struct act){.slug = slug, .subject = TEXT("keeper")};
}

void ledger_settle(struct ledger *ledger, struct text slug, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"settle", OUTCOME(settle_outcome)};
    struct act act = keepers(slug);
    question_act(ledger, &kind, &act);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_activate(struct ledger *ledger, struct text slug, uint64_t proposal,
                     ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"activate", OUTCOME(proposal_outcome)};
    struct act act = keepers(slug);
    question_act(ledger, &kind, &act);
    question_number(ledger, proposal);
    call_send(ledger, &kind, slug, answer, ctx);
}
