/* words.h -- all texts that pages say, for those who put them into another language. */
#ifndef GROUNDSWELL_DESK_WORDS_H
#define GROUNDSWELL_DESK_WORDS_H

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"

/* As entries of a PO template (GNU gettext manual, "The Format of PO Files"), without its header;
 * a text that stands in several places is written for each. What C files say is not among them:
 * xgettext finds that (web/words/update). */
enum fault words_put(struct buf *out) MUST_CHECK;

#endif
