/* pattern.h -- regular expressions of schemas, with bounds on what one match may cost. */
#ifndef GROUNDSWELL_SCHEMA_PATTERN_H
#define GROUNDSWELL_SCHEMA_PATTERN_H

#include "inside.h"

pcre2_match_context *pattern_limits_new(void);
void pattern_limits_free(pcre2_match_context *limits);

enum pattern_answer { PATTERN_NO, PATTERN_YES, PATTERN_TOO_COSTLY };

/* Compiles `source` (JSON string) into the set. FAULT_FORMAT with a sentence in ret_what where it
 * is malformed. */
enum fault pattern_compile(struct schema_set *set, const json_t *source, struct pattern **ret,
                           char ret_what[static 120]) MUST_CHECK;
void pattern_release(struct pattern *pattern);
enum pattern_answer pattern_match(const struct pattern *pattern, struct text subject);

#endif
