/* talks.c -- what residents contribute to the deliberation on a tender, and where they stand.
 *
 * Nobody is told who wrote what. A hidden contribution stays in its place with the reason; its
 * words are for its author, the tender's body and the trust. */
#include "handlers.h"
#include "say.h"
#include "talk.h"
#include "text.h"
#include "write.h"

#define TALKS_LIMIT 25 /* each may be rendered to 70 KB by somebody who means it */

/* ---- speaking -------------------------------------------------------------------------------- */

static void talk_add_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct talk_outcome *outcome = answer->outcome;
    SAY_MADE(visit, "/v1/talks/", &outcome->talk, talk_outcome, outcome);
}

void talk_add(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct talk_add in = {.tender = errand->id.number,
                                .sort = arena_text(&visit->arena, body_text(body, "kind")),
                                .text = speech_read(visit, body, SPEECH_MOST)};
    json_decref(body);
    if (in.text.at)
        ledger_talk_add(errand->desk->plan.ledger, &errand->act, &in, talk_add_answer, visit);
}

static void talk_done(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, talk_outcome, answer->outcome);
}

void talk_edit(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct talk_edit in = {.talk = errand->id.number,
                                 .text = speech_read(visit, body, SPEECH_MOST)};
    json_decref(body);
    if (in.text.at)
        ledger_talk_edit(errand->desk->plan.ledger, &errand->act, &in, talk_done, visit);
}

/* "none" takes it back. */
void talk_stance(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct text stance = body_text(body, "stance");
    const struct talk_stance in = {.talk = errand->id.number,
                                   .stance = text_is(stance, "none") ? TEXT("") : stance};
    ledger_talk_stance(errand->desk->plan.ledger, &errand->act, &in, talk_done, visit);
    json_decref(body);
}

/* ---- moderation ------------------------------------------------------------------------------ */

void talk_hide(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct talk_hide in = {.talk = errand->id.number,
                                 .body = errand_clerk_of(errand),
                                 .reason = arena_text(&visit->arena, body_text(body, "reason")),
                                 .text = speech_read(visit, body, REASON_MOST)};
    json_decref(body);
    if (in.text.at)
        ledger_talk_hide(errand->desk->plan.ledger, &errand->act, &in, talk_done, visit);
}

void talk_appeal(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct talk_appeal in = {.talk = errand->id.number,
                                   .text = speech_read(visit, body, REASON_MOST)};
    json_decref(body);
    if (in.text.at)
        ledger_talk_appeal(errand->desk->plan.ledger, &errand->act, &in, talk_done, visit);
}

void talk_ruling(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct talk_ruling in = {.talk = errand->id.number,
                                   .stands = json_is_true(json_object_get(body, "stands")),
                                   .text = speech_read(visit, body, REASON_MOST)};
    json_decref(body);
    if (in.text.at)
        ledger_talk_ruling(errand->desk->plan.ledger, &errand->act, &in, talk_done, visit);
}

/* ---- summaries ------------------------------------------------------------------------------- */

static void summary_publish_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 201, tender_outcome, answer->outcome);
}

void summary_publish(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct talk_summary in = {.tender = errand->id.number,
                                    .body = errand_clerk_of(errand),
                                    .text = speech_read(visit, body, SPEECH_MOST)};
    json_decref(body);
    if (in.text.at)
        ledger_talk_summary(errand->desk->plan.ledger, &errand->act, &in, summary_publish_answer,
                            visit);
}

static void summaries_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct summary_view *list = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        json_object_begin(&out);
        fields_json_members(summary_view_fields, summary_view_fields_n, &list[i], &out);
        text_say(&out, "text", list[i].text);
        json_object_end(&out);
    }
    write_list_end(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS);
    say_json(visit, 200, &body);
}

void summaries_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct page page;
    if (!page_read(visit, TALKS_LIMIT, &page)) return;
    const struct summaries_page of = {errand->id.number, page.after, page.limit};
    ledger_summaries(errand->desk->plan.ledger, errand->slug, &of, summaries_list_answer, visit);
}
