/* demo.c -- the verb that fills in a small community to try things on, through the API alone.
 *
 * Every step looks first and does only what is missing, so that it may be run again and again, also
 * after it was interrupted. */
#include "client.h"
#include "groundswell/base/clock.h"

#define SLUG "riverside"
#define C "/v1/communities/" SLUG
#define BODY "river-voices"
#define RESIDENTS 60
#define AREAS 3
#define DAY_MS UINT64_C(86400000)
#define ROUND_DAYS 90
#define TENDER_DAYS 60
#define TOKEN_DAYS 90
#define LETTER_DAYS 30
#define TOKEN_SIZE 512
#define ID_SIZE 64

struct demo {
    const struct args *args;
    struct client client;
    char resident[ID_SIZE], tender[ID_SIZE], proposal[ID_SIZE];
};

/* What a proposal asks for; the first is near enough to its price for one person to try. */
static const struct demo_proposal {
    const char *title, *summary, *provider;
    int price;
} demo_proposals[] = {
    {"Weekly cook-and-eat evenings",
     "A warm room, one pot, and company, every Thursday for a year.", "Riverside Kitchen", 60000},
    {"Benches along the tow path", "Six benches with backs, made by the estate's own workshop.",
     "Old Lock Workshop", 90000},
};
#define DEMO_PROPOSALS_N (sizeof(demo_proposals) / sizeof(demo_proposals[0]))

/* A stamp some days from now. */
static const char *days_on(uint64_t days, char ret[static CLOCK_STAMP_SIZE])
{
    clock_stamp(clock_wall_ms() + days * DAY_MS, ret);
    return ret;
}

/* Asks, and takes over the body, which may be NULL where memory is short. */
static enum verb_exit ask_with(struct demo *demo, const char *path, json_t *body, json_t **ret)
{
    CLEANUP(json_ref) json_t *owned = body;
    if (!owned) return verb_fail(demo->args, "out of memory");
    return client_ask(&demo->client, "POST", path, owned, NULL, ret);
}

/* `noun` is the member that holds the id: "tender". */
static enum verb_exit id_take(struct demo *demo, const json_t *answer, const char *noun,
                              char ret[static ID_SIZE])
{
    const char *id = client_text(answer, noun);
    if (!id) return verb_fail(demo->args, "an answer names no %s", noun);
    (void)snprintf(ret, ID_SIZE, "%s", id);
    return VERB_DONE;
}

static enum verb_exit demo_community(struct demo *demo)
{
    long status;
    enum verb_exit end = client_ask(&demo->client, "GET", C, NULL, &status, NULL);
    if (end || status == 200) return end;
    return ask_with(demo, "/v1/communities",
                    json_pack("{s:s, s:s, s:s, s:i, s:i, s:[{s:s,s:s},{s:s,s:s},{s:s,s:s}]}",
                              "slug", SLUG, "name", "Riverside", "currency", "GBP",
                              "area_residents_min", 10, "members_min", 0, "areas", "code",
                              "north", "name", "North Bank", "code", "lock", "name", "Old Lock",
                              "code", "south", "name", "South Field"),
                    NULL);
}

static enum verb_exit demo_fund(struct demo *demo)
{
    CLEANUP(json_ref) json_t *funds = NULL;
    enum verb_exit end = client_ask(&demo->client, "GET", C "/funds", NULL, NULL, &funds);
    if (end || json_array_size(json_object_get(funds, "items")) > 0) return end;
    return ask_with(demo, C "/funds",
                    json_pack("{s:i, s:s, s:s}", "amount", 1000000, "source",
                              "Riverside Local Trust", "reference", "demo"),
                    NULL);
}

