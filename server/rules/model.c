/* model.c -- the frame of every act: settle what is due, judge, write the records down.
 *
 * This is ledger/ACTS.md, "How every writing act begins", as far as it concerns the public log.
 * Who asks, epochs and idempotency keys are in roll.c. The acts themselves are in model_*.c. */
#include <string.h>

#include "groundswell/base/money.h"
#include "body_inside.h"
#include "deliver_inside.h"
#include "fallback_inside.h"
#include "mass_inside.h"
#include "shape_inside.h"
#include "talk_inside.h"
#include "tally_inside.h"
#include "window_inside.h"

void *grown(void *array, size_t *max, size_t n, size_t size)
{
    if (n < *max)
        return array;
    size_t more = *max ? 2 * *max : 4;
    array = realloc(array, more * size);
    INVARIANT(array != NULL);
    *max = more;
    return array;
}

struct word word_of(struct text from)
{
    struct word word = {.n = (uint8_t)from.n};
    INVARIANT(from.n <= sizeof word.at);
    if (from.n)
        memcpy(word.at, from.at, from.n);
    return word;
}

struct text word_text(const struct word *word)
{
    return (struct text){word->at, word->n};
}

struct model *model_new(void)
{
    struct model *model = calloc(1, sizeof *model);
    INVARIANT(model != NULL);
    return model;
}

void model_free(struct model *model)
{
    struct wallet *wallet, *next;
    if (!model)
        return;
    HASH_ITER(hh, model->wallets, wallet, next) {
        HASH_DEL(model->wallets, wallet);
        free(wallet->entries);
        free(wallet);
    }
    spoken_free(model);
    for (size_t i = 0; i < model->proposals_n; i++) {
        free(model->proposals[i].places);
        free(model->proposals[i].delivery);
    }
    fallback_end_round(model);
    free(model->released);
    free(model->proposals);
    for (size_t i = 0; i < model->tenders_n; i++)
        free(model->tenders[i].approvals);
    free(model->tenders);
    free(model->bodies);
    free(model->members);
    free(model->rounds);
    free(model->dues);
    free(model->ready);
    free(model->commissions);
    free(model->needs);
    free(model->talks);
    free(model->areas_bytes);
    free(model);
}

/* ---- verdicts ---- */

void verdict_begin(struct verdict *ret)
{
    /* all but the records and pairs, which are large and written before they are counted */
    ret->refusal = REFUSAL_NONE;
    ret->raised = NULL;
    ret->words_n = ret->qualifying_n = ret->settled_n = 0;
    ret->keys_n = 0;
    ret->records_n = ret->draws_n = 0;
    ret->at = ret->seq = ret->number = ret->due = 0;
    ret->replayed = ret->more = ret->taken = ret->waits = ret->pending = false;
    ret->present = (struct present){.state = ""};
    ret->registered = ret->already = ret->granted = ret->ungranted = 0;
}

struct record *record_begin(struct model *model, struct verdict *ret, enum record_kind kind)
{
    INVARIANT(ret->records_n < VERDICT_RECORDS_MAX);
    struct record *record = &ret->records[ret->records_n++];
    ret->sealed_of[ret->records_n - 1] = 0;
    *record = (struct record){.kind = kind, .has = RECORD_BIT(FIELD_KIND)};
    record_set(record, FIELD_V, RECORD_VERSION);
    record_set(record, FIELD_SEQ, model->seq++);
    record_set(record, FIELD_AT, ret->at);
    model->at = ret->at;
    return record;
}

void refuse(struct verdict *ret, enum refusal refusal)
{
    ret->refusal = refusal;
    ret->words_n = 0;
}

void refuse_number(struct verdict *ret, const char *name, uint64_t number)
{
    INVARIANT(ret->words_n < sizeof ret->words / sizeof *ret->words);
    ret->words[ret->words_n++] = (struct verdict_word){name, number, TEXT_NONE};
}

void refuse_text(struct verdict *ret, const char *name, struct text text)
{
    INVARIANT(ret->words_n < sizeof ret->words / sizeof *ret->words);
    ret->words[ret->words_n++] = (struct verdict_word){name, 0, text};
}

void refuse_one(struct verdict *ret, enum refusal refusal, const char *name, uint64_t number)
{
    refuse(ret, refusal);
    refuse_number(ret, name, number);
}

/* ---- deadlines ---- */

void due_add(struct model *model, struct deadline deadline)
{
    model->dues = grown(model->dues, &model->dues_max, model->dues_n, sizeof *model->dues);
    size_t i = model->dues_n++;
    for (; i > 0; i--) {
        const struct deadline *before = &model->dues[i - 1];
        if (before->due < deadline.due ||
            (before->due == deadline.due && before->seq < deadline.seq))
            break;
        model->dues[i] = model->dues[i - 1];
    }
    model->dues[i] = deadline;
}

