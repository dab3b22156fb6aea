/* notices.c -- what somebody should know of a community: read, seen, wanted by mail or not.
 *
 * Who reads sees with the eyes of the hat that they wear there: a resident by their pledges, a
 * clerk by their body, an officer for the trust. Mail is for who is signed in with an account, for
 * an address is an account's; it ends by one click on the link in each mail, which needs nobody to
 * be signed in (RFC 8058): the link carries a seal of the place and the person. */
#include "groundswell/ledger/notices.h"

#include "audit.h"
#include "errand.h"
#include "groundswell/base/secret.h"
#include "groundswell/desk/notice_say.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "ways.h"
#include "write.h"

struct eyes {
    struct text who, role, body;
};

static struct eyes eyes_of(const struct errand *errand)
{
    const struct who *who = &errand->who;
    if (who->role == ROLE_RESIDENT)
        return (struct eyes){text_of(who->subject), TEXT("resident"), TEXT("")};
    struct text person = errand->person[0] ? text_of(errand->person) : TEXT("operator");
    struct text body = errand_clerk_of(errand);
    return (struct eyes){person, body.n > 0 ? TEXT("clerk") : TEXT("trust"), body};
}

/* ---- reading --------------------------------------------------------------------------------- */

static void notice_write(struct json_out *out, const struct notice_item *item, struct text lang)
{
    json_object_begin(out);
    fields_json_members(notice_item_fields, notice_item_fields_n, item, out);
    json_text_at(out, "says", notice_say(item, lang));
    json_object_end(out);
}

static void notices_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct notices_page *page = answer->outcome;
    const struct notice_item *items = answer->items;
    if (errand_of(visit)->who.role == ROLE_RESIDENT && signed_out(visit, page->epoch)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(SAY_MAX);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_bool_at(&out, "mail", page->mail);
    json_name(&out, "items");
    json_array_begin(&out);
    struct text lang = visit_query(visit, "lang", NULL);
    for (size_t i = 0; i < answer->items_n; i++)
        notice_write(&out, &items[i], lang);
    write_list_end(visit, &out, page->next > 0 ? page->next : LIST_ENDS);
    say_json(visit, 200, &body);
}

void notices_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!page_read(visit, NOTICES_MAX, &errand->page)) return;
    const struct eyes eyes = eyes_of(errand);
    const struct notice_reader reader = {.who = eyes.who,
                                         .role = eyes.role,
                                         .body = eyes.body,
                                         .before = errand->page.after,
                                         .limit = errand->page.limit};
    ledger_notices(errand->desk->plan.ledger, errand->slug, &reader, notices_get_answer, visit);
}

