/* me_page.c -- the page of one's own account: /me, and /c/<slug>/join for who has a letter.
 *
 * It is the same page at both addresses and for everybody: what somebody has, its script asks the
 * API. The code of a letter stands behind the # of the address, which no browser sends: it is never
 * seen here. */
#include "audit.h"
#include "cookie.h"
#include "errand.h"
#include "handlers.h"
#include "say.h"
#include "text.h"

struct me {
    const struct parts *parts;
    struct text slug, name; /* TEXT_NONE at /me */
    bool cookie;            /* worth asking GET /v1/me who it is */
};

static bool me_fill(void *ctx, struct text name, struct buf *out)
{
    const struct me *me = ctx;
    if (text_is(name, "slug")) html_put(out, me->slug);
    else if (text_is(name, "name")) html_put(out, me->name);
    else if (text_is(name, "title")) buf_cstr(out, me->slug.n > 0 ? "Join " : "Your account");
    else if (text_is(name, "cookie")) buf_cstr(out, me->cookie ? "yes" : "no");
    else if (text_is(name, "style")) buf_cstr(out, me->parts->at[PART_ME_STYLE].name);
    else if (text_is(name, "script")) buf_cstr(out, me->parts->at[PART_ME_SCRIPT].name);
    else if (text_is(name, "icon")) buf_cstr(out, me->parts->at[PART_ICON].name);
    else return false;
    return true;
}

static void me_say(struct visit *visit, struct text slug, struct text name)
{
    const struct me me = {&errand_of(visit)->desk->parts, slug, name, cookie_is_there(visit)};
    CLEANUP(buf) struct buf body = BUF_MAX(256 * KIB);
    enum fault no = html_render(&body, web_file("me/page.html"), me_fill, (void *)&me);
    if (!no) no = visit_header(visit, "Content-Security-Policy", TEXT(PAGE_POLICY));
    if (!no) no = visit_header(visit, "Cache-Control", TEXT("no-store"));
    if (no) say_fault(visit, no);
    else visit_answer(visit, 200, "text/html; charset=utf-8", buf_view(&body));
}

void me_page_get(struct visit *visit)
{
    me_say(visit, TEXT_NONE, TEXT_NONE);
}

static void join_page_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    me_say(visit, errand_of(visit)->slug, community_name(visit, answer->outcome));
}

void join_page_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_community_view(errand->desk->plan.ledger, errand->slug, join_page_get_answer, visit);
}
