/* worker.c -- one of the processes that answer: its loop, and the rooms wired together around it.
 *
 * What depends on what stands in worker_furnish(), what ends before what in worker_clear(). Nothing
 * is decided here that a room could decide. */
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/base/secret.h"
#include "groundswell/desk/desk.h"
#include "groundswell/http/server.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/io/workers.h"
#include "groundswell/keeper/keeper.h"
#include "groundswell/keeper/sealer.h"
#include "groundswell/keeper/sender.h"
#include "groundswell/keeper/watcher.h"
#include "groundswell/ledger/files.h"
#include "groundswell/ledger/ledger.h"
#include "groundswell/people/password.h"
#include "groundswell/post/webhook.h"
#include "groundswell/store/store.h"
#include "mailing.h"
#include "redis_login.h"
#include "verb.h"

#define LOOK_MS 20
#define LISTEN_ANYWAY_US 1000000 /* then who asks is at least told why not */
#define PATH_SIZE 4096
#define THREADS 2
#define THREADS_QUEUE 1024
#define DAY_MS UINT64_C(86400000)
#define FILE_QUEUE 2048
#define PASSWORD_THREADS 2
#define PASSWORD_QUEUE 256 /* some seconds of work; then 503 */

struct worker {
    const struct settings *settings;
    struct loop *loop;
    struct store *store;
    struct ledger *ledger;
    struct keeper *keeper;
    struct workers *threads; /* what waits for a disk */
    struct workers *files;   /* so does this: what is sealed waits for nobody's upload */
    struct sealer *sealer;
    struct desk *desk;
    struct http_server *http;
    struct people_keys keys;
    struct passwords *passwords; /* a pool of their own: each hash takes 19 MiB */
    struct mail *mail;           /* NULL: none is sent */
    struct notifier *notifier;   /* likewise */
    struct watcher *watcher;
    struct webhooks *webhooks;
    struct sender *sender;
    struct mailing_words words;
    char public_url[SETTING_VALUE_MAX + 32];
    char arriving[PATH_SIZE];    /* where files are kept while they come */
    uint64_t begun_us;
    long supervisor; /* 0: nobody to tell */
    enum verb_exit end;
    bool listening, stopping;
};

static const char *why_not_serving(const struct worker *self)
{
    if (self->stopping) return "The server is stopping.";
    if (!store_is_up(self->store)) return store_why_down(self->store);
    return desk_knows_ends(self->desk) ? NULL : "What has been signed out is still being read.";
}

/* A community that is not sealed is served, but somebody has to look. */
static const char *why_not_ready(void *ctx)
{
    const struct worker *self = ctx;
    const char *why_not = why_not_serving(self);
    return why_not ? why_not : sealer_doubt(self->sealer);
}

static void poke(void *ctx, const char *slug)
{
    const struct worker *self = ctx;
    keeper_poke(self->keeper, text_of(slug));
}

static enum fault mail_link(void *ctx, const struct desk_mail *letter)
{
    const struct worker *self = ctx;
    return mailing_send(self->mail, letter);
}

static void log_checked(void *ctx, const char *why_not)
{
    const struct worker *self = ctx;
    if (why_not) store_refuse(self->store, why_not);
    else store_ready(self->store);
}

static void ledger_prepared(void *ctx, const char *why_not)
{
    struct worker *self = ctx;
    if (why_not) store_refuse(self->store, why_not);
    else sealer_check(self->sealer, log_checked, self);
}

static void store_came_up(void *ctx, struct store *store)
{
    struct worker *self = ctx;
    (void)store;
    ledger_prelude(self->ledger, ledger_prepared, self);
}

/* ---- serving --------------------------------------------------------------------------------- */

static void worker_listen(struct worker *self)
{
    uint16_t port;
    if (http_server_listen(self->http, settings_text(self->settings, SETTING_LISTEN), &port)) {
        self->end = VERB_FAILED;
        loop_stop(self->loop);
        return;
    }
    self->listening = true;
}

/* Listens once there is something to say, and tells the supervisor once, when it is good news. */
static void worker_look(void *ctx)
{
    struct worker *self = ctx;
    if (self->stopping) return;
    const bool ready = why_not_serving(self) == NULL;
    if (!self->listening && (ready || loop_now_us(self->loop) > self->begun_us + LISTEN_ANYWAY_US))
        worker_listen(self);
    if (ready && self->listening) {
        if (self->supervisor && getppid() == (pid_t)self->supervisor)
            kill((pid_t)self->supervisor, SIGUSR1);
        return;
    }
    if (!loop_after(self->loop, LOOK_MS, worker_look, self)) loop_stop(self->loop);
}

static void drained(void *ctx)
{
    const struct worker *self = ctx;
    loop_stop(self->loop);
}

