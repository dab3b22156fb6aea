/* roll.c -- who asks, and whether they asked before.
 *
 * The order of ACTS.md: clock, community, settling, epoch, key, then the act's own checks. For
 * pledges a resident's checks stand between those of the round and those of the proposal, which is
 * why this calls the model's two halves and not model_act(). The rows are in roll_rows.c. */
#include "groundswell/rules/roll.h"

#include <string.h>

#include "roll_rows.h"

/* ---- epochs and keys ---- */

static uint64_t epoch_of(const struct roll *roll, const struct roll_act *act)
{
    bool of_one = act->kind == ROLL_RESIDENT_LEAVE || act->kind == ROLL_RESIDENT_SIGN_OUT ||
                  act->kind == ROLL_RESIDENT_GRANT || act->kind == ROLL_RESIDENT_ERASE ||
                  act->kind == ROLL_TENDER_APPROVE || roll_is_speech(act->kind) ||
                  act->kind == ROLL_MILESTONE_CONFIRM || act->kind == ROLL_MILESTONE_DISPUTE;
    if (of_one && text_equal(act->subject, act->resident)) {
        const struct resident *resident = resident_at(roll, act->resident);
        if (resident && resident->erased)
            return resident->epoch - 1; /* for the retry of who erased themselves */
        return resident ? resident->epoch : 0;
    }
    return roll_staff_epoch(roll, act->subject);
}

/* True where the act is new. A known key replays with the same body and refuses with another. */
static bool key_is_new(const struct ring *ring, const struct roll_act *act, uint64_t since,
                       struct verdict *ret)
{
    const struct ring_key *known =
        ring && act->key_hash.n ? ring_find(ring, act->key_hash.at, since) : NULL;
    if (!known)
        return true;
    if (memcmp(known->body, act->body_hash, sizeof known->body) != 0) {
        refuse(ret, REFUSAL_KEY_REUSED);
        return false;
    }
    ret->replayed = true;
    ret->seq = known->seq;
    ret->number = known->number;
    return false;
}

static void key_keep(struct ring *ring, size_t max, const struct roll_act *act,
                     const struct verdict *ret)
{
    struct ring_key key = {.seq = ret->seq, .number = ret->number, .at = ret->at};
    if (act->key_hash.n == 0)
        return;
    INVARIANT(act->key_hash.n == sizeof key.key);
    memcpy(key.key, act->key_hash.at, sizeof key.key);
    memcpy(key.body, act->body_hash, sizeof key.body);
    ring_put(ring, max, &key);
}

/* ---- residents ---- */

static const char *list_raises(const struct roll *roll, const struct roll_act *act)
{
    uint64_t areas = roll->model->created ? roll->model->areas_n : RECORD_AREAS_MAX;
    if (act->residents_n == 0 || act->residents_n > REGISTER_MAX)
        return "the list has not 1 to 1,000 residents";
    for (size_t i = 0; i < act->residents_n; i++) {
        if (!resident_id_is_valid(act->residents[i].resident))
            return "a resident's id is not well formed";
        if (act->residents[i].area >= areas)
            return "the community has no such area";
        for (size_t k = 0; k < i; k++)
            if (text_equal(act->residents[k].resident, act->residents[i].resident))
                return "a resident stands twice in the list";
    }
    return NULL;
}

struct tally {
    uint64_t registered[RECORD_AREAS_MAX], grants[RECORD_AREAS_MAX];
};

/* One who is new or returns; granted as long as the unallotted covers it. */
static void resident_register(struct roll *roll, const struct roll_registration *in,
                              struct tally *tally, struct verdict *ret)
{
    const struct model *model = roll->model;
    struct resident *resident = resident_at(roll, in->resident);
    if (resident && resident->member) {
        ret->already++;
        return;
    }
    if (!resident)
        resident = resident_add(roll, in->resident);
    resident->area = (uint32_t)in->area;
    resident->member = true;
    resident->erased = false;
    resident->member_seq = model->seq; /* of the record that will say so */
    ret->registered++;
    tally->registered[in->area]++;
    if (!model->open || resident->granted == model->rounds_n)
        return;
    uint64_t allotment = model->rounds[model->rounds_n - 1].allotment;
    if ((ret->granted + 1) * allotment > model->accounts.unallotted) {
        ret->ungranted++;
        return;
    }
    ret->granted++;
    resident->granted = (uint32_t)model->rounds_n;
    tally->grants[in->area]++;
}

static struct record_pairs pairs_of(const uint64_t *counts, uint64_t (*pairs)[2])
{
    size_t n = 0;
    for (size_t area = 0; area < RECORD_AREAS_MAX; area++)
        if (counts[area]) {
            pairs[n][0] = area;
            pairs[n++][1] = counts[area];
        }
    return (struct record_pairs){(const uint64_t(*)[2])pairs, n};
}

