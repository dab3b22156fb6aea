/* head.c -- reads a whole head with llhttp and refuses what llhttp lets through.
 *
 * The rules are those by which requests are smuggled past one of two readers: framing said twice,
 * said in an odd spelling, or said where it does not belong. RFC 9112 s.6.1 to s.6.3 would let a
 * server repair some of them; we refuse them all. A new rule is one more function in `rules` and
 * one more case in the test of refusals. */
#include "head.h"

static void extend(struct text *text, const char *at, size_t n)
{
    if (!text->at) text->at = at;
    text->n = (size_t)(at - text->at) + n;
}

static int on_target(llhttp_t *machine, const char *at, size_t n)
{
    struct parser *parser = machine->data;
    extend(&parser->target, at, n);
    return 0;
}

/* A field after the head is a trailer: nobody here reads one, so none is taken. */
static int on_field(llhttp_t *machine, const char *at, size_t n)
{
    struct parser *parser = machine->data;
    if (parser->head_done) return -1;
    extend(&parser->field.name, at, n);
    return 0;
}

static int on_value(llhttp_t *machine, const char *at, size_t n)
{
    struct parser *parser = machine->data;
    if (parser->head_done) return -1;
    extend(&parser->field.value, at, n);
    return 0;
}

static int on_value_end(llhttp_t *machine)
{
    struct parser *parser = machine->data;
    struct visit *visit = parser->visit;
    if (parser->head_done || visit->fields_n == VISIT_HEADERS_MAX) return -1;
    parser->field.value = text_trim(parser->field.value);
    if (parser->field.value.n == 0) /* empty is not absent */
        parser->field.value.at = parser->field.name.at + parser->field.name.n;
    visit->fields[visit->fields_n++] = parser->field;
    parser->field = (struct visit_field){0};
    return 0;
}

static int on_head_end(llhttp_t *machine)
{
    struct parser *parser = machine->data;
    parser->head_done = true;
    parser->keep_alive = llhttp_should_keep_alive(machine) != 0;
    return 0;
}

static int on_body(llhttp_t *machine, const char *at, size_t n)
{
    struct parser *parser = machine->data;
    parser->problem = body_put(parser->visit, (struct text){at, n});
    return parser->problem ? -1 : 0;
}

static int on_end(llhttp_t *machine)
{
    struct parser *parser = machine->data;
    parser->complete = true;
    return HPE_PAUSED; /* what follows belongs to the next request */
}

static const llhttp_settings_t settings = {
    .on_url = on_target,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_header_value_complete = on_value_end,
    .on_headers_complete = on_head_end,
    .on_body = on_body,
    .on_message_complete = on_end,
};

enum problem parser_body(struct parser *parser, const char *data, size_t n, size_t *ret_used)
{
    enum llhttp_errno no = llhttp_execute(&parser->machine, data, n);
    *ret_used = n;
    if (no == HPE_OK) return PROBLEM_NONE;
    if (parser->problem) return parser->problem;
    if (no != HPE_PAUSED || !parser->complete) return PROBLEM_MALFORMED;
    *ret_used = (size_t)(llhttp_get_error_pos(&parser->machine) - data);
    return PROBLEM_NONE;
}

/* --- rules: each returns what is wrong, or NULL --- */

struct reading {
    struct visit *visit;
    struct head *head;
    struct text line, target;
    struct text host, length, coding; /* the headers that frame a request; at == NULL: absent */
};

