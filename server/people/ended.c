/* ended.c -- a bounded set of ends, by kind and id, in one hash table.
 *
 * Nothing here reads a clock: whoever feeds the set knows until when an end counts, and whoever
 * sweeps it says what time it is. Entries are allocated one by one up to the bound; a set that is
 * full says so instead of forgetting an end that still counts. */
#include "groundswell/people/ended.h"

/* Out of memory is an answer here, not an exit. */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) ((element)->lost = true)
#include <uthash.h>

#define NAME_SIZE (1 + RESIDENT_ID_SIZE)

enum end_kind { END_SESSION = 1, END_ACCOUNT, END_KEY };

struct end {
    uint8_t name[NAME_SIZE]; /* kind, then the id, then zeros */
    bool lost;               /* the table had no memory for it */
    uint64_t before_s;       /* of an account: sessions started before */
    uint64_t epoch;          /* of an account: sessions of an epoch below */
    uint64_t until_s;
    UT_hash_handle hh;
};

struct ended {
    size_t max;
    struct end *ends;
};

struct ended *ended_new(size_t max)
{
    INVARIANT(max > 0 && max <= ENDED_MAX);
    struct ended *ended = calloc(1, sizeof(*ended));
    if (ended) ended->max = max;
    return ended;
}

void ended_free(struct ended *ended)
{
    if (!ended) return;
    (void)ended_sweep(ended, UINT64_MAX);
    free(ended);
}

static void name_make(uint8_t ret[static NAME_SIZE], enum end_kind kind, const void *id, size_t n)
{
    memset(ret, 0, NAME_SIZE);
    ret[0] = (uint8_t)kind;
    memcpy(ret + 1, id, n);
}

static struct end *end_find(const struct ended *ended, enum end_kind kind, const void *id, size_t n)
{
    uint8_t name[NAME_SIZE];
    struct end *end;
    name_make(name, kind, id, n);
    HASH_FIND(hh, ended->ends, name, NAME_SIZE, end);
    return end;
}

/* The end of that name, new where there was none; NULL and *ret_no where it cannot be had. */
static struct end *end_get(struct ended *ended, enum end_kind kind, const void *id, size_t n,
                           enum fault *ret_no)
{
    struct end *end = end_find(ended, kind, id, n);
    *ret_no = FAULT_NONE;
    if (end) return end;
    *ret_no = HASH_COUNT(ended->ends) >= ended->max ? FAULT_LIMIT : FAULT_MEMORY;
    if (*ret_no == FAULT_LIMIT) return NULL;
    end = calloc(1, sizeof(*end));
    if (!end) return NULL;
    name_make(end->name, kind, id, n);
    HASH_ADD(hh, ended->ends, name, NAME_SIZE, end);
    if (end->lost) {
        free(end);
        return NULL;
    }
    *ret_no = FAULT_NONE;
    return end;
}

static enum fault end_add(struct ended *ended, enum end_kind kind, struct text id,
                          uint64_t before_s, uint64_t until_s)
{
    enum fault no;
    struct end *end = end_get(ended, kind, id.at, id.n, &no);
    if (!end) return no;
    if (before_s > end->before_s) end->before_s = before_s;
    if (until_s > end->until_s) end->until_s = until_s;
    return FAULT_NONE;
}

enum fault ended_add_session(struct ended *ended, const uint8_t id[static SESSION_ID_SIZE],
                             uint64_t until_s)
{
    return end_add(ended, END_SESSION, (struct text){(const char *)id, SESSION_ID_SIZE}, 0,
                   until_s);
}

enum fault ended_add_account(struct ended *ended, struct text account, uint64_t before_s,
                             uint64_t until_s)
{
    if (!resident_id_is_valid(account)) return FAULT_FORMAT;
    return end_add(ended, END_ACCOUNT, account, before_s, until_s);
}

enum fault ended_add_epoch(struct ended *ended, struct text account, uint64_t epoch,
                           uint64_t until_s)
{
    enum fault no = ended_add_account(ended, account, 0, until_s);
    struct end *end = no ? NULL : end_find(ended, END_ACCOUNT, account.at, account.n);
    if (end && epoch > end->epoch) end->epoch = epoch;
    return no;
}

enum fault ended_add_key(struct ended *ended, const uint8_t id[static PROGRAM_KEY_ID_SIZE],
                         uint64_t until_s)
{
    return end_add(ended, END_KEY, (struct text){(const char *)id, PROGRAM_KEY_ID_SIZE}, 0,
                   until_s);
}

bool ended_holds(const struct ended *ended, const struct session *session)
{
    if (end_find(ended, END_SESSION, session->id, SESSION_ID_SIZE)) return true;
    const struct end *account = end_find(ended, END_ACCOUNT, session->account, RESIDENT_ID_SIZE);
    return account &&
           (session->started_s < account->before_s || session->epoch < account->epoch);
}

bool ended_holds_key(const struct ended *ended, const uint8_t id[static PROGRAM_KEY_ID_SIZE])
{
    return end_find(ended, END_KEY, id, PROGRAM_KEY_ID_SIZE) != NULL;
}

size_t ended_sweep(struct ended *ended, uint64_t now_s)
{
    struct end *end, *next;
    size_t n = 0;
    HASH_ITER(hh, ended->ends, end, next) {
        if (end->until_s > now_s) continue;
        HASH_DEL(ended->ends, end);
        free(end);
        n++;
    }
    return n;
}

size_t ended_n(const struct ended *ended)
{
    return HASH_COUNT(ended->ends);
}
