/* upload.c -- a body that is a file: never whole in memory, on disk only while somebody wants it.
 *
 * Who comes and whether they may is judged before (request.c), so a stranger fills no disk. What a
 * turn of the loop writes is what the input buffers of at most uploads_max connections hold, some
 * 25 KiB each, and into the page cache: microseconds. The one thing that waits for the disk, fsync,
 * is not here: a handler has it done by a worker (shelf_put). Only where the system holds writers
 * back, because a disk cannot keep up with all that is written, does the loop feel it.
 * A file that is not put on a shelf goes with its visit, whatever became of that. */
#include "inside.h"

#include <errno.h>

#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/io/spool.h"

static struct metric uploads = METRIC(METRIC_GAUGE, "groundswell_http_uploads",
                                      "Files that arrive or are being put away.", NULL);

static void upload_count(struct http_server *server, bool more)
{
    server->uploads_n += more ? 1 : (size_t)-1;
    metric_set(&uploads, NULL, server->uploads_n);
}

bool route_is_upload(const struct route *route)
{
    return route->body_max == UPLOAD;
}

static void refuse(struct visit *visit, enum problem problem, const char *detail)
{
    struct http_problem room;
    visit_refuse(visit, problem_of(problem, detail, &room));
}

static enum problem problem_of_disk(void)
{
    if (spool_is_full(errno)) return PROBLEM_DISK_FULL;
    log_error("http", "a file cannot be taken in: %s", strerror(errno));
    return PROBLEM_INTERNAL;
}

void refuse_upload_large(struct visit *visit, uint64_t length)
{
    size_t most = visit->body_max;
    const char *more = length > most ? "" : "more than ";
    unsigned long long bytes = length > most ? length : most;
    refuse(visit, PROBLEM_FILE_LARGE,
           arena_format(&visit->arena, "The file has %s%llu bytes; at most %zu are taken here.",
                        more, bytes, most));
}

bool upload_begin(struct visit *visit, uint64_t length)
{
    struct http_server *server = visit->server;
    const struct http_plan *plan = &server->plan;
    visit->body_max = plan->limits.upload_max;
    if (length > visit->body_max) {
        refuse_upload_large(visit, length);
        return false;
    }
    if (!plan->upload_folder || server->uploads_n >= plan->limits.uploads_max) {
        refuse(visit, PROBLEM_UPLOADS_BUSY,
               arena_format(&visit->arena, "%zu files are arriving already, as many as are taken "
                            "at once. Try again in a moment.", server->uploads_n));
        return false;
    }
    visit->upload = spool_open(plan->upload_folder);
    if (!visit->upload) {
        refuse(visit, problem_of_disk(), NULL);
        return false;
    }
    upload_count(server, true);
    return true;
}

enum problem upload_put(struct visit *visit, struct text bytes)
{
    if (bytes.n > visit->body_max - spool_bytes(visit->upload)) return PROBLEM_FILE_LARGE;
    return spool_put(visit->upload, bytes) ? problem_of_disk() : PROBLEM_NONE;
}

void upload_end(struct visit *visit)
{
    if (!visit->upload) return;
    spool_free(visit->upload);
    visit->upload = NULL;
    upload_count(visit->server, false);
}

void uploads_sweep(const struct http_plan *plan)
{
    if (plan->upload_folder && spool_sweep(plan->upload_folder))
        log_warn("http", "what did not arrive whole cannot be swept: %s", strerror(errno));
}
