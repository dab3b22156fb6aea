/* audit_html.c -- the two ways into a page: a text, escaped, and a template with names to fill. */
#include "audit.h"

void html_put(struct buf *out, struct text text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c == '&') buf_cstr(out, "&amp;");
        else if (c == '<') buf_cstr(out, "&lt;");
        else if (c == '>') buf_cstr(out, "&gt;");
        else if (c == '"') buf_cstr(out, "&quot;");
        else if (c == '\'') buf_cstr(out, "&#39;");
        else if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) buf_char(out, '?');
        else buf_char(out, (char)c);
    }
}

enum fault html_render(struct buf *out, struct text template, html_fill_fn *fill, void *ctx)
{
    while (template.n > 0) {
        const char *opens = memmem(template.at, template.n, "{{", 2);
        if (!opens) {
            buf_text(out, template);
            break;
        }
        size_t before = (size_t)(opens - template.at);
        buf_put(out, template.at, before);
        template = (struct text){opens + 2, template.n - before - 2};
        const char *closes = memmem(template.at, template.n, "}}", 2);
        if (!closes) return FAULT_FORMAT;
        struct text name = {template.at, (size_t)(closes - template.at)};
        if (!fill(ctx, name, out)) return FAULT_FORMAT;
        template = (struct text){closes + 2, template.n - name.n - 2};
    }
    return buf_fault(out);
}
