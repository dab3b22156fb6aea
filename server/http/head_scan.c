/* head_scan.c -- looks at every raw byte of a head while it arrives.
 *
 * llhttp joins folded lines, takes a lone LF and trims what it likes before we see it, so these
 * are judged here, on the bytes, with one byte of memory across packets: whatever way a head is
 * cut, the verdict is the same. RFC 9112 s.2.2 (bare CR), s.5.2 (folding), RFC 9110 s.5.5 (NUL). */
#include "head.h"

/* Counts a byte of a line; a problem where the line or the head grows too long. */
static enum problem scan_length(struct head_scan *scan, const struct http_limits *limits)
{
    scan->in_line++;
    if (scan->line_n == 0)
        return scan->in_line > limits->line_max ? PROBLEM_TARGET_LONG : PROBLEM_NONE;
    if (scan->in_line == 1 && ++scan->fields > limits->headers_max) return PROBLEM_HEAD_LARGE;
    return scan->seen - scan->line_n > limits->head_max ? PROBLEM_HEAD_LARGE : PROBLEM_NONE;
}

/* A byte that is neither CR nor LF. */
static enum problem scan_byte(struct head_scan *scan, unsigned char c,
                              const struct http_limits *limits)
{
    bool blank = c == ' ' || c == '\t';
    if (scan->cr || c == 0x7f || (c < ' ' && c != '\t')) return PROBLEM_MALFORMED;
    if (scan->in_line == 0 && (blank || c == ':')) return PROBLEM_MALFORMED; /* folded, nameless */
    if (scan->line_n == 0) {
        if (c == '\t' || c > 0x7f) return PROBLEM_MALFORMED;
        if (scan->in_line == 0 && (c < 'A' || c > 'Z')) return PROBLEM_MALFORMED;
    }
    return scan_length(scan, limits);
}

enum problem head_scan(struct head_scan *scan, const char *data, size_t n,
                       const struct http_limits *limits, size_t *ret_n)
{
    *ret_n = 0;
    while (scan->seen < n) {
        char c = data[scan->seen++];
        if (c == '\r') {
            if (scan->cr) return PROBLEM_MALFORMED;
            scan->cr = true;
        } else if (c == '\n') {
            if (!scan->cr) return PROBLEM_MALFORMED;
            scan->cr = false;
            if (scan->line_n == 0) {
                if (scan->in_line == 0) return PROBLEM_MALFORMED;
                scan->line_n = scan->seen;
            } else if (scan->in_line == 0) {
                *ret_n = scan->seen;
                return PROBLEM_NONE;
            }
            scan->in_line = 0;
        } else {
            enum problem problem = scan_byte(scan, (unsigned char)c, limits);
            if (problem) return problem;
        }
    }
    return PROBLEM_NONE;
}
