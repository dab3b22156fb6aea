/* sealer_witness.c -- see sealer_witness.h. The upper half runs in a witness's thread and touches
 * nothing but its cosigning and the published files; the lower half is the loop's. */
#include "sealer_witness.h"

#include <stdatomic.h>

#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/io/workers.h"
#include "groundswell/keeper/sealed.h"
#include "groundswell/post/cosign.h"
#include "groundswell/tlog/checkpoint.h"
#include "groundswell/tlog/proof.h"
#include "sealer_inside.h"

#define TIMEOUT_MS 2000 /* and the longest that a stopping server waits for its witnesses */
#define PAUSE_LEAST_MS 1000
#define PAUSE_MOST_MS 60000
#define QUEUE 1024
#define FILE_BYTES_MAX (64 * KIB)
#define PROOF_BYTES_MAX (4 * KIB)
#define URL_SIZE 1024

struct witness {
    struct witnesses *all;
    struct vkey key;
    struct cosign *cosign; /* the thread's */
    struct workers *thread;
    struct witness_pause pause; /* it does not answer */
};

struct witnesses {
    atomic_bool stopping; /* no question is begun any more */
    size_t n;
    struct witness of[WITNESSES_MAX];
};

/* ---- in the thread --------------------------------------------------------------------------- */

/* The lines hold only if this witness signed this very text with its key. */
static enum fault lines_judge(const struct cosigning *c, struct text text, struct doubt *doubt)
{
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    struct note note;
    uint64_t signed_by = 0;
    buf_text(&bytes, text);
    buf_char(&bytes, '\n');
    buf_text(&bytes, buf_view(&c->lines));
    enum fault no = buf_fault(&bytes);
    if (!no) no = note_parse(buf_view(&bytes), &note, doubt);
    if (!no) no = note_check(&note, &c->witness->key, 1, &signed_by, doubt);
    if (!no && !signed_by)
        no = doubt_raise(doubt, FAULT_FORMAT, "its answer has no line by its key %s",
                         c->witness->key.name);
    return no;
}

/* One try from the size that c->cosigned names. */
static enum fault ask_from(struct cosigning *c, struct reader *reader, struct text checkpoint,
                           struct cosign_answer *ret)
{
    struct proof proof;
    CLEANUP(buf) struct buf lines = BUF_MAX(PROOF_BYTES_MAX);
    if (c->cosigned > c->size)
        return doubt_raise(&c->doubt, FAULT_FORMAT,
                           "it has cosigned %llu records, and this log has %llu: has an old copy "
                           "been brought back?", (unsigned long long)c->cosigned,
                           (unsigned long long)c->size);
    enum fault no = proof_consistency(reader, c->cosigned, c->size, c->size, &proof);
    if (no) return doubt_raise(&c->doubt, no, "no proof for it: %s", reader->doubt.what);
    proof_put(&lines, &proof);
    const struct cosign_question question = {
        .old_size = c->cosigned, .proof = buf_view(&lines), .checkpoint = checkpoint};
    return cosign_ask(c->witness->cosign, &question, &c->lines, ret);
}

static enum fault ask_about(struct cosigning *c, struct reader *reader, struct text checkpoint,
                            struct text text)
{
    struct cosign_answer answer;
    enum fault no = ask_from(c, reader, checkpoint, &answer);
    if (!no && answer.status == COSIGN_CONFLICT && answer.size != c->cosigned &&
        !c->witness->all->stopping) {
        c->cosigned = answer.size; /* it knows better than we do */
        no = ask_from(c, reader, checkpoint, &answer);
    }
    if (no) return no;
    if (answer.status == COSIGN_CONFLICT)
        return doubt_raise(&c->doubt, FAULT_FORMAT, "it knows another log of %llu records",
                           (unsigned long long)answer.size);
    if (answer.status != COSIGN_SIGNED)
        return doubt_raise(&c->doubt, FAULT_FORMAT, "it refuses with status %ld", answer.status);
    return lines_judge(c, text, &c->doubt);
}

static enum fault ask_newest(struct cosigning *c)
{
    char folder[SEALED_PATH_SIZE];
    struct reader reader;
    struct checkpoint head;
    struct note note;
    uint64_t signed_by = 0;
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    const struct seal_job *job = &c->place->job; /* its data and slug never change */
    enum fault no = sealed_folder(job->data, text_of(job->slug), folder);
    if (!no) no = reader_init(&reader, source_of_folder(folder));
    if (no) return no;
    no = reader_checkpoint(&reader, &bytes);
    if (!no) no = checkpoint_peek(buf_view(&bytes), &head, &note, &c->doubt);
    if (!no) {
        c->size = head.size;
        no = note_check(&note, &c->witness->key, 1, &signed_by, &c->doubt);
    }
    if (!no && !signed_by) no = ask_about(c, &reader, buf_view(&bytes), note.text);
    if (!no) c->cosigned = c->size;
    else buf_reset(&c->lines);
    if (c->cosigned > c->size) c->cosigned = 0; /* to be asked again: it may have been a lie */
    reader_release(&reader);
    return no;
}

