/* codes.c -- the codes that are posted to residents: issued, listed, withdrawn.
 *
 * A code is shown once, in the answer that made it, and kept only as a keyed hash: a repeated
 * request is told so. More candidates are drawn than are wanted, for a serial may be taken. As
 * JSON, as CSV for a mail merge, or as letters ready for print, as the request's Accept says.
 *
 *     areas -> issue -> (of letters) names */
#include "areas.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/ledger/codes.h"
#include "groundswell/ledger/people_views.h"
#include "handlers.h"
#include "letters.h"
#include "people.h"
#include "say.h"
#include "write.h"

#define CANDIDATES_MAX (CODES_ISSUE_MAX + CODES_SPARE_MAX)
#define CODES_PAGE_MAX 500

struct issuing {
    struct visit *visit;
    json_t *body;
    struct text codes; /* of the areas */
    uint64_t area, expires_ms;
    bool by_area;
    size_t wanted;
    char digest[REQUEST_DIGEST_SIZE + 1];
    struct code drawn[CANDIDATES_MAX];
    char hashes[CANDIDATES_MAX][HASH_TEXT_SIZE + 1];
    char residents[CODES_ISSUE_MAX][RESIDENT_ID_SIZE + 1];
    struct code_candidate candidates[CANDIDATES_MAX];
    size_t got[CODES_ISSUE_MAX]; /* which candidate each one got */
};

static void issuing_free(struct issuing *issuing)
{
    json_decref(issuing->body);
    secret_wipe(issuing->drawn, sizeof issuing->drawn);
    free(issuing);
}

/* ---- saying ---------------------------------------------------------------------------------- */

/* What a phone opens: the code stands behind '#', which no server is told. */
static void link_put(struct buf *out, const struct errand *errand, const char *code)
{
    buf_format(out, "%s/c/%.*s/join#%s", errand->desk->public_url, TEXT_ARGS(errand->slug), code);
}

static void code_write(const struct issuing *issuing, struct json_out *out, size_t i)
{
    const struct code *code = &issuing->drawn[issuing->got[i]];
    const char *ref = json_string_value(
        json_array_get(json_object_get(issuing->body, "refs"), i));
    char words[CODE_TEXT_SIZE + 1];
    CLEANUP(buf) struct buf link = BUF_MAX(KIB);
    code_format(code, words);
    link_put(&link, errand_of(issuing->visit), words);
    json_object_begin(out);
    json_text_at(out, "serial", text_of(code->serial));
    json_text_at(out, "code", text_of(words));
    if (issuing->by_area) json_text_at(out, "area", area_code(issuing->codes, issuing->area));
    else json_text_at(out, "resident", text_of(issuing->residents[i]));
    if (ref) json_text_at(out, "ref", text_of(ref));
    json_text_at(out, "link", buf_view(&link));
    json_object_end(out);
    secret_wipe(words, sizeof words);
}

