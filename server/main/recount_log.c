/* recount_log.c -- every balance, tally and activation out of a log's files, by the rules in C.
 *
 * Needs no Redis and no server: the records alone. With a key the log is verified in the same pass,
 * so that a million records are read once. What is told are the figures that anybody who has the
 * log must arrive at; `recount --community` compares them with what a server holds. */
#include "recount_log.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/money.h"
#include "groundswell/base/secret.h"
#include "groundswell/ledger/ledger.h"
#include "groundswell/rules/tally.h"

#define ONE_MAX MIB
#define LINE_MAX (4 * KIB)

void recount_log_init(struct recount_log *log)
{
    *log = (struct recount_log){.to = UINT64_MAX};
    recount_init(&log->recount);
    arena_init(&log->one, ONE_MAX);
    arena_init(&log->ahead, ONE_MAX);
}

void recount_log_release(struct recount_log *log)
{
    recount_release(&log->recount);
    arena_release(&log->one);
    arena_release(&log->ahead);
}

/* ---- hidden tallies -------------------------------------------------------------------------- */

static enum fault disclosure_take(void *ctx, uint64_t seq, struct text entry)
{
    struct recount_log *log = ctx;
    struct record record;
    uint8_t key[TALLY_KEY_SIZE];
    static const char kind[] = "\"kind\":\"tally_disclosed\"";
    if (!memmem(entry.at, entry.n, kind, sizeof kind - 1)) return FAULT_NONE;
    if (log_record_read(seq, entry, &log->ahead, &record, NULL) == FAULT_NONE &&
        decode_hex(record.key, key, sizeof key) == sizeof key)
        recount_key(&log->recount, record.tender, key);
    return FAULT_NONE; /* what is wrong with it is told when it is counted */
}

/* The first tender opens whose tally is hidden: what discloses it, and every later one, stands
 * further on. A log without such a tender is read once. */
static enum fault look_ahead(struct recount_log *log, uint64_t from)
{
    struct reader reader;
    uint64_t size = 0;
    log->looked_ahead = true;
    if (reader_init(&reader, log->source->source)) return FAULT_MEMORY;
    enum fault no = FAULT_IO;
    if (log_size_claimed(log->source->args, &reader, &size) == VERB_DONE)
        no = reader_each(&reader, from, size, size, disclosure_take, log);
    if (no && !log->doubt.what[0])
        (void)doubt_raise(&log->doubt, no, "%s", reader.doubt.what);
    reader_release(&reader);
    return no;
}

static enum fault keys_find(struct recount_log *log, const struct record *record)
{
    uint8_t key[TALLY_KEY_SIZE];
    if (record->kind != RECORD_TENDER_OPENED || !record_has(record, FIELD_TALLY_KEY_HASH))
        return FAULT_NONE;
    enum fault no = log->looked_ahead ? FAULT_NONE : look_ahead(log, record->seq);
    if (no || !log->tally_key || recount_has_key(&log->recount, record->tender)) return no;
    no = ledger_tally_key(log->tally_key, record->tender, key);
    if (no)
        return doubt_raise(&log->doubt, no, "%s cannot be read: %s", log->tally_key,
                           fault_name(no));
    recount_key(&log->recount, record->tender, key);
    secret_wipe(key, sizeof key);
    return FAULT_NONE;
}

/* ---- counting -------------------------------------------------------------------------------- */

enum fault recount_log_entry(void *ctx, uint64_t seq, struct text entry)
{
    struct recount_log *log = ctx;
    struct record record;
    if (seq > log->to) return FAULT_NONE;
    enum fault no = log_record_read(seq, entry, &log->one, &record, &log->doubt);
    if (!no) no = keys_find(log, &record);
    if (no) return no;
    if (!recount_next(&log->recount, &record))
        return doubt_raise(&log->doubt, FAULT_FORMAT, "%s", recount_why(&log->recount));
    return log->counted ? log->counted(log->ctx, recount_last(&log->recount)) : FAULT_NONE;
}

