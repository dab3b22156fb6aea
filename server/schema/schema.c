/* schema.c -- a set of schema documents: its life, and the way from a document to a compiled
 * schema.
 *
 * index.c finds what is in the documents, compile.c turns keywords into rules, check.c judges
 * instances. Everything that a set compiles lives in its arena and dies with it; nothing is
 * compiled at request time. */
#include "groundswell/schema/schema.h"

#include "compile.h"
#include "index.h"
#include "inside.h"
#include "pattern.h"

#define SET_BYTES_MAX (64 * MIB)

struct schema_set *schema_set_new(void)
{
    struct schema_set *set = calloc(1, sizeof *set);
    if (!set) return NULL;
    arena_init(&set->arena, SET_BYTES_MAX);
    set->dialect = SCHEMA_2020_12;
    set->match_context = pattern_limits_new();
    if (!set->match_context) {
        schema_set_free(set);
        return NULL;
    }
    return set;
}

void schema_set_free(struct schema_set *set)
{
    if (!set) return;
    for (struct document *d = set->documents; d; d = d->next) json_decref(d->root);
    for (struct pattern *p = set->patterns; p; p = p->next) pattern_release(p);
    pattern_limits_free(set->match_context);
    HASH_CLEAR(hh, set->nodes);
    HASH_CLEAR(hh, set->resources);
    arena_release(&set->arena);
    free(set);
}

void schema_set_dialect(struct schema_set *set, enum schema_dialect dialect)
{
    INVARIANT(!set->documents);
    set->dialect = dialect;
}

void schema_set_annotation(struct schema_set *set, const char *keyword)
{
    INVARIANT(set->annotations_n < SCHEMA_ANNOTATIONS_MAX);
    set->annotations[set->annotations_n++] = keyword;
}

/* Whatever went wrong, a set that is not whole must not judge anything: the fault stays. */
static enum fault set_refuse(struct schema_set *set, enum fault no,
                             struct schema_problem *ret_problem)
{
    static const struct node nowhere = {.document = "", .pointer = {"", 0}};
    if (!set->refused && no == FAULT_MEMORY)
        (void)problem_set(&set->problem, &nowhere, "", "the schemas take too much memory");
    if (!set->refused && no == FAULT_LIMIT)
        (void)problem_set(&set->problem, &nowhere, "", "the document nests too deeply");
    set->refused = no;
    if (ret_problem) *ret_problem = set->problem;
    return no;
}

static enum fault document_add(struct schema_set *set, const char *name, const json_t *document)
{
    struct document *entry = arena_alloc(&set->arena, sizeof *entry);
    struct text own = arena_text(&set->arena, text_of(name));
    const char *uri = index_uri(set, NULL, text_of(name));
    if (!entry || !own.at || !uri) return FAULT_MEMORY;
    entry->name = own.at;
    entry->root = json_deep_copy(document);
    if (!entry->root) return FAULT_MEMORY;
    entry->next = set->documents;
    set->documents = entry;
    return index_document(set, entry->name, uri, entry->root, &set->problem);
}

enum fault schema_set_add(struct schema_set *set, const char *name, const json_t *document,
                          struct schema_problem *ret_problem)
{
    if (set->refused) return set_refuse(set, set->refused, ret_problem);
    enum fault no = document_add(set, name, document);
    return no ? set_refuse(set, no, ret_problem) : FAULT_NONE;
}

static enum fault compile_named(struct schema_set *set, const char *name, const struct node **ret)
{
    const struct node nowhere = {.document = name, .pointer = TEXT("")};
    struct node *root = index_named(set, name);
    if (!root) return problem_set(&set->problem, &nowhere, "", "is not a schema of this set");
    enum fault no = compile_root(set, root, &set->problem);
    *ret = root;
    return no;
}

enum fault schema_compile(struct schema_set *set, const char *name,
                          const struct schema **ret_schema, struct schema_problem *ret_problem)
{
    if (set->refused) return set_refuse(set, set->refused, ret_problem);
    const struct node *root = NULL;
    enum fault no = compile_named(set, name, &root);
    struct schema *schema = no ? NULL : arena_alloc(&set->arena, sizeof *schema);
    if (!no && !schema) no = FAULT_MEMORY;
    if (no) return set_refuse(set, no, ret_problem);
    schema->root = root;
    *ret_schema = schema;
    return FAULT_NONE;
}
