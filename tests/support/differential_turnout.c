/* differential_turnout.c -- how many people have pledged: as Redis keeps it, as the rules count. */
#include <inttypes.h>

#include "groundswell/rules/turnout.h"

#include "differential_inside.h"

bool turnout_agrees(struct differential *d)
{
    struct turnout turnout;
    turnout_count(model_of(d), &turnout);
    sides_begin(d);
    resp_say(&d->resp, "HGETALL {%s}:pl", d->slug);
    struct reply reply = answer(d);
    for (size_t i = 0; i + 1 < reply.n; i += 2)
        if (!text_is(reply.items[i + 1].text, "0"))
            buf_format(&d->got, "%.*s %.*s\n", TEXT_ARGS(reply.items[i].text),
                       TEXT_ARGS(reply.items[i + 1].text));
    resp_say(&d->resp, "HGETALL {%s}:ph", d->slug);
    reply = answer(d);
    put_pairs(&d->got, &reply);
    for (size_t i = 0; i < RECORD_AREAS_MAX; i++)
        if (turnout.people[i])
            buf_format(&d->expected, "%zu %" PRIu64 "\n", i, turnout.people[i]);
    for (size_t i = 0; i < turnout.groups_n; i++) {
        const struct turnout_group *group = &turnout.groups[i];
        for (size_t k = 0; k < group->tenders_n; k++)
            buf_format(&d->expected, "%s%" PRIu64, k ? "," : "", group->tenders[k]);
        buf_format(&d->expected, ":%" PRIu64 " %" PRIu64 "\n", group->area, group->people);
    }
    turnout_release(&turnout);
    return sorted_agree(d, "the people who have pledged differ");
}
