/* keys.c -- the secrets behind pseudonyms, one folder a community under DATA/keys.
 *
 *   keys/<slug>/register.key    a register entry -> the resident's id
 *   keys/<slug>/round-<n>.key   a resident's id -> the wallet's pseudonym in that round
 *   keys/<slug>/tally.key       a tender's number -> the key of its tally, while that is hidden
 *
 * 32 random bytes each, readable by the owner alone. Workers agree because a file is created whole
 * and only once: who comes second reads what the first one wrote. A round's key is destroyed some
 * time after the round (not here); from then on nobody can tell whose wallet was whose.
 * Keys in use are kept in memory, by slug: the register's and that of the round last seen open. */
#include "inside.h"

#include <errno.h>
#include <sys/stat.h>
#include <uthash.h>

#include "groundswell/base/log.h"
#include "groundswell/io/file.h"

#define KEY_SIZE 32
#define RINGS_MAX 8192 /* communities remembered; beyond it all are forgotten and read again */

struct ring {
    char slug[SLUG_MAX + 1];
    uint64_t round; /* 0: not known */
    bool round_loaded, register_loaded;
    uint8_t round_key[KEY_SIZE], register_key[KEY_SIZE];
    UT_hash_handle hh;
};

struct keyring {
    char *folder;
    struct ring *rings;
};

struct keyring *keyring_new(const char *folder)
{
    struct keyring *keyring = calloc(1, sizeof *keyring);
    if (!keyring)
        return NULL;
    keyring->folder = strdup(folder);
    if (!keyring->folder || dir_make(folder, 0700) != FAULT_NONE) {
        log_error("ledger", "the folder for keys cannot be made: %s", strerror(errno));
        keyring_free(keyring);
        return NULL;
    }
    return keyring;
}

static void rings_forget(struct keyring *keyring)
{
    struct ring *ring, *next;
    HASH_ITER(hh, keyring->rings, ring, next) {
        HASH_DEL(keyring->rings, ring);
        secret_wipe(ring, sizeof *ring);
        free(ring);
    }
}

const char *keyring_folder(const struct keyring *keyring)
{
    return keyring->folder;
}

void keyring_free(struct keyring *keyring)
{
    if (!keyring)
        return;
    rings_forget(keyring);
    free(keyring->folder);
    free(keyring);
}

static struct ring *ring_find(const struct keyring *keyring, struct text slug)
{
    struct ring *ring;
    HASH_FIND(hh, keyring->rings, slug.at, slug.n, ring);
    return ring;
}

static struct ring *ring_get(struct keyring *keyring, struct text slug)
{
    struct ring *ring = ring_find(keyring, slug);
    if (ring || slug.n > SLUG_MAX)
        return ring;
    if (HASH_COUNT(keyring->rings) >= RINGS_MAX)
        rings_forget(keyring);
    ring = calloc(1, sizeof *ring);
    if (!ring)
        return NULL;
    memcpy(ring->slug, slug.at, slug.n);
    HASH_ADD(hh, keyring->rings, slug, slug.n, ring);
    return ring;
}

/* ---- files ---------------------------------------------------------------------------------- */

struct key_path {
    char folder[4096], file[4200];
};

static enum fault key_path(const struct keyring *keyring, struct text slug, const char *name,
                           struct key_path *ret)
{
    INVARIANT(slug_is_valid(slug)); /* it becomes a path */
    int n = snprintf(ret->folder, sizeof ret->folder, "%s/%.*s", keyring->folder, TEXT_ARGS(slug));
    int m = snprintf(ret->file, sizeof ret->file, "%s/%s", ret->folder, name);
    bool fits = n > 0 && (size_t)n < sizeof ret->folder && m > 0 && (size_t)m < sizeof ret->file;
    return fits ? FAULT_NONE : FAULT_LIMIT;
}

static enum fault key_read(const char *file, uint8_t ret[static KEY_SIZE])
{
    CLEANUP(buf) struct buf key = BUF_MAX(KEY_SIZE + 1);
    enum fault no = file_read(file, &key);
    if (no == FAULT_NONE && key.len != KEY_SIZE)
        no = FAULT_FORMAT;
    if (no)
        return no;
    memcpy(ret, key.data, KEY_SIZE);
    secret_wipe(key.data, key.len);
    return FAULT_NONE;
}

/* Reads the key, and makes it first where `make` and there is none. */
static enum fault key_get(const struct keyring *keyring, struct text slug, const char *name,
                          bool make, uint8_t ret[static KEY_SIZE])
{
    struct key_path path;
    enum fault no = key_path(keyring, slug, name, &path);
    if (no == FAULT_NONE)
        no = key_read(path.file, ret);
    if (no == FAULT_ABSENT && make) {
        no = dir_make(path.folder, 0700);
        if (no == FAULT_NONE) {
            secret_random(ret, KEY_SIZE);
            no = file_create(path.file, (struct text){(const char *)ret, KEY_SIZE}, 0600);
        }
        if (no == FAULT_BUSY) /* another worker was faster: its key counts */
            no = key_read(path.file, ret);
    }
    if (no)
        log_error("ledger", "key %.*s/%s: %s", TEXT_ARGS(slug), name, fault_name(no));
    return no;
}

static void round_key_name(uint64_t round, char ret[static 40])
{
    snprintf(ret, 40, "round-%llu.key", (unsigned long long)round);
}

/* ---- pseudonyms ----------------------------------------------------------------------------- */

