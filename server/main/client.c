/* client.c -- finding a running server, asking it, and telling what it refused. */
#include "client.h"

#include "groundswell/base/json.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"

#define PATH_SIZE 4096
#define SMALL_FILE_MAX 4096

/* Reads a one-line file into ret. */
static bool line_read(const char *path, char *ret, size_t size)
{
    CLEANUP(buf) struct buf content = BUF_MAX(SMALL_FILE_MAX);
    if (file_read(path, &content)) return false;
    const struct text line = text_trim(buf_view(&content));
    if (line.n == 0 || line.n >= size) return false;
    memcpy(ret, line.at, line.n);
    ret[line.n] = '\0';
    secret_wipe(content.data, content.len);
    return true;
}

enum verb_exit client_open(const struct args *args, size_t in_flight_max, struct client *ret)
{
    char path[PATH_SIZE];
    const char *data = args_text(args, "data"), *url = args_text(args, "url");
    const char *key_file = args_text(args, "key-file");
    if (!data) data = "var";
    *ret = (struct client){.args = args};
    (void)snprintf(path, sizeof(path), "%s/server.url", data);
    if (url) (void)snprintf(ret->url, sizeof(ret->url), "%s", url);
    else if (!line_read(path, ret->url, sizeof(ret->url)))
        return verb_misuse(args, "%s tells of no server: give --data DIR or --url URL", path);
    for (size_t n = strlen(ret->url); n > 0 && ret->url[n - 1] == '/'; n--)
        ret->url[n - 1] = '\0';

    (void)snprintf(path, sizeof(path), "%s/operator.key", data);
    if (!key_file) key_file = path;
    if (!line_read(key_file, ret->bearer, sizeof(ret->bearer)))
        return verb_misuse(args, "%s holds no key: give --key-file FILE", key_file);
    struct fetch_plan plan = FETCH_PLAN(ret->url, ret->bearer);
    plan.in_flight_max = in_flight_max;
    ret->fetch = fetch_new(&plan);
    return ret->fetch ? VERB_DONE : verb_fail(args, "out of memory");
}

void client_close(struct client *client)
{
    fetch_free(client->fetch);
    secret_wipe(client, sizeof(*client));
}

void client_key(char ret[static CLIENT_KEY_SIZE])
{
    uint8_t random[(CLIENT_KEY_SIZE - 1) / 2];
    CLEANUP(buf) struct buf hex = BUF_MAX(CLIENT_KEY_SIZE + 16);
    secret_random(random, sizeof(random));
    encode_hex(&hex, random, sizeof(random));
    INVARIANT(!buf_fault(&hex) && hex.len == CLIENT_KEY_SIZE - 1);
    memcpy(ret, hex.data, CLIENT_KEY_SIZE);
}

const char *client_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

enum verb_exit client_tell(const struct args *args, const char *what,
                           const struct fetch_answer *answer)
{
    if (answer->fault)
        return verb_fail(args, "%s: no answer (%s)", what, fault_name(answer->fault));
    CLEANUP(json_ref) json_t *problem = NULL;
    if (json_read(answer->body, JSON_DEPTH_MAX, &problem, NULL) || !json_is_object(problem))
        return verb_fail(args, "%s: answered %ld", what, answer->status);
    const char *code = client_text(problem, "code"), *detail = client_text(problem, "detail");
    if (!detail) detail = client_text(problem, "title");
    if (!detail) detail = "";
    if (!code) code = "";
    const json_t *first = json_array_get(json_object_get(problem, "errors"), 0);
    const char *pointer = client_text(first, "pointer");
    const char *why = client_text(first, "detail");
    if (!pointer || !pointer[0]) pointer = "the body";
    if (!why) return verb_fail(args, "%s: %ld %s: %s", what, answer->status, code, detail);
    return verb_fail(args, "%s: %ld %s: %s (%s %s)", what, answer->status, code, detail, pointer,
                     why);
}

enum verb_exit client_ask(struct client *client, const char *method, const char *path,
                          const json_t *body, long *ret_status, json_t **ret)
{
    char key[CLIENT_KEY_SIZE], what[256];
    client_key(key);
    if (ret) *ret = NULL;
    (void)snprintf(what, sizeof(what), "%s %s", method, path);
    char *sent = body ? json_dumps(body, JSON_COMPACT) : NULL;
    if (body && !sent) return verb_fail(client->args, "out of memory");
    const struct fetch_request request = {
        .method = method,
        .path = path,
        .key = strcmp(method, "GET") == 0 ? NULL : key,
        .body = text_of(sent),
    };
    CLEANUP(buf) struct buf content = BUF_MAX(CLIENT_ANSWER_MAX);
    struct fetch_answer answer = {0};
    answer.fault = fetch_once(client->fetch, &request, &content, &answer.status);
    answer.body = buf_view(&content);
    free(sent);
    if (ret_status) *ret_status = answer.status;
    if (answer.fault || (!ret_status && (answer.status < 200 || answer.status > 299)))
        return client_tell(client->args, what, &answer);
    if (!ret || answer.body.n == 0) return VERB_DONE;
    if (json_read(answer.body, JSON_DEPTH_MAX, ret, NULL))
        return verb_fail(client->args, "%s: the answer is no JSON", what);
    return VERB_DONE;
}

enum verb_exit client_mint(struct client *client, const char *role, const char *community,
                           const char *subject, uint64_t days, struct buf *out)
{
    CLEANUP(json_ref) json_t *answer = NULL;
    CLEANUP(json_ref)
    json_t *body = json_pack("{s:s, s:s, s:[s], s:I}", "role", role, "community", community,
                             "subjects", subject, "days", (json_int_t)days);
    if (!body) return verb_misuse(client->args, "role, community and subject must be plain text");
    const enum verb_exit end = client_ask(client, "POST", "/v1/tokens", body, NULL, &answer);
    if (end) return end;
    const char *token = client_text(json_array_get(json_object_get(answer, "tokens"), 0), "token");
    if (!token) return verb_fail(client->args, "the server answered without a token");
    buf_cstr(out, token);
    return buf_fault(out) ? verb_fail(client->args, "out of memory") : VERB_DONE;
}
