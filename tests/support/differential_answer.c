/* differential_answer.c -- what the rules answered, and what Redis did, in the same words.
 *
 * Names and values, one after another, as the functions answer; the words of a refusal in the order
 * of their names, for ACTS.md gives them none. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "groundswell/rules/tally.h"

#include "differential_inside.h"

void expect(struct buf *out, const char *name, uint64_t value)
{
    buf_char(out, ' ');
    buf_cstr(out, name);
    buf_char(out, '=');
    buf_u64(out, value);
}

static void put_text(struct buf *out, const char *name, struct text value)
{
    buf_char(out, ' ');
    buf_cstr(out, name);
    buf_char(out, '=');
    buf_text(out, value);
}

/* ---- refusals ---- */

struct word {
    struct text name, value;
};

static int by_name(const void *a, const void *b)
{
    return text_compare(((const struct word *)a)->name, ((const struct word *)b)->name);
}

static void put_words(struct buf *out, struct word *words, size_t n)
{
    qsort(words, n, sizeof *words, by_name);
    for (size_t i = 0; i < n; i++) {
        buf_char(out, ' ');
        buf_text(out, words[i].name);
        buf_char(out, '=');
        buf_text(out, words[i].value);
    }
}

static void refusal_expected(struct differential *d)
{
    const struct verdict *v = &d->verdict;
    struct word words[6];
    for (size_t i = 0; i < v->words_n; i++) {
        const struct verdict_word *word = &v->words[i];
        words[i].name = text_of(word->name);
        words[i].value = word->text.at
                             ? word->text
                             : text_of(arena_format(&d->arena, "%" PRIu64, word->number));
    }
    buf_format(&d->expected, "no %s", refusal_code(v->refusal));
    put_words(&d->expected, words, v->words_n);
}

/* ---- what was accepted ---- */

static const char *object_of(enum roll_kind kind)
{
    static const char *const objects[ROLL_KINDS] = {
        [ROLL_FUND_ADD] = "fund",
        [ROLL_FUND_TOP_UP] = "fund",
        [ROLL_ROUND_OPEN] = "round",
        [ROLL_ROUND_CLOSE] = "round",
        [ROLL_TENDER_CREATE] = "tender",
        [ROLL_TENDER_OPEN] = "tender",
        [ROLL_TENDER_WITHDRAW] = "tender",
        [ROLL_TENDER_PAUSE] = "tender",
        [ROLL_TENDER_RESUME] = "tender",
        [ROLL_PROPOSAL_SUBMIT] = "proposal",
        [ROLL_PROPOSAL_WITHDRAW] = "proposal",
        [ROLL_ACTIVATE] = "proposal",
        [ROLL_PROPOSAL_JUDGE] = "proposal",
        [ROLL_PROPOSAL_AMEND] = "proposal",
        [ROLL_PROPOSAL_MERGE] = "proposal",
        [ROLL_BODY_FORM] = "body",
        [ROLL_BODY_CONSTITUTE] = "body",
        [ROLL_MEMBER_SEAT] = "member",
        [ROLL_MEMBER_LEAVE] = "member",
        [ROLL_TENDER_APPROVE] = "tender",
        [ROLL_TENDER_PUBLISH] = "tender",
        [ROLL_NEED_RAISE] = "need",
        [ROLL_NEED_SECOND] = "need",
        [ROLL_NEED_ANSWER] = "need",
        [ROLL_TALK_ADD] = "talk",
        [ROLL_TALK_EDIT] = "talk",
        [ROLL_TALK_STANCE] = "talk",
        [ROLL_TALK_HIDE] = "talk",
        [ROLL_TALK_APPEAL] = "talk",
        [ROLL_TALK_RULING] = "talk",
        [ROLL_TALK_SUMMARY] = "tender",
        [ROLL_FUND_WITHDRAW] = "fund",
    };
    return is_delivery(kind) ? "commission" : objects[kind];
}

