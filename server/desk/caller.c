/* caller.c -- from which address somebody comes.
 *
 * Anybody may write X-Forwarded-For; it is believed only as far as trusted proxies have written it.
 * Each proxy appends whom it saw, so the list is read from its right end: behind the last trusted
 * one stands the first address that nobody of ours vouches for, and that is the caller. An address
 * itself is never kept, logged or counted by: only its tag. */
#include "caller.h"

#include <arpa/inet.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/secret.h"
#include "groundswell/http/visit.h"

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/* "192.0.2.7", "192.0.2.7:4711", "2001:db8::1", "[2001:db8::1]:4711". */
static bool address_parse(struct text words, uint8_t ret[static 16], bool *ret_six)
{
    char name[INET6_ADDRSTRLEN];
    words = text_trim(words);
    size_t colons = 0;
    for (size_t i = 0; i < words.n; i++)
        colons += words.at[i] == ':';
    if (words.n > 0 && words.at[0] == '[') {
        words = (struct text){words.at + 1, words.n - 1};
        words = text_cut(&words, ']');
    } else if (colons == 1) {
        words = text_cut(&words, ':');
    }
    if (words.n == 0 || words.n >= sizeof name) return false;
    memcpy(name, words.at, words.n);
    name[words.n] = '\0';
    *ret_six = colons > 1;
    if (*ret_six) return inet_pton(AF_INET6, name, ret) == 1;
    memcpy(ret, mapped, sizeof mapped);
    return inet_pton(AF_INET, name, ret + sizeof mapped) == 1;
}

bool proxies_read(struct text list, struct proxies *ret)
{
    *ret = (struct proxies){0};
    list = text_trim(list);
    while (list.n > 0) {
        struct text bits = text_trim(text_cut(&list, ',')), words = text_cut(&bits, '/');
        uint64_t number;
        bool six;
        if (ret->n == PROXIES_MAX || !address_parse(words, ret->of[ret->n].address, &six))
            return false;
        uint64_t most = six ? 128 : 32;
        if (bits.at && !text_to_u64(bits, most, &number)) return false;
        ret->of[ret->n++].bits = 128 - (unsigned)most + (unsigned)(bits.at ? number : most);
    }
    return true;
}

static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a, b, whole) != 0) return false;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

static bool is_trusted(const struct proxies *proxies, const uint8_t *address)
{
    for (size_t i = 0; i < proxies->n; i++)
        if (same_prefix(address, proxies->of[i].address, proxies->of[i].bits)) return true;
    return false;
}

/* The last of the list, which it shortens by it. */
static struct text list_last(struct text *list)
{
    size_t at = list->n;
    while (at > 0 && list->at[at - 1] != ',') at--;
    struct text last = {list->at + at, list->n - at};
    list->n = at > 0 ? at - 1 : 0;
    return last;
}

/* Goes on to the left while who wrote the entry is trusted. False: the walk is over. */
static bool walk(const struct proxies *proxies, struct text list, uint8_t *address)
{
    while (list.n > 0) {
        uint8_t seen[16];
        bool six;
        if (!address_parse(list_last(&list), seen, &six)) return false;
        memcpy(address, seen, sizeof seen);
        if (!is_trusted(proxies, address)) return false;
    }
    return true;
}

void caller_address(const struct visit *visit, const struct proxies *proxies,
                    uint8_t ret_address[static 16])
{
    memcpy(ret_address, visit->peer, 16);
    if (!is_trusted(proxies, ret_address)) return;
    for (size_t i = visit->fields_n; i > 0; i--) {
        const struct visit_field *field = &visit->fields[i - 1];
        if (!text_equal_nocase(field->name, TEXT("X-Forwarded-For"))) continue;
        if (!walk(proxies, field->value, ret_address)) return;
    }
}

void caller_tag(const uint8_t key[static 32], const uint8_t address[static 16],
                char ret_tag[static CALLER_TAG_SIZE + 1])
{
    uint8_t digest[DIGEST_SIZE];
    bool four = memcmp(address, mapped, sizeof mapped) == 0;
    struct text host = {(const char *)address, four ? 16 : 8};
    CLEANUP(buf) struct buf tag = BUF_MAX(KIB);
    digest_hmac((struct text){(const char *)key, 32}, host, digest);
    encode_base64url(&tag, digest, 8);
    INVARIANT(!buf_fault(&tag) && tag.len == CALLER_TAG_SIZE);
    memcpy(ret_tag, tag.data, CALLER_TAG_SIZE + 1);
}
