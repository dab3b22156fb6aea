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
#define PRELUDE 24 /* operations before the community is there */

/* Weights in the order of enum roll_kind:
 * create fund top_up register grant leave open close tender open withdraw submit withdraw
 * set withdraw activate settle out out */
static const struct profile profiles[] = {
    {"village", 14, 3, 0, 400, 10, 20000, 1500, 50, 6, 3, 2, 60000, 6000, 90, 800,
     {1, 2, 4, 4, 3, 4, 1, 1, 6, 5, 2, 8, 2, 60, 12, 3, 3, 1, 2}},
    {"town", 240, 6, 3, 3000, 100, 900000, 60000, 9000, 8, 4, 5, 400000, 40000, 150, 4000,
     {1, 1, 2, 10, 3, 4, 1, 1, 4, 5, 1, 6, 2, 90, 12, 3, 2, 1, 2}},
    {"purses", 4, 2, 0, 5000, 3, 2000000, 400000, 380000, 4, 128, 0, 9000000, 3000000, 2000, 500,
     {1, 1, 1, 2, 1, 1, 1, 1, 3, 5, 2, 30, 3, 120, 4, 2, 2, 1, 1}},
    {"treasury", 30, 4, 0, 16777215, 50, 1u << 30, 60000000, 900000, 6, 3, 2, 80000, 9000, 100,
     900, {1, 30, 20, 4, 3, 3, 1, 1, 6, 5, 2, 8, 2, 50, 8, 4, 3, 1, 1}},
    {"deadlines", 20, 3, 0, 900, 10, 60000, 300, 250, 34, 2, 2, 9000, 1500, 60, 3000,
     {1, 1, 1, 2, 1, 1, 1, 1, 16, 20, 1, 4, 1, 12, 4, 1, 2, 1, 1}},
    {"poor", 60, 5, 2, 250, 10, 4000, 1200, 60, 8, 2, 2, 30000, 5000, 90, 900,
     {1, 1, 3, 12, 10, 6, 2, 2, 6, 6, 2, 8, 2, 50, 8, 4, 3, 1, 2}},
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
    d->now = UINT64_C(1760000000000) + draw(d, 1000000);
    snprintf(d->slug, sizeof d->slug, "c%" PRIu64, number + 1);
    for (uint64_t i = 0; i < d->profile->people; i++)
        spell(d->plan->seed ^ number << 20 ^ i, number * 1000 + i, d->people[i]);
}

/* ---- the head ---- */

static void draw_time(struct differential *d, struct operation *op)
{
    uint64_t due = model_due(model_of(d)), at = model_at(model_of(d));
    d->now = at > d->now ? at : d->now;
    if (due && chance(d, d->profile->jump_every)) {
        uint64_t to = due - 1 + draw(d, 3) + (chance(d, 2) ? draw(d, d->profile->jump_ms) : 0);
        d->now = to > d->now ? to : d->now;
    } else if (chance(d, 1500)) {
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
           kind == ROLL_RESIDENT_GRANT;
}

static void draw_subject(struct differential *d, struct operation *op)
{
    static const char *const staff[] = {"operator", "officer-1", "clerk-1", "clerk-2"};
    struct roll_act *act = &op->act;
    struct roll_resident row = {0};
    enum roll_kind kind = act->kind;
    if (kind == ROLL_SETTLE || kind == ROLL_ACTIVATE) {
        act->subject = TEXT("keeper");
        act->key_hash = TEXT_NONE;
    } else if (kind == ROLL_PLEDGE_SET || kind == ROLL_PLEDGE_WITHDRAW) {
        roll_resident(d->roll, act->subject, &row);
        act->epoch = row.epoch;
    } else if (is_resident_act(kind) && chance(d, 3)) { /* by their own token */
        act->subject = act->resident;
        roll_resident(d->roll, act->subject, &row);
        act->epoch = row.epoch;
    } else {
        act->subject = text_of(staff[draw(d, 4)]);
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
    to->act.residents = to->list;
}

/* An earlier act once more: by a client that heard no answer, or under a key that was used. */
static bool draw_again(struct differential *d, struct operation *op)
{
    uint64_t far = chance(d, 2) ? 12 : HISTORY - 1;
    uint64_t most = d->retry < far ? d->retry : far;
    if (most == 0 || !chance(d, 9))
        return false;
    const struct operation *old = operation_at(d, d->done - draw(d, most));
    if (old->act.key_hash.n == 0)
        return false;
    uint64_t now_ms = op->act.now_ms;
    operation_copy(op, old);
    op->act.now_ms = chance(d, 30) ? old->act.now_ms + DAY_MS - draw(d, 2) : now_ms;
    if (chance(d, 4))
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
        n += strcmp(tender.state, "open") == 0;
    return n;
}

static uint64_t members(const struct model *m)
{
    uint64_t n = 0;
    for (uint64_t i = 0; i < model_areas(m); i++)
        n += model_residents(m, i);
    return n;
}

/* What the community lacks to get on; ROLL_KINDS: nothing. */
static enum roll_kind needed(struct differential *d)
{
    static const enum roll_kind tendering[] = {ROLL_TENDER_CREATE, ROLL_PROPOSAL_SUBMIT,
                                               ROLL_TENDER_OPEN, ROLL_TENDER_OPEN};
    const struct model *m = model_of(d);
    if (d->verdict.qualifying_n && chance(d, 2))
        return ROLL_ACTIVATE;
    if (model_funds(m) == 0 || (model_ready(m, NULL, 0) && chance(d, 6)))
        return model_funds(m) ? ROLL_FUND_TOP_UP : ROLL_FUND_ADD;
    if (members(m) * 2 < d->profile->people)
        return ROLL_RESIDENTS_REGISTER;
    if (!model_round_open(m)) {
        bool poor = model_accounts(m).unallotted < members(m) * d->profile->allotment;
        return poor && !chance(d, 4) ? ROLL_FUND_TOP_UP : ROLL_ROUND_OPEN;
    }
    if (tenders_open(m) < d->profile->tenders_wanted)
        return tendering[draw(d, 4)];
    return ROLL_KINDS;
}

/* More is due than one call settles: whoever comes is refused, so let anybody come. */
static bool is_flooded(const struct differential *d)
{
    struct model_deadline deadline;
    return model_deadline(model_of(d), SETTLE_MAX, &deadline) && deadline.due <= d->now;
}

void operation_draw(struct differential *d, struct operation *op)
{
    struct operation fresh = {.act.own.has = 0};
    uint64_t number = d->done + 1;
    bool created = model_areas(model_of(d)) > 0;
    d->retry = number - d->begun - 1 < HISTORY - 1 ? number - d->begun - 1 : HISTORY - 1;
    *op = fresh;
    draw_time(d, op);
    uint64_t now_ms = op->act.now_ms;
    if (!draw_again(d, op)) {
        enum roll_kind kind = created && chance(d, 2) ? needed(d) : ROLL_KINDS;
        bool fitting = kind != ROLL_KINDS;
        *op = fresh;
        op->act.now_ms = now_ms;
        if (!created)
            kind = number > d->begun + PRELUDE ? ROLL_COMMUNITY_CREATE
                                               : (enum roll_kind)draw(d, ROLL_KINDS);
        else if (!fitting)
            kind = is_flooded(d) || chance(d, 30) ? (enum roll_kind)draw(d, ROLL_KINDS)
                                                  : draw_weighted(d);
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
