/* restore.c -- writing a community's keys from outside the functions, in the forms that lua/ keeps.
 *
 * This is the one place beside lua/ that knows how the keys are written; ACTS.md has their table,
 * and a test compares every key with what the functions left. Nothing is judged here. */
#include "restore_inside.h"

/* As in lua/00_base.lua: one byte more than a listpack takes. */
#define WIDE "................................................................."
#define ROW_HEAD 4
#define ROW_ENTRY 16
#define ROW_MAX (ROW_HEAD + WALLET_PLEDGES_MAX * ROW_ENTRY)
#define RULE_SIZE 26
#define BUCKET_SIZE 11
#define BUCKET_COUNT_SIZE 4

static void wide(const struct restore *to)
{
    _Static_assert(sizeof WIDE - 1 == 65, "the filler of lua/00_base.lua");
    word(to, "wide", TEXT(WIDE));
}

static void big_endian_put(uint8_t *at, unsigned bytes, uint64_t value)
{
    for (unsigned i = bytes; i-- > 0; value >>= 8)
        at[i] = (uint8_t)value;
}

/* ---- beginning and end ----------------------------------------------------------------------- */

/* EXISTS counts a key as often as it is named: `rebuilding` once, `c` twice, the others four
 * times. */
static enum fault look_read(struct call *call, const struct answer *reply,
                            struct ledger_answer *ret)
{
    uint64_t n;
    struct restore_look *look = arena_alloc(&call->ledger->arena, sizeof *look);
    if (!look) return FAULT_MEMORY;
    if (!answer_u64(reply, UINT64_MAX, &n)) return FAULT_FORMAT;
    *look = (struct restore_look){
        .found = n >= 2, .community = n / 2 % 2 == 1, .begun = n % 2 == 1};
    ret->outcome = look;
    return FAULT_NONE;
}

void ledger_restore_look(const struct restore *to)
{
    static const struct call_kind kind = {.name = "look before a rebuild", .read = look_read};
    static const char *const names[] = {"log", "st", "n", "due", "commissions"};
    begin(to, "EXISTS", "rebuilding", 0);
    for (size_t i = 0; i < 2; i++)
        question_key(to->ledger, to->slug, "c");
    for (size_t i = 0; i < 4 * sizeof names / sizeof *names; i++)
        question_key(to->ledger, to->slug, names[i / 4]);
    call_send(to->ledger, &kind, to->slug, to->answer, to->ctx);
}

void ledger_restore_begin(const struct restore *to)
{
    begin(to, "SET", "rebuilding", 0);
    question_text(to->ledger, TEXT("1"));
    restore_send(to);
}

static void unanswered(void *ctx, const struct ledger_answer *answer)
{
    (void)ctx;
    (void)answer; /* the next command, on the same connection, fails as this one did */
}

void ledger_restore_end(const struct restore *to)
{
    const struct restore silent = {to->ledger, to->slug, unanswered, NULL};
    question_raw(to->ledger, "ZADD");
    question_text(to->ledger, TEXT(COMMUNITIES));
    question_text(to->ledger, TEXT("0"));
    question_text(to->ledger, to->slug);
    restore_send(&silent);
    ledger_restore_clear(to, "rebuilding", 0);
}

void ledger_restore_clear(const struct restore *to, const char *name, uint64_t number)
{
    begin(to, "UNLINK", name, number);
    restore_send(to);
}

/* ---- the log and the community --------------------------------------------------------------- */

void ledger_restore_record(const struct restore *to, const struct ledger_record *record)
{
    begin(to, "XADD", "log", 0);
    question_format(to->ledger, "%" PRIu64 "-1", record->seq);
    for (size_t i = 0; i < record->members_n; i++) {
        question_text(to->ledger, record->members[i].name);
        question_text(to->ledger, record->members[i].value);
    }
    restore_send(to);
}

void ledger_restore_community(const struct restore *to, const struct restore_community *is)
{
    begin(to, "HSET", "c", 0);
    figure(to, "v", 1);
    word(to, "currency", is->currency);
    word(to, "areas", is->areas);
    figure(to, "area_residents_min", is->area_residents_min);
    figure(to, "members_min", is->members_min);
    figure(to, "due", is->due);
    for (size_t i = 0; i < community_state_fields_n; i++) {
        const struct field *field = &community_state_fields[i];
        const char *at = (const char *)&is->state + field->offset;
        uint64_t value;
        INVARIANT(field->kind == FIELD_U64);
        memcpy(&value, at, sizeof value);
        figure(to, field->name, value);
    }
    for (size_t i = 0; i < is->left_n; i++) {
        question_format(to->ledger, "left:%.*s", TEXT_ARGS(is->left[i].name));
        question_text(to->ledger, is->left[i].value);
    }
    wide(to);
    restore_send(to);
}

