/* differential_talk.c -- needs and deliberation: the arguments of their acts, and all that Redis
 * keeps of them beside all that the rules keep.
 *
 * A few people speak most, so that authors meet their own contributions; who is who is told by a
 * pseudonym that leads back to nobody, as the ledger's own. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "differential_inside.h"

enum roll_kind talk_kind_draw(struct differential *d)
{
    static const enum roll_kind kinds[] = {
        ROLL_NEED_RAISE,  ROLL_NEED_RAISE,  ROLL_NEED_SECOND,  ROLL_NEED_ANSWER, ROLL_TALK_ADD,
        ROLL_TALK_ADD,    ROLL_TALK_EDIT,   ROLL_TALK_HIDE,    ROLL_TALK_APPEAL, ROLL_TALK_RULING,
        ROLL_TALK_SUMMARY};
    const size_t n = sizeof kinds / sizeof *kinds;
    uint64_t drawn = draw(d, 2 * n);
    return drawn < n ? kinds[drawn] : ROLL_TALK_STANCE;
}

static uint64_t number_near(struct differential *d, uint64_t n)
{
    if (n == 0 || chance(d, 40))
        return chance(d, 2) ? n + 1 : 0;
    return n - draw(d, n < 6 || chance(d, 5) ? n : 6);
}

static void speaker_draw(struct differential *d, struct operation *op)
{
    bool writes = op->act.kind != ROLL_TALK_STANCE && op->act.kind != ROLL_NEED_SECOND;
    bool known = writes && !chance(d, 4);
    uint64_t person = known ? draw(d, op->act.kind == ROLL_NEED_RAISE ? 1 : 2)
                            : person_like(d, true, model_round_open(model_of(d)));
    op->act.subject = op->act.resident = person_id(d, person);
    wallet_of(d, 0, op->act.resident, op->wallet); /* of no round: a pseudonym of its own */
    op->act.author = (struct text){op->wallet, sizeof op->wallet};
}

static void hash_draw(struct differential *d, struct operation *op)
{
    for (size_t i = 0; i < sizeof op->text_hash; i++)
        op->text_hash[i] = "0123456789abcdef"[draw(d, 16)];
    record_set_text(&op->act.own, FIELD_TEXT_HASH, (struct text){op->text_hash, 64});
}

static void body_of_tender(struct differential *d, struct operation *op, uint64_t number)
{
    static const char *const bodies[] = {"north-star", "commons", "elders"};
    struct model_tender tender = {.body = TEXT("commons")};
    model_tender(model_of(d), number, &tender);
    for (size_t i = 0; i < 3; i++)
        if (text_is(tender.body, bodies[i]))
            record_set_text(&op->act.own, FIELD_BODY, text_of(bodies[i]));
    if (chance(d, 8))
        record_set_text(&op->act.own, FIELD_BODY, text_of(bodies[draw(d, 3)]));
}

static void need_draw(struct differential *d, struct operation *op)
{
    uint64_t tenders = model_tenders(model_of(d));
    uint64_t tender = chance(d, 3) ? tenders + 1 : chance(d, 2) ? 0 : number_near(d, tenders);
    record_set(&op->act.own, FIELD_NEED, number_near(d, model_needs(model_of(d))));
    if (op->act.kind != ROLL_NEED_ANSWER)
        return;
    record_set(&op->act.own, FIELD_TENDER, tender);
    body_of_tender(d, op, tender);
}

static void talk_pick(struct differential *d, struct operation *op)
{
    uint64_t talks = model_talks(model_of(d)), number = number_near(d, talks);
    struct model_talk talk;
    static const char wanted[ROLL_KINDS] = {[ROLL_TALK_APPEAL] = 'h', [ROLL_TALK_RULING] = 'a'};
    for (uint64_t i = talks; wanted[op->act.kind] && i > 0 && !chance(d, 30); i--)
        if (model_talk(model_of(d), i, &talk) && talk.state == wanted[op->act.kind]) {
            number = i;
            break;
        }
    record_set(&op->act.own, FIELD_TALK, number);
    if (op->act.kind == ROLL_TALK_HIDE && chance(d, 2) && model_talk(model_of(d), number, &talk))
        body_of_tender(d, op, talk.tender);
}

