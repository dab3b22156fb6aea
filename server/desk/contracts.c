/* contracts.c -- acts on a commission: contract, evidence, reports, what those who pledged found,
 * acceptance, payments, variations, outcomes, savings, and its end.
 *
 * Free texts are gathered from the body as they stand; amounts, dates and documents go into the
 * record. What two persons must agree on says `pending` at first. */
#include "errand.h"
#include "groundswell/ledger/commissions.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "text.h"
#include "write.h"

/* ---- answers --------------------------------------------------------------------------------- */

/* Money that went back may have made a waiting proposal affordable: the keeper activates it. */
static void delivery_say(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct desk_plan *plan = &errand_of(visit)->desk->plan;
    const struct delivery_outcome *outcome = answer->outcome;
    char slug[SLUG_MAX + 1];
    snprintf(slug, sizeof slug, "%.*s", TEXT_ARGS(errand_of(visit)->slug));
    if (outcome->qualifying.n > 0 && plan->poke) plan->poke(plan->ctx, slug);
    if (outcome->pending) say_pending(visit, outcome->seq, outcome->at_ms);
    else SAY_VIEW(visit, 200, delivery_outcome, outcome);
}

/* ---- what the path and the body say ---------------------------------------------------------- */

static struct text or_empty(struct text value)
{
    return value.at ? value : TEXT("");
}

struct asking {
    struct errand *errand;
    struct ledger *ledger;
    uint64_t commission;
    struct text body, text;
};

/* `body` is taken. False: the visit is answered. */
static bool asking_begin(struct visit *visit, json_t *body, const char *const *members,
                         struct asking *ret)
{
    struct errand *errand = errand_of(visit);
    *ret = (struct asking){.errand = errand,
                           .ledger = errand->desk->plan.ledger,
                           .commission = errand->id.number,
                           .body = errand_clerk_of(errand),
                           .text = members_gather(visit, body, members)};
    if (ret->text.at) return true;
    say_fault(visit, FAULT_MEMORY);
    return false;
}

/* Who asks, and for what, where two persons must agree. */
struct second {
    char digest[REQUEST_DIGEST_SIZE + 1];
};

static bool second_read(struct visit *visit, const json_t *body, struct second *ret,
                        struct text *ret_person, struct text *ret_digest)
{
    if (!request_digest(visit, body, ret->digest)) return false;
    const char *person = errand_of(visit)->person;
    *ret_person = text_of(person);
    *ret_digest = text_of(person[0] ? ret->digest : "");
    return true;
}

/* ---- contract, evidence, reports ------------------------------------------------------------- */

