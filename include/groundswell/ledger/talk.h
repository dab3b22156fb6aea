/* talk.h -- what residents say: needs, contributions to the deliberation on a tender, stances; and
 * what bodies and trusts answer. One typed call an act or reader, as in acts.h and views.h.
 *
 * What each checks and writes: server/ledger/SERVICE.md. Who speaks the ledger makes into a
 * pseudonym itself, of the act's subject. A text is JSON; how long one may be is the desk's
 * affair. */
#ifndef GROUNDSWELL_LEDGER_TALK_H
#define GROUNDSWELL_LEDGER_TALK_H

#include "groundswell/ledger/acts.h"

#define ACT(name, input, outcome)                                                                 \
    void ledger_##name(struct ledger *ledger, const struct act *act, const struct input *in,      \
                       ledger_answer_fn *answer, void *ctx)
#define TABLE(name)                                                                               \
    extern const struct field name##_fields[];                                                    \
    extern const size_t name##_fields_n

/* Who looks: a resident with the epoch of their token, whose own things are told from others';
 * nobody: resident "". */
struct viewer {
    struct text resident;
    uint64_t epoch;
};

/* ---- needs ---------------------------------------------------------------------------------- */

struct need_raise {
    struct text text;
};
struct need_second {
    uint64_t need;
};
struct need_answer {
    uint64_t need, tender; /* tender 0: none yet */
    struct text actor;     /* whose clerk asks; empty: any */
    struct text body;      /* that answers */
    struct text text;
};
struct need_outcome {
    OUTCOME_MEMBERS;
    struct id need;
    uint64_t seconds; /* of ledger_need_second() */
};
TABLE(need_outcome);
ACT(need_raise, need_raise, need_outcome);
ACT(need_second, need_second, need_outcome);
ACT(need_answer, need_answer, need_outcome);

struct need_view {
    struct id need;
    uint64_t seconds, at_ms, seq;
    struct text state; /* gathering, waiting, answered */
    bool mine, seconded;
    struct text text;
    uint64_t answered_ms, answer_seq;
    struct text answer_body, answer;
    struct id answer_tender;
};
TABLE(need_view);
struct needs_page {
    struct viewer viewer;
    struct text state; /* empty: any */
    struct text sort;  /* newest, seconded */
    bool mine;
    uint64_t after;
    size_t limit;
};
/* Items: struct need_view. A page may be shorter than its limit though another follows. */
void ledger_needs(struct ledger *ledger, struct text slug, const struct needs_page *page,
                  ledger_answer_fn *answer, void *ctx);
void ledger_need_view(struct ledger *ledger, struct text slug, uint64_t need,
                      const struct viewer *viewer, ledger_answer_fn *answer, void *ctx);

/* ---- contributions -------------------------------------------------------------------------- */

struct talk_add {
    uint64_t tender;
    struct text sort; /* for, against, question, amendment */
    struct text text;
};
struct talk_edit {
    uint64_t talk;
    struct text text;
};
struct talk_stance {
    uint64_t talk;
    struct text stance; /* agree, disagree, pass; empty: taken back */
};
struct talk_hide {
    uint64_t talk;
    struct text body;   /* whose clerk asks; empty: any */
    struct text reason; /* abuse, personal, unlawful, spam, off_topic */
    struct text text;
};
struct talk_appeal {
    uint64_t talk;
    struct text text;
};
struct talk_ruling {
    uint64_t talk;
    bool stands; /* it stays hidden */
    struct text text;
};
struct talk_outcome {
    OUTCOME_MEMBERS;
    struct id talk;
};
TABLE(talk_outcome);
ACT(talk_add, talk_add, talk_outcome);
ACT(talk_edit, talk_edit, talk_outcome);
ACT(talk_stance, talk_stance, talk_outcome);
ACT(talk_hide, talk_hide, talk_outcome);
ACT(talk_appeal, talk_appeal, talk_outcome);
ACT(talk_ruling, talk_ruling, talk_outcome);

struct talk_summary {
    uint64_t tender;
    struct text body; /* whose clerk asks; empty: any */
    struct text text;
};
ACT(talk_summary, talk_summary, tender_outcome);

/* Figures of a thousand: rules/consensus.h. Texts of a hidden one are there: the desk decides who
 * reads them. */
struct talk_view {
    struct id talk, tender;
    struct text body; /* private: of the tender */
    struct text kind; /* for, against, question, amendment */
    uint64_t area;    /* of its author then, an index */
    uint64_t at_ms, seq, version, edited_ms;
    struct text state; /* shown, hidden, appealed, upheld, cleared */
    struct text reason;
    uint64_t hidden_ms, agree, disagree, pass, consensus, mean, areas_n, division;
    struct pairs areas_agree, areas_disagree, areas_pass; /* private: of areas that are shown */
    struct pairs areas_few;                               /* private: suppressed ones */
    struct text stance; /* the resident's own, or empty */
    bool mine;
    struct text text, explanation, appeal, ruling; /* private: JSON */
};
TABLE(talk_view);
struct talks_page {
    uint64_t tender;
    struct viewer viewer;
    struct text kind;   /* empty: any */
    struct text hidden; /* empty: any; 0, 1 */
    struct text sort;   /* newest, agreed, divided */
    bool mine;
    uint64_t after;
    size_t limit;
};
/* Items: struct talk_view. A page may be shorter than its limit though another follows. */
void ledger_talks(struct ledger *ledger, struct text slug, const struct talks_page *page,
                  ledger_answer_fn *answer, void *ctx);

struct talk_version {
    uint64_t version;
    struct text text;
};
TABLE(talk_version);
/* Outcome: struct talk_view; items: struct talk_version, those before the present one. */
void ledger_talk_view(struct ledger *ledger, struct text slug, uint64_t talk,
                      const struct viewer *viewer, ledger_answer_fn *answer, void *ctx);

struct summary_view {
    uint64_t number, at_ms, seq;
    struct text text;
};
TABLE(summary_view);
struct summaries_page {
    uint64_t tender, after;
    size_t limit;
};
/* Items: struct summary_view, newest first. */
void ledger_summaries(struct ledger *ledger, struct text slug, const struct summaries_page *page,
                      ledger_answer_fn *answer, void *ctx);

/* ---- what somebody said --------------------------------------------------------------------- */

struct said_view {
    struct text kind; /* need, talk */
    uint64_t number;
    struct id tender;
    uint64_t at_ms;
    struct text text;
};
TABLE(said_view);
struct said_page {
    struct text resident;
    uint64_t after;
    size_t limit;
};
/* Items: struct said_view, behind the `after`th. */
void ledger_said(struct ledger *ledger, struct text slug, const struct said_page *page,
                 ledger_answer_fn *answer, void *ctx);

#undef ACT
#undef TABLE
#endif
