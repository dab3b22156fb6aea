/* register.c -- the verb that registers residents out of a CSV file, a thousand a call, several
 * calls in flight.
 *
 * The file is read twice: once to see that every line can be used, before anything is sent, and
 * once to send. What was sent before a failure stays registered; the same file again registers the
 * rest, for an entry is one resident however often it comes. */
#include <errno.h>

#include "client.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/ids.h"
#include "groundswell/base/json.h"

#define BATCH 1000
#define LINE_SIZE 512
#define REF_MAX 200
#define BODY_SIZE_MAX (512 * KIB)
#define TELL_EVERY 100000
#define IN_FLIGHT_MAX 64
#define BYTE_ORDER_MARK "\xef\xbb\xbf" /* some spreadsheets begin their CSV with it */

/* One call in flight: the lines of the file that it carries. */
struct batch {
    struct roll *roll;
    uint64_t first, last;
};

struct roll {
    const struct args *args;
    struct client client;
    FILE *file;
    char path[256];
    uint64_t line; /* of the file, from 1 */
    struct batch batches[IN_FLIGHT_MAX];
    uint64_t sent, registered, already, granted, ungranted;
    enum verb_exit end;
};

/* The next entry; 1: there is one, 0: the file has ended, -1: a line that cannot be used (told). */
static int entry_read(struct roll *roll, char line[static LINE_SIZE], struct text *ret_ref,
                      struct text *ret_area)
{
    while (fgets(line, LINE_SIZE, roll->file)) {
        roll->line++;
        struct text rest = text_of(line);
        if (roll->line == 1 && text_starts(rest, TEXT(BYTE_ORDER_MARK)))
            rest = (struct text){rest.at + 3, rest.n - 3};
        rest = text_trim(rest);
        if (rest.n == 0 || (roll->line == 1 && text_is(rest, "ref,area"))) continue;
        *ret_ref = text_trim(text_cut(&rest, ','));
        *ret_area = text_trim(rest);
        if (ret_ref->n > 0 && ret_ref->n <= REF_MAX && word_is_valid(*ret_area) &&
            text_is_clean_utf8(*ret_ref))
            return 1;
        (void)verb_misuse(roll->args,
                          "line %llu: expected `ref,area`, a reference of at most %d bytes"
                          " and an area's code",
                          (unsigned long long)roll->line, REF_MAX);
        return -1;
    }
    return ferror(roll->file) ? -1 : 0;
}

static bool file_check(struct roll *roll)
{
    char line[LINE_SIZE];
    struct text ref, area;
    int more = entry_read(roll, line, &ref, &area);
    while (more > 0) more = entry_read(roll, line, &ref, &area);
    rewind(roll->file);
    roll->line = 0;
    return more == 0;
}

static void batch_done(void *ctx, const struct fetch_answer *answer);

/* Asks for one batch more, where the file has one. */
static void batch_ask(struct batch *batch)
{
    struct roll *roll = batch->roll;
    char line[LINE_SIZE], key[CLIENT_KEY_SIZE];
    struct text ref, area;
    size_t n = 0;
    CLEANUP(buf) struct buf body = BUF_MAX(BODY_SIZE_MAX);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_name(&out, "residents");
    json_array_begin(&out);
    while (n < BATCH && entry_read(roll, line, &ref, &area) > 0) {
        json_object_begin(&out);
        json_text_at(&out, "ref", ref);
        json_text_at(&out, "area", area);
        json_object_end(&out);
        if (n++ == 0) batch->first = roll->line;
        batch->last = roll->line;
    }
    json_array_end(&out);
    json_object_end(&out);
    if (n == 0) return;
    client_key(key);
    const struct fetch_request request = {
        .method = "POST", .path = roll->path, .key = key, .body = buf_view(&body)};
    if (buf_fault(&body) || fetch_ask(roll->client.fetch, &request, batch_done, batch))
        roll->end = verb_fail(roll->args, "out of memory");
    roll->sent += n;
}

