/* number.h -- JSON numbers by value: 1 and 1.0 are the same, 0.3 is a multiple of 0.1, and 2^53 + 1
 * is itself. */
#ifndef GROUNDSWELL_SCHEMA_NUMBER_H
#define GROUNDSWELL_SCHEMA_NUMBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

int number_compare(const json_t *a, const json_t *b); /* -1, 0, 1 */
bool number_is_whole(const json_t *number);
bool number_is_multiple(const json_t *number, const json_t *of); /* `of` is above 0 */

#define NUMBER_WORDS_SIZE 40
void number_words(const json_t *number,
                  char ret[static NUMBER_WORDS_SIZE]); /* the shortest that reads back */

/* Equality of JSON values as JSON Schema has it. Adds what it cost to *steps. */
bool value_equal(const json_t *a, const json_t *b, size_t *steps);
/* Equal values have equal hashes. */
size_t value_hash(const json_t *value, size_t *steps);

#endif
