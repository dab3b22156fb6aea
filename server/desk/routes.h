/* routes.h -- the table of routes.c. */
#ifndef GROUNDSWELL_DESK_ROUTES_H
#define GROUNDSWELL_DESK_ROUTES_H

#include "groundswell/http/route.h"

/* Who may use a row: roles (people/token.h), and what no role says. */
#define WHO_ROLES 0xffu
#define WHO_PERSON 0x100u   /* whoever is signed in, whatever their hats */
#define WHO_ENTERING 0x200u /* whoever signs in; who is signed in already may be */
#define WHO_ORG 0x400u      /* with roles: in the organisation of the path, or an operator of all */
#define WHO_KNOWN 0x800u    /* anyone; whoever shows who they are may be told more */
#define WHO_PAGE 0x1000u    /* a page or its form: speaks HTML, and asks the other rows */

extern const struct route routes[];
extern const size_t routes_n;

#endif
