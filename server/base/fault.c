/* fault.c -- the names of faults, and the end of a process whose own assumptions broke.
 *
 * An invariant that does not hold means that the next step could lose somebody's money: the process
 * ends, Redis has every acknowledged act, and the parent starts another. */
#include "groundswell/base/fault.h"

#include "groundswell/base/log.h"

static const char *const names[] = {
    [FAULT_NONE] = "none",       [FAULT_MEMORY] = "memory",   [FAULT_LIMIT] = "limit",
    [FAULT_FORMAT] = "format",   [FAULT_IO] = "io",           [FAULT_ABSENT] = "absent",
    [FAULT_TIMEOUT] = "timeout", [FAULT_LOST] = "lost",       [FAULT_BUSY] = "busy",
    [FAULT_CONFIG] = "config",
};

const char *fault_name(enum fault fault)
{
    size_t i = (size_t)fault;
    return i < sizeof names / sizeof *names ? names[i] : "unknown";
}

void invariant_broken(const char *cond, const char *file, int line)
{
    log_error("base", "invariant broken: %s (%s:%d)", cond, file, line);
    abort();
}
