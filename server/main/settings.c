/* settings.c -- the table, and the four places that a value can come from. */
#include "settings.h"

#include <ctype.h>

#include "groundswell/http/visit.h"
#include "groundswell/io/file.h"
#include "groundswell/people/limit.h"
#include "groundswell/tlog/vkey.h"

#define FILE_MAX (256 * KIB)
#define DAY_MS 86400000
#define SESSION_S_MAX 31536000
#define HTTP(member, least_, most_, help_)                                                \
    {                                                                                     \
        .name = "http_" #member, .kind = KIND_NUMBER, .least = (least_), .most = (most_), \
        .http_at = offsetof(struct http_limits, member),                                  \
        .http_size = sizeof(((struct http_limits *)0)->member), .help = (help_)           \
    }
#define UPLOAD_OF(name_, member, least_, most_, help_)                                    \
    {                                                                                     \
        .name = (name_), .kind = KIND_NUMBER, .least = (least_), .most = (most_),         \
        .http_at = offsetof(struct http_limits, member),                                  \
        .http_size = sizeof(((struct http_limits *)0)->member), .help = (help_)           \
    }
#define NUMBER(name_, standard_, least_, most_, help_)                                    \
    {                                                                                     \
        .name = (name_), .kind = KIND_NUMBER, .standard = (standard_), .least = (least_), \
        .most = (most_), .help = (help_)                                                  \
    }
#define WORDS(name_, kind_, standard_, help_)                                      \
    {                                                                              \
        .name = (name_), .kind = (kind_), .standard = (standard_), .help = (help_) \
    }

