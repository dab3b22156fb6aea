/* recount_deliver.c -- what has become of commissions: their hashes in Redis, row by row, against
 * what the records give. */
#include "delivery_rows.h"
#include "recount.h"

static struct text found_of(const struct ledger_answer *answer, struct text name)
{
    const struct ledger_member *members = answer->items;
    for (size_t i = 0; i < answer->items_n; i++)
        if (text_equal(members[i].name, name)) return members[i].value;
    return TEXT("");
}

static void delivery_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    struct delivery_rows rows;
    char noun[64];
    if (!recount_heard(r, answer)) return;
    arena_reset(&r->one);
    INVARIANT(delivery_rows(model_delivery(r->model, r->number), &r->one, &rows));
    (void)snprintf(noun, sizeof noun, "commission %llu", (unsigned long long)r->number);
    for (size_t i = 0; i < rows.n; i++)
        recount_word(r, noun, rows.at[i].name, found_of(answer, rows.at[i].name),
                     rows.at[i].value);
    const struct ledger_member *members = answer->items;
    for (size_t i = 0; answer->items_n > rows.n && i < answer->items_n; i++) {
        bool known = false;
        for (size_t k = 0; k < rows.n; k++)
            known = known || text_equal(members[i].name, rows.at[k].name);
        if (!known) recount_word(r, noun, members[i].name, members[i].value, TEXT(""));
    }
}

static void delivery_ask(struct recounting *r)
{
    ledger_state_delivery(r->ledger, r->slug, "cm", r->number, delivery_answer, r);
}

struct voices {
    uint64_t commission, n, disputes;
};

static void voice_count(void *ctx, const struct voice *voice)
{
    struct voices *voices = ctx;
    if (voice->commission != voices->commission) return;
    voices->n++;
    voices->disputes += voice->disputes;
}

static void voices_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    struct voices rules = {.commission = r->number}, found = {0};
    char noun[64], word[2][48];
    if (!recount_heard(r, answer)) return;
    const struct ledger_member *members = answer->items;
    for (size_t i = 0; i < answer->items_n; i++) {
        found.n++;
        found.disputes += text_is(members[i].value, "d");
    }
    model_voices_each(r->model, voice_count, &rules);
    (void)snprintf(noun, sizeof noun, "commission %llu", (unsigned long long)r->number);
    (void)snprintf(word[0], sizeof word[0], "%llu, %llu dispute", (unsigned long long)found.n,
                   (unsigned long long)found.disputes);
    (void)snprintf(word[1], sizeof word[1], "%llu, %llu dispute", (unsigned long long)rules.n,
                   (unsigned long long)rules.disputes);
    recount_word(r, noun, TEXT("voices"), text_of(word[0]), text_of(word[1]));
}

static void voices_ask(struct recounting *r)
{
    ledger_state_delivery(r->ledger, r->slug, "cv", r->number, voices_answer, r);
}

enum fault recount_deliver(struct recounting *r)
{
    enum fault no = FAULT_NONE;
    for (r->number = 1; r->number <= model_proposals(r->model) && !no; r->number++) {
        if (!model_delivery(r->model, r->number)) continue;
        no = recount_ask(r, delivery_ask);
        if (!no) no = recount_ask(r, voices_ask);
    }
    return no;
}
