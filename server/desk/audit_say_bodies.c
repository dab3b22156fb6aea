/* audit_say_bodies.c -- the records of commissioning bodies, in plain words: who may publish, and
 * who said that this may be published. */
#include "audit.h"
#include "groundswell/rules/body.h"

static unsigned long long number(uint64_t n)
{
    return (unsigned long long)n;
}

static void say_set(struct buf *out, const struct record *record)
{
    if (record->kind == RECORD_AREAS_SET) {
        buf_cstr(out, "The official codes and the boundaries of the areas were set.");
        return;
    }
    buf_cstr(out, "The trust set what a tender has here where it says nothing.");
    if (record_has(record, FIELD_MEMBERS_MIN))
        buf_format(out, " A body publishes with at least %llu members.",
                   number(record->members_min));
}

static void say_constitution(struct buf *out, const struct record *record)
{
    if (record->kind == RECORD_BODY_FORMED)
        buf_format(out, "The commissioning body %.*s was formed, with its constitution.",
                   TEXT_ARGS(record->body));
    else
        buf_format(out, "The commissioning body %.*s has a new constitution, version %llu.",
                   TEXT_ARGS(record->body), number(record->version));
}

static void say_figures(struct buf *out, const struct record *record)
{
    const struct body_register shows = {record->seats, record->seat_votes, record->lay_seats,
                                        record->lay_votes};
    buf_char(out, ' ');
    body_sentence(out, &shows, 0);
}

static const char *category_name(struct text category)
{
    if (text_is(category, "user")) return "a service user";
    if (text_is(category, "professional")) return "a professional";
    return text_is(category, "elected") ? "an elected member" : "a resident";
}

static void say_member(struct buf *out, const struct record *record)
{
    if (record->kind == RECORD_MEMBER_SEATED)
        buf_format(out, "Member m%llu, %s, took a seat in %.*s.", number(record->member),
                   category_name(record->category), TEXT_ARGS(record->body));
    else
        buf_format(out, "The seat of member m%llu in %.*s ended%s.", number(record->member),
                   TEXT_ARGS(record->body), record_has(record, FIELD_DUE) ? " with its term" : "");
    say_figures(out, record);
}

static void say_mark(struct buf *out, const struct record *record)
{
    buf_format(out, record->kind == RECORD_BODY_SUSPENDED
                        ? "The body %.*s is suspended: it publishes nothing new."
                        : "The body %.*s may publish again.",
               TEXT_ARGS(record->body));
    say_figures(out, record);
}

static void say_publishing(struct buf *out, const struct record *record)
{
    buf_format(out, "Tender t%llu was ", number(record->tender));
    if (record->kind == RECORD_TENDER_APPROVED) {
        buf_format(out, "approved by member m%llu, %s.", number(record->member),
                   category_name(record->category));
        return;
    }
    buf_cstr(out, "published for deliberation");
    if (record->members)
        buf_format(out, " by a body of %llu members, %llu of whom approved",
                   number(record->members), number(record->approvals));
    buf_char(out, '.');
}

void audit_say_body(struct buf *out, const struct record *record)
{
    switch (record->kind) {
    case RECORD_COMMUNITY_SET:
    case RECORD_AREAS_SET: say_set(out, record); break;
    case RECORD_BODY_FORMED:
    case RECORD_BODY_CONSTITUTED: say_constitution(out, record); break;
    case RECORD_MEMBER_SEATED:
    case RECORD_MEMBER_LEFT: say_member(out, record); break;
    case RECORD_BODY_SUSPENDED:
    case RECORD_BODY_RESTORED: say_mark(out, record); break;
    default: say_publishing(out, record);
    }
}
