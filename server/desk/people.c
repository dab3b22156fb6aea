/* people.c -- what the handlers of persons, codes and organisations share.
 *
 * A link's secret, a name, an address and a mail are known to the ledger by keyed hashes alone. */
#include "people.h"

#include "areas.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/secret.h"
#include "groundswell/ledger/codes.h"
#include "say.h"
#include "write.h"

#define FRESH_S 600
#define CLOCKS_APART_S 60 /* of the machines that serve one installation */

static void hex_into(const uint8_t *bytes, size_t n, char *ret)
{
    CLEANUP(buf) struct buf hex = BUF_MAX(KIB);
    encode_hex(&hex, bytes, n);
    INVARIANT(!buf_fault(&hex) && hex.len == 2 * n);
    memcpy(ret, hex.data, 2 * n + 1);
}

void word_hash(const struct desk *desk, const char *domain, struct text word,
               char ret[static HASH_TEXT_SIZE + 1])
{
    uint8_t hash[PEOPLE_HASH_SIZE];
    people_hash(desk->plan.keys, domain, word, hash);
    hex_into(hash, sizeof hash, ret);
}

void link_hash(const struct desk *desk, struct text secret, char ret[static HASH_TEXT_SIZE + 1])
{
    word_hash(desk, "link", secret, ret);
}

void link_draw(const struct desk *desk, char ret_secret[static LINK_TEXT_SIZE + 1],
               char ret_hash[static HASH_TEXT_SIZE + 1])
{
    uint8_t secret[LINK_SECRET_SIZE];
    CLEANUP(buf) struct buf words = BUF_MAX(KIB);
    secret_random(secret, sizeof secret);
    encode_base64url(&words, secret, sizeof secret);
    INVARIANT(!buf_fault(&words) && words.len == LINK_TEXT_SIZE);
    memcpy(ret_secret, words.data, LINK_TEXT_SIZE + 1);
    link_hash(desk, buf_view(&words), ret_hash);
}

/* What ended is not signed anew, so that it is over once it has idled: a day is remembered where a
 * session may last a month. */
uint64_t sessions_over_s(const struct desk *desk)
{
    const struct session_limits *limits = &desk->plan.sessions;
    uint64_t left_s = limits->idle_s < limits->whole_s ? limits->idle_s : limits->whole_s;
    return clock_wall_ms() / 1000 + left_s + CLOCKS_APART_S;
}

bool is_fresh(struct visit *visit)
{
    const struct session *session = errand_of(visit)->session;
    if (!session || session_is_fresh(session, FRESH_S, clock_wall_ms() / 1000)) return true;
    say_refusal(visit, REFUSAL_SIGN_IN_AGAIN, NULL, 0);
    return false;
}

bool is_whole(struct visit *visit)
{
    const struct session *session = errand_of(visit)->session;
    if (!session || session->authenticated_s > 0) return true;
    say_refusal(visit, REFUSAL_SIGN_IN_AGAIN, NULL, 0);
    return false;
}

bool request_digest(struct visit *visit, const json_t *body,
                    char ret[static REQUEST_DIGEST_SIZE + 1])
{
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf said = BUF_MAX(MIB);
    char *canonical = body ? json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS) : strdup("");
    if (canonical) {
        buf_format(&said, "%s\n%.*s?%.*s\n", method_name(visit->route->method),
                   TEXT_ARGS(visit->path), TEXT_ARGS(visit->query));
        buf_cstr(&said, canonical);
    }
    enum fault no = canonical ? buf_fault(&said) : FAULT_MEMORY;
    free(canonical);
    if (no) {
        say_fault(visit, no);
        return false;
    }
    digest_sha256(buf_view(&said), digest);
    hex_into(digest, REQUEST_DIGEST_SIZE / 2, ret);
    return true;
}

void say_people(struct visit *visit, unsigned status, const struct people_outcome *outcome)
{
    CLEANUP(buf) struct buf body = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    write_stamp(&out, "at", outcome->at_ms);
    json_bool_at(&out, "replayed", outcome->replayed);
    json_object_end(&out);
    say_json(visit, status, &body);
}

