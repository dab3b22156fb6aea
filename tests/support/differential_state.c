/* differential_state.c -- all that Redis keeps of a community beside all that the rules keep.
 *
 * Key by key as ACTS.md lists them. Hashes and sets come in no order, so their lines are sorted on
 * both sides. What the log or the answers have shown already (texts, rule hashes) is left out. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "groundswell/base/secret.h"

#include "groundswell/rules/tally.h"

#include "differential_inside.h"

void sides_begin(struct differential *d)
{
    buf_reset(&d->expected);
    buf_reset(&d->got);
}

static int by_text(const void *a, const void *b)
{
    return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static void sort_lines(struct buf *buf)
{
    struct text rest = buf_view(buf), *lines = calloc(buf->len + 1, sizeof *lines);
    CLEANUP(buf) struct buf sorted = BUF_MAX(16 * MIB);
    size_t n = 0;
    INVARIANT(lines != NULL && buf_fault(buf) == FAULT_NONE);
    while (rest.n > 0)
        lines[n++] = text_cut(&rest, '\n');
    qsort(lines, n, sizeof *lines, by_text);
    for (size_t i = 0; i < n; i++) {
        buf_text(&sorted, lines[i]);
        buf_char(&sorted, '\n');
    }
    buf_reset(buf);
    buf_text(buf, buf_view(&sorted));
    free(lines);
}

bool sorted_agree(struct differential *d, const char *what)
{
    sort_lines(&d->expected);
    sort_lines(&d->got);
    return agreed(d, what);
}

struct reply answer(struct differential *d)
{
    resp_flush(&d->resp);
    return resp_read(&d->resp, &d->arena);
}

/* `name value` lines of a hash, or of a sorted set with its scores. */
void put_pairs(struct buf *out, const struct reply *flat)
{
    for (size_t i = 0; i + 1 < flat->n; i += 2)
        if (!text_is(flat->items[i].text, "wide")) /* filler */
            buf_format(out, "%.*s %.*s\n", TEXT_ARGS(flat->items[i].text),
                   TEXT_ARGS(flat->items[i + 1].text));
}

/* Every item in one line. */
static void put_line(struct buf *out, const struct reply *list)
{
    for (size_t i = 0; i < list->n; i++)
        buf_format(out, "%.*s ", TEXT_ARGS(list->items[i].text));
    buf_char(out, '\n');
}

/* A number that is kept only where it is not 0. */
static void put_or_nil(struct buf *out, uint64_t number)
{
    if (number)
        buf_u64(out, number);
    buf_char(out, ' ');
}

/* ---- the marks of tenders and proposals ---- */

static bool marks_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_tender tender;
    struct model_proposal proposal;
    sides_begin(d);
    resp_say(&d->resp, "HGETALL {%s}:st", d->slug);
    struct reply reply = answer(d);
    put_pairs(&d->got, &reply);
    for (uint64_t i = 1; model_tender(m, i, &tender); i++)
        if (tender.paused_until)
            buf_format(&d->expected, "t%" PRIu64 " %c%" PRIu64 "\n", i, tender.mark,
                       tender.paused_until);
        else
            buf_format(&d->expected, "t%" PRIu64 " %c\n", i, tender.mark);
    for (uint64_t i = 1; model_proposal(m, i, &proposal); i++) {
        buf_format(&d->expected, "p%" PRIu64 " ", i);
        if (proposal.state[0] == 'a')
            buf_format(&d->expected, "a%" PRIu64 "\n", proposal.rho);
        else
            buf_format(&d->expected, "%c\n", proposal.mark);
    }
    return sorted_agree(d, "states of tenders and proposals differ");
}

/* ---- what is in order: deadlines, ready, commissions, the length of the log ---- */