static void due_drop(struct model *model, size_t i)
{
    model->dues_n--;
    memmove(&model->dues[i], &model->dues[i + 1], (model->dues_n - i) * sizeof *model->dues);
}

void due_remove(struct model *model, char letter, uint64_t number)
{
    for (size_t i = 0; i < model->dues_n; i++)
        if (model->dues[i].letter == letter && model->dues[i].number == number) {
            due_drop(model, i);
            return;
        }
}

void due_move(struct model *model, char letter, uint64_t number, uint64_t due)
{
    for (size_t i = 0; i < model->dues_n; i++) {
        struct deadline deadline = model->dues[i];
        if (deadline.letter != letter || deadline.number != number)
            continue;
        due_drop(model, i);
        deadline.due = due;
        due_add(model, deadline);
        return;
    }
}

static bool due_remains(const struct model *model, uint64_t at)
{
    return model->dues_n > 0 && model->dues[0].due <= at;
}

/* One entry that is due; without a record where its tender is open no more. */
static void settle_first(struct model *model, struct verdict *ret)
{
    struct deadline first = model->dues[0];
    due_drop(model, 0);
    if (first.letter == 'r') {
        round_close_write(model, first.due, ret);
        return;
    }
    if (first.letter == 'm') {
        member_term_write(model, first.number, first.due, ret);
        return;
    }
    if (!tender_is_live(tender_mark(model, tender_at(model, first.number))))
        return;
    if (first.letter == 't')
        tender_lapse_write(model, first.number, first.due, ret);
    else if (first.letter == 'c')
        window_end(model, first.number, first.due, ret);
    else
        pause_end(model, first.number, first.due, ret);
}

bool model_settle(struct model *model, uint64_t now_ms, size_t bound, struct verdict *ret)
{
    verdict_begin(ret);
    if (!model->created) {
        refuse(ret, REFUSAL_COMMUNITY_UNKNOWN);
        return false;
    }
    ret->at = now_ms > model->at ? now_ms : model->at;
    for (size_t i = 0; i < bound && due_remains(model, ret->at); i++)
        settle_first(model, ret);
    ret->settled_n = ret->records_n;
    ret->more = due_remains(model, ret->at);
    if (ret->more)
        refuse(ret, REFUSAL_DEADLINES_DUE);
    return !ret->more;
}

void model_settled(struct model *model, struct verdict *ret)
{
    if (ret->refusal == REFUSAL_DEADLINES_DUE)
        ret->refusal = REFUSAL_NONE;
    ret->due = model_due(model);
    ret->seq = model->seq - 1;
    ret->waits = fallback_waits(model);
    qualifying(model, ret);
}

/* ---- acts ---- */

