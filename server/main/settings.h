/* settings.h -- the one table of everything that can be configured, and what is in force.
 *
 * A value comes from a flag (--http-body-max 4096), else from the environment
 * (GROUNDSWELL_HTTP_BODY_MAX), else from the file named by --config (`http_body_max = 4096`), else
 * it is the default. Names are told apart by nothing but case, '-' and '_'. A key that nobody knows
 * or a value out of range is an error that names its place, never a warning. Secrets are given by
 * the path of a file, and only the path is ever shown. */
#ifndef GROUNDSWELL_MAIN_SETTINGS_H
#define GROUNDSWELL_MAIN_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"
#include "groundswell/http/server.h"

enum setting {
    SETTING_DATA,
    SETTING_LISTEN,
    SETTING_PUBLIC_URL,
    SETTING_WORKERS,
    SETTING_LOG_LEVEL,
    SETTING_TLS_CERT,
    SETTING_TLS_KEY,
    SETTING_REDIS,
    SETTING_REDIS_USER,
    SETTING_REDIS_PASSWORD_FILE,
    SETTING_REDIS_CONNECTIONS,
    SETTING_REDIS_QUESTIONS_MAX,
    SETTING_REDIS_MEMORY_MAX_MIB,
    SETTING_FEED_HEARTBEAT_MS,
    SETTING_KEEPER_REST_MS,
    SETTING_NOTICES_REST_MS,
    SETTING_WEBHOOKS_PRIVATE,
    SETTING_LOG_HOST,
    SETTING_LOG_MARGIN,
    SETTING_WITNESSES,
    SETTING_TRUSTED_PROXIES,
    SETTING_SECURITY_CONTACT,
    SETTING_BRAND_COLOUR,
    SETTING_SITE_NAME,
    SETTING_SITE_CONTACT,
    SETTING_TIME_ZONE,
    SETTING_MAIL_SERVER,
    SETTING_MAIL_USER,
    SETTING_MAIL_PASSWORD_FILE,
    SETTING_MAIL_FROM,
    SETTING_MAIL_FROM_NAME,
    SETTING_LIMIT_ADDRESS_READ,
    SETTING_LIMIT_ADDRESS_WRITE,
    SETTING_LIMIT_ADDRESS_SIGN_IN,
    SETTING_LIMIT_PERSON_READ,
    SETTING_LIMIT_PERSON_WRITE,
    SETTING_SESSION_IDLE_S,
    SETTING_SESSION_WHOLE_S,
    SETTING_RETENTION_DAYS,
    SETTING_UPLOAD_MAX_BYTES,
    SETTING_UPLOAD_SECONDS,
    SETTING_UPLOAD_RATE_MIN,
    SETTING_UPLOADS_AT_ONCE,
    SETTING_FILES_MAX_BYTES,
    SETTING_STOP_PATIENCE_MS,
    SETTING_HTTP_FIRST, /* then one for each member of struct http_limits */
    SETTING_HTTP_DRAIN_MS = SETTING_HTTP_FIRST + 17,
    SETTING_HTTP_LAST = SETTING_HTTP_FIRST + 20,
    SETTINGS_N,
};

enum setting_kind {
    KIND_TEXT,    /* anything without control characters */
    KIND_PATH,    /* a file or folder; may be empty where the default is */
    KIND_ADDRESS, /* 127.0.0.1:8080, [::1]:8080 */
    KIND_URL,     /* http:// or https:// and a host, without a slash at its end; may be empty */
    KIND_ORIGIN,  /* how the name of a log begins (C2SP signed-note); may be empty */
    KIND_REDIS,   /* redis://host:port, unix:PATH, or empty */
    KIND_LEVEL,   /* debug, info, warn, error */
    KIND_NUMBER,  /* least..most */
};

struct setting_row {
    const char *name;
    enum setting_kind kind;
    const char *standard;      /* the default; NULL: the one of http_limits_default */
    uint64_t least, most;      /* of a number */
    bool secret;               /* names a file whose content is nobody's business */
    size_t http_at, http_size; /* of a member of struct http_limits; http_size 0: none */
    const char *help;
};

extern const struct setting_row setting_rows[SETTINGS_N];

#define SETTING_VALUE_MAX 1024

struct settings {
    struct setting_value {
        char text[SETTING_VALUE_MAX];
        char from[SETTING_VALUE_MAX + 64]; /* "default", "flag --listen", "/etc/gs.conf:3" */
        unsigned rank;                     /* 0 default, 1 file, 2 environment, 3 flag */
    } of[SETTINGS_N];
};

void settings_init(struct settings *settings); /* the defaults */

/* Each writes a plain sentence to *why when it returns FAULT_CONFIG. A weaker source never
 * overrides a stronger one, so the order of the calls does not matter. */
enum fault settings_flag(struct settings *settings, const char *name, const char *value,
                         struct buf *why) MUST_CHECK;
enum fault settings_environment(struct settings *settings, char *const *environment,
                                struct buf *why) MUST_CHECK;
enum fault settings_file(struct settings *settings, const char *path, struct buf *why) MUST_CHECK;
/* What one value alone cannot tell: TLS wants both files, and so on. */
enum fault settings_agree(const struct settings *settings, struct buf *why) MUST_CHECK;

const char *settings_text(const struct settings *settings, enum setting setting);
uint64_t settings_number(const struct settings *settings, enum setting setting);
void settings_limits(const struct settings *settings, struct http_limits *ret);
int settings_log_level(const struct settings *settings); /* enum log_level */

/* One row a line: what is in force and where it came from. */
void settings_write(struct buf *out, const struct settings *settings);
/* The rows as a person reads them in `help serve`. */
void settings_help(struct buf *out);
/* "listen" or "public-url" is in the table. */
bool settings_knows(const char *name);

#endif
