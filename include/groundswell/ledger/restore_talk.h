/* restore_talk.h -- needs and contributions written as the functions would have left them, in the
 * manner of restore.h. Who said them is not in the log: rows that have an author keep theirs,
 * others are nobody's. */
#ifndef GROUNDSWELL_LEDGER_RESTORE_TALK_H
#define GROUNDSWELL_LEDGER_RESTORE_TALK_H

#include "groundswell/ledger/restore.h"

struct restore_need {
    uint64_t seconds, at_ms, seq;
    uint64_t answer_seq, answer_ms, answer_tender; /* answer_seq 0: no answer */
    struct text answer_body;
};
void ledger_restore_need(const struct restore *to, uint64_t number, const struct restore_need *is);
void ledger_restore_need_place(const struct restore *to, uint64_t number, uint64_t seconds);

struct restore_talk {
    uint64_t tender, area, at_ms, seq, version, edited_ms, hidden_ms;
    struct text sort, reason;
    char state;
    uint64_t agree, disagree, pass, consensus, division;
};
void ledger_restore_talk(const struct restore *to, uint64_t number, const struct restore_talk *is);
/* The stances of one area of it. */
void ledger_restore_stances(const struct restore *to, uint64_t number, uint64_t area,
                            const uint64_t counts[static 3]); /* agree, disagree, pass */
/* Its place in an order of its tender: newest, agreed, divided (figure_of: of the last two). */
void ledger_restore_talk_place(const struct restore *to, const char *order, uint64_t tender,
                               uint64_t number, uint64_t figure_of);
/* need:<number> or talk:<number> is nobody's, unless somebody is known. */
void ledger_restore_author(const struct restore *to, const char *name, uint64_t number);

struct restore_talk_sum {
    uint64_t n, pro, contra, amended, summary, summaries;
};
void ledger_restore_talk_sum(const struct restore *to, uint64_t tender,
                             const struct restore_talk_sum *is);
/* The numbers given last. */
void ledger_restore_talk_numbers(const struct restore *to, uint64_t needs, uint64_t talks);

#endif
