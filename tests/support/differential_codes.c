/* differential_codes.c -- the arguments of the acts on codes: one at a time, their serials numbered
 * from 0 in each community, so that both sides count them alike. */
#include <stdio.h>
#include <string.h>

#include "differential_inside.h"

void code_draw(struct differential *d, struct operation *op)
{
    char digits[24];
    uint64_t codes = 0;
    for (uint64_t i = 0; i < model_areas(model_of(d)); i++)
        codes += model_codes_issued(model_of(d), i);
    bool issue = op->act.kind == ROLL_CODES_ISSUE;
    uint64_t number = issue ? codes : codes - (codes ? 1 + draw(d, codes < 6 ? codes : 6) : 0);
    if (issue && codes && chance(d, 20))
        number = draw(d, codes); /* taken */
    if (!issue && (codes == 0 || chance(d, 30)))
        number = 90000 + draw(d, 9999); /* of nobody; each so seldom that none is locked */
    snprintf(digits, sizeof digits, "%05u", (unsigned)number);
    memcpy(op->serial, digits, sizeof op->serial);
    op->act.serial = (struct text){op->serial, sizeof op->serial};
    op->act.resident = person_id(d, chance(d, 3) ? person_pick(d) : person_like(d, false, false));
    op->issued[0][0] = draw(d, d->profile->areas);
    op->issued[0][1] = 1;
    if (issue)
        record_set_pairs(&op->act.own, FIELD_ISSUED,
                         (struct record_pairs){(const uint64_t(*)[2])op->issued, 1});
}
