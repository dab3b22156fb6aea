/* turnout.c -- how many people have pledged, as kept in Redis: written by a rebuild, compared by a
 * recount. */
#include "groundswell/rules/turnout.h"

#include "groundswell/ledger/state.h"
#include "rebuild.h"
#include "recount.h"

/* `<tenders>:<area>` as in the hash `ph`. */
static void group_name(const struct turnout_group *group, struct buf *out)
{
    for (size_t i = 0; i < group->tenders_n; i++) {
        if (i > 0) buf_char(out, ',');
        buf_u64(out, group->tenders[i]);
    }
    buf_char(out, ':');
    buf_u64(out, group->area);
    INVARIANT(buf_fault(out) == FAULT_NONE);
}

/* ---- rebuild --------------------------------------------------------------------------------- */

static enum fault group_write(struct rebuilding *r, const struct turnout_group *group)
{
    CLEANUP(buf) struct buf name = BUF_MAX(KIB);
    group_name(group, &name);
    ledger_restore_pledging_hidden(&r->to, buf_view(&name), group->people);
    return rebuild_next(r);
}

enum fault rebuild_turnout(struct rebuilding *r)
{
    struct turnout turnout;
    uint64_t areas = 0;
    enum fault no = FAULT_NONE;
    turnout_count(r->model, &turnout);
    for (unsigned i = 0; i < RECORD_AREAS_MAX; i++)
        if (turnout.people[i]) areas |= UINT64_C(1) << i;
    if (areas) {
        ledger_restore_people(&r->to, "pl", areas, turnout.people);
        no = rebuild_next(r);
    }
    for (size_t i = 0; i < turnout.groups_n && !no; i++)
        no = group_write(r, &turnout.groups[i]);
    turnout_release(&turnout);
    return no;
}

/* ---- recount --------------------------------------------------------------------------------- */

static void seen_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    struct turnout turnout;
    if (!recount_heard(r, answer)) return;
    turnout_count(r->model, &turnout);
    recount_areas(r, "turnout", "people who have pledged", answer, turnout.people);
    turnout_release(&turnout);
}

static void seen_ask(struct recounting *r)
{
    ledger_state_turnout(r->ledger, r->slug, "pl", seen_answer, r);
}

static struct text value_of(const struct ledger_answer *answer, struct text name)
{
    const struct ledger_member *members = answer->items;
    for (size_t i = 0; i < answer->items_n; i++)
        if (text_equal(members[i].name, name)) return members[i].value;
    return TEXT("");
}

static void hidden_answer(void *ctx, const struct ledger_answer *answer)
{
    struct recounting *r = ctx;
    struct turnout turnout;
    char found[24], expected[24];
    if (!recount_heard(r, answer)) return;
    turnout_count(r->model, &turnout);
    for (size_t i = 0; i < turnout.groups_n; i++) {
        CLEANUP(buf) struct buf name = BUF_MAX(KIB);
        group_name(&turnout.groups[i], &name);
        (void)snprintf(expected, sizeof expected, "%llu",
                       (unsigned long long)turnout.groups[i].people);
        recount_word(r, "turnout under hidden tallies", buf_view(&name),
                     value_of(answer, buf_view(&name)), text_of(expected));
    }
    (void)snprintf(found, sizeof found, "%zu", answer->items_n);
    (void)snprintf(expected, sizeof expected, "%zu", turnout.groups_n);
    recount_word(r, "turnout under hidden tallies", TEXT("how many groups"), text_of(found),
                 text_of(expected));
    turnout_release(&turnout);
}

static void hidden_ask(struct recounting *r)
{
    ledger_state_turnout(r->ledger, r->slug, "ph", hidden_answer, r);
}

enum fault recount_turnout(struct recounting *r)
{
    enum fault no = recount_ask(r, seen_ask);
    return no ? no : recount_ask(r, hidden_ask);
}
