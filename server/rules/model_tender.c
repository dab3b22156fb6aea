/* model_tender.c -- the acts on tenders and proposals.
 *
 * However a tender ends, its end is one flip: what it holds goes back to free in one sum, and what
 * each pledge on it is worth follows from its mark. */
#include <string.h>

#include "deliver_inside.h"
#include "fallback_inside.h"
#include "mass_inside.h"
#include "shape_inside.h"
#include "talk_inside.h"
#include "tally_inside.h"
#include "window_inside.h"

struct tender *tender_at(const struct model *model, uint64_t number)
{
    return number > 0 && number <= model->tenders_n ? &model->tenders[number - 1] : NULL;
}

struct proposal *proposal_at(const struct model *model, uint64_t number)
{
    return number > 0 && number <= model->proposals_n ? &model->proposals[number - 1] : NULL;
}

char tender_mark(const struct model *model, const struct tender *tender)
{
    if (tender_is_live(tender->mark) && (!model->open || tender->round != model->rounds_n))
        return 'l';
    return tender->mark;
}

bool tender_is_live(char mark)
{
    return mark == 'o' || mark == 'h' || mark == 'c';
}

bool tender_has_ended(char mark)
{
    return mark != 'd' && mark != 'b' && !tender_is_live(mark);
}

const char *tender_state(char mark)
{
    switch (mark) {
    case 'd':
        return "draft";
    case 'b':
        return "deliberating";
    case 'c':
        return "critical";
    case 'o':
    case 'h':
        return "open";
    case 'a':
        return "decided";
    case 'w':
        return "withdrawn";
    default:
        INVARIANT(mark == 'l');
        return "lapsed";
    }
}

static void refuse_state(enum refusal refusal, char mark, struct verdict *ret)
{
    refuse(ret, refusal);
    refuse_text(ret, "state", text_of(tender_state(mark)));
}

struct tender *tender_for(const struct model *model, uint64_t number, struct text body,
                          struct verdict *ret)
{
    struct tender *tender = tender_at(model, number);
    if (!tender) {
        refuse_one(ret, REFUSAL_TENDER_UNKNOWN, "tender", number);
    } else if (body.n && !text_equal(body, word_text(&tender->body))) {
        refuse(ret, REFUSAL_NOT_YOUR_BODY);
        refuse_text(ret, "body", word_text(&tender->body));
        return NULL;
    }
    return tender;
}

static void refuse_soon(uint64_t closes, struct verdict *ret)
{
    refuse_one(ret, REFUSAL_CLOSES_TOO_SOON, "closes", closes);
    refuse_number(ret, "now", ret->at);
}

struct tender *tender_draft(const struct model *model, const struct record *in,
                            struct verdict *ret)
{
    struct tender *tender = tender_for(model, in->tender, in->body, ret);
    if (!tender || tender->mark == 'd')
        return tender;
    refuse_state(REFUSAL_TENDER_NOT_DRAFT, tender_mark(model, tender), ret);
    return NULL;
}

/* ---- a tender's life ---- */

