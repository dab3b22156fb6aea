/* text.c -- see text.h. */
#include "text.h"

#include "errand.h"
#include "groundswell/base/json.h"

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

struct text community_name(struct visit *visit, const struct community_view *view)
{
    CLEANUP(json_ref) json_t *words = NULL;
    struct text slug = errand_of(visit)->slug;
    if (!view->text.at || json_read(view->text, JSON_DEPTH_MAX, &words, NULL)) return slug;
    struct text name = arena_text(&visit->arena, body_text(words, "name"));
    return name.n > 0 ? name : slug;
}