void qualifying_expected(struct differential *d)
{
    const struct verdict *v = &d->verdict;
    buf_cstr(&d->expected, " qualifying=");
    for (size_t i = 0; i < v->qualifying_n; i++)
        buf_format(&d->expected, "%s%" PRIu64, i ? "," : "", v->qualifying[i]);
}

/* What is left by theme, themes in the order in which their first fund was added. */
static void spendable_expected(struct differential *d)
{
    struct model_fund fund, other;
    const char *comma = "";
    buf_cstr(&d->expected, " spendable=");
    for (uint64_t i = 1; model_fund(model_of(d), i, &fund); i++) {
        uint64_t left = 0;
        bool first = true;
        for (uint64_t k = 1; model_fund(model_of(d), k, &other); k++) {
            bool same = text_equal(fund.theme, other.theme);
            first = first && !(same && k < i);
            left += same ? other.left : 0;
        }
        if (!first)
            continue;
        buf_format(&d->expected, "%s%.*s:%" PRIu64, comma, TEXT_ARGS(fund.theme), left);
        comma = ",";
    }
}

static void code_expected(struct differential *d, const struct operation *op)
{
    struct buf *out = &d->expected;
    struct roll_resident row = {0};
    struct text resident = op->act.resident;
    uint64_t codes = 0;
    for (uint64_t i = 0; i < model_areas(model_of(d)); i++)
        codes += model_codes_issued(model_of(d), i);
    if (op->act.kind == ROLL_CODES_ISSUE) {
        expect(out, "batch", codes);
        expect(out, "taken", 0);
        return;
    }
    roll_resident(d->roll, resident, &row);
    put_text(out, "resident", resident);
    expect(out, "area", row.area);
    expect(out, "epoch", row.epoch);
    expect(out, "granted", d->verdict.granted);
    put_text(out, "account", resident);
    expect(out, "recovered", 0);
}

static void own_expected(struct differential *d, enum roll_kind kind)
{
    const struct verdict *v = &d->verdict;
    struct buf *out = &d->expected;
    if (kind == ROLL_FUND_ADD || kind == ROLL_FUND_TOP_UP || kind == ROLL_FUND_WITHDRAW)
        qualifying_expected(d);
    delivery_expected(d, kind);
    if (kind == ROLL_RESIDENTS_REGISTER) {
        expect(out, "registered", v->registered);
        expect(out, "already", v->already);
        expect(out, "granted", v->granted);
        expect(out, "ungranted", v->ungranted);
    }
    if (kind == ROLL_MEMBER_SEAT || kind == ROLL_MEMBER_LEAVE)
        expect(out, "lawful", v->records[v->settled_n].lawful);
    if (kind == ROLL_ROUND_OPEN) {
        expect(out, "granted", v->granted);
        spendable_expected(d);
    }
    struct model_need need;
    if (kind == ROLL_NEED_SECOND && model_need(model_of(d), v->number, &need))
        expect(out, "seconds", need.seconds);
    if (kind == ROLL_SETTLE) {
        expect(out, "due", v->due);
        expect(out, "more", v->more);
        qualifying_expected(d);
        expect(out, "fallbacks", v->waits);
    }
    if (v->pending)
        expect(out, "pending", 1);
    if (kind == ROLL_FALLBACK_NEXT) {
        expect(out, "taken", v->taken);
        expect(out, "more", v->waits);
    }
}

static void fallback_expected(struct differential *d, const struct record *own)
{
    struct model_wallet wallet = {0};
    struct model_fallback fallback;
    model_wallet(model_of(d), own->round, own->wallet, &wallet);
    for (size_t i = 0; i < wallet.entries_n; i++) {
        if (wallet.entries[i].proposal != own->proposal ||
            !model_fallback(model_of(d), wallet.entries[i].seq, &fallback))
            continue;
        buf_cstr(&d->expected, " fallback=");
        for (size_t k = 0; k < fallback.steps_n; k++)
            buf_format(&d->expected, "%s%zu:%" PRIu32, k ? "," : "", k + 1, fallback.steps[k]);
    }
}

