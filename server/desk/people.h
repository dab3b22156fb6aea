/* people.h -- what the handlers of persons, codes and organisations share. */
#ifndef GROUNDSWELL_DESK_PEOPLE_H
#define GROUNDSWELL_DESK_PEOPLE_H

#include <jansson.h>

#include "errand.h"
#include "groundswell/people/code.h"
#include "groundswell/people/keys.h"

#define HASH_TEXT_SIZE (2 * PEOPLE_HASH_SIZE) /* hex */
#define LINK_SECRET_SIZE 24                   /* bytes of a link to sign in, to confirm, to join */
#define LINK_TEXT_SIZE 32

/* The keyed hash of a person's word as hex, NUL-terminated; domain as people_hash(). */
void word_hash(const struct desk *desk, const char *domain, struct text word,
               char ret[static HASH_TEXT_SIZE + 1]);

/* Draws a link's secret, and gives its text and the hash that is kept. Both NUL-terminated. */
void link_draw(const struct desk *desk, char ret_secret[static LINK_TEXT_SIZE + 1],
               char ret_hash[static HASH_TEXT_SIZE + 1]);
/* The hash of a link that somebody brings. */
void link_hash(const struct desk *desk, struct text secret, char ret[static HASH_TEXT_SIZE + 1]);

/* When the last session that there may be now, and that is signed anew no more, is over by
 * itself. */
uint64_t sessions_over_s(const struct desk *desk);

/* True where the person proved who they are within ten minutes; a bearer has done so just now.
 * False: the visit is answered, sign_in_again. */
bool is_fresh(struct visit *visit);

/* Likewise where the session is that of a new letter and the account is more than it proves. */
bool is_whole(struct visit *visit);

/* The digest of this request by which two persons mean the same: of method, path and body, in hex.
 * `body` may be NULL. False: the visit is answered. */
#define REQUEST_DIGEST_SIZE 32
bool request_digest(struct visit *visit, const json_t *body,
                    char ret[static REQUEST_DIGEST_SIZE + 1]);

/* What every outcome of an act on accounts begins with. */
void say_people(struct visit *visit, unsigned status, const struct people_outcome *outcome);

/* 202: it waits for a second person. */
void say_pending(struct visit *visit, uint64_t seq, uint64_t at_ms);

/* A code as somebody typed it, with all that the ledger asks for. */
struct typed_code {
    char serial[CODE_SERIAL_SIZE + 1];
    char hash[HASH_TEXT_SIZE + 1];
    char resident[RESIDENT_ID_SIZE + 1]; /* whom it makes, where it was posted to an area */
    char address[CALLER_TAG_SIZE + 1];
};
/* From body.code; false: the visit is answered. */
bool code_typed(struct visit *visit, const json_t *body, struct typed_code *ret);

/* register.c: with ?erase=withdraw or ?erase=keep a resident does not only leave. */
void resident_erase_by_staff(struct visit *visit, struct text how);

/* Goes on with the codes of this community's areas, which never change: at once where this process
 * has met them, else after one question; TEXT_NONE: the visit is answered. */
void with_areas(struct visit *visit, void (*go_on)(void *ctx, struct text codes), void *ctx);
/* The code of an area by its index; empty where there is none. */
struct text area_code(struct text codes, uint64_t index);

/* An answer for acts of one's own whose outcome is the account: says it as it is now (me.c). */
void me_changed(void *ctx, const struct ledger_answer *answer);

#endif
