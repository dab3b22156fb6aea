/* forward.c -- a ledger that is behind its log, as after the restore of an older backup, brought
 * forward from the log.
 *
 * The two must tell one story: every record that the ledger still has is compared with the log's,
 * and its own sealed log must be a beginning of it. Then the missing records are looked at: who was
 * registered is not in the log, and a round's key is in no record, so that what needs them is
 * refused before anything is touched. The log's files come before the ledger: who is interrupted
 * there has a ledger that is behind its log still, which the server refuses, and begins again. */
#include "forward.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive_log.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/ledger/state.h"

#define PATH_SIZE 4096
#define PAGE 500
#define NOTHING_CHANGED "Nothing was changed"

struct forwarding {
    struct rebuilding *r;
    struct reader reader; /* of LOG */
    struct arena one;
    uint64_t first, at; /* of the ledger's stream: the first record, the next one to compare */
    uint64_t next;      /* page; 0: none */
    struct doubt doubt;
};

static const char *data_of(const struct rebuilding *r)
{
    return settings_text(r->args->settings, SETTING_DATA);
}

static enum verb_exit path_of(const struct rebuilding *r, const char *name,
                              char ret[static PATH_SIZE])
{
    const int n = snprintf(ret, PATH_SIZE, "%s/log/%s%s", data_of(r), r->slug, name);
    return n > 0 && n < PATH_SIZE ? VERB_DONE : verb_misuse(r->args, "a path is too long");
}

/* ---- nobody else ----------------------------------------------------------------------------- */

static enum verb_exit server_is_away(const struct rebuilding *r)
{
    char path[PATH_SIZE];
    enum fault no = FAULT_NONE;
    if (settings_text(r->args->settings, SETTING_REDIS)[0]) return VERB_DONE;
    const int n = snprintf(path, sizeof path, "%s/redis/lock", data_of(r));
    if (n < 0 || n >= PATH_SIZE) return verb_misuse(r->args, "a path is too long");
    const int fd = file_lock(path, &no);
    if (fd >= 0) close(fd); /* the Redis that is started takes it for itself */
    if (no == FAULT_BUSY)
        return verb_misuse(r->args, "a server is running on %s: stop it first. " NOTHING_CHANGED,
                           data_of(r));
    return no ? verb_misuse(r->args, "there is no ledger in %s/redis. " NOTHING_CHANGED,
                            data_of(r))
              : VERB_DONE;
}

/* Kept to the end of the process: the sealer's own lock. */
static enum verb_exit sealer_is_away(const struct rebuilding *r)
{
    char path[PATH_SIZE];
    enum fault no = FAULT_NONE;
    enum verb_exit end = path_of(r, "", path);
    if (end) return end;
    if (dir_make(path, 0755)) return verb_fail(r->args, "%s cannot be made", path);
    end = path_of(r, "/lock", path);
    if (end || file_lock(path, &no) >= 0) return end;
    return verb_misuse(r->args, "%s: a server is running and seals there: stop it first. "
                                NOTHING_CHANGED,
                       path);
}

static enum fault own_log_compare(struct rebuilding *r, const char *folder, struct doubt *doubt)
{
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    struct checkpoint own;
    struct note note;
    struct hash root;
    struct reader mine = {0}, log = {0};
    enum fault no = reader_init(&mine, source_of_folder(folder));
    if (!no) no = reader_init(&log, r->source.source);
    if (!no) no = reader_checkpoint(&mine, &bytes);
    if (!no) no = checkpoint_peek(buf_view(&bytes), &own, &note, doubt);
    if (!no && own.size > r->size)
        no = doubt_raise(doubt, FAULT_CONFIG, "%s has %llu records, LOG only %llu", folder,
                         (unsigned long long)own.size, (unsigned long long)r->size);
    hash_empty(&root);
    if (!no && own.size) no = reader_range(&log, 0, own.size, r->size, &root);
    if (!no && !hash_equal(&root, &own.root))
        no = doubt_raise(doubt, FAULT_FORMAT, "LOG contradicts %s: its first %llu records are "
                                              "others",
                         folder, (unsigned long long)own.size);
    if (!no) r->own_size = own.size;
    reader_release(&mine);
    reader_release(&log);
    return no == FAULT_ABSENT ? FAULT_NONE : no; /* nothing is sealed here */
}

