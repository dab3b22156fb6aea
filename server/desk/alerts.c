/* alerts.c -- the alerts of a trust: its rules, and what they have raised.
 *
 * A rule has one figure at most: of `near` how many thousandths may be missing, of `participation`
 * the line below which an area's share is, both `permille`; of `stalled` the `days`. Who judges
 * them: the watcher (keeper/watcher.h). */
#include "alerts.h"

#include "errand.h"
#include "people.h"
#include "say.h"
#include "trust_handlers.h"
#include "ways.h"
#include "write.h"

/* ---- what the handlers share ----------------------------------------------------------------- */

bool alert_of_read(struct visit *visit, const char *name, struct alert_of *ret)
{
    ret->trust = visit_param(visit, "trust");
    if (text_to_u64(visit_param(visit, name), MONEY_MAX, &ret->number) && ret->number > 0)
        return true;
    SAY_REFUSAL(visit, REFUSAL_ID_MALFORMED, {"name", text_of(name)});
    return false;
}

void alert_done(struct visit *visit, const struct ledger_answer *answer, unsigned status,
                const char *name)
{
    if (say_no(visit, answer)) return;
    const struct alert_outcome *outcome = answer->outcome;
    CLEANUP(buf) struct buf body = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    write_stamp(&out, "at", outcome->at_ms);
    json_bool_at(&out, "replayed", outcome->replayed);
    json_u64_at(&out, name, outcome->number);
    json_object_end(&out);
    say_json(visit, status, &body);
}

/* ---- rules ----------------------------------------------------------------------------------- */

/* The member that the rule's figure has; NULL: it has none. */
static const char *figure_of(struct text when)
{
    if (text_is(when, "near") || text_is(when, "participation")) return "permille";
    return text_is(when, "stalled") ? "days" : NULL;
}

static void letters_put(struct json_out *out, struct text letters)
{
    json_name(out, "to");
    json_array_begin(out);
    for (size_t i = 0; i < letters.n; i++) {
        const char letter = letters.at[i];
        json_text(out, text_of(letter == 'p' ? "page" : letter == 'm' ? "mail" : "webhook"));
    }
    json_array_end(out);
}

static void alerts_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct alert_rule *rules = answer->items;
    CLEANUP(buf) struct buf body = BUF_MAX(64 * KIB);
    struct json_out out = JSON_OUT(&body);
    write_list(&out);
    for (size_t i = 0; i < answer->items_n; i++) {
        const char *figure = figure_of(rules[i].when);
        json_object_begin(&out);
        json_u64_at(&out, "alert", rules[i].alert);
        json_text_at(&out, "when", rules[i].when);
        if (figure) json_u64_at(&out, figure, rules[i].n);
        letters_put(&out, rules[i].to);
        write_stamp(&out, "created", rules[i].created_ms);
        json_object_end(&out);
    }
    write_list_end(visit, &out, LIST_ENDS);
    say_json(visit, 200, &body);
}

void alerts_list(struct visit *visit)
{
    ledger_alerts(errand_of(visit)->desk->plan.ledger, visit_param(visit, "trust"),
                  alerts_list_answer, visit);
}

/* "pmw" of what the body names. */
static struct text letters_of(struct visit *visit, const json_t *body)
{
    static const char *const words[] = {"page", "mail", "webhook"};
    const json_t *to = json_object_get(body, "to"), *word;
    char letters[4] = "";
    size_t n = 0, k;
    for (size_t i = 0; i < 3; i++)
        json_array_foreach (to, k, word)
            if (strcmp(json_string_value(word), words[i]) == 0) letters[n++] = words[i][0];
    return arena_text(&visit->arena, (struct text){letters, n});
}

/* Fills what the body says of a rule. False: the visit is answered. */
static bool rule_read(struct visit *visit, const json_t *body, struct alert_set *ret)
{
    *ret = (struct alert_set){.trust = visit_param(visit, "trust"),
                              .when = arena_text(&visit->arena, body_text(body, "when")),
                              .to = letters_of(visit, body),
                              .account = TEXT("")};
    const char *figure = figure_of(ret->when);
    const char *other = figure && strcmp(figure, "days") == 0 ? "permille" : "days";
    if (figure && !json_object_get(body, figure)) {
        say_field_wrong(visit, arena_format(&visit->arena, "/%s", figure),
                        "is needed: when to tell of it");
        return false;
    }
    if (json_object_get(body, other)) {
        say_field_wrong(visit, arena_format(&visit->arena, "/%s", other),
                        "is no figure of this alert");
        return false;
    }
    ret->n = figure ? body_u64(body, figure, 0) : 0;
    return true;
}

