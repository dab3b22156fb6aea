/* org_keys.c -- keys for an organisation's programs: made, shown once, revoked.
 *
 * A key is believed by its seal, like a token; what is kept of it is a digest. It has one of the
 * hats that the organisation gives, and always an end.
 *
 *     get -> key-add */
#include "groundswell/base/clock.h"
#include "groundswell/base/secret.h"
#include "groundswell/people/program_key.h"
#include "handlers.h"
#include "orgs.h"
#include "people.h"
#include "say.h"
#include "write.h"

#define DAY_S UINT64_C(86400)

struct keying {
    struct visit *visit;
    struct text role, label;
    uint64_t expires_s;
    struct program_key key;
    char shown[PROGRAM_KEY_TEXT_MAX + 1], id[PROGRAM_KEY_ID_TEXT_SIZE + 1];
};

static void org_key_add_answer(void *ctx, const struct ledger_answer *answer)
{
    struct keying *keying = ctx;
    if (say_no(keying->visit, answer)) return;
    const struct people_outcome *outcome = answer->outcome;
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    write_stamp(&out, "at", outcome->at_ms);
    json_bool_at(&out, "replayed", outcome->replayed);
    write_stamp(&out, "expires_at", keying->expires_s * 1000);
    if (!outcome->replayed) {
        json_text_at(&out, "id", text_of(keying->id));
        json_text_at(&out, "key", text_of(keying->shown));
    }
    json_object_end(&out);
    say_json(keying->visit, 201, &body);
    secret_wipe(keying->shown, sizeof keying->shown);
}

/* Draws and seals the key of that hat. */
static enum fault key_make(struct keying *keying, const struct org_hat *hat,
                           char digest[static 2 * PROGRAM_KEY_DIGEST_SIZE + 1])
{
    const struct token_keys *keys = &errand_of(keying->visit)->desk->plan.keys->tokens;
    uint8_t bytes[PROGRAM_KEY_DIGEST_SIZE];
    CLEANUP(buf) struct buf shown = BUF_MAX(KIB), id = BUF_MAX(KIB), hex = BUF_MAX(KIB);
    struct who *who = &keying->key.who;
    program_key_draw_id(keying->key.id);
    snprintf(who->scope, sizeof who->scope, "%.*s", TEXT_ARGS(hat->scope));
    snprintf(who->subject, sizeof who->subject, "%.*s", TEXT_ARGS(hat->subject));
    who->expires_s = keying->expires_s;
    who->epoch = clock_wall_ms();
    INVARIANT(role_parse(hat->role, &who->role));
    enum fault no = program_key_sign(keys, &keying->key, &shown);
    if (no) return no;
    program_key_id_put(&id, keying->key.id);
    program_key_digest(buf_view(&shown), bytes);
    encode_hex(&hex, bytes, sizeof bytes);
    if (buf_fault(&id) || buf_fault(&hex)) return FAULT_LIMIT;
    snprintf(keying->shown, sizeof keying->shown, "%s", shown.data);
    snprintf(keying->id, sizeof keying->id, "%s", id.data);
    memcpy(digest, hex.data, 2 * PROGRAM_KEY_DIGEST_SIZE + 1);
    secret_wipe(shown.data, shown.len);
    return FAULT_NONE;
}

static void org_key_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct keying *keying = ctx;
    struct visit *visit = keying->visit;
    struct org_hat hat;
    char digest[2 * PROGRAM_KEY_DIGEST_SIZE + 1];
    if (say_no(visit, answer)) return;
    if (!org_gives(visit, answer->outcome, keying->role, &hat)) return;
    enum fault no = key_make(keying, &hat, digest);
    if (no) {
        say_fault(visit, no);
        return;
    }
    const struct account_act act = errand_account(visit);
    const struct org_key_add in = {.org = visit_param(visit, "org"),
                                   .id = text_of(keying->id),
                                   .digest = text_of(digest),
                                   .role = hat.role,
                                   .scope = hat.scope,
                                   .subject = hat.subject,
                                   .expires_ms = keying->expires_s * 1000,
                                   .label = keying->label};
    ledger_org_key_add(errand_of(visit)->desk->plan.ledger, &act, &in, org_key_add_answer, keying);
}

void org_key_add(struct visit *visit)
{
    json_t *body = errand_body(visit);
    if (!body) return;
    struct keying *keying = arena_alloc(&visit->arena, sizeof *keying);
    if (keying) {
        keying->visit = visit;
        keying->role = arena_text(&visit->arena, body_text(body, "role"));
        keying->label = arena_text(&visit->arena, body_text(body, "label"));
        keying->expires_s = clock_wall_ms() / 1000 + body_u64(body, "days", 90) * DAY_S;
    }
    json_decref(body);
    if (!keying || !keying->role.at || !keying->label.at) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    const struct org_get in = {.org = visit_param(visit, "org")};
    ledger_org_get(errand_of(visit)->desk->plan.ledger, &in, org_key_get_answer, keying);
}

static void org_key_revoke_answer(void *ctx, const struct ledger_answer *answer)
{
    if (!say_no(ctx, answer)) say_people(ctx, 200, answer->outcome);
}

void org_key_revoke(struct visit *visit)
{
    uint8_t id[PROGRAM_KEY_ID_SIZE];
    if (!program_key_id_parse(visit_param(visit, "key"), id)) {
        SAY_REFUSAL(visit, REFUSAL_ID_MALFORMED, {"name", TEXT("key")});
        return;
    }
    const struct account_act act = errand_account(visit);
    const struct org_key_revoke in = {.org = visit_param(visit, "org"),
                                      .id = visit_param(visit, "key")};
    ledger_org_key_revoke(errand_of(visit)->desk->plan.ledger, &act, &in, org_key_revoke_answer,
                          visit);
}