const struct setting_row setting_rows[SETTINGS_N] = {
    [SETTING_DATA] = WORDS("data", KIND_PATH, "var", "folder of everything that is kept"),
    [SETTING_LISTEN] = WORDS("listen", KIND_ADDRESS, "127.0.0.1:8080",
                             "address and port; port 0 picks a free one"),
    [SETTING_PUBLIC_URL] =
        WORDS("public_url", KIND_URL, "", "how people reach it, when not by the address itself"),
    [SETTING_WORKERS] = NUMBER("workers", "1", 1, 64, "processes that share the port"),
    [SETTING_LOG_LEVEL] = WORDS("log_level", KIND_LEVEL, "info", "least that is logged"),
    [SETTING_TLS_CERT] = WORDS("tls_cert", KIND_PATH, "", "PEM file of the certificate chain"),
    [SETTING_TLS_KEY] = {.name = "tls_key",
                         .kind = KIND_PATH,
                         .standard = "",
                         .secret = true,
                         .help = "PEM file of its private key"},
    [SETTING_REDIS] = WORDS("redis", KIND_REDIS, "",
                            "redis://host:port or unix:PATH; empty: its own, in the data folder"),
    [SETTING_REDIS_USER] = WORDS("redis_user", KIND_TEXT, "", "name for AUTH"),
    [SETTING_REDIS_PASSWORD_FILE] = {.name = "redis_password_file",
                                     .kind = KIND_PATH,
                                     .standard = "",
                                     .secret = true,
                                     .help = "file with the password for AUTH"},
    [SETTING_REDIS_CONNECTIONS] =
        NUMBER("redis_connections", "8", 1, 64, "connections to Redis, of each worker"),
    [SETTING_REDIS_QUESTIONS_MAX] =
        NUMBER("redis_questions_max", "4096", 16, 65536, "questions in flight, of each worker"),
    [SETTING_REDIS_MEMORY_MAX_MIB] =
        NUMBER("redis_memory_max_mib", "0", 0, 1048576, "bound of its own Redis; 0: none"),
    [SETTING_FEED_HEARTBEAT_MS] = NUMBER("feed_heartbeat_ms", "15000", 100, DAY_MS,
                                         "silence before a feed says that it lives"),
    [SETTING_KEEPER_REST_MS] = NUMBER("keeper_rest_ms", "1000", 10, 60000,
                                      "longest pause between two looks at a community"),
    [SETTING_NOTICES_REST_MS] = NUMBER("notices_rest_ms", "5000", 10, 3600000,
                                       "pause between two looks for notices to be mailed"),
    [SETTING_WEBHOOKS_PRIVATE] = NUMBER("webhooks_private", "0", 0, 1,
                                        "1: webhooks may lead into private networks"),
    [SETTING_LOG_HOST] = WORDS("log_host", KIND_ORIGIN, "",
                               "a new audit log is named HOST/SLUG; empty: as in public_url"),
    [SETTING_LOG_MARGIN] = NUMBER("log_margin", "10000", 1, 1000000000,
                                  "sealed records of a community that stay in Redis too"),
    [SETTING_WITNESSES] = WORDS("witnesses", KIND_TEXT, "",
                                "who cosigns the logs: a file of lines `URL VKEY`, or a list of "
                                "them with commas"),
    [SETTING_TRUSTED_PROXIES] = WORDS("trusted_proxies", KIND_TEXT, "",
                                      "addresses and prefixes with commas, whose X-Forwarded-For "
                                      "is believed"),
    [SETTING_SECURITY_CONTACT] = WORDS("security_contact", KIND_TEXT, "",
                                       "mailto: or https: for /.well-known/security.txt"),
    [SETTING_BRAND_COLOUR] = WORDS("brand_colour", KIND_TEXT, "",
                                   "#rrggbb of buttons and links, readable on white"),
    [SETTING_SITE_NAME] = WORDS("site_name", KIND_TEXT, "Groundswell", "on top of every page"),
    [SETTING_SITE_CONTACT] = WORDS("site_contact", KIND_TEXT, "", "whom people write to"),
    [SETTING_TIME_ZONE] = WORDS("time_zone", KIND_TEXT, "Europe/London", "of days on pages"),
    [SETTING_MAIL_SERVER] = WORDS("mail_server", KIND_TEXT, "",
                                  "smtp://HOST:PORT or smtps://HOST:PORT; empty: no mail is sent"),
    [SETTING_MAIL_USER] = WORDS("mail_user", KIND_TEXT, "", "name for its AUTH"),
    [SETTING_MAIL_PASSWORD_FILE] = {.name = "mail_password_file",
                                    .kind = KIND_PATH,
                                    .standard = "",
                                    .secret = true,
                                    .help = "file with the password for its AUTH"},
    [SETTING_MAIL_FROM] = WORDS("mail_from", KIND_TEXT, "", "address that mails come from"),
    [SETTING_MAIL_FROM_NAME] = WORDS("mail_from_name", KIND_TEXT, "", "name that they come from"),
    [SETTING_LIMIT_ADDRESS_READ] =
        NUMBER("limit_address_read", "12000", 0, LIMIT_BURST_MAX,
               "reads of one address a minute, of each worker; 0: no limit"),
    [SETTING_LIMIT_ADDRESS_WRITE] =
        NUMBER("limit_address_write", "3000", 0, LIMIT_BURST_MAX, "writes of one address a minute"),
    [SETTING_LIMIT_ADDRESS_SIGN_IN] =
        NUMBER("limit_address_sign_in", "300", 0, LIMIT_BURST_MAX,
               "attempts to sign in of one address a minute"),
    [SETTING_LIMIT_PERSON_READ] =
        NUMBER("limit_person_read", "6000", 0, LIMIT_BURST_MAX, "reads of one person a minute"),
    [SETTING_LIMIT_PERSON_WRITE] =
        NUMBER("limit_person_write", "3000", 0, LIMIT_BURST_MAX, "writes of one person a minute"),
    [SETTING_SESSION_IDLE_S] = NUMBER("session_idle_s", "86400", 10, SESSION_S_MAX,
                                      "seconds after which an idle session is over"),
    [SETTING_SESSION_WHOLE_S] = NUMBER("session_whole_s", "2592000", 60, SESSION_S_MAX,
                                       "seconds after which a session is over"),
    [SETTING_RETENTION_DAYS] =
        NUMBER("retention_days", "730", 400, 36500,
               "days after which `purge` forgets what was noted of people"),
    [SETTING_UPLOAD_MAX_BYTES] = UPLOAD_OF("upload_max_bytes", upload_max, 1024, 1073741824,
                                           "bytes of a file that is sent"),
    [SETTING_UPLOAD_SECONDS] =
        UPLOAD_OF("upload_seconds", upload_s, 1, 86400, "until it is there"),
    [SETTING_UPLOAD_RATE_MIN] =
        UPLOAD_OF("upload_rate_min", upload_rate_min, 0, 1048576, "bytes a second of it"),
    [SETTING_UPLOADS_AT_ONCE] = UPLOAD_OF("uploads_at_once", uploads_max, 0, 1024,
                                          "files that arrive at once, of each worker"),
    [SETTING_FILES_MAX_BYTES] = NUMBER("files_max_bytes", "5368709120", 0, 9007199254740991,
                                       "bytes of all files of a community together"),
    [SETTING_STOP_PATIENCE_MS] =
        NUMBER("stop_patience_ms", "20000", 100, 600000, "for its own Redis to end cleanly"),
    [SETTING_HTTP_FIRST] = HTTP(line_max, 128, 65536, "bytes of a request line"),
    HTTP(head_max, 512, 1048576, "bytes of all headers together"),
    HTTP(headers_max, 1, VISIT_HEADERS_MAX, "headers"),
    HTTP(body_max, 64, 16777216, "bytes of a body, for routes without a number of their own"),
    HTTP(arena_max, 65536, 67108864, "bytes that one request may use"),
    HTTP(visits_max, 1, 65536, "requests in work at once, of each worker"),
    HTTP(connections_max, 1, 1000000, "connections, of each worker"),
    HTTP(connections_per_address_max, 1, 1000000, "connections of one address, of each worker"),
    HTTP(requests_per_connection_max, 1, 1000000000, "requests before a connection is closed"),
    HTTP(streams_max, 0, 1000000, "feeds, of each worker"),
    HTTP(stream_backlog_max, 1024, 67108864, "bytes that wait for a slow reader of a feed"),
    HTTP(stream_input_max, 0, 1048576, "bytes that a reader of a feed may say"),
    HTTP(head_ms, 10, DAY_MS, "until the head of a request is complete"),
    HTTP(body_ms, 10, DAY_MS, "until its body is"),
    HTTP(idle_ms, 10, DAY_MS, "between an answer and the next request"),
    HTTP(answer_ms, 10, DAY_MS, "without a byte taken by the client"),
    HTTP(linger_ms, 0, 60000, "after a refusal, so that the client can read it"),
    HTTP(drain_ms, 0, 600000, "for what is in flight when the server stops"),
    HTTP(rate_grace_ms, 0, DAY_MS, "of a body, before its rate is judged"),
    HTTP(body_rate_min, 0, 1048576, "bytes a second of a body"),
    HTTP(retry_after_s, 1, 3600, "said with 503"),
};

