/* password.h -- passwords: which are let in, and their hashes, made beside the loop.
 *
 * Rules (NIST SP 800-63B 5.1.1.2): 8 to 128 characters, no rules of composition, nothing of the
 * 3,000 commonest, not the sign-in name, not our own name. Hashes are Argon2id with t=2, m=19 MiB,
 * p=1 (the OWASP password storage sheet's first choice for servers) as PHC strings.
 *
 * A hash takes tens of milliseconds and 19 MiB, so that it is made in a pool of threads whose queue
 * is bounded: FAULT_BUSY is answered 503 by whoever asked. */
#ifndef GROUNDSWELL_PEOPLE_PASSWORD_H
#define GROUNDSWELL_PEOPLE_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

struct loop;
struct passwords;

#define PASSWORD_CHARACTERS_MIN 8
#define PASSWORD_CHARACTERS_MAX 128
#define PASSWORD_BYTES_MAX 512
#define PASSWORD_HASH_MAX 128 /* bytes of a PHC string of ours, without NUL */

enum password_rule {
    PASSWORD_GOOD,
    PASSWORD_TOO_SHORT,
    PASSWORD_TOO_LONG, /* more than 128 characters or 512 bytes */
    PASSWORD_NOT_TEXT, /* no UTF-8, or control characters in it */
    PASSWORD_COMMON,   /* one of the 3,000 commonest, whatever its case (of A-Z) */
    PASSWORD_CONTEXT,  /* the sign-in name or ours, but for digits and marks around it */
};

/* Judges a password that somebody wants to have. `name` is the sign-in name, TEXT_NONE for none. */
enum password_rule password_judge(struct text password, struct text name);
/* A plain sentence for each but PASSWORD_GOOD (""). Static storage. */
const char *password_sentence(enum password_rule rule);

/* NULL: the system refused. Each thread uses 19 MiB while it hashes. */
struct passwords *passwords_new(struct loop *loop, size_t threads, size_t queue_max);
/* After the loop has stopped, before loop_free(): whose answer is still out gets none; what waited
 * is wiped. NULL is accepted. */
void passwords_free(struct passwords *passwords);

/* Both copy what they are given; the copy is wiped after use. `call` comes exactly once, in the
 * loop, never before this returned; not at all where this returns a fault: FAULT_BUSY (the queue is
 * full), FAULT_LIMIT (more than PASSWORD_BYTES_MAX bytes), FAULT_MEMORY. */

/* `call` gets FAULT_NONE and a PHC string (borrowed for the call), or FAULT_MEMORY. */
enum fault password_hash(struct passwords *passwords, struct text password,
                         void (*call)(void *ctx, enum fault no, struct text phc),
                         void *ctx) MUST_CHECK;

/* `stored` is a PHC string of ours; TEXT_NONE or "" where there is no such person or password: then
 * the same work is done against a hash that nothing matches, so that the time tells nothing. A
 * stored hash that is none of ours gets FAULT_FORMAT and false, after the same work. */
enum fault password_verify(struct passwords *passwords, struct text password, struct text stored,
                           void (*call)(void *ctx, enum fault no, bool matches),
                           void *ctx) MUST_CHECK;

#endif
