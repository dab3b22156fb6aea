/* needs.c -- what residents ask for, who stands behind it, and what a body answers. */
#include "handlers.h"
#include "lists.h"
#include "routes.h"
#include "say.h"
#include "talk.h"
#include "text.h"
#include "write.h"

struct text speech_read(struct visit *visit, const json_t *body, size_t most)
{
    static const char *const words[] = {"text", NULL};
    if (!text_is_within(visit, body_text(body, "text"), most)) return TEXT_NONE;
    struct text stored = words_gather(visit, body, words);
    if (!stored.at) say_fault(visit, FAULT_MEMORY);
    return stored;
}

bool looker_decide(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct session *session = errand->session;
    if (session && !session_hat(session, ROLE_RESIDENT, errand->slug, &errand->who) &&
        !session_hat(session, WHO_ROLES, errand->slug, &errand->who))
        errand->who = (struct who){0};
    if (!who_may(&errand->who, WHO_ROLES, errand->slug)) errand->who = (struct who){0};
    if (errand->who.role == ROLE_NONE) return true;
    enum fault no = visit_header(visit, "Cache-Control", TEXT("no-store"));
    if (no) say_fault(visit, no);
    return !no;
}

struct viewer viewer_of(const struct errand *errand)
{
    if (errand->who.role != ROLE_RESIDENT) return (struct viewer){.resident = TEXT("")};
    return (struct viewer){text_of(errand->who.subject), errand->who.epoch};
}

bool mine_read(struct visit *visit, bool *ret)
{
    struct text mine;
    if (!query_word(visit, "mine", "0 1", &mine)) return false;
    *ret = text_is(mine, "1");
    if (!*ret || errand_of(visit)->who.role == ROLE_RESIDENT) return true;
    say_refusal(visit, REFUSAL_SIGN_IN_NEEDED, NULL, 0);
    return false;
}

/* ---- raising and seconding ------------------------------------------------------------------- */

static void need_raise_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct need_outcome *outcome = answer->outcome;
    SAY_MADE(visit, "/v1/needs/", &outcome->need, need_outcome, outcome);
}

void need_raise(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct need_raise in = {.text = speech_read(visit, body, SPEECH_MOST)};
    json_decref(body);
    if (in.text.at)
        ledger_need_raise(errand->desk->plan.ledger, &errand->act, &in, need_raise_answer, visit);
}

static void need_second_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, need_outcome, answer->outcome);
}

void need_second(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct need_second in = {.need = errand->id.number};
    errand_act(visit);
    ledger_need_second(errand->desk->plan.ledger, &errand->act, &in, need_second_answer, visit);
}

/* ---- answering ------------------------------------------------------------------------------- */

/* The number of the tender that the body names; 0 where it names none. False: the visit is
 * answered. */
static bool tender_named(struct visit *visit, const json_t *body, uint64_t *ret)
{
    struct id id = {0};
    struct text named = body_text(body, "tender");
    *ret = 0;
    if (!named.at) return true;
    if (id_parse(named, 't', &id) && text_equal(id.slug, errand_of(visit)->slug)) {
        *ret = id.number;
        return true;
    }
    say_field_wrong(visit, "/tender", "is not a tender of this community");
    return false;
}

void need_answer(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct text own = errand_clerk_of(errand), named = body_text(body, "body");
    struct need_answer in = {.need = errand->id.number,
                             .actor = own,
                             .body = arena_text(&visit->arena, named.at ? named : own)};
    bool good = tender_named(visit, body, &in.tender);
    if (good && in.body.n == 0) {
        say_field_wrong(visit, "/body", "is missing: only a clerk's is known");
        good = false;
    }
    if (good) in.text = speech_read(visit, body, SPEECH_MOST);
    json_decref(body);
    if (good && in.text.at)
        ledger_need_answer(errand->desk->plan.ledger, &errand->act, &in, need_second_answer,
                           visit);
}

/* ---- looking --------------------------------------------------------------------------------- */

static void need_write(struct json_out *out, const struct need_view *view)
{
    json_object_begin(out);
    fields_json_members(need_view_fields, need_view_fields_n, view, out);
    if (!view->text.at) json_bool_at(out, "erased", true);
    text_say(out, "text", view->text);
    text_say(out, "answer", view->answer);
    json_object_end(out);
}

static void need_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (say_no(ctx, answer)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    need_write(&out, answer->outcome);
    say_json(ctx, 200, &body);
}

void need_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!looker_decide(visit)) return;
    const struct viewer viewer = viewer_of(errand);
    ledger_need_view(errand->desk->plan.ledger, errand->slug, errand->id.number, &viewer,
                     need_get_answer, visit);
}

static void needs_list_answer(void *ctx, const struct ledger_answer *answer)
{
    static const char *const filters[] = {"limit", "state", "mine", "sort", NULL};
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct need_view *list = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        need_write(&out, &list[i]);
    write_list_end_filtered(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS, filters);
    say_json(visit, 200, &body);
}

/* 25 a page: each may be rendered to 70 KB by somebody who means it. */
void needs_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    if (!looker_decide(visit)) return;
    struct needs_page of = {.viewer = viewer_of(errand)};
    if (!page_read(visit, 25, &page) ||
        !query_word(visit, "state", "gathering waiting answered", &of.state) ||
        !query_word(visit, "sort", "newest seconded", &of.sort) || !mine_read(visit, &of.mine))
        return;
    if (of.sort.n == 0) of.sort = TEXT("newest");
    of.after = page.after;
    of.limit = page.limit;
    ledger_needs(errand->desk->plan.ledger, errand->slug, &of, needs_list_answer, visit);
}