/* ---- values ---------------------------------------------------------------------------------- */

static uint64_t limit_read(const struct http_limits *limits, const struct setting_row *row)
{
    uint64_t wide = 0;
    unsigned narrow = 0;
    const char *at = (const char *)limits + row->http_at;
    if (row->http_size == sizeof(narrow)) {
        memcpy(&narrow, at, sizeof(narrow));
        return narrow;
    }
    memcpy(&wide, at, sizeof(wide));
    return wide;
}

void settings_init(struct settings *settings)
{
    *settings = (struct settings){0};
    for (size_t i = 0; i < SETTINGS_N; i++) {
        const struct setting_row *row = &setting_rows[i];
        struct setting_value *value = &settings->of[i];
        INVARIANT(row->name && row->help && (row->standard || row->http_size));
        if (row->standard) (void)snprintf(value->text, sizeof(value->text), "%s", row->standard);
        else
            (void)snprintf(value->text, sizeof(value->text), "%llu",
                           (unsigned long long)limit_read(&http_limits_default, row));
        (void)snprintf(value->from, sizeof(value->from), "default");
    }
}

/* "--Public-Url" of any spelling is public_url. */
static bool name_matches(struct text given, const char *name)
{
    if (given.n != strlen(name)) return false;
    for (size_t i = 0; i < given.n; i++) {
        const char c = given.at[i] == '-' ? '_' : (char)tolower((unsigned char)given.at[i]);
        if (c != name[i]) return false;
    }
    return true;
}

