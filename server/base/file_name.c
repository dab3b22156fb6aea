/* file_name.c -- see file_name.h. What is refused would be read as a path, hide what comes behind
 * it, or show the name as another one than it is. */
#include "groundswell/base/file_name.h"

#include <stdbool.h>
#include <string.h>

/* The code point at `at`, of well-formed UTF-8, and its length. */
static uint32_t code_point(const unsigned char *at, size_t *ret_n)
{
    static const struct {
        unsigned char below, mask;
    } first[] = {{0x80, 0x7f}, {0xe0, 0x1f}, {0xf0, 0x0f}, {0xff, 0x07}};
    size_t n = 1;
    while (at[0] >= first[n - 1].below)
        n++;
    uint32_t point = at[0] & first[n - 1].mask;
    for (size_t i = 1; i < n; i++)
        point = point << 6 | (at[i] & 0x3f);
    *ret_n = n;
    return point;
}

static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

/* Marks that turn the direction of writing (a program would show as a picture), and separators of
 * lines. */
static bool is_turning(uint32_t point)
{
    return (point >= 0x200e && point <= 0x200f) || (point >= 0x2028 && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x2069) || point == 0x061c || point == 0xfeff;
}

static const char *characters_wrong(struct text name)
{
    for (size_t i = 0, n; i < name.n; i += n) {
        uint32_t point = code_point((const unsigned char *)name.at + i, &n);
        if (is_control(point))
            return "it has control characters";
        if (is_turning(point))
            return "it has characters that are not seen and change how it is read";
        if (point == '/' || point == '\\')
            return "it has a slash; a name is no path";
    }
    return NULL;
}

const char *file_name_wrong(struct text name)
{
    if (!name.at || name.n == 0)
        return "none was given; say it as ?name=";
    for (size_t i = 0; i < name.n; i++) /* of these UTF-8 is not yet known to be well-formed */
        if ((unsigned char)name.at[i] < 0x20)
            return "it has control characters";
    if (!text_is_clean_utf8(name))
        return "it is not UTF-8";
    const char *wrong = characters_wrong(name);
    if (wrong)
        return wrong;
    if (name.at[0] == '.')
        return "it begins with a dot";
    if (name.at[0] == ' ' || name.at[name.n - 1] == ' ')
        return "it begins or ends with a blank";
    if (text_code_points(name) > FILE_NAME_CHARACTERS_MAX)
        return "it has more than 120 characters";
    return NULL;
}

/* attr-char of RFC 8187 s.3.2.1 */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$&+-.^_`|~", c));
}

void file_name_disposition(struct buf *out, struct text name)
{
    buf_cstr(out, "attachment; filename=\"");
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.at[i];
        bool follows = (c & 0xc0) == 0x80; /* one mark a character */
        bool shown = c < 0x80 && c != '"' && c != '%' && c != '\\';
        if (!follows)
            buf_char(out, shown ? (char)c : '_');
    }
    buf_cstr(out, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++) {
        if (is_plain(name.at[i]))
            buf_char(out, name.at[i]);
        else
            buf_format(out, "%%%02X", (unsigned)(unsigned char)name.at[i]);
    }
}