void ledger_restore_people(const struct restore *to, const char *name, uint64_t areas,
                           const uint64_t *people)
{
    INVARIANT(areas != 0);
    begin(to, "HSET", name, 0);
    for (unsigned i = 0; i < 64; i++)
        if (areas >> i & 1) {
            question_number(to->ledger, i);
            question_number(to->ledger, people[i]);
        }
    restore_send(to);
}

void ledger_restore_states(const struct restore *to, const struct ledger_member *states, size_t n)
{
    INVARIANT(n > 0 && n <= RESTORE_BATCH_MAX);
    begin(to, "HSET", "st", 0);
    wide(to);
    for (size_t i = 0; i < n; i++) {
        question_text(to->ledger, states[i].name);
        question_text(to->ledger, states[i].value);
    }
    restore_send(to);
}

/* ---- funds, rounds, tenders, proposals ------------------------------------------------------- */

void ledger_restore_fund(const struct restore *to, uint64_t number, const struct fund_state *is)
{
    begin(to, "HSET", "f", number);
    figure(to, "amount", is->amount);
    figure(to, "left", is->left);
    word(to, "theme", is->theme);
    restore_send(to);
}

void ledger_restore_round(const struct restore *to, uint64_t number,
                          const struct restore_round *is)
{
    begin(to, "HSET", "r", number);
    figure(to, "opened_seq", is->opened_seq);
    figure(to, "opened_at", is->opened_ms);
    figure(to, "token", is->token);
    figure(to, "allotment", is->allotment);
    figure(to, "closes", is->closes_ms);
    figure(to, "residents", is->residents);
    word(to, "roll", is->roll);
    if (is->closed_seq) {
        figure(to, "closed_seq", is->closed_seq);
        figure(to, "closed_at", is->closed_ms);
        figure(to, "free", is->free);
        figure(to, "held", is->held);
        figure(to, "granted", is->granted);
        figure(to, "spent", is->spent);
        figure(to, "prices", is->prices);
        figure(to, "rounding", is->rounding);
    }
    restore_send(to);
}

void ledger_restore_step(const struct restore *to, const struct restore_step *step)
{
    begin(to, step->field.n ? "HSET" : "RPUSH", step->name, step->number);
    if (step->field.n) question_text(to->ledger, step->field);
    question_text(to->ledger, step->value);
    restore_send(to);
}

void ledger_restore_tender(const struct restore *to, uint64_t number,
                           const struct restore_tender *is)
{
    begin(to, "HSET", "t", number);
    word(to, "body", is->body);
    word(to, "theme", is->theme);
    word(to, "rule_hash", is->rule_hash);
    figure(to, "round", is->round);
    figure(to, "held", is->held);
    figure(to, "awards", is->awards);
    figure(to, "live", is->live);
    figure(to, "opened_seq", is->opened_seq);
    figure(to, "ceiling", is->ceiling);
    figure(to, "people_min", is->people_min);
    figure(to, "areas_min", is->areas_min);
    figure(to, "area_people_min", is->area_people_min);
    figure(to, "awards_max", is->awards_max);
    figure(to, "closes", is->closes_ms);
    figure(to, "late", is->late);
    if (is->window) figure(to, "window", is->window);
    if (is->hidden) word(to, "tally", TEXT("hidden"));
    if (is->days) figure(to, "days", is->days);
    if (is->contributors) figure(to, "contributors", is->contributors);
    if (is->need) figure(to, "need", is->need);
    if (is->critical) {
        figure(to, "critical", is->critical);
        figure(to, "critical_since", is->critical_since);
        figure(to, "critical_until", is->critical_until);
    }
    if (is->critical_seq) figure(to, "critical_seq", is->critical_seq);
    if (is->paused) figure(to, "paused", is->paused);
    if (is->pause_seq) figure(to, "pause_seq", is->pause_seq);
    if (is->published) figure(to, "published", is->published);
    if (is->tally_key.n) word(to, "tally_key", is->tally_key);
    wide(to);
    restore_send(to);
}

