/* hook.h -- where a webhook may lead, and its secret: what the front office checks and tells, and
 * who sends goes by. */
#ifndef GROUNDSWELL_BASE_HOOK_H
#define GROUNDSWELL_BASE_HOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

#define HOOK_SECRET_SIZE 32
#define HOOK_URL_MAX 500

/* https://host[:port]/..., or http(s) on localhost, 127.0.0.1 or [::1]; no user, no fragment. Where
 * its path begins, and whether it is this machine's. False: it may not be. */
bool hook_target(struct text url, size_t *ret_path, bool *ret_loopback);

/* The secret follows from a key of the server and a nonce, and is stored nowhere. */
void hook_secret(struct text key, struct text nonce, uint8_t ret[static HOOK_SECRET_SIZE]);
/* As it is told: `whsec_` and base64 (Standard Webhooks 1.0.0). */
void hook_secret_put(const uint8_t secret[static HOOK_SECRET_SIZE], struct buf *out);

#endif
