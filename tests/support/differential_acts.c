/* differential_acts.c -- the arguments of one random act: fitting ones, and such as lie at the edge
 * or beside it. */
#include <stdio.h>
#include <string.h>

#include "groundswell/base/money.h"

#include "differential_inside.h"

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* 1..n, mostly one of the last; at times one that is not there. */
uint64_t number_pick(struct differential *d, uint64_t n)
{
    const uint64_t none[] = {0, n + 1, MONEY_MAX, (UINT64_C(1) << 32) + 1};
    if (n == 0 || chance(d, 50))
        return none[draw(d, 4)];
    return n - (chance(d, 4) ? draw(d, n) : draw(d, least(n, 12)));
}

uint64_t tender_pick(struct differential *d, char mark)
{
    struct model_tender tender;
    uint64_t picked = 0;
    for (int i = 0; i < 10; i++) {
        picked = number_pick(d, model_tenders(model_of(d)));
        if (!mark || (model_tender(model_of(d), picked, &tender) && tender.state[0] == mark))
            break;
    }
    return picked;
}

/* At times also where it is paused. */
static bool takes_pledges(struct differential *d, const struct model_tender *tender,
                          const struct model_proposal *proposal)
{
    if (proposal->mark == 'u' && !chance(d, 9))
        return false;
    bool live = strcmp(tender->state, "open") == 0 || strcmp(tender->state, "critical") == 0;
    return live && (!tender->paused_until || chance(d, 9));
}

uint64_t proposal_pick(struct differential *d, bool pledgeable)
{
    const struct model *m = model_of(d);
    struct model_proposal proposal;
    struct model_tender tender;
    uint64_t picked = 0;
    for (int i = 0; i < 16; i++) {
        picked = number_pick(d, model_proposals(m));
        if (!pledgeable || (model_proposal(m, picked, &proposal) &&
                            strcmp(proposal.state, "live") == 0 &&
                            model_tender(m, proposal.tender, &tender) &&
                            takes_pledges(d, &tender, &proposal)))
            return picked;
    }
    for (uint64_t i = model_proposals(m); pledgeable && i > 0; i--) {
        INVARIANT(model_proposal(m, i, &proposal));
        if (strcmp(proposal.state, "live") == 0 && model_tender(m, proposal.tender, &tender) &&
            takes_pledges(d, &tender, &proposal))
            return i;
    }
    return picked;
}

uint64_t person_pick(struct differential *d)
{
    return draw(d, d->profile->people);
}

/* A resident with that standing, where one is found soon. */
uint64_t person_like(struct differential *d, bool member, bool granted)
{
    struct roll_resident row = {0};
    uint64_t picked = 0;
    for (int i = 0; i < 12; i++) {
        picked = person_pick(d);
        row = (struct roll_resident){0};
        roll_resident(d->roll, person_id(d, picked), &row);
        if (row.member == member && row.granted == granted)
            break;
    }
    return picked;
}

static void hex_draw(struct differential *d, char ret[64])
{
    for (size_t i = 0; i < 64; i++)
        ret[i] = "0123456789abcdef"[draw(d, 16)];
}

void text_draw(struct differential *d, struct operation *op)
{
    hex_draw(d, op->text_hash);
    record_set_text(&op->act.own, FIELD_TEXT_HASH, (struct text){op->text_hash, 64});
}

static const char *theme_draw(struct differential *d)
{
    static const char *const themes[] = {"", "", "parks", "care", "nobody"};
    return themes[chance(d, 8) ? draw(d, 5) : draw(d, 4)];
}

/* The actor's body: mostly any, or the right one. */
void body_draw(struct differential *d, struct operation *op, uint64_t tender_number)
{
    static const char *const bodies[] = {"north-star", "commons", "elders"};
    struct model_tender tender;
    if (chance(d, 3) && model_tender(model_of(d), tender_number, &tender)) {
        for (size_t i = 0; i < 3; i++)
            if (text_is(tender.body, bodies[i]))
                record_set_text(&op->act.own, FIELD_BODY, text_of(bodies[i]));
    } else if (chance(d, 12)) {
        record_set_text(&op->act.own, FIELD_BODY, text_of(bodies[draw(d, 3)]));
    }
}

/* ---- community and money ---- */

