/* sealer_check.c -- is this Redis the one that the sealed logs tell of?
 *
 * Asked in the store's prelude, before anything is served: for each folder under DATA/log with a
 * checkpoint, the ledger must have come at least as far, and the last sealed record, where the
 * stream still has it, must be there as it was sealed. A log that cannot be read says nothing about
 * Redis: its sealer stops and tells. */
#include <dirent.h>

#include "groundswell/base/log.h"
#include "groundswell/keeper/sealed.h"
#include "groundswell/rules/record.h"
#include "groundswell/store/store.h"
#include "sealer_inside.h"

#define SLUGS_MAX MIB /* bytes of all names together */
#define WHY_MAX 240   /* what the store keeps of a sentence */

_Static_assert(SEALER_LINES_MAX == SEALER_PAGE * (RECORD_JSON_MAX + 1), "a page of records");

struct sealer_checking {
    struct sealer *sealer; /* NULL: superseded, to be freed with the next answer */
    void (*done)(void *ctx, const char *why_not);
    void *ctx;
    struct buf slugs; /* a name a line */
    size_t at;
    char slug[SLUG_MAX + 1];
    uint64_t size;
    bool under_way;
};

static void check_next(struct sealer_checking *check);

static void check_free(struct sealer_checking *check)
{
    buf_release(&check->slugs);
    free(check);
}

void sealer_check_drop(struct sealer *sealer)
{
    struct sealer_checking *check = sealer->checking;
    sealer->checking = NULL;
    if (check && check->under_way)
        check->sealer = NULL;
    else if (check)
        check_free(check);
}

/* Ends it; `why_not` NULL: all is well. */
static void check_end(struct sealer_checking *check, const char *why_not)
{
    void (*done)(void *ctx, const char *why_not) = check->done;
    void *ctx = check->ctx;
    sealer_check_drop(check->sealer);
    done(ctx, why_not);
}

/* ---- the record ----------------------------------------------------------------------------- */

enum fault sealer_render(struct sealer *sealer, const struct text *flat, size_t n, struct buf *out,
                         char ret_why[static DOUBT_SIZE])
{
    struct record record;
    struct record_problem problem = {"", ""};
    arena_reset(&sealer->arena);
    const enum fault no = record_from_fields(&record, flat, n, &sealer->arena, &problem);
    if (no == FAULT_FORMAT)
        snprintf(ret_why, DOUBT_SIZE, "Redis holds what is no record: %s %s",
                 problem.field ? problem.field : "it", problem.why ? problem.why : "is wrong");
    if (no)
        return no;
    record_json(&record, out);
    return buf_fault(out);
}

struct comparing {
    struct text json;
    bool same;
};

static enum fault entry_compare(void *ctx, uint64_t seq, struct text json)
{
    struct comparing *comparing = ctx;
    (void)seq;
    comparing->same = text_equal(json, comparing->json);
    return FAULT_NONE;
}

/* True, too, where the sealed record cannot be read. */
static bool entry_is_the_same(struct sealer_checking *check, const struct answer *fields)
{
    struct text flat[2 * 32];
    CLEANUP(buf) struct buf json = BUF_MAX(RECORD_JSON_MAX);
    char why[DOUBT_SIZE];
    const size_t n = answer_count(fields);
    if (n == 0 || n > sizeof flat / sizeof *flat)
        return false;
    for (size_t i = 0; i < n; i++)
        flat[i] = answer_text(answer_at(fields, i));
    if (sealer_render(check->sealer, flat, n, &json, why))
        return false;
    struct comparing comparing = {.json = buf_view(&json), .same = true};
    const uint64_t last[2] = {check->size - 1, check->size};
    if (sealed_page(check->sealer->data, text_of(check->slug), last, entry_compare, &comparing,
                    NULL))
        log_warn("sealer", "record %llu of the sealed log of %s cannot be read",
                 (unsigned long long)last[0], check->slug);
    return comparing.same;
}

/* ---- questions ------------------------------------------------------------------------------ */

