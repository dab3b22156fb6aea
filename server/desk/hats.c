/* hats.c -- walks through the communities of one account: at most eight, one question a step. */
#include "hats.h"

#include "say.h"

static void hats_answer(void *ctx, const struct ledger_answer *answer)
{
    struct hats_walk *walk = ctx;
    if (answer->fault) {
        say_fault(walk->visit, answer->fault);
        return;
    }
    if (!answer->outcome) { /* who is not known there has nothing there */
        hats_next(walk);
        return;
    }
    struct errand *errand = errand_of(walk->visit);
    walk->view = answer->outcome;
    walk->act = errand->act;
    walk->act.slug = walk->slug;
    walk->act.subject = walk->subject;
    walk->act.epoch = walk->view->epoch;
    walk->each(walk);
}

void hats_next(struct hats_walk *walk)
{
    struct account_hat hat;
    while (account_hat_cut(&walk->rest, &hat)) {
        if (!text_is(hat.role, "resident")) continue;
        walk->slug = hat.scope;
        walk->subject = hat.subject;
        ledger_resident_view(errand_of(walk->visit)->desk->plan.ledger, walk->slug, walk->subject,
                             hats_answer, walk);
        return;
    }
    walk->done(walk);
}

void hats_begin(struct hats_walk *walk, struct text hats)
{
    errand_act(walk->visit);
    walk->rest = arena_text(&walk->visit->arena, hats);
    hats_next(walk);
}
