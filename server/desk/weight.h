/* weight.h -- how much a client likes each word of Accept-Encoding or Accept-Language (RFC 9110,
 * section 12.4.2), in thousandths. */
#ifndef GROUNDSWELL_DESK_WEIGHT_H
#define GROUNDSWELL_DESK_WEIGHT_H

#include "groundswell/base/text.h"

#define WEIGHT_MOST 1000
#define WEIGHT_NONE (-1) /* what cannot be read: as if the word were not there */

/* Takes the first word of "br, gzip;q=0.5" off *rest: *ret_name is its name, what is returned its
 * weight, WEIGHT_MOST where it says none. */
int weight_next(struct text *rest, struct text *ret_name);

#endif
