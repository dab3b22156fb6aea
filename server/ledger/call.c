/* call.c -- the way of a question to Redis, and how its answer is read.
 *
 * A function answers `ok name value ...` (a list: `ok`, the names and values of its head, then
 * those of each item), or `no code name value ...`. Names and values are read into C structs by
 * field tables; the memory is the ledger's arena and lasts until the callback has returned.
 * Two answers never reach the caller as they are: `round_changed` to a call that depends on the
 * round (asked once more for the right one), and "no such function", after which the library is
 * loaded again and the caller told FAULT_BUSY: nothing was done. */
#include "inside.h"

#include "groundswell/base/log.h"
#include "groundswell/io/loop.h"

#define NUMBER_TEXT_SIZE 20 /* digits of the largest uint64_t */

static void call_answer(void *ctx, enum fault fault, const struct answer *reply);

/* ---- asking --------------------------------------------------------------------------------- */

static struct text text_into(char **at, struct text from)
{
    struct text copy = {*at, from.n};
    if (from.n)
        memcpy(*at, from.at, from.n);
    *at += from.n;
    return copy;
}

struct call *call_new(const struct call *like, struct text slug)
{
    size_t size = like->saved.act.slug.n + like->saved.act.subject.n;
    for (size_t i = 0; i < SAVED_TEXTS; i++)
        size += like->saved.t[i].n;
    struct call *call = malloc(sizeof *call + size);
    INVARIANT(call); /* nobody could be told: the store's questions_max bounds how many there are */
    *call = *like;
    char *at = (char *)(call + 1);
    call->saved.act.slug = text_into(&at, like->saved.act.slug);
    call->saved.act.subject = text_into(&at, like->saved.act.subject);
    for (size_t i = 0; i < SAVED_TEXTS; i++)
        call->saved.t[i] = text_into(&at, like->saved.t[i]);
    INVARIANT(slug.n == 0 || slug_is_valid(slug)); /* or it would name another community's keys */
    if (slug.n)
        memcpy(call->slug, slug.at, slug.n);
    call->slug[slug.n] = 0;
    return call;
}

void call_ask(struct call *call)
{
    struct ledger *ledger = call->ledger;
    store_ask(ledger->store, ledger->argv, ledger->argc, STORE_DEADLINE_MS, call_answer, call);
}

void call_send(struct ledger *ledger, const struct call_kind *kind, struct text slug,
               ledger_answer_fn *answer, void *ctx)
{
    call_ask(call_new(
        &(struct call){.ledger = ledger, .kind = kind, .answer = answer, .ctx = ctx}, slug));
}

void call_finish(struct call *call, const struct ledger_answer *answer)
{
    call->answer(call->ctx, answer);
    free(call);
}

static void call_fail_later(void *ctx)
{
    struct call *call = ctx;
    call_finish(call, &(struct ledger_answer){.fault = call->fault});
}

void call_fail(struct call *call, enum fault fault)
{
    call->fault = fault;
    INVARIANT(loop_later(call->ledger->loop, call_fail_later, call) == FAULT_NONE);
}

void call_ask_in_round(struct call *call)
{
    enum fault no = call->ask(call);
    if (no)
        call_fail(call, no);
    else
        call_ask(call);
}

/* ---- reading -------------------------------------------------------------------------------- */

/* A number may come as one: it spares the function its formatting, which costs more there. */
static struct text value_text(struct ledger *ledger, const struct answer *value)
{
    uint64_t number;
    if (answer_kind(value) != ANSWER_NUMBER)
        return answer_text(value);
    char *digits = arena_alloc(&ledger->arena, NUMBER_TEXT_SIZE);
    if (!digits || !answer_u64(value, UINT64_MAX, &number))
        return TEXT_NONE;
    char *end = digits + NUMBER_TEXT_SIZE, *at = end;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return (struct text){at, (size_t)(end - at)};
}

struct field_pair *answer_pairs(struct ledger *ledger, const struct answer *list, size_t from,
                                size_t *ret_n)
{
    size_t count = answer_count(list);
    if (answer_kind(list) != ANSWER_LIST || count < from || (count - from) % 2)
        return NULL;
    size_t n = (count - from) / 2;
    struct field_pair *pairs = arena_alloc(&ledger->arena, (n ? n : 1) * sizeof *pairs);
    if (!pairs)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        pairs[i].name = answer_text(answer_at(list, from + 2 * i));
        pairs[i].value = value_text(ledger, answer_at(list, from + 2 * i + 1));
        if (!pairs[i].name.at || !pairs[i].value.at)
            return NULL;
    }
    *ret_n = n;
    return pairs;
}

/* Ids get their slug, texts lose their salt: ready to be shown. */
static void outcome_dress(const struct field *fields, size_t n, void *object, struct text slug)
{
    fields_place(fields, n, object, slug);
    for (size_t i = 0; i < n; i++)
        if (fields[i].kind == FIELD_JSON) {
            struct text *text = (void *)((char *)object + fields[i].offset);
            *text = ledger_text_json(*text);
        }
}

static enum fault struct_read(struct call *call, const struct answer *list, size_t from,
                              const struct field *fields, size_t fields_n, void *ret)
{
    size_t n;
    struct field_pair *pairs = answer_pairs(call->ledger, list, from, &n);
    if (!pairs)
        return FAULT_FORMAT;
    enum fault no = fields_read(fields, fields_n, ret, pairs, n, &call->ledger->arena);
    if (no == FAULT_NONE)
        outcome_dress(fields, fields_n, ret, text_of(call->slug));
    return no;
}

