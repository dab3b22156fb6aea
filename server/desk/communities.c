/* communities.c -- places and user groups, and where their money stands. */
#include "directory.h"
#include "errand.h"
#include "groundswell/ledger/bodies.h"
#include "handlers.h"
#include "say.h"
#include "text.h"
#include "write.h"

#define COMMUNITIES_PAGE_MAX 500
#define MEMBERS_MIN 8 /* of a body that publishes, where the founder says nothing */

static void community_create_indexed(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    SAY_MADE(visit, "/v1/communities/", NULL, act_outcome, &errand_of(visit)->done);
}

/* Behind its creation it enters the index of its trust: who asks again after a crash between the
 * two is answered by a replay, which comes here too. */
static void community_create_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    struct errand *errand = errand_of(visit);
    errand->done = *(const struct act_outcome *)answer->outcome;
    if (errand->trust.n > 0)
        ledger_community_of_trust(errand->desk->plan.ledger, errand->trust, errand->slug,
                                  community_create_indexed, visit);
    else SAY_MADE(visit, "/v1/communities/", NULL, act_outcome, &errand->done);
}

/* The trust that looks after it: an officer's own, others name it. False: the visit is answered. */
static bool trust_read(struct visit *visit, const json_t *body)
{
    struct errand *errand = errand_of(visit);
    struct text named = body_text(body, "trust");
    struct text own = errand->who.role == ROLE_TRUST ? text_of(errand->who.subject) : TEXT("");
    if (own.n > 0 && named.at && !text_equal(own, named)) {
        say_refusal(visit, REFUSAL_NOT_YOUR_ORGANISATION, NULL, 0);
        return false;
    }
    errand->trust = arena_text(&visit->arena, named.at ? named : own);
    return true;
}

/* {"name": ..., "trust": ..., "areas": {"north": "North Bank", ...}}: the words of a community. */
static void community_words(struct json_out *out, const json_t *body, struct text trust)
{
    const json_t *areas = json_object_get(body, "areas"), *area;
    size_t i;
    json_object_begin(out);
    json_text_at(out, "name", body_text(body, "name"));
    if (trust.n > 0) json_text_at(out, "trust", trust);
    json_name(out, "areas");
    json_object_begin(out);
    json_array_foreach (areas, i, area) {
        if (!body_text(area, "name").at) continue;
        json_text_at(out, json_string_value(json_object_get(area, "code")),
                     body_text(area, "name"));
    }
    json_object_end(out);
    json_object_end(out);
}

/* Joins the codes; says which stands twice. */
static bool area_codes(struct visit *visit, const json_t *body, struct buf *out)
{
    const json_t *areas = json_object_get(body, "areas");
    for (size_t i = 0; i < json_array_size(areas); i++) {
        struct text code = body_text(json_array_get(areas, i), "code");
        for (size_t before = 0; before < i; before++) {
            if (!text_equal(code, body_text(json_array_get(areas, before), "code"))) continue;
            say_field_wrong(visit, arena_format(&visit->arena, "/areas/%zu/code", i),
                            "is the same as that of area %zu; each area has its own", before);
            return false;
        }
        if (i > 0) buf_char(out, ',');
        buf_text(out, code);
    }
    return true;
}

void community_create(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    CLEANUP(buf) struct buf codes = BUF_MAX(4 * KIB), words = BUF_MAX(128 * KIB);
    struct json_out out = JSON_OUT(&words);
    errand->slug = arena_text(&visit->arena, body_text(body, "slug"));
    errand->act.slug = errand->slug;
    bool allowed = errand->slug.at && who_may(&errand->who, visit->route->who, errand->slug);
    if (!allowed) say_refusal(visit, REFUSAL_WRONG_COMMUNITY, NULL, 0);
    if (allowed && trust_read(visit, body) && area_codes(visit, body, &codes)) {
        community_words(&out, body, errand->trust);
        struct community_create in = {.currency = body_text(body, "currency"),
                                      .areas = buf_view(&codes),
                                      .area_residents_min = body_u64(body, "area_residents_min", 1),
                                      .members_min = body_u64(body, "members_min", MEMBERS_MIN),
                                      .text = buf_view(&words)};
        if (buf_fault(&codes) || buf_fault(&words)) say_fault(visit, FAULT_LIMIT);
        else
            ledger_community_create(errand->desk->plan.ledger, &errand->act, &in,
                                    community_create_answer, visit);
    }
    json_decref(body);
}

static void communities_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (!say_no(visit, answer)) directory_say(visit, answer->items, answer->items_n);
}