static uint64_t count_of(const json_t *answer, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(answer, name));
}

static void batch_done(void *ctx, const struct fetch_answer *answer)
{
    struct batch *batch = ctx;
    struct roll *roll = batch->roll;
    CLEANUP(json_ref) json_t *said = NULL;
    if (answer->fault || answer->status != 200) {
        char what[80];
        (void)snprintf(what, sizeof(what), "registering lines %llu to %llu",
                       (unsigned long long)batch->first, (unsigned long long)batch->last);
        roll->end = client_tell(roll->args, what, answer);
        return;
    }
    if (json_read(answer->body, JSON_DEPTH_MAX, &said, NULL)) {
        roll->end = verb_fail(roll->args, "registering: the answer is no JSON");
        return;
    }
    const uint64_t before = (roll->registered + roll->already) / TELL_EVERY;
    roll->registered += count_of(said, "registered");
    roll->already += count_of(said, "already");
    roll->granted += count_of(said, "granted");
    roll->ungranted += count_of(said, "ungranted");
    const uint64_t so_far = roll->registered + roll->already;
    if (so_far / TELL_EVERY > before) fprintf(stderr, "%llu so far\n", (unsigned long long)so_far);
    if (!roll->end) batch_ask(batch);
}

static void register_send(struct roll *roll, uint64_t in_flight)
{
    const uint64_t began_us = clock_steady_us();
    for (uint64_t i = 0; i < in_flight && !roll->end; i++) {
        roll->batches[i].roll = roll;
        batch_ask(&roll->batches[i]);
    }
    const enum fault no = fetch_run(roll->client.fetch);
    if (no && !roll->end)
        roll->end = verb_fail(roll->args, "asking the server: %s", fault_name(no));
    const uint64_t us = clock_steady_us() - began_us + 1;
    const uint64_t n = roll->registered + roll->already;
    printf("%llu registered, %llu already were; %llu granted, %llu not\n"
           "%llu.%02llu seconds, %llu a second\n",
           (unsigned long long)roll->registered, (unsigned long long)roll->already,
           (unsigned long long)roll->granted, (unsigned long long)roll->ungranted,
           (unsigned long long)(us / 1000000), (unsigned long long)(us / 10000 % 100),
           (unsigned long long)(n * 1000000 / us));
}

static enum verb_exit register_run(const struct args *args)
{
    struct roll roll = {.args = args};
    uint64_t in_flight;
    const char *community = args_text(args, "community");
    if (!args_number(args, "in-flight", 8, 1, IN_FLIGHT_MAX, &in_flight)) return VERB_MISUSED;
    if (!community || !slug_is_valid(text_of(community)))
        return verb_misuse(args, "--community SLUG is needed");
    (void)snprintf(roll.path, sizeof(roll.path), "/v1/communities/%s/residents", community);
    roll.file = fopen(args->operand, "re");
    if (!roll.file) return verb_misuse(args, "%s: %s", args->operand, strerror(errno));
    roll.end =
        file_check(&roll) ? client_open(args, (size_t)in_flight, &roll.client) : VERB_MISUSED;
    if (!roll.end) register_send(&roll, in_flight);
    client_close(&roll.client);
    (void)fclose(roll.file);
    return roll.end;
}

static const struct verb_option register_options[] = {
    CLIENT_OPTIONS,
    {"community", "SLUG", "where they become residents"},
    {"in-flight", "N", "calls at once, 1 to 64 [8]"},
    {NULL, NULL, NULL},
};

const struct verb verb_register = {
    .name = "register",
    .summary = "register residents from a CSV file",
    .about =
        "FILE has a line `ref,area` for each resident: the register's own reference, which is\n"
        "kept as a keyed hash only, and the code of an area of the community. A first line\n"
        "`ref,area` is a heading. The same entry again is the same resident.",
    .operand = "FILE",
    .options = register_options,
    .run = register_run,
};
