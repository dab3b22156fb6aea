/* bundle.c -- lengths and bytes. */
#include "groundswell/tlog/bundle.h"

enum fault bundle_put(struct buf *out, struct text entry)
{
    if (entry.n > ENTRY_MAX)
        return FAULT_LIMIT;
    uint8_t length[2] = {(uint8_t)(entry.n >> 8), (uint8_t)entry.n};
    buf_put(out, length, sizeof length);
    buf_text(out, entry);
    return buf_fault(out);
}

bool bundle_next(struct text *rest, struct text *ret_entry)
{
    if (rest->n < 2)
        return false;
    size_t length = (size_t)(uint8_t)rest->at[0] << 8 | (uint8_t)rest->at[1];
    if (rest->n - 2 < length)
        return false;
    *ret_entry = (struct text){rest->at + 2, length};
    rest->at += 2 + length;
    rest->n -= 2 + length;
    return true;
}

bool bundle_is_whole(struct text bundle, unsigned width)
{
    struct text entry;
    unsigned n = 0;
    while (bundle_next(&bundle, &entry))
        n++;
    return bundle.n == 0 && n == width;
}
