/* fetch.c -- libcurl's multi interface behind a queue.
 *
 * Each of the plan's in_flight_max seats owns one easy handle for the life of the fetch, so that
 * connections are kept alive; a question waits in the queue until a seat is free. A question that
 * is to be asked again goes back to the queue with the time before which it must not be sent. */
#include "groundswell/post/fetch.h"

#include <curl/curl.h>
#include <stdbool.h>

#include "groundswell/base/clock.h"
#include "public_address.h"

struct question {
    struct question *next;
    char *method, *url, *body;
    size_t body_n;
    struct curl_slist *headers;
    fetch_done_fn done;
    void *ctx;
    unsigned tries;
    uint64_t not_before_us;
};

struct seat {
    CURL *easy;
    struct question *question; /* NULL: the seat is free */
    struct buf answer;
};

struct fetch {
    struct fetch_plan plan;
    char *url, *bearer;
    CURLM *multi;
    struct seat *seats;
    struct question *first, *last; /* waiting */
    size_t in_flight;
};

static void question_free(struct question *question)
{
    if (!question) return;
    free(question->method);
    free(question->url);
    free(question->body);
    curl_slist_free_all(question->headers);
    free(question);
}

static size_t answer_take(char *data, size_t size, size_t n, void *ctx)
{
    struct seat *seat = ctx;
    buf_put(&seat->answer, data, size * n);
    return buf_fault(&seat->answer) ? 0 : size * n;
}

static bool seat_init(struct seat *seat, const struct fetch_plan *plan)
{
    seat->answer = BUF_MAX(plan->answer_max);
    seat->easy = curl_easy_init();
    return seat->easy != NULL;
}

struct fetch *fetch_new(const struct fetch_plan *plan)
{
    INVARIANT(plan->in_flight_max > 0 && plan->url);
    struct fetch *fetch = calloc(1, sizeof *fetch);
    if (!fetch) return NULL;
    fetch->plan = *plan;
    fetch->url = strdup(plan->url);
    fetch->bearer = plan->bearer ? strdup(plan->bearer) : NULL;
    fetch->multi = curl_multi_init();
    fetch->seats = calloc(plan->in_flight_max, sizeof *fetch->seats);
    bool whole = fetch->url && fetch->multi && fetch->seats && (fetch->bearer || !plan->bearer);
    for (size_t i = 0; whole && i < plan->in_flight_max; i++)
        whole = seat_init(&fetch->seats[i], plan);
    if (whole) return fetch;
    fetch_free(fetch);
    return NULL;
}

void fetch_free(struct fetch *fetch)
{
    if (!fetch) return;
    for (size_t i = 0; fetch->seats && i < fetch->plan.in_flight_max; i++) {
        struct seat *seat = &fetch->seats[i];
        if (seat->question) curl_multi_remove_handle(fetch->multi, seat->easy);
        question_free(seat->question);
        if (seat->easy) curl_easy_cleanup(seat->easy);
        buf_release(&seat->answer);
    }
    while (fetch->first) {
        struct question *next = fetch->first->next;
        question_free(fetch->first);
        fetch->first = next;
    }
    curl_multi_cleanup(fetch->multi);
    free(fetch->seats);
    free(fetch->url);
    free(fetch->bearer);
    free(fetch);
}

static bool header_add(struct question *question, const char *name, const char *value)
{
    CLEANUP(buf) struct buf line = BUF_MAX(16 * KIB);
    buf_format(&line, "%s: %s", name, value);
    if (buf_fault(&line)) return false;
    struct curl_slist *longer = curl_slist_append(question->headers, line.data);
    if (!longer) return false;
    question->headers = longer;
    return true;
}

static bool question_fill(struct question *question, const struct fetch *fetch,
                          const struct fetch_request *request)
{
    CLEANUP(buf) struct buf url = BUF_MAX(8 * KIB), bearer = BUF_MAX(8 * KIB);
    buf_format(&url, "%s%s", fetch->url, request->path);
    if (buf_fault(&url)) return false;
    question->url = strdup(url.data);
    question->method = strdup(request->method);
    question->body_n = request->body.n;
    if (request->body.at) question->body = strndup(request->body.at, request->body.n);
    if (!question->url || !question->method || (request->body.at && !question->body)) return false;
    const char *token = request->bearer ? request->bearer : fetch->bearer;
    if (token) {
        buf_format(&bearer, "Bearer %s", token);
        if (buf_fault(&bearer) || !header_add(question, "Authorization", bearer.data)) return false;
    }
    for (const char *const *h = request->headers; h && h[0]; h += 2)
        if (!header_add(question, h[0], h[1])) return false;
    if (request->key && !header_add(question, "Idempotency-Key", request->key)) return false;
    return header_add(question, "Content-Type",
                      request->type ? request->type : "application/json") &&
           header_add(question, "Expect", "");
}

static void question_queue(struct fetch *fetch, struct question *question)
{
    question->next = NULL;
    if (fetch->last) fetch->last->next = question;
    else fetch->first = question;
    fetch->last = question;
}

