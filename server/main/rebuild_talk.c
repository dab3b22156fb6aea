/* rebuild_talk.c -- needs and deliberation, as the records tell of them, written into Redis.
 *
 * Nothing is emptied first: every field that is written here says what the records say, and what
 * they cannot say (who it was) stays where it is known. */
#include "groundswell/ledger/restore_talk.h"
#include "groundswell/rules/model_talk.h"
#include "rebuild.h"

static enum fault next(struct rebuilding *r)
{
    r->in_flight++;
    return rebuild_wait(r, REBUILD_IN_FLIGHT_MAX);
}

static enum fault author_write(struct rebuilding *r, const char *name, uint64_t number)
{
    ledger_restore_author(&r->to, name, number);
    return next(r);
}

static enum fault need_write(struct rebuilding *r, uint64_t number, const struct model_need *is)
{
    ledger_restore_need(&r->to, number,
                        &(struct restore_need){.seconds = is->seconds,
                                               .at_ms = is->at,
                                               .seq = is->seq,
                                               .answer_seq = is->answer_seq,
                                               .answer_ms = is->answer_at,
                                               .answer_tender = is->tender,
                                               .answer_body = is->body});
    enum fault no = next(r);
    if (no) return no;
    ledger_restore_need_place(&r->to, number, is->seconds);
    no = next(r);
    return no ? no : author_write(r, "need", number);
}

static enum fault places_write(struct rebuilding *r, uint64_t number, const struct model_talk *is)
{
    ledger_restore_talk_place(&r->to, "newest", is->tender, number, 0);
    enum fault no = next(r);
    if (no) return no;
    ledger_restore_talk_place(&r->to, "agreed", is->tender, number, is->consensus.lowest);
    no = next(r);
    if (no) return no;
    ledger_restore_talk_place(&r->to, "divided", is->tender, number, is->division);
    return next(r);
}

static enum fault stances_write(struct rebuilding *r, uint64_t number, const struct model_talk *is)
{
    enum fault no = FAULT_NONE;
    for (uint64_t area = 0; area < model_areas(r->model) && !no; area++) {
        const struct stances *s = &is->by_area[area];
        const uint64_t counts[] = {s->agree, s->disagree, s->pass};
        if (!counts[0] && !counts[1] && !counts[2]) continue;
        ledger_restore_stances(&r->to, number, area, counts);
        no = next(r);
    }
    return no;
}

static enum fault talk_write(struct rebuilding *r, uint64_t number, const struct model_talk *is)
{
    ledger_restore_talk(&r->to, number,
                        &(struct restore_talk){.tender = is->tender,
                                               .area = is->area,
                                               .at_ms = is->at,
                                               .seq = is->seq,
                                               .version = is->version,
                                               .edited_ms = is->edited_at,
                                               .hidden_ms = is->hidden_at,
                                               .sort = is->sort,
                                               .reason = is->reason,
                                               .state = is->state,
                                               .agree = is->all.agree,
                                               .disagree = is->all.disagree,
                                               .pass = is->all.pass});
    enum fault no = next(r);
    if (!no) no = stances_write(r, number, is);
    if (!no) no = places_write(r, number, is);
    return no ? no : author_write(r, "talk", number);
}

static enum fault sum_write(struct rebuilding *r, uint64_t tender, const struct talk_sum *is)
{
    if (!is->n && !is->summaries) return FAULT_NONE;
    ledger_restore_talk_sum(&r->to, tender,
                            &(struct restore_talk_sum){is->n, is->pro, is->contra, is->amended,
                                                       is->summary, is->summaries});
    return next(r);
}

enum fault rebuild_talk_write(struct rebuilding *r)
{
    struct model_need need;
    struct model_talk talk;
    struct talk_sum sum;
    enum fault no = FAULT_NONE;
    if (!model_needs(r->model) && !model_talks(r->model)) return FAULT_NONE;
    for (uint64_t i = 1; !no && model_need(r->model, i, &need); i++)
        no = need_write(r, i, &need);
    for (uint64_t i = 1; !no && model_talk(r->model, i, &talk); i++)
        no = talk_write(r, i, &talk);
    for (uint64_t i = 1; !no && model_talk_sum(r->model, i, &sum); i++)
        no = sum_write(r, i, &sum);
    if (no) return no;
    ledger_restore_talk_numbers(&r->to, model_needs(r->model), model_talks(r->model));
    return next(r);
}
