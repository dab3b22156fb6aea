/* letters.c -- fills the templates of web/letters.
 *
 * The code stands behind the # of the address in the QR code: what stands there is never sent to a
 * server, so that no log and no Referer ever has it (RFC 9110 section 10.1.3). The page fetches
 * nothing, so that a saved copy prints the same, and its policy lets only its own style in, by its
 * hash. Every text that somebody typed passes html_put(). */
#include "letters.h"

#include <errno.h>
#include <qrencode.h>

#include "audit.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/secret.h"
#include "parts.h"

#define QUIET 4 /* modules of white around, ISO/IEC 18004 section 5.3.8 */

struct filling {
    const struct letters *letters;
    const struct letter *letter; /* NULL in the page around them */
    size_t number;
};

/* ---- the square ------------------------------------------------------------------------------ */

/* One run of dark modules a subpath: short, and no hairlines between modules. */
static void modules_put(struct buf *out, const QRcode *code)
{
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + y * code->width;
        for (int x = 0; x < code->width; x++) {
            int from = x;
            while (x < code->width && (row[x] & 1))
                x++;
            if (x > from) buf_format(out, "M%d %dh%dv1h-%dz", from + QUIET, y + QUIET, x - from,
                                     x - from);
        }
    }
}

enum fault qr_svg(struct buf *out, struct text text, struct text title)
{
    if (text.n == 0 || text.n > 2000 || memchr(text.at, '\0', text.n)) return FAULT_LIMIT;
    /* Q: a quarter of it may be lost in a fold or under a thumb */
    QRcode *code = QRcode_encodeData((int)text.n, (const unsigned char *)text.at, 0, QR_ECLEVEL_Q);
    if (!code) return errno == ENOMEM ? FAULT_MEMORY : FAULT_LIMIT;
    int side = code->width + 2 * QUIET;
    buf_format(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\" "
               "shape-rendering=\"crispEdges\"><title>", side, side);
    html_put(out, title);
    buf_format(out, "</title><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/><path d=\"", side,
               side);
    modules_put(out, code);
    buf_cstr(out, "\"/></svg>");
    QRcode_free(code);
    return buf_fault(out);
}

/* ---- what fills a name ----------------------------------------------------------------------- */

static void put_join(const struct letters *letters, struct buf *out)
{
    buf_format(out, "%s/c/%.*s/join", letters->public_url, TEXT_ARGS(letters->slug));
}

static enum fault put_qr(const struct filling *filling, struct buf *out)
{
    CLEANUP(buf) struct buf link = BUF_MAX(2 * KIB);
    put_join(filling->letters, &link);
    buf_char(&link, '#');
    buf_text(&link, filling->letter->code);
    enum fault no = buf_fault(&link);
    if (!no)
        no = qr_svg(out, buf_view(&link), TEXT("QR code of the address beside it, with your code"));
    if (link.data) secret_wipe(link.data, link.len);
    return no;
}

/* As one types it: a browser finds https:// by itself. */
static void put_address(const struct filling *filling, struct buf *out)
{
    CLEANUP(buf) struct buf link = BUF_MAX(2 * KIB);
    put_join(filling->letters, &link);
    struct text shown = buf_view(&link), scheme = TEXT("https://");
    if (text_starts(shown, scheme)) shown = (struct text){shown.at + scheme.n, shown.n - scheme.n};
    html_put(out, shown);
}

static void put_groups(const struct filling *filling, struct buf *out)
{
    struct text rest = filling->letter->code;
    while (rest.at) {
        buf_cstr(out, "<span>");
        html_put(out, text_cut(&rest, '-'));
        buf_cstr(out, rest.at ? "-</span>" : "</span>");
    }
}

static void put_area(const struct filling *filling, struct buf *out)
{
    if (filling->letter->area.n == 0) return;
    buf_cstr(out, "\n<p class=\"area\">");
    html_put(out, filling->letter->area);
    buf_cstr(out, "</p>");
}

/* "Use it before 3 December 2026" holds at whatever hour of that day (UTC) it expires. */
static void put_expires(const struct filling *filling, struct buf *out)
{
    static const char *const months[] = {"January", "February", "March", "April", "May", "June",
                                         "July", "August", "September", "October", "November",
                                         "December"};
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(filling->letter->expires_ms, stamp);
    unsigned month = (unsigned)(stamp[5] - '0') * 10 + (unsigned)(stamp[6] - '0');
    int digits = stamp[8] == '0' ? 1 : 2;
    buf_format(out, "%.*s %s %.4s", digits, stamp + 10 - digits, months[month - 1], stamp);
}

static void put_before(const struct filling *filling, struct buf *out)
{
    char stamp[CLOCK_STAMP_SIZE];
    clock_stamp(filling->letter->expires_ms, stamp);
    buf_format(out, "%.10s", stamp);
}

static void put_help(const struct filling *filling, struct buf *out)
{
    struct text help = filling->letters->help;
    html_put(out, help.n > 0 ? help : TEXT("the people who sent it to you"));
}

static bool letter_fill(void *ctx, struct text name, struct buf *out)
{
    const struct filling *filling = ctx;
    if (text_is(name, "number")) buf_u64(out, filling->number);
    else if (text_is(name, "community")) html_put(out, filling->letters->community);
    else if (text_is(name, "area")) put_area(filling, out);
    else if (text_is(name, "groups")) put_groups(filling, out);
    else if (text_is(name, "qr")) return put_qr(filling, out) == FAULT_NONE;
    else if (text_is(name, "address")) put_address(filling, out);
    else if (text_is(name, "before")) put_before(filling, out);
    else if (text_is(name, "expires")) put_expires(filling, out);
    else if (text_is(name, "help")) put_help(filling, out);
    else return false;
    return true;
}

static bool put_letters(const struct letters *letters, struct buf *out)
{
    struct text template = web_file("letters/letter.html");
    for (size_t i = 0; i < letters->n; i++) {
        struct filling filling = {letters, &letters->at[i], i + 1};
        if (html_render(out, template, letter_fill, &filling)) return false;
    }
    return true;
}

static bool page_fill(void *ctx, struct text name, struct buf *out)
{
    const struct letters *letters = ctx;
    if (text_is(name, "policy")) return letters_policy_put(out) == FAULT_NONE;
    if (text_is(name, "letters")) return put_letters(letters, out);
    if (text_is(name, "community")) html_put(out, letters->community);
    else if (text_is(name, "style")) buf_text(out, web_file("letters/letters.css"));
    else if (text_is(name, "count")) buf_format(out, letters->n == 1 ? "is %zu letter" :
                                                "are %zu letters", letters->n);
    else return false;
    return true;
}

enum fault letters_policy_put(struct buf *out)
{
    uint8_t digest[DIGEST_SIZE];
    digest_sha256(web_file("letters/letters.css"), digest);
    buf_cstr(out, "default-src 'none'; style-src 'sha256-");
    encode_base64(out, digest, sizeof digest);
    buf_cstr(out, "'; img-src data:; object-src 'none'; base-uri 'none'; form-action 'none'");
    return buf_fault(out);
}

enum fault letters_put(struct buf *out, const struct letters *letters)
{
    enum fault no = html_render(out, web_file("letters/page.html"), page_fill, (void *)letters);
    return buf_fault(out) ? buf_fault(out) : no;
}
