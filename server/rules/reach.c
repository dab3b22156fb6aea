/* reach.c -- the arithmetic of a rule that nobody has pledged on yet. */
#include "groundswell/rules/reach.h"

static uint64_t divided_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

uint64_t reach_share(uint64_t residents, uint64_t permille)
{
    uint64_t share = divided_up(residents * permille, 1000);
    return share ? share : 1;
}

struct reach reach_of(const struct reach_ask *ask)
{
    struct reach ret = {.taking_part = ask->residents * ask->turnout_permille / 1000};
    bool unaffordable = ask->price > 0 && ask->allotment == 0;
    if (ask->price > 0 && ask->allotment > 0)
        ret.people_for_price = divided_up(ask->price, ask->allotment);
    ret.people_needed =
        ret.people_for_price > ask->people_min ? ret.people_for_price : ask->people_min;
    if (ask->residents > 0)
        ret.permille_needed = divided_up(ret.people_needed * 1000, ask->residents);
    if (ret.people_needed > 0)
        ret.each = divided_up(ask->price, ret.people_needed);
    ret.reachable = !unaffordable && ret.people_needed <= ask->residents;
    ret.reached = ret.reachable && ret.people_needed <= ret.taking_part;
    return ret;
}
