/* entrance.c -- what follows when somebody has proved who they are, in whatever way.
 *
 * A session is always begun anew: no id is carried over from before (OWASP ASVS 5.0, 7.2.4), and
 * the one that was there ends. A resident's hat carries the epoch of their row, which is asked for
 * in each of their communities, one question a step; whoever is a resident no more loses the hat.
 *
 * A session with one hat only is that of somebody whom a community's new letter has brought back to
 * an account that has more. Its time of authentication is 0: it is never fresh, and stays narrow
 * until another way in is used (is_whole() in people.c).
 *
 *     hats -> goodbye -> say */
#include "entrance.h"

#include "cookie.h"
#include "people.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/secret.h"
#include "say.h"

struct entrance {
    struct visit *visit;
    struct entrance_plan plan;
    struct account_view view;
    struct session session;
    struct text hats; /* still to be looked at */
    struct hat hat;   /* being looked at */
};

static const char *way_of(const struct session *session)
{
    return session_way_name(session->way);
}

static void hat_write(struct json_out *out, const struct hat *hat)
{
    json_object_begin(out);
    json_text_at(out, "role", text_of(role_name(hat->role)));
    json_text_at(out, "community", text_of(hat->scope));
    json_text_at(out, "subject", text_of(hat->subject));
    json_object_end(out);
}

void account_write(struct visit *visit, struct json_out *out, const struct account_view *view,
                   const struct session *session)
{
    const struct desk_plan *plan = &errand_of(visit)->desk->plan;
    char csrf[SESSION_CSRF_SIZE + 1];
    session_csrf(&plan->keys->tokens, session, csrf);
    fields_json_members(account_view_fields, account_view_fields_n, view, out);
    json_name(out, "hats");
    json_array_begin(out);
    for (size_t i = 0; i < session->hats_n; i++)
        hat_write(out, &session->hats[i]);
    json_array_end(out);
    json_name(out, "session");
    json_object_begin(out);
    json_text_at(out, "way", text_of(way_of(session)));
    json_text_at(out, "csrf", text_of(csrf));
    write_stamp(out, "started", session->started_s * 1000);
    write_stamp(out, "authenticated", session->authenticated_s * 1000);
    write_stamp(out, "expires", (session->started_s + plan->sessions.whole_s) * 1000);
    json_object_end(out);
}

static void entrance_say(struct entrance *entrance)
{
    struct visit *visit = entrance->visit;
    CLEANUP(buf) struct buf body = BUF_MAX(32 * KIB);
    struct json_out out = JSON_OUT(&body);
    enum fault no = cookie_set(visit, errand_of(visit)->desk, &entrance->session);
    if (no) {
        say_fault(visit, no);
        return;
    }
    json_object_begin(&out);
    account_write(visit, &out, &entrance->view, &entrance->session);
    if (entrance->plan.more) entrance->plan.more(entrance->plan.ctx, &out);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

/* Whether the old session could be ended or was over already: the new one begins. */
static void goodbye_answer(void *ctx, const struct ledger_answer *answer)
{
    struct entrance *entrance = ctx;
    if (answer->fault) say_fault(entrance->visit, answer->fault);
    else entrance_say(entrance);
}

static void entrance_goodbye(struct entrance *entrance)
{
    struct errand *errand = errand_of(entrance->visit);
    const struct session *old = errand->session;
    CLEANUP(buf) struct buf id = BUF_MAX(KIB);
    if (!old) {
        entrance_say(entrance);
        return;
    }
    encode_base64url(&id, old->id, sizeof old->id);
    const struct account_act act = {.account = text_of(old->account), .epoch = old->epoch};
    const struct session_end in = {.session = buf_view(&id),
                                   .until_s = sessions_over_s(errand->desk)};
    if (buf_fault(&id)) say_fault(entrance->visit, buf_fault(&id));
    else ledger_sign_out(errand->desk->plan.ledger, &act, &in, goodbye_answer, entrance);
}

static void entrance_hats(struct entrance *entrance);

static void hat_answer(void *ctx, const struct ledger_answer *answer)
{
    struct entrance *entrance = ctx;
    if (answer->fault) {
        say_fault(entrance->visit, answer->fault);
        return;
    }
    if (answer->outcome) {
        entrance->hat.epoch = ((const struct resident_view *)answer->outcome)->epoch;
        enum fault no = session_add_hat(&entrance->session, &entrance->hat);
        if (no) {
            say_fault(entrance->visit, no);
            return;
        }
    }
    entrance_hats(entrance);
}

static bool hat_read(const struct account_hat *from, struct hat *ret)
{
    *ret = (struct hat){0};
    if (from->scope.n > SLUG_MAX || from->subject.n > SUBJECT_MAX) return false;
    snprintf(ret->scope, sizeof ret->scope, "%.*s", TEXT_ARGS(from->scope));
    snprintf(ret->subject, sizeof ret->subject, "%.*s", TEXT_ARGS(from->subject));
    return role_parse(from->role, &ret->role);
}

/* Takes hats on, until one must be asked about. */
static void entrance_hats(struct entrance *entrance)
{
    struct account_hat next;
    struct ledger *ledger = errand_of(entrance->visit)->desk->plan.ledger;
    while (account_hat_cut(&entrance->hats, &next)) {
        if (!hat_read(&next, &entrance->hat)) continue;
        if (entrance->hat.role == ROLE_RESIDENT) {
            ledger_resident_view(ledger, text_of(entrance->hat.scope),
                                 text_of(entrance->hat.subject), hat_answer, entrance);
            return;
        }
        entrance->hat.epoch = entrance->session.authenticated_s * 1000;
        enum fault no = session_add_hat(&entrance->session, &entrance->hat);
        if (no) {
            say_fault(entrance->visit, no);
            return;
        }
    }
    entrance_goodbye(entrance);
}

/* The view's texts in the visit's arena; false: memory was short. */
static bool view_keep(struct arena *arena, struct account_view *view)
{
    struct text *const texts[] = {&view->account, &view->hats, &view->lang, &view->name,
                                  &view->mail};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = arena_text(arena, texts[i]->at ? *texts[i] : TEXT(""));
        if (!texts[i]->at) return false;
    }
    return true;
}

void entrance_open(struct visit *visit, const struct entrance_plan *plan)
{
    const struct session *old = errand_of(visit)->session;
    struct entrance *entrance = arena_alloc(&visit->arena, sizeof *entrance);
    if (entrance) *entrance = (struct entrance){.visit = visit, .plan = *plan, .view = *plan->view};
    if (!entrance || !view_keep(&visit->arena, &entrance->view)) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    session_begin(&entrance->session, entrance->view.account, entrance->view.epoch, plan->way,
                  clock_wall_ms() / 1000);
    if (plan->not_anew && old) {
        entrance->session.way = old->way;
        entrance->session.authenticated_s = old->authenticated_s;
    }
    if (plan->only.at) entrance->session.authenticated_s = 0;
    entrance->hats = plan->only.at ? plan->only : entrance->view.hats;
    entrance_hats(entrance);
}