enum verb_exit forward_hold(struct rebuilding *r)
{
    char folder[PATH_SIZE];
    struct doubt doubt = {""};
    enum verb_exit end = server_is_away(r);
    if (!end) end = sealer_is_away(r);
    if (!end) end = path_of(r, "", folder);
    if (end) return end;
    const enum fault no = own_log_compare(r, folder, &doubt);
    return no ? verb_fail(r->args, "%s. " NOTHING_CHANGED,
                          doubt.what[0] ? doubt.what : fault_name(no))
              : VERB_DONE;
}

/* ---- what the ledger has --------------------------------------------------------------------- */

static enum fault record_compare(struct forwarding *f, const struct ledger_record *from)
{
    CLEANUP(buf) struct buf json = BUF_MAX(RECORD_JSON_MAX);
    struct text flat[2 * LEDGER_RECORD_MEMBERS_MAX], entry;
    struct record record;
    for (size_t i = 0; i < from->members_n; i++) {
        flat[2 * i] = from->members[i].name;
        flat[2 * i + 1] = from->members[i].value;
    }
    if (from->seq != f->at || from->seq >= f->r->found_seq)
        return doubt_raise(&f->doubt, FAULT_FORMAT, "record %llu is missing in the ledger",
                           (unsigned long long)f->at);
    arena_reset(&f->one);
    enum fault no = record_from_fields(&record, flat, 2 * from->members_n, &f->one, NULL);
    if (!no) no = reader_entry(&f->reader, f->at, f->r->size, &entry);
    if (no) return doubt_raise(&f->doubt, no, "record %llu cannot be read",
                               (unsigned long long)f->at);
    record_json(&record, &json);
    f->at++;
    if (buf_fault(&json) || text_equal(buf_view(&json), entry)) return buf_fault(&json);
    return doubt_raise(&f->doubt, FAULT_FORMAT,
                       "the ledger contradicts the log: record %llu is another one there",
                       (unsigned long long)from->seq);
}

static void page_answer(void *ctx, const struct ledger_answer *answer)
{
    struct forwarding *f = ctx;
    const struct ledger_record *records = answer->items;
    enum fault no = answer->fault;
    if (!no && f->at == UINT64_MAX) f->first = f->at = answer->items_n ? records[0].seq : 0;
    for (size_t i = 0; !no && i < answer->items_n; i++)
        no = record_compare(f, &records[i]);
    f->next = no ? 0 : answer->next;
    if (no && !f->r->fault) f->r->fault = no;
    f->r->in_flight--;
    loop_stop(f->r->loop);
}

static enum fault stream_compare(struct forwarding *f)
{
    struct rebuilding *r = f->r;
    enum fault no = FAULT_NONE;
    f->at = UINT64_MAX;
    do {
        r->in_flight++;
        ledger_state_log(r->ledger, r->to.slug, f->at == UINT64_MAX ? 0 : f->at, PAGE,
                         page_answer, f);
        no = rebuild_wait(r, 0);
    } while (!no && f->next);
    if (!no && f->at != r->found_seq)
        no = doubt_raise(&f->doubt, FAULT_FORMAT, "the ledger's last records are missing");
    if (!no && f->first > r->own_size)
        no = doubt_raise(&f->doubt, FAULT_FORMAT,
                         "the ledger's records begin at %llu, and what was sealed before is not in "
                         "the data folder: they cannot be compared",
                         (unsigned long long)f->first);
    return no;
}

/* ---- what it lacks --------------------------------------------------------------------------- */

