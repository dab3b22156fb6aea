/* rebuild_write.c -- the model of the rules, and the notes beside it, written into Redis.
 *
 * First every key that is about to be written is emptied: a rebuild that was interrupted left
 * some. Then the log, from the files once more, hashed again on the way: what is written is what
 * was verified. Then the state. The hash `c`, without which the functions know no community, comes
 * last. */
#include "forward.h"

#include "groundswell/base/secret.h"
#include "groundswell/rules/tally.h"

enum fault rebuild_next(struct rebuilding *r)
{
    r->in_flight++;
    return rebuild_wait(r, REBUILD_IN_FLIGHT_MAX);
}

/* True where the tender's proposals still stand in its set and have their histograms: it has not
 * ended, or its round was closed and its own deadline has not come yet. */
static bool is_unreleased(const struct rebuilding *r, uint64_t number,
                          const struct model_tender *tender)
{
    struct model_deadline deadline;
    if (tender->mark == 'd' || tender->mark == 'b') return true;
    bool live = tender->mark == 'o' || tender->mark == 'h' || tender->mark == 'c';
    for (size_t i = 0; live && model_deadline(r->model, i, &deadline); i++)
        if (deadline.letter == 't' && deadline.number == number) return true;
    return false;
}

/* ---- emptying -------------------------------------------------------------------------------- */

static enum fault cleared(struct rebuilding *r, const char *name, uint64_t most)
{
    enum fault no = FAULT_NONE;
    for (uint64_t i = 1; i <= most && !no; i++) {
        ledger_restore_clear(&r->to, name, i);
        no = rebuild_next(r);
    }
    return no;
}

static enum fault all_clear(struct rebuilding *r)
{
    static const char *const names[] = {"c", "log", "due", "st", "n", "g", "ready", "commissions",
                                        "hidden", "issued", "redeemed", "fallbacks", "body_of",
                                        "mo", "set", "pl", "ph"};
    enum fault no = FAULT_NONE;
    for (size_t i = 0; i < sizeof names / sizeof *names && !no; i++) {
        if (r->from && strcmp(names[i], "log") == 0) continue; /* goes on from there */
        ledger_restore_clear(&r->to, names[i], 0);
        no = rebuild_next(r);
    }
    if (!no) no = cleared(r, "f", model_funds(r->model));
    if (!no) no = cleared(r, "r", model_round(r->model));
    if (!no && !r->from) no = cleared(r, "w", model_round(r->model));
    if (!no) no = cleared(r, "fb", model_round(r->model));
    if (!no) no = cleared(r, "t", model_tenders(r->model));
    if (!no) no = cleared(r, "tp", model_tenders(r->model));
    if (!no) no = cleared(r, "tl", model_tenders(r->model));
    if (!no) no = cleared(r, "ap", model_tenders(r->model));
    if (!no) no = cleared(r, "bo", model_bodies(r->model));
    if (!no) no = cleared(r, "ml", model_bodies(r->model));
    if (!no) no = cleared(r, "p", model_proposals(r->model));
    return no ? no : cleared(r, "h", model_proposals(r->model));
}

/* ---- the log --------------------------------------------------------------------------------- */

static enum fault record_write(void *ctx, uint64_t seq, struct text entry)
{
    struct rebuilding *r = ctx;
    struct ledger_record to = {.seq = seq};
    struct record record;
    struct hash leaf;
    struct buf values[LEDGER_RECORD_MEMBERS_MAX];
    hash_leaf(entry, &leaf);
    enum fault no = tree_add(r->tree, &leaf, NULL);
    if (!no && seq < r->from) return FAULT_NONE;
    if (!no) no = log_record_read(seq, entry, &r->log.one, &record, &r->log.doubt);
    if (no) return no;
    for (size_t i = 0;; i++) {
        const enum record_field field = record_field_at(record.kind, i);
        if (field == RECORD_FIELDS) break;
        if (!record_has(&record, field)) continue;
        INVARIANT(to.members_n < LEDGER_RECORD_MEMBERS_MAX);
        struct buf *value = &values[to.members_n];
        *value = BUF_MAX(RECORD_JSON_MAX);
        record_field_put(&record, field, value);
        to.members[to.members_n++] = (struct ledger_member){
            text_of(record_field_specs[field].name), buf_view(value)};
        if (!no) no = buf_fault(value);
    }
    if (!no) ledger_restore_record(&r->to, &to);
    for (size_t i = 0; i < to.members_n; i++)
        buf_release(&values[i]);
    r->records++;
    return no ? no : rebuild_next(r);
}

