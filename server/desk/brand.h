/* brand.h -- the colour that a site chose, as the style sheet of one line that pages load. */
#ifndef GROUNDSWELL_DESK_BRAND_H
#define GROUNDSWELL_DESK_BRAND_H

#include <stdbool.h>
#include <stddef.h>

#include "groundswell/base/text.h"

/* Writes ":root{--brand:#0b4f6c}"; a comment where `colour` is empty, so that site.css decides.
 * False, with a line in the log, where it is no "#rrggbb" or cannot be read on white. */
bool brand_put(char *out, size_t size, struct text colour);

#endif