static enum fault wallet_note(struct rebuilding *r, struct text wallet)
{
    if (r->changed_n == r->changed_max) {
        const size_t more = r->changed_max ? r->changed_max * 2 : 256;
        void *grown = realloc(r->changed, more * sizeof *r->changed);
        if (!grown) return FAULT_MEMORY;
        r->changed = grown;
        r->changed_max = more;
    }
    INVARIANT(wallet.n == RESIDENT_ID_SIZE);
    memcpy(r->changed[r->changed_n], wallet.at, wallet.n);
    r->changed[r->changed_n++][wallet.n] = '\0';
    return FAULT_NONE;
}

static enum fault key_check(struct forwarding *f, const struct record *record)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/keys/%s/round-%llu.key", data_of(f->r), f->r->slug,
                   (unsigned long long)record->round);
    if (access(path, R_OK) == 0) return FAULT_NONE;
    return doubt_raise(&f->doubt, FAULT_CONFIG,
                       "record %llu opens round %llu, and its key is not in keys/%s: with another "
                       "key everybody would hold a second wallet. Put round-%llu.key there",
                       (unsigned long long)record->seq, (unsigned long long)record->round,
                       f->r->slug, (unsigned long long)record->round);
}

static enum fault missing_record(void *ctx, uint64_t seq, struct text entry)
{
    struct forwarding *f = ctx;
    struct record record;
    const enum fault no = log_record_read(seq, entry, &f->one, &record, &f->doubt);
    if (no) return no;
    if (record_has(&record, FIELD_TEXT_HASH)) f->r->texts++;
    if (record.kind == RECORD_SEALED) {
        const struct record *inside = recount_inside(&f->r->log.recount, &record);
        INVARIANT(inside); /* it was opened when it was counted */
        record = *inside;
    }
    switch (record.kind) {
    case RECORD_RESIDENTS_REGISTERED:
    case RECORD_RESIDENT_GRANTED:
    case RECORD_RESIDENT_LEFT:
    case RECORD_CODE_REDEEMED: /* or the letter would be good once more */
        return doubt_raise(&f->doubt, FAULT_CONFIG,
                           "record %llu is missing in the ledger and is a %s: whom it is about is "
                           "not in the log, and the register would not follow",
                           (unsigned long long)seq, record_kind_specs[record.kind].name);
    case RECORD_ROUND_OPENED: return key_check(f, &record);
    case RECORD_PLEDGE_SET:
    case RECORD_PLEDGE_WITHDRAWN: return wallet_note(f->r, record.wallet);
    default: return FAULT_NONE;
    }
}

static int wallet_order(const void *a, const void *b)
{
    return memcmp(a, b, RESIDENT_ID_SIZE);
}

bool forward_is_changed(const struct rebuilding *r, const char *wallet)
{
    if (!r->from) return true;
    return r->changed_n && bsearch(wallet, r->changed, r->changed_n, sizeof *r->changed,
                                   wallet_order) != NULL;
}

static enum fault both_compare(struct forwarding *f)
{
    struct rebuilding *r = f->r;
    enum fault no = reader_init(&f->reader, r->source.source);
    if (!no) no = stream_compare(f);
    if (!no) no = reader_each(&f->reader, r->found_seq, r->size, r->size, missing_record, f);
    if (no) (void)doubt_raise(&f->doubt, no, "%s", f->reader.doubt.what[0] ? f->reader.doubt.what
                                                                           : fault_name(no));
    if (r->changed_n) qsort(r->changed, r->changed_n, sizeof *r->changed, wallet_order);
    r->from = r->found_seq;
    return no;
}

