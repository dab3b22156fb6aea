/* banned.h -- functions that do not compile here. Included into every translation unit by the
 * build. */
#ifndef GROUNDSWELL_BASE_BANNED_H
#define GROUNDSWELL_BASE_BANNED_H

#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef alloca
#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets gmtime localtime
#pragma GCC poison atoi atol atof strtod alloca

#endif
