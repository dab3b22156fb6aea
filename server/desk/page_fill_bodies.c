/* page_fill_bodies.c -- what the pages of a body add: which body it is, the majority with one more
 * seat, what a tender lacks on its way. */
#include "page_fill_bodies.h"

#include "groundswell/base/clock.h"
#include "page_fill_everyone.h"

#define APPROVALS_LEAST 2 /* as the ledger publishes (52_publish.lua) */

static const json_t *items_of(const json_t *model, const char *list)
{
    return json_object_get(json_object_get(model, list), "items");
}

static uint64_t lack(uint64_t need, uint64_t have) { return need > have ? need - have : 0; }

struct text fill_param(const struct visit *visit, const char *name)
{
    for (size_t i = 0; i < visit->match.params_n; i++) {
        const struct route_param *param = &visit->match.params[i];
        if (text_is((struct text){param->name, param->name_n}, name)) return param->value;
    }
    return TEXT_NONE;
}

/* ---- whose page it is ------------------------------------------------------------------------ */

/* The body of that word, as bodies_list answers it; NULL: none is formed. */
static const json_t *body_by_word(const json_t *model, struct text word)
{
    const json_t *one;
    size_t i;
    json_array_foreach (items_of(model, "bodies"), i, one)
        if (text_equal(body_text(one, "word"), word)) return one;
    return NULL;
}

