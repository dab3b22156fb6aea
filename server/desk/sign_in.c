/* sign_in.c -- the ways in that need no device: a code, a name and password, a link by mail.
 *
 * Each is a chain of steps that ends at the entrance (entrance.c). Whether somebody exists is told
 * to nobody: a name that nobody has takes the same work and gets the same words as a wrong
 * password, and asking for a link is answered alike for every address.
 *
 *     code:      redeem -> open -> entrance
 *     password:  find -> verify (in the pool) -> used -> entrance
 *     link:      new -> mail;  use -> entrance */
#include <ctype.h>

#include "entrance.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/ledger/codes.h"
#include "groundswell/ledger/ways_in.h"
#include "groundswell/people/password.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "ways.h"
#include "write.h"

/* ---- by code --------------------------------------------------------------------------------- */

struct joining {
    struct visit *visit;
    struct code_outcome said;
    char account[ACCOUNT_ID_SIZE + 1], resident[RESIDENT_ID_SIZE + 1];
    char hat[HAT_SIZE_MAX];
};

static void joined_write(void *ctx, struct json_out *out)
{
    const struct joining *joining = ctx;
    json_name(out, "joined");
    json_object_begin(out);
    json_text_at(out, "community", errand_of(joining->visit)->slug);
    json_text_at(out, "resident", text_of(joining->resident));
    json_u64_at(out, "seq", joining->said.seq);
    json_bool_at(out, "replayed", joining->said.replayed);
    json_bool_at(out, "recovered", joining->said.recovered);
    json_bool_at(out, "granted", joining->said.granted);
    json_object_end(out);
}

/* A letter comes from one community's officers, who could have it sent to themselves: to an account
 * that is more than a resident there it opens that one hat, and neither the others nor its keys. */
static bool opens_one_hat(const struct joining *joining, const struct account_view *view)
{
    const struct session *session = errand_of(joining->visit)->session;
    bool narrow = session && session->authenticated_s == 0;
    return (joining->said.recovered || narrow) && !text_is(view->hats, joining->hat);
}

static void sign_in_code_open_answer(void *ctx, const struct ledger_answer *answer)
{
    struct joining *joining = ctx;
    if (say_no(joining->visit, answer)) return;
    bool one = opens_one_hat(joining, answer->outcome);
    const struct entrance_plan plan = {.view = answer->outcome,
                                       .way = SESSION_BY_CODE,
                                       .only = one ? text_of(joining->hat) : TEXT_NONE,
                                       .more = joined_write,
                                       .ctx = joining};
    entrance_open(joining->visit, &plan);
}

static void sign_in_code_answer(void *ctx, const struct ledger_answer *answer)
{
    struct joining *joining = ctx;
    struct errand *errand = errand_of(joining->visit);
    if (say_no(joining->visit, answer)) return;
    joining->said = *(const struct code_outcome *)answer->outcome;
    snprintf(joining->account, sizeof joining->account, "%.*s", TEXT_ARGS(joining->said.account));
    snprintf(joining->resident, sizeof joining->resident, "%.*s",
             TEXT_ARGS(joining->said.resident));
    snprintf(joining->hat, sizeof joining->hat, "resident:%.*s:%s", TEXT_ARGS(errand->slug),
             joining->resident);
    const struct text hat = text_of(joining->hat);
    const struct account_open in = {
        .account = text_of(joining->account), .hats = &hat, .hats_n = 1};
    ledger_account_open(errand->desk->plan.ledger, &in, sign_in_code_open_answer, joining);
}

