/* audit.c -- the audit page of a community: /c/<slug>/audit.
 *
 * It shows what is sealed, in plain words, and lets a resident check a receipt in the browser. It
 * is a readable page without a script. What it needs (script, style, picture) has the hash of its
 * content in its name and may be kept for ever. The copy at .../audit/copy has all of it inside one
 * file, so that it opens without a network, years later: its own policy lets exactly that script
 * and that style in, by their hashes, and nothing out. Community names are what somebody typed:
 * everything passes html_put(). */
#include "audit.h"

#include "audit_page.h"
#include "errand.h"
#include "groundswell/base/log.h"
#include "handlers.h"
#include "parts.h"
#include "say.h"

struct audit *audit_new(const struct parts *parts)
{
    struct audit *audit = calloc(1, sizeof *audit);
    if (!audit) return NULL;
    audit->parts = parts->at;
    audit->page = web_file("audit/page.html");
    if (audit->page.n > 0 && audit_template_is_good(audit)) return audit;
    log_error("desk", "the audit page cannot be made of what is in the binary");
    audit_free(audit);
    return NULL;
}

void audit_free(struct audit *audit)
{
    free(audit);
}

static enum fault page_headers(struct visit *visit, const struct audit *audit, bool copy)
{
    struct text slug = errand_of(visit)->slug;
    CLEANUP(buf) struct buf policy = BUF_MAX(2 * KIB), name = BUF_MAX(KIB);
    if (copy) audit_policy_put(&policy, audit);
    else buf_cstr(&policy, PAGE_POLICY);
    if (copy) buf_cstr(&policy, "; frame-ancestors 'none'");
    buf_format(&name, "attachment; filename=\"%.*s-audit.html\"", TEXT_ARGS(slug));
    enum fault no = buf_fault(&policy) ? buf_fault(&policy) : buf_fault(&name);
    if (!no) no = visit_header(visit, "Content-Security-Policy", buf_view(&policy));
    if (!no) no = visit_header(visit, "Cache-Control", TEXT("no-cache"));
    if (!no && copy) no = visit_header(visit, "Content-Disposition", buf_view(&name));
    return no;
}

static void page_say(struct visit *visit, const struct ledger_answer *answer, bool copy)
{
    if (say_no(visit, answer)) return;
    const struct audit *audit = errand_of(visit)->desk->audit;
    CLEANUP(buf) struct buf body = BUF_MAX(MIB);
    enum fault no = audit_page_put(&body, visit, answer->outcome, copy);
    if (!no) no = page_headers(visit, audit, copy);
    if (no) say_fault(visit, no);
    else visit_answer(visit, 200, "text/html; charset=utf-8", buf_view(&body));
}

/* ?before=, kept in errand->page.after; without it the latest. False: the visit is answered. */
static bool before_read(struct visit *visit)
{
    bool broken = false;
    struct page *page = &errand_of(visit)->page;
    struct text before = visit_query(visit, "before", &broken);
    page->after = UINT64_MAX;
    if (!broken && (before.n == 0 || text_to_u64(before, MONEY_MAX, &page->after))) return true;
    SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", TEXT("before")},
                {"reason", TEXT("must be the number of a record")});
    return false;
}

static void audit_page_get_answer(void *ctx, const struct ledger_answer *answer)
{
    page_say(ctx, answer, false);
}

void audit_page_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!before_read(visit)) return;
    ledger_community_view(errand->desk->plan.ledger, errand->slug, audit_page_get_answer, visit);
}

static void audit_copy_get_answer(void *ctx, const struct ledger_answer *answer)
{
    page_say(ctx, answer, true);
}

void audit_copy_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!before_read(visit)) return;
    ledger_community_view(errand->desk->plan.ledger, errand->slug, audit_copy_get_answer, visit);
}
