/* path.h -- where a tile is kept, and which tiles a log of a given size has (C2SP tlog-tiles).
 *
 * tile/<L>/<N>[.p/<W>] holds hashes, tile/entries/<N>[.p/<W>] entries. N is in groups of three
 * digits, all but the last prefixed with x: 1234067 is x001/x234/067. A tile of 256 is full; one
 * of W < 256 is partial. Tile N of level L holds, for i from 0, the root of the complete subtree of
 * 256^L leaves that begins at leaf (N * 256 + i) * 256^L. */
#ifndef GROUNDSWELL_TLOG_PATH_H
#define GROUNDSWELL_TLOG_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/text.h"

#define TILE_WIDTH 256u
#define TILE_LEVELS 8u     /* enough for 2^63 leaves */
#define TILE_PATH_SIZE 72  /* with the NUL */
#define TILE_BYTES (256 * 32)
#define LOG_SIZE_MAX ((uint64_t)INT64_MAX)

enum tile_kind { TILE_HASHES, TILE_ENTRIES };

struct tile {
    enum tile_kind kind;
    unsigned level; /* 0 for entries */
    uint64_t index;
    unsigned width; /* 1..256 */
};

void tile_path(struct tile tile, char ret[static TILE_PATH_SIZE]);
/* Strict: one tile has one path. Levels up to 63 are read, as the format has them. */
bool tile_parse(struct text path, struct tile *ret);

/* How many hashes (or entries: level 0) tile `index` has in a log of that size: 0..256. */
unsigned tile_width(unsigned level, uint64_t index, uint64_t size);

/* Walks every tile that a log of size `to` has and one of size `from` has not, partial ones
 * included: from 0, all tiles of a log. Entries first, then level 0 upwards.
 *     struct growth growth = growth_of(from, to);
 *     while (growth_next(&growth, &tile)) ... */
struct growth {
    uint64_t from, to;
    struct tile next;
};
struct growth growth_of(uint64_t from, uint64_t to);
bool growth_next(struct growth *growth, struct tile *ret);

#endif
