/* client.h -- what every verb that talks to a running server has in common: where it is, with which
 * key, and how a refusal is told to the one at the keyboard.
 *
 * The server is found by --data DIR (on the same machine: DIR/server.url and DIR/operator.key), or
 * by --url URL and --key-file FILE. */
#ifndef GROUNDSWELL_MAIN_CLIENT_H
#define GROUNDSWELL_MAIN_CLIENT_H

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/json.h"
#include "groundswell/post/fetch.h"
#include "verb.h"

/* For the options of a verb's row. */
#define CLIENT_OPTIONS                                                                   \
    {"data", "DIR", "data folder of the server, on this machine [var]"},                 \
        {"url", "URL", "address of the server, instead of the one in DIR/server.url"},   \
    {                                                                                    \
        "key-file", "FILE", "file with the operator's key or a token [DIR/operator.key]" \
    }

#define CLIENT_KEY_SIZE 33
#define CLIENT_ANSWER_MAX (16 * MIB)

struct client {
    const struct args *args;
    struct fetch *fetch;
    char url[512];
    char bearer[512];
};

/* VERB_DONE, or a sentence stands on standard error. */
enum verb_exit client_open(const struct args *args, size_t in_flight_max, struct client *ret);
void client_close(struct client *client); /* wipes the key */

/* A fresh Idempotency-Key. */
void client_key(char ret[static CLIENT_KEY_SIZE]);

/* One question, waiting for its answer. `body` NULL: none. Writes get a fresh Idempotency-Key. With
 * ret_status NULL every answer but 2xx is told on standard error and gives VERB_FAILED; otherwise
 * the status is the caller's affair. *ret (may be NULL) is owned by the caller, NULL where the
 * answer has no JSON. */
enum verb_exit client_ask(struct client *client, const char *method, const char *path,
                          const json_t *body, long *ret_status, json_t **ret);

/* Tells on standard error what an answer that is no 2xx says: code and sentence. */
enum verb_exit client_tell(const struct args *args, const char *what,
                           const struct fetch_answer *answer);

/* A member that is a string, or NULL. Borrowed. */
const char *client_text(const json_t *object, const char *name);

/* Mints one token; appends it to out. */
enum verb_exit client_mint(struct client *client, const char *role, const char *community,
                           const char *subject, uint64_t days, struct buf *out);

#endif