static void ask(void *ctx)
{
    struct cosigning *c = ctx;
    c->doubt.what[0] = 0;
    c->fault = c->witness->all->stopping ? FAULT_LOST : ask_newest(c);
}

/* ---- numbers --------------------------------------------------------------------------------- */

static struct metric cosigned = METRIC(METRIC_GAUGE, "groundswell_witness_cosigned_records",
                                       "Records under the last checkpoint that it cosigned",
                                       "witness_log");
static struct metric failures = METRIC(METRIC_COUNTER, "groundswell_witness_failures_total",
                                       "Questions that brought no cosignature", "witness_log");

/* "witness.example slug". Labels must outlive everything: the first have a place here. */
static const char *label_of(const struct cosigning *c)
{
    static char labels[METRIC_SERIES_MAX - 1][KEY_NAME_MAX + SLUG_MAX + 2];
    static size_t n;
    char label[sizeof labels[0]];
    (void)snprintf(label, sizeof label, "%s %s", c->witness->key.name, c->place->job.slug);
    for (size_t i = 0; i < n; i++)
        if (strcmp(labels[i], label) == 0) return labels[i];
    if (n == METRIC_SERIES_MAX - 1) return "other";
    memcpy(labels[n], label, sizeof label);
    return labels[n++];
}

/* ---- in the loop ----------------------------------------------------------------------------- */

static void pause_longer(struct witness_pause *pause, uint64_t now_us)
{
    pause->ms = pause->ms ? pause->ms * 2 : PAUSE_LEAST_MS;
    if (pause->ms > PAUSE_MOST_MS) pause->ms = PAUSE_MOST_MS;
    pause->until_us = now_us + UINT64_C(1000) * pause->ms;
}

static void tell_failure(struct cosigning *c)
{
    const uint64_t now_us = loop_now_us(c->place->sealer->plan.loop);
    const bool silent = c->fault == FAULT_LOST || c->fault == FAULT_TIMEOUT;
    metric_add(&failures, label_of(c), 1);
    pause_longer(silent ? &c->witness->pause : &c->pause, now_us);
    if (!c->refused)
        log_warn("sealer", "the witness %s does not cosign %s: %s", c->witness->key.name,
                 c->place->job.slug, c->doubt.what[0] ? c->doubt.what : fault_name(c->fault));
    c->refused = true;
}

static void asked(void *ctx)
{
    struct cosigning *c = ctx;
    c->asking = false;
    if (c->fault) {
        tell_failure(c);
        return;
    }
    if (c->refused)
        log_info("sealer", "the witness %s cosigns %s again", c->witness->key.name,
                 c->place->job.slug);
    c->refused = false;
    c->pause = c->witness->pause = (struct witness_pause){0};
    metric_set(&cosigned, label_of(c), c->cosigned);
    if (c->lines.len) sealer_hurry(c->place); /* without: it had cosigned before a restart */
}

/* The place's cosignings, made when they are wanted first. NULL: no witnesses, or no memory. */
static struct cosigning *cosignings_of(struct place *place)
{
    struct witnesses *all = place->sealer->witnesses;
    if (!all || place->cosignings) return place->cosignings;
    place->cosignings = calloc(all->n, sizeof *place->cosignings);
    for (size_t i = 0; place->cosignings && i < all->n; i++)
        place->cosignings[i] = (struct cosigning){
            .place = place, .witness = &all->of[i], .lines = BUF_MAX(COSIGN_LINES_MAX)};
    return place->cosignings;
}

static size_t cosignings_n(const struct place *place)
{
    return place->cosignings ? place->sealer->witnesses->n : 0;
}

void witnesses_look(struct place *place)
{
    struct cosigning *all = cosignings_of(place);
    const uint64_t now_us = loop_now_us(place->sealer->plan.loop), size = place->sealed;
    for (size_t i = 0; all && i < cosignings_n(place); i++) {
        struct cosigning *c = &all[i];
        if (c->asking || c->lines.len || c->cosigned == size || now_us < c->pause.until_us ||
            now_us < c->witness->pause.until_us)
            continue;
        c->asking = workers_submit(c->witness->thread, ask, asked, c) == FAULT_NONE;
    }
}

