/* roll_rows.c -- residents, staff and wallets by their ids, in hash tables.
 *
 * A wallet's row here (a purse) has only what the public log does not show: the area that was
 * frozen at the grant and the keys it remembers. Its pledges are the model's. */
#include "roll_rows.h"

#include <string.h>

#include "groundswell/base/secret.h"

struct roll *roll_new(void)
{
    struct roll *roll = calloc(1, sizeof *roll);
    INVARIANT(roll != NULL);
    roll->model = model_new();
    return roll;
}

void roll_free(struct roll *roll)
{
    struct resident *resident, *next_resident;
    struct principal *principal, *next_principal;
    struct purse *purse, *next_purse;
    struct code *code, *next_code;
    struct said *said, *next_said;
    if (!roll)
        return;
    HASH_ITER(hh, roll->residents, resident, next_resident) {
        HASH_DEL(roll->residents, resident);
        free(resident);
    }
    HASH_ITER(hh, roll->staff, principal, next_principal) {
        HASH_DEL(roll->staff, principal);
        ring_release(&principal->ring);
        free(principal);
    }
    HASH_ITER(hh, roll->purses, purse, next_purse) {
        HASH_DEL(roll->purses, purse);
        ring_release(&purse->ring);
        free(purse);
    }
    HASH_ITER(hh, roll->codes, code, next_code) {
        HASH_DEL(roll->codes, code);
        free(code);
    }
    HASH_ITER(hh, roll->said, said, next_said) {
        HASH_DEL(roll->said, said);
        free(said);
    }
    model_free(roll->model);
    free(roll->holders);
    free(roll->proposers);
    free(roll);
}

/* ---- rows ---- */

struct resident *resident_at(const struct roll *roll, struct text id)
{
    struct resident *resident = NULL;
    if (id.n == RESIDENT_ID_SIZE)
        HASH_FIND(hh, roll->residents, id.at, RESIDENT_ID_SIZE, resident);
    return resident;
}

struct resident *resident_add(struct roll *roll, struct text id)
{
    struct resident *resident = calloc(1, sizeof *resident);
    INVARIANT(resident != NULL && id.n == RESIDENT_ID_SIZE);
    memcpy(resident->id, id.at, RESIDENT_ID_SIZE);
    HASH_ADD(hh, roll->residents, id, RESIDENT_ID_SIZE, resident);
    return resident;
}

struct code *code_at(const struct roll *roll, struct text serial)
{
    struct code *code = NULL;
    if (serial.n == CODE_SERIAL_SIZE)
        HASH_FIND(hh, roll->codes, serial.at, CODE_SERIAL_SIZE, code);
    return code;
}

struct code *code_add(struct roll *roll, struct text serial, uint64_t area)
{
    struct code *code = calloc(1, sizeof *code);
    INVARIANT(code != NULL && serial.n == CODE_SERIAL_SIZE);
    memcpy(code->serial, serial.at, CODE_SERIAL_SIZE);
    code->area = (uint32_t)area;
    HASH_ADD(hh, roll->codes, serial, CODE_SERIAL_SIZE, code);
    return code;
}

struct resident *member_at(const struct roll *roll, struct text id, struct verdict *ret)
{
    struct resident *resident = resident_at(roll, id);
    if (resident && resident->member)
        return resident;
    refuse(ret, REFUSAL_RESIDENT_UNKNOWN);
    return NULL;
}

bool holds_grant(const struct roll *roll, const struct resident *resident)
{
    const struct model *model = roll->model;
    if (!model->open)
        return false;
    return resident->granted == model->rounds_n ||
           (resident->member &&
            resident->member_seq < model->rounds[model->rounds_n - 1].opened_seq);
}

struct principal *principal_at(const struct roll *roll, struct text subject)
{
    struct principal *principal = NULL;
    HASH_FIND(hh, roll->staff, subject.at, subject.n, principal);
    return principal;
}

struct principal *principal_need(struct roll *roll, struct text subject)
{
    struct principal *principal = principal_at(roll, subject);
    if (principal)
        return principal;
    principal = calloc(1, sizeof *principal + subject.n);
    INVARIANT(principal != NULL);
    memcpy(principal + 1, subject.at, subject.n);
    principal->subject = (struct text){(const char *)(principal + 1), subject.n};
    HASH_ADD_KEYPTR(hh, roll->staff, principal->subject.at, principal->subject.n, principal);
    return principal;
}