void act_tender_created(struct model *model, const struct record *in, struct verdict *ret)
{
    if (in->window && in->tally.n) {
        refuse(ret, REFUSAL_WINDOW_HIDDEN);
        return;
    }
    if (in->areas_min > model->areas_n) {
        refuse_one(ret, REFUSAL_BREADTH_UNREACHABLE, "areas_min", in->areas_min);
        refuse_number(ret, "areas", model->areas_n);
        return;
    }
    if (in->closes <= ret->at) {
        refuse_soon(in->closes, ret);
        return;
    }
    model->tenders =
        grown(model->tenders, &model->tenders_max, model->tenders_n, sizeof *model->tenders);
    struct tender *tender = &model->tenders[model->tenders_n++];
    *tender = (struct tender){.body = word_of(in->body),
                              .theme = word_of(in->theme),
                              .mark = 'd',
                              .late = in->late == 1,
                              .ceiling = in->ceiling,
                              .people_min = in->people_min,
                              .areas_min = in->areas_min,
                              .area_people_min = in->area_people_min,
                              .awards_max = in->awards_max,
                              .closes = in->closes,
                              .window = in->window,
                              .hidden = in->tally.n > 0,
                              .days = in->days,
                              .contributors = in->contributors,
                              .need = in->need};
    memcpy(tender->rule_hash, in->rule_hash.at, sizeof tender->rule_hash);
    struct record *record = record_begin(model, ret, RECORD_TENDER_CREATED);
    static const enum record_field numbers[] = {FIELD_CEILING, FIELD_PEOPLE_MIN, FIELD_AREAS_MIN,
                                                FIELD_AREA_PEOPLE_MIN, FIELD_AWARDS_MAX,
                                                FIELD_CLOSES, FIELD_LATE};
    static const enum record_field optional[] = {FIELD_WINDOW, FIELD_DAYS, FIELD_CONTRIBUTORS,
                                                 FIELD_NEED};
    record_set(record, FIELD_TENDER, model->tenders_n);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        record_set(record, numbers[i], record_number(in, numbers[i]));
    for (size_t i = 0; i < sizeof optional / sizeof *optional; i++)
        if (record_number(in, optional[i]))
            record_set(record, optional[i], record_number(in, optional[i]));
    record_set_text(record, FIELD_TALLY, in->tally);
    record_set_text(record, FIELD_BODY, in->body);
    record_set_text(record, FIELD_THEME, in->theme);
    record_set_text(record, FIELD_RULE_HASH, in->rule_hash);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = model->tenders_n;
}

/* `contributors`: how many different people have contributed, which the log does not show. */
static bool tender_may_open(const struct model *model, const struct tender *tender,
                            uint64_t contributors, struct verdict *ret)
{
    char mark = tender_mark(model, tender);
    if (mark == 'd' && model->members_min > 0) {
        refuse(ret, REFUSAL_TENDER_NOT_PUBLISHED);
        return false;
    }
    if (mark != 'd' && mark != 'b') {
        refuse_state(REFUSAL_TENDER_NOT_DRAFT, mark, ret);
        return false;
    }
    if (!model->open) {
        refuse(ret, REFUSAL_ROUND_NOT_OPEN);
        return false;
    }
    uint64_t round_closes = model->rounds[model->rounds_n - 1].closes;
    uint64_t headroom = model_headroom(model, word_text(&tender->theme));
    if (tender->closes <= ret->at) {
        refuse_soon(tender->closes, ret);
    } else if (tender->closes > round_closes) {
        refuse_one(ret, REFUSAL_CLOSES_AFTER_ROUND, "closes", tender->closes);
        refuse_number(ret, "round_closes", round_closes);
    } else if (tender->window && tender->window >= tender->closes - ret->at) {
        refuse_one(ret, REFUSAL_WINDOW_TOO_LONG, "window", tender->window);
        refuse_number(ret, "left", tender->closes - ret->at);
    } else if (tender->ceiling > headroom) {
        refuse_one(ret, REFUSAL_CEILING_OVER_HEADROOM, "ceiling", tender->ceiling);
        refuse_number(ret, "headroom", headroom);
    } else if (tender->live == 0 && !tender->late) {
        refuse(ret, REFUSAL_PROPOSALS_NONE);
    } else {
        return mark == 'd' ||
               (proposals_are_judged(model, tender, ret) && talk_gate(tender, contributors, ret));
    }
    return false;
}

