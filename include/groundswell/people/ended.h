/* ended.h -- what has ended before its time: sessions signed out, accounts signed out everywhere,
 * program keys revoked.
 *
 * Sessions and keys are believed by their seal; this bounded set is what takes that back. It is fed
 * from outside (every process hears of every end) and asked at every request, so that it lives in
 * memory and a look takes the same time however full it is. Each end is kept until the thing would
 * have expired anyway; nothing is ever forgotten earlier: a full set says so. */
#ifndef GROUNDSWELL_PEOPLE_ENDED_H
#define GROUNDSWELL_PEOPLE_ENDED_H

#include "groundswell/people/program_key.h"
#include "groundswell/people/session.h"

struct ended;

#define ENDED_MAX 1000000 /* the most that ended_new() takes: about 128 MB where all are taken */

struct ended *ended_new(size_t max); /* NULL: out of memory */
void ended_free(struct ended *ended); /* NULL is accepted */

/* `until_s` is when it can be forgotten. The same end told twice is one; the later times count.
 * FAULT_LIMIT: full of ends that count still (sweep, then try again; if it is full then, refuse
 * sessions rather than guess); FAULT_MEMORY; FAULT_FORMAT: no account's id. */
enum fault ended_add_session(struct ended *ended, const uint8_t id[static SESSION_ID_SIZE],
                             uint64_t until_s) MUST_CHECK;
/* All sessions of the account that started before `before_s`. To end those of the present second
 * too, give the next one. */
enum fault ended_add_account(struct ended *ended, struct text account, uint64_t before_s,
                             uint64_t until_s) MUST_CHECK;
/* All sessions of the account of an epoch below, whenever they started: exact within a second. */
enum fault ended_add_epoch(struct ended *ended, struct text account, uint64_t epoch,
                           uint64_t until_s) MUST_CHECK;
enum fault ended_add_key(struct ended *ended, const uint8_t id[static PROGRAM_KEY_ID_SIZE],
                         uint64_t until_s) MUST_CHECK;

bool ended_holds(const struct ended *ended, const struct session *session);
bool ended_holds_key(const struct ended *ended, const uint8_t id[static PROGRAM_KEY_ID_SIZE]);

size_t ended_sweep(struct ended *ended, uint64_t now_s); /* how many were forgotten; walks all */
size_t ended_n(const struct ended *ended);

#endif
