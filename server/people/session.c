/* session.c -- how a session is written into a cookie, and what is believed of a cookie.
 *
 * The payload reads `account:id:epoch:started:seen:authenticated:way`, then for each hat
 * `;role:scope:subject:epoch`. As with tokens, the seal is judged before a field is believed; what
 * is signed is read back first, so that no cookie of ours can be one that we refuse.
 *
 * Setting cookies, and who may sign in, are the desk's. */
#include "groundswell/people/session.h"

#include "inside.h"

#include "groundswell/base/secret.h"

#define PREFIX "gss_"
#define PREFIX_SIZE (sizeof(PREFIX) - 1)
#define SESSION_DOMAIN "groundswell session v1\n"
#define CSRF_DOMAIN "groundswell csrf v1\n"
#define CSRF_BYTES 18

static const char *const ways[SESSION_WAYS] = {
    [SESSION_BY_CODE] = "code",
    [SESSION_BY_PASSKEY] = "passkey",
    [SESSION_BY_PASSWORD] = "password",
    [SESSION_BY_LINK] = "link",
};

const char *session_way_name(enum session_way way)
{
    INVARIANT((unsigned)way < SESSION_WAYS);
    return ways[way];
}

static bool way_parse(struct text name, enum session_way *ret)
{
    for (unsigned i = 0; i < SESSION_WAYS; i++) {
        if (!text_is(name, ways[i])) continue;
        *ret = (enum session_way)i;
        return true;
    }
    return false;
}

void session_begin(struct session *ret, struct text account, uint64_t epoch, enum session_way way,
                   uint64_t now_s)
{
    INVARIANT(resident_id_is_valid(account));
    *ret = (struct session){
        .epoch = epoch, .started_s = now_s, .seen_s = now_s, .authenticated_s = now_s, .way = way};
    memcpy(ret->account, account.at, RESIDENT_ID_SIZE);
    secret_random(ret->id, SESSION_ID_SIZE);
}

static bool hat_is_valid(const struct hat *hat)
{
    enum role role;
    return role_parse(text_of(role_name(hat->role)), &role) &&
           who_scope_is_valid(text_of(hat->scope)) && who_subject_is_valid(text_of(hat->subject)) &&
           hat->epoch <= TOKEN_EPOCH_MAX;
}

enum fault session_add_hat(struct session *session, const struct hat *hat)
{
    if (!hat_is_valid(hat)) return FAULT_FORMAT;
    if (session->hats_n >= SESSION_HATS_MAX) return FAULT_LIMIT;
    session->hats[session->hats_n++] = *hat;
    return FAULT_NONE;
}

/* ---- the text form --------------------------------------------------------------------------- */

static bool session_is_valid(const struct session *session)
{
    bool good = resident_id_is_valid(text_of(session->account)) &&
                session->epoch <= TOKEN_EPOCH_MAX && session->started_s <= TOKEN_EXPIRES_MAX &&
                session->seen_s <= TOKEN_EXPIRES_MAX &&
                session->authenticated_s <= TOKEN_EXPIRES_MAX &&
                (unsigned)session->way < SESSION_WAYS && session->hats_n <= SESSION_HATS_MAX;
    for (size_t i = 0; good && i < session->hats_n; i++)
        good = hat_is_valid(&session->hats[i]);
    return good;
}

static void number_put(struct buf *out, uint64_t value)
{
    buf_char(out, ':');
    buf_u64(out, value);
}

static void payload_put(struct buf *out, const struct session *session)
{
    buf_cstr(out, session->account);
    buf_char(out, ':');
    encode_base64url(out, session->id, SESSION_ID_SIZE);
    number_put(out, session->epoch);
    number_put(out, session->started_s);
    number_put(out, session->seen_s);
    number_put(out, session->authenticated_s);
    buf_char(out, ':');
    buf_cstr(out, session_way_name(session->way));
    for (size_t i = 0; i < session->hats_n; i++) {
        const struct hat *hat = &session->hats[i];
        buf_format(out, ";%s:%s:%s", role_name(hat->role), hat->scope, hat->subject);
        number_put(out, hat->epoch);
    }
}

enum fault session_sign(const struct token_keys *keys, const struct session *session,
                        struct buf *out)
{
    if (!session_is_valid(session)) return FAULT_FORMAT;
    CLEANUP(buf) struct buf payload = BUF_MAX(SEAL_PAYLOAD_MAX);
    payload_put(&payload, session);
    enum fault no = buf_fault(&payload);
    if (no) return no;
    uint8_t seal[SEAL_SIZE];
    seal_make(keys, SESSION_DOMAIN, buf_view(&payload), seal);
    buf_cstr(out, PREFIX);
    encode_base64url(out, payload.data, payload.len);
    buf_char(out, '.');
    encode_base64url(out, seal, SEAL_SIZE);
    return buf_fault(out);
}

static bool hat_read(struct text from, struct hat *ret)
{
    const struct text role = text_cut(&from, ':');
    const struct text scope = text_cut(&from, ':');
    const struct text subject = text_cut(&from, ':');
    const bool good = role_parse(role, &ret->role) && who_scope_is_valid(scope) &&
                      who_subject_is_valid(subject) &&
                      text_to_u64(from, TOKEN_EPOCH_MAX, &ret->epoch);
    if (!good) return false;
    memcpy(ret->scope, scope.at, scope.n); /* fits: validity bounds both lengths */
    memcpy(ret->subject, subject.at, subject.n);
    return true;
}

