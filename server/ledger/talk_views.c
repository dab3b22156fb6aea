/* talk_views.c -- a typed call for every reader of needs and deliberation, and what it tells.
 *
 * The tables are the contract with lua/83_view_talk.lua. Who wrote and who took which stance is in
 * none of them: `mine` and `stance` are of the resident who looks. */
#include "groundswell/ledger/talk.h"

#include "inside.h"

#define WORD(type, member) FIELD(struct type, member, FIELD_TEXT)
#define BOOL(type, member) FIELD(struct type, member, FIELD_BOOL)
#define WHEN(type, name) FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, 0)
#define ID(type, member, letter) FIELD_ID_OF(struct type, member, letter, 0)
#define MAYBE(type, member, kind)                                                                 \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define MAYBE_WHEN(type, name)                                                                    \
    FIELD_AS(#name, struct type, name##_ms, FIELD_STAMP, FIELD_OPTIONAL | FIELD_ZERO_ABSENT)
#define HIDDEN(type, member, kind)                                                                \
    FIELD_FLAGS(struct type, member, kind, FIELD_OPTIONAL | FIELD_PRIVATE)

const struct field need_view_fields[] = {
    ID(need_view, need, 'n'),
    WORD(need_view, state),
    U64(need_view, seconds),
    WHEN(need_view, at),
    U64(need_view, seq),
    MAYBE(need_view, mine, FIELD_BOOL),
    MAYBE(need_view, seconded, FIELD_BOOL),
    HIDDEN(need_view, text, FIELD_JSON),
    MAYBE_WHEN(need_view, answered),
    MAYBE(need_view, answer_seq, FIELD_U64),
    MAYBE(need_view, answer_body, FIELD_TEXT),
    FIELD_ID_OF(struct need_view, answer_tender, 't', FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    HIDDEN(need_view, answer, FIELD_JSON),
};
FIELDS_OF(need_view);

const struct field talk_view_fields[] = {
    ID(talk_view, talk, 'k'),
    ID(talk_view, tender, 't'),
    HIDDEN(talk_view, body, FIELD_TEXT),
    WORD(talk_view, kind),
    U64(talk_view, area),
    WHEN(talk_view, at),
    U64(talk_view, seq),
    U64(talk_view, version),
    MAYBE_WHEN(talk_view, edited),
    WORD(talk_view, state),
    MAYBE(talk_view, reason, FIELD_TEXT),
    MAYBE_WHEN(talk_view, hidden),
    U64(talk_view, agree),
    U64(talk_view, disagree),
    U64(talk_view, pass),
    HIDDEN(talk_view, consensus, FIELD_U64),
    HIDDEN(talk_view, mean, FIELD_U64),
    HIDDEN(talk_view, areas_n, FIELD_U64),
    HIDDEN(talk_view, division, FIELD_U64),
    HIDDEN(talk_view, areas_agree, FIELD_PAIRS),
    HIDDEN(talk_view, areas_disagree, FIELD_PAIRS),
    HIDDEN(talk_view, areas_pass, FIELD_PAIRS),
    HIDDEN(talk_view, areas_few, FIELD_PAIRS),
    MAYBE(talk_view, stance, FIELD_TEXT),
    MAYBE(talk_view, mine, FIELD_BOOL),
    HIDDEN(talk_view, text, FIELD_JSON),
    HIDDEN(talk_view, explanation, FIELD_JSON),
    HIDDEN(talk_view, appeal, FIELD_JSON),
    HIDDEN(talk_view, ruling, FIELD_JSON),
};
FIELDS_OF(talk_view);

const struct field talk_version_fields[] = {
    U64(talk_version, version),
    HIDDEN(talk_version, text, FIELD_JSON),
};
FIELDS_OF(talk_version);

const struct field summary_view_fields[] = {
    U64(summary_view, number),
    WHEN(summary_view, at),
    U64(summary_view, seq),
    HIDDEN(summary_view, text, FIELD_JSON),
};
FIELDS_OF(summary_view);

const struct field said_view_fields[] = {
    WORD(said_view, kind),
    U64(said_view, number),
    FIELD_ID_OF(struct said_view, tender, 't', FIELD_OPTIONAL | FIELD_ZERO_ABSENT),
    WHEN(said_view, at),
    MAYBE(said_view, text, FIELD_JSON),
};
FIELDS_OF(said_view);

/* ---- who looks ------------------------------------------------------------------------------ */

/* A byte that stands nowhere in UTF-8 (RFC 3629, section 1), as in codes.c. */
#define ID_OF_AUTHOR ((char)0xfd)

enum fault question_author(struct ledger *ledger, struct text slug, struct text resident)
{
    char author[RESIDENT_ID_SIZE + 1] = "";
    enum fault no = FAULT_NONE;
    if (resident.n > 0)
        no = keyring_pseudonym(ledger->keyring, slug, ID_OF_AUTHOR, resident, author);
    question_format(ledger, "%s", author);
    return no;
}

static enum fault question_viewer(struct ledger *ledger, struct text slug,
                                  const struct viewer *viewer)
{
    question_text(ledger, viewer->resident);
    question_number(ledger, viewer->epoch);
    return question_author(ledger, slug, viewer->resident);
}

/* Sends what was put together, or answers with the fault. */
static void view_send(struct ledger *ledger, const struct call_kind *kind, struct text slug,
                      enum fault no, const struct call *asker)
{
    struct call like = {.ledger = ledger, .kind = kind};
    like.answer = asker->answer;
    like.ctx = asker->ctx;
    struct call *call = call_new(&like, slug);
    if (no)
        call_fail(call, no);
    else
        call_ask(call);
}

#define ASKER &(const struct call){.answer = answer, .ctx = ctx}

/* ---- the calls ------------------------------------------------------------------------------ */

void ledger_needs(struct ledger *ledger, struct text slug, const struct needs_page *page,
                  ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"needs", .reader = true, ITEMS(need_view)};
    question_reader(ledger, &kind, slug);
    enum fault no = question_viewer(ledger, slug, &page->viewer);
    question_text(ledger, page->state);
    question_text(ledger, page->sort);
    question_number(ledger, page->mine);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
    view_send(ledger, &kind, slug, no, ASKER);
}

void ledger_need_view(struct ledger *ledger, struct text slug, uint64_t need,
                      const struct viewer *viewer, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"need_view", .reader = true, OUTCOME(need_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, need);
    view_send(ledger, &kind, slug, question_viewer(ledger, slug, viewer), ASKER);
}

void ledger_talks(struct ledger *ledger, struct text slug, const struct talks_page *page,
                  ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talks", .reader = true, ITEMS(talk_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, page->tender);
    enum fault no = question_viewer(ledger, slug, &page->viewer);
    question_text(ledger, page->kind);
    question_text(ledger, page->hidden);
    question_number(ledger, page->mine);
    question_text(ledger, page->sort);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
    view_send(ledger, &kind, slug, no, ASKER);
}

void ledger_talk_view(struct ledger *ledger, struct text slug, uint64_t talk,
                      const struct viewer *viewer, ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"talk_view", .reader = true, OUTCOME(talk_view),
                                          ITEMS(talk_version)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, talk);
    view_send(ledger, &kind, slug, question_viewer(ledger, slug, viewer), ASKER);
}

void ledger_summaries(struct ledger *ledger, struct text slug, const struct summaries_page *page,
                      ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"summaries", .reader = true, ITEMS(summary_view)};
    question_reader(ledger, &kind, slug);
    question_number(ledger, page->tender);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
    call_send(ledger, &kind, slug, answer, ctx);
}

void ledger_said(struct ledger *ledger, struct text slug, const struct said_page *page,
                 ledger_answer_fn *answer, void *ctx)
{
    static const struct call_kind kind = {"said", .reader = true, ITEMS(said_view)};
    question_reader(ledger, &kind, slug);
    enum fault no = question_author(ledger, slug, page->resident);
    question_number(ledger, page->after);
    question_number(ledger, page->limit);
    view_send(ledger, &kind, slug, no, ASKER);
}
