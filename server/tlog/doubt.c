/* doubt.c -- writes the one sentence that says why a log is not believed. */
#include "groundswell/tlog/doubt.h"

#include <stdarg.h>
#include <stdio.h>

enum fault doubt_raise(struct doubt *doubt, enum fault fault, const char *format, ...)
{
    if (!doubt || doubt->what[0])
        return fault;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(doubt->what, sizeof doubt->what, format, args);
    va_end(args);
    INVARIANT(n > 0);
    for (char *c = doubt->what; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?'; /* names out of strangers' files are shown on terminals */
    return fault;
}
