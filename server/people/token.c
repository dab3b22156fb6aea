/* token.c -- how a bearer token is written, sealed and judged, and where its keys come from.
 *
 * Everything about a token is decided here, so that nobody else ever cuts one apart. The order in
 * token_verify() matters: the seal is judged before a single field of the payload is believed.
 *
 * Accounts, codes and passwords are not here: they will mint these tokens, and stay apart from
 * them. */
#include "groundswell/people/token.h"

#include <stdio.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"

#define SEAL_SIZE 24
#define SEAL_TEXT_SIZE 32 /* 24 bytes in base64url */
#define PAYLOAD_MAX 160
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

static bool scope_is_valid(struct text scope)
{
    return text_equal(scope, TEXT("*")) || slug_is_valid(scope);
}

static bool subject_is_valid(struct text subject)
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

/* Reads a key file into ret (bounded); makes it first where it is absent. Losing the race against
 * another process that makes it is as good as winning. */
static enum fault key_read(const char *path, struct text fresh, struct buf *ret)
{
    enum fault no = file_read(path, ret);
    if (no == FAULT_ABSENT) {
        no = file_create(path, fresh, 0600);
        if (no == FAULT_NONE || no == FAULT_BUSY) no = file_read(path, ret);
    }
    if (no) {
        log_error("people", "cannot read or make the key file %s: %s", path, fault_name(no));
        return no;
    }
    if (!file_is_private(path)) {
        log_error("people", "others may read the key file %s: chmod 600 it", path);
        return FAULT_CONFIG;
    }
    return FAULT_NONE;
}

static enum fault seal_key_open(const char *data, struct token_keys *ret)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof(path), "%s/keys", data) >= PATH_SIZE - 16) return FAULT_LIMIT;
    enum fault no = dir_make(path, 0700);
    if (no) return no;
    (void)snprintf(path, sizeof(path), "%s/keys/token.key", data);

    uint8_t fresh[TOKEN_KEY_SIZE];
    secret_random(fresh, sizeof(fresh));
    CLEANUP(buf) struct buf key = BUF_MAX(TOKEN_KEY_SIZE + 1);
    no = key_read(path, (struct text){(const char *)fresh, sizeof(fresh)}, &key);
    if (!no && key.len != TOKEN_KEY_SIZE) {
        log_error("people", "%s is no key: it has %zu bytes, not %d", path, key.len,
                  TOKEN_KEY_SIZE);
        no = FAULT_CONFIG;
    }
    if (!no) memcpy(ret->seal, key.data, TOKEN_KEY_SIZE);
    secret_wipe(fresh, sizeof(fresh));
    if (key.data) secret_wipe(key.data, key.len);
    return no;
}

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
    no = key_read(path, buf_view(&fresh), &key);
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
    no = seal_key_open(data, ret);
    if (!no) no = operator_key_open(data, ret);
    if (no) token_keys_release(ret);
    return no;
}

void token_keys_release(struct token_keys *keys)
{
    secret_wipe(keys, sizeof(*keys));
}

/* ---- tokens ---------------------------------------------------------------------------------- */

enum fault token_sign(const struct token_keys *keys, const struct who *who, struct buf *out)
{
    enum role role;
    const bool good = role_parse(text_of(role_name(who->role)), &role) &&
                      scope_is_valid(text_of(who->scope)) &&
                      subject_is_valid(text_of(who->subject)) && who->epoch <= TOKEN_EPOCH_MAX &&
                      who->expires_s > 0 && who->expires_s <= TOKEN_EXPIRES_MAX;
    if (!good) return FAULT_FORMAT;

    char payload[PAYLOAD_MAX];
    const int n =
        snprintf(payload, sizeof(payload), "%s:%s:%s:%llu:%llu", role_name(role), who->scope,
                 who->subject, (unsigned long long)who->epoch, (unsigned long long)who->expires_s);
    INVARIANT(n > 0 && n < PAYLOAD_MAX);

    uint8_t seal[DIGEST_SIZE];
    digest_hmac((struct text){(const char *)keys->seal, TOKEN_KEY_SIZE},
                (struct text){payload, (size_t)n}, seal);
    buf_cstr(out, "gst_");
    encode_base64url(out, payload, (size_t)n);
    buf_char(out, '.');
    encode_base64url(out, seal, SEAL_SIZE);
    return buf_fault(out);
}

/* Reads a payload whose seal is ours. False is still possible: an older form, say. */
static bool payload_read(struct text payload, struct who *ret)
{
    struct text rest = payload;
    const struct text role = text_cut(&rest, ':');
    const struct text scope = text_cut(&rest, ':');
    const struct text subject = text_cut(&rest, ':');
    const struct text epoch = text_cut(&rest, ':');
    const bool good = role_parse(role, &ret->role) && scope_is_valid(scope) &&
                      subject_is_valid(subject) &&
                      text_to_u64(epoch, TOKEN_EPOCH_MAX, &ret->epoch) &&
                      text_to_u64(rest, TOKEN_EXPIRES_MAX, &ret->expires_s);
    if (!good) return false;
    memcpy(ret->scope, scope.at, scope.n); /* fits: validity bounds both lengths */
    memcpy(ret->subject, subject.at, subject.n);
    return true;
}

enum token_verdict token_verify(const struct token_keys *keys, struct text token, uint64_t now_s,
                                struct who *ret)
{
    *ret = (struct who){0};
    const bool looks = token.n > 4 + 1 + SEAL_TEXT_SIZE && token.n <= TOKEN_MAX &&
                       text_starts(token, TEXT("gst_")) &&
                       token.at[token.n - SEAL_TEXT_SIZE - 1] == '.';
    if (!looks) return TOKEN_MALFORMED;

    char payload[PAYLOAD_MAX];
    uint8_t shown[SEAL_SIZE];
    const struct text body = {token.at + 4, token.n - 4 - 1 - SEAL_TEXT_SIZE};
    const struct text seal = {token.at + token.n - SEAL_TEXT_SIZE, SEAL_TEXT_SIZE};
    const size_t n = decode_base64url(body, payload, sizeof(payload));
    if (n == SIZE_MAX || decode_base64url(seal, shown, sizeof(shown)) != SEAL_SIZE)
        return TOKEN_MALFORMED;

    uint8_t ours[DIGEST_SIZE];
    digest_hmac((struct text){(const char *)keys->seal, TOKEN_KEY_SIZE}, (struct text){payload, n},
                ours);
    if (!secret_equal(shown, ours, SEAL_SIZE)) return TOKEN_FORGED;

    struct who who = {0};
    if (!payload_read((struct text){payload, n}, &who)) return TOKEN_MALFORMED;
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
