/* model_body.c -- the acts on commissioning bodies, and what one may publish.
 *
 * What a register shows is kept in sums; whether that is lawful is judged by body.c alone. A body
 * that was lawful and is no more is suspended, by a record of its own behind that which did it. */
#include "body_inside.h"

struct body *body_named(const struct model *model, struct text word)
{
    for (size_t i = 0; i < model->bodies_n; i++)
        if (text_equal(word_text(&model->bodies[i].word), word))
            return &model->bodies[i];
    return NULL;
}

struct member *member_sitting(const struct model *model, uint64_t number)
{
    if (number == 0 || number > model->members_n || !model->members[number - 1].seated)
        return NULL;
    return &model->members[number - 1];
}

static bool is_lawful(const struct model *model, const struct body *body)
{
    return body_is_lawful(&body->shows, model->members_min);
}

/* ---- what a community asks for ---- */

void act_community_set(struct model *model, const struct record *in, struct verdict *ret)
{
    static const enum record_field fields[] = {FIELD_MEMBERS_MIN, FIELD_DAYS, FIELD_CONTRIBUTORS,
                                               FIELD_PEOPLE_PERMILLE, FIELD_AREAS_MIN,
                                               FIELD_WINDOW, FIELD_NEEDS_LINE};
    struct model_defaults *set = &model->defaults;
    uint64_t *const kept[] = {&model->members_min, &set->days,   &set->contributors,
                              &set->people_permille, &set->areas_min, &set->window,
                              &set->needs_line};
    struct record *record = NULL;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!record_has(in, fields[i]))
            continue;
        if (!record)
            record = record_begin(model, ret, RECORD_COMMUNITY_SET);
        record_set(record, fields[i], record_number(in, fields[i]));
        *kept[i] = record_number(in, fields[i]);
    }
    if (!in->tally.n)
        return;
    if (!record)
        record = record_begin(model, ret, RECORD_COMMUNITY_SET);
    record_set_text(record, FIELD_TALLY, in->tally);
    set->hidden = text_is(in->tally, "hidden");
}

void act_areas_set(struct model *model, const struct record *in, struct verdict *ret)
{
    record_set_text(record_begin(model, ret, RECORD_AREAS_SET), FIELD_TEXT_HASH, in->text);
}

/* ---- bodies ---- */

static void version_write(struct model *model, enum record_kind kind, const struct record *in,
                          struct verdict *ret)
{
    struct body *body = body_named(model, in->body);
    struct record *record = record_begin(model, ret, kind);
    record_set_text(record, FIELD_BODY, in->body);
    record_set(record, FIELD_VERSION, ++body->version);
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    ret->number = (uint64_t)(body - model->bodies) + 1;
}

void act_body_formed(struct model *model, const struct record *in, struct verdict *ret)
{
    if (body_named(model, in->body)) {
        refuse(ret, REFUSAL_BODY_EXISTS);
        refuse_text(ret, "body", in->body);
        return;
    }
    if (model->bodies_n >= BODIES_MAX) {
        refuse_one(ret, REFUSAL_BODIES_TOO_MANY, "bodies", model->bodies_n);
        refuse_number(ret, "most", BODIES_MAX);
        return;
    }
    model->bodies =
        grown(model->bodies, &model->bodies_max, model->bodies_n, sizeof *model->bodies);
    model->bodies[model->bodies_n++] = (struct body){.word = word_of(in->body), .mark = 'f'};
    version_write(model, RECORD_BODY_FORMED, in, ret);
}

/* The ledger knows it by its number: what is unknown there never comes here by an honest log. */
static struct body *body_for(const struct model *model, const struct record *in,
                             struct verdict *ret)
{
    struct body *body = body_named(model, in->body);
    if (!body)
        refuse_one(ret, REFUSAL_BODY_UNKNOWN, "body", model->bodies_n + 1);
    return body;
}

void act_body_constituted(struct model *model, const struct record *in, struct verdict *ret)
{
    if (body_for(model, in, ret))
        version_write(model, RECORD_BODY_CONSTITUTED, in, ret);
}

/* ---- members ---- */

static void figures_put(struct record *record, const struct body *body)
{
    record_set_text(record, FIELD_BODY, word_text(&body->word));
    record_set(record, FIELD_SEATS, body->shows.seats);
    record_set(record, FIELD_SEAT_VOTES, body->shows.seat_votes);
    record_set(record, FIELD_LAY_SEATS, body->shows.lay_seats);
    record_set(record, FIELD_LAY_VOTES, body->shows.lay_votes);
}