static void told_to_stop(void *ctx)
{
    struct worker *self = ctx;
    if (self->stopping) return;
    self->stopping = true;
    desk_close_feeds(self->desk);
    http_server_drain(self->http, drained, self);
}

/* ---- wiring ---------------------------------------------------------------------------------- */

static enum fault worker_store(struct worker *self)
{
    CLEANUP(redis_login) struct redis_login login;
    const enum fault no = redis_login_read(self->settings, &login);
    if (no) return no;
    const struct store_plan plan = {
        .address = settings_text(self->settings, SETTING_REDIS),
        .user = login.user,
        .password = login.password,
        .connections = (unsigned)settings_number(self->settings, SETTING_REDIS_CONNECTIONS),
        .questions_max = (unsigned)settings_number(self->settings, SETTING_REDIS_QUESTIONS_MAX),
        .on_up = store_came_up,
        .ctx = self,
    };
    self->store = store_new(self->loop, &plan);
    return self->store ? FAULT_NONE : FAULT_CONFIG;
}

/* store_came_up() may only come in a later turn, when the ledger stands. */
static enum fault worker_ledger(struct worker *self)
{
    char folder[PATH_SIZE];
    const char *data = settings_text(self->settings, SETTING_DATA);
    if (snprintf(folder, sizeof(folder), "%s/keys", data) >= PATH_SIZE) return FAULT_LIMIT;
    const struct ledger_plan plan = {.keys_folder = folder};
    self->ledger = ledger_new(self->loop, self->store, &plan);
    if (!self->ledger) return FAULT_CONFIG;
    const struct keeper_plan keeper = {
        .rest_ms = (unsigned)settings_number(self->settings, SETTING_KEEPER_REST_MS)};
    self->keeper = keeper_new(self->loop, self->store, self->ledger, &keeper);
    return self->keeper ? FAULT_NONE : FAULT_MEMORY;
}

/* The name under which people reach it, without scheme, port and path: what logs are called. */
static struct text log_host(const struct settings *settings)
{
    struct text url = text_of(settings_text(settings, SETTING_PUBLIC_URL));
    const char *named = settings_text(settings, SETTING_LOG_HOST);
    if (named[0]) return text_of(named);
    for (int slashes = 0; slashes < 2; slashes++)
        (void)text_cut(&url, '/');
    const struct text host = url.n ? text_cut(&url, '/') : TEXT("localhost");
    struct text rest = host;
    return host.at[0] == '[' ? host : text_cut(&rest, ':');
}

static enum fault worker_sealer(struct worker *self)
{
    char host[SETTING_VALUE_MAX];
    (void)snprintf(host, sizeof(host), "%.*s", TEXT_ARGS(log_host(self->settings)));
    self->threads = workers_new(self->loop, THREADS, THREADS_QUEUE);
    if (!self->threads) return FAULT_MEMORY;
    const struct sealer_plan plan = {
        .loop = self->loop,
        .store = self->store,
        .ledger = self->ledger,
        .workers = self->threads,
        .data = settings_text(self->settings, SETTING_DATA),
        .host = host,
        .margin = settings_number(self->settings, SETTING_LOG_MARGIN),
    };
    self->sealer = sealer_new(&plan);
    if (!self->sealer) return FAULT_MEMORY;
    return sealer_witnesses(self->sealer, settings_text(self->settings, SETTING_WITNESSES));
}

static void desk_bounds(const struct settings *settings, struct desk_plan *plan)
{
    plan->limits = (struct desk_limits){
        .address_read = settings_number(settings, SETTING_LIMIT_ADDRESS_READ),
        .address_write = settings_number(settings, SETTING_LIMIT_ADDRESS_WRITE),
        .address_sign_in = settings_number(settings, SETTING_LIMIT_ADDRESS_SIGN_IN),
        .person_read = settings_number(settings, SETTING_LIMIT_PERSON_READ),
        .person_write = settings_number(settings, SETTING_LIMIT_PERSON_WRITE),
    };
    plan->files_bytes_max = settings_number(settings, SETTING_FILES_MAX_BYTES);
    plan->retention_ms = settings_number(settings, SETTING_RETENTION_DAYS) * DAY_MS;
    plan->sessions = SESSION_LIMITS;
    plan->sessions.idle_s = settings_number(settings, SETTING_SESSION_IDLE_S);
    plan->sessions.whole_s = settings_number(settings, SETTING_SESSION_WHOLE_S);
}

/* How people reach it. */
static void worker_url(struct worker *self)
{
    const char *named = settings_text(self->settings, SETTING_PUBLIC_URL);
    const char *cert = settings_text(self->settings, SETTING_TLS_CERT);
    const char *listen = settings_text(self->settings, SETTING_LISTEN);
    const char *port = strrchr(listen, ':');
    if (named[0])
        (void)snprintf(self->public_url, sizeof(self->public_url), "%s", named);
    else
        (void)snprintf(self->public_url, sizeof(self->public_url), "%s://localhost%s",
                       cert[0] ? "https" : "http", port ? port : "");
}

