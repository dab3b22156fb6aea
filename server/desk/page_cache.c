/* page_cache.c -- pages leave packed; those that are the same for everybody who is not signed in
 * are kept for a moment.
 *
 * A kept page is served for a second, and no longer than until something is changed through this
 * process: many look at a page that tips, and it is rendered once. Who comes first after that
 * second renders it anew; whoever comes meanwhile, for a second more at most, is served what was
 * kept: else all of them would ask the ledger the same at one moment. Each place of the table holds
 * one page, by its address and language; who comes later to the same place takes it. */
#include "page_inside.h"

#define ZLIB_CONST
#include <zlib.h>

#include "cookie.h"
#include "encoding.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"

#define PLACES 128
#define PAGE_MAX (256 * KIB) /* larger ones are not kept */
#define KEPT_US UINT64_C(1000000)
#define KEY_MAX (10 * KIB)
#define PACKED_LEAST 512 /* bytes: what is shorter leaves as it is */
#define HTML_TYPE "text/html; charset=utf-8"
#define ETAG_SIZE 24

struct kept {
    struct buf key, html, packed; /* packed: empty until somebody wants it */
    uint64_t at_us, changes;
    uint64_t renewed_us; /* when somebody began to render it anew; 0: nobody has */
    char etag[ETAG_SIZE];
};

struct page_cache {
    struct kept places[PLACES];
};

struct page_cache *page_cache_new(void)
{
    return calloc(1, sizeof(struct page_cache));
}

void page_cache_free(struct page_cache *cache)
{
    for (size_t i = 0; cache && i < PLACES; i++) {
        buf_release(&cache->places[i].key);
        buf_release(&cache->places[i].html);
        buf_release(&cache->places[i].packed);
    }
    free(cache);
}

/* ---- packing --------------------------------------------------------------------------------- */

/* RFC 1952 by zlib. False: it could not be, and leaves as it is. */
static bool gzip(struct text from, struct buf *out)
{
    z_stream stream = {0};
    if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
    size_t most = deflateBound(&stream, (uLong)from.n);
    char *bytes = malloc(most);
    bool good = bytes && from.n < UINT32_MAX && most < UINT32_MAX;
    if (good) {
        stream.next_in = (const Bytef *)from.at;
        stream.avail_in = (uInt)from.n;
        stream.next_out = (Bytef *)bytes;
        stream.avail_out = (uInt)most;
        good = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    }
    if (good) buf_put(out, bytes, stream.total_out);
    (void)deflateEnd(&stream);
    free(bytes);
    return good && !buf_fault(out);
}

static bool wants_packed(const struct visit *visit, size_t n)
{
    static const bool ready[ENCODINGS] = {[ENCODING_PLAIN] = true, [ENCODING_GZIP] = true};
    return n >= PACKED_LEAST && encoding_choose(visit, ready) == ENCODING_GZIP;
}

static void answer(struct visit *visit, unsigned status, struct text html, struct buf *packed)
{
    bool pack = wants_packed(visit, html.n) && (packed->len > 0 || gzip(html, packed)) &&
                !visit_header(visit, "Content-Encoding", TEXT("gzip"));
    visit_answer(visit, status, HTML_TYPE, pack ? buf_view(packed) : html);
}

/* ---- keeping --------------------------------------------------------------------------------- */

static bool is_for_everybody(const struct visit *visit, const struct page_row *row)
{
    return row->flags & PAGE_KEPT && !cookie_is_there(visit) &&
           !visit_field(visit, "Authorization").at &&
           (visit->method == METHOD_GET || visit->method == METHOD_HEAD);
}

static void key_put(const struct visit *visit, enum page_lang lang, struct buf *out)
{
    buf_format(out, "%s %.*s?%.*s", page_langs[lang], TEXT_ARGS(visit->path),
               TEXT_ARGS(visit->query));
}