static size_t setting_find(struct text name)
{
    for (size_t i = 0; i < SETTINGS_N; i++)
        if (name_matches(name, setting_rows[i].name)) return i;
    return SETTINGS_N;
}

bool settings_knows(const char *name)
{
    return setting_find(text_of(name)) < SETTINGS_N;
}

static bool address_is_valid(struct text value)
{
    size_t colon = value.n;
    while (colon > 0 && value.at[colon - 1] != ':') colon--;
    uint64_t port;
    return colon > 1 && text_to_u64((struct text){value.at + colon, value.n - colon}, 65535, &port);
}

/* A name or an address, with a port or without; it goes into names of logs (log_host). */
static bool host_is_valid(struct text host)
{
    for (size_t i = 0; i < host.n; i++) {
        const char c = host.at[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && (c < '0' || c > '9') && (c == '\0' || !strchr("-._~:[]%", c))) return false;
    }
    return host.n > 0 && host.at[0] != ':';
}

static bool url_is_valid(struct text value)
{
    const struct text schemes[] = {TEXT("http://"), TEXT("https://")};
    if (value.n == 0) return true;
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (!text_starts(value, schemes[i])) continue;
        struct text rest = {value.at + schemes[i].n, value.n - schemes[i].n};
        return value.at[value.n - 1] != '/' && host_is_valid(text_cut(&rest, '/'));
    }
    return false;
}

/* A name that no key can bear would be found out when the first record waits to be sealed. */
static bool origin_is_valid(struct text value)
{
    for (size_t i = 0; i + 2 < value.n; i++)
        if (memcmp(value.at + i, "://", 3) == 0) return false;
    return value.n == 0 || (key_name_is_valid(value) && value.at[value.n - 1] != '/');
}

/* A password has no place in a value that every process list shows. */
static bool redis_is_valid(struct text value)
{
    for (size_t i = 0; i < value.n; i++)
        if (value.at[i] == '@') return false;
    return value.n == 0 || (text_starts(value, TEXT("redis://")) && value.n > 8) ||
           (text_starts(value, TEXT("unix:")) && value.n > 5);
}

static int level_of(struct text value)
{
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    for (int i = 0; i < 4; i++)
        if (text_is(value, levels[i])) return i;
    return -1;
}

/* Appends what is allowed to why, where the value is not. */
static bool value_is_valid(const struct setting_row *row, struct text value, struct buf *why)
{
    uint64_t number;
    switch (row->kind) {
    case KIND_NUMBER:
        if (text_to_u64(value, row->most, &number) && number >= row->least) return true;
        buf_format(why, "a whole number from %llu to %llu", (unsigned long long)row->least,
                   (unsigned long long)row->most);
        return false;
    case KIND_LEVEL:
        if (level_of(value) >= 0) return true;
        buf_cstr(why, "one of debug, info, warn, error");
        return false;
    case KIND_ADDRESS:
        if (address_is_valid(value)) return true;
        buf_cstr(why, "an address and a port from 0 to 65535, as in 127.0.0.1:8080 or [::1]:8080");
        return false;
    case KIND_URL:
        if (url_is_valid(value)) return true;
        buf_cstr(why, "http:// or https:// and a host, without a slash at the end");
        return false;
    case KIND_ORIGIN:
        if (origin_is_valid(value)) return true;
        buf_cstr(why, "a host like example.org, without scheme, blanks and +");
        return false;
    case KIND_REDIS:
        if (redis_is_valid(value)) return true;
        buf_cstr(
            why,
            "redis://host:port, unix:PATH or nothing; a password goes into redis_password_file");
        return false;
    case KIND_PATH:
        if (value.n > 0 || (row->standard && !row->standard[0])) return true;
        buf_cstr(why, "a path");
        return false;
    case KIND_TEXT: return true;
    }
    return false;
}

