/* text.c -- see text.h. */
#include "text.h"

#include "errand.h"
#include "groundswell/base/log.h"
#include "markdown.h"
#include "say.h"

struct text words_gather(struct visit *visit, const json_t *body, const char *const *names)
{
    CLEANUP(buf) struct buf words = BUF_MAX(64 * KIB);
    struct json_out out = JSON_OUT(&words);
    size_t found = 0;
    json_object_begin(&out);
    for (; *names; names++) {
        struct text value = body_text(body, *names);
        if (!value.at) continue;
        json_text_at(&out, *names, value);
        found++;
    }
    json_object_end(&out);
    if (found == 0) return TEXT("");
    return buf_fault(&words) ? TEXT_NONE : arena_text(&visit->arena, buf_view(&words));
}

bool text_is_within(struct visit *visit, struct text text, size_t most)
{
    char length[24], limit[24], over[24];
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) /* valid UTF-8: what does not continue begins */
        n += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    if (n <= most) return true;
    snprintf(length, sizeof length, "%zu", n);
    snprintf(limit, sizeof limit, "%zu", most);
    snprintf(over, sizeof over, "%zu", n - most);
    SAY_REFUSAL(visit, REFUSAL_TEXT_TOO_LONG, {"length", text_of(length)},
                {"most", text_of(limit)}, {"over", text_of(over)});
    return false;
}

void text_say(struct json_out *out, const char *name, struct text stored)
{
    CLEANUP(json_ref) json_t *words = NULL;
    CLEANUP(buf) struct buf html = BUF_MAX(256 * KIB);
    if (!stored.at || json_read(stored, JSON_DEPTH_MAX, &words, NULL)) return;
    struct text markdown = body_text(words, "text");
    enum fault no = markdown_html(markdown, &html);
    if (no) log_error("desk", "a text cannot be rendered: %s", fault_name(no));
    json_name(out, name);
    json_object_begin(out);
    json_text_at(out, "markdown", markdown);
    if (!no) json_text_at(out, "html", buf_view(&html));
    json_object_end(out);
}

struct text members_gather(struct visit *visit, const json_t *body, const char *const *names)
{
    CLEANUP(json_ref) json_t *words = json_object();
    for (; words && *names; names++) {
        json_t *value = json_object_get(body, *names);
        if (value && json_object_set(words, *names, value)) return TEXT_NONE;
    }
    if (words && json_object_size(words) == 0) return TEXT("");
    char *text = words ? json_dumps(words, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    struct text kept = text ? arena_text(&visit->arena, text_of(text)) : TEXT_NONE;
    free(text);
    return kept;
}

struct text parts_gather(struct visit *visit, const json_t *body, const char *name)
{
    CLEANUP(buf) struct buf parts = BUF_MAX(KIB);
    const json_t *list = json_object_get(body, name);
    for (size_t i = 0; i < json_array_size(list); i++)
        buf_format(&parts, "%s%zu:%llu", i > 0 ? "," : "", i + 1,
                   (unsigned long long)body_u64(json_array_get(list, i), "amount", 0));
    if (parts.len == 0) return TEXT("");
    return buf_fault(&parts) ? TEXT_NONE : arena_text(&visit->arena, buf_view(&parts));
}

struct text community_name(struct visit *visit, const struct community_view *view)
{
    CLEANUP(json_ref) json_t *words = NULL;
    struct text slug = errand_of(visit)->slug;
    if (!view->text.at || json_read(view->text, JSON_DEPTH_MAX, &words, NULL)) return slug;
    struct text name = arena_text(&visit->arena, body_text(words, "name"));
    return name.n > 0 ? name : slug;
}