static enum fault log_write(struct rebuilding *r)
{
    struct reader reader;
    struct hash root;
    enum fault no = reader_init(&reader, r->source.source);
    if (no) return no;
    tree_init(r->tree);
    no = reader_each(&reader, 0, r->size, r->size, record_write, r);
    if (no) (void)doubt_raise(&r->log.doubt, no, "%s", reader.doubt.what);
    reader_release(&reader);
    if (no) return no;
    tree_root(r->tree, &root);
    return hash_equal(&root, &r->root)
               ? FAULT_NONE
               : doubt_raise(&r->log.doubt, FAULT_FORMAT, "The log changed while it was read.");
}

/* ---- money, people, rounds ------------------------------------------------------------------- */

static enum fault codes_write(struct rebuilding *r)
{
    uint64_t issued[64], redeemed[64];
    enum fault no = FAULT_NONE;
    for (uint64_t i = 0; i < 64; i++) {
        issued[i] = model_codes_issued(r->model, i);
        redeemed[i] = model_codes_redeemed(r->model, i);
    }
    if (r->notes.issued) {
        ledger_restore_people(&r->to, "issued", r->notes.issued, issued);
        no = rebuild_next(r);
    }
    if (no || !r->notes.redeemed) return no;
    ledger_restore_people(&r->to, "redeemed", r->notes.redeemed, redeemed);
    return rebuild_next(r);
}

static enum fault people_write(struct rebuilding *r)
{
    uint64_t people[64], grants[64], granted = 0;
    enum fault no = FAULT_NONE;
    for (uint64_t i = 0; i < 64; i++) {
        people[i] = model_residents(r->model, i);
        grants[i] = model_grants(r->model, i);
        if (grants[i]) granted |= UINT64_C(1) << i;
    }
    if (r->notes.registered) {
        ledger_restore_people(&r->to, "n", r->notes.registered, people);
        no = rebuild_next(r);
    }
    if (no || !granted) return no;
    ledger_restore_people(&r->to, "g", granted, grants);
    return rebuild_next(r);
}

static enum fault pool_write(struct rebuilding *r)
{
    struct model_fund fund;
    enum fault no = FAULT_NONE;
    for (uint64_t i = 1; !no && model_fund(r->model, i, &fund); i++) {
        ledger_restore_fund(&r->to, i,
                            &(struct fund_state){fund.amount, fund.left, fund.theme});
        no = rebuild_next(r);
    }
    for (uint64_t i = 1; !no && i <= model_round(r->model); i++) {
        ledger_restore_round(&r->to, i, &r->notes.rounds[i]);
        no = rebuild_next(r);
    }
    return no;
}

static enum fault bodies_write(struct rebuilding *r)
{
    enum fault no = FAULT_NONE;
    for (size_t i = 0; i < r->notes.steps_n && !no; i++) {
        ledger_restore_step(&r->to, &r->notes.steps[i]);
        no = rebuild_next(r);
    }
    return no;
}

/* ---- tenders and proposals ------------------------------------------------------------------- */

/* `beside`: what stands behind the mark, 0 for nothing. */
static enum fault state_write(struct rebuilding *r, char letter, uint64_t number, char mark,
                              uint64_t beside)
{
    char name[24], value[24];
    (void)snprintf(name, sizeof name, "%c%llu", letter, (unsigned long long)number);
    if (beside)
        (void)snprintf(value, sizeof value, "%c%llu", mark, (unsigned long long)beside);
    else (void)snprintf(value, sizeof value, "%c", mark);
    ledger_restore_states(&r->to, &(struct ledger_member){text_of(name), text_of(value)}, 1);
    return rebuild_next(r);
}

/* Of the record that set it; 0 where there is no such deadline. */
static uint64_t deadline_seq(const struct rebuilding *r, char letter, uint64_t number)
{
    struct model_deadline deadline;
    for (size_t i = 0; model_deadline(r->model, i, &deadline); i++)
        if (deadline.letter == letter && deadline.number == number) return deadline.seq;
    return 0;
}

