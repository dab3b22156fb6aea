/* cookie.c -- the session's cookie, and whether a request was made on one of our own pages.
 *
 * `__Host-` has the browser hold us to Secure, Path=/ and no Domain (RFC 6265bis section 4.1.3.2),
 * so that no neighbour under the same domain can set it; HttpOnly keeps it from scripts,
 * SameSite=Lax from forms of other sites. None of it is relied on alone: a write needs our own
 * Origin and the session's token as well (who.c). */
#include "cookie.h"

#include "errand.h"
#include "groundswell/base/secret.h"

/* The cookie's value; *ret_n is how often it is there. */
static struct text cookie_find(const struct visit *visit, size_t *ret_n)
{
    struct text found = TEXT_NONE;
    *ret_n = 0;
    for (size_t i = 0; i < visit->fields_n; i++) {
        struct text rest = visit->fields[i].value;
        if (!text_equal_nocase(visit->fields[i].name, TEXT("Cookie"))) continue;
        while (rest.at) {
            struct text value = text_trim(text_cut(&rest, ';'));
            struct text name = text_cut(&value, '=');
            if (!text_is(name, COOKIE_NAME)) continue;
            found = value.at ? value : TEXT("");
            ++*ret_n;
        }
    }
    return found;
}

bool cookie_is_there(const struct visit *visit)
{
    size_t n;
    (void)cookie_find(visit, &n);
    return n > 0;
}

/* One that comes twice is nobody's: which of them is meant cannot be told. */
enum session_verdict cookie_read(const struct visit *visit, const struct desk *desk, uint64_t now_s,
                                 struct session *ret)
{
    size_t n;
    struct text value = cookie_find(visit, &n);
    if (n > 1) value = TEXT("");
    if (n > 0 && value.n == 0) {
        *ret = (struct session){0};
        return SESSION_MALFORMED;
    }
    return session_verify(&desk->plan.keys->tokens, &desk->plan.sessions, value, now_s, ret);
}

#define ATTRIBUTES "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age="

enum fault cookie_set(struct visit *visit, const struct desk *desk, const struct session *session)
{
    CLEANUP(buf) struct buf line = BUF_MAX(4 * KIB);
    uint64_t whole_s = desk->plan.sessions.whole_s;
    uint64_t ends_s = session->started_s + whole_s;
    buf_cstr(&line, COOKIE_NAME "=");
    enum fault no = session_sign(&desk->plan.keys->tokens, session, &line);
    if (no) return no;
    buf_cstr(&line, ATTRIBUTES);
    buf_u64(&line, ends_s > session->seen_s ? ends_s - session->seen_s : 0);
    return buf_fault(&line) ? buf_fault(&line)
                            : visit_header(visit, "Set-Cookie", buf_view(&line));
}

enum fault cookie_clear(struct visit *visit)
{
    return visit_header(visit, "Set-Cookie", TEXT(COOKIE_NAME "=" ATTRIBUTES "0"));
}

/* "https://commons.example" and "http://localhost:8080" without what stands before the host. */
static struct text host_of(struct text origin)
{
    static const char *const schemes[] = {"https://", "http://"};
    for (size_t i = 0; i < 2; i++) {
        struct text scheme = text_of(schemes[i]);
        if (text_starts(origin, scheme))
            return (struct text){origin.at + scheme.n, origin.n - scheme.n};
    }
    return TEXT_NONE;
}

bool origin_is_ours(const struct visit *visit, const struct desk *desk, bool silent)
{
    struct text site = visit_field(visit, "Sec-Fetch-Site");
    struct text origin = visit_field(visit, "Origin");
    if (visit_field_repeats(visit, "Origin")) return false;
    if (site.at && !text_is(site, "same-origin")) return false;
    if (!origin.at) return silent;
    if (text_is(origin, desk->public_url)) return true;
    struct text host = host_of(origin);
    return host.n > 0 && text_equal_nocase(host, visit_field(visit, "Host"));
}
