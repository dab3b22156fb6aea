/* audit_page.c -- fills the template of the audit page: one function a name.
 *
 * The page shows what is sealed, out of the tiles, so that every record on it has a receipt. */
#include "audit_page.h"

#include "errand.h"
#include "files.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/log.h"
#include "groundswell/io/file.h"
#include "text.h"

#define PAGE_RECORDS 50
#define WORDS_MAX (8 * KIB)
#define VKEY_FILE_MAX (16 * KIB)

struct told {
    uint64_t seq, at;
    struct text words; /* in the visit's arena */
};

struct model {
    const struct audit *audit;
    struct visit *visit;
    const struct community_view *view;
    struct text slug, name, checkpoint, vkey;
    const char *public_url;
    const char *root; /* before every address: "", or, in the copy, the public URL, escaped */
    uint64_t size, from, to; /* sealed records; shown: from..to-1 */
    struct told told[PAGE_RECORDS];
    size_t told_n;
    const struct note *note; /* NULL while nothing is sealed */
    bool copy;
};

/* ---- what the page is made of ---------------------------------------------------------------- */

static enum fault record_tell(void *ctx, uint64_t seq, struct text json)
{
    struct model *model = ctx;
    struct record record;
    struct record_problem problem = {"", ""};
    CLEANUP(arena) struct arena arena;
    CLEANUP(buf) struct buf words = BUF_MAX(WORDS_MAX);
    arena_init(&arena, 64 * KIB);
    enum fault no = record_from_json(&record, json, &arena, &problem);
    if (no) {
        log_error("desk", "sealed record %llu: %s: %s", (unsigned long long)seq, problem.field,
                  problem.why);
        return no;
    }
    const struct audit_words names = {model->view->currency, model->view->areas};
    audit_say(&words, &record, &names);
    struct told *told = &model->told[model->told_n++];
    *told = (struct told){seq, record.at, arena_text(&model->visit->arena, buf_view(&words))};
    if (buf_fault(&words)) return buf_fault(&words);
    return told->words.at ? FAULT_NONE : FAULT_MEMORY;
}

static enum fault model_read(struct model *model, struct sealed *sealed, struct buf *vkey)
{
    char path[FILES_FOLDER_SIZE + 8];
    enum fault no = sealed_open(sealed, errand_of(model->visit)->desk, model->slug);
    if (no == FAULT_ABSENT) return FAULT_NONE;
    if (no) return no;
    uint64_t before = errand_of(model->visit)->page.after;
    model->note = &sealed->note;
    model->checkpoint = buf_view(&sealed->bytes);
    model->size = sealed->checkpoint.size;
    model->to = before < model->size ? before : model->size;
    model->from = model->to > PAGE_RECORDS ? model->to - PAGE_RECORDS : 0;
    snprintf(path, sizeof path, "%s/vkey", sealed->folder);
    no = file_read(path, vkey);
    model->vkey = buf_view(vkey);
    if (no && no != FAULT_ABSENT) return no;
    return reader_each(&sealed->reader, model->from, model->to, model->size, record_tell, model);
}

/* ---- what fills a name ----------------------------------------------------------------------- */

static void put_state(const struct model *model, struct buf *out)
{
    uint64_t accepted = model->view->seq + 1;
    if (!model->note) {
        buf_cstr(out, "Nothing of this log is sealed yet. That takes a second or two after the "
                      "first record; look again.");
        return;
    }
    buf_format(out, "%llu %s sealed under the signed checkpoint below.",
               (unsigned long long)model->size, model->size == 1 ? "record is" : "records are");
    if (accepted > model->size)
        buf_format(out, " %llu more accepted and will be sealed in a moment.",
                   (unsigned long long)(accepted - model->size));
}

static void put_record(const struct model *model, const struct told *told, struct buf *out)
{
    char stamp[CLOCK_STAMP_SIZE];
    unsigned long long seq = told->seq;
    int n = (int)model->slug.n;
    clock_stamp(told->at, stamp);
    buf_format(out, "<tr><th scope=\"row\">%llu</th><td><p>", seq);
    html_put(out, told->words);
    buf_format(out, "</p><p><time datetime=\"%s\">%.10s %.8s UTC</time></p>", stamp, stamp,
               stamp + 11);
    buf_format(out, "<p class=\"take\" data-seq=\"%llu\"><a href=\"%s/v1/communities/%.*s/log/"
               "records/%llu\">Record %llu</a>, ", seq, model->root, n, model->slug.at, seq, seq);
    buf_format(out, "<a href=\"%s/v1/communities/%.*s/log/receipts/%llu\">receipt %llu</a></p>"
               "</td></tr>\n", model->root, n, model->slug.at, seq, seq);
}

static void put_records(const struct model *model, struct buf *out)
{
    if (model->told_n == 0) {
        buf_cstr(out, "<p>There are no records to show here.</p>");
        return;
    }
    buf_format(out, "<table id=\"records\" data-api=\"%s/v1/communities/%.*s/log\"><caption>"
               "Records %llu to %llu of %llu, the latest first</caption>\n", model->root,
               TEXT_ARGS(model->slug), (unsigned long long)model->from,
               (unsigned long long)model->to - 1, (unsigned long long)model->size);
    buf_cstr(out, "<thead><tr><th scope=\"col\">Number</th><th scope=\"col\">What happened</th>"
                  "</tr></thead>\n<tbody>\n");
    for (size_t i = model->told_n; i > 0; i--)
        put_record(model, &model->told[i - 1], out);
    buf_cstr(out, "</tbody></table>");
}

static void put_page_link(const struct model *model, uint64_t before, const char *says,
                          struct buf *out)
{
    buf_format(out, "<a href=\"%s/c/%.*s/audit?before=%llu\">%s</a> ", model->root,
               TEXT_ARGS(model->slug), (unsigned long long)before, says);
}

