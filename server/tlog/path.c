/* path.c -- the arithmetic of tiles, and their names. */
#include "groundswell/tlog/path.h"

#include <inttypes.h>

#include "groundswell/base/fault.h"

/* The groups of N, the last three digits first. */
static size_t put_index(uint64_t index, char *at, size_t max)
{
    unsigned groups[7];
    size_t n = 0;
    do
        groups[n++] = (unsigned)(index % 1000);
    while (index /= 1000);
    size_t used = 0;
    while (n--) {
        int m = snprintf(at + used, max - used, n ? "x%03u/" : "%03u", groups[n]);
        INVARIANT(m > 0 && (size_t)m < max - used);
        used += (size_t)m;
    }
    return used;
}

void tile_path(struct tile tile, char ret[static TILE_PATH_SIZE])
{
    INVARIANT(tile.width >= 1 && tile.width <= TILE_WIDTH);
    int m = tile.kind == TILE_ENTRIES ? snprintf(ret, TILE_PATH_SIZE, "tile/entries/")
                                      : snprintf(ret, TILE_PATH_SIZE, "tile/%u/", tile.level);
    INVARIANT(m > 0);
    size_t used = (size_t)m;
    used += put_index(tile.index, ret + used, TILE_PATH_SIZE - used);
    if (tile.width < TILE_WIDTH)
        INVARIANT((size_t)snprintf(ret + used, TILE_PATH_SIZE - used, ".p/%u", tile.width)
                  < TILE_PATH_SIZE - used);
}

static bool take(struct text *rest, const char *prefix)
{
    size_t n = strlen(prefix);
    if (rest->n < n || memcmp(rest->at, prefix, n) != 0)
        return false;
    rest->at += n;
    rest->n -= n;
    return true;
}

static bool take_group(struct text *rest, uint64_t *value)
{
    if (rest->n < 3)
        return false;
    uint64_t group = 0;
    for (size_t i = 0; i < 3; i++) {
        char c = rest->at[i];
        if (c < '0' || c > '9')
            return false;
        group = group * 10 + (uint64_t)(c - '0');
    }
    if (*value > (UINT64_MAX - group) / 1000)
        return false;
    *value = *value * 1000 + group;
    rest->at += 3;
    rest->n -= 3;
    return true;
}

static bool take_index(struct text *rest, uint64_t *ret)
{
    *ret = 0;
    for (bool first = true; take(rest, "x"); first = false) {
        if (!take_group(rest, ret) || !take(rest, "/"))
            return false;
        if (first && *ret == 0)
            return false; /* x000/001 would be a second name of 001 */
    }
    return take_group(rest, ret);
}

bool tile_parse(struct text path, struct tile *ret)
{
    struct text rest = path;
    *ret = (struct tile){.kind = TILE_ENTRIES, .width = TILE_WIDTH};
    if (!take(&rest, "tile/"))
        return false;
    if (!take(&rest, "entries/")) {
        uint64_t level;
        if (!text_to_u64(text_cut(&rest, '/'), 63, &level))
            return false;
        ret->kind = TILE_HASHES;
        ret->level = (unsigned)level;
    }
    if (!take_index(&rest, &ret->index))
        return false;
    if (rest.n == 0)
        return true;
    uint64_t width;
    if (!take(&rest, ".p/") || !text_to_u64(rest, TILE_WIDTH - 1, &width) || width == 0)
        return false;
    ret->width = (unsigned)width;
    return true;
}

unsigned tile_width(unsigned level, uint64_t index, uint64_t size)
{
    uint64_t hashes = level < TILE_LEVELS ? size >> (8 * level) : 0;
    if (index < hashes / TILE_WIDTH)
        return TILE_WIDTH;
    return index == hashes / TILE_WIDTH ? (unsigned)(hashes % TILE_WIDTH) : 0;
}

/* The first tile of this kind and level that `from` does not have as it stands in `to`. */
static struct tile first_of(enum tile_kind kind, unsigned level, uint64_t from)
{
    return (struct tile){.kind = kind, .level = level, .index = (from >> (8 * level)) / TILE_WIDTH};
}

struct growth growth_of(uint64_t from, uint64_t to)
{
    INVARIANT(from <= to && to <= LOG_SIZE_MAX);
    return (struct growth){.from = from, .to = to, .next = first_of(TILE_ENTRIES, 0, from)};
}

bool growth_next(struct growth *growth, struct tile *ret)
{
    struct tile *next = &growth->next;
    for (;;) {
        unsigned width = tile_width(next->level, next->index, growth->to);
        if (width && width != tile_width(next->level, next->index, growth->from)) {
            next->width = width;
            *ret = *next;
            next->index++;
            return true;
        }
        if (width) { /* as wide as before: nothing new at this level */
            next->index++;
            continue;
        }
        if (next->kind == TILE_HASHES && next->level == TILE_LEVELS - 1)
            return false;
        unsigned level = next->kind == TILE_ENTRIES ? 0 : next->level + 1;
        *next = first_of(TILE_HASHES, level, growth->from);
    }
}
