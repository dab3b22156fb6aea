/* notices.h -- what somebody should know of a community, seen with their eyes.
 *
 * A notice is a notable record that concerns one person; nobody is written to, a reader picks them
 * out (server/ledger/lua/19_notice.lua). `who` is a resident's id where role is "resident", else a
 * person's word (PEOPLE.md); a clerk's body is the word under which it publishes. By mail: the
 * keeper goes through the pages of `mailing`, claims a letter, sends it, says what came of it. */
#ifndef GROUNDSWELL_LEDGER_NOTICES_H
#define GROUNDSWELL_LEDGER_NOTICES_H

#include "groundswell/ledger/acts.h"

#define NOTICES_MAX 100 /* a page */

struct notice_reader {
    struct text who, role, body; /* body empty but for a clerk */
    uint64_t before;             /* seq: those before it; 0: from the newest on */
    uint64_t since_ms;           /* those after it; 0: all that are kept */
    uint64_t limit;              /* 1..NOTICES_MAX */
};

struct notice_item {
    uint64_t seq, at_ms;
    struct text kind;        /* of the record; or tender_closes_soon */
    struct text how;         /* concerns: proposal, tender, all, body, trust */
    uint64_t amount;         /* what this resident had pledged; their share where it was chosen */
    bool seen;
    struct id tender, proposal;
    struct text body;
    uint64_t milestone, until_ms; /* 0: none */
};
extern const struct field notice_item_fields[];
extern const size_t notice_item_fields_n;

struct notices_page {
    uint64_t next;  /* private: the `before` of the next page; 0: this was the last */
    bool mail;      /* they come by mail, too */
    uint64_t epoch; /* private: of the resident's account */
};
extern const struct field notices_page_fields[];
extern const size_t notices_page_fields_n;

/* Outcome: struct notices_page; items: struct notice_item, the newest first. Looks at the wallets
 * of the last four rounds. */
void ledger_notices(struct ledger *ledger, struct text slug, const struct notice_reader *reader,
                    ledger_answer_fn *answer, void *ctx);

struct notices_seen {
    struct text who, role, body;
    uint64_t seq; /* all up to it */
};
void ledger_notices_seen(struct ledger *ledger, const struct act *act,
                         const struct notices_seen *in, ledger_answer_fn *answer, void *ctx);

struct mailing_set {
    struct text who, role, body;
    struct text account; /* whose address; empty where it is off */
    bool on;
};
/* Outcome of all below but mailing_claim: struct act_outcome. */
void ledger_mailing_set(struct ledger *ledger, const struct act *act, const struct mailing_set *in,
                        ledger_answer_fn *answer, void *ctx);
/* Judged by the caller: by the seal of the link that was mailed. */
void ledger_mailing_stop(struct ledger *ledger, struct text slug, struct text who,
                         ledger_answer_fn *answer, void *ctx);

struct mailing_item {
    struct text who, role, body, account;
    uint64_t told_ms; /* of what was before, they know */
};
struct mailing_page {
    uint64_t next;      /* a cursor; 0: this was the last */
    struct text newest; /* seq of the newest event; empty where there is none */
};
/* Outcome: struct mailing_page; items: struct mailing_item, who may be mailed now. */
void ledger_mailing(struct ledger *ledger, struct text slug, uint64_t after, size_t limit,
                    ledger_answer_fn *answer, void *ctx);

struct mailing_claimed {
    OUTCOME_MEMBERS;
    bool claimed; /* false: another process has it, or it is off by now */
};
void ledger_mailing_claim(struct ledger *ledger, struct text slug, const struct mailing_item *item,
                          ledger_answer_fn *answer, void *ctx);
struct mailing_told {
    struct text who;
    uint64_t until_ms; /* what was before it, they know now */
    bool good;         /* the server took the letter */
};
void ledger_mailing_done(struct ledger *ledger, struct text slug, const struct mailing_told *told,
                         ledger_answer_fn *answer, void *ctx);

#endif
