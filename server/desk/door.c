/* door.c -- how often, for which community, who, under which key: judged once, before a body is
 * read.
 *
 * A row of the route table names who may use it; 0 is anyone. Who it is, who.c says. Nothing here
 * knows a single route. */
#include "errand.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/json.h"
#include "groundswell/base/secret.h"
#include "groundswell/http/ask.h"
#include "groundswell/http/route.h"
#include "groundswell/http/server.h"
#include "groundswell/io/shelf.h"
#include "limits.h"
#include "routes.h"
#include "say.h"
#include "uploads.h"
#include "who.h"

#define KEY_MIN 8
#define KEY_MAX 128

struct errand *errand_of(struct visit *visit)
{
    INVARIANT(visit->desk);
    return visit->desk;
}

/* The letter of an id behind a path parameter. */
static char letter_of(const struct route_param *param)
{
    static const struct {
        const char *name;
        char letter;
    } letters[] = {{"fund", 'f'}, {"round", 'r'},  {"tender", 't'}, {"proposal", 'p'},
                   {"body", 'b'}, {"member", 'm'}, {"need", 'n'},   {"talk", 'k'},
                   {"commission", 'c'}};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (text_is((struct text){param->name, param->name_n}, letters[i].name))
            return letters[i].letter;
    return 0;
}

bool staff_is_valid(struct text subject)
{
    return subject.n <= SUBJECT_MAX && word_is_valid(subject) && !text_is(subject, "operator") &&
           !text_is(subject, "keeper");
}

/* Which community, and which thing in it, the path names. False: the visit is answered. */
static bool place_read(struct visit *visit, struct errand *errand)
{
    for (size_t i = 0; i < visit->match.params_n; i++) {
        const struct route_param *param = &visit->match.params[i];
        struct text name = {param->name, param->name_n};
        bool good = true;
        if (text_is(name, "community")) {
            good = slug_is_valid(param->value);
            errand->slug = param->value;
        } else if (letter_of(param)) {
            good = id_parse(param->value, letter_of(param), &errand->id);
            errand->slug = errand->id.slug;
        } else if (text_is(name, "resident")) {
            good = resident_id_is_valid(param->value);
        } else if (text_is(name, "account")) {
            good = resident_id_is_valid(param->value);
        } else if (text_is(name, "file")) {
            good = shelf_name_is_valid(param->value);
        } else if (text_is(name, "subject") || text_is(name, "org") ||
                   text_is(name, "trust")) {
            good = staff_is_valid(param->value);
        }
        if (good) continue;
        SAY_REFUSAL(visit, REFUSAL_ID_MALFORMED, {"name", name});
        return false;
    }
    return true;
}

static bool key_is_visible(struct text key)
{
    if (key.n < KEY_MIN || key.n > KEY_MAX) return false;
    for (size_t i = 0; i < key.n; i++)
        if (key.at[i] < 0x21 || key.at[i] > 0x7e) return false;
    return true;
}

static const char *principal_of(const struct errand *errand)
{
    return errand->session ? errand->session->account : errand->who.subject;
}

/* The keyed hash of principal, route and key: what the ledger remembers instead of the key. */
static bool key_read(struct visit *visit, struct errand *errand)
{
    if (!(visit->route->flags & ROUTE_ONCE)) return true;
    struct text key = visit_field(visit, "Idempotency-Key");
    if (!key_is_visible(key) || visit_field_repeats(visit, "Idempotency-Key")) {
        say_refusal(visit, REFUSAL_KEY_MISSING, NULL, 0);
        return false;
    }
    CLEANUP(buf) struct buf said = BUF_MAX(16 * KIB);
    uint8_t digest[DIGEST_SIZE];
    buf_format(&said, "%s\n%s\n%s\n", role_name(errand->who.role), principal_of(errand),
               method_name(visit->route->method));
    buf_text(&said, visit->path);
    buf_char(&said, '\n');
    buf_text(&said, key);
    if (buf_fault(&said)) {
        say_fault(visit, buf_fault(&said));
        return false;
    }
    digest_hmac(
        (struct text){(const char *)errand->desk->key_secret, sizeof errand->desk->key_secret},
        buf_view(&said), digest);
    memcpy(errand->key_hash, digest, sizeof errand->key_hash);
    return true;
}

static bool type_check(struct visit *visit)
{
    if (!visit->route->schema) return true;
    struct text type = visit_field(visit, "Content-Type");
    struct text media = text_trim(text_cut(&type, ';'));
    if (text_equal_nocase(media, TEXT("application/json"))) return true;
    say_refusal(visit, REFUSAL_JSON_REQUIRED, NULL, 0);
    return false;
}

/* What is said to somebody, or after somebody has said something, is in no cache. Where it depends
 * on who it is, the handler says so. */
static bool is_personal(const struct route *route)
{
    if (route->who & WHO_PAGE) return route->method != METHOD_GET; /* says so itself */
    return (route->who != ROLE_NONE && route->who != WHO_KNOWN) || route->method != METHOD_GET;
}

/* What a page reads is counted as the page; a form as a page that is looked at, and its act as what
 * it is. */
static bool is_counted(const struct visit *visit)
{
    return visit->route->method != METHOD_GET || !visit_is_inner(visit);
}

