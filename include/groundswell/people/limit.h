/* limit.h -- how often somebody may do something: the generic cell rate algorithm (ITU-T I.371) in
 * a table of fixed size.
 *
 * A cell is a key and the time at which it will have drained; a drained cell is as good as none and
 * its place is taken by the next key. Where a new key finds no place it is let through and counted
 * (limit_untracked): refusing it would let whoever fills the table lock everybody out. Keys are
 * keyed hashes (people_hash), so that nobody outside can choose whose place they take. */
#ifndef GROUNDSWELL_PEOPLE_LIMIT_H
#define GROUNDSWELL_PEOPLE_LIMIT_H

#include <stddef.h>
#include <stdint.h>

struct limit_table;

#define LIMIT_CELLS 65536 /* the usual size: 1 MiB */
#define LIMIT_INTERVAL_MAX_US UINT64_C(86400000000) /* one a day */
#define LIMIT_BURST_MAX 100000u

/* One each interval in the long run; `burst` at once after a rest. {60000000, 5}: five at once,
 * then one a minute. */
struct limit_rate {
    uint64_t interval_us; /* 1 to LIMIT_INTERVAL_MAX_US */
    uint32_t burst;       /* 1 to LIMIT_BURST_MAX */
};

struct limit_table *limit_new(size_t cells); /* rounded up to 16, 32, 64...; NULL: no memory */
void limit_free(struct limit_table *table);  /* NULL is accepted */

/* Takes one: 0, or how many whole seconds to wait before the next try (then nothing was taken). A
 * key belongs to one rate: the class of what is done is part of what was hashed. */
uint32_t limit_take(struct limit_table *table, uint64_t key, const struct limit_rate *rate,
                    uint64_t now_us);
/* The same answer, nothing taken: where only failures count, ask first and take after one. */
uint32_t limit_wait(const struct limit_table *table, uint64_t key, const struct limit_rate *rate,
                    uint64_t now_us);

/* How many were let through without a cell so far. */
uint64_t limit_untracked(const struct limit_table *table);

/* The key of a hash: its first eight bytes. */
uint64_t limit_key(const uint8_t hash[static 8]);

#endif
