/* me_ways.c -- changing how one gets in: a name and password, a mail address.
 *
 * Each wants who is signed in to have proved it within ten minutes. A sign-in name is a word of the
 * person's own and four digits of ours, so that nobody learns from a refusal which names exist.
 *
 *     password:  get -> hash (in the pool) -> set, and again with other digits where they are taken
 *     mail:      set -> mail the link;  confirm */
#include "entrance.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/ledger/ways_in.h"
#include "groundswell/people/password.h"
#include "handlers.h"
#include "people.h"
#include "say.h"
#include "ways.h"
#include "write.h"

#define DRAWS_MAX 8
#define NAME_SIZE 64

/* ---- name and password ----------------------------------------------------------------------- */

struct choosing {
    struct visit *visit;
    struct text word, password, phc;
    char name[NAME_SIZE], name_hash[HASH_TEXT_SIZE + 1];
    bool kept; /* the name that the account has already */
    unsigned draws;
};

static void choosing_ask(struct choosing *choosing);

static void me_password_set_answer(void *ctx, const struct ledger_answer *answer)
{
    struct choosing *choosing = ctx;
    if (answer->refusal == REFUSAL_NAME_TAKEN && !choosing->kept &&
        ++choosing->draws < DRAWS_MAX) {
        choosing_ask(choosing);
        return;
    }
    if (say_no(choosing->visit, answer)) return;
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_text_at(&out, "name", ((const struct account_view *)answer->outcome)->name);
    json_object_end(&out);
    say_json(choosing->visit, 200, &body);
}

/* 10,000 divides no power of two, but four digits that are no secret need not be fair. */
static unsigned digits_draw(void)
{
    uint32_t random;
    secret_random(&random, sizeof random);
    return random % 10000;
}

/* Another draw is another request to the ledger: its key is not that of the first. */
static void choosing_ask(struct choosing *choosing)
{
    const struct desk *desk = errand_of(choosing->visit)->desk;
    struct account_act act = errand_account(choosing->visit);
    if (!choosing->kept)
        snprintf(choosing->name, sizeof choosing->name, "%.*s%04u", TEXT_ARGS(choosing->word),
                 digits_draw());
    act.key_hash[0] = (uint8_t)(act.key_hash[0] + choosing->draws);
    if (!name_hash_of(desk, text_of(choosing->name), choosing->name_hash)) {
        say_fault(choosing->visit, FAULT_LIMIT);
        return;
    }
    const struct password_set in = {.name = text_of(choosing->name),
                                    .name_hash = text_of(choosing->name_hash),
                                    .phc = choosing->phc};
    ledger_password_set(desk->plan.ledger, &act, &in, me_password_set_answer, choosing);
}

static void me_password_hashed(void *ctx, enum fault no, struct text phc)
{
    struct choosing *choosing = ctx;
    if (!no) choosing->phc = arena_text(&choosing->visit->arena, phc);
    if (no || !choosing->phc.at) say_fault(choosing->visit, no ? no : FAULT_MEMORY);
    else choosing_ask(choosing);
}

static void me_password_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct choosing *choosing = ctx;
    struct visit *visit = choosing->visit;
    if (say_no(visit, answer)) return;
    const struct account_view *view = answer->outcome;
    choosing->kept = choosing->word.n == 0 && view->name.n > 0;
    if (choosing->kept)
        snprintf(choosing->name, sizeof choosing->name, "%.*s", TEXT_ARGS(view->name));
    else if (choosing->word.n == 0) choosing->word = TEXT("resident");
    struct text name = choosing->kept ? view->name : choosing->word;
    enum password_rule rule = password_judge(choosing->password, name);
    enum fault no = FAULT_NONE;
    if (rule == PASSWORD_GOOD)
        no = password_hash(errand_of(visit)->desk->plan.passwords, choosing->password,
                           me_password_hashed, choosing);
    secret_wipe((char *)(uintptr_t)choosing->password.at, choosing->password.n);
    if (rule != PASSWORD_GOOD) say_field_wrong(visit, "/password", "%s", password_sentence(rule));
    else if (no == FAULT_BUSY) say_refusal(visit, REFUSAL_SERVER_BUSY, NULL, 0);
    else if (no) say_fault(visit, no);
}

void me_password_set(struct visit *visit)
{
    json_t *body = is_fresh(visit) ? errand_body(visit) : NULL;
    if (!body) return;
    struct errand *errand = errand_of(visit);
    struct choosing *choosing = arena_alloc(&visit->arena, sizeof *choosing);
    struct text word = body_text(body, "name");
    if (choosing) {
        choosing->visit = visit;
        choosing->word = arena_text(&visit->arena, word.at ? word : TEXT(""));
        choosing->password = arena_text(&visit->arena, body_text(body, "password"));
    }
    json_decref(body);
    if (!choosing || !choosing->word.at || !choosing->password.at) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    const struct account_get in = {.account = text_of(errand->session->account)};
    ledger_account_get(errand->desk->plan.ledger, &in, me_password_get_answer, choosing);
}

/* ---- mail ------------------------------------------------------------------------------------ */

struct mailing {
    struct visit *visit;
    struct text to;
    char secret[LINK_TEXT_SIZE + 1], hash[HASH_TEXT_SIZE + 1];
};

static void me_mail_set_answer(void *ctx, const struct ledger_answer *answer)
{
    struct mailing *mailing = ctx;
    if (say_no(mailing->visit, answer)) return;
    const struct account_view *view = answer->outcome;
    enum fault no = link_mail(errand_of(mailing->visit)->desk, "mail-confirm", mailing->to,
                              view->lang, mailing->secret);
    if (no) say_fault(mailing->visit, no);
    else say_on_its_way(mailing->visit);
}

void me_mail_set(struct visit *visit)
{
    char mail_hash[HASH_TEXT_SIZE + 1];
    json_t *body = mail_is_on(visit) && is_fresh(visit) ? errand_body(visit) : NULL;
    if (!body) return;
    const struct desk *desk = errand_of(visit)->desk;
    struct mailing *mailing = arena_alloc(&visit->arena, sizeof *mailing);
    struct text to = text_trim(body_text(body, "mail"));
    bool good = mailing && mail_hash_of(desk, to, mail_hash);
    if (good) mailing->to = arena_text(&visit->arena, to);
    json_decref(body);
    if (!good || !mailing->to.at) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    mailing->visit = visit;
    link_draw(desk, mailing->secret, mailing->hash);
    const struct account_act act = errand_account(visit);
    const struct mail_set in = {.mail = mailing->to,
                                .mail_hash = text_of(mail_hash),
                                .link = text_of(mailing->hash)};
    ledger_mail_set(desk->plan.ledger, &act, &in, me_mail_set_answer, mailing);
}

void me_mail_confirm(struct visit *visit)
{
    char hash[HASH_TEXT_SIZE + 1];
    json_t *body = errand_body(visit);
    if (!body) return;
    const struct desk *desk = errand_of(visit)->desk;
    const struct account_act act = errand_account(visit);
    link_hash(desk, body_text(body, "link"), hash);
    json_decref(body);
    const struct link_act in = {.link = text_of(hash)};
    ledger_mail_confirm(desk->plan.ledger, &act, &in, me_changed, visit);
}
