/* recount_compare.c -- what lies in Redis against what the records give, figure by figure.
 *
 * Several questions are not one moment: recount.c asks before and after where the ledger stands,
 * and forgets what was found in between where it moved. What is compared here is the written
 * state; histograms, remembered keys, deadlines and texts have no figure in the records. */
#include "recount.h"

#include "groundswell/base/secret.h"
#include "groundswell/ledger/state.h"
#include "groundswell/ledger/views.h"

#define LINES_MAX 50
#define ID_BYTES 16

struct figure {
    const char *name;
    uint64_t found, expected;
};
#define FIGURES(figures) (figures), sizeof(figures) / sizeof *(figures)

static void PRINTF_LIKE(2, 3) differs(struct recounting *r, const char *format, ...)
{
    if (r->differences++ >= LINES_MAX) return;
    va_list words;
    va_start(words, format);
    buf_vformat(&r->lines, format, words);
    va_end(words);
    buf_char(&r->lines, '\n');
}

/* `noun` "fund 3": what the figures are of. */
static void figures_compare(struct recounting *r, const char *noun, const struct figure *figures,
                            size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (figures[i].found != figures[i].expected)
            differs(r, "%s: %s is %llu in Redis, %llu by the records", noun, figures[i].name,
                    (unsigned long long)figures[i].found, (unsigned long long)figures[i].expected);
}

void recount_word(struct recounting *r, const char *noun, struct text name, struct text found,
                  struct text expected)
{
    if (!text_equal(found, expected))
        differs(r, "%s: %.*s is `%.*s` in Redis, `%.*s` by the records", noun, TEXT_ARGS(name),
                TEXT_ARGS(found), TEXT_ARGS(expected));
}

static void noun_put(char (*ret)[64], const char *word, uint64_t number)
{
    (void)snprintf(*ret, sizeof *ret, "%s %llu", word, (unsigned long long)number);
}

/* Index of an area, from the name of a member; RECORD_AREAS_MAX where it is none. */
static uint64_t area_of(struct text name)
{
    uint64_t area;
    return text_to_u64(name, RECORD_AREAS_MAX - 1, &area) ? area : RECORD_AREAS_MAX;
}

static uint64_t amount_of(struct text value)
{
    uint64_t amount;
    return text_to_u64(value, UINT64_MAX, &amount) ? amount : UINT64_MAX;
}

/* Members that are counts by area, against `expected` of each. */
void recount_areas(struct recounting *r, const char *noun, const char *of,
                   const struct ledger_answer *answer, const uint64_t *expected)
{
    const struct ledger_member *members = answer->items;
    uint64_t found[RECORD_AREAS_MAX + 1] = {0};
    for (size_t i = 0; i < answer->items_n; i++)
        found[area_of(members[i].name)] = amount_of(members[i].value);
    if (found[RECORD_AREAS_MAX]) differs(r, "%s: counts an area that cannot be", noun);
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++)
        if (found[i] != expected[i])
            differs(r, "%s: %llu %s of area %zu in Redis, %llu by the records", noun,
                    (unsigned long long)found[i], of, i, (unsigned long long)expected[i]);
}

/* ---- the community --------------------------------------------------------------------------- */

/* Of each theme what its funds have left. */
static void left_compare(struct recounting *r, const struct ledger_answer *answer)
{
    const struct ledger_member *members = answer->items;
    uint64_t expected = 0, found = 0;
    struct model_fund fund;
    for (uint64_t f = 1; model_fund(r->model, f, &fund); f++)
        expected += fund.left;
    for (size_t i = 0; i < answer->items_n; i++) {
        uint64_t of_theme = 0;
        for (uint64_t f = 1; model_fund(r->model, f, &fund); f++)
            of_theme += text_equal(fund.theme, members[i].name) ? fund.left : 0;
        found += amount_of(members[i].value);
        if (amount_of(members[i].value) != of_theme)
            differs(r, "community: left of theme `%.*s` is %.*s in Redis, %llu by the records",
                    TEXT_ARGS(members[i].name), TEXT_ARGS(members[i].value),
                    (unsigned long long)of_theme);
    }
    const struct figure figures[] = {{"left of all themes together", found, expected}};
    figures_compare(r, "community", FIGURES(figures));
}

