/* trust_watch.c -- the trust's watch: all its communities at a glance, sorted, filtered, searched.
 *
 *     ?sort=    near (the nearest to activation first), deadline (the soonest), participation (the
 *               lowest), name
 *     ?filter=  open (tenders), stalled, suspended, trouble
 *     ?q=       part of a name or a slug, in any case of ASCII
 *
 * Where two are equal the name decides, then the slug, so that pages do not shuffle. */
#include <stdlib.h>
#include <string.h>

#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/json.h"
#include "say.h"
#include "sums.h"
#include "trust_handlers.h"
#include "write.h"

#define WATCH_PAGE_MAX 200
#define SEARCH_MAX 100
#define CSV_MAX (16 * MIB)

typedef int order_fn(const void *a, const void *b);

struct looking {
    order_fn *order;
    struct text filter, q; /* empty: none */
    struct page page;
};

/* ---- order ----------------------------------------------------------------------------------- */

static const struct sum *sum_at(const void *place)
{
    return *(struct sum *const *)place;
}

static int compared(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int by_name(const void *a, const void *b)
{
    const struct text x = buf_view(&sum_at(a)->name), y = buf_view(&sum_at(b)->name);
    for (size_t i = 0; i < x.n && i < y.n; i++)
        if (lower(x.at[i]) != lower(y.at[i])) return lower(x.at[i]) < lower(y.at[i]) ? -1 : 1;
    if (x.n != y.n) return x.n < y.n ? -1 : 1;
    return strcmp(sum_at(a)->slug, sum_at(b)->slug);
}

static int by_nearest(const void *a, const void *b)
{
    const int order = compared(sum_at(b)->nearest, sum_at(a)->nearest);
    return order ? order : by_name(a, b);
}

static int by_deadline(const void *a, const void *b)
{
    const int order = compared(sum_at(a)->due_ms, sum_at(b)->due_ms);
    return order ? order : by_name(a, b);
}

static int by_participation(const void *a, const void *b)
{
    const int order = compared(sum_at(a)->permille, sum_at(b)->permille);
    return order ? order : by_name(a, b);
}

/* ---- what is asked for ----------------------------------------------------------------------- */

static void say_wrong(struct visit *visit, const char *name, const char *reason)
{
    SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", text_of(name)}, {"reason", text_of(reason)});
}

static bool sort_read(struct visit *visit, order_fn **ret)
{
    static const struct {
        const char *name;
        order_fn *order;
    } sorts[] = {{"near", by_nearest},
                 {"deadline", by_deadline},
                 {"participation", by_participation},
                 {"name", by_name}};
    const struct text named = visit_query(visit, "sort", NULL);
    *ret = by_nearest;
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        if (!text_is(named, sorts[i].name)) continue;
        *ret = sorts[i].order;
        return true;
    }
    if (named.n == 0) return true;
    say_wrong(visit, "sort", "must be near, deadline, participation or name");
    return false;
}

static bool filter_read(struct visit *visit, struct text *ret)
{
    static const char *const filters[] = {"open", "stalled", "suspended", "trouble"};
    *ret = visit_query(visit, "filter", NULL);
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
        if (text_is(*ret, filters[i])) return true;
    if (ret->n == 0) return true;
    say_wrong(visit, "filter", "must be open, stalled, suspended or trouble");
    return false;
}

static bool search_read(struct visit *visit, struct text *ret)
{
    bool broken = false;
    *ret = text_trim(visit_query(visit, "q", &broken));
    if (!broken && ret->n <= SEARCH_MAX) return true;
    say_wrong(visit, "q", "must be at most 100 bytes");
    return false;
}

/* NULL: the visit is answered. */
static struct looking *looking_read(struct visit *visit)
{
    struct looking *looking = arena_alloc(&visit->arena, sizeof *looking);
    if (!looking) {
        say_fault(visit, FAULT_MEMORY);
        return NULL;
    }
    if (!sort_read(visit, &looking->order) || !filter_read(visit, &looking->filter) ||
        !search_read(visit, &looking->q) || !page_read(visit, WATCH_PAGE_MAX, &looking->page))
        return NULL;
    if (!visit_query(visit, "limit", NULL).at) looking->page.limit = WATCH_PAGE_MAX;
    return looking;
}

/* ---- filter and search ----------------------------------------------------------------------- */

static bool filter_fits(struct text filter, const struct sum *sum)
{
    if (text_is(filter, "open")) return sum->tenders_open > 0;
    if (text_is(filter, "stalled")) return sum->stalled > 0;
    if (text_is(filter, "suspended")) return sum->suspended > 0;
    return !text_is(filter, "trouble") || sum->trouble != 0;
}