enum verb_exit forward_check(struct rebuilding *r)
{
    struct forwarding f = {.r = r};
    enum fault no = r->look.community ? rebuild_seq_ask(r) : FAULT_ABSENT;
    if (no == FAULT_ABSENT || (!no && !r->found_seq))
        return verb_misuse(r->args, "this Redis has no community `%s` to bring forward: rebuild it "
                                    "without --forward. " NOTHING_CHANGED,
                           r->slug);
    if (no) return verb_fail(r->args, "Redis cannot be asked: %s", fault_name(no));
    if (r->found_seq >= r->size)
        return verb_misuse(r->args, "the ledger of `%s` has %llu records and LOG %llu: there is "
                                    "nothing to bring forward. " NOTHING_CHANGED,
                           r->slug, (unsigned long long)r->found_seq,
                           (unsigned long long)r->size);
    arena_init(&f.one, 4 * MIB);
    no = both_compare(&f);
    reader_release(&f.reader);
    arena_release(&f.one);
    if (no) return verb_fail(r->args, "%s. " NOTHING_CHANGED, f.doubt.what);
    printf("the ledger's %llu records are the log's: %llu are missing\n",
           (unsigned long long)r->from, (unsigned long long)(r->size - r->from));
    return VERB_DONE;
}

/* ---- the log's files ------------------------------------------------------------------------- */

static bool is_same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Tiles and older checkpoints only join what is there; the newest checkpoint is put last. */
static enum fault files_copy(const struct rebuilding *r, const char *to, struct doubt *doubt)
{
    char path[PATH_SIZE + 16];
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    struct source source = r->source.source;
    enum fault no = archive_log_copy(r->source.where, to, r->size, doubt);
    if (!no) no = source.fetch(source.ctx, "checkpoint", &bytes);
    const int fd = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (!no && (fd < 0 || syncfs(fd) != 0)) no = FAULT_IO;
    if (fd >= 0) close(fd);
    (void)snprintf(path, sizeof path, "%.*s/checkpoint", PATH_SIZE, to);
    return no ? no : file_replace(path, buf_view(&bytes), 0644);
}

enum verb_exit forward_files(struct rebuilding *r)
{
    char to[PATH_SIZE];
    struct doubt doubt = {""};
    struct verify_finding found = {0};
    const enum verb_exit end = path_of(r, "", to);
    if (end || is_same_folder(r->source.where, to)) return end;
    if (r->source.fetch)
        return verb_misuse(r->args, "LOG must be a folder here: its files go to %s. "
                                    NOTHING_CHANGED,
                           to);
    const struct verify_plan plan = {.source = source_of_folder(to), .signers = r->trust.signers};
    enum fault no = files_copy(r, to, &doubt);
    if (!no) no = verify_log(&plan, &found, &doubt);
    if (!no && (found.size != r->size || !hash_equal(&found.root, &r->root)))
        no = doubt_raise(&doubt, FAULT_FORMAT, "it is another log than LOG");
    if (no)
        return verb_fail(r->args, "the log's files in %s do not hold: %s. The ledger was not "
                                  "changed",
                         to, doubt.what[0] ? doubt.what : fault_name(no));
    printf("the log's files are in %s, and verified: %llu records\n", to,
           (unsigned long long)r->size);
    return VERB_DONE;
}

/* ---- the end --------------------------------------------------------------------------------- */

void forward_tell(const struct rebuilding *r)
{
    printf("brought forward: from %llu records to %llu, %llu written, %llu wallets\n",
           (unsigned long long)r->from, (unsigned long long)r->size,
           (unsigned long long)r->records, (unsigned long long)r->wallets);
    printf("kept as they were: residents, codes, texts, staff who signed out, keys remembered of "
           "staff\n"
           "NOT brought forward, for the log does not hold it:\n"
           "  codes      that were issued since then: those letters are not good, issue new ones\n"
           "  texts      of %llu records that were missing\n"
           "  retries    keys remembered in the %s wallets are gone, and those of\n"
           "             staff since then: a late retry of such an act is a new act\n"
           "  sign-ins   staff who were signed out since then: their old tokens are good again\n",
           (unsigned long long)r->texts, r->from ? "changed" : "residents'");
}

void forward_release(struct rebuilding *r)
{
    free(r->changed);
}
