/* state.c -- the hashes of a community as they lie in Redis, for those who check them.
 *
 * These calls read behind the functions' back and judge nothing: no deadline, no worth. They
 * exist so that a recount of the records has something independent of the Lua to be compared
 * with. A hash is read into a struct by its field table; names that the table lacks are passed
 * over, or become items where they begin with the call's prefix ("left:<theme>", "a:<area>"). */
#include "inside.h"

#include "groundswell/ledger/state.h"

#define MAYBE(type, member, kind) FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL)

const struct field community_state_fields[] = {
    U64(community_state, seq),
    FIELD_AS("at", struct community_state, at_ms, FIELD_U64, 0),
    U64(community_state, round),
    U64(community_state, open),
    U64(community_state, token),
    U64(community_state, allotment),
    FIELD_AS("closes", struct community_state, closes_ms, FIELD_U64, 0),
    U64(community_state, funds),
    U64(community_state, unallotted),
    U64(community_state, free),
    U64(community_state, held),
    U64(community_state, committed),
    U64(community_state, paid),
    U64(community_state, granted),
    U64(community_state, spent),
    U64(community_state, prices),
    U64(community_state, rounding),
    U64(community_state, fund_n),
    U64(community_state, tender_n),
    U64(community_state, proposal_n),
    U64(community_state, round_n),
    MAYBE(community_state, body_n, FIELD_U64),
    MAYBE(community_state, member_n, FIELD_U64),
};
FIELDS_OF(community_state);

const struct field tender_state_fields[] = {
    U64(tender_state, round),
    U64(tender_state, held),
    U64(tender_state, awards),
    U64(tender_state, awards_max),
    U64(tender_state, ceiling),
    U64(tender_state, people_min),
    U64(tender_state, areas_min),
    U64(tender_state, area_people_min),
    FIELD_AS("closes", struct tender_state, closes_ms, FIELD_U64, 0),
    U64(tender_state, live),
    MAYBE(tender_state, critical, FIELD_U64),
    MAYBE(tender_state, critical_since, FIELD_U64),
    MAYBE(tender_state, critical_until, FIELD_U64),
    MAYBE(tender_state, paused, FIELD_U64),
    FIELD(struct tender_state, body, FIELD_TEXT),
    FIELD(struct tender_state, theme, FIELD_TEXT),
    FIELD(struct tender_state, rule_hash, FIELD_TEXT),
    MAYBE(tender_state, tally_key, FIELD_TEXT),
};
FIELDS_OF(tender_state);

const struct field proposal_state_fields[] = {
    U64(proposal_state, tender),
    U64(proposal_state, price),
    U64(proposal_state, sum),
    FIELD_AS("n", struct proposal_state, people, FIELD_U64, 0),
    U64(proposal_state, areas_ok),
    MAYBE(proposal_state, rho, FIELD_U64),
    MAYBE(proposal_state, spent, FIELD_U64),
    MAYBE(proposal_state, rounding, FIELD_U64),
    MAYBE(proposal_state, commission_seq, FIELD_U64),
    MAYBE(proposal_state, draws, FIELD_TEXT),
};
FIELDS_OF(proposal_state);

const struct field fund_state_fields[] = {
    U64(fund_state, amount),
    U64(fund_state, left),
    FIELD(struct fund_state, theme, FIELD_TEXT),
};
FIELDS_OF(fund_state);

/* ---- hashes --------------------------------------------------------------------------------- */

static bool field_is_known(const struct call_kind *kind, struct text name)
{
    for (size_t i = 0; kind->fields && i < *kind->fields_n; i++)
        if (text_equal(name, (struct text){kind->fields[i].name, kind->fields[i].name_n}))
            return true;
    return false;
}

/* Moves the pairs that the table knows to the front; returns how many. */
static size_t pairs_known(const struct call_kind *kind, struct field_pair *pairs, size_t n)
{
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (field_is_known(kind, pairs[i].name))
            pairs[known++] = pairs[i];
    return known;
}

