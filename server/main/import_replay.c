/* import_replay.c -- votes as pledges: waves, and passes until the money comes to rest.
 *
 * Several voters are pledging at any time, each one pledge after the other. A voter divides what is
 * free over the choices that still take pledges, in proportion to their points. That somebody else
 * completes a proposal in between is what the platform is for: the refusal is noted, and the money
 * divided again in the next pass. Money only comes free by an activation, so passes are few. */
#include "import.h"

#include "divide.h"
#include "groundswell/base/clock.h"

#define PASSES_MAX 512
#define TELL_US 1000000

struct replay;

struct turn { /* one voter at it */
    struct replay *replay;
    struct import_voter *voter;
    uint64_t targets[IMPORT_CHOICES_MAX];
    size_t at;
};

struct replay {
    struct import *im;
    struct turn *turns;
    size_t next, until; /* voters whose turn comes in this pass */
    bool stirred;       /* something was activated or refused since the pass began */
    uint64_t began_us, told_us;
    size_t activated;
    enum verb_exit end;
};

bool import_takes(const struct import *im, size_t project)
{
    return im->projects[project].id[0] && !im->projects[project].activated && !im->decided;
}

uint64_t import_free(const struct import *im, const struct import_voter *voter)
{
    uint64_t taken = 0;
    for (size_t i = 0; i < voter->pledges_n; i++) {
        const struct import_pledge *pledge = &voter->pledges[i];
        const struct import_project *project = &im->projects[pledge->project];
        const bool share = project->activated && project->rho && project->rho < pledge->amount;
        if (project->activated || !im->decided) taken += share ? project->rho : pledge->amount;
    }
    INVARIANT(taken <= im->allotment_minor);
    return im->allotment_minor - taken;
}

/* ---- one voter ------------------------------------------------------------------------------- */

/* False where there is nothing to divide, or nobody to give it to. */
static bool turn_plan(struct turn *turn, struct import_voter *voter)
{
    const struct import *im = turn->replay->im;
    uint32_t weights[IMPORT_CHOICES_MAX];
    uint64_t shares[IMPORT_CHOICES_MAX];
    size_t places[IMPORT_CHOICES_MAX], n = 0;
    const uint64_t free_minor = import_free(im, voter);
    turn->voter = voter;
    turn->at = 0;
    if (free_minor == 0) return false;
    for (size_t i = 0; i < voter->pledges_n; i++) {
        turn->targets[i] = voter->pledges[i].amount;
        if (!import_takes(im, voter->pledges[i].project)) continue;
        weights[n] = voter->pledges[i].points;
        places[n++] = i;
    }
    if (n == 0) return false;
    divide_free(free_minor, weights, n, shares);
    for (size_t i = 0; i < n; i++)
        turn->targets[places[i]] += shares[i];
    return true;
}

static void turn_go_on(struct turn *turn);

/* True where the answer is one that a pledge may get. */
static bool refusal_is_usual(struct replay *replay, const struct turn *turn, const json_t *said)
{
    struct import *im = replay->im;
    const char *code = client_text(said, "code");
    if (!code) return false;
    if (strcmp(code, "proposal_activated") == 0)
        im->projects[turn->voter->pledges[turn->at].project].activated = true;
    else if (strcmp(code, "tender_closed") == 0) im->decided = true;
    else return false;
    im->refused++;
    replay->stirred = true;
    return true;
}

/* Progress, once a second and at the end. */
static void replay_tell(struct replay *replay, bool last)
{
    const uint64_t now_us = clock_steady_us(), us = now_us - replay->began_us + 1;
    if (!last && now_us - replay->told_us < TELL_US) return;
    replay->told_us = now_us;
    fprintf(stderr, "%llu pledges, %zu commissions, %llu pledges a second\n",
            (unsigned long long)replay->im->pledges_sent, replay->activated,
            (unsigned long long)(replay->im->pledges_sent * 1000000 / us));
}

static void pledge_note(struct replay *replay, const struct turn *turn, const json_t *said)
{
    struct import *im = replay->im;
    struct import_pledge *pledge = &turn->voter->pledges[turn->at];
    struct import_project *project = &im->projects[pledge->project];
    const json_t *amount = json_object_get(json_object_get(said, "pledge"), "amount");
    pledge->amount = (uint64_t)json_integer_value(amount);
    im->pledges_sent++;
    replay_tell(replay, false);
    if (!json_is_true(json_object_get(said, "activated"))) return;
    project->activated = true;
    project->rho = (uint64_t)json_integer_value(json_object_get(said, "rho"));
    replay->activated++;
    replay->stirred = true;
}

static void pledge_done(void *ctx, const struct fetch_answer *answer)
{
    struct turn *turn = ctx;
    struct replay *replay = turn->replay;
    CLEANUP(json_ref) json_t *said = NULL;
    const bool read = !answer->fault && !json_read(answer->body, JSON_DEPTH_MAX, &said, NULL);
    if (read && answer->status == 200) pledge_note(replay, turn, said);
    else if ((!read || !refusal_is_usual(replay, turn, said)) && !replay->end)
        replay->end = client_tell(replay->im->args, "a pledge", answer);
    turn->at++;
    turn_go_on(turn);
}

