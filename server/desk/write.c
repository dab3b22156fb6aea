/* write.c -- see write.h. The shape of an answer is decided here once, so that no two routes
 * differ. */
#include "write.h"

#include "errand.h"
#include "groundswell/base/clock.h"
#include "say.h"

void say_view(struct visit *visit, unsigned status, const struct field *fields, size_t n,
              const void *view)
{
    CLEANUP(buf) struct buf body = BUF_MAX(256 * KIB);
    struct json_out out = JSON_OUT(&body);
    fields_json(fields, n, view, &out);
    say_json(visit, status, &body);
}

void write_list(struct json_out *out)
{
    json_object_begin(out);
    json_name(out, "items");
    json_array_begin(out);
}

/* What somebody searched for: any byte, two digits each. */
static void words_put(struct buf *out, const char *name, struct text words)
{
    buf_format(out, "&%s=", name);
    for (size_t i = 0; i < words.n; i++)
        buf_format(out, "%%%02X", (unsigned)(unsigned char)words.at[i]);
}

static void link_write(struct visit *visit, struct json_out *out, struct text next,
                       const char *const *filters)
{
    CLEANUP(buf) struct buf target = BUF_MAX(4 * KIB);
    buf_format(&target, "%.*s?after=%.*s", TEXT_ARGS(visit->path), TEXT_ARGS(next));
    for (; *filters; filters++) { /* words, of what is none the list knows no filter; and names */
        struct text value = visit_query(visit, *filters, NULL);
        bool free = strcmp(*filters, "q") == 0 || strcmp(*filters, "name") == 0;
        if (word_is_valid(value)) buf_format(&target, "&%s=%.*s", *filters, TEXT_ARGS(value));
        else if (free && value.n > 0) words_put(&target, *filters, value);
    }
    char *link = buf_fault(&target)
                     ? NULL
                     : arena_format(&visit->arena, "<%.*s>; rel=\"next\"",
                                    TEXT_ARGS(buf_view(&target)));
    if (link && !visit_header(visit, "Link", text_of(link)))
        json_text_at(out, "next", buf_view(&target));
}

static void list_end(struct visit *visit, struct json_out *out, struct text next,
                     const char *const *filters)
{
    json_array_end(out);
    json_name(out, "links");
    json_object_begin(out);
    if (next.at) link_write(visit, out, next, filters);
    json_object_end(out);
    json_object_end(out);
}

static const char *const unfiltered[] = {"limit", "trust", "q", "name", NULL};

void write_list_end_after(struct visit *visit, struct json_out *out, struct text next)
{
    list_end(visit, out, next, unfiltered);
}

void write_list_end_filtered(struct visit *visit, struct json_out *out, uint64_t next,
                             const char *const *filters)
{
    char place[24];
    snprintf(place, sizeof place, "%llu", (unsigned long long)next);
    list_end(visit, out, next == LIST_ENDS ? TEXT_NONE : text_of(place), filters);
}

void write_list_end(struct visit *visit, struct json_out *out, uint64_t next)
{
    char place[24];
    snprintf(place, sizeof place, "%llu", (unsigned long long)next);
    write_list_end_after(visit, out, next == LIST_ENDS ? TEXT_NONE : text_of(place));
}

void say_items(struct visit *visit, const struct field *fields, size_t n, size_t size,
               const struct ledger_answer *answer)
{
    say_items_filtered(visit, fields, n, size, answer, unfiltered);
}

void say_items_filtered(struct visit *visit, const struct field *fields, size_t n, size_t size,
                        const struct ledger_answer *answer, const char *const *filters)
{
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        fields_json(fields, n, (const char *)answer->items + i * size, &out);
    write_list_end_filtered(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS, filters);
    say_json(visit, 200, &body);
}

bool made_at(struct visit *visit, const char *folder, const struct id *id)
{
    CLEANUP(buf) struct buf place = BUF_MAX(KIB);
    buf_cstr(&place, folder);
    if (id) id_put(&place, id->slug, id->letter, id->number);
    else buf_text(&place, errand_of(visit)->slug);
    return !buf_fault(&place) && !visit_header(visit, "Location", buf_view(&place));
}

void say_done(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    SAY_VIEW(visit, 200, act_outcome, answer->outcome);
}

void write_numbers(struct json_out *out, struct text slug, char letter, struct text numbers)
{
    json_array_begin(out);
    while (numbers.n > 0) {
        uint64_t number;
        CLEANUP(buf) struct buf id = BUF_MAX(KIB);
        if (!text_to_u64(text_cut(&numbers, ','), ID_NUMBER_MAX, &number)) break;
        id_put(&id, slug, letter, (uint32_t)number);
        json_text(out, buf_view(&id));
    }
    json_array_end(out);
}

void write_stamp(struct json_out *out, const char *name, uint64_t wall_ms)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(wall_ms, stamp);
    json_text_at(out, name, text_of(stamp));
}
