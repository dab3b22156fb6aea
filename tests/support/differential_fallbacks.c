/* differential_fallbacks.c -- steps behind pledges: drawn, and looked at on both sides. */
#include "differential_inside.h"

#include <inttypes.h>

#include "groundswell/base/secret.h"

/* Mostly two that can be pledged on; now and then the pledge's own, the same twice, four. */
void steps_draw(struct differential *d, struct operation *op)
{
    size_t n = 1 + draw(d, chance(d, 60) ? STEPS_MAX + 1 : STEPS_MAX);
    for (size_t i = 0; i < n; i++) {
        op->steps[i][0] = i + 1;
        op->steps[i][1] = proposal_pick(d, !chance(d, 6));
        bool fits = op->steps[i][1] != op->act.own.proposal || chance(d, 20);
        for (size_t k = 0; k < i; k++)
            fits = fits && (op->steps[k][1] != op->steps[i][1] || chance(d, 20));
        if (!fits)
            n = i;
    }
    record_set_pairs(&op->act.own, FIELD_FALLBACK,
                     (struct record_pairs){(const uint64_t(*)[2])op->steps, n});
}

static void see_released(void *ctx, const struct model_fallback *fallback)
{
    bool *any = ctx;
    *any |= fallback->cause > 0;
}

bool fallbacks_wait(const struct differential *d)
{
    bool any = false;
    model_fallbacks_each(model_of(d), see_released, &any);
    return any;
}

static void put_bytes(struct buf *out, uint64_t value, size_t n)
{
    while (n > 0)
        buf_format(out, "%02x", (unsigned)(value >> 8 * --n & 0xff));
}

/* The packed member in hex; of each released proposal one line, with the record that did it. */
static void fallback_expected(void *ctx, const struct model_fallback *fallback)
{
    struct differential *d = ctx;
    struct buf *out = &d->expected;
    CLEANUP(buf) struct buf tail = BUF_MAX(100);
    put_bytes(out, fallback->proposal, 4);
    put_bytes(out, fallback->seq, 5);
    encode_base64url(&tail, fallback->wallet, sizeof fallback->wallet);
    for (size_t i = 0; i < fallback->steps_n; i++)
        buf_format(&tail, "%s%" PRIu32, i ? "," : "", fallback->steps[i]);
    encode_hex(out, tail.data, tail.len);
    buf_char(out, '\n');
    CLEANUP(buf) struct buf line = BUF_MAX(100);
    buf_format(&line, "\nreleased %" PRIu64 " %" PRIu64 "\n", fallback->proposal,
               fallback->cause);
    if (fallback->cause && !memmem(out->data, out->len, line.data, line.len))
        buf_format(out, "%.*s", (int)line.len - 1, line.data + 1);
}

void fallbacks_put(struct differential *d)
{
    resp_say(&d->resp, "ZRANGE {%s}:fb:%" PRIu64 " 0 -1", d->slug, model_round(model_of(d)));
    resp_say(&d->resp, "ZRANGE {%s}:fallbacks 0 -1 WITHSCORES", d->slug);
    resp_flush(&d->resp);
    struct reply members = resp_read(&d->resp, &d->arena);
    struct reply released = resp_read(&d->resp, &d->arena);
    for (size_t i = 0; i < members.n; i++) {
        encode_hex(&d->got, members.items[i].text.at, members.items[i].text.n);
        buf_char(&d->got, '\n');
    }
    for (size_t i = 0; i + 1 < released.n; i += 2)
        buf_format(&d->got, "released %.*s %.*s\n", TEXT_ARGS(released.items[i].text),
                   TEXT_ARGS(released.items[i + 1].text));
    model_fallbacks_each(model_of(d), fallback_expected, d);
}
