/* notifier.c -- see notifier.h. One walk:
 *
 *   communities, page by page; of each, page by page, who may be mailed now (`mailing`)
 *   notices   what is new to the person; nothing: the next one
 *   claim     or another process has it
 *   account   the address, if it is still confirmed, and the language
 *   mail      until the server has taken it or it was given up
 *   done      what came of it: they know now, or it rests for a while
 *
 * One question at a time, so that a thousand letters delay no pledge. A community is walked when
 * it has a new event, or else once a minute, for letters that rested. */
#include "groundswell/keeper/notifier.h"

#include <string.h>
#include <uthash.h>

#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/io/loop.h"
#include "groundswell/ledger/accounts.h"
#include "groundswell/post/mail.h"

#define REST_MS 5000
#define AGAIN_MS 60000
#define SLUGS_PAGE 100
#define ROWS_ASKED 50
#define ROWS_MAX 1024 /* a scan gives a small hash whole */
#define LETTER_ITEMS 20
#define WORD_MAX 32

static struct metric mailed = METRIC(METRIC_COUNTER, "groundswell_notices_mailed_total",
                                     "Letters with notices that a mail server took.", NULL);
static struct metric unmailed = METRIC(METRIC_COUNTER, "groundswell_notices_not_mailed_total",
                                       "Letters with notices that failed for now.", NULL);

struct row {
    char who[129], role[WORD_MAX], body[WORD_MAX + 1], account[65];
    uint64_t told_ms;
};

struct known {
    char slug[SLUG_MAX + 1];
    char newest[24];
    uint64_t looked_ms;
    UT_hash_handle hh;
};

struct told {
    char kind[WORD_MAX], how[WORD_MAX];
};

struct notifier {
    struct loop *loop;
    struct notifier_plan plan;
    struct timer *timer;
    struct known *known;
    char slugs[SLUGS_PAGE][SLUG_MAX + 1];
    size_t slugs_n, slug_i;
    uint64_t cursor;
    struct row rows[ROWS_MAX];
    size_t rows_n, row_i;
    struct told told[LETTER_ITEMS];
    struct notice_item items[LETTER_ITEMS];
    size_t items_n;
    bool more;
    uint64_t told_ms; /* of the newest of the items */
};

static void walk_begin(void *ctx);
static void row_next(struct notifier *notifier);
static void slug_next(struct notifier *notifier);
static void page_ask(struct notifier *notifier);

static struct text slug_of(const struct notifier *notifier)
{
    return text_of(notifier->slugs[notifier->slug_i]);
}

static const struct row *row_of(const struct notifier *notifier)
{
    return &notifier->rows[notifier->row_i];
}

static bool put(char *ret, size_t size, struct text text)
{
    if (text.n >= size) return false;
    memcpy(ret, text.at, text.n);
    ret[text.n] = 0;
    return true;
}

/* Also where a question was not answered: the store may be going. A claim runs out by itself. */
static void rest(struct notifier *notifier)
{
    unsigned ms = notifier->plan.rest_ms ? notifier->plan.rest_ms : REST_MS;
    notifier->timer = loop_after(notifier->loop, ms, walk_begin, notifier);
    if (!notifier->timer) log_error("keeper", "no timer: notices are not mailed any more");
}

/* ---- one letter ------------------------------------------------------------------------------ */

static void done_answer(void *ctx, const struct ledger_answer *answer)
{
    struct notifier *notifier = ctx;
    if (answer->fault) {
        log_error("keeper", "what came of a letter could not be written down");
        rest(notifier);
        return;
    }
    notifier->row_i++;
    row_next(notifier);
}

static void letter_done(struct notifier *notifier, bool good)
{
    const struct mailing_told told = {text_of(row_of(notifier)->who), notifier->told_ms, good};
    ledger_mailing_done(notifier->plan.ledger, slug_of(notifier), &told, done_answer, notifier);
}

static void letter_sent(void *ctx, const struct mail_answer *answer)
{
    metric_add(answer->outcome == MAIL_SENT ? &mailed : &unmailed, NULL, 1);
    letter_done(ctx, answer->outcome == MAIL_SENT);
}