void sign_in_code(struct visit *visit)
{
    json_t *body = errand_body(visit);
    struct typed_code typed;
    if (!body) return;
    bool good = code_typed(visit, body, &typed);
    json_decref(body);
    if (!good) return;
    struct errand *errand = errand_of(visit);
    struct joining *joining = arena_alloc(&visit->arena, sizeof *joining);
    if (!joining) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    joining->visit = visit;
    ledger_account_id(joining->account);
    if (errand->session)
        memcpy(joining->account, errand->session->account, sizeof joining->account);
    errand->act.subject = errand->session ? text_of(joining->account) : TEXT("code");
    errand->act.epoch = errand->session ? errand->session->epoch : 0;
    const struct code_redeem in = {.serial = text_of(typed.serial),
                                   .hash = text_of(typed.hash),
                                   .address = text_of(typed.address),
                                   .account = text_of(joining->account),
                                   .resident = text_of(typed.resident)};
    ledger_code_redeem(errand->desk->plan.ledger, &errand->act, &in, sign_in_code_answer, joining);
}

/* ---- by name and password -------------------------------------------------------------------- */

struct knocking {
    struct visit *visit;
    char name_hash[HASH_TEXT_SIZE + 1];
    struct text password; /* in the arena; wiped once it is in the pool's hands */
    struct text account, phc;
};

void name_fold(struct text name, struct buf *out)
{
    name = text_trim(name);
    for (size_t i = 0; i < name.n; i++)
        buf_char(out, (char)tolower((unsigned char)name.at[i]));
}

bool name_hash_of(const struct desk *desk, struct text name, char ret[static HASH_TEXT_SIZE + 1])
{
    CLEANUP(buf) struct buf folded = BUF_MAX(KIB);
    name_fold(name, &folded);
    word_hash(desk, "sign-in name", buf_view(&folded), ret);
    return !buf_fault(&folded);
}

static void sign_in_password_used_answer(void *ctx, const struct ledger_answer *answer)
{
    struct knocking *knocking = ctx;
    if (say_no(knocking->visit, answer)) return;
    const struct entrance_plan plan = {.view = answer->outcome, .way = SESSION_BY_PASSWORD};
    entrance_open(knocking->visit, &plan);
}

static void sign_in_password_verified(void *ctx, enum fault no, bool matches)
{
    struct knocking *knocking = ctx;
    if (no && no != FAULT_FORMAT) {
        say_fault(knocking->visit, no);
        return;
    }
    if (!matches || knocking->account.n == 0) {
        say_refusal(knocking->visit, REFUSAL_SIGN_IN_FAILED, NULL, 0);
        return;
    }
    const struct password_used in = {.account = knocking->account,
                                     .name_hash = text_of(knocking->name_hash),
                                     .phc = knocking->phc};
    ledger_password_used(errand_of(knocking->visit)->desk->plan.ledger, &in,
                         sign_in_password_used_answer, knocking);
}

static void sign_in_password_answer(void *ctx, const struct ledger_answer *answer)
{
    struct knocking *knocking = ctx;
    struct visit *visit = knocking->visit;
    if (say_no(visit, answer)) return;
    const struct password_found *found = answer->outcome;
    knocking->account = arena_text(&visit->arena, found->account);
    knocking->phc = arena_text(&visit->arena, found->phc);
    enum fault no = password_verify(errand_of(visit)->desk->plan.passwords, knocking->password,
                                    knocking->phc, sign_in_password_verified, knocking);
    secret_wipe((char *)(uintptr_t)knocking->password.at, knocking->password.n);
    if (no == FAULT_BUSY) say_refusal(visit, REFUSAL_SERVER_BUSY, NULL, 0);
    else if (no) say_fault(visit, no);
}

void sign_in_password(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct desk *desk = errand_of(visit)->desk;
    struct knocking *knocking = arena_alloc(&visit->arena, sizeof *knocking);
    bool good = knocking && name_hash_of(desk, body_text(body, "name"), knocking->name_hash);
    if (good) knocking->password = arena_text(&visit->arena, body_text(body, "password"));
    json_decref(body);
    if (!good || !knocking->password.at) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    knocking->visit = visit;
    const struct password_find in = {.name_hash = text_of(knocking->name_hash)};
    ledger_password_find(desk->plan.ledger, &in, sign_in_password_answer, knocking);
}

/* ---- by link --------------------------------------------------------------------------------- */

