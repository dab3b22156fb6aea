/* page_residents.h -- what the pages of residents add to their models, and the shape of it. */
#ifndef GROUNDSWELL_DESK_PAGE_RESIDENTS_H
#define GROUNDSWELL_DESK_PAGE_RESIDENTS_H

#include "page_inside.h"

/* to: where who signs in goes on to, if it is ours. */
#define PAGE_SHAPE_TO "{\"to\": true}"
page_fill_fn page_fill_to;

/* places: the communities of somebody's hats, each once, by their names. */
#define PAGE_SHAPE_PLACES "{\"places\": [{\"slug\": true, \"name\": true, \"resident\": true}]}"
page_fill_fn page_fill_places;

/* passkey: the one that the address names; absent where there is none. */
#define PAGE_SHAPE_PASSKEY                                                                         \
    "{\"passkey\": {\"n\": true, \"label\": true, \"created\": true, \"used\": true}}"
page_fill_fn page_fill_passkey;

/* The pledges of the wallet by what has become of them, and what each gave back. */
#define PAGE_PLEDGES                                                                               \
    "[{\"proposal\": true, \"title\": true, \"amount\": true, \"worth\": true, "               \
    "\"returned\": true, \"record\": true, \"state\": true, \"fallback\": [true]}]"
#define PAGE_SHAPE_BUDGET                                                                          \
    "{\"held\": " PAGE_PLEDGES ", \"spent\": " PAGE_PLEDGES ", \"back\": " PAGE_PLEDGES "}"
page_fill_fn page_fill_budget;

/* choices: open tenders with what can be pledged to; `money` and `people`: what a proposal lacks;
 * `mine`: what is pledged to it already. */
#define PAGE_SHAPE_CHOICES                                                                         \
    "{\"choices\": [{\"tender\": true, \"title\": true, \"closes\": true, \"proposals\": ["        \
    "{\"proposal\": true, \"title\": true, \"summary\": true, \"price\": true, "                   \
    "\"pledged\": true, \"people\": true, \"people_min\": true, \"money\": true, "                 \
    "\"lacking\": true, \"mine\": true, \"tally\": true}]}]}"
page_fill_fn page_fill_choices;

/* most: what can be pledged here, with what is pledged here already; least; before: that; falls:
 * the choices of where it goes on to; check: what is to be looked over, when all of it is right. */
#define PAGE_SHAPE_PLEDGE                                                                          \
    "{\"most\": true, \"least\": true, \"before\": true, \"money\": true, \"choices\": null, "    \
    "\"lacking\": true, \"falls\": [{\"field\": true, \"id\": true, \"number\": true, "            \
    "\"options\": [{\"proposal\": true, \"title\": true, \"chosen\": true}]}], "                   \
    "\"check\": {\"amount\": true, \"after\": true, \"typed\": true, \"falls\": ["                 \
    "{\"field\": true, \"proposal\": true, \"title\": true}]}}"
page_fill_fn page_fill_pledge;

/* own: the pledge of the wallet that the address names, with its record. */
#define PAGE_SHAPE_RECEIPT "{\"own\": null}"
page_fill_fn page_fill_receipt;

/* area: the name of that from where a contribution comes. */
#define PAGE_SHAPE_TALK "{\"area\": true}"
page_fill_fn page_fill_talk;

/* kind: of the contribution that is being written, as typed or as the address has it. */
#define PAGE_SHAPE_KIND "{\"kind\": true}"
page_fill_fn page_fill_kind;

/* milestone: the one that the address names, with its words; absent where there is none. */
#define PAGE_SHAPE_MILESTONE                                                                       \
    "{\"milestone\": {\"milestone\": true, \"amount\": true, \"state\": true, "                  \
    "\"confirmed\": true, \"disputed\": true, \"title\": true, \"report\": null}}"
page_fill_fn page_fill_milestone;

/* item: the help that the address names; own: how much of it is mine. */
#define PAGE_SHAPE_HELP                                                                            \
    "{\"item\": {\"item\": true, \"what\": true, \"unit\": true, \"wanted\": true, "          \
    "\"offered\": true, \"people\": true}, \"own\": true}"
page_fill_fn page_fill_help;

/* last: the newest of the notices shown, unseen: whether one of them is; more: where older are. */
#define PAGE_SHAPE_NOTICES "{\"last\": true, \"unseen\": true, \"older\": true}"
page_fill_fn page_fill_notices;

#endif
