/* purge.c -- the verb that has a server forget what it noted of people long enough ago. */
#include "client.h"

/* One call does all there is, up to some ten thousand steps; then it says that there is more. */
static enum verb_exit purge_run(const struct args *args)
{
    struct client client;
    bool more = true;
    enum verb_exit end = client_open(args, 1, &client);
    if (end) return end;
    while (more && !end) {
        CLEANUP(json_ref) json_t *said = NULL;
        end = client_ask(&client, "POST", "/v1/purge", NULL, NULL, &said);
        if (end) break;
        const char *before = client_text(said, "before");
        printf("%lld notes on accounts, those of %lld communities from before %s and %lld files "
               "that nobody wanted are gone\n",
               (long long)json_integer_value(json_object_get(said, "account_events")),
               (long long)json_integer_value(json_object_get(said, "communities")),
               before ? before : "?",
               (long long)json_integer_value(json_object_get(said, "files")));
        more = json_is_true(json_object_get(said, "more"));
    }
    client_close(&client);
    return end;
}

static const struct verb_option purge_options[] = {
    CLIENT_OPTIONS,
    {NULL, NULL, NULL},
};

const struct verb verb_purge = {
    .name = "purge",
    .summary = "forget what was noted of people long enough ago",
    .about = "Asks a running server to forget what is older than its setting retention_days:\n"
             "journals, wrong tries, markers of closed rounds, the secrets of expired codes; and\n"
             "files that were sent a week ago and attached to nothing since.\n"
             "The audit log stays whole. Meant for a nightly job.",
    .options = purge_options,
    .run = purge_run,
};
