/* cbor.h -- walks CBOR (RFC 8949) as far as WebAuthn needs it: to find three members of a map, and
 * to know where an item ends. What is inside a public key is libfido2's to read.
 *
 * Strict where strangers write: definite lengths only (CTAP2 canonical form), at most
 * CBOR_DEPTH_MAX deep, no tags, and no length that the bytes at hand could not hold, so that
 * whatever passes is safe for a reader that trusts lengths. */
#ifndef GROUNDSWELL_PEOPLE_CBOR_H
#define GROUNDSWELL_PEOPLE_CBOR_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/text.h"

#define CBOR_DEPTH_MAX 6

enum cbor_kind { CBOR_UINT, CBOR_NEGATIVE, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG };

/* All cut from the start of *rest, and leave it undefined where they return false. */

/* A head: its kind and value (a number, a length, a count). */
bool cbor_head(struct text *rest, unsigned *ret_kind, uint64_t *ret_value);
/* A byte or text string, borrowed. */
bool cbor_string(struct text *rest, unsigned kind, struct text *ret);
/* The head of a map: how many pairs follow. */
bool cbor_map(struct text *rest, uint64_t *ret_pairs);
/* A whole item, whatever it is. */
bool cbor_skip(struct text *rest);

#endif
