/* share.c -- rho by sorting and walking; and what a proposal still lacks.
 *
 * Sorted upwards, whoever pledged less than rho pays all of it. So walk: as long as the next
 * smallest amount, paid by everybody still in, does not reach the price, it is paid in full and
 * leaves; the price that is left is divided by those who remain, rounded up. */
#include "groundswell/rules/share.h"

#include <stdlib.h>

#include "groundswell/base/fault.h"

static int by_amount(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

bool share_of(uint32_t *amounts, size_t n, uint64_t price_minor, struct share *ret)
{
    INVARIANT(price_minor > 0);
    if (n == 0)
        return false;
    qsort(amounts, n, sizeof *amounts, by_amount);
    uint64_t paid = 0; /* in full, by those already passed; at most n x 2^32 */
    for (size_t i = 0; i < n; i++) {
        uint64_t still_in = n - i, left = price_minor - paid;
        uint64_t rho = left / still_in + (left % still_in > 0);
        if (rho <= amounts[i]) {
            *ret = (struct share){rho, paid + rho * still_in, paid + rho * still_in - price_minor};
            return true;
        }
        paid += amounts[i];
        INVARIANT(paid < price_minor); /* amounts[i] < rho, so all of them together fall short */
    }
    return false;
}

static uint64_t lacking(uint64_t needed, uint64_t there)
{
    return needed > there ? needed - there : 0;
}

struct shortfall progress_judge(const struct mass *mass, const struct progress *progress)
{
    return (struct shortfall){
        .money = lacking(mass->price, progress->pledged),
        .people = lacking(mass->people_min, progress->people),
        .areas = lacking(mass->areas_min, progress->areas_ok),
        .headroom = lacking(mass->price, progress->headroom),
    };
}
