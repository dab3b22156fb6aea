/* check.c -- judges an instance by a compiled schema.
 *
 * The walk lives on the stack: a spot is a value and the way to it, a scope is a resource that was
 * entered. Three bounds end it whatever the schema says: depth, steps, and sixteen errors. A bound
 * that is reached makes the instance invalid for good, so that no `not` can turn it into a yes. */
#include "groundswell/schema/schema.h"

#include <stdarg.h>

#include "inside.h"
#include "judge.h"

#define POINTER_LEVELS_MAX 64

bool check_is_over(const struct check *c)
{
    return c->exhausted || (c->muted == 0 && c->errors->more);
}

static bool segment_put(char *pointer, size_t size, size_t *len, const struct spot *spot)
{
    char segment[128];
    size_t n = 0;
    segment[n++] = '/';
    if (!spot->name.at) {
        n += (size_t)snprintf(segment + n, sizeof segment - n, "%zu", spot->index);
    } else {
        if (!text_is_plain(spot->name) || spot->name.n > 60) return false;
        for (size_t i = 0; i < spot->name.n; i++) {
            char c = spot->name.at[i];
            if (c != '~' && c != '/') segment[n++] = c;
            else segment[n++] = '~', segment[n++] = c == '~' ? '0' : '1';
        }
    }
    if (*len + n >= size) return false;
    memcpy(pointer + *len, segment, n);
    *len += n;
    pointer[*len] = '\0';
    return true;
}

/* Ends at the nearest ancestor when a name on the way cannot be repeated. */
static void pointer_put(char *pointer, size_t size, const struct spot *spot)
{
    const struct spot *way[POINTER_LEVELS_MAX];
    size_t levels = 0, skipped = 0, len = 0;
    for (const struct spot *s = spot; s->up; s = s->up) levels++;
    for (; levels > POINTER_LEVELS_MAX; levels--, skipped++) spot = spot->up;
    for (size_t i = levels; i > 0; i--, spot = spot->up) way[i - 1] = spot;
    pointer[0] = '\0';
    for (size_t i = 0; i < levels; i++)
        if (!segment_put(pointer, size, &len, way[i])) return;
}

static void add_error(struct check *c, const struct spot *spot, const char *keyword,
                      const char *format, va_list args)
{
    struct schema_errors *errors = c->errors;
    if (errors->n == SCHEMA_ERRORS_MAX) {
        errors->more = true;
        return;
    }
    struct schema_error *error = &errors->list[errors->n++];
    pointer_put(error->pointer, sizeof error->pointer, spot);
    snprintf(error->keyword, sizeof error->keyword, "%s", keyword);
    vsnprintf(error->detail, sizeof error->detail, format, args);
}

bool report(struct check *c, const struct spot *spot, const char *keyword, const char *format, ...)
{
    va_list args;
    if (c->muted || c->exhausted) return false;
    va_start(args, format);
    add_error(c, spot, keyword, format, args);
    va_end(args);
    return false;
}

static void add_final_error(struct check *c, const struct spot *spot, const char *keyword,
                            const char *format, ...)
{
    va_list args;
    if (c->errors->n == SCHEMA_ERRORS_MAX) c->errors->n--; /* this one must be seen */
    va_start(args, format);
    add_error(c, spot, keyword, format, args);
    va_end(args);
}

bool report_exhausted(struct check *c, const struct spot *spot, const char *keyword,
                      const char *sentence)
{
    if (!c->exhausted) add_final_error(c, spot, keyword, "%s", sentence);
    c->exhausted = true;
    return false;
}

bool check_spend(struct check *c, size_t steps)
{
    if (c->exhausted || c->steps_left < steps) return false;
    c->steps_left -= steps;
    return true;
}

static bool check_rules(struct check *c, const struct node *node, const struct spot *spot)
{
    bool valid = true;
    for (size_t i = 0; i < node->rules_n; i++) {
        if (!node->rules[i].keyword->check(c, &node->rules[i], spot)) valid = false;
        if (c->exhausted || (!valid && (c->muted || check_is_over(c)))) return false;
    }
    return valid;
}

/* A node with unevaluated* counts for itself, and tells the one above when all went well. */
static bool check_tracked(struct check *c, const struct node *node, const struct spot *spot)
{
    struct marks marks;
    struct spot own = *spot;
    if (!json_is_object(spot->value) && !json_is_array(spot->value))
        return check_rules(c, node, spot);
    if (!marks_init(&marks, spot->value))
        return report_exhausted(c, spot, "unevaluated", "is too large to be checked");
    own.marks = &marks;
    bool valid = check_rules(c, node, &own);
    if (valid && spot->marks) marks_merge(spot->marks, &marks);
    marks_release(&marks);
    return valid;
}

bool check_node(struct check *c, const struct node *node, const struct spot *spot)
{
    const struct scope *outer = c->scope;
    struct scope scope = {.resource = node->resource, .outer = outer};
    if (node->always) return !c->exhausted;
    if (node->never) return report(c, spot, "false", "must not be given");
    INVARIANT(node->state == NODE_DONE);
    if (c->depth >= SCHEMA_DEPTH_MAX)
        return report_exhausted(c, spot, "depth", "nests too deeply to be checked");
    if (!check_spend(c, 1)) return report_exhausted(c, spot, "steps", "takes too long to check");
    c->depth++;
    if (!outer || outer->resource != node->resource) c->scope = &scope;
    bool valid = node->tracks ? check_tracked(c, node, spot) : check_rules(c, node, spot);
    c->scope = outer;
    c->depth--;
    return valid && !c->exhausted;
}

bool check_quietly(struct check *c, const struct node *node, const struct spot *spot)
{
    c->muted++;
    bool valid = check_node(c, node, spot);
    c->muted--;
    return valid;
}

bool schema_check_within(const struct schema *schema, const json_t *instance, size_t steps_max,
                         struct schema_errors *ret_errors)
{
    struct check check = {.errors = ret_errors, .steps_left = steps_max};
    struct spot root = {.value = instance};
    ret_errors->n = 0;
    ret_errors->more = false;
    bool valid = check_node(&check, schema->root, &root) && !check.exhausted;
    INVARIANT(valid == (ret_errors->n == 0));
    return valid;
}

bool schema_check(const struct schema *schema, const json_t *instance,
                  struct schema_errors *ret_errors)
{
    return schema_check_within(schema, instance, SCHEMA_STEPS_MAX, ret_errors);
}