/* Behind a change of members: suspended or restored. */
static void settle_down(struct model *model, struct body *body, struct verdict *ret)
{
    char was = body->mark;
    if (is_lawful(model, body))
        body->mark = 'l';
    else if (was == 'l')
        body->mark = 's';
    if (was == 'f' || body->mark == was)
        return;
    figures_put(record_begin(model, ret, body->mark == 's' ? RECORD_BODY_SUSPENDED
                                                           : RECORD_BODY_RESTORED),
                body);
}

struct body *body_takes(const struct model *model, const struct record *in, struct verdict *ret)
{
    struct body *body = body_for(model, in, ret);
    if (!body)
        return NULL;
    if (in->term > 0 && in->term <= ret->at) {
        refuse_one(ret, REFUSAL_TERM_TOO_SOON, "term", in->term);
        refuse_number(ret, "now", ret->at);
        return NULL;
    }
    if (body->shows.seats >= RECORD_MEMBERS_MAX) {
        refuse_one(ret, REFUSAL_SEATS_TOO_MANY, "seats", body->shows.seats);
        refuse_number(ret, "most", RECORD_MEMBERS_MAX);
        return NULL;
    }
    return body;
}

void act_member_seated(struct model *model, const struct record *in, struct verdict *ret)
{
    struct body *body = body_takes(model, in, ret);
    if (!body)
        return;
    bool lay = category_is_lay(in->category);
    model->members =
        grown(model->members, &model->members_max, model->members_n, sizeof *model->members);
    model->members[model->members_n++] =
        (struct member){.body = (uint64_t)(body - model->bodies) + 1,
                        .votes = in->votes,
                        .term = in->term,
                        .lay = lay,
                        .seated = true,
                        .category = word_of(in->category)};
    body->shows.seats++;
    body->shows.seat_votes += in->votes;
    body->shows.lay_seats += lay;
    body->shows.lay_votes += lay ? in->votes : 0;
    if (in->term)
        due_add(model, (struct deadline){in->term, model->seq, 'm', model->members_n});
    struct record *record = record_begin(model, ret, RECORD_MEMBER_SEATED);
    figures_put(record, body);
    record_set(record, FIELD_MEMBER, model->members_n);
    record_set_text(record, FIELD_CATEGORY, in->category);
    record_set(record, FIELD_VOTES, in->votes);
    if (in->term)
        record_set(record, FIELD_TERM, in->term);
    record_set(record, FIELD_LAWFUL, is_lawful(model, body));
    record_set_text(record, FIELD_TEXT_HASH, in->text);
    settle_down(model, body, ret);
    ret->number = model->members_n;
}

static void member_left_write(struct model *model, uint64_t number, uint64_t due,
                              struct verdict *ret)
{
    struct member *member = member_sitting(model, number);
    struct body *body = &model->bodies[member->body - 1];
    member->seated = false;
    body->shows.seats--;
    body->shows.seat_votes -= member->votes;
    body->shows.lay_seats -= member->lay;
    body->shows.lay_votes -= member->lay ? member->votes : 0;
    struct record *record = record_begin(model, ret, RECORD_MEMBER_LEFT);
    if (due)
        record_set(record, FIELD_DUE, due);
    figures_put(record, body);
    record_set(record, FIELD_MEMBER, number);
    record_set(record, FIELD_LAWFUL, is_lawful(model, body));
    settle_down(model, body, ret);
}

void member_term_write(struct model *model, uint64_t number, uint64_t due, struct verdict *ret)
{
    if (member_sitting(model, number))
        member_left_write(model, number, due, ret);
}

void act_member_left(struct model *model, const struct record *in, struct verdict *ret)
{
    if (!member_sitting(model, in->member)) {
        refuse_one(ret, REFUSAL_SEAT_UNKNOWN, "member", in->member);
        return;
    }
    due_remove(model, 'm', in->member);
    member_left_write(model, in->member, 0, ret);
    ret->number = in->member;
}

/* ---- publishing ---- */

static void refuse_with_body(enum refusal refusal, const struct tender *tender,
                             struct verdict *ret)
{
    refuse(ret, refusal);
    refuse_text(ret, "body", word_text(&tender->body));
}