static bool head_read(struct text from, struct session *ret)
{
    const struct text account = text_cut(&from, ':');
    const struct text id = text_cut(&from, ':');
    const struct text epoch = text_cut(&from, ':');
    const struct text started = text_cut(&from, ':');
    const struct text seen = text_cut(&from, ':');
    const struct text authenticated = text_cut(&from, ':');
    const bool good =
        resident_id_is_valid(account) &&
        decode_base64url(id, ret->id, SESSION_ID_SIZE) == SESSION_ID_SIZE &&
        text_to_u64(epoch, TOKEN_EPOCH_MAX, &ret->epoch) &&
        text_to_u64(started, TOKEN_EXPIRES_MAX, &ret->started_s) &&
        text_to_u64(seen, TOKEN_EXPIRES_MAX, &ret->seen_s) &&
        text_to_u64(authenticated, TOKEN_EXPIRES_MAX, &ret->authenticated_s) &&
        way_parse(from, &ret->way);
    if (good) memcpy(ret->account, account.at, RESIDENT_ID_SIZE);
    return good;
}

/* Reads a payload whose seal is ours. False is still possible: an older form, say. */
static bool payload_read(struct text payload, struct session *ret)
{
    struct text rest = payload;
    if (!head_read(text_cut(&rest, ';'), ret)) return false;
    while (rest.at) {
        if (ret->hats_n == SESSION_HATS_MAX) return false;
        if (!hat_read(text_cut(&rest, ';'), &ret->hats[ret->hats_n++])) return false;
    }
    return true;
}

static uint64_t age_s(uint64_t then_s, uint64_t now_s)
{
    return now_s > then_s ? now_s - then_s : 0;
}

enum session_verdict session_verify(const struct token_keys *keys,
                                    const struct session_limits *limits, struct text cookie,
                                    uint64_t now_s, struct session *ret)
{
    *ret = (struct session){0};
    if (!cookie.at) return SESSION_ABSENT;
    const bool looks = cookie.n > PREFIX_SIZE + 1 + SEAL_TEXT_SIZE &&
                       cookie.n <= SESSION_TEXT_MAX && text_starts(cookie, TEXT(PREFIX)) &&
                       cookie.at[cookie.n - SEAL_TEXT_SIZE - 1] == '.';
    if (!looks) return SESSION_MALFORMED;

    char bytes[SEAL_PAYLOAD_MAX];
    const struct text body = {cookie.at + PREFIX_SIZE,
                              cookie.n - PREFIX_SIZE - 1 - SEAL_TEXT_SIZE};
    const struct text seal = {cookie.at + cookie.n - SEAL_TEXT_SIZE, SEAL_TEXT_SIZE};
    const size_t n = decode_base64url(body, bytes, sizeof(bytes));
    if (n == SIZE_MAX) return SESSION_MALFORMED;
    const struct text payload = {bytes, n};
    bool bad;
    if (!seal_is(keys, SESSION_DOMAIN, payload, seal, &bad))
        return bad ? SESSION_MALFORMED : SESSION_FORGED;

    struct session session = {0};
    if (!payload_read(payload, &session)) return SESSION_MALFORMED;
    if (age_s(session.started_s, now_s) >= limits->whole_s) return SESSION_EXPIRED;
    if (age_s(session.seen_s, now_s) >= limits->idle_s) return SESSION_IDLE;
    *ret = session;
    return SESSION_GOOD;
}

bool session_wants_renewal(const struct session *session, const struct session_limits *limits,
                           uint64_t now_s)
{
    return age_s(session->seen_s, now_s) >= limits->renew_s;
}

bool session_is_fresh(const struct session *session, uint64_t within_s, uint64_t now_s)
{
    return age_s(session->authenticated_s, now_s) <= within_s;
}

/* ---- what a page and a route ask ------------------------------------------------------------- */

void session_csrf(const struct token_keys *keys, const struct session *session,
                  char ret[static SESSION_CSRF_SIZE + 1])
{
    uint8_t seal[SEAL_SIZE];
    seal_make(keys, CSRF_DOMAIN, (struct text){(const char *)session->id, SESSION_ID_SIZE}, seal);
    CLEANUP(buf) struct buf word = BUF_MAX(SESSION_CSRF_SIZE + 1);
    encode_base64url(&word, seal, CSRF_BYTES);
    INVARIANT(!buf_fault(&word) && word.len == SESSION_CSRF_SIZE);
    memcpy(ret, word.data, SESSION_CSRF_SIZE + 1);
}

bool session_csrf_is(const struct token_keys *keys, const struct session *session,
                     struct text shown)
{
    char ours[SESSION_CSRF_SIZE + 1];
    if (shown.n != SESSION_CSRF_SIZE) return false;
    session_csrf(keys, session, ours);
    return secret_equal(shown.at, ours, SESSION_CSRF_SIZE);
}

static struct who who_of_hat(const struct hat *hat)
{
    struct who who = {.role = hat->role, .epoch = hat->epoch};
    memcpy(who.scope, hat->scope, sizeof(who.scope));
    memcpy(who.subject, hat->subject, sizeof(who.subject));
    return who;
}

bool session_hat(const struct session *session, unsigned roles, struct text slug, struct who *ret)
{
    bool found = false;
    *ret = (struct who){0};
    for (size_t i = 0; i < session->hats_n; i++) {
        const struct who who = who_of_hat(&session->hats[i]);
        if (!who_may(&who, roles, slug)) continue;
        const bool exact = !text_is(TEXT("*"), who.scope);
        if (found && !exact) continue;
        *ret = who;
        found = true;
        if (exact) break;
    }
    return found;
}
