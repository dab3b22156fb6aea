/* import_setup.c -- a community for an election: money, residents, a round, a tender, proposals.
 *
 * Every step is one call after another through the API, by the operator. Where one is refused the
 * import ends: a community that is half there is left as it is, and another slug is asked for. */
#include "import.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/money.h"

#define BATCH 1000
#define TEXT_POINTS_MAX 200 /* of titles and names, in code points */
#define YEAR_MS (UINT64_C(365) * 86400000)
/* ISO 4217 for "no currency". */
#define CURRENCY_NONE "XX" "X"

/* A name as the API takes it: cut to its most code points, or `otherwise` where it is empty. */
static json_t *name_json(struct text name, const char *otherwise)
{
    size_t n = 0, points = 0;
    if (name.n == 0) name = text_of(otherwise);
    while (n < name.n && points <= TEXT_POINTS_MAX) { /* bytes 10xxxxxx go on with a code point */
        if (((unsigned char)name.at[n] & 0xc0) != 0x80 && ++points > TEXT_POINTS_MAX) break;
        n++;
    }
    return json_stringn(name.at, n);
}

/* POSTs and takes over the body, which may be NULL where memory is short. */
static enum verb_exit send(struct import *im, const char *path, json_t *body, json_t **ret)
{
    CLEANUP(json_ref) json_t *owned = body;
    if (!owned) return verb_fail(im->args, "out of memory");
    return client_ask(&im->client, "POST", path, owned, NULL, ret);
}

static bool currency_is_code(struct text currency)
{
    for (size_t i = 0; i < currency.n; i++)
        if (currency.at[i] < 'A' || currency.at[i] > 'Z') return false;
    return currency.n == 3;
}

static enum verb_exit community_make(struct import *im)
{
    json_t *areas = json_array();
    char code[32];
    for (size_t i = 0; i < im->pb.areas_n; i++) {
        (void)snprintf(code, sizeof(code), "a%zu", i + 1);
        json_array_append_new(areas, json_pack("{s:s, s:o}", "code", code, "name",
                                               name_json(im->pb.areas[i], code)));
    }
    if (!currency_is_code(im->pb.currency)) im->pb.currency = TEXT(CURRENCY_NONE);
    return send(im, "/v1/communities",
                json_pack("{s:s, s:o, s:s%, s:i, s:i, s:o}", "slug", im->slug, "name",
                          name_json(im->pb.description, im->slug), "currency", im->pb.currency.at,
                          im->pb.currency.n, "area_residents_min", 1, "members_min", 0,
                          "areas", areas),
                NULL);
}

static enum verb_exit fund_make(struct import *im, uint64_t amount, const char *reference)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "/v1/communities/%s/funds", im->slug);
    return send(im, path,
                json_pack("{s:I, s:s, s:s}", "amount", (json_int_t)amount, "source",
                          "Participatory budget", "reference", reference),
                NULL);
}

/* ---- residents ------------------------------------------------------------------------------- */

/* Mints tokens for those just registered, in the same order. */
static enum verb_exit tokens_make(struct import *im, json_t *ids, size_t from)
{
    CLEANUP(json_ref) json_t *answer = NULL;
    const enum verb_exit end = send(im, "/v1/tokens",
                                    json_pack("{s:s, s:s, s:O, s:i}", "role", "resident",
                                              "community", im->slug, "subjects", ids, "days", 2),
                                    &answer);
    if (end) return end;
    const json_t *tokens = json_object_get(answer, "tokens");
    if (json_array_size(tokens) != json_array_size(ids))
        return verb_fail(im->args, "the server minted another number of tokens");
    for (size_t i = 0; i < json_array_size(tokens); i++) {
        const char *token = client_text(json_array_get(tokens, i), "token");
        im->voters[from + i].token = arena_text(&im->arena, text_of(token)).at;
        if (!im->voters[from + i].token) return verb_fail(im->args, "out of memory");
    }
    return VERB_DONE;
}

static enum verb_exit residents_make(struct import *im, size_t from, size_t to)
{
    char path[128], code[32];
    CLEANUP(json_ref) json_t *answer = NULL;
    json_t *list = json_array();
    for (size_t i = from; i < to; i++) {
        const struct pb_voter *voter = im->voters[i].from;
        (void)snprintf(code, sizeof(code), "a%u", voter->area + 1);
        json_array_append_new(
            list, json_pack("{s:s%, s:s}", "ref", voter->id.at, voter->id.n, "area", code));
    }
    (void)snprintf(path, sizeof(path), "/v1/communities/%s/residents", im->slug);
    const enum verb_exit end = send(im, path, json_pack("{s:o}", "residents", list), &answer);
    if (end) return end;
    json_t *ids = json_object_get(answer, "residents");
    if (json_array_size(ids) != to - from)
        return verb_fail(im->args, "the server registered another number of residents");
    return tokens_make(im, ids, from);
}

