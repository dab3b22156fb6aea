/* register.c -- the register of who may take part, as a trust brings it: imported, doubts resolved.
 *
 * An entry's reference and what identifies a person in it become keyed hashes here and are kept by
 * nobody. A duplicate is never registered silently: it waits in the review.
 *
 *     areas -> import */
#include "areas.h"
#include "groundswell/ledger/codes.h"
#include "groundswell/ledger/people_views.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "write.h"

#define REVIEW_PAGE_MAX 500

struct importing {
    struct visit *visit;
    json_t *body;
    size_t n;
    struct register_entry entries[RESIDENTS_REGISTER_MAX];
    char ids[RESIDENTS_REGISTER_MAX][RESIDENT_ID_SIZE + 1];
    char persons[RESIDENTS_REGISTER_MAX][RESIDENT_ID_SIZE + 1];
};

static void importing_free(struct importing *importing)
{
    json_decref(importing->body);
    free(importing);
}

static void register_import_answer(void *ctx, const struct ledger_answer *answer)
{
    struct importing *importing = ctx;
    struct visit *visit = importing->visit;
    if (!say_no(visit, answer)) {
        CLEANUP(buf) struct buf body = BUF_MAX(128 * KIB);
        struct json_out out = JSON_OUT(&body);
        json_object_begin(&out);
        fields_json_members(import_outcome_fields, import_outcome_fields_n, answer->outcome, &out);
        json_name(&out, "residents");
        json_array_begin(&out);
        for (size_t i = 0; i < importing->n; i++)
            json_text(&out, text_of(importing->ids[i]));
        json_array_end(&out);
        json_object_end(&out);
        say_json(visit, 200, &body);
    }
    importing_free(importing);
}

static void entry_wrong(struct visit *visit, size_t i, const char *member, const char *detail)
{
    say_field_wrong(visit, arena_format(&visit->arena, "/entries/%zu/%s", i, member), "%s", detail);
}

static int id_order(const void *a, const void *b)
{
    return memcmp(a, b, RESIDENT_ID_SIZE);
}

/* True where some reference stands twice; false too where memory is short: the ledger refuses. */
static bool ids_repeat(const struct importing *importing)
{
    char(*sorted)[RESIDENT_ID_SIZE + 1] = calloc(importing->n, sizeof *sorted);
    bool repeat = !sorted;
    if (sorted) {
        memcpy(sorted, importing->ids, importing->n * sizeof *sorted);
        qsort(sorted, importing->n, sizeof *sorted, id_order);
    }
    for (size_t i = 1; i < importing->n && !repeat; i++)
        repeat = memcmp(sorted[i - 1], sorted[i], RESIDENT_ID_SIZE) == 0;
    free(sorted);
    return repeat;
}

/* One entry; false: the visit is answered. */
static bool entry_read(struct importing *importing, struct text codes, size_t i)
{
    struct visit *visit = importing->visit;
    struct errand *errand = errand_of(visit);
    struct ledger *ledger = errand->desk->plan.ledger;
    const json_t *from = json_array_get(json_object_get(importing->body, "entries"), i);
    struct register_entry *entry = &importing->entries[i];
    struct text person = body_text(from, "person"), reason = body_text(from, "reason");
    bool eligible = !json_is_false(json_object_get(from, "eligible"));
    if (!area_index(codes, body_text(from, "area"), &entry->area)) {
        entry_wrong(visit, i, "area", "is not an area of this community");
        return false;
    }
    if (eligible && reason.at) {
        entry_wrong(visit, i, "reason", "says why an entry may not take part, but it may");
        return false;
    }
    enum fault no = ledger_resident_id(ledger, errand->slug, body_text(from, "ref"),
                                       importing->ids[i]);
    if (!no && person.at)
        no = ledger_person_hash(ledger, errand->slug, person, importing->persons[i]);
    if (no) {
        say_fault(visit, no);
        return false;
    }
    entry->resident = text_of(importing->ids[i]);
    entry->person = text_of(importing->persons[i]);
    entry->reason = eligible ? TEXT("") : reason.at ? reason : TEXT("not_eligible");
    return true;
}

