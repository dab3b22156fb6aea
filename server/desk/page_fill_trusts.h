/* page_fill_trusts.h -- what the pages of a trust add to their models, and its shapes. */
#ifndef GROUNDSWELL_DESK_PAGE_FILL_TRUSTS_H
#define GROUNDSWELL_DESK_PAGE_FILL_TRUSTS_H

#include "page_fill.h"

page_fill_fn fill_watch, fill_watched, fill_alerts, fill_fund;

#define FUND_SHAPE                                                                                \
    "{\"money\":{\"fund\":true,\"amount\":true,\"left\":true,\"text\":null}}"

#define OFFER_NEAR                                                                                \
    "{\"proposal\":true,\"title\":true,\"permille\":true,\"people\":true,\"people_min\":true,"    \
    "\"critical_until\":true,\"price_said\":true,\"pledged_said\":true,"                          \
    "\"lacks\":{\"money_said\":true,\"headroom_said\":true,\"people\":true,\"areas\":true}}"
#define PLACE_SHAPE                                                                               \
    "{\"slug\":true,\"name\":true,\"at\":true,\"open\":true,\"closes\":true,\"residents\":true,"  \
    "\"people\":true,\"permille\":true,\"commissions\":true,\"stalled\":true,"                    \
    "\"suspended\":true,\"close\":true,\"whole\":true,"                                           \
    "\"money_said\":{\"granted\":true,\"held\":true,\"spent\":true,\"paid\":true,"                \
    "\"unallotted\":true},"                                                                       \
    "\"first\":" OFFER_NEAR ",\"nearest\":[" OFFER_NEAR "],"                                      \
    "\"next\":{\"kind\":true,\"due\":true,\"of\":true},"                                          \
    "\"tenders\":{\"open\":true,\"critical\":true,\"paused\":true,\"hidden\":true},"              \
    "\"stalled_list\":[{\"commission\":true,\"state\":true,\"last\":true}],"                      \
    "\"bodies\":[{\"body\":true,\"word\":true,\"state\":true,\"seats\":true,"                     \
    "\"lay_seats\":true,\"votes\":true,\"lay_votes\":true}],"                                     \
    "\"left_behind\":[{\"area\":true,\"residents\":true,\"people\":true,\"permille\":true,"       \
    "\"few\":true}],"                                                                             \
    "\"log\":{\"size\":true,\"behind\":true,\"sealed\":true,\"waiting_s\":true,"                  \
    "\"witnesses\":true},\"troubles\":[{\"word\":true}]}"
#define LOOK_SHAPE "\"look\":{\"q\":true,\"sort\":true,\"filter\":true},\"asked\":true"
/* `asked`: what stood in the address, to be sent on: sort=near&q=mill. */
#define WATCH_SHAPE "{\"trust\":true,\"places\":[" PLACE_SHAPE "]," LOOK_SHAPE "}"
#define WATCHED_SHAPE "{\"trust\":true,\"place\":" PLACE_SHAPE ",\"trend_chart\":true}"
#define ALERTS_SHAPE                                                                              \
    "{\"trust\":true,\"newest\":true,\"rules\":[{\"alert\":true,\"when\":true,"                 \
    "\"permille\":true,\"days\":true}]}"

#endif
