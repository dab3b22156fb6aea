/* body.c -- the majority rule, judged and said in one sentence. */
#include "groundswell/rules/body.h"

#include <inttypes.h>

bool category_is_lay(struct text category)
{
    return text_is(category, "resident") || text_is(category, "user");
}

bool category_is_valid(struct text category)
{
    return category_is_lay(category) || text_is(category, "professional") ||
           text_is(category, "elected");
}

bool body_is_lawful(const struct body_register *shows, uint64_t members_min)
{
    return shows->seats >= members_min && 2 * shows->lay_seats > shows->seats &&
           2 * shows->lay_votes > shows->seat_votes;
}

/* How many more of `part` it takes to be more than half of `all`, which they join. */
static uint64_t short_of_half(uint64_t part, uint64_t all)
{
    return 2 * part > all ? 0 : all - 2 * part + 1;
}

static void lack_put(struct buf *out, uint64_t n, const char *one, const char *many)
{
    if (n)
        buf_format(out, " %" PRIu64 " more %s needed.", n, n == 1 ? one : many);
}

void body_sentence(struct buf *out, const struct body_register *shows, uint64_t members_min)
{
    buf_format(out,
               "%" PRIu64 " of %" PRIu64 " seats and %" PRIu64 " of %" PRIu64
               " votes are residents' or service users'.",
               shows->lay_seats, shows->seats, shows->lay_votes, shows->seat_votes);
    lack_put(out, members_min > shows->seats ? members_min - shows->seats : 0, "member is",
             "members are");
    lack_put(out, short_of_half(shows->lay_seats, shows->seats), "of their seats is",
             "of their seats are");
    lack_put(out, short_of_half(shows->lay_votes, shows->seat_votes), "of their votes is",
             "of their votes are");
}
