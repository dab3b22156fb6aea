/* judge.h -- one function per kind of keyword that says whether an instance obeys it. The table
 * names them.
 *
 * Each returns true when the value at `spot` obeys the rule, and otherwise reports at least one
 * error through report(), or a subschema has. */
#ifndef GROUNDSWELL_SCHEMA_JUDGE_H
#define GROUNDSWELL_SCHEMA_JUDGE_H

#include "inside.h"

/* A set bit for each member or item that some keyword has evaluated. */
#define MARKS_INLINE 4
struct marks {
    size_t n;
    uint64_t *bits;
    uint64_t inside[MARKS_INLINE];
};

/* Where the check stands: a value, the way to it, who wants to know what was evaluated there. */
struct spot {
    const json_t *value;
    const struct spot *up;
    struct text name; /* of the member; at == NULL: item `index` */
    size_t index;
    struct marks *marks; /* NULL: nobody */
};

struct scope {
    const struct resource *resource;
    const struct scope *outer;
};

struct check {
    struct schema_errors *errors;
    const struct scope *scope;
    size_t depth, steps_left;
    unsigned muted; /* > 0: inside a branch whose failure may be no error */
    bool exhausted; /* a bound was reached: the answer is no, whatever `not` makes of it */
};

/* check.c: what the judges stand on. */
bool check_node(struct check *c, const struct node *node, const struct spot *spot);
bool check_quietly(struct check *c, const struct node *node,
                   const struct spot *spot); /* reports nothing */
bool check_spend(struct check *c,
                 size_t steps);            /* false: the budget is used up, and the check is over */
bool check_is_over(const struct check *c); /* nothing that follows could change the answer */
/* Adds an error (unless muted) and returns false. */
bool report(struct check *c, const struct spot *spot, const char *keyword, const char *format, ...)
    PRINTF_LIKE(4, 5);
bool report_exhausted(struct check *c, const struct spot *spot, const char *keyword,
                      const char *sentence);

bool marks_init(struct marks *marks, const json_t *value);
void marks_release(struct marks *marks);
void marks_set(struct marks *marks, size_t index); /* marks may be NULL */
void marks_set_from(struct marks *marks, size_t index);
bool marks_has(const struct marks *marks, size_t index);
void marks_merge(struct marks *into, const struct marks *from);

/* What a JSON value is called in a sentence; short scalars are quoted, others described. */
#define VALUE_WORDS_SIZE 96
void value_words(const json_t *value, char ret[static VALUE_WORDS_SIZE]);
/* `name` between quotation marks, or `otherwise` when it is long or not plain. */
void name_words(struct text name, const char *otherwise, char ret[static VALUE_WORDS_SIZE]);
bool text_is_plain(struct text text); /* short enough to repeat, and without control characters */

enum {
    TYPE_NULL = 1,
    TYPE_BOOL = 2,
    TYPE_OBJECT = 4,
    TYPE_ARRAY = 8,
    TYPE_NUMBER = 16,
    TYPE_TEXT = 32,
    TYPE_INTEGER = 64,
    TYPE_INTEGER_SPELLED = 128
}; /* the last: draft-04, where 1.0 is no integer */

bool judge_type(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_enum(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_const(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_minimum(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_maximum(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_multiple(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_length_min(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_length_max(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_pattern(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_format(struct check *c, const struct rule *rule, const struct spot *spot);

bool judge_items(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_items_min(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_items_max(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_unique(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_contains(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_unevaluated_items(struct check *c, const struct rule *rule, const struct spot *spot);

bool judge_members(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_required(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_members_min(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_members_max(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_names(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_dependencies(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_unevaluated_members(struct check *c, const struct rule *rule, const struct spot *spot);

bool judge_ref(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_dynamic_ref(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_all(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_any(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_one(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_not(struct check *c, const struct rule *rule, const struct spot *spot);
bool judge_if(struct check *c, const struct rule *rule, const struct spot *spot);

#endif
