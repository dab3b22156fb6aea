/* hash.h -- the tree's hashing: SHA-256 with the leaf and node prefixes of RFC 6962 section 2.1.
 *
 * Each thread keeps one digest context, so that a million leaves cost little more than their
 * SHA-256. */
#ifndef GROUNDSWELL_TLOG_HASH_H
#define GROUNDSWELL_TLOG_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

#define HASH_SIZE 32
#define HASH_TEXT_SIZE 44 /* characters of its base64 */

struct hash {
    uint8_t bytes[HASH_SIZE];
};

void hash_empty(struct hash *ret);                   /* the tree without leaves: SHA-256("") */
void hash_leaf(struct text entry, struct hash *ret); /* SHA-256(0x00 || entry) */
/* SHA-256(0x01 || left || right); ret may be left or right. */
void hash_node(const struct hash *left, const struct hash *right, struct hash *ret);
/* MTH of n hashes that are leaves, or roots of complete subtrees of one height; n may be 0. */
void hash_tree(const struct hash *hashes, size_t n, struct hash *ret);
bool hash_equal(const struct hash *a, const struct hash *b);

void hash_put(struct buf *out, const struct hash *hash);  /* base64, padded */
bool hash_parse(struct text base64, struct hash *ret);    /* canonical base64 of 32 bytes only */

#endif
