/* question.c -- the wheel of deadlines, and queues of questions. See question.h. */
#include "question.h"

static uint64_t tick_of(uint64_t at_us)
{
    return at_us / (WHEEL_TICK_MS * 1000u);
}

void wheel_add(struct wheel *wheel, struct question *question, uint64_t now_us)
{
    if (wheel->n == 0) /* nobody has looked since it was last empty */
        wheel->tick = tick_of(now_us);
    /* One slot on: at the end of the tick in which it falls due, it certainly is. */
    uint64_t tick = tick_of(question->due_us) + 1;
    struct question **slot = &wheel->slots[tick % WHEEL_SLOTS];
    question->later = *slot;
    question->link = slot;
    if (question->later)
        question->later->link = &question->later;
    *slot = question;
    wheel->n++;
}

void wheel_remove(struct wheel *wheel, struct question *question)
{
    if (!question->link)
        return;
    *question->link = question->later;
    if (question->later)
        question->later->link = question->link;
    question->link = NULL;
    INVARIANT(wheel->n > 0);
    wheel->n--;
}

struct question *wheel_due(struct wheel *wheel, uint64_t now_us)
{
    uint64_t now = tick_of(now_us);
    if (now - wheel->tick > WHEEL_SLOTS) /* we slept for a whole turn: each slot once is enough */
        wheel->tick = now - WHEEL_SLOTS;
    for (;;) {
        struct question *question = wheel->slots[wheel->tick % WHEEL_SLOTS];
        for (; question; question = question->later)
            if (question->due_us <= now_us)
                return question;
        if (wheel->tick >= now)
            return NULL;
        wheel->tick++;
    }
}

void queue_put(struct queue *queue, struct question *question)
{
    question->next = NULL;
    if (queue->last)
        queue->last->next = question;
    else
        queue->first = question;
    queue->last = question;
    queue->n++;
}

struct question *queue_take(struct queue *queue)
{
    struct question *question = queue->first;
    if (!question)
        return NULL;
    queue->first = question->next;
    if (!queue->first)
        queue->last = NULL;
    queue->n--;
    return question;
}
