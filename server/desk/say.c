/* say.c -- how the desk answers.
 *
 * A refusal is a normal answer: its code, the sentence with its numbers filled in, and the numbers
 * themselves as members, so that a program need not read the sentence. What the ledger leaves open
 * (a lost answer) is said as such: the same key may be sent again. Nothing that a person typed is
 * echoed. */
#include "say.h"

#include <stdarg.h>

#include "errand.h"
#include "groundswell/base/log.h"
#include "groundswell/http/server.h"
#include "page.h"

#define PROBLEM_TYPE "application/problem+json"

void say_json(struct visit *visit, unsigned status, struct buf *body)
{
    if (buf_fault(body)) say_fault(visit, buf_fault(body));
    else visit_answer(visit, status, "application/json", buf_view(body));
}

static void title_put(struct json_out *out, const char *code)
{
    char title[64];
    size_t n = 0;
    for (; code[n] && n < sizeof title - 1; n++)
        title[n] = code[n] == '_' ? ' ' : code[n];
    if (n > 0 && title[0] >= 'a' && title[0] <= 'z') title[0] = (char)(title[0] - 'a' + 'A');
    json_text_at(out, "title", (struct text){title, n});
}

static void problem_head(struct json_out *out, const char *code, unsigned status,
                         struct text detail)
{
    CLEANUP(buf) struct buf type = BUF_MAX(KIB);
    buf_format(&type, "/v1/problems#%s", code);
    json_object_begin(out);
    json_text_at(out, "type", buf_view(&type));
    title_put(out, code);
    json_u64_at(out, "status", status);
    json_text_at(out, "code", text_of(code));
    json_text_at(out, "detail", detail);
}

static void words_put(struct json_out *out, const struct refusal_word *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t number;
        if (text_to_u64(words[i].value, MONEY_MAX, &number))
            json_u64_at(out, words[i].name, number);
        else json_text_at(out, words[i].name, words[i].value);
    }
}

static void problem_send(struct visit *visit, unsigned status, struct buf *body)
{
    if (status == 503 && visit_header(visit, "Retry-After", TEXT("1")))
        log_error("desk", "an answer's headers are full");
    if (status == 401 && visit_header(visit, "WWW-Authenticate", TEXT("Bearer")))
        log_error("desk", "an answer's headers are full");
    if (page_problem(visit, status, buf_view(body))) return;
    visit_answer(visit, status, PROBLEM_TYPE, buf_view(body));
}

/* Whoever came too often is told when to come again. */
static void retry_after_put(struct visit *visit, const struct refusal_word *words, size_t n)
{
    struct text seconds = TEXT("1");
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i].name, "seconds") == 0) seconds = words[i].value;
    if (visit_header(visit, "Retry-After", seconds))
        log_error("desk", "an answer's headers are full");
}

void say_refusal(struct visit *visit, enum refusal refusal, const struct refusal_word *words,
                 size_t n)
{
    CLEANUP(buf) struct buf detail = BUF_MAX(4 * KIB), body = BUF_MAX(16 * KIB);
    struct json_out out = JSON_OUT(&body);
    unsigned status = (unsigned)refusal_status(refusal);
    refusal_say(&detail, refusal, words, n);
    problem_head(&out, refusal_code(refusal), status, buf_view(&detail));
    words_put(&out, words, n);
    json_object_end(&out);
    if (status == 429) retry_after_put(visit, words, n);
    problem_send(visit, status, &body);
}

void say_errors(struct visit *visit, const struct schema_errors *errors)
{
    CLEANUP(buf) struct buf body = BUF_MAX(32 * KIB);
    struct json_out out = JSON_OUT(&body);
    enum refusal refusal = REFUSAL_FIELDS_WRONG;
    unsigned status = (unsigned)refusal_status(refusal);
    problem_head(&out, refusal_code(refusal), status, text_of(refusal_sentence(refusal)));
    json_name(&out, "errors");
    json_array_begin(&out);
    for (size_t i = 0; i < errors->n; i++) {
        json_object_begin(&out);
        json_text_at(&out, "pointer", text_of(errors->list[i].pointer));
        json_text_at(&out, "detail", text_of(errors->list[i].detail));
        json_object_end(&out);
    }
    json_array_end(&out);
    json_object_end(&out);
    problem_send(visit, status, &body);
}

void say_field_wrong(struct visit *visit, const char *pointer, const char *format, ...)
{
    struct schema_errors errors = {.n = 1};
    struct schema_error *error = &errors.list[0];
    va_list args;
    snprintf(error->pointer, sizeof error->pointer, "%s", pointer ? pointer : "");
    va_start(args, format);
    vsnprintf(error->detail, sizeof error->detail, format, args);
    va_end(args);
    say_errors(visit, &errors);
}

void say_fault(struct visit *visit, enum fault fault)
{
    if (fault == FAULT_BUSY) {
        say_refusal(visit, REFUSAL_LEDGER_AWAY, NULL, 0);
        return;
    }
    if (fault == FAULT_TIMEOUT || fault == FAULT_LOST) {
        say_refusal(visit, REFUSAL_LEDGER_UNSURE, NULL, 0);
        return;
    }
    char *request = arena_format(&visit->arena, "%llu", (unsigned long long)visit->id);
    log_error("desk", "request %llu: %s", (unsigned long long)visit->id, fault_name(fault));
    SAY_REFUSAL(visit, REFUSAL_INTERNAL_FAULT, {"request", text_of(request ? request : "?")});
}

bool say_no(struct visit *visit, const struct ledger_answer *answer)
{
    if (answer->fault) say_fault(visit, answer->fault);
    else if (answer->refusal) say_refusal(visit, answer->refusal, answer->words, answer->words_n);
    else return false;
    return true;
}

void desk_problem_put(void *ctx, struct buf *out, const struct http_problem *problem)
{
    (void)ctx;
    struct json_out json = JSON_OUT(out);
    bool said = problem->detail && problem->detail[0];
    problem_head(&json, problem->code, problem->status,
                 text_of(said ? problem->detail : problem->title));
    json_object_end(&json);
}

void desk_line(void *ctx, const struct http_line *line)
{
    struct desk *desk = ctx;
    /* An act that was done; what was refused has changed nothing. A form's is that of its page. */
    bool writes = line->method[0] == 'P' || line->method[0] == 'D'; /* POST PUT PATCH DELETE */
    desk->changes += writes && line->status < 400;
    log_info("http", "%llu %s %s %s %u %llu us", (unsigned long long)line->request, line->who,
             line->method, line->route, line->status, (unsigned long long)line->us);
}
