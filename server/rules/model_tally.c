/* model_tally.c -- tenders whose tally is hidden: their keys, and the places of what nobody opened.
 *
 * The model counts what it is given in the clear, hidden or not; the ledger writes the same as a
 * record `sealed`, and recount.c opens it. The key of a tender comes with its opening: from the
 * one who acts, or from a record further on in the log. */
#include <string.h>

#include "groundswell/base/secret.h"
#include "groundswell/rules/tally.h"
#include "inside.h"
#include "tally_inside.h"

static uint64_t hidden_now(const struct model *model)
{
    uint64_t n = 0;
    for (size_t i = 0; i < model->tenders_n; i++)
        n += model->tenders[i].mark == 'h';
    return n;
}

bool tally_may_begin(const struct model *model, const struct tender *tender,
                     const struct record *in, struct verdict *ret)
{
    if (!tender->hidden)
        return true;
    if (!record_has(in, FIELD_KEY) && !record_has(in, FIELD_TALLY_KEY_HASH))
        ret->raised = "a hidden tally needs a key";
    else if (hidden_now(model) >= TALLIES_HIDDEN_MAX)
        refuse_one(ret, REFUSAL_TALLIES_HIDDEN_TOO_MANY, "most", TALLIES_HIDDEN_MAX);
    return !ret->raised && !ret->refusal;
}

/* The hash of a key, both as hex. */
static void key_hash(struct text key, char ret[static 64])
{
    uint8_t bytes[TALLY_KEY_SIZE], digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf hex = BUF_MAX(2 * DIGEST_SIZE + 1);
    INVARIANT(decode_hex(key, bytes, sizeof bytes) == sizeof bytes);
    digest_sha256((struct text){(const char *)bytes, sizeof bytes}, digest);
    encode_hex(&hex, digest, sizeof digest);
    INVARIANT(hex.len == 64);
    memcpy(ret, hex.data, 64);
}

void tally_begin(struct tender *tender, const struct record *in, struct record *record)
{
    tender->keyed = record_has(in, FIELD_KEY);
    if (tender->keyed) {
        memcpy(tender->tally_key, in->key.at, sizeof tender->tally_key);
        key_hash(in->key, tender->tally_key_hash);
    } else {
        memcpy(tender->tally_key_hash, in->tally_key_hash.at, sizeof tender->tally_key_hash);
    }
    record_set_text(record, FIELD_TALLY_KEY_HASH,
                    (struct text){tender->tally_key_hash, sizeof tender->tally_key_hash});
}

void tally_disclose(struct model *model, uint64_t number, struct verdict *ret)
{
    struct tender *tender = tender_at(model, number);
    if (tender->mark != 'h')
        return;
    struct record *record = record_begin(model, ret, RECORD_TALLY_DISCLOSED);
    record_set(record, FIELD_TENDER, number);
    if (!tender->keyed)
        return; /* the record that the log has is another than this one */
    INVARIANT(ret->keys_n < TALLIES_HIDDEN_MAX);
    char *key = ret->keys[ret->keys_n++]; /* tenders move, where the act makes one more */
    memcpy(key, tender->tally_key, sizeof tender->tally_key);
    record_set_text(record, FIELD_KEY, (struct text){key, sizeof tender->tally_key});
}

void tally_disclose_all(struct model *model, struct verdict *ret)
{
    for (size_t i = 0; i < model->tenders_n; i++) {
        tally_disclose(model, i + 1, ret);
        if (model->tenders[i].mark == 'h')
            model->tenders[i].mark = 'o';
    }
}

void act_sealed(struct model *model, const struct record *in, struct verdict *ret)
{
    if (hidden_now(model) == 0) {
        ret->raised = "no tally is hidden";
        return;
    }
    struct record *record = record_begin(model, ret, RECORD_SEALED);
    record_set_text(record, FIELD_SEALED, in->sealed);
    model->unopened++;
}

struct accounts model_accounts_shown(const struct model *model)
{
    struct accounts shown = model->accounts;
    for (size_t i = 0; i < model->tenders_n; i++)
        if (model->tenders[i].mark == 'h') {
            shown.held -= model->tenders[i].held;
            shown.free += model->tenders[i].held;
        }
    return shown;
}

uint64_t model_unopened(const struct model *model)
{
    return model->unopened;
}

size_t model_hidden(const struct model *model, uint64_t ret[static TALLIES_HIDDEN_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < model->tenders_n && n < TALLIES_HIDDEN_MAX; i++)
        if (model->tenders[i].mark == 'h')
            ret[n++] = i + 1;
    return n;
}

bool model_tally_key(const struct model *model, uint64_t number,
                     uint8_t ret[static TALLY_KEY_SIZE])
{
    const struct tender *tender = tender_at(model, number);
    if (!tender || !tender->keyed)
        return false;
    const struct text hex = {tender->tally_key, sizeof tender->tally_key};
    return decode_hex(hex, ret, TALLY_KEY_SIZE) == TALLY_KEY_SIZE;
}
