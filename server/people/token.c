/* token.c -- how a bearer token is written, sealed and judged, and where its keys come from.
 *
 * Everything about a token is decided here, so that nobody else ever cuts one apart. The order in
 * token_verify() matters: the seal is judged before a single field of the payload is believed.
 *
 * Accounts, codes and passwords are not here, nor the two other sealed forms: see session.c and
 * program_key.c. */
#include "groundswell/people/token.h"

#include "inside.h"

#include <stdio.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"

#define NO_DOMAIN "" /* tokens were here first */
#define OPERATOR_SUBJECT "operator"
#define OPERATOR_TEXT_SIZE (4 + 43) /* "gso_" and 32 bytes in base64url */
#define PATH_SIZE 4096

static const struct role_word {
    enum role role;
    const char *name;
} roles[] = {
    {ROLE_RESIDENT, "resident"},
    {ROLE_CLERK, "clerk"},
    {ROLE_TRUST, "trust"},
    {ROLE_OPERATOR, "operator"},
    {ROLE_HELPER, "helper"},
    {ROLE_PROVIDER, "provider"},
};
#define ROLES_N (sizeof(roles) / sizeof(roles[0]))

const char *role_name(enum role role)
{
    for (size_t i = 0; i < ROLES_N; i++)
        if (roles[i].role == role) return roles[i].name;
    return "anyone";
}

bool role_parse(struct text name, enum role *ret)
{
    for (size_t i = 0; i < ROLES_N; i++) {
        if (!text_is(name, roles[i].name)) continue;
        *ret = roles[i].role;
        return true;
    }
    return false;
}

bool who_scope_is_valid(struct text scope)
{
    return text_equal(scope, TEXT("*")) || slug_is_valid(scope);
}

bool who_subject_is_valid(struct text subject)
{
    if (subject.n == 0 || subject.n > SUBJECT_MAX) return false;
    for (size_t i = 0; i < subject.n; i++) {
        const char c = subject.at[i];
        const bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        if (!good) return false;
    }
    return true;
}

bool who_may(const struct who *who, unsigned wanted, struct text slug)
{
    if (who->role == ROLE_NONE || !(wanted & (unsigned)who->role)) return false;
    if (text_is(TEXT("*"), who->scope)) return true;
    return slug.n > 0 && text_is(slug, who->scope);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool operator_key_is_formed(struct text key)
{
    uint8_t bytes[TOKEN_KEY_SIZE];
    if (key.n != OPERATOR_TEXT_SIZE || !text_starts(key, TEXT("gso_"))) return false;
    const struct text digits = {key.at + 4, key.n - 4};
    const bool good = decode_base64url(digits, bytes, sizeof(bytes)) == sizeof(bytes);
    secret_wipe(bytes, sizeof(bytes));
    return good;
}

static enum fault operator_key_open(const char *data, struct token_keys *ret)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof(path), "%s/operator.key", data) >= PATH_SIZE) return FAULT_LIMIT;

    uint8_t random[TOKEN_KEY_SIZE];
    secret_random(random, sizeof(random));
    CLEANUP(buf) struct buf fresh = BUF_MAX(TOKEN_MAX);
    buf_cstr(&fresh, "gso_");
    encode_base64url(&fresh, random, sizeof(random));
    buf_char(&fresh, '\n');
    secret_wipe(random, sizeof(random));
    enum fault no = buf_fault(&fresh);
    if (no) return no;

    CLEANUP(buf) struct buf key = BUF_MAX(TOKEN_MAX);
    no = key_file_read(path, buf_view(&fresh), &key);
    const struct text written = text_trim(buf_view(&key));
    if (!no && !operator_key_is_formed(written)) {
        log_error("people", "%s is no operator key: gso_ and 43 characters are one", path);
        no = FAULT_CONFIG;
    }
    if (!no) digest_sha256(written, ret->operator_digest);
    if (key.data) secret_wipe(key.data, key.len);
    secret_wipe(fresh.data, fresh.len);
    return no;
}

enum fault token_keys_open(const char *data, struct token_keys *ret)
{
    *ret = (struct token_keys){0};
    enum fault no = dir_make(data, 0700);
    if (no) {
        log_error("people", "cannot make the data folder %s: %s", data, fault_name(no));
        return no;
    }
    no = key_file_open(data, "token.key", ret->seal);
    if (!no) no = operator_key_open(data, ret);
    if (no) token_keys_release(ret);
    return no;
}

void token_keys_release(struct token_keys *keys)
{
    secret_wipe(keys, sizeof(*keys));
}

/* ---- tokens ---------------------------------------------------------------------------------- */

