/* format.c -- the formats that are asserted: one function and one row each. */
#include "format.h"

#include <arpa/inet.h>

#include "uri.h"

static bool digits(struct text *rest, size_t n, unsigned *ret)
{
    *ret = 0;
    if (rest->n < n) return false;
    for (size_t i = 0; i < n; i++) {
        char c = rest->at[i];
        if (c < '0' || c > '9') return false;
        *ret = *ret * 10 + (unsigned)(c - '0');
    }
    rest->at += n;
    rest->n -= n;
    return true;
}

static bool one_of(struct text *rest, const char *set)
{
    if (!rest->n || !rest->at[0] || !strchr(set, rest->at[0])) return false;
    rest->at++;
    rest->n--;
    return true;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static bool take_date(struct text *rest) /* RFC 3339 full-date */
{
    unsigned year, month, day;
    if (!digits(rest, 4, &year) || !one_of(rest, "-") || !digits(rest, 2, &month)
        || !one_of(rest, "-"))
        return false;
    return digits(rest, 2, &day) && month >= 1 && month <= 12 && day >= 1
           && day <= days_of(year, month);
}

static bool take_offset(struct text *rest, int *ret_minutes)
{
    unsigned hour, minute;
    *ret_minutes = 0;
    if (one_of(rest, "Zz")) return true;
    bool west = rest->n && rest->at[0] == '-';
    if (!one_of(rest, "+-") || !digits(rest, 2, &hour) || !one_of(rest, ":")
        || !digits(rest, 2, &minute))
        return false;
    *ret_minutes = (int)(hour * 60 + minute) * (west ? -1 : 1);
    return hour <= 23 && minute <= 59;
}

static bool take_time(
    struct text *rest) /* RFC 3339 full-time; a leap second only where UTC has one */
{
    unsigned hour, minute, second, fraction;
    int offset;
    if (!digits(rest, 2, &hour) || !one_of(rest, ":") || !digits(rest, 2, &minute)
        || !one_of(rest, ":"))
        return false;
    if (!digits(rest, 2, &second) || hour > 23 || minute > 59 || second > 60) return false;
    if (one_of(rest, ".")) {
        if (!digits(rest, 1, &fraction)) return false;
        while (digits(rest, 1, &fraction)) continue;
    }
    if (!take_offset(rest, &offset)) return false;
    int utc = ((int)(hour * 60 + minute) - offset + 2 * 24 * 60) % (24 * 60);
    return second < 60 || utc == 23 * 60 + 59;
}

static bool is_date(struct text value)
{
    return take_date(&value) && !value.n;
}

static bool is_time(struct text value)
{
    return take_time(&value) && !value.n;
}

static bool is_date_time(struct text value)
{
    return take_date(&value) && one_of(&value, "Tt") && take_time(&value) && !value.n;
}

static bool is_uri(struct text value)
{
    return uri_is_valid(value, true);
}

static bool is_uri_reference(struct text value)
{
    return uri_is_valid(value, false);
}

static bool is_uuid(struct text value)
{
    if (value.n != 36) return false;
    for (size_t i = 0; i < value.n; i++) {
        char c = value.at[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !c || !strchr("0123456789abcdefABCDEF", c)) return false;
    }
    return true;
}

static bool is_address(struct text value, int family)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr parsed;
    if (!value.n || value.n >= sizeof text || memchr(value.at, '\0', value.n)) return false;
    memcpy(text, value.at, value.n);
    text[value.n] = '\0';
    return inet_pton(family, text, &parsed) == 1;
}

static bool is_ipv4(struct text value)
{
    return is_address(value, AF_INET);
}

static bool is_ipv6(struct text value)
{
    return is_address(value, AF_INET6);
}

static bool is_label(struct text label)
{
    if (!label.n || label.n > 63 || label.at[0] == '-' || label.at[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++) {
        char c = label.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
              || c == '-'))
            return false;
    }
    return true;
}

static bool is_domain(struct text domain)
{
    if (domain.n > 253) return false;
    for (struct text rest = domain; rest.at;)
        if (!is_label(text_cut(&rest, '.'))) return false;
    return true;
}

static bool is_address_literal(struct text domain) /* RFC 5321 section 4.1.3 */
{
    struct text inside = {domain.at + 1, domain.n - 2};
    if (domain.n < 2 || domain.at[0] != '[' || domain.at[domain.n - 1] != ']') return false;
    if (!text_starts(inside, TEXT("IPv6:"))) return is_ipv4(inside);
    return is_ipv6((struct text){inside.at + 5, inside.n - 5});
}

static bool is_quoted(
    struct text local) /* RFC 5321: "any printable ASCII, with \ before \ and quotes" */
{
    if (local.n < 2 || local.at[0] != '"' || local.at[local.n - 1] != '"') return false;
    for (size_t i = 1; i + 1 < local.n; i++) {
        if (local.at[i] < ' ' || local.at[i] > '~' || local.at[i] == '"') return false;
        if (local.at[i] == '\\' && ++i + 1 >= local.n) return false;
    }
    return true;
}

static bool is_dotted(struct text local)
{
    for (struct text rest = local; rest.at;) {
        struct text atom = text_cut(&rest, '.');
        if (!atom.n) return false;
        for (size_t i = 0; i < atom.n; i++) {
            char c = atom.at[i];
            bool letter =
                (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!letter && (!c || !strchr("!#$%&'*+-/=?^_`{|}~", c))) return false;
        }
    }
    return true;
}

static bool is_email(struct text value) /* RFC 5321 Mailbox */
{
    size_t at = value.n;
    while (at && value.at[at - 1] != '@') at--;
    if (at < 2 || at - 1 > 64) return false;
    struct text local = {value.at, at - 1}, domain = {value.at + at, value.n - at};
    return (is_dotted(local) || is_quoted(local))
           && (is_domain(domain) || is_address_literal(domain));
}

static bool is_json_pointer(struct text value) /* RFC 6901 */
{
    if (value.n && value.at[0] != '/') return false;
    for (size_t i = 0; i < value.n; i++)
        if (value.at[i] == '~'
            && (i + 1 == value.n || (value.at[i + 1] != '0' && value.at[i + 1] != '1')))
            return false;
    return true;
}

static const struct format formats[] = {
    {"date", is_date, "is not a date such as 2026-11-21"},
    {"time", is_time, "is not a time of day with its offset, such as 09:30:00Z"},
    {"date-time", is_date_time,
     "is not a date and time with its offset, such as 2026-11-21T09:30:00Z"},
    {"uri", is_uri, "is not a full web address or URI, such as https://example.org/page"},
    {"uri-reference", is_uri_reference, "is not a web address, full or relative"},
    {"email", is_email, "is not an e-mail address such as name@example.org"},
    {"uuid", is_uuid, "is not a UUID: 32 hex digits in groups of 8, 4, 4, 4 and 12"},
    {"ipv4", is_ipv4, "is not an IPv4 address such as 192.0.2.1"},
    {"ipv6", is_ipv6, "is not an IPv6 address such as 2001:db8::1"},
    {"json-pointer", is_json_pointer, "is not a JSON Pointer such as /pledges/0"},
};

const struct format *format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0) return &formats[i];
    return NULL;
}