static enum verb_exit told(const struct recount_log *log, const struct doubt *other, enum fault no)
{
    if (log->doubt.what[0]) printf("recount differs: %s\n", log->doubt.what);
    else if (other->what[0]) printf("NOT verified: %s\n", other->what);
    else printf("the log cannot be read: %s\n", fault_name(no));
    return VERB_FAILED;
}

static enum verb_exit read_verified(struct recount_log *log, const struct log_source *source,
                                    const struct log_trust *trust, uint64_t *ret_size,
                                    struct hash *ret_root)
{
    struct verify_finding found = {0};
    struct doubt doubt = {""};
    const struct verify_plan plan = {.source = source->source,
                                     .signers = trust->signers,
                                     .entry = recount_log_entry,
                                     .entry_ctx = log};
    const enum fault no = verify_log(&plan, &found, &doubt);
    if (no) return told(log, &doubt, no);
    *ret_size = found.size;
    if (ret_root) *ret_root = found.root;
    return VERB_DONE;
}

static enum verb_exit read_plain(struct recount_log *log, const struct log_source *source,
                                 uint64_t *ret_size)
{
    struct reader reader;
    if (reader_init(&reader, source->source)) return verb_fail(source->args, "out of memory");
    enum verb_exit end = log_size_claimed(source->args, &reader, ret_size);
    const uint64_t to = log->to < *ret_size ? log->to + 1 : *ret_size;
    const enum fault no =
        end ? FAULT_NONE : reader_each(&reader, 0, to, *ret_size, recount_log_entry, log);
    if (no) end = told(log, &reader.doubt, no);
    reader_release(&reader);
    return end;
}

enum verb_exit recount_log_read(struct recount_log *log, const struct log_source *source,
                                const struct log_trust *trust, uint64_t *ret_size,
                                struct hash *ret_root)
{
    log->source = source;
    const enum verb_exit end = trust ? read_verified(log, source, trust, ret_size, ret_root)
                                     : read_plain(log, source, ret_size);
    if (end) return end;
    /* In the middle of what one act wrote, its second record may be owed: it is counted already. */
    if (log->to >= *ret_size && !recount_end(&log->recount)) {
        printf("recount differs: %s\n", recount_why(&log->recount));
        return VERB_FAILED;
    }
    return VERB_DONE;
}

/* ---- telling --------------------------------------------------------------------------------- */

static void money_line(const char *name, uint64_t minor)
{
    CLEANUP(buf) struct buf text = BUF_MAX(KIB);
    money_put(&text, minor);
    printf("  %-12s %20s\n", name, text.data);
}

static void accounts_tell(const struct model *model)
{
    const struct accounts accounts = model_accounts(model);
    printf("accounts\n");
    money_line("funds", accounts.funds);
    money_line("unallotted", accounts.unallotted);
    money_line("free", accounts.free);
    money_line("held", accounts.held);
    money_line("committed", accounts.committed);
    money_line("paid", accounts.paid);
}

static void money_part(struct buf *line, const char *before, uint64_t minor)
{
    buf_cstr(line, before);
    money_put(line, minor);
}

static void line_end(const struct buf *line)
{
    printf("%s\n", line->data ? line->data : "");
}

static void pool_tell(const struct model *model)
{
    struct model_fund fund;
    struct model_round round;
    for (uint64_t i = 1; model_fund(model, i, &fund); i++) {
        CLEANUP(buf) struct buf line = BUF_MAX(LINE_MAX);
        buf_format(&line, "fund %llu%s%.*s: ", (unsigned long long)i, fund.theme.n ? " for " : "",
                   TEXT_ARGS(fund.theme));
        money_part(&line, "", fund.amount);
        money_part(&line, ", left ", fund.left);
        line_end(&line);
    }
    for (uint64_t i = 1; model_round_of(model, i, &round); i++) {
        CLEANUP(buf) struct buf line = BUF_MAX(LINE_MAX);
        buf_format(&line, "round %llu, %s: ", (unsigned long long)i,
                   round.open ? "open" : "closed");
        money_part(&line, "granted ", round.granted);
        money_part(&line, ", spent ", round.spent);
        money_part(&line, " = prices ", round.prices);
        money_part(&line, " + rounding ", round.rounding);
        buf_format(&line, "; %llu wallets have pledged", (unsigned long long)round.wallets);
        line_end(&line);
    }
}

