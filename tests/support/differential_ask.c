/* differential_ask.c -- an operation as the arguments of its Redis Function, in ACTS.md's order. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "groundswell/base/secret.h"

#include "differential_inside.h"

#define YEARS_MS UINT64_C(1000000000000)

struct list {
    struct text *at;
    size_t n;
    struct arena *arena;
    const struct record *own;
};

static void put(struct list *list, struct text value)
{
    INVARIANT(list->n < OPERATION_ARGS);
    list->at[list->n++] = value.at ? value : TEXT("");
}

static void put_number(struct list *list, uint64_t value)
{
    put(list, text_of(arena_format(list->arena, "%" PRIu64, value)));
}

static void put_pairs_field(struct list *list, enum record_field field)
{
    CLEANUP(buf) struct buf text = BUF_MAX(16 * KIB);
    if (record_has(list->own, field))
        record_field_put(list->own, field, &text);
    put(list, text_of(arena_format(list->arena, "%.*s", TEXT_ARGS(buf_view(&text)))));
}

static void put_fields(struct list *list, const enum record_field *fields)
{
    for (; *fields != RECORD_FIELDS; fields++) {
        enum field_form form = record_field_specs[*fields].form;
        if (form == FORM_NUMBER)
            put_number(list, record_number(list->own, *fields));
        else if (form == FORM_PAIRS)
            put_pairs_field(list, *fields);
        else
            put(list, record_text(list->own, *fields));
    }
}

#define FIELDS(...) put_fields(list, (const enum record_field[]){__VA_ARGS__, RECORD_FIELDS})

static void put_residents(struct list *list, const struct roll_act *act)
{
    put_number(list, act->residents_n);
    for (size_t i = 0; i < act->residents_n; i++) {
        put(list, act->residents[i].resident);
        put_number(list, act->residents[i].area);
    }
}

static void put_community(struct list *list, struct text slug)
{
    put(list, slug);
    FIELDS(FIELD_CURRENCY, FIELD_AREAS, FIELD_AREA_RESIDENTS_MIN, FIELD_MEMBERS_MIN,
           FIELD_TEXT_HASH);
    put(list, TEXT("{}"));
}

/* Of an opening. */
static void put_tally_key(struct list *list)
{
    if (!record_has(list->own, FIELD_KEY))
        return;
    uint8_t digest[DIGEST_SIZE], *key = arena_alloc(list->arena, DIGEST_SIZE);
    CLEANUP(buf) struct buf hex = BUF_MAX(2 * DIGEST_SIZE + 1);
    INVARIANT(key && decode_hex(list->own->key, key, DIGEST_SIZE) == DIGEST_SIZE);
    const struct text bytes = {(const char *)key, DIGEST_SIZE};
    digest_sha256(bytes, digest);
    encode_hex(&hex, digest, sizeof digest);
    put(list, bytes);
    put(list, arena_text(list->arena, buf_view(&hex)));
}

static void put_tender(struct list *list)
{
    FIELDS(FIELD_BODY, FIELD_THEME, FIELD_CEILING, FIELD_PEOPLE_MIN, FIELD_AREAS_MIN,
           FIELD_AREA_PEOPLE_MIN, FIELD_AWARDS_MAX, FIELD_CLOSES, FIELD_LATE, FIELD_WINDOW);
    put(list, list->own->tally.n ? list->own->tally : TEXT("open"));
    FIELDS(FIELD_DAYS, FIELD_CONTRIBUTORS, FIELD_NEED, FIELD_RULE_HASH, FIELD_TEXT_HASH);
    put(list, TEXT("{}"));
}

/* Who came by the code is their own account: so nobody is anybody else's. */
static void put_code(struct list *list, const struct roll_act *act)
{
    if (act->kind == ROLL_CODES_ISSUE) {
        put_number(list, act->now_ms + YEARS_MS);
        put(list, TEXT(""));
        put(list, TEXT(""));
        put_number(list, 1);
        put_number(list, 1);
    }
    put(list, act->serial);
    put(list, TEXT("0123456789abcdef0123456789abcdef"));
    if (act->kind == ROLL_CODES_ISSUE) {
        put_number(list, act->own.issued.at[0][0]);
        put(list, TEXT(""));
    } else {
        put(list, TEXT(""));
        put(list, act->resident);
        put(list, act->resident);
    }
}

