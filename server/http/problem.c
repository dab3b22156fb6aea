/* problem.c -- the refusals that http speaks by itself, before any room above has been asked.
 *
 * Codes and sentences are public: they stand in schemas/refusals.json too, `given_by: http`, and
 * tests/210_refusals.py compares them. Where a sentence has numbers, whoever refuses says it whole,
 * as the detail; here it stands without them. A refusal that knows what a proposal is does not
 * belong here. */
#include "problem.h"

#include "groundswell/base/json.h"

#define BUSY "The server has more to do than it can take on. Try again in a moment."

const struct http_problem http_problems[] = {
    {400, "malformed_request", UNREADABLE "it does not follow the rules of HTTP.", NULL},
    {404, "not_found", "There is nothing at this address.", NULL},
    {405, "method_not_allowed", "This address does not take this method.", NULL},
    {408, "request_timeout", "The request did not arrive in time.", NULL},
    {413, "body_too_large", "The body of the request is larger than this address takes.", NULL},
    {414, "target_too_long", "The address of the request is too long.", NULL},
    {417, "expectation_failed", "The only expectation that is met here is 100-continue.", NULL},
    {431, "head_too_large", "The headers of the request are too large or too many.", NULL},
    {501, "method_unknown", "This method is not known here.", NULL},
    {503, "server_busy", BUSY, NULL},
    {503, "server_busy", BUSY, NULL},
    {500, "internal_fault", "Something went wrong here. Nothing has been changed.", NULL},
    {413, "file_too_large", "The file is larger than this address takes.", NULL},
    {503, "uploads_busy", "Too many files are arriving at once. Try again in a moment.", NULL},
    {507, "disk_full", "There is no room left for this file. Nothing of it was kept.", NULL},
    {0, NULL, NULL, NULL},
};

const struct http_problem *problem_of(enum problem problem, const char *detail,
                                      struct http_problem *room)
{
    INVARIANT(problem > PROBLEM_NONE && problem <= PROBLEM_DISK_FULL);
    *room = http_problems[problem - 1];
    room->detail = detail;
    return room;
}

void problem_put(void *ctx, struct buf *out, const struct http_problem *problem)
{
    (void)ctx;
    struct json_out json = JSON_OUT(out);
    json_object_begin(&json);
    json_text_at(&json, "type", TEXT("about:blank"));
    json_text_at(&json, "title", text_of(problem->title));
    json_u64_at(&json, "status", problem->status);
    json_text_at(&json, "code", text_of(problem->code));
    if (problem->detail) json_text_at(&json, "detail", text_of(problem->detail));
    json_object_end(&json);
}
