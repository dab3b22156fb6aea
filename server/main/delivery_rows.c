/* delivery_rows.c -- see delivery_rows.h. The forms are those of lua/76_contract.lua. */
#include "delivery_rows.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct making {
    struct arena *arena;
    struct delivery_rows *rows;
    bool full;
};

static void PRINTF_LIKE(4, 5)
    row(struct making *make, const char *name, uint64_t number, const char *format, ...)
{
    char value[600];
    va_list words;
    va_start(words, format);
    int n = vsnprintf(value, sizeof value, format, words);
    va_end(words);
    INVARIANT(n >= 0 && (size_t)n < sizeof value && make->rows->n < DELIVERY_ROWS_MAX);
    const char *numbered = number ? arena_format(make->arena, "%s%" PRIu64, name, number) : name;
    struct text kept = arena_text(make->arena, (struct text){value, (size_t)n});
    make->full = make->full || !numbered || !kept.at;
    if (!make->full)
        make->rows->at[make->rows->n++] = (struct ledger_member){text_of(numbered), kept};
}

static void figure(struct making *make, const char *name, uint64_t value)
{
    row(make, name, 0, "%" PRIu64, value);
}

struct text delivery_parts(const uint64_t *amounts, size_t n, struct arena *arena)
{
    CLEANUP(buf) struct buf parts = BUF_MAX(KIB);
    for (size_t i = 0; i < n; i++)
        buf_format(&parts, "%s%zu:%" PRIu64, i > 0 ? "," : "", i + 1, amounts[i]);
    return buf_fault(&parts) ? TEXT_NONE : arena_text(arena, buf_view(&parts));
}

static void contract_rows(struct making *make, const struct delivery *is)
{
    uint64_t amounts[MILESTONES_MAX];
    for (size_t i = 0; i < is->milestones_n; i++)
        amounts[i] = is->milestones[i].amount;
    struct text parts = delivery_parts(amounts, is->milestones_n, make->arena);
    figure(make, "starts", is->starts);
    figure(make, "ends", is->ends);
    figure(make, "signed", is->signed_seq);
    row(make, "document", 0, "%.64s", is->document);
    row(make, "milestones", 0, "%.*s", TEXT_ARGS(parts));
}

static void milestone_rows(struct making *make, const struct delivery *is)
{
    for (size_t i = 0; i < is->milestones_n; i++) {
        const struct milestone *m = &is->milestones[i];
        if (m->reported_seq)
            row(make, "m", i + 1,
                "%c %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, m->mark, m->paid,
                m->confirmed, m->disputed, m->reported_seq, m->accepted_seq);
    }
}

static void list_rows(struct making *make, const struct delivery *is)
{
    for (size_t i = 0; i < is->evidence_n; i++) {
        const struct evidence *e = &is->evidence[i];
        row(make, "e", i + 1, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %.*s", e->seq, e->at,
            e->milestone, e->document[0] ? 64 : 1, e->document[0] ? e->document : "-");
    }
    for (size_t i = 0; i < is->payments_n; i++) {
        const struct payment *y = &is->payments[i];
        row(make, "y", i + 1, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, y->seq, y->at,
            y->milestone, y->amount);
    }
    for (size_t i = 0; i < is->outcomes_n; i++) {
        const struct outcome_told *o = &is->outcomes[i];
        if (o->has_figure)
            row(make, "o", i + 1, "%" PRIu64 " %" PRIu64 " %" PRIu64, o->seq, o->at, o->figure);
        else row(make, "o", i + 1, "%" PRIu64 " %" PRIu64 " -", o->seq, o->at);
    }
}

static void variation_rows(struct making *make, const struct delivery *is)
{
    bool approved = false;
    for (size_t i = 0; i < is->variations_n; i++) {
        const struct variation *v = &is->variations[i];
        struct text parts = delivery_parts(v->amounts, is->milestones_n, make->arena);
        row(make, "v", i + 1, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %.*s",
            v->seq, v->at, v->ends, v->approved_seq, v->moved, TEXT_ARGS(parts));
        approved = approved || v->approved_seq;
    }
    if (approved) figure(make, "moved", is->moved);
}

static void sum_rows(struct making *make, const struct delivery *is)
{
    if (is->payments_n) figure(make, "paid", delivery_paid(is));
    if (is->mark == 't') figure(make, "returned", delivery_returned(is));
    if (is->evidence_n) figure(make, "evidence", is->evidence_n);
    if (is->payments_n) figure(make, "payments", is->payments_n);
    if (is->variations_n) figure(make, "variations", is->variations_n);
    if (is->outcomes_n) figure(make, "outcomes", is->outcomes_n);
    if (is->ended_seq) figure(make, "ended", is->ended_seq);
    if (!is->savings_seq) return;
    struct text parts = delivery_parts(is->savings, is->savings_n, make->arena);
    row(make, "savings", 0, "%" PRIu64 " %.*s", is->savings_seq, TEXT_ARGS(parts));
}

bool delivery_rows(const struct delivery *is, struct arena *arena, struct delivery_rows *ret)
{
    struct making make = {arena, ret, false};
    ret->n = 0;
    if (is->mark != 'a') row(&make, "state", 0, "%c", is->mark);
    if (is->signed_seq) contract_rows(&make, is);
    milestone_rows(&make, is);
    list_rows(&make, is);
    variation_rows(&make, is);
    sum_rows(&make, is);
    return !make.full;
}
