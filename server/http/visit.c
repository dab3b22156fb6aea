/* visit.c -- the pool of visits, and what a handler may ask of one.
 *
 * A visit goes free -> used -> spent -> free. Spent ones stay readable until the turn of the loop
 * ends, because the function that answered may still be looking. */
#include "groundswell/http/visit.h"

#include <event2/util.h>

#include "escape.h"
#include "groundswell/base/clock.h"
#include "inside.h"

#define FIELDS_OUT_MAX (8 * KIB)
#define BODY_KEPT_MAX (64 * KIB)

struct visit *visit_take(struct http_server *server)
{
    struct visit *visit = server->pool;
    if (visit) {
        server->pool = visit->next;
    } else {
        if (server->visits_made == server->plan.limits.visits_max) return NULL;
        visit = calloc(1, sizeof(*visit));
        if (!visit) return NULL;
        server->visits_made++;
        server->visits[server->visits_made - 1] = visit;
        visit->server = server;
        visit->fields_out = BUF_MAX(FIELDS_OUT_MAX);
        arena_init(&visit->arena, server->plan.limits.arena_max);
    }
    server->visits_used++;
    visit->route = NULL;
    visit->path = visit->query = TEXT_NONE;
    visit->body = TEXT("");
    visit->upload = NULL;
    visit->fields_n = visit->match.params_n = 0;
    visit->match.route = NULL;
    visit->id = ++server->requests;
    visit->begun_us = clock_steady_us();
    visit->answered = visit->in_body = visit->spent = false;
    visit->desk = NULL;
    visit->ask = NULL;
    visit->who = "-";
    visit->next = NULL;
    return visit;
}

static void visit_recycle(struct visit *visit)
{
    struct http_server *server = visit->server;
    upload_end(visit);
    arena_reset(&visit->arena);
    buf_reset(&visit->body_buf);
    buf_reset(&visit->fields_out);
    if (visit->body_buf.cap > BODY_KEPT_MAX) buf_release(&visit->body_buf);
    visit->next = server->pool;
    server->pool = visit;
    server->visits_used--;
}

void visits_recycle(struct http_server *server)
{
    while (server->spent) {
        struct visit *visit = server->spent;
        server->spent = visit->next;
        visit_recycle(visit);
    }
}

bool visits_starve(struct http_server *server)
{
    bool none = !server->pool && server->visits_made == server->plan.limits.visits_max;
    if (!none || !server->spent) return false;
    server->starved = true;
    return true;
}

void visit_spend(struct visit *visit)
{
    struct http_server *server = visit->server;
    INVARIANT(!visit->spent);
    visit->spent = true;
    visit->next = server->spent;
    server->spent = visit;
    server_turn(server);
}

/* A visit whose body is still being read is nobody's yet, and ends here. */
void visit_detach(struct connection *connection)
{
    struct visit *visit = connection->visit;
    if (!visit) return;
    connection->visit = NULL;
    visit->connection = NULL;
    if (!visit->in_body) return;
    visit->in_body = false;
    visit->answered = true;
    answer_line(visit, 499);
    visit_spend(visit);
}

struct text visit_field(const struct visit *visit, const char *name)
{
    struct text wanted = text_of(name);
    for (size_t i = 0; i < visit->fields_n; i++)
        if (visit->fields[i].name.n == wanted.n && text_equal_nocase(visit->fields[i].name, wanted))
            return visit->fields[i].value;
    return TEXT_NONE;
}

bool visit_field_repeats(const struct visit *visit, const char *name)
{
    struct text wanted = text_of(name);
    size_t found = 0;
    for (size_t i = 0; i < visit->fields_n; i++)
        found += text_equal_nocase(visit->fields[i].name, wanted);
    return found > 1;
}

struct text visit_param(const struct visit *visit, const char *name)
{
    size_t i = 0;
    for (; i < visit->match.params_n; i++) {
        const struct route_param *param = &visit->match.params[i];
        if (text_is((struct text){param->name, param->name_n}, name)) break;
    }
    INVARIANT(i < visit->match.params_n);
    return visit->match.params[i].value;
}

struct text visit_query(struct visit *visit, const char *name, bool *ret_broken)
{
    if (ret_broken) *ret_broken = false;
    struct text rest = visit->query;
    while (rest.at) {
        struct text value = text_cut(&rest, '&');
        struct text key = text_cut(&value, '=');
        if (!text_is(key, name)) continue;
        struct text decoded;
        if (escape_query(&visit->arena, value.at ? value : TEXT(""), &decoded) == FAULT_NONE)
            return decoded;
        if (ret_broken) *ret_broken = true;
        break;
    }
    return TEXT_NONE;
}

enum fault visit_unescape(struct visit *visit, struct text *text)
{
    return escape_form(&visit->arena, text->at ? *text : TEXT(""), text);
}

struct text visit_peer(struct visit *visit)
{
    char words[64];
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    bool four = memcmp(visit->peer, mapped, sizeof(mapped)) == 0;
    const void *address = four ? visit->peer + 12 : visit->peer;
    if (!evutil_inet_ntop(four ? AF_INET : AF_INET6, address, words, sizeof(words)))
        return TEXT_NONE;
    return arena_text(&visit->arena, text_of(words));
}

enum fault visit_header(struct visit *visit, const char *name, struct text value)
{
    INVARIANT(!visit->answered);
    for (size_t i = 0; i < value.n; i++)
        if (value.at[i] == '\r' || value.at[i] == '\n' || value.at[i] == '\0') return FAULT_FORMAT;
    size_t before = visit->fields_out.len;
    buf_format(&visit->fields_out, "%s: ", name);
    buf_text(&visit->fields_out, value);
    buf_cstr(&visit->fields_out, "\r\n");
    enum fault no = buf_fault(&visit->fields_out);
    if (!no) return FAULT_NONE;
    visit->fields_out.len = before; /* half a line must never leave */
    visit->fields_out.fault = FAULT_NONE;
    return no;
}

void visits_free(struct http_server *server)
{
    for (size_t i = 0; i < server->visits_made; i++) {
        struct visit *visit = server->visits[i];
        upload_end(visit);
        ask_forget(visit);
        arena_release(&visit->arena);
        buf_release(&visit->body_buf);
        buf_release(&visit->fields_out);
        free(visit);
    }
    free(server->visits);
}
