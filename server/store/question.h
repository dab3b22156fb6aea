/* question.h -- a question under way, and the wheel of deadlines that all of them hang on. Private
 * to the room.
 *
 * The wheel is WHEEL_SLOTS lists, one for each WHEEL_TICK_MS; a question hangs in the slot in which
 * it falls due. Adding and removing are O(1) whatever the deadlines are, and a tick looks at one
 * slot; what is due a later turn of the wheel stays where it is. */
#ifndef STORE_QUESTION_H
#define STORE_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/store/store.h"

#define WHEEL_SLOTS 256
#define WHEEL_TICK_MS 20

struct connection;

struct question {
    store_answer_fn *answer;
    void *ctx;
    uint64_t asked_us, due_us;
    struct connection *connection;
    bool counted;                     /* a question of store_ask, not one of our own */
    enum fault refused;               /* for the ones that were never sent */
    struct question *next;            /* behind it on its connection; or free; or refused */
    struct question *later, **link;   /* in its slot of the wheel; link NULL: in none */
};

struct wheel {
    struct question *slots[WHEEL_SLOTS];
    uint64_t tick; /* the last that was looked at */
    size_t n;
};

/* First in, first out; a zeroed queue is empty. */
struct queue {
    struct question *first, *last;
    size_t n;
};

void wheel_add(struct wheel *wheel, struct question *question, uint64_t now_us);
void wheel_remove(struct wheel *wheel, struct question *question);
/* One question that is due, still on the wheel; NULL when there is none (left). */
struct question *wheel_due(struct wheel *wheel, uint64_t now_us);

void queue_put(struct queue *queue, struct question *question);
struct question *queue_take(struct queue *queue); /* NULL: empty */

#endif
