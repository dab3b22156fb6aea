/* areas.c -- see areas.h. A hash table by slug; insertion order is the order of forgetting. */
#include "areas.h"

#include <uthash.h>

#include "groundswell/base/ids.h"

struct seen {
    char slug[SLUG_MAX + 1];
    char *codes;
    size_t codes_n;
    UT_hash_handle hh;
};

struct areas_seen {
    struct seen *by_slug;
};

struct areas_seen *areas_seen_new(void)
{
    return calloc(1, sizeof(struct areas_seen));
}

static void forget(struct areas_seen *areas, struct seen *seen)
{
    HASH_DEL(areas->by_slug, seen);
    free(seen->codes);
    free(seen);
}

void areas_seen_free(struct areas_seen *areas)
{
    if (!areas) return;
    while (areas->by_slug)
        forget(areas, areas->by_slug);
    free(areas);
}

struct text areas_seen_get(struct areas_seen *areas, struct text slug)
{
    struct seen *seen = NULL;
    HASH_FIND(hh, areas->by_slug, slug.at, slug.n, seen);
    return seen ? (struct text){seen->codes, seen->codes_n} : TEXT_NONE;
}

void areas_seen_put(struct areas_seen *areas, struct text slug, struct text codes)
{
    if (slug.n > SLUG_MAX || areas_seen_get(areas, slug).at) return;
    if (HASH_COUNT(areas->by_slug) >= AREAS_SEEN_MAX) forget(areas, areas->by_slug);
    struct seen *seen = calloc(1, sizeof *seen);
    if (!seen) return;
    memcpy(seen->slug, slug.at, slug.n);
    seen->codes = strndup(codes.at, codes.n);
    seen->codes_n = codes.n;
    if (!seen->codes) free(seen);
    else HASH_ADD_KEYPTR(hh, areas->by_slug, seen->slug, slug.n, seen);
}

bool area_index(struct text codes, struct text code, uint64_t *ret)
{
    for (uint64_t i = 0; codes.n > 0; i++) {
        if (!text_equal(text_cut(&codes, ','), code)) continue;
        *ret = i;
        return true;
    }
    return false;
}