/* How many slugs are asked for: who searches by name looks through many for few. */
static size_t communities_most(struct visit *visit)
{
    bool searches = visit_query(visit, "name", NULL).n > 0;
    return searches ? DIRECTORY_MOST : errand_of(visit)->page.limit;
}

/* A query that is a slug, or the beginning of one, which may end in a dash; "" where absent. False:
 * the visit is answered. */
static bool query_slug(struct visit *visit, const char *name, struct text *ret)
{
    bool broken = false;
    struct text value = visit_query(visit, name, &broken);
    *ret = value.at ? value : TEXT("");
    struct text stem = *ret;
    while (stem.n > 1 && stem.at[stem.n - 1] == '-') stem.n--;
    if (!broken && ret->n <= SLUG_MAX && (stem.n == 0 || slug_is_valid(stem))) return true;
    SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", text_of(name)},
                {"reason", TEXT("must be a slug")});
    return false;
}

/* By slug; ?q= is how it begins. */
void communities_list(struct visit *visit)
{
    bool broken = false;
    struct errand *errand = errand_of(visit);
    struct communities_page of = {.trust = visit_query(visit, "trust", &broken)};
    if (!limit_read(visit, COMMUNITIES_PAGE_MAX, &errand->page) ||
        !query_slug(visit, "after", &of.after) || !query_slug(visit, "q", &of.prefix))
        return;
    if (of.trust.n > 0 && (broken || !word_is_valid(of.trust))) {
        SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", TEXT("trust")},
                    {"reason", TEXT("must be the id of an organisation")});
        return;
    }
    of.limit = communities_most(visit);
    ledger_communities_of(errand->desk->plan.ledger, &of, communities_list_answer, visit);
}

/* Each area's code with its registered residents; an area without any is not among the pairs. */
static void areas_put(struct json_out *out, struct text codes, const struct pairs *residents)
{
    json_name(out, "areas");
    json_array_begin(out);
    for (uint64_t area = 0, next = 0; codes.n > 0; area++) {
        bool here = next < residents->n && residents->at[next][0] == area;
        json_object_begin(out);
        json_text_at(out, "code", text_cut(&codes, ','));
        json_u64_at(out, "residents", here ? residents->at[next++][1] : 0);
        json_object_end(out);
    }
    json_array_end(out);
}

/* What a tender has here where it says nothing. */
static void defaults_put(struct json_out *out, const struct community_view *view)
{
    json_name(out, "defaults");
    json_object_begin(out);
    json_u64_at(out, "people_permille", view->people_permille);
    json_u64_at(out, "areas_min", view->areas_min);
    json_u64_at(out, "window", view->window / 1000);
    json_text_at(out, "tally", view->tally);
    json_u64_at(out, "deliberation_days", view->days);
    json_u64_at(out, "deliberation_contributors", view->contributors);
    json_u64_at(out, "needs_line", view->needs_line);
    json_object_end(out);
}

static void community_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct community_view *view = answer->outcome;
    CLEANUP(buf) struct buf body = BUF_MAX(256 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_text_at(&out, "slug", errand_of(visit)->slug);
    areas_put(&out, view->areas, &view->residents);
    defaults_put(&out, view);
    fields_json_members(community_view_fields, community_view_fields_n, view, &out);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void community_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_community_view(errand->desk->plan.ledger, errand->slug, community_get_answer, visit);
}

static void community_set_answer(void *ctx, const struct ledger_answer *answer)
{
    say_done(ctx, answer);
}

void community_set(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const json_t *defaults = json_object_get(body, "defaults");
    const struct text tally = body_text(defaults, "tally");
    const uint64_t window = body_u64(defaults, "window", DEFAULT_KEPT);
    const struct community_set in = {
        .members_min = body_u64(body, "members_min", DEFAULT_KEPT),
        .days = body_u64(defaults, "deliberation_days", DEFAULT_KEPT),
        .contributors = body_u64(defaults, "deliberation_contributors", DEFAULT_KEPT),
        .people_permille = body_u64(defaults, "people_permille", DEFAULT_KEPT),
        .areas_min = body_u64(defaults, "areas_min", DEFAULT_KEPT),
        .window_ms = window == DEFAULT_KEPT ? DEFAULT_KEPT : window * 1000,
        .needs_line = body_u64(defaults, "needs_line", DEFAULT_KEPT),
        .tally = tally.at ? tally : TEXT("")};
    ledger_community_set(errand->desk->plan.ledger, &errand->act, &in, community_set_answer,
                         visit);
    json_decref(body);
}

static void totals_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, totals, answer->outcome);
}

void totals_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_totals(errand->desk->plan.ledger, errand->slug, totals_get_answer, visit);
}
