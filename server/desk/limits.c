/* limits.c -- how much one address, one person may ask, by class of what is asked: reading,
 * writing, signing in.
 *
 * A library has one address for many people, so that the numbers are generous by default and each
 * is a setting; guesses are counted elsewhere, at the code and at the name
 * (server/ledger/PEOPLE.md). Every process counts for itself: with N workers somebody gets up to N
 * times as much. Our own machine is not limited by address: either it is us, or a proxy that nobody
 * has told us about, and that would be everybody at once. The operator's own key is not limited. */
#include "limits.h"

#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/secret.h"
#include "groundswell/people/limit.h"
#include "groundswell/people/token.h"
#include "routes.h"
#include "say.h"

#define MINUTE_US UINT64_C(60000000)

enum class { CLASS_READ, CLASS_WRITE, CLASS_SIGN_IN, CLASSES };

struct limits {
    struct limit_table *table;
    struct limit_rate address[CLASSES], person[CLASSES]; /* burst 0: unlimited */
    uint64_t seed; /* of this process: nobody can choose whose place they take */
};

static struct limit_rate rate_of(uint64_t per_minute)
{
    if (per_minute == 0) return (struct limit_rate){0};
    return (struct limit_rate){.interval_us = MINUTE_US / per_minute,
                               .burst = (uint32_t)per_minute};
}

struct limits *limits_new(const struct desk_limits *plan)
{
    struct limits *limits = calloc(1, sizeof *limits);
    if (!limits) return NULL;
    limits->table = limit_new(LIMIT_CELLS);
    if (!limits->table) {
        free(limits);
        return NULL;
    }
    secret_random(&limits->seed, sizeof limits->seed);
    limits->address[CLASS_READ] = rate_of(plan->address_read);
    limits->address[CLASS_WRITE] = rate_of(plan->address_write);
    limits->address[CLASS_SIGN_IN] = rate_of(plan->address_sign_in);
    limits->person[CLASS_READ] = rate_of(plan->person_read);
    limits->person[CLASS_WRITE] = rate_of(plan->person_write);
    limits->person[CLASS_SIGN_IN] = rate_of(plan->person_write);
    return limits;
}

void limits_free(struct limits *limits)
{
    if (!limits) return;
    limit_free(limits->table);
    free(limits);
}

static enum class class_of(const struct visit *visit)
{
    if (visit->route->who & WHO_ENTERING) return CLASS_SIGN_IN;
    bool reads = visit->route->method == METHOD_GET || visit->route->who & WHO_PAGE;
    return reads ? CLASS_READ : CLASS_WRITE;
}

/* FNV-1a and a last stir, from a secret start: cheap enough for every request. */
static uint64_t mix(uint64_t hash, const void *data, size_t n)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    hash = (hash ^ (hash >> 31)) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 29);
}

static bool take(struct visit *visit, struct limits *limits, const struct limit_rate *rate,
                 uint64_t key)
{
    if (rate->burst == 0) return true;
    uint32_t seconds = limit_take(limits->table, key, rate, clock_steady_us());
    if (seconds == 0) return true;
    char words[16];
    snprintf(words, sizeof words, "%u", seconds);
    SAY_REFUSAL(visit, REFUSAL_TOO_MANY_REQUESTS, {"seconds", text_of(words)});
    return false;
}

static bool is_loopback(const uint8_t address[static 16])
{
    static const uint8_t four[13] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127};
    static const uint8_t six[16] = {[15] = 1};
    return memcmp(address, four, sizeof four) == 0 || memcmp(address, six, sizeof six) == 0;
}

bool limits_address(struct visit *visit, struct limits *limits, const uint8_t address[static 16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    enum class class = class_of(visit);
    size_t host = memcmp(address, mapped, sizeof mapped) == 0 ? 16 : 8; /* of IPv6 its /64 */
    if (is_loopback(address)) return true;
    uint64_t key = mix(limits->seed + class, address, host);
    return take(visit, limits, &limits->address[class], key);
}

bool limits_person(struct visit *visit, struct limits *limits, const struct errand *errand)
{
    enum class class = class_of(visit);
    const char *who = errand->session ? errand->session->account : errand->person;
    if (!who[0]) return true;
    uint64_t key = mix(limits->seed + CLASSES + class, who, strlen(who));
    return take(visit, limits, &limits->person[class], key);
}