static enum fault tender_write(struct rebuilding *r, uint64_t number,
                               const struct model_tender *is)
{
    const struct note_tender *note = &r->notes.tenders[number];
    uint8_t key[TALLY_KEY_SIZE];
    const bool keyed = model_tally_key(r->model, number, key);
    const struct text tally_key = {(const char *)key, keyed ? sizeof key : 0};
    ledger_restore_tender(&r->to, number,
                          &(struct restore_tender){.body = is->body,
                                                   .theme = is->theme,
                                                   .rule_hash = text_of(note->rule_hash),
                                                   .tally_key = tally_key,
                                                   .round = is->round,
                                                   .held = is->held,
                                                   .awards = is->awards,
                                                   .live = is->proposals_live,
                                                   .opened_seq = note->opened_seq,
                                                   .ceiling = is->ceiling,
                                                   .people_min = is->people_min,
                                                   .areas_min = is->areas_min,
                                                   .area_people_min = is->area_people_min,
                                                   .awards_max = is->awards_max,
                                                   .closes_ms = is->closes,
                                                   .late = is->late,
                                                   .window = is->window,
                                                   .days = is->days,
                                                   .contributors = is->contributors,
                                                   .need = is->need,
                                                   .published = is->published,
                                                   .hidden = is->hidden,
                                                   .critical = is->critical,
                                                   .critical_since = is->critical_since,
                                                   .critical_until = is->critical_until,
                                                   .critical_seq = deadline_seq(r, 'c', number),
                                                   .paused = is->paused,
                                                   .pause_seq = deadline_seq(r, 'u', number)});
    enum fault no = rebuild_next(r);
    if (!no && is->mark == 'h') {
        ledger_restore_hidden(&r->to, number);
        no = rebuild_next(r);
    }
    return no ? no : state_write(r, 't', number, is->mark, is->paused_until);
}

static void proposal_put(struct rebuilding *r, uint64_t number, const struct model_proposal *is,
                         const struct model_tender *tender)
{
    const struct note_proposal *note = &r->notes.proposals[number];
    struct restore_proposal to = {.tender = is->tender,
                                  .price = is->price,
                                  .round = note->round,
                                  .sum = is->sum,
                                  .people = is->people,
                                  .areas_ok = is->areas_ok,
                                  .theme = tender->theme,
                                  .people_min = tender->people_min,
                                  .areas_min = tender->areas_min,
                                  .area_people_min = tender->area_people_min,
                                  .areas = note->areas,
                                  .ready = note->ready,
                                  .rho = is->rho,
                                  .spent = note->spent,
                                  .rounding = note->rounding,
                                  .commission_seq = note->commission_seq,
                                  .commission_ms = note->commission_ms,
                                  .draws = note->draws,
                                  .milestones = note->milestones,
                                  .versions = note->versions,
                                  .versions_n = is->version,
                                  .judged_seq = is->judged_seq,
                                  .judged_ms = is->judged_at,
                                  .merged_into = is->merged_into,
                                  .eligible = is->found == 'e'};
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++)
        to.area_people[i] = is->area_people[i];
    ledger_restore_proposal(&r->to, number, &to);
}

static enum fault proposal_write(struct rebuilding *r, uint64_t number,
                                 const struct model_proposal *is)
{
    struct model_tender tender;
    const char mark = is->mark;
    INVARIANT(model_tender(r->model, is->tender, &tender));
    proposal_put(r, number, is, &tender);
    enum fault no = rebuild_next(r);
    if (!no) no = state_write(r, 'p', number, mark, mark == 'a' ? is->rho : 0);
    if (!no) {
        ledger_restore_listed(&r->to, is->tender, number);
        no = rebuild_next(r);
    }
    r->amounts[number].kept = (mark == 'l' || mark == 'u') && is_unreleased(r, is->tender, &tender);
    if (no || !r->amounts[number].kept) return no;
    ledger_restore_live(&r->to, is->tender, number);
    return rebuild_next(r);
}

static enum fault tenders_write(struct rebuilding *r)
{
    struct model_tender tender;
    struct model_proposal proposal;
    enum fault no = FAULT_NONE;
    for (uint64_t i = 1; !no && model_tender(r->model, i, &tender); i++)
        no = tender_write(r, i, &tender);
    for (uint64_t i = 1; !no && model_proposal(r->model, i, &proposal); i++)
        no = proposal_write(r, i, &proposal);
    return no;
}