static bool lists_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_deadline due;
    struct model_proposal proposal;
    static uint64_t list[1 << 16];
    size_t n = model_ready(m, list, sizeof list / sizeof *list);
    sides_begin(d);
    resp_say(&d->resp, "ZRANGE {%s}:due 0 -1 WITHSCORES", d->slug);
    resp_say(&d->resp, "ZRANGE {%s}:ready 0 -1 WITHSCORES", d->slug);
    resp_say(&d->resp, "LRANGE {%s}:commissions 0 -1", d->slug);
    resp_say(&d->resp, "XLEN {%s}:log", d->slug);
    struct reply dues = answer(d), ready = resp_read(&d->resp, &d->arena);
    struct reply commissions = resp_read(&d->resp, &d->arena);
    struct reply log = resp_read(&d->resp, &d->arena);
    put_pairs(&d->got, &dues);
    put_pairs(&d->got, &ready);
    put_line(&d->got, &commissions);
    buf_text(&d->got, log.text);
    for (size_t i = 0; model_deadline(m, i, &due); i++)
        buf_format(&d->expected, "%016" PRIu64 ":%c%" PRIu64 " %" PRIu64 "\n", due.seq, due.letter,
                   due.number, due.due);
    for (size_t i = 0; i < n && model_proposal(m, list[i], &proposal); i++)
        buf_format(&d->expected, "%" PRIu64 " %" PRIu64 "\n", list[i], proposal.ready_seq);
    n = model_commissions(m, list, sizeof list / sizeof *list);
    for (size_t i = 0; i < n; i++)
        buf_format(&d->expected, "%" PRIu64 " ", list[i]);
    buf_format(&d->expected, "\n%" PRIu64, model_seq(m));
    return agreed(d, "deadlines, ready, commissions or log differ");
}

/* ---- tenders and proposals ---- */

static bool tenders_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_tender t;
    uint64_t n = model_tenders(m);
    sides_begin(d);
    for (uint64_t i = 1; i <= n; i++)
        resp_say(&d->resp,
                 "HMGET {%s}:t:%" PRIu64 " round ceiling people_min areas_min area_people_min "
                 "awards_max closes awards held live late body theme "
                 "window tally days contributors need published critical critical_since "
                 "critical_until paused",
                 d->slug, i);
    resp_flush(&d->resp);
    for (uint64_t i = 1; i <= n; i++) {
        struct reply reply = resp_read(&d->resp, &d->arena);
        put_line(&d->got, &reply);
        INVARIANT(model_tender(m, i, &t));
        const uint64_t numbers[] = {t.round,      t.ceiling, t.people_min, t.areas_min,
                                    t.area_people_min, t.awards_max, t.closes, t.awards,
                                    t.held,       t.proposals_live, t.late};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            buf_format(&d->expected, "%" PRIu64 " ", numbers[k]);
        buf_format(&d->expected, "%.*s %.*s ", TEXT_ARGS(t.body), TEXT_ARGS(t.theme));
        put_or_nil(&d->expected, t.window);
        buf_cstr(&d->expected, t.hidden ? "hidden " : " ");
        put_or_nil(&d->expected, t.days);
        put_or_nil(&d->expected, t.contributors);
        put_or_nil(&d->expected, t.need);
        put_or_nil(&d->expected, t.published);
        put_or_nil(&d->expected, t.critical);
        put_or_nil(&d->expected, t.critical_since);
        put_or_nil(&d->expected, t.critical_until);
        put_or_nil(&d->expected, t.paused);
        buf_char(&d->expected, '\n');
    }
    return agreed(d, "tenders differ");
}

static void proposal_ask(struct differential *d, uint64_t number)
{
    resp_arg(&d->resp, TEXT("HMGET"));
    resp_format(&d->resp, "{%s}:p:%" PRIu64, d->slug, number);
    resp_arg(&d->resp, TEXT("tender"));
    resp_arg(&d->resp, TEXT("price"));
    resp_arg(&d->resp, TEXT("sum"));
    resp_arg(&d->resp, TEXT("n"));
    resp_arg(&d->resp, TEXT("areas_ok"));
    resp_arg(&d->resp, TEXT("rho"));
    for (uint64_t area = 0; area < d->profile->areas; area++)
        resp_format(&d->resp, "a:%" PRIu64, area);
    resp_end(&d->resp);
}

static bool proposals_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_proposal p;
    uint64_t n = model_proposals(m);
    sides_begin(d);
    for (uint64_t i = 1; i <= n; i++)
        proposal_ask(d, i);
    resp_flush(&d->resp);
    for (uint64_t i = 1; i <= n; i++) {
        struct reply reply = resp_read(&d->resp, &d->arena);
        for (size_t k = 0; k < reply.n; k++) { /* what was never set is nothing */
            struct text value = reply.items[k].text;
            buf_format(&d->got, "%.*s ", TEXT_ARGS(value.n ? value : TEXT("0")));
        }
        buf_char(&d->got, '\n');
        INVARIANT(model_proposal(m, i, &p));
        const uint64_t numbers[] = {p.tender, p.price, p.sum, p.people, p.areas_ok, p.rho};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            buf_format(&d->expected, "%" PRIu64 " ", numbers[k]);
        for (uint64_t area = 0; area < d->profile->areas; area++)
            buf_format(&d->expected, "%" PRIu32 " ", p.area_people[area]);
        buf_char(&d->expected, '\n');
    }
    return agreed(d, "proposals differ");
}

