/* files.c -- the calls about files that were uploaded (lua/24_file.lua). The bytes themselves never
 * come here. */
#include "groundswell/ledger/files.h"

#include "inside.h"

#define NAME_SIZE (2 * DIGEST_SIZE)

const struct field file_view_fields[] = {
    FIELD(struct file_view, type, FIELD_TEXT),
    U64(file_view, bytes),
    FIELD_AS("at", struct file_view, at_ms, FIELD_STAMP, 0),
    FIELD(struct file_view, public, FIELD_BOOL),
    FIELD(struct file_view, by, FIELD_TEXT),
    FIELD(struct file_view, name, FIELD_TEXT),
};
FIELDS_OF(file_view);

const struct field files_unknown_fields[] = {
    FIELD(struct files_unknown, unknown, FIELD_TEXT),
    FIELD_AS("from", struct files_unknown, from_ms, FIELD_STAMP, 0),
};
FIELDS_OF(files_unknown);

void ledger_file_note(struct ledger *ledger, const struct act *act, const struct file_note *in,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"file_note", OUTCOME(act_outcome)};
    question_act(ledger, &kind, act);
    question_text(ledger, in->file);
    question_text(ledger, in->type);
    question_number(ledger, in->bytes);
    question_text(ledger, in->name);
    question_number(ledger, in->bytes_max);
    call_send(ledger, &kind, act->slug, answer, ctx);
}

void ledger_file_view(struct ledger *ledger, struct text slug, struct text file,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"file_view", .reader = true, OUTCOME(file_view)};
    question_reader(ledger, &kind, slug);
    question_text(ledger, file);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_files_unknown(struct ledger *ledger, struct text slug, struct text names,
                          ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"files_unknown", .reader = true, OUTCOME(files_unknown)};
    INVARIANT(names.n > 0 && names.n <= FILES_UNKNOWN_MAX * NAME_SIZE && names.n % NAME_SIZE == 0);
    question_reader(ledger, &kind, slug);
    for (size_t at = 0; at < names.n; at += NAME_SIZE)
        question_text(ledger, (struct text){names.at + at, NAME_SIZE});
    call_send(ledger, &kind, slug, answer, ctx);
}
