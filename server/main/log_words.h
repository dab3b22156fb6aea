/* log_words.h -- a record as one plain line: "wallet AbC (north) pledges 15.00 to proposal 3". */
#ifndef GROUNDSWELL_MAIN_LOG_WORDS_H
#define GROUNDSWELL_MAIN_LOG_WORDS_H

#include "groundswell/rules/record.h"

#define LOG_LINE_MAX (32 * KIB) /* a record has up to 64 pairs */

/* What record 0 says and later lines need. Zeroed: areas are shown by their numbers. */
struct log_words {
    char areas[RECORD_AREAS_MAX][36];
    size_t areas_n;
};

/* Of a record community_created; of others nothing. */
void log_words_learn(struct log_words *words, const struct record *record);

/* Parts of the next: what becomes of a commission (log_words_deliver.c); bodies, needs and
 * deliberation (log_words_civic.c). */
void log_words_delivery(struct buf *out, const struct log_words *words,
                        const struct record *record);
void log_words_civic(struct buf *out, const struct log_words *words, const struct record *record);
/* seq, time and the sentence; no LF. */
void log_words_put(struct buf *out, const struct log_words *words, const struct record *record);

#endif
