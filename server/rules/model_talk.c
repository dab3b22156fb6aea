/* model_talk.c -- the deliberation on a tender, as far as the public log tells of it.
 *
 * Who spoke is not in the log. A stance shows as the counts of one area, which must follow from the
 * counts before by one person's move; how many different people contributed is believed, within
 * what is possible. */
#include <string.h>

#include "talk_inside.h"

#define SUMMARIES_MAX 50
#define DAY_MS UINT64_C(86400000)

/* ---- contributions ---- */

struct talk *talk_at(const struct model *model, uint64_t number)
{
    return number > 0 && number <= model->talks_n ? &model->talks[number - 1] : NULL;
}

struct talk *talk_known(const struct model *model, uint64_t number, struct verdict *ret)
{
    struct talk *talk = talk_at(model, number);
    if (!talk)
        refuse_one(ret, REFUSAL_TALK_UNKNOWN, "talk", number);
    return talk;
}

static bool talk_is_hidden(const struct talk *talk)
{
    return talk->state == 'h' || talk->state == 'a' || talk->state == 'u';
}

/* True where it is shown; else refuses. */
static bool talk_is_shown(const struct talk *talk, struct verdict *ret)
{
    if (!talk_is_hidden(talk))
        return true;
    refuse(ret, REFUSAL_TALK_IS_HIDDEN);
    refuse_text(ret, "reason", word_text(&talk->reason));
    return false;
}

static bool talk_is_taken(const struct model *model, const struct tender *tender, bool amendment,
                          struct verdict *ret)
{
    char mark = tender_mark(model, tender);
    bool early = mark == 'b' || (mark == 'd' && model->members_min == 0);
    if (early || (tender_is_live(mark) && !amendment))
        return true;
    refuse(ret, REFUSAL_TALK_CLOSED);
    refuse_text(ret, "state", text_of(tender_state(mark)));
    return false;
}

bool talk_may_add(const struct model *model, const struct record *in, struct verdict *ret)
{
    const struct tender *tender = tender_at(model, in->tender);
    if (!tender)
        refuse_one(ret, REFUSAL_TENDER_UNKNOWN, "tender", in->tender);
    return tender && talk_is_taken(model, tender, text_is(in->sort, "amendment"), ret);
}

/* Arguments that are shown, by side. */
static void talk_count_shown(struct model *model, const struct talk *talk, bool more)
{
    struct tender *tender = tender_at(model, talk->tender);
    uint64_t *side = text_is(word_text(&talk->sort), "for")       ? &tender->talk.pro
                     : text_is(word_text(&talk->sort), "against") ? &tender->talk.contra
                                                                  : NULL;
    if (side)
        *side += more ? 1 : UINT64_MAX;
}

static struct record *talk_record(struct model *model, struct verdict *ret, enum record_kind kind,
                                  uint64_t number)
{
    struct record *record = record_begin(model, ret, kind);
    record_set(record, FIELD_TENDER, talk_at(model, number)->tender);
    record_set(record, FIELD_TALK, number);
    ret->number = number;
    return record;
}

static void talk_amended(struct model *model, const struct talk *talk, uint64_t seq)
{
    if (text_is(word_text(&talk->sort), "amendment"))
        tender_at(model, talk->tender)->talk.amended = seq;
}

void act_talk_added(struct model *model, const struct record *in, struct verdict *ret)
{
    if (!talk_may_add(model, in, ret))
        return;
    struct tender *tender = tender_at(model, in->tender);
    if (tender->talk.n >= RECORD_TALKS_MAX) {
        refuse_one(ret, REFUSAL_TALKS_TOO_MANY, "talks", tender->talk.n);
        refuse_number(ret, "most", RECORD_TALKS_MAX);
        return;
    }
    model->talks = grown(model->talks, &model->talks_max, model->talks_n, sizeof *model->talks);
    struct talk *talk = &model->talks[model->talks_n++];
    *talk = (struct talk){.tender = in->tender,
                          .area = in->area,
                          .version = 1,
                          .state = 's',
                          .sort = word_of(in->sort)};
    tender->talk.n++;
    talk_count_shown(model, talk, true);
    struct record *record = talk_record(model, ret, RECORD_TALK_ADDED, model->talks_n);
    talk->at = record->at;
    talk->seq = record->seq;
    talk_amended(model, talk, record->seq);
    record_set_text(record, FIELD_SORT, in->sort);
    record_set(record, FIELD_AREA, in->area);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
}

