/* commissions.c -- what has become of commissions: the list, and one with its contract, milestones,
 * payments by fund, variations, outcomes and expected savings. */
#include "groundswell/ledger/commissions.h"

#include "errand.h"
#include "handlers.h"
#include "lists.h"
#include "say.h"
#include "write.h"

static void fund_amounts(struct json_out *out, struct text slug, const char *name,
                         const struct pairs *list)
{
    json_name(out, name);
    json_array_begin(out);
    for (size_t i = 0; i < list->n; i++) {
        CLEANUP(buf) struct buf fund = BUF_MAX(KIB);
        id_put(&fund, slug, 'f', (uint32_t)list->at[i][0]);
        json_object_begin(out);
        json_text_at(out, "fund", buf_view(&fund));
        json_u64_at(out, "amount", list->at[i][1]);
        json_object_end(out);
    }
    json_array_end(out);
}

/* ---- the list -------------------------------------------------------------------------------- */

static void commissions_list_answer(void *ctx, const struct ledger_answer *answer)
{
    static const char *const filters[] = {"limit", "sort", "state", "body", "theme", NULL};
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct commission_view *list = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        json_object_begin(&out);
        fields_json_members(commission_view_fields, commission_view_fields_n, &list[i], &out);
        fund_amounts(&out, errand_of(visit)->slug, "draws", &list[i].draws);
        json_object_end(&out);
    }
    write_list_end_filtered(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS, filters);
    say_json(visit, 200, &body);
}

void commissions_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    struct commissions_page of;
    if (!page_read(visit, 500, &page) ||
        !query_word(visit, "sort", "oldest newest", &of.sort) ||
        !query_word(visit, "state", "awarded contracted delivering completed terminated",
                    &of.state) ||
        !query_name(visit, "body", &of.body) || !query_name(visit, "theme", &of.theme))
        return;
    of.after = page.after;
    of.limit = page.limit;
    ledger_commissions(errand->desk->plan.ledger, errand->slug, &of, commissions_list_answer,
                       visit);
}

/* ---- one ------------------------------------------------------------------------------------- */

#define PART(member, kind) FIELD(struct commission_item, member, kind)
#define PART_AT FIELD_AS("at", struct commission_item, at_ms, FIELD_STAMP, 0)
#define MAYBE(member, kind) \
    FIELD_FLAGS(struct commission_item, member, kind, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)

static const struct field milestone_part[] = {
    FIELD_AS("milestone", struct commission_item, number, FIELD_U64, 0),
    PART(amount, FIELD_U64),
    PART(paid, FIELD_U64),
    PART(state, FIELD_TEXT),
    PART(confirmed, FIELD_U64),
    PART(disputed, FIELD_U64),
    MAYBE(reported_seq, FIELD_U64),
    MAYBE(accepted_seq, FIELD_U64),
    FIELD_AS("report", struct commission_item, text, FIELD_JSON,
             FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    MAYBE(dispute, FIELD_JSON),
};
static const struct field evidence_part[] = {
    FIELD_AS("evidence", struct commission_item, number, FIELD_U64, 0),
    PART(milestone, FIELD_U64),
    PART(seq, FIELD_U64),
    PART_AT,
    MAYBE(document, FIELD_TEXT),
    MAYBE(text, FIELD_JSON),
};
static const struct field payment_part[] = {
    FIELD_AS("payment", struct commission_item, number, FIELD_U64, 0),
    PART(milestone, FIELD_U64),
    PART(amount, FIELD_U64),
    PART(seq, FIELD_U64),
    PART_AT,
    MAYBE(text, FIELD_JSON),
};
static const struct field variation_part[] = {
    FIELD_AS("variation", struct commission_item, number, FIELD_U64, 0),
    PART(milestones, FIELD_PAIRS),
    PART(moved, FIELD_U64),
    FIELD_AS("ends", struct commission_item, ends_ms, FIELD_STAMP,
             FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    MAYBE(approved_seq, FIELD_U64),
    PART(seq, FIELD_U64),
    PART_AT,
    MAYBE(text, FIELD_JSON),
};
static const struct field outcome_part[] = {
    FIELD_AS("outcome", struct commission_item, number, FIELD_U64, 0),
    FIELD_AS("figure", struct commission_item, figure, FIELD_JSON,
             FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    PART(seq, FIELD_U64),
    PART_AT,
    MAYBE(text, FIELD_JSON),
};

static const struct {
    const char *what, *name;
    const struct field *fields;
    size_t fields_n;
} parts[] = {
    {"milestone", "milestones", FIELDS(milestone_part)},
    {"evidence", "evidence", FIELDS(evidence_part)},
    {"payment", "payments", FIELDS(payment_part)},
    {"variation", "variations", FIELDS(variation_part)},
    {"outcome", "outcomes", FIELDS(outcome_part)},
};

static void parts_write(struct json_out *out, const struct commission_item *items, size_t n)
{
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        json_name(out, parts[k].name);
        json_array_begin(out);
        for (size_t i = 0; i < n; i++)
            if (text_is(items[i].what, parts[k].what))
                fields_json(parts[k].fields, parts[k].fields_n, &items[i], out);
        json_array_end(out);
    }
}

/* The amounts that stand in the log; who the agencies are says the text beside them. */
static void agencies_write(struct json_out *out, const struct pairs *agencies)
{
    if (agencies->n == 0) return;
    uint64_t sum = 0;
    json_name(out, "expected_savings");
    json_array_begin(out);
    for (size_t i = 0; i < agencies->n; i++) {
        json_u64(out, agencies->at[i][1]);
        sum += agencies->at[i][1];
    }
    json_array_end(out);
    json_u64_at(out, "expected_savings_all", sum);
}

/* Every record about it that has a place of its own, in the order of the log. What residents found
 * is counted by milestone. */
static void history_write(struct json_out *out, const struct commission_whole *whole,
                          const struct commission_item *items, size_t n)
{
    uint64_t last = 0, least;
    json_name(out, "history");
    json_array_begin(out);
    for (bool first = true;; first = false, last = least) {
        least = UINT64_MAX;
        const uint64_t own[] = {whole->seq, whole->signed_seq, whole->ended_seq,
                                whole->savings_seq};
        for (size_t i = 0; i < n + 4; i++) {
            uint64_t seqs[4] = {i < 4 ? own[i] : 0};
            if (i >= 4)
                memcpy(seqs, (const uint64_t[]){items[i - 4].seq, items[i - 4].reported_seq,
                                                items[i - 4].accepted_seq,
                                                items[i - 4].approved_seq}, sizeof seqs);
            for (size_t k = 0; k < 4; k++)
                if (seqs[k] > 0 && (first || seqs[k] > last) && seqs[k] < least) least = seqs[k];
        }
        if (least == UINT64_MAX) break;
        json_u64(out, least);
    }
    json_array_end(out);
}

static void commission_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct commission_whole *whole = answer->outcome;
    struct text slug = errand_of(visit)->slug;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    fields_json_members(commission_whole_fields, commission_whole_fields_n, whole, &out);
    fund_amounts(&out, slug, "draws", &whole->draws);
    fund_amounts(&out, slug, "paid_by", &whole->paid_by);
    fund_amounts(&out, slug, "returned_by", &whole->returned_by);
    agencies_write(&out, &whole->agencies);
    parts_write(&out, answer->items, answer->items_n);
    history_write(&out, whole, answer->items, answer->items_n);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void commission_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_commission_get(errand->desk->plan.ledger, errand->slug, errand->id.number,
                          commission_get_answer, visit);
}
