/* log_show.c -- the verb `log`: a community's records, one plain line each, for people.
 *
 * It reads what is sealed: the files, not Redis. A record that was accepted a moment ago stands
 * here when the sealer has signed it. Nothing is verified; that is `verify`. */
#include "log_source.h"

#include <assert.h>
#include <unistd.h>

#include "groundswell/base/ids.h"
#include "groundswell/rules/record.h"
#include "log_words.h"

#define ONE_MAX MIB
#define PATH_SIZE 4096
#define TENDERS_MAX 65536 /* of proposals that are remembered for --tender */

struct showing {
    const struct args *args;
    struct log_words words;
    struct arena one;
    struct buf line;
    struct doubt doubt;
    bool json;
    uint64_t kinds; /* bits; 0: all */
    uint64_t from, to, proposal, tender; /* proposal, tender 0: all */
    struct text wallet;                  /* beginning of one; n 0: all */
    bool wallet_met;
    uint32_t *tender_of;                 /* by proposal, as far as the log has shown */
};

/* ---- which records --------------------------------------------------------------------------- */

static bool is_of_tender(const struct showing *s, const struct record *record)
{
    if (record->tender) return record->tender == s->tender;
    if (record->proposal && record->proposal < TENDERS_MAX)
        return s->tender_of[record->proposal] == s->tender;
    if (record->commission && record->commission < TENDERS_MAX)
        return s->tender_of[record->commission] == s->tender;
    for (size_t i = 0; i < record->withdrawn.n; i++) {
        const uint64_t proposal = record->withdrawn.at[i][0];
        if (proposal < TENDERS_MAX && s->tender_of[proposal] == s->tender) return true;
    }
    return false;
}

static bool is_of_proposal(const struct showing *s, const struct record *record)
{
    for (size_t i = 0; i < record->withdrawn.n; i++)
        if (record->withdrawn.at[i][0] == s->proposal) return true;
    return record->proposal == s->proposal || record->commission == s->proposal;
}

static bool is_wanted(const struct showing *s, const struct record *record)
{
    if (record->seq < s->from || record->seq > s->to) return false;
    if (s->kinds && !(s->kinds >> record->kind & 1)) return false;
    if (s->wallet.n && !text_starts(record->wallet, s->wallet)) return false;
    if (s->proposal && !is_of_proposal(s, record)) return false;
    return !s->tender || is_of_tender(s, record);
}

/* A wallet that no record names is a slip of who asks, and no empty answer. */
static enum verb_exit wallet_judge(const struct showing *s)
{
    if (!s->wallet.n || s->wallet_met) return VERB_DONE;
    return verb_fail(s->args, "none of these records names a wallet that begins with `%.*s`",
                     TEXT_ARGS(s->wallet));
}

static enum fault entry_show(void *ctx, uint64_t seq, struct text entry)
{
    struct showing *s = ctx;
    struct record record;
    const enum fault no = log_record_read(seq, entry, &s->one, &record, &s->doubt);
    if (no) return no;
    log_words_learn(&s->words, &record);
    if (record.kind == RECORD_PROPOSAL_SUBMITTED && record.proposal < TENDERS_MAX)
        s->tender_of[record.proposal] = (uint32_t)record.tender;
    if (text_starts(record.wallet, s->wallet)) s->wallet_met = true;
    if (!is_wanted(s, &record)) return FAULT_NONE;
    buf_reset(&s->line);
    if (s->json) buf_text(&s->line, entry);
    else log_words_put(&s->line, &s->words, &record);
    buf_char(&s->line, '\n');
    if (buf_fault(&s->line)) return buf_fault(&s->line);
    return fwrite(s->line.data, 1, s->line.len, stdout) == s->line.len ? FAULT_NONE : FAULT_LOST;
}

/* ---- options --------------------------------------------------------------------------------- */

static_assert(RECORD_KINDS <= 64, "a kind has its bit in showing.kinds");

static enum verb_exit kinds_read(struct showing *s)
{
    for (size_t i = 0; i < s->args->given_n; i++) {
        enum record_kind kind;
        if (strcmp(s->args->given[i].name, "kind") != 0) continue;
        if (!record_kind_of(text_of(s->args->given[i].value), &kind))
            return verb_misuse(s->args, "there is no kind of record `%s`",
                               s->args->given[i].value);
        s->kinds |= UINT64_C(1) << kind;
    }
    return VERB_DONE;
}

