/* mail_text.c -- the letter itself: header and body in seven-bit lines that any server carries.
 *
 * Words outside ASCII become encoded words (RFC 2047), the body is quoted-printable (RFC 2045
 * section 6.7): what is plain English stays readable in the source. Dots at the start of a line are
 * doubled by libcurl. */
#include "mail_text.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/secret.h"
#include "groundswell/post/mail.h"

#define LINE_MAX_QP 76   /* RFC 2045 section 6.7 (5), the soft break's "=" counted */
#define WORD_BYTES 42    /* 56 of base64 and 12 around them: an encoded word has at most 75 */
#define PLAIN_MAX 66     /* with "Subject: " a line of at most 78, RFC 5322 section 2.1.1 */

static bool is_atext(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool label_is_good(struct text label)
{
    if (label.n == 0 || label.n > 63) return false;
    for (size_t i = 0; i < label.n; i++)
        if (!is_alnum(label.at[i]) && label.at[i] != '-') return false;
    return label.at[0] != '-' && label.at[label.n - 1] != '-';
}

static bool local_is_good(struct text local)
{
    if (local.n == 0 || local.n > 64) return false;
    for (size_t i = 0; i < local.n; i++) {
        bool dot = local.at[i] == '.';
        if (!dot && !is_atext(local.at[i])) return false;
        if (dot && (i == 0 || i + 1 == local.n || local.at[i - 1] == '.')) return false;
    }
    return true;
}

bool mail_address_is_good(struct text address)
{
    if (!address.at || address.n > MAIL_ADDRESS_MAX) return false;
    struct text domain = address, local = text_cut(&domain, '@');
    if (!domain.at || !local_is_good(local)) return false;
    while (domain.at)
        if (!label_is_good(text_cut(&domain, '.'))) return false;
    return true;
}

bool mail_line_is_good(struct text line)
{
    for (size_t i = 0; i < line.n; i++)
        if ((unsigned char)line.at[i] < ' ' || line.at[i] == 0x7f) return false;
    return text_is_clean_utf8(line);
}

static bool is_plain(struct text words)
{
    if (words.n > PLAIN_MAX || memmem(words.at, words.n, "=?", 2)) return false;
    for (size_t i = 0; i < words.n; i++)
        if (words.at[i] < ' ' || words.at[i] > '~') return false; /* char is signed or not: both */
    return true;
}

/* Encoded words on folded lines; none cuts a character in two (RFC 2047 section 5). */
static void words_put(struct buf *out, struct text words)
{
    while (words.n > 0) {
        size_t n = words.n < WORD_BYTES ? words.n : WORD_BYTES;
        while (n < words.n && ((unsigned char)words.at[n] & 0xc0) == 0x80)
            n--;
        buf_cstr(out, "=?UTF-8?B?");
        encode_base64(out, words.at, n);
        buf_cstr(out, "?=");
        words = (struct text){words.at + n, words.n - n};
        if (words.n > 0) buf_cstr(out, "\r\n ");
    }
}

static void subject_put(struct buf *out, struct text subject)
{
    buf_cstr(out, "Subject: ");
    if (is_plain(subject)) buf_text(out, subject);
    else words_put(out, subject);
    buf_cstr(out, "\r\n");
}

/* A name in front of an address is encoded always: no quoting to get wrong. */
static void from_put(struct buf *out, const struct mail_head *head)
{
    buf_cstr(out, "From: ");
    words_put(out, head->from_name);
    buf_cstr(out, head->from_name.n > 0 ? "\r\n <" : "<");
    buf_text(out, head->from);
    buf_cstr(out, ">\r\n");
}

/* "Sat, 28 Nov 2026 18:11:37 +0000", whatever the locale; 1970 began on a Thursday. */
static void date_put(struct buf *out, uint64_t at_ms)
{
    static const char days[7][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(at_ms, stamp);
    unsigned month = (unsigned)(stamp[5] - '0') * 10 + (unsigned)(stamp[6] - '0');
    buf_format(out, "Date: %s, %.2s %s %.4s %.8s +0000\r\n", days[at_ms / 86400000 % 7], stamp + 8,
               months[month - 1], stamp, stamp + 11);
}

static void id_put(struct buf *out, struct text from)
{
    uint8_t random[16];
    struct text domain = from;
    (void)text_cut(&domain, '@');
    secret_random(random, sizeof random);
    buf_cstr(out, "Message-ID: <");
    encode_hex(out, random, sizeof random);
    buf_char(out, '@');
    buf_text(out, domain);
    buf_cstr(out, ">\r\n");
}

/* One line of the text, cut into lines that fit; a blank at its end would be lost on the way. */
static void quoted_line_put(struct buf *out, struct text line)
{
    size_t column = 0;
    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.at[i];
        bool last = i + 1 == line.n;
        bool plain = c >= ' ' && c <= '~' && c != '=' && !(c == ' ' && last);
        size_t width = plain ? 1 : 3;
        if (column + width > LINE_MAX_QP - 1) {
            buf_cstr(out, "=\r\n");
            column = 0;
        }
        if (plain) buf_char(out, (char)c);
        else buf_format(out, "=%02X", c);
        column += width;
    }
    buf_cstr(out, "\r\n");
}

/* One click ends them, in the mail program itself (RFC 8058). */
static void unsubscribe_put(struct buf *out, struct text address)
{
    if (address.n == 0) return;
    buf_cstr(out, "List-Unsubscribe: <");
    buf_text(out, address);
    buf_cstr(out, ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
}

void mail_text_put(struct buf *out, const struct mail_head *head, struct text body)
{
    date_put(out, head->at_ms);
    id_put(out, head->from);
    from_put(out, head);
    buf_cstr(out, "To: <");
    buf_text(out, head->to);
    buf_cstr(out, ">\r\n");
    subject_put(out, head->subject);
    unsubscribe_put(out, head->unsubscribe);
    /* RFC 3834: nobody's holiday note answers a program */
    buf_cstr(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    if (body.n > 0 && body.at[body.n - 1] == '\n') body.n--;
    do
        quoted_line_put(out, text_cut(&body, '\n'));
    while (body.at);
}
