/* chart.c -- the frame of every chart: who it is for those who cannot see it, texts, patterns, the
 * steps of a scale. Geometry is in doubles; no figure that is written comes out of one. */
#include "chart_inside.h"

#define STEPS_MAX 4
#define ELLIPSIS 14 /* how wide it is */

bool chart_bounded(struct buf *out, size_t n, size_t max)
{
    if (n <= max)
        return true;
    if (!out->fault)
        out->fault = FAULT_LIMIT;
    return false;
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* What XML could not hold becomes "?": a label shall never break the page around it. */
void chart_escaped(struct buf *out, struct text text)
{
    bool clean = text_is_clean_utf8(text);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.at[i];
        if (c == '&')
            buf_cstr(out, "&amp;");
        else if (c == '<')
            buf_cstr(out, "&lt;");
        else if (c == '>')
            buf_cstr(out, "&gt;");
        else if (c == '"')
            buf_cstr(out, "&quot;");
        else if (c == '\'')
            buf_cstr(out, "&#39;");
        else
            buf_char(out, clean || (c >= ' ' && c <= '~') ? c : '?');
    }
}

void chart_id(struct buf *out, const struct chart_head *head)
{
    for (size_t i = 0; i < head->id.n; i++) {
        char c = head->id.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        buf_char(out, plain ? c : '-');
    }
}

void chart_value(struct buf *out, const struct chart_head *head, uint64_t value)
{
    int64_t clipped = (int64_t)chart_clip(value);
    if (head->currency.n)
        format_money(out, clipped, head->currency);
    else
        format_number(out, clipped);
}

/* About how wide a letter is, 14 units high, in a font as wide as a browser may have; of several
 * bytes only the first counts. */
static double letter_wide(char c)
{
    if (((unsigned char)c & 0xC0) == 0x80)
        return 0;
    if (c && strchr("mwMW%", c))
        return 13;
    if (c && strchr(" .,:;'!|()/-ijlftrI", c))
        return 5.5;
    return (c >= 'a' && c <= 'z') ? 8.1 : 9;
}

double chart_wide(struct text text)
{
    double wide = 0;
    for (size_t i = 0; i < text.n; i++)
        wide += letter_wide(text.at[i]);
    return wide;
}

/* As many letters as fit into `room`. */
static struct text cut_to(struct text text, double room)
{
    size_t i = 0, whole = 0;
    double wide = 0;
    for (; i < text.n && (wide += letter_wide(text.at[i])) <= room; i++)
        if (i + 1 == text.n || ((unsigned char)text.at[i + 1] & 0xC0) != 0x80)
            whole = i + 1;
    return (struct text){text.at, whole};
}

void chart_text(struct buf *out, struct chart_place place, struct text text)
{
    bool fits = chart_wide(text) <= place.room;
    buf_format(out, "<text x=\"%.1f\" y=\"%.1f\"%s>", place.x, place.y,
               place.anchor == CHART_END ? " text-anchor=\"end\"" : "");
    chart_escaped(out, fits ? text : text_trim(cut_to(text, place.room - ELLIPSIS)));
    buf_cstr(out, fits ? "</text>" : "\xe2\x80\xa6</text>");
}

/* ---- the frame ------------------------------------------------------------------------------- */

static void told(struct buf *out, const struct chart_head *head, const char *element,
                 struct text text)
{
    buf_format(out, "<%s id=\"", element);
    chart_id(out, head);
    buf_format(out, "-%s\">", element);
    chart_escaped(out, text);
    buf_format(out, "</%s>", element);
}

void chart_begin(struct buf *out, const struct chart_head *head, unsigned height)
{
    buf_format(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gs-drawing\" role=\"img\""
               " viewBox=\"0 0 %d %u\" width=\"%d\" height=\"%u\" font-size=\"14\""
               " fill=\"currentColor\" aria-labelledby=\"",
               CHART_WIDTH, height, CHART_WIDTH, height);
    chart_id(out, head);
    buf_cstr(out, "-title ");
    chart_id(out, head);
    buf_cstr(out, "-desc\">");
    told(out, head, "title", head->title);
    told(out, head, "desc", head->about);
}

void chart_end(struct buf *out)
{
    buf_cstr(out, "</svg>");
}

/* ---- patterns -------------------------------------------------------------------------------- */

/* Told apart by their form and by how dark they are: dots, strokes, a lattice. */
static const char *const drawn[CHART_CLASSES] = {
    [1] = "<circle cx=\"3.5\" cy=\"3.5\" r=\"1\"/>",
    [2] = "<path d=\"M-1 1l2-2M0 7l7-7M6 8l2-2\" stroke=\"currentColor\" stroke-width=\"1.2\"/>",
    [3] = "<path d=\"M0 0h7v7\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"4.6\"/>",
};

void chart_patterns(struct buf *out, const struct chart_head *head)
{
    buf_cstr(out, "<defs>");
    for (unsigned i = 0; i < CHART_CLASSES; i++) {
        if (!drawn[i])
            continue;
        buf_cstr(out, "<pattern id=\"");
        chart_id(out, head);
        buf_format(out, "-%u\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\">%s"
                        "</pattern>",
                   i, drawn[i]);
    }
    buf_cstr(out, "</defs>");
}

void chart_fill(struct buf *out, const struct chart_head *head, unsigned pattern)
{
    if (pattern == 0) { /* nothing to be seen, but to be pointed at */
        buf_cstr(out, " fill=\"none\" pointer-events=\"all\"");
    } else if (pattern >= CHART_CLASSES - 1) {
        buf_cstr(out, " fill=\"currentColor\" fill-opacity=\".75\""); /* borders stay */
    } else {
        buf_cstr(out, " fill=\"url(#");
        chart_id(out, head);
        buf_format(out, "-%u)\"", pattern);
    }
}

void chart_key(struct buf *out, const struct chart_head *head, unsigned pattern, unsigned y,
               struct text text)
{
    const unsigned box = 14, gap = 8;
    buf_format(out, "<rect x=\"1\" y=\"%u\" width=\"%u\" height=\"%u\" stroke=\"currentColor\"",
               y + 3, box + 4, box);
    chart_fill(out, head, pattern);
    buf_cstr(out, "/>");
    double x = 1 + box + 4 + gap;
    chart_text(out, (struct chart_place){x, y + CHART_BASELINE, CHART_WIDTH - x, CHART_START},
               text);
}

/* ---- the scale ------------------------------------------------------------------------------- */

struct chart_scale chart_scale_to(uint64_t most, struct text currency)
{
    static const unsigned round[] = {1, 2, 5};
    uint64_t power = 1;
    if (currency.n) /* amounts are marked in whole ones */
        for (unsigned i = 0; i < format_minor_digits(currency); i++)
            power *= 10;
    most = chart_clip(most);
    for (;; power *= 10) { /* ends: at 10^17 every value is reached */
        for (size_t i = 0; i < sizeof round / sizeof *round; i++) {
            uint64_t step = round[i] * power;
            if (most > step * STEPS_MAX)
                continue;
            uint64_t steps = most ? (most + step - 1) / step : 1;
            return (struct chart_scale){step, steps * step};
        }
    }
}