static void community_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    if (!recount_heard(r, answer)) return;
    const struct community_state *is = answer->outcome;
    const struct accounts rules = model_accounts(r->model);
    struct model_round round = {0};
    (void)model_round_of(r->model, model_round(r->model), &round);
    const struct figure figures[] = {
        {"seq", is->seq, model_seq(r->model)},
        {"at", is->at_ms, model_at(r->model)},
        {"funds", is->funds, rules.funds},
        {"unallotted", is->unallotted, rules.unallotted},
        {"free", is->free, rules.free},
        {"held", is->held, rules.held},
        {"committed", is->committed, rules.committed},
        {"paid", is->paid, rules.paid},
        {"granted", is->granted, rules.granted},
        {"spent", is->spent, rules.spent},
        {"prices", is->prices, rules.prices},
        {"rounding", is->rounding, rules.rounding},
        {"round", is->round, model_round(r->model)},
        {"round_n", is->round_n, model_round(r->model)},
        {"open", is->open, model_round_open(r->model)},
        {"token", is->open ? is->token : 0, round.open ? round.token : 0},
        {"allotment", is->open ? is->allotment : 0, round.open ? round.allotment : 0},
        {"closes", is->open ? is->closes_ms : 0, round.open ? round.closes : 0},
        {"fund_n", is->fund_n, model_funds(r->model)},
        {"tender_n", is->tender_n, model_tenders(r->model)},
        {"proposal_n", is->proposal_n, model_proposals(r->model)},
    };
    figures_compare(r, "community", FIGURES(figures));
    left_compare(r, answer);
}

static void community_ask(struct recounting *r)
{
    ledger_state_community(r->ledger, r->slug, community_answer, r);
}

static void look_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    const struct community_state *is = answer->outcome;
    if (recount_heard(r, answer)) r->seq = is->seq, r->tenders = is->tender_n;
}

static void look_ask(struct recounting *r)
{
    ledger_state_community(r->ledger, r->slug, look_answer, r);
}

enum fault recount_look(struct recounting *r)
{
    return recount_ask(r, look_ask);
}

static void residents_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    uint64_t expected[RECORD_AREAS_MAX];
    if (!recount_heard(r, answer)) return;
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++) expected[i] = model_residents(r->model, i);
    recount_areas(r, "residents", "people", answer, expected);
}

static void residents_ask(struct recounting *r)
{
    ledger_state_residents(r->ledger, r->slug, residents_answer, r);
}

static void issued_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    uint64_t expected[RECORD_AREAS_MAX];
    if (!recount_heard(r, answer)) return;
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++)
        expected[i] = model_codes_issued(r->model, i);
    recount_areas(r, "issued", "codes", answer, expected);
}

static void issued_ask(struct recounting *r)
{
    ledger_state_issued(r->ledger, r->slug, issued_answer, r);
}

static void redeemed_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    uint64_t expected[RECORD_AREAS_MAX];
    if (!recount_heard(r, answer)) return;
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++)
        expected[i] = model_codes_redeemed(r->model, i);
    recount_areas(r, "redeemed", "codes", answer, expected);
}

static void redeemed_ask(struct recounting *r)
{
    ledger_state_redeemed(r->ledger, r->slug, redeemed_answer, r);
}

/* ---- states ---------------------------------------------------------------------------------- */

