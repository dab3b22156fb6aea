/* clock.h -- wall time for people and records, steady time for deadlines and measurements. */
#ifndef GROUNDSWELL_BASE_CLOCK_H
#define GROUNDSWELL_BASE_CLOCK_H

#include <stdint.h>

#include "groundswell/base/text.h"

uint64_t clock_wall_ms(void);   /* since 1970-01-01 UTC */
uint64_t clock_steady_us(void); /* monotonic, arbitrary start */

/* RFC 3339 in UTC with milliseconds, "2026-11-21T21:16:41.123Z"; ret holds at least 25 bytes. */
#define CLOCK_STAMP_SIZE 25
void clock_stamp(uint64_t wall_ms, char ret[static CLOCK_STAMP_SIZE]);

/* Reads RFC 3339 (offset or Z, fraction optional, cut to milliseconds). False where malformed or
 * before 1970. */
bool clock_parse(struct text stamp, uint64_t *ret_wall_ms);

#endif