static enum fault worker_notifier(struct worker *self)
{
    if (!self->mail) return FAULT_NONE;
    self->words = (struct mailing_words){.keys = &self->keys, .public_url = self->public_url};
    const struct notifier_plan plan = {.ledger = self->ledger,
                                       .mail = self->mail,
                                       .write = mailing_notices,
                                       .ctx = &self->words,
                                       .rest_ms = (unsigned)settings_number(
                                           self->settings, SETTING_NOTICES_REST_MS)};
    self->notifier = notifier_new(self->loop, &plan);
    return self->notifier ? FAULT_NONE : FAULT_MEMORY;
}

/* Walks as often as the notices do. */
static enum fault worker_watcher(struct worker *self)
{
    const struct watcher_plan plan = {
        .ledger = self->ledger,
        .data = settings_text(self->settings, SETTING_DATA),
        .rest_ms = (unsigned)settings_number(self->settings, SETTING_NOTICES_REST_MS)};
    self->watcher = watcher_new(self->loop, &plan);
    return self->watcher ? FAULT_NONE : FAULT_MEMORY;
}

static enum fault worker_sender(struct worker *self)
{
    const struct webhooks_plan hooks = {
        .private_too = settings_number(self->settings, SETTING_WEBHOOKS_PRIVATE) > 0};
    self->webhooks = webhooks_new(self->loop, &hooks);
    if (!self->webhooks) return FAULT_MEMORY;
    self->words = (struct mailing_words){.keys = &self->keys, .public_url = self->public_url};
    const struct sender_plan plan = {
        .ledger = self->ledger,
        .webhooks = self->webhooks,
        .mail = self->mail,
        .key = {(const char *)self->keys.tokens.seal, sizeof self->keys.tokens.seal},
        .write = mailing_alert,
        .ctx = &self->words};
    self->sender = sender_new(self->loop, &plan);
    return self->sender ? FAULT_NONE : FAULT_MEMORY;
}

static enum fault worker_desk(struct worker *self)
{
    struct desk_plan plan = {
        .ledger = self->ledger,
        .keys = &self->keys,
        .public_url = self->public_url,
        .data_folder = settings_text(self->settings, SETTING_DATA),
        .trusted_proxies = settings_text(self->settings, SETTING_TRUSTED_PROXIES),
        .security_contact = settings_text(self->settings, SETTING_SECURITY_CONTACT),
        .brand_colour = settings_text(self->settings, SETTING_BRAND_COLOUR),
        .site_name = settings_text(self->settings, SETTING_SITE_NAME),
        .site_contact = settings_text(self->settings, SETTING_SITE_CONTACT),
        .passwords = self->passwords,
        .workers = self->files,
        .mail = self->mail ? mail_link : NULL,
        .heartbeat_ms = settings_number(self->settings, SETTING_FEED_HEARTBEAT_MS),
        .poke = poke,
        .why_not_ready = why_not_ready,
        .ctx = self,
    };
    desk_bounds(self->settings, &plan);
    self->desk = desk_new(self->loop, &plan);
    return self->desk ? FAULT_NONE : FAULT_CONFIG;
}

static enum fault worker_http(struct worker *self)
{
    const char *cert = settings_text(self->settings, SETTING_TLS_CERT);
    const char *key = settings_text(self->settings, SETTING_TLS_KEY);
    const char *data = settings_text(self->settings, SETTING_DATA);
    int n = snprintf(self->arriving, sizeof self->arriving, "%s/" FILES_ARRIVING, data);
    if (n < 0 || n >= PATH_SIZE) return FAULT_LIMIT;
    struct http_plan plan = {
        .routes = desk_routes(self->desk),
        .routes_n = desk_routes_n(self->desk),
        .tls_cert = cert[0] ? cert : NULL,
        .tls_key = key[0] ? key : NULL,
        .fields = desk_fields(self->desk),
        .upload_folder = self->arriving,
        .ctx = self->desk,
        .before_body = desk_before_body,
        .refuse = desk_refuse,
        .problem_put = desk_problem_put,
        .line = desk_line,
    };
    settings_limits(self->settings, &plan.limits);
    self->http = http_server_new(self->loop, &plan);
    return self->http ? FAULT_NONE : FAULT_CONFIG;
}

