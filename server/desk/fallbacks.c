/* fallbacks.c -- see fallbacks.h. */
#include "fallbacks.h"

#include "groundswell/base/json.h"
#include "say.h"

bool fallbacks_read(struct visit *visit, const json_t *body, struct buf *ret)
{
    const struct text slug = errand_of(visit)->slug;
    size_t i;
    json_t *step;
    json_array_foreach(json_object_get(body, "fallback"), i, step) {
        const struct text named = {json_string_value(step), json_string_length(step)};
        struct id id;
        if (!id_parse(named, 'p', &id)) {
            char pointer[40];
            (void)snprintf(pointer, sizeof pointer, "/fallback/%zu", i);
            say_field_wrong(visit, pointer, "no proposal has such a number");
            return false;
        }
        if (!text_equal(id.slug, slug)) {
            SAY_REFUSAL(visit, REFUSAL_FALLBACK_ELSEWHERE, {"step", named});
            return false;
        }
        buf_format(ret, "%s%lu", i ? "," : "", (unsigned long)id.number);
    }
    return true;
}

void fallbacks_write(struct json_out *out, struct text slug, const struct pairs *steps)
{
    if (steps->n == 0) return;
    json_name(out, "fallback");
    json_array_begin(out);
    for (size_t i = 0; i < steps->n; i++) {
        CLEANUP(buf) struct buf id = BUF_MAX(KIB);
        id_put(&id, slug, 'p', (uint32_t)steps->at[i][1]);
        json_text(out, buf_view(&id));
    }
    json_array_end(out);
}

/* Of all that was written in a proposal, what it is called. */
static void title_write(struct json_out *out, struct text stored)
{
    CLEANUP(json_ref) json_t *words = NULL;
    if (stored.n == 0 || json_read(stored, JSON_DEPTH_MAX, &words, NULL)) return;
    struct text title = body_text(words, "title");
    if (title.n > 0) json_text_at(out, "title", title);
}

void wallet_pledge_write(struct json_out *out, const struct wallet_pledge *pledge)
{
    json_object_begin(out);
    fields_json_members(wallet_pledge_fields, wallet_pledge_fields_n, pledge, out);
    title_write(out, pledge->text);
    fallbacks_write(out, pledge->proposal.slug, &pledge->fallback);
    json_object_end(out);
}