static void register_import_with(void *ctx, struct text codes)
{
    struct importing *importing = ctx;
    struct errand *errand = errand_of(importing->visit);
    importing->n = json_array_size(json_object_get(importing->body, "entries"));
    bool good = codes.at != NULL;
    for (size_t i = 0; i < importing->n && good; i++)
        good = entry_read(importing, codes, i);
    if (good && ids_repeat(importing)) {
        entry_wrong(importing->visit, 0, "ref", "or a later one stands twice in this request");
        good = false;
    }
    if (!good) {
        importing_free(importing);
        return;
    }
    const struct register_import in = {.entries = importing->entries, .n = importing->n};
    ledger_register_import(errand->desk->plan.ledger, &errand->act, &in, register_import_answer,
                           importing);
}

void register_import(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct importing *importing = calloc(1, sizeof *importing);
    if (!importing) {
        json_decref(body);
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    importing->visit = visit;
    importing->body = body;
    with_areas(visit, register_import_with, importing);
}

/* ---- doubts ---------------------------------------------------------------------------------- */

static bool review_number(struct visit *visit, uint64_t *ret)
{
    if (text_to_u64(visit_param(visit, "review"), MONEY_MAX, ret)) return true;
    SAY_REFUSAL(visit, REFUSAL_ID_MALFORMED, {"name", TEXT("review")});
    return false;
}

void review_resolve(struct visit *visit)
{
    uint64_t number;
    json_t *body = review_number(visit, &number) ? errand_body(visit) : NULL;
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct review_resolve in = {.number = number,
                                      .accept = json_is_true(json_object_get(body, "accept"))};
    json_decref(body);
    ledger_review_resolve(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

/* ---- erasing by staff ------------------------------------------------------------------------ */

/* The account that was the resident's does not wear that hat any more. */
static void erase_hat_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    const struct act_outcome *done = &errand_of(visit)->done;
    if (answer->fault) say_fault(visit, answer->fault);
    else SAY_VIEW(visit, 200, act_outcome, done);
}

static void resident_erase_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    struct errand *errand = errand_of(visit);
    if (say_no(visit, answer)) return;
    const struct erase_outcome *outcome = answer->outcome;
    struct act_outcome *done = &errand->done;
    *done = (struct act_outcome){outcome->seq, outcome->at_ms, outcome->replayed};
    if (outcome->pending) {
        say_pending(visit, outcome->seq, outcome->at_ms);
        return;
    }
    if (outcome->account.n == 0) {
        SAY_VIEW(visit, 200, act_outcome, done);
        return;
    }
    char *hat = arena_format(&visit->arena, "resident:%.*s:%.*s", TEXT_ARGS(errand->slug),
                             TEXT_ARGS(visit_param(visit, "resident")));
    const struct hat_remove in = {.account = outcome->account,
                                  .hat = text_of(hat),
                                  .until_s = sessions_over_s(errand->desk)};
    if (hat) ledger_hat_remove(errand->desk->plan.ledger, &in, erase_hat_answer, visit);
    else say_fault(visit, FAULT_MEMORY);
}

void resident_erase_by_staff(struct visit *visit, struct text how)
{
    char digest[REQUEST_DIGEST_SIZE + 1];
    struct errand *errand = errand_of(visit);
    bool keep = text_is(how, "keep");
    if (!keep && !text_is(how, "withdraw")) {
        SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", TEXT("erase")},
                    {"reason", TEXT("must be withdraw or keep")});
        return;
    }
    if (!request_digest(visit, NULL, digest)) return;
    errand_act(visit);
    bool alone = errand->who.role == ROLE_RESIDENT || !errand->person[0];
    const struct resident_erase in = {.resident = visit_param(visit, "resident"),
                                      .keep = keep,
                                      .person = alone ? TEXT("") : text_of(errand->person),
                                      .digest = alone ? TEXT("") : text_of(digest)};
    ledger_resident_erase(errand->desk->plan.ledger, &errand->act, &in, resident_erase_answer,
                          visit);
}
