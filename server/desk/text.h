/* text.h -- free texts: gathered from a body into the one JSON that is stored beside the ledger and
 * hashed, and taken out of it again. */
#ifndef GROUNDSWELL_DESK_TEXT_H
#define GROUNDSWELL_DESK_TEXT_H

#include <jansson.h>

#include "groundswell/base/json.h"
#include "groundswell/http/visit.h"
#include "groundswell/ledger/views.h"

/* {"title": ..., "need": ...} of those members that the body has, in the order of `names`
 * (NULL-terminated); in the visit's arena. {"", 0} where it has none. TEXT_NONE at the arena's
 * bound. */
struct text words_gather(struct visit *visit, const json_t *body, const char *const *names);

/* True where it has at most so many characters (code points: what a person counts); else the visit
 * is answered, with how many are too many. */
bool text_is_within(struct visit *visit, struct text text, size_t most);

/* "name": {"markdown": ..., "html": ...} of a stored text (JSON); nothing where it was erased. */
void text_say(struct json_out *out, const char *name, struct text stored);

/* The same of members of any kind: numbers, lists, objects. */
struct text members_gather(struct visit *visit, const json_t *body, const char *const *names);

/* What a proposal says beside its price: of a body of commands/proposal-submit.json. */
struct text proposal_gather(struct visit *visit, const json_t *body);

/* The `amount` of each of a list of objects as the ledger takes it, 1:amount,2:amount,...; {"", 0}
 * where the body has no such list. TEXT_NONE at the arena's bound. */
struct text parts_gather(struct visit *visit, const json_t *body, const char *name);

/* The name that somebody gave the community, in the visit's arena; its slug, as the path has it,
 * where that text was erased. As it was typed: into HTML it goes through html_put(). */
struct text community_name(struct visit *visit, const struct community_view *view);

#endif
