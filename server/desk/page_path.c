/* page_path.c -- fills the pattern of a path: {name}, {?name}, {name.name}, {id#} for the number of
 * an id, [left out unless whole]. */
#include "page_inside.h"

#define VALUE_MAX (4 * KIB)

/* RFC 3986 section 2.3: what needs no escape. A dot does where it is all there is. */
void page_encode(struct buf *out, struct text value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "-._~";
    for (size_t i = 0; i < value.n; i++) {
        if (memchr(plain, value.at[i], sizeof plain - 1)) buf_char(out, value.at[i]);
        else buf_format(out, "%%%02X", (unsigned)(unsigned char)value.at[i]);
    }
}

static bool value_of(const json_t *value, struct arena *arena, struct text *ret)
{
    if (json_is_string(value)) {
        *ret = (struct text){json_string_value(value), json_string_length(value)};
    } else if (json_is_integer(value)) {
        *ret = text_of(arena_format(arena, "%lld", (long long)json_integer_value(value)));
    } else {
        return false;
    }
    return ret->n > 0;
}

/* What begins with one slash is of this house: neither //elsewhere nor what a browser takes for it.
 */
struct text page_to(struct visit *visit)
{
    struct text to = visit_query(visit, "to", NULL);
    if (!text_starts(to, TEXT("/")) || to.n > VALUE_MAX) return TEXT_NONE;
    if (to.n > 1 && (to.at[1] == '/' || to.at[1] == '\\')) return TEXT_NONE;
    for (size_t i = 0; i < to.n; i++)
        if (to.at[i] <= ' ' || to.at[i] > '~' || to.at[i] == '\\') return TEXT_NONE;
    return to;
}

static json_t *member_of(const json_t *at, struct text name)
{
    uint64_t index;
    if (!json_is_array(at)) return json_object_getn(at, name.at, name.n);
    return text_to_u64(name, 1000, &index) ? json_array_get(at, (size_t)index) : NULL;
}

/* {answer.commission}, {tender.proposal}, {tenders.items.0.tender}: down from the root. */
static bool member_find(struct sheet *page, struct text name, const json_t *answer,
                        struct text *ret)
{
    struct text first = text_cut(&name, '.');
    const json_t *at = text_is(first, "answer")
                           ? answer
                           : json_object_getn(page->model, first.at, first.n);
    while (at && name.at) {
        struct text member = text_cut(&name, '.');
        at = member_of(at, member);
    }
    return value_of(at, &page->visit->arena, ret);
}

static bool param_find(const struct visit *visit, struct text name, struct text *ret)
{
    for (size_t i = 0; i < visit->match.params_n; i++) {
        const struct route_param *param = &visit->match.params[i];
        if (!text_equal((struct text){param->name, param->name_n}, name)) continue;
        *ret = param->value;
        return true;
    }
    return false;
}

/* riverside.t12 by its number, for the addresses of people. */
static struct text number_of(struct text id)
{
    struct text number = TEXT_NONE;
    while (id.at)
        number = text_cut(&id, '.');
    return number.n > 1 ? (struct text){number.at + 1, number.n - 1} : TEXT_NONE;
}

static bool name_find(struct sheet *page, struct text name, const json_t *answer, struct text *ret)
{
    struct visit *visit = page->visit;
    if (name.n > 1 && name.at[name.n - 1] == '#') {
        name.n--;
        bool found = name_find(page, name, answer, ret);
        *ret = found ? number_of(*ret) : TEXT_NONE;
        return ret->n > 0;
    }
    if (name.n > 1 && name.at[0] == '?') {
        char *word = arena_format(&visit->arena, "%.*s", (int)name.n - 1, name.at + 1);
        *ret = word ? visit_query(visit, word, NULL) : TEXT_NONE;
        return ret->n > 0;
    }
    if (text_is(name, "root")) {
        *ret = text_of(page->root);
        return true;
    }
    return param_find(visit, name, ret) || member_find(page, name, answer, ret);
}

/* One {name} or one byte. False: the name has no value. */
static bool step(struct sheet *page, const char **at, const json_t *answer, struct buf *out)
{
    if (**at != '{') {
        buf_char(out, *(*at)++);
        return true;
    }
    const char *end = strchr(*at, '}');
    INVARIANT(end);
    struct text value = TEXT_NONE, name = {*at + 1, (size_t)(end - *at) - 1};
    *at = end + 1;
    if (!name_find(page, name, answer, &value)) return false;
    if (text_is(name, "root")) buf_text(out, value);
    else page_encode(out, value);
    return true;
}

bool page_path(struct sheet *page, const char *pattern, const json_t *answer, struct buf *out)
{
    const char *at = pattern;
    while (*at) {
        if (*at != '[') {
            if (!step(page, &at, answer, out)) return false;
            continue;
        }
        size_t before = out->len;
        bool whole = true;
        for (at++; *at != ']';) {
            INVARIANT(*at);
            whole = step(page, &at, answer, out) && whole;
        }
        at++;
        if (!whole) out->len = before;
    }
    return !buf_fault(out);
}

bool page_path_pattern(const struct sheet *page, const char *pattern, struct buf *out)
{
    struct text rest = text_of(pattern), value;
    (void)text_cut(&rest, '/');
    while (rest.at) {
        struct text segment = text_cut(&rest, '/');
        buf_char(out, '/');
        if (segment.n == 0 || segment.at[0] != ':') {
            buf_text(out, segment);
            continue;
        }
        struct text name = {segment.at + 1, segment.n - 1};
        if (!param_find(page->visit, name, &value)) return false;
        page_encode(out, value);
    }
    return !buf_fault(out);
}
