/* say.h -- the words of the desk: outcomes as JSON, refusals and faults as RFC 9457 problem
 * documents. */
#ifndef GROUNDSWELL_DESK_SAY_H
#define GROUNDSWELL_DESK_SAY_H

#include "groundswell/base/json.h"
#include "groundswell/base/money.h"
#include "groundswell/base/refusal.h"
#include "groundswell/http/visit.h"
#include "groundswell/ledger/ledger.h"

struct schema_errors;

#define SAY_MAX (4 * MIB)

void say_json(struct visit *visit, unsigned status,
              struct buf *body); /* a fault of the buffer becomes a 500 */
void say_refusal(struct visit *visit, enum refusal refusal, const struct refusal_word *words,
                 size_t n);
void say_errors(struct visit *visit,
                const struct schema_errors *errors); /* fields_wrong with errors[] */
/* The same for the one thing that no schema could see. `pointer` may be NULL: memory was short. */
void say_field_wrong(struct visit *visit, const char *pointer, const char *format, ...)
    PRINTF_LIKE(3, 4);
void say_fault(struct visit *visit, enum fault fault);

/* True when the ledger did not answer with an outcome: the visit is answered then. */
bool say_no(struct visit *visit, const struct ledger_answer *answer);

#define SAY_REFUSAL(visit, refusal, ...) \
    say_refusal((visit), (refusal), (const struct refusal_word[]){__VA_ARGS__}, \
                sizeof(const struct refusal_word[]){__VA_ARGS__} / sizeof(struct refusal_word))

#endif
