/* judge_logic.c -- schemas that judge the same value: references, all, any, one, not, if.
 *
 * What a branch evaluated counts only when the branch holds, so each gets marks of its own, which
 * are merged then. allOf and $ref need none: when they fail, all of their node fails and its marks
 * are dropped. */
#include "judge.h"

bool judge_ref(struct check *c, const struct rule *rule, const struct spot *spot)
{
    return check_node(c, rule->nodes[0], spot);
}

static const struct node *dynamic_anchor(const struct resource *resource, struct text name)
{
    for (const struct anchor *a = resource ? resource->anchors : NULL; a; a = a->next)
        if (a->dynamic && text_equal(a->name, name)) return a->node;
    return NULL;
}

/* The outermost resource on the way here that has the anchor decides. */
bool judge_dynamic_ref(struct check *c, const struct rule *rule, const struct spot *spot)
{
    const struct node *target = rule->nodes[0];
    for (const struct scope *s = rule->anchor.at ? c->scope : NULL; s; s = s->outer) {
        const struct node *further_out = dynamic_anchor(s->resource, rule->anchor);
        if (further_out) target = further_out;
    }
    return check_node(c, target, spot);
}

static bool check_branch(struct check *c, const struct node *node, const struct spot *spot)
{
    struct marks marks;
    struct spot branch = *spot;
    if (!spot->marks) return check_quietly(c, node, spot);
    if (!marks_init(&marks, spot->value))
        return report_exhausted(c, spot, "unevaluated", "is too large to be checked");
    branch.marks = &marks;
    bool valid = check_quietly(c, node, &branch);
    if (valid) marks_merge(spot->marks, &marks);
    marks_release(&marks);
    return valid;
}

bool judge_all(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = true;
    for (size_t i = 0; i < rule->nodes_n; i++) {
        if (!check_node(c, rule->nodes[i], spot)) valid = false;
        if (!valid && (c->muted || check_is_over(c))) return false;
    }
    return valid;
}

bool judge_any(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = false;
    for (size_t i = 0; i < rule->nodes_n && !(valid && !spot->marks); i++)
        if (check_branch(c, rule->nodes[i], spot)) valid = true;
    if (valid || c->muted) return valid;
    if (rule->nodes_n == 1)
        return check_node(c, rule->nodes[0], spot); /* then its own words are the better ones */
    return report(c, spot, "anyOf", "has none of the %zu forms that are allowed here",
                  rule->nodes_n);
}

bool judge_one(struct check *c, const struct rule *rule, const struct spot *spot)
{
    size_t valid = 0;
    for (size_t i = 0; i < rule->nodes_n && !c->exhausted; i++)
        if (check_branch(c, rule->nodes[i], spot)) valid++;
    if (valid == 1 || c->muted) return valid == 1;
    if (valid)
        return report(c, spot, "oneOf", "has %zu forms at once of which it must have exactly one",
                      valid);
    if (rule->nodes_n == 1) return check_node(c, rule->nodes[0], spot);
    return report(c, spot, "oneOf", "has none of the %zu forms that are allowed here",
                  rule->nodes_n);
}

bool judge_not(struct check *c, const struct rule *rule, const struct spot *spot)
{
    struct spot inside = *spot;
    inside.marks = NULL; /* what it evaluated never counts */
    if (!check_quietly(c, rule->nodes[0], &inside)) return !c->exhausted;
    return report(c, spot, "not", "has a form that is not allowed here");
}

bool judge_if(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool holds = check_branch(c, rule->nodes[0], spot);
    const struct node *next = rule->nodes[holds ? 1 : 2];
    if (c->exhausted) return false;
    return !next || check_node(c, next, spot);
}
