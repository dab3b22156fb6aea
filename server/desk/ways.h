/* ways.h -- what signing in (sign_in.c) and changing the ways in (me_ways.c) share. */
#ifndef GROUNDSWELL_DESK_WAYS_H
#define GROUNDSWELL_DESK_WAYS_H

#include "people.h"

/* In the form in which sign-in names and mail addresses are compared: small letters, no blanks
 * around. */
void name_fold(struct text name, struct buf *out);
/* Their keyed hashes; false: too long. */
bool name_hash_of(const struct desk *desk, struct text name, char ret[static HASH_TEXT_SIZE + 1]);
bool mail_hash_of(const struct desk *desk, struct text mail, char ret[static HASH_TEXT_SIZE + 1]);

/* False: no mail is configured, and the visit is answered so. */
bool mail_is_on(struct visit *visit);
/* Has the address of the page where it is used mailed, the secret behind #. */
enum fault link_mail(const struct desk *desk, const char *kind, struct text to, struct text lang,
                     const char *secret) MUST_CHECK;
/* 202, the same for every address. */
void say_on_its_way(struct visit *visit);

#endif
