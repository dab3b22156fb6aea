/* officers.c -- what an officer of the trust sees of a community's people: codes and how far they
 * have come, doubts, what waits for a second person, the journal, what looks odd, who helped whom.
 *
 * Nothing here is for the public, and nothing tells a name, an address or a secret. Areas are said
 * by their code. */
#include "areas.h"
#include "groundswell/ledger/people_views.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "write.h"

#define PAGE_MAX 500

/* A list whose items say an area: asked for once the codes of the areas are known. */
struct looking {
    struct visit *visit;
    struct text codes;
    void (*ask)(struct looking *looking);
};

static void look_with(void *ctx, struct text codes)
{
    struct looking *looking = ctx;
    if (!codes.at) return;
    looking->codes = arena_text(&looking->visit->arena, codes);
    if (looking->codes.at) looking->ask(looking);
    else say_fault(looking->visit, FAULT_MEMORY);
}

static void look(struct visit *visit, void (*ask)(struct looking *looking))
{
    struct looking *looking = arena_alloc(&visit->arena, sizeof *looking);
    if (!looking) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    looking->visit = visit;
    looking->ask = ask;
    with_areas(visit, look_with, looking);
}

/* ---- codes ----------------------------------------------------------------------------------- */

static uint64_t count_of(const struct pairs *pairs, uint64_t area)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (pairs->at[i][0] == area) return pairs->at[i][1];
    return 0;
}

static void areas_write(struct json_out *out, struct text codes, const struct codes_page *page)
{
    json_name(out, "areas");
    json_array_begin(out);
    for (uint64_t area = 0; codes.n > 0; area++) {
        json_object_begin(out);
        json_text_at(out, "code", text_cut(&codes, ','));
        json_u64_at(out, "issued", count_of(&page->issued, area));
        json_u64_at(out, "redeemed", count_of(&page->redeemed, area));
        json_object_end(out);
    }
    json_array_end(out);
}

static void codes_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct looking *looking = ctx;
    if (say_no(looking->visit, answer)) return;
    const struct codes_page *page = answer->outcome;
    const struct code_view *codes = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    areas_write(&out, looking->codes, page);
    json_name(&out, "items");
    json_array_begin(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        json_object_begin(&out);
        json_text_at(&out, "area", area_code(looking->codes, codes[i].area));
        fields_json_members(code_view_fields, code_view_fields_n, &codes[i], &out);
        json_object_end(&out);
    }
    write_list_end(looking->visit, &out, answer->next > 0 ? answer->next : LIST_ENDS);
    say_json(looking->visit, 200, &body);
}

static void codes_ask(struct looking *looking)
{
    struct page page;
    struct errand *errand = errand_of(looking->visit);
    if (!page_read(looking->visit, PAGE_MAX, &page)) return;
    ledger_codes(errand->desk->plan.ledger, errand->slug, page.after, page.limit,
                 codes_list_answer, looking);
}

void codes_list(struct visit *visit)
{
    look(visit, codes_ask);
}

/* ---- doubts, and what waits ------------------------------------------------------------------ */

static void review_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct looking *looking = ctx;
    if (say_no(looking->visit, answer)) return;
    const struct review_item *items = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        json_object_begin(&out);
        json_text_at(&out, "area", area_code(looking->codes, items[i].area));
        fields_json_members(review_item_fields, review_item_fields_n, &items[i], &out);
        json_object_end(&out);
    }
    write_list_end(looking->visit, &out, answer->next > 0 ? answer->next : LIST_ENDS);
    say_json(looking->visit, 200, &body);
}

static void review_ask(struct looking *looking)
{
    struct page page;
    struct errand *errand = errand_of(looking->visit);
    if (!page_read(looking->visit, PAGE_MAX, &page)) return;
    ledger_review(errand->desk->plan.ledger, errand->slug, page.after, page.limit,
                  review_list_answer, looking);
}

void review_list(struct visit *visit)
{
    look(visit, review_ask);
}

static void approvals_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, approval_item, answer);
}

void approvals_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_approvals(errand->desk->plan.ledger, errand->slug, approvals_get_answer, visit);
}

static void assisted_get_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, helped_item, answer);
}

void assisted_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_helped(errand->desk->plan.ledger, errand->slug, assisted_get_answer, visit);
}

/* ---- the journal ----------------------------------------------------------------------------- */

static void journal_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct looking *looking = ctx;
    if (say_no(looking->visit, answer)) return;
    const struct journal_item *items = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        uint64_t area;
        json_object_begin(&out);
        fields_json_members(journal_item_fields, journal_item_fields_n, &items[i], &out);
        if (text_to_u64(items[i].area, UINT32_MAX, &area))
            json_text_at(&out, "area", area_code(looking->codes, area));
        json_object_end(&out);
    }
    bool more = answer->items_n == errand_of(looking->visit)->page.limit;
    write_list_end_after(looking->visit, &out, more ? items[answer->items_n - 1].id : TEXT_NONE);
    say_json(looking->visit, 200, &body);
}

/* "1764345678901-0": the id of an entry of a Redis stream. */
static bool entry_id_is_valid(struct text id)
{
    uint64_t number;
    struct text head = text_cut(&id, '-');
    return text_to_u64(head, MONEY_MAX, &number) && id.at && text_to_u64(id, MONEY_MAX, &number);
}

static void journal_ask(struct looking *looking)
{
    bool broken = false;
    struct errand *errand = errand_of(looking->visit);
    struct text after = visit_query(looking->visit, "after", &broken);
    if (!limit_read(looking->visit, PAGE_MAX, &errand->page)) return;
    if (broken || (after.n > 0 && !entry_id_is_valid(after))) {
        SAY_REFUSAL(looking->visit, REFUSAL_QUERY_WRONG, {"name", TEXT("after")},
                    {"reason", TEXT("must be the id of an entry")});
        return;
    }
    ledger_journal(errand->desk->plan.ledger, errand->slug, after.at ? after : TEXT(""),
                   errand->page.limit, journal_list_answer, looking);
}

void journal_list(struct visit *visit)
{
    look(visit, journal_ask);
}

/* ---- what looks odd -------------------------------------------------------------------------- */

static void anomalies_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct looking *looking = ctx;
    if (say_no(looking->visit, answer)) return;
    const struct anomaly *items = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(256 * KIB);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        json_object_begin(&out);
        fields_json_members(anomaly_fields, anomaly_fields_n, &items[i], &out);
        if (text_is(items[i].kind, "late"))
            json_text_at(&out, "area", area_code(looking->codes, items[i].area));
        json_object_end(&out);
    }
    write_list_end(looking->visit, &out, LIST_ENDS);
    say_json(looking->visit, 200, &body);
}

static void anomalies_ask(struct looking *looking)
{
    struct errand *errand = errand_of(looking->visit);
    ledger_anomalies(errand->desk->plan.ledger, errand->slug, anomalies_get_answer, looking);
}

void anomalies_get(struct visit *visit)
{
    look(visit, anomalies_ask);
}
