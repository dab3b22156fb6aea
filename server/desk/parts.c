/* parts.c -- what pages are made of and may be kept for ever: another content has another name.
 *
 * Each part is in the binary as it is, and packed by the build; who asks gets what they accept. */
#include "parts.h"

#include "brand.h"
#include "errand.h"
#include "groundswell/base/embedded.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "handlers.h"
#include "say.h"

#define TAG_SIZE 40
#define FOR_EVER "public, max-age=31536000, immutable"
#define FOR_A_DAY "public, max-age=86400"
#define ASSETS "assets/"
#define PLACE "/parts/"

static const char *const named[PARTS] = {
    [PART_ICON] = ASSETS "icon.svg",
    [PART_AUDIT_SCRIPT] = "audit/audit.js",
    [PART_AUDIT_STYLE] = "audit/audit.css",
    [PART_STOP_STYLE] = "notices/stop.css",
    [PART_BRAND] = ASSETS "brand.css", /* written here, not in the binary */
};

static const struct {
    const char *extension, *type;
} types[] = {
    {"css", "text/css; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"webmanifest", "application/manifest+json"},
};

static struct text file_of(const struct embedded *files, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i].name, name) == 0) return embedded_text(&files[i]);
    return TEXT_NONE;
}

struct text web_file(const char *name)
{
    return file_of(embedded_web, embedded_web_n, name);
}

/* ---- at start -------------------------------------------------------------------------------- */

static struct text packed_file(const char *file, const char *ending)
{
    char name[128];
    snprintf(name, sizeof name, "%s.%s", file, ending);
    return file_of(embedded_packed, embedded_packed_n, name);
}

static bool part_name(struct part *part)
{
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB), base64 = BUF_MAX(KIB);
    const char *slash = strrchr(part->file, '/'), *stem = slash ? slash + 1 : part->file;
    const char *dot = strrchr(stem, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(dot + 1, types[i].extension) == 0) part->type = types[i].type;
    digest_sha256(part->content, digest);
    encode_hex(&hex, digest, 8);
    encode_base64(&base64, digest, sizeof digest);
    if (!part->content.at || !part->type || buf_fault(&hex) || buf_fault(&base64)) return false;
    int n = snprintf(part->address, sizeof part->address, PLACE "%.*s-%s%s", (int)(dot - stem),
                     stem, hex.data, dot);
    part->name = part->address + strlen(PLACE);
    snprintf(part->hash, sizeof part->hash, "sha256-%s", base64.data);
    return n > 0 && (size_t)n < sizeof part->address;
}

static bool part_add(struct parts *parts, const char *file, struct text content)
{
    if (parts->n == PARTS_MAX) {
        log_error("desk", "more than %d parts of pages", PARTS_MAX);
        return false;
    }
    struct part *part = &parts->at[parts->n++];
    *part = (struct part){.file = file, .content = content};
    part->packed[ENCODING_GZIP] = packed_file(file, "gz");
    part->packed[ENCODING_BROTLI] = packed_file(file, "br");
    if (part_name(part)) return true;
    log_error("desk", "the binary lacks %s, or it is of no kind that pages are made of", file);
    return false;
}

static bool is_named(const char *file)
{
    for (size_t i = 0; i < PARTS; i++)
        if (strcmp(named[i], file) == 0) return true;
    return false;
}

bool parts_fill(struct parts *ret, const char *brand_colour)
{
    ret->n = 0;
    if (!brand_put(ret->brand, sizeof ret->brand, text_of(brand_colour))) return false;
    for (size_t i = 0; i < PARTS; i++) {
        struct text content = i == PART_BRAND ? text_of(ret->brand) : web_file(named[i]);
        if (!part_add(ret, named[i], content)) return false;
    }
    for (size_t i = 0; i < embedded_web_n; i++) {
        const char *file = embedded_web[i].name;
        if (strncmp(file, ASSETS, strlen(ASSETS)) != 0 || is_named(file)) continue;
        if (!part_add(ret, file, embedded_text(&embedded_web[i]))) return false;
    }
    return true;
}

const char *part_address(const struct parts *parts, const char *file)
{
    for (size_t i = 0; i < parts->n; i++) {
        const char *own = parts->at[i].file;
        if (strncmp(own, ASSETS, strlen(ASSETS)) == 0 && strcmp(own + strlen(ASSETS), file) == 0)
            return parts->at[i].address;
    }
    return NULL;
}

/* ---- who asks -------------------------------------------------------------------------------- */

/* True where one of the tags of an If-None-Match is this one (RFC 9110, section 13.1.2). */
static bool tag_is_among(struct text field, const char *tag)
{
    struct text rest = field;
    while (rest.at) {
        struct text one = text_trim(text_cut(&rest, ','));
        if (text_starts(one, TEXT("W/"))) one = (struct text){one.at + 2, one.n - 2};
        if (text_is(one, tag) || text_is(one, "*")) return true;
    }
    return false;
}

static void part_say(struct visit *visit, const struct part *part, const char *kept)
{
    char tag[TAG_SIZE];
    bool ready[ENCODINGS] = {true};
    for (size_t i = ENCODING_PLAIN + 1; i < ENCODINGS; i++)
        ready[i] = part->packed[i].at;
    enum encoding encoding = encoding_choose(visit, ready);
    const char *name = encoding_name(encoding);
    snprintf(tag, sizeof tag, "\"%.20s%s%s\"", part->hash + strlen("sha256-"), name ? "-" : "",
             name ? name : "");
    enum fault no = visit_header(visit, "Cache-Control", text_of(kept));
    if (!no) no = visit_header(visit, "Vary", TEXT("Accept-Encoding"));
    if (!no) no = visit_header(visit, "ETag", text_of(tag));
    if (!no && tag_is_among(visit_field(visit, "If-None-Match"), tag)) {
        visit_answer(visit, 304, NULL, TEXT_NONE);
        return;
    }
    if (!no && name) no = visit_header(visit, "Content-Encoding", text_of(name));
    if (no) say_fault(visit, no);
    else visit_answer(visit, 200, part->type, name ? part->packed[encoding] : part->content);
}

void part_get(struct visit *visit)
{
    const struct parts *parts = &errand_of(visit)->desk->parts;
    struct text name = visit_param(visit, "part");
    for (size_t i = 0; i < parts->n; i++) {
        if (!text_is(name, parts->at[i].name)) continue;
        part_say(visit, &parts->at[i], FOR_EVER);
        return;
    }
    say_refusal(visit, REFUSAL_NOT_FOUND, NULL, 0);
}

/* Whoever asks for an icon without having read a page that names it. */
void favicon_get(struct visit *visit)
{
    part_say(visit, &errand_of(visit)->desk->parts.at[PART_ICON], FOR_A_DAY);
}