static void community_draw(struct differential *d, struct operation *op)
{
    static const char *const areas[] = {"a", "a,b", "north,south,mid",
                                        "north,south,mid,east_1", "n,s,m,e-1,w",
                                        "n,s,m,e,w,x"};
    struct record *own = &op->act.own;
    record_set_text(own, FIELD_CURRENCY, TEXT("GBP"));
    record_set_text(own, FIELD_AREAS, text_of(areas[d->profile->areas - 1]));
    record_set(own, FIELD_AREA_RESIDENTS_MIN, d->profile->area_least);
    record_set(own, FIELD_MEMBERS_MIN, d->profile->members_min);
    text_draw(d, op);
}

static uint64_t amount_draw(struct differential *d)
{
    uint64_t room = MONEY_MAX - model_accounts(model_of(d)).funds;
    if (d->profile->fund >= 1u << 30 && chance(d, 20)) {
        const uint64_t edges[] = {room + 1, room + 2, MONEY_MAX, room, room - 1, room / 2};
        bool may_fill = model_funds(model_of(d)) >= FUNDS_MAX || chance(d, 8);
        uint64_t edge = edges[draw(d, may_fill ? 6 : 3)];
        return edge == 0 ? 1 : least(edge, MONEY_MAX);
    }
    return 1 + draw(d, d->profile->fund);
}

/* Where money is scarce the first fund is the large one, of a theme without tenders: wallets are
 * full, yet what a proposal may draw on runs out, and it waits for headroom. */
static void fund_draw(struct differential *d, struct operation *op, bool fitting)
{
    struct record *own = &op->act.own;
    uint64_t funds = model_funds(model_of(d)), amount = amount_draw(d);
    bool waiting = model_ready(model_of(d), NULL, 0) > 0;
    bool top_up = op->act.kind == ROLL_FUND_TOP_UP;
    uint64_t number = number_pick(d, funds);
    if (fitting && !waiting)
        number = funds > 0;
    if (d->profile->scarce && amount <= d->profile->fund && (top_up ? number != 1 : funds > 0))
        amount = 1 + draw(d, waiting ? d->profile->ceiling : d->profile->ceiling / 2);
    record_set(own, FIELD_AMOUNT, amount);
    if (top_up) {
        record_set(own, FIELD_FUND, number);
        return;
    }
    bool first = d->profile->scarce && funds == 0;
    record_set_text(own, FIELD_THEME, text_of(first ? "nobody" : theme_draw(d)));
    text_draw(d, op);
}

/* ---- residents ---- */

static void register_draw(struct differential *d, struct operation *op)
{
    uint64_t n = 1 + draw(d, chance(d, 2) ? REGISTER_LIST : 3);
    uint64_t first = person_like(d, false, false), people = d->profile->people;
    op->act.residents = op->list;
    op->act.residents_n = least(n, people);
    for (uint64_t i = 0; i < op->act.residents_n; i++) {
        op->list[i].resident = person_id(d, (first + i) % people);
        op->list[i].area = draw(d, d->profile->areas);
    }
    if (chance(d, 150)) /* nobody may ask this */
        op->list[0].area = d->profile->areas + draw(d, 2);
    else if (n > 1 && chance(d, 300))
        op->list[0].resident = op->list[op->act.residents_n - 1].resident;
}

static uint64_t round_pick(struct differential *d)
{
    uint64_t round = model_round(model_of(d));
    const uint64_t others[] = {round + 1, round ? round - 1 : 0, 0, MONEY_MAX};
    return chance(d, 40) ? others[draw(d, 4)] : round;
}

void wallet_draw(struct differential *d, struct operation *op, struct text resident)
{
    uint64_t round = round_pick(d);
    wallet_of(d, round, resident, op->wallet);
    record_set(&op->act.own, FIELD_ROUND, round);
    record_set_text(&op->act.own, FIELD_WALLET, (struct text){op->wallet, sizeof op->wallet});
}

static void resident_draw(struct differential *d, struct operation *op)
{
    bool granted = op->act.kind != ROLL_RESIDENT_GRANT;
    op->act.resident = person_id(d, chance(d, 5) ? person_pick(d) : person_like(d, true, granted));
    if (op->act.kind != ROLL_RESIDENT_LEAVE && op->act.kind != ROLL_RESIDENT_ERASE)
        return;
    op->act.keep = op->act.kind == ROLL_RESIDENT_ERASE && chance(d, 2);
    wallet_draw(d, op, op->act.resident);
    if (chance(d, 60) || (!model_round_open(model_of(d)) && chance(d, 2)))
        record_set_text(&op->act.own, FIELD_WALLET, TEXT(""));
}

