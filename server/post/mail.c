/* mail.c -- the queue of letters, and one SMTP transaction in a thread.
 *
 * All messages hang in one list of the loop's; those on their way are lent to a thread of this
 * file's own pool until it hands them back. Not libcurl's multi interface: when it lets go of an
 * SMTP connection it says QUIT and waits in line for the answer (lib/smtp.c, smtp_disconnect), so
 * that a dozing mail server would hold up every pledge. Each transaction has a connection of its
 * own: mail is rare here, and a connection that was kept is one that may have died.
 *
 * Nothing logged here names an address or repeats what a server said. */
#include "groundswell/post/mail.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdatomic.h>

#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/io/workers.h"
#include "mail_text.h"

#define CONNECT_MS 10000L
#define WIRE_MAX (4 * MAIL_TEXT_MAX) /* of three bytes for one, and the header */
#define PAUSE_MAX_MS UINT64_C(3600000)

struct message {
    struct message *next;
    struct mail *mail;
    mail_done_fn done;
    void *ctx;
    unsigned tries;
    uint64_t not_before_us;
    bool away; /* a thread has it: hands off */
    struct buf wire;
    size_t wire_read;
    long code;
    CURLcode result;
    char to[MAIL_ADDRESS_MAX + 3];
};

struct mail {
    struct loop *loop;
    struct workers *workers;
    struct mail_settings settings;
    char *url, *user, *password, *from, *from_name, *ca_file;
    bool is_local;
    atomic_bool closing;
    struct message *first; /* in the order they came */
    size_t n, away;
    struct timer *timer; /* until the next one is due */
};

/* ---- settings -------------------------------------------------------------------------------- */

static bool config_refuse(const char *why)
{
    log_error("post", "mail: %s", why);
    return false;
}

/* The host of scheme://host[:port], or TEXT_NONE where the URL is anything else. */
static struct text host_of(struct text url)
{
    if (text_starts(url, TEXT("smtp://"))) url = (struct text){url.at + 7, url.n - 7};
    else if (text_starts(url, TEXT("smtps://"))) url = (struct text){url.at + 8, url.n - 8};
    else return TEXT_NONE;
    struct text host = text_cut(&url, ':');
    if (host.n > 0 && host.at[0] == '[') { /* an IPv6 address has colons of its own */
        url.n += host.n + (url.at ? 1 : 0);
        url.at = host.at + 1;
        host = text_cut(&url, ']');
        if (url.n > 0 && url.at[0] == ':') url = (struct text){url.at + 1, url.n - 1};
        else if (url.n > 0) return TEXT_NONE;
    }
    uint64_t port;
    if (url.n > 0 && !text_to_u64(url, 65535, &port)) return TEXT_NONE;
    if (host.n == 0 || host.n > 253) return TEXT_NONE;
    for (size_t i = 0; i < host.n; i++)
        if (strchr("/@?#\\%[] ", host.at[i]) || host.at[i] < '!') return TEXT_NONE;
    return host;
}