/* What `st` must hold under a tender's or a proposal's number; "" where there is no such thing. */
static void state_expect(const struct recounting *r, char letter, uint64_t number, char (*ret)[32])
{
    struct model_tender tender;
    struct model_proposal proposal;
    (*ret)[0] = '\0';
    if (letter == 't' && model_tender(r->model, number, &tender)) {
        if (tender.paused_until)
            (void)snprintf(*ret, sizeof *ret, "%c%llu", tender.mark,
                           (unsigned long long)tender.paused_until);
        else (void)snprintf(*ret, sizeof *ret, "%c", tender.mark);
    }
    if (letter != 'p' || !model_proposal(r->model, number, &proposal)) return;
    if (strcmp(proposal.state, "activated") == 0)
        (void)snprintf(*ret, sizeof *ret, "a%llu", (unsigned long long)proposal.rho);
    else (void)snprintf(*ret, sizeof *ret, "%c", proposal.mark);
}

static void states_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    if (!recount_heard(r, answer)) return;
    const struct ledger_member *members = answer->items;
    for (size_t i = 0; i < answer->items_n; i++) {
        char expected[32], noun[64];
        const struct text name = members[i].name;
        uint64_t number = 0;
        const struct text digits = name.n > 0 ? (struct text){name.at + 1, name.n - 1} : name;
        (void)text_to_u64(digits, UINT32_MAX, &number);
        state_expect(r, name.n > 0 ? name.at[0] : ' ', number, &expected);
        noun_put(&noun, name.n > 0 && name.at[0] == 't' ? "tender" : "proposal", number);
        recount_word(r, noun, TEXT("state"), members[i].value, text_of(expected));
    }
    const struct figure figures[] = {
        {"states", answer->items_n, model_tenders(r->model) + model_proposals(r->model)}};
    figures_compare(r, "community", FIGURES(figures));
}

static void states_ask(struct recounting *r)
{
    ledger_state_states(r->ledger, r->slug, states_answer, r);
}

/* ---- funds, rounds, tenders, proposals ------------------------------------------------------- */

static void fund_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    struct model_fund rules;
    char noun[64];
    if (!recount_heard(r, answer)) return;
    const struct fund_state *is = answer->outcome;
    INVARIANT(model_fund(r->model, r->number, &rules));
    const struct figure figures[] = {{"amount", is->amount, rules.amount},
                                     {"left", is->left, rules.left}};
    noun_put(&noun, "fund", r->number);
    figures_compare(r, noun, FIGURES(figures));
    recount_word(r, noun, TEXT("theme"), is->theme, rules.theme);
}

static void fund_ask(struct recounting *r)
{
    ledger_state_fund(r->ledger, r->slug, r->number, fund_answer, r);
}

static void round_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    struct model_round rules;
    char noun[64];
    if (!recount_heard(r, answer)) return;
    const struct round_view *is = answer->outcome;
    INVARIANT(model_round_of(r->model, r->number, &rules));
    const struct figure figures[] = {
        {"allotment", is->allotment, rules.allotment}, {"token", is->token, rules.token},
        {"opened_seq", is->opened_seq, rules.opened_seq}, {"closes", is->closes_ms, rules.closes},
        {"granted", is->granted, rules.granted}, {"spent", is->spent, rules.spent},
        {"prices", is->prices, rules.prices}, {"rounding", is->rounding, rules.rounding}};
    noun_put(&noun, "round", r->number);
    figures_compare(r, noun, FIGURES(figures));
}

static void round_ask(struct recounting *r)
{
    ledger_round_view(r->ledger, r->slug, r->number, round_answer, r);
}

static void tender_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    struct model_tender rules;
    char noun[64];
    if (!recount_heard(r, answer)) return;
    const struct tender_state *is = answer->outcome;
    INVARIANT(model_tender(r->model, r->number, &rules));
    const struct figure figures[] = {
        {"round", is->round, rules.round},
        {"held", is->held, rules.held},
        {"awards", is->awards, rules.awards},
        {"awards_max", is->awards_max, rules.awards_max},
        {"ceiling", is->ceiling, rules.ceiling},
        {"people_min", is->people_min, rules.people_min},
        {"areas_min", is->areas_min, rules.areas_min},
        {"area_people_min", is->area_people_min, rules.area_people_min},
        {"closes", is->closes_ms, rules.closes},
        {"live proposals", is->live, rules.proposals_live},
        {"critical proposal", is->critical, rules.critical},
        {"start of its window", is->critical_since, rules.critical_since},
        {"end of its window", is->critical_until, rules.critical_until},
        {"time paused", is->paused, rules.paused},
    };
    noun_put(&noun, "tender", r->number);
    figures_compare(r, noun, FIGURES(figures));
    recount_word(r, noun, TEXT("body"), is->body, rules.body);
    recount_word(r, noun, TEXT("theme"), is->theme, rules.theme);
}

