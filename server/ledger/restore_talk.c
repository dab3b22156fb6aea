/* restore_talk.c -- see restore_talk.h. The forms are those of lua/26_need.lua and 55_talk.lua. */
#include "groundswell/ledger/restore_talk.h"

#include "restore_inside.h"

#define PLACE (UINT64_C(1) << 32) /* figure x 2^32 + number: one order without ties */

void ledger_restore_need(const struct restore *to, uint64_t number, const struct restore_need *is)
{
    begin(to, "HSET", "need", number);
    figure(to, "seconds", is->seconds);
    figure(to, "at", is->at_ms);
    figure(to, "seq", is->seq);
    if (is->answer_seq) {
        figure(to, "answer_seq", is->answer_seq);
        figure(to, "answer_at", is->answer_ms);
        word(to, "answer_body", is->answer_body);
        figure(to, "answer_tender", is->answer_tender);
    }
    restore_send(to);
}

void ledger_restore_need_place(const struct restore *to, uint64_t number, uint64_t seconds)
{
    begin(to, "ZADD", "needs", 0);
    question_number(to->ledger, seconds * PLACE + number);
    question_number(to->ledger, number);
    restore_send(to);
}

void ledger_restore_talk(const struct restore *to, uint64_t number, const struct restore_talk *is)
{
    begin(to, "HSET", "talk", number);
    figure(to, "tender", is->tender);
    word(to, "sort", is->sort);
    figure(to, "area", is->area);
    figure(to, "at", is->at_ms);
    figure(to, "seq", is->seq);
    figure(to, "version", is->version);
    figure(to, "edited_at", is->edited_ms);
    word(to, "state", (struct text){&is->state, 1});
    figure(to, "agree", is->agree);
    figure(to, "disagree", is->disagree);
    figure(to, "pass", is->pass);
    if (is->reason.n) {
        word(to, "reason", is->reason);
        figure(to, "hidden_at", is->hidden_ms);
    }
    restore_send(to);
}

void ledger_restore_stances(const struct restore *to, uint64_t number, uint64_t area,
                            const uint64_t counts[static 3])
{
    begin(to, "HSET", "talk", number);
    question_format(to->ledger, "a:%" PRIu64, area);
    question_format(to->ledger, "%" PRIu64 " %" PRIu64 " %" PRIu64, counts[0], counts[1],
                    counts[2]);
    restore_send(to);
}

void ledger_restore_talk_place(const struct restore *to, const char *order, uint64_t tender,
                               uint64_t number, uint64_t figure_of)
{
    begin(to, "ZADD", order, tender);
    question_number(to->ledger, figure_of * PLACE + number);
    question_number(to->ledger, number);
    restore_send(to);
}

void ledger_restore_author(const struct restore *to, const char *name, uint64_t number)
{
    begin(to, "HSETNX", name, number);
    word(to, "author", TEXT("-"));
    restore_send(to);
}

void ledger_restore_talk_sum(const struct restore *to, uint64_t tender,
                             const struct restore_talk_sum *is)
{
    begin(to, "HSET", "talks", tender);
    figure(to, "n", is->n);
    figure(to, "for", is->pro);
    figure(to, "against", is->contra);
    figure(to, "amended", is->amended);
    figure(to, "summary", is->summary);
    figure(to, "summaries", is->summaries);
    restore_send(to);
}

void ledger_restore_talk_numbers(const struct restore *to, uint64_t needs, uint64_t talks)
{
    begin(to, "HSET", "counts", 0);
    figure(to, "need", needs);
    figure(to, "talk", talks);
    restore_send(to);
}
