/* proposal_shape.c -- proposals as they take shape: whether the body finds them eligible, what has
 * changed from version to version, and two that become one. */
#include "groundswell/ledger/shape.h"

#include "errand.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "text.h"
#include "write.h"

#define VERSIONS_LIMIT 10 /* of 64 KB at most, each of which may stand there three times */

static void shape_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct proposal_outcome *outcome = answer->outcome;
    if (outcome->pending) say_pending(visit, outcome->seq, outcome->at_ms);
    else SAY_VIEW(visit, 200, proposal_outcome, outcome);
}

void proposal_judge(struct visit *visit)
{
    static const char *const members[] = {"reasons", NULL};
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct proposal_judge in = {
        .proposal = errand->id.number,
        .body = errand_clerk_of(errand),
        .eligible = json_is_true(json_object_get(body, "eligible")),
        .text = words_gather(visit, body, members)};
    json_decref(body);
    if (in.text.at)
        ledger_proposal_judge(errand->desk->plan.ledger, &errand->act, &in, shape_answer, visit);
    else say_fault(visit, FAULT_MEMORY);
}

void proposal_amend(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct proposal_amend in = {.proposal = errand->id.number,
                                      .price = body_u64(body, "price", 0),
                                      .milestones = parts_gather(visit, body, "milestones"),
                                      .text = proposal_gather(visit, body)};
    json_decref(body);
    if (in.text.at && in.milestones.at)
        ledger_proposal_amend(errand->desk->plan.ledger, &errand->act, &in, shape_answer, visit);
    else say_fault(visit, FAULT_MEMORY);
}

/* The one of the path stays. */
void proposal_merge(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct id other;
    const bool good = id_parse(body_text(body, "with"), 'p', &other);
    const bool here = good && text_equal(other.slug, errand->slug);
    const struct proposal_merge in = {errand->id.number, good ? other.number : 0};
    json_decref(body);
    if (here)
        ledger_proposal_merge(errand->desk->plan.ledger, &errand->act, &in, shape_answer, visit);
    else if (good) say_refusal(visit, REFUSAL_PROPOSALS_APART, NULL, 0);
    else say_field_wrong(visit, "/with", "no proposal has such a number");
}

/* ---- what has changed ------------------------------------------------------------------------ */

static void value_write(struct json_out *out, const char *name, const json_t *value)
{
    char *json = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_PRESERVE_ORDER)
                       : NULL;
    if (!json) return;
    json_name(out, name);
    json_raw(out, text_of(json));
    free(json);
}

static void change_write(struct json_out *out, const char *name, const json_t *was,
                         const json_t *is)
{
    if (json_equal(was, is)) return;
    json_name(out, name);
    json_object_begin(out);
    value_write(out, "was", was);
    value_write(out, "is", is);
    json_object_end(out);
}

/* A text that was erased has no members: nothing can be told of them then. */
static json_t *words_of(const struct proposal_version *version)
{
    json_t *words = NULL;
    if (version->text.at && json_read(version->text, JSON_DEPTH_MAX, &words, NULL)) words = NULL;
    return words;
}

/* "changed": {"price": {"was": 50, "is": 40}, "summary": {...}} */
static void changes_write(struct json_out *out, const struct proposal_version *before,
                          const struct proposal_version *version)
{
    CLEANUP(json_ref) json_t *was = words_of(before), *is = words_of(version);
    const char *name;
    json_t *value;
    json_name(out, "changed");
    json_object_begin(out);
    if (before->price != version->price) {
        json_name(out, "price");
        json_object_begin(out);
        json_u64_at(out, "was", before->price);
        json_u64_at(out, "is", version->price);
        json_object_end(out);
    }
    if (was && is) {
        json_object_foreach(is, name, value) change_write(out, name, json_object_get(was, name),
                                                          value);
        json_object_foreach(was, name, value) if (!json_object_get(is, name))
            change_write(out, name, value, NULL);
    }
    json_object_end(out);
}

static void version_write(struct json_out *out, const struct proposal_version *list, size_t i)
{
    const struct proposal_version *version = &list[i];
    json_object_begin(out);
    fields_json_members(proposal_version_fields, proposal_version_fields_n, version, out);
    if (i > 0) changes_write(out, &list[i - 1], version);
    if (version->text.at) {
        json_name(out, "text");
        json_raw(out, version->text);
    }
    json_object_end(out);
}

static void proposal_versions_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct proposal_version *list = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = errand_of(visit)->page.after > 0; i < answer->items_n; i++)
        version_write(&out, list, i);
    write_list_end(visit, &out, answer->next > 0 ? answer->next : LIST_ENDS);
    say_json(visit, 200, &body);
}

void proposal_versions_list(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!page_read(visit, VERSIONS_LIMIT, &errand->page)) return;
    const struct proposal_versions_page page = {errand->id.number, errand->page.after,
                                                errand->page.limit};
    ledger_proposal_versions(errand->desk->plan.ledger, errand->slug, &page,
                             proposal_versions_list_answer, visit);
}
