/* model_view.c -- looking at a model: accounts, tallies, wallets. Nothing here changes it. */
#include <string.h>

#include "body_inside.h"
#include "pledge_inside.h"

struct accounts model_accounts(const struct model *model)
{
    return model->accounts;
}

bool model_conserves(const struct model *model)
{
    const struct accounts *now = &model->accounts;
    uint64_t funds = 0;
    for (size_t i = 0; i < model->funds_n; i++)
        funds += model->funds[i].amount;
    /* a subtraction that ran below zero is huge, so the bounds catch what the sums would not */
    return funds == now->funds && now->funds < (UINT64_C(1) << 53) &&
           now->unallotted <= now->funds && now->free <= now->funds && now->held <= now->funds &&
           now->committed <= now->funds && now->paid <= now->funds &&
           now->committed == model->unpaid &&
           (!model->touched || delivery_conserves(model_delivery(model, model->touched))) &&
           now->funds == now->unallotted + now->free + now->held + now->committed + now->paid &&
           now->spent == now->prices + now->rounding && now->spent <= now->granted &&
           (!model->open || now->granted == now->free + now->held + now->spent);
}

uint64_t model_seq(const struct model *model)
{
    return model->seq;
}

uint64_t model_at(const struct model *model)
{
    return model->at;
}

uint64_t model_due(const struct model *model)
{
    return model->dues_n ? model->dues[0].due : 0;
}

uint64_t model_areas(const struct model *model)
{
    return model->areas_n;
}

uint64_t model_members_min(const struct model *model)
{
    return model->members_min;
}

struct text model_area_code(const struct model *model, uint64_t area)
{
    INVARIANT(area < model->areas_n);
    return model->areas[area];
}

uint64_t model_residents(const struct model *model, uint64_t area)
{
    INVARIANT(area < RECORD_AREAS_MAX);
    return model->residents[area];
}

uint64_t model_grants(const struct model *model, uint64_t area)
{
    INVARIANT(area < RECORD_AREAS_MAX);
    return model->grants[area];
}

uint64_t model_wallets(const struct model *model, uint64_t area)
{
    INVARIANT(area < RECORD_AREAS_MAX);
    return model->area_wallets[area];
}

uint64_t model_codes_issued(const struct model *model, uint64_t area)
{
    INVARIANT(area < RECORD_AREAS_MAX);
    return model->issued[area];
}

uint64_t model_codes_redeemed(const struct model *model, uint64_t area)
{
    INVARIANT(area < RECORD_AREAS_MAX);
    return model->redeemed[area];
}

uint64_t model_headroom(const struct model *model, struct text theme)
{
    uint64_t left = 0;
    for (size_t i = 0; i < model->funds_n; i++)
        if (model->funds[i].theme.n == 0 || text_equal(word_text(&model->funds[i].theme), theme))
            left += model->funds[i].left;
    return left;
}

bool model_round_open(const struct model *model)
{
    return model->open;
}

uint64_t model_round(const struct model *model)
{
    return model->rounds_n;
}

uint64_t model_funds(const struct model *model)
{
    return model->funds_n;
}

uint64_t model_tenders(const struct model *model)
{
    return model->tenders_n;
}

uint64_t model_proposals(const struct model *model)
{
    return model->proposals_n;
}

bool model_fund(const struct model *model, uint64_t number, struct model_fund *ret)
{
    if (number == 0 || number > model->funds_n)
        return false;
    const struct fund *fund = &model->funds[number - 1];
    *ret = (struct model_fund){fund->amount, fund->left, word_text(&fund->theme)};
    return true;
}

bool model_tender(const struct model *model, uint64_t number, struct model_tender *ret)
{
    const struct tender *tender = tender_at(model, number);
    if (!tender)
        return false;
    *ret = (struct model_tender){
        .round = tender->round,
        .ceiling = tender->ceiling,
        .people_min = tender->people_min,
        .areas_min = tender->areas_min,
        .area_people_min = tender->area_people_min,
        .awards_max = tender->awards_max,
        .closes = tender->closes,
        .awards = tender->awards,
        .held = tender->held,
        .proposals_live = tender->live,
        .theme = word_text(&tender->theme),
        .body = word_text(&tender->body),
        .window = tender->window,
        .days = tender->days,
        .contributors = tender->contributors,
        .need = tender->need,
        .critical = tender->critical,
        .critical_since = tender->critical_since,
        .critical_until = tender->critical_until,
        .paused = tender->paused,
        .paused_until = tender->paused_until,
        .published = tender->published,
        .late = tender->late,
        .hidden = tender->hidden,
        .state = tender_state(tender_mark(model, tender)),
        .mark = tender->mark,
    };
    return true;
}

struct model_defaults model_defaults(const struct model *model)
{
    return model->defaults;
}

uint64_t model_bodies(const struct model *model)
{
    return model->bodies_n;
}

uint64_t model_members(const struct model *model)
{
    return model->members_n;
}

bool model_body(const struct model *model, uint64_t number, struct model_body *ret)
{
    if (number == 0 || number > model->bodies_n)
        return false;
    const struct body *body = &model->bodies[number - 1];
    *ret = (struct model_body){.word = word_text(&body->word),
                               .mark = body->mark,
                               .version = body->version,
                               .seats = body->shows.seats,
                               .seat_votes = body->shows.seat_votes,
                               .lay_seats = body->shows.lay_seats,
                               .lay_votes = body->shows.lay_votes};
    return true;
}

