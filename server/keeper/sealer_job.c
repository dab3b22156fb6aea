/* sealer_job.c -- opening a log with its keys, feeding and publishing it, and leaving word of a
 * doubt where the other processes find it.
 *
 * A key is made once, with the log; a log that was signed and has lost its key is a doubt, not a
 * reason for another key. A log keeps the name in its key: a changed host name would make it
 * another log. While log.next.key is there both keys sign. Changed key files are noticed, and the
 * log is opened anew with them.
 *
 * The file `stopped` in the log's folder holds the sentence of a doubt for as long as it stands:
 * the process with the lock writes and removes it, the others read it. */
#include "sealer_job.h"

#include <errno.h>
#include <unistd.h>

#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/keeper/sealed.h"
#include "groundswell/tlog/key.h"

#define STOPPED "stopped"

static const char *const key_names[SEALER_KEYS] = {SEALED_KEY, SEALED_KEY_NEXT};

/* ---- paths ---------------------------------------------------------------------------------- */

struct path {
    char at[SEALED_PATH_SIZE];
};

/* DATA/<kind>/<slug>/<name>. */
static enum fault path_of(const struct seal_job *job, const char *kind, const char *name,
                          struct path *ret)
{
    const int n = snprintf(ret->at, sizeof ret->at, "%s/%s/%s/%s", job->data, kind, job->slug,
                           name);
    if (n < 0 || (size_t)n >= sizeof ret->at)
        return FAULT_LIMIT;
    if (!name[0])
        ret->at[n - 1] = 0; /* the folder itself */
    return FAULT_NONE;
}

/* ---- keys ----------------------------------------------------------------------------------- */

struct key_pair {
    struct skey keys[SEALER_KEYS];
    size_t n;
};

static void key_pair_release(struct key_pair *pair)
{
    for (size_t i = 0; i < SEALER_KEYS; i++)
        skey_release(&pair->keys[i]);
}

static enum fault key_stat(const struct seal_job *job, size_t i, struct stat *ret)
{
    struct path path;
    enum fault no = path_of(job, "keys", key_names[i], &path);
    *ret = (struct stat){0};
    if (!no && stat(path.at, ret) != 0)
        *ret = (struct stat){0};
    return no;
}

static bool keys_changed(const struct seal_job *job)
{
    for (size_t i = 0; i < SEALER_KEYS; i++) {
        const struct stat *was = &job->keys[i];
        struct stat is;
        if (key_stat(job, i, &is) || is.st_ino != was->st_ino || is.st_mode != was->st_mode ||
            is.st_mtim.tv_sec != was->st_mtim.tv_sec || is.st_mtim.tv_nsec != was->st_mtim.tv_nsec)
            return true;
    }
    return false;
}

/* The first key of a log that is about to begin. */
static enum fault key_begin(struct seal_job *job, const char *path, struct skey *ret)
{
    struct path folder;
    uint64_t size;
    char origin[KEY_NAME_MAX + 1];
    enum fault no = sealed_size(job->data, text_of(job->slug), &size);
    if (no != FAULT_ABSENT)
        return doubt_raise(&job->doubt, FAULT_CONFIG,
                           "the log has been signed, but its key %s is gone: bring it back from "
                           "the backup", path);
    const int n = snprintf(origin, sizeof origin, "%s/%s", job->host, job->slug);
    if (n < 0 || (size_t)n >= sizeof origin || !key_name_is_valid(text_of(origin)))
        return doubt_raise(&job->doubt, FAULT_CONFIG, "%s/%s is no name for a log: set log_host",
                           job->host, job->slug);
    no = path_of(job, "keys", "", &folder);
    if (!no)
        no = dir_make(folder.at, 0700);
    if (!no)
        no = key_make(text_of(origin), KEY_LOG, ret);
    if (!no)
        no = key_write(path, ret, &job->doubt);
    if (no != FAULT_BUSY)
        return no;
    job->doubt.what[0] = 0; /* another process was faster: its key counts */
    skey_release(ret);
    return key_read(path, ret, &job->doubt);
}

/* The log's name is what its key is called; it ends with the community's slug. */
static enum fault key_judge(struct seal_job *job, const struct skey *key, const char *path)
{
    const struct text name = text_of(key->vkey.name), slug = text_of(job->slug);
    const bool ours = name.n > slug.n + 1 && name.at[name.n - slug.n - 1] == '/' &&
                      text_is((struct text){name.at + name.n - slug.n, slug.n}, job->slug);
    if (key->vkey.kind == KEY_LOG && ours)
        return FAULT_NONE;
    return doubt_raise(&job->doubt, FAULT_CONFIG, "%s is the key of %s, not of this log", path,
                       key->vkey.name);
}

static enum fault keys_load(struct seal_job *job, struct key_pair *ret)
{
    for (size_t i = 0; i < SEALER_KEYS; i++) {
        struct path path;
        struct skey *key = &ret->keys[ret->n];
        enum fault no = path_of(job, "keys", key_names[i], &path);
        if (!no)
            no = key_read(path.at, key, &job->doubt);
        if (no == FAULT_ABSENT) {
            job->doubt.what[0] = 0;
            if (i > 0)
                continue;
            no = key_begin(job, path.at, key);
        }
        if (!no)
            no = key_judge(job, key, path.at);
        if (no)
            return no;
        ret->n++;
    }
    for (size_t i = 0; i < SEALER_KEYS; i++)
        if (key_stat(job, i, &job->keys[i]))
            return FAULT_LIMIT;
    return FAULT_NONE;
}

