/* receipts.c -- one record and its receipt: what a resident takes home.
 *
 * A receipt is made from the tiles under the checkpoint of this moment; whoever asks later gets
 * another one under a later checkpoint, as good. The record is given byte for byte as the log
 * hashes it, so that file and receipt verify together. */
#include "groundswell/tlog/receipt.h"

#include "errand.h"
#include "files.h"
#include "groundswell/base/log.h"
#include "handlers.h"
#include "record_say.h"
#include "say.h"

/* False: the visit is answered. */
static bool seq_read(struct visit *visit, uint64_t *ret)
{
    if (text_to_u64(visit_param(visit, "seq"), MONEY_MAX - 1, ret)) return true;
    SAY_REFUSAL(visit, REFUSAL_ID_MALFORMED, {"name", TEXT("seq")});
    return false;
}

static void seq_refuse(struct visit *visit, enum refusal refusal)
{
    SAY_REFUSAL(visit, refusal, {"seq", visit_param(visit, "seq")});
}

/* What is sealed never changes; a receipt may gain a witness under a later checkpoint. */
static void part_say(struct visit *visit, const char *type, struct buf *body, const char *name)
{
    struct errand *errand = errand_of(visit);
    char *file = arena_format(&visit->arena, "inline; filename=\"%.*s-%.*s.%s\"",
                              TEXT_ARGS(errand->slug), TEXT_ARGS(visit_param(visit, "seq")), name);
    if (buf_fault(body) || !file || visit_header(visit, "Content-Disposition", text_of(file)) ||
        visit_header(visit, "Cache-Control", TEXT("public, max-age=60")) ||
        visit_header(visit, "Access-Control-Allow-Origin", TEXT("*")))
        say_fault(visit, buf_fault(body) ? buf_fault(body) : FAULT_LIMIT);
    else visit_answer(visit, 200, type, buf_view(body));
}

/* It is not sealed: accepted already, or never heard of? */
static void log_receipt_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    seq_refuse(visit, answer->items_n ? REFUSAL_NOT_SEALED_YET : REFUSAL_RECORD_UNKNOWN);
}

void log_receipt_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct doubt doubt = {""};
    uint64_t seq;
    if (!seq_read(visit, &seq)) return;
    CLEANUP(sealed) struct sealed sealed;
    enum fault no = sealed_open(&sealed, errand->desk, errand->slug);
    if (no == FAULT_ABSENT || (!no && sealed.checkpoint.size <= seq)) {
        ledger_log(errand->desk->plan.ledger, errand->slug, seq, 1, log_receipt_get_answer, visit);
        return;
    }
    CLEANUP(buf) struct buf body = BUF_MAX(RECEIPT_MAX);
    if (!no) no = receipt_make(&sealed.reader, seq, buf_view(&sealed.bytes), &body, &doubt);
    if (doubt.what[0])
        log_error("desk", "no receipt of record %llu of %.*s: %s", (unsigned long long)seq,
                  TEXT_ARGS(errand->slug), doubt.what);
    if (no) say_fault(visit, no);
    else part_say(visit, "text/plain; charset=utf-8", &body, "tlog-proof");
}

static void log_record_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    const struct ledger_record *record = answer->items;
    uint64_t seq;
    if (!seq_read(visit, &seq)) return;
    if (answer->items_n == 0) {
        seq_refuse(visit, REFUSAL_RECORD_UNKNOWN);
        return;
    }
    CLEANUP(buf) struct buf body = BUF_MAX(64 * KIB);
    enum fault no = record->seq == seq ? record_say(record, &body) : FAULT_ABSENT;
    if (no) say_fault(visit, no);
    else part_say(visit, "application/json", &body, "json");
}

void log_record_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    uint64_t seq;
    if (!seq_read(visit, &seq)) return;
    CLEANUP(sealed) struct sealed sealed;
    enum fault no = sealed_open(&sealed, errand->desk, errand->slug);
    if (no == FAULT_ABSENT || (!no && sealed.checkpoint.size <= seq)) {
        ledger_log(errand->desk->plan.ledger, errand->slug, seq, 1, log_record_get_answer, visit);
        return;
    }
    struct text entry = TEXT_NONE;
    CLEANUP(buf) struct buf body = BUF_MAX(64 * KIB);
    if (!no) no = reader_entry(&sealed.reader, seq, sealed.checkpoint.size, &entry);
    buf_text(&body, entry);
    if (no) say_fault(visit, no);
    else part_say(visit, "application/json", &body, "json");
}
