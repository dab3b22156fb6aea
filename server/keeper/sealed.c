/* sealed.c -- reading our own sealed log: see sealed.h. */
#include "groundswell/keeper/sealed.h"

#include "groundswell/tlog/checkpoint.h"
#include "groundswell/tlog/reader.h"

enum fault sealed_folder(const char *data, struct text slug, char ret[static SEALED_PATH_SIZE])
{
    const int n = snprintf(ret, SEALED_PATH_SIZE, "%s/" SEALED_FOLDER "/%.*s", data,
                           TEXT_ARGS(slug));
    return n > 0 && n < SEALED_PATH_SIZE ? FAULT_NONE : FAULT_LIMIT;
}

static enum fault size_read(struct reader *reader, uint64_t *ret)
{
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    struct note note;
    struct checkpoint checkpoint;
    enum fault no = reader_checkpoint(reader, &bytes);
    if (!no) no = checkpoint_peek(buf_view(&bytes), &checkpoint, &note, NULL);
    *ret = no ? 0 : checkpoint.size;
    return no;
}

enum fault sealed_page(const char *data, struct text slug, const uint64_t from_to[static 2],
                       enum fault (*call)(void *ctx, uint64_t seq, struct text json), void *ctx,
                       uint64_t *ret_size)
{
    char folder[SEALED_PATH_SIZE];
    struct reader reader;
    uint64_t size = 0, to = from_to[1];
    enum fault no = sealed_folder(data, slug, folder);
    if (!no) no = reader_init(&reader, source_of_folder(folder));
    if (no) return no;
    no = size_read(&reader, &size);
    if (to > size) to = size;
    if (!no && from_to[0] < to) no = reader_each(&reader, from_to[0], to, size, call, ctx);
    reader_release(&reader);
    if (ret_size) *ret_size = size;
    return no;
}

enum fault sealed_size(const char *data, struct text slug, uint64_t *ret)
{
    static const uint64_t nothing[2] = {0, 0};
    return sealed_page(data, slug, nothing, NULL, NULL, ret);
}
