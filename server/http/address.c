/* address.c -- how many connections each address holds.
 *
 * An IPv6 host owns at least the 64 low bits of its address, so it is counted by the other 64. The
 * hash is seeded: nobody can choose addresses that share a bucket. An entry lives as long as it
 * counts something, so the table is bounded by the cap on connections. */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/secret.h"
#include "groundswell/base/text.h"

struct address {
    struct address *next;
    uint64_t high, low;
    size_t connections;
};

void addresses_init(struct addresses *addresses)
{
    *addresses = (struct addresses){0};
    secret_random(&addresses->seed, sizeof(addresses->seed));
}

void addresses_release(struct addresses *addresses)
{
    for (size_t i = 0; i < ADDRESS_BUCKETS; i++) {
        while (addresses->buckets[i]) {
            struct address *gone = addresses->buckets[i];
            addresses->buckets[i] = gone->next;
            free(gone);
        }
    }
}

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* Where the entry of this peer stands, or would stand. */
static struct address **address_place(struct addresses *addresses, const uint8_t peer[static 16],
                                      uint64_t *ret_high, uint64_t *ret_low)
{
    memcpy(ret_high, peer, 8);
    memcpy(ret_low, peer + 8, 8);
    if (memcmp(peer, mapped, sizeof(mapped)) != 0) *ret_low = 0;
    uint64_t hash = addresses->seed ^ *ret_high;
    hash = (hash ^ (hash >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= *ret_low;
    hash = (hash ^ (hash >> 29)) * UINT64_C(0xbf58476d1ce4e5b9);
    struct address **place = &addresses->buckets[(hash ^ (hash >> 32)) % ADDRESS_BUCKETS];
    while (*place && ((*place)->high != *ret_high || (*place)->low != *ret_low))
        place = &(*place)->next;
    return place;
}

bool address_enter(struct addresses *addresses, const uint8_t peer[static 16], size_t max)
{
    uint64_t high, low;
    struct address **place = address_place(addresses, peer, &high, &low);
    if (!*place) {
        if (max == 0) return false;
        struct address *fresh = calloc(1, sizeof(*fresh));
        if (!fresh) return false;
        fresh->high = high;
        fresh->low = low;
        *place = fresh;
    }
    if ((*place)->connections >= max) return false;
    (*place)->connections++;
    return true;
}

void address_leave(struct addresses *addresses, const uint8_t peer[static 16])
{
    uint64_t high, low;
    struct address **place = address_place(addresses, peer, &high, &low);
    INVARIANT(*place && (*place)->connections > 0);
    if (--(*place)->connections > 0) return;
    struct address *gone = *place;
    *place = gone->next;
    free(gone);
}

bool address_read(const char *words, struct sockaddr_storage *ret, int *ret_n)
{
    const char *colon = strrchr(words, ':');
    char host[64];
    uint64_t port;
    if (!colon || !text_to_u64(text_of(colon + 1), 65535, &port)) return false;
    struct text name = {words, (size_t)(colon - words)};
    bool six = name.n > 2 && name.at[0] == '[' && name.at[name.n - 1] == ']';
    if (six) name = (struct text){name.at + 1, name.n - 2};
    if (name.n >= sizeof(host)) return false;
    memcpy(host, name.at, name.n);
    host[name.n] = '\0';
    *ret = (struct sockaddr_storage){0};
    struct sockaddr_in *in = (void *)ret;
    struct sockaddr_in6 *in6 = (void *)ret;
    *ret_n = six ? sizeof(*in6) : sizeof(*in);
    ret->ss_family = six ? AF_INET6 : AF_INET;
    if (six)
        in6->sin6_port = htons((uint16_t)port);
    else
        in->sin_port = htons((uint16_t)port);
    return inet_pton(ret->ss_family, host, six ? (void *)&in6->sin6_addr : &in->sin_addr) == 1;
}

void address_of(const struct sockaddr *from, uint8_t ret_peer[static 16])
{
    memset(ret_peer, 0, 16);
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)from;
        memcpy(ret_peer, mapped, sizeof(mapped));
        memcpy(ret_peer + 12, &four->sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)from;
        memcpy(ret_peer, &six->sin6_addr, 16);
    }
}