/* >I4I7I7I1I7 of lua/60_proposal.lua. */
static void rule_pack(const struct restore_proposal *is, uint8_t ret[RULE_SIZE])
{
    big_endian_put(ret, 4, is->tender);
    big_endian_put(ret + 4, 7, is->price);
    big_endian_put(ret + 11, 7, is->people_min);
    big_endian_put(ret + 18, 1, is->areas_min);
    big_endian_put(ret + 19, 7, is->area_people_min);
}

static void commission_put(const struct restore *to, const struct restore_proposal *is)
{
    figure(to, "rho", is->rho);
    figure(to, "spent", is->spent);
    figure(to, "rounding", is->rounding);
    figure(to, "commission_seq", is->commission_seq);
    figure(to, "commission_at", is->commission_ms);
    word(to, "draws", is->draws);
}

static void shape_put(const struct restore *to, const struct restore_proposal *is)
{
    for (size_t i = 0; i < is->versions_n; i++) {
        question_format(to->ledger, "v%zu", i + 1);
        question_text(to->ledger, is->versions[i]);
    }
    if (is->versions_n > 1) figure(to, "version", is->versions_n);
    if (is->merged_into) figure(to, "merged", is->merged_into);
    if (is->judged_seq == 0) return;
    question_text(to->ledger, TEXT("judged"));
    question_format(to->ledger, "%d %llu %llu", is->eligible, (unsigned long long)is->judged_seq,
                    (unsigned long long)is->judged_ms);
}

void ledger_restore_proposal(const struct restore *to, uint64_t number,
                             const struct restore_proposal *is)
{
    uint8_t rule[RULE_SIZE];
    rule_pack(is, rule);
    begin(to, "HSET", "p", number);
    figure(to, "tender", is->tender);
    figure(to, "price", is->price);
    word(to, "theme", is->theme);
    figure(to, "round", is->round);
    word(to, "rule", (struct text){(const char *)rule, sizeof rule});
    figure(to, "sum", is->sum);
    figure(to, "n", is->people);
    figure(to, "areas_ok", is->areas_ok);
    for (unsigned i = 0; i < 64; i++)
        if (is->areas >> i & 1) {
            question_format(to->ledger, "a:%u", i);
            question_number(to->ledger, is->area_people[i]);
        }
    if (is->ready) figure(to, "ready", is->ready);
    if (is->milestones.n) word(to, "milestones", is->milestones);
    shape_put(to, is);
    if (is->commission_seq) commission_put(to, is);
    wide(to);
    restore_send(to);
}

void ledger_restore_listed(const struct restore *to, uint64_t tender, uint64_t proposal)
{
    begin(to, "RPUSH", "tp", tender);
    question_number(to->ledger, proposal);
    restore_send(to);
}

void ledger_restore_pledging_hidden(const struct restore *to, struct text group, uint64_t people)
{
    begin(to, "HSET", "ph", 0);
    question_text(to->ledger, group);
    question_number(to->ledger, people);
    restore_send(to);
}

void ledger_restore_hidden(const struct restore *to, uint64_t tender)
{
    begin(to, "SADD", "hidden", 0);
    question_number(to->ledger, tender);
    restore_send(to);
}

void ledger_restore_live(const struct restore *to, uint64_t tender, uint64_t proposal)
{
    begin(to, "SADD", "tl", tender);
    question_number(to->ledger, proposal);
    restore_send(to);
}

/* ---- histograms and wallets ------------------------------------------------------------------ */

/* The amount's first digits, as lua/65_histogram.lua spells them. */
static void bucket_name(const struct restore *to, const struct restore_bucket *bucket)
{
    char name[5] = "";
    INVARIANT(bucket->level >= 1 && bucket->level <= 4);
    for (unsigned i = 0; i < bucket->level; i++)
        name[i] = (char)('0' + (bucket->amount >> (18 - 6 * i) & 63));
    question_format(to->ledger, "%s", name);
}

void ledger_restore_histogram(const struct restore *to, uint64_t proposal,
                              const struct restore_bucket *buckets, size_t n)
{
    uint8_t values[RESTORE_BATCH_MAX][BUCKET_SIZE];
    INVARIANT(n <= RESTORE_BATCH_MAX);
    begin(to, "HSET", "h", proposal);
    wide(to);
    for (size_t i = 0; i < n; i++) {
        const bool last = buckets[i].level == 4;
        big_endian_put(values[i], BUCKET_COUNT_SIZE, buckets[i].count);
        big_endian_put(values[i] + BUCKET_COUNT_SIZE, BUCKET_SIZE - BUCKET_COUNT_SIZE,
                       buckets[i].sum);
        bucket_name(to, &buckets[i]);
        question_text(to->ledger, (struct text){(const char *)values[i],
                                                last ? BUCKET_COUNT_SIZE : BUCKET_SIZE});
    }
    restore_send(to);
}

