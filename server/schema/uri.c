/* uri.c -- references against a base, as RFC 3986 section 5.2 has it, and its grammar for `format`.
 *
 * Nothing is fetched here or anywhere else in this room: a URI is a name. */
#include "uri.h"

#include <arpa/inet.h>

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int hex_value(char c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static struct text text_from(struct text t, size_t start)
{
    return (struct text){t.at + start, t.n - start};
}

/* Cuts *rest before the first of `stops` and returns what stood there. */
static struct text take_until(struct text *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->n && (rest->at[n] == '\0' || !strchr(stops, rest->at[n]))) n++;
    struct text head = {rest->at, n};
    *rest = text_from(*rest, n);
    return head;
}

static size_t scheme_length(struct text from)
{
    if (!from.n || !is_alpha(from.at[0])) return 0;
    for (size_t i = 1; i < from.n; i++) {
        char c = from.at[i];
        if (c == ':') return i;
        if (!is_alpha(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return 0;
    }
    return 0;
}

struct uri uri_split(struct text from)
{
    struct uri uri = {0};
    struct text rest = from.at ? from : TEXT("");
    size_t scheme_n = scheme_length(rest);
    if (scheme_n) {
        uri.scheme = (struct text){rest.at, scheme_n};
        rest = text_from(rest, scheme_n + 1);
    }
    if (rest.n >= 2 && rest.at[0] == '/' && rest.at[1] == '/') {
        rest = text_from(rest, 2);
        uri.authority = take_until(&rest, "/?#");
    }
    uri.path = take_until(&rest, "?#");
    if (rest.n && rest.at[0] == '?') {
        rest = text_from(rest, 1);
        uri.query = take_until(&rest, "#");
    }
    if (rest.n && rest.at[0] == '#') uri.fragment = text_from(rest, 1);
    return uri;
}

/* RFC 3986 section 5.2.4, segment by segment: `out` holds the path from `start` on. */
static void put_without_dots(struct buf *out, struct text path)
{
    size_t start = out->len;
    struct text rest = path;
    while (rest.at && !buf_fault(out)) {
        struct text segment = text_cut(&rest, '/');
        bool last = rest.at == NULL;
        if (text_is(segment, ".")) continue;
        if (text_is(segment, "..")) {
            if (out->len > start + 1) out->len--; /* the slash behind the segment that goes */
            while (out->len > start && out->data[out->len - 1] != '/') out->len--;
            continue;
        }
        buf_text(out, segment);
        if (!last) buf_char(out, '/');
    }
    if (out->data) out->data[out->len] = '\0';
}

static void put_merged(struct buf *out, const struct uri *base, struct text path)
{
    struct buf merged = BUF_MAX(8 * KIB);
    size_t directory = base->path.n;
    while (directory && base->path.at[directory - 1] != '/') directory--;
    if (base->authority.at && !base->path.n) buf_char(&merged, '/');
    else buf_put(&merged, base->path.at, directory);
    buf_text(&merged, path);
    if (buf_fault(&merged)) out->fault = buf_fault(&merged);
    put_without_dots(out, buf_view(&merged));
    buf_release(&merged);
}

static void put_origin(struct buf *out, struct text scheme, struct text authority)
{
    if (scheme.at) {
        buf_text(out, scheme);
        buf_char(out, ':');
    }
    if (authority.at) {
        buf_cstr(out, "//");
        buf_text(out, authority);
    }
}

void uri_resolve(struct buf *out, struct text base_text, struct text ref_text)
{
    struct uri base = uri_split(base_text), ref = uri_split(ref_text);
    struct text query = ref.query;
    bool away = ref.scheme.at || ref.authority.at;
    put_origin(out, ref.scheme.at ? ref.scheme : base.scheme,
               away ? ref.authority : base.authority);
    if (away || (ref.path.n && ref.path.at[0] == '/')) {
        /* a path that does not begin with a slash here is opaque (urn:...): its dots are not steps
         */
        if (ref.path.n && ref.path.at[0] != '/') buf_text(out, ref.path);
        else put_without_dots(out, ref.path);
    } else if (!ref.path.n) {
        buf_text(out, base.path);
        if (!query.at) query = base.query;
    } else {
        put_merged(out, &base, ref.path);
    }
    if (query.at) {
        buf_char(out, '?');
        buf_text(out, query);
    }
}

bool uri_decode(struct buf *out, struct text from)
{
    for (size_t i = 0; i < from.n; i++) {
        if (from.at[i] != '%') {
            buf_char(out, from.at[i]);
            continue;
        }
        if (from.n - i < 3) return false;
        int high = hex_value(from.at[i + 1]), low = hex_value(from.at[i + 2]);
        if (high < 0 || low < 0) return false;
        buf_char(out, (char)(high * 16 + low));
        i += 2;
    }
    return true;
}

/* pchar of RFC 3986 and whatever of `more` the part allows besides. */
static bool part_is_valid(struct text part, const char *more)
{
    for (size_t i = 0; i < part.n; i++) {
        char c = part.at[i];
        if (c == '\0') return false;
        if (is_alpha(c) || is_digit(c) || strchr("-._~!$&'()*+,;=", c) || strchr(more, c)) continue;
        if (c != '%' || part.n - i < 3) return false;
        if (hex_value(part.at[i + 1]) < 0 || hex_value(part.at[i + 2]) < 0) return false;
        i += 2;
    }
    return true;
}

static bool literal_is_valid(struct text literal) /* what stands between [ and ] */
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr parsed;
    if (literal.n && (literal.at[0] == 'v' || literal.at[0] == 'V')) {
        struct text rest = text_from(literal, 1);
        struct text version = text_cut(&rest, '.');
        for (size_t i = 0; i < version.n; i++)
            if (hex_value(version.at[i]) < 0) return false;
        return version.n && rest.n && part_is_valid(rest, ":") && !memchr(rest.at, '%', rest.n);
    }
    if (!literal.n || literal.n >= sizeof address) return false;
    memcpy(address, literal.at, literal.n);
    address[literal.n] = '\0';
    return inet_pton(AF_INET6, address, &parsed) == 1;
}

static bool authority_is_valid(struct text authority)
{
    struct text host = authority;
    const char *at = authority.n ? memchr(authority.at, '@', authority.n) : NULL;
    if (at) {
        struct text user = text_cut(&host, '@');
        if (!part_is_valid(user, ":")) return false;
    }
    struct text port = TEXT("");
    if (host.n && host.at[0] == '[') {
        struct text rest = text_from(host, 1);
        struct text literal = text_cut(&rest, ']');
        if (!rest.at || !literal_is_valid(literal)) return false;
        if (rest.n && rest.at[0] != ':') return false;
        if (rest.n) port = text_from(rest, 1);
    } else {
        struct text rest = host;
        struct text name = text_cut(&rest, ':');
        if (rest.at) port = rest;
        if (!part_is_valid(name, "")) return false;
    }
    for (size_t i = 0; i < port.n; i++)
        if (!is_digit(port.at[i])) return false;
    return true;
}

bool uri_is_valid(struct text from, bool absolute)
{
    struct uri uri = uri_split(from);
    if (absolute && !uri.scheme.at) return false;
    if (uri.authority.at && !authority_is_valid(uri.authority)) return false;
    if (!uri.scheme.at && !uri.authority.at) { /* "a:b" would read as a scheme; ":b" is nothing */
        struct text rest = uri.path;
        struct text first = text_cut(&rest, '/');
        if (first.n && memchr(first.at, ':', first.n)) return false;
    }
    return part_is_valid(uri.path, ":@/") && part_is_valid(uri.query, ":@/?")
           && part_is_valid(uri.fragment, ":@/?");
}
