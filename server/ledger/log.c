/* log.c -- the records of a community, read and followed as names and values, and the index of
 * communities.
 *
 * What a record means, and its JSON, is the affair of the room rules; here it is a list of members
 * in the order in which it was written. */
#include "inside.h"

#include "groundswell/base/log.h"
#include "groundswell/ledger/state.h"

/* ---- records -------------------------------------------------------------------------------- */

/* Texts borrow from the answer. False: no record. */
static bool record_read(const struct answer *fields, struct ledger_record *ret)
{
    size_t count = answer_count(fields);
    if (count % 2 || count / 2 > LEDGER_RECORD_MEMBERS_MAX)
        return false;
    ret->members_n = count / 2;
    for (size_t i = 0; i < ret->members_n; i++) {
        ret->members[i].name = answer_text(answer_at(fields, 2 * i));
        ret->members[i].value = answer_text(answer_at(fields, 2 * i + 1));
    }
    return answer_u64(answer_field(fields, "seq"), UINT64_MAX, &ret->seq);
}

static bool record_item(const struct answer *fields, void *ret)
{
    return record_read(fields, ret);
}

void ledger_log(struct ledger *ledger, struct text slug, uint64_t from, size_t limit,
                ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"log", .reader = true, .item_read = record_item,
                                          .item_size = sizeof(struct ledger_record)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, from);
    question_number(ledger, limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

/* XRANGE: [[id, [name, value, ...]], ...]. */
static enum fault log_read(struct call *call, const struct answer *reply,
                           struct ledger_answer *ret)
{
    size_t n = answer_count(reply);
    struct ledger_record *records =
        arena_alloc(&call->ledger->arena, (n ? n : 1) * sizeof *records);
    if (answer_kind(reply) != ANSWER_LIST || !records)
        return records ? FAULT_FORMAT : FAULT_MEMORY;
    for (size_t i = 0; i < n; i++)
        if (!record_read(answer_at(answer_at(reply, i), 1), &records[i]))
            return FAULT_FORMAT;
    ret->items = records;
    ret->items_n = n;
    ret->next = n ? records[n - 1].seq + 1 : 0;
    return FAULT_NONE;
}

/* Without the function: a fifth of its time in Redis, which matters to who reads a million. */
void ledger_state_log(struct ledger *ledger, struct text slug, uint64_t from, size_t limit,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "records", .read = log_read};
    question_raw(ledger, "XRANGE");
    question_key(ledger, slug, "log");
    question_format(ledger, "%llu-0", (unsigned long long)from);
    question_text(ledger, TEXT("+"));
    question_text(ledger, TEXT("COUNT"));
    question_number(ledger, limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

static enum fault trim_read(struct call *call, const struct answer *reply,
                            struct ledger_answer *ret)
{
    (void)call;
    return answer_u64(reply, UINT64_MAX, &ret->next) ? FAULT_NONE : FAULT_FORMAT;
}

void ledger_state_log_trim(struct ledger *ledger, struct text slug, uint64_t before,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "trim", .read = trim_read};
    question_raw(ledger, "XTRIM");
    question_key(ledger, slug, "log");
    question_text(ledger, TEXT("MINID"));
    question_text(ledger, TEXT("~"));
    question_format(ledger, "%llu-0", (unsigned long long)before);
    call_send(ledger, &kind, slug, answer, ctx);
}

/* ---- following ------------------------------------------------------------------------------ */

struct ledger_follow {
    struct follow *follow;
    ledger_record_fn *on_record;
    void *ctx;
};

static void follow_entry(void *ctx, uint64_t seq, const struct answer *fields)
{
    struct ledger_follow *follow = ctx;
    struct ledger_record record;
    if (record_read(fields, &record) && record.seq == seq)
        follow->on_record(follow->ctx, &record);
    else
        log_error("ledger", "entry %llu of a log is no record", (unsigned long long)seq);
}

struct ledger_follow *ledger_follow(struct ledger *ledger, struct text slug, uint64_t from,
                                    ledger_record_fn *on_record, void *ctx)
{
    struct ledger_follow *follow = calloc(1, sizeof *follow);
    if (!follow)
        return NULL;
    follow->on_record = on_record;
    follow->ctx = ctx;
    question_raw(ledger, "");
    question_key(ledger, slug, "log");
    follow->follow = store_follow(ledger->store, ledger->argv[1], from, follow_entry, follow);
    if (follow->follow)
        return follow;
    free(follow);
    return NULL;
}

void ledger_follow_stop(struct ledger_follow *follow)
{
    if (!follow)
        return;
    follow_stop(follow->follow);
    free(follow);
}

/* ---- communities ---------------------------------------------------------------------------- */

static enum fault communities_read(struct call *call, const struct answer *reply,
                                   struct ledger_answer *ret)
{
    size_t n = answer_count(reply);
    struct text *slugs = arena_alloc(&call->ledger->arena, (n ? n : 1) * sizeof *slugs);
    if (answer_kind(reply) != ANSWER_LIST || !slugs)
        return slugs ? FAULT_FORMAT : FAULT_MEMORY;
    for (size_t i = 0; i < n; i++) {
        slugs[i] = answer_text(answer_at(reply, i));
        if (!slug_is_valid(slugs[i]))
            return FAULT_FORMAT;
    }
    ret->items = slugs;
    ret->items_n = n;
    return FAULT_NONE;
}

void ledger_communities_of(struct ledger *ledger, const struct communities_page *page,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "communities", .read = communities_read};
    const struct text prefix = page->prefix, after = page->after;
    question_raw(ledger, "ZRANGEBYLEX");
    if (page->trust.n)
        question_format(ledger, TRUSTS "%.*s", TEXT_ARGS(page->trust));
    else
        question_text(ledger, TEXT(COMMUNITIES));
    if (after.n && text_compare(after, prefix) >= 0)
        question_format(ledger, "(%.*s", TEXT_ARGS(after));
    else if (prefix.n)
        question_format(ledger, "[%.*s", TEXT_ARGS(prefix));
    else
        question_text(ledger, TEXT("-"));
    if (prefix.n) /* behind every slug that begins so */
        question_format(ledger, "(%.*s~", TEXT_ARGS(prefix));
    else
        question_text(ledger, TEXT("+"));
    question_text(ledger, TEXT("LIMIT"));
    question_text(ledger, TEXT("0"));
    question_number(ledger, page->limit);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}

void ledger_communities(struct ledger *ledger, struct text after, size_t limit,
                        ledger_answer_fn *answer, void *ctx)
{
    const struct communities_page page = {
        .trust = TEXT(""), .prefix = TEXT(""), .after = after, .limit = limit};
    ledger_communities_of(ledger, &page, answer, ctx);
}

static enum fault indexed_read(struct call *call, const struct answer *reply,
                               struct ledger_answer *ret)
{
    (void)call;
    (void)reply;
    (void)ret;
    return FAULT_NONE;
}

void ledger_community_of_trust(struct ledger *ledger, struct text trust, struct text slug,
                               ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "index of a trust", .read = indexed_read};
    question_raw(ledger, "ZADD");
    question_format(ledger, TRUSTS "%.*s", TEXT_ARGS(trust));
    question_text(ledger, TEXT("0"));
    question_text(ledger, slug);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}