/* As lua/68_wallet.lua packs a row; no keys. */
static size_t row_pack(const struct wallet_state *wallet, uint8_t *ret)
{
    uint8_t *at = ret + ROW_HEAD;
    INVARIANT(wallet->pledges_n <= WALLET_PLEDGES_MAX);
    ret[0] = wallet->fallbacks ? 2 : 1;
    ret[1] = (uint8_t)wallet->area;
    ret[2] = (uint8_t)wallet->pledges_n;
    ret[3] = 0;
    for (size_t i = 0; i < wallet->pledges_n; i++, at += ROW_ENTRY) {
        big_endian_put(at, 4, wallet->pledges[i].proposal);
        big_endian_put(at + 4, 4, wallet->pledges[i].tender);
        big_endian_put(at + 8, 3, wallet->pledges[i].amount);
        big_endian_put(at + 11, 5, wallet->pledges[i].seq);
    }
    return (size_t)(at - ret);
}

void ledger_restore_wallets(const struct restore *to, uint64_t round,
                            const struct wallet_state *wallets, size_t n)
{
    static uint8_t rows[RESTORE_BATCH_MAX][ROW_MAX]; /* copied before this returns */
    INVARIANT(n > 0 && n <= RESTORE_BATCH_MAX);
    begin(to, "HSET", "w", round);
    for (size_t i = 0; i < n; i++) {
        const size_t size = row_pack(&wallets[i], rows[i]);
        question_text(to->ledger, text_of(wallets[i].wallet));
        question_text(to->ledger, (struct text){(const char *)rows[i], size});
    }
    restore_send(to);
}

/* ---- what waits ------------------------------------------------------------------------------ */

void ledger_restore_deadline(const struct restore *to, const struct restore_deadline *is)
{
    begin(to, "ZADD", "due", 0);
    question_number(to->ledger, is->due_ms);
    question_format(to->ledger, "%016" PRIu64 ":%c%" PRIu64, is->seq, is->letter, is->number);
    restore_send(to);
}

void ledger_restore_ready(const struct restore *to, uint64_t seq, uint64_t proposal)
{
    begin(to, "ZADD", "ready", 0);
    question_number(to->ledger, seq);
    question_number(to->ledger, proposal);
    restore_send(to);
}

void ledger_restore_commission(const struct restore *to, uint64_t proposal)
{
    begin(to, "RPUSH", "commissions", 0);
    question_number(to->ledger, proposal);
    restore_send(to);
}

/* As lua/72_fallback.lua packs a member. */
void ledger_restore_fallback(const struct restore *to, const struct restore_fallback *is)
{
    uint8_t member[9 + RESIDENT_ID_SIZE + RESTORE_STEPS_SIZE];
    big_endian_put(member, 4, is->proposal);
    big_endian_put(member + 4, 5, is->seq);
    memcpy(member + 9, is->wallet, RESIDENT_ID_SIZE);
    INVARIANT(is->steps.n <= RESTORE_STEPS_SIZE);
    memcpy(member + 9 + RESIDENT_ID_SIZE, is->steps.at, is->steps.n);
    begin(to, "ZADD", "fb", is->round);
    question_number(to->ledger, 0);
    question_text(to->ledger,
                  (struct text){(const char *)member, 9 + RESIDENT_ID_SIZE + is->steps.n});
    restore_send(to);
}

void ledger_restore_released(const struct restore *to, uint64_t seq, uint64_t proposal)
{
    begin(to, "ZADD", "fallbacks", 0);
    question_number(to->ledger, seq);
    question_number(to->ledger, proposal);
    restore_send(to);
}

void ledger_restore_delivery(const struct restore *to, const char *name, uint64_t commission,
                             const struct ledger_member *rows, size_t n)
{
    INVARIANT(n > 0 && n <= RESTORE_BATCH_MAX);
    begin(to, "HSET", name, commission);
    for (size_t i = 0; i < n; i++) {
        question_text(to->ledger, rows[i].name);
        question_text(to->ledger, rows[i].value);
    }
    restore_send(to);
}
