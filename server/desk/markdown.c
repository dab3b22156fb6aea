/* markdown.c -- see markdown.h.
 *
 * Tables and bare links are not recognised: both take a time that grows with the square of what
 * was written (8 ms for 5,000 characters made for it, against 2 ms for the worst of the rest). */
#include "markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#define HEADINGS_BELOW 2 /* h1 is the page's, h2 the section's */
#define HEADING_MOST 6
#define OPTIONS CMARK_OPT_VALIDATE_UTF8

static void parser_release(cmark_parser **parser)
{
    if (*parser) cmark_parser_free(*parser);
}

static void node_release(cmark_node **node)
{
    if (*node) cmark_node_free(*node);
}

static void iter_release(cmark_iter **iter)
{
    if (*iter) cmark_iter_free(*iter);
}

static void html_release(char **html)
{
    free(*html);
}

static bool is_within_link(cmark_node *node)
{
    for (node = cmark_node_parent(node); node; node = cmark_node_parent(node))
        if (cmark_node_get_type(node) == CMARK_NODE_LINK) return true;
    return false;
}

/* A picture becomes a link to it; within a link, emphasis. */
static void picture_tame(cmark_node *picture)
{
    const char *url = cmark_node_get_url(picture);
    char *kept = strdup(url ? url : "");
    if (!kept || is_within_link(picture))
        (void)cmark_node_set_type(picture, CMARK_NODE_EMPH);
    else if (cmark_node_set_type(picture, CMARK_NODE_LINK))
        (void)cmark_node_set_url(picture, kept);
    free(kept);
}

static void heading_lower(cmark_node *heading)
{
    int level = cmark_node_get_heading_level(heading) + HEADINGS_BELOW;
    (void)cmark_node_set_heading_level(heading, level < HEADING_MOST ? level : HEADING_MOST);
}

static bool tame(cmark_node *document)
{
    CLEANUP(iter) cmark_iter *iter = cmark_iter_new(document);
    if (!iter) return false;
    for (cmark_event_type event; (event = cmark_iter_next(iter)) != CMARK_EVENT_DONE;) {
        cmark_node *node = cmark_iter_get_node(iter);
        if (event != CMARK_EVENT_EXIT) continue;
        if (cmark_node_get_type(node) == CMARK_NODE_IMAGE) picture_tame(node);
        if (cmark_node_get_type(node) == CMARK_NODE_HEADING) heading_lower(node);
    }
    return true;
}

static cmark_parser *parser_new(void)
{
    cmark_gfm_core_extensions_ensure_registered();
    cmark_parser *parser = cmark_parser_new(OPTIONS);
    cmark_syntax_extension *strikethrough = cmark_find_syntax_extension("strikethrough");
    INVARIANT(strikethrough != NULL);
    if (parser) cmark_parser_attach_syntax_extension(parser, strikethrough);
    return parser;
}

/* Only the renderer writes this tag: what people wrote is escaped. */
#define LINK "<a href=\""
#define LINK_TAMED "<a rel=\"nofollow ugc\" href=\""

static void links_put(struct text html, struct buf *out)
{
    const struct text link = TEXT(LINK);
    while (html.n > 0) {
        const char *hit = memmem(html.at, html.n, link.at, link.n);
        size_t before = hit ? (size_t)(hit - html.at) : html.n;
        buf_put(out, html.at, before);
        if (!hit) return;
        buf_cstr(out, LINK_TAMED);
        html = (struct text){hit + link.n, html.n - before - link.n};
    }
}

enum fault markdown_html(struct text markdown, struct buf *out)
{
    CLEANUP(parser) cmark_parser *parser = parser_new();
    if (!parser) return FAULT_MEMORY;
    cmark_parser_feed(parser, markdown.at ? markdown.at : "", markdown.n);
    CLEANUP(node) cmark_node *document = cmark_parser_finish(parser);
    if (!document || !tame(document)) return FAULT_MEMORY;
    CLEANUP(html) char *html =
        cmark_render_html(document, OPTIONS, cmark_parser_get_syntax_extensions(parser));
    if (!html) return FAULT_MEMORY;
    links_put(text_of(html), out);
    return buf_fault(out);
}