static void residents_register(struct roll *roll, const struct roll_registration *list, size_t n,
                               struct verdict *ret)
{
    struct tally tally = {0};
    struct record own = {.kind = RECORD_RESIDENTS_REGISTERED};
    for (size_t i = 0; i < n; i++)
        resident_register(roll, &list[i], &tally, ret);
    record_set_pairs(&own, FIELD_REGISTERED, pairs_of(tally.registered, ret->pairs[0]));
    record_set_pairs(&own, FIELD_GRANTS, pairs_of(tally.grants, ret->pairs[1]));
    model_judge(roll->model, &own, ret);
    INVARIANT(!ret->refusal && !ret->raised);
}

static void resident_grant(struct roll *roll, struct record *own, const struct roll_act *act,
                           struct verdict *ret)
{
    if (!roll->model->open) {
        refuse(ret, REFUSAL_ROUND_NOT_OPEN);
        return;
    }
    struct resident *resident = member_at(roll, act->resident, ret);
    if (!resident)
        return;
    if (holds_grant(roll, resident)) {
        refuse_one(ret, REFUSAL_ALREADY_GRANTED, "round", roll->model->rounds_n);
        return;
    }
    record_set(own, FIELD_AREA, resident->area);
    model_judge(roll->model, own, ret);
    if (!ret->refusal)
        resident->granted = (uint32_t)roll->model->rounds_n;
}

/* The leaving of a member; whoever erases them comes behind. False where it ends here. */
static bool resident_depart(struct roll *roll, struct record *own, const struct roll_act *act,
                            struct verdict *ret)
{
    struct resident *resident = member_at(roll, act->resident, ret);
    if (!resident || (roll->model->open && !round_is(roll->model, own->round, ret)))
        return false;
    if (roll->model->open && own->wallet.n == 0) {
        ret->raised = "while a round is open the wallet is needed";
        return false;
    }
    bool granted = holds_grant(roll, resident);
    if (granted) /* so that coming back elsewhere does not move the wallet */
        purse_need(roll, own, resident->area);
    record_set(own, FIELD_AREA, resident->area);
    static const uint64_t all[1][2] = {{1, 1}};
    if (!act->keep)
        record_set_pairs(own, FIELD_WITHDRAWN, (struct record_pairs){all, 1});
    model_judge(roll->model, own, ret);
    INVARIANT(!ret->refusal && !ret->raised);
    if (granted)
        resident->granted = (uint32_t)roll->model->rounds_n;
    resident->member = false;
    resident->epoch++;
    return true;
}

static void resident_erase(struct roll *roll, struct record *own, const struct roll_act *act,
                           struct verdict *ret)
{
    struct resident *resident = resident_at(roll, act->resident);
    struct code *code, *next;
    bool left = resident && !resident->member && !resident->erased;
    if (left) {
        resident->epoch++;
        ret->seq = roll->model->seq - 1;
    } else if (!resident_depart(roll, own, act, ret)) {
        return;
    }
    resident->erased = true;
    seat_holder_forget(roll, act->resident);
    HASH_ITER(hh, roll->codes, code, next)
        if (text_equal((struct text){code->resident, RESIDENT_ID_SIZE}, act->resident))
            code->revoked = true;
}

/* ---- codes ---- */

static void codes_issue(struct roll *roll, const struct record *own, const struct roll_act *act,
                        struct verdict *ret)
{
    if (code_at(roll, act->serial)) {
        refuse_one(ret, REFUSAL_SERIALS_TAKEN, "free", 0);
        refuse_number(ret, "wanted", 1);
        return;
    }
    code_add(roll, act->serial, own->issued.at[0][0]);
    model_judge(roll->model, own, ret);
    INVARIANT(!ret->refusal && !ret->raised);
}

static void code_redeem(struct roll *roll, struct record *own, const struct roll_act *act,
                        struct verdict *ret)
{
    struct code *code = code_at(roll, act->serial);
    if (!code || code->revoked) {
        refuse(ret, code ? REFUSAL_CODE_REVOKED : REFUSAL_CODE_WRONG);
        return;
    }
    if (code->seq) {
        ret->seq = code->seq;
        ret->replayed = memcmp(code->key, act->key_hash.at, sizeof code->key) == 0;
        ret->granted = code->granted;
        if (!ret->replayed)
            refuse(ret, REFUSAL_CODE_USED);
        return;
    }
    const struct roll_registration entry = {act->resident, code->area};
    const struct resident *resident = resident_at(roll, act->resident);
    if (!resident || !resident->member)
        residents_register(roll, &entry, 1, ret);
    record_set(own, FIELD_AREA, code->area);
    model_judge(roll->model, own, ret);
    INVARIANT(!ret->refusal && !ret->raised);
    code->granted = holds_grant(roll, resident_at(roll, act->resident));
    code->seq = ret->seq;
    ret->granted = code->granted;
    memcpy(code->key, act->key_hash.at, sizeof code->key);
    memcpy(code->resident, act->resident.at, RESIDENT_ID_SIZE);
}

