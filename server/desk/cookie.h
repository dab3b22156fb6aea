/* cookie.h -- the session's cookie: read, set, taken away; and whether a request is from our own
 * pages. */
#ifndef GROUNDSWELL_DESK_COOKIE_H
#define GROUNDSWELL_DESK_COOKIE_H

#include "groundswell/base/fault.h"
#include "groundswell/people/session.h"

struct desk;
struct visit;

#define COOKIE_NAME "__Host-groundswell"

/* True where the request carries our cookie, however good. */
bool cookie_is_there(const struct visit *visit);
enum session_verdict cookie_read(const struct visit *visit, const struct desk *desk, uint64_t now_s,
                                 struct session *ret);

/* Each adds a Set-Cookie line. The first signs; the session's seen_s is the caller's. */
enum fault cookie_set(struct visit *visit, const struct desk *desk,
                      const struct session *session) MUST_CHECK;
enum fault cookie_clear(struct visit *visit) MUST_CHECK;

/* What a browser says of where a request was made: false where it was on a page of others. Where it
 * says nothing: `silent`. */
bool origin_is_ours(const struct visit *visit, const struct desk *desk, bool silent);

#endif