/* tp and tl of every tender. */
static bool members_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_tender tender;
    struct model_proposal proposal;
    uint64_t n = model_tenders(m), all = model_proposals(m);
    sides_begin(d);
    for (uint64_t i = 1; i <= n; i++) {
        resp_say(&d->resp, "LRANGE {%s}:tp:%" PRIu64 " 0 -1", d->slug, i);
        resp_say(&d->resp, "SMEMBERS {%s}:tl:%" PRIu64, d->slug, i);
    }
    resp_flush(&d->resp);
    for (uint64_t i = 1; i <= n; i++) {
        struct reply list = resp_read(&d->resp, &d->arena);
        struct reply live = resp_read(&d->resp, &d->arena);
        for (size_t k = 0; k < list.n; k++)
            buf_format(&d->got, "%" PRIu64 " %.*s\n", i, TEXT_ARGS(list.items[k].text));
        /* that of a tender which its round's closing has ended goes when its deadline comes */
        INVARIANT(model_tender(m, i, &tender));
        bool flipped = strchr("och", tender.mark) && strcmp(tender.state, "lapsed") == 0;
        for (size_t k = 0; k < live.n && !flipped; k++)
            buf_format(&d->got, "live %.*s\n", TEXT_ARGS(live.items[k].text));
    }
    for (uint64_t i = 1; i <= all && model_proposal(m, i, &proposal); i++) {
        buf_format(&d->expected, "%" PRIu64 " %" PRIu64 "\n", proposal.tender, i);
        if (strcmp(proposal.state, "live") == 0)
            buf_format(&d->expected, "live %" PRIu64 "\n", i);
    }
    return sorted_agree(d, "lists of proposals differ");
}

/* ---- money and rounds ---- */

static bool funds_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_fund fund;
    static const char *const themes[] = {"", "parks", "care", "nobody"};
    uint64_t n = model_funds(m);
    sides_begin(d);
    for (uint64_t i = 1; i <= n; i++)
        resp_say(&d->resp, "HMGET {%s}:f:%" PRIu64 " amount left theme", d->slug, i);
    resp_say(&d->resp, "HMGET {%s}:c left: left:parks left:care left:nobody", d->slug);
    resp_flush(&d->resp);
    for (uint64_t i = 1; i <= n; i++) {
        struct reply reply = resp_read(&d->resp, &d->arena);
        put_line(&d->got, &reply);
        INVARIANT(model_fund(m, i, &fund));
        buf_format(&d->expected, "%" PRIu64 " %" PRIu64 " %.*s \n", fund.amount, fund.left,
                   TEXT_ARGS(fund.theme));
    }
    struct reply left = resp_read(&d->resp, &d->arena);
    uint64_t unrestricted = model_headroom(m, TEXT(""));
    for (size_t i = 0; i < 4; i++) {
        struct text value = left.items[i].text;
        buf_format(&d->got, "%s:%.*s\n", themes[i], TEXT_ARGS(value.n ? value : TEXT("0")));
        uint64_t headroom = model_headroom(m, text_of(themes[i]));
        buf_format(&d->expected, "%s:%" PRIu64 "\n", themes[i],
                   i ? headroom - unrestricted : headroom);
    }
    return agreed(d, "funds differ");
}

static bool rounds_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_round round;
    uint64_t n = model_round(m);
    sides_begin(d);
    for (uint64_t i = 1; i <= n; i++)
        resp_say(&d->resp,
                 "HMGET {%s}:r:%" PRIu64 " allotment token closes opened_seq granted spent prices "
                 "rounding",
                 d->slug, i);
    resp_flush(&d->resp);
    for (uint64_t i = 1; i <= n; i++) {
        struct reply reply = resp_read(&d->resp, &d->arena);
        put_line(&d->got, &reply);
        INVARIANT(model_round_of(m, i, &round));
        buf_format(&d->expected, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " ",
                   round.allotment, round.token, round.closes, round.opened_seq);
        if (round.open) /* kept with the community until it closes */
            buf_cstr(&d->expected, "    \n");
        else
            buf_format(&d->expected, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " \n",
                       round.granted, round.spent, round.prices, round.rounding);
    }
    return agreed(d, "rounds differ");
}

