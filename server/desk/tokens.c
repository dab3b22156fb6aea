/* tokens.c -- bearer tokens for any role, minted by the operator: for programs and for who has no
 * account.
 *
 * A minted token is valid from epoch 0 or, for a resident who has signed out everywhere, from the
 * epoch asked for. A subject of staff is a word, for only such a one can be signed out and publish
 * tenders, and none of the two names that are never signed out. */
#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/http/route.h"
#include "handlers.h"
#include "say.h"
#include "write.h"

#define DAY_S UINT64_C(86400)

static enum fault tokens_put(struct json_out *out, const struct token_keys *keys, struct who *who,
                             const json_t *subjects)
{
    size_t i;
    const json_t *subject;
    json_array_foreach (subjects, i, subject) {
        CLEANUP(buf) struct buf token = BUF_MAX(KIB);
        snprintf(who->subject, sizeof who->subject, "%s", json_string_value(subject));
        enum fault no = token_sign(keys, who, &token);
        if (no) return no;
        json_object_begin(out);
        json_text_at(out, "subject", text_of(who->subject));
        json_text_at(out, "token", buf_view(&token));
        json_object_end(out);
    }
    return FAULT_NONE;
}

/* Whoever holds power over one community mints for that one alone, and `*` belongs to none. */
static bool may_mint_for(struct visit *visit, struct text community)
{
    const struct who *who = &errand_of(visit)->who;
    if (who_may(who, visit->route->who, text_is(community, "*") ? TEXT_NONE : community))
        return true;
    say_refusal(visit, REFUSAL_WRONG_COMMUNITY, NULL, 0);
    return false;
}

/* False: the visit is answered. */
static bool subjects_check(struct visit *visit, const json_t *request)
{
    const json_t *subjects = json_object_get(request, "subjects");
    if (text_is(body_text(request, "role"), "resident")) return true;
    for (size_t i = 0; i < json_array_size(subjects); i++) {
        if (staff_is_valid(text_of(json_string_value(json_array_get(subjects, i))))) continue;
        say_field_wrong(visit, arena_format(&visit->arena, "/subjects/%zu", i),
                        "must be a word of a-z, 0-9, _ and -, and neither operator nor keeper");
        return false;
    }
    return true;
}

void tokens_mint(struct visit *visit)
{
    json_t *request = errand_body(visit);
    if (!request) return;
    if (!may_mint_for(visit, body_text(request, "community")) ||
        !subjects_check(visit, request)) {
        json_decref(request);
        return;
    }
    struct errand *errand = errand_of(visit);
    struct who who = {.epoch = body_u64(request, "epoch", 0)};
    who.expires_s = clock_wall_ms() / 1000 + body_u64(request, "days", 30) * DAY_S;
    snprintf(who.scope, sizeof who.scope, "%.*s", TEXT_ARGS(body_text(request, "community")));
    INVARIANT(role_parse(body_text(request, "role"), &who.role));
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    write_stamp(&out, "expires_at", who.expires_s * 1000);
    json_name(&out, "tokens");
    json_array_begin(&out);
    enum fault no =
        tokens_put(&out, &errand->desk->plan.keys->tokens, &who,
                   json_object_get(request, "subjects"));
    json_array_end(&out);
    json_object_end(&out);
    json_decref(request);
    if (no) say_fault(visit, no);
    else say_json(visit, 201, &body);
}