/* ---- opening and closing -------------------------------------------------------------------- */

static enum fault job_open(struct seal_job *job)
{
    CLEANUP(key_pair) struct key_pair pair = {0};
    struct path folder;
    enum fault no = keys_load(job, &pair);
    if (!no)
        no = path_of(job, SEALED_FOLDER, "", &folder);
    if (no)
        return no;
    const struct skey *keys[SEALER_KEYS] = {&pair.keys[0], &pair.keys[1]};
    const struct seal_plan plan = {
        .folder = folder.at, .origin = pair.keys[0].vkey.name, .keys = keys, .keys_n = pair.n};
    job->opened = true;
    return seal_open(&plan, &job->seal, &job->doubt);
}

void seal_job_close(struct seal_job *job)
{
    seal_close(job->seal);
    job->seal = NULL;
}

/* ---- word of a doubt ------------------------------------------------------------------------ */

static void stopped_write(const struct seal_job *job)
{
    struct path path;
    if (path_of(job, SEALED_FOLDER, STOPPED, &path) == FAULT_NONE &&
        file_replace(path.at, text_of(job->doubt.what), 0644) != FAULT_NONE)
        return; /* a full disk, perhaps: the log and the metric of this process say it */
}

static void stopped_remove(const struct seal_job *job)
{
    struct path path;
    if (path_of(job, SEALED_FOLDER, STOPPED, &path) == FAULT_NONE)
        unlink(path.at);
}

static void stopped_read(struct seal_job *job)
{
    struct path path;
    CLEANUP(buf) struct buf what = BUF_MAX(DOUBT_SIZE);
    job->doubt.what[0] = 0;
    if (path_of(job, SEALED_FOLDER, STOPPED, &path) == FAULT_NONE &&
        file_read(path.at, &what) == FAULT_NONE && what.len)
        (void)doubt_raise(&job->doubt, FAULT_FORMAT, "%.*s", TEXT_ARGS(buf_view(&what)));
}

/* ---- the run -------------------------------------------------------------------------------- */

static enum fault job_feed(struct seal_job *job)
{
    enum fault no = FAULT_NONE;
    struct text rest = job->batch ? buf_view(&job->batch->lines) : TEXT_NONE;
    for (size_t i = 0; job->batch && i < job->batch->n && !no; i++) {
        const struct text line = text_cut(&rest, '\n');
        no = seal_append(job->seal, job->batch->seqs[i], line);
        if (no != FAULT_BUSY)
            continue;
        no = seal_publish(job->seal); /* it can take no more before that */
        if (!no)
            no = seal_append(job->seal, job->batch->seqs[i], line);
    }
    return no;
}

/* Before the batch: the checkpoint that they are about may be the present one still. */
static enum fault job_cosign(struct seal_job *job)
{
    for (size_t i = 0; i < job->cosigned_n; i++) {
        const struct seal_cosigned *one = &job->cosigned[i];
        struct doubt why = {""};
        const enum fault no =
            seal_cosign(job->seal, one->size, one->lines, one->key, 1, &why);
        if (no && seal_doubt(job->seal)[0])
            return no; /* else the log is as it was, without that line */
    }
    job->cosigned_n = 0;
    return FAULT_NONE;
}

static enum fault job_work(struct seal_job *job)
{
    if (job->seal && keys_changed(job))
        seal_job_close(job);
    if (!job->seal)
        return job_open(job);
    if (job->raise[0])
        return doubt_raise(&job->doubt, FAULT_FORMAT, "%s", job->raise);
    enum fault no = job_cosign(job);
    if (!no)
        no = job_feed(job);
    if (!no && job->publish)
        no = seal_publish(job->seal);
    if (no) {
        job->grave = no == FAULT_FORMAT || no == FAULT_LIMIT;
        if (seal_doubt(job->seal)[0])
            (void)doubt_raise(&job->doubt, no, "%s", seal_doubt(job->seal));
    }
    return no;
}

void seal_job_run(struct seal_job *job)
{
    job->opened = job->elsewhere = job->grave = false;
    job->doubt.what[0] = 0;
    job->fault = job_work(job);
    if (job->fault == FAULT_BUSY) {
        job->elsewhere = true;
        job->fault = FAULT_NONE;
        stopped_read(job);
    } else if (job->fault) {
        if (!job->doubt.what[0])
            (void)doubt_raise(&job->doubt, job->fault, "it cannot be written (%s)",
                              fault_name(job->fault));
        stopped_write(job);
        if (!job->grave && !job->raise[0])
            seal_job_close(job); /* to be opened again later */
    } else if (!job->opened)
        stopped_remove(job);
    job->size = job->seal ? seal_size(job->seal) : 0;
    job->next = job->seal ? seal_next(job->seal) : 0;
}
