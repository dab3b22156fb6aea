/* ask.c -- visits inside visits: taken from the pool, routed and judged as any other, answered into
 * a buffer.
 *
 * What has been answered waits in a list until the turn of the loop ends, so that no reply comes
 * before its question has returned (turn.c). */
#include "groundswell/http/ask.h"

#include "inside.h"

#define REPLY_MAX (4 * MIB)

struct ask {
    struct http_server *server;
    visit_reply_fn *reply;
    void *ctx;
    unsigned status;
    struct buf type, fields, body;
    struct ask *next;
};

static void ask_free(struct ask *ask)
{
    if (!ask) return;
    buf_release(&ask->type);
    buf_release(&ask->fields);
    buf_release(&ask->body);
    free(ask);
}

static struct ask *ask_new(struct visit *outer, visit_reply_fn *reply, void *ctx)
{
    struct ask *ask = calloc(1, sizeof *ask);
    if (!ask) return NULL;
    ask->server = outer->server;
    ask->reply = reply;
    ask->ctx = ctx;
    ask->type = BUF_MAX(KIB);
    ask->fields = BUF_MAX(16 * KIB);
    ask->body = BUF_MAX(REPLY_MAX);
    return ask;
}

bool visit_is_inner(const struct visit *visit)
{
    return visit->ask != NULL;
}

void ask_answered(struct visit *visit, unsigned status, const char *content_type, struct text body)
{
    struct ask *ask = visit->ask;
    struct http_server *server = ask->server;
    ask->status = status;
    if (content_type) buf_cstr(&ask->type, content_type);
    buf_text(&ask->fields, buf_view(&visit->fields_out));
    buf_text(&ask->body, body);
    if (buf_fault(&ask->body) || buf_fault(&ask->type) || buf_fault(&ask->fields)) {
        ask->status = 500;
        buf_reset(&ask->body);
    }
    visit->ask = NULL;
    struct ask **end = &server->heard;
    while (*end) end = &(*end)->next;
    *end = ask;
    visit_spend(visit);
}

void asks_reply(struct http_server *server)
{
    struct ask *list = server->heard;
    server->heard = NULL;
    while (list) {
        struct ask *ask = list;
        list = ask->next;
        struct visit_reply reply = {ask->status, buf_view(&ask->type), buf_view(&ask->fields),
                                    buf_view(&ask->body)};
        ask->reply(ask->ctx, &reply);
        ask_free(ask);
    }
}

void asks_forget(struct http_server *server)
{
    while (server->heard) {
        struct ask *ask = server->heard;
        server->heard = ask->next;
        ask_free(ask);
    }
}

void ask_forget(struct visit *visit)
{
    ask_free(visit->ask);
    visit->ask = NULL;
}

static enum fault text_copy(struct arena *arena, struct text from, struct text *ret)
{
    *ret = from.at ? arena_text(arena, from) : TEXT_NONE;
    return from.at && !ret->at ? FAULT_MEMORY : FAULT_NONE;
}

static enum fault fields_copy(struct visit *visit, const struct visit_question *question)
{
    if (question->fields_n > VISIT_HEADERS_MAX) return FAULT_LIMIT;
    for (size_t i = 0; i < question->fields_n; i++) {
        struct visit_field *field = &visit->fields[visit->fields_n++];
        enum fault no = text_copy(&visit->arena, question->fields[i].name, &field->name);
        if (!no) no = text_copy(&visit->arena, question->fields[i].value, &field->value);
        if (no) return no;
    }
    return FAULT_NONE;
}

static enum fault question_copy(struct visit *visit, const struct visit_question *question)
{
    enum fault no = text_copy(&visit->arena, question->path, &visit->path);
    if (!no) no = text_copy(&visit->arena, question->query, &visit->query);
    if (!no) no = fields_copy(visit, question);
    if (!no) no = text_copy(&visit->arena, question->body.at ? question->body : TEXT(""),
                            &visit->body);
    if (!no) no = router_find(visit->server->router, visit->method, visit->path, &visit->arena,
                              &visit->match);
    visit->route = visit->match.route;
    if (no || !visit->route) return no;
    size_t most = visit->route->body_max ? visit->route->body_max
                                         : visit->server->plan.limits.body_max;
    return question->body.n > most || route_is_upload(visit->route) ? FAULT_LIMIT : FAULT_NONE;
}

static void run(struct visit *visit)
{
    struct http_problem room;
    const struct http_plan *plan = &visit->server->plan;
    if (!visit->route) {
        visit_refuse(visit, problem_of(PROBLEM_NOT_FOUND, NULL, &room));
        return;
    }
    if (plan->before_body) plan->before_body(visit);
    if (!visit->answered) visit->route->handle(visit);
}

enum fault visit_ask(struct visit *outer, const struct visit_question *question,
                     visit_reply_fn *reply, void *ctx)
{
    INVARIANT(!outer->answered && !outer->ask);
    struct visit *visit = visit_take(outer->server);
    if (!visit) return FAULT_BUSY;
    visit->method = question->method;
    visit->secure = outer->secure;
    memcpy(visit->peer, outer->peer, sizeof visit->peer);
    enum fault no = question_copy(visit, question);
    if (!no && !(visit->ask = ask_new(outer, reply, ctx))) no = FAULT_MEMORY;
    if (no) {
        visit->answered = true;
        visit_spend(visit);
        return no;
    }
    run(visit);
    return FAULT_NONE;
}
