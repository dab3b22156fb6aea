/* sealer_witness.h -- asking witnesses to cosign what was sealed.
 *
 * A witness has a thread of its own, so that one that is dead or slow keeps neither the sealing nor
 * another witness waiting. Of a community and a witness there is at most one question in flight,
 * and it is about the newest checkpoint when its turn comes. */
#ifndef GROUNDSWELL_KEEPER_SEALER_WITNESS_H
#define GROUNDSWELL_KEEPER_SEALER_WITNESS_H

#include "groundswell/tlog/note.h"

#define WITNESSES_MAX 16

struct cosign;
struct place;
struct sealer;
struct witness;
struct witnesses;
struct workers;

/* A pause after a failure, longer each time. */
struct witness_pause {
    unsigned ms;
    uint64_t until_us;
};

/* What one witness has to do with one community. */
struct cosigning {
    struct place *place;
    struct witness *witness;
    bool asking;  /* the rest below `lines` belongs to the thread meanwhile */
    bool refused; /* the last answer was none that helps; said once */
    bool handed;  /* lines stand in the job */
    struct witness_pause pause;

    uint64_t cosigned; /* the size that the witness cosigned last, as far as we know */
    uint64_t size;     /* that lines are about */
    struct buf lines;  /* empty: none wait for the sealer */
    enum fault fault;
    struct doubt doubt;
};

/* Asks those who have not cosigned the newest checkpoint; when a job has ended, and now and
 * then. */
void witnesses_look(struct place *place);
/* Puts the lines that came into the job that is about to run; true where there are any. */
bool witnesses_hand(struct place *place);
/* The job has ended: those that it took are done with. */
void witnesses_handed(struct place *place);
void witnesses_forget(struct place *place);   /* the place goes */
void witnesses_free(struct sealer *sealer);   /* waits for the questions in flight */
/* In sealer.c: runs a job soon, unless one is under way or due at once anyway. */
void sealer_hurry(struct place *place);

#endif
