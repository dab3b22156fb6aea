/* code.h -- the code in a resident's letter: spoken and typed easily, guessed never.
 *
 * SSSSS-XXXX-XXXX-XXXC in Crockford's base32 (no I, L, O, U): five symbols of serial, which names
 * the letter and is no secret (25 random bits: most serials name no letter), eleven symbols of
 * secret (55 bits of the operating system's generator), one check symbol (the value of the other
 * sixteen modulo 37). Crockford has five more check symbols, * ~ $ = U; codes that would need one
 * are drawn again, so that a code is letters and digits only.
 *
 * Only code_hash() of a code is ever stored. */
#ifndef GROUNDSWELL_PEOPLE_CODE_H
#define GROUNDSWELL_PEOPLE_CODE_H

#include <stdbool.h>

#include "groundswell/people/keys.h"

#define CODE_SERIAL_SIZE 5
#define CODE_SECRET_SIZE 11
#define CODE_TEXT_SIZE 20   /* SSSSS-XXXX-XXXX-XXXC */
#define CODE_RANDOM_SIZE 10 /* sixteen symbols of five bits */

/* Canonical symbols: 0-9 A-Z without I L O U. Both end in NUL. */
struct code {
    char serial[CODE_SERIAL_SIZE + 1];
    char secret[CODE_SECRET_SIZE + 1];
};

enum code_verdict {
    CODE_GOOD,
    CODE_TOO_SHORT, /* `by` symbols are missing */
    CODE_TOO_LONG,  /* `by` symbols too many */
    CODE_CHARACTER, /* the character at `position` is none of a code */
    CODE_CHECK,     /* a typing error somewhere: the check symbol does not fit */
};

struct code_problem {
    size_t by;
    size_t position; /* in characters as typed, counted from 1; 0: none */
};

void code_draw(struct code *ret);
/* The code that these bytes make; false where its check symbol would be none of 0-9 A-Z. */
bool code_from_bytes(const uint8_t bytes[static CODE_RANDOM_SIZE], struct code *ret);

/* Reads what a person typed: any case, blanks and hyphens of any kind anywhere, O for 0, I and L
 * for 1. *ret is empty unless CODE_GOOD; *ret_problem (may be NULL) says more. Of several things
 * that are wrong the first character that is none is named, then the length, then the check. */
enum code_verdict code_parse(struct text typed, struct code *ret, struct code_problem *ret_problem);

/* Reads a serial alone, as forgiving; ret_serial ends in NUL. */
bool code_serial_parse(struct text typed, char ret_serial[static CODE_SERIAL_SIZE + 1]);

void code_format(const struct code *code, char ret[static CODE_TEXT_SIZE + 1]); /* ends in NUL */

/* The first 16 bytes of HMAC-SHA-256 under DATA/keys/code.key over community, serial and secret. */
void code_hash(const struct people_keys *keys, struct text slug, const struct code *code,
               uint8_t ret[static PEOPLE_HASH_SIZE]);

void code_release(struct code *code); /* wipes */

#endif