static void put_erasure(struct list *list, const struct roll_act *act)
{
    put(list, act->resident);
    FIELDS(FIELD_ROUND, FIELD_WALLET);
    put_number(list, act->keep);
    put(list, TEXT(""));
    put(list, TEXT(""));
}

/* A helper of every pledge's own: what one may do in an hour is not what is compared here. */
static void put_help(struct list *list, const struct roll_act *act)
{
    CLEANUP(buf) struct buf helper = BUF_MAX(40);
    if (!record_has(list->own, FIELD_ASSISTED))
        return;
    encode_hex(&helper, act->key_hash.at, act->key_hash.n);
    put(list, text_of(arena_format(list->arena, "h%.*s", TEXT_ARGS(buf_view(&helper)))));
    FIELDS(FIELD_ASSISTED);
    for (int i = 0; i < 3; i++)
        put(list, TEXT(""));
}

static void put_text(struct list *list)
{
    FIELDS(FIELD_TEXT_HASH);
    put(list, TEXT("{}"));
}

static void put_nobody(struct list *list) /* the operator's own key needs no second person */
{
    put(list, TEXT(""));
    put(list, TEXT(""));
}

static void put_steps(struct list *list)
{
    const struct record_pairs steps = list->own->fallback;
    CLEANUP(buf) struct buf out = BUF_MAX(200);
    if (steps.n == 0)
        return;
    for (size_t i = 0; i < steps.n; i++)
        buf_format(&out, "%s%" PRIu64, i ? "," : "", steps.at[i][1]);
    put(list, text_of(arena_format(list->arena, "%.*s", TEXT_ARGS(buf_view(&out)))));
}

/* An assisted pledge has no steps. */
static void put_behind(struct list *list, const struct roll_act *act)
{
    put_help(list, act);
    put_steps(list);
}

static void put_shape(struct list *list, const struct roll_act *act)
{
    if (act->kind == ROLL_PROPOSAL_JUDGE) {
        FIELDS(FIELD_PROPOSAL, FIELD_BODY, FIELD_ELIGIBLE);
        put_text(list);
    } else if (act->kind == ROLL_PROPOSAL_AMEND) {
        FIELDS(FIELD_PROPOSAL, FIELD_PRICE);
        put_text(list);
        FIELDS(FIELD_MILESTONES);
    } else if (act->kind == ROLL_PROPOSAL_MERGE) {
        FIELDS(FIELD_PROPOSAL, FIELD_OTHER);
    }
}

static void put_tender_act(struct list *list, const struct roll_act *act)
{
    switch (act->kind) {
    case ROLL_TENDER_CREATE:
        put_tender(list);
        break;
    case ROLL_TENDER_OPEN:
    case ROLL_TENDER_WITHDRAW:
    case ROLL_TENDER_PUBLISH:
        FIELDS(FIELD_TENDER, FIELD_BODY);
        put_tally_key(list);
        break;
    case ROLL_TENDER_PAUSE:
        FIELDS(FIELD_TENDER, FIELD_UNTIL, FIELD_TEXT_HASH);
        put(list, TEXT("{}"));
        put(list, TEXT(""));
        put(list, TEXT(""));
        break;
    case ROLL_TENDER_RESUME:
        FIELDS(FIELD_TENDER);
        break;
    case ROLL_PROPOSAL_SUBMIT:
        FIELDS(FIELD_TENDER, FIELD_BODY, FIELD_PRICE);
        put_text(list);
        FIELDS(FIELD_MILESTONES);
        break;
    case ROLL_PROPOSAL_WITHDRAW:
        FIELDS(FIELD_PROPOSAL, FIELD_BODY);
        break;
    default:
        put_shape(list, act);
        break;
    }
}

static void put_voice(struct list *list)
{
    FIELDS(FIELD_ROUND, FIELD_WALLET, FIELD_COMMISSION, FIELD_MILESTONE);
    put_text(list);
}

