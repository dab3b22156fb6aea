/* files.c -- the audit log as static files, under the addresses of C2SP tlog-tiles.
 *
 * Whoever wants to check a community reads its checkpoint, its tiles and its keys here, without a
 * token and from any origin; any web server could hand them out as well. A file has one address:
 * the raw path is compared, so that no other spelling leads to it and none leads elsewhere. Tiles
 * and old checkpoints never change; the checkpoint grows about once a second. */
#include "files.h"

#include "errand.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/rules/record.h"
#include "groundswell/tlog/receipt.h"
#include "handlers.h"
#include "say.h"

#define BUNDLE_SERVED_MAX (256 * (2 + RECORD_JSON_MAX))
#define FOR_EVER "public, max-age=31536000, immutable"
#define A_SECOND "public, max-age=1"
#define PLAIN "text/plain; charset=utf-8"

bool files_folder(const struct desk *desk, struct text slug, char ret[static FILES_FOLDER_SIZE])
{
    if (!desk->data_folder) return false;
    int n = snprintf(ret, FILES_FOLDER_SIZE, "%s/log/%.*s", desk->data_folder, TEXT_ARGS(slug));
    return n > 0 && n < FILES_FOLDER_SIZE - TILE_PATH_SIZE - 32;
}

/* What the raw path says behind /log/<slug>/. */
static struct text place_of(const struct visit *visit)
{
    struct text rest = visit->path, slug = errand_of((struct visit *)visit)->slug;
    if (!text_starts(rest, TEXT("/log/"))) return TEXT_NONE;
    rest = (struct text){rest.at + 5, rest.n - 5};
    struct text named = text_cut(&rest, '/');
    return text_equal(named, slug) ? rest : TEXT_NONE;
}

static void not_found(struct visit *visit)
{
    say_refusal(visit, REFUSAL_NOT_FOUND, NULL, 0);
}

/* False: the visit is answered, with a fault or with "you have it already". */
static bool headers_put(struct visit *visit, struct text body, const char *kept)
{
    char tag[2 + 2 * 8 + 1];
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB);
    digest_sha256(body, digest);
    encode_hex(&hex, digest, 8);
    snprintf(tag, sizeof tag, "\"%s\"", hex.data ? hex.data : "");
    if (buf_fault(&hex) || visit_header(visit, "Cache-Control", text_of(kept)) ||
        visit_header(visit, "ETag", text_of(tag)) ||
        visit_header(visit, "Access-Control-Allow-Origin", TEXT("*"))) {
        say_fault(visit, FAULT_LIMIT);
        return false;
    }
    if (!text_is(visit_field(visit, "If-None-Match"), tag)) return true;
    visit_answer(visit, 304, NULL, TEXT_NONE);
    return false;
}

static void file_say(struct visit *visit, struct text place, const char *type, const char *kept)
{
    char path[FILES_FOLDER_SIZE];
    if (!files_folder(errand_of(visit)->desk, errand_of(visit)->slug, path)) {
        not_found(visit);
        return;
    }
    size_t n = strlen(path);
    snprintf(path + n, sizeof path - n, "/%.*s", TEXT_ARGS(place));
    CLEANUP(buf) struct buf body = BUF_MAX(BUNDLE_SERVED_MAX);
    enum fault no = file_read(path, &body);
    if (no == FAULT_ABSENT) not_found(visit);
    else if (no) say_fault(visit, no);
    else if (headers_put(visit, buf_view(&body), kept))
        visit_answer(visit, 200, type, buf_view(&body));
}

void log_checkpoint_get(struct visit *visit)
{
    if (text_is(place_of(visit), "checkpoint"))
        file_say(visit, TEXT("checkpoint"), PLAIN, A_SECOND);
    else not_found(visit);
}

void log_vkey_get(struct visit *visit)
{
    if (text_is(place_of(visit), "vkey")) file_say(visit, TEXT("vkey"), PLAIN, A_SECOND);
    else not_found(visit);
}

/* A witness's line may still be added to the last one, so it is not kept for ever. */
void log_history_get(struct visit *visit)
{
    uint64_t size;
    struct text place = place_of(visit), rest = place;
    if (text_is(text_cut(&rest, '/'), "history") && text_to_u64(rest, LOG_SIZE_MAX, &size))
        file_say(visit, place, PLAIN, "public, max-age=60");
    else not_found(visit);
}

/* The checkpoint has it. What the sealer has only begun may be swept away after a crash and come
 * again with other records, and whoever got it was told to keep it for ever. */
static bool is_covered(struct visit *visit, struct tile tile)
{
    struct checkpoint checkpoint;
    struct note note;
    char path[FILES_FOLDER_SIZE];
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    if (!files_folder(errand_of(visit)->desk, errand_of(visit)->slug, path)) return false;
    size_t n = strlen(path);
    snprintf(path + n, sizeof path - n, "/checkpoint");
    return !file_read(path, &bytes) &&
           !checkpoint_peek(buf_view(&bytes), &checkpoint, &note, NULL) &&
           tile.width <= tile_width(tile.level, tile.index, checkpoint.size);
}

void log_tile_get(struct visit *visit)
{
    struct tile tile;
    struct text place = place_of(visit);
    if (place.n < TILE_PATH_SIZE && tile_parse(place, &tile) && is_covered(visit, tile))
        file_say(visit, place, "application/octet-stream", FOR_EVER);
    else not_found(visit);
}

/* ---- the sealed part ------------------------------------------------------------------------ */

enum fault sealed_open(struct sealed *sealed, const struct desk *desk, struct text slug)
{
    struct doubt doubt = {""};
    sealed->reading = false;
    sealed->bytes = BUF_MAX(NOTE_MAX);
    if (!files_folder(desk, slug, sealed->folder)) return FAULT_ABSENT;
    enum fault no = reader_init(&sealed->reader, source_of_folder(sealed->folder));
    if (no) return no;
    sealed->reading = true;
    no = reader_checkpoint(&sealed->reader, &sealed->bytes);
    if (no == FAULT_ABSENT) return no;
    if (!no)
        no = checkpoint_peek(buf_view(&sealed->bytes), &sealed->checkpoint, &sealed->note, &doubt);
    if (no)
        log_error("desk", "the checkpoint of %.*s cannot be read: %s %s", TEXT_ARGS(slug),
                  fault_name(no), doubt.what[0] ? doubt.what : sealed->reader.doubt.what);
    return no;
}

void sealed_release(struct sealed *sealed)
{
    if (sealed->reading) reader_release(&sealed->reader);
    sealed->reading = false;
    buf_release(&sealed->bytes);
}