static void tender_ask(struct recounting *r)
{
    ledger_state_tender(r->ledger, r->slug, r->number, tender_answer, r);
}

static void proposal_answer(void *ctx, const struct ledger_answer *answer)
{
    static const struct recount_commission none = {0};
    struct recounting *r = ctx;
    struct model_proposal rules;
    uint64_t expected[RECORD_AREAS_MAX];
    char noun[64];
    if (!recount_heard(r, answer)) return;
    const struct proposal_state *is = answer->outcome;
    INVARIANT(model_proposal(r->model, r->number, &rules));
    const struct recount_commission *made =
        r->number < r->commissions_max ? &r->commissions[r->number] : &none;
    const struct figure figures[] = {
        {"tender", is->tender, rules.tender},
        {"price", is->price, rules.price},
        {"sum", is->sum, rules.sum},
        {"people", is->people, rules.people},
        {"areas_ok", is->areas_ok, rules.areas_ok},
        {"rho", is->rho, rules.rho},
        {"seq of its commission", is->commission_seq, made->seq},
        {"spent", is->spent, made->spent},
        {"rounding", is->rounding, made->rounding},
    };
    noun_put(&noun, "proposal", r->number);
    figures_compare(r, noun, FIGURES(figures));
    recount_word(r, noun, TEXT("draws"), is->draws, made->draws);
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++)
        expected[i] = rules.area_people[i];
    recount_areas(r, noun, "people", answer, expected);
}

static void proposal_ask(struct recounting *r)
{
    ledger_state_proposal(r->ledger, r->slug, r->number, proposal_answer, r);
}

/* ---- wallets --------------------------------------------------------------------------------- */

static void wallet_seen(struct recounting *r, const uint8_t id[ID_BYTES])
{
    if (r->seen_n == r->seen_max) {
        r->seen_max = r->seen_max ? r->seen_max * 2 : 4096;
        r->seen = realloc(r->seen, r->seen_max * sizeof *r->seen);
        INVARIANT(r->seen != NULL);
    }
    memcpy(r->seen[r->seen_n++], id, ID_BYTES);
}

static void pledges_compare(struct recounting *r, const char *noun, const struct wallet_state *is,
                            const struct model_wallet *rules)
{
    const struct figure counts[] = {{"area", is->area, rules->area},
                                    {"number of pledges", is->pledges_n, rules->entries_n}};
    figures_compare(r, noun, FIGURES(counts));
    if (is->pledges_n != rules->entries_n) return;
    for (size_t i = 0; i < is->pledges_n; i++) {
        const struct wallet_entry *entry = &rules->entries[i];
        struct model_proposal proposal = {0};
        char pledge[128];
        (void)model_proposal(r->model, entry->proposal, &proposal);
        const struct figure figures[] = {
            {"proposal", is->pledges[i].proposal, entry->proposal},
            {"tender", is->pledges[i].tender, proposal.tender},
            {"amount", is->pledges[i].amount, entry->amount},
            {"seq", is->pledges[i].seq, entry->seq},
        };
        (void)snprintf(pledge, sizeof(pledge), "%s, pledge %zu", noun, i + 1);
        figures_compare(r, pledge, FIGURES(figures));
    }
}

