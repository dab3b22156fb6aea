/* differential_draw.c -- which act comes next, who asks, when, and under which key.
 *
 * Communities of different kinds follow one another, each made for something: many small
 * activations, breadth, wallets full of pledges, a treasury near 2^53, more deadlines at once than
 * one call settles, a pool that is always short. Half of the time the act is one that the
 * community needs to get on, else any: so that both what works and what is refused is seen. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "groundswell/base/secret.h"

#include "differential_inside.h"

#define DAY_MS 86400000u
#define RARE 20 /* times; what was seen less often is sought */
#define PRELUDE 24 /* operations before the community is there */

/* Weights in the order of enum roll_kind:
 * create fund top_up register grant leave open close tender open withdraw pause resume submit
 * withdraw set withdraw activate settle out out erase issue redeem fallback
 * set areas form constitute seat leave approve publish,
 * then of speech (differential_talk.c draws them), then of funds and commissions: take-out sign
 * evidence report confirm dispute accept pay vary approve outcome savings complete terminate */
static const struct profile profiles[] = {
    {.name = "village", .scarce = true, .members_min = 2, .people = 14, .areas = 3, .area_least = 2,
     .allotment = 400, .token = 10, .fund = 20000, .ceiling = 1500, .price_least = 50,
     .tenders_wanted = 5, .awards_max = 3, .areas_min = 2, .round_ms = 60000, .tender_ms = 9000,
     .jump_every = 150, .jump_ms = 2000,
     .weights = {1, 1, 3, 4, 3, 4, 1, 1, 2, 2, 2, 3, 1, 4, 2, 90, 14, 3, 3, 1, 2, 2, 4, 5, 3,
                 1, 1, 1, 1, 5, 2, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                 2, 4, 3, 6, 5, 3, 4, 9, 5, 4, 2, 2, 3, 1}},
    {.name = "town", .people = 240, .areas = 6, .area_least = 3, .allotment = 3000, .token = 100,
     .fund = 900000, .ceiling = 60000, .price_least = 9000, .tenders_wanted = 6, .awards_max = 4,
     .areas_min = 5, .round_ms = 400000, .tender_ms = 60000, .jump_every = 250, .jump_ms = 9000,
     .weights = {1, 1, 2, 10, 3, 4, 1, 1, 2, 2, 1, 3, 1, 4, 2, 120, 14, 3, 2, 1, 2, 3, 6, 7, 3,
                 1, 1, 1, 1, 5, 2, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                 1, 4, 3, 6, 4, 2, 4, 8, 4, 3, 2, 2, 3, 1}},
    {.name = "purses", .people = 4, .areas = 2, .allotment = 5000, .token = 3, .fund = 2000000,
     .ceiling = 400000, .price_least = 380000, .tenders_wanted = 3, .awards_max = 128,
     .round_ms = 9000000, .tender_ms = 6000000, .jump_every = 2500, .jump_ms = 500,
     .weights = {1, 1, 1, 2, 1, 1, 1, 0, 2, 2, 2, 0, 0, 70, 4, 140, 5, 2, 2, 1, 1, 1, 1, 1, 2,
                 1, 1, 1, 1, 5, 2, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                 1, 1, 1, 2, 1, 1, 2, 3, 1, 1, 1, 1, 1, 1}},
    {.name = "treasury", .scarce = true, .people = 30, .areas = 4, .allotment = 16777215,
     .token = 50, .fund = 1u << 30, .ceiling = 60000000, .price_least = 900000,
     .tenders_wanted = 5, .awards_max = 3, .areas_min = 2, .round_ms = 80000, .tender_ms = 9000,
     .jump_every = 150, .jump_ms = 2000,
     .weights = {1, 40, 20, 4, 3, 3, 1, 1, 2, 2, 2, 3, 1, 6, 2, 80, 12, 4, 3, 1, 1, 2, 3, 3, 2,
                 1, 1, 1, 1, 5, 2, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                 3, 4, 3, 6, 5, 3, 4, 9, 5, 4, 2, 2, 3, 1}},
    {.name = "deadlines", .people = 20, .areas = 3, .allotment = 900, .token = 10, .fund = 60000,
     .ceiling = 900, .price_least = 250, .tenders_wanted = 40, .awards_max = 2, .areas_min = 2,
     .round_ms = 90000, .tender_ms = 9000, .jump_every = 130, .jump_ms = 12000,
     .weights = {1, 1, 1, 2, 1, 1, 1, 1, 16, 20, 1, 3, 1, 4, 1, 20, 4, 1, 2, 1, 1, 1, 1, 1, 1,
                 1, 1, 1, 1, 5, 2, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                 1, 1, 1, 2, 1, 1, 2, 3, 1, 1, 1, 1, 1, 1}},
    {.name = "poor", .scarce = true, .members_min = 3, .people = 60, .areas = 5, .area_least = 2,
     .allotment = 250,
     .token = 10, .fund = 4000, .ceiling = 1200, .price_least = 60, .tenders_wanted = 6,
     .awards_max = 2, .areas_min = 2, .round_ms = 30000, .tender_ms = 6000, .jump_every = 150,
     .jump_ms = 2000,
     .weights = {1, 1, 2, 12, 10, 6, 2, 2, 2, 2, 2, 3, 1, 5, 2, 80, 12, 4, 3, 1, 2, 4, 5, 6, 3,
                 1, 1, 1, 1, 5, 2, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                 1, 4, 3, 6, 5, 3, 4, 9, 5, 4, 2, 2, 3, 2}},
};

