/* trust_places.h -- what a trust's feed knows of its communities, and where a reader stands.
 *
 * Where they stand is told them as the id of an event: 1, then of each community three bytes of the
 * hash of its slug and the seq of its next event, seven bits a byte, all in base64url. So whoever
 * comes back, to any worker, says exactly what they have not seen, in about six bytes a community;
 * communities that have come or gone meanwhile do not matter. */
#ifndef GROUNDSWELL_DESK_TRUST_PLACES_H
#define GROUNDSWELL_DESK_TRUST_PLACES_H

#include "groundswell/base/buf.h"
#include "groundswell/base/ids.h"
#include "groundswell/ledger/ledger.h"

#define PLACE_RING 128 /* events kept of a community, a power of two */
#define PLACE_KIND_SIZE 32
#define STAND_MARK_SIZE 3
#define STAND_NEW UINT64_MAX /* begins with what comes next */

struct trust_feed;

struct place {
    struct trust_feed *feed;
    size_t index; /* in its feed */
    char slug[SLUG_MAX + 1];
    uint8_t mark[STAND_MARK_SIZE];
    struct ledger_follow *follow;
    struct {
        uint64_t seq, at_ms;
        char kind[PLACE_KIND_SIZE];
    } ring[PLACE_RING];
    uint64_t head, first; /* seq of the next event to come, of the oldest in the ring */
    bool asking, started; /* for where it stands; that is known */
};

void place_mark(struct place *place);
/* Into the ring. */
void place_keep(struct place *place, const struct ledger_record *record);
/* Appends what a reader who stands at *next has not seen; *next follows. */
void place_tell(const struct place *place, uint64_t *next, struct buf *out);

/* Appends the id of a reader who stands there: next[i] of places[i]. */
void stand_put(struct place *const *places, size_t n, const uint64_t *next, struct buf *out);
/* Raw form of an id; false where it is none. */
bool stand_read(struct text id, struct buf *ret);
/* Where that reader stands in a community; STAND_NEW where the id does not say. */
uint64_t stand_of(struct text raw, const struct place *place);

#endif
