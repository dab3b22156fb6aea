/* model_pledge.c -- wallets and what is pledged out of them.
 *
 * A wallet is the allotment of its round and a list of entries; what an entry is worth follows from
 * the marks of its proposal and tender. Each proposal also keeps who pledged on it, so that the
 * fair share can be found without looking at every wallet: an entry knows its place in there. */
#include <string.h>

#include "groundswell/base/secret.h"
#include "fallback_inside.h"
#include "mass_inside.h"

/* ---- wallets ---- */

static struct wallet_key wallet_key(uint64_t round, struct text pseudonym)
{
    struct wallet_key key = {.round = (uint32_t)round};
    size_t n = decode_base64url(pseudonym, key.id, sizeof key.id);
    INVARIANT(n == sizeof key.id);
    return key;
}

struct wallet *wallet_at(const struct model *model, uint64_t round, struct text pseudonym)
{
    struct wallet_key key = wallet_key(round, pseudonym);
    struct wallet *wallet;
    HASH_FIND(hh, model->wallets, &key, sizeof key, wallet);
    return wallet;
}

static struct wallet *wallet_add(struct model *model, const struct record *in)
{
    struct wallet *wallet = calloc(1, sizeof *wallet);
    INVARIANT(wallet != NULL);
    wallet->key = wallet_key(in->round, in->wallet);
    wallet->area = (uint32_t)in->area;
    HASH_ADD(hh, model->wallets, key, sizeof wallet->key, wallet);
    model->area_wallets[in->area]++;
    model->rounds[in->round - 1].wallets++;
    return wallet;
}

struct wallet_entry *wallet_entry_at(const struct wallet *wallet, uint64_t proposal)
{
    for (uint32_t i = 0; wallet && i < wallet->entries_n; i++)
        if (wallet->entries[i].proposal == proposal)
            return &wallet->entries[i];
    return NULL;
}

uint64_t entry_held(const struct model *model, const struct wallet *wallet,
                    const struct wallet_entry *entry)
{
    const struct proposal *proposal = proposal_at(model, entry->proposal);
    const struct tender *tender = tender_at(model, proposal->tender);
    bool held = proposal->mark == 'l' && tender_is_live(tender_mark(model, tender)) &&
                wallet->key.round == model->rounds_n;
    return held ? entry->amount : 0;
}

uint64_t entry_spent(const struct model *model, const struct wallet_entry *entry)
{
    const struct proposal *proposal = proposal_at(model, entry->proposal);
    return proposal->mark == 'a' ? share_paid(entry->amount, proposal->rho) : 0;
}

uint64_t wallet_free(const struct model *model, const struct wallet *wallet)
{
    uint64_t left = model->rounds[wallet->key.round - 1].allotment;
    for (uint32_t i = 0; i < wallet->entries_n; i++) {
        uint64_t worth = entry_held(model, wallet, &wallet->entries[i]) +
                         entry_spent(model, &wallet->entries[i]);
        INVARIANT(worth <= left);
        left -= worth;
    }
    return left;
}

/* ---- the two lists ---- */

static void area_count(struct model *model, struct proposal *proposal, uint32_t area, bool more)
{
    const struct tender *tender = tender_at(model, proposal->tender);
    uint32_t *people = &proposal->area_people[area];
    *people += more ? 1 : UINT32_MAX; /* adds or takes one */
    if (tender->areas_min == 0)
        return;
    if (more && *people == tender->area_people_min)
        proposal->areas_ok++;
    else if (!more && *people + 1 == tender->area_people_min)
        proposal->areas_ok--;
}

static void sums_change(struct model *model, struct proposal *proposal, uint64_t was, uint64_t now)
{
    struct tender *tender = tender_at(model, proposal->tender);
    proposal->sum = proposal->sum - was + now;
    tender->held = tender->held - was + now;
    model->accounts.held = model->accounts.held - was + now;
    model->accounts.free = model->accounts.free + was - now;
}

