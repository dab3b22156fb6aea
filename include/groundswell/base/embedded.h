/* embedded.h -- files that travel inside the binary: the ledger's Lua library, the schemas, and
 * what the pages are made of.
 *
 * The tables are written by the build (.cmake/generate.cmake) in the order of their names. A name
 * is the path under server/ledger/lua ("00_keys.lua"), under schemas/ ("commands/pledge-put.json")
 * or under web/ ("audit/page.html"); of what is packed, with its packing behind it
 * ("assets/site.css.br", "assets/site.css.gz"). */
#ifndef GROUNDSWELL_BASE_EMBEDDED_H
#define GROUNDSWELL_BASE_EMBEDDED_H

#include <stddef.h>

#include "groundswell/base/text.h"

struct embedded {
    const char *name;
    const char *data, *end; /* *end is a NUL that does not count */
};

extern const struct embedded embedded_lua[];
extern const size_t embedded_lua_n;
extern const struct embedded embedded_schemas[];
extern const size_t embedded_schemas_n;
extern const struct embedded embedded_web[];
extern const size_t embedded_web_n;
extern const struct embedded embedded_packed[];
extern const size_t embedded_packed_n;

static inline size_t embedded_size(const struct embedded *file)
{
    return (size_t)(file->end - file->data);
}

static inline struct text embedded_text(const struct embedded *file)
{
    return (struct text){file->data, embedded_size(file)};
}

#endif