static void wallet_compare(struct recounting *r, const struct wallet_state *is)
{
    struct model_wallet rules;
    char noun[64];
    (void)snprintf(noun, sizeof(noun), "wallet %s", is->wallet);
    if (model_wallet(r->model, r->number, text_of(is->wallet), &rules)) {
        wallet_seen(r, rules.id);
        pledges_compare(r, noun, is, &rules);
        if (is->fallbacks != rules.fallbacks)
            differs(r, "%s of round %llu: %s", noun, (unsigned long long)r->number,
                    is->fallbacks ? "had fallbacks in Redis, none by the records"
                                  : "had none in Redis, but fallbacks by the records");
        r->wallets++;
        r->pledges += is->pledges_n;
    } else if (is->pledges_n > 0) { /* one without pledges only keeps its area: leaving made it */
        differs(r, "%s of round %llu: has pledges in Redis, but the records know none", noun,
                (unsigned long long)r->number);
    }
}

static void wallets_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    if (!recount_heard(r, answer)) return;
    const struct wallet_state *wallets = answer->items;
    for (size_t i = 0; i < answer->items_n; i++)
        wallet_compare(r, &wallets[i]);
    r->cursor = answer->next;
}

static void wallets_ask(struct recounting *r)
{
    ledger_wallets_scan(r->ledger, r->slug, r->number, r->cursor, wallets_answer, r);
}

static int id_order(const void *a, const void *b)
{
    return memcmp(a, b, ID_BYTES);
}

static void wallet_missing(void *ctx, const struct model_wallet *wallet)
{
    struct recounting *r = ctx;
    if (wallet->round != r->number) return;
    if (r->seen_n && bsearch(wallet->id, r->seen, r->seen_n, sizeof *r->seen, id_order)) return;
    CLEANUP(buf) struct buf id = BUF_MAX(64);
    encode_base64url(&id, wallet->id, ID_BYTES);
    differs(r, "wallet %s of round %llu: is not in Redis, but in the records",
            id.data ? id.data : "", (unsigned long long)wallet->round);
}

static enum fault wallets_compare(struct recounting *r)
{
    enum fault no = FAULT_NONE;
    r->wallets = r->pledges = 0;
    for (r->number = 1; r->number <= model_round(r->model) && !no; r->number++) {
        r->seen_n = 0;
        r->cursor = 0;
        do no = recount_ask(r, wallets_ask);
        while (!no && r->cursor);
        if (no) break;
        if (r->seen_n) qsort(r->seen, r->seen_n, sizeof *r->seen, id_order);
        model_wallets_each(r->model, wallet_missing, r);
    }
    return no;
}

/* ---- all ------------------------------------------------------------------------------------- */

/* Asks for each from 1 to n; what is not there is a difference. */
static enum fault each_compare(struct recounting *r, uint64_t n, recount_question_fn *question,
                               const char *word)
{
    for (r->number = 1; r->number <= n; r->number++) {
        const enum fault no = recount_ask(r, question);
        if (no == FAULT_ABSENT)
            differs(r, "%s %llu: is not in Redis", word, (unsigned long long)r->number);
        else if (no) return no;
    }
    return FAULT_NONE;
}

enum fault recount_compare(struct recounting *r)
{
    r->differences = 0;
    buf_reset(&r->lines);
    enum fault no = recount_ask(r, community_ask);
    if (!no) no = recount_ask(r, residents_ask);
    if (!no) no = recount_ask(r, issued_ask);
    if (!no) no = recount_ask(r, redeemed_ask);
    if (!no) no = recount_ask(r, states_ask);
    if (!no) no = each_compare(r, model_funds(r->model), fund_ask, "fund");
    if (!no) no = each_compare(r, model_round(r->model), round_ask, "round");
    if (!no) no = each_compare(r, model_tenders(r->model), tender_ask, "tender");
    if (!no) no = each_compare(r, model_proposals(r->model), proposal_ask, "proposal");
    if (!no) no = recount_deliver(r);
    if (!no) no = recount_turnout(r);
    return no ? no : wallets_compare(r);
}