static enum verb_exit filters_read(struct showing *s)
{
    const struct args *args = s->args;
    s->json = args_text(args, "json") != NULL;
    s->wallet = text_of(args_text(args, "wallet"));
    if (!args_number(args, "from", 0, 0, INT64_MAX, &s->from) ||
        !args_number(args, "to", INT64_MAX, 0, INT64_MAX, &s->to) ||
        !args_number(args, "proposal", 0, 1, ID_NUMBER_MAX, &s->proposal) ||
        !args_number(args, "tender", 0, 1, ID_NUMBER_MAX, &s->tender))
        return VERB_MISUSED;
    return kinds_read(s);
}

/* A slug is looked for in the data folder; anything else is a folder or a URL. */
static enum verb_exit operand_open(const struct args *args, struct log_source *source)
{
    const char *data = args_text(args, "data");
    char path[PATH_SIZE];
    const bool is_slug = slug_is_valid(text_of(args->operand));
    if (!is_slug || (!data && access(args->operand, F_OK) == 0))
        return log_source_open(args, args->operand, source);
    (void)snprintf(path, sizeof path, "%s/log/%s", data ? data : "var", args->operand);
    if (access(path, F_OK) != 0)
        return verb_misuse(args, "no log of `%s` is in %s/log", args->operand,
                           data ? data : "var");
    return log_source_open(args, path, source);
}

static enum verb_exit records_show(struct showing *s, struct log_source *source)
{
    struct reader reader;
    uint64_t size = 0;
    if (reader_init(&reader, source->source)) return verb_fail(s->args, "out of memory");
    enum verb_exit end = log_size_claimed(s->args, &reader, &size);
    /* What record 0 and the proposals say is needed for later lines, wanted or not. */
    const uint64_t last = s->to < size ? s->to + 1 : size;
    enum fault no = FAULT_NONE;
    if (!end && !s->tender && s->from > 0 && s->from < last) {
        const uint64_t from = s->from;
        no = reader_each(&reader, 0, 1, size, entry_show, s);
        if (!no) no = reader_each(&reader, from, last, size, entry_show, s);
    } else if (!end && s->from < last) {
        no = reader_each(&reader, 0, last, size, entry_show, s);
    }
    if (no && no != FAULT_LOST) /* lost: nobody reads on at the other end of the pipe */
        end = verb_fail(s->args, "%s",
                        s->doubt.what[0]        ? s->doubt.what
                        : reader.doubt.what[0] ? reader.doubt.what
                                               : fault_name(no));
    reader_release(&reader);
    return end ? end : wallet_judge(s);
}

static enum verb_exit log_run(const struct args *args)
{
    static struct showing s;
    static struct log_source source;
    s = (struct showing){.args = args, .line = BUF_MAX(LOG_LINE_MAX + RECORD_JSON_MAX)};
    enum verb_exit end = filters_read(&s);
    if (end) return end;
    end = operand_open(args, &source);
    if (end) return end;
    arena_init(&s.one, ONE_MAX);
    s.tender_of = calloc(TENDERS_MAX, sizeof *s.tender_of);
    setvbuf(stdout, NULL, _IOFBF, 64 * KIB); /* a million lines */
    end = s.tender_of ? records_show(&s, &source) : verb_fail(args, "out of memory");
    (void)fflush(stdout);
    free(s.tender_of);
    arena_release(&s.one);
    buf_release(&s.line);
    log_source_close(&source);
    return end;
}

static const struct verb_option log_options[] = {
    {"data", "DIR", "data folder of the server, where LOG is a community's slug [var]"},
    {"kind", "KIND", "only records of this kind (pledge_set...); may come more than once"},
    {"proposal", "N", "only what is about this proposal and its commission"},
    {"tender", "N", "only what is about this tender and its proposals"},
    {"wallet", "WALLET", "only what is about this wallet; its first characters suffice"},
    {"from", "SEQ", "only from this record on"},
    {"to", "SEQ", "only up to this record"},
    {"json", NULL, "the records' own bytes instead of words"},
    {NULL, NULL, NULL},
};

const struct verb verb_log = {
    .name = "log",
    .summary = "read a community's records, one plain line each",
    .about =
        "LOG is a community's slug (with --data DIR), a folder (DIR/log/SLUG or a copy), or a URL\n"
        "(https://host/log/SLUG). Prints what is sealed: place, time and what happened. Wallets\n"
        "are pseudonyms that change with every round. Whether the log is what it says it is,\n"
        "`verify` tells.",
    .operand = "LOG",
    .options = log_options,
    .run = log_run,
};