void act_talk_edited(struct model *model, const struct record *in, struct verdict *ret)
{
    struct talk *talk = talk_known(model, in->talk, ret);
    if (!talk || !talk_is_shown(talk, ret))
        return;
    bool amendment = text_is(word_text(&talk->sort), "amendment");
    if (!talk_is_taken(model, tender_at(model, talk->tender), amendment, ret))
        return;
    if (talk->version >= RECORD_VERSIONS_MAX) {
        refuse_one(ret, REFUSAL_VERSIONS_TOO_MANY, "versions", talk->version);
        refuse_number(ret, "most", RECORD_VERSIONS_MAX);
        return;
    }
    talk->version++;
    talk->state = 's';
    memset(talk->by_area, 0, sizeof talk->by_area);
    struct record *record = talk_record(model, ret, RECORD_TALK_EDITED, in->talk);
    talk->edited_at = record->at;
    talk_amended(model, talk, record->seq);
    record_set(record, FIELD_VERSION, talk->version);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
}

/* ---- stances ---- */

bool talk_may_stance(const struct model *model, uint64_t number, struct verdict *ret)
{
    const struct talk *talk = talk_known(model, number, ret);
    return talk && talk_is_shown(talk, ret) &&
           talk_is_taken(model, tender_at(model, talk->tender), false, ret);
}

/* One person takes a stance, changes it, or takes it back: at most one count grows by one, at most
 * one shrinks by one, and something moves. */
static bool is_one_move(struct stances was, struct stances now)
{
    const uint64_t before[] = {was.agree, was.disagree, was.pass};
    const uint64_t behind[] = {now.agree, now.disagree, now.pass};
    unsigned grown_n = 0, shrunk_n = 0, same_n = 0;
    for (size_t i = 0; i < 3; i++) {
        grown_n += behind[i] == before[i] + 1;
        shrunk_n += behind[i] + 1 == before[i];
        same_n += behind[i] == before[i];
    }
    return grown_n <= 1 && shrunk_n <= 1 && same_n < 3 && grown_n + shrunk_n + same_n == 3;
}

void act_talk_stance(struct model *model, const struct record *in, struct verdict *ret)
{
    if (!talk_may_stance(model, in->talk, ret))
        return;
    struct stances now = {in->agree, in->disagree, in->pass};
    struct stances *counts = &talk_at(model, in->talk)->by_area[in->area];
    if (!is_one_move(*counts, now)) {
        ret->raised = "no stance of one person makes these counts";
        return;
    }
    *counts = now;
    struct record *record = talk_record(model, ret, RECORD_TALK_STANCE, in->talk);
    record_set(record, FIELD_AREA, in->area);
    record_set(record, FIELD_AGREE, now.agree);
    record_set(record, FIELD_DISAGREE, now.disagree);
    record_set(record, FIELD_PASS, now.pass);
}

/* ---- moderation ---- */

void act_talk_hidden(struct model *model, const struct record *in, struct verdict *ret)
{
    struct talk *talk = talk_known(model, in->talk, ret);
    if (!talk || !tender_for(model, talk->tender, in->body, ret) || !talk_is_shown(talk, ret))
        return;
    if (talk->state == 'c') {
        refuse(ret, REFUSAL_TALK_CLEARED);
        return;
    }
    talk->state = 'h';
    talk->reason = word_of(in->reason);
    talk_count_shown(model, talk, false);
    struct record *record = talk_record(model, ret, RECORD_TALK_HIDDEN, in->talk);
    talk->hidden_at = record->at;
    record_set_text(record, FIELD_REASON, in->reason);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
}

