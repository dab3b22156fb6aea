/* public_address.c -- see public_address.h. */
#include "public_address.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint32_t v4_number(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool v4_is_public(const uint8_t *at)
{
    static const struct {
        uint8_t block[4];
        unsigned bits;
    } kept[] = {{{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},
                {{127, 0, 0, 0}, 8},    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},
                {{192, 0, 0, 0}, 24},   {{192, 0, 2, 0}, 24},   {{192, 88, 99, 0}, 24},
                {{192, 168, 0, 0}, 16}, {{198, 18, 0, 0}, 15},  {{198, 51, 100, 0}, 24},
                {{203, 0, 113, 0}, 24}, {{224, 0, 0, 0}, 3}};
    const uint32_t is = v4_number(at);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        if ((is ^ v4_number(kept[i].block)) >> (32 - kept[i].bits) == 0) return false;
    }
    return true;
}

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* Global unicast is 2000::/3; of it, what carries an IPv4 address is judged by that (6to4), and
 * Teredo, documentation and the other protocol assignments of 2001::/23 are kept. */
static bool v6_is_public(const uint8_t *at)
{
    if (memcmp(at, mapped, sizeof mapped) == 0) return v4_is_public(at + 12);
    if (at[0] >> 5 != 1) return false;
    if (at[0] == 0x20 && at[1] == 0x02) return v4_is_public(at + 2);
    if (at[0] == 0x20 && at[1] == 0x01 && at[2] < 0x02) return false;
    return !(at[0] == 0x20 && at[1] == 0x01 && at[2] == 0x0d && at[3] == 0xb8);
}

bool address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return v4_is_public(
            (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)->sin_addr);
    if (address->sa_family == AF_INET6)
        return v6_is_public(
            ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
    return false;
}

bool address_is_loopback(const struct sockaddr *address)
{
    static const uint8_t one[16] = {[15] = 1};
    if (address->sa_family == AF_INET)
        return *(const uint8_t *)&((const struct sockaddr_in *)(const void *)address)->sin_addr ==
               127;
    return address->sa_family == AF_INET6 &&
           memcmp(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr, one,
                  sizeof one) == 0;
}