/* splitmix64: any seed will do. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t draw(struct differential *d, uint64_t n)
{
    INVARIANT(n > 0);
    return next(&d->random) % n;
}

/* 22 characters of base64url, as ids and pseudonyms are. */
static void spell(uint64_t a, uint64_t b, char *ret)
{
    CLEANUP(buf) struct buf out = BUF_MAX(32);
    const uint64_t bytes[2] = {next(&a), next(&b)};
    encode_base64url(&out, bytes, sizeof bytes);
    INVARIANT(out.len == 22);
    memcpy(ret, out.data, 22);
}

struct text person_id(const struct differential *d, uint64_t i)
{
    return (struct text){d->people[i], 22};
}

void wallet_of(const struct differential *d, uint64_t round, struct text resident, char *ret)
{
    uint64_t bits;
    memcpy(&bits, resident.at, sizeof bits);
    spell(bits ^ round << 32, d->plan->seed + d->count->communities + round, ret);
}

void community_begin(struct differential *d)
{
    const size_t n = sizeof profiles / sizeof *profiles;
    uint64_t number = d->count->communities;
    d->profile = &profiles[number % n];
    d->begun = d->done;
    d->ends = d->done + 1200 + draw(d, 3600);
    d->retry = 0;
    d->pair[0] = d->pair[1] = 0;
    d->now = UINT64_C(1760000000000) + draw(d, 1000000);
    snprintf(d->slug, sizeof d->slug, "c%" PRIu64, number + 1);
    for (uint64_t i = 0; i < d->profile->people; i++)
        spell(d->plan->seed ^ number << 20 ^ i, number * 1000 + i, d->people[i]);
}

/* ---- the head ---- */

static void draw_time(struct differential *d, struct operation *op)
{
    uint64_t due = model_due(model_of(d)), at = model_at(model_of(d));
    struct model_deadline far;
    d->now = at > d->now ? at : d->now;
    if (model_deadline(model_of(d), SETTLE_MAX + draw(d, 9), &far) && chance(d, 15)) {
        d->now = far.due > d->now ? far.due : d->now; /* more at once than one call settles */
    } else if (due && chance(d, d->profile->jump_every)) {
        uint64_t to = due - 1 + draw(d, 3) + (chance(d, 3) ? 0 : draw(d, d->profile->jump_ms));
        d->now = to > d->now ? to : d->now;
    } else if (d->profile->jump_every < 1000 && chance(d, 1500)) {
        d->now += DAY_MS - 50 + draw(d, 100);
    } else if (chance(d, 3)) {
        d->now += draw(d, 20);
    }
    op->act.now_ms = chance(d, 25) ? d->now - draw(d, 4000) : d->now;
}

static void draw_key(struct differential *d, struct operation *op)
{
    uint64_t bits[2] = {next(&d->random), next(&d->random)};
    memcpy(op->key, &bits[0], sizeof op->key);
    memcpy(op->act.body_hash, &bits[1], sizeof op->act.body_hash);
    op->act.key_hash = (struct text){op->key, sizeof op->key};
}

static bool is_resident_act(enum roll_kind kind)
{
    return kind == ROLL_RESIDENT_LEAVE || kind == ROLL_RESIDENT_SIGN_OUT ||
           kind == ROLL_RESIDENT_GRANT || kind == ROLL_RESIDENT_ERASE;
}