static void say_codes_json(const struct issuing *issuing, const struct codes_outcome *outcome)
{
    CLEANUP(buf) struct buf body = BUF_MAX(MIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_u64_at(&out, "seq", outcome->seq);
    write_stamp(&out, "at", outcome->at_ms);
    json_bool_at(&out, "replayed", outcome->replayed);
    if (outcome->replayed)
        json_text_at(&out, "detail",
                     TEXT("Codes are shown once, in the first answer. If it was lost, revoke them "
                          "and issue others."));
    else json_u64_at(&out, "batch", outcome->batch);
    write_stamp(&out, "expires_at", issuing->expires_ms);
    json_name(&out, "codes");
    json_array_begin(&out);
    for (size_t i = 0; i < issuing->wanted && !outcome->replayed; i++)
        code_write(issuing, &out, i);
    json_array_end(&out);
    json_object_end(&out);
    say_json(issuing->visit, 201, &body);
    if (body.data) secret_wipe(body.data, body.len);
}

/* RFC 4180. Nothing here needs quotes: serials, codes, areas and slugs have none of their own. */
static void say_codes_csv(const struct issuing *issuing)
{
    struct visit *visit = issuing->visit;
    CLEANUP(buf) struct buf body = BUF_MAX(MIB);
    buf_cstr(&body, "serial,code,area,link\r\n");
    for (size_t i = 0; i < issuing->wanted; i++) {
        char words[CODE_TEXT_SIZE + 1];
        const struct code *code = &issuing->drawn[issuing->got[i]];
        struct text area = TEXT("");
        if (issuing->by_area) area = area_code(issuing->codes, issuing->area);
        code_format(code, words);
        buf_format(&body, "%s,%s,%.*s,", code->serial, words, TEXT_ARGS(area));
        link_put(&body, errand_of(visit), words);
        buf_cstr(&body, "\r\n");
    }
    if (buf_fault(&body) ||
        visit_header(visit, "Content-Disposition", TEXT("attachment; filename=\"codes.csv\"")))
        say_fault(visit, buf_fault(&body) ? buf_fault(&body) : FAULT_LIMIT);
    else visit_answer(visit, 201, "text/csv; charset=utf-8", buf_view(&body));
    if (body.data) secret_wipe(body.data, body.len);
}

static void letters_say(struct visit *visit, const struct letters *letters)
{
    CLEANUP(buf) struct buf body = BUF_MAX(LETTER_BYTES_MAX * (letters->n + 1)),
                            policy = BUF_MAX(2 * KIB);
    enum fault no = letters_put(&body, letters);
    if (!no) no = letters_policy_put(&policy);
    buf_cstr(&policy, "; frame-ancestors 'none'");
    if (!no) no = visit_header(visit, "Content-Security-Policy", buf_view(&policy));
    if (no) say_fault(visit, no);
    else visit_answer(visit, 201, "text/html; charset=utf-8", buf_view(&body));
    if (body.data) secret_wipe(body.data, body.len);
}

/* The area as people call it. */
static struct text area_name(const struct issuing *issuing, const json_t *names)
{
    const struct text code = area_code(issuing->codes, issuing->area);
    const json_t *name = json_object_getn(json_object_get(names, "areas"), code.at, code.n);
    return json_string_length(name) > 0 ? text_of(json_string_value(name)) : code;
}

/* Print-ready, a page each. `names` are the community's words, or NULL. */
static void say_codes_letters(const struct issuing *issuing, const json_t *names)
{
    struct visit *visit = issuing->visit;
    const struct errand *errand = errand_of(visit);
    const struct text name = body_text(names, "name");
    struct letter *list = calloc(issuing->wanted, sizeof *list);
    char(*words)[CODE_TEXT_SIZE + 1] = calloc(issuing->wanted, sizeof *words);
    if (!list || !words) {
        say_fault(visit, FAULT_MEMORY);
    } else {
        for (size_t i = 0; i < issuing->wanted; i++) {
            code_format(&issuing->drawn[issuing->got[i]], words[i]);
            list[i].code = text_of(words[i]);
            list[i].expires_ms = issuing->expires_ms;
            if (issuing->by_area) list[i].area = area_name(issuing, names);
        }
        const struct letters letters = {.community = name.n > 0 ? name : errand->slug,
                                        .slug = errand->slug,
                                        .public_url = errand->desk->public_url,
                                        .help = TEXT_NONE,
                                        .at = list,
                                        .n = issuing->wanted};
        letters_say(visit, &letters);
        secret_wipe(words, issuing->wanted * sizeof *words);
    }
    free(list);
    free(words);
}

/* Which candidate each one got, "0,1,5". */
static bool taken_read(struct issuing *issuing, struct text taken)
{
    for (size_t i = 0; i < issuing->wanted; i++) {
        uint64_t index;
        if (!text_to_u64(text_cut(&taken, ','), CANDIDATES_MAX - 1, &index)) return false;
        issuing->got[i] = index;
    }
    return true;
}

/* The codes are issued by now and shown this once: where the names cannot be had, slugs do. */
static void letters_names_answer(void *ctx, const struct ledger_answer *answer)
{
    struct issuing *issuing = ctx;
    const struct community_view *view = answer->outcome;
    CLEANUP(json_ref) json_t *names = NULL;
    if (view && json_read(view->text, JSON_DEPTH_MAX, &names, NULL))
        log_warn("desk", "the words of %.*s cannot be read",
                 TEXT_ARGS(errand_of(issuing->visit)->slug));
    say_codes_letters(issuing, names);
    issuing_free(issuing);
}

static void codes_issue_answer(void *ctx, const struct ledger_answer *answer)
{
    struct issuing *issuing = ctx;
    struct visit *visit = issuing->visit;
    if (!say_no(visit, answer)) {
        const struct codes_outcome *outcome = answer->outcome;
        struct text accept = visit_field(visit, "Accept");
        if (outcome->pending) say_pending(visit, outcome->seq, outcome->at_ms);
        else if (outcome->replayed) say_codes_json(issuing, outcome);
        else if (!taken_read(issuing, outcome->taken)) say_fault(visit, FAULT_FORMAT);
        else if (text_starts(accept, TEXT("text/csv"))) say_codes_csv(issuing);
        else if (text_starts(accept, TEXT("text/html"))) {
            ledger_community_view(errand_of(visit)->desk->plan.ledger, errand_of(visit)->slug,
                                  letters_names_answer, issuing);
            return;
        } else say_codes_json(issuing, outcome);
    }
    issuing_free(issuing);
}

/* ---- asking ---------------------------------------------------------------------------------- */

/* Whom the codes are for: an area, or residents by id or by the register's reference. */
static bool wanted_read(struct issuing *issuing)
{
    struct visit *visit = issuing->visit;
    struct errand *errand = errand_of(visit);
    const json_t *residents = json_object_get(issuing->body, "residents");
    const json_t *refs = json_object_get(issuing->body, "refs");
    issuing->by_area = !residents && !refs;
    if (issuing->by_area) {
        issuing->wanted = body_u64(issuing->body, "n", 0);
        if (area_index(issuing->codes, body_text(issuing->body, "area"), &issuing->area))
            return true;
        say_field_wrong(visit, "/area", "is not an area of this community");
        return false;
    }
    issuing->wanted = json_array_size(residents ? residents : refs);
    for (size_t i = 0; i < issuing->wanted; i++) {
        const char *word = json_string_value(json_array_get(residents ? residents : refs, i));
        enum fault no = FAULT_NONE;
        if (residents) snprintf(issuing->residents[i], RESIDENT_ID_SIZE + 1, "%s", word);
        else
            no = ledger_resident_id(errand->desk->plan.ledger, errand->slug, text_of(word),
                                    issuing->residents[i]);
        if (!no) continue;
        say_fault(visit, no);
        return false;
    }
    return true;
}

static bool drawn_before(const struct issuing *issuing, size_t i)
{
    for (size_t before = 0; before < i; before++)
        if (strcmp(issuing->drawn[before].serial, issuing->drawn[i].serial) == 0) return true;
    return false;
}

static void candidates_draw(struct issuing *issuing, size_t n)
{
    const struct errand *errand = errand_of(issuing->visit);
    for (size_t i = 0; i < n; i++) {
        uint8_t hash[PEOPLE_HASH_SIZE];
        CLEANUP(buf) struct buf hex = BUF_MAX(KIB);
        do code_draw(&issuing->drawn[i]);
        while (drawn_before(issuing, i));
        code_hash(errand->desk->plan.keys, errand->slug, &issuing->drawn[i], hash);
        encode_hex(&hex, hash, sizeof hash);
        INVARIANT(!buf_fault(&hex) && hex.len == HASH_TEXT_SIZE);
        memcpy(issuing->hashes[i], hex.data, HASH_TEXT_SIZE + 1);
        bool named = i < issuing->wanted && !issuing->by_area;
        issuing->candidates[i] = (struct code_candidate){
            .serial = text_of(issuing->drawn[i].serial),
            .hash = text_of(issuing->hashes[i]),
            .resident = named ? text_of(issuing->residents[i]) : TEXT(""),
            .area = issuing->area};
    }
}

static void codes_issue_with(void *ctx, struct text codes)
{
    struct issuing *issuing = ctx;
    struct errand *errand = errand_of(issuing->visit);
    issuing->codes = codes.at ? arena_text(&issuing->visit->arena, codes) : codes;
    if (!codes.at || !wanted_read(issuing)) {
        issuing_free(issuing);
        return;
    }
    size_t n = issuing->wanted + CODES_SPARE_MAX;
    candidates_draw(issuing, n);
    const struct codes_issue in = {.expires_ms = issuing->expires_ms,
                                   .person = text_of(errand->person),
                                   .digest = errand->person[0] ? text_of(issuing->digest)
                                                               : TEXT(""),
                                   .wanted = issuing->wanted,
                                   .candidates = issuing->candidates,
                                   .n = n};
    ledger_codes_issue(errand->desk->plan.ledger, &errand->act, &in, codes_issue_answer, issuing);
}

void codes_issue(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct issuing *issuing = calloc(1, sizeof *issuing);
    if (!issuing) {
        json_decref(body);
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    issuing->visit = visit;
    issuing->body = body;
    issuing->expires_ms = body_stamp(body, "expires_at");
    if (request_digest(visit, body, issuing->digest)) with_areas(visit, codes_issue_with, issuing);
    else issuing_free(issuing);
}

/* ---- revoking -------------------------------------------------------------------------------- */

static void codes_revoke_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) SAY_VIEW(ctx, 200, revoke_outcome, answer->outcome);
}

void codes_revoke(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct errand *errand = errand_of(visit);
    const json_t *list = json_object_get(body, "serials");
    size_t n = json_array_size(list);
    struct text *serials = arena_alloc(&visit->arena, (n + 1) * sizeof *serials);
    char(*words)[CODE_SERIAL_SIZE + 1] = arena_alloc(&visit->arena, (n + 1) * sizeof *words);
    if (!serials || !words) {
        say_fault(visit, FAULT_MEMORY);
        json_decref(body);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const char *typed = json_string_value(json_array_get(list, i));
        if (!code_serial_parse(text_of(typed), words[i])) {
            say_field_wrong(visit, arena_format(&visit->arena, "/serials/%zu", i),
                            "is no serial of a code");
            json_decref(body);
            return;
        }
        serials[i] = text_of(words[i]);
    }
    const struct codes_revoke in = {
        .batch = body_u64(body, "batch", 0), .serials = serials, .n = n};
    json_decref(body);
    ledger_codes_revoke(errand->desk->plan.ledger, &errand->act, &in, codes_revoke_answer, visit);
}