/* ---- members: who holds a seat ---- */

static void member_seat(struct roll *roll, const struct record *own, const struct roll_act *act,
                        struct verdict *ret)
{
    const struct body *body = body_takes(roll->model, own, ret);
    if (!body)
        return;
    uint64_t number = (uint64_t)(body - roll->model->bodies) + 1;
    if (text_starts(act->holder, TEXT("r:"))) {
        const struct text id = {act->holder.at + 2, act->holder.n - 2};
        const struct resident *resident = resident_at(roll, id);
        if (!resident || !resident->member) {
            refuse(ret, REFUSAL_RESIDENT_UNKNOWN);
            return;
        }
    }
    if (seat_held_by(roll, number, act->holder)) {
        refuse(ret, REFUSAL_SEATED_ALREADY);
        refuse_text(ret, "body", word_text(&body->word));
        return;
    }
    model_judge(roll->model, own, ret);
    INVARIANT(!ret->refusal && !ret->raised);
    seat_holder_keep(roll, ret->number, act->holder);
}

static void tender_approve(struct roll *roll, struct record *own, const struct roll_act *act,
                           struct verdict *ret)
{
    const struct tender *tender = tender_draft(roll->model, own, ret);
    if (!tender)
        return;
    const struct body *body = body_named(roll->model, word_text(&tender->body));
    uint64_t number = body ? (uint64_t)(body - roll->model->bodies) + 1 : 0;
    record_set(own, FIELD_MEMBER, seat_held_by(roll, number, act->holder));
    model_judge(roll->model, own, ret);
}

/* ---- pledges: the resident is the subject ---- */

static void pledge_act(struct roll *roll, struct record *own, const struct roll_act *act,
                       struct verdict *ret)
{
    if (!round_is(roll->model, own->round, ret))
        return;
    const struct resident *resident = member_at(roll, act->subject, ret);
    if (!resident)
        return;
    if (resident->epoch != act->epoch) {
        refuse(ret, REFUSAL_SIGNED_OUT);
        return;
    }
    const struct purse *purse = purse_at(roll, own);
    if (!key_is_new(purse ? &purse->ring : NULL, act, 0, ret)) {
        if (ret->replayed)
            ret->present = model_present(roll->model, own->round, own->wallet, own->proposal);
        return;
    }
    if (act->kind == ROLL_PLEDGE_SET && !holds_grant(roll, resident)) {
        refuse(ret, REFUSAL_WALLET_NOT_GRANTED);
        return;
    }
    uint32_t area = purse ? purse->area : resident->area;
    record_set(own, FIELD_AREA, area);
    model_judge(roll->model, own, ret);
    if (!ret->refusal && !ret->raised)
        key_keep(&purse_need(roll, own, area)->ring, RING_WALLET, act, ret);
}

/* ---- what who pledged found of a milestone ---- */

static void milestone_speak(struct roll *roll, const struct record *own,
                            const struct roll_act *act, struct verdict *ret)
{
    if (member_at(roll, act->resident, ret))
        model_judge(roll->model, own, ret);
}

/* ---- everything ---- */

static void sign_out(struct roll *roll, const struct roll_act *act, struct verdict *ret)
{
    struct resident *resident = NULL;
    if (act->kind == ROLL_RESIDENT_SIGN_OUT) {
        resident = resident_at(roll, act->resident);
        if (!resident || resident->erased) {
            refuse(ret, REFUSAL_RESIDENT_UNKNOWN);
            return;
        }
        resident->epoch++;
    } else {
        principal_need(roll, act->staff)->epoch++;
    }
    ret->seq = roll->model->seq - 1;
}