/* `where` names the place for people: "flag --listen". */
static enum fault settings_put(struct settings *settings, size_t i, struct text value,
                               unsigned rank, const char *where, struct buf *why)
{
    const struct setting_row *row = &setting_rows[i];
    struct setting_value *slot = &settings->of[i];
    CLEANUP(buf) struct buf allowed = BUF_MAX(KIB);
    if (value.n >= SETTING_VALUE_MAX || !text_is_clean_utf8(value))
        buf_format(&allowed, "at most %d bytes of plain text", SETTING_VALUE_MAX - 1);
    else (void)value_is_valid(row, value, &allowed);
    if (allowed.len > 0) {
        buf_format(why, "%s: %s must be %.*s", where, row->name, TEXT_ARGS(buf_view(&allowed)));
        return FAULT_CONFIG;
    }
    if (rank < slot->rank) return FAULT_NONE;
    (void)snprintf(slot->text, sizeof(slot->text), "%.*s", TEXT_ARGS(value));
    (void)snprintf(slot->from, sizeof(slot->from), "%s", where);
    slot->rank = rank;
    return FAULT_NONE;
}

/* ---- where values come from ------------------------------------------------------------------ */

enum fault settings_flag(struct settings *settings, const char *name, const char *value,
                         struct buf *why)
{
    const size_t i = setting_find(text_of(name));
    char where[128];
    (void)snprintf(where, sizeof(where), "flag --%.100s", name);
    if (i < SETTINGS_N) return settings_put(settings, i, text_of(value), 3, where, why);
    buf_format(why, "%s: there is no such setting", where);
    return FAULT_CONFIG;
}

