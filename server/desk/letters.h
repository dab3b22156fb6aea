/* letters.h -- codes on paper: print-ready letters, one a page, and QR codes as SVG. */
#ifndef GROUNDSWELL_DESK_LETTERS_H
#define GROUNDSWELL_DESK_LETTERS_H

#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

struct letter {
    struct text code; /* as it is printed: groups parted by '-' */
    struct text area; /* its name; TEXT_NONE: not shown */
    uint64_t expires_ms;
};

struct letters {
    struct text community;  /* its name, as somebody typed it */
    struct text slug;
    const char *public_url; /* "https://gs.example", without a slash at its end */
    struct text help;       /* the end of "Take this letter to"; TEXT_NONE: who sent it */
    const struct letter *at;
    size_t n;
};

#define LETTER_BYTES_MAX ((size_t)24 * 1024) /* of one letter, its QR code counted */

/* Appends a whole HTML page. The codes stand in it: never cache, never log. FAULT_LIMIT where an
 * address is too long for a QR code. */
enum fault letters_put(struct buf *out, const struct letters *letters) MUST_CHECK;

/* The value of the Content-Security-Policy under which the page is to be served; the page says the
 * same by itself, for when it is kept as a file. */
enum fault letters_policy_put(struct buf *out) MUST_CHECK;

/* Appends one <svg> with `title` as its accessible name and `text` as a QR code, a quiet zone of
 * four modules around it, black on white whatever the page. FAULT_LIMIT: text is too long or empty,
 * or holds a NUL. */
enum fault qr_svg(struct buf *out, struct text text, struct text title) MUST_CHECK;

#endif
