/* fault.h -- the three kinds of "no", as far as every room needs them.
 *
 * A bug aborts: INVARIANT(cond), on in release too. A fault is returned as `enum fault`, must be
 * checked, and is logged once at the top. A refusal is a normal answer to a person: see
 * refusal.h. */
#ifndef GROUNDSWELL_BASE_FAULT_H
#define GROUNDSWELL_BASE_FAULT_H

enum fault {
    FAULT_NONE = 0,
    FAULT_MEMORY,  /* an allocation failed, or an arena reached its bound */
    FAULT_LIMIT,   /* a value or buffer would pass its declared maximum */
    FAULT_FORMAT,  /* bytes that do not follow the format they claim */
    FAULT_IO,      /* the operating system refused a read, write, rename, socket; errno tells */
    FAULT_ABSENT,  /* a file, key or entry that should be there is not */
    FAULT_TIMEOUT, /* a deadline passed before the answer came */
    FAULT_LOST,    /* the peer went away with the question unanswered */
    FAULT_BUSY,    /* the peer answers, but cannot serve now: try again later */
    FAULT_CONFIG,  /* the configuration or the surroundings forbid it */
};

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

/* CLEANUP(buf) struct buf b = ...; calls buf_release(&b) when b leaves its scope. */
#define CLEANUP(noun) __attribute__((cleanup(noun##_release)))

#define INVARIANT(cond) ((cond) ? (void)0 : invariant_broken(#cond, __FILE__, __LINE__))

/* The fault's name in lower case ("timeout"): static storage. */
const char *fault_name(enum fault fault);

/* Logs the broken condition to standard error and aborts. */
_Noreturn void invariant_broken(const char *cond, const char *file, int line);

#endif