/* Registering again is how their ids are learnt again. */
static enum verb_exit demo_residents(struct demo *demo)
{
    static const char *const areas[AREAS] = {"north", "lock", "south"};
    CLEANUP(json_ref) json_t *answer = NULL;
    json_t *residents = json_array();
    for (int i = 0; i < RESIDENTS; i++) {
        char ref[32];
        (void)snprintf(ref, sizeof(ref), "demo-%03d", i + 1);
        json_array_append_new(residents,
                              json_pack("{s:s, s:s}", "ref", ref, "area", areas[i % AREAS]));
    }
    const enum verb_exit end =
        ask_with(demo, C "/residents", json_pack("{s:o}", "residents", residents), &answer);
    if (end) return end;
    const char *first = json_string_value(json_array_get(json_object_get(answer, "residents"), 0));
    if (!first) return verb_fail(demo->args, "registering answered no ids");
    (void)snprintf(demo->resident, ID_SIZE, "%s", first);
    return VERB_DONE;
}

static enum verb_exit demo_round(struct demo *demo)
{
    char closes[CLOCK_STAMP_SIZE];
    CLEANUP(json_ref) json_t *community = NULL;
    enum verb_exit end = client_ask(&demo->client, "GET", C, NULL, NULL, &community);
    if (end || json_is_true(json_object_get(community, "open"))) return end;
    return ask_with(demo, C "/rounds",
                    json_pack("{s:i, s:i, s:s, s:s}", "allotment", 5000, "token", 100, "closes",
                              days_on(ROUND_DAYS, closes), "roll", "invented"),
                    NULL);
}

/* The last tender that is still a draft or open; none: *ret_draft is true and tender is empty. */
static enum verb_exit tender_find(struct demo *demo, bool *ret_draft)
{
    CLEANUP(json_ref) json_t *tenders = NULL;
    const enum verb_exit end = client_ask(&demo->client, "GET", C "/tenders", NULL, NULL, &tenders);
    if (end) return end;
    size_t i;
    const json_t *tender;
    *ret_draft = true;
    json_array_foreach (json_object_get(tenders, "items"), i, tender) {
        const char *state = client_text(tender, "state");
        if (!state || (strcmp(state, "draft") != 0 && strcmp(state, "open") != 0)) continue;
        *ret_draft = strcmp(state, "draft") == 0;
        if (id_take(demo, tender, "tender", demo->tender)) return VERB_FAILED;
    }
    return VERB_DONE;
}

static enum verb_exit tender_make(struct demo *demo)
{
    char closes[CLOCK_STAMP_SIZE];
    CLEANUP(json_ref) json_t *made = NULL;
    const enum verb_exit end =
        ask_with(demo, C "/tenders",
                 json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:s}", "body", BODY, "title",
                           "Things that bring neighbours out of their flats", "need",
                           "Many people along the river see nobody for days.", "ceiling", 100000,
                           "people_min", 20, "areas_min", 2, "area_people_min", 3, "closes",
                           days_on(TENDER_DAYS, closes)),
                 &made);
    return end ? end : id_take(demo, made, "tender", demo->tender);
}

/* Submits what is missing of a draft, and opens it. */
static enum verb_exit tender_fill(struct demo *demo, size_t proposals_n)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "/v1/tenders/%s/proposals", demo->tender);
    for (size_t i = proposals_n; i < DEMO_PROPOSALS_N; i++) {
        const struct demo_proposal *from = &demo_proposals[i];
        const enum verb_exit end =
            ask_with(demo, path,
                     json_pack("{s:s, s:s, s:s, s:i}", "title", from->title, "summary",
                               from->summary, "provider", from->provider, "price", from->price),
                     NULL);
        if (end) return end;
    }
    (void)snprintf(path, sizeof(path), "/v1/tenders/%s/open", demo->tender);
    return client_ask(&demo->client, "POST", path, NULL, NULL, NULL);
}

static enum verb_exit proposals_ask(struct demo *demo, json_t **ret)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "/v1/tenders/%s/proposals", demo->tender);
    return client_ask(&demo->client, "GET", path, NULL, NULL, ret);
}