static void put_delivery(struct list *list, const struct roll_act *act)
{
    if (act->kind == ROLL_MILESTONE_CONFIRM || act->kind == ROLL_MILESTONE_DISPUTE) {
        put_voice(list);
        return;
    }
    if (!is_delivery(act->kind))
        return;
    FIELDS(FIELD_COMMISSION, FIELD_BODY);
    if (act->kind == ROLL_CONTRACT_SIGN)
        FIELDS(FIELD_STARTS, FIELD_ENDS, FIELD_DOCUMENT);
    else if (act->kind == ROLL_EVIDENCE_ADD)
        FIELDS(FIELD_MILESTONE, FIELD_DOCUMENT);
    else if (act->kind == ROLL_MILESTONE_REPORT || act->kind == ROLL_MILESTONE_ACCEPT)
        FIELDS(FIELD_MILESTONE);
    else if (act->kind == ROLL_PAYMENT_RECORD)
        FIELDS(FIELD_MILESTONE, FIELD_AMOUNT);
    else if (act->kind == ROLL_VARIATION_PROPOSE)
        FIELDS(FIELD_MILESTONES, FIELD_ENDS);
    else if (act->kind == ROLL_VARIATION_APPROVE)
        FIELDS(FIELD_VARIATION);
    else if (act->kind == ROLL_SAVINGS_NOTE)
        FIELDS(FIELD_AGENCIES);
    else if (act->kind == ROLL_OUTCOME_REPORT && record_has(list->own, FIELD_FIGURE))
        FIELDS(FIELD_FIGURE);
    else if (act->kind == ROLL_OUTCOME_REPORT)
        put(list, TEXT(""));
    bool asked = act->kind == ROLL_MILESTONE_ACCEPT || act->kind == ROLL_VARIATION_APPROVE;
    if (!asked && act->kind != ROLL_COMMISSION_COMPLETE)
        put_text(list);
    if (asked || act->kind == ROLL_COMMISSION_TERMINATE)
        put_nobody(list);
}

static void put_talk(struct list *list, const struct roll_act *act)
{
    struct text args[8];
    size_t n = talk_args(act, list->arena, args);
    for (size_t i = 0; i < n; i++)
        put(list, args[i]);
}

static void put_given(struct list *list, enum record_field field)
{
    if (record_has(list->own, field))
        put_fields(list, (const enum record_field[]){field, RECORD_FIELDS});
    else
        put(list, TEXT(""));
}

static void put_defaults(struct list *list)
{
    static const enum record_field given[] = {FIELD_MEMBERS_MIN, FIELD_DAYS, FIELD_CONTRIBUTORS,
                                              FIELD_PEOPLE_PERMILLE, FIELD_AREAS_MIN,
                                              FIELD_WINDOW, FIELD_TALLY, FIELD_NEEDS_LINE};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        put_given(list, given[i]);
}

/* Of bodies; any actor may. */
static void put_body(struct list *list, const struct differential *d, const struct operation *op)
{
    const struct roll_act *act = &op->act;
    if (act->kind == ROLL_MEMBER_LEAVE)
        FIELDS(FIELD_MEMBER);
    else if (act->kind == ROLL_BODY_FORM)
        FIELDS(FIELD_BODY);
    else
        put(list, body_number(d, op, list->arena));
    put(list, TEXT(""));
    if (act->kind == ROLL_MEMBER_LEAVE)
        return;
    if (act->kind == ROLL_MEMBER_SEAT) {
        FIELDS(FIELD_CATEGORY, FIELD_VOTES, FIELD_TERM);
        put(list, act->holder);
    }
    FIELDS(FIELD_TEXT_HASH);
    put(list, TEXT("{}"));
}

static void put_approval(struct list *list, const struct roll_act *act)
{
    FIELDS(FIELD_TENDER);
    put(list, act->resident.n ? TEXT("") : act->holder);
    put_number(list, act->resident.n > 0);
}

