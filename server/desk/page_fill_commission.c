/* page_fill_commission.c -- what a commission adds to its model: milestones with what was shown and
 * paid for each, money by fund, what was promised beside what came of it. */
#include "page_fill_everyone.h"

static const json_t *list_of(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

/* ---- milestones ------------------------------------------------------------------------------ */

/* What the parts of that milestone are, each with the members that are named. */
static void parts_put(json_t *to, const json_t *commission, const char *list, uint64_t milestone,
                      const char *const *names)
{
    const json_t *items = list_of(commission, list), *item;
    json_t *parts = json_array();
    size_t i;
    json_array_foreach (items, i, item) {
        const json_t *text = list_of(item, "text");
        if (body_u64(item, "milestone", 0) != milestone) continue;
        json_t *part = json_object();
        for (size_t k = 0; names[k]; k++) {
            json_t *value = json_object_get(item, names[k]);
            if (!value) value = json_object_get(text, names[k]);
            if (value) fill_put(part, names[k], json_incref(value));
        }
        fill_add(parts, part);
    }
    fill_put(to, list, parts);
}

static json_t *milestone_new(const json_t *commission, const json_t *item)
{
    static const char *const evidence[] = {"note", "at", "document", NULL};
    static const char *const payments[] = {"amount", "at", "reference", "paid_on", NULL};
    uint64_t number = body_u64(item, "milestone", 0), amount = body_u64(item, "amount", 0);
    const json_t *promised = json_array_get(
        list_of(list_of(commission, "proposal_text"), "milestones"), number > 0 ? number - 1 : 0);
    json_t *milestone = json_object();
    fill_u64(milestone, "milestone", number);
    fill_text(milestone, "title", body_text(promised, "title"));
    fill_text(milestone, "due", body_text(promised, "due"));
    fill_u64(milestone, "amount", amount);
    fill_u64(milestone, "paid", body_u64(item, "paid", 0));
    fill_text(milestone, "state", body_text(item, "state"));
    fill_u64(milestone, "confirmed", body_u64(item, "confirmed", 0));
    fill_u64(milestone, "disputed", body_u64(item, "disputed", 0));
    fill_text(milestone, "note", body_text(list_of(item, "report"), "note"));
    fill_text(milestone, "dispute", body_text(list_of(item, "dispute"), "text"));
    parts_put(milestone, commission, "evidence", number, evidence);
    parts_put(milestone, commission, "payments", number, payments);
    return milestone;
}

static void put_milestones(json_t *model, const json_t *commission)
{
    const json_t *item;
    json_t *milestones = json_array();
    size_t i;
    json_array_foreach (list_of(commission, "milestones"), i, item)
        fill_add(milestones, milestone_new(commission, item));
    fill_put(model, "milestones", milestones);
}

/* ---- money by fund --------------------------------------------------------------------------- */

static uint64_t amount_of(const json_t *list, struct text fund)
{
    const json_t *item;
    size_t i;
    json_array_foreach (list, i, item)
        if (text_equal(body_text(item, "fund"), fund)) return body_u64(item, "amount", 0);
    return 0;
}

static struct text source_of(const json_t *model, struct text fund)
{
    const json_t *item;
    size_t i;
    json_array_foreach (list_of(list_of(model, "funds"), "items"), i, item) {
        struct text source = body_text(list_of(item, "text"), "source");
        if (text_equal(body_text(item, "fund"), fund) && source.at) return source;
    }
    return fund;
}

static void put_money(struct visit *visit, json_t *model, const json_t *commission)
{
    const json_t *draw;
    json_t *rows = json_array(), *chart;
    size_t i;
    chart = fill_chart("stack", "money", fill_say(visit, "Payments by fund"),
                       fill_say(visit, "What each fund gives to this, and how much of it is "
                                       "paid."));
    fill_put(chart, "money", json_true());
    fill_put(chart, "parts",
             json_pack("[s, s, s]", fill_say(visit, "Paid"), fill_say(visit, "Still to pay"),
                       fill_say(visit, "Came back")));
    json_array_foreach (list_of(commission, "draws"), i, draw) {
        struct text fund = body_text(draw, "fund"), source = source_of(model, fund);
        uint64_t drawn = body_u64(draw, "amount", 0);
        uint64_t paid = amount_of(list_of(commission, "paid_by"), fund);
        uint64_t returned = amount_of(list_of(commission, "returned_by"), fund);
        uint64_t unpaid = drawn > paid + returned ? drawn - paid - returned : 0;
        fill_add(rows, json_pack("{s:s%, s:I, s:I, s:I, s:I}", "label", source.at, source.n,
                                 "drawn", (json_int_t)drawn, "paid", (json_int_t)paid, "unpaid",
                                 (json_int_t)unpaid, "returned", (json_int_t)returned));
        fill_add(json_object_get(chart, "rows"),
                 json_pack("{s:s%, s:[I, I, I]}", "label", source.at, source.n, "parts",
                           (json_int_t)paid, (json_int_t)unpaid, (json_int_t)returned));
    }
    fill_put(model, "by_fund", rows);
    if (json_array_size(rows) > 0) fill_put(model, "money_chart", chart);
    else json_decref(chart);
}

/* ---- outcomes -------------------------------------------------------------------------------- */

static json_t *report_new(const json_t *outcome)
{
    static const char *const texts[] = {"indicator", "unit", "story"};
    const json_t *text = list_of(outcome, "text");
    json_t *report = json_object(), *figure = json_object_get(outcome, "figure");
    fill_text(report, "at", body_text(outcome, "at"));
    if (figure) fill_put(report, "figure", json_incref(figure));
    fill_put(report, "counted", json_boolean(figure != NULL));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        fill_text(report, texts[i], body_text(text, texts[i]));
    return report;
}

/* What was reported of the promise with that number, from 1; 0: of none, figures alone. */
static json_t *reports_of(const json_t *commission, uint64_t promise)
{
    const json_t *outcome;
    json_t *reports = json_array();
    size_t i;
    json_array_foreach (list_of(commission, "outcomes"), i, outcome) {
        bool of_it = body_u64(list_of(outcome, "text"), "promise", 0) == promise;
        if (of_it && (promise > 0 || json_object_get(outcome, "figure")))
            fill_add(reports, report_new(outcome));
    }
    return reports;
}

static void put_promises(json_t *model, const json_t *commission)
{
    const json_t *promise;
    json_t *promises = json_array();
    size_t i;
    json_array_foreach (list_of(list_of(commission, "proposal_text"), "outcomes"), i, promise) {
        json_t *made = json_object(), *target = json_object_get(promise, "target");
        fill_text(made, "title", body_text(promise, "title"));
        fill_text(made, "unit", body_text(promise, "unit"));
        if (target) fill_put(made, "target", json_incref(target));
        fill_put(made, "reports", reports_of(commission, i + 1));
        fill_add(promises, made);
    }
    fill_put(model, "promises", promises);
    fill_put(model, "reports", reports_of(commission, 0));
}

static void put_stories(json_t *model, const json_t *commission)
{
    const json_t *outcome;
    json_t *stories = json_array();
    size_t i;
    json_array_foreach (list_of(commission, "outcomes"), i, outcome)
        if (body_text(list_of(outcome, "text"), "story").n > 0)
            fill_add(stories, report_new(outcome));
    fill_put(model, "stories", stories);
}

void fill_commission(struct visit *visit, json_t *model)
{
    const json_t *commission = json_object_get(model, "commission");
    put_milestones(model, commission);
    put_money(visit, model, commission);
    put_promises(model, commission);
    put_stories(model, commission);
}