static struct wallet_entry *entry_add(struct model *model, struct wallet *wallet, uint64_t number)
{
    struct proposal *proposal = proposal_at(model, number);
    size_t max = wallet->entries_max;
    wallet->entries = grown(wallet->entries, &max, wallet->entries_n, sizeof *wallet->entries);
    wallet->entries_max = (uint32_t)max;
    proposal->places = grown(proposal->places, &proposal->places_max, proposal->places_n,
                             sizeof *proposal->places);
    struct wallet_entry *entry = &wallet->entries[wallet->entries_n++];
    *entry = (struct wallet_entry){.proposal = (uint32_t)number,
                                   .place = (uint32_t)proposal->places_n};
    proposal->places[proposal->places_n++] = (struct place){wallet, 0};
    proposal->people++;
    area_count(model, proposal, wallet->area, true);
    return entry;
}

static void entry_put(struct model *model, struct wallet_entry *entry, uint64_t amount)
{
    struct proposal *proposal = proposal_at(model, entry->proposal);
    sums_change(model, proposal, entry->amount, amount);
    fallback_forget(model, entry->seq);
    entry->amount = (uint32_t)amount;
    proposal->places[entry->place].amount = (uint32_t)amount;
    entry->seq = model->seq - 1; /* of the record just begun */
}

/* Takes a held entry out of both lists; the last place of the proposal moves into the gap. */
static void entry_remove(struct model *model, struct wallet *wallet, struct wallet_entry *entry)
{
    struct proposal *proposal = proposal_at(model, entry->proposal);
    struct place *last = &proposal->places[--proposal->places_n];
    wallet_entry_at(last->wallet, entry->proposal)->place = entry->place;
    proposal->places[entry->place] = *last;
    sums_change(model, proposal, entry->amount, 0);
    fallback_forget(model, entry->seq);
    proposal->people--;
    area_count(model, proposal, wallet->area, false);
    wallet->entries_n--;
    size_t behind = (size_t)(&wallet->entries[wallet->entries_n] - entry);
    memmove(entry, entry + 1, behind * sizeof *entry);
}

/* ---- pledging ---- */

bool round_is(const struct model *model, uint64_t round, struct verdict *ret)
{
    if (!model->open)
        refuse(ret, REFUSAL_ROUND_NOT_OPEN);
    else if (round != model->rounds_n)
        refuse_one(ret, REFUSAL_ROUND_CHANGED, "round", model->rounds_n);
    return ret->refusal == REFUSAL_NONE;
}

static uint64_t pledges_live(const struct model *model, const struct wallet *wallet)
{
    uint64_t live = 0;
    for (uint32_t i = 0; wallet && i < wallet->entries_n; i++)
        live += entry_held(model, wallet, &wallet->entries[i]) > 0;
    return live;
}

bool amount_fits(const struct model *model, const struct wallet *wallet, uint64_t held,
                        uint64_t amount, struct verdict *ret)
{
    const struct round *round = &model->rounds[model->rounds_n - 1];
    uint64_t available = held + (wallet ? wallet_free(model, wallet) : round->allotment);
    uint64_t live = pledges_live(model, wallet), all = wallet ? wallet->entries_n : 0;
    if (amount > available) {
        refuse_one(ret, REFUSAL_WALLET_SHORT, "amount", amount);
        refuse_number(ret, "available", available);
        refuse_number(ret, "short", amount - available);
    } else if (amount < round->token && amount != available && !model->unopened) {
        refuse_one(ret, REFUSAL_PLEDGE_BELOW_TOKEN, "amount", amount);
        refuse_number(ret, "token", round->token);
        refuse_number(ret, "available", available);
    } else if (held == 0 && live >= PLEDGES_LIVE_MAX) {
        refuse_one(ret, REFUSAL_PLEDGES_LIVE_TOO_MANY, "pledges", live);
        refuse_number(ret, "most", PLEDGES_LIVE_MAX);
    } else if (held == 0 && all >= PLEDGES_MAX) {
        refuse_one(ret, REFUSAL_PLEDGES_TOO_MANY, "pledges", all);
        refuse_number(ret, "most", PLEDGES_MAX);
    } else {
        return true;
    }
    return false;
}

