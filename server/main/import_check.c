/* import_check.c -- the records of the import, fetched through the API and counted again.
 *
 * rules/recount.h derives the community anew from its log, and with it judges every activation by
 * its rule: critical mass at that very record, the smallest fair share, draws that make the price.
 * The totals that the server tells are then held against the derived ones. */
#include "import.h"

#include "groundswell/rules/recount.h"

#define PAGE 1000
#define RECORD_ARENA_MAX (64 * KIB)

static enum verb_exit commission_keep(struct import *im, const struct record *record)
{
    char id[IMPORT_ID_SIZE];
    (void)snprintf(id, sizeof(id), "%s.p%llu", im->slug, (unsigned long long)record->proposal);
    struct import_commission *grown =
        realloc(im->commissions, (im->commissions_n + 1) * sizeof *grown);
    if (!grown) return verb_fail(im->args, "out of memory");
    im->commissions = grown;
    im->commissions[im->commissions_n++] = (struct import_commission){
        .project = import_project_of(im, id),
        .seq = record->seq,
        .at_ms = record->at,
        .price = record->price,
        .people = record->people,
        .pledged = record->pledged,
        .rho = record->rho,
        .spent = record->spent,
        .rounding = record->rounding,
    };
    if (im->commissions[im->commissions_n - 1].project == im->pb.projects_n)
        return verb_fail(im->args, "record %llu activates a proposal that nobody made",
                         (unsigned long long)record->seq);
    return VERB_DONE;
}

/* A record as the API gives it; its members keep their order, so this is canonical again. */
static enum verb_exit record_count(struct import *im, struct recount *recount, const json_t *item)
{
    CLEANUP(arena) struct arena arena;
    struct record record;
    struct record_problem problem = {"", ""};
    enum verb_exit end = VERB_DONE;
    char *json = json_dumps(item, JSON_COMPACT);
    if (!json) return verb_fail(im->args, "out of memory");
    arena_init(&arena, RECORD_ARENA_MAX);
    if (record_from_json(&record, text_of(json), &arena, &problem))
        end = verb_fail(im->args, "record %llu: %s %s", (unsigned long long)im->records,
                        problem.field, problem.why);
    else if (!recount_next(recount, &record))
        end = verb_fail(im->args, "%s", recount_why(recount));
    else if (record.kind == RECORD_COMMISSION_ACTIVATED) end = commission_keep(im, &record);
    im->records++;
    free(json);
    return end;
}

static enum verb_exit page_count(struct import *im, struct recount *recount, size_t *ret_n)
{
    char path[160];
    size_t i;
    const json_t *item;
    CLEANUP(json_ref) json_t *said = NULL;
    int n = snprintf(path, sizeof(path), "/v1/communities/%s/log?limit=%d", im->slug, PAGE);
    if (im->records > 0)
        (void)snprintf(path + n, sizeof(path) - (size_t)n, "&after=%llu",
                       (unsigned long long)im->records - 1);
    enum verb_exit end = client_ask(&im->client, "GET", path, NULL, NULL, &said);
    *ret_n = json_array_size(json_object_get(said, "items"));
    json_array_foreach (json_object_get(said, "items"), i, item) {
        if (!end) end = record_count(im, recount, item);
    }
    return end;
}

static enum verb_exit totals_compare(struct import *im, const struct recount *recount)
{
    char path[128];
    CLEANUP(json_ref) json_t *said = NULL;
    const struct accounts rules = model_accounts(recount_model(recount));
    const struct {
        const char *name;
        uint64_t expected;
    } figures[] = {
        {"funds", rules.funds}, {"unallotted", rules.unallotted}, {"free", rules.free},
        {"held", rules.held}, {"committed", rules.committed}, {"paid", rules.paid},
        {"granted", rules.granted}, {"spent", rules.spent}, {"prices", rules.prices},
        {"rounding", rules.rounding}, {"seq", im->records - 1},
    };
    (void)snprintf(path, sizeof(path), "/v1/communities/%s/totals", im->slug);
    const enum verb_exit end = client_ask(&im->client, "GET", path, NULL, NULL, &said);
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]) && !end; i++) {
        const json_int_t found = json_integer_value(json_object_get(said, figures[i].name));
        if ((uint64_t)found == figures[i].expected) continue;
        (void)verb_fail(im->args, "%s is %lld, but the records give %llu", figures[i].name,
                        (long long)found, (unsigned long long)figures[i].expected);
        im->checks_failed++;
    }
    return end;
}

enum verb_exit import_check(struct import *im)
{
    struct recount recount;
    size_t n = PAGE;
    enum verb_exit end = VERB_DONE;
    recount_init(&recount);
    while (n == PAGE && !end) end = page_count(im, &recount, &n);
    if (!end && !recount_end(&recount)) end = verb_fail(im->args, "%s", recount_why(&recount));
    if (!end) end = totals_compare(im, &recount);
    recount_release(&recount);
    return end;
}
