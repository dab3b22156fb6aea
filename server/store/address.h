/* address.h -- where a Redis listens, and a socket on its way there. Private to the room. */
#ifndef STORE_ADDRESS_H
#define STORE_ADDRESS_H

#include "groundswell/base/fault.h"

struct address {
    char *path;        /* of a unix socket, or NULL */
    char *host, *port; /* else */
};

/* "unix:PATH", "redis://host:port", "host:port", "[::1]:6379". FAULT_CONFIG where it is none of
 * them. */
enum fault address_init(struct address *address, const char *from) MUST_CHECK;
void address_release(struct address *address);

/* A non-blocking socket that is connected or being connected; -1 with errno. A host name is looked
 * up in line: give an IP address where the resolver may be slow. */
int address_connect(const struct address *address);

#endif