/* ---- rounds ---- */

static void round_draw(struct differential *d, struct operation *op, bool fitting)
{
    const struct model *m = model_of(d);
    struct record *own = &op->act.own;
    uint64_t residents = 0, allotment = 1 + d->profile->allotment / 2;
    for (uint64_t i = 0; i < model_areas(m); i++)
        residents += model_residents(m, i);
    allotment += draw(d, 1 + d->profile->allotment / 2);
    uint64_t all = residents ? model_accounts(m).unallotted / residents : 0;
    if (all && d->profile->scarce && chance(d, 2)) /* so that who comes later finds nothing */
        allotment = all + draw(d, 2);
    if (all && (fitting || chance(d, 4))) /* what is there, or one more than that */
        allotment = least(allotment, all + (chance(d, 8) ? 1 : 0));
    allotment = allotment > ALLOTMENT_MAX ? ALLOTMENT_MAX : allotment;
    record_set(own, FIELD_ROUND, model_round(m) + 1 + (chance(d, 12) ? draw(d, 3) - 1 : 0));
    record_set(own, FIELD_ALLOTMENT, allotment);
    record_set(own, FIELD_TOKEN, 1 + draw(d, least(allotment, d->profile->token)));
    if (chance(d, 200))
        record_set(own, FIELD_TOKEN, allotment + 1); /* nobody may ask this */
    record_set(own, FIELD_CLOSES, chance(d, 12) ? d->now - 1 + draw(d, 3)
                                                : d->now + draw(d, d->profile->round_ms));
    if (chance(d, 2))
        record_set_text(own, FIELD_ROLL, TEXT("register-2026"));
    if (chance(d, 2))
        text_draw(d, op);
}

/* ---- tenders and proposals ---- */

/* Often the same as another one's, so that several end at once. */
static uint64_t closes_draw(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_round round = {0};
    uint64_t step = 1 + d->profile->tender_ms / 8, now = d->now;
    model_round_of(m, model_round(m), &round);
    if (chance(d, 30))
        return now - 1 + draw(d, 3);
    if (chance(d, 10) && round.open)
        return round.closes + draw(d, 3) - 1;
    uint64_t closes = (now / step + 1 + draw(d, 9)) * step;
    bool within = round.open && round.closes > now && !chance(d, 6);
    return within ? least(closes, round.closes) : closes;
}

static uint64_t ceiling_draw(struct differential *d, struct text theme)
{
    uint64_t headroom = model_headroom(model_of(d), theme);
    if (chance(d, 100))
        return MONEY_MAX - draw(d, 2);
    if (headroom && (d->profile->scarce || chance(d, 3))) /* all there is: it runs out under them */
        return least(headroom + (chance(d, 5) ? 1 : 0), MONEY_MAX);
    uint64_t most = d->profile->ceiling;
    return d->profile->price_least + draw(d, most - d->profile->price_least + 1);
}

