/* directory.c -- the list of communities by name (directory.h): asks for what it does not know, a
 * bounded number of questions at a time, then says.
 *
 *     directory_say -> (community_view)... -> look_say */
#include "directory.h"

#include <stdlib.h>
#include <uthash.h>

#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/json.h"
#include "groundswell/base/log.h"
#include "groundswell/ledger/views.h"
#include "say.h"
#include "write.h"

#define FRESH_MS 5000
#define IN_FLIGHT_MAX 32
#define KEPT_MAX 4096 /* beyond them all are forgotten when nobody looks */
#define NAME_MAX_BYTES 1024

struct place {
    char slug[SLUG_MAX + 1];
    char name[NAME_MAX_BYTES]; /* its slug where the text was erased */
    uint64_t fetched_ms;       /* 0: never */
    uint64_t allotment, closes_ms, tenders;
    bool open, absent; /* absent: the index names it, the ledger does not know it */
    UT_hash_handle hh;
};

struct directory {
    struct desk *desk;
    struct place *by_slug;
    size_t looks;
};

struct look {
    struct visit *visit;
    struct directory *directory;
    struct place *at[DIRECTORY_MOST];
    size_t n, next, in_flight;
    bool over; /* the visit was answered with what went wrong */
};

struct asking {
    struct look *look;
    struct place *place;
};

static void look_go_on(struct look *look);

static void forget(struct directory *directory)
{
    struct place *place, *after;
    HASH_ITER (hh, directory->by_slug, place, after) {
        HASH_DEL(directory->by_slug, place);
        free(place);
    }
}

static struct place *place_of(struct directory *directory, struct text slug)
{
    struct place *place = NULL;
    HASH_FIND(hh, directory->by_slug, slug.at, (unsigned)slug.n, place);
    if (place) return place;
    INVARIANT(slug.n <= SLUG_MAX);
    place = calloc(1, sizeof *place);
    if (!place) return NULL;
    memcpy(place->slug, slug.at, slug.n);
    HASH_ADD_KEYPTR(hh, directory->by_slug, place->slug, (unsigned)slug.n, place);
    return place;
}

/* ---- saying ---------------------------------------------------------------------------------- */

static bool is_in(struct text what, struct text where)
{
    for (size_t at = 0; at + what.n <= where.n; at++)
        if (text_equal_nocase(what, (struct text){where.at + at, what.n})) return true;
    return false;
}

static void place_write(struct json_out *out, const struct place *place)
{
    json_object_begin(out);
    json_text_at(out, "slug", text_of(place->slug));
    json_text_at(out, "name", text_of(place->name));
    json_bool_at(out, "open", place->open);
    if (place->open) {
        json_u64_at(out, "allotment", place->allotment);
        write_stamp(out, "closes", place->closes_ms);
    }
    json_u64_at(out, "tenders", place->tenders);
    json_object_end(out);
}

/* Where the next page goes on: behind the last that was looked at. */
static void look_say(struct look *look)
{
    struct visit *visit = look->visit;
    const uint64_t limit = errand_of(visit)->page.limit;
    struct text wanted = text_trim(visit_query(visit, "name", NULL));
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    uint64_t written = 0;
    size_t i = 0;
    write_list(&out);
    for (; i < look->n && written < limit; i++) {
        const struct place *place = look->at[i];
        bool fits = wanted.n == 0 || is_in(wanted, text_of(place->name)) ||
                    is_in(wanted, text_of(place->slug));
        if (place->absent || !fits) continue;
        place_write(&out, place);
        written++;
    }
    bool more = i < look->n || look->n == DIRECTORY_MOST || (wanted.n == 0 && look->n == limit);
    write_list_end_after(visit, &out, more && i > 0 ? text_of(look->at[i - 1]->slug) : TEXT_NONE);
    say_json(visit, 200, &body);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void place_learn(struct place *place, const struct community_view *view)
{
    CLEANUP(json_ref) json_t *words = NULL;
    struct text name = TEXT_NONE;
    if (view->text.n > 0 && !json_read(view->text, JSON_DEPTH_MAX, &words, NULL))
        name = body_text(words, "name");
    if (name.n == 0 || name.n >= sizeof place->name) name = text_of(place->slug);
    snprintf(place->name, sizeof place->name, "%.*s", TEXT_ARGS(name));
    place->open = view->open;
    place->allotment = view->allotment;
    place->closes_ms = view->closes_ms;
    place->tenders = view->tenders;
}

static void view_answer(void *ctx, const struct ledger_answer *answer)
{
    struct asking *asking = ctx;
    struct look *look = asking->look;
    struct place *place = asking->place;
    free(asking);
    look->in_flight--;
    if (answer->fault && !look->over) {
        look->over = true;
        say_fault(look->visit, answer->fault);
    } else if (!answer->fault) {
        place->absent = answer->refusal != REFUSAL_NONE;
        if (!place->absent) place_learn(place, answer->outcome);
        place->fetched_ms = clock_wall_ms();
    }
    look_go_on(look);
}

/* False: memory was short. */
static bool view_ask(struct look *look, struct place *place)
{
    struct asking *asking = malloc(sizeof *asking);
    if (!asking) return false;
    *asking = (struct asking){look, place};
    look->in_flight++;
    ledger_community_view(look->directory->desk->plan.ledger, text_of(place->slug), view_answer,
                          asking);
    return true;
}

static void look_go_on(struct look *look)
{
    const uint64_t now_ms = clock_wall_ms();
    while (!look->over && look->next < look->n && look->in_flight < IN_FLIGHT_MAX) {
        struct place *place = look->at[look->next++];
        bool fresh = place->fetched_ms > 0 && now_ms < place->fetched_ms + FRESH_MS;
        if (fresh || view_ask(look, place)) continue;
        look->over = true;
        say_fault(look->visit, FAULT_MEMORY);
    }
    if (look->in_flight > 0) return;
    if (!look->over) look_say(look);
    look->directory->looks--;
    free(look);
}

void directory_say(struct visit *visit, const struct text *slugs, size_t n)
{
    struct directory *directory = errand_of(visit)->desk->directory;
    struct look *look = calloc(1, sizeof *look);
    if (!look) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    if (directory->looks == 0 && HASH_COUNT(directory->by_slug) > KEPT_MAX) forget(directory);
    *look = (struct look){.visit = visit, .directory = directory};
    directory->looks++;
    for (size_t i = 0; i < n && look->n < DIRECTORY_MOST; i++) {
        struct place *place = place_of(directory, slugs[i]);
        if (place) look->at[look->n++] = place;
        else log_error("desk", "out of memory: a community is missing in a list");
    }
    look_go_on(look);
}

struct directory *directory_new(struct desk *desk)
{
    struct directory *directory = calloc(1, sizeof *directory);
    if (directory) directory->desk = desk;
    return directory;
}

void directory_free(struct directory *directory)
{
    if (!directory) return;
    forget(directory);
    free(directory);
}
