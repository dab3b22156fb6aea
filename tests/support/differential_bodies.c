/* differential_bodies.c -- commissioning bodies: what is asked of them, and what both sides keep.
 *
 * Only some communities ask for a register (profile->members_min); there a draft goes the long way:
 * its body is formed, members sit, two approve, it is published. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differential_inside.h"

/* The last one is never formed. */
static const char *const words[] = {"north-star", "commons", "elders", "fourth", "nobody"};
#define WORDS_N 5

static struct text word_draw(struct differential *d)
{
    return text_of(words[draw(d, WORDS_N - 1)]);
}

/* The static spelling of a body's word. */
static struct text word_kept(struct text word)
{
    for (size_t i = 0; i < WORDS_N; i++)
        if (text_is(word, words[i]))
            return text_of(words[i]);
    return text_of(words[0]);
}

static bool body_of(const struct differential *d, struct text word, uint64_t *ret_number,
                    struct model_body *ret)
{
    for (*ret_number = 1; model_body(model_of(d), *ret_number, ret); ++*ret_number)
        if (text_equal(ret->word, word))
            return true;
    return false;
}

static struct text last_word(const struct differential *d)
{
    struct model_tender tender;
    const struct model *m = model_of(d);
    return model_tender(m, model_tenders(m), &tender) ? word_kept(tender.body) : text_of(words[0]);
}

/* ---- what the last draft lacks to be published ---- */

enum roll_kind publishing(struct differential *d, const struct model_tender *draft)
{
    const struct model *m = model_of(d);
    struct model_body body;
    struct model_member member;
    uint64_t number, lay = 0, all = 0, approval;
    if (text_is(draft->body, "nobody") && !chance(d, 4))
        return ROLL_TENDER_PUBLISH;
    if (text_is(draft->body, "nobody") || chance(d, 9))
        return ROLL_TENDER_CREATE; /* its rule may be out of reach */
    if (!body_of(d, draft->body, &number, &body))
        return ROLL_BODY_FORM;
    if (body.seats < model_members_min(m) || 2 * body.lay_seats <= body.seats ||
        2 * body.lay_votes <= body.seat_votes)
        return ROLL_MEMBER_SEAT;
    for (size_t i = 0; (approval = model_approval(m, model_tenders(m), i)); i++) {
        model_member(m, approval, &member);
        all += member.seated;
        lay += member.seated && (text_is(member.category, "resident") ||
                                 text_is(member.category, "user"));
    }
    return all < APPROVALS_LEAST || 2 * lay <= all ? ROLL_TENDER_APPROVE : ROLL_TENDER_PUBLISH;
}

/* ---- arguments ---- */

static void holder_put(struct operation *op, const char *letter, struct text of)
{
    int n = snprintf(op->holder, sizeof op->holder, "%s%.*s", letter, TEXT_ARGS(of));
    op->act.holder = (struct text){op->holder, (size_t)n};
}

static void seat_draw(struct differential *d, struct operation *op, bool fitting)
{
    static const char *const categories[] = {"resident", "user", "professional", "elected"};
    struct record *own = &op->act.own;
    char seat[8];
    record_set_text(own, FIELD_BODY, fitting ? last_word(d) : word_draw(d));
    record_set_text(own, FIELD_CATEGORY, text_of(categories[draw(d, fitting ? 2 : 4)]));
    record_set(own, FIELD_VOTES, 1 + draw(d, 3));
    if (chance(d, 3))
        record_set(own, FIELD_TERM,
                   chance(d, 4) ? d->now + draw(d, 3) - 1
                                : d->now + 1 + draw(d, d->profile->tender_ms));
    snprintf(seat, sizeof seat, "m%u", (unsigned)draw(d, 12));
    if (chance(d, 3))
        holder_put(op, "r:", person_id(d, chance(d, 5) ? person_pick(d)
                                                       : person_like(d, true, false)));
    else
        holder_put(op, "t:clerk:", text_of(seat));
}

/* Mostly a member of the draft's body, mostly one who has not approved it. */
static void approve_draw(struct differential *d, struct operation *op, bool fitting)
{
    const struct model *m = model_of(d);
    struct model_tender tender = {.body = TEXT("")};
    struct model_member member;
    struct model_body body;
    uint64_t number = fitting ? model_tenders(m) : tender_pick(d, chance(d, 4) ? 0 : 'd');
    uint64_t of, all = model_members(m), picked = 0;
    record_set(&op->act.own, FIELD_TENDER, number);
    model_tender(m, number, &tender);
    holder_put(op, "t:clerk:", TEXT("nobody"));
    if (!all || !body_of(d, tender.body, &of, &body))
        return;
    for (int i = 0; i < 40; i++) {
        uint64_t one = 1 + draw(d, all);
        if (model_member(m, one, &member) && member.seated && (member.body == of || chance(d, 90)))
            picked = one;
        if (picked && !chance(d, 5))
            break;
    }
    if (!picked || !roll_seat_holder(d->roll, picked).n)
        return;
    holder_put(op, "", roll_seat_holder(d->roll, picked));
    if (op->holder[0] == 'r') {
        op->act.subject = (struct text){op->holder + 2, op->act.holder.n - 2};
        op->act.resident = op->act.subject;
    }
}

