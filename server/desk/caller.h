/* caller.h -- from which address somebody comes, and the tag that stands for it. */
#ifndef GROUNDSWELL_DESK_CALLER_H
#define GROUNDSWELL_DESK_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/text.h"

struct visit;

#define PROXIES_MAX 32
#define CALLER_TAG_SIZE 11 /* 8 bytes in base64url */

struct proxies {
    struct {
        uint8_t address[16]; /* IPv4 mapped into IPv6, as visit->peer is */
        unsigned bits;       /* of the prefix, of 128 */
    } of[PROXIES_MAX];
    size_t n;
};

/* "10.0.0.0/8, 192.0.2.7, 2001:db8::/32"; empty: nobody. False where one is malformed or they are
 * too many. */
bool proxies_read(struct text list, struct proxies *ret);

/* The TCP peer; where that is a trusted proxy, the rightmost address of X-Forwarded-For that is
 * not. */
void caller_address(const struct visit *visit, const struct proxies *proxies,
                    uint8_t ret_address[static 16]);

/* What is kept and counted instead of an address: the keyed hash of it, of an IPv6 address's first
 * 64 bits only, for whoever holds one holds all behind them. NUL-terminated. */
void caller_tag(const uint8_t key[static 32], const uint8_t address[static 16],
                char ret_tag[static CALLER_TAG_SIZE + 1]);

#endif