static void (*const acts[RECORD_KINDS])(struct model *, const struct record *, struct verdict *) = {
    [RECORD_COMMUNITY_CREATED] = act_community_created,
    [RECORD_FUND_ADDED] = act_fund_added,
    [RECORD_FUND_TOPPED_UP] = act_fund_topped_up,
    [RECORD_RESIDENTS_REGISTERED] = act_residents_registered,
    [RECORD_RESIDENT_GRANTED] = act_resident_granted,
    [RECORD_RESIDENT_LEFT] = act_resident_left,
    [RECORD_ROUND_OPENED] = act_round_opened,
    [RECORD_ROUND_CLOSED] = act_round_closed,
    [RECORD_TENDER_CREATED] = act_tender_created,
    [RECORD_TENDER_OPENED] = act_tender_opened,
    [RECORD_TENDER_WITHDRAWN] = act_tender_withdrawn,
    [RECORD_TENDER_LAPSED] = NULL, /* only settling writes it */
    [RECORD_TENDER_CRITICAL] = act_activate,
    [RECORD_TENDER_REOPENED] = NULL, /* follows from others */
    [RECORD_TENDER_PAUSED] = act_tender_paused,
    [RECORD_TENDER_RESUMED] = act_tender_resumed,
    [RECORD_PROPOSAL_SUBMITTED] = act_proposal_submitted,
    [RECORD_PROPOSAL_WITHDRAWN] = act_proposal_withdrawn,
    [RECORD_PROPOSAL_JUDGED] = act_proposal_judged,
    [RECORD_PROPOSAL_AMENDED] = act_proposal_amended,
    [RECORD_PROPOSALS_MERGED] = act_proposals_merged,
    [RECORD_PLEDGE_SET] = act_pledge_set,
    [RECORD_PLEDGE_WITHDRAWN] = act_pledge_withdrawn,
    [RECORD_FALLBACK_DROPPED] = act_fallback_next,
    [RECORD_COMMISSION_ACTIVATED] = act_activate,
    [RECORD_NEED_RAISED] = act_need_raised,
    [RECORD_NEED_SECONDED] = act_need_seconded,
    [RECORD_NEED_ANSWERED] = act_need_answered,
    [RECORD_TALK_ADDED] = act_talk_added,
    [RECORD_TALK_EDITED] = act_talk_edited,
    [RECORD_TALK_STANCE] = act_talk_stance,
    [RECORD_TALK_HIDDEN] = act_talk_hidden,
    [RECORD_TALK_APPEALED] = act_talk_appealed,
    [RECORD_TALK_RULED] = act_talk_ruled,
    [RECORD_TALK_SUMMARISED] = act_talk_summarised,
    [RECORD_SEALED] = act_sealed,
    [RECORD_TALLY_DISCLOSED] = NULL, /* only what decides or ends a tender writes it */
    [RECORD_CODES_ISSUED] = act_codes_issued,
    [RECORD_CODE_REDEEMED] = act_code_redeemed,
    [RECORD_COMMUNITY_SET] = act_community_set,
    [RECORD_AREAS_SET] = act_areas_set,
    [RECORD_BODY_FORMED] = act_body_formed,
    [RECORD_BODY_CONSTITUTED] = act_body_constituted,
    [RECORD_MEMBER_SEATED] = act_member_seated,
    [RECORD_MEMBER_LEFT] = act_member_left,
    [RECORD_BODY_SUSPENDED] = NULL, /* only a change of members writes these */
    [RECORD_BODY_RESTORED] = NULL,
    [RECORD_TENDER_APPROVED] = act_tender_approved,
    [RECORD_TENDER_PUBLISHED] = act_tender_published,
    [RECORD_FUND_WITHDRAWN] = act_fund_withdrawn,
    [RECORD_CONTRACT_SIGNED] = act_contract_signed,
    [RECORD_EVIDENCE_ADDED] = act_evidence_added,
    [RECORD_MILESTONE_REPORTED] = act_milestone_reported,
    [RECORD_MILESTONE_CONFIRMED] = act_milestone_spoken,
    [RECORD_MILESTONE_DISPUTED] = act_milestone_spoken,
    [RECORD_MILESTONE_ACCEPTED] = act_milestone_accepted,
    [RECORD_PAYMENT_RECORDED] = act_payment_recorded,
    [RECORD_VARIATION_PROPOSED] = act_variation_proposed,
    [RECORD_VARIATION_APPROVED] = act_variation_approved,
    [RECORD_OUTCOME_REPORTED] = act_outcome_reported,
    [RECORD_SAVINGS_NOTED] = act_savings_noted,
    [RECORD_COMMISSION_COMPLETED] = act_commission_completed,
    [RECORD_COMMISSION_TERMINATED] = act_commission_terminated,
};

void model_judge(struct model *model, const struct record *input, struct verdict *ret)
{
    size_t before = ret->records_n;
    ret->raised = act_raises(model, input);
    if (ret->raised)
        return;
    acts[input->kind](model, input, ret);
    if (ret->raised || ret->refusal) {
        INVARIANT(ret->records_n == before); /* check everything, then write */
        return;
    }
    if (ret->seq == 0)
        ret->seq = ret->records_n > before ? ret->records[before].seq : model->seq - 1;
    INVARIANT(model_conserves(model));
}

void model_act(struct model *model, const struct record *input, struct verdict *ret)
{
    verdict_begin(ret);
    ret->raised = act_raises(model, input);
    if (ret->raised)
        return;
    if (input->kind == RECORD_COMMUNITY_CREATED)
        ret->at = input->at > model->at ? input->at : model->at;
    else if (!model_settle(model, input->at, SETTLE_MAX, ret))
        return;
    model_judge(model, input, ret);
}

/* ---- what nobody may ask ---- */

static record_bits bits_of(const enum record_field *fields)
{
    record_bits bits = 0;
    for (; *fields != RECORD_FIELDS; fields++)
        bits |= RECORD_BIT(*fields);
    return bits;
}

