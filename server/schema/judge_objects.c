/* judge_objects.c -- members: which must be there, which may be, and what each must be. */
#include "judge.h"
#include "pattern.h"

static json_t *object_of(
    const struct spot *spot) /* NULL, which iterates over nothing, for any other type */
{
    return json_is_object(spot->value) ? (json_t *)(uintptr_t)spot->value : NULL;
}

static struct text name_at(void *at)
{
    return (struct text){json_object_iter_key(at), json_object_iter_key_len(at)};
}

static struct spot member_at(const struct spot *spot, void *at)
{
    return (struct spot){.value = json_object_iter_value(at), .up = spot, .name = name_at(at)};
}

static const struct node *property_find(const struct members *members, struct text name)
{
    size_t low = 0, high = members->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = text_compare(name, members->list[middle].name);
        if (!order) return members->list[middle].node;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

/* Says of an unexpected member which one it is: its own name may not fit into a pointer. */
static bool report_unknown(struct check *c, const struct spot *member, const char *keyword)
{
    char name[VALUE_WORDS_SIZE];
    if (c->muted) return false;
    name_words(member->name, "whose name is too long to repeat", name);
    return report(c, member, keyword, "is a member %s that is not known here", name);
}

static bool judge_member(struct check *c, const struct members *members, const struct spot *member,
                         bool *ret_evaluated)
{
    const struct node *own = property_find(members, member->name);
    bool valid = !own || check_node(c, own, member), matched = own != NULL;
    for (size_t i = 0; i < members->patterns_n; i++) {
        enum pattern_answer answer = pattern_match(members->patterns[i].pattern, member->name);
        if (answer == PATTERN_TOO_COSTLY)
            return report_exhausted(c, member, "patternProperties",
                                    "has a name that takes too long to compare");
        if (answer == PATTERN_NO) continue;
        matched = true;
        if (!check_node(c, members->patterns[i].node, member)) valid = false;
    }
    *ret_evaluated = matched || members->additional;
    if (matched || !members->additional) return valid;
    if (members->additional->never) return report_unknown(c, member, "additionalProperties");
    return check_node(c, members->additional, member);
}

bool judge_members(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = true;
    size_t index = 0;
    json_t *object = object_of(spot);
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at), index++) {
        bool evaluated = false;
        struct spot member = member_at(spot, at);
        if (!judge_member(c, rule->members, &member, &evaluated)) valid = false;
        if (evaluated) marks_set(spot->marks, index);
        if (!valid && (c->muted || check_is_over(c))) return false;
        if (!check_spend(c, 1))
            return report_exhausted(c, spot, "properties", "takes too long to check");
    }
    return valid;
}

bool judge_required(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = true;
    for (size_t i = 0; json_is_object(spot->value) && i < json_array_size(rule->value); i++) {
        char words[VALUE_WORDS_SIZE];
        const json_t *name = json_array_get(rule->value, i);
        if (json_object_getn(spot->value, json_string_value(name), json_string_length(name)))
            continue;
        value_words(name, words);
        valid = report(c, spot, "required", "lacks the member %s", words);
    }
    return valid;
}

static bool judge_count(struct check *c, const struct rule *rule, const struct spot *spot,
                        bool least)
{
    if (!json_is_object(spot->value)) return true;
    size_t n = json_object_size(spot->value);
    uint64_t bound = rule->count.min;
    if (least ? n >= bound : n <= bound) return true;
    return report(c, spot, rule->keyword->name, "has %zu member%s, must have at %s %llu", n,
                  n == 1 ? "" : "s", least ? "least" : "most", (unsigned long long)bound);
}

bool judge_members_min(struct check *c, const struct rule *rule, const struct spot *spot)
{
    return judge_count(c, rule, spot, true);
}

bool judge_members_max(struct check *c, const struct rule *rule, const struct spot *spot)
{
    return judge_count(c, rule, spot, false);
}

bool judge_names(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = true;
    json_t *object = object_of(spot);
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        char words[VALUE_WORDS_SIZE];
        struct text name = name_at(at);
        CLEANUP(json_ref) json_t *value = json_stringn_nocheck(name.at, name.n);
        if (!value) return report_exhausted(c, spot, "propertyNames", "is too large to be checked");
        struct spot as_value = {.value = value, .up = spot, .name = name};
        if (check_quietly(c, rule->nodes[0], &as_value)) continue;
        name_words(name, "that is too long to repeat", words);
        valid = report(c, spot, "propertyNames", "has a member name %s that is not allowed", words);
        if (c->muted || check_is_over(c)) return false;
    }
    return valid;
}

static bool judge_needed(struct check *c, const struct rule *rule, const struct spot *spot,
                         void *dependency)
{
    bool valid = true;
    const json_t *names = json_object_iter_value(dependency);
    for (size_t i = 0; i < json_array_size(names); i++) {
        char words[VALUE_WORDS_SIZE], because[VALUE_WORDS_SIZE];
        const json_t *name = json_array_get(names, i);
        if (json_object_getn(spot->value, json_string_value(name), json_string_length(name)))
            continue;
        value_words(name, words);
        name_words(name_at(dependency), "it has", because);
        valid = report(c, spot, rule->keyword->name,
                       "lacks the member %s, which must stand beside %s", words, because);
    }
    return valid;
}

bool judge_dependencies(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = true;
    size_t i = 0;
    json_t *map = (json_t *)(uintptr_t)rule->value;
    if (!json_is_object(spot->value)) return true;
    for (void *at = json_object_iter(map); at; at = json_object_iter_next(map, at), i++) {
        struct text name = name_at(at);
        if (!json_object_getn(spot->value, name.at, name.n)) continue;
        bool good =
            rule->nodes[i] ? check_node(c, rule->nodes[i], spot) : judge_needed(c, rule, spot, at);
        valid = valid && good;
        if (!valid && (c->muted || check_is_over(c))) return false;
    }
    return valid;
}

bool judge_unevaluated_members(struct check *c, const struct rule *rule, const struct spot *spot)
{
    bool valid = true;
    size_t index = 0;
    json_t *object = object_of(spot);
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at), index++) {
        if (marks_has(spot->marks, index)) continue;
        struct spot member = member_at(spot, at);
        bool good = rule->nodes[0]->never ? report_unknown(c, &member, "unevaluatedProperties")
                                          : check_node(c, rule->nodes[0], &member);
        valid = valid && good;
        marks_set(spot->marks, index);
        if (!valid && (c->muted || check_is_over(c))) return false;
    }
    return valid;
}