static struct record *pledge_record(struct model *model, enum record_kind kind,
                                    const struct wallet *wallet, const struct record *in,
                                    struct verdict *ret)
{
    struct record *record = record_begin(model, ret, kind);
    uint64_t tender = proposal_at(model, in->proposal)->tender;
    if (tender_at(model, tender)->mark == 'h')
        ret->sealed_of[ret->records_n - 1] = tender;
    record_set(record, FIELD_ROUND, wallet->key.round);
    record_set_text(record, FIELD_WALLET, in->wallet);
    record_set(record, FIELD_AREA, wallet->area);
    record_set(record, FIELD_TENDER, tender);
    record_set(record, FIELD_PROPOSAL, in->proposal);
    return record;
}

void pledge_write(struct model *model, const struct pledging *pledging, struct verdict *ret)
{
    struct wallet_entry *entry = wallet_entry_at(pledging->wallet, pledging->proposal);
    const struct record of = {.wallet = pledging->id, .proposal = pledging->proposal};
    struct record *record = pledge_record(model, RECORD_PLEDGE_SET, pledging->wallet, &of, ret);
    record_set(record, FIELD_AMOUNT, pledging->amount);
    if (entry)
        record_set(record, FIELD_WAS, entry->amount);
    record_set_text(record, FIELD_ASSISTED, pledging->assisted);
    record_set_pairs(record, FIELD_FALLBACK, pledging->steps);
    if (pledging->cause)
        record_set(record, FIELD_CAUSE, *pledging->cause);
    if (!entry)
        entry = entry_add(model, pledging->wallet, pledging->proposal);
    entry_put(model, entry, pledging->amount);
    fallback_keep(model, pledging, record->seq);
    mass_judge(model, pledging->proposal, record->seq, true, ret);
}

/* The wallet that pledges, new where it never did; NULL where there cannot be one more. */
static struct wallet *wallet_need(struct model *model, const struct record *in,
                                  struct verdict *ret)
{
    struct wallet *wallet = wallet_at(model, in->round, in->wallet);
    if (wallet || model->area_wallets[in->area] < model->grants[in->area])
        return wallet ? wallet : wallet_add(model, in);
    ret->raised = "more wallets than grants in the area";
    return NULL;
}

/* Checks h, i and those of the steps. */
static bool pledge_may(struct model *model, const struct record *in, struct verdict *ret)
{
    const struct proposal *proposal = proposal_at(model, in->proposal);
    if (!proposal)
        refuse_one(ret, REFUSAL_PROPOSAL_UNKNOWN, "proposal", in->proposal);
    if (!proposal || !proposal_is_live(proposal, ret))
        return false;
    const struct tender *tender = tender_at(model, proposal->tender);
    return tender_lives(model, tender, ret) && tender_runs(tender, ret) &&
           fallback_may(model, in, ret);
}

void act_pledge_set(struct model *model, const struct record *in, struct verdict *ret)
{
    if (record_has(in, FIELD_CAUSE)) {
        act_fallback_next(model, in, ret);
        return;
    }
    if (!round_is(model, in->round, ret) || !pledge_may(model, in, ret))
        return;
    struct pledging pledging = {.id = in->wallet,
                                .proposal = in->proposal,
                                .amount = in->amount,
                                .steps = in->fallback,
                                .assisted = in->assisted};
    const struct wallet *wallet = wallet_at(model, in->round, in->wallet);
    const struct wallet_entry *entry = wallet_entry_at(wallet, in->proposal);
    uint64_t was = entry ? entry->amount : 0; /* live proposal, open tender: it is held */
    if (was == in->amount && fallback_is(model, entry->seq, in->fallback)) {
        ret->seq = entry->seq;
    } else {
        if (was != in->amount && !amount_fits(model, wallet, was, in->amount, ret))
            return;
        pledging.wallet = wallet_need(model, in, ret);
        if (!pledging.wallet)
            return;
        pledge_write(model, &pledging, ret);
    }
    ret->present = model_present(model, in->round, in->wallet, in->proposal);
}

