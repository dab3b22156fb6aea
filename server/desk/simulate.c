/* simulate.c -- the rule simulator: what a tender would take here, and how past ones fared.
 *
 *     simulate:  community -> tries */
#include "errand.h"
#include "groundswell/ledger/bodies.h"
#include "groundswell/rules/reach.h"
#include "handlers.h"
#include "say.h"
#include "write.h"

#define TRIES_MAX 20
#define TURNOUT 100 /* permille, where nobody says another */

struct simulating {
    struct visit *visit;
    struct reach_ask ask;
    uint64_t areas_min, area_people_min, areas_there;
};

/* A number of the query, at most `most`; `absent` where it is not there. False: answered. */
static bool query_number(struct visit *visit, const char *name, uint64_t absent, uint64_t most,
                         uint64_t *ret)
{
    bool broken = false;
    struct text given = visit_query(visit, name, &broken);
    *ret = absent;
    if (!broken && (!given.at || text_to_u64(given, most, ret))) return true;
    SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", text_of(name)},
                {"reason", TEXT("must be a number that is not too large")});
    return false;
}

static void asked_put(const struct simulating *s, struct json_out *out)
{
    json_u64_at(out, "residents", s->ask.residents);
    json_u64_at(out, "allotment", s->ask.allotment);
    json_u64_at(out, "people_min", s->ask.people_min);
    json_u64_at(out, "ceiling", s->ask.price);
    json_u64_at(out, "areas_min", s->areas_min);
    json_u64_at(out, "area_people_min", s->area_people_min);
    json_u64_at(out, "turnout", s->ask.turnout_permille);
}

static void takes_put(const struct simulating *s, struct json_out *out)
{
    const struct reach reach = reach_of(&s->ask);
    bool wide = s->areas_there >= s->areas_min;
    json_name(out, "takes");
    json_object_begin(out);
    json_u64_at(out, "taking_part", reach.taking_part);
    json_u64_at(out, "people_for_ceiling", reach.people_for_price);
    json_u64_at(out, "people", reach.people_needed);
    json_u64_at(out, "permille", reach.permille_needed);
    json_u64_at(out, "each", reach.each);
    json_u64_at(out, "areas_there", s->areas_there);
    json_bool_at(out, "reachable", reach.reachable && wide);
    json_bool_at(out, "reached", reach.reached && wide);
    json_object_end(out);
}

static void simulate_get_tries_answer(void *ctx, const struct ledger_answer *answer)
{
    struct simulating *s = ctx;
    if (say_no(s->visit, answer)) return;
    const struct tender_try *tries = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(64 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    asked_put(s, &out);
    takes_put(s, &out);
    json_name(&out, "past");
    json_array_begin(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(tender_try_fields, tender_try_fields_n, &tries[i], &out);
    json_array_end(&out);
    json_object_end(&out);
    say_json(s->visit, 200, &body);
}

static void simulate_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct simulating *s = ctx;
    if (say_no(s->visit, answer)) return;
    const struct community_view *view = answer->outcome;
    for (size_t i = 0; i < view->residents.n; i++) {
        s->ask.residents += view->residents.at[i][1];
        s->areas_there += view->residents.at[i][1] >= s->area_people_min;
    }
    if (s->ask.allotment == 0) s->ask.allotment = view->allotment;
    if (s->ask.people_min == 0)
        s->ask.people_min = reach_share(s->ask.residents, view->people_permille);
    struct errand *errand = errand_of(s->visit);
    ledger_tender_tries(errand->desk->plan.ledger, errand->slug, TRIES_MAX,
                        simulate_get_tries_answer, s);
}

void simulate_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct simulating *s = arena_alloc(&visit->arena, sizeof *s);
    if (!s) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    *s = (struct simulating){.visit = visit};
    if (query_number(visit, "people_min", 0, 1000000000, &s->ask.people_min) &&
        query_number(visit, "ceiling", 0, MONEY_MAX, &s->ask.price) &&
        query_number(visit, "allotment", 0, ALLOTMENT_MAX, &s->ask.allotment) &&
        query_number(visit, "turnout", TURNOUT, 1000, &s->ask.turnout_permille) &&
        query_number(visit, "areas_min", 0, 64, &s->areas_min) &&
        query_number(visit, "area_people_min", 1, 1000000000, &s->area_people_min))
        ledger_community_view(errand->desk->plan.ledger, errand->slug, simulate_get_answer, s);
}
