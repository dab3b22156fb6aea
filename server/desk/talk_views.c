/* talk_views.c -- contributions as people see them: the words, where the areas stand, and what has
 * become of what was hidden. */
#include "handlers.h"
#include "lists.h"
#include "say.h"
#include "talk.h"
#include "text.h"
#include "write.h"

#define TALKS_LIMIT 25 /* each may be rendered to 70 KB by somebody who means it */

/* Its author, the tender's body, the trust: who may read what is hidden. */
static bool may_read(const struct errand *errand, const struct talk_view *view)
{
    const struct who *who = &errand->who;
    if (text_is(view->state, "shown") || text_is(view->state, "cleared")) return true;
    if (view->mine || who->role == ROLE_TRUST || who->role == ROLE_OPERATOR) return true;
    return who->role == ROLE_CLERK && text_is(view->body, who->subject);
}

static uint64_t count_in(const struct pairs *pairs, uint64_t area)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (pairs->at[i][0] == area) return pairs->at[i][1];
    return 0;
}

/* Areas that say enough, with their counts; then those that say too little, without. */
static void areas_write(struct json_out *out, const struct talk_view *view)
{
    json_name(out, "areas");
    json_array_begin(out);
    for (size_t i = 0; i < view->areas_agree.n; i++) {
        uint64_t area = view->areas_agree.at[i][0];
        json_object_begin(out);
        json_u64_at(out, "area", area);
        json_u64_at(out, "agree", view->areas_agree.at[i][1]);
        json_u64_at(out, "disagree", count_in(&view->areas_disagree, area));
        json_u64_at(out, "pass", count_in(&view->areas_pass, area));
        json_object_end(out);
    }
    for (size_t i = 0; i < view->areas_few.n; i++) {
        json_object_begin(out);
        json_u64_at(out, "area", view->areas_few.at[i][0]);
        json_bool_at(out, "suppressed", true);
        json_object_end(out);
    }
    json_array_end(out);
}

static void figures_write(struct json_out *out, const struct talk_view *view)
{
    json_name(out, "consensus");
    json_object_begin(out);
    json_u64_at(out, "areas_counted", view->areas_n);
    if (view->areas_n > 0) {
        json_u64_at(out, "lowest_permille", view->consensus);
        json_u64_at(out, "mean_permille", view->mean);
    }
    json_u64_at(out, "division_permille", view->division);
    areas_write(out, view);
    json_object_end(out);
}

static void members_write(struct json_out *out, const struct errand *errand,
                          const struct talk_view *view)
{
    bool readable = may_read(errand, view);
    fields_json_members(talk_view_fields, talk_view_fields_n, view, out);
    figures_write(out, view);
    if (!view->text.at) json_bool_at(out, "erased", true);
    if (readable) text_say(out, "text", view->text);
    text_say(out, "explanation", view->explanation);
    if (readable) text_say(out, "appeal", view->appeal);
    text_say(out, "ruling", view->ruling);
}

static void history_write(struct json_out *out, const struct ledger_answer *answer)
{
    const struct talk_version *versions = answer->items;
    json_name(out, "history");
    json_array_begin(out);
    for (size_t i = 0; i < answer->items_n; i++) {
        json_object_begin(out);
        json_u64_at(out, "version", versions[i].version);
        text_say(out, "text", versions[i].text);
        json_object_end(out);
    }
    json_array_end(out);
}

static void talk_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct errand *errand = errand_of(visit);
    const struct talk_view *view = answer->outcome;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    members_write(&out, errand, view);
    if (may_read(errand, view)) history_write(&out, answer);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void talk_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!looker_decide(visit)) return;
    const struct viewer viewer = viewer_of(errand);
    ledger_talk_view(errand->desk->plan.ledger, errand->slug, errand->id.number, &viewer,
                     talk_get_answer, visit);
}

static void talks_list_answer(void *ctx, const struct ledger_answer *answer)
{
    static const char *const filters[] = {"limit", "kind", "hidden", "mine", "sort", NULL};
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct talk_view *list = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        json_object_begin(&out);
        members_write(&out, errand_of(visit), &list[i]);
        json_object_end(&out);
    }
    write_list_end_filtered(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS, filters);
    say_json(visit, 200, &body);
}

void talks_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    if (!looker_decide(visit)) return;
    struct talks_page of = {.tender = errand->id.number, .viewer = viewer_of(errand)};
    if (!page_read(visit, TALKS_LIMIT, &page) ||
        !query_word(visit, "kind", "for against question amendment", &of.kind) ||
        !query_word(visit, "hidden", "0 1", &of.hidden) ||
        !query_word(visit, "sort", "newest agreed divided", &of.sort) ||
        !mine_read(visit, &of.mine))
        return;
    if (of.sort.n == 0) of.sort = TEXT("newest");
    of.after = page.after;
    of.limit = page.limit;
    ledger_talks(errand->desk->plan.ledger, errand->slug, &of, talks_list_answer, visit);
}