void act_pledge_withdrawn(struct model *model, const struct record *in, struct verdict *ret)
{
    if (!round_is(model, in->round, ret))
        return;
    struct wallet *wallet = wallet_at(model, in->round, in->wallet);
    struct wallet_entry *entry = wallet_entry_at(wallet, in->proposal);
    if (!proposal_at(model, in->proposal)) {
        refuse_one(ret, REFUSAL_PROPOSAL_UNKNOWN, "proposal", in->proposal);
    } else if (!entry) {
        refuse(ret, REFUSAL_PLEDGE_NONE);
    } else if (proposal_at(model, in->proposal)->mark == 'a') {
        refuse_one(ret, REFUSAL_PLEDGE_SPENT, "spent", entry_spent(model, entry));
    } else if (entry_held(model, wallet, entry) == 0) {
        refuse(ret, REFUSAL_PLEDGE_RELEASED);
    } else {
        struct record *record =
            pledge_record(model, RECORD_PLEDGE_WITHDRAWN, wallet, in, ret);
        record_set(record, FIELD_WAS, entry->amount);
        entry_remove(model, wallet, entry);
        mass_judge(model, in->proposal, record->seq, false, ret);
        ret->present = model_present(model, in->round, in->wallet, in->proposal);
    }
}

/* ---- leaving ---- */

/* Withdraws what is held; ret_pairs gets (proposal, amount) in the order of the wallet's list. */
static size_t wallet_withdraw(struct model *model, struct wallet *wallet, uint64_t (*ret_pairs)[2])
{
    size_t n = 0;
    for (uint32_t i = 0; i < wallet->entries_n;) {
        struct wallet_entry *entry = &wallet->entries[i];
        if (entry_held(model, wallet, entry) == 0) {
            i++;
            continue;
        }
        ret_pairs[n][0] = entry->proposal;
        ret_pairs[n++][1] = entry->amount;
        entry_remove(model, wallet, entry);
    }
    return n;
}

/* What is hidden has a record each, which the ledger seals, before that of the leaving. */
static void hidden_withdraw(struct model *model, struct wallet *wallet, const struct record *in,
                            struct verdict *ret)
{
    struct record each = {.wallet = in->wallet};
    for (uint32_t i = 0; i < wallet->entries_n;) {
        struct wallet_entry *entry = &wallet->entries[i];
        const struct proposal *proposal = proposal_at(model, entry->proposal);
        if (tender_at(model, proposal->tender)->mark != 'h' ||
            entry_held(model, wallet, entry) == 0) {
            i++;
            continue;
        }
        each.proposal = entry->proposal;
        struct record *record =
            pledge_record(model, RECORD_PLEDGE_WITHDRAWN, wallet, &each, ret);
        record_set(record, FIELD_WAS, entry->amount);
        entry_remove(model, wallet, entry);
        mass_judge(model, each.proposal, record->seq, false, ret);
    }
}

void act_resident_left(struct model *model, const struct record *in, struct verdict *ret)
{
    if (model->residents[in->area] == 0) {
        ret->raised = "nobody is registered in the area";
        return;
    }
    struct wallet *wallet = NULL;
    bool waited = false;
    size_t n = 0;
    if (model->open && in->wallet.n)
        wallet = wallet_at(model, model->rounds_n, in->wallet);
    model->residents[in->area]--;
    if (wallet)
        waited = fallback_forget_all(model, wallet);
    if (wallet && record_has(in, FIELD_WITHDRAWN)) {
        hidden_withdraw(model, wallet, in, ret);
        n = wallet_withdraw(model, wallet, ret->pairs[0]);
    }
    struct record *record = record_begin(model, ret, RECORD_RESIDENT_LEFT);
    record_set(record, FIELD_AREA, in->area);
    ret->seq = record->seq;
    if (n == 0 && !waited)
        return;
    record_set(record, FIELD_ROUND, model->rounds_n);
    record_set_text(record, FIELD_WALLET, in->wallet);
    record_set(record, FIELD_WALLET_AREA, wallet->area);
    record_set_pairs(record, FIELD_WITHDRAWN,
                     (struct record_pairs){(const uint64_t(*)[2])ret->pairs[0], n});
    for (size_t i = 0; i < n; i++)
        mass_judge(model, ret->pairs[0][i][0], record->seq, false, ret);
}
