/* audit.h -- the audit page of a community: its parts, and how a record is told in plain words. */
#ifndef GROUNDSWELL_DESK_AUDIT_H
#define GROUNDSWELL_DESK_AUDIT_H

#include "groundswell/base/buf.h"
#include "groundswell/rules/record.h"

struct audit;
struct parts;

/* Proves the template; borrows the parts. NULL: memory, or a template that names what nobody fills
 * (logged). */
struct audit *audit_new(const struct parts *parts);
void audit_free(struct audit *audit); /* NULL accepted */

/* The one way of any text into HTML: & < > " ' become references, controls but LF and TAB a '?'. */
void html_put(struct buf *out, struct text text);

/* A template is text with {{names}}. Tells `fill` each name in turn; what it returns false for is
 * unknown. FAULT_FORMAT: an unknown name, or braces that do not close. */
typedef bool html_fill_fn(void *ctx, struct text name, struct buf *out);
enum fault html_render(struct buf *out, struct text template, html_fill_fn *fill,
                       void *ctx) MUST_CHECK;

/* What a community calls its things. */
struct audit_words {
    struct text currency;
    struct text areas; /* codes joined by ',' */
};

/* One sentence, as text: it still has to go through html_put(). */
/* audit_deliver.c: the kinds that tell what becomes of a commission; a part of the next. */
void audit_say_delivery(struct buf *out, const struct record *record, struct text currency);
void audit_say(struct buf *out, const struct record *record, const struct audit_words *words);

/* How proposals took shape (audit_say_shape.c). */
void audit_say_shape(struct buf *out, const struct record *record, struct text currency);

/* Of bodies, their members, and what they publish (audit_say_bodies.c). */
void audit_say_body(struct buf *out, const struct record *record);

#endif