/* Days and hours on pages are those of the clock on the wall. */
static enum fault worker_time_zone(const struct settings *settings)
{
    char file[PATH_SIZE];
    const char *zone = settings_text(settings, SETTING_TIME_ZONE);
    int n = snprintf(file, sizeof file, "/usr/share/zoneinfo/%s", zone);
    bool known = n > 0 && (size_t)n < sizeof file && !strstr(zone, "..") && access(file, R_OK) == 0;
    if (!known && strcmp(zone, "UTC") != 0) {
        log_error("main", "time_zone: this machine knows no zone %s", zone);
        return FAULT_CONFIG;
    }
    if (setenv("TZ", zone, 1) != 0) return FAULT_MEMORY;
    tzset();
    return FAULT_NONE;
}

static enum fault worker_furnish(struct worker *self)
{
    enum fault zone = worker_time_zone(self->settings);
    if (zone) return zone;
    enum fault no = people_keys_open(settings_text(self->settings, SETTING_DATA), &self->keys);
    if (no) return no;
    self->loop = loop_new();
    if (!self->loop) return FAULT_MEMORY;
    no = worker_store(self);
    if (!no) no = worker_ledger(self);
    if (!no) no = worker_sealer(self);
    if (!no) self->passwords = passwords_new(self->loop, PASSWORD_THREADS, PASSWORD_QUEUE);
    if (!no && !self->passwords) no = FAULT_MEMORY;
    if (!no) self->files = workers_new(self->loop, 1, FILE_QUEUE);
    if (!no && !self->files) no = FAULT_MEMORY;
    if (!no) no = mailing_open(self->loop, self->settings, &self->mail);
    worker_url(self);
    if (!no) no = worker_notifier(self);
    if (!no) no = worker_watcher(self);
    if (!no) no = worker_sender(self);
    if (!no) no = worker_desk(self);
    if (!no) no = worker_http(self);
    if (!no) no = loop_on_signal(self->loop, SIGTERM, told_to_stop, self);
    if (!no) no = loop_on_signal(self->loop, SIGINT, told_to_stop, self);
    self->begun_us = clock_steady_us(); /* its own furnishing (pages are proved) took its time */
    if (!no && !loop_after(self->loop, 0, worker_look, self)) no = FAULT_MEMORY;
    return no;
}

/* The store before those who asked: it answers what is still pending. What is followed ends before
 * it, where nobody has said goodbye in an orderly way. */
static void worker_clear(struct worker *self)
{
    if (self->desk) {
        desk_close_feeds(self->desk);
        desk_stop_listening(self->desk);
    }
    store_free(self->store);
    workers_free(self->threads);
    workers_free(self->files);
    passwords_free(self->passwords);
    mail_close(self->mail);
    webhooks_free(self->webhooks);
    notifier_free(self->notifier);
    watcher_free(self->watcher);
    sender_free(self->sender);
    keeper_free(self->keeper);
    sealer_free(self->sealer);
    http_server_free(self->http);
    desk_free(self->desk);
    ledger_free(self->ledger);
    loop_free(self->loop);
    people_keys_release(&self->keys);
}

/* Each worker counts for itself: whoever reads /metrics must be able to tell whose they got, and of
 * how many, to add them up. */
static void tell_who_counts(const struct settings *settings)
{
    static char pid[24];
    static struct metric worker = METRIC(METRIC_GAUGE, "groundswell_worker",
                                         "The process whose numbers these are: 1.", "pid");
    static struct metric of = METRIC(METRIC_GAUGE, "groundswell_workers_configured",
                                     "How many processes share the port.", NULL);
    (void)snprintf(pid, sizeof(pid), "%ld", (long)getpid());
    metric_set(&worker, pid, 1);
    metric_set(&of, NULL, settings_number(settings, SETTING_WORKERS));
}

static enum verb_exit worker_run(const struct args *args)
{
    static struct worker self;
    uint64_t supervisor;
    if (!args_number(args, "supervisor", 0, 0, INT32_MAX, &supervisor)) return VERB_MISUSED;
    prctl(PR_SET_NAME, "groundswell");
    self = (struct worker){.settings = args->settings, .supervisor = (long)supervisor};
    tell_who_counts(args->settings);
    enum fault no = worker_furnish(&self);
    if (no) log_error("main", "a worker cannot be furnished: %s", fault_name(no));
    const bool unusable = no == FAULT_CONFIG;
    if (!no) no = loop_run(self.loop);
    worker_clear(&self);
    if (unusable) return VERB_MISUSED;
    return no ? VERB_FAILED : self.end;
}

static const struct verb_option worker_options[] = {
    {"supervisor", "PID", "whom to tell that it serves"},
    {NULL, NULL, NULL},
};

const struct verb verb_worker = {
    .name = "worker",
    .summary = "one process that answers; started by serve",
    .about = "Started by `serve`, one for each of --workers.",
    .options = worker_options,
    .settings = true,
    .hidden = true,
    .run = worker_run,
};