void say_pending(struct visit *visit, uint64_t seq, uint64_t at_ms)
{
    CLEANUP(buf) struct buf body = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_u64_at(&out, "seq", seq);
    write_stamp(&out, "at", at_ms);
    json_bool_at(&out, "pending", true);
    json_text_at(&out, "detail",
                 TEXT("This takes two people. It is done when another person sends the same "
                      "request within seven days."));
    json_object_end(&out);
    say_json(visit, 202, &body);
}

/* ---- codes ----------------------------------------------------------------------------------- */

static void say_typed_wrong(struct visit *visit, enum code_verdict verdict,
                            const struct code_problem *problem)
{
    switch (verdict) {
    case CODE_TOO_SHORT:
        say_field_wrong(visit, "/code", "has %zu characters too few", problem->by);
        return;
    case CODE_TOO_LONG:
        say_field_wrong(visit, "/code", "has %zu characters too many", problem->by);
        return;
    case CODE_CHARACTER:
        say_field_wrong(visit, "/code", "has a character at place %zu that no code has",
                        problem->position);
        return;
    case CODE_GOOD:
    case CODE_CHECK: break;
    }
    say_field_wrong(visit, "/code", "has a typing error: compare each character with the letter");
}

bool code_typed(struct visit *visit, const json_t *body, struct typed_code *ret)
{
    struct errand *errand = errand_of(visit);
    struct code code;
    struct code_problem problem = {0};
    uint8_t hash[PEOPLE_HASH_SIZE];
    enum code_verdict verdict = code_parse(body_text(body, "code"), &code, &problem);
    if (verdict != CODE_GOOD) {
        say_typed_wrong(visit, verdict, &problem);
        return false;
    }
    code_hash(errand->desk->plan.keys, errand->slug, &code, hash);
    hex_into(hash, sizeof hash, ret->hash);
    memcpy(ret->serial, code.serial, sizeof ret->serial);
    code_release(&code);
    caller_tag(errand->desk->address_key, errand->address, ret->address);
    enum fault no = ledger_resident_id_of_code(errand->desk->plan.ledger, errand->slug,
                                               text_of(ret->serial), ret->resident);
    if (no) say_fault(visit, no);
    return !no;
}

/* ---- areas ----------------------------------------------------------------------------------- */

struct areas_asked {
    struct visit *visit;
    void (*go_on)(void *ctx, struct text codes);
    void *ctx;
};

static void areas_answer(void *ctx, const struct ledger_answer *answer)
{
    const struct areas_asked *asked = ctx;
    struct errand *errand = errand_of(asked->visit);
    if (say_no(asked->visit, answer)) {
        asked->go_on(asked->ctx, TEXT_NONE);
        return;
    }
    const struct community_view *view = answer->outcome;
    areas_seen_put(errand->desk->areas, errand->slug, view->areas);
    asked->go_on(asked->ctx, view->areas);
}

void with_areas(struct visit *visit, void (*go_on)(void *ctx, struct text codes), void *ctx)
{
    struct errand *errand = errand_of(visit);
    struct text codes = areas_seen_get(errand->desk->areas, errand->slug);
    if (codes.at) {
        go_on(ctx, codes);
        return;
    }
    struct areas_asked *asked = arena_alloc(&visit->arena, sizeof *asked);
    if (!asked) {
        say_fault(visit, FAULT_MEMORY);
        go_on(ctx, TEXT_NONE);
        return;
    }
    *asked = (struct areas_asked){.visit = visit, .go_on = go_on, .ctx = ctx};
    ledger_community_view(errand->desk->plan.ledger, errand->slug, areas_answer, asked);
}

struct text area_code(struct text codes, uint64_t index)
{
    struct text code = text_cut(&codes, ',');
    for (uint64_t i = 0; i < index && code.at; i++)
        code = text_cut(&codes, ',');
    return code.at ? code : TEXT("");
}
