/* log_words_civic.c -- bodies, needs and deliberation, a line each: a part of log_words.c. */
#include "log_words.h"
#include "log_words_parts.h"

/* ---- bodies ---------------------------------------------------------------------------------- */

static void community_set(struct buf *out, const struct log_words *words,
                          const struct record *record)
{
    (void)words;
    buf_cstr(out, "what tenders have here where they say nothing is set:");
    for (size_t i = 4; record_field_at(record->kind, i) != RECORD_FIELDS; i++) {
        const enum record_field field = record_field_at(record->kind, i);
        if (!record_has(record, field)) continue;
        buf_format(out, " %s ", record_field_specs[field].name);
        record_field_put(record, field, out);
    }
}

static void areas_set(struct buf *out, const struct log_words *words, const struct record *record)
{
    (void)words;
    (void)record;
    buf_cstr(out, "codes and boundaries of the areas are set");
}

static void figures(struct buf *out, const struct record *record)
{
    buf_format(out, ": %llu of %llu seats, %llu of %llu votes are lay", number(record->lay_seats),
               number(record->seats), number(record->lay_votes), number(record->seat_votes));
}

static void body_changed(struct buf *out, const struct log_words *words,
                         const struct record *record)
{
    (void)words;
    buf_format(out, "body %.*s ", TEXT_ARGS(record->body));
    if (record->kind == RECORD_BODY_FORMED || record->kind == RECORD_BODY_CONSTITUTED) {
        buf_format(out, "%s: version %llu of its constitution",
                   record->kind == RECORD_BODY_FORMED ? "is formed" : "is constituted anew",
                   number(record->version));
        return;
    }
    buf_cstr(out, record->kind == RECORD_BODY_SUSPENDED ? "is suspended" : "is restored");
    figures(out, record);
}

static void member_changed(struct buf *out, const struct log_words *words,
                           const struct record *record)
{
    (void)words;
    buf_format(out, "member %llu", number(record->member));
    if (record->kind == RECORD_MEMBER_SEATED)
        buf_format(out, " (%.*s, votes %llu) sits in body %.*s", TEXT_ARGS(record->category),
                   number(record->votes), TEXT_ARGS(record->body));
    else buf_format(out, " leaves body %.*s", TEXT_ARGS(record->body));
    if (record->term) stamp(out, " until ", record->term);
    figures(out, record);
}

static void tender_approved(struct buf *out, const struct log_words *words,
                            const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu is approved by member %llu (%.*s)", number(record->tender),
               number(record->member), TEXT_ARGS(record->category));
}

static void tender_published(struct buf *out, const struct log_words *words,
                             const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu is published: %llu members, %llu approvals",
               number(record->tender), number(record->members), number(record->approvals));
}

/* ---- needs and deliberation ------------------------------------------------------------------ */

static void need(struct buf *out, const struct log_words *words, const struct record *record)
{
    (void)words;
    buf_format(out, "need %llu ", number(record->need));
    if (record->kind == RECORD_NEED_RAISED) buf_cstr(out, "is raised");
    else if (record->kind == RECORD_NEED_SECONDED)
        buf_format(out, "is seconded, %llu times now", number(record->seconds));
    else buf_format(out, "is answered by %.*s", TEXT_ARGS(record->body));
    if (record->tender) buf_format(out, " with tender %llu", number(record->tender));
}

static void talk(struct buf *out, const struct log_words *words, const struct record *record)
{
    buf_format(out, "contribution %llu to tender %llu ", number(record->talk),
               number(record->tender));
    if (record->kind == RECORD_TALK_ADDED) {
        buf_format(out, "(%.*s) comes from ", TEXT_ARGS(record->sort));
        area(out, words, record->area);
    } else if (record->kind == RECORD_TALK_STANCE) {
        buf_cstr(out, "stands in ");
        area(out, words, record->area);
        buf_format(out, " at %llu agree, %llu disagree, %llu pass", number(record->agree),
                   number(record->disagree), number(record->pass));
    } else if (record->kind == RECORD_TALK_EDITED) {
        buf_format(out, "is written anew, version %llu", number(record->version));
    } else if (record->kind == RECORD_TALK_HIDDEN) {
        buf_format(out, "is hidden: %.*s", TEXT_ARGS(record->reason));
    } else if (record->kind == RECORD_TALK_APPEALED) {
        buf_cstr(out, "is hidden, and its author appeals");
    } else {
        buf_cstr(out, record->stands ? "stays hidden, ruled so" : "is shown again, ruled so");
    }
}

static void talk_summarised(struct buf *out, const struct log_words *words,
                            const struct record *record)
{
    (void)words;
    buf_format(out, "what has changed in tender %llu is summed up", number(record->tender));
}

typedef void sentence_fn(struct buf *out, const struct log_words *words,
                         const struct record *record);

void log_words_civic(struct buf *out, const struct log_words *words, const struct record *record)
{
    static sentence_fn *const sentences[RECORD_KINDS] = {
        [RECORD_NEED_RAISED] = need,
        [RECORD_NEED_SECONDED] = need,
        [RECORD_NEED_ANSWERED] = need,
        [RECORD_TALK_ADDED] = talk,
        [RECORD_TALK_EDITED] = talk,
        [RECORD_TALK_STANCE] = talk,
        [RECORD_TALK_HIDDEN] = talk,
        [RECORD_TALK_APPEALED] = talk,
        [RECORD_TALK_RULED] = talk,
        [RECORD_TALK_SUMMARISED] = talk_summarised,
        [RECORD_COMMUNITY_SET] = community_set,
        [RECORD_AREAS_SET] = areas_set,
        [RECORD_BODY_FORMED] = body_changed,
        [RECORD_BODY_CONSTITUTED] = body_changed,
        [RECORD_MEMBER_SEATED] = member_changed,
        [RECORD_MEMBER_LEFT] = member_changed,
        [RECORD_BODY_SUSPENDED] = body_changed,
        [RECORD_BODY_RESTORED] = body_changed,
        [RECORD_TENDER_APPROVED] = tender_approved,
        [RECORD_TENDER_PUBLISHED] = tender_published,
    };
    sentences[record->kind](out, words, record);
}