static bool is_voice(enum roll_kind kind)
{
    return kind == ROLL_MILESTONE_CONFIRM || kind == ROLL_MILESTONE_DISPUTE;
}

static void draw_subject(struct differential *d, struct operation *op)
{
    static const char *const staff[] = {"operator", "officer-1", "clerk-1", "clerk-2"};
    struct roll_act *act = &op->act;
    struct roll_resident row = {0};
    enum roll_kind kind = act->kind;
    if (kind == ROLL_SETTLE || kind == ROLL_ACTIVATE || kind == ROLL_FALLBACK_NEXT) {
        act->subject = TEXT("keeper");
        act->key_hash = TEXT_NONE;
    } else if (kind == ROLL_CODE_REDEEM) {
        act->subject = TEXT("code");
    } else if (kind == ROLL_PLEDGE_SET || kind == ROLL_PLEDGE_WITHDRAW || act->author.n ||
               is_voice(kind) || (kind == ROLL_TENDER_APPROVE && act->resident.n)) {
        roll_resident(d->roll, act->subject, &row);
        act->epoch = row.epoch;
    } else if (is_resident_act(kind) && chance(d, 3)) { /* by their own token */
        act->subject = act->resident;
        roll_resident(d->roll, act->subject, &row);
        act->epoch = row.epoch;
    } else {
        act->subject = text_of(staff[draw(d, 4)]);
        if ((kind == ROLL_PROPOSAL_AMEND || kind == ROLL_PROPOSAL_MERGE) && !chance(d, 3))
            act->subject = shaper_pick(d, op);
        act->epoch = roll_staff_epoch(d->roll, act->subject);
    }
    if (chance(d, 70))
        act->epoch = act->epoch && chance(d, 2) ? act->epoch - 1 : act->epoch + 1;
}

/* ---- again ---- */

static void repoint(struct text *text, const char *from, const char *to)
{
    if (text->at == from)
        text->at = to;
}

static void operation_copy(struct operation *to, const struct operation *from)
{
    *to = *from;
    struct record *own = &to->act.own;
    repoint(&to->act.key_hash, from->key, to->key);
    repoint(&own->wallet, from->wallet, to->wallet);
    repoint(&own->text, from->text_hash, to->text_hash);
    repoint(&own->rule_hash, from->rule_hash, to->rule_hash);
    repoint(&to->act.author, from->wallet, to->wallet);
    repoint(&own->key, from->tally_key, to->tally_key);
    repoint(&to->act.serial, from->serial, to->serial);
    repoint(&to->act.holder, from->holder, to->holder);
    repoint(&to->act.subject, from->holder + 2, to->holder + 2);
    repoint(&to->act.resident, from->holder + 2, to->holder + 2);
    if (own->issued.at)
        own->issued.at = (const uint64_t(*)[2])to->issued;
    if (own->fallback.at)
        own->fallback.at = (const uint64_t(*)[2])to->steps;
    if (own->milestones.at)
        own->milestones.at = (const uint64_t(*)[2])to->parts;
    if (own->agencies.at)
        own->agencies.at = (const uint64_t(*)[2])to->parts;
    repoint(&own->document, from->document, to->document);
    to->act.residents = to->list;
}

/* One of the last few, of a kind that has met a key used twice least often. */
static const struct operation *again_pick(struct differential *d, uint64_t most)
{
    const struct operation *best = NULL;
    for (int i = 0; i < 5; i++) {
        const struct operation *old = operation_at(d, d->done - draw(d, most));
        const uint64_t *reused = d->count->refused[old->act.kind];
        bool done = strncmp(old->outcome, "ok", 2) == 0;
        if (old->act.key_hash.n == 0 || (best && !done))
            continue;
        if (old->act.kind == ROLL_CODE_REDEEM && !done)
            continue; /* a wrong code thrice would be locked, which the roll knows nothing of */
        if (!best || reused[REFUSAL_KEY_REUSED] <
                         d->count->refused[best->act.kind][REFUSAL_KEY_REUSED])
            best = old;
    }
    return best;
}

/* The last act, where it was done and its kind has seldom met a key used twice; or NULL. */
static const struct operation *again_rare(struct differential *d)
{
    const struct operation *last = operation_at(d, d->done);
    bool rare = last->act.kind != ROLL_CODE_REDEEM && /* knows no ring of keys */
                d->count->refused[last->act.kind][REFUSAL_KEY_REUSED] < RARE;
    bool good = last->act.key_hash.n > 0 && strncmp(last->outcome, "ok", 2) == 0;
    return rare && good && chance(d, 3) ? last : NULL;
}

