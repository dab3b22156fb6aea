/* shape.h -- proposals as they take shape: what the body says of them, amendments, two that become
 * one. One typed call an act or reader, as in acts.h and views.h.
 *
 * What each checks and writes: server/ledger/SERVICE.md. A proposal is amended and merged by the
 * subject that submitted it, before pledging opens. */
#ifndef GROUNDSWELL_LEDGER_SHAPE_H
#define GROUNDSWELL_LEDGER_SHAPE_H

#include "groundswell/ledger/acts.h"

#define ACT(name, input, outcome)                                                                 \
    void ledger_##name(struct ledger *ledger, const struct act *act, const struct input *in,      \
                       ledger_answer_fn *answer, void *ctx)

struct proposal_judge {
    uint64_t proposal;
    struct text body; /* whose clerk asks; empty: any */
    bool eligible;
    struct text text; /* the reasons */
};
ACT(proposal_judge, proposal_judge, proposal_outcome);

struct proposal_amend {
    uint64_t proposal, price;
    struct text text;
    struct text milestones; /* 1:amount,2:amount,...; empty: one of the whole price */
};
ACT(proposal_amend, proposal_amend, proposal_outcome);

/* Outcome `pending`: it waits until the proposer of the other asks for the same. */
struct proposal_merge {
    uint64_t proposal; /* that stays */
    uint64_t other;    /* that goes up in it */
};
ACT(proposal_merge, proposal_merge, proposal_outcome);

struct proposal_version {
    uint64_t version, seq, at_ms, price;
    struct text milestones; /* private: as in struct proposal_amend; the text has them in words */
    struct text text;       /* private: JSON */
};
extern const struct field proposal_version_fields[];
extern const size_t proposal_version_fields_n;
struct proposal_versions_page {
    uint64_t proposal, after;
    size_t limit;
};
/* Items: struct proposal_version behind the `after`th; where `after` is not 0 that one comes first,
 * so that it can be told what has changed. */
void ledger_proposal_versions(struct ledger *ledger, struct text slug,
                              const struct proposal_versions_page *page,
                              ledger_answer_fn *answer, void *ctx);

#undef ACT
#endif