/* ---- residents and staff ---- */

static void put_counts(struct buf *out, const char *name, const struct reply *flat)
{
    for (size_t i = 0; i + 1 < flat->n; i += 2)
        if (!text_is(flat->items[i + 1].text, "0"))
            buf_format(out, "%s %.*s %.*s\n", name, TEXT_ARGS(flat->items[i].text),
                       TEXT_ARGS(flat->items[i + 1].text));
}

/* The epoch of each; when it began, behind it, is no affair of the rules. */
static void put_epochs(struct buf *out, const struct reply *flat)
{
    for (size_t i = 0; i + 1 < flat->n; i += 2) {
        struct text rest = flat->items[i + 1].text, epoch = text_cut(&rest, ' ');
        buf_format(out, "staff %.*s %.*s\n", TEXT_ARGS(flat->items[i].text), TEXT_ARGS(epoch));
    }
}

static void residents_expected(struct differential *d)
{
    static const char *const staff[] = {"officer-1", "clerk-1", "clerk-2", "operator", "keeper"};
    const struct model *m = model_of(d);
    struct roll_resident row;
    for (uint64_t i = 0; i < model_areas(m); i++) {
        if (model_residents(m, i))
            buf_format(&d->expected, "n %" PRIu64 " %" PRIu64 "\n", i, model_residents(m, i));
        if (model_grants(m, i))
            buf_format(&d->expected, "g %" PRIu64 " %" PRIu64 "\n", i, model_grants(m, i));
    }
    for (size_t i = 0; i < sizeof staff / sizeof *staff; i++) {
        uint64_t epoch = roll_staff_epoch(d->roll, text_of(staff[i]));
        if (epoch)
            buf_format(&d->expected, "staff %s %" PRIu64 "\n", staff[i], epoch);
    }
    for (uint64_t i = 0; i < d->profile->people; i++) {
        if (!roll_resident(d->roll, person_id(d, i), &row))
            continue;
        buf_format(&d->expected, "%.*s %" PRIu64 " %c %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                   TEXT_ARGS(person_id(d, i)), row.area, row.member ? 'm' : 'l', row.epoch,
                   row.granted_round, row.member_seq);
    }
}

static bool residents_agree(struct differential *d)
{
    sides_begin(d);
    resp_say(&d->resp, "HGETALL {%s}:residents", d->slug);
    resp_say(&d->resp, "HGETALL {%s}:n", d->slug);
    resp_say(&d->resp, "HGETALL {%s}:g", d->slug);
    resp_say(&d->resp, "HGETALL {%s}:staff", d->slug);
    struct reply rows = answer(d), counts = resp_read(&d->resp, &d->arena);
    struct reply grants = resp_read(&d->resp, &d->arena);
    struct reply staff = resp_read(&d->resp, &d->arena);
    put_pairs(&d->got, &rows);
    put_counts(&d->got, "n", &counts);
    put_counts(&d->got, "g", &grants);
    put_epochs(&d->got, &staff);
    residents_expected(d);
    return sorted_agree(d, "residents differ");
}

/* ---- wallets ---- */

static void put_bytes(struct buf *out, uint64_t value, size_t n)
{
    while (n > 0)
        buf_format(out, "%02x", (unsigned)(value >> 8 * --n & 0xff));
}

