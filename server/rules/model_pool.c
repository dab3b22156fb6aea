/* model_pool.c -- the acts on a community's money, its residents by area, and its rounds.
 *
 * Residents are only counted here; who they are, and whether one holds a grant, is roll.c's. */
#include <string.h>

#include "groundswell/base/ids.h"
#include "groundswell/base/money.h"
#include "fallback_inside.h"
#include "tally_inside.h"
#include "mass_inside.h"

void act_community_created(struct model *model, const struct record *in, struct verdict *ret)
{
    if (model->created) {
        refuse(ret, REFUSAL_COMMUNITY_EXISTS);
        return;
    }
    model->areas_bytes = malloc(in->areas.n);
    INVARIANT(model->areas_bytes != NULL);
    memcpy(model->areas_bytes, in->areas.at, in->areas.n);
    struct text rest = {model->areas_bytes, in->areas.n};
    while (rest.at)
        model->areas[model->areas_n++] = text_cut(&rest, ',');
    model->area_residents_min = in->area_residents_min;
    model->members_min = in->members_min;
    model->created = true;
    struct record *record = record_begin(model, ret, RECORD_COMMUNITY_CREATED);
    record_set_text(record, FIELD_CURRENCY, in->currency);
    record_set_text(record, FIELD_AREAS, in->areas);
    record_set(record, FIELD_AREA_RESIDENTS_MIN, in->area_residents_min);
    if (in->members_min)
        record_set(record, FIELD_MEMBERS_MIN, in->members_min);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
}

/* ---- funds ---- */

/* The ledger counts in doubles, which name a sum above 2^53 rounded to even. */
static uint64_t as_double(uint64_t sum)
{
    if (sum <= MONEY_MAX || sum % 2 == 0)
        return sum;
    return sum % 4 == 3 ? sum + 1 : sum - 1;
}

static bool pool_has_room(const struct model *model, uint64_t amount, struct verdict *ret)
{
    uint64_t sum = model->accounts.funds + amount; /* both below 2^53 */
    if (sum <= MONEY_MAX)
        return true;
    refuse_one(ret, REFUSAL_AMOUNT_TOO_LARGE, "amount", as_double(sum));
    refuse_number(ret, "most", MONEY_MAX);
    return false;
}

static void pool_add(struct model *model, struct fund *fund, uint64_t amount)
{
    fund->amount += amount;
    fund->left += amount;
    model->accounts.funds += amount;
    model->accounts.unallotted += amount;
}

void act_fund_added(struct model *model, const struct record *in, struct verdict *ret)
{
    if (model->funds_n == FUNDS_MAX) {
        refuse_one(ret, REFUSAL_FUNDS_TOO_MANY, "funds", model->funds_n);
        refuse_number(ret, "most", FUNDS_MAX);
        return;
    }
    if (!pool_has_room(model, in->amount, ret))
        return;
    struct fund *fund = &model->funds[model->funds_n++];
    fund->theme = word_of(in->theme);
    pool_add(model, fund, in->amount);
    struct record *record = record_begin(model, ret, RECORD_FUND_ADDED);
    record_set(record, FIELD_FUND, model->funds_n);
    record_set(record, FIELD_AMOUNT, in->amount);
    record_set_text(record, FIELD_THEME, in->theme);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = model->funds_n;
    qualifying(model, ret);
}

void act_fund_topped_up(struct model *model, const struct record *in, struct verdict *ret)
{
    if (in->fund == 0 || in->fund > model->funds_n) {
        refuse_one(ret, REFUSAL_FUND_UNKNOWN, "fund", in->fund);
        return;
    }
    if (!pool_has_room(model, in->amount, ret))
        return;
    pool_add(model, &model->funds[in->fund - 1], in->amount);
    struct record *record = record_begin(model, ret, RECORD_FUND_TOPPED_UP);
    record_set(record, FIELD_FUND, in->fund);
    record_set(record, FIELD_AMOUNT, in->amount);
    ret->number = in->fund;
    qualifying(model, ret);
}

void act_fund_withdrawn(struct model *model, const struct record *in, struct verdict *ret)
{
    if (in->fund == 0 || in->fund > model->funds_n) {
        refuse_one(ret, REFUSAL_FUND_UNKNOWN, "fund", in->fund);
        return;
    }
    struct fund *fund = &model->funds[in->fund - 1];
    if (in->amount > fund->left) {
        refuse_one(ret, REFUSAL_FUND_SHORT, "amount", in->amount);
        refuse_number(ret, "left", fund->left);
        return;
    }
    if (in->amount > model->accounts.unallotted) {
        round_unallotted_short(model, in->amount, ret);
        return;
    }
    fund->amount -= in->amount;
    fund->left -= in->amount;
    model->accounts.funds -= in->amount;
    model->accounts.unallotted -= in->amount;
    struct record *record = record_begin(model, ret, RECORD_FUND_WITHDRAWN);
    record_set(record, FIELD_FUND, in->fund);
    record_set(record, FIELD_AMOUNT, in->amount);
    ret->number = in->fund;
}

