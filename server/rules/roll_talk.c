/* roll_talk.c -- residents who speak: what the ledger keeps of them beside the log.
 *
 * Who wrote what, who stands behind which need, and which stance somebody has. The checks that need
 * it stand between those of the public log, so the model's are asked for one by one. */
#include <string.h>

#include "roll_rows.h"
#include "talk_inside.h"

#define UNANSWERED_MAX 10
#define YOURS_MAX 20
#define SAID_MAX 1000

bool roll_is_speech(enum roll_kind kind)
{
    return kind == ROLL_NEED_RAISE || kind == ROLL_NEED_SECOND || kind == ROLL_TALK_ADD ||
           kind == ROLL_TALK_EDIT || kind == ROLL_TALK_STANCE || kind == ROLL_TALK_APPEAL;
}

/* ---- rows ---- */

static struct said_key said_key(char what, const struct resident *resident, uint64_t number)
{
    struct said_key key;
    memset(&key, 0, sizeof key); /* its padding is hashed, too */
    key.what = what;
    key.resident = resident;
    key.number = number;
    return key;
}

static struct said *said_at(const struct roll *roll, struct said_key key)
{
    struct said *said;
    HASH_FIND(hh, roll->said, &key, sizeof key, said);
    return said;
}

static struct said *said_need(struct roll *roll, struct said_key key)
{
    struct said *said = said_at(roll, key);
    if (said)
        return said;
    said = calloc(1, sizeof *said);
    INVARIANT(said != NULL);
    said->key = key;
    HASH_ADD(hh, roll->said, key, sizeof said->key, said);
    return said;
}

static bool said_room(const struct resident *resident, struct verdict *ret)
{
    if (resident->said < SAID_MAX)
        return true;
    refuse_one(ret, REFUSAL_SAID_TOO_MANY, "said", resident->said);
    refuse_number(ret, "most", SAID_MAX);
    return false;
}

static bool judged(struct roll *roll, const struct record *own, struct verdict *ret)
{
    model_judge(roll->model, own, ret);
    return !ret->refusal && !ret->raised;
}

/* Nothing changes, and so nothing is written. */
static void nothing_new(const struct roll *roll, uint64_t number, struct verdict *ret)
{
    ret->seq = roll->model->seq - 1;
    ret->number = number;
}

/* ---- needs ---- */

static void need_raise(struct roll *roll, const struct record *own, struct resident *resident,
                       struct verdict *ret)
{
    if (resident->unanswered >= UNANSWERED_MAX) {
        refuse_one(ret, REFUSAL_NEEDS_TOO_MANY, "needs", resident->unanswered);
        refuse_number(ret, "most", UNANSWERED_MAX);
        return;
    }
    if (!said_room(resident, ret) || !judged(roll, own, ret))
        return;
    resident->unanswered++;
    resident->said++;
    said_need(roll, said_key('r', NULL, ret->number))->by = resident;
    said_need(roll, said_key('n', resident, ret->number));
}

static void need_second(struct roll *roll, const struct record *own, struct resident *resident,
                        struct verdict *ret)
{
    if (!need_unanswered(roll->model, own->need, ret))
        return;
    struct said_key key = said_key('n', resident, own->need);
    if (said_at(roll, key))
        nothing_new(roll, own->need, ret);
    else if (judged(roll, own, ret))
        said_need(roll, key);
}

void roll_need_answer(struct roll *roll, const struct record *own, struct verdict *ret)
{
    if (judged(roll, own, ret))
        said_at(roll, said_key('r', NULL, own->need))->by->unanswered--;
}

/* ---- contributions ---- */

static void talk_add(struct roll *roll, struct record *own, struct resident *resident,
                     struct verdict *ret)
{
    if (!talk_may_add(roll->model, own, ret))
        return;
    struct said *yours = said_need(roll, said_key('y', resident, own->tender));
    bool full = tender_at(roll->model, own->tender)->talk.n >= RECORD_TALKS_MAX;
    if (yours->n >= YOURS_MAX) {
        refuse_one(ret, REFUSAL_TALKS_YOURS_TOO_MANY, "talks", yours->n);
        refuse_number(ret, "most", YOURS_MAX);
        return;
    }
    record_set(own, FIELD_AREA, resident->area);
    if ((!full && !said_room(resident, ret)) || !judged(roll, own, ret))
        return;
    if (yours->n++ == 0)
        said_need(roll, said_key('c', NULL, own->tender))->n++;
    resident->said++;
    said_need(roll, said_key('k', resident, ret->number));
}

static void talk_own(struct roll *roll, const struct record *own, struct resident *resident,
                     struct verdict *ret)
{
    if (!talk_known(roll->model, own->talk, ret))
        return;
    if (said_at(roll, said_key('k', resident, own->talk)))
        (void)judged(roll, own, ret);
    else
        refuse(ret, REFUSAL_TALK_NOT_YOURS);
}

void roll_tender_open(struct roll *roll, struct record *own, struct verdict *ret)
{
    const struct said *people = said_at(roll, said_key('c', NULL, own->tender));
    record_set(own, FIELD_CONTRIBUTORS, people ? people->n : 0);
    (void)judged(roll, own, ret);
}

/* The count that a stance is in; NULL for none. */
static uint64_t *count_of(struct stances *counts, char stance)
{
    return stance == 'a'   ? &counts->agree
           : stance == 'd' ? &counts->disagree
           : stance == 'p' ? &counts->pass
                           : NULL;
}

static void talk_stance(struct roll *roll, struct record *own, const struct roll_act *act,
                        const struct resident *resident, struct verdict *ret)
{
    if (!talk_may_stance(roll->model, own->talk, ret))
        return;
    const struct talk *talk = talk_at(roll->model, own->talk);
    struct said *said = said_need(roll, said_key('s', resident, own->talk));
    bool known = said->stance && said->n == talk->version; /* an edit has taken all back */
    char was = known ? said->stance : 0;
    uint32_t area = known ? said->area : resident->area;
    if (was == act->stance) {
        nothing_new(roll, own->talk, ret);
        return;
    }
    struct stances counts = talk->by_area[area];
    uint64_t *before = count_of(&counts, was), *behind = count_of(&counts, act->stance);
    if (before)
        --*before;
    if (behind)
        ++*behind;
    record_set(own, FIELD_AREA, area);
    record_set(own, FIELD_AGREE, counts.agree);
    record_set(own, FIELD_DISAGREE, counts.disagree);
    record_set(own, FIELD_PASS, counts.pass);
    INVARIANT(judged(roll, own, ret));
    said->stance = act->stance;
    said->area = area;
    said->n = talk_at(roll->model, own->talk)->version;
}

void roll_speak(struct roll *roll, struct record *own, const struct roll_act *act,
                struct verdict *ret)
{
    struct resident *resident = member_at(roll, act->resident, ret);
    if (!resident)
        return;
    if (act->kind == ROLL_NEED_RAISE)
        need_raise(roll, own, resident, ret);
    else if (act->kind == ROLL_NEED_SECOND)
        need_second(roll, own, resident, ret);
    else if (act->kind == ROLL_TALK_ADD)
        talk_add(roll, own, resident, ret);
    else if (act->kind == ROLL_TALK_STANCE)
        talk_stance(roll, own, act, resident, ret);
    else
        talk_own(roll, own, resident, ret);
}