static enum verb_exit residents_all(struct import *im)
{
    enum verb_exit end = VERB_DONE;
    for (size_t from = 0; from < im->pb.voters_n && !end; from += BATCH) {
        const size_t left = im->pb.voters_n - from;
        end = residents_make(im, from, from + (left < BATCH ? left : BATCH));
    }
    return end;
}

/* ---- round, tender, proposals ---------------------------------------------------------------- */

static enum verb_exit round_make(struct import *im)
{
    char path[128], closes[CLOCK_STAMP_SIZE];
    (void)snprintf(path, sizeof(path), "/v1/communities/%s/rounds", im->slug);
    clock_stamp(clock_wall_ms() + 2 * YEAR_MS, closes);
    return send(im, path,
                json_pack("{s:I, s:i, s:s, s:s}", "allotment", (json_int_t)im->allotment_minor,
                          "token", 1, "closes", closes, "roll", "pabulib"),
                NULL);
}

static enum verb_exit tender_make(struct import *im)
{
    char path[128], closes[CLOCK_STAMP_SIZE];
    CLEANUP(json_ref) json_t *answer = NULL;
    const size_t projects = im->pb.projects_n - im->projects_dear - im->projects_beyond;
    (void)snprintf(path, sizeof(path), "/v1/communities/%s/tenders", im->slug);
    clock_stamp(clock_wall_ms() + YEAR_MS, closes);
    const enum verb_exit end =
        send(im, path,
             json_pack("{s:s, s:o, s:I, s:I, s:I, s:I, s:I, s:s}", "body", "import", "title",
                       name_json(im->pb.description, im->slug), "ceiling",
                       (json_int_t)im->pb.budget_minor, "people_min", (json_int_t)im->people_min,
                       "areas_min", (json_int_t)im->areas_min, "area_people_min",
                       (json_int_t)im->area_people_min, "awards_max", (json_int_t)projects,
                       "closes", closes),
             &answer);
    const char *id = client_text(answer, "tender");
    if (!end && !id) return verb_fail(im->args, "the server drafted a tender without an id");
    if (!end) (void)snprintf(im->tender, sizeof(im->tender), "%s", id);
    return end;
}

static enum verb_exit proposal_make(struct import *im, struct import_project *project)
{
    char path[128], otherwise[] = "(without a name)";
    CLEANUP(json_ref) json_t *answer = NULL;
    const struct pb_project *from = project->from;
    (void)snprintf(path, sizeof(path), "/v1/tenders/%s/proposals", im->tender);
    const struct text name = from->name.n ? from->name : from->id;
    const enum verb_exit end =
        send(im, path,
             json_pack("{s:o, s:o, s:I}", "title", name_json(name, otherwise), "summary",
                       name_json(from->id, otherwise), "price", (json_int_t)from->cost_minor),
             &answer);
    const char *id = client_text(answer, "proposal");
    if (!end && !id) return verb_fail(im->args, "the server took a proposal without an id");
    if (!end) (void)snprintf(project->id, sizeof(project->id), "%s", id);
    return end;
}

static enum verb_exit proposals_all(struct import *im)
{
    enum verb_exit end = VERB_DONE;
    for (size_t i = 0; i < im->pb.projects_n && !end; i++)
        if (!im->projects[i].skipped) end = proposal_make(im, &im->projects[i]);
    return end;
}

static enum verb_exit tender_open(struct import *im)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "/v1/tenders/%s/open", im->tender);
    return client_ask(&im->client, "POST", path, NULL, NULL, NULL);
}

enum verb_exit import_setup(struct import *im)
{
    const uint64_t began_us = clock_steady_us();
    enum verb_exit end = community_make(im);
    if (!end) end = fund_make(im, im->pb.budget_minor, "budget");
    if (!end && im->rounding_minor) end = fund_make(im, im->rounding_minor, "rounding");
    if (!end) end = residents_all(im);
    if (!end) end = round_make(im);
    if (!end) end = tender_make(im);
    if (!end) end = proposals_all(im);
    if (!end) end = tender_open(im);
    im->setup_us = clock_steady_us() - began_us;
    return end;
}
