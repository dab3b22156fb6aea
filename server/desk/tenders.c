/* tenders.c -- a body's call: its need, its ceiling, and the rule that is the critical mass. */
#include "errand.h"
#include "groundswell/rules/reach.h"
#include "handlers.h"
#include "lists.h"
#include "people.h"
#include "say.h"
#include "text.h"
#include "write.h"

static void tender_create_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct tender_outcome *outcome = answer->outcome;
    SAY_MADE(visit, "/v1/tenders/", &outcome->tender, tender_outcome, outcome);
}

/* The body that publishes: a clerk's own; others name it. False: the visit is answered. */
static bool publisher_read(struct visit *visit, const json_t *body, struct text *ret)
{
    struct errand *errand = errand_of(visit);
    struct text own = errand_clerk_of(errand), named = body_text(body, "body");
    *ret = named.at ? named : own;
    if (own.n > 0 && named.at && !text_equal(own, named)) {
        SAY_REFUSAL(visit, REFUSAL_NOT_YOUR_BODY, {"body", named});
        return false;
    }
    if (ret->n > 0) return true;
    say_field_wrong(visit, "/body", "is missing: only a clerk's is known");
    return false;
}

/* The need that it answers, of the same community. False: the visit is answered. */
static bool need_read(struct visit *visit, const json_t *body, uint64_t *ret)
{
    struct id id = {.number = 0};
    struct text need = body_text(body, "answers");
    if (need.at && !(id_parse(need, 'n', &id) && text_equal(id.slug, errand_of(visit)->slug))) {
        say_field_wrong(visit, "/answers", "is not the id of a need of this community");
        return false;
    }
    *ret = id.number;
    return true;
}

/* What the body of the request leaves out is what the community has for it. */
struct drafting {
    struct visit *visit;
    struct tender_create in;
    bool people, areas, window, tally, days, contributors; /* given */
};

static void tender_create_with(void *ctx, const struct ledger_answer *answer)
{
    struct drafting *drafting = ctx;
    struct visit *visit = drafting->visit;
    struct tender_create *in = &drafting->in;
    if (say_no(visit, answer)) return;
    const struct community_view *view = answer->outcome;
    uint64_t residents = 0;
    for (size_t i = 0; i < view->residents.n; i++)
        residents += view->residents.at[i][1];
    if (!drafting->people && view->people_permille == 0) {
        say_field_wrong(visit, "/people_min", "is missing, and the trust has set no share here");
        return;
    }
    if (!drafting->people) in->people_min = reach_share(residents, view->people_permille);
    if (!drafting->areas) in->areas_min = view->areas_min;
    if (!drafting->areas && in->areas_min && !in->area_people_min) in->area_people_min = 1;
    if (in->areas_min == 0) in->area_people_min = 0;
    if (!drafting->window) in->window_ms = view->window;
    if (!drafting->tally) in->hidden = text_is(view->tally, "hidden");
    if (!drafting->days) in->days = view->days;
    if (!drafting->contributors) in->contributors = view->contributors;
    struct errand *errand = errand_of(visit);
    ledger_tender_create(errand->desk->plan.ledger, &errand->act, in, tender_create_answer, visit);
}

static void rule_read(const json_t *body, struct drafting *drafting)
{
    struct tender_create *in = &drafting->in;
    drafting->people = json_object_get(body, "people_min");
    drafting->areas = json_object_get(body, "areas_min");
    drafting->window = json_object_get(body, "window");
    drafting->tally = json_object_get(body, "tally");
    drafting->days = json_object_get(body, "deliberation_days");
    drafting->contributors = json_object_get(body, "deliberation_contributors");
    in->ceiling = body_u64(body, "ceiling", 0);
    in->people_min = body_u64(body, "people_min", 0);
    in->areas_min = body_u64(body, "areas_min", 0);
    in->area_people_min = body_u64(body, "area_people_min", 1);
    in->awards_max = body_u64(body, "awards_max", 1);
    in->closes_ms = body_stamp(body, "closes");
    in->late = json_is_true(json_object_get(body, "late"));
    in->hidden = text_is(body_text(body, "tally"), "hidden");
    in->window_ms = body_u64(body, "window", 0) * 1000;
    in->days = body_u64(body, "deliberation_days", 0);
    in->contributors = body_u64(body, "deliberation_contributors", 0);
}