static void alert_add_answer(void *ctx, const struct ledger_answer *answer)
{
    alert_done(ctx, answer, 201, "alert");
}

struct alert_adding {
    struct visit *visit;
    struct alert_set in;
};

static void adding_go_on(struct alert_adding *adding)
{
    const struct account_act act = errand_account(adding->visit);
    ledger_alert_set(errand_of(adding->visit)->desk->plan.ledger, &act, &adding->in,
                     alert_add_answer, adding->visit);
}

static void alert_add_account(void *ctx, const struct ledger_answer *answer)
{
    struct alert_adding *adding = ctx;
    if (say_no(adding->visit, answer)) return;
    const struct account_view *view = answer->outcome;
    if (!view->mail_ok) say_refusal(adding->visit, REFUSAL_MAIL_UNCONFIRMED, NULL, 0);
    else adding_go_on(adding);
}

/* By mail it goes to who has made it: account -> set, for only a confirmed address is written
 * to. */
static void mail_check(struct alert_adding *adding)
{
    struct visit *visit = adding->visit;
    struct errand *errand = errand_of(visit);
    if (!mail_is_on(visit)) return;
    if (!errand->session) {
        say_refusal(visit, REFUSAL_MAIL_UNCONFIRMED, NULL, 0);
        return;
    }
    adding->in.account = text_of(errand->session->account);
    const struct account_get in = {.account = adding->in.account};
    ledger_account_get(errand->desk->plan.ledger, &in, alert_add_account, adding);
}

void alert_add(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct alert_adding *adding = arena_alloc(&visit->arena, sizeof *adding);
    if (!adding) say_fault(visit, FAULT_MEMORY);
    bool good = adding && rule_read(visit, body, &adding->in);
    json_decref(body);
    if (!good) return;
    adding->visit = visit;
    if (memchr(adding->in.to.at, 'm', adding->in.to.n)) mail_check(adding);
    else adding_go_on(adding);
}

static void alert_remove_answer(void *ctx, const struct ledger_answer *answer)
{
    alert_done(ctx, answer, 200, "alert");
}

void alert_remove(struct visit *visit)
{
    struct alert_of in;
    if (!alert_of_read(visit, "alert", &in)) return;
    const struct account_act act = errand_account(visit);
    ledger_alert_drop(errand_of(visit)->desk->plan.ledger, &act, &in, alert_remove_answer, visit);
}

/* ---- what was raised ------------------------------------------------------------------------- */

static void raised_put(struct json_out *out, const struct alert_raised *is)
{
    json_object_begin(out);
    fields_json_members(alert_raised_fields, alert_raised_fields_n, is, out);
    alert_thing_put(out, is->when, is->community, is->thing);
    json_object_end(out);
}

static void raised_list_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct alert_raised *list = answer->items;
    const struct who *who = &errand_of(visit)->who;
    uint64_t unseen = 0;
    CLEANUP(buf) struct buf body = BUF_MAX(MIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        unseen += !list[i].seen && who_may(who, ROLE_TRUST | ROLE_OPERATOR, list[i].community);
    json_u64_at(&out, "unseen", unseen);
    json_name(&out, "items");
    json_array_begin(&out);
    for (size_t i = 0; i < answer->items_n; i++)
        if (who_may(who, ROLE_TRUST | ROLE_OPERATOR, list[i].community))
            raised_put(&out, &list[i]);
    write_list_end(visit, &out, LIST_ENDS);
    say_json(visit, 200, &body);
}

void raised_list(struct visit *visit)
{
    ledger_raised(errand_of(visit)->desk->plan.ledger, visit_param(visit, "trust"),
                  raised_list_answer, visit);
}

static void raised_seen_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) say_people(ctx, 200, answer->outcome);
}

void raised_seen(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    const struct alert_of in = {visit_param(visit, "trust"), body_u64(body, "number", 0)};
    json_decref(body);
    const struct account_act act = errand_account(visit);
    ledger_raised_seen(errand_of(visit)->desk->plan.ledger, &act, &in, raised_seen_answer, visit);
}
