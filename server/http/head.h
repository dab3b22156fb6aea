/* head.h -- from raw bytes to a request head that has only one meaning.
 *
 * Two readers look at each head: our scan, byte by byte as it arrives, and llhttp, once it is
 * whole. A head goes on only if both agree on it. */
#ifndef GROUNDSWELL_HTTP_HEAD_H
#define GROUNDSWELL_HTTP_HEAD_H

#include <llhttp/llhttp.h>

#include "groundswell/http/visit.h"
#include "problem.h"

_Static_assert(LLHTTP_STRICT_MODE == 1, "llhttp must be compiled strict: its own default is not");

/* How far the scan of a head has come; all zeros at its start. */
struct head_scan {
    size_t seen, line_n; /* bytes looked at; of the request line with its CRLF, 0 until it ended */
    size_t in_line, fields;
    bool cr;
};

/* Goes on where it stopped, over all n bytes that have come of this head. *ret_n: its length, blank
 * line and all, or 0 while it is incomplete. */
enum problem head_scan(struct head_scan *scan, const char *data, size_t n,
                       const struct http_limits *limits, size_t *ret_n);

/* llhttp and what its callbacks write to. It lies still while a request is read. */
struct parser {
    llhttp_t machine;
    struct visit *visit;
    struct visit_field field; /* being read */
    struct text target;
    bool head_done, complete, keep_alive;
    enum problem problem; /* why the body is read no further */
};

struct head {
    uint64_t length; /* Content-Length, 0 without one */
    bool chunked, keep_alive, expects, old; /* old: HTTP/1.0 */
    bool asterisk;                          /* OPTIONS * */
};

/* Reads a whole head, which lies in the visit's arena, into visit->method, path, query, fields.
 * *ret_detail: what is wrong, in plain words. */
enum problem head_read(struct parser *parser, struct visit *visit, struct text bytes,
                       const struct head_scan *scan, struct head *ret, const char **ret_detail);

/* body.c: keeps bytes of the body, where they are to be kept. */
enum problem body_put(struct visit *visit, struct text bytes);

/* Body bytes through llhttp; parser->complete once the body has ended. *ret_used: how many of n. */
enum problem parser_body(struct parser *parser, const char *data, size_t n, size_t *ret_used);

#endif
