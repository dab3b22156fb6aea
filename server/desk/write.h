/* write.h -- how an outcome becomes an answer; the field tables of the ledger do the work. */
#ifndef GROUNDSWELL_DESK_WRITE_H
#define GROUNDSWELL_DESK_WRITE_H

#include "groundswell/base/fields.h"
#include "groundswell/base/json.h"
#include "groundswell/http/visit.h"
#include "groundswell/ledger/ledger.h"

/* A whole view as one object. */
#define SAY_VIEW(visit, status, type, view) \
    say_view((visit), (status), type##_fields, type##_fields_n, (view))
void say_view(struct visit *visit, unsigned status, const struct field *fields, size_t n,
              const void *view);

/* {"items": [...], "links": {"next": ...}}, with the Link header where there is another page. */
#define SAY_ITEMS(visit, type, answer) \
    say_items((visit), type##_fields, type##_fields_n, sizeof(struct type), (answer))
/* The same of a list that may be filtered: see write_list_end_filtered(). */
#define SAY_ITEMS_FILTERED(visit, type, answer, filters) \
    say_items_filtered((visit), type##_fields, type##_fields_n, sizeof(struct type), (answer), \
                       (filters))
void say_items(struct visit *visit, const struct field *fields, size_t n, size_t size,
               const struct ledger_answer *answer);
void say_items_filtered(struct visit *visit, const struct field *fields, size_t n, size_t size,
                        const struct ledger_answer *answer, const char *const *filters);
void write_list(struct json_out *out);
/* next: what ?after= of the next page says; 0 is a place, LIST_ENDS is none. */
#define LIST_ENDS UINT64_MAX
void write_list_end(struct visit *visit, struct json_out *out, uint64_t next);
/* The same where places are names (of characters that need no escape); TEXT_NONE is none. */
void write_list_end_after(struct visit *visit, struct json_out *out, struct text next);

/* The same where the list was filtered: the link names the filters (NULL-terminated) that the query
 * had, judged before. */
void write_list_end_filtered(struct visit *visit, struct json_out *out, uint64_t next,
                             const char *const *filters);

/* 201 with the thing that an act has made, and Location: `folder` and its id. */
#define SAY_MADE(visit, folder, id, type, outcome) \
    do { \
        if (!made_at((visit), (folder), (id))) say_fault((visit), FAULT_LIMIT); \
        else SAY_VIEW((visit), 201, type, (outcome)); \
    } while (0)
bool made_at(struct visit *visit, const char *folder, const struct id *id);

/* 200 with what every outcome of acts.h begins with: seq, at, replayed. A ledger_answer_fn. */
void say_done(void *ctx, const struct ledger_answer *answer);

/* "name": "2026-11-21T21:16:41.123Z" */
void write_stamp(struct json_out *out, const char *name, uint64_t wall_ms);
/* "12,15" as ["riverside.p12","riverside.p15"] */
void write_numbers(struct json_out *out, struct text slug, char letter, struct text numbers);

#endif