/* An earlier act once more: by a client that heard no answer, or under a key that was used. */
static bool draw_again(struct differential *d, struct operation *op)
{
    uint64_t far = chance(d, 2) ? 12 : HISTORY - 1;
    uint64_t most = d->retry < far ? d->retry : far;
    if (most == 0)
        return false;
    const struct operation *old = again_rare(d);
    bool other = old != NULL || chance(d, 4); /* another body */
    if (!old && chance(d, 9))
        old = again_pick(d, most);
    if (!old)
        return false;
    uint64_t now_ms = op->act.now_ms;
    operation_copy(op, old);
    if (d->profile->jump_every < 1000 && chance(d, 120)) /* at the end of its memory */
        now_ms = old->act.now_ms + DAY_MS - 1 + draw(d, 3);
    op->act.now_ms = now_ms;
    if (other)
        op->act.body_hash[draw(d, 4)] ^= (uint8_t)(1 + draw(d, 255));
    if (chance(d, 3)) { /* with a token of today */
        struct roll_resident row;
        bool known = roll_resident(d->roll, op->act.subject, &row);
        op->act.epoch = known ? row.epoch : roll_staff_epoch(d->roll, op->act.subject);
    }
    return true;
}

/* ---- which ---- */

static enum roll_kind draw_weighted(struct differential *d)
{
    uint64_t all = 0, at;
    for (int i = 0; i < ROLL_KINDS; i++)
        all += d->profile->weights[i];
    at = draw(d, all);
    int kind = 0;
    while (at >= d->profile->weights[kind])
        at -= d->profile->weights[kind++];
    return (enum roll_kind)kind;
}

static uint64_t tenders_open(const struct model *m)
{
    struct model_tender tender;
    uint64_t n = 0, all = model_tenders(m);
    for (uint64_t i = all > 60 ? all - 60 : 1; model_tender(m, i, &tender); i++)
        n += strcmp(tender.state, "open") == 0 || strcmp(tender.state, "critical") == 0;
    return n;
}

static uint64_t members(const struct model *m)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < model_areas(m); i++)
        n += model_residents(m, i);
    return n;
}

/* The next step of a tender on its way: to be made, to get a proposal, to be opened. */
static enum roll_kind tendering(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_tender last;
    struct model_round round;
    if (!model_tender(m, model_tenders(m), &last) || (last.mark != 'd' && last.mark != 'b') ||
        !model_round_of(m, model_round(m), &round) || last.closes <= d->now ||
        last.closes > round.closes || last.ceiling > model_headroom(m, last.theme))
        return ROLL_TENDER_CREATE;
    uint64_t proposals = d->profile->tenders_wanted < 20 ? 2 : !last.late; /* or soon many */
    if (last.proposals_live < proposals)
        return ROLL_PROPOSAL_SUBMIT;
    bool unpublished = last.mark == 'd' && model_members_min(m) > 0;
    if (unpublished)
        return publishing(d, &last);
    return judging_waits(d) && !chance(d, 6) ? ROLL_PROPOSAL_JUDGE : ROLL_TENDER_OPEN;
}

static uint64_t grants(const struct model *m)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < model_areas(m); i++)
        n += model_grants(m, i);
    return n;
}

/* Somebody has no allotment of the open round: to be granted, once there is the money. */
static enum roll_kind granting(const struct model *m)
{
    struct model_round round = {0};
    model_round_of(m, model_round(m), &round);
    return model_accounts(m).unallotted >= round.allotment ? ROLL_RESIDENT_GRANT
                                                           : ROLL_FUND_TOP_UP;
}

/* Money that comes and makes somebody qualify is hard to come by. */
static bool seldom_activated(const struct differential *d)
{
    return d->count->accepted[ROLL_ACTIVATE] < RARE;
}

