/* parts.c -- what pages are made of and may be kept for ever: another content has another name. */
#include "parts.h"

#include "errand.h"
#include "groundswell/base/embedded.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "handlers.h"
#include "say.h"

#define SCRIPT "text/javascript; charset=utf-8"
#define STYLE "text/css; charset=utf-8"

static const struct {
    const char *file, *stem, *extension, *type;
} kinds[PARTS] = {
    [PART_ICON] = {"audit/icon.svg", "icon", "svg", "image/svg+xml"},
    [PART_AUDIT_SCRIPT] = {"audit/audit.js", "audit", "js", SCRIPT},
    [PART_AUDIT_STYLE] = {"audit/audit.css", "audit", "css", STYLE},
    [PART_ME_SCRIPT] = {"me/me.js", "me", "js", SCRIPT},
    [PART_ME_STYLE] = {"me/me.css", "me", "css", STYLE},
};

struct text web_file(const char *name)
{
    for (size_t i = 0; i < embedded_web_n; i++)
        if (strcmp(embedded_web[i].name, name) == 0) return embedded_text(&embedded_web[i]);
    return TEXT_NONE;
}

static bool part_fill(struct part *part, size_t kind)
{
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB), base64 = BUF_MAX(KIB);
    part->content = web_file(kinds[kind].file);
    part->type = kinds[kind].type;
    digest_sha256(part->content, digest);
    encode_hex(&hex, digest, 8);
    encode_base64(&base64, digest, sizeof digest);
    if (!part->content.at || buf_fault(&hex) || buf_fault(&base64)) return false;
    snprintf(part->name, sizeof part->name, "%s-%s.%s", kinds[kind].stem, hex.data,
             kinds[kind].extension);
    snprintf(part->hash, sizeof part->hash, "sha256-%s", base64.data);
    return true;
}

bool parts_fill(struct parts *ret)
{
    for (size_t i = 0; i < PARTS; i++) {
        if (part_fill(&ret->at[i], i)) continue;
        log_error("desk", "the binary lacks %s", kinds[i].file);
        return false;
    }
    return true;
}

void part_get(struct visit *visit)
{
    const struct parts *parts = &errand_of(visit)->desk->parts;
    struct text name = visit_param(visit, "part");
    for (size_t i = 0; i < PARTS; i++) {
        if (!text_is(name, parts->at[i].name)) continue;
        if (visit_header(visit, "Cache-Control", TEXT("public, max-age=31536000, immutable")))
            say_fault(visit, FAULT_LIMIT);
        else visit_answer(visit, 200, parts->at[i].type, parts->at[i].content);
        return;
    }
    say_refusal(visit, REFUSAL_NOT_FOUND, NULL, 0);
}
