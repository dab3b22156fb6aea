/* differential_shares.c -- the radix histogram of every proposal beside the pledges that the rules
 * know one by one: a wrong bucket would show only in some later share. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "groundswell/base/secret.h"

#include "differential_inside.h"

struct bucket {
    char name[5];
    uint64_t count, sum;
};
struct buckets {
    uint64_t proposal;
    struct bucket at[4 * PEOPLE_MAX];
    size_t n;
};

static void bucket_add(struct buckets *buckets, uint64_t amount, size_t digits)
{
    struct bucket bucket = {{0}, 1, amount};
    for (size_t i = 0; i < digits; i++)
        bucket.name[i] = (char)('0' + (amount >> (18 - 6 * i) & 63));
    for (size_t i = 0; i < buckets->n; i++)
        if (strcmp(buckets->at[i].name, bucket.name) == 0) {
            buckets->at[i].count++;
            buckets->at[i].sum += amount;
            return;
        }
    INVARIANT(buckets->n < sizeof buckets->at / sizeof *buckets->at);
    buckets->at[buckets->n++] = bucket;
}

static void wallet_add(void *ctx, const struct model_wallet *wallet)
{
    struct buckets *buckets = ctx;
    for (size_t i = 0; i < wallet->entries_n; i++)
        for (size_t digits = 1; wallet->entries[i].proposal == buckets->proposal && digits <= 4;
             digits++)
            bucket_add(buckets, wallet->entries[i].amount, digits);
}

static void put(struct buf *out, uint64_t proposal, const char *name, struct text bytes)
{
    buf_format(out, "%" PRIu64 " %s ", proposal, name);
    encode_hex(out, bytes.at, bytes.n);
    buf_char(out, '\n');
}

static void buckets_expected(struct differential *d, const struct buckets *buckets)
{
    for (size_t i = 0; i < buckets->n; i++) {
        const struct bucket *bucket = &buckets->at[i];
        char bytes[11];
        for (size_t k = 0; k < 4; k++)
            bytes[k] = (char)(bucket->count >> (24 - 8 * k));
        for (size_t k = 0; k < 7; k++)
            bytes[4 + k] = (char)(bucket->sum >> (48 - 8 * k));
        size_t n = strlen(bucket->name) == 4 ? 4 : sizeof bytes;
        put(&d->expected, buckets->proposal, bucket->name, (struct text){bytes, n});
    }
}

/* While it is live it has a histogram. One that its round's closing has released keeps it until the
 * tender's deadline comes; that one is not looked at. */
static bool is_live(const struct differential *d, uint64_t number, bool *ret_flipped)
{
    struct model_proposal proposal;
    struct model_tender tender;
    INVARIANT(model_proposal(model_of(d), number, &proposal));
    INVARIANT(model_tender(model_of(d), proposal.tender, &tender));
    *ret_flipped = strchr("och", tender.mark) && strcmp(tender.state, "lapsed") == 0;
    return strcmp(proposal.state, "live") == 0;
}

void shares_put(struct differential *d)
{
    uint64_t n = model_proposals(model_of(d));
    struct buckets *buckets = malloc(sizeof *buckets);
    bool flipped;
    INVARIANT(buckets != NULL);
    buf_reset(&d->expected);
    buf_reset(&d->got);
    for (uint64_t i = 1; i <= n; i++)
        resp_say(&d->resp, "HGETALL {%s}:h:%" PRIu64, d->slug, i);
    resp_flush(&d->resp);
    for (uint64_t i = 1; i <= n; i++) {
        struct reply flat = resp_read(&d->resp, &d->arena);
        bool live = is_live(d, i, &flipped);
        for (size_t k = 0; k + 1 < flat.n && !flipped; k += 2)
            if (!live || !text_is(flat.items[k].text, "wide")) /* filler, see ACTS.md */
                put(&d->got, i, flat.items[k].text.at, flat.items[k + 1].text);
        buckets->proposal = i;
        buckets->n = 0;
        if (live)
            model_wallets_each(model_of(d), wallet_add, buckets);
        buckets_expected(d, buckets);
    }
    free(buckets);
}