static void put_pages(const struct model *model, struct buf *out)
{
    if (model->to < model->size) {
        uint64_t next = model->to + PAGE_RECORDS;
        put_page_link(model, next < model->size ? next : model->size, "Newer records", out);
    }
    if (model->from > 0) put_page_link(model, model->from, "Older records", out);
}

/* Whoever signed under a name that is not the log's. */
static void put_witnesses(const struct model *model, struct buf *out)
{
    struct text rest = model->note ? model->note->text : TEXT_NONE;
    struct text origin = text_cut(&rest, '\n');
    size_t n = 0;
    for (size_t i = 0; model->note && i < model->note->signatures_n; i++) {
        struct text name = model->note->signatures[i].name;
        if (text_equal(name, origin)) continue;
        buf_cstr(out, n++ == 0 ? "<p>These have seen this checkpoint, checked that it continues "
                                 "the ones before it, and signed it too:</p><ul><li>" : "<li>");
        html_put(out, name);
        buf_cstr(out, "</li>");
    }
    buf_cstr(out, n > 0 ? "</ul>" : "<p>No witness has signed this checkpoint.</p>");
}

static void put_style(const struct model *model, struct buf *out)
{
    const struct part *style = &model->audit->parts[PART_AUDIT_STYLE];
    if (!model->copy) {
        buf_format(out, "<link rel=\"stylesheet\" href=\"/parts/%s\">", style->name);
        return;
    }
    buf_cstr(out, "<style>");
    buf_text(out, style->content);
    buf_cstr(out, "</style>");
}

static void put_script(const struct model *model, struct buf *out)
{
    const struct part *script = &model->audit->parts[PART_AUDIT_SCRIPT];
    if (!model->copy) {
        buf_format(out, "<script src=\"/parts/%s\"></script>", script->name);
        return;
    }
    buf_cstr(out, "<script>");
    buf_text(out, script->content);
    buf_cstr(out, "</script>");
}

static void put_icon(const struct model *model, struct buf *out)
{
    if (model->copy) buf_cstr(out, "<link rel=\"icon\" href=\"data:,\">");
    else buf_format(out, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"/parts/%s\">",
                    model->audit->parts[PART_ICON].name);
}

void audit_policy_put(struct buf *out, const struct audit *audit)
{
    buf_format(out, "default-src 'none'; script-src '%s'; style-src '%s'; img-src data:; "
               "base-uri 'none'", audit->parts[PART_AUDIT_SCRIPT].hash,
               audit->parts[PART_AUDIT_STYLE].hash);
}

static void put_policy(const struct model *model, struct buf *out)
{
    if (!model->copy) return;
    buf_cstr(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"");
    audit_policy_put(out, model->audit);
    buf_cstr(out, "\">\n");
}

static void put_keep(const struct model *model, struct buf *out)
{
    if (model->copy) {
        buf_cstr(out, "This is a saved copy of the page; it works without a network.");
        return;
    }
    buf_format(out, "To check without a network or in years to come, <a href=\"/c/%.*s/audit/copy\""
               " download>download a copy of this page</a>.", TEXT_ARGS(model->slug));
}

static void put_name(const struct model *model, struct buf *out) { html_put(out, model->name); }
static void put_slug(const struct model *model, struct buf *out) { html_put(out, model->slug); }
static void put_vkey(const struct model *model, struct buf *out) { html_put(out, model->vkey); }

static void put_root(const struct model *model, struct buf *out)
{
    buf_cstr(out, model->root);
}

static void put_public(const struct model *model, struct buf *out)
{
    html_put(out, text_of(model->public_url));
}

static void put_checkpoint(const struct model *model, struct buf *out)
{
    html_put(out, model->checkpoint);
}

static const struct {
    const char *name;
    void (*put)(const struct model *model, struct buf *out);
} names[] = {
    {"policy", put_policy}, {"name", put_name}, {"icon", put_icon}, {"style", put_style},
    {"state", put_state}, {"root", put_root}, {"slug", put_slug}, {"records", put_records},
    {"pages", put_pages}, {"keep", put_keep}, {"vkey", put_vkey}, {"checkpoint", put_checkpoint},
    {"witnesses", put_witnesses}, {"public", put_public}, {"script", put_script},
};

static bool model_fill(void *ctx, struct text name, struct buf *out)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!text_is(name, names[i].name)) continue;
        if (ctx) names[i].put(ctx, out);
        return true;
    }
    return false;
}

bool audit_template_is_good(const struct audit *audit)
{
    CLEANUP(buf) struct buf page = BUF_MAX(MIB);
    return html_render(&page, audit->page, model_fill, NULL) == FAULT_NONE;
}

enum fault audit_page_put(struct buf *out, struct visit *visit, const struct community_view *view,
                          bool copy)
{
    const struct desk *desk = errand_of(visit)->desk;
    CLEANUP(sealed) struct sealed sealed;
    CLEANUP(buf) struct buf vkey = BUF_MAX(VKEY_FILE_MAX), root = BUF_MAX(4 * KIB);
    struct model *model = arena_alloc(&visit->arena, sizeof *model);
    sealed.reading = false;
    sealed.bytes = BUF_MAX(0);
    if (copy) html_put(&root, text_of(desk->public_url));
    if (!model || buf_fault(&root)) return FAULT_MEMORY;
    *model = (struct model){.audit = desk->audit, .visit = visit, .view = view, .copy = copy,
                            .slug = errand_of(visit)->slug, .root = root.data ? root.data : "",
                            .public_url = desk->public_url};
    model->name = community_name(visit, view);
    enum fault no = model_read(model, &sealed, &vkey);
    return no ? no : html_render(out, desk->audit->page, model_fill, model);
}