/* The input fields of a kind that must be there and well formed; numbers of things may be any. */
static const enum record_field inputs_needed[RECORD_KINDS][20] = {
    [RECORD_COMMUNITY_CREATED] = {FIELD_CURRENCY, FIELD_AREAS, FIELD_AREA_RESIDENTS_MIN,
                                  FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_FUND_ADDED] = {FIELD_AMOUNT, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_FUND_TOPPED_UP] = {FIELD_AMOUNT, RECORD_FIELDS},
    [RECORD_RESIDENTS_REGISTERED] = {RECORD_FIELDS},
    [RECORD_RESIDENT_GRANTED] = {FIELD_AREA, RECORD_FIELDS},
    [RECORD_RESIDENT_LEFT] = {FIELD_AREA, RECORD_FIELDS},
    [RECORD_ROUND_OPENED] = {FIELD_ALLOTMENT, FIELD_TOKEN, RECORD_FIELDS},
    [RECORD_ROUND_CLOSED] = {RECORD_FIELDS},
    [RECORD_TENDER_CREATED] = {FIELD_BODY, FIELD_CEILING, FIELD_PEOPLE_MIN, FIELD_AREAS_MIN,
                               FIELD_AREA_PEOPLE_MIN, FIELD_AWARDS_MAX, FIELD_LATE,
                               FIELD_RULE_HASH, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_TENDER_OPENED] = {RECORD_FIELDS},
    [RECORD_TENDER_WITHDRAWN] = {RECORD_FIELDS},
    [RECORD_TENDER_LAPSED] = {RECORD_FIELDS},
    [RECORD_TENDER_CRITICAL] = {RECORD_FIELDS},
    [RECORD_TENDER_REOPENED] = {RECORD_FIELDS},
    [RECORD_TENDER_PAUSED] = {FIELD_UNTIL, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_TENDER_RESUMED] = {RECORD_FIELDS},
    [RECORD_PROPOSAL_SUBMITTED] = {FIELD_PRICE, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_PROPOSAL_WITHDRAWN] = {RECORD_FIELDS},
    [RECORD_PROPOSAL_JUDGED] = {FIELD_ELIGIBLE, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_PROPOSAL_AMENDED] = {FIELD_PRICE, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_PROPOSALS_MERGED] = {RECORD_FIELDS},
    [RECORD_PLEDGE_SET] = {FIELD_WALLET, FIELD_AREA, FIELD_AMOUNT, RECORD_FIELDS},
    [RECORD_PLEDGE_WITHDRAWN] = {FIELD_WALLET, RECORD_FIELDS},
    [RECORD_FALLBACK_DROPPED] = {RECORD_FIELDS},
    [RECORD_COMMISSION_ACTIVATED] = {RECORD_FIELDS},
    [RECORD_NEED_RAISED] = {FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_NEED_SECONDED] = {RECORD_FIELDS},
    [RECORD_NEED_ANSWERED] = {FIELD_BODY, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_TALK_ADDED] = {FIELD_SORT, FIELD_AREA, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_TALK_EDITED] = {FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_TALK_STANCE] = {FIELD_AREA, FIELD_AGREE, FIELD_DISAGREE, FIELD_PASS,
                            RECORD_FIELDS},
    [RECORD_TALK_HIDDEN] = {FIELD_REASON, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_TALK_APPEALED] = {FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_TALK_RULED] = {FIELD_STANDS, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_TALK_SUMMARISED] = {FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_SEALED] = {FIELD_SEALED, RECORD_FIELDS},
    [RECORD_TALLY_DISCLOSED] = {RECORD_FIELDS},
    [RECORD_CODES_ISSUED] = {FIELD_ISSUED, RECORD_FIELDS},
    [RECORD_CODE_REDEEMED] = {FIELD_AREA, RECORD_FIELDS},
    [RECORD_COMMUNITY_SET] = {RECORD_FIELDS},
    [RECORD_AREAS_SET] = {FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_BODY_FORMED] = {FIELD_BODY, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_BODY_CONSTITUTED] = {FIELD_BODY, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_MEMBER_SEATED] = {FIELD_BODY, FIELD_CATEGORY, FIELD_VOTES, FIELD_TEXT_HASH,
                              RECORD_FIELDS},
    [RECORD_MEMBER_LEFT] = {RECORD_FIELDS},
    [RECORD_BODY_SUSPENDED] = {RECORD_FIELDS},
    [RECORD_BODY_RESTORED] = {RECORD_FIELDS},
    [RECORD_TENDER_APPROVED] = {RECORD_FIELDS},
    [RECORD_TENDER_PUBLISHED] = {RECORD_FIELDS},
    [RECORD_FUND_WITHDRAWN] = {FIELD_AMOUNT, RECORD_FIELDS},
    [RECORD_CONTRACT_SIGNED] = {FIELD_STARTS, FIELD_ENDS, FIELD_DOCUMENT, FIELD_TEXT_HASH,
                                RECORD_FIELDS},
    [RECORD_EVIDENCE_ADDED] = {FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_MILESTONE_REPORTED] = {FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_MILESTONE_CONFIRMED] = {FIELD_WALLET, RECORD_FIELDS},
    [RECORD_MILESTONE_DISPUTED] = {FIELD_WALLET, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_MILESTONE_ACCEPTED] = {RECORD_FIELDS},
    [RECORD_PAYMENT_RECORDED] = {FIELD_AMOUNT, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_VARIATION_PROPOSED] = {FIELD_MILESTONES, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_VARIATION_APPROVED] = {RECORD_FIELDS},
    [RECORD_OUTCOME_REPORTED] = {FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_SAVINGS_NOTED] = {FIELD_AGENCIES, FIELD_TEXT_HASH, RECORD_FIELDS},
    [RECORD_COMMISSION_COMPLETED] = {RECORD_FIELDS},
    [RECORD_COMMISSION_TERMINATED] = {FIELD_TEXT_HASH, RECORD_FIELDS},
};