void tender_create(struct visit *visit)
{
    static const char *const words[] = {"title", "need", "for_whom", "prevention", "outcomes",
                                        NULL};
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct drafting *drafting = arena_alloc(&visit->arena, sizeof *drafting);
    struct text theme = body_text(body, "theme"), publisher;
    uint64_t need;
    if (publisher_read(visit, body, &publisher) && need_read(visit, body, &need)) {
        struct text text = members_gather(visit, body, words);
        if (drafting && text.at) {
            *drafting = (struct drafting){.visit = visit};
            rule_read(body, drafting);
            drafting->in.body = arena_text(&visit->arena, publisher);
            drafting->in.theme = arena_text(&visit->arena, theme.at ? theme : TEXT(""));
            drafting->in.need = need;
            drafting->in.text = text;
            ledger_community_view(errand->desk->plan.ledger, errand->slug, tender_create_with,
                                  drafting);
        } else {
            say_fault(visit, FAULT_MEMORY);
        }
    }
    json_decref(body);
}

static void tender_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, tender_view, answer->outcome);
}

void tender_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_tender_view(errand->desk->plan.ledger, errand->slug, errand->id.number,
                       tender_get_answer, visit);
}

static void tenders_list_answer(void *ctx, const struct ledger_answer *answer)
{
    static const char *const filters[] = {"limit", "sort", "state", "body", "theme", NULL};
    if (!say_no(ctx, answer)) SAY_ITEMS_FILTERED(ctx, tender_view, answer, filters);
}

void tenders_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    struct tenders_page of;
    if (!page_read(visit, 100, &page) ||
        !query_word(visit, "sort", "oldest newest closing", &of.sort) ||
        !query_word(visit, "state",
                    "draft deliberating open critical decided lapsed withdrawn", &of.state) ||
        !query_name(visit, "body", &of.body) || !query_name(visit, "theme", &of.theme))
        return;
    of.after = page.after;
    of.limit = page.limit;
    ledger_tenders(errand->desk->plan.ledger, errand->slug, &of, tenders_list_answer, visit);
}

void tender_open(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct tender_act in = {.tender = errand->id.number, .body = errand_clerk_of(errand)};
    errand_act(visit);
    ledger_tender_open(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

static void tender_stopped_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct tender_outcome *outcome = answer->outcome;
    if (outcome->pending) say_pending(visit, outcome->seq, outcome->at_ms);
    else SAY_VIEW(visit, 200, act_outcome, outcome);
}

/* Of an open tender by two people: whoever pledged would lose what they hoped for. */
void tender_withdraw(struct visit *visit)
{
    char digest[REQUEST_DIGEST_SIZE + 1];
    struct errand *errand = errand_of(visit);
    if (!request_digest(visit, NULL, digest)) return;
    const struct tender_act in = {.tender = errand->id.number,
                                  .body = errand_clerk_of(errand),
                                  .person = text_of(errand->person),
                                  .digest = text_of(errand->person[0] ? digest : "")};
    errand_act(visit);
    ledger_tender_withdraw(errand->desk->plan.ledger, &errand->act, &in, tender_stopped_answer,
                           visit);
}

/* ---- the brake ------------------------------------------------------------------------------- */

/* By two people of the trust, who mean the same moment and the same reason. */
void tender_pause(struct visit *visit)
{
    static const char *const words[] = {"reason", NULL};
    char digest[REQUEST_DIGEST_SIZE + 1];
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const bool good = request_digest(visit, body, digest);
    const struct tender_act in = {.tender = errand->id.number,
                                  .until_ms = body_stamp(body, "until"),
                                  .text = words_gather(visit, body, words),
                                  .person = text_of(errand->person),
                                  .digest = text_of(errand->person[0] && good ? digest : "")};
    if (good && in.text.at)
        ledger_tender_pause(errand->desk->plan.ledger, &errand->act, &in, tender_stopped_answer,
                            visit);
    else if (good) say_fault(visit, FAULT_MEMORY);
    json_decref(body);
}

void tender_resume(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct tender_act in = {.tender = errand->id.number};
    errand_act(visit);
    ledger_tender_resume(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}