void contract_sign(struct visit *visit)
{
    static const char *const members[] = {"supplier", "notes", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    const struct contract_sign in = {.commission = asking.commission,
                                     .body = asking.body,
                                     .starts_ms = body_stamp(body, "starts"),
                                     .ends_ms = body_stamp(body, "ends"),
                                     .document = body_text(body, "document"),
                                     .text = asking.text};
    ledger_contract_sign(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
}

void evidence_add(struct visit *visit)
{
    static const char *const members[] = {"note", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    const struct evidence_add in = {.commission = asking.commission,
                                    .body = asking.body,
                                    .milestone = path_number(visit, "milestone"),
                                    .document = or_empty(body_text(body, "document")),
                                    .text = asking.text};
    ledger_evidence_add(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
}

void milestone_report(struct visit *visit)
{
    static const char *const members[] = {"note", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    const struct milestone_act in = {.commission = asking.commission,
                                     .body = asking.body,
                                     .milestone = path_number(visit, "milestone"),
                                     .text = asking.text};
    ledger_milestone_report(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
}

/* ---- what those who pledged found ------------------------------------------------------------ */

void milestone_confirm(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct milestone_voice in = {.commission = errand->id.number,
                                       .milestone = path_number(visit, "milestone"),
                                       .text = TEXT("")};
    errand_act(visit);
    ledger_milestone_confirm(errand->desk->plan.ledger, &errand->act, &in, delivery_say, visit);
}

void milestone_dispute(struct visit *visit)
{
    static const char *const members[] = {"text", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    const struct milestone_voice in = {.commission = asking.commission,
                                       .milestone = path_number(visit, "milestone"),
                                       .text = asking.text};
    ledger_milestone_dispute(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
}

/* ---- acceptance and payment ------------------------------------------------------------------ */

void milestone_accept(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct milestone_act in = {.commission = errand->id.number,
                               .body = errand_clerk_of(errand),
                               .milestone = path_number(visit, "milestone")};
    struct second second;
    if (!second_read(visit, NULL, &second, &in.person, &in.digest)) return;
    errand_act(visit);
    ledger_milestone_accept(errand->desk->plan.ledger, &errand->act, &in, delivery_say, visit);
}

void payment_record(struct visit *visit)
{
    static const char *const members[] = {"reference", "paid_on", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    const struct payment_record in = {.commission = asking.commission,
                                      .body = asking.body,
                                      .milestone = body_u64(body, "milestone", 0),
                                      .amount = body_u64(body, "amount", 0),
                                      .text = asking.text};
    ledger_payment_record(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
}

/* ---- variations ------------------------------------------------------------------------------ */

void variation_propose(struct visit *visit)
{
    static const char *const members[] = {"reason", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    const struct variation_propose in = {.commission = asking.commission,
                                         .body = asking.body,
                                         .milestones = parts_gather(visit, body, "milestones"),
                                         .ends_ms = body_stamp(body, "ends"),
                                         .text = asking.text};
    if (in.milestones.at)
        ledger_variation_propose(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
    else say_fault(visit, FAULT_MEMORY);
}

void variation_approve(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct variation_approve in = {.commission = errand->id.number,
                                   .body = errand_clerk_of(errand),
                                   .variation = path_number(visit, "variation")};
    struct second second;
    if (!second_read(visit, NULL, &second, &in.person, &in.digest)) return;
    errand_act(visit);
    ledger_variation_approve(errand->desk->plan.ledger, &errand->act, &in, delivery_say, visit);
}

/* ---- outcomes, savings ----------------------------------------------------------------------- */

void outcome_report(struct visit *visit)
{
    static const char *const members[] = {"promise", "indicator", "unit", "story", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    const struct outcome_report in = {.commission = asking.commission,
                                      .body = asking.body,
                                      .has_figure = json_object_get(body, "figure") != NULL,
                                      .figure = body_u64(body, "figure", 0),
                                      .text = asking.text};
    ledger_outcome_report(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
}

void savings_note(struct visit *visit)
{
    static const char *const members[] = {"agencies", "note", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    const struct savings_note in = {.commission = asking.commission,
                                    .body = asking.body,
                                    .agencies = parts_gather(visit, body, "agencies"),
                                    .text = asking.text};
    if (in.agencies.at)
        ledger_savings_note(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
    else say_fault(visit, FAULT_MEMORY);
}

/* ---- the end --------------------------------------------------------------------------------- */

void commission_complete(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct commission_end in = {.commission = errand->id.number,
                                      .body = errand_clerk_of(errand)};
    errand_act(visit);
    ledger_commission_complete(errand->desk->plan.ledger, &errand->act, &in, delivery_say, visit);
}

void commission_terminate(struct visit *visit)
{
    static const char *const members[] = {"reason", NULL};
    CLEANUP(json_ref) json_t *body = errand_body(visit);
    struct asking asking;
    struct second second;
    if (!body || !asking_begin(visit, body, members, &asking)) return;
    struct commission_end in = {.commission = asking.commission,
                                .body = asking.body,
                                .text = asking.text};
    if (second_read(visit, body, &second, &in.person, &in.digest))
        ledger_commission_terminate(asking.ledger, &asking.errand->act, &in, delivery_say, visit);
}
