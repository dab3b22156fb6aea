/* judge_arrays.c -- items: which, how many, and whether twice. */
#include "judge.h"
#include "number.h"

#define UNIQUE_BY_PAIRS_MAX 16 /* up to here comparing every pair is cheaper than hashing */

static struct spot item_at(const struct spot *spot, size_t index)
{
    return (struct spot){.value = json_array_get(spot->value, index), .up = spot, .index = index};
}

static bool judge_item(struct check *c, const struct node *node, const char *keyword,
                       const struct spot *item)
{
    if (node->never) return report(c, item, keyword, "is an item too many");
    return check_node(c, node, item);
}

bool judge_items(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = true;
    size_t n = json_is_array(spot->value) ? json_array_size(spot->value) : 0;
    for (size_t i = 0; i < n; i++) {
        const struct node *node = i < rule->nodes_n ? rule->nodes[i] : rule->rest;
        if (!node) break;
        struct spot item = item_at(spot, i);
        marks_set(spot->marks, i);
        if (!judge_item(c, node, i < rule->nodes_n ? "prefixItems" : "items", &item)) valid = false;
        if (!valid && (c->muted || check_is_over(c))) return false;
    }
    return valid;
}

static bool judge_count(struct check *c, const struct rule *rule, const struct spot *spot,
                        bool least)
{
    if (!json_is_array(spot->value)) return true;
    size_t n = json_array_size(spot->value);
    uint64_t bound = rule->count.min;
    if (least ? n >= bound : n <= bound) return true;
    return report(c, spot, rule->keyword->name, "has %zu item%s, must have at %s %llu", n,
                  n == 1 ? "" : "s", least ? "least" : "most", (unsigned long long)bound);
}

bool judge_items_min(struct check *c, const struct rule *rule, const struct spot *spot)
{
    return judge_count(c, rule, spot, true);
}

bool judge_items_max(struct check *c, const struct rule *rule, const struct spot *spot)
{
    return judge_count(c, rule, spot, false);
}

struct hashed {
    size_t hash, index;
};

static int hashed_compare(const void *a, const void *b)
{
    const struct hashed *left = a, *right = b;
    if (left->hash != right->hash) return left->hash < right->hash ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static bool report_twice(struct check *c, const struct spot *spot, size_t first, size_t second)
{
    return report(c, spot, "uniqueItems", "has the same item twice, at %zu and at %zu", first,
                  second);
}

/* Compares items of equal hash; `list` is sorted by hash. */
static bool judge_hashed(struct check *c, const struct spot *spot, const struct hashed *list,
                         size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n && list[k].hash == list[i].hash; k++) {
            size_t steps = 0;
            const json_t *a = json_array_get(spot->value, list[i].index);
            const json_t *b = json_array_get(spot->value, list[k].index);
            if (value_equal(a, b, &steps))
                return report_twice(c, spot, list[i].index, list[k].index);
            if (!check_spend(c, steps))
                return report_exhausted(c, spot, "uniqueItems", "takes too long to check");
        }
    }
    return true;
}

static bool judge_unique_pairs(struct check *c, const struct spot *spot, size_t n)
{
    size_t steps = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (value_equal(json_array_get(spot->value, i), json_array_get(spot->value, k), &steps))
                return report_twice(c, spot, i, k);
    return check_spend(c, steps)
           || report_exhausted(c, spot, "uniqueItems", "takes too long to check");
}

bool judge_unique(struct check *c, const struct rule *rule, const struct spot *spot)
{
    (void)rule;
    size_t n = json_is_array(spot->value) ? json_array_size(spot->value) : 0, steps = 0;
    if (n <= UNIQUE_BY_PAIRS_MAX) return judge_unique_pairs(c, spot, n);
    struct hashed *list = n <= c->steps_left ? calloc(n, sizeof *list) : NULL;
    if (!list)
        return report_exhausted(c, spot, "uniqueItems", "has too many items to compare them");
    for (size_t i = 0; i < n; i++)
        list[i] = (struct hashed){value_hash(json_array_get(spot->value, i), &steps), i};
    bool valid = check_spend(c, steps)
                 || report_exhausted(c, spot, "uniqueItems", "takes too long to check");
    qsort(list, n, sizeof *list, hashed_compare);
    if (valid) valid = judge_hashed(c, spot, list, n);
    free(list);
    return valid;
}

bool judge_contains(struct check *c, const struct rule *rule, const struct spot *spot)
{
    size_t n = json_is_array(spot->value) ? json_array_size(spot->value) : 0;
    uint64_t found = 0;
    if (!json_is_array(spot->value)) return true;
    for (size_t i = 0; i < n && !c->exhausted; i++) {
        struct spot item = item_at(spot, i);
        if (!check_quietly(c, rule->nodes[0], &item)) continue;
        marks_set(spot->marks, i);
        found++;
    }
    const char *plural = found == 1 ? "" : "s";
    if (found < rule->count.min)
        return report(c, spot, rule->count.min == 1 ? "contains" : "minContains",
                      "has %llu item%s of the kind that must be in it, must have at least %llu",
                      (unsigned long long)found, plural, (unsigned long long)rule->count.min);
    if (found > rule->count.max)
        return report(c, spot, "maxContains",
                      "has %llu item%s of a kind of which it must have at most %llu",
                      (unsigned long long)found, plural, (unsigned long long)rule->count.max);
    return !c->exhausted;
}

bool judge_unevaluated_items(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = true;
    size_t n = json_is_array(spot->value) ? json_array_size(spot->value) : 0;
    for (size_t i = 0; i < n; i++) {
        if (marks_has(spot->marks, i)) continue;
        struct spot item = item_at(spot, i);
        if (!judge_item(c, rule->nodes[0], "unevaluatedItems", &item)) valid = false;
        if (!valid && (c->muted || check_is_over(c))) return false;
    }
    marks_set_from(spot->marks, 0);
    return valid;
}
