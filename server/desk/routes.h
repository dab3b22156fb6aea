/* routes.h -- the table of routes.c. */
#ifndef GROUNDSWELL_DESK_ROUTES_H
#define GROUNDSWELL_DESK_ROUTES_H

#include "groundswell/http/route.h"

extern const struct route routes[];
extern const size_t routes_n;

#endif