static enum verb_exit demo_tender(struct demo *demo)
{
    bool draft;
    CLEANUP(json_ref) json_t *proposals = NULL;
    enum verb_exit end = tender_find(demo, &draft);
    if (!end && !demo->tender[0]) end = tender_make(demo);
    if (!end) end = proposals_ask(demo, &proposals);
    if (!end && draft) {
        end = tender_fill(demo, json_array_size(json_object_get(proposals, "items")));
        json_decref(proposals);
        proposals = NULL;
        if (!end) end = proposals_ask(demo, &proposals);
    }
    if (end) return end;
    return id_take(demo, json_array_get(json_object_get(proposals, "items"), 0), "proposal",
                   demo->proposal);
}

static enum verb_exit demo_tell(struct demo *demo)
{
    const struct {
        const char *who, *role, *scope, *subject;
    } visitors[] = {
        {"operator", "operator", "*", "demo-operator"},
        {"trust officer", "trust", "*", "demo-officer"},
        {"clerk of " BODY, "clerk", SLUG, BODY},
        {"resident", "resident", SLUG, demo->resident},
    };
    const char *url = demo->client.url;
    char token[TOKEN_SIZE] = "";
    printf("\nThe demo community is at %s/c/" SLUG "\nand for programs at %s" C "\n\n", url, url);
    for (size_t i = 0; i < sizeof(visitors) / sizeof(visitors[0]); i++) {
        CLEANUP(buf) struct buf minted = BUF_MAX(TOKEN_SIZE - 1);
        const enum verb_exit end = client_mint(&demo->client, visitors[i].role, visitors[i].scope,
                                               visitors[i].subject, TOKEN_DAYS, &minted);
        if (end) return end;
        (void)snprintf(token, sizeof(token), "%.*s", TEXT_ARGS(buf_view(&minted)));
        printf("%-22s %s\n", visitors[i].who, token);
    }
    printf("\nA first pledge, of 15.00, by the resident:\n\n"
           "curl -X PUT %s/v1/proposals/%s/pledge \\\n"
           "  -H 'Authorization: Bearer %s' \\\n"
           "  -H 'Idempotency-Key: my-first-pledge' -H 'Content-Type: application/json' \\\n"
           "  -d '{\"amount\": 1500}'\n\n",
           url, demo->proposal, token);
    return VERB_DONE;
}

/* A letter to the second resident. The one before it is good no more. */
static enum verb_exit demo_letter(struct demo *demo)
{
    char expires[CLOCK_STAMP_SIZE];
    CLEANUP(json_ref) json_t *issued = NULL;
    const enum verb_exit end = ask_with(demo, C "/codes",
                                        json_pack("{s:[s], s:s}", "refs", "demo-002", "expires_at",
                                                  days_on(LETTER_DAYS, expires)),
                                        &issued);
    if (end) return end;
    const char *link = client_text(json_array_get(json_object_get(issued, "codes"), 0), "link");
    if (!link) return verb_fail(demo->args, "issuing a code answered none");
    printf("\nA resident's letter; with this link they come in, in a browser, once:\n\n%s\n",
           link);
    return VERB_DONE;
}

static enum verb_exit demo_run(const struct args *args)
{
    static enum verb_exit (*const steps[])(struct demo * demo) = {
        demo_community, demo_fund,   demo_residents, demo_round,
        demo_tender,    demo_letter, demo_tell};
    struct demo demo = {.args = args};
    enum verb_exit end = client_open(args, 1, &demo.client);
    for (size_t i = 0; !end && i < sizeof(steps) / sizeof(steps[0]); i++)
        end = steps[i](&demo);
    client_close(&demo.client);
    return end;
}

static const struct verb_option demo_options[] = {
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};

const struct verb verb_demo = {
    .name = "demo",
    .summary = "fill in a small demo community and print a token for each role",
    .about =
        "Makes the community " SLUG ", with residents, a fund, an open round and an open tender,\n"
        "where they are not there yet, and prints a bearer token for each role, a first pledge\n"
        "to try, and the link of a resident's letter. Everything goes through the API of a\n"
        "running server.",
    .options = demo_options,
    .run = demo_run,
};
