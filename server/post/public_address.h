/* public_address.h -- whether an address is one of the public Internet, or of this machine: what a
 * webhook may be sent to. */
#ifndef GROUNDSWELL_POST_PUBLIC_ADDRESS_H
#define GROUNDSWELL_POST_PUBLIC_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* None of the blocks that the special-purpose registries of IANA keep from being routed (RFC 6890),
 * nor an IPv6 form of such an IPv4 address. */
bool address_is_public(const struct sockaddr *address);
bool address_is_loopback(const struct sockaddr *address);

#endif