/* The packed row as ACTS.md has it, in hex; false where there is none. */
static bool wallet_expected(struct differential *d, uint64_t round, struct text id)
{
    struct roll_purse purse;
    struct model_wallet wallet = {0};
    struct model_proposal proposal;
    struct buf *out = &d->expected;
    if (!roll_purse(d->roll, round, id, &purse))
        return false;
    model_wallet(model_of(d), round, id, &wallet);
    buf_format(out, "%.*s ", TEXT_ARGS(id));
    put_bytes(out, wallet.fallbacks ? 2 : 1, 1);
    put_bytes(out, purse.area, 1);
    put_bytes(out, wallet.entries_n, 1);
    put_bytes(out, purse.keys_n, 1);
    for (size_t i = 0; i < wallet.entries_n; i++) {
        INVARIANT(model_proposal(model_of(d), wallet.entries[i].proposal, &proposal));
        put_bytes(out, wallet.entries[i].proposal, 4);
        put_bytes(out, proposal.tender, 4);
        put_bytes(out, wallet.entries[i].amount, 3);
        put_bytes(out, wallet.entries[i].seq, 5);
    }
    for (size_t i = 0; i < purse.keys_n; i++) {
        encode_hex(out, purse.keys[i].key, sizeof purse.keys[i].key);
        encode_hex(out, purse.keys[i].body, sizeof purse.keys[i].body);
        put_bytes(out, purse.keys[i].seq, 5);
    }
    buf_char(out, '\n');
    return true;
}

static void wallets_got(struct differential *d, uint64_t round)
{
    uint64_t cursor = 0;
    do {
        resp_say(&d->resp, "HSCAN {%s}:w:%" PRIu64 " %" PRIu64 " COUNT 500", d->slug, round,
                 cursor);
        struct reply reply = answer(d);
        const struct reply *flat = &reply.items[1];
        for (size_t i = 0; i + 1 < flat->n; i += 2) {
            buf_format(&d->got, "%.*s ", TEXT_ARGS(flat->items[i].text));
            encode_hex(&d->got, flat->items[i + 1].text.at, flat->items[i + 1].text.n);
            buf_char(&d->got, '\n');
        }
        INVARIANT(text_to_u64(reply.items[0].text, UINT64_MAX, &cursor));
    } while (cursor != 0);
}

static bool wallets_agree(struct differential *d)
{
    for (uint64_t round = 1; round <= model_round(model_of(d)); round++) {
        char id[22];
        sides_begin(d);
        wallets_got(d, round);
        for (uint64_t i = 0; i < d->profile->people; i++) {
            wallet_of(d, round, person_id(d, i), id);
            wallet_expected(d, round, (struct text){id, sizeof id});
        }
        if (!sorted_agree(d, "wallets differ"))
            return false;
    }
    return true;
}

static bool shares_agree(struct differential *d)
{
    shares_put(d);
    return sorted_agree(d, "histograms differ");
}

static bool fallbacks_agree(struct differential *d)
{
    sides_begin(d);
    fallbacks_put(d);
    return sorted_agree(d, "fallbacks differ");
}

/* What people are shown, at the time of the last record. A deadline that is due then and waits to
 * be settled would be foreseen: then nothing is asked. */
static bool totals_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct accounts now = model_accounts_shown(m);
    if (model_due(m) && model_due(m) <= model_at(m))
        return true;
    sides_begin(d);
    resp_say(&d->resp, "FCALL_RO totals_differential 1 {%s}:c 0", d->slug);
    struct reply reply = answer(d);
    put_line(&d->got, &reply);
    buf_format(&d->expected, "ok seq %" PRIu64 " at %" PRIu64, model_seq(m) - 1, model_at(m));
    buf_format(&d->expected, " funds %" PRIu64 " unallotted %" PRIu64 " free %" PRIu64, now.funds,
               now.unallotted, now.free);
    buf_format(&d->expected, " held %" PRIu64 " committed %" PRIu64 " paid %" PRIu64, now.held,
               now.committed, now.paid);
    buf_format(&d->expected, " round %" PRIu64 " open %d granted %" PRIu64, model_round(m),
               model_round_open(m), now.granted);
    buf_format(&d->expected, " spent %" PRIu64 " prices %" PRIu64 " rounding %" PRIu64 " \n",
               now.spent, now.prices, now.rounding);
    return agreed(d, "totals differ");
}

bool state_agrees(struct differential *d)
{
    if (!model_areas(model_of(d)))
        return true;
    return marks_agree(d) && lists_agree(d) && tenders_agree(d) && proposals_agree(d) &&
           members_agree(d) && funds_agree(d) && rounds_agree(d) && residents_agree(d) &&
           wallets_agree(d) && shares_agree(d) && fallbacks_agree(d) && deliveries_agree(d) &&
           totals_agree(d) && turnout_agrees(d) && bodies_agree(d) && talk_agrees(d) &&
           shapes_agree(d);
}