/* ---- residents ---- */

static uint64_t residents_all(const struct model *model)
{
    uint64_t all = 0;
    for (size_t i = 0; i < model->areas_n; i++)
        all += model->residents[i];
    return all;
}

static uint64_t allotment_of(const struct model *model)
{
    return model->rounds[model->rounds_n - 1].allotment;
}

static void grant(struct model *model, uint64_t area, uint64_t n)
{
    uint64_t amount = n * allotment_of(model);
    model->accounts.unallotted -= amount;
    model->accounts.free += amount;
    model->accounts.granted += amount;
    model->grants[area] += n;
}

static bool pairs_go_up(const struct model *model, struct record_pairs pairs)
{
    for (size_t i = 0; i < pairs.n; i++)
        if (pairs.at[i][0] >= model->areas_n || (i && pairs.at[i][0] <= pairs.at[i - 1][0]))
            return false;
    return true;
}

/* What a log may claim about grants on registration, without knowing the residents. */
static const char *grants_wrong(const struct model *model, const struct record *in)
{
    if (!pairs_go_up(model, in->registered) || !pairs_go_up(model, in->grants))
        return "areas do not go up, or the community has no such area";
    if (in->grants.n == 0)
        return NULL;
    if (!model->open)
        return "grants without an open round";
    uint64_t allotment = allotment_of(model), left = model->accounts.unallotted;
    for (size_t g = 0, r = 0; g < in->grants.n; g++) {
        while (r < in->registered.n && in->registered.at[r][0] < in->grants.at[g][0])
            r++;
        if (r == in->registered.n || in->registered.at[r][0] != in->grants.at[g][0] ||
            in->grants.at[g][1] > in->registered.at[r][1])
            return "more grants than residents registered in an area";
        if (in->grants.at[g][1] > left / allotment)
            return "grants that the unallotted does not cover";
        left -= in->grants.at[g][1] * allotment;
    }
    return NULL;
}

void act_residents_registered(struct model *model, const struct record *in, struct verdict *ret)
{
    uint64_t all = residents_all(model);
    for (size_t i = 0; i < in->registered.n; i++)
        all += in->registered.at[i][1]; /* at most 64 numbers below 2^53 */
    ret->raised = all > ID_NUMBER_MAX ? "more residents than can be" : grants_wrong(model, in);
    if (ret->raised || in->registered.n == 0)
        return;
    for (size_t i = 0; i < in->registered.n; i++)
        model->residents[in->registered.at[i][0]] += in->registered.at[i][1];
    for (size_t i = 0; i < in->grants.n; i++)
        grant(model, in->grants.at[i][0], in->grants.at[i][1]);
    struct record *record = record_begin(model, ret, RECORD_RESIDENTS_REGISTERED);
    record_set_pairs(record, FIELD_REGISTERED, in->registered);
    if (in->grants.n) {
        record_set(record, FIELD_ROUND, model->rounds_n);
        record_set_pairs(record, FIELD_GRANTS, in->grants);
    }
}

void round_unallotted_short(const struct model *model, uint64_t needed, struct verdict *ret)
{
    refuse_one(ret, REFUSAL_UNALLOTTED_SHORT, "short", needed - model->accounts.unallotted);
    refuse_number(ret, "needed", needed);
    refuse_number(ret, "unallotted", model->accounts.unallotted);
}

void act_resident_granted(struct model *model, const struct record *in, struct verdict *ret)
{
    if (!model->open) {
        refuse(ret, REFUSAL_ROUND_NOT_OPEN);
        return;
    }
    if (allotment_of(model) > model->accounts.unallotted) {
        round_unallotted_short(model, allotment_of(model), ret);
        return;
    }
    grant(model, in->area, 1);
    struct record *record = record_begin(model, ret, RECORD_RESIDENT_GRANTED);
    record_set(record, FIELD_ROUND, model->rounds_n);
    record_set(record, FIELD_AREA, in->area);
}

/* ---- codes: the log has only how many, by area ---- */

void act_codes_issued(struct model *model, const struct record *in, struct verdict *ret)
{
    if (!pairs_go_up(model, in->issued)) {
        ret->raised = "areas do not go up, or the community has no such area";
        return;
    }
    for (size_t i = 0; i < in->issued.n; i++)
        if (in->issued.at[i][1] > ID_NUMBER_MAX - model->issued[in->issued.at[i][0]]) {
            ret->raised = "more codes than can be";
            return;
        }
    for (size_t i = 0; i < in->issued.n; i++)
        model->issued[in->issued.at[i][0]] += in->issued.at[i][1];
    struct record *record = record_begin(model, ret, RECORD_CODES_ISSUED);
    record_set_pairs(record, FIELD_ISSUED, in->issued);
}

void act_code_redeemed(struct model *model, const struct record *in, struct verdict *ret)
{
    if (model->redeemed[in->area] >= model->issued[in->area]) {
        ret->raised = "more codes redeemed than issued in the area";
        return;
    }
    model->redeemed[in->area]++;
    struct record *record = record_begin(model, ret, RECORD_CODE_REDEEMED);
    record_set(record, FIELD_AREA, in->area);
}