/* Of whom there are fewer: who leaves for good, bodies. */
static void put_rest(struct list *list, const struct differential *d, const struct operation *op)
{
    switch (op->act.kind) {
    case ROLL_RESIDENT_ERASE:
        put_erasure(list, &op->act);
        break;
    case ROLL_STAFF_SIGN_OUT:
        put(list, op->act.staff);
        break;
    case ROLL_COMMUNITY_SET:
        put_defaults(list);
        break;
    case ROLL_AREAS_SET:
        FIELDS(FIELD_TEXT_HASH);
        put(list, TEXT("{}"));
        break;
    case ROLL_BODY_FORM:
    case ROLL_BODY_CONSTITUTE:
    case ROLL_MEMBER_SEAT:
    case ROLL_MEMBER_LEAVE:
        put_body(list, d, op);
        break;
    case ROLL_TENDER_APPROVE:
        put_approval(list, &op->act);
        break;
    default:
        if (is_delivery(op->act.kind))
            put_delivery(list, &op->act);
        else
            put_tender_act(list, &op->act);
        break;
    }
}

static void put_own(struct list *list, const struct differential *d, const struct operation *op)
{
    const struct roll_act *act = &op->act;
    struct text slug = text_of(d->slug);
    switch (act->kind) {
    case ROLL_COMMUNITY_CREATE:
        put_community(list, slug);
        break;
    case ROLL_FUND_ADD:
        FIELDS(FIELD_AMOUNT, FIELD_THEME);
        put_text(list);
        break;
    case ROLL_FUND_TOP_UP:
    case ROLL_FUND_WITHDRAW:
        FIELDS(FIELD_FUND, FIELD_AMOUNT);
        break;
    case ROLL_RESIDENTS_REGISTER:
        put_residents(list, act);
        break;
    case ROLL_RESIDENT_GRANT:
    case ROLL_RESIDENT_SIGN_OUT:
        put(list, act->resident);
        break;
    case ROLL_RESIDENT_LEAVE:
        put(list, act->resident);
        FIELDS(FIELD_ROUND, FIELD_WALLET);
        break;
    case ROLL_ROUND_OPEN:
        FIELDS(FIELD_ROUND, FIELD_ALLOTMENT, FIELD_TOKEN, FIELD_CLOSES, FIELD_ROLL,
               FIELD_TEXT_HASH);
        put(list, TEXT(""));
        break;
    case ROLL_ROUND_CLOSE:
        FIELDS(FIELD_ROUND);
        break;
    case ROLL_PLEDGE_SET:
        FIELDS(FIELD_ROUND, FIELD_WALLET, FIELD_PROPOSAL, FIELD_AMOUNT);
        put_behind(list, act);
        break;
    case ROLL_PLEDGE_WITHDRAW:
        FIELDS(FIELD_ROUND, FIELD_WALLET);
        /* fall through */
    case ROLL_ACTIVATE:
        FIELDS(FIELD_PROPOSAL);
        break;
    case ROLL_CODES_ISSUE:
    case ROLL_CODE_REDEEM:
        put_code(list, act);
        break;
    default:
        put_rest(list, d, op);
        break;
    }
}

size_t operation_args(const struct differential *d, const struct operation *op,
                      struct arena *arena, struct text ret[OPERATION_ARGS])
{
    const struct roll_act *act = &op->act;
    struct list list = {ret, 0, arena, &act->own};
    put_number(&list, act->now_ms);
    put(&list, act->subject);
    put_number(&list, act->epoch);
    put(&list, act->key_hash);
    struct text body = {(const char *)act->body_hash, sizeof act->body_hash};
    put(&list, act->key_hash.n ? body : TEXT(""));
    if (is_talk(act->kind))
        put_talk(&list, act);
    else
        put_own(&list, d, op);
    return list.n;
}

/* As a person reads it; key and body in hex. */
void operation_put(const struct differential *d, const struct operation *op, struct arena *arena,
                   struct buf *out)
{
    struct text args[OPERATION_ARGS];
    size_t n = operation_args(d, op, arena, args);
    buf_format(out, "%" PRIu64 " %s", op->number, roll_kind_name(op->act.kind));
    for (size_t i = 0; i < n; i++) {
        buf_char(out, ' ');
        if (args[i].n == 0)
            buf_cstr(out, "''");
        else if (i != 3 && i != 4)
            buf_text(out, args[i].n == 64 ? (struct text){args[i].at, 6} : args[i]);
        for (size_t k = 0; (i == 3 || i == 4) && k < args[i].n; k++)
            buf_format(out, "%02x", (unsigned char)args[i].at[k]);
    }
    buf_format(out, " -> %s\n", op->outcome);
}