static void staff_judge(struct roll *roll, struct record *own, const struct roll_act *act,
                        struct verdict *ret)
{
    if (act->kind == ROLL_RESIDENTS_REGISTER)
        residents_register(roll, act->residents, act->residents_n, ret);
    else if (act->kind == ROLL_RESIDENT_GRANT)
        resident_grant(roll, own, act, ret);
    else if (act->kind == ROLL_RESIDENT_LEAVE)
        (void)resident_depart(roll, own, act, ret);
    else if (act->kind == ROLL_RESIDENT_ERASE)
        resident_erase(roll, own, act, ret);
    else if (act->kind == ROLL_CODES_ISSUE)
        codes_issue(roll, own, act, ret);
    else if (act->kind == ROLL_MEMBER_SEAT)
        member_seat(roll, own, act, ret);
    else if (act->kind == ROLL_TENDER_APPROVE)
        tender_approve(roll, own, act, ret);
    else if (roll_is_speech(act->kind))
        roll_speak(roll, own, act, ret);
    else if (act->kind == ROLL_TENDER_OPEN)
        roll_tender_open(roll, own, ret);
    else if (act->kind == ROLL_PROPOSAL_SUBMIT || act->kind == ROLL_PROPOSAL_AMEND ||
             act->kind == ROLL_PROPOSAL_MERGE)
        roll_proposal(roll, own, act, ret);
    else if (act->kind == ROLL_NEED_ANSWER)
        roll_need_answer(roll, own, ret);
    else if (act->kind == ROLL_SETTLE)
        model_settled(roll->model, ret);
    else if (act->kind == ROLL_MILESTONE_CONFIRM || act->kind == ROLL_MILESTONE_DISPUTE)
        milestone_speak(roll, own, act, ret);
    else if (act->kind == ROLL_STAFF_SIGN_OUT || act->kind == ROLL_RESIDENT_SIGN_OUT)
        sign_out(roll, act, ret);
    else
        model_judge(roll->model, own, ret);
}

static void staff_act(struct roll *roll, struct record *own, const struct roll_act *act,
                      struct verdict *ret)
{
    uint64_t since = ret->at > RING_STAFF_MS ? ret->at - RING_STAFF_MS : 0;
    /* no ring leads from a resident to what they said */
    struct text holder = act->author.n ? act->author : act->subject;
    const struct principal *known = principal_at(roll, holder);
    if (epoch_of(roll, act) != act->epoch) {
        refuse(ret, REFUSAL_SIGNED_OUT);
        return;
    }
    if (!key_is_new(known ? &known->ring : NULL, act, since, ret))
        return;
    staff_judge(roll, own, act, ret);
    if (!ret->refusal && !ret->raised && !ret->pending && act->key_hash.n)
        key_keep(&principal_need(roll, holder)->ring, RING_STAFF, act, ret);
}

/* The act's input for the model, or NULL in *ret_raised and why the ledger would raise. */
static struct record input_of(struct roll *roll, const struct roll_act *act,
                              const char **ret_raised)
{
    struct record own = act->own;
    *ret_raised = NULL;
    if (act->kind == ROLL_RESIDENTS_REGISTER)
        *ret_raised = list_raises(roll, act);
    if (act->kind == ROLL_STAFF_SIGN_OUT &&
        (text_is(act->staff, "operator") || text_is(act->staff, "keeper")))
        *ret_raised = "the operator's key and the keeper are never signed out";
    if (roll_is_speech(act->kind) && !text_equal(act->subject, act->resident))
        *ret_raised = "a resident speaks for nobody else";
    if (*ret_raised || !roll_has_record(act->kind))
        return own;
    own.kind = roll_record_kind(act->kind);
    own.at = act->now_ms;
    for (int i = 0; act->kind == ROLL_TALK_STANCE && i < 3; i++) /* these, too */
        record_set(&own, (enum record_field[]){FIELD_AGREE, FIELD_DISAGREE, FIELD_PASS}[i], 0);
    record_set(&own, FIELD_AREA, 0); /* known only later, and never the caller's */
    *ret_raised = act_raises(roll->model, &own);
    return own;
}

static bool clock_agrees(const struct roll_act *act, struct verdict *ret)
{
    uint64_t now = act->now_ms, clock = act->clock_ms;
    uint64_t skew = now > clock ? now - clock : clock - now;
    if (clock == 0 || skew <= CLOCK_SKEW_MAX_MS)
        return true;
    refuse_one(ret, REFUSAL_CLOCK_SKEW, "skew", skew);
    return false;
}

void roll_act(struct roll *roll, const struct roll_act *act, struct verdict *ret)
{
    const char *raised;
    struct record own = input_of(roll, act, &raised);
    verdict_begin(ret);
    ret->raised = raised;
    if (raised || !clock_agrees(act, ret))
        return;
    if (act->kind == ROLL_COMMUNITY_CREATE) {
        ret->at = act->now_ms; /* there is nothing yet that it could not be before */
        staff_act(roll, &own, act, ret);
        return;
    }
    bool settled = model_settle(roll->model, act->now_ms, SETTLE_MAX, ret);
    if (act->kind == ROLL_SETTLE && ret->refusal == REFUSAL_DEADLINES_DUE) {
        ret->refusal = REFUSAL_NONE; /* it says `more` instead */
        settled = true;
    }
    if (settled && (act->kind == ROLL_PLEDGE_SET || act->kind == ROLL_PLEDGE_WITHDRAW))
        pledge_act(roll, &own, act, ret);
    else if (settled && act->kind == ROLL_CODE_REDEEM)
        code_redeem(roll, &own, act, ret); /* who comes has no epoch and no ring of keys */
    else if (settled)
        staff_act(roll, &own, act, ret);
}
