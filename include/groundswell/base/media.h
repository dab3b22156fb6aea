/* media.h -- the kinds of files that are taken: what one is sent as, and what it is by its bytes.
 *
 * Both must agree: what a browser would make of the bytes is never another thing than what it is
 * told they are. */
#ifndef GROUNDSWELL_BASE_MEDIA_H
#define GROUNDSWELL_BASE_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/text.h"

enum media {
    MEDIA_NONE, /* not taken */
    MEDIA_PDF,
    MEDIA_PNG,
    MEDIA_JPEG,
    MEDIA_WEBP,
    MEDIA_TEXT, /* UTF-8 */
    MEDIA_CSV,  /* UTF-8 */
    MEDIA_ODT,
    MEDIA_DOCX,
    MEDIAS,
};

/* All static storage. */
const char *media_word(enum media media);  /* "pdf", as it is kept */
const char *media_type(enum media media);  /* "application/pdf"; of texts with their charset */
const char *media_looks(enum media media); /* "a PDF", for a sentence */
enum media media_of_word(struct text word);

/* Of a Content-Type header, TEXT_NONE where there is none. Where a text names its charset it is
 * UTF-8. */
enum media media_sent(struct text content_type);

#define MEDIA_HEAD 4096   /* what is looked at of a file's beginning */
#define MEDIA_TAIL 131072 /* and of its end, where a zip archive says what is in it */

struct media_look {
    struct text head, tail; /* so much, or all where there is less */
    uint64_t bytes;
    bool is_text; /* media_text_is() of all of it */
};

/* What it is; a CSV is a text. *ret_looks: in a few words, of what is not taken as well. */
enum media media_seen(const struct media_look *look, const char **ret_looks);
/* Whether what was seen may be called `sent`. */
bool media_fits(enum media sent, enum media seen);

/* Whether all of a file is UTF-8 without control characters but TAB, LF and CR: put piece by piece,
 * all zeros at first. */
struct media_text {
    unsigned wanted; /* bytes that belong to the character begun */
    unsigned char low, high; /* bounds of the next of them */
    bool broken;
};
void media_text_put(struct media_text *text, struct text piece);
bool media_text_is(const struct media_text *text);

#endif