static const char *input_raises(const struct record *in)
{
    record_bits needs = bits_of(inputs_needed[in->kind]);
    for (int i = 0; i < RECORD_FIELDS; i++) {
        enum record_field field = (enum record_field)i;
        enum field_form form = record_field_specs[field].form;
        bool needed = needs >> field & 1;
        if (needed && !record_has(in, field))
            return "an input that the act needs is missing";
        if (!record_has(in, field) || form == FORM_KIND)
            continue;
        if ((needed || form != FORM_NUMBER) && record_field_wrong(in, field))
            return "an input is not well formed";
        if (form == FORM_NUMBER && record_number(in, field) > MONEY_MAX)
            return "a number is 2^53 or more";
    }
    return NULL;
}

static bool community_set_wrong(const struct record *in)
{
    static const enum record_field bounded[] = {FIELD_MEMBERS_MIN, FIELD_PEOPLE_PERMILLE,
                                                FIELD_AREAS_MIN};
    for (size_t i = 0; i < sizeof bounded / sizeof *bounded; i++)
        if (record_has(in, bounded[i]) && record_field_wrong(in, bounded[i]))
            return true;
    return false;
}

static bool word_among(struct text word, const char *words)
{
    struct text rest = text_of(words);
    while (rest.at)
        if (text_equal(text_cut(&rest, ' '), word))
            return true;
    return false;
}

const char *act_raises(const struct model *model, const struct record *in)
{
    const char *why = input_raises(in);
    if (why)
        return why;
    if (in->kind == RECORD_TENDER_LAPSED)
        return "a tender lapses only by its deadline";
    if (in->kind == RECORD_TENDER_REOPENED)
        return "a tender reopens only by what broke its rule";
    if (in->kind == RECORD_BODY_SUSPENDED || in->kind == RECORD_BODY_RESTORED)
        return "a body is suspended and restored only by a change of its members";
    if (in->kind == RECORD_TALLY_DISCLOSED)
        return "nothing was decided or ended whose tally was hidden";
    if (model->areas_n && record_has(in, FIELD_AREA) && in->area >= model->areas_n)
        return "the community has no such area";
    if (in->kind == RECORD_ROUND_OPENED && in->token > in->allotment)
        return "a token is worth more than the allotment";
    if (in->kind == RECORD_TENDER_CREATED && (in->areas_min > 0) != (in->area_people_min > 0))
        return "people per area and areas go together";
    if (in->tally.n && !text_is(in->tally, "hidden") &&
        !(in->kind == RECORD_COMMUNITY_SET && text_is(in->tally, "open")))
        return "a tally is open, which a tender does not say, or hidden";
    if (in->kind == RECORD_MEMBER_SEATED && !category_is_valid(in->category))
        return "a member is resident, user, professional or elected";
    if (in->kind == RECORD_COMMUNITY_SET && community_set_wrong(in))
        return "a default is out of its bounds";
    if (in->kind == RECORD_TALK_ADDED && !word_among(in->sort, "for against question amendment"))
        return "a contribution is for, against, a question or an amendment";
    if (in->kind == RECORD_TALK_HIDDEN &&
        !word_among(in->reason, "abuse personal unlawful spam off_topic"))
        return "nothing is hidden for that reason";
    if (in->kind == RECORD_PLEDGE_SET && in->amount > ALLOTMENT_MAX)
        return "a pledge is below 2^24";
    why = parts_raise(in->milestones);
    if (!why)
        why = parts_raise(in->agencies);
    return why ? why : steps_wrong(in->fallback);
}
