/* check.c -- whether the Redis behind a fresh connection may hold a ledger.
 *
 * Asked at every connect, because a Redis that was restarted by hand may have lost its settings:
 *   version 7 or newer                    Functions
 *   a master, not loading, no cluster     it can be written, in one place
 *   appendonly yes, appendfsync always    an answered write is on disk
 *   maxmemory-policy noeviction           a full Redis refuses; it does not forget wallets
 * Where CONFIG is forbidden nobody can know, so the store stays down and says that. */
#include "groundswell/base/log.h"
#include "pool.h"

#define VERSION_MAJOR_MIN 7

struct wanted {
    const char *name, *value, *why;
};

static const struct wanted settings[] = {
    {"appendonly", "yes", "keeps no append-only file: it needs `appendonly yes`"},
    {"appendfsync", "always", "answers before the disk has it: it needs `appendfsync always`"},
    {"maxmemory-policy", "noeviction",
     "may forget entries: it needs `maxmemory-policy noeviction`"},
};

/* The value in a line `name:value` of INFO. */
static struct text info(struct text lines, const char *name)
{
    while (lines.at) {
        struct text value = text_trim(text_cut(&lines, '\n'));
        struct text key = text_cut(&value, ':');
        if (text_is(key, name))
            return value;
    }
    return TEXT_NONE;
}

/* Reports an error reply as the reason; silent where the connection is gone, for then it was
 * reported. */
static bool refused(struct connection *connection, enum fault fault, const struct answer *answer,
                    const char *what)
{
    if (!fault)
        return false;
    if (fault != FAULT_LOST && fault != FAULT_TIMEOUT) {
        char why[WHY_SIZE];
        struct text word = answer_error_word(answer);
        connection->store->locked_out = text_is(word, "NOAUTH") || text_is(word, "WRONGPASS") ||
                                        text_is(word, "NOPERM");
        snprintf(why, sizeof why, "%s (%.*s)", what, TEXT_ARGS(word));
        connection_lose(connection, why, NULL);
    }
    return true;
}

static void config_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct connection *connection = ctx;
    if (refused(connection, fault, answer, "does not let its settings be read with CONFIG GET"))
        return;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        if (!text_is(answer_text(answer_field(answer, settings[i].name)), settings[i].value)) {
            connection_lose(connection, settings[i].why, NULL);
            return;
        }
    pool_opened(connection);
}

/* Why this Redis will not do; NULL when it does, so far. */
static const char *judge(struct connection *connection, struct text lines)
{
    struct text run_id = info(lines, "run_id"), version = info(lines, "redis_version");
    struct text minor = version, major = text_cut(&minor, '.');
    uint64_t number;
    if (!run_id.n || run_id.n >= sizeof connection->run_id || !text_to_u64(major, 1000, &number))
        return "does not answer like a Redis";
    if (number < VERSION_MAJOR_MIN)
        return "is too old: it needs version 7 or newer";
    if (text_is(info(lines, "loading"), "1"))
        return "is loading its data";
    if (!text_is(info(lines, "role"), "master"))
        return "is a replica: nothing can be written there";
    if (text_is(info(lines, "redis_mode"), "cluster"))
        return "is a cluster, which is not spoken here yet";
    memcpy(connection->run_id, run_id.at, run_id.n);
    connection->run_id[run_id.n] = 0;
    snprintf(connection->store->version, sizeof connection->store->version, "%.*s",
             TEXT_ARGS(version));
    return NULL;
}

static void info_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    struct connection *connection = ctx;
    if (refused(connection, fault, answer, "does not say what it is"))
        return;
    const char *why = judge(connection, answer_text(answer));
    if (why) {
        connection_lose(connection, why, NULL);
        return;
    }
    const struct text argv[] = {TEXT("CONFIG"), TEXT("GET"), TEXT("appendonly"),
                                TEXT("appendfsync"),
                                TEXT("maxmemory-policy")};
    connection_ask(connection, argv, 5, STORE_DEADLINE_MS, config_answer, connection);
}

static void ask_info(struct connection *connection)
{
    const struct text argv[] = {TEXT("INFO")};
    connection_ask(connection, argv, 1, STORE_DEADLINE_MS, info_answer, connection);
}

static void auth_answer(void *ctx, enum fault fault, const struct answer *answer)
{
    if (!refused(ctx, fault, answer, "does not accept our password"))
        ask_info(ctx);
}

void check_begin(struct connection *connection)
{
    struct store *store = connection->store;
    if (!store->password) {
        ask_info(connection);
        return;
    }
    struct text argv[3] = {TEXT("AUTH")};
    size_t n = 1;
    if (store->user)
        argv[n++] = text_of(store->user);
    argv[n++] = text_of(store->password);
    connection_ask(connection, argv, n, STORE_DEADLINE_MS, auth_answer, connection);
}
