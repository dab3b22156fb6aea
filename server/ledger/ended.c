/* ended.c -- the stream `{@people}:ended`, from its beginning and then as it grows.
 *
 * What is there already is read page by page and told; when a page is not full, the follow of the
 * store goes on behind the last entry and the listener hears that it is up to date. Places in the
 * stream are times that only grow (lua/88_people.lua), each once. Who forgets what is over is
 * people.forget_ended(); who remembers what was told is the listener. */
#include "groundswell/ledger/ended.h"

#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"
#include "people_inside.h"

#define PAGE 1000
#define RETRY_MS 250

struct ended_follow {
    struct ledger *ledger;
    struct ended_listener listener;
    uint64_t next; /* the place from which on nothing was told yet */
    struct follow *follow;
    struct timer *timer; /* before the next page */
    bool asked;          /* a page is on its way: who stops leaves the freeing to its answer */
    bool stopped;
};

static void page_ask(void *ctx);

/* ---- telling -------------------------------------------------------------------------------- */

static bool kind_read(struct text word, enum ended_kind *ret)
{
    static const char *const words[] = {
        [ENDED_SESSION] = "s", [ENDED_ACCOUNT] = "a", [ENDED_KEY] = "g"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (text_is(word, words[i])) {
            *ret = (enum ended_kind)i;
            return true;
        }
    return false;
}

static void entry_tell(void *ctx, uint64_t place, const struct answer *fields)
{
    struct ended_follow *follow = ctx;
    struct ended_entry entry = {.id = answer_text(answer_field(fields, "id"))};
    follow->next = place + 1;
    if (kind_read(answer_text(answer_field(fields, "kind")), &entry.kind) && entry.id.n &&
        answer_u64(answer_field(fields, "epoch"), UINT64_MAX, &entry.epoch) &&
        answer_u64(answer_field(fields, "before"), UINT64_MAX, &entry.before_s) &&
        answer_u64(answer_field(fields, "until"), UINT64_MAX, &entry.until_s))
        follow->listener.on_ended(follow->listener.ctx, &entry);
    else
        log_error("ledger", "entry %llu of what ended cannot be read", (unsigned long long)place);
}

/* ---- what is there already ------------------------------------------------------------------ */

static void follow_release(struct ended_follow *follow)
{
    timer_cancel(follow->timer);
    free(follow);
}

static void page_due(void *ctx)
{
    struct ended_follow *follow = ctx;
    follow->timer = NULL;
    page_ask(follow);
}

static void page_later(struct ended_follow *follow)
{
    follow->timer = loop_after(follow->ledger->loop, RETRY_MS, page_due, follow);
    if (!follow->timer)
        log_error("ledger", "no timer to read what ended: nobody is let in");
}

static void caught_up(struct ended_follow *follow)
{
    struct ledger *ledger = follow->ledger;
    question_raw(ledger, "");
    question_key(ledger, PEOPLE, "ended");
    follow->follow =
        store_follow(ledger->store, ledger->argv[1], follow->next, entry_tell, follow);
    if (!follow->follow) {
        page_later(follow);
        return;
    }
    follow->listener.on_ready(follow->listener.ctx);
}

static void page_answer(void *ctx, enum fault fault, const struct answer *reply)
{
    struct ended_follow *follow = ctx;
    size_t n = fault ? 0 : answer_count(reply);
    for (size_t i = 0; i < n && !follow->stopped; i++) {
        struct text rest = answer_text(answer_at(answer_at(reply, i), 0));
        uint64_t place;
        if (text_to_u64(text_cut(&rest, '-'), UINT64_MAX - 1, &place))
            entry_tell(follow, place, answer_at(answer_at(reply, i), 1));
    }
    follow->asked = false;
    if (follow->stopped)
        follow_release(follow);
    else if (fault)
        page_later(follow);
    else if (n == PAGE)
        page_ask(follow);
    else
        caught_up(follow);
}

static void page_ask(void *ctx)
{
    struct ended_follow *follow = ctx;
    struct ledger *ledger = follow->ledger;
    if (!store_is_up(ledger->store)) {
        page_later(follow);
        return;
    }
    follow->asked = true;
    question_raw(ledger, "XRANGE");
    question_key(ledger, PEOPLE, "ended");
    question_format(ledger, "%llu-0", (unsigned long long)follow->next);
    question_text(ledger, TEXT("+"));
    question_text(ledger, TEXT("COUNT"));
    question_number(ledger, PAGE);
    store_ask(ledger->store, ledger->argv, ledger->argc, STORE_DEADLINE_MS, page_answer, follow);
}

/* ---- its life ------------------------------------------------------------------------------- */

struct ended_follow *ledger_ended_follow(struct ledger *ledger,
                                         const struct ended_listener *listener)
{
    struct ended_follow *follow = calloc(1, sizeof *follow);
    if (!follow)
        return NULL;
    follow->ledger = ledger;
    follow->listener = *listener;
    page_ask(follow);
    return follow;
}

void ledger_ended_stop(struct ended_follow *follow)
{
    if (!follow)
        return;
    follow_stop(follow->follow);
    follow->follow = NULL;
    follow->stopped = true;
    if (!follow->asked)
        follow_release(follow);
}
