/* money.h -- amounts are integers in minor units (pence), 0 <= amount < 2^53. No floats near money,
 * ever. */
#ifndef GROUNDSWELL_BASE_MONEY_H
#define GROUNDSWELL_BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

#define MONEY_MAX ((UINT64_C(1) << 53) - 1)
#define ALLOTMENT_MAX ((UINT64_C(1) << 24) - 1) /* also the bound of one pledge */

/* "1331751.11" -> 133175111; "4000", "4000.0" too; more than two decimals only where they are
 * zeros. No sign. */
bool money_parse(struct text decimal, uint64_t *ret_minor);
/* 133175111 -> "1,331,751.11" */
void money_put(struct buf *out, uint64_t minor);

#endif