void act_tender_opened(struct model *model, const struct record *in, struct verdict *ret)
{
    struct tender *tender = tender_for(model, in->tender, in->body, ret);
    if (!tender || !tender_may_open(model, tender, in->contributors, ret) ||
        !tally_may_begin(model, tender, in, ret))
        return;
    bool published = tender->mark == 'b';
    tender->mark = tender->hidden ? 'h' : 'o';
    tender->round = model->rounds_n;
    due_add(model, (struct deadline){tender->closes, model->seq, 't', in->tender});
    struct record *record = record_begin(model, ret, RECORD_TENDER_OPENED);
    record_set(record, FIELD_TENDER, in->tender);
    record_set(record, FIELD_ROUND, model->rounds_n);
    record_set_text(record, FIELD_RULE_HASH,
                    (struct text){tender->rule_hash, sizeof tender->rule_hash});
    record_set(record, FIELD_PROPOSALS, tender->live);
    if (published && tender->talk.n > 0) {
        record_set(record, FIELD_CONTRIBUTORS, in->contributors);
        record_set(record, FIELD_TALKS, tender->talk.n);
    }
    if (tender->hidden)
        tally_begin(tender, in, record);
    ret->number = in->tender;
}

void tender_release(struct model *model, uint64_t number, char mark)
{
    struct tender *tender = tender_at(model, number);
    model->accounts.held -= tender->held;
    model->accounts.free += tender->held;
    tender->held = 0;
    tender->mark = mark;
    window_forget(model, number);
    pause_forget(model, number);
    ready_leave_tender(model, number);
    fallback_release_tender(model, number);
}

void act_tender_withdrawn(struct model *model, const struct record *in, struct verdict *ret)
{
    struct tender *tender = tender_for(model, in->tender, in->body, ret);
    if (!tender)
        return;
    char mark = tender_mark(model, tender);
    if (tender_has_ended(mark)) {
        refuse_state(REFUSAL_TENDER_CLOSED, mark, ret);
        return;
    }
    struct record *record = record_begin(model, ret, RECORD_TENDER_WITHDRAWN);
    record_set(record, FIELD_TENDER, in->tender);
    record_set(record, FIELD_HELD, tender->held);
    tally_disclose(model, in->tender, ret);
    tender_release(model, in->tender, 'w');
    due_remove(model, 't', in->tender);
    ret->number = in->tender;
}

void tender_lapse_write(struct model *model, uint64_t number, uint64_t due, struct verdict *ret)
{
    struct record *record = record_begin(model, ret, RECORD_TENDER_LAPSED);
    record_set(record, FIELD_DUE, due);
    record_set(record, FIELD_TENDER, number);
    record_set(record, FIELD_HELD, tender_at(model, number)->held);
    tally_disclose(model, number, ret);
    tender_release(model, number, 'l');
}

bool tender_lives(const struct model *model, const struct tender *tender, struct verdict *ret)
{
    char mark = tender_mark(model, tender);
    if (tender_has_ended(mark))
        refuse_state(REFUSAL_TENDER_CLOSED, mark, ret);
    else if (!tender_is_live(mark))
        refuse(ret, REFUSAL_TENDER_NOT_OPEN);
    return tender_is_live(mark);
}

bool tender_goes_on(const struct model *model, const struct tender *tender, struct verdict *ret)
{
    char mark = tender_mark(model, tender);
    if (tender_has_ended(mark))
        refuse_state(REFUSAL_TENDER_CLOSED, mark, ret);
    return !tender_has_ended(mark);
}

/* ---- proposals ---- */

bool price_is_good(const struct tender *tender, const struct record *in, struct verdict *ret)
{
    if (in->price <= tender->ceiling)
        return in->milestones.n == 0 || milestones_are_price(in->milestones, in->price, ret);
    refuse_one(ret, REFUSAL_PRICE_OVER_CEILING, "price", in->price);
    refuse_number(ret, "ceiling", tender->ceiling);
    return false;
}

static bool tender_takes_proposal(const struct model *model, const struct tender *tender,
                                  const struct record *in, struct verdict *ret)
{
    if (!tender_goes_on(model, tender, ret))
        return false;
    if (tender_is_live(tender_mark(model, tender)) && !tender->late) {
        refuse(ret, REFUSAL_PROPOSALS_LATE);
        return false;
    }
    if (!price_is_good(tender, in, ret))
        return false;
    if (tender->live < PROPOSALS_LIVE_MAX)
        return true;
    refuse_one(ret, REFUSAL_PROPOSALS_TOO_MANY, "proposals", tender->live);
    refuse_number(ret, "most", PROPOSALS_LIVE_MAX);
    return false;
}

