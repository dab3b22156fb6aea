/* differential_deliver.c -- funds taken out, and all that becomes of a commission: which act comes
 * next, with which arguments, and what both sides hold behind it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "groundswell/base/money.h"
#include "groundswell/base/secret.h"

#include "differential_inside.h"

bool is_delivery(enum roll_kind kind)
{
    return kind >= ROLL_CONTRACT_SIGN && kind <= ROLL_COMMISSION_TERMINATE;
}

static bool is_voice(enum roll_kind kind)
{
    return kind == ROLL_MILESTONE_CONFIRM || kind == ROLL_MILESTONE_DISPUTE;
}

/* ---- which ---- */

/* One on its way, where soon found; 0: there is none at all. */
static uint64_t commission_pick(struct differential *d, const char *marks)
{
    static uint64_t list[1 << 16];
    size_t n = model_commissions(model_of(d), list, sizeof list / sizeof *list);
    uint64_t picked = 0;
    for (int i = 0; n > 0 && i < 16; i++) {
        size_t back = draw(d, n > 8 && !chance(d, 5) ? 8 : n);
        picked = list[n - 1 - back];
        if (strchr(marks, model_delivery(model_of(d), picked)->mark))
            break;
    }
    return picked;
}

static uint64_t milestone_pick(struct differential *d, const struct delivery *delivery, char mark)
{
    uint64_t picked = 1;
    for (int i = 0; delivery && i < 6; i++) {
        picked = 1 + draw(d, delivery->milestones_n);
        if (!mark || delivery->milestones[picked - 1].mark == mark)
            break;
    }
    return picked;
}

enum roll_kind delivering(struct differential *d)
{
    const struct delivery *delivery = model_delivery(model_of(d), commission_pick(d, "acd"));
    if (!delivery || !strchr("acd", delivery->mark))
        return ROLL_KINDS;
    if (delivery->mark == 'a')
        return ROLL_CONTRACT_SIGN;
    if (delivery_unpaid(delivery) == 0)
        return ROLL_COMMISSION_COMPLETE;
    switch (delivery->milestones[milestone_pick(d, delivery, 0) - 1].mark) {
    case 'p':
        if (delivery->variations_n > 1 && chance(d, 2))
            return ROLL_VARIATION_APPROVE;
        return chance(d, 3) ? ROLL_MILESTONE_REPORT : ROLL_VARIATION_PROPOSE;
    case 'r':
        return chance(d, 2) ? ROLL_MILESTONE_ACCEPT
               : chance(d, 3) ? ROLL_MILESTONE_DISPUTE
                              : ROLL_MILESTONE_CONFIRM;
    default:
        return ROLL_PAYMENT_RECORD;
    }
}

/* ---- with what ---- */

static void parts_put(struct operation *op, enum record_field field, const uint64_t *amounts,
                      size_t n)
{
    for (size_t i = 0; i < n; i++) {
        op->parts[i][0] = i + 1;
        op->parts[i][1] = amounts[i];
    }
    record_set_pairs(&op->act.own, field,
                     (struct record_pairs){(const uint64_t(*)[2])op->parts, n});
}

/* Cuts an amount into n parts of at least 1. */
static void cut(struct differential *d, uint64_t amount, size_t n, uint64_t *ret)
{
    for (size_t i = 0; i + 1 < n; i++) {
        uint64_t most = amount - (n - i - 1);
        ret[i] = 1 + draw(d, (most + 1) / 2);
        amount -= ret[i];
    }
    ret[n - 1] = amount;
}

void parts_draw(struct differential *d, struct operation *op, uint64_t price)
{
    uint64_t amounts[MILESTONES_MAX + 1];
    if (chance(d, 4) || price < MILESTONES_MAX)
        return;
    size_t n = chance(d, 20) ? MILESTONES_MAX : chance(d, 8) ? 1 : 2 + draw(d, 3);
    cut(d, price, n, amounts);
    if (chance(d, 15))
        amounts[draw(d, n)]++;
    if (chance(d, 150)) /* nobody may ask this */
        amounts[n++] = 0;
    parts_put(op, FIELD_MILESTONES, amounts, n);
}

static size_t largest(const uint64_t *amounts, size_t n)
{
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (amounts[i] > amounts[best])
            best = i;
    return best;
}

/* Mostly from the largest milestone to another, often all that may still be moved: only one of two
 * such can be approved. */
