/* range.c -- adding to a tree is adding one to a binary number: each carry is a node. */
#include "range.h"

void range_add(struct range *range, const struct hash *leaf)
{
    struct hash carry = *leaf;
    unsigned bit = 0;
    for (; range->size >> bit & 1; bit++)
        hash_node(&range->of_bit[bit], &carry, &carry);
    range->of_bit[bit] = carry;
    range->size++;
}

void range_root(const struct range *range, struct hash *ret)
{
    bool any = false;
    if (range->size == 0)
        hash_empty(ret);
    for (unsigned bit = 0; bit < 64 && range->size >> bit; bit++) {
        if (!(range->size >> bit & 1))
            continue;
        if (any)
            hash_node(&range->of_bit[bit], ret, ret);
        else
            *ret = range->of_bit[bit];
        any = true;
    }
}