static bool is_in(struct text what, struct text where)
{
    for (size_t at = 0; at + what.n <= where.n; at++)
        if (text_equal_nocase(what, (struct text){where.at + at, what.n})) return true;
    return false;
}

static bool fits(const struct looking *looking, const struct sum *sum)
{
    if (!filter_fits(looking->filter, sum)) return false;
    return looking->q.n == 0 || is_in(looking->q, buf_view(&sum->name)) ||
           is_in(looking->q, text_of(sum->slug));
}

/* What is left of it, in order; how many. */
static size_t narrow(struct gathering *gathering, const struct looking *looking)
{
    size_t n = 0;
    for (size_t i = 0; i < gathering->n; i++)
        if (fits(looking, gathering->at[i])) gathering->at[n++] = gathering->at[i];
    qsort(gathering->at, n, sizeof *gathering->at, looking->order);
    return n;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

struct total {
    uint64_t communities, residents, people, tenders_open, stalled, suspended, trouble, at_ms;
};

static struct total total_of(const struct gathering *gathering)
{
    struct total total = {.communities = gathering->n, .at_ms = clock_wall_ms()};
    for (size_t i = 0; i < gathering->n; i++) {
        const struct sum *sum = gathering->at[i];
        total.residents += sum->residents;
        total.people += sum->people;
        total.tenders_open += sum->tenders_open;
        total.stalled += sum->stalled;
        total.suspended += sum->suspended;
        total.trouble += sum->trouble != 0;
        if (sum->fetched_ms < total.at_ms) total.at_ms = sum->fetched_ms;
    }
    return total;
}

static void total_put(struct json_out *out, const struct total *total, size_t shown)
{
    json_name(out, "total");
    json_object_begin(out);
    json_u64_at(out, "communities", total->communities);
    json_u64_at(out, "shown", shown);
    json_u64_at(out, "residents", total->residents);
    json_u64_at(out, "people", total->people);
    json_u64_at(out, "permille",
                total->residents ? total->people * 1000 / total->residents : 0);
    json_u64_at(out, "tenders_open", total->tenders_open);
    json_u64_at(out, "stalled", total->stalled);
    json_u64_at(out, "suspended", total->suspended);
    json_u64_at(out, "trouble", total->trouble);
    json_object_end(out);
}

static void watch_get_done(struct gathering *gathering)
{
    static const char *const kept[] = {"limit", "sort", "filter", "q", NULL};
    struct visit *visit = gathering->visit;
    const struct looking *looking = gathering->ctx;
    const struct total total = total_of(gathering);
    const size_t n = narrow(gathering, looking);
    CLEANUP(buf) struct buf body = BUF_MAX(16 * MIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_text_at(&out, "trust", visit_param(visit, "trust"));
    write_stamp(&out, "at", total.at_ms);
    total_put(&out, &total, n);
    json_name(&out, "items");
    json_array_begin(&out);
    uint64_t i = looking->page.after, last = i + looking->page.limit;
    for (; i < n && i < last; i++) {
        if (buf_fault(&gathering->at[i]->json)) {
            say_fault(visit, buf_fault(&gathering->at[i]->json));
            return;
        }
        json_raw(&out, buf_view(&gathering->at[i]->json));
    }
    write_list_end_filtered(visit, &out, i < n ? i : LIST_ENDS, kept);
    say_json(visit, 200, &body);
}

void watch_get(struct visit *visit)
{
    struct looking *looking = looking_read(visit);
    if (looking) sums_gather(visit, visit_param(visit, "trust"), watch_get_done, looking);
}

/* ---- the table ------------------------------------------------------------------------------- */

static void watch_csv_done(struct gathering *gathering)
{
    struct visit *visit = gathering->visit;
    const size_t n = narrow(gathering, gathering->ctx);
    CLEANUP(buf) struct buf body = BUF_MAX(CSV_MAX);
    buf_cstr(&body, sums_csv_head);
    for (size_t i = 0; i < n; i++)
        buf_text(&body, buf_view(&gathering->at[i]->csv));
    if (buf_fault(&body) ||
        visit_header(visit, "Content-Disposition", TEXT("attachment; filename=\"watch.csv\"")))
        say_fault(visit, FAULT_LIMIT);
    else visit_answer(visit, 200, "text/csv; charset=utf-8", buf_view(&body));
}

void watch_csv_get(struct visit *visit)
{
    struct looking *looking = looking_read(visit);
    if (looking) sums_gather(visit, visit_param(visit, "trust"), watch_csv_done, looking);
}