static void vary_draw(struct differential *d, struct operation *op, const struct delivery *of)
{
    uint64_t amounts[MILESTONES_MAX + 1] = {1};
    size_t n = of ? of->milestones_n : 1;
    for (size_t i = 0; of && i < n; i++)
        amounts[i] = of->milestones[i].amount;
    size_t from = chance(d, 6) ? draw(d, n) : largest(amounts, n), to = (from + 1) % n;
    uint64_t part = 1 + draw(d, 1 + (of ? of->price / 9 : 1));
    if (of && chance(d, 2))
        part = of->price / 5 - of->moved + (chance(d, 6) ? 1 : 0);
    if (part >= amounts[from])
        part = amounts[from] - 1;
    amounts[from] -= part;
    amounts[to] += part;
    if (chance(d, 15))
        amounts[to]++;
    if (chance(d, 15) && n < MILESTONES_MAX)
        amounts[n++] = 1;
    parts_put(op, FIELD_MILESTONES, amounts, n);
    if (chance(d, 3) && of)
        record_set(&op->act.own, FIELD_ENDS, of->starts + draw(d, 3) * draw(d, 99));
}

static void document_draw(struct differential *d, struct operation *op)
{
    for (size_t i = 0; i < 64; i++)
        op->document[i] = "0123456789abcdef"[draw(d, 16)];
    record_set_text(&op->act.own, FIELD_DOCUMENT, (struct text){op->document, 64});
}

static void sign_draw(struct differential *d, struct operation *op)
{
    uint64_t starts = d->now + draw(d, 1000);
    record_set(&op->act.own, FIELD_STARTS, starts);
    record_set(&op->act.own, FIELD_ENDS, starts + (chance(d, 12) ? 0 : draw(d, 9000)));
    document_draw(d, op);
}

static void pay_draw(struct differential *d, struct operation *op, const struct delivery *of,
                     uint64_t k)
{
    uint64_t unpaid = 1;
    if (of && k >= 1 && k <= of->milestones_n)
        unpaid = of->milestones[k - 1].amount - of->milestones[k - 1].paid;
    uint64_t amount = chance(d, 2) ? unpaid : 1 + draw(d, unpaid + 1);
    record_set(&op->act.own, FIELD_AMOUNT, chance(d, 12) ? unpaid + 1 : amount ? amount : 1);
}

static bool has_pledged(struct differential *d, uint64_t person, uint64_t round, uint64_t number)
{
    struct model_wallet wallet;
    char id[22];
    bool found = false;
    wallet_of(d, round, person_id(d, person), id);
    if (model_wallet(model_of(d), round, (struct text){id, sizeof id}, &wallet))
        for (size_t i = 0; i < wallet.entries_n; i++)
            found = found || wallet.entries[i].proposal == number;
    return found;
}

static void voice_draw(struct differential *d, struct operation *op, const struct delivery *of,
                       uint64_t number)
{
    uint64_t person = person_pick(d), round = of && !chance(d, 25) ? of->round : 1 + draw(d, 3);
    for (int i = 0; i < 24 && !has_pledged(d, person, round, number) && !chance(d, 30); i++)
        person = person_pick(d);
    op->act.subject = op->act.resident = person_id(d, person);
    wallet_of(d, round, op->act.subject, op->wallet);
    record_set(&op->act.own, FIELD_ROUND, round);
    record_set_text(&op->act.own, FIELD_WALLET, (struct text){op->wallet, sizeof op->wallet});
}

static char mark_wanted(enum roll_kind kind)
{
    if (kind == ROLL_MILESTONE_REPORT)
        return 'p';
    if (kind == ROLL_PAYMENT_RECORD)
        return 'a';
    return kind == ROLL_MILESTONE_ACCEPT || is_voice(kind) ? 'r' : 0;
}

static void own_draw(struct differential *d, struct operation *op, const struct delivery *of,
                     uint64_t number)
{
    uint64_t amounts[MILESTONES_MAX + 1];
    size_t n = 1 + draw(d, 3);
    switch (op->act.kind) {
    case ROLL_CONTRACT_SIGN:
        sign_draw(d, op);
        break;
    case ROLL_EVIDENCE_ADD:
        if (chance(d, 2))
            document_draw(d, op);
        break;
    case ROLL_PAYMENT_RECORD:
        pay_draw(d, op, of, op->act.own.milestone);
        break;
    case ROLL_VARIATION_PROPOSE:
        vary_draw(d, op, of);
        break;
    case ROLL_VARIATION_APPROVE:
        record_set(&op->act.own, FIELD_VARIATION, number_pick(d, of ? of->variations_n : 0));
        break;
    case ROLL_OUTCOME_REPORT:
        if (chance(d, 2))
            record_set(&op->act.own, FIELD_FIGURE, draw(d, 1000));
        break;
    case ROLL_SAVINGS_NOTE:
        cut(d, 100 + draw(d, 9000), n, amounts);
        parts_put(op, FIELD_AGENCIES, amounts, n);
        break;
    case ROLL_MILESTONE_CONFIRM:
    case ROLL_MILESTONE_DISPUTE:
        voice_draw(d, op, of, number);
        break;
    default:
        break;
    }
}

