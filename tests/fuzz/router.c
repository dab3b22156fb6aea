/* router.c -- fuzzes the router: the first byte is the method, the rest a raw path.
 *
 * A path is either bad, or it is found the same way twice; a parameter is never empty, never holds
 * a slash or a control byte, never steps up. */
/* rooms: base io http */
#include "groundswell/base/arena.h"
#include "groundswell/base/fault.h"
#include "groundswell/http/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void router_fuzz_handle(struct visit *visit)
{
    (void)visit;
}

#define FUZZ_ROW(method, pattern) \
    ROUTE(method, pattern, router_fuzz_handle, 0, NULL, BODY_DEFAULT, SAFE)

static const struct route router_fuzz_rows[] = {
    FUZZ_ROW(GET, "/"),          FUZZ_ROW(GET, "/a"),       FUZZ_ROW(PUT, "/a/:b"),
    FUZZ_ROW(GET, "/a/:b/c"),    FUZZ_ROW(GET, "/:x/:y/c"), FUZZ_ROW(POST, "/a/b/c/:d"),
    FUZZ_ROW(DELETE, "/:a/:b/:c"),
};

static void router_fuzz_check(struct text value)
{
    INVARIANT(value.n > 0 && !text_is(value, ".") && !text_is(value, ".."));
    INVARIANT(text_is_clean_utf8(value));
    for (size_t i = 0; i < value.n; i++)
        INVARIANT(value.at[i] != '/' && (unsigned char)value.at[i] >= ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct router *router;
    if (!router) router = router_new(router_fuzz_rows, 7);
    INVARIANT(router != NULL);
    if (size == 0) return 0;
    enum http_method method = (enum http_method)(data[0] % (METHOD_OTHER + 1));
    struct text path = {(const char *)data + 1, size - 1};
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    struct route_match match, again;
    enum fault no = router_find(router, method, path, &arena, &match);
    INVARIANT(no == FAULT_NONE || no == FAULT_FORMAT || no == FAULT_MEMORY);
    INVARIANT(!no || !match.route);
    for (size_t i = 0; i < match.params_n; i++) router_fuzz_check(match.params[i].value);
    if (!no && !router_find(router, method, path, &arena, &again))
        INVARIANT(again.route == match.route && again.allowed == match.allowed);
    INVARIANT(!match.route || (match.allowed & (1u << METHOD_OPTIONS)));
    arena_release(&arena);
    return 0;
}