struct linking {
    struct visit *visit;
    char secret[LINK_TEXT_SIZE + 1], hash[HASH_TEXT_SIZE + 1];
};

bool mail_is_on(struct visit *visit)
{
    if (errand_of(visit)->desk->plan.mail) return true;
    say_refusal(visit, REFUSAL_MAIL_OFF, NULL, 0);
    return false;
}

/* Its fields take the secret from behind the #, which no browser sends. */
static const char *link_page(const char *kind)
{
    if (strcmp(kind, "sign-in") == 0) return "sign-in/link";
    return strcmp(kind, "invitation") == 0 ? "me/invitation" : "me/mail/confirm";
}

enum fault link_mail(const struct desk *desk, const char *kind, struct text to, struct text lang,
                     const char *secret)
{
    CLEANUP(buf) struct buf place = BUF_MAX(4 * KIB);
    buf_format(&place, "%s/%s#%s", desk->public_url, link_page(kind), secret);
    if (buf_fault(&place)) return buf_fault(&place);
    const struct desk_mail mail = {.kind = kind, .to = to, .lang = lang, .link = buf_view(&place)};
    return desk->plan.mail(desk->plan.ctx, &mail);
}

bool mail_hash_of(const struct desk *desk, struct text mail, char ret[static HASH_TEXT_SIZE + 1])
{
    CLEANUP(buf) struct buf folded = BUF_MAX(KIB);
    name_fold(mail, &folded);
    word_hash(desk, "e-mail", buf_view(&folded), ret);
    return !buf_fault(&folded);
}

void say_on_its_way(struct visit *visit)
{
    CLEANUP(buf) struct buf body = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_text_at(&out, "detail",
                 TEXT("If this address can be used here, a link is on its way to it. It works "
                      "once, and for 15 minutes."));
    json_object_end(&out);
    say_json(visit, 202, &body);
}

/* That a mail could not be taken on is not told: it would tell that the address is known. */
static void sign_in_link_answer(void *ctx, const struct ledger_answer *answer)
{
    struct linking *linking = ctx;
    if (say_no(linking->visit, answer)) return;
    const struct link_outcome *outcome = answer->outcome;
    const struct desk *desk = errand_of(linking->visit)->desk;
    if (outcome->known &&
        link_mail(desk, "sign-in", outcome->mail, outcome->lang, linking->secret))
        log_error("desk", "a link could not be mailed");
    say_on_its_way(linking->visit);
}

void sign_in_link(struct visit *visit)
{
    char mail_hash[HASH_TEXT_SIZE + 1];
    json_t *body = mail_is_on(visit) ? errand_body(visit) : NULL;
    if (!body) return;
    struct desk *desk = errand_of(visit)->desk;
    struct linking *linking = arena_alloc(&visit->arena, sizeof *linking);
    bool good = linking && mail_hash_of(desk, body_text(body, "mail"), mail_hash);
    json_decref(body);
    if (!good) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    linking->visit = visit;
    link_draw(desk, linking->secret, linking->hash);
    const struct link_new in = {.mail_hash = text_of(mail_hash), .link = text_of(linking->hash)};
    ledger_link_new(desk->plan.ledger, &in, sign_in_link_answer, linking);
}

static void sign_in_link_use_answer(void *ctx, const struct ledger_answer *answer)
{
    if (say_no(ctx, answer)) return;
    const struct entrance_plan plan = {.view = answer->outcome, .way = SESSION_BY_LINK};
    entrance_open(ctx, &plan);
}

void sign_in_link_use(struct visit *visit)
{
    char hash[HASH_TEXT_SIZE + 1];
    json_t *body = errand_body(visit);
    if (!body) return;
    const struct desk *desk = errand_of(visit)->desk;
    link_hash(desk, body_text(body, "link"), hash);
    json_decref(body);
    const struct link_act in = {.link = text_of(hash)};
    ledger_link_use(desk->plan.ledger, &in, sign_in_link_use_answer, visit);
}