static enum fault item_read(struct call *call, const struct answer *answer, void *ret)
{
    const struct call_kind *kind = call->kind;
    if (kind->item_read)
        return kind->item_read(answer, ret) ? FAULT_NONE : FAULT_FORMAT;
    return struct_read(call, answer, 0, kind->item_fields, *kind->item_fields_n, ret);
}

/* Behind `ok` and the head: one list an item. */
static enum fault items_read(struct call *call, const struct answer *reply,
                             struct ledger_answer *ret)
{
    const struct call_kind *kind = call->kind;
    size_t n = answer_count(reply) - 2;
    char *items = arena_alloc(&call->ledger->arena, (n ? n : 1) * kind->item_size);
    if (!items)
        return FAULT_MEMORY;
    for (size_t i = 0; i < n; i++) {
        enum fault no = item_read(call, answer_at(reply, i + 2), items + i * kind->item_size);
        if (no)
            return no;
    }
    ret->items = items;
    ret->items_n = n;
    return FAULT_NONE;
}

static enum fault ok_read(struct call *call, const struct answer *reply, struct ledger_answer *ret)
{
    const struct call_kind *kind = call->kind;
    bool list = kind->item_size > 0;
    const struct answer *head = list ? answer_at(reply, 1) : reply;
    if (list && answer_kind(head) != ANSWER_LIST)
        return FAULT_FORMAT;
    if (kind->fields) {
        void *outcome = arena_alloc(&call->ledger->arena, kind->size);
        if (!outcome)
            return FAULT_MEMORY;
        enum fault no = struct_read(call, head, !list, kind->fields, *kind->fields_n, outcome);
        if (no)
            return no;
        ret->outcome = outcome;
    } else if (!answer_u64(answer_field(head, "next"), UINT64_MAX, &ret->next)) {
        return FAULT_FORMAT;
    }
    return list ? items_read(call, reply, ret) : FAULT_NONE;
}

static enum fault no_read(struct call *call, const struct answer *reply, struct ledger_answer *ret)
{
    struct arena *arena = &call->ledger->arena;
    ret->refusal = refusal_from_code(answer_text(answer_at(reply, 1)));
    size_t n;
    struct field_pair *pairs = answer_pairs(call->ledger, reply, 2, &n);
    if (ret->refusal == REFUSAL_NONE || !pairs)
        return FAULT_FORMAT;
    struct refusal_word *words = arena_alloc(arena, (n ? n : 1) * sizeof *words);
    for (size_t i = 0; words && i < n; i++) {
        words[i].name = arena_text(arena, pairs[i].name).at;
        words[i].value = arena_text(arena, pairs[i].value);
        if (!words[i].name)
            return FAULT_MEMORY;
    }
    ret->words = words;
    ret->words_n = n;
    return words ? FAULT_NONE : FAULT_MEMORY;
}

static enum fault reply_read(struct call *call, const struct answer *reply,
                             struct ledger_answer *ret)
{
    if (call->kind->read)
        return call->kind->read(call, reply, ret);
    struct text word = answer_text(answer_at(reply, 0));
    if (text_is(word, "ok"))
        return ok_read(call, reply, ret);
    return text_is(word, "no") ? no_read(call, reply, ret) : FAULT_FORMAT;
}

/* ---- answering ------------------------------------------------------------------------------ */

/* An error reply: a function that is gone is loaded again, all else is a bug on one side. */
static enum fault error_judge(struct call *call, enum fault fault, const struct answer *reply)
{
    if (fault != FAULT_FORMAT)
        return fault;
    if (answer_is_error(reply, "ERR Function not found")) {
        library_lost(call->ledger->library);
        return FAULT_BUSY;
    }
    log_error("ledger", "%s raised: %.*s", call->kind->name, TEXT_ARGS(answer_text(reply)));
    return FAULT_FORMAT;
}

/* True where the refusal names another round than was asked for: then call->saved has it. */
static bool round_is_another(struct call *call, const struct ledger_answer *answer)
{
    if (!call->ask || answer->fault || answer->refusal != REFUSAL_ROUND_CHANGED)
        return false;
    uint64_t round;
    if (answer->words_n == 0 || !text_to_u64(answer->words[0].value, ID_NUMBER_MAX - 1, &round))
        return false;
    if (!call->past)
        keyring_round_set(call->ledger->keyring, text_of(call->slug), round);
    uint64_t next = call->opens ? round + 1 : round;
    if (call->asked_again || next == call->saved.round)
        return false;
    call->asked_again = true;
    call->saved.round = next;
    return true;
}

static void call_answer(void *ctx, enum fault fault, const struct answer *reply)
{
    struct call *call = ctx;
    struct ledger *ledger = call->ledger;
    struct ledger_answer answer = {.fault = error_judge(call, fault, reply)};
    if (answer.fault == FAULT_NONE) {
        enum fault no = reply_read(call, reply, &answer);
        if (no) {
            if (no != FAULT_ABSENT)
                log_error("ledger", "the answer of %s is not understood", call->kind->name);
            answer = (struct ledger_answer){.fault = no};
        }
    }
    bool again = round_is_another(call, &answer);
    if (again)
        call_ask_in_round(call);
    else
        call_finish(call, &answer);
    arena_reset(&ledger->arena);
}
