/* bodies.c -- commissioning bodies: who they are, who sits in them, and whether they may publish.
 *
 * A seat is bound to somebody who may approve for it: a resident by their id, a person by their
 * account, or a clerk by the subject of their token. Who that is, nobody reads here. */
#include "groundswell/ledger/bodies.h"

#include "errand.h"
#include "groundswell/rules/body.h"
#include "handlers.h"
#include "say.h"
#include "text.h"
#include "write.h"

static const char *const constitution[] = {"title",      "decision",  "deliberation",
                                           "prevention", "conflicts", NULL};

/* ---- constitutions --------------------------------------------------------------------------- */

static void body_form_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct body_outcome *outcome = answer->outcome;
    SAY_MADE(visit, "/v1/bodies/", &outcome->body, body_outcome, outcome);
}

void body_form(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct text actor = errand_clerk_of(errand), named = body_text(body, "body");
    const struct body_form in = {.word = named.at ? named : actor,
                                 .actor = actor,
                                 .text = words_gather(visit, body, constitution)};
    if (in.word.n == 0) say_field_wrong(visit, "/body", "is missing: only a clerk's is known");
    else if (!in.text.at) say_fault(visit, FAULT_MEMORY);
    else ledger_body_form(errand->desk->plan.ledger, &errand->act, &in, body_form_answer, visit);
    json_decref(body);
}

static void body_constitute_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, body_outcome, answer->outcome);
}

void body_constitute(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct body_constitute in = {.body = errand->id.number,
                                       .actor = errand_clerk_of(errand),
                                       .text = words_gather(visit, body, constitution)};
    if (in.text.at)
        ledger_body_constitute(errand->desk->plan.ledger, &errand->act, &in,
                               body_constitute_answer, visit);
    else say_fault(visit, FAULT_MEMORY);
    json_decref(body);
}

/* ---- looking --------------------------------------------------------------------------------- */

/* The register as a sentence, beside its figures. */
static void body_put(struct json_out *out, const struct body_view *view)
{
    const struct body_register shows = {view->seats, view->seat_votes, view->lay_seats,
                                        view->lay_votes};
    CLEANUP(buf) struct buf sentence = BUF_MAX(KIB);
    body_sentence(&sentence, &shows, view->members_min);
    json_object_begin(out);
    fields_json_members(body_view_fields, body_view_fields_n, view, out);
    json_text_at(out, "majority", buf_view(&sentence));
    json_object_end(out);
}

static void body_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(256 * KIB);
    struct json_out out = JSON_OUT(&body);
    body_put(&out, answer->outcome);
    say_json(visit, 200, &body);
}

void body_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_body_view(errand->desk->plan.ledger, errand->slug, errand->id.number, body_get_answer,
                     visit);
}

static void bodies_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct body_view *bodies = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        body_put(&out, &bodies[i]);
    write_list_end(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS);
    say_json(visit, 200, &body);
}

void bodies_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    if (!page_read(visit, 100, &page)) return;
    ledger_bodies(errand->desk->plan.ledger, errand->slug, page.after, page.limit,
                  bodies_list_answer, visit);
}

/* False: the visit is answered. */
static bool body_page(struct visit *visit, struct body_page *ret)
{
    struct page page;
    if (!page_read(visit, 100, &page)) return false;
    *ret = (struct body_page){errand_of(visit)->id.number, page.after, page.limit};
    return true;
}

static void body_members_list_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, body_member, answer);
}

void body_members_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct body_page page;
    if (body_page(visit, &page))
        ledger_body_members(errand->desk->plan.ledger, errand->slug, &page,
                            body_members_list_answer, visit);
}

static void body_versions_list_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, body_version, answer);
}

void body_versions_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct body_page page;
    if (body_page(visit, &page))
        ledger_body_versions(errand->desk->plan.ledger, errand->slug, &page,
                             body_versions_list_answer, visit);
}

static void body_history_list_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, history_item, answer);
}

void body_history_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct body_page page;
    if (body_page(visit, &page))
        ledger_body_history(errand->desk->plan.ledger, errand->slug, &page,
                            body_history_list_answer, visit);
}

/* ---- members --------------------------------------------------------------------------------- */

static void member_seat_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct member_outcome *outcome = answer->outcome;
    SAY_MADE(visit, "/v1/members/", &outcome->member, member_outcome, outcome);
}

/* Exactly one of account, resident and staff. TEXT_NONE: the visit is answered. */
static struct text holder_read(struct visit *visit, const json_t *body)
{
    static const char *const names[] = {"account", "resident", "staff"};
    static const char *const marks[] = {"a:", "r:", "t:clerk:"};
    struct text holder = TEXT_NONE;
    size_t given = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct text value = body_text(body, names[i]);
        if (!value.at) continue;
        holder = text_of(arena_format(&visit->arena, "%s%.*s", marks[i], TEXT_ARGS(value)));
        if (++given == 1) continue;
        break;
    }
    if (given == 1) return holder;
    say_field_wrong(visit, "", "must name whose seat it is by one of account, resident or staff");
    return TEXT_NONE;
}

void member_seat(struct visit *visit)
{
    static const char *const words[] = {"name", "interests", NULL};
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct member_seat in = {.body = errand->id.number,
                                   .actor = errand_clerk_of(errand),
                                   .category = body_text(body, "category"),
                                   .votes = body_u64(body, "votes", 1),
                                   .term_ms = body_stamp(body, "term"),
                                   .holder = holder_read(visit, body),
                                   .text = words_gather(visit, body, words)};
    if (in.holder.at) {
        if (in.text.at)
            ledger_member_seat(errand->desk->plan.ledger, &errand->act, &in, member_seat_answer,
                               visit);
        else say_fault(visit, FAULT_MEMORY);
    }
    json_decref(body);
}

static void member_leave_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, member_outcome, answer->outcome);
}

void member_leave(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct member_leave in = {.member = errand->id.number,
                                    .actor = errand_clerk_of(errand)};
    errand_act(visit);
    ledger_member_leave(errand->desk->plan.ledger, &errand->act, &in, member_leave_answer, visit);
}

/* ---- publishing ------------------------------------------------------------------------------ */

/* A member approves by whatever they came with: as the resident or the person who holds a seat. */
void tender_approve(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct tender_approve in = {.tender = errand->id.number,
                                      .person = text_of(errand->person),
                                      .as_resident = errand->who.role == ROLE_RESIDENT};
    errand_act(visit);
    ledger_tender_approve(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

static void tender_approvals_list_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_ITEMS(ctx, tender_approval, answer);
}

void tender_approvals_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    if (!page_read(visit, 100, &page)) return;
    ledger_tender_approvals(errand->desk->plan.ledger, errand->slug, errand->id.number,
                            tender_approvals_list_answer, visit);
}

void tender_publish(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    const struct tender_act in = {.tender = errand->id.number, .body = errand_clerk_of(errand)};
    errand_act(visit);
    ledger_tender_publish(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}