static enum fault letter_send(struct notifier *notifier, struct text to, struct text lang)
{
    CLEANUP(buf) struct buf subject = BUF_MAX(KIB);
    CLEANUP(buf) struct buf text = BUF_MAX(16 * KIB);
    CLEANUP(buf) struct buf stop = BUF_MAX(2 * KIB);
    const struct notifier_letter letter = {.slug = slug_of(notifier),
                                           .who = text_of(row_of(notifier)->who),
                                           .lang = lang,
                                           .items = notifier->items,
                                           .items_n = notifier->items_n,
                                           .more = notifier->more};
    enum fault no = notifier->plan.write(notifier->plan.ctx, &letter, &subject, &text, &stop);
    if (no) return no;
    const struct mail_message message = {.to = to,
                                         .subject = buf_view(&subject),
                                         .text = buf_view(&text),
                                         .unsubscribe = buf_view(&stop)};
    return mail_send(notifier->plan.mail, &message, letter_sent, notifier);
}

/* An account that is gone, or whose address is not confirmed any more: nobody to tell. */
static void account_answer(void *ctx, const struct ledger_answer *answer)
{
    struct notifier *notifier = ctx;
    const struct account_view *view = answer->outcome;
    if (answer->fault) {
        rest(notifier);
        return;
    }
    if (answer->refusal || !view || !view->mail_ok) {
        letter_done(notifier, true);
        return;
    }
    enum fault no = letter_send(notifier, view->mail, view->lang);
    if (!no) return;
    log_error("keeper", "a letter with notices: %s", fault_name(no));
    metric_add(&unmailed, NULL, 1);
    letter_done(notifier, false);
}

static void claim_answer(void *ctx, const struct ledger_answer *answer)
{
    struct notifier *notifier = ctx;
    const struct mailing_claimed *out = answer->outcome;
    if (answer->fault) {
        rest(notifier);
        return;
    }
    if (answer->refusal || !out->claimed) {
        notifier->row_i++;
        row_next(notifier);
        return;
    }
    const struct account_get in = {.account = text_of(row_of(notifier)->account)};
    ledger_account_get(notifier->plan.ledger, &in, account_answer, notifier);
}

/* ---- one person ------------------------------------------------------------------------------ */

static void items_keep(struct notifier *notifier, const struct ledger_answer *answer)
{
    const struct notice_item *items = answer->items;
    const struct notices_page *page = answer->outcome;
    notifier->items_n = 0;
    notifier->more = page->next > 0;
    notifier->told_ms = row_of(notifier)->told_ms;
    for (size_t i = 0; i < answer->items_n; i++) {
        if (items[i].at_ms > notifier->told_ms) notifier->told_ms = items[i].at_ms;
        struct told *told = &notifier->told[notifier->items_n];
        if (notifier->items_n == LETTER_ITEMS) notifier->more = true;
        else if (put(told->kind, sizeof told->kind, items[i].kind) &&
                 put(told->how, sizeof told->how, items[i].how))
            notifier->items[notifier->items_n++] =
                (struct notice_item){.kind = text_of(told->kind),
                                     .how = text_of(told->how),
                                     .milestone = items[i].milestone};
    }
}

static void notices_answer(void *ctx, const struct ledger_answer *answer)
{
    struct notifier *notifier = ctx;
    if (answer->fault) {
        rest(notifier);
        return;
    }
    bool none = answer->refusal || answer->items_n == 0;
    if (!none) items_keep(notifier, answer);
    if (none || notifier->items_n == 0) {
        notifier->row_i++;
        row_next(notifier);
        return;
    }
    const struct row *row = row_of(notifier);
    const struct mailing_item item = {.who = text_of(row->who), .told_ms = row->told_ms};
    ledger_mailing_claim(notifier->plan.ledger, slug_of(notifier), &item, claim_answer, notifier);
}

static void row_next(struct notifier *notifier)
{
    if (notifier->row_i == notifier->rows_n) {
        if (notifier->cursor) page_ask(notifier);
        else slug_next(notifier);
        return;
    }
    const struct row *row = row_of(notifier);
    const struct notice_reader reader = {.who = text_of(row->who),
                                         .role = text_of(row->role),
                                         .body = text_of(row->body),
                                         .since_ms = row->told_ms,
                                         .limit = LETTER_ITEMS};
    ledger_notices(notifier->plan.ledger, slug_of(notifier), &reader, notices_answer, notifier);
}

/* ---- one community --------------------------------------------------------------------------- */