void notices_seen(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const struct eyes eyes = eyes_of(errand);
    const struct notices_seen in = {eyes.who, eyes.role, eyes.body, body_u64(body, "seq", 0)};
    json_decref(body);
    errand_act(visit);
    ledger_notices_seen(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

/* ---- by mail --------------------------------------------------------------------------------- */

static void mail_set(struct visit *visit, bool on)
{
    struct errand *errand = errand_of(visit);
    const struct eyes eyes = eyes_of(errand);
    const struct mailing_set in = {.who = eyes.who,
                                   .role = eyes.role,
                                   .body = eyes.body,
                                   .account = on ? text_of(errand->session->account) : TEXT(""),
                                   .on = on};
    errand_act(visit);
    ledger_mailing_set(errand->desk->plan.ledger, &errand->act, &in, say_done, visit);
}

static void notices_mail_account(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct account_view *view = answer->outcome;
    if (!view->mail_ok) say_refusal(visit, REFUSAL_MAIL_UNCONFIRMED, NULL, 0);
    else mail_set(visit, true);
}

/* On: account -> set, for only a confirmed address is written to. */
void notices_mail_put(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    bool on = json_is_true(json_object_get(body, "on"));
    json_decref(body);
    struct errand *errand = errand_of(visit);
    if (!on) {
        mail_set(visit, false);
        return;
    }
    if (!mail_is_on(visit)) return;
    if (!errand->session) {
        say_refusal(visit, REFUSAL_MAIL_UNCONFIRMED, NULL, 0);
        return;
    }
    const struct account_get in = {.account = text_of(errand->session->account)};
    ledger_account_get(errand->desk->plan.ledger, &in, notices_mail_account, visit);
}

/* ---- the link that ends them ----------------------------------------------------------------- */

void notice_seal(const struct people_keys *keys, struct text slug, struct text who,
                 char ret[static NOTICE_SEAL_SIZE + 1])
{
    uint8_t hash[PEOPLE_HASH_SIZE];
    CLEANUP(buf) struct buf words = BUF_MAX(KIB);
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB);
    buf_format(&words, "%.*s %.*s", TEXT_ARGS(slug), TEXT_ARGS(who));
    people_hash(keys, "no more notices", buf_view(&words), hash);
    encode_hex(&hex, hash, sizeof hash);
    INVARIANT(!buf_fault(&words) && !buf_fault(&hex) && hex.len == NOTICE_SEAL_SIZE);
    memcpy(ret, hex.data, NOTICE_SEAL_SIZE + 1);
}

/* Whom the link is for; TEXT_NONE where its seal is not ours: then the visit is answered. */
static struct text stop_who(struct visit *visit)
{
    char right[NOTICE_SEAL_SIZE + 1] = "";
    const struct errand *errand = errand_of(visit);
    struct text who = visit_query(visit, "who", NULL), seal = visit_query(visit, "seal", NULL);
    bool whole = who.n > 0 && who.n <= 128 && seal.n == NOTICE_SEAL_SIZE;
    if (whole) notice_seal(errand->desk->plan.keys, errand->slug, who, right);
    if (whole && secret_equal(right, seal.at, NOTICE_SEAL_SIZE)) return who;
    say_refusal(visit, REFUSAL_LINK_UNKNOWN, NULL, 0);
    return TEXT_NONE;
}

struct stopping {
    const struct parts *parts;
    bool done;
};

static bool stop_fill(void *ctx, struct text name, struct buf *out)
{
    const struct stopping *stopping = ctx;
    if (text_is(name, "style")) buf_cstr(out, stopping->parts->at[PART_STOP_STYLE].name);
    else if (text_is(name, "icon")) buf_cstr(out, stopping->parts->at[PART_ICON].name);
    else if (text_is(name, "asks")) buf_cstr(out, stopping->done ? "hidden" : "");
    else if (text_is(name, "done")) buf_cstr(out, stopping->done ? "" : "hidden");
    else return false;
    return true;
}

static void stop_say(struct visit *visit, bool done)
{
    struct stopping stopping = {&errand_of(visit)->desk->parts, done};
    CLEANUP(buf) struct buf body = BUF_MAX(16 * KIB);
    enum fault no = html_render(&body, web_file("notices/stop.html"), stop_fill, &stopping);
    if (!no) no = visit_header(visit, "Content-Security-Policy", TEXT(PAGE_POLICY));
    if (!no) no = visit_header(visit, "Cache-Control", TEXT("no-store"));
    if (no) say_fault(visit, no);
    else visit_answer(visit, 200, "text/html; charset=utf-8", buf_view(&body));
}

/* Asks, for a program that looks at links beforehand must not end anything. */
void notices_stop_page(struct visit *visit)
{
    if (stop_who(visit).at) stop_say(visit, false);
}

static void notices_stop_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) stop_say(ctx, true);
}

void notices_stop(struct visit *visit)
{
    struct text who = stop_who(visit);
    const struct errand *errand = errand_of(visit);
    if (who.at)
        ledger_mailing_stop(errand->desk->plan.ledger, errand->slug, who, notices_stop_answer,
                            visit);
}
