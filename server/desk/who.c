/* who.c -- who comes: decided here, and nowhere else.
 *
 * Somebody shows one of three things: a bearer token, a program's key (a bearer too), or the cookie
 * of a session. A token and a key are one hat; a person who is signed in has several, and wears the
 * one that fits the row and the community. All are checked in C without asking anyone; that none
 * has been signed out since is known from the followed stream (ends.c) and checked by the ledger in
 * the same call as the act. A browser sends a cookie by itself, so that a write with one must come
 * from our own page and carry the session's token. */
#include "who.h"

#include "cookie.h"
#include "ends.h"
#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/people/program_key.h"
#include "routes.h"
#include "say.h"

static struct text roles_say(struct visit *visit, unsigned roles)
{
    CLEANUP(buf) struct buf out = BUF_MAX(KIB);
    for (unsigned role = ROLE_RESIDENT; role <= ROLE_PROVIDER; role <<= 1) {
        if (!(roles & role)) continue;
        if (out.len > 0) buf_cstr(&out, ", ");
        buf_cstr(&out, role_name((enum role)role));
    }
    if (roles & WHO_PERSON) buf_cstr(&out, "a person who is signed in");
    return arena_text(&visit->arena, buf_view(&out));
}

static void say_not_allowed(struct visit *visit, struct text role)
{
    SAY_REFUSAL(visit, REFUSAL_NOT_ALLOWED, {"allowed", roles_say(visit, visit->route->who)},
                {"role", role});
}

/* ---- tokens and keys ------------------------------------------------------------------------- */

/* The operator's own key needs no second person; everybody else has a word. That of a program says
 * so, for it is no person of two: a member makes the key for themselves. */
static void person_of_bearer(struct errand *errand, bool program)
{
    const struct who *who = &errand->who;
    if (who->role == ROLE_OPERATOR && who->expires_s == 0) return;
    snprintf(errand->person, sizeof errand->person, "%c:%s:%s", program ? 'k' : 't',
             role_name(who->role), who->subject);
}

static bool bearer_read(struct visit *visit, struct errand *errand)
{
    const struct desk *desk = errand->desk;
    const struct token_keys *keys = &desk->plan.keys->tokens;
    struct text shown = visit_field(visit, "Authorization"), key_mark = TEXT("Bearer gsk_");
    uint64_t now_s = clock_wall_ms() / 1000;
    bool program = text_starts(shown, key_mark);
    enum token_verdict verdict = TOKEN_MALFORMED;
    if (visit_field_repeats(visit, "Authorization")) {
        verdict = TOKEN_MALFORMED;
    } else if (program) {
        struct program_key key;
        shown = (struct text){shown.at + 7, shown.n - 7};
        verdict = program_key_verify(keys, shown, now_s, &key);
        if (verdict == TOKEN_GOOD && !ends_are_known(desk->ends)) {
            say_refusal(visit, REFUSAL_LEDGER_AWAY, NULL, 0);
            return false;
        }
        if (verdict == TOKEN_GOOD && ends_hold_key(desk->ends, key.id)) verdict = TOKEN_EXPIRED;
        if (verdict == TOKEN_GOOD) errand->who = key.who;
    } else {
        verdict = who_from_bearer(keys, shown, now_s, &errand->who);
    }
    visit->who = role_name(errand->who.role);
    if (verdict == TOKEN_GOOD) {
        person_of_bearer(errand, program);
        return true;
    }
    say_refusal(visit, REFUSAL_TOKEN_INVALID, NULL, 0);
    return false;
}

/* A row for an organisation's own people: theirs is the one that the path names, under whichever
 * of its names. */
static bool org_fits(struct visit *visit, const struct who *who)
{
    const struct route_match *match = &visit->match;
    if (!(visit->route->who & WHO_ORG) || who_may(who, ROLE_OPERATOR, TEXT_NONE)) return true;
    for (size_t i = 0; i < match->params_n; i++) {
        const struct text name = {match->params[i].name, match->params[i].name_n};
        if (text_is(name, "org") || text_is(name, "trust"))
            return text_is(match->params[i].value, who->subject);
    }
    return false;
}