static void rows_keep(struct notifier *notifier, const struct ledger_answer *answer)
{
    const struct mailing_item *items = answer->items;
    notifier->rows_n = notifier->row_i = 0;
    for (size_t i = 0; i < answer->items_n && notifier->rows_n < ROWS_MAX; i++) {
        struct row *row = &notifier->rows[notifier->rows_n];
        if (put(row->who, sizeof row->who, items[i].who) &&
            put(row->role, sizeof row->role, items[i].role) &&
            put(row->body, sizeof row->body, items[i].body) &&
            put(row->account, sizeof row->account, items[i].account)) {
            row->told_ms = items[i].told_ms;
            notifier->rows_n++;
        }
    }
}

/* True where there is reason to walk: a new event, or a minute has passed. */
static bool is_worth_it(struct notifier *notifier, struct text newest)
{
    struct known *known;
    struct text slug = slug_of(notifier);
    uint64_t now = ledger_now_ms(notifier->plan.ledger);
    HASH_FIND(hh, notifier->known, slug.at, slug.n, known);
    if (!known) {
        known = calloc(1, sizeof *known);
        if (!known) return true;
        put(known->slug, sizeof known->slug, slug);
        HASH_ADD_KEYPTR(hh, notifier->known, known->slug, slug.n, known);
    } else if (text_equal(newest, text_of(known->newest)) && now - known->looked_ms < AGAIN_MS)
        return false;
    put(known->newest, sizeof known->newest, newest);
    known->looked_ms = now;
    return true;
}

static void mailing_answer(void *ctx, const struct ledger_answer *answer)
{
    struct notifier *notifier = ctx;
    bool first = notifier->cursor == 0;
    const struct mailing_page *page = answer->outcome;
    if (answer->fault) {
        rest(notifier);
        return;
    }
    if (answer->refusal || (first && answer->items_n == 0 && page->next == 0) ||
        (first && !is_worth_it(notifier, page->newest))) {
        slug_next(notifier);
        return;
    }
    notifier->cursor = page->next;
    rows_keep(notifier, answer);
    row_next(notifier);
}

static void page_ask(struct notifier *notifier)
{
    ledger_mailing(notifier->plan.ledger, slug_of(notifier), notifier->cursor, ROWS_ASKED,
                   mailing_answer, notifier);
}

/* ---- the walk -------------------------------------------------------------------------------- */

static void slugs_answer(void *ctx, const struct ledger_answer *answer)
{
    struct notifier *notifier = ctx;
    const struct text *slugs = answer->items;
    notifier->slugs_n = notifier->slug_i = 0;
    for (size_t i = 0; !answer->fault && i < answer->items_n && i < SLUGS_PAGE; i++)
        if (put(notifier->slugs[notifier->slugs_n], SLUG_MAX + 1, slugs[i])) notifier->slugs_n++;
    if (notifier->slugs_n == 0) {
        rest(notifier);
        return;
    }
    notifier->cursor = 0;
    page_ask(notifier);
}

static void slug_next(struct notifier *notifier)
{
    notifier->cursor = 0;
    if (++notifier->slug_i < notifier->slugs_n) {
        page_ask(notifier);
        return;
    }
    if (notifier->slugs_n < SLUGS_PAGE) {
        rest(notifier);
        return;
    }
    ledger_communities(notifier->plan.ledger, text_of(notifier->slugs[SLUGS_PAGE - 1]), SLUGS_PAGE,
                       slugs_answer, notifier);
}

static void walk_begin(void *ctx)
{
    struct notifier *notifier = ctx;
    notifier->timer = NULL;
    ledger_communities(notifier->plan.ledger, TEXT(""), SLUGS_PAGE, slugs_answer, notifier);
}

struct notifier *notifier_new(struct loop *loop, const struct notifier_plan *plan)
{
    struct notifier *notifier = calloc(1, sizeof *notifier);
    if (!notifier) return NULL;
    notifier->loop = loop;
    notifier->plan = *plan;
    notifier->timer = loop_after(loop, 0, walk_begin, notifier);
    if (notifier->timer) return notifier;
    free(notifier);
    return NULL;
}

void notifier_free(struct notifier *notifier)
{
    struct known *known, *next;
    if (!notifier) return;
    timer_cancel(notifier->timer);
    HASH_ITER(hh, notifier->known, known, next) {
        HASH_DEL(notifier->known, known);
        free(known);
    }
    free(notifier);
}