static void pseudonym(const uint8_t key[static KEY_SIZE], struct text of,
                      char ret[static RESIDENT_ID_SIZE + 1])
{
    uint8_t digest[DIGEST_SIZE];
    digest_hmac((struct text){(const char *)key, KEY_SIZE}, of, digest);
    CLEANUP(buf) struct buf word = BUF_MAX(RESIDENT_ID_SIZE + 2);
    encode_base64url(&word, digest, 16);
    INVARIANT(buf_fault(&word) == FAULT_NONE && word.len == RESIDENT_ID_SIZE);
    memcpy(ret, word.data, RESIDENT_ID_SIZE);
    ret[RESIDENT_ID_SIZE] = 0;
}

uint64_t keyring_round(const struct keyring *keyring, struct text slug)
{
    const struct ring *ring = ring_find(keyring, slug);
    return ring ? ring->round : 0;
}

void keyring_round_set(struct keyring *keyring, struct text slug, uint64_t round)
{
    struct ring *ring = ring_get(keyring, slug);
    if (!ring || ring->round == round)
        return;
    ring->round = round;
    ring->round_loaded = false;
    secret_wipe(ring->round_key, KEY_SIZE);
}

enum fault keyring_round_make(struct keyring *keyring, struct text slug, uint64_t round)
{
    char name[40];
    uint8_t key[KEY_SIZE];
    round_key_name(round, name);
    enum fault no = key_get(keyring, slug, name, true, key);
    secret_wipe(key, sizeof key);
    return no;
}

enum fault keyring_wallet(struct keyring *keyring, struct text slug, uint64_t round,
                          struct text resident, char ret[static RESIDENT_ID_SIZE + 1])
{
    struct ring *ring = ring_find(keyring, slug);
    bool kept = ring && ring->round == round;
    if (kept && ring->round_loaded) {
        pseudonym(ring->round_key, resident, ret);
        return FAULT_NONE;
    }
    char name[40];
    uint8_t key[KEY_SIZE];
    round_key_name(round, name);
    enum fault no = key_get(keyring, slug, name, false, key);
    if (no)
        return no;
    pseudonym(key, resident, ret);
    if (kept) {
        memcpy(ring->round_key, key, KEY_SIZE);
        ring->round_loaded = true;
    }
    secret_wipe(key, sizeof key);
    return FAULT_NONE;
}

static bool key_is_here(const struct keyring *keyring, struct text slug, const char *name)
{
    struct key_path path;
    uint8_t key[KEY_SIZE];
    bool here = key_path(keyring, slug, name, &path) == FAULT_NONE &&
                key_read(path.file, key) == FAULT_NONE;
    secret_wipe(key, sizeof key);
    return here;
}

bool keyring_register_is_here(const struct keyring *keyring, struct text slug)
{
    return key_is_here(keyring, slug, "register.key");
}

bool keyring_tally_is_here(const struct keyring *keyring, struct text slug)
{
    return key_is_here(keyring, slug, "tally.key");
}

static void tally_key(const uint8_t secret[static KEY_SIZE], uint64_t tender,
                      uint8_t ret[static DIGEST_SIZE])
{
    char name[40];
    snprintf(name, sizeof name, "tender %llu", (unsigned long long)tender);
    digest_hmac((struct text){(const char *)secret, KEY_SIZE}, text_of(name), ret);
}

enum fault keyring_tally_key(const struct keyring *keyring, struct text slug, uint64_t tender,
                             uint8_t ret[static DIGEST_SIZE])
{
    uint8_t secret[KEY_SIZE];
    enum fault no = key_get(keyring, slug, "tally.key", true, secret);
    if (no == FAULT_NONE)
        tally_key(secret, tender, ret);
    secret_wipe(secret, sizeof secret);
    return no;
}

enum fault ledger_tally_key(const char *file, uint64_t tender, uint8_t ret[static DIGEST_SIZE])
{
    uint8_t secret[KEY_SIZE];
    enum fault no = key_read(file, secret);
    if (no == FAULT_NONE)
        tally_key(secret, tender, ret);
    secret_wipe(secret, sizeof secret);
    return no;
}

/* The ring with its register's key, made at first use. */
static enum fault register_ring(struct keyring *keyring, struct text slug, struct ring **ret)
{
    struct ring *ring = *ret = ring_get(keyring, slug);
    if (!ring)
        return slug.n > SLUG_MAX ? FAULT_LIMIT : FAULT_MEMORY;
    if (ring->register_loaded)
        return FAULT_NONE;
    enum fault no = key_get(keyring, slug, "register.key", true, ring->register_key);
    ring->register_loaded = no == FAULT_NONE;
    return no;
}

enum fault keyring_resident_id(struct keyring *keyring, struct text slug, struct text external_ref,
                               char ret[static RESIDENT_ID_SIZE + 1])
{
    struct ring *ring;
    enum fault no = register_ring(keyring, slug, &ring);
    if (no)
        return no;
    pseudonym(ring->register_key, external_ref, ret);
    return FAULT_NONE;
}

enum fault keyring_pseudonym(struct keyring *keyring, struct text slug, char kind, struct text of,
                             char ret[static RESIDENT_ID_SIZE + 1])
{
    struct ring *ring;
    CLEANUP(buf) struct buf tagged = BUF_MAX(4 * KIB);
    enum fault no = register_ring(keyring, slug, &ring);
    buf_put(&tagged, &kind, 1);
    buf_text(&tagged, of);
    if (no == FAULT_NONE)
        no = buf_fault(&tagged);
    if (no)
        return no;
    pseudonym(ring->register_key, buf_view(&tagged), ret);
    return FAULT_NONE;
}
