/* files_records.c -- the records of a log wherever they are: the latest in Redis, the older ones in
 * the tiles, where they stand byte for byte as they were hashed. */
#include "files_records.h"

#include "errand.h"
#include "files.h"
#include "groundswell/base/log.h"
#include "record_say.h"

#define RECORD_TEXT_MAX (64 * KIB)

struct text record_json_kind(struct text json)
{
    static const char before[] = ",\"kind\":\"";
    const char *at = memmem(json.at, json.n, before, sizeof before - 1);
    if (!at) return TEXT_NONE;
    struct text rest = {at + sizeof before - 1, 0};
    rest.n = (size_t)(json.at + json.n - rest.at);
    return text_cut(&rest, '"');
}

/* Records from..to-1 (at least one) out of the tiles. */
static enum fault older_each(const struct records_page *page, uint64_t to, record_told_fn *told,
                             void *ctx)
{
    CLEANUP(sealed) struct sealed sealed;
    enum fault no = sealed_open(&sealed, page->desk, page->slug);
    if (!no && sealed.checkpoint.size < to) no = FAULT_ABSENT;
    if (!no)
        no = reader_each(&sealed.reader, page->from, to, sealed.checkpoint.size, told, ctx);
    if (no)
        log_error("desk", "records %llu to %llu of %.*s are neither in Redis nor in the tiles: "
                  "%s %s", (unsigned long long)page->from, (unsigned long long)to - 1,
                  TEXT_ARGS(page->slug), fault_name(no),
                  sealed.reading ? sealed.reader.doubt.what : "");
    return no;
}

/* Where the stream begins, as far as this page is concerned: the seq of its first record, or, where
 * it gave none, the end of what is sealed. */
static enum fault stream_begins(const struct records_page *page,
                                const struct ledger_answer *answer, uint64_t *ret)
{
    const struct ledger_record *records = answer->items;
    *ret = page->from;
    if (answer->items_n > 0) {
        *ret = records[0].seq;
        return FAULT_NONE;
    }
    CLEANUP(sealed) struct sealed sealed;
    enum fault no = sealed_open(&sealed, page->desk, page->slug);
    if (!no && sealed.checkpoint.size > page->from) *ret = sealed.checkpoint.size;
    return no == FAULT_ABSENT ? FAULT_NONE : no;
}

enum fault records_each(const struct records_page *page, const struct ledger_answer *answer,
                        record_told_fn *told, void *ctx)
{
    const struct ledger_record *records = answer->items;
    uint64_t begins;
    enum fault no = stream_begins(page, answer, &begins);
    if (no) return no;
    uint64_t end = page->from + page->limit;
    if (begins > page->from) no = older_each(page, begins < end ? begins : end, told, ctx);
    CLEANUP(buf) struct buf one = BUF_MAX(RECORD_TEXT_MAX);
    for (size_t i = 0; i < answer->items_n && !no && records[i].seq < end; i++) {
        buf_reset(&one);
        no = record_say(&records[i], &one);
        if (!no) no = told(ctx, records[i].seq, buf_view(&one));
    }
    return no;
}