static struct kept *place_of(struct page_cache *cache, struct text key)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < key.n; i++)
        hash = (hash ^ (uint8_t)key.at[i]) * UINT64_C(0x100000001b3);
    return &cache->places[(hash ^ (hash >> 32)) % PLACES];
}

static bool is_unchanged(const struct visit *visit, const char *etag)
{
    struct text rest = visit_field(visit, "If-None-Match");
    while (rest.at)
        if (text_is(text_trim(text_cut(&rest, ',')), etag)) return true;
    return false;
}

static void answer_kept(struct visit *visit, struct kept *kept)
{
    if (visit_header(visit, "ETag", text_of(kept->etag)))
        log_error("desk", "an answer's headers are full");
    if (is_unchanged(visit, kept->etag)) visit_answer(visit, 304, NULL, TEXT_NONE);
    else answer(visit, 200, buf_view(&kept->html), &kept->packed);
}

/* Whether it may be served. It may not to who is to render it anew. */
static bool is_fresh(struct kept *kept, const struct desk *desk)
{
    uint64_t now_us = clock_steady_us();
    if (kept->changes != desk->changes) return false;
    if (now_us - kept->at_us <= KEPT_US) return true;
    if (now_us - kept->at_us > 2 * KEPT_US) return false;
    if (kept->renewed_us) return true;
    kept->renewed_us = now_us;
    return false;
}

bool page_cache_find(struct visit *visit, const struct page_row *row, const char *root)
{
    struct desk *desk = errand_of(visit)->desk;
    CLEANUP(buf) struct buf key = BUF_MAX(KEY_MAX);
    if (!is_for_everybody(visit, row)) return false;
    enum page_lang lang = page_lang_of(visit);
    key_put(visit, lang, &key);
    struct kept *kept = place_of(desk->page_cache, buf_view(&key));
    if (buf_fault(&key) || !text_equal(buf_view(&kept->key), buf_view(&key))) return false;
    if (!is_fresh(kept, desk)) return false;
    if (page_headers(visit, lang, root)) return false;
    answer_kept(visit, kept);
    return true;
}

/* Weak: packed or not, it is the same page. */
static void etag_make(struct kept *kept)
{
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB);
    digest_sha256(buf_view(&kept->html), digest);
    encode_hex(&hex, digest, 8);
    snprintf(kept->etag, sizeof kept->etag, "W/\"%s\"", hex.data ? hex.data : "");
}

static struct kept *keep(struct visit *visit, enum page_lang lang, struct text html)
{
    struct desk *desk = errand_of(visit)->desk;
    CLEANUP(buf) struct buf key = BUF_MAX(KEY_MAX);
    key_put(visit, lang, &key);
    struct kept *kept = place_of(desk->page_cache, buf_view(&key));
    kept->key.max = KEY_MAX;
    kept->html.max = PAGE_MAX;
    kept->packed.max = PAGE_MAX;
    buf_reset(&kept->key);
    buf_reset(&kept->html);
    buf_reset(&kept->packed);
    buf_text(&kept->html, html);
    buf_text(&kept->key, buf_view(&key));
    if (buf_fault(&kept->html) || buf_fault(&kept->key)) {
        buf_reset(&kept->key);
        return NULL;
    }
    kept->at_us = clock_steady_us();
    kept->renewed_us = 0;
    kept->changes = desk->changes;
    etag_make(kept);
    return kept;
}

void page_cache_answer(struct sheet *page, unsigned status, struct text html)
{
    struct visit *visit = page->visit;
    CLEANUP(buf) struct buf packed = BUF_MAX(4 * MIB);
    struct kept *kept = NULL;
    /* Else something happened since it was asked for. */
    bool same = page->changes == errand_of(visit)->desk->changes;
    if (status == 200 && same && is_for_everybody(visit, page->row))
        kept = keep(visit, page->lang, html);
    if (kept) answer_kept(visit, kept);
    else answer(visit, status, html, &packed);
}