size_t who_write(const struct who *who, char ret[static WHO_PAYLOAD_MAX])
{
    enum role role;
    const bool good =
        role_parse(text_of(role_name(who->role)), &role) &&
        who_scope_is_valid(text_of(who->scope)) && who_subject_is_valid(text_of(who->subject)) &&
        who->epoch <= TOKEN_EPOCH_MAX && who->expires_s > 0 && who->expires_s <= TOKEN_EXPIRES_MAX;
    if (!good) return 0;
    const int n =
        snprintf(ret, WHO_PAYLOAD_MAX, "%s:%s:%s:%llu:%llu", role_name(role), who->scope,
                 who->subject, (unsigned long long)who->epoch, (unsigned long long)who->expires_s);
    INVARIANT(n > 0 && n < WHO_PAYLOAD_MAX);
    return (size_t)n;
}

bool who_read(struct text payload, struct who *ret)
{
    struct text rest = payload;
    const struct text role = text_cut(&rest, ':');
    const struct text scope = text_cut(&rest, ':');
    const struct text subject = text_cut(&rest, ':');
    const struct text epoch = text_cut(&rest, ':');
    const bool good = role_parse(role, &ret->role) && who_scope_is_valid(scope) &&
                      who_subject_is_valid(subject) &&
                      text_to_u64(epoch, TOKEN_EPOCH_MAX, &ret->epoch) &&
                      text_to_u64(rest, TOKEN_EXPIRES_MAX, &ret->expires_s);
    if (!good) return false;
    memcpy(ret->scope, scope.at, scope.n); /* fits: validity bounds both lengths */
    memcpy(ret->subject, subject.at, subject.n);
    return true;
}

enum fault token_sign(const struct token_keys *keys, const struct who *who, struct buf *out)
{
    char payload[WHO_PAYLOAD_MAX];
    uint8_t seal[SEAL_SIZE];
    const size_t n = who_write(who, payload);
    if (n == 0) return FAULT_FORMAT;
    seal_make(keys, NO_DOMAIN, (struct text){payload, n}, seal);
    buf_cstr(out, "gst_");
    encode_base64url(out, payload, n);
    buf_char(out, '.');
    encode_base64url(out, seal, SEAL_SIZE);
    return buf_fault(out);
}

enum token_verdict token_verify(const struct token_keys *keys, struct text token, uint64_t now_s,
                                struct who *ret)
{
    *ret = (struct who){0};
    const bool looks = token.n > 4 + 1 + SEAL_TEXT_SIZE && token.n <= TOKEN_MAX &&
                       text_starts(token, TEXT("gst_")) &&
                       token.at[token.n - SEAL_TEXT_SIZE - 1] == '.';
    if (!looks) return TOKEN_MALFORMED;

    char payload[WHO_PAYLOAD_MAX];
    const struct text body = {token.at + 4, token.n - 4 - 1 - SEAL_TEXT_SIZE};
    const struct text seal = {token.at + token.n - SEAL_TEXT_SIZE, SEAL_TEXT_SIZE};
    const size_t n = decode_base64url(body, payload, sizeof(payload));
    if (n == SIZE_MAX) return TOKEN_MALFORMED;
    bool bad;
    const bool ours = seal_is(keys, NO_DOMAIN, (struct text){payload, n}, seal, &bad);
    if (!ours) return bad ? TOKEN_MALFORMED : TOKEN_FORGED;

    struct who who = {0};
    if (!who_read((struct text){payload, n}, &who)) return TOKEN_MALFORMED; /* an older form, say */
    if (who.expires_s <= now_s) return TOKEN_EXPIRED;
    *ret = who;
    return TOKEN_GOOD;
}

static enum token_verdict operator_verify(const struct token_keys *keys, struct text key,
                                          struct who *ret)
{
    if (key.n != OPERATOR_TEXT_SIZE) return TOKEN_MALFORMED;
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(key, digest);
    if (!secret_equal(digest, keys->operator_digest, DIGEST_SIZE)) return TOKEN_FORGED;
    *ret = (struct who){.role = ROLE_OPERATOR, .scope = "*", .subject = OPERATOR_SUBJECT};
    return TOKEN_GOOD;
}

enum token_verdict who_from_bearer(const struct token_keys *keys, struct text authorization,
                                   uint64_t now_s, struct who *ret)
{
    *ret = (struct who){0};
    if (!authorization.at) return TOKEN_ABSENT;
    struct text rest = text_trim(authorization);
    const struct text scheme = text_cut(&rest, ' ');
    if (!rest.at || !text_equal_nocase(scheme, TEXT("Bearer"))) return TOKEN_MALFORMED;
    const struct text bearer = text_trim(rest);
    if (text_starts(bearer, TEXT("gso_"))) return operator_verify(keys, bearer, ret);
    return token_verify(keys, bearer, now_s, ret);
}
