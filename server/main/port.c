/* port.c -- keeping an address for the workers.
 *
 * SO_REUSEPORT lets any process of the same user join a port, a second server on other data
 * included. So it is asked first without: that fails while anybody else is bound there. */
#include "port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "groundswell/base/log.h"
#include "groundswell/base/text.h"

#define TRIES 50
#define TRY_US 100000

static struct addrinfo *address_resolve(const char *address)
{
    char host[256];
    const char *colon = strrchr(address, ':');
    if (!colon) return NULL;
    size_t n = (size_t)(colon - address);
    const char *from = address;
    if (n > 1 && from[0] == '[' && from[n - 1] == ']') {
        from++;
        n -= 2;
    }
    if (n >= sizeof(host)) return NULL;
    memcpy(host, from, n);
    host[n] = '\0';
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

static int bind_to(const struct addrinfo *info, int option)
{
    const int on = 1;
    const int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on)) == 0 &&
        bind(fd, info->ai_addr, info->ai_addrlen) == 0)
        return fd;
    const int why = errno;
    close(fd);
    errno = why;
    return -1;
}

/* The workers of a server that was killed may still be on their way out: waits for them. */
static int probe(const struct addrinfo *info)
{
    for (int i = 0; i < TRIES; i++) {
        const int fd = bind_to(info, SO_REUSEADDR);
        if (fd >= 0 || errno != EADDRINUSE) return fd;
        usleep(TRY_US);
    }
    errno = EADDRINUSE;
    return -1;
}

static void address_put(struct buf *ret, const struct sockaddr_storage *bound)
{
    char host[INET6_ADDRSTRLEN] = "";
    if (bound->ss_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)bound;
        inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof(host));
        buf_format(ret, "[%s]:%u", host, ntohs(six->sin6_port));
    } else {
        const struct sockaddr_in *four = (const struct sockaddr_in *)bound;
        inet_ntop(AF_INET, &four->sin_addr, host, sizeof(host));
        buf_format(ret, "%s:%u", host, ntohs(four->sin_port));
    }
}

enum fault port_hold(const char *address, struct buf *ret, int *ret_socket)
{
    *ret_socket = -1;
    struct addrinfo *info = address_resolve(address);
    if (!info) {
        log_error("main", "listen: %s is no numeric address with a port", address);
        return FAULT_CONFIG;
    }
    int fd = probe(info);
    if (fd >= 0) {
        close(fd);
        fd = bind_to(info, SO_REUSEPORT);
    }
    const int why = errno;
    freeaddrinfo(info);
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof(bound);
    if (fd < 0 || getsockname(fd, (struct sockaddr *)&bound, &size) != 0) {
        log_error("main", "listen: cannot have %s: %s", address, strerror(why));
        return why == EADDRINUSE ? FAULT_BUSY : FAULT_IO;
    }
    address_put(ret, &bound);
    *ret_socket = fd;
    return buf_fault(ret);
}
