/* seal.c -- the verb that waits until everything accepted so far is sealed.
 *
 * Sealing itself is the running server's work (keeper/sealer.h). This asks it how far each ledger
 * has come, once, and then watches the checkpoints in the data folder until they hold that much. */
#include <time.h>

#include "client.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/ids.h"
#include "groundswell/keeper/sealed.h"

#define LOOK_MS 20
#define WAIT_STANDARD_S 60
#define WAIT_MOST_S 86400

struct sealing {
    const struct args *args;
    struct client client;
    const char *data;
    uint64_t until_us;
    size_t communities;
    uint64_t records;
};

/* How many records the community has now. */
static enum verb_exit ledger_look(struct sealing *s, const char *slug, uint64_t *ret)
{
    char path[SLUG_MAX + 64];
    CLEANUP(json_ref) json_t *totals = NULL;
    (void)snprintf(path, sizeof(path), "/v1/communities/%s/totals", slug);
    const enum verb_exit end = client_ask(&s->client, "GET", path, NULL, NULL, &totals);
    if (end) return end;
    const json_t *seq = json_object_get(totals, "seq");
    if (!json_is_integer(seq)) return verb_fail(s->args, "%s: answered without a seq", path);
    *ret = (uint64_t)json_integer_value(seq) + 1;
    return VERB_DONE;
}

/* The sentence that a running server gives when it has stopped signing, if that is why. */
static enum verb_exit tell_late(struct sealing *s, const char *slug, uint64_t size, uint64_t wanted)
{
    CLEANUP(json_ref) json_t *problem = NULL;
    long status = 0;
    const char *why = NULL;
    if (client_ask(&s->client, "GET", "/readyz", NULL, &status, &problem) == VERB_DONE &&
        status != 200)
        why = client_text(problem, "reason");
    return verb_fail(s->args, "%s: %llu of %llu records are sealed, and time is up. %s", slug,
                     (unsigned long long)size, (unsigned long long)wanted,
                     why ? why : "The server is not behind for a reason that it knows of.");
}

static enum verb_exit seal_wait(struct sealing *s, const char *slug)
{
    uint64_t wanted = 0, size = 0;
    const enum verb_exit end = ledger_look(s, slug, &wanted);
    if (end) return end;
    for (;;) {
        const enum fault no = sealed_size(s->data, text_of(slug), &size);
        if (!no && size >= wanted) break;
        if (no && no != FAULT_ABSENT)
            return verb_fail(s->args, "%s/" SEALED_FOLDER "/%s cannot be read: %s", s->data, slug,
                             fault_name(no));
        if (clock_steady_us() > s->until_us) return tell_late(s, slug, size, wanted);
        (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
    s->communities++;
    s->records += wanted;
    return VERB_DONE;
}

/* Every community, page by page as the API links them. */
static enum verb_exit seal_wait_all(struct sealing *s)
{
    char path[512] = "/v1/communities";
    while (path[0]) {
        CLEANUP(json_ref) json_t *page = NULL;
        enum verb_exit end = client_ask(&s->client, "GET", path, NULL, NULL, &page);
        if (end) return end;
        const json_t *items = json_object_get(page, "items");
        for (size_t i = 0; i < json_array_size(items); i++) {
            const char *slug = client_text(json_array_get(items, i), "slug");
            end = slug && slug_is_valid(text_of(slug))
                      ? seal_wait(s, slug)
                      : verb_fail(s->args, "%s: answered without slugs", path);
            if (end) return end;
        }
        const char *next = client_text(json_object_get(page, "links"), "next");
        (void)snprintf(path, sizeof(path), "%s", next && next[0] == '/' ? next : "");
    }
    return VERB_DONE;
}

static enum verb_exit seal_run(const struct args *args)
{
    uint64_t seconds;
    const char *slug = args_text(args, "community");
    struct sealing s = {.args = args, .data = args_text(args, "data")};
    if (!args_number(args, "seconds", WAIT_STANDARD_S, 1, WAIT_MOST_S, &seconds))
        return VERB_MISUSED;
    if (!args_text(args, "wait"))
        return verb_misuse(args, "the server seals by itself; give --wait to wait for it");
    if (slug && !slug_is_valid(text_of(slug)))
        return verb_misuse(args, "`%s` is no community", slug);
    if (!s.data) s.data = "var";
    enum verb_exit end = client_open(args, 1, &s.client);
    if (end) return end;
    s.until_us = clock_steady_us() + seconds * 1000000;
    end = slug ? seal_wait(&s, slug) : seal_wait_all(&s);
    client_close(&s.client);
    if (!end)
        printf("sealed: %llu records of %zu communit%s\n", (unsigned long long)s.records,
               s.communities, s.communities == 1 ? "y" : "ies");
    return end;
}

static const struct verb_option seal_options[] = {
    CLIENT_OPTIONS,
    {"wait", NULL, "return when everything accepted so far is sealed"},
    {"community", "SLUG", "of this community alone [all of them]"},
    {"seconds", "N", "how long to wait at most [60]"},
    {NULL, NULL, NULL},
};

const struct verb verb_seal = {
    .name = "seal",
    .summary = "wait until everything accepted so far is sealed",
    .about =
        "Asks the running server how far each ledger has come, and returns when the signed\n"
        "checkpoints in the data folder hold that much. Ends with 1, and says why, where they do\n"
        "not within --seconds.",
    .options = seal_options,
    .run = seal_run,
};