static void set_draw(struct differential *d, struct operation *op)
{
    struct record *own = &op->act.own;
    if (d->profile->members_min && chance(d, 3))
        record_set(own, FIELD_MEMBERS_MIN, 1 + draw(d, 4));
    if (chance(d, 2))
        record_set(own, FIELD_DAYS, draw(d, 9));
    if (chance(d, 3))
        record_set(own, FIELD_CONTRIBUTORS, draw(d, 9));
    if (chance(d, 3))
        record_set(own, FIELD_PEOPLE_PERMILLE, draw(d, 1002));
    if (chance(d, 3))
        record_set(own, FIELD_AREAS_MIN, draw(d, 9));
    if (chance(d, 3))
        record_set(own, FIELD_WINDOW, draw(d, 90000));
    if (chance(d, 3))
        record_set(own, FIELD_NEEDS_LINE, draw(d, 90));
    if (chance(d, 3))
        record_set_text(own, FIELD_TALLY, chance(d, 2) ? TEXT("hidden") : TEXT("open"));
}

void bodies_draw(struct differential *d, struct operation *op, bool fitting)
{
    struct record *own = &op->act.own;
    uint64_t members = model_members(model_of(d));
    switch (op->act.kind) {
    case ROLL_COMMUNITY_SET:
        set_draw(d, op);
        break;
    case ROLL_AREAS_SET:
        text_draw(d, op);
        break;
    case ROLL_BODY_FORM:
    case ROLL_BODY_CONSTITUTE:
        text_draw(d, op);
        record_set_text(own, FIELD_BODY, fitting ? last_word(d) : word_draw(d));
        break;
    case ROLL_MEMBER_SEAT:
        text_draw(d, op);
        seat_draw(d, op, fitting);
        break;
    case ROLL_MEMBER_LEAVE:
        record_set(own, FIELD_MEMBER, draw(d, members + 2));
        break;
    case ROLL_TENDER_APPROVE:
        approve_draw(d, op, fitting);
        break;
    default:
        break;
    }
}

/* ---- as arguments ---- */

struct text body_number(const struct differential *d, const struct operation *op,
                        struct arena *arena)
{
    struct model_body body;
    uint64_t number;
    body_of(d, op->act.own.body, &number, &body);
    return text_of(arena_format(arena, "%" PRIu64, number));
}

/* ---- what is kept ---- */

static void body_got(struct differential *d, uint64_t number)
{
    resp_say(&d->resp,
             "HMGET {%s}:bo:%" PRIu64 " body mark version seats seat_votes lay_seats lay_votes",
             d->slug, number);
    resp_flush(&d->resp);
    struct reply reply = resp_read(&d->resp, &d->arena);
    for (size_t i = 0; i < reply.n; i++)
        buf_format(&d->got, "%.*s ", TEXT_ARGS(reply.items[i].text));
    buf_char(&d->got, '\n');
}

/* A row without the seq of its seating, which stands in the log. */
static void member_got(struct differential *d, const struct reply *flat)
{
    for (size_t i = 0; i + 1 < flat->n; i += 2) {
        struct text rest = flat->items[i + 1].text;
        buf_format(&d->got, "%.*s", TEXT_ARGS(flat->items[i].text));
        for (int column = 0; rest.at; column++) {
            struct text one = text_cut(&rest, ' ');
            if (column != 4)
                buf_format(&d->got, " %.*s", TEXT_ARGS(one));
        }
        buf_char(&d->got, '\n');
    }
}

bool bodies_agree(struct differential *d)
{
    const struct model *m = model_of(d);
    struct model_body body;
    struct model_member member;
    buf_reset(&d->expected);
    buf_reset(&d->got);
    for (uint64_t i = 1; model_body(m, i, &body); i++) {
        body_got(d, i);
        buf_format(&d->expected, "%.*s %c %" PRIu64 " %" PRIu64 " %" PRIu64, TEXT_ARGS(body.word),
                   body.mark, body.version, body.seats, body.seat_votes);
        buf_format(&d->expected, " %" PRIu64 " %" PRIu64 " \n", body.lay_seats, body.lay_votes);
    }
    if (!agreed(d, "bodies differ"))
        return false;
    buf_reset(&d->expected);
    buf_reset(&d->got);
    resp_say(&d->resp, "HGETALL {%s}:mo", d->slug);
    resp_say(&d->resp, "HGETALL {%s}:mr", d->slug);
    resp_flush(&d->resp);
    struct reply rows = resp_read(&d->resp, &d->arena);
    member_got(d, &rows);
    struct reply holders = resp_read(&d->resp, &d->arena);
    member_got(d, &holders);
    for (uint64_t i = 1; model_member(m, i, &member); i++) {
        buf_format(&d->expected, "%" PRIu64 " %" PRIu64 " %.*s", i, member.body,
                   TEXT_ARGS(member.category));
        buf_format(&d->expected, " %" PRIu64 " %" PRIu64 " %c\n", member.votes, member.term,
                   member.seated ? 's' : 'l');
        struct text holder = roll_seat_holder(d->roll, i);
        if (member.seated && holder.n) /* who was erased has none */
            buf_format(&d->expected, "%" PRIu64 " %.*s\n", i, TEXT_ARGS(holder));
    }
    return sorted_agree(d, "members of bodies differ");
}