static enum fault members_read(struct call *call, const struct field_pair *pairs, size_t n,
                               struct ledger_answer *ret)
{
    struct text prefix = text_of(call->kind->item_prefix);
    struct ledger_member *members =
        arena_alloc(&call->ledger->arena, (n ? n : 1) * sizeof *members);
    if (!members)
        return FAULT_MEMORY;
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        struct text name = pairs[i].name;
        if (text_is(name, "wide") || !text_starts(name, prefix))
            continue;
        name = (struct text){name.at + prefix.n, name.n - prefix.n};
        members[found++] = (struct ledger_member){name, pairs[i].value};
    }
    ret->items = members;
    ret->items_n = found;
    return FAULT_NONE;
}

/* HGETALL. */
static enum fault hash_read(struct call *call, const struct answer *reply,
                            struct ledger_answer *ret)
{
    const struct call_kind *kind = call->kind;
    struct arena *arena = &call->ledger->arena;
    size_t n;
    struct field_pair *pairs = answer_pairs(call->ledger, reply, 0, &n);
    if (!pairs)
        return FAULT_FORMAT;
    enum fault no = kind->item_prefix ? members_read(call, pairs, n, ret) : FAULT_NONE;
    if (no || !kind->fields)
        return no;
    if (n == 0)
        return FAULT_ABSENT;
    void *outcome = arena_alloc(arena, kind->size);
    if (!outcome)
        return FAULT_MEMORY;
    n = pairs_known(kind, pairs, n);
    ret->outcome = outcome;
    return fields_read(kind->fields, *kind->fields_n, outcome, pairs, n, arena);
}

static void hash_question(struct ledger *ledger, struct text slug, const char *letter,
                          uint64_t number)
{
    question_raw(ledger, "HGETALL");
    question_format(ledger, "{%.*s}:%s:%llu", TEXT_ARGS(slug), letter, (unsigned long long)number);
}

void ledger_state_community(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                            void *ctx)
{
    static const struct call_kind kind = {.name = "state of a community", .read = hash_read,
                                          OUTCOME(community_state), .item_prefix = "left:"};
    question_raw(ledger, "HGETALL");
    question_key(ledger, slug, "c");
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_state_states(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                         void *ctx)
{
    static const struct call_kind kind = {.name = "states", .read = hash_read, .item_prefix = ""};
    question_raw(ledger, "HGETALL");
    question_key(ledger, slug, "st");
    call_send(ledger, &kind, slug, answer, ctx);
}

static void by_area(const struct call *like, struct text slug, const char *name)
{
    question_raw(like->ledger, "HGETALL");
    question_key(like->ledger, slug, name);
    call_send(like->ledger, like->kind, slug, like->answer, like->ctx);
}

void ledger_state_residents(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                            void *ctx)
{
    static const struct call_kind kind = {.name = "residents by area", .read = hash_read,
                                          .item_prefix = ""};
    by_area(&(struct call){.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx}, slug,
            "n");
}

void ledger_state_turnout(struct ledger *ledger, struct text slug, const char *name,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "turnout", .read = hash_read,
                                          .item_prefix = ""};
    by_area(&(struct call){.ledger = ledger, .kind = &kind, .answer = answer, .ctx = ctx}, slug,
            name);
}

static const struct call_kind codes_by_area = {.name = "codes by area", .read = hash_read,
                                               .item_prefix = ""};

void ledger_state_issued(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                         void *ctx)
{
    by_area(&(struct call){.ledger = ledger, .kind = &codes_by_area, .answer = answer, .ctx = ctx},
            slug, "issued");
}

void ledger_state_redeemed(struct ledger *ledger, struct text slug, ledger_answer_fn *answer,
                           void *ctx)
{
    by_area(&(struct call){.ledger = ledger, .kind = &codes_by_area, .answer = answer, .ctx = ctx},
            slug, "redeemed");
}