static void tenders_tell(const struct model *model)
{
    struct model_tender tender;
    struct model_proposal proposal;
    for (uint64_t i = 1; model_tender(model, i, &tender); i++)
        printf("tender %llu, %s: %llu of %llu awards made\n", (unsigned long long)i, tender.state,
               (unsigned long long)tender.awards, (unsigned long long)tender.awards_max);
    for (uint64_t i = 1; model_proposal(model, i, &proposal); i++) {
        CLEANUP(buf) struct buf line = BUF_MAX(LINE_MAX);
        buf_format(&line, "proposal %llu (tender %llu), %s: ", (unsigned long long)i,
                   (unsigned long long)proposal.tender, proposal.state);
        money_part(&line, "price ", proposal.price);
        money_part(&line, ", pledged ", proposal.sum);
        buf_format(&line, " by %llu people", (unsigned long long)proposal.people);
        if (strcmp(proposal.state, "activated") == 0)
            money_part(&line, "; each pays at most ", proposal.rho);
        line_end(&line);
    }
}

static void hidden_tell(const struct model *model)
{
    uint64_t hidden[TALLIES_HIDDEN_MAX];
    const uint64_t unopened = model_unopened(model);
    if (unopened == 0) return;
    const size_t n = model_hidden(model, hidden);
    printf("NOT counted: %llu sealed record%s, for the tally is hidden of tender",
           (unsigned long long)unopened, unopened == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++)
        printf("%s %llu", i ? "," : "", (unsigned long long)hidden[i]);
    printf("\n");
}

static void agreement_tell(const struct recount_log *log, const struct log_trust *trust,
                           uint64_t us)
{
    const uint64_t records = log->recount.records;
    printf("recount agrees: %llu records follow from the rules%s\n", (unsigned long long)records,
           !trust              ? "; whether the log is genuine was not asked (give --vkey)"
           : trust->from_log ? "; the log agrees with itself"
                               : "; the log is verified");
    hidden_tell(recount_model(&log->recount));
    accounts_tell(recount_model(&log->recount));
    pool_tell(recount_model(&log->recount));
    tenders_tell(recount_model(&log->recount));
    printf("the records took %llu.%03llu seconds, %llu a second\n",
           (unsigned long long)(us / 1000000), (unsigned long long)(us / 1000 % 1000),
           (unsigned long long)(records * 1000000 / (us + 1)));
}

/* ---- the verb -------------------------------------------------------------------------------- */

static enum verb_exit log_recount(const struct args *args, struct recount_log *log,
                                  const struct log_source *source)
{
    static struct log_trust trust;
    uint64_t size = 0;
    const bool trusting = log_trust_given(args);
    if (!args_number(args, "at", UINT64_MAX, 0, INT64_MAX, &log->to)) return VERB_MISUSED;
    if (!trusting && args_text(args, "witness"))
        return verb_misuse(args, "--witness needs --vkey or --vkey-file");
    enum verb_exit end = trusting ? log_trust_read(args, source, &trust) : VERB_DONE;
    const uint64_t began_us = clock_steady_us();
    if (!end) end = recount_log_read(log, source, trusting ? &trust : NULL, &size, NULL);
    if (end) return end;
    if (log->to != UINT64_MAX && log->to >= size)
        return verb_fail(args, "the log ends before record %llu: it has %llu",
                         (unsigned long long)log->to, (unsigned long long)size);
    agreement_tell(log, trusting ? &trust : NULL, clock_steady_us() - began_us);
    return VERB_DONE;
}

enum verb_exit recount_log_run(const struct args *args)
{
    static struct log_source source;
    struct recount_log log;
    enum verb_exit end = log_source_open(args, args->operand, &source);
    if (end) return end;
    recount_log_init(&log);
    log.tally_key = args_text(args, "tally-key");
    end = log_recount(args, &log, &source);
    recount_log_release(&log);
    log_source_close(&source);
    return end;
}