void act_tender_approved(struct model *model, const struct record *in, struct verdict *ret)
{
    struct tender *tender = tender_draft(model, in, ret);
    if (!tender)
        return;
    const struct body *body = body_named(model, word_text(&tender->body));
    const struct member *member = member_sitting(model, in->member);
    if (!body) {
        refuse_with_body(REFUSAL_BODY_NONE, tender, ret);
        return;
    }
    if (!member || &model->bodies[member->body - 1] != body) {
        refuse_with_body(REFUSAL_NOT_A_MEMBER, tender, ret);
        return;
    }
    for (size_t i = 0; i < tender->approvals_n; i++)
        if (tender->approvals[i] == in->member) {
            refuse(ret, REFUSAL_APPROVED_ALREADY);
            return;
        }
    tender->approvals = grown(tender->approvals, &tender->approvals_max, tender->approvals_n,
                              sizeof *tender->approvals);
    tender->approvals[tender->approvals_n++] = in->member;
    struct record *record = record_begin(model, ret, RECORD_TENDER_APPROVED);
    record_set(record, FIELD_TENDER, in->tender);
    record_set(record, FIELD_MEMBER, in->member);
    record_set_text(record, FIELD_CATEGORY, word_text(&member->category));
    ret->number = in->tender;
}

struct approving {
    uint64_t all, lay;
};

/* Of those who still sit. */
static struct approving approvals_of(const struct model *model, const struct tender *tender)
{
    struct approving n = {0, 0};
    for (size_t i = 0; i < tender->approvals_n; i++) {
        const struct member *member = member_sitting(model, tender->approvals[i]);
        n.all += member != NULL;
        n.lay += member && member->lay;
    }
    return n;
}

static bool may_publish(const struct model *model, const struct tender *tender,
                        struct verdict *ret)
{
    const struct body *body = body_named(model, word_text(&tender->body));
    const struct approving n = approvals_of(model, tender);
    if (model->members_min == 0)
        return true;
    if (!body) {
        refuse_with_body(REFUSAL_BODY_NONE, tender, ret);
    } else if (!is_lawful(model, body)) {
        refuse_one(ret, REFUSAL_BODY_NOT_LAWFUL, "seats", body->shows.seats);
        refuse_number(ret, "seat_votes", body->shows.seat_votes);
        refuse_number(ret, "lay_seats", body->shows.lay_seats);
        refuse_number(ret, "lay_votes", body->shows.lay_votes);
        refuse_number(ret, "members_min", model->members_min);
    } else if (n.all < APPROVALS_LEAST || 2 * n.lay <= n.all) {
        refuse_one(ret, REFUSAL_APPROVALS_SHORT, "approvals", n.all);
        refuse_number(ret, "lay", n.lay);
        refuse_number(ret, "needed", APPROVALS_LEAST);
    } else {
        return true;
    }
    return false;
}

static bool reaches(const char *what, uint64_t asked, uint64_t there, struct verdict *ret)
{
    if (asked <= there)
        return true;
    refuse(ret, REFUSAL_RULE_UNREACHABLE);
    refuse_text(ret, "what", text_of(what));
    refuse_number(ret, "asked", asked);
    refuse_number(ret, "there", there);
    return false;
}

/* No more people or areas than there are, no price that all allotments together do not make. */
static bool rule_reachable(const struct model *model, uint64_t number, struct verdict *ret)
{
    const struct tender *tender = tender_at(model, number);
    uint64_t people = 0, areas = 0, cheapest = 0;
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++) {
        people += model->residents[i];
        areas += model->residents[i] && model->residents[i] >= tender->area_people_min;
    }
    for (size_t i = 0; i < model->proposals_n; i++) {
        const struct proposal *proposal = &model->proposals[i];
        if (proposal->tender == number && proposal->mark == 'l' &&
            (!cheapest || proposal->price < cheapest))
            cheapest = proposal->price;
    }
    if (!reaches("people", tender->people_min, people, ret) ||
        !reaches("areas", tender->areas_min, areas, ret))
        return false;
    uint64_t each = model->open ? model->rounds[model->rounds_n - 1].allotment : 0;
    return !model->open || reaches("money", cheapest, each * people, ret);
}

void act_tender_published(struct model *model, const struct record *in, struct verdict *ret)
{
    struct tender *tender = tender_draft(model, in, ret);
    if (!tender || !may_publish(model, tender, ret) || !rule_reachable(model, in->tender, ret))
        return;
    const struct body *body =
        model->members_min ? body_named(model, word_text(&tender->body)) : NULL;
    tender->mark = 'b';
    tender->published = ret->at;
    struct record *record = record_begin(model, ret, RECORD_TENDER_PUBLISHED);
    record_set(record, FIELD_TENDER, in->tender);
    record_set(record, FIELD_MEMBERS, body ? body->shows.seats : 0);
    record_set(record, FIELD_APPROVALS, body ? approvals_of(model, tender).all : 0);
    ret->number = in->tender;
}
