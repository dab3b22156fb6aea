/* erased.c -- the file of those who were erased: a line is added for each, and read again by who
 * puts an older backup in place.
 *
 * The line is added when Redis has said that it is done. Between the two lies a moment: who crashes
 * in it has erased an account of which the file knows nothing. The other order would be worse, for
 * a refused erasure would erase a living person at the next restore. */
#include "groundswell/ledger/erased.h"

#include <inttypes.h>

#include "groundswell/base/log.h"
#include "groundswell/io/file.h"
#include "people_inside.h"

#define LINE_MAX 64
#define PATH_SIZE 4200

const struct field forget_outcome_fields[] = {
    PEOPLE_FIELDS(forget_outcome),
    FIELD(struct forget_outcome, known, FIELD_BOOL),
};
FIELDS_OF(forget_outcome);

void erased_add(const struct ledger *ledger, struct text account)
{
    char path[PATH_SIZE];
    CLEANUP(buf) struct buf line = BUF_MAX(LINE_MAX);
    buf_format(&line, "%.*s %" PRIu64 "\n", TEXT_ARGS(account), ledger_now_ms(ledger));
    int n = snprintf(path, sizeof path, "%s/" ERASED_FILE, keyring_folder(ledger->keyring));
    enum fault no = n > 0 && (size_t)n < sizeof path ? buf_fault(&line) : FAULT_LIMIT;
    if (!no)
        no = file_append(path, buf_view(&line), 0600);
    if (no)
        log_error("ledger", "an account is erased, but " ERASED_FILE " does not say so: %s",
                  fault_name(no));
}

bool ledger_erased_cut(struct text *content, struct text *ret_account)
{
    uint64_t at_ms;
    struct text rest = *content;
    if (!rest.at || rest.n == 0)
        return false;
    struct text line = text_cut(&rest, '\n');
    struct text account = text_cut(&line, ' ');
    bool whole = rest.at && resident_id_is_valid(account) && line.at &&
                 text_to_u64(line, UINT64_MAX, &at_ms);
    if (!whole)
        return false;
    *ret_account = account;
    *content = rest;
    return true;
}

void ledger_account_forget(struct ledger *ledger, const struct account_forget *in,
                           ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"account_forget", OUTCOME(forget_outcome)};
    static const struct account_act nobody;
    question_people(ledger, &kind, &nobody);
    question_text(ledger, in->account);
    question_number(ledger, in->until_s);
    call_send(ledger, &kind, TEXT_NONE, answer, ctx);
}