static bool bearer_judge(struct visit *visit, struct errand *errand)
{
    unsigned roles = visit->route->who & WHO_ROLES;
    if (!(errand->who.role & roles)) {
        say_not_allowed(visit, text_of(role_name(errand->who.role)));
    } else if (errand->slug.at && !who_may(&errand->who, roles, errand->slug)) {
        say_refusal(visit, REFUSAL_WRONG_COMMUNITY, NULL, 0);
    } else if (!org_fits(visit, &errand->who)) {
        say_refusal(visit, REFUSAL_NOT_YOUR_ORGANISATION, NULL, 0);
    } else {
        return true;
    }
    return false;
}

/* ---- sessions -------------------------------------------------------------------------------- */

static bool say_session_over(struct visit *visit, enum refusal refusal)
{
    if (cookie_clear(visit)) log_error("desk", "an answer's headers are full");
    say_refusal(visit, refusal, NULL, 0);
    return false;
}

/* True when the session is good. False: the visit is answered. */
static bool session_read(struct visit *visit, struct errand *errand, uint64_t now_s)
{
    const struct ends *ends = errand->desk->ends;
    errand->session = arena_alloc(&visit->arena, sizeof *errand->session);
    if (!errand->session) {
        say_fault(visit, FAULT_MEMORY);
        return false;
    }
    switch (cookie_read(visit, errand->desk, now_s, errand->session)) {
    case SESSION_GOOD: break;
    case SESSION_IDLE:
    case SESSION_EXPIRED: return say_session_over(visit, REFUSAL_SESSION_EXPIRED);
    case SESSION_ABSENT:
    case SESSION_MALFORMED:
    case SESSION_FORGED: return say_session_over(visit, REFUSAL_SESSION_INVALID);
    }
    if (!ends_are_known(ends)) {
        say_refusal(visit, REFUSAL_LEDGER_AWAY, NULL, 0);
        return false;
    }
    if (ends_hold(ends, errand->session)) return say_session_over(visit, REFUSAL_SIGNED_OUT);
    snprintf(errand->person, sizeof errand->person, "a:%s", errand->session->account);
    visit->who = "person";
    return true;
}

/* A write by cookie comes from our own page, with the session's token in a header: neither a form
 * nor a script of another site can do both. */
static bool page_is_ours(struct visit *visit, const struct errand *errand)
{
    const struct desk *desk = errand->desk;
    if (visit->route->method == METHOD_GET) return true;
    if (!origin_is_ours(visit, desk, false)) {
        say_refusal(visit, REFUSAL_ORIGIN_WRONG, NULL, 0);
    } else if (visit_field_repeats(visit, "Groundswell-Csrf") ||
               !session_csrf_is(&desk->plan.keys->tokens, errand->session,
                                visit_field(visit, "Groundswell-Csrf"))) {
        say_refusal(visit, REFUSAL_CSRF_WRONG, NULL, 0);
    } else {
        return true;
    }
    return false;
}

/* Signed anew now and then, so that idling can be told from use. */
static bool renew(struct visit *visit, struct errand *errand, uint64_t now_s)
{
    struct session *session = errand->session;
    if (visit->route->who & WHO_ENTERING) return true; /* begins another */
    if (!session_wants_renewal(session, &errand->desk->plan.sessions, now_s)) return true;
    session->seen_s = now_s;
    enum fault no = cookie_set(visit, errand->desk, session);
    if (no) say_fault(visit, no);
    return !no;
}

static void wear(struct errand *errand, const struct hat *hat)
{
    errand->who = (struct who){.role = hat->role, .epoch = hat->epoch};
    snprintf(errand->who.scope, sizeof errand->who.scope, "%s", hat->scope);
    snprintf(errand->who.subject, sizeof errand->who.subject, "%s", hat->subject);
}

/* Where no community is in the path the handler judges for which one it is. */
static bool hat_fits(struct visit *visit, const struct errand *errand, const struct hat *hat)
{
    struct who who = {.role = hat->role};
    snprintf(who.scope, sizeof who.scope, "%s", hat->scope);
    snprintf(who.subject, sizeof who.subject, "%s", hat->subject);
    if (!(hat->role & visit->route->who)) return false;
    if (errand->slug.at && !who_may(&who, hat->role, errand->slug)) return false;
    return org_fits(visit, &who);
}