/* Mostly one that is in a state which the act may meet. */
static const char *marks_wanted(struct differential *d, enum roll_kind kind, bool fitting)
{
    if (!fitting && chance(d, 4))
        return "acdft";
    if (kind == ROLL_CONTRACT_SIGN)
        return "a";
    return kind == ROLL_COMMISSION_TERMINATE ? "acd" : "cd";
}

void delivery_draw(struct differential *d, struct operation *op, bool fitting)
{
    struct record *own = &op->act.own;
    enum roll_kind kind = op->act.kind;
    if (kind == ROLL_FUND_WITHDRAW) {
        struct model_fund fund = {0};
        uint64_t number = number_pick(d, model_funds(model_of(d)));
        model_fund(model_of(d), number, &fund);
        record_set(own, FIELD_FUND, number);
        uint64_t amount = 1 + draw(d, 1 + fund.left / (chance(d, 4) ? 1 : 30));
        if (chance(d, 2)) /* all that is not granted, or a little more */
            amount = model_accounts(model_of(d)).unallotted + draw(d, 40);
        record_set(own, FIELD_AMOUNT, amount > 0 && amount <= MONEY_MAX ? amount : 1);
        return;
    }
    if (!is_delivery(kind))
        return;
    uint64_t number = commission_pick(d, marks_wanted(d, kind, fitting));
    if (chance(d, 40) || number == 0)
        number = number_pick(d, model_proposals(model_of(d)));
    const struct delivery *of = model_delivery(model_of(d), number);
    struct model_proposal proposal = {0};
    record_set(own, FIELD_COMMISSION, number);
    record_set(own, FIELD_MILESTONE,
               chance(d, 12) ? draw(d, 2) * (1 + (of ? of->milestones_n : 0))
                             : milestone_pick(d, of, mark_wanted(kind)));
    bool wordless = kind == ROLL_MILESTONE_CONFIRM || kind == ROLL_MILESTONE_ACCEPT ||
                    kind == ROLL_VARIATION_APPROVE || kind == ROLL_COMMISSION_COMPLETE;
    if (!wordless)
        text_draw(d, op);
    model_proposal(model_of(d), number, &proposal);
    if (!is_voice(kind))
        body_draw(d, op, proposal.tender);
    own_draw(d, op, of, number);
}

/* ---- what was answered ---- */

void delivery_expected(struct differential *d, enum roll_kind kind)
{
    static const enum record_field numbers[ROLL_KINDS] = {
        [ROLL_EVIDENCE_ADD] = FIELD_EVIDENCE,
        [ROLL_PAYMENT_RECORD] = FIELD_PAYMENT,
        [ROLL_VARIATION_PROPOSE] = FIELD_VARIATION,
        [ROLL_OUTCOME_REPORT] = FIELD_OUTCOME,
    };
    const struct record *own = &d->verdict.records[d->verdict.settled_n];
    if (numbers[kind])
        expect(&d->expected, record_field_specs[numbers[kind]].name,
               record_number(own, numbers[kind]));
    if (kind == ROLL_COMMISSION_TERMINATE)
        qualifying_expected(d);
}

/* ---- what is held ---- */

static void expect_numbers(struct buf *out, const char *name, const uint64_t *list, size_t n)
{
    buf_cstr(out, name);
    for (size_t i = 0; i < n; i++)
        buf_format(out, " %" PRIu64, list[i]);
    buf_char(out, '\n');
}

#define NUMBERS(out, name, ...)                                                                   \
    expect_numbers((out), (name), (const uint64_t[]){__VA_ARGS__},                                \
                   sizeof(const uint64_t[]){__VA_ARGS__} / sizeof(uint64_t))

static void expect_parts(struct buf *out, const uint64_t *amounts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_format(out, "%s%zu:%" PRIu64, i ? "," : "", i + 1, amounts[i]);
    buf_char(out, '\n');
}

static void contract_expected(struct buf *out, const struct delivery *of)
{
    uint64_t amounts[MILESTONES_MAX];
    for (size_t i = 0; i < of->milestones_n; i++)
        amounts[i] = of->milestones[i].amount;
    NUMBERS(out, "starts", of->starts);
    NUMBERS(out, "ends", of->ends);
    NUMBERS(out, "signed", of->signed_seq);
    buf_format(out, "document %.64s\n", of->document);
    buf_cstr(out, "milestones ");
    expect_parts(out, amounts, of->milestones_n);
}

