/* ends.h -- what ended before its time, as this process has heard of it. */
#ifndef GROUNDSWELL_DESK_ENDS_H
#define GROUNDSWELL_DESK_ENDS_H

#include <stdbool.h>

#include "groundswell/people/ended.h"

struct ends;
struct ledger;
struct loop;

/* NULL: no memory. Follows from now on. */
struct ends *ends_new(struct loop *loop, struct ledger *ledger);
void ends_stop(struct ends *ends); /* before the store goes; NULL accepted */
void ends_free(struct ends *ends); /* NULL accepted */

/* False: not everything has been heard yet, or more ended than can be remembered; then nobody who
 * comes with a session or a key is let in. */
bool ends_are_known(const struct ends *ends);
bool ends_hold(const struct ends *ends, const struct session *session);
bool ends_hold_key(const struct ends *ends, const uint8_t id[static PROGRAM_KEY_ID_SIZE]);

#endif
