/* address.h -- how many connections each address holds. */
#ifndef GROUNDSWELL_HTTP_ADDRESS_H
#define GROUNDSWELL_HTTP_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sockaddr;
struct sockaddr_storage;
struct address;

#define ADDRESS_BUCKETS 1024

struct addresses {
    struct address *buckets[ADDRESS_BUCKETS];
    uint64_t seed;
};

void addresses_init(struct addresses *addresses);
void addresses_release(struct addresses *addresses);

/* Counts one more; false, and counts nothing, when that would pass max (or memory is short). */
bool address_enter(struct addresses *addresses, const uint8_t peer[static 16], size_t max);
void address_leave(struct addresses *addresses, const uint8_t peer[static 16]);

/* "127.0.0.1:0" or "[::1]:8080" (port 0: any), numeric only. */
bool address_read(const char *words, struct sockaddr_storage *ret, int *ret_n);

/* IPv6, or IPv4 mapped into it (RFC 4291 s.2.5.5.2); anything else is all zeros. */
void address_of(const struct sockaddr *from, uint8_t ret_peer[static 16]);

#endif
