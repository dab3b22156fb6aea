/* parts.h -- scripts, styles and pictures of pages, each named by the hash of its content. */
#ifndef GROUNDSWELL_DESK_PARTS_H
#define GROUNDSWELL_DESK_PARTS_H

#include <stdbool.h>

#include "encoding.h"
#include "groundswell/base/text.h"

/* Those that the code names. Behind them come the others of web/assets. */
enum part_kind {
    PART_ICON,
    PART_AUDIT_SCRIPT,
    PART_AUDIT_STYLE,
    PART_STOP_STYLE,
    PART_BRAND,
    PARTS
};

#define PARTS_MAX 32

struct part {
    const char *file; /* "assets/site.css": where it comes from, under web/ */
    struct text content;
    struct text packed[ENCODINGS]; /* the same in another encoding; TEXT_NONE: not ready */
    const char *type;
    char address[56]; /* /parts/audit-<hash>.js */
    const char *name; /* audit-<hash>.js: the end of it */
    char hash[64];    /* as a content security policy names it */
};

struct parts {
    struct part at[PARTS_MAX];
    size_t n;
    char brand[64]; /* the content of PART_BRAND: the site's own colour */
    /* Parts point into it: it stays where it is. */
};

/* `brand_colour`: "#0b4f6c", lower or upper case, or "" for what site.css says. False, with a line
 * in the log, where the binary lacks a part, or where that colour cannot be read on white (4.5:1,
 * WCAG 2.2 1.4.3), as pages write in it. */
bool parts_fill(struct parts *ret, const char *brand_colour);

/* The address of a file of web/assets, or of "brand.css": "/parts/site-<hash>.css". NULL where
 * there is none. */
const char *part_address(const struct parts *parts, const char *file);

/* A file of web/ out of the binary; TEXT_NONE where there is none. */
struct text web_file(const char *name);

/* What a page of ours may do whose script and style are parts: use them, and ask our own API. */
#define PAGE_POLICY \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " \
    "connect-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; " \
    "frame-ancestors 'none'"

#endif