void talk_draw(struct differential *d, struct operation *op)
{
    static const char *const sorts[] = {"for", "against", "question", "amendment"};
    static const char *const reasons[] = {"abuse", "personal", "unlawful", "spam", "off_topic"};
    static const char stances[] = {'a', 'd', 'p', 0};
    enum roll_kind kind = op->act.kind;
    struct record *own = &op->act.own;
    uint64_t tender = tender_pick(d, chance(d, 3) ? 0 : 'd');
    if (kind != ROLL_TALK_STANCE && kind != ROLL_NEED_SECOND)
        hash_draw(d, op);
    if (kind <= ROLL_NEED_ANSWER)
        need_draw(d, op);
    else if (kind == ROLL_TALK_ADD || kind == ROLL_TALK_SUMMARY)
        record_set(own, FIELD_TENDER, tender);
    else
        talk_pick(d, op);
    if (kind == ROLL_TALK_ADD)
        record_set_text(own, FIELD_SORT, text_of(sorts[draw(d, 4)]));
    if (kind == ROLL_TALK_SUMMARY && chance(d, 2))
        body_of_tender(d, op, tender);
    if (kind == ROLL_TALK_HIDE)
        record_set_text(own, FIELD_REASON, text_of(reasons[draw(d, 5)]));
    if (kind == ROLL_TALK_RULING)
        record_set(own, FIELD_STANDS, draw(d, 2));
    op->act.stance = kind == ROLL_TALK_STANCE ? stances[draw(d, 4)] : 0;
    if (kind != ROLL_NEED_ANSWER && kind != ROLL_TALK_HIDE && kind != ROLL_TALK_RULING &&
        kind != ROLL_TALK_SUMMARY)
        speaker_draw(d, op);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static struct text stance_word(char stance)
{
    return stance == 'a'   ? TEXT("agree")
           : stance == 'd' ? TEXT("disagree")
           : stance == 'p' ? TEXT("pass")
                           : TEXT("");
}

static struct text number_text(struct arena *arena, uint64_t number)
{
    return text_of(arena_format(arena, "%" PRIu64, number));
}

size_t talk_args(const struct roll_act *act, struct arena *arena, struct text ret[static 8])
{
    const struct record *own = &act->own;
    enum roll_kind kind = act->kind;
    bool of_need = kind == ROLL_NEED_SECOND || kind == ROLL_NEED_ANSWER;
    bool of_tender = kind == ROLL_TALK_ADD || kind == ROLL_TALK_SUMMARY;
    size_t n = 0;
    if (act->author.n) {
        ret[n++] = act->resident;
        ret[n++] = act->author;
    }
    if (kind != ROLL_NEED_RAISE)
        ret[n++] = number_text(arena, of_need     ? own->need
                                      : of_tender ? own->tender
                                                  : own->talk);
    if (kind == ROLL_NEED_ANSWER)
        ret[n++] = TEXT(""); /* whichever clerk */
    if (kind == ROLL_NEED_ANSWER || kind == ROLL_TALK_HIDE || kind == ROLL_TALK_SUMMARY)
        ret[n++] = own->body.at ? own->body : TEXT("");
    if (kind == ROLL_NEED_ANSWER)
        ret[n++] = number_text(arena, own->tender);
    if (kind == ROLL_TALK_ADD)
        ret[n++] = own->sort;
    if (kind == ROLL_TALK_HIDE)
        ret[n++] = own->reason;
    if (kind == ROLL_TALK_RULING)
        ret[n++] = number_text(arena, own->stands);
    if (kind == ROLL_TALK_STANCE)
        ret[n++] = stance_word(act->stance);
    if (own->text.n) {
        ret[n++] = own->text;
        ret[n++] = TEXT("{}");
    }
    return n;
}

/* ---- the state ------------------------------------------------------------------------------- */

static void put_row(struct buf *out, const struct reply *row)
{
    for (size_t i = 0; i < row->n; i++) { /* what is empty again is nothing, too */
        struct text value = row->items[i].text;
        bool nothing = value.n == 0 || text_is(value, "0 0 0");
        buf_format(out, "%.*s ", TEXT_ARGS(nothing ? TEXT("0") : value));
    }
    buf_char(out, '\n');
}

static void need_compare(struct differential *d, uint64_t number)
{
    struct model_need need;
    INVARIANT(model_need(model_of(d), number, &need));
    resp_say(&d->resp,
             "HMGET {%s}:need:%" PRIu64 " seconds at seq answer_at answer_seq answer_tender "
             "answer_body",
             d->slug, number);
    struct reply row = answer(d);
    put_row(&d->got, &row);
    const uint64_t numbers[] = {need.seconds,   need.at,         need.seq,
                                need.answer_at, need.answer_seq, need.tender};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        buf_format(&d->expected, "%" PRIu64 " ", numbers[i]);
    buf_format(&d->expected, "%.*s \n", TEXT_ARGS(need.body.n ? need.body : TEXT("0")));
}

static void talk_compare(struct differential *d, uint64_t number)
{
    struct model_talk talk;
    INVARIANT(model_talk(model_of(d), number, &talk));
    resp_say(&d->resp,
             "HMGET {%s}:talk:%" PRIu64 " at seq edited_at hidden_at tender area version state "
             "sort reason agree disagree pass a:0 a:1",
             d->slug, number);
    resp_say(&d->resp, "ZSCORE {%s}:agreed:%" PRIu64 " %" PRIu64, d->slug, talk.tender, number);
    resp_say(&d->resp, "ZSCORE {%s}:divided:%" PRIu64 " %" PRIu64, d->slug, talk.tender, number);
    struct reply row = answer(d), agreed_at = resp_read(&d->resp, &d->arena);
    struct reply divided_at = resp_read(&d->resp, &d->arena);
    put_row(&d->got, &row);
    buf_format(&d->got, "%.*s %.*s\n", TEXT_ARGS(agreed_at.text), TEXT_ARGS(divided_at.text));
    buf_format(&d->expected, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " ", talk.at, talk.seq,
               talk.edited_at, talk.hidden_at);
    buf_format(&d->expected, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %c %.*s %.*s %" PRIu64
               " %" PRIu64 " %" PRIu64 " ",
               talk.tender, talk.area, talk.version, talk.state, TEXT_ARGS(talk.sort),
               TEXT_ARGS(talk.reason.n ? talk.reason : TEXT("0")), talk.all.agree,
               talk.all.disagree, talk.all.pass);
    for (size_t area = 0; area < 2; area++) {
        const struct stances *s = &talk.by_area[area];
        if (s->agree + s->disagree + s->pass)
            buf_format(&d->expected, "%" PRIu64 " %" PRIu64 " %" PRIu64 " ", s->agree, s->disagree,
                       s->pass);
        else
            buf_cstr(&d->expected, "0 ");
    }
    const uint64_t place = UINT64_C(1) << 32;
    buf_format(&d->expected, "\n%" PRIu64 " %" PRIu64 "\n",
               talk.consensus.lowest * place + number, talk.division * place + number);
}

static void sum_compare(struct differential *d, uint64_t tender)
{
    struct talk_sum sum;
    INVARIANT(model_talk_sum(model_of(d), tender, &sum));
    resp_say(&d->resp, "HMGET {%s}:talks:%" PRIu64 " n for against amended summary summaries",
             d->slug, tender);
    struct reply row = answer(d);
    put_row(&d->got, &row);
    const uint64_t numbers[] = {sum.n,       sum.pro,     sum.contra,
                                sum.amended, sum.summary, sum.summaries};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        buf_format(&d->expected, "%" PRIu64 " ", numbers[i]);
    buf_char(&d->expected, '\n');
}

bool talk_agrees(struct differential *d)
{
    const struct model *m = model_of(d);
    buf_reset(&d->expected);
    buf_reset(&d->got);
    for (uint64_t i = 1; i <= model_needs(m); i++)
        need_compare(d, i);
    for (uint64_t i = 1; i <= model_talks(m); i++)
        talk_compare(d, i);
    for (uint64_t i = 1; i <= model_tenders(m); i++)
        sum_compare(d, i);
    return agreed(d, "needs or contributions differ");
}
