/* compile.h -- from keywords to rules. One function per kind of keyword; the table in keywords.c
 * names them. */
#ifndef GROUNDSWELL_SCHEMA_COMPILE_H
#define GROUNDSWELL_SCHEMA_COMPILE_H

#include "inside.h"

/* Compiles `root` and everything that it refers to. */
enum fault compile_root(struct schema_set *set, struct node *root,
                        struct schema_problem *problem) MUST_CHECK;

/* The compiled form of one subschema of `node`. */
enum fault compile_sub(struct compiler *c, struct node *node, const char *keyword,
                       const json_t *value, const struct node **ret) MUST_CHECK;

enum fault compile_dialect(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_type(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_array(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_number(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_bound(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_exclusive_flag(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_count(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_bool(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_names(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_pattern(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_format(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_schema(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_schemas(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_map(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_dependencies(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_members(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_items(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_contains(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_if(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_ref(struct compiler *c, struct node *node, struct rule *rule);
enum fault compile_dynamic_ref(struct compiler *c, struct node *node, struct rule *rule);

#endif
