/* token.c -- the verb that mints a bearer token through the API. */
#include "client.h"

static enum verb_exit token_run(const struct args *args)
{
    const char *role = args_text(args, "role"), *community = args_text(args, "community");
    const char *subject = args_text(args, "subject");
    uint64_t days;
    if (!args_number(args, "days", 30, 1, 400, &days)) return VERB_MISUSED;
    if (!role || !subject) return verb_misuse(args, "--role and --subject are needed");
    struct client client;
    enum verb_exit end = client_open(args, 1, &client);
    if (end) return end;
    CLEANUP(buf) struct buf token = BUF_MAX(KIB);
    end = client_mint(&client, role, community ? community : "*", subject, days, &token);
    if (!end) printf("%s\n", token.data);
    client_close(&client);
    return end;
}

static const struct verb_option token_options[] = {
    CLIENT_OPTIONS,
    {"role", "ROLE", "resident, clerk, trust or operator"},
    {"community", "SLUG", "where it holds; * for everywhere [*]"},
    {"subject", "ID", "the resident's id, the clerk's body, the officer"},
    {"days", "N", "how long it holds, 1 to 400 [30]"},
    {NULL, NULL, NULL},
};

const struct verb verb_token = {
    .name = "token",
    .summary = "mint a bearer token for somebody",
    .about = "Asks a running server for a token and prints it. Send it as\n"
             "`Authorization: Bearer TOKEN`.",
    .options = token_options,
    .run = token_run,
};