static void milestones_expected(struct buf *out, const struct delivery *of)
{
    for (size_t i = 0; i < of->milestones_n; i++) {
        const struct milestone *m = &of->milestones[i];
        if (m->reported_seq)
            buf_format(out,
                       "m%zu %c %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                       i + 1, m->mark, m->paid, m->confirmed, m->disputed, m->reported_seq,
                       m->accepted_seq);
    }
}

static void rows_expected(struct buf *out, const struct delivery *of)
{
    for (size_t i = 0; i < of->evidence_n; i++) {
        const struct evidence *e = &of->evidence[i];
        buf_format(out, "e%zu %" PRIu64 " %" PRIu64 " %" PRIu64 " %.*s\n", i + 1, e->seq, e->at,
                   e->milestone, e->document[0] ? 64 : 1, e->document[0] ? e->document : "-");
    }
    for (size_t i = 0; i < of->payments_n; i++) {
        const struct payment *y = &of->payments[i];
        buf_format(out, "y%zu %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", i + 1, y->seq,
                   y->at, y->milestone, y->amount);
    }
    for (size_t i = 0; i < of->variations_n; i++) {
        const struct variation *v = &of->variations[i];
        buf_format(out, "v%zu %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " ", i + 1,
                   v->seq, v->at, v->ends, v->approved_seq, v->moved);
        expect_parts(out, v->amounts, of->milestones_n);
    }
    for (size_t i = 0; i < of->outcomes_n; i++) {
        const struct outcome_told *o = &of->outcomes[i];
        buf_format(out, "o%zu %" PRIu64 " %" PRIu64 " ", i + 1, o->seq, o->at);
        if (o->has_figure)
            buf_format(out, "%" PRIu64 "\n", o->figure);
        else
            buf_cstr(out, "-\n");
    }
}

static void counts_expected(struct buf *out, const struct delivery *of)
{
    if (of->payments_n)
        NUMBERS(out, "paid", delivery_paid(of));
    if (of->mark == 't')
        NUMBERS(out, "returned", delivery_returned(of));
    for (size_t i = 0; i < of->variations_n; i++)
        if (of->variations[i].approved_seq) {
            NUMBERS(out, "moved", of->moved);
            break;
        }
    if (of->evidence_n)
        NUMBERS(out, "evidence", of->evidence_n);
    if (of->payments_n)
        NUMBERS(out, "payments", of->payments_n);
    if (of->variations_n)
        NUMBERS(out, "variations", of->variations_n);
    if (of->outcomes_n)
        NUMBERS(out, "outcomes", of->outcomes_n);
    if (of->ended_seq)
        NUMBERS(out, "ended", of->ended_seq);
}

static void commission_expected(struct buf *out, const struct delivery *of)
{
    if (of->mark != 'a')
        buf_format(out, "state %c\n", of->mark);
    if (of->signed_seq)
        contract_expected(out, of);
    milestones_expected(out, of);
    rows_expected(out, of);
    counts_expected(out, of);
    if (of->savings_seq) {
        buf_format(out, "savings %" PRIu64 " ", of->savings_seq);
        expect_parts(out, of->savings, of->savings_n);
    }
}

struct voices {
    struct buf *out;
    uint64_t commission;
};

static void voice_expected(void *ctx, const struct voice *voice)
{
    const struct voices *voices = ctx;
    if (voice->commission != voices->commission)
        return;
    buf_format(voices->out, "%" PRIu64 " ", voice->milestone);
    encode_base64url(voices->out, voice->wallet, sizeof voice->wallet);
    buf_format(voices->out, " %c\n", voice->disputes ? 'd' : 'c');
}

/* The last twelve: older ones were looked at when they were young. */
bool deliveries_agree(struct differential *d)
{
    static uint64_t list[1 << 16];
    size_t n = model_commissions(model_of(d), list, sizeof list / sizeof *list);
    for (size_t i = n > 12 ? n - 12 : 0; i < n; i++) {
        struct voices voices = {&d->expected, list[i]};
        sides_begin(d);
        resp_say(&d->resp, "HGETALL {%s}:cm:%" PRIu64, d->slug, list[i]);
        resp_say(&d->resp, "HGETALL {%s}:cv:%" PRIu64, d->slug, list[i]);
        struct reply row = answer(d), said = resp_read(&d->resp, &d->arena);
        put_pairs(&d->got, &row);
        put_pairs(&d->got, &said);
        commission_expected(&d->expected, model_delivery(model_of(d), list[i]));
        model_voices_each(model_of(d), voice_expected, &voices);
        if (!sorted_agree(d, "commissions differ"))
            return false;
    }
    return true;
}
