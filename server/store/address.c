/* address.c -- where a Redis listens, and a socket on its way there.
 *
 * A unix socket's name holds 107 bytes, a data folder's may be longer: such a socket is reached
 * through an open descriptor of its folder, /proc/self/fd/N/name, which is short however deep the
 * folder is. */
#include "address.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "groundswell/base/text.h"

#define PORT_MAX 65535

static enum fault host_and_port(struct address *address, struct text from)
{
    struct text host = from, port;
    uint64_t number;
    if (from.n && from.at[0] == '[') { /* an IPv6 address in brackets, RFC 3986 section 3.2.2 */
        host = (struct text){from.at + 1, from.n - 1};
        from = host;
        host = text_cut(&from, ']');
        if (!from.n || from.at[0] != ':')
            return FAULT_CONFIG;
        port = (struct text){from.at + 1, from.n - 1};
    } else {
        host = text_cut(&from, ':');
        port = from;
    }
    if (!host.n || !text_to_u64(port, PORT_MAX, &number) || !number)
        return FAULT_CONFIG;
    address->host = strndup(host.at, host.n);
    address->port = strndup(port.at, port.n);
    return address->host && address->port ? FAULT_NONE : FAULT_MEMORY;
}

enum fault address_init(struct address *address, const char *from)
{
    struct text rest = text_of(from);
    *address = (struct address){0};
    if (text_starts(rest, TEXT("unix:"))) {
        if (rest.n == 5)
            return FAULT_CONFIG;
        address->path = strdup(from + 5);
        return address->path ? FAULT_NONE : FAULT_MEMORY;
    }
    if (text_starts(rest, TEXT("redis://"))) {
        rest.at += 8;
        rest.n -= 8;
        if (rest.n && rest.at[rest.n - 1] == '/')
            rest.n--;
    }
    enum fault fault = host_and_port(address, rest);
    if (fault)
        address_release(address);
    return fault;
}

void address_release(struct address *address)
{
    free(address->path);
    free(address->host);
    free(address->port);
    *address = (struct address){0};
}

/* The short name of path for ret->sun_path; *ret_folder stays open until connect() is through. */
static int unix_name(const char *path, struct sockaddr_un *ret, int *ret_folder)
{
    char folder[PATH_MAX], base[PATH_MAX];
    int n = snprintf(ret->sun_path, sizeof ret->sun_path, "%s", path);
    if (n >= 0 && (size_t)n < sizeof ret->sun_path)
        return 0;
    if (strlen(path) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(folder, path, strlen(path) + 1);
    memcpy(base, path, strlen(path) + 1);
    *ret_folder = open(dirname(folder), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*ret_folder < 0)
        return -1;
    n = snprintf(ret->sun_path, sizeof ret->sun_path, "/proc/self/fd/%d/%s", *ret_folder,
                 basename(base));
    if (n >= 0 && (size_t)n < sizeof ret->sun_path)
        return 0;
    errno = ENAMETOOLONG;
    return -1;
}

/* Connects fd, or begins to; closes it and gives -1 where that fails. */
static int begin(int fd, const struct sockaddr *to, socklen_t size)
{
    if (fd < 0)
        return -1;
    if (connect(fd, to, size) == 0 || errno == EINPROGRESS)
        return fd;
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

static int connect_unix(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    int folder = -1, fd = -1;
    if (unix_name(path, &to, &folder) == 0)
        fd = begin(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
                   (const struct sockaddr *)&to, sizeof to);
    int kept = errno;
    if (folder >= 0)
        close(folder);
    errno = kept;
    return fd;
}

static int connect_tcp(const struct address *address)
{
    struct addrinfo hint = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int fd = -1;
    if (getaddrinfo(address->host, address->port, &hint, &found) != 0) {
        errno = EHOSTUNREACH;
        return -1;
    }
    for (struct addrinfo *to = found; to && fd < 0; to = to->ai_next) {
        fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd >= 0)
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        fd = begin(fd, to->ai_addr, to->ai_addrlen);
    }
    int kept = errno;
    freeaddrinfo(found);
    errno = kept;
    return fd;
}

int address_connect(const struct address *address)
{
    return address->path ? connect_unix(address->path) : connect_tcp(address);
}