/* What the community lacks to get on; ROLL_KINDS: nothing. */
static enum roll_kind needed(struct differential *d)
{
    const struct model *m = model_of(d);
    if (d->verdict.qualifying_n && (seldom_activated(d) || chance(d, 2)))
        return ROLL_ACTIVATE;
    if (fallbacks_wait(d) && chance(d, 3))
        return ROLL_FALLBACK_NEXT;
    if (model_funds(m) == 0 || (model_ready(m, NULL, 0) && chance(d, 6)))
        return model_funds(m) ? ROLL_FUND_TOP_UP : ROLL_FUND_ADD;
    if (members(m) * 2 < d->profile->people || (!model_round_open(m) && chance(d, 4)))
        return members(m) == 0 && chance(d, 3) ? ROLL_ROUND_OPEN : ROLL_RESIDENTS_REGISTER;
    if (!model_round_open(m)) {
        bool poor = model_accounts(m).unallotted < members(m) * d->profile->allotment / 10;
        return poor && !chance(d, 4) ? ROLL_FUND_TOP_UP : ROLL_ROUND_OPEN;
    }
    if (model_headroom(m, TEXT("")) < d->profile->price_least && chance(d, 2))
        return ROLL_FUND_ADD;
    if (members(m) > grants(m) && chance(d, 6))
        return granting(m);
    enum roll_kind kind = chance(d, 3) ? delivering(d) : ROLL_KINDS;
    if (kind != ROLL_KINDS)
        return kind;
    return tenders_open(m) < d->profile->tenders_wanted ? tendering(d) : ROLL_KINDS;
}

/* The kind that was refused so least often: what is hard to come by is not left to chance. */
static enum roll_kind least_refused(const struct differential *d, enum refusal refusal)
{
    int least = ROLL_FUND_ADD; /* not the community's making */
    for (int i = ROLL_FUND_ADD; i < ROLL_KINDS; i++)
        if ((i != ROLL_SETTLE || refusal != REFUSAL_DEADLINES_DUE) &&
            d->count->refused[i][refusal] < d->count->refused[least][refusal])
            least = i;
    return (enum roll_kind)least;
}

/* More is due than one call settles: whoever comes is refused, so let anybody come. */
static bool is_flooded(const struct differential *d)
{
    struct model_deadline deadline;
    return model_deadline(model_of(d), SETTLE_MAX, &deadline) && deadline.due <= d->now;
}

static enum roll_kind draw_kind(struct differential *d, bool created)
{
    if (!created && d->done >= d->begun + PRELUDE)
        return ROLL_COMMUNITY_CREATE;
    if (!created)
        return chance(d, 10) ? (enum roll_kind)draw(d, ROLL_KINDS)
                             : least_refused(d, REFUSAL_COMMUNITY_UNKNOWN);
    if (is_flooded(d))
        return least_refused(d, REFUSAL_DEADLINES_DUE);
    return chance(d, 30) ? (enum roll_kind)draw(d, ROLL_KINDS) : draw_weighted(d);
}

static void operation_draw_any(struct differential *d, struct operation *op, bool talk)
{
    struct operation fresh = {.act.own.has = 0};
    uint64_t number = d->done + 1;
    bool created = model_areas(model_of(d)) > 0;
    d->retry = number - d->begun - 1 < HISTORY - 1 ? number - d->begun - 1 : HISTORY - 1;
    *op = fresh;
    draw_time(d, op);
    uint64_t now_ms = op->act.now_ms;
    if (!draw_again(d, op)) {
        enum roll_kind kind = ROLL_KINDS;
        if (talk)
            kind = chance(d, 4) ? shape_kind_draw(d) : talk_kind_draw(d);
        else if (created && !is_flooded(d) &&
                 ((d->verdict.qualifying_n && seldom_activated(d)) || chance(d, 2)))
            kind = needed(d);
        bool fitting = kind != ROLL_KINDS;
        *op = fresh;
        op->act.now_ms = now_ms;
        if (!fitting)
            kind = draw_kind(d, created);
        op->act.kind = kind;
        draw_key(d, op);
        if (fitting)
            arguments_draw_fitting(d, op);
        else
            arguments_draw(d, op);
        draw_subject(d, op);
    }
    op->number = number;
    op->outcome[0] = 0;
}

/* What is said, and how proposals take shape, draws apart, so that it shifts nothing that is drawn
 * for the money. */
void operation_draw(struct differential *d, struct operation *op)
{
    uint64_t kept = d->random;
    d->random = d->random_apart;
    bool talk = model_areas(model_of(d)) > 0 && chance(d, 9);
    if (talk)
        operation_draw_any(d, op, true);
    d->random_apart = d->random;
    d->random = kept;
    if (!talk)
        operation_draw_any(d, op, false);
}