void act_talk_appealed(struct model *model, const struct record *in, struct verdict *ret)
{
    struct talk *talk = talk_known(model, in->talk, ret);
    if (!talk)
        return;
    if (talk->state != 'h') {
        refuse(ret, talk_is_hidden(talk) ? REFUSAL_TALK_APPEALED : REFUSAL_TALK_NOT_HIDDEN);
        return;
    }
    talk->state = 'a';
    struct record *record = talk_record(model, ret, RECORD_TALK_APPEALED, in->talk);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
}

void act_talk_ruled(struct model *model, const struct record *in, struct verdict *ret)
{
    struct talk *talk = talk_known(model, in->talk, ret);
    if (!talk)
        return;
    if (talk->state != 'a') {
        refuse(ret, REFUSAL_TALK_NOT_APPEALED);
        return;
    }
    talk->state = in->stands ? 'u' : 'c';
    if (!in->stands)
        talk_count_shown(model, talk, true);
    struct record *record = talk_record(model, ret, RECORD_TALK_RULED, in->talk);
    record_set(record, FIELD_STANDS, in->stands);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
}

void act_talk_summarised(struct model *model, const struct record *in, struct verdict *ret)
{
    struct tender *tender = tender_for(model, in->tender, in->body, ret);
    if (!tender || !talk_is_taken(model, tender, false, ret))
        return;
    if (tender->talk.summaries >= SUMMARIES_MAX) {
        refuse_one(ret, REFUSAL_SUMMARIES_TOO_MANY, "summaries", tender->talk.summaries);
        refuse_number(ret, "most", SUMMARIES_MAX);
        return;
    }
    struct record *record = record_begin(model, ret, RECORD_TALK_SUMMARISED);
    tender->talk.summaries++;
    tender->talk.summary = record->seq;
    record_set(record, FIELD_TENDER, in->tender);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = in->tender;
}

/* ---- the gate ---- */

bool talk_gate(const struct tender *tender, uint64_t contributors, struct verdict *ret)
{
    const struct talk_sum *talk = &tender->talk;
    if (contributors > talk->n || (talk->n > 0 && contributors == 0)) {
        ret->raised = "so many different people cannot have contributed";
        return false;
    }
    uint64_t ends = tender->published + tender->days * DAY_MS;
    uint64_t days = ends > ret->at ? (ends - ret->at + DAY_MS - 1) / DAY_MS : 0;
    uint64_t people = tender->contributors > contributors ? tender->contributors - contributors : 0;
    bool asked = tender->days || tender->contributors || talk->n;
    bool sides = (talk->pro > 0) != (talk->contra > 0);
    bool summary = asked && talk->summary <= talk->amended;
    if (!days && !people && !sides && !summary)
        return true;
    refuse_one(ret, REFUSAL_DELIBERATION_SHORT, "days", days);
    refuse_number(ret, "contributors", people);
    refuse_number(ret, "sides", sides);
    refuse_number(ret, "summary", summary);
    return false;
}

/* ---- looking ---- */

uint64_t model_talks(const struct model *model)
{
    return model->talks_n;
}

bool model_talk(const struct model *model, uint64_t number, struct model_talk *ret)
{
    const struct talk *talk = talk_at(model, number);
    if (!talk)
        return false;
    *ret = (struct model_talk){.tender = talk->tender,
                               .area = talk->area,
                               .version = talk->version,
                               .at = talk->at,
                               .seq = talk->seq,
                               .edited_at = talk->edited_at,
                               .hidden_at = talk->hidden_at,
                               .state = talk->state,
                               .sort = word_text(&talk->sort),
                               .reason = word_text(&talk->reason),
                               .by_area = talk->by_area,
                               .consensus = consensus_of(talk->by_area, RECORD_AREAS_MAX)};
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++) {
        ret->all.agree += talk->by_area[i].agree;
        ret->all.disagree += talk->by_area[i].disagree;
        ret->all.pass += talk->by_area[i].pass;
    }
    ret->division = division_of(ret->all);
    return true;
}

bool model_talk_sum(const struct model *model, uint64_t tender, struct talk_sum *ret)
{
    if (!tender_at(model, tender))
        return false;
    *ret = tender_at(model, tender)->talk;
    return true;
}
