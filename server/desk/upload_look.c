/* upload_look.c -- what came, by its bytes: its beginning, its end, and whether all of it is text.
 * Runs in a worker and touches nothing of the visit but the file. */
#include <errno.h>
#include <unistd.h>

#include "groundswell/io/spool.h"
#include "uploads.h"

#define PIECE (64 * KIB)

struct looking {
    char head[MEDIA_HEAD], tail[MEDIA_TAIL], piece[PIECE];
};

/* Exactly n bytes from there on. */
static enum fault read_at(int fd, char *ret, size_t n, uint64_t from)
{
    while (n > 0) {
        ssize_t got = pread(fd, ret, n, (off_t)from);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return FAULT_IO;
        ret += got;
        n -= (size_t)got;
        from += (uint64_t)got;
    }
    return FAULT_NONE;
}

static size_t least(size_t most, uint64_t bytes)
{
    return bytes < most ? (size_t)bytes : most;
}

static enum fault look_for_text(int fd, struct looking *looking, uint64_t bytes, bool *ret)
{
    struct media_text text = {0};
    for (uint64_t at = 0; at < bytes && !text.broken;) {
        size_t n = least(sizeof looking->piece, bytes - at);
        enum fault no = read_at(fd, looking->piece, n, at);
        if (no) return no;
        media_text_put(&text, (struct text){looking->piece, n});
        at += n;
    }
    *ret = media_text_is(&text);
    return FAULT_NONE;
}

enum fault upload_look(const struct spool *spool, enum media *ret_seen, const char **ret_looks)
{
    struct looking *looking = malloc(sizeof *looking);
    if (!looking) return FAULT_MEMORY;
    int fd = spool_fd(spool);
    struct media_look look = {.bytes = spool_bytes(spool)};
    look.head = (struct text){looking->head, least(MEDIA_HEAD, look.bytes)};
    look.tail = (struct text){looking->tail, least(MEDIA_TAIL, look.bytes)};
    enum fault no = read_at(fd, looking->head, look.head.n, 0);
    if (!no) no = read_at(fd, looking->tail, look.tail.n, look.bytes - look.tail.n);
    if (!no) no = look_for_text(fd, looking, look.bytes, &look.is_text);
    if (!no) *ret_seen = media_seen(&look, ret_looks);
    free(looking);
    return no;
}