bool witnesses_hand(struct place *place)
{
    struct seal_job *job = &place->job;
    job->cosigned_n = 0;
    for (size_t i = 0; i < cosignings_n(place); i++) {
        struct cosigning *c = &place->cosignings[i];
        c->handed = !c->asking && c->lines.len > 0;
        if (c->handed)
            job->cosigned[job->cosigned_n++] =
                (struct seal_cosigned){c->size, buf_view(&c->lines), &c->witness->key};
    }
    return job->cosigned_n > 0;
}

void witnesses_handed(struct place *place)
{
    const bool taken = place->job.cosigned_n == 0;
    for (size_t i = 0; i < cosignings_n(place); i++) {
        struct cosigning *c = &place->cosignings[i];
        if (c->handed && taken) buf_reset(&c->lines);
        c->handed = false;
    }
    place->job.cosigned_n = 0;
}

void witnesses_forget(struct place *place)
{
    for (size_t i = 0; i < cosignings_n(place); i++) buf_release(&place->cosignings[i].lines);
    free(place->cosignings);
    place->cosignings = NULL;
}

/* ---- who they are ---------------------------------------------------------------------------- */

/* One of them as it is named. */
struct named {
    char url[URL_SIZE];
    struct vkey key;
};

static enum fault line_read(struct text line, struct named *ret, struct doubt *doubt)
{
    struct text rest = line;
    struct text where = text_cut(&rest, ' ');
    while (where.n && where.at[where.n - 1] == '/') where.n--;
    if ((!text_starts(where, TEXT("http://")) && !text_starts(where, TEXT("https://"))) ||
        !rest.at || where.n >= sizeof ret->url)
        return doubt_raise(doubt, FAULT_FORMAT, "`%.*s` is not `URL VKEY`",
                           line.n > 100 ? 100 : (int)line.n, line.at);
    const enum fault no = vkey_parse(text_trim(rest), &ret->key, doubt);
    if (no) return no;
    if (ret->key.kind != KEY_WITNESS)
        return doubt_raise(doubt, FAULT_FORMAT, "%s is not the key of a witness", ret->key.name);
    (void)snprintf(ret->url, sizeof ret->url, "%.*s", TEXT_ARGS(where));
    return FAULT_NONE;
}

static enum fault witness_add(struct sealer *sealer, const struct named *named)
{
    struct witnesses *all = sealer->witnesses;
    struct witness *witness = &all->of[all->n++];
    witness->all = all;
    witness->key = named->key;
    witness->cosign = cosign_new(named->url, TIMEOUT_MS);
    witness->thread = witness->cosign ? workers_new(sealer->plan.loop, 1, QUEUE) : NULL;
    return witness->thread ? FAULT_NONE : FAULT_MEMORY;
}

/* Adds all that are named; without a sealer they are only read. */
static enum fault named_read(struct sealer *sealer, const char *named, struct doubt *doubt)
{
    CLEANUP(buf) struct buf lines = BUF_MAX(FILE_BYTES_MAX);
    const struct text given = text_of(named);
    const bool listed = text_starts(given, TEXT("http"));
    enum fault no = FAULT_NONE;
    size_t n = 0;
    if (listed) buf_text(&lines, given);
    else if (file_read(named, &lines))
        return doubt_raise(doubt, FAULT_CONFIG, "%s cannot be read", named);
    struct text rest = buf_view(&lines);
    while (!no && rest.at) {
        struct named one;
        const struct text line = text_trim(text_cut(&rest, listed ? ',' : '\n'));
        if (line.n == 0 || line.at[0] == '#') continue;
        if (n++ == WITNESSES_MAX)
            return doubt_raise(doubt, FAULT_LIMIT, "more than %d", WITNESSES_MAX);
        no = line_read(line, &one, doubt);
        if (!no && sealer) no = witness_add(sealer, &one);
    }
    return no;
}

enum fault sealer_witnesses(struct sealer *sealer, const char *named)
{
    struct doubt doubt = {""};
    if (named[0] == 0) return FAULT_NONE;
    sealer->witnesses = calloc(1, sizeof *sealer->witnesses);
    const enum fault no = sealer->witnesses ? named_read(sealer, named, &doubt) : FAULT_MEMORY;
    if (no) log_error("sealer", "witnesses: %s", doubt.what[0] ? doubt.what : fault_name(no));
    return no == FAULT_NONE || no == FAULT_MEMORY ? no : FAULT_CONFIG;
}

enum fault sealer_witnesses_check(const char *named, struct doubt *doubt)
{
    return named[0] == 0 ? FAULT_NONE : named_read(NULL, named, doubt);
}

void witnesses_free(struct sealer *sealer)
{
    struct witnesses *all = sealer->witnesses;
    if (all) all->stopping = true;
    for (size_t i = 0; all && i < all->n; i++) {
        if (all->of[i].thread) workers_free(all->of[i].thread);
        cosign_free(all->of[i].cosign);
    }
}
