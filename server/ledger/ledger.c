/* ledger.c -- the life of a ledger: what it is made of, and where its time comes from.
 *
 * The calls themselves are in acts.c, views.c, log.c and state.c. */
#include "inside.h"

#include "groundswell/base/clock.h"

#define ANSWER_BYTES_MAX (64 * MIB)

struct ledger *ledger_new(struct loop *loop, struct store *store, const struct ledger_plan *plan)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (!ledger)
        return NULL;
    ledger->loop = loop;
    ledger->store = store;
    ledger->now_ms = plan->now_ms ? plan->now_ms : clock_wall_ms;
    ledger->text = BUF_MAX(TEXT_STORED_MAX);
    arena_init(&ledger->arena, ANSWER_BYTES_MAX);
    ledger->keyring = keyring_new(plan->keys_folder);
    ledger->library = ledger->keyring ? library_new(ledger, plan) : NULL;
    if (!ledger->library) {
        ledger_free(ledger);
        return NULL;
    }
    return ledger;
}

void ledger_free(struct ledger *ledger)
{
    if (!ledger)
        return;
    library_free(ledger->library);
    keyring_free(ledger->keyring);
    arena_release(&ledger->arena);
    buf_release(&ledger->text);
    free(ledger);
}

uint64_t ledger_now_ms(const struct ledger *ledger)
{
    return ledger->now_ms();
}

const char *ledger_library(const struct ledger *ledger)
{
    return library_name(ledger->library);
}

bool ledger_register_is_here(const struct ledger *ledger, struct text slug)
{
    return keyring_register_is_here(ledger->keyring, slug);
}

enum fault ledger_resident_id(struct ledger *ledger, struct text slug, struct text external_ref,
                              char ret[static RESIDENT_ID_SIZE + 1])
{
    return keyring_resident_id(ledger->keyring, slug, external_ref, ret);
}

enum fault ledger_wallet(struct ledger *ledger, struct text slug, uint64_t round,
                         struct text resident, char ret[static RESIDENT_ID_SIZE + 1])
{
    return keyring_wallet(ledger->keyring, slug, round, resident, ret);
}
