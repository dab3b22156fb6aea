/* archive_check.c -- do a ledger and its sealed log tell one story?
 *
 * The log is verified from its entries; then the records that the stream still has are read once:
 * those that are sealed must be the very bytes of their entries, those behind them must follow
 * without a gap to where the ledger says it is. A checkpoint that somebody kept is compared with
 * the root over all of them, sealed or not yet: what anybody has seen must still be true. */
#include "archive_ask.h"
#include "groundswell/rules/record.h"
#include "groundswell/tlog/key.h"

#define PAGE 500
#define PATH_SIZE 4096
#define LINES_MAX (PAGE * (RECORD_JSON_MAX + 1))
#define ALL UINT64_MAX

struct checking {
    struct snapshot *snapshot;
    struct snapshot_community *community;
    struct reader reader;
    struct vkey keys[NOTE_KEYS_MAX];
    struct signers signers;
    struct kept *kept;
    size_t kept_n;
    struct tree *tree;
    uint64_t at; /* of the next record of the stream */
    struct text lines; /* of the page, not compared yet */
    struct doubt doubt;
};

/* ---- checkpoints that were kept -------------------------------------------------------------- */

/* Compared as soon as the tree has its size. */
static enum fault kept_compare(struct checking *c)
{
    struct checkpoint kept;
    struct note note;
    struct hash root;
    for (size_t i = 0; i < c->kept_n; i++) {
        if (!c->kept[i].judged ||
            checkpoint_peek(buf_view(&c->kept[i].bytes), &kept, &note, NULL) ||
            !text_is(kept.origin, c->keys[0].name) || kept.size != c->tree->size)
            continue;
        tree_root(c->tree, &root);
        if (!hash_equal(&root, &kept.root))
            return doubt_raise(&c->doubt, FAULT_FORMAT,
                               "%s, of %llu records, is not a beginning of the archive's log",
                               c->kept[i].path, (unsigned long long)kept.size);
    }
    return FAULT_NONE;
}

/* Those of this log: signed by it, and no further than the archive. */
static enum fault kept_judge(struct checking *c)
{
    struct checkpoint kept;
    struct note note;
    enum fault no = FAULT_NONE;
    for (size_t i = 0; i < c->kept_n && !no; i++) {
        struct kept *one = &c->kept[i];
        no = checkpoint_peek(buf_view(&one->bytes), &kept, &note, &c->doubt);
        if (no || !text_is(kept.origin, c->keys[0].name)) continue;
        no = checkpoint_open(buf_view(&one->bytes), &c->signers, &kept, NULL, &c->doubt);
        one->judged = !no;
        if (!no && kept.size > c->community->state.seq)
            no = doubt_raise(&c->doubt, FAULT_CONFIG,
                             "the archive is from before the sealed log: %s has %llu records, the "
                             "archive %llu. %llu are missing, and it would tell another story. To "
                             "have them back, restore it without that checkpoint, then "
                             "`groundswell rebuild LOG --forward` with the newer log",
                             one->path, (unsigned long long)kept.size,
                             (unsigned long long)c->community->state.seq,
                             (unsigned long long)(kept.size - c->community->state.seq));
    }
    return no;
}

static enum fault leaf_add(struct checking *c, struct text json)
{
    struct hash leaf;
    if (!c->kept_n) return FAULT_NONE;
    hash_leaf(json, &leaf);
    const enum fault no = tree_add(c->tree, &leaf, NULL);
    return no ? no : kept_compare(c);
}

/* ---- the log --------------------------------------------------------------------------------- */

static enum fault sealed_entry(void *ctx, uint64_t seq, struct text entry)
{
    (void)seq;
    return leaf_add(ctx, entry);
}

static enum fault log_check(struct checking *c, struct source source)
{
    struct verify_finding found = {0};
    const struct verify_plan plan = {
        .source = source, .signers = c->signers, .entry = sealed_entry, .entry_ctx = c};
    struct doubt doubt = {""};
    const enum fault no = verify_log(&plan, &found, &doubt);
    c->community->sealed = found.size;
    c->community->root = found.root;
    if (no) return doubt_raise(&c->doubt, no, "its log does not hold: %s", doubt.what);
    if (found.size > c->community->state.seq)
        return doubt_raise(&c->doubt, FAULT_CONFIG,
                           "its ledger is behind its log: %llu records are sealed, the ledger has "
                           "%llu. %llu are missing",
                           (unsigned long long)found.size,
                           (unsigned long long)c->community->state.seq,
                           (unsigned long long)(found.size - c->community->state.seq));
    return FAULT_NONE;
}

/* ---- the stream ------------------------------------------------------------------------------ */

static enum fault line_take(struct snapshot *snapshot, const struct ledger_record *from)
{
    struct text flat[2 * LEDGER_RECORD_MEMBERS_MAX];
    struct record record;
    struct record_problem problem = {0};
    for (size_t i = 0; i < from->members_n; i++) {
        flat[2 * i] = from->members[i].name;
        flat[2 * i + 1] = from->members[i].value;
    }
    arena_reset(&snapshot->one);
    const enum fault no =
        record_from_fields(&record, flat, 2 * from->members_n, &snapshot->one, &problem);
    if (no)
        return doubt_raise(&snapshot->doubt, no, "record %llu is none",
                           (unsigned long long)from->seq);
    record_json(&record, &snapshot->page);
    buf_char(&snapshot->page, '\n');
    return buf_fault(&snapshot->page);
}