static const char *rule_line(struct reading *r)
{
    static const char versions[] = " HTTP/1.1\r\n", old[] = " HTTP/1.0\r\n";
    size_t tail = sizeof(versions) - 1;
    if (r->line.n < tail) return UNREADABLE "the request line is incomplete.";
    const char *end = r->line.at + r->line.n - tail;
    r->head->old = memcmp(end, old, tail) == 0;
    if (!r->head->old && memcmp(end, versions, tail) != 0)
        return UNREADABLE "only HTTP/1.0 and HTTP/1.1 are spoken here.";
    struct text front = {r->line.at, (size_t)(end - r->line.at)};
    (void)text_cut(&front, ' ');
    r->target = front;
    if (!front.at || front.n == 0 || memchr(front.at, ' ', front.n))
        return UNREADABLE "its line is not method, target and version with one blank between.";
    if (memchr(front.at, '#', front.n)) return UNREADABLE "a request target has no fragment.";
    return NULL;
}

static bool is_token(struct text name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c))) return false;
    }
    return name.n > 0;
}

/* Keeps a header that may come once; false where it came before. */
static bool once(struct text *slot, struct text value)
{
    if (slot->at) return false;
    *slot = value;
    return true;
}

static const char *rule_field(struct reading *r, const struct visit_field *field)
{
    if (!is_token(field->name) || field->name.at[field->name.n] != ':')
        return UNREADABLE "a header has no proper name directly before its colon.";
    switch (field->name.n) {
    case 4:
        if (text_equal_nocase(field->name, TEXT("host")) && !once(&r->host, field->value))
            return UNREADABLE "there are two Host headers.";
        break;
    case 6:
        if (!text_equal_nocase(field->name, TEXT("expect"))) break;
        if (r->head->expects || !text_equal_nocase(field->value, TEXT("100-continue"))) return "";
        r->head->expects = true;
        break;
    case 7:
        if (text_equal_nocase(field->name, TEXT("upgrade")))
            return UNREADABLE "no other protocol is spoken here: Upgrade is refused.";
        break;
    case 14:
        if (text_equal_nocase(field->name, TEXT("content-length")) &&
            !once(&r->length, field->value))
            return UNREADABLE "there are two Content-Length headers.";
        break;
    case 17:
        if (text_equal_nocase(field->name, TEXT("transfer-encoding")) &&
            !once(&r->coding, field->value))
            return UNREADABLE "there are two Transfer-Encoding headers.";
        break;
    default:
        break;
    }
    return NULL;
}

static const char *rule_host(const struct reading *r)
{
    if (!r->host.at) return r->head->old ? NULL : UNREADABLE "there is no Host header.";
    for (size_t i = 0; i < r->host.n; i++) {
        char c = r->host.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == '\0' || !strchr("-._~:[]%", c)))
            return UNREADABLE "the Host header names no host.";
    }
    return r->host.n > 0 ? NULL : UNREADABLE "the Host header is empty.";
}

static const char *rule_framing(const struct reading *r)
{
    struct head *head = r->head;
    if (r->coding.at) {
        if (head->old) return UNREADABLE "HTTP/1.0 has no Transfer-Encoding.";
        if (r->length.at)
            return UNREADABLE "Content-Length and Transfer-Encoding exclude each other.";
        if (!text_equal_nocase(r->coding, TEXT("chunked")))
            return UNREADABLE "the only transfer coding that is taken here is chunked.";
        head->chunked = true;
    }
    if (r->length.at) {
        bool digits = text_to_u64(r->length, UINT64_C(1) << 53, &head->length);
        if (!digits || r->length.at[r->length.n] != '\r')
            return UNREADABLE "Content-Length must be digits and nothing else.";
    }
    enum http_method method = r->visit->method;
    bool bodiless = method == METHOD_GET || method == METHOD_HEAD || method == METHOD_OPTIONS;
    if (bodiless && (head->chunked || head->length > 0))
        return UNREADABLE "this method takes no body.";
    return NULL;
}

