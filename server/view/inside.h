/* inside.h -- what a parsed template is, for the files of this room.
 *
 * The nodes of a template stand in one array in the order of the source. What is inside a section,
 * a block, a parent or a form follows it, up to its `end`. Names are cut at their dots when they
 * are parsed. */
#ifndef GROUNDSWELL_VIEW_INSIDE_H
#define GROUNDSWELL_VIEW_INSIDE_H

#include "groundswell/base/arena.h"
#include "groundswell/view/template.h"

enum node_kind {
    NODE_TEXT,
    NODE_VALUE,
    NODE_RAW,
    NODE_SECTION,
    NODE_UNLESS,  /* the inverted section */
    NODE_PARTIAL, /* {{>name}} */
    NODE_PARENT,  /* {{<name}}; inside: the blocks that it replaces */
    NODE_BLOCK,   /* {{$name}} */
    NODE_PLURAL,  /* {{#_n name}}; inside: a NODE_FORM for each form */
    NODE_FORM,
};

/* `n` parts from view->parts[first]; none: the innermost thing itself. */
struct name {
    uint32_t first, n;
    bool here; /* {{.name}}: of the innermost thing, not outwards */
};

struct node {
    enum node_kind kind;
    unsigned line;
    uint32_t end; /* the first node behind what is inside this one */
    bool line_start;    /* TEXT: it begins a line of the source */
    bool as_it_stands;  /* PLURAL: not translated, the forms are the two of the source */
    struct name name;   /* VALUE, RAW, SECTION, UNLESS, PLURAL */
    /* TEXT: the bytes. SECTION, UNLESS: the word to compare with, or TEXT_NONE. BLOCK: its name.
     * PARTIAL, PARENT: the blanks before each of its lines, TEXT_NONE where it stands in a line. */
    struct text text;
    const struct view_kind *through; /* VALUE; NULL: escaped text */
    const struct view *view;         /* PARTIAL, PARENT */
};

struct view {
    struct view_set *set;
    struct view *next;
    struct text name;
    bool parsed;
    struct node *nodes;
    uint32_t nodes_n, nodes_cap;
    struct text *parts;
    uint32_t parts_n, parts_cap;
    struct text asked_by; /* the template that first includes it; TEXT_NONE: view_find() did */
    unsigned asked_line;
};

struct view_set {
    struct view_plan plan;
    struct view *views; /* the newest first */
    struct arena arena; /* names, and texts with their blanks folded */
};

/* The blocks inside a parent (nodes[parent] of the view), and those of the parents around it. */
struct blocks {
    const struct blocks *within; /* NULL: none */
    const struct view *view;
    uint32_t parent;
};

/* Whose block of this name replaces the default, and which node it is; NULL: nobody's. */
const struct blocks *blocks_find(const struct blocks *blocks, struct text name, uint32_t *ret_at);

/* The template of this name, made now (not yet parsed) where the set has none. NULL: memory. */
struct view *view_named(struct view_set *set, struct text name);

enum fault view_parse(struct view *view, struct text source, struct view_problem *problem)
    MUST_CHECK;

/* Fills the problem (which may be NULL) and returns `no`. */
enum fault view_refuse(struct view_problem *problem, enum fault no, struct text template,
                       unsigned line, const char *format, ...) PRINTF_LIKE(5, 6) MUST_CHECK;

/* What a parser is at: a template, or a text to be translated within one. */
struct parse {
    struct view *view;
    struct view_problem *problem;
    struct text source;
    size_t at;
    unsigned line;           /* of `at` */
    struct text open, close; /* the delimiters */
    struct {
        uint32_t node;
        struct text key;
    } inside[VIEW_DEPTH_MAX];
    size_t inside_n;
    bool in_text;        /* only variables may stand here */
    struct text message; /* and, where this is a translation, only those of its message */
};

/* A tag of the source: {{sigil key}}. */
struct tag {
    char sigil; /* '\0': a value */
    struct text key;
    size_t from, next; /* all that it takes away from the source */
    unsigned line;
    bool alone;         /* in its line, which goes with it */
    struct text blanks; /* before it, where it is alone */
};

enum fault parse_refuse(const struct parse *parse, unsigned line, const char *format, ...)
    PRINTF_LIKE(3, 4) MUST_CHECK;
size_t parse_find(struct text in, size_t from, struct text what); /* SIZE_MAX: not there */
enum fault parse_nodes(struct parse *parse) MUST_CHECK;           /* to the end of its source */
enum fault parse_node(struct parse *parse, struct node node, uint32_t *ret_at) MUST_CHECK;
enum fault parse_name(struct parse *parse, struct text from, unsigned line, struct name *ret)
    MUST_CHECK;

/* {{#_}} and {{#_n name}}, of which the opening tag is read: message.c. */
bool message_opens(struct text key);
enum fault message_parse(struct parse *parse, const struct tag *tag) MUST_CHECK;
bool message_uses(const struct parse *parse, struct text variable);

#endif
