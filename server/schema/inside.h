/* inside.h -- what a schema looks like once it is compiled, shared by the files of this room alone.
 *
 * Every subschema of a document is a node; every keyword in it that says something becomes a rule
 * of that node. A resource is a schema with a URI of its own: the base for references, and the
 * scope of its anchors. */
#ifndef GROUNDSWELL_SCHEMA_INSIDE_H
#define GROUNDSWELL_SCHEMA_INSIDE_H

#include "groundswell/base/fault.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#define uthash_fatal(msg) invariant_broken(msg, __FILE__, __LINE__)
#include <jansson.h>
#include <pcre2.h>
#include <stdint.h>
#include <uthash.h>

#include "groundswell/base/arena.h"
#include "groundswell/base/buf.h"
#include "groundswell/base/json.h"
#include "groundswell/schema/schema.h"

struct check;
struct compiler;
struct node;
struct rule;
struct spot;

/* How a keyword's value holds subschemas: this is what the index walks. */
enum shape {
    SHAPE_PLAIN,  /* none */
    SHAPE_SCHEMA, /* is one */
    SHAPE_LIST,   /* an array of them */
    SHAPE_MAP,    /* an object of them */
    SHAPE_ITEMS,  /* draft-04 items: one or an array */
};

enum {
    KEYWORD_IN_PLACE =
        1,            /* its subschemas judge the same instance: a ring of these would never end */
    KEYWORD_LAST = 2, /* unevaluated*: judged when everything else has been */
};

struct keyword {
    const char *name;
    unsigned dialects;
    enum shape shape;
    unsigned flags;
    /* Fills the rule; sets rule->keyword to NULL where a sibling's rule covers it. NULL: nothing to
     * fill. */
    enum fault (*compile)(struct compiler *c, struct node *node, struct rule *rule);
    /* NULL: the keyword judges nothing. */
    bool (*check)(struct check *check, const struct rule *rule, const struct spot *spot);
};

extern const struct keyword keywords[];
extern const size_t keywords_n;

struct anchor {
    struct anchor *next;
    struct text name;
    struct node *node;
    bool dynamic;
};

struct resource {
    const char *uri; /* absolute, without fragment */
    const json_t *root;
    unsigned dialect; /* enum schema_dialect, or 0: one that is not known here */
    struct anchor *anchors;
};

struct resource_name { /* a document is known by the name it was added with and by its $id */
    const char *uri;
    struct resource *resource;
    UT_hash_handle hh;
};

struct pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits; /* the set's */
    const char *source;
    struct pattern *next;
};

struct property {
    struct text name;
    const struct node *node;
};

struct pattern_property {
    struct pattern *pattern;
    const struct node *node;
};

struct members { /* properties, patternProperties and additionalProperties, judged in one walk */
    struct property *list; /* sorted by name */
    size_t n;
    struct pattern_property *patterns;
    size_t patterns_n;
    const struct node *additional; /* NULL: anything */
};

struct format {
    const char *name;
    bool (*check)(struct text value);
    const char *sentence;
};

struct rule {
    const struct keyword *keyword;
    const json_t *value;
    const struct node **nodes; /* in the order of the value; a NULL among them is not a schema */
    size_t nodes_n;
    union {
        struct {
            uint64_t min, max;
        } count;
        const struct node *rest; /* items behind the prefix */
        const struct members *members;
        struct pattern *pattern;
        const struct format *format;
        struct text anchor; /* $dynamicRef: the name looked for in the dynamic scope, or none */
        unsigned types;
        bool exclusive;
    };
};

enum node_state { NODE_NEW, NODE_PENDING, NODE_BUSY, NODE_DONE };

struct node {
    const json_t *json; /* key */
    const struct resource *resource;
    struct text pointer; /* in its document */
    const char *document;
    enum node_state state;
    bool always, never; /* the boolean schemas */
    bool tracks;        /* has unevaluated*: needs to know what was evaluated */
    bool members_done, items_done;
    unsigned ring; /* colour in the search for endless references */
    struct rule *rules;
    size_t rules_n;
    struct node *pending;
    UT_hash_handle hh;
};

struct document {
    const char *name; /* as given */
    json_t *root;
    struct document *next;
};

struct component { /* openapi.c: what a name in an OpenAPI document stands for */
    const char *name;
    const struct node *node;
    struct component *next;
};

struct schema {
    const struct node *root;
};

struct schema_set {
    struct arena arena;
    unsigned dialect;
    const char *annotations[SCHEMA_ANNOTATIONS_MAX];
    size_t annotations_n;
    struct document *documents;
    struct resource_name *resources;
    struct node *nodes;
    struct pattern *patterns;
    struct component *components;
    pcre2_match_context *match_context;
    enum fault refused; /* and why it is refused ever after */
    struct schema_problem problem;
};

struct compiler {
    struct schema_set *set;
    struct schema_problem *problem;
    struct node *pending;
};

#endif