/* True where there is nobody left to tell, or nothing to judge. */
static bool answer_is_lost(struct sealer_checking *check, enum fault fault)
{
    check->under_way = false;
    if (!check->sealer) {
        check_free(check);
        return true;
    }
    if (fault)
        check_end(check, "does not tell how far its ledger is");
    return fault != FAULT_NONE;
}

static void last_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct sealer_checking *check = ctx;
    char why[WHY_MAX];
    if (answer_is_lost(check, fault))
        return;
    if (answer_count(answer) == 0 || entry_is_the_same(check, answer_at(answer_at(answer, 0), 1))) {
        check_next(check);
        return;
    }
    snprintf(why, sizeof why,
             "tells another story than the sealed log of %s: record %llu differs. Stop the server "
             "and run `groundswell rebuild`",
             check->slug, (unsigned long long)check->size - 1);
    check_end(check, why);
}

static void seq_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct sealer_checking *check = ctx;
    char why[WHY_MAX], key[SLUG_MAX + 16], from[32], to[32];
    uint64_t held = 0;
    if (answer_is_lost(check, fault))
        return;
    if (!answer_u64(answer, UINT64_MAX, &held))
        held = 0;
    if (held < check->size) {
        snprintf(why, sizeof why,
                 "is behind the sealed log of %s (%llu records, %llu are sealed). Stop the server "
                 "and run `groundswell rebuild`",
                 check->slug, (unsigned long long)held, (unsigned long long)check->size);
        check_end(check, why);
        return;
    }
    snprintf(key, sizeof key, "{%s}:log", check->slug);
    snprintf(from, sizeof from, "%llu-0", (unsigned long long)check->size - 1);
    snprintf(to, sizeof to, "%llu", (unsigned long long)check->size - 1);
    const struct text argv[] = {TEXT("XRANGE"), text_of(key), text_of(from), text_of(to)};
    check->under_way = true;
    store_ask_prelude(check->sealer->plan.store, argv, 4, STORE_DEADLINE_MS, last_answer, check);
}

/* The next log that has a checkpoint. */
static bool log_take(struct sealer_checking *check)
{
    struct text rest = buf_view(&check->slugs);
    rest = (struct text){rest.at + check->at, rest.n - check->at};
    while (rest.n) {
        const struct text slug = text_cut(&rest, '\n');
        check->at += slug.n + 1;
        memcpy(check->slug, slug.at, slug.n);
        check->slug[slug.n] = 0;
        const enum fault no = sealed_size(check->sealer->data, slug, &check->size);
        if (!no && check->size)
            return true;
        if (no && no != FAULT_ABSENT)
            log_error("sealer", "the checkpoint of %s cannot be read", check->slug);
    }
    return false;
}

static void check_next(struct sealer_checking *check)
{
    if (!log_take(check)) {
        check_end(check, NULL);
        return;
    }
    char key[SLUG_MAX + 16];
    snprintf(key, sizeof key, "{%s}:c", check->slug);
    const struct text argv[] = {TEXT("HGET"), text_of(key), TEXT("seq")};
    check->under_way = true;
    store_ask_prelude(check->sealer->plan.store, argv, 3, STORE_DEADLINE_MS, seq_answer, check);
}

static void slugs_list(const char *data, struct buf *out)
{
    char folder[SEALED_PATH_SIZE];
    if (sealed_folder(data, TEXT_NONE, folder))
        return;
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; dir && (entry = readdir(dir));)
        if (slug_is_valid(text_of(entry->d_name)))
            buf_format(out, "%s\n", entry->d_name);
    if (dir)
        closedir(dir);
}

void sealer_check(struct sealer *sealer, void (*done)(void *ctx, const char *why_not), void *ctx)
{
    sealer_check_drop(sealer);
    struct sealer_checking *check = calloc(1, sizeof *check);
    if (!check) {
        done(ctx, "cannot be compared with the sealed logs: out of memory");
        return;
    }
    *check = (struct sealer_checking){
        .sealer = sealer, .done = done, .ctx = ctx, .slugs = BUF_MAX(SLUGS_MAX)};
    sealer->checking = check;
    slugs_list(sealer->data, &check->slugs);
    if (buf_fault(&check->slugs))
        check_end(check, "cannot be compared with the sealed logs: they are too many");
    else
        check_next(check);
}