/* The hat for this row; without one it is said what is missing. */
static bool session_judge(struct visit *visit, struct errand *errand)
{
    const struct session *session = errand->session;
    unsigned worn = 0, roles = visit->route->who & WHO_ROLES;
    if (roles == 0) return true;
    if (errand->slug.at && session_hat(session, roles, errand->slug, &errand->who)) {
        if (org_fits(visit, &errand->who)) return true;
    }
    for (size_t i = 0; i < session->hats_n; i++) {
        worn |= session->hats[i].role;
        if (!hat_fits(visit, errand, &session->hats[i])) continue;
        wear(errand, &session->hats[i]);
        return true;
    }
    errand->who = (struct who){0};
    if (!(worn & roles)) {
        struct text names = roles_say(visit, worn);
        say_not_allowed(visit, names.n > 0 ? names : TEXT("a person without a role"));
    } else {
        say_refusal(visit,
                    errand->slug.at ? REFUSAL_WRONG_COMMUNITY : REFUSAL_NOT_YOUR_ORGANISATION, NULL,
                    0);
    }
    return false;
}

/* ---- the door -------------------------------------------------------------------------------- */

static bool by_bearer(struct visit *visit, struct errand *errand)
{
    if (cookie_is_there(visit)) {
        say_refusal(visit, REFUSAL_SHOWN_TWICE, NULL, 0);
        return false;
    }
    return bearer_read(visit, errand) && bearer_judge(visit, errand);
}

static bool by_cookie(struct visit *visit, struct errand *errand)
{
    uint64_t now_s = clock_wall_ms() / 1000;
    return session_read(visit, errand, now_s) && page_is_ours(visit, errand) &&
           session_judge(visit, errand) && renew(visit, errand, now_s);
}

/* Signing in: who is signed in already may be; a bearer has no business here. A cookie that is good
 * no more is no reason to keep somebody out: it is why they come. */
static bool at_entrance(struct visit *visit, struct errand *errand)
{
    struct session session;
    uint64_t now_s = clock_wall_ms() / 1000;
    if (visit_field(visit, "Authorization").at) {
        say_refusal(visit, REFUSAL_SHOWN_TWICE, NULL, 0);
        return false;
    }
    if (!origin_is_ours(visit, errand->desk, true)) {
        say_refusal(visit, REFUSAL_ORIGIN_WRONG, NULL, 0);
        return false;
    }
    if (!ends_are_known(errand->desk->ends)) {
        say_refusal(visit, REFUSAL_LEDGER_AWAY, NULL, 0);
        return false;
    }
    if (cookie_read(visit, errand->desk, now_s, &session) != SESSION_GOOD ||
        ends_hold(errand->desk->ends, &session))
        return true;
    return session_read(visit, errand, now_s) && page_is_ours(visit, errand);
}

/* Anyone may; the handler tells who is more than that. A bearer must be good, for a program should
 * hear that its own is not; a cookie that is not is as none. */
static bool known_or_not(struct visit *visit, struct errand *errand)
{
    uint64_t now_s = clock_wall_ms() / 1000;
    const struct ends *ends = errand->desk->ends;
    bool cookie = cookie_is_there(visit), bearer = visit_field(visit, "Authorization").at != NULL;
    if (cookie && bearer) {
        say_refusal(visit, REFUSAL_SHOWN_TWICE, NULL, 0);
        return false;
    }
    if (bearer) return bearer_read(visit, errand);
    if (!cookie || !ends_are_known(ends)) return true;
    struct session *session = arena_alloc(&visit->arena, sizeof *session);
    if (session && cookie_read(visit, errand->desk, now_s, session) == SESSION_GOOD &&
        !ends_hold(ends, session))
        errand->session = session;
    return true;
}

bool who_decide(struct visit *visit, struct errand *errand)
{
    unsigned who = visit->route->who;
    if (who == ROLE_NONE) return true;
    if (who & WHO_KNOWN) return known_or_not(visit, errand);
    if (who & WHO_ENTERING) return at_entrance(visit, errand);
    if (visit_field(visit, "Authorization").at) return by_bearer(visit, errand);
    if (cookie_is_there(visit)) return by_cookie(visit, errand);
    say_refusal(visit, REFUSAL_SIGN_IN_NEEDED, NULL, 0);
    return false;
}