/* Where nobody can listen on the way; curl never asks a resolver for "localhost". */
static bool is_loopback(struct text host)
{
    char name[64];
    struct in_addr four;
    struct in6_addr six;
    if (host.n >= sizeof name) return false;
    snprintf(name, sizeof name, "%.*s", TEXT_ARGS(host));
    if (text_equal_nocase(host, TEXT("localhost"))) return true;
    if (inet_pton(AF_INET, name, &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, name, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool settings_are_good(const struct mail_settings *settings)
{
    struct text name = text_of(settings->from_name);
    if (!host_of(text_of(settings->url)).at)
        return config_refuse("the address of the server must be smtp://HOST:PORT or smtps://...");
    if (!mail_address_is_good(text_of(settings->from)))
        return config_refuse("the sender is no e-mail address");
    if (name.n > 0 && (name.n > 200 || !mail_line_is_good(name)))
        return config_refuse("the sender's name must be one line of at most 200 bytes");
    if ((settings->user != NULL) != (settings->password_file != NULL))
        return config_refuse("a user needs a password file, and the file a user");
    return true;
}

static bool password_read(struct mail *mail, const char *path)
{
    CLEANUP(buf) struct buf file = BUF_MAX(4 * KIB);
    if (!file_is_private(path)) {
        log_error("post", "mail: %s is absent, or others may read it", path);
        return false;
    }
    bool read = file_read(path, &file) == FAULT_NONE;
    struct text rest = buf_view(&file), line = text_cut(&rest, '\n');
    if (read && line.n > 0) mail->password = strndup(line.at, line.n);
    if (file.data) secret_wipe(file.data, file.len);
    return mail->password || config_refuse("no password in its file");
}

static bool copy(char **ret, const char *from)
{
    *ret = from ? strdup(from) : NULL;
    return *ret || !from;
}

enum fault mail_open(struct loop *loop, const struct mail_settings *settings, struct mail **ret)
{
    INVARIANT(settings->in_flight_max > 0 && settings->tries_max > 0);
    *ret = NULL;
    if (!settings_are_good(settings)) return FAULT_CONFIG;
    struct mail *mail = calloc(1, sizeof *mail);
    if (!mail || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(mail);
        return FAULT_MEMORY;
    }
    mail->loop = loop;
    mail->settings = *settings;
    mail->is_local = is_loopback(host_of(text_of(settings->url)));
    enum fault no = FAULT_NONE;
    if (settings->password_file && !password_read(mail, settings->password_file)) no = FAULT_CONFIG;
    if (!copy(&mail->url, settings->url) || !copy(&mail->user, settings->user) ||
        !copy(&mail->from, settings->from) || !copy(&mail->from_name, settings->from_name) ||
        !copy(&mail->ca_file, settings->ca_file))
        no = FAULT_MEMORY;
    if (!no) mail->workers = workers_new(loop, settings->in_flight_max, settings->in_flight_max);
    if (!no && !mail->workers) no = FAULT_MEMORY;
    if (no) mail_close(mail);
    else *ret = mail;
    return no;
}

static void message_free(struct message *message)
{
    buf_release(&message->wire);
    free(message);
}

void mail_close(struct mail *mail)
{
    if (!mail) return;
    atomic_store(&mail->closing, true);
    workers_free(mail->workers);
    timer_cancel(mail->timer);
    while (mail->first) {
        struct message *next = mail->first->next;
        message_free(mail->first);
        mail->first = next;
    }
    if (mail->password) secret_wipe(mail->password, strlen(mail->password));
    free(mail->password);
    free(mail->url);
    free(mail->user);
    free(mail->from);
    free(mail->from_name);
    free(mail->ca_file);
    free(mail);
}

size_t mail_waiting(const struct mail *mail) { return mail->n; }

/* ---- one try, in a thread -------------------------------------------------------------------- */

static size_t wire_take(char *to, size_t size, size_t n, void *ctx)
{
    struct message *message = ctx;
    size_t left = message->wire.len - message->wire_read, take = size * n < left ? size * n : left;
    if (take > 0) memcpy(to, message->wire.data + message->wire_read, take);
    message->wire_read += take;
    return take;
}

/* Also called about once a second while nothing moves. */
static int go_on(void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
    const struct message *message = ctx;
    (void)down_all, (void)down, (void)up_all, (void)up;
    return atomic_load(&message->mail->closing) ? 1 : 0;
}

static void transport_set(CURL *easy, const struct mail *mail)
{
    curl_easy_setopt(easy, CURLOPT_URL, mail->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)mail->settings.timeout_ms);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    /* the answer to QUIT is waited for under this limit and no other (120 s by default) */
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                     (long)(mail->settings.timeout_ms + 999) / 1000);
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long)(mail->is_local ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (mail->ca_file) curl_easy_setopt(easy, CURLOPT_CAINFO, mail->ca_file);
    if (mail->user) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, mail->user);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, mail->password);
    }
}

static void message_try(void *ctx)
{
    struct message *message = ctx;
    CURL *easy = curl_easy_init();
    struct curl_slist *to = curl_slist_append(NULL, message->to);
    message->result = CURLE_OUT_OF_MEMORY;
    message->code = 0;
    message->wire_read = 0;
    if (easy && to) {
        transport_set(easy, message->mail);
        curl_easy_setopt(easy, CURLOPT_MAIL_FROM, message->mail->from);
        curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to);
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_READFUNCTION, wire_take);
        curl_easy_setopt(easy, CURLOPT_READDATA, message);
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->wire.len);
        curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, go_on);
        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, message);
        message->result = curl_easy_perform(easy);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &message->code);
    }
    curl_slist_free_all(to);
    if (easy) curl_easy_cleanup(easy);
}

/* ---- the queue ------------------------------------------------------------------------------- */

static void queue_look(void *ctx);