/* The test suite speaks to its own scripts in variables of our prefix. */
static bool variable_is_the_tests(struct text name)
{
    static const char *const names[] = {"FULL", "BINARY", "BUILD", "RELEASE"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (text_is(name, names[i])) return true;
    return false;
}

enum fault settings_environment(struct settings *settings, char *const *environment,
                                struct buf *why)
{
    const struct text prefix = TEXT("GROUNDSWELL_");
    for (; environment && *environment; environment++) {
        struct text rest = text_of(*environment);
        if (!text_starts(rest, prefix)) continue;
        const struct text variable = text_cut(&rest, '=');
        const struct text name = {variable.at + prefix.n, variable.n - prefix.n};
        if (variable_is_the_tests(name)) continue;
        const size_t i = setting_find(name);
        char where[160];
        (void)snprintf(where, sizeof(where), "variable %.*s",
                       variable.n > 120 ? 120 : (int)variable.n, variable.at);
        if (i == SETTINGS_N) {
            buf_format(why, "%s: there is no such setting", where);
            return FAULT_CONFIG;
        }
        const enum fault no = settings_put(settings, i, rest, 2, where, why);
        if (no) return no;
    }
    return FAULT_NONE;
}

static enum fault settings_line(struct settings *settings, struct text line, const char *where,
                                bool seen[static SETTINGS_N], struct buf *why)
{
    struct text rest = line;
    const struct text name = text_trim(text_cut(&rest, '='));
    if (!rest.at) {
        buf_format(why, "%s: expected `name = value`", where);
        return FAULT_CONFIG;
    }
    const size_t i = setting_find(name);
    if (i == SETTINGS_N || seen[i]) {
        buf_format(why, "%s: %s `%.*s`", where,
                   i == SETTINGS_N ? "there is no setting" : "a second",
                   name.n > 80 ? 80 : (int)name.n, name.at ? name.at : "");
        return FAULT_CONFIG;
    }
    seen[i] = true;
    return settings_put(settings, i, text_trim(rest), 1, where, why);
}

enum fault settings_file(struct settings *settings, const char *path, struct buf *why)
{
    CLEANUP(buf) struct buf content = BUF_MAX(FILE_MAX);
    const enum fault unread = file_read(path, &content);
    if (unread) {
        buf_format(why, "%s: cannot be read (%s)", path, fault_name(unread));
        return FAULT_CONFIG;
    }
    bool seen[SETTINGS_N] = {false};
    struct text rest = buf_view(&content);
    for (unsigned number = 1; rest.at; number++) {
        const struct text line = text_trim(text_cut(&rest, '\n'));
        if (line.n == 0 || line.at[0] == '#') continue;
        char where[SETTING_VALUE_MAX + 64];
        (void)snprintf(where, sizeof(where), "%.1000s:%u", path, number);
        const enum fault no = settings_line(settings, line, where, seen, why);
        if (no) return no;
    }
    return FAULT_NONE;
}

static bool secret_is_kept(const struct settings *settings, enum setting setting, struct buf *why)
{
    const char *path = settings_text(settings, setting);
    if (!path[0] || file_is_private(path)) return true;
    buf_format(why, "%s: %s: %s is absent, or others may read it", settings->of[setting].from,
               setting_rows[setting].name, path);
    return false;
}

enum fault settings_agree(const struct settings *settings, struct buf *why)
{
    const bool cert = settings_text(settings, SETTING_TLS_CERT)[0];
    const bool key = settings_text(settings, SETTING_TLS_KEY)[0];
    if (cert != key) {
        buf_format(why, "%s: tls_cert and tls_key go together: one of them is not set",
                   settings->of[cert ? SETTING_TLS_CERT : SETTING_TLS_KEY].from);
        return FAULT_CONFIG;
    }
    return secret_is_kept(settings, SETTING_TLS_KEY, why) &&
                   secret_is_kept(settings, SETTING_REDIS_PASSWORD_FILE, why)
               ? FAULT_NONE
               : FAULT_CONFIG;
}

/* ---- reading them ---------------------------------------------------------------------------- */

const char *settings_text(const struct settings *settings, enum setting setting)
{
    return settings->of[setting].text;
}

uint64_t settings_number(const struct settings *settings, enum setting setting)
{
    uint64_t number = 0;
    INVARIANT(setting_rows[setting].kind == KIND_NUMBER);
    INVARIANT(text_to_u64(text_of(settings->of[setting].text), UINT64_MAX, &number));
    return number;
}

int settings_log_level(const struct settings *settings)
{
    return level_of(text_of(settings->of[SETTING_LOG_LEVEL].text));
}

void settings_limits(const struct settings *settings, struct http_limits *ret)
{
    *ret = http_limits_default;
    for (size_t i = 0; i < SETTINGS_N; i++) {
        const struct setting_row *row = &setting_rows[i];
        if (row->http_size == 0) continue;
        const uint64_t wide = settings_number(settings, (enum setting)i);
        const unsigned narrow = (unsigned)wide;
        char *at = (char *)ret + row->http_at;
        if (row->http_size == sizeof(narrow)) memcpy(at, &narrow, sizeof(narrow));
        else memcpy(at, &wide, sizeof(wide));
    }
}

void settings_write(struct buf *out, const struct settings *settings)
{
    for (size_t i = 0; i < SETTINGS_N; i++) {
        const struct setting_value *value = &settings->of[i];
        const bool masked = setting_rows[i].secret && value->text[0];
        buf_format(out, "%s = %s  # %s%s\n", setting_rows[i].name, value->text, value->from,
                   masked ? "; what is in that file is not shown" : "");
    }
}

void settings_help(struct buf *out)
{
    struct settings standard;
    settings_init(&standard);
    for (size_t i = 0; i < SETTINGS_N; i++) {
        const struct setting_row *row = &setting_rows[i];
        char flag[64];
        (void)snprintf(flag, sizeof(flag), "%s", row->name);
        for (char *c = flag; *c; c++)
            if (*c == '_') *c = '-';
        buf_format(out, "  --%-34s %s", flag, row->help);
        if (standard.of[i].text[0]) buf_format(out, " [%s]", standard.of[i].text);
        buf_char(out, '\n');
    }
}
