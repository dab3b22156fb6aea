/* 020_scene_core.h -- a scene's life, its ids, its log, and the one door that acts go through. */
#ifndef GROUNDSWELL_TESTS_SCENE_CORE_H
#define GROUNDSWELL_TESTS_SCENE_CORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "groundswell/rules/body.h"
#include "groundswell/rules/model_talk.h"
#include "groundswell/base/secret.h"
#include "groundswell/rules/recount.h"
#include "groundswell/rules/roll.h"
#include "groundswell/rules/tally.h"

#define HASH64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct scene {
    struct roll *roll;
    struct verdict v;
    uint64_t now, residents; /* how many ids were handed out */
    char **log;              /* canonical JSON by seq */
    size_t log_n, log_max;
    uint32_t key; /* of the last act; 0: none sent */
    uint64_t random, random_apart;
    bool forget; /* keeps no log */
};

static inline void scene_init(struct scene *s)
{
    *s = (struct scene){.roll = roll_new(), .now = 1000};
}

static inline void scene_release(struct scene *s)
{
    for (size_t i = 0; i < s->log_n; i++)
        free(s->log[i]);
    free(s->log);
    roll_free(s->roll);
}

static inline const struct model *scene_model(const struct scene *s)
{
    return roll_model(s->roll);
}

/* splitmix64 */
static inline uint64_t scene_random(struct scene *s, uint64_t below)
{
    uint64_t z = (s->random += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31)) % below;
}

/* Ids live in a small ring of buffers, long enough for one act. */
static inline struct text scene_id(char letter, uint64_t round, uint64_t number)
{
    static char ring[8][32];
    static unsigned next;
    char *at = ring[next++ % 8];
    snprintf(at, sizeof ring[0], "%c%05u%015uA", letter, (unsigned)round, (unsigned)number);
    return (struct text){at, 22};
}

static inline struct text resident_id(uint64_t number)
{
    return scene_id('r', 0, number);
}

static inline struct text wallet_id(uint64_t round, uint64_t number)
{
    return scene_id('w', round, number);
}

/* The key of a tender's tally, where that is hidden. */
static inline void scene_tally_key(uint64_t tender, uint8_t ret[static TALLY_KEY_SIZE])
{
    digest_sha256((struct text){(const char *)&tender, sizeof tender}, ret);
}

/* A record as the log has it: sealed while its tally is hidden; `sealed` keeps the text of it. */
static inline struct record scene_record(const struct scene *s, size_t i, struct buf *sealed)
{
    const struct record *plain = &s->v.records[i];
    uint8_t key[TALLY_KEY_SIZE];
    if (!s->v.sealed_of[i])
        return *plain;
    struct record record = {.kind = RECORD_SEALED, .has = RECORD_BIT(FIELD_KIND)};
    scene_tally_key(s->v.sealed_of[i], key);
    tally_seal(plain, key, sealed);
    record_set(&record, FIELD_V, plain->v);
    record_set(&record, FIELD_SEQ, plain->seq);
    record_set(&record, FIELD_AT, plain->at);
    record_set_text(&record, FIELD_SEALED, buf_view(sealed));
    return record;
}

static inline void scene_keep(struct scene *s)
{
    for (size_t i = 0; i < s->v.records_n; i++) {
        CLEANUP(buf) struct buf json = BUF_MAX(RECORD_JSON_MAX);
        CLEANUP(buf) struct buf sealed = BUF_MAX(KIB);
        const struct record record = scene_record(s, i, &sealed);
        record_json(&record, &json);
        assert_int_equal(buf_fault(&json), FAULT_NONE);
        if (s->log_n == s->log_max) {
            s->log_max = s->log_max ? 2 * s->log_max : 64;
            s->log = realloc(s->log, s->log_max * sizeof *s->log);
        }
        assert_int_equal(s->v.records[i].seq, s->log_n);
        s->log[s->log_n++] = strndup(json.data, json.len);
    }
}

static inline struct roll_act act_of(enum roll_kind kind)
{
    return (struct roll_act){.kind = kind, .subject = TEXT("operator")};
}

/* True where accepted. */
static inline bool scene_act(struct scene *s, struct roll_act *act)
{
    uint64_t key = s->key;
    char bytes[8];
    memcpy(bytes, &key, 8);
    act->now_ms = s->now;
    if (key && act->key_hash.n == 0)
        act->key_hash = (struct text){bytes, 8};
    roll_act(s->roll, act, &s->v);
    assert_true(model_conserves(scene_model(s)));
    if (!s->forget)
        scene_keep(s);
    return !s->v.refusal && !s->v.raised;
}

static inline bool scene_open(struct scene *s, uint64_t tender)
{
    struct roll_act act = act_of(ROLL_TENDER_OPEN);
    uint8_t key[TALLY_KEY_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(2 * TALLY_KEY_SIZE + 1);
    scene_tally_key(tender, key);
    encode_hex(&hex, key, sizeof key);
    record_set(&act.own, FIELD_TENDER, tender);
    record_set_text(&act.own, FIELD_KEY, buf_view(&hex));
    return scene_act(s, &act);
}

#endif