/* Splits the target into visit->path and visit->query (RFC 9112 s.3.2). */
static const char *rule_target(const struct reading *r)
{
    struct text target = r->target;
    struct visit *visit = r->visit;
    r->head->asterisk = text_is(target, "*");
    if (r->head->asterisk)
        return visit->method == METHOD_OPTIONS ? NULL
                                               : UNREADABLE "only OPTIONS asks about everything.";
    if (target.at[0] != '/') {
        struct text scheme = {target.at, target.n < 8 ? target.n : 8};
        struct text shorter = {target.at, target.n < 7 ? target.n : 7};
        bool plain = text_equal_nocase(shorter, TEXT("http://"));
        if (!plain && !text_equal_nocase(scheme, TEXT("https://")))
            return UNREADABLE "the request target is neither a path nor an absolute address.";
        target.at += plain ? 7 : 8;
        target.n -= plain ? 7 : 8;
        const char *slash = memchr(target.at, '/', target.n);
        if (!slash || slash == target.at) return UNREADABLE "the request target has no path.";
        target.n -= (size_t)(slash - target.at);
        target.at = slash;
    }
    visit->query = target;
    visit->path = text_cut(&visit->query, '?');
    return NULL;
}

static const char *rules(struct reading *r, size_t fields)
{
    const char *wrong = NULL;
    if (r->visit->fields_n != fields) return UNREADABLE "the headers cannot be told apart.";
    for (size_t i = 0; i < fields && !wrong; i++) wrong = rule_field(r, &r->visit->fields[i]);
    if (!wrong) wrong = rule_host(r);
    if (!wrong) wrong = rule_framing(r);
    if (!wrong) wrong = rule_target(r);
    return wrong;
}

static enum http_method method_of(uint8_t code)
{
    switch (code) {
    case HTTP_GET: return METHOD_GET;
    case HTTP_HEAD: return METHOD_HEAD;
    case HTTP_POST: return METHOD_POST;
    case HTTP_PUT: return METHOD_PUT;
    case HTTP_PATCH: return METHOD_PATCH;
    case HTTP_DELETE: return METHOD_DELETE;
    case HTTP_OPTIONS: return METHOD_OPTIONS;
    default: return METHOD_OTHER;
    }
}

static void parser_begin(struct parser *parser, struct visit *visit)
{
    llhttp_init(&parser->machine, HTTP_REQUEST, &settings);
    parser->machine.data = parser;
    parser->visit = visit;
    parser->field = (struct visit_field){0};
    parser->target = TEXT_NONE;
    parser->head_done = parser->complete = parser->keep_alive = false;
    parser->problem = PROBLEM_NONE;
}

enum problem head_read(struct parser *parser, struct visit *visit, struct text bytes,
                       const struct head_scan *scan, struct head *ret, const char **ret_detail)
{
    *ret = (struct head){0};
    struct reading r = {.visit = visit, .head = ret, .line = {bytes.at, scan->line_n}};
    *ret_detail = rule_line(&r);
    if (*ret_detail) return PROBLEM_MALFORMED;
    parser_begin(parser, visit);
    enum llhttp_errno no = llhttp_execute(&parser->machine, bytes.at, bytes.n);
    if (no == HPE_INVALID_METHOD) return PROBLEM_METHOD_UNKNOWN;
    *ret_detail = UNREADABLE "the head of the request cannot be read.";
    if (!parser->head_done || (no != HPE_OK && no != HPE_PAUSED)) return PROBLEM_MALFORMED;
    uint8_t method = llhttp_get_method(&parser->machine);
    if (method > HTTP_UNLINK || method == HTTP_CONNECT || !text_equal(r.target, parser->target))
        return PROBLEM_MALFORMED; /* RTSP, ICE and HTTP/2 have their own methods there */
    visit->method = method_of(method);
    *ret_detail = rules(&r, scan->fields);
    if (*ret_detail && **ret_detail == '\0') return PROBLEM_EXPECTATION;
    if (*ret_detail) return PROBLEM_MALFORMED;
    if (visit->method == METHOD_OTHER) return PROBLEM_METHOD_UNKNOWN;
    ret->keep_alive = parser->keep_alive;
    return PROBLEM_NONE;
}