static void pledge_ask(struct turn *turn)
{
    char path[64 + IMPORT_ID_SIZE], body[64], key[CLIENT_KEY_SIZE];
    struct import *im = turn->replay->im;
    (void)snprintf(path, sizeof(path), "/v1/proposals/%s/pledge",
                   im->projects[turn->voter->pledges[turn->at].project].id);
    (void)snprintf(body, sizeof(body), "{\"amount\":%llu}",
                   (unsigned long long)turn->targets[turn->at]);
    client_key(key);
    const struct fetch_request request = {.method = "PUT",
                                          .path = path,
                                          .bearer = turn->voter->token,
                                          .key = key,
                                          .body = text_of(body)};
    if (fetch_ask(im->client.fetch, &request, pledge_done, turn))
        turn->replay->end = verb_fail(im->args, "out of memory");
}

static bool turn_has_more(struct turn *turn)
{
    const struct import_voter *voter = turn->voter;
    for (; voter && turn->at < voter->pledges_n; turn->at++) {
        const struct import_pledge *pledge = &voter->pledges[turn->at];
        if (turn->targets[turn->at] > pledge->amount &&
            import_takes(turn->replay->im, pledge->project))
            return true;
    }
    return false;
}

/* Sends the voter's next pledge, or the first one of the next voter who has any. */
static void turn_go_on(struct turn *turn)
{
    struct replay *replay = turn->replay;
    while (!replay->end && !turn_has_more(turn)) {
        turn->voter = NULL;
        if (replay->next == replay->until) return;
        struct import_voter *voter = &replay->im->voters[replay->next++];
        if (!turn_plan(turn, voter)) turn->voter = NULL;
    }
    if (!replay->end) pledge_ask(turn);
}

/* ---- waves and passes ------------------------------------------------------------------------ */

/* Voters from..until take their turns; returns when the last one is done. */
static void replay_pass(struct replay *replay, size_t from, size_t until)
{
    struct import *im = replay->im;
    replay->stirred = false;
    replay->next = from;
    replay->until = until;
    for (size_t i = 0; i < im->in_flight; i++)
        turn_go_on(&replay->turns[i]);
    const enum fault no = fetch_run(im->client.fetch);
    if (no && !replay->end)
        replay->end = verb_fail(im->args, "asking the server: %s", fault_name(no));
    im->passes++;
}

/* What came free is pledged again, until nothing comes free any more. */
static void replay_again(struct replay *replay, size_t until)
{
    struct import *im = replay->im;
    while (replay->stirred && !replay->end && !im->decided) {
        if (im->passes >= PASSES_MAX) {
            im->unsettled = true;
            return;
        }
        replay->end = import_look(im);
        if (!replay->end) replay_pass(replay, 0, until);
    }
}

enum verb_exit import_replay(struct import *im)
{
    struct replay replay = {.im = im, .began_us = clock_steady_us()};
    replay.told_us = replay.began_us;
    replay.turns = calloc(im->in_flight, sizeof *replay.turns);
    if (!replay.turns) return verb_fail(im->args, "out of memory");
    for (size_t i = 0; i < im->in_flight; i++)
        replay.turns[i].replay = &replay;
    const size_t n = im->pb.voters_n, wave = im->wave && im->wave < n ? (size_t)im->wave : n;
    for (size_t from = 0; from < n && !replay.end && !im->unsettled; from += wave) {
        const size_t until = n - from < wave ? n : from + wave;
        replay_pass(&replay, from, until);
        replay_again(&replay, until);
    }
    im->replay_us = clock_steady_us() - replay.began_us + 1;
    replay_tell(&replay, true);
    free(replay.turns);
    return replay.end;
}

/* ---- looking --------------------------------------------------------------------------------- */

size_t import_project_of(const struct import *im, const char *id)
{
    for (size_t i = 0; id && i < im->pb.projects_n; i++)
        if (strcmp(im->projects[i].id, id) == 0) return i;
    return im->pb.projects_n;
}

enum verb_exit import_look(struct import *im)
{
    char path[128];
    size_t i;
    const json_t *item;
    CLEANUP(json_ref) json_t *said = NULL;
    (void)snprintf(path, sizeof(path), "/v1/tenders/%s/proposals?limit=%d", im->tender,
                   IMPORT_PROJECTS_MAX);
    const enum verb_exit end = client_ask(&im->client, "GET", path, NULL, NULL, &said);
    if (end) return end;
    json_array_foreach (json_object_get(said, "items"), i, item) {
        const char *state = client_text(item, "state");
        const size_t at = import_project_of(im, client_text(item, "proposal"));
        if (at == im->pb.projects_n || !state)
            return verb_fail(im->args, "the server shows a proposal that nobody made");
        struct import_project *project = &im->projects[at];
        project->activated = strcmp(state, "activated") == 0;
        project->rho = (uint64_t)json_integer_value(json_object_get(item, "rho"));
        project->pledged = (uint64_t)json_integer_value(json_object_get(item, "pledged"));
        project->people = (uint64_t)json_integer_value(json_object_get(item, "people"));
    }
    return VERB_DONE;
}