/* ---- what waits, and the community ----------------------------------------------------------- */

static enum fault waiting_write(struct rebuilding *r)
{
    struct model_deadline deadline;
    struct model_proposal proposal;
    enum fault no = FAULT_NONE;
    for (size_t i = 0; !no && model_deadline(r->model, i, &deadline); i++) {
        ledger_restore_deadline(&r->to,
                                &(struct restore_deadline){deadline.due, deadline.seq,
                                                           deadline.number, deadline.letter});
        no = rebuild_next(r);
    }
    for (uint64_t i = 1; !no && model_proposal(r->model, i, &proposal); i++) {
        if (!proposal.ready_seq) continue;
        ledger_restore_ready(&r->to, proposal.ready_seq, i);
        no = rebuild_next(r);
    }
    const size_t n = model_commissions(r->model, NULL, 0);
    uint64_t *commissions = calloc(n + 1, sizeof *commissions);
    if (!commissions) return FAULT_MEMORY;
    (void)model_commissions(r->model, commissions, n);
    for (size_t i = 0; i < n && !no; i++) {
        ledger_restore_commission(&r->to, commissions[i]);
        no = rebuild_next(r);
    }
    free(commissions);
    return no;
}

/* Of each theme what is left: a line for the unrestricted even where there is none. */
static size_t left_list(const struct model *model, struct ledger_member *ret, char (*digits)[24])
{
    struct model_fund fund;
    uint64_t left[FUNDS_MAX + 1] = {0};
    size_t n = 1;
    ret[0].name = TEXT("");
    for (uint64_t i = 1; model_fund(model, i, &fund); i++) {
        size_t at = 0;
        while (at < n && !text_equal(ret[at].name, fund.theme))
            at++;
        if (at == n) ret[n++].name = fund.theme;
        left[at] += fund.left;
    }
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(digits[i], sizeof *digits, "%llu", (unsigned long long)left[i]);
        ret[i].value = text_of(digits[i]);
    }
    return n;
}

static enum fault community_write(struct rebuilding *r)
{
    struct ledger_member left[FUNDS_MAX + 1];
    char digits[FUNDS_MAX + 1][24];
    struct model_round round = {0};
    const struct accounts now = model_accounts(r->model);
    const uint64_t last = model_round(r->model);
    (void)model_round_of(r->model, last, &round);
    struct restore_community to = {
        .state = {.seq = model_seq(r->model), .at_ms = model_at(r->model), .round = last,
                  .open = model_round_open(r->model), .token = round.token,
                  .allotment = round.allotment, .closes_ms = round.closes, .funds = now.funds,
                  .unallotted = now.unallotted, .free = now.free, .held = now.held,
                  .committed = now.committed, .paid = now.paid, .granted = now.granted,
                  .spent = now.spent, .prices = now.prices, .rounding = now.rounding,
                  .fund_n = model_funds(r->model), .tender_n = model_tenders(r->model),
                  .proposal_n = model_proposals(r->model), .round_n = last,
                  .body_n = model_bodies(r->model), .member_n = model_members(r->model)},
        .currency = r->notes.currency,
        .areas = r->notes.areas,
        .area_residents_min = r->notes.area_residents_min,
        .members_min = model_members_min(r->model),
        .due = model_due(r->model),
        .left = left,
    };
    to.left_n = left_list(r->model, left, digits);
    ledger_restore_community(&r->to, &to);
    return rebuild_next(r);
}

enum fault rebuild_write(struct rebuilding *r)
{
    enum fault no = all_clear(r);
    if (!no) no = log_write(r);
    if (!no) no = people_write(r);
    if (!no) no = bodies_write(r);
    if (!no) no = codes_write(r);
    if (!no) no = pool_write(r);
    if (!no) no = tenders_write(r);
    if (!no) no = rebuild_wallets(r);
    if (!no) no = rebuild_talk_write(r);
    if (!no) no = rebuild_deliver(r);
    if (!no) no = waiting_write(r);
    if (!no) no = rebuild_fallbacks(r);
    if (!no) no = rebuild_turnout(r);
    if (!no) no = rebuild_wait(r, 0);
    return no ? no : community_write(r);
}