bool model_member(const struct model *model, uint64_t number, struct model_member *ret)
{
    if (number == 0 || number > model->members_n)
        return false;
    const struct member *member = &model->members[number - 1];
    *ret = (struct model_member){.body = member->body,
                                 .votes = member->votes,
                                 .term = member->term,
                                 .category = word_text(&member->category),
                                 .seated = member->seated};
    return true;
}

uint64_t model_approval(const struct model *model, uint64_t number, size_t n)
{
    const struct tender *tender = tender_at(model, number);
    return tender && n < tender->approvals_n ? tender->approvals[n] : 0;
}

static const char *proposal_state(const struct model *model, const struct proposal *proposal)
{
    if (proposal->mark == 'a')
        return "activated";
    if (proposal->mark == 'w')
        return "withdrawn";
    char mark = tender_mark(model, tender_at(model, proposal->tender));
    return tender_has_ended(mark) ? "released" : "live";
}

bool model_proposal(const struct model *model, uint64_t number, struct model_proposal *ret)
{
    const struct proposal *proposal = proposal_at(model, number);
    if (!proposal)
        return false;
    *ret = (struct model_proposal){
        .tender = proposal->tender,
        .price = proposal->price,
        .rho = proposal->rho,
        .sum = proposal->sum,
        .people = proposal->people,
        .areas_ok = proposal->areas_ok,
        .ready_seq = proposal->ready_seq,
        .area_people = proposal->area_people,
        .state = proposal_state(model, proposal),
        .version = proposal->version,
        .judged_seq = proposal->judged_seq,
        .judged_at = proposal->judged_at,
        .merged_into = proposal->merged_into,
        .found = proposal->found,
        .mark = proposal->mark,
    };
    return true;
}

bool model_round_of(const struct model *model, uint64_t number, struct model_round *ret)
{
    if (number == 0 || number > model->rounds_n)
        return false;
    const struct round *round = &model->rounds[number - 1];
    bool open = model->open && number == model->rounds_n;
    const struct accounts *now = &model->accounts;
    *ret = (struct model_round){
        .allotment = round->allotment,
        .token = round->token,
        .closes = round->closes,
        .opened_seq = round->opened_seq,
        .granted = open ? now->granted : round->granted,
        .spent = open ? now->spent : round->spent,
        .prices = open ? now->prices : round->prices,
        .rounding = open ? now->rounding : round->rounding,
        .wallets = round->wallets,
        .open = open,
    };
    return true;
}

static void wallet_show(const struct model *model, const struct wallet *wallet,
                        struct model_wallet *ret)
{
    *ret = (struct model_wallet){.round = wallet->key.round,
                                 .area = wallet->area,
                                 .free = wallet_free(model, wallet),
                                 .entries = wallet->entries,
                                 .entries_n = wallet->entries_n,
                                 .fallbacks = wallet->fallbacks};
    memcpy(ret->id, wallet->key.id, sizeof ret->id);
    for (size_t i = 0; i < wallet->entries_n; i++) {
        ret->held += entry_held(model, wallet, &wallet->entries[i]);
        ret->spent += entry_spent(model, &wallet->entries[i]);
    }
}

bool model_wallet(const struct model *model, uint64_t round, struct text pseudonym,
                  struct model_wallet *ret)
{
    const struct wallet *wallet = wallet_at(model, round, pseudonym);
    if (wallet)
        wallet_show(model, wallet, ret);
    return wallet != NULL;
}

struct present model_present(const struct model *model, uint64_t round, struct text pseudonym,
                             uint64_t number)
{
    struct present present = {.state = ""};
    struct model_wallet wallet;
    const struct proposal *proposal = proposal_at(model, number);
    if (model_wallet(model, round, pseudonym, &wallet)) {
        const struct wallet_entry *entry =
            wallet_entry_at(wallet_at(model, round, pseudonym), number);
        present.amount = entry ? entry->amount : 0;
        present.free = wallet.free;
        present.held = wallet.held;
        present.spent = wallet.spent;
    } else if (round > 0 && round <= model->rounds_n) {
        present.free = model->rounds[round - 1].allotment;
    }
    if (proposal) {
        bool hidden = tender_at(model, proposal->tender)->mark == 'h';
        present.sum = hidden ? 0 : proposal->sum;
        present.people = hidden ? 0 : proposal->people;
        present.areas_ok = hidden ? 0 : proposal->areas_ok;
        present.state = proposal_state(model, proposal);
    }
    return present;
}

bool model_deadline(const struct model *model, size_t n, struct model_deadline *ret)
{
    if (n >= model->dues_n)
        return false;
    const struct deadline *deadline = &model->dues[n];
    *ret = (struct model_deadline){deadline->due, deadline->seq, deadline->number,
                                   deadline->letter};
    return true;
}

static size_t list_show(const uint64_t *list, size_t n, uint64_t *ret, size_t max)
{
    if (n > 0 && max > 0)
        memcpy(ret, list, (n < max ? n : max) * sizeof *ret);
    return n;
}

size_t model_ready(const struct model *model, uint64_t *ret, size_t max)
{
    return list_show(model->ready, model->ready_n, ret, max);
}

size_t model_commissions(const struct model *model, uint64_t *ret, size_t max)
{
    return list_show(model->commissions, model->commissions_n, ret, max);
}

void model_wallets_each(const struct model *model,
                        void (*each)(void *ctx, const struct model_wallet *wallet), void *ctx)
{
    for (struct wallet *wallet = model->wallets; wallet; wallet = wallet->hh.next) {
        struct model_wallet show;
        wallet_show(model, wallet, &show);
        each(ctx, &show);
    }
}
