/* verify.c -- the verb for whoever does not trust us: is this log what it says it is?
 *
 * It needs the files and a key, no server and no Redis, and writes nothing. What is checked is
 * tlog/verify.h's business, or tlog/receipt.h's; here it is asked for and told. Whether the records
 * follow the rules is another question: `recount`. */
#include "log_source.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/rules/record.h"
#include "groundswell/rules/tally.h"
#include "groundswell/tlog/receipt.h"
#include "log_words.h"

#define ONE_MAX MIB

static enum verb_exit file_take(const struct args *args, const char *path, size_t max,
                                struct buf *out)
{
    *out = BUF_MAX(max);
    const enum fault no = file_read(path, out);
    return no ? verb_misuse(args, "%s cannot be read: %s", path, fault_name(no)) : VERB_DONE;
}

static enum verb_exit doubted(const struct doubt *doubt, enum fault no)
{
    printf("NOT verified: %s\n", doubt->what[0] ? doubt->what : fault_name(no));
    return VERB_FAILED;
}

static void signers_tell(const struct log_trust *trust, size_t witnesses)
{
    printf("key         %s%s\n", trust->logs[0].name,
           trust->from_log ? " (found beside the log: it proves little)" : "");
    if (trust->signers.witnesses_n > 0)
        printf("witnesses   %zu of the %zu named have signed, %zu had to\n", witnesses,
               trust->signers.witnesses_n, trust->signers.quorum);
}

static void root_tell(const struct hash *root)
{
    CLEANUP(buf) struct buf text = BUF_MAX(KIB);
    hash_put(&text, root);
    printf("root        %s\n", text.data);
}

/* ---- a whole log ----------------------------------------------------------------------------- */

static void finding_tell(const struct log_source *source, const struct log_trust *trust,
                         const struct verify_finding *found, bool seen)
{
    printf("log         %s\n", source->where);
    signers_tell(trust, found->witnesses);
    printf("size        %llu records, %llu bytes\n", (unsigned long long)found->size,
           (unsigned long long)found->entry_bytes);
    root_tell(&found->root);
    printf("files       %llu tiles and bundles are what the records give\n",
           (unsigned long long)found->tiles);
    if (found->listed)
        printf("history     %llu signed checkpoints are beginnings of this log; no file too many\n",
               (unsigned long long)found->history);
    else printf("history     not checked: older checkpoints and surplus files show in folders\n");
    if (seen) printf("seen        the checkpoint that you kept is a beginning of this log\n");
}

static enum verb_exit log_verify(const struct args *args)
{
    static struct log_source source;
    static struct log_trust trust;
    CLEANUP(buf) struct buf seen = {0};
    struct verify_finding found = {0};
    struct doubt doubt = {""};
    const char *seen_path = args_text(args, "seen");
    enum verb_exit end = log_source_open(args, args->operand, &source);
    if (!end) end = log_trust_read(args, &source, &trust);
    if (!end && seen_path) end = file_take(args, seen_path, NOTE_MAX, &seen);
    if (end) {
        log_source_close(&source);
        return end;
    }
    const struct verify_plan plan = {.source = source.source,
                                     .signers = trust.signers,
                                     .seen = seen_path ? buf_view(&seen) : TEXT_NONE};
    const uint64_t began_us = clock_steady_us();
    const enum fault no = verify_log(&plan, &found, &doubt);
    const uint64_t us = clock_steady_us() - began_us;
    log_source_close(&source);
    if (no) return doubted(&doubt, no);
    finding_tell(&source, &trust, &found, seen_path != NULL);
    printf("verified: every record is under the signed root; it took %llu.%03llu seconds\n",
           (unsigned long long)(us / 1000000), (unsigned long long)(us / 1000 % 1000));
    return VERB_DONE;
}

/* ---- one receipt ----------------------------------------------------------------------------- */

static void line_tell(const char *what, const struct record *record)
{
    struct log_words words = {0};
    CLEANUP(buf) struct buf line = BUF_MAX(LOG_LINE_MAX);
    log_words_put(&line, &words, record);
    printf("%-11s %s\n", what, line.data ? line.data : "");
}

/* What a sealed record says to whoever has its key; false where this is not its key. */
static bool inside_tell(const struct record *record, const uint8_t key[static TALLY_KEY_SIZE])
{
    struct arena arena;
    struct record inside;
    arena_init(&arena, ONE_MAX);
    const bool opened = record->kind == RECORD_SEALED &&
                        tally_open(record, key, &arena, &inside) == FAULT_NONE;
    if (opened) line_tell("inside", &inside);
    else printf("NOT opened: this is not the key of that record\n");
    arena_release(&arena);
    return opened;
}