static void tender_draw(struct differential *d, struct operation *op, bool fitting)
{
    static const char *const bodies[] = {"north-star", "commons", "elders"};
    struct record *own = &op->act.own;
    const char *theme_name = theme_draw(d);
    if (fitting && model_headroom(model_of(d), text_of(theme_name)) == 0)
        theme_name = "";
    struct text theme = text_of(theme_name);
    uint64_t areas = chance(d, 2) ? draw(d, d->profile->areas_min + 1) : 0;
    areas = chance(d, 40) ? draw(d, 65) : areas;
    bool bodiless = d->profile->members_min && chance(d, 30);
    record_set_text(own, FIELD_BODY, text_of(bodiless ? "nobody" : bodies[draw(d, 3)]));
    record_set_text(own, FIELD_THEME, theme);
    uint64_t ceiling = ceiling_draw(d, theme), headroom = model_headroom(model_of(d), theme);
    if (fitting && headroom && !chance(d, 10))
        ceiling = least(ceiling, headroom);
    record_set(own, FIELD_CEILING, ceiling);
    uint64_t people_min = 1 + draw(d, chance(d, 2) ? 2 : 6);
    record_set(own, FIELD_PEOPLE_MIN, chance(d, 30) ? MONEY_MAX : people_min);
    record_set(own, FIELD_AREAS_MIN, areas);
    record_set(own, FIELD_AREA_PEOPLE_MIN, areas ? 1 + draw(d, 3) : 0);
    record_set(own, FIELD_AWARDS_MAX, 1 + draw(d, d->profile->awards_max));
    record_set(own, FIELD_CLOSES, closes_draw(d));
    record_set(own, FIELD_LATE, !chance(d, d->profile->awards_max == 128 ? 20 : 3));
    uint64_t window_max = d->profile->tender_ms / (chance(d, 5) ? 1 : 6);
    if (chance(d, d->profile->awards_max == 128 ? 20 : 2))
        record_set(own, FIELD_WINDOW, 1 + draw(d, window_max));
    /* sixteen at a time are hard to come by: until then all are hidden where there are many */
    bool met = d->count->refused[ROLL_TENDER_OPEN][REFUSAL_TALLIES_HIDDEN_TOO_MANY] > 2;
    if (chance(d, d->profile->tenders_wanted < 20 ? 4 : met ? 2 : 1)) {
        record_set_text(own, FIELD_TALLY, TEXT("hidden"));
        if (!chance(d, 30))
            record_set(own, FIELD_WINDOW, 0);
    }
    record_set(own, FIELD_DAYS, chance(d, 5) ? draw(d, 3) : 0);
    record_set(own, FIELD_CONTRIBUTORS, chance(d, 5) ? draw(d, 4) : 0);
    record_set(own, FIELD_NEED, chance(d, 9) ? draw(d, 2) : 0);
    hex_draw(d, op->rule_hash);
    record_set_text(own, FIELD_RULE_HASH, (struct text){op->rule_hash, 64});
    text_draw(d, op);
}

static void tender_act_draw(struct differential *d, struct operation *op, bool fitting)
{
    char draft = d->profile->members_min && op->act.kind == ROLL_TENDER_OPEN ? 'b' : 'd';
    bool early = op->act.kind == ROLL_TENDER_OPEN || op->act.kind == ROLL_TENDER_PUBLISH ||
                 chance(d, 3);
    char mark = early ? draft : chance(d, 2) ? 'o' : 'c';
    uint64_t tender = tender_pick(d, chance(d, 12) ? 0 : mark);
    if (fitting && !chance(d, 10))
        tender = model_tenders(model_of(d));
    record_set(&op->act.own, FIELD_TENDER, tender);
    body_draw(d, op, tender);
    hex_draw(d, op->tally_key);
    if (op->act.kind == ROLL_TENDER_OPEN)
        record_set_text(&op->act.own, FIELD_KEY, (struct text){op->tally_key, 64});
}

/* One that is paused, if there is one. */
static uint64_t tender_paused(const struct differential *d)
{
    struct model_tender tender;
    uint64_t n = model_tenders(model_of(d)), least_one = n > 60 ? n - 60 : 1;
    for (uint64_t i = n; i >= least_one && model_tender(model_of(d), i, &tender); i--)
        if (tender.paused_until && (tender.state[0] == 'o' || tender.state[0] == 'c'))
            return i;
    return n;
}

static void pause_draw(struct differential *d, struct operation *op)
{
    const uint64_t days_14 = 14 * UINT64_C(86400000);
    uint64_t tender = tender_pick(d, chance(d, 9) ? 0 : chance(d, 3) ? 'o' : 'c');
    uint64_t until = d->now + 1 + draw(d, d->profile->tender_ms / 4);
    const uint64_t edges[] = {d->now, d->now + days_14, d->now + days_14 + 1, MONEY_MAX, 0};
    if (op->act.kind == ROLL_TENDER_RESUME) {
        tender = chance(d, 3) ? tender : tender_paused(d);
    } else {
        tender = chance(d, 9) ? tender_paused(d) : tender;
        record_set(&op->act.own, FIELD_UNTIL, chance(d, 9) ? edges[draw(d, 5)] : until);
        text_draw(d, op);
    }
    record_set(&op->act.own, FIELD_TENDER, tender);
}

/* The fullest, so that one is full at last. */
static uint64_t tender_crowded(const struct differential *d)
{
    struct model_tender tender;
    uint64_t best = 0, most = 0;
    for (uint64_t i = 1; model_tender(model_of(d), i, &tender); i++) {
        if (tender.state[0] == 'o' && tender.late && tender.proposals_live >= most) {
            best = i;
            most = tender.proposals_live;
        }
    }
    return best;
}

