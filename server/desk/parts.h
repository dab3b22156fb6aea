/* parts.h -- scripts, styles and pictures of pages, each named by the hash of its content. */
#ifndef GROUNDSWELL_DESK_PARTS_H
#define GROUNDSWELL_DESK_PARTS_H

#include <stdbool.h>

#include "groundswell/base/text.h"

enum part_kind {
    PART_ICON,
    PART_AUDIT_SCRIPT,
    PART_AUDIT_STYLE,
    PART_ME_SCRIPT,
    PART_ME_STYLE,
    PARTS
};

struct part {
    struct text content;
    const char *type;
    char name[48]; /* audit-<hash>.js; its address is /parts/<name> */
    char hash[64]; /* as a content security policy names it */
};

struct parts {
    struct part at[PARTS];
};

/* False, with a line in the log, where the binary lacks one. */
bool parts_fill(struct parts *ret);

/* A file of web/ out of the binary; TEXT_NONE where there is none. */
struct text web_file(const char *name);

/* What a page of ours may do whose script and style are parts: use them, and ask our own API. */
#define PAGE_POLICY \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " \
    "connect-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; " \
    "frame-ancestors 'none'"

#endif
