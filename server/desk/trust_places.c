/* trust_places.c -- see trust_places.h. */
#include "trust_places.h"

#include <string.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/json.h"
#include "groundswell/base/secret.h"

#define STAND_VERSION 1

void place_mark(struct place *place)
{
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(text_of(place->slug), digest);
    memcpy(place->mark, digest, sizeof place->mark);
}

static struct text member_of(const struct ledger_record *record, const char *name)
{
    for (size_t i = 0; i < record->members_n; i++)
        if (text_is(record->members[i].name, name)) return record->members[i].value;
    return TEXT("");
}

void place_keep(struct place *place, const struct ledger_record *record)
{
    const struct text kind = member_of(record, "kind");
    const size_t at = record->seq % PLACE_RING;
    uint64_t at_ms = 0;
    if (record->seq < place->head) return;
    if (record->seq != place->head) place->first = record->seq; /* trimmed in between */
    (void)text_to_u64(member_of(record, "at"), UINT64_MAX, &at_ms);
    place->ring[at].seq = record->seq;
    place->ring[at].at_ms = at_ms;
    snprintf(place->ring[at].kind, PLACE_KIND_SIZE, "%.*s", TEXT_ARGS(kind));
    place->head = record->seq + 1;
    if (place->head - place->first > PLACE_RING) place->first = place->head - PLACE_RING;
}

static void missed_tell(const struct place *place, uint64_t from, struct buf *out)
{
    struct json_out json = JSON_OUT(out);
    buf_cstr(out, "event: missed\ndata: ");
    json_object_begin(&json);
    json_text_at(&json, "community", text_of(place->slug));
    json_u64_at(&json, "from", from);
    json_u64_at(&json, "to", place->first - 1);
    json_object_end(&json);
    buf_cstr(out, "\n\n");
}

static void event_tell(const struct place *place, uint64_t seq, struct buf *out)
{
    char stamp[CLOCK_STAMP_SIZE];
    struct json_out json = JSON_OUT(out);
    clock_stamp(place->ring[seq % PLACE_RING].at_ms, stamp);
    buf_cstr(out, "event: record\ndata: ");
    json_object_begin(&json);
    json_text_at(&json, "community", text_of(place->slug));
    json_u64_at(&json, "seq", seq);
    json_text_at(&json, "kind", text_of(place->ring[seq % PLACE_RING].kind));
    json_text_at(&json, "at", text_of(stamp));
    json_object_end(&json);
    buf_cstr(out, "\n\n");
}

void place_tell(const struct place *place, uint64_t *next, struct buf *out)
{
    if (*next < place->first) {
        missed_tell(place, *next, out);
        *next = place->first;
    }
    for (; *next < place->head; ++*next)
        event_tell(place, *next, out);
}

/* ---- ids ------------------------------------------------------------------------------------- */

void stand_put(struct place *const *places, size_t n, const uint64_t *next, struct buf *out)
{
    CLEANUP(buf) struct buf raw = BUF_MAX(16 * KIB);
    buf_char(&raw, STAND_VERSION);
    for (size_t i = 0; i < n; i++) {
        uint64_t seq = next[i];
        if (seq == STAND_NEW) continue;
        buf_put(&raw, places[i]->mark, STAND_MARK_SIZE);
        for (; seq > 0x7f; seq >>= 7)
            buf_char(&raw, (char)(0x80 | (seq & 0x7f)));
        buf_char(&raw, (char)seq);
    }
    if (buf_fault(&raw)) return; /* too many: who comes back begins with what comes next */
    buf_cstr(out, "id: ");
    encode_base64url(out, (const uint8_t *)raw.data, raw.len);
    buf_cstr(out, "\n\n");
}

bool stand_read(struct text id, struct buf *ret)
{
    uint8_t raw[12 * KIB];
    if (id.n == 0 || id.n / 4 * 3 > sizeof raw - 3) return false;
    const size_t n = decode_base64url(id, raw, sizeof raw);
    if (n == 0 || n > sizeof raw || raw[0] != STAND_VERSION) return false;
    buf_put(ret, raw, n);
    return buf_fault(ret) == FAULT_NONE;
}

/* Two slugs of one mark: the lesser of both, so that nothing is left out. */
uint64_t stand_of(struct text raw, const struct place *place)
{
    uint64_t found = STAND_NEW;
    for (size_t at = 1; at + STAND_MARK_SIZE < raw.n;) {
        const bool here = memcmp(raw.at + at, place->mark, STAND_MARK_SIZE) == 0;
        uint64_t seq = 0;
        unsigned shift = 0;
        at += STAND_MARK_SIZE;
        for (bool more = true; more && at < raw.n && shift < 63; shift += 7) {
            const uint8_t byte = (uint8_t)raw.at[at++];
            seq |= (uint64_t)(byte & 0x7f) << shift;
            more = byte & 0x80;
        }
        if (here && seq < found) found = seq;
    }
    return found;
}