static void submit_draw(struct differential *d, struct operation *op, bool fitting)
{
    struct model_tender tender = {.ceiling = d->profile->ceiling};
    uint64_t number = tender_pick(d, chance(d, 3) ? 'd' : chance(d, 6) ? 0 : 'o');
    if (fitting && !chance(d, 10))
        number = model_tenders(model_of(d));
    else if (d->profile->awards_max == 128 && !chance(d, 4))
        number = tender_crowded(d);
    model_tender(model_of(d), number, &tender);
    uint64_t low = least(d->profile->price_least, tender.ceiling);
    uint64_t high = least(d->profile->ceiling, tender.ceiling), price = tender.ceiling;
    if (!chance(d, 5))
        price = low + draw(d, high - low + 1);
    if (chance(d, 30))
        price = least(tender.ceiling + 1, MONEY_MAX);
    record_set(&op->act.own, FIELD_TENDER, number);
    record_set(&op->act.own, FIELD_PRICE, price ? price : 1);
    parts_draw(d, op, price ? price : 1);
    text_draw(d, op);
    body_draw(d, op, number);
}

static void proposal_act_draw(struct differential *d, struct operation *op)
{
    const struct verdict *v = &d->verdict;
    struct model_proposal proposal = {0};
    uint64_t number = proposal_pick(d, chance(d, 3));
    if (op->act.kind == ROLL_ACTIVATE && v->qualifying_n && !chance(d, 5))
        number = v->qualifying[draw(d, v->qualifying_n)];
    record_set(&op->act.own, FIELD_PROPOSAL, number);
    model_proposal(model_of(d), number, &proposal);
    if (op->act.kind == ROLL_PROPOSAL_WITHDRAW)
        body_draw(d, op, proposal.tender);
}

/* ---- all ---- */

static void draw_of_kind(struct differential *d, struct operation *op, bool fitting)
{
    static const char *const staff[] = {"officer-1", "clerk-1", "clerk-2"};
    if (is_talk(op->act.kind)) {
        talk_draw(d, op);
        return;
    }
    switch (op->act.kind) {
    case ROLL_COMMUNITY_CREATE:
        community_draw(d, op);
        break;
    case ROLL_FUND_ADD:
    case ROLL_FUND_TOP_UP:
        fund_draw(d, op, fitting);
        break;
    case ROLL_RESIDENTS_REGISTER:
        register_draw(d, op);
        break;
    case ROLL_RESIDENT_GRANT:
    case ROLL_RESIDENT_LEAVE:
    case ROLL_RESIDENT_SIGN_OUT:
    case ROLL_RESIDENT_ERASE:
        resident_draw(d, op);
        break;
    case ROLL_CODES_ISSUE:
    case ROLL_CODE_REDEEM:
        code_draw(d, op);
        break;
    case ROLL_ROUND_OPEN:
        round_draw(d, op, fitting);
        break;
    case ROLL_ROUND_CLOSE:
        record_set(&op->act.own, FIELD_ROUND, round_pick(d));
        break;
    case ROLL_TENDER_CREATE:
        tender_draw(d, op, fitting);
        break;
    case ROLL_TENDER_OPEN:
    case ROLL_TENDER_WITHDRAW:
    case ROLL_TENDER_PUBLISH:
        tender_act_draw(d, op, fitting);
        break;
    case ROLL_TENDER_PAUSE:
    case ROLL_TENDER_RESUME:
        pause_draw(d, op);
        break;
    case ROLL_PROPOSAL_SUBMIT:
        submit_draw(d, op, fitting);
        break;
    case ROLL_PROPOSAL_WITHDRAW:
    case ROLL_ACTIVATE:
        proposal_act_draw(d, op);
        break;
    case ROLL_PLEDGE_SET:
    case ROLL_PLEDGE_WITHDRAW:
        pledge_draw(d, op);
        break;
    case ROLL_STAFF_SIGN_OUT:
        op->act.staff = text_of(staff[draw(d, 3)]);
        break;
    default:
        if (is_shape(op->act.kind))
            shape_draw(d, op, fitting);
        else if (is_delivery(op->act.kind) || op->act.kind == ROLL_FUND_WITHDRAW)
            delivery_draw(d, op, fitting);
        else
            bodies_draw(d, op, fitting);
        break;
    }
}

void arguments_draw(struct differential *d, struct operation *op)
{
    draw_of_kind(d, op, false);
}

void arguments_draw_fitting(struct differential *d, struct operation *op)
{
    draw_of_kind(d, op, true);
}
