/* notice_say.h -- what a notice says, in the language of whom it is for: on the site, by mail. */
#ifndef GROUNDSWELL_DESK_NOTICE_SAY_H
#define GROUNDSWELL_DESK_NOTICE_SAY_H

#include "groundswell/base/text.h"
#include "groundswell/ledger/notices.h"
#include "groundswell/people/keys.h"

/* One plain sentence or two, static storage. `lang` "cy" is Welsh, anything else English. A kind
 * that has none: what can always be said. */
struct text notice_say(const struct notice_item *item, struct text lang);

/* What the link that ends them carries: a keyed hash of the place and the person, as hex. */
#define NOTICE_SEAL_SIZE (2 * PEOPLE_HASH_SIZE)
void notice_seal(const struct people_keys *keys, struct text slug, struct text who,
                 char ret[static NOTICE_SEAL_SIZE + 1]);

#endif