void milestones_keep(struct proposal *proposal, struct record_pairs milestones)
{
    proposal->milestones_n = milestones.n;
    for (size_t i = 0; i < milestones.n; i++)
        proposal->milestones[i] = milestones.at[i][1];
}

void act_proposal_submitted(struct model *model, const struct record *in, struct verdict *ret)
{
    struct tender *tender = tender_for(model, in->tender, in->body, ret);
    if (!tender || !tender_takes_proposal(model, tender, in, ret))
        return;
    model->proposals = grown(model->proposals, &model->proposals_max, model->proposals_n,
                             sizeof *model->proposals);
    struct proposal *proposal = &model->proposals[model->proposals_n++];
    bool waits = model->members_min > 0 && tender_is_live(tender_mark(model, tender));
    *proposal = (struct proposal){.mark = waits ? 'u' : 'l',
                                  .version = 1,
                                  .tender = (uint32_t)in->tender,
                                  .price = in->price};
    milestones_keep(proposal, in->milestones);
    tender->live++;
    struct record *record = record_begin(model, ret, RECORD_PROPOSAL_SUBMITTED);
    record_set(record, FIELD_PROPOSAL, model->proposals_n);
    record_set(record, FIELD_TENDER, in->tender);
    record_set(record, FIELD_PRICE, in->price);
    record_set_pairs(record, FIELD_MILESTONES, in->milestones);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = model->proposals_n;
}

struct proposal *proposal_for(const struct model *model, uint64_t number, struct verdict *ret)
{
    struct proposal *proposal = proposal_at(model, number);
    if (!proposal)
        refuse_one(ret, REFUSAL_PROPOSAL_UNKNOWN, "proposal", number);
    return proposal;
}

bool proposal_remains(const struct proposal *proposal, struct verdict *ret)
{
    if (proposal->mark == 'a')
        refuse(ret, REFUSAL_PROPOSAL_ACTIVATED);
    else if (proposal->mark == 'w')
        refuse(ret, REFUSAL_PROPOSAL_WITHDRAWN);
    return proposal->mark == 'l' || proposal->mark == 'u';
}

bool proposal_is_live(const struct proposal *proposal, struct verdict *ret)
{
    if (proposal->mark == 'u')
        refuse(ret, REFUSAL_PROPOSAL_UNJUDGED);
    return proposal->mark != 'u' && proposal_remains(proposal, ret);
}

void proposal_empty(struct proposal *proposal)
{
    free(proposal->places);
    proposal->places = NULL;
    proposal->places_n = proposal->places_max = 0;
}

void proposal_leave(struct model *model, uint64_t number)
{
    struct proposal *proposal = proposal_at(model, number);
    tender_at(model, proposal->tender)->live--;
    proposal->mark = 'w';
    proposal_empty(proposal);
    ready_leave(model, number);
}

void act_proposal_withdrawn(struct model *model, const struct record *in, struct verdict *ret)
{
    struct proposal *proposal = proposal_for(model, in->proposal, ret);
    struct tender *tender =
        proposal ? tender_for(model, proposal->tender, in->body, ret) : NULL;
    if (!tender || !proposal_remains(proposal, ret) || !tender_goes_on(model, tender, ret))
        return;
    bool critical = tender_mark(model, tender) == 'c' && tender->critical == in->proposal;
    struct record *record = record_begin(model, ret, RECORD_PROPOSAL_WITHDRAWN);
    record_set(record, FIELD_PROPOSAL, in->proposal);
    if (tender->mark != 'h')
        record_set(record, FIELD_HELD, proposal->sum);
    model->accounts.held -= proposal->sum; /* a draft's is 0: nobody pledges on it */
    model->accounts.free += proposal->sum;
    tender->held -= proposal->sum;
    fallback_release(model, in->proposal);
    proposal_leave(model, in->proposal);
    if (critical)
        window_broken(model, proposal->tender, record->seq, ret);
    ret->number = in->proposal;
}