/* Says the record in words; what is no record is shown as nothing. `key` may be NULL; false where
 * it does not open the record. */
static bool record_tell(uint64_t seq, struct text entry, const uint8_t *key)
{
    struct arena one;
    struct record record;
    bool opened = !key;
    arena_init(&one, ONE_MAX);
    if (log_record_read(seq, entry, &one, &record, NULL) == FAULT_NONE) {
        line_tell("record", &record);
        if (key) opened = inside_tell(&record, key);
    } else {
        printf("record      entry %llu, which is no record of Groundswell\n",
               (unsigned long long)seq);
    }
    arena_release(&one);
    return opened;
}

/* The key that --record-key gives, into `key`; NULL in *ret where none is given. */
static enum verb_exit record_key_take(const struct args *args, uint8_t key[static TALLY_KEY_SIZE],
                                      const uint8_t **ret)
{
    const char *given = args_text(args, "record-key");
    *ret = given ? key : NULL;
    if (!given || decode_hex(text_of(given), key, TALLY_KEY_SIZE) == TALLY_KEY_SIZE)
        return VERB_DONE;
    return verb_misuse(args, "--record-key is 64 hex digits, as the answer to the pledge gave it");
}

static enum verb_exit receipt_verify(const struct args *args)
{
    static struct log_trust trust;
    static struct receipt_finding found;
    CLEANUP(buf) struct buf receipt = {0}, record = {0};
    struct doubt doubt = {""};
    const char *record_path = args_text(args, "record");
    uint8_t key_bytes[TALLY_KEY_SIZE];
    const uint8_t *key;
    if (args->operand) return verb_misuse(args, "a LOG and --receipt do not go together");
    if (!record_path) return verb_misuse(args, "--receipt needs --record FILE: the record itself");
    enum verb_exit end = log_trust_read(args, NULL, &trust);
    if (!end) end = record_key_take(args, key_bytes, &key);
    if (!end) end = file_take(args, args_text(args, "receipt"), RECEIPT_MAX, &receipt);
    if (!end) end = file_take(args, record_path, RECORD_JSON_MAX + 2, &record);
    if (end) return end;
    struct text entry = buf_view(&record);
    /* An editor adds one; a record never ends with it. */
    if (entry.n > 0 && entry.at[entry.n - 1] == '\n') entry.n--;
    const enum fault no =
        receipt_check(buf_view(&receipt), entry, &trust.signers, &found, &doubt);
    if (no) return doubted(&doubt, no);
    signers_tell(&trust, found.witnesses);
    printf("log         %.*s, %llu records\n", TEXT_ARGS(found.checkpoint.origin),
           (unsigned long long)found.checkpoint.size);
    root_tell(&found.checkpoint.root);
    if (!record_tell(found.receipt.index, entry, key)) return VERB_FAILED;
    printf("verified: this record is number %llu of that log\n",
           (unsigned long long)found.receipt.index);
    return VERB_DONE;
}

static enum verb_exit verify_run(const struct args *args)
{
    if (args_text(args, "receipt")) return receipt_verify(args);
    if (args_text(args, "record")) return verb_misuse(args, "--record needs --receipt FILE");
    if (args_text(args, "record-key"))
        return verb_misuse(args, "--record-key needs --receipt FILE");
    if (!args->operand) return verb_misuse(args, "LOG is missing (try: groundswell help verify)");
    return log_verify(args);
}

static const struct verb_option verify_options[] = {
    LOG_TRUST_OPTIONS,
    {"seen", "FILE", "a checkpoint that you kept: must be a beginning of the log"},
    {"receipt", "FILE", "instead of LOG: check one receipt (.tlog-proof)"},
    {"record", "FILE", "the record that the receipt is about, its very bytes"},
    {"record-key", "HEX", "opens that record, where it is a sealed pledge of yours"},
    {NULL, NULL, NULL},
};

const struct verb verb_verify = {
    .name = "verify",
    .summary = "check a log, or a receipt, with nothing but its files and a key",
    .about =
        "LOG is a folder (DIR/log/SLUG or a copy) or a URL (https://host/log/SLUG). Rebuilds the\n"
        "root from the records, compares it with the signed checkpoint, compares every tile, and\n"
        "checks that every older checkpoint was a beginning of this log. With --receipt: that one\n"
        "record is in the log. Needs no server, no Redis and no trust in either. Ends with 1\n"
        "where something does not hold, and says what.",
    .operand = "[LOG]",
    .options = verify_options,
    .run = verify_run,
};
