/* residents.c -- the register: who belongs, who holds an allotment, who leaves.
 *
 * A register entry becomes a resident id by a keyed hash, so that one entry is one resident
 * whatever the channel; the entry's own reference is not kept. */
#include "areas.h"
#include "errand.h"
#include "groundswell/base/log.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "write.h"

struct roll_call {
    struct visit *visit;
    json_t *body;
    size_t n;
    struct registration entries[RESIDENTS_REGISTER_MAX];
    char ids[RESIDENTS_REGISTER_MAX][RESIDENT_ID_SIZE + 1];
};

static void residents_register_answer(void *ctx, const struct ledger_answer *answer)
{
    struct roll_call *call = ctx;
    struct visit *visit = call->visit;
    if (!say_no(visit, answer)) {
        const struct register_outcome *outcome = answer->outcome;
        CLEANUP(buf) struct buf body = BUF_MAX(128 * KIB);
        struct json_out out = JSON_OUT(&body);
        json_object_begin(&out);
        fields_json_members(register_outcome_fields, register_outcome_fields_n, outcome, &out);
        json_name(&out, "residents");
        json_array_begin(&out);
        for (size_t i = 0; i < call->n; i++)
            json_text(&out, text_of(call->ids[i]));
        json_array_end(&out);
        json_object_end(&out);
        say_json(visit, 200, &body);
    }
    free(call);
}

static void entry_wrong(struct visit *visit, size_t i, const char *member, const char *detail)
{
    say_field_wrong(visit, arena_format(&visit->arena, "/residents/%zu/%s", i, member), "%s",
                    detail);
}

static int id_order(const void *a, const void *b)
{
    const struct text *left = &((const struct registration *)a)->resident;
    return text_compare(*left, ((const struct registration *)b)->resident);
}

/* True where some reference stands twice; a sorted copy finds it in n log n. */
static bool entries_repeat(const struct roll_call *call)
{
    struct registration *sorted = calloc(call->n, sizeof *sorted);
    if (!sorted) return true;
    memcpy(sorted, call->entries, call->n * sizeof *sorted);
    qsort(sorted, call->n, sizeof *sorted, id_order);
    bool repeat = false;
    for (size_t i = 1; i < call->n && !repeat; i++)
        repeat = text_equal(sorted[i - 1].resident, sorted[i].resident);
    free(sorted);
    return repeat;
}

/* Fills the entries from the body; false: the visit is answered. */
static bool entries_read(struct roll_call *call, struct text codes)
{
    struct visit *visit = call->visit;
    struct errand *errand = errand_of(visit);
    const json_t *list = json_object_get(call->body, "residents");
    call->n = json_array_size(list);
    for (size_t i = 0; i < call->n; i++) {
        const json_t *entry = json_array_get(list, i);
        if (!area_index(codes, body_text(entry, "area"), &call->entries[i].area)) {
            entry_wrong(visit, i, "area", "is not an area of this community");
            return false;
        }
        enum fault no = ledger_resident_id(errand->desk->plan.ledger, errand->slug,
                                           body_text(entry, "ref"), call->ids[i]);
        if (no) {
            say_fault(visit, no);
            return false;
        }
        call->entries[i].resident = text_of(call->ids[i]);
    }
    if (!entries_repeat(call)) return true;
    entry_wrong(visit, 0, "ref", "or a later one stands twice in this request; each entry once");
    return false;
}

static void register_with(struct roll_call *call, struct text codes)
{
    struct visit *visit = call->visit;
    struct errand *errand = errand_of(visit);
    bool good = entries_read(call, codes);
    json_decref(call->body);
    call->body = NULL;
    if (!good) {
        free(call);
        return;
    }
    struct residents_register in = {.residents = call->entries, .n = call->n};
    ledger_residents_register(errand->desk->plan.ledger, &errand->act, &in,
                              residents_register_answer, call);
}

static void register_areas_answer(void *ctx, const struct ledger_answer *answer)
{
    struct roll_call *call = ctx;
    if (say_no(call->visit, answer)) {
        json_decref(call->body);
        free(call);
        return;
    }
    const struct community_view *view = answer->outcome;
    struct errand *errand = errand_of(call->visit);
    const struct ledger *ledger = errand->desk->plan.ledger;
    if (view->residents.n > 0 && !ledger_register_is_here(ledger, errand->slug)) {
        log_error("desk", "%.*s has residents, but its register.key is not among the keys",
                  TEXT_ARGS(errand->slug));
        say_fault(call->visit, FAULT_CONFIG);
        json_decref(call->body);
        free(call);
        return;
    }
    areas_seen_put(errand->desk->areas, errand->slug, view->areas);
    register_with(call, view->areas);
}

/* Two questions where this process has not met the community yet, one ever after. */
void residents_register(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct roll_call *call = calloc(1, sizeof *call);
    if (!call) {
        json_decref(body);
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    call->visit = visit;
    call->body = body;
    struct text codes = areas_seen_get(errand->desk->areas, errand->slug);
    if (codes.at) register_with(call, codes);
    else
        ledger_community_view(errand->desk->plan.ledger, errand->slug, register_areas_answer, call);
}

/* A resident may do this to themselves only. True: the visit is answered. */
static bool somebody_else(struct visit *visit)
{
    const struct who *who = &errand_of(visit)->who;
    if (who->role != ROLE_RESIDENT || text_is(visit_param(visit, "resident"), who->subject))
        return false;
    SAY_REFUSAL(visit, REFUSAL_NOT_ALLOWED,
                {"allowed", TEXT("the resident concerned, trust, operator")},
                {"role", TEXT("another resident")});
    return true;
}

static void resident_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct resident_view *view = answer->outcome;
    if (errand_of(visit)->who.role == ROLE_RESIDENT && signed_out(visit, view->epoch)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_text_at(&out, "resident", visit_param(visit, "resident"));
    json_u64_at(&out, "area", view->area);
    fields_json_members(resident_view_fields, resident_view_fields_n, view, &out);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void resident_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (somebody_else(visit)) return;
    ledger_resident_view(errand->desk->plan.ledger, errand->slug, visit_param(visit, "resident"),
                         resident_get_answer, visit);
}

void resident_leave(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct resident_act in = {.resident = visit_param(visit, "resident")};
    struct text erase = visit_query(visit, "erase", NULL);
    if (somebody_else(visit)) return;
    if (erase.at) {
        resident_erase_by_staff(visit, erase);
        return;
    }
    errand_act(visit);
    ledger_resident_leave(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

void resident_grant(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct resident_act in = {.resident = visit_param(visit, "resident")};
    errand_act(visit);
    ledger_resident_grant(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

void resident_sign_out(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct resident_act in = {.resident = visit_param(visit, "resident")};
    if (somebody_else(visit)) return;
    errand_act(visit);
    ledger_resident_sign_out(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

void staff_sign_out(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct staff_act in = {.staff = visit_param(visit, "subject")};
    errand_act(visit);
    ledger_staff_sign_out(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}
