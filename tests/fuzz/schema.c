/* schema.c -- fuzzes the schema compiler and the check: a schema, a NUL byte, an instance. */
/* rooms: base schema */
/*
 * Neither may crash, and the bounds must hold, whatever the two are. An input that begins with '4'
 * is judged as draft-04. Replayed over corpus-schema/ by tests/033_schema_corpus.c. */
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/json.h"
#include "groundswell/schema/openapi.h"
#include "groundswell/schema/schema.h"

#define FUZZ_STEPS_MAX 20000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_check(const struct schema *schema, const json_t *instance)
{
    struct schema_errors errors;
    bool valid = schema_check_within(schema, instance, FUZZ_STEPS_MAX, &errors);
    INVARIANT(valid == (errors.n == 0));
    for (size_t i = 0; i < errors.n; i++) {
        const struct schema_error *error = &errors.list[i];
        INVARIANT(text_is_clean_utf8(text_of(error->detail)));
        INVARIANT(text_is_clean_utf8(text_of(error->pointer)));
        INVARIANT(error->detail[0] && error->keyword[0]);
    }
}

static void fuzz_bundle(struct schema_set *set)
{
    json_t *components = json_object(), *bundled = NULL;
    struct schema_problem problem = {0};
    enum fault no = schema_bundle(set, "fuzz.json", components, &bundled, &problem);
    INVARIANT(no || bundled);
    INVARIANT(no != FAULT_FORMAT || problem.what[0]);
    json_decref(bundled);
    json_decref(components);
}

static void fuzz_both(json_t *document, const json_t *instance, bool old)
{
    struct schema_problem problem = {0};
    const struct schema *schema = NULL;
    struct schema_set *set = schema_set_new();
    if (!set) return;
    if (old) schema_set_dialect(set, SCHEMA_DRAFT_04);
    enum fault no = schema_set_add(set, "fuzz.json", document, &problem);
    if (!no) no = schema_compile(set, "fuzz.json", &schema, &problem);
    INVARIANT(no != FAULT_FORMAT || problem.what[0]);
    if (!no) fuzz_check(schema, instance);
    if (!no) fuzz_bundle(set);
    schema_set_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool old = size && data[0] == '4';
    struct text rest = {(const char *)data + old, size - old};
    struct text first = text_cut(&rest, '\0');
    CLEANUP(json_ref) json_t *document = NULL;
    CLEANUP(json_ref) json_t *instance = NULL;
    if (!rest.at || size > 16 * KIB) return 0;
    if (json_read(first, 64, &document, NULL) || json_read(rest, 64, &instance, NULL)) return 0;
    fuzz_both(document, instance, old);
    return 0;
}
