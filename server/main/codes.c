/* codes.c -- the verb that issues a code for each entry of the register, for a mail merge.
 *
 * The file is that of `register`: a line `ref,area` an entry, of which the reference counts. What
 * is printed are secrets: nobody can read them again, so they are to be sent and then destroyed.
 * Where a call fails, what was printed before it is good. */
#include <errno.h>

#include "client.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/ids.h"

#define BATCH 500
#define LINE_SIZE 512
#define REF_MAX 200
#define DAY_MS UINT64_C(86400000)

struct issue {
    const struct args *args;
    struct client client;
    FILE *file;
    char path[256], expires[CLOCK_STAMP_SIZE];
    uint64_t line, n;
};

/* The next reference; 1: there is one, 0: the file has ended, -1: told. */
static int ref_read(struct issue *issue, char line[static LINE_SIZE], struct text *ret)
{
    while (fgets(line, LINE_SIZE, issue->file)) {
        struct text rest = text_trim(text_of(line));
        issue->line++;
        if (text_starts(rest, TEXT("\xef\xbb\xbf"))) rest = (struct text){rest.at + 3, rest.n - 3};
        *ret = text_trim(text_cut(&rest, ','));
        if (ret->n == 0 || (issue->line == 1 && text_is(*ret, "ref"))) continue;
        if (ret->n <= REF_MAX && text_is_clean_utf8(*ret)) return 1;
        (void)verb_misuse(issue->args, "line %llu: expected a reference of at most %d bytes",
                          (unsigned long long)issue->line, REF_MAX);
        return -1;
    }
    return ferror(issue->file) ? -1 : 0;
}

static void codes_print(const json_t *said)
{
    size_t i;
    const json_t *code;
    json_array_foreach (json_object_get(said, "codes"), i, code) {
        const char *ref = client_text(code, "ref"), *words = client_text(code, "code");
        const char *serial = client_text(code, "serial"), *link = client_text(code, "link");
        printf("%s,%s,%s,%s\n", ref ? ref : "", serial ? serial : "", words ? words : "",
               link ? link : "");
    }
}

/* One call; *ret_more tells whether the file may have further entries. */
static enum verb_exit batch_issue(struct issue *issue, bool *ret_more)
{
    char line[LINE_SIZE];
    struct text ref;
    int more = 1;
    CLEANUP(json_ref) json_t *said = NULL;
    CLEANUP(json_ref) json_t *refs = json_array();
    CLEANUP(json_ref) json_t *body = json_object();
    while (json_array_size(refs) < BATCH && (more = ref_read(issue, line, &ref)) > 0)
        if (json_array_append_new(refs, json_stringn(ref.at, ref.n)))
            return verb_fail(issue->args, "out of memory");
    *ret_more = more > 0;
    if (more < 0) return VERB_MISUSED;
    if (json_array_size(refs) == 0) return VERB_DONE;
    issue->n += json_array_size(refs);
    if (json_object_set(body, "refs", refs) ||
        json_object_set_new(body, "expires_at", json_string(issue->expires)))
        return verb_fail(issue->args, "out of memory");
    enum verb_exit end = client_ask(&issue->client, "POST", issue->path, body, NULL, &said);
    if (end) return end;
    if (json_is_true(json_object_get(said, "pending")))
        return verb_fail(issue->args, "this takes two people: use the operator's own key");
    codes_print(said);
    return VERB_DONE;
}

static enum verb_exit codes_run(const struct args *args)
{
    struct issue issue = {.args = args};
    uint64_t days;
    bool more = true;
    const char *community = args_text(args, "community");
    if (!args_number(args, "days", 90, 1, 1000, &days)) return VERB_MISUSED;
    if (!community || !slug_is_valid(text_of(community)))
        return verb_misuse(args, "--community SLUG is needed");
    (void)snprintf(issue.path, sizeof(issue.path), "/v1/communities/%s/codes", community);
    clock_stamp(clock_wall_ms() + days * DAY_MS, issue.expires);
    issue.file = fopen(args->operand, "re");
    if (!issue.file) return verb_misuse(args, "%s: %s", args->operand, strerror(errno));
    enum verb_exit end = client_open(args, 1, &issue.client);
    if (!end) printf("ref,serial,code,link\n");
    while (!end && more) end = batch_issue(&issue, &more);
    if (!end) fprintf(stderr, "%llu codes, good until %s\n", (unsigned long long)issue.n,
                      issue.expires);
    client_close(&issue.client);
    (void)fclose(issue.file);
    return end;
}

static const struct verb_option codes_options[] = {
    CLIENT_OPTIONS,
    {"community", "SLUG", "whose residents they are"},
    {"days", "N", "how long they are good, 1 to 1000 [90]"},
    {NULL, NULL, NULL},
};

const struct verb verb_codes = {
    .name = "codes",
    .summary = "issue a code for each entry of a CSV file",
    .about = "FILE begins each line with the register's own reference of a resident. Prints a CSV\n"
             "for a mail merge: ref,serial,code,link. The codes are secrets that are shown once;\n"
             "a resident's earlier codes are good no more.",
    .operand = "FILE",
    .options = codes_options,
    .run = codes_run,
};
