/* pattern.c -- regular expressions of schemas, with bounds on what one match may cost.
 *
 * JSON Schema asks for the ECMA-262 dialect. PCRE2 is set as near to it as its options allow: `$`
 * only at the very end, \uXXXX, empty classes, \d and \w in ASCII; ecma.c rewrites the rest. What
 * PCRE2 has besides (possessive quantifiers, recursion) our schemas do not use. A match that would
 * pass the limits is neither yes nor no. */
#include "pattern.h"

#include "ecma.h"

#define MATCH_STEPS_MAX 100000
#define MATCH_DEPTH_MAX 2000
#define MATCH_HEAP_KIB_MAX 4096

pcre2_match_context *pattern_limits_new(void)
{
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (!limits) return NULL;
    pcre2_set_match_limit(limits, MATCH_STEPS_MAX);
    pcre2_set_depth_limit(limits, MATCH_DEPTH_MAX);
    pcre2_set_heap_limit(limits, MATCH_HEAP_KIB_MAX);
    return limits;
}

void pattern_limits_free(pcre2_match_context *limits)
{
    pcre2_match_context_free(limits);
}

static pcre2_code *code_new(struct text ecma, int *ret_error, size_t *ret_offset)
{
    CLEANUP(buf) struct buf source = BUF_MAX(64 * KIB);
    const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALT_BSUX
                             | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_MATCH_UNSET_BACKREF
                             | PCRE2_NEVER_BACKSLASH_C;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    ecma_translate(&source, ecma);
    if (!context) return NULL;
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
    pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
    pcre2_code *code = NULL;
    if (!buf_fault(&source))
        code = pcre2_compile((PCRE2_SPTR)(source.data ? source.data : ""), source.len, options,
                             ret_error, ret_offset, context);
    pcre2_compile_context_free(context);
    return code;
}

enum fault pattern_compile(struct schema_set *set, const json_t *source, struct pattern **ret,
                           char ret_what[static 120])
{
    int error = 0;
    size_t offset = 0;
    struct text text = {json_string_value(source), json_string_length(source)};
    if (!text.at) {
        snprintf(ret_what, 120, "must be a regular expression");
        return FAULT_FORMAT;
    }
    struct pattern *pattern = arena_alloc(&set->arena, sizeof *pattern);
    if (!pattern) return FAULT_MEMORY;
    pattern->source = text.at;
    pattern->limits = set->match_context;
    pattern->code = code_new(text, &error, &offset);
    if (!pattern->code) {
        PCRE2_UCHAR8 message[80] = "it is too long";
        if (error) pcre2_get_error_message(error, message, sizeof message);
        snprintf(ret_what, 120, "is not a regular expression: %s at %zu", (char *)message, offset);
        return FAULT_FORMAT;
    }
    pattern->next = set->patterns;
    set->patterns = pattern;
    (void)pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE); /* slower without, never wrong */
    pattern->match = pcre2_match_data_create(1, NULL);
    *ret = pattern;
    return pattern->match ? FAULT_NONE : FAULT_MEMORY;
}

void pattern_release(struct pattern *pattern)
{
    pcre2_match_data_free(pattern->match);
    pcre2_code_free(pattern->code);
}

enum pattern_answer pattern_match(const struct pattern *pattern, struct text subject)
{
    int n = pcre2_match(pattern->code, (PCRE2_SPTR)subject.at, subject.n, 0, 0, pattern->match,
                        pattern->limits);
    if (n >= 0) return PATTERN_YES; /* 0: matched with more groups than we asked for */
    return n == PCRE2_ERROR_NOMATCH ? PATTERN_NO : PATTERN_TOO_COSTLY;
}