enum fault fetch_ask(struct fetch *fetch, const struct fetch_request *request, fetch_done_fn done,
                     void *ctx)
{
    struct question *question = calloc(1, sizeof *question);
    if (!question) return FAULT_MEMORY;
    if (!question_fill(question, fetch, request)) {
        question_free(question);
        return FAULT_MEMORY;
    }
    question->done = done;
    question->ctx = ctx;
    question_queue(fetch, question);
    return FAULT_NONE;
}

/* Asked with the address that a name has led to: no name can lead where it must not. */
static curl_socket_t guarded_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    const struct fetch *fetch = ctx;
    const bool loopback = address_is_loopback(&address->addr);
    (void)purpose;
    if (fetch->plan.guard == FETCH_LOOPBACK ? !loopback : !address_is_public(&address->addr))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void seat_send(struct fetch *fetch, struct seat *seat, struct question *question)
{
    CURL *easy = seat->easy;
    seat->question = question;
    buf_reset(&seat->answer);
    curl_easy_reset(easy);
    curl_easy_setopt(easy, CURLOPT_URL, question->url);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, question->method);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, question->headers);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)fetch->plan.timeout_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, answer_take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, seat);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, seat);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    if (fetch->plan.guard != FETCH_ANYWHERE) {
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, guarded_socket);
        curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
    }
    if (question->body) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)question->body_n);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, question->body);
    }
    question->tries++;
    fetch->in_flight++;
    INVARIANT(curl_multi_add_handle(fetch->multi, easy) == CURLM_OK);
}

/* Gives every free seat the first question whose time has come. */
static void seats_fill(struct fetch *fetch)
{
    uint64_t now_us = clock_steady_us();
    for (size_t i = 0; i < fetch->plan.in_flight_max && fetch->first; i++) {
        if (fetch->seats[i].question) continue;
        struct question *before = NULL, *question = fetch->first;
        while (question && question->not_before_us > now_us) {
            before = question;
            question = question->next;
        }
        if (!question) return;
        if (before) before->next = question->next;
        else fetch->first = question->next;
        if (fetch->last == question) fetch->last = before;
        seat_send(fetch, &fetch->seats[i], question);
    }
}

static enum fault fault_of(CURLcode code)
{
    switch (code) {
    case CURLE_OK:
        return FAULT_NONE;
    case CURLE_OPERATION_TIMEDOUT:
        return FAULT_TIMEOUT;
    case CURLE_WRITE_ERROR:
        return FAULT_LIMIT;
    case CURLE_OUT_OF_MEMORY:
        return FAULT_MEMORY;
    default:
        return FAULT_LOST;
    }
}

static void seat_done(struct fetch *fetch, struct seat *seat, CURLcode code)
{
    struct question *question = seat->question;
    struct fetch_answer answer = {.fault = fault_of(code), .tries = question->tries};
    curl_easy_getinfo(seat->easy, CURLINFO_RESPONSE_CODE, &answer.status);
    curl_multi_remove_handle(fetch->multi, seat->easy);
    seat->question = NULL;
    fetch->in_flight--;
    bool again = answer.fault == FAULT_LOST || answer.fault == FAULT_TIMEOUT ||
                 (answer.fault == FAULT_NONE && answer.status == 503);
    if (again && question->tries <= fetch->plan.retries_max) {
        uint64_t pause_us = UINT64_C(50000) << (question->tries < 6 ? question->tries : 6);
        question->not_before_us = clock_steady_us() + pause_us;
        question_queue(fetch, question);
        return;
    }
    answer.body = buf_view(&seat->answer);
    question->done(question->ctx, &answer);
    question_free(question);
}

enum fault fetch_run(struct fetch *fetch)
{
    while (fetch->first || fetch->in_flight > 0) {
        seats_fill(fetch);
        int running = 0, left = 0;
        if (curl_multi_perform(fetch->multi, &running) != CURLM_OK) return FAULT_IO;
        bool moved = false;
        for (CURLMsg *message; (message = curl_multi_info_read(fetch->multi, &left));) {
            struct seat *seat = NULL;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&seat);
            seat_done(fetch, seat, message->data.result);
            moved = true;
        }
        if (!moved && curl_multi_poll(fetch->multi, NULL, 0, 50, NULL) != CURLM_OK) return FAULT_IO;
    }
    return FAULT_NONE;
}

struct once {
    struct buf *out;
    enum fault fault;
    long status;
};

static void once_done(void *ctx, const struct fetch_answer *answer)
{
    struct once *once = ctx;
    once->fault = answer->fault;
    once->status = answer->status;
    if (!answer->fault) buf_text(once->out, answer->body);
}

enum fault fetch_once(struct fetch *fetch, const struct fetch_request *request, struct buf *out,
                      long *ret_status)
{
    struct once once = {.out = out, .fault = FAULT_LOST};
    enum fault no = fetch_ask(fetch, request, once_done, &once);
    if (!no) no = fetch_run(fetch);
    if (no) return no;
    *ret_status = once.status;
    return once.fault ? once.fault : buf_fault(out);
}