static void pledge_expected(struct differential *d, const struct record *own)
{
    const struct verdict *v = &d->verdict;
    struct buf *out = &d->expected;
    struct model_proposal proposal;
    struct model_tender tender;
    struct model_round round;
    INVARIANT(model_proposal(model_of(d), own->proposal, &proposal));
    INVARIANT(model_tender(model_of(d), proposal.tender, &tender));
    INVARIANT(model_round_of(model_of(d), own->round, &round));
    expect(out, "round", own->round);
    expect(out, "proposal", own->proposal);
    expect(out, "tender", proposal.tender);
    expect(out, "amount", v->present.amount);
    expect(out, "allotment", round.allotment);
    expect(out, "free", v->present.free);
    expect(out, "held", v->present.held);
    expect(out, "spent", v->present.spent);
    expect(out, "price", proposal.price);
    expect(out, "pledged", v->present.sum);
    expect(out, "people", v->present.people);
    expect(out, "people_min", tender.people_min);
    expect(out, "areas_ok", v->present.areas_ok);
    expect(out, "areas_min", tender.areas_min);
    expect(out, "area_people_min", tender.area_people_min);
    expect(out, "headroom", model_headroom(model_of(d), tender.theme));
    put_text(out, "state", text_of(v->present.state));
    bool critical = tender.critical == own->proposal && strcmp(tender.state, "critical") == 0;
    expect(out, "critical_until", critical ? tender.critical_until : 0);
    expect(out, "activated", v->records_n > v->settled_n + 1 &&
                              v->records[v->settled_n + 1].kind == RECORD_COMMISSION_ACTIVATED);
    bool activated = strcmp(v->present.state, "activated") == 0;
    expect(out, "rho", activated ? proposal.rho : 0);
    expect(out, "record", tender.mark == 'h' ? v->seq : 0);
    if (!activated)
        fallback_expected(d, own);
}

void answer_expected(struct differential *d, const struct operation *op)
{
    const struct verdict *v = &d->verdict;
    enum roll_kind kind = op->act.kind;
    buf_reset(&d->expected);
    if (v->raised) {
        buf_cstr(&d->expected, "raised");
        return;
    }
    if (v->refusal) {
        refusal_expected(d);
        return;
    }
    buf_cstr(&d->expected, "ok");
    expect(&d->expected, "seq", v->seq);
    expect(&d->expected, "at", v->at);
    expect(&d->expected, "replayed", v->replayed);
    if (kind == ROLL_PLEDGE_SET || kind == ROLL_PLEDGE_WITHDRAW) {
        pledge_expected(d, &op->act.own);
        return;
    }
    if (object_of(kind))
        expect(&d->expected, object_of(kind), v->number);
    if (kind == ROLL_CODE_REDEEM || (kind == ROLL_CODES_ISSUE && !v->replayed))
        code_expected(d, op);
    else if (!v->replayed)
        own_expected(d, kind);
}

void answer_got(struct differential *d, const struct operation *op, const struct reply *reply)
{
    struct buf *out = &d->got;
    struct word words[8];
    size_t words_n = 0;
    buf_reset(out);
    if (reply->kind == '-' && text_starts(reply->text, TEXT("MALFORMED "))) {
        buf_cstr(out, "raised");
        return;
    }
    if (reply->kind != '*' || reply->n == 0) {
        buf_format(out, "%c%.*s", reply->kind, TEXT_ARGS(reply->text));
        return;
    }
    buf_text(out, reply->items[0].text);
    if (text_is(reply->items[0].text, "no") && reply->n % 2 == 0 && reply->n <= 2 + 2 * 8) {
        buf_format(out, " %.*s", TEXT_ARGS(reply->items[1].text));
        for (size_t i = 2; i < reply->n; i += 2)
            words[words_n++] = (struct word){reply->items[i].text, reply->items[i + 1].text};
        put_words(out, words, words_n);
        return;
    }
    /* Whose account it was, and when a known pledge's record was written, the roll knows not. */
    const char *unknown = op->act.kind == ROLL_RESIDENT_ERASE ? "account" : "record_key";
    for (size_t i = 1; i < reply->n; i++) {
        if (i % 2 && text_is(reply->items[i].text, unknown)) {
            i++;
            continue;
        }
        buf_char(out, i % 2 ? ' ' : '=');
        buf_text(out, reply->items[i].text);
    }
}