static struct wallet_key purse_key(const struct record *own)
{
    struct wallet_key key = {.round = (uint32_t)own->round};
    size_t n = decode_base64url(own->wallet, key.id, sizeof key.id);
    INVARIANT(n == sizeof key.id);
    return key;
}

struct purse *purse_at(const struct roll *roll, const struct record *own)
{
    struct wallet_key key = purse_key(own);
    struct purse *purse;
    HASH_FIND(hh, roll->purses, &key, sizeof key, purse);
    return purse;
}

struct purse *purse_need(struct roll *roll, const struct record *own, uint32_t area)
{
    struct purse *purse = purse_at(roll, own);
    if (purse)
        return purse;
    purse = calloc(1, sizeof *purse);
    INVARIANT(purse != NULL);
    purse->key = purse_key(own);
    purse->area = area;
    HASH_ADD(hh, roll->purses, key, sizeof purse->key, purse);
    return purse;
}

/* ---- looking ---- */

const struct model *roll_model(const struct roll *roll)
{
    return roll->model;
}

bool roll_resident(const struct roll *roll, struct text id, struct roll_resident *ret)
{
    const struct resident *resident = resident_at(roll, id);
    if (!resident || resident->erased)
        return false;
    *ret = (struct roll_resident){.area = resident->area,
                                  .epoch = resident->epoch,
                                  .granted_round = resident->granted,
                                  .member_seq = resident->member_seq,
                                  .member = resident->member,
                                  .granted = holds_grant(roll, resident)};
    return true;
}

bool roll_purse(const struct roll *roll, uint64_t round, struct text wallet,
                struct roll_purse *ret)
{
    const struct purse *purse =
        purse_at(roll, &(struct record){.round = round, .wallet = wallet});
    if (!purse)
        return false;
    const struct ring *ring = &purse->ring;
    *ret = (struct roll_purse){.area = purse->area, .keys_n = ring->n};
    for (size_t i = 0; i < ring->n; i++) {
        const struct ring_key *key = &ring->keys[(ring->next + i) % ring->n];
        memcpy(ret->keys[i].key, key->key, sizeof key->key);
        memcpy(ret->keys[i].body, key->body, sizeof key->body);
        ret->keys[i].seq = key->seq;
    }
    return true;
}

uint64_t roll_staff_epoch(const struct roll *roll, struct text subject)
{
    const struct principal *principal = principal_at(roll, subject);
    return principal ? principal->epoch : 0;
}

/* ---- members of bodies ---- */

uint64_t seat_held_by(const struct roll *roll, uint64_t body, struct text holder)
{
    for (uint64_t i = 1; i <= roll->model->members_n; i++) {
        const struct member *member = member_sitting(roll->model, i);
        if (member && member->body == body && i < roll->holders_max &&
            text_equal((struct text){roll->holders[i].at, roll->holders[i].n}, holder))
            return i;
    }
    return 0;
}

void seat_holder_keep(struct roll *roll, uint64_t number, struct text holder)
{
    while (roll->holders_max <= number)
        roll->holders = grown(roll->holders, &roll->holders_max, roll->holders_max,
                              sizeof *roll->holders);
    struct seat_holder *kept = &roll->holders[number];
    INVARIANT(holder.n <= sizeof kept->at);
    memcpy(kept->at, holder.at, holder.n);
    kept->n = (uint8_t)holder.n;
}

void seat_holder_forget(struct roll *roll, struct text resident)
{
    for (size_t i = 0; i < roll->holders_max; i++) {
        struct text holder = {roll->holders[i].at, roll->holders[i].n};
        if (text_starts(holder, TEXT("r:")) &&
            text_equal((struct text){holder.at + 2, holder.n - 2}, resident))
            roll->holders[i].n = 0;
    }
}

struct text roll_seat_holder(const struct roll *roll, uint64_t number)
{
    if (number >= roll->holders_max)
        return TEXT_NONE;
    return (struct text){roll->holders[number].at, roll->holders[number].n};
}