static void put_own(json_t *model, const json_t *body)
{
    static const char *const names[] = {"body", "state", "lawful", "version", "majority"};
    json_t *own = json_object();
    if (!body) {
        json_decref(own);
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        fill_put(own, names[i], json_incref(json_object_get(body, names[i])));
    struct text title = body_text(json_object_get(body, "text"), "title");
    fill_text(own, "title", title.at ? title : body_text(body, "word"));
    fill_put(model, "own", own);
}

static void put_others(json_t *model, struct text word)
{
    json_t *others = json_array();
    const json_t *one;
    size_t i;
    json_array_foreach (items_of(model, "bodies"), i, one) {
        struct text title = body_text(json_object_get(one, "text"), "title");
        if (text_equal(body_text(one, "word"), word)) continue;
        json_t *other = json_object();
        fill_text(other, "word", body_text(one, "word"));
        fill_text(other, "title", title.at ? title : body_text(one, "word"));
        fill_add(others, other);
    }
    fill_put(model, "others", others);
}

static void put_works(json_t *model, struct text word)
{
    json_t *works = json_array(), *one;
    size_t i;
    json_array_foreach (items_of(model, "commissions"), i, one) {
        if (!text_equal(body_text(one, "body"), word)) continue;
        struct text title = body_text(json_object_get(one, "proposal_text"), "title");
        fill_text(one, "title", title.at ? title : body_text(one, "commission"));
        fill_add(works, json_incref(one));
    }
    fill_put(model, "works", works);
}

void fill_tasks(struct visit *visit, json_t *model)
{
    const json_t *me = json_object_get(model, "me"), *roles = json_object_get(me, "roles");
    struct text own = body_text(me, "clerk_of"), asked = visit_query(visit, "body", NULL);
    struct text word = own.n > 0 ? own : asked;
    json_t *calls = json_array(), *one;
    size_t i;
    json_array_foreach (items_of(model, "tenders"), i, one)
        if (word.n > 0 && text_equal(body_text(one, "body"), word))
            fill_add(calls, json_incref(one));
    fill_put(model, "calls", calls);
    fill_text(model, "word", word);
    if (word.n > 0) put_own(model, body_by_word(model, word));
    put_works(model, word);
    put_others(model, word);
    fill_put(model, "works_here",
             json_boolean(json_is_true(json_object_get(roles, "clerk")) ||
                          json_is_true(json_object_get(roles, "trust")) ||
                          json_is_true(json_object_get(roles, "operator"))));
}

/* ---- the constitution ------------------------------------------------------------------------ */

void fill_constitution(struct visit *visit, json_t *model)
{
    json_t *text = json_object_get(json_object_get(model, "body"), "text");
    (void)visit;
    if (json_object_size(json_object_get(model, "form")) == 0 && text)
        fill_put(model, "form", json_deep_copy(text));
}

/* ---- the majority ---------------------------------------------------------------------------- */

struct majority {
    uint64_t seats, votes, lay_seats, lay_votes, members_min;
};

static struct majority majority_of(const json_t *body)
{
    return (struct majority){
        .seats = body_u64(body, "seats", 0), .votes = body_u64(body, "seat_votes", 0),
        .lay_seats = body_u64(body, "lay_seats", 0), .lay_votes = body_u64(body, "lay_votes", 0),
        .members_min = body_u64(body, "members_min", 0)};
}

/* How many more of the lay make them more than half of all: each is one of both. */
static uint64_t lay_short(uint64_t all, uint64_t lay)
{
    return 2 * lay > all ? 0 : all - 2 * lay + 1;
}

static void put_majority(json_t *model, const char *name, const struct majority *m)
{
    json_t *put = json_object();
    uint64_t seats = lay_short(m->seats, m->lay_seats), votes = lay_short(m->votes, m->lay_votes);
    uint64_t members = lack(m->members_min, m->seats);
    fill_u64(put, "seats", m->seats);
    fill_u64(put, "votes", m->votes);
    fill_u64(put, "lay_seats", m->lay_seats);
    fill_u64(put, "lay_votes", m->lay_votes);
    fill_u64(put, "seats_short", seats);
    fill_u64(put, "votes_short", votes);
    fill_u64(put, "members_short", members);
    fill_put(put, "enough", json_boolean(seats + votes + members == 0));
    fill_put(model, name, put);
}

static void put_with_seat(json_t *model, struct majority m)
{
    const json_t *said = json_object_get(model, "command");
    struct text category = body_text(said, "category");
    uint64_t votes = body_u64(said, "votes", 1);
    bool lay = text_is(category, "resident") || text_is(category, "user");
    if (category.n == 0 || votes > 1000) return;
    m.seats++;
    m.votes += votes;
    m.lay_seats += lay;
    m.lay_votes += lay ? votes : 0;
    put_majority(model, "then_majority", &m);
}

void fill_members(struct visit *visit, json_t *model)
{
    const struct majority now = majority_of(json_object_get(model, "body"));
    struct text number = fill_param(visit, "m");
    json_t *form = json_object_get(model, "form"), *one;
    size_t i;
    put_majority(model, "now_majority", &now);
    put_with_seat(model, now);
    if (json_object_size(form) == 0) fill_text(form, "votes", TEXT("1"));
    json_array_foreach (items_of(model, "members"), i, one) {
        struct text id = body_text(one, "member"), slug = text_cut(&id, '.');
        if (slug.n == 0 || id.n < 2 || number.n == 0) continue;
        if (text_equal((struct text){id.at + 1, id.n - 1}, number))
            fill_put(model, "member", json_incref(one));
    }
}

/* ---- a tender's rule, and its way to the open ------------------------------------------------ */

void fill_rule(struct visit *visit, json_t *model)
{
    const json_t *simulation = json_object_get(model, "simulation");
    const json_t *takes = json_object_get(simulation, "takes");
    const json_t *past = json_object_get(simulation, "past");
    json_t *form = json_object_get(model, "form");
    uint64_t people = body_u64(takes, "people", 0), there = body_u64(simulation, "residents", 0);
    (void)visit;
    fill_put(model, "past_there", json_boolean(json_array_size(past) > 0));
    fill_u64(model, "short_by", lack(people, there));
    struct text need = visit_query(visit, "answers", NULL);
    if (json_object_size(form) == 0 && need.n > 0) fill_text(form, "answers", need);
}

static void put_approvals(json_t *model, json_t *gate)
{
    const json_t *one;
    uint64_t all = 0, lay = 0;
    size_t i;
    json_array_foreach (items_of(model, "approvals"), i, one) {
        struct text category = body_text(one, "category");
        if (!text_is(body_text(one, "state"), "seated")) continue;
        all++;
        lay += text_is(category, "resident") || text_is(category, "user");
    }
    uint64_t all_short = lack(APPROVALS_LEAST, all), short_of_lay = all > 0 ? lay_short(all, lay)
                                                                             : 0;
    fill_u64(gate, "approved", all);
    fill_u64(gate, "lay", lay);
    fill_u64(gate, "approvals_short", all_short);
    fill_u64(gate, "lay_short", short_of_lay);
    fill_put(gate, "approved_enough", json_boolean(all_short + short_of_lay == 0));
}

static void put_days(json_t *model, json_t *gate)
{
    const json_t *tender = json_object_get(model, "tender"), *one;
    uint64_t days = body_u64(tender, "deliberation_days", 0), at = 0, now = clock_wall_ms();
    char opens[CLOCK_STAMP_SIZE];
    size_t i;
    json_array_foreach (items_of(model, "history"), i, one)
        if (text_is(body_text(one, "kind"), "tender_published") &&
            !clock_parse(body_text(one, "at"), &at))
            at = 0;
    if (at == 0) return;
    uint64_t day = UINT64_C(86400000), ends = at + days * day;
    clock_stamp(at, opens);
    fill_text(gate, "published", text_of(opens));
    clock_stamp(ends, opens);
    fill_text(gate, "opens", text_of(opens));
    fill_u64(gate, "days_left", ends > now ? (ends - now + day - 1) / day : 0);
}

static bool is_shown(const json_t *talk)
{
    struct text state = body_text(talk, "state");
    return text_is(state, "shown") || text_is(state, "cleared");
}

/* Whether somebody has argued so, and it is shown. */
static bool is_argued(const json_t *model, const char *list)
{
    const json_t *one;
    size_t i;
    json_array_foreach (items_of(model, list), i, one)
        if (is_shown(one)) return true;
    return false;
}

static void put_talks(json_t *model, json_t *gate)
{
    bool pro = is_argued(model, "said_for"), contra = is_argued(model, "said_against");
    const json_t *talks = items_of(model, "talks"), *one;
    bool many = body_text(json_object_get(json_object_get(model, "talks"), "links"), "next").n > 0;
    uint64_t appeals = 0;
    size_t i;
    json_array_foreach (talks, i, one)
        appeals += text_is(body_text(one, "state"), "appealed");
    fill_u64(gate, "talks", json_array_size(talks));
    fill_put(gate, "many_talks", json_boolean(many));
    if (pro != contra) fill_text(gate, "side_short", pro ? TEXT("against") : TEXT("for"));
    fill_u64(gate, "appeals", appeals);
    fill_u64(gate, "summaries", json_array_size(items_of(model, "summaries")));
}

/* Live proposals that the body has not said of whether they are eligible. */
static void put_unjudged(json_t *model, json_t *gate)
{
    const json_t *one;
    uint64_t unjudged = 0;
    size_t i;
    json_array_foreach (items_of(model, "proposals"), i, one)
        unjudged += text_is(body_text(one, "state"), "live") && !body_text(one, "judged").n;
    fill_u64(gate, "unjudged", unjudged);
}

void fill_gate(struct visit *visit, json_t *model)
{
    const json_t *tender = json_object_get(model, "tender");
    json_t *gate = json_object();
    (void)visit;
    put_approvals(model, gate);
    put_days(model, gate);
    put_talks(model, gate);
    put_unjudged(model, gate);
    fill_put(model, "gate", gate);
    put_own(model, body_by_word(model, body_text(tender, "body")));
    fill_put(model, "registers",
             json_boolean(body_u64(json_object_get(model, "community"), "members_min", 0) > 0));
}

void fill_talks_next(struct visit *visit, json_t *model) { fill_list(visit, model, "talks"); }

/* ---- paper ----------------------------------------------------------------------------------- */

void fill_poster(struct visit *visit, json_t *model)
{
    const char *url = errand_of(visit)->desk->public_url;
    struct text place = fill_param(visit, "community"), number = fill_param(visit, "n");
    fill_put(model, "address", json_sprintf("%s/c/%.*s/proposals/%.*s", url ? url : "",
                                            TEXT_ARGS(place), TEXT_ARGS(number)));
}