void desk_before_body(struct visit *visit)
{
    struct errand *errand = arena_alloc(&visit->arena, sizeof *errand);
    if (!errand) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    errand->desk = http_server_ctx(visit->server);
    errand->slug = TEXT_NONE;
    visit->desk = errand;
    if (is_personal(visit->route) && visit_header(visit, "Cache-Control", TEXT("no-store"))) {
        say_fault(visit, FAULT_LIMIT);
        return;
    }
    caller_address(visit, &errand->desk->proxies, errand->address);
    bool counted = is_counted(visit);
    if (counted && !limits_address(visit, errand->desk->limits, errand->address)) return;
    if (!place_read(visit, errand) || !who_decide(visit, errand)) return;
    if (counted && !limits_person(visit, errand->desk->limits, errand)) return;
    if (!key_read(visit, errand) || !type_check(visit)) return;
    if (visit->route->body_max == UPLOAD) (void)upload_check(visit);
}

void errand_act(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(visit->body, digest);
    errand->act = (struct act){
        .slug = errand->slug, .subject = text_of(errand->who.subject), .epoch = errand->who.epoch};
    memcpy(errand->act.key_hash, errand->key_hash, sizeof errand->act.key_hash);
    memcpy(errand->act.body_hash, digest, sizeof errand->act.body_hash);
}

struct account_act errand_account(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct account_act act = {.account = text_of(errand->person), .epoch = 0};
    if (errand->session) {
        act.account = text_of(errand->session->account);
        act.epoch = errand->session->epoch;
    } else if (!errand->person[0]) {
        act.account = TEXT("operator");
    }
    errand_act(visit);
    memcpy(act.key_hash, errand->act.key_hash, sizeof act.key_hash);
    memcpy(act.body_hash, errand->act.body_hash, sizeof act.body_hash);
    return act;
}

bool signed_out(struct visit *visit, uint64_t epoch)
{
    if (errand_of(visit)->who.epoch == epoch) return false;
    say_refusal(visit, REFUSAL_SIGNED_OUT, NULL, 0);
    return true;
}

struct text errand_clerk_of(const struct errand *errand)
{
    return errand->who.role == ROLE_CLERK ? text_of(errand->who.subject) : TEXT("");
}

static const struct schema *schema_for(const struct visit *visit, const struct desk *desk)
{
    for (size_t i = 0; i < desk->commands_n; i++)
        if (desk->commands[i].name == visit->route->schema) return desk->commands[i].schema;
    INVARIANT(!"every route's schema is compiled at start");
    return NULL;
}

json_t *errand_body(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    struct json_problem problem;
    json_t *body = NULL;
    enum fault no = json_read(visit->body, JSON_DEPTH_MAX, &body, &problem);
    if (no == FAULT_FORMAT) {
        SAY_REFUSAL(visit, REFUSAL_JSON_MALFORMED, {"reason", text_of(problem.what)});
        return NULL;
    }
    if (no) {
        say_fault(visit, no);
        return NULL;
    }
    struct schema_errors *errors = arena_alloc(&visit->arena, sizeof *errors);
    if (errors && schema_check(schema_for(visit, errand->desk), body, errors)) {
        errand_act(visit);
        return body;
    }
    if (errors) say_errors(visit, errors);
    else say_fault(visit, FAULT_MEMORY);
    json_decref(body);
    return NULL;
}

uint64_t body_u64(const json_t *body, const char *name, uint64_t absent)
{
    const json_t *member = json_object_get(body, name);
    if (json_is_integer(member)) return (uint64_t)json_integer_value(member);
    if (json_is_real(member))
        return (uint64_t)json_real_value(member); /* 5.0 is an integer to the schema */
    return absent;
}

struct text body_text(const json_t *body, const char *name)
{
    const json_t *member = json_object_get(body, name);
    if (!json_is_string(member)) return TEXT_NONE;
    return (struct text){json_string_value(member), json_string_length(member)};
}

uint64_t body_stamp(const json_t *body, const char *name)
{
    uint64_t stamp_ms;
    return clock_parse(body_text(body, name), &stamp_ms) ? stamp_ms : 0;
}

static bool number_read(struct visit *visit, const char *name, uint64_t least, uint64_t most,
                        uint64_t *ret, bool *ret_given)
{
    bool broken = false;
    struct text value = visit_query(visit, name, &broken);
    *ret_given = value.at != NULL;
    if (!broken && !value.at) return true;
    if (!broken && text_to_u64(value, most, ret) && *ret >= least) return true;
    char *reason = arena_format(&visit->arena, "must be a whole number from %llu to %llu",
                                (unsigned long long)least, (unsigned long long)most);
    SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", text_of(name)},
                {"reason", text_of(reason ? reason : "is out of its bounds")});
    return false;
}

uint64_t path_number(struct visit *visit, const char *name)
{
    uint64_t number;
    return text_to_u64(visit_param(visit, name), MONEY_MAX, &number) ? number : 0;
}

bool limit_read(struct visit *visit, uint64_t limit_max, struct page *ret)
{
    bool given;
    *ret = (struct page){.limit = limit_max < 50 ? limit_max : 50};
    return number_read(visit, "limit", 1, limit_max, &ret->limit, &given);
}

bool page_read(struct visit *visit, uint64_t limit_max, struct page *ret)
{
    bool given;
    if (!limit_read(visit, limit_max, ret)) return false;
    if (!number_read(visit, "after", 0, MONEY_MAX - 1, &ret->after, &given)) return false;
    ret->from_start = !given;
    return true;
}
