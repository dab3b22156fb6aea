/* format.h -- the formats that are asserted. Others are refused when a schema is compiled. */
#ifndef GROUNDSWELL_SCHEMA_FORMAT_H
#define GROUNDSWELL_SCHEMA_FORMAT_H

#include "inside.h"

const struct format *format_find(const char *name); /* NULL: not supported */

#endif