/* Sets the timer for the first message that waits, if a thread is free for it. */
static void queue_wait(struct mail *mail)
{
    uint64_t due_us = UINT64_MAX, now_us = clock_steady_us();
    timer_cancel(mail->timer);
    mail->timer = NULL;
    if (mail->away == mail->settings.in_flight_max) return;
    for (const struct message *one = mail->first; one; one = one->next)
        if (!one->away && one->not_before_us < due_us) due_us = one->not_before_us;
    if (due_us == UINT64_MAX) return;
    uint64_t delay_ms = due_us > now_us ? (due_us - now_us + 999) / 1000 : 0;
    mail->timer = loop_after(mail->loop, delay_ms, queue_look, mail);
}

static void message_forget(struct message *message)
{
    struct mail *mail = message->mail;
    struct message **link = &mail->first;
    while (*link != message)
        link = &(*link)->next;
    *link = message->next;
    mail->n--;
}

/* What concerns this message and will not change. A password or certificate that does not hold
 * concerns all of them, and is for somebody to mend meanwhile. */
static bool is_final(const struct message *message)
{
    return message->code >= 500 && message->code <= 599 &&
           message->result != CURLE_LOGIN_DENIED && message->result != CURLE_USE_SSL_FAILED &&
           message->result != CURLE_PEER_FAILED_VERIFICATION;
}

static void message_tried(void *ctx)
{
    struct message *message = ctx;
    struct mail *mail = message->mail;
    const struct mail_settings *settings = &mail->settings;
    mail->away--;
    message->away = false;
    bool sent = message->result == CURLE_OK, final = !sent && is_final(message);
    if (!sent && !final && message->tries < settings->tries_max) {
        uint64_t pause_ms = settings->pause_ms;
        for (unsigned i = 1; i < message->tries && pause_ms < PAUSE_MAX_MS; i++)
            pause_ms *= 3;
        message->not_before_us = clock_steady_us() + pause_ms * 1000;
        queue_wait(mail);
        return;
    }
    if (!sent)
        log_warn("post", "mail: %s after %u tries: %s, last answer %ld",
                 final ? "refused" : "given up", message->tries,
                 curl_easy_strerror(message->result), message->code);
    message_forget(message);
    queue_wait(mail);
    message->done(message->ctx, &(struct mail_answer){
        .outcome = sent ? MAIL_SENT : final ? MAIL_REFUSED : MAIL_GIVEN_UP,
        .code = message->code, .tries = message->tries});
    message_free(message);
}

static void queue_look(void *ctx)
{
    struct mail *mail = ctx;
    uint64_t now_us = clock_steady_us();
    mail->timer = NULL;
    for (struct message *one = mail->first; one; one = one->next) {
        if (mail->away == mail->settings.in_flight_max) return;
        if (one->away || one->not_before_us > now_us) continue;
        one->tries++;
        one->away = true;
        mail->away++;
        INVARIANT(workers_submit(mail->workers, message_try, message_tried, one) == FAULT_NONE);
    }
    queue_wait(mail);
}

static enum fault message_judge(const struct mail_message *message)
{
    if (message->subject.n > MAIL_SUBJECT_MAX || message->text.n > MAIL_TEXT_MAX)
        return FAULT_LIMIT;
    if (message->unsubscribe.n > MAIL_SUBJECT_MAX) return FAULT_LIMIT;
    return mail_address_is_good(message->to) && mail_line_is_good(message->subject) &&
                   mail_line_is_good(message->unsubscribe) && text_is_clean_utf8(message->text)
               ? FAULT_NONE
               : FAULT_FORMAT;
}

enum fault mail_send(struct mail *mail, const struct mail_message *message, mail_done_fn done,
                     void *ctx)
{
    enum fault no = message_judge(message);
    if (no) return no;
    if (mail->n >= mail->settings.queue_max) return FAULT_BUSY;
    struct message *one = calloc(1, sizeof *one);
    if (!one) return FAULT_MEMORY;
    *one = (struct message){.mail = mail, .done = done, .ctx = ctx, .wire = BUF_MAX(WIRE_MAX)};
    snprintf(one->to, sizeof one->to, "%.*s", TEXT_ARGS(message->to));
    const struct mail_head head = {.from = text_of(mail->from),
                                   .from_name = text_of(mail->from_name),
                                   .to = message->to,
                                   .subject = message->subject,
                                   .unsubscribe = message->unsubscribe,
                                   .at_ms = clock_wall_ms()};
    mail_text_put(&one->wire, &head, message->text);
    no = buf_fault(&one->wire);
    if (no) {
        message_free(one);
        return no;
    }
    struct message **link = &mail->first;
    while (*link)
        link = &(*link)->next;
    *link = one;
    mail->n++;
    queue_wait(mail);
    return FAULT_NONE;
}
