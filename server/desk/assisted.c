/* assisted.c -- a pledge that somebody made on paper, entered by a helper.
 *
 * With the resident's code, never with their account: the same ledger, the same receipt, and the
 * resident sees it and can withdraw it as any other. Its record says the helper's role. On a tender
 * of the helper's own body it takes a second helper.
 *
 *     use (the code) -> pledge_set */
#include "groundswell/ledger/codes.h"
#include "groundswell/ledger/pledges.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "write.h"

struct assisting {
    struct visit *visit;
    uint64_t amount;
    char digest[REQUEST_DIGEST_SIZE + 1];
    char resident[RESIDENT_ID_SIZE + 1];
    struct act act; /* the resident's, under the helper's key */
};

static void receipt_write(struct visit *visit, struct json_out *out, const struct pledge_view *view)
{
    const struct errand *errand = errand_of(visit);
    char *place = arena_format(&visit->arena, "/v1/communities/%.*s/log/receipts/%llu",
                               TEXT_ARGS(errand->slug), (unsigned long long)view->seq);
    char *words = arena_format(&visit->arena,
                               "Entered for you from paper as record %llu of the audit log of "
                               "%.*s. You can see, change and withdraw it as any pledge of yours. "
                               "Proof: %s%s%s%.*s",
                               (unsigned long long)view->seq, TEXT_ARGS(errand->slug),
                               errand->desk->public_url, place ? place : "",
                               view->record_key.n ? " While its tally is hidden, it is opened by "
                                                  : "", TEXT_ARGS(view->record_key));
    json_text_at(out, "receipt", text_of(place ? place : ""));
    json_text_at(out, "print", text_of(words ? words : ""));
}

static void assisted_pledge_set_answer(void *ctx, const struct ledger_answer *answer)
{
    struct assisting *assisting = ctx;
    struct visit *visit = assisting->visit;
    if (say_no(visit, answer)) return;
    const struct pledge_view *view = answer->outcome;
    if (view->pending) {
        say_pending(visit, view->seq, view->at_ms);
        return;
    }
    CLEANUP(buf) struct buf body = BUF_MAX(8 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_u64_at(&out, "seq", view->seq);
    write_stamp(&out, "at", view->at_ms);
    json_bool_at(&out, "replayed", view->replayed);
    json_text_at(&out, "proposal", visit_param(visit, "proposal"));
    json_u64_at(&out, "amount", view->amount);
    json_u64_at(&out, "free", view->free);
    json_bool_at(&out, "activated", view->activated);
    json_text_at(&out, "assisted", text_of(role_name(errand_of(visit)->who.role)));
    receipt_write(visit, &out, view);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

static void assisted_pledge_answer(void *ctx, const struct ledger_answer *answer)
{
    struct assisting *assisting = ctx;
    struct errand *errand = errand_of(assisting->visit);
    if (say_no(assisting->visit, answer)) return;
    const struct code_outcome *used = answer->outcome;
    const struct who *who = &errand->who;
    bool of_body = who->role == ROLE_HELPER || who->role == ROLE_CLERK;
    snprintf(assisting->resident, sizeof assisting->resident, "%.*s", TEXT_ARGS(used->resident));
    assisting->act.subject = text_of(assisting->resident);
    assisting->act.epoch = used->epoch;
    const struct pledge_set in = {.proposal = errand->id.number,
                                  .amount = assisting->amount,
                                  .helper = errand->person[0] ? text_of(errand->person)
                                                              : TEXT("operator"),
                                  .role = text_of(role_name(who->role)),
                                  .body = of_body ? text_of(who->subject) : TEXT(""),
                                  .person = text_of(errand->person),
                                  .digest = text_of(errand->person[0] ? assisting->digest : "")};
    ledger_pledge_set(errand->desk->plan.ledger, &assisting->act, &in, assisted_pledge_set_answer,
                      assisting);
}

void assisted_pledge(struct visit *visit)
{
    struct typed_code typed;
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct assisting *assisting = arena_alloc(&visit->arena, sizeof *assisting);
    bool good = assisting && request_digest(visit, body, assisting->digest) &&
                code_typed(visit, body, &typed);
    if (good) assisting->amount = body_u64(body, "amount", 0);
    json_decref(body);
    if (!assisting) say_fault(visit, FAULT_MEMORY);
    if (!good) return;
    assisting->visit = visit;
    assisting->act = errand->act;
    memset(errand->act.key_hash, 0, sizeof errand->act.key_hash); /* of the pledge alone */
    const struct code_use in = {.serial = text_of(typed.serial),
                                .hash = text_of(typed.hash),
                                .address = text_of(typed.address),
                                .resident = text_of(typed.resident)};
    ledger_code_use(errand->desk->plan.ledger, &errand->act, &in, assisted_pledge_answer,
                    assisting);
}