/* ---- rounds ---- */

/* True where an area would show too much of its few residents; then it refuses. */
static bool area_too_small(const struct model *model, struct verdict *ret)
{
    for (size_t i = 0; i < model->areas_n; i++)
        if (model->residents[i] > 0 && model->residents[i] < model->area_residents_min) {
            refuse(ret, REFUSAL_AREA_TOO_SMALL);
            refuse_text(ret, "area", model->areas[i]);
            refuse_number(ret, "residents", model->residents[i]);
            refuse_number(ret, "least", model->area_residents_min);
            return true;
        }
    return false;
}

static bool round_may_open(const struct model *model, const struct record *in, struct verdict *ret)
{
    uint64_t all = residents_all(model);
    if (model->open)
        refuse_one(ret, REFUSAL_ROUND_OPEN_ALREADY, "round", model->rounds_n);
    else if (in->round != model->rounds_n + 1)
        refuse_one(ret, REFUSAL_ROUND_CHANGED, "round", model->rounds_n);
    else if (in->closes <= ret->at) {
        refuse_one(ret, REFUSAL_CLOSES_TOO_SOON, "closes", in->closes);
        refuse_number(ret, "now", ret->at);
    } else if (all == 0)
        refuse(ret, REFUSAL_RESIDENTS_NONE);
    else if (area_too_small(model, ret))
        return false;
    else if (in->allotment * all > model->accounts.unallotted) /* < 2^24 x 2^32 at most */
        round_unallotted_short(model, in->allotment * all, ret);
    else
        return true;
    return false;
}

void act_round_opened(struct model *model, const struct record *in, struct verdict *ret)
{
    if (!round_may_open(model, in, ret))
        return;
    size_t n = 0;
    model->rounds =
        grown(model->rounds, &model->rounds_max, model->rounds_n, sizeof *model->rounds);
    model->rounds[model->rounds_n++] = (struct round){.allotment = in->allotment,
                                                      .token = in->token,
                                                      .closes = in->closes,
                                                      .opened_seq = model->seq};
    model->open = true;
    model->unopened = 0;
    struct accounts *now = &model->accounts;
    now->granted = now->spent = now->prices = now->rounding = 0;
    for (size_t i = 0; i < model->areas_n; i++) {
        model->grants[i] = model->area_wallets[i] = 0;
        if (model->residents[i] == 0)
            continue;
        grant(model, i, model->residents[i]);
        ret->pairs[0][n][0] = i;
        ret->pairs[0][n++][1] = model->residents[i];
    }
    due_add(model, (struct deadline){in->closes, model->seq, 'r', model->rounds_n});
    struct record *record = record_begin(model, ret, RECORD_ROUND_OPENED);
    record_set(record, FIELD_ROUND, model->rounds_n);
    record_set(record, FIELD_ALLOTMENT, in->allotment);
    record_set(record, FIELD_TOKEN, in->token);
    record_set(record, FIELD_CLOSES, in->closes);
    record_set(record, FIELD_RESIDENTS, residents_all(model));
    record_set_text(record, FIELD_ROLL, in->roll);
    record_set_pairs(record, FIELD_GRANTS,
                     (struct record_pairs){(const uint64_t(*)[2])ret->pairs[0], n});
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = model->rounds_n;
    ret->granted = now->granted;
}

void round_close_write(struct model *model, uint64_t due, struct verdict *ret)
{
    struct accounts *now = &model->accounts;
    struct round *round = &model->rounds[model->rounds_n - 1];
    struct record *record = record_begin(model, ret, RECORD_ROUND_CLOSED);
    if (due)
        record_set(record, FIELD_DUE, due);
    record_set(record, FIELD_ROUND, model->rounds_n);
    record_set(record, FIELD_FREE, now->free);
    record_set(record, FIELD_HELD, now->held);
    record_set(record, FIELD_GRANTED, round->granted = now->granted);
    record_set(record, FIELD_SPENT, round->spent = now->spent);
    record_set(record, FIELD_PRICES, round->prices = now->prices);
    record_set(record, FIELD_ROUNDING, round->rounding = now->rounding);
    tally_disclose_all(model, ret);
    now->unallotted += now->free + now->held;
    now->free = now->held = 0;
    model->open = false;
    ready_clear(model);
    fallback_end_round(model);
}

void act_round_closed(struct model *model, const struct record *in, struct verdict *ret)
{
    if (in->round == 0 || in->round > model->rounds_n) {
        refuse_one(ret, REFUSAL_ROUND_UNKNOWN, "round", in->round);
        return;
    }
    if (!model->open || in->round != model->rounds_n) {
        refuse(ret, REFUSAL_ROUND_NOT_OPEN);
        return;
    }
    due_remove(model, 'r', in->round);
    round_close_write(model, 0, ret);
    ret->number = in->round;
}
