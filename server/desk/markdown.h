/* markdown.h -- what people wrote in Markdown, as HTML that can do nothing.
 *
 * CommonMark with strikethrough (for amendments), by libcmark-gfm in its safe mode: raw HTML is
 * left out, links lead to http, https and mailto alone. Pictures become links, so that no reader's
 * address is told to another server; headings begin below those of a page. */
#ifndef GROUNDSWELL_DESK_MARKDOWN_H
#define GROUNDSWELL_DESK_MARKDOWN_H

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

enum fault markdown_html(struct text markdown, struct buf *out) MUST_CHECK;

#endif
