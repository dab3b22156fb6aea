/* page_fill_work.c -- what the pages of a commission add for those who see it through: milestones
 * by their names, variations beside what they change, promises to report on. */
#include "page_fill_bodies.h"

#define NUMBER_SIZE 24

/* ---- milestones ------------------------------------------------------------------------------ */

static json_t *evidence_of(const json_t *commission, uint64_t milestone)
{
    json_t *list = json_array(), *one;
    size_t i;
    json_array_foreach (json_object_get(commission, "evidence"), i, one)
        if (body_u64(one, "milestone", 0) == milestone) fill_add(list, json_incref(one));
    return list;
}

/* What is typed into the i-th row of a form of all milestones, and what is wrong with it. */
static void put_typed(const json_t *model, json_t *step, size_t i)
{
    static const char *const from[] = {"form", "error"}, *const to[] = {"typed", "wrong"};
    char number[NUMBER_SIZE];
    snprintf(number, sizeof number, "%zu", i);
    for (size_t j = 0; j < sizeof from / sizeof from[0]; j++) {
        const json_t *rows = json_object_get(json_object_get(model, from[j]), "milestones");
        fill_text(step, to[j], body_text(json_object_get(rows, number), "amount"));
    }
}

static json_t *step_new(const json_t *model, const json_t *milestone, size_t i)
{
    const json_t *commission = json_object_get(model, "commission");
    const json_t *text = json_object_get(commission, "proposal_text");
    const json_t *promised = json_array_get(json_object_get(text, "milestones"), i);
    json_t *step = json_deep_copy(milestone);
    struct text title = body_text(promised, "title"), state = body_text(milestone, "state");
    uint64_t amount = body_u64(milestone, "amount", 0), paid = body_u64(milestone, "paid", 0);
    if (!title.at) title = body_text(text, "title");
    fill_text(step, "title", title.at ? title : TEXT("-"));
    fill_text(step, "due", body_text(promised, "due"));
    fill_u64(step, "index", i);
    fill_u64(step, "unpaid", amount > paid ? amount - paid : 0);
    fill_put(step, "fixed", json_boolean(text_is(state, "accepted") || text_is(state, "paid")));
    fill_put(step, "evidence", evidence_of(commission, body_u64(milestone, "milestone", 0)));
    put_typed(model, step, i);
    return step;
}

/* ---- variations ------------------------------------------------------------------------------ */

static json_t *parts_of(const json_t *variation, const json_t *steps)
{
    json_t *parts = json_array(), *pair;
    size_t i;
    json_array_foreach (json_object_get(variation, "milestones"), i, pair) {
        json_t *part = json_object();
        fill_put(part, "milestone", json_incref(json_array_get(pair, 0)));
        fill_put(part, "amount", json_incref(json_array_get(pair, 1)));
        fill_u64(part, "was", body_u64(json_array_get(steps, i), "amount", 0));
        fill_add(parts, part);
    }
    return parts;
}

static void put_changes(struct visit *visit, json_t *model, const json_t *steps)
{
    const json_t *commission = json_object_get(model, "commission"), *one;
    json_t *changes = json_array();
    struct text number = fill_param(visit, "v");
    uint64_t wanted = 0;
    size_t i;
    if (number.n > 0 && !text_to_u64(number, 64, &wanted)) wanted = 0;
    json_array_foreach (json_object_get(commission, "variations"), i, one) {
        json_t *change = json_deep_copy(one);
        fill_put(change, "approved", json_boolean(json_object_get(one, "approved_seq") != NULL));
        fill_put(change, "parts", parts_of(one, steps));
        if (body_u64(one, "variation", 0) == wanted)
            fill_put(model, "change", json_incref(change));
        fill_add(changes, change);
    }
    fill_put(model, "changes", changes);
}

/* ---- promises -------------------------------------------------------------------------------- */

static void put_promises(json_t *model)
{
    const json_t *commission = json_object_get(model, "commission"), *one;
    const json_t *text = json_object_get(commission, "proposal_text");
    struct text typed = body_text(json_object_get(model, "form"), "promise");
    json_t *promises = json_array();
    uint64_t chosen = 0;
    size_t i;
    if (!text_to_u64(typed, 16, &chosen)) chosen = 0;
    json_array_foreach (json_object_get(text, "outcomes"), i, one) {
        json_t *promise = json_object();
        fill_u64(promise, "number", i + 1);
        fill_text(promise, "title", body_text(one, "title"));
        fill_put(promise, "chosen", json_boolean(i + 1 == chosen));
        fill_add(promises, promise);
    }
    fill_put(model, "promises", promises);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* The contract begins with who offered; a payment with what is not paid. */
static void put_defaults(json_t *model)
{
    const json_t *text = json_object_get(json_object_get(model, "commission"), "proposal_text");
    json_t *form = json_object_get(model, "form"), *supplier;
    if (json_object_size(form) > 0) return;
    supplier = json_object();
    fill_text(supplier, "name", body_text(text, "provider"));
    if (json_is_object(json_object_get(text, "provider_id")))
        fill_put(supplier, "id", json_deep_copy(json_object_get(text, "provider_id")));
    fill_put(form, "supplier", supplier);
}

void fill_work(struct visit *visit, json_t *model)
{
    const json_t *commission = json_object_get(model, "commission"), *one;
    const json_t *text = json_object_get(commission, "proposal_text");
    struct text title = body_text(text, "title"), state = body_text(commission, "state");
    struct text number = fill_param(visit, "m");
    json_t *steps = json_array();
    uint64_t wanted = 0, moved = body_u64(commission, "moved", 0);
    uint64_t movable = body_u64(commission, "movable", 0);
    size_t i;
    if (number.n > 0 && !text_to_u64(number, 64, &wanted)) wanted = 0;
    fill_text(model, "title", title.at ? title : body_text(commission, "commission"));
    fill_text(model, "provider", body_text(text, "provider"));
    fill_put(model, "running", json_boolean(text_is(state, "contracted") ||
                                            text_is(state, "delivering")));
    fill_u64(model, "movable_left", movable > moved ? movable - moved : 0);
    json_array_foreach (json_object_get(commission, "milestones"), i, one) {
        json_t *step = step_new(model, one, i);
        if (i + 1 == wanted) fill_put(model, "step", json_incref(step));
        fill_add(steps, step);
    }
    fill_u64(model, "reports", json_array_size(json_object_get(commission, "outcomes")));
    put_changes(visit, model, steps);
    fill_put(model, "steps", steps);
    put_promises(model);
    put_defaults(model);
}
