/* turnout.c -- who has pledged, counted anew out of every wallet of the last round. */
#include "groundswell/rules/turnout.h"

#include <stdlib.h>
#include <string.h>

#include "groundswell/base/fault.h"

struct counting {
    const struct model *model;
    struct turnout *turnout;
};

/* Into its place in the ascending list, once. */
static void tender_put(struct turnout_group *group, uint64_t number)
{
    size_t at = 0;
    while (at < group->tenders_n && group->tenders[at] < number)
        at++;
    if (at < group->tenders_n && group->tenders[at] == number) return;
    INVARIANT(group->tenders_n < TURNOUT_HIDDEN_MAX);
    memmove(&group->tenders[at + 1], &group->tenders[at],
            (group->tenders_n - at) * sizeof *group->tenders);
    group->tenders[at] = number;
    group->tenders_n++;
}

static bool same_group(const struct turnout_group *a, const struct turnout_group *b)
{
    return a->area == b->area && a->tenders_n == b->tenders_n &&
           memcmp(a->tenders, b->tenders, a->tenders_n * sizeof *a->tenders) == 0;
}

static void group_add(struct turnout *turnout, const struct turnout_group *group)
{
    for (size_t i = 0; i < turnout->groups_n; i++) {
        if (!same_group(&turnout->groups[i], group)) continue;
        turnout->groups[i].people++;
        return;
    }
    if (turnout->groups_n == turnout->groups_max) {
        turnout->groups_max = turnout->groups_max ? turnout->groups_max * 2 : 16;
        turnout->groups =
            realloc(turnout->groups, turnout->groups_max * sizeof *turnout->groups);
        INVARIANT(turnout->groups != NULL);
    }
    turnout->groups[turnout->groups_n] = *group;
    turnout->groups[turnout->groups_n++].people = 1;
}

static void wallet_count(void *ctx, const struct model_wallet *wallet)
{
    struct counting *counting = ctx;
    struct turnout_group group = {.area = wallet->area};
    if (wallet->round != model_round(counting->model) || wallet->entries_n == 0) return;
    for (size_t i = 0; i < wallet->entries_n; i++) {
        struct model_proposal proposal;
        struct model_tender tender;
        INVARIANT(model_proposal(counting->model, wallet->entries[i].proposal, &proposal) &&
                  model_tender(counting->model, proposal.tender, &tender));
        if (tender.mark != 'h') {
            counting->turnout->people[wallet->area]++;
            return;
        }
        tender_put(&group, proposal.tender);
    }
    group_add(counting->turnout, &group);
}

void turnout_count(const struct model *model, struct turnout *ret)
{
    struct counting counting = {model, ret};
    *ret = (struct turnout){0};
    model_wallets_each(model, wallet_count, &counting);
}

void turnout_release(struct turnout *turnout)
{
    free(turnout->groups);
    *turnout = (struct turnout){0};
}