/* The first page tells where the stream begins. */
static void page_answer(void *ctx, const struct ledger_answer *answer)
{
    struct checking *c = ctx;
    struct snapshot *snapshot = c->snapshot;
    const struct ledger_record *records = answer->items;
    if (!snapshot_heard(snapshot, answer)) return;
    for (size_t i = 0; i < answer->items_n && !snapshot->fault; i++) {
        if (c->at == ALL) c->at = c->community->first = records[i].seq;
        snapshot->fault = line_take(snapshot, &records[i]);
        if (!snapshot->fault && records[i].seq != c->at + i)
            snapshot->fault = doubt_raise(&snapshot->doubt, FAULT_FORMAT,
                                          "record %llu is missing in its ledger",
                                          (unsigned long long)(c->at + i));
    }
}

static enum fault entry_compare(void *ctx, uint64_t seq, struct text entry)
{
    struct checking *c = ctx;
    const struct text line = text_cut(&c->lines, '\n');
    if (text_equal(line, entry)) return FAULT_NONE;
    return doubt_raise(&c->doubt, FAULT_FORMAT,
                       "its ledger contradicts its log: record %llu is not the one that was sealed",
                       (unsigned long long)seq);
}

static enum fault page_compare(struct checking *c)
{
    uint64_t n = 0;
    const struct text page = buf_view(&c->snapshot->page);
    for (size_t i = 0; i < page.n; i++)
        n += page.at[i] == '\n';
    const uint64_t end = c->at + n, sealed = c->community->sealed;
    const uint64_t to = end < sealed ? end : sealed;
    enum fault no = FAULT_NONE;
    c->lines = page;
    if (c->at < to) {
        no = reader_each(&c->reader, c->at, to, sealed, entry_compare, c);
        c->at = to;
    }
    for (; !no && c->at < end; c->at++)
        no = leaf_add(c, text_cut(&c->lines, '\n'));
    return no;
}

static enum fault stream_check(struct checking *c)
{
    struct snapshot *snapshot = c->snapshot;
    enum fault no = FAULT_NONE;
    c->at = ALL;
    snapshot->page = BUF_MAX(LINES_MAX);
    do {
        snapshot->heard = false;
        buf_reset(&snapshot->page);
        ledger_state_log(snapshot->ledger, text_of(c->community->slug), c->at == ALL ? 0 : c->at,
                         PAGE, page_answer, c);
        no = snapshot_wait(snapshot);
        if (!no && c->at == ALL) break;
        if (!no && c->community->first > c->community->sealed)
            no = doubt_raise(&c->doubt, FAULT_FORMAT,
                             "records are lost: %llu are sealed, and its ledger begins at %llu",
                             (unsigned long long)c->community->sealed,
                             (unsigned long long)c->community->first);
        if (!no) no = page_compare(c);
    } while (!no && snapshot->next);
    buf_release(&snapshot->page);
    if (!no && (c->at == ALL ? 0 : c->at) != c->community->state.seq)
        no = doubt_raise(&c->doubt, FAULT_FORMAT, "its ledger's last records are missing");
    return no;
}

/* ---- both ------------------------------------------------------------------------------------ */

static enum fault both_check(struct checking *c, const char *folder)
{
    char path[PATH_SIZE + 8];
    CLEANUP(buf) struct buf checkpoint = BUF_MAX(NOTE_MAX);
    const struct source source = source_of_folder(folder);
    enum fault no = reader_init(&c->reader, source);
    if (!no) no = reader_checkpoint(&c->reader, &checkpoint);
    if (no == FAULT_ABSENT) return stream_check(c); /* nothing is sealed yet */
    (void)snprintf(path, sizeof path, "%s/vkey", folder);
    if (!no) no = vkeys_read(path, c->keys, NOTE_KEYS_MAX, &c->signers.logs_n, &c->doubt);
    c->signers.logs = c->keys;
    if (!no) no = kept_judge(c);
    if (!no) no = kept_compare(c); /* of size 0 */
    if (!no) no = log_check(c, source);
    return no ? no : stream_check(c);
}

static const char *why(const struct checking *c, enum fault no)
{
    if (c->doubt.what[0]) return c->doubt.what;
    if (c->snapshot->doubt.what[0]) return c->snapshot->doubt.what;
    return c->reader.doubt.what[0] ? c->reader.doubt.what : fault_name(no);
}

enum verb_exit snapshot_check(struct snapshot *snapshot, struct snapshot_community *community,
                              struct kept *kept, size_t kept_n)
{
    static struct checking c;
    char folder[PATH_SIZE];
    const int n = snprintf(folder, sizeof folder, "%s/log/%s", snapshot->folder, community->slug);
    if (n < 0 || (size_t)n >= sizeof folder) return verb_misuse(snapshot->args, "too long a path");
    c = (struct checking){
        .snapshot = snapshot, .community = community, .kept = kept, .kept_n = kept_n};
    c.tree = malloc(sizeof *c.tree);
    if (!c.tree) return verb_fail(snapshot->args, "out of memory");
    tree_init(c.tree);
    const enum fault no = both_check(&c, folder);
    const enum verb_exit end =
        no ? verb_fail(snapshot->args, "%s: %s", community->slug, why(&c, no)) : VERB_DONE;
    reader_release(&c.reader);
    free(c.tree);
    return end;
}
