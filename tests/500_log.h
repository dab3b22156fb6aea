/* 500_log.h -- a log in a temporary folder, with a key, made-up records and a way to grow it. */
#ifndef GROUNDSWELL_TESTS_500_LOG_H
#define GROUNDSWELL_TESTS_500_LOG_H

#include "check.h"

#include "groundswell/tlog/checkpoint.h"
#include "groundswell/tlog/proof.h"
#include "groundswell/tlog/seal.h"
#include "groundswell/tlog/verify.h"

#define LOG_ORIGIN "host.example/riverside"

struct log_scene {
    struct temp_dir dir;
    struct skey key, other, witness;
    const struct skey *keys[SEAL_KEYS_MAX];
    size_t keys_n;
    int (*before)(void *ctx, const char *operation, const char *path);
    void *before_ctx;
    struct doubt doubt;
};

static inline void log_key(const char *name, enum key_kind kind, uint8_t fill, struct skey *ret)
{
    uint8_t seed[KEY_SIZE];
    memset(seed, fill, sizeof seed);
    assert_int_equal(skey_from_seed(text_of(name), kind, seed, ret), FAULT_NONE);
}

/* In memory where that can be: these tests sync thousands of times. */
static inline void log_scene_make(struct log_scene *s)
{
    *s = (struct log_scene){.keys_n = 1, .dir.path = "/dev/shm/gs-XXXXXX"};
    if (!mkdtemp(s->dir.path))
        temp_dir_make(&s->dir);
    log_key(LOG_ORIGIN, KEY_LOG, 0x21, &s->key);
    log_key(LOG_ORIGIN, KEY_LOG, 0x22, &s->other);
    log_key("trust.example/witness", KEY_WITNESS, 0x23, &s->witness);
    s->keys[0] = &s->key;
}

static inline void log_scene_remove(struct log_scene *s)
{
    temp_dir_remove(&s->dir);
}

/* The record at seq: the same every time, now and then empty or long. Borrowed until the next. */
static inline struct text log_record(uint64_t seq)
{
    static char bytes[3000];
    memset(bytes, 'a' + (int)(seq % 26), sizeof bytes);
    int n = snprintf(bytes, sizeof bytes, "{\"v\":1,\"seq\":%llu,\"kind\":\"pledge\"}",
                     (unsigned long long)seq);
    if (seq % 997 == 5)
        return (struct text){bytes, 0};
    return (struct text){bytes, seq % 101 == 7 ? sizeof bytes : (size_t)n};
}

static inline enum fault log_open(struct log_scene *s, struct seal **ret)
{
    struct seal_plan plan = {.folder = s->dir.path, .origin = LOG_ORIGIN, .keys = s->keys,
                             .keys_n = s->keys_n, .before = s->before,
                             .before_ctx = s->before_ctx};
    s->doubt.what[0] = '\0';
    return seal_open(&plan, ret, &s->doubt);
}

/* Takes records until `size`, publishing where a batch is full. */
static inline enum fault log_take(struct seal *seal, uint64_t size)
{
    enum fault fault = FAULT_NONE;
    while (!fault && seal_next(seal) < size) {
        fault = seal_append(seal, seal_next(seal), log_record(seal_next(seal)));
        if (fault == FAULT_BUSY)
            fault = seal_publish(seal);
    }
    return fault;
}

/* One opening, one publication at `size`. */
static inline void log_grow(struct log_scene *s, uint64_t size)
{
    struct seal *seal;
    enum fault fault = log_open(s, &seal);
    if (fault)
        fail_msg("seal_open: %s", s->doubt.what);
    assert_int_equal(log_take(seal, size), FAULT_NONE);
    if (seal_publish(seal))
        fail_msg("seal_publish: %s", seal_doubt(seal));
    assert_int_equal(seal_size(seal), size);
    seal_close(seal);
}

static inline enum fault log_verify(struct log_scene *s, struct verify_finding *ret)
{
    struct vkey keys[] = {s->key.vkey, s->other.vkey};
    struct verify_plan plan = {.source = source_of_folder(s->dir.path),
                               .signers = {.logs = keys, .logs_n = 2,
                                           .witnesses = &s->witness.vkey, .witnesses_n = 1}};
    s->doubt.what[0] = '\0';
    return verify_log(&plan, ret, &s->doubt);
}

static inline struct verify_finding assert_log_holds(struct log_scene *s)
{
    struct verify_finding finding;
    if (log_verify(s, &finding))
        fail_msg("verify_log: %s", s->doubt.what);
    return finding;
}

/* The root of the first n records, computed in one go from the leaves. */
static inline void log_root(uint64_t n, struct hash *ret)
{
    struct hash *leaves = calloc(n + 1, sizeof *leaves);
    for (uint64_t i = 0; i < n; i++)
        hash_leaf(log_record(i), &leaves[i]);
    hash_tree(leaves, n, ret);
    free(leaves);
}

#endif