void ledger_state_tender(struct ledger *ledger, struct text slug, uint64_t tender,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "state of a tender", .read = hash_read,
                                          OUTCOME(tender_state)};
    hash_question(ledger, slug, "t", tender);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_state_proposal(struct ledger *ledger, struct text slug, uint64_t proposal,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "state of a proposal", .read = hash_read,
                                          OUTCOME(proposal_state), .item_prefix = "a:"};
    hash_question(ledger, slug, "p", proposal);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_state_fund(struct ledger *ledger, struct text slug, uint64_t fund,
                       ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "state of a fund", .read = hash_read,
                                          OUTCOME(fund_state)};
    hash_question(ledger, slug, "f", fund);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_state_delivery(struct ledger *ledger, struct text slug, const char *name,
                           uint64_t commission, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "state of a commission", .read = hash_read,
                                          .item_prefix = ""};
    hash_question(ledger, slug, name, commission);
    call_send(ledger, &kind, slug, answer, ctx);
}

/* ---- wallets -------------------------------------------------------------------------------- */

/* The packed row of lua/68_wallet.lua, big-endian: version (2 where it had fallbacks), area, number
 * of pledges, number of keys (a byte each); 16 bytes a pledge: proposal 4, tender 4, amount 3,
 * seq 5; 17 bytes a key. */
enum { ROW_PLAIN = 1, ROW_FALLBACKS, ROW_HEAD = 4, ROW_PLEDGE = 16, ROW_KEY = 17 };

static uint64_t big_endian(const uint8_t *at, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | at[i];
    return value;
}

static bool wallet_row_read(struct text wallet, struct text row, struct wallet_state *ret)
{
    const uint8_t *at = (const uint8_t *)row.at;
    if (wallet.n != RESIDENT_ID_SIZE || row.n < ROW_HEAD || at[0] < ROW_PLAIN ||
        at[0] > ROW_FALLBACKS)
        return false;
    size_t pledges_n = at[2], keys_n = at[3];
    if (pledges_n > WALLET_PLEDGES_MAX)
        return false;
    if (row.n != ROW_HEAD + pledges_n * ROW_PLEDGE + keys_n * ROW_KEY)
        return false;
    memcpy(ret->wallet, wallet.at, wallet.n);
    ret->wallet[wallet.n] = 0;
    ret->fallbacks = at[0] == ROW_FALLBACKS;
    ret->area = at[1];
    ret->pledges_n = (uint32_t)pledges_n;
    for (size_t i = 0; i < pledges_n; i++) {
        const uint8_t *pledge = at + ROW_HEAD + i * ROW_PLEDGE;
        ret->pledges[i].proposal = (uint32_t)big_endian(pledge, 4);
        ret->pledges[i].tender = (uint32_t)big_endian(pledge + 4, 4);
        ret->pledges[i].amount = (uint32_t)big_endian(pledge + 8, 3);
        ret->pledges[i].seq = big_endian(pledge + 11, 5);
    }
    return true;
}

/* HSCAN: [cursor, [name, value, ...]]. */
static enum fault wallets_read(struct call *call, const struct answer *reply,
                               struct ledger_answer *ret)
{
    struct ledger *ledger = call->ledger;
    size_t n;
    struct field_pair *pairs = answer_pairs(ledger, answer_at(reply, 1), 0, &n);
    struct wallet_state *wallets = arena_alloc(&ledger->arena, (n ? n : 1) * sizeof *wallets);
    if (!pairs || !answer_u64(answer_at(reply, 0), UINT64_MAX, &ret->next))
        return FAULT_FORMAT;
    if (!wallets)
        return FAULT_MEMORY;
    for (size_t i = 0; i < n; i++)
        if (!wallet_row_read(pairs[i].name, pairs[i].value, &wallets[i]))
            return FAULT_FORMAT;
    ret->items = wallets;
    ret->items_n = n;
    return FAULT_NONE;
}

void ledger_wallets_scan(struct ledger *ledger, struct text slug, uint64_t round, uint64_t cursor,
                         ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {.name = "wallets", .read = wallets_read};
    question_raw(ledger, "HSCAN");
    question_format(ledger, "{%.*s}:w:%llu", TEXT_ARGS(slug), (unsigned long long)round);
    question_number(ledger, cursor);
    question_text(ledger, TEXT("COUNT"));
    question_text(ledger, TEXT("500"));
    call_send(ledger, &kind, slug, answer, ctx);
}
