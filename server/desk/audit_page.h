/* audit_page.h -- between audit.c, which answers, and audit_page.c, which fills the template. */
#ifndef GROUNDSWELL_DESK_AUDIT_PAGE_H
#define GROUNDSWELL_DESK_AUDIT_PAGE_H

#include "audit.h"
#include "groundswell/ledger/views.h"
#include "parts.h"

struct visit;

struct audit {
    struct text page; /* the template */
    const struct part *parts; /* by enum part_kind */
};

bool audit_template_is_good(const struct audit *audit);
/* What the copy may do: its own script and style, nothing else. */
void audit_policy_put(struct buf *out, const struct audit *audit);
/* The whole page; errand->page.after says below which record (UINT64_MAX: the latest). */
enum fault audit_page_put(struct buf *out, struct visit *visit, const struct community_view *view,
                          bool copy) MUST_CHECK;

#endif