/* ---- records ---- */

/* The record as it stands in the log: sealed where its tally is hidden. */
static struct record record_in_log(struct differential *d, size_t i)
{
    const struct record *plain = &d->verdict.records[i];
    uint8_t key[TALLY_KEY_SIZE];
    CLEANUP(buf) struct buf sealed = BUF_MAX(KIB);
    if (!d->verdict.sealed_of[i])
        return *plain;
    struct record record = {.kind = RECORD_SEALED, .has = RECORD_BIT(FIELD_KIND)};
    INVARIANT(model_tally_key(model_of(d), d->verdict.sealed_of[i], key));
    tally_seal(plain, key, &sealed);
    record_set(&record, FIELD_V, plain->v);
    record_set(&record, FIELD_SEQ, plain->seq);
    record_set(&record, FIELD_AT, plain->at);
    record_set_text(&record, FIELD_SEALED, arena_text(&d->arena, buf_view(&sealed)));
    return record;
}

void records_expected(struct differential *d)
{
    const struct verdict *v = &d->verdict;
    buf_reset(&d->expected);
    for (size_t i = 0; i < v->records_n; i++) {
        const struct record log = record_in_log(d, i), *record = &log;
        enum record_field field;
        buf_format(&d->expected, "%" PRIu64 "-1", record->seq);
        for (size_t k = 0; (field = record_field_at(record->kind, k)) != RECORD_FIELDS; k++) {
            if (!record_has(record, field))
                continue;
            buf_char(&d->expected, ' ');
            buf_cstr(&d->expected, record_field_specs[field].name);
            buf_char(&d->expected, '=');
            record_field_put(record, field, &d->expected);
        }
        buf_char(&d->expected, '\n');
    }
}

void records_got(struct differential *d, const struct reply *entries)
{
    buf_reset(&d->got);
    for (size_t i = 0; i < entries->n; i++) {
        const struct reply *entry = &entries->items[i];
        buf_text(&d->got, entry->items[0].text);
        for (size_t k = 0; k < entry->items[1].n; k++) {
            buf_char(&d->got, k % 2 ? '=' : ' ');
            buf_text(&d->got, entry->items[1].items[k].text);
        }
        buf_char(&d->got, '\n');
    }
}

/* ---- accounts ---- */

const char *const accounts_names = "seq at funds unallotted free held committed paid granted spent "
                                   "prices rounding round open token allotment closes due left: "
                                   "fund_n tender_n proposal_n round_n members_min body_n member_n";

void accounts_expected(struct differential *d)
{
    const struct model *m = model_of(d);
    struct accounts now = model_accounts(m);
    struct model_round round = {0};
    struct text names = text_of(accounts_names);
    model_round_of(m, model_round(m), &round);
    const uint64_t values[] = {
        model_seq(m),     model_at(m),         now.funds,          now.unallotted,
        now.free,         now.held,            now.committed,      now.paid,
        now.granted,      now.spent,           now.prices,         now.rounding,
        model_round(m),   model_round_open(m), round.token,        round.allotment,
        round.closes,     model_due(m),        model_headroom(m, TEXT("")), model_funds(m),
        model_tenders(m), model_proposals(m),  model_round(m),     model_members_min(m),
        model_bodies(m),  model_members(m),
    };
    buf_reset(&d->expected);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct text name = text_cut(&names, ' ');
        buf_format(&d->expected, "%.*s=", TEXT_ARGS(name));
        if (model_areas(m))
            buf_u64(&d->expected, values[i]);
        buf_char(&d->expected, ' ');
    }
}
