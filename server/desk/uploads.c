/* uploads.c -- files that people send: contracts, evidence. What they are attached to, and so made
 * public by, is the business of those acts.
 *
 *     upload:  (door: who, name, kind)  (http: the bytes, to a temporary file)
 *              look, put on the shelf (a worker) -> note -> say
 *                                                    no: take back (a worker) -> say it
 *
 * A file is on the shelf before the ledger knows of it, never the other way round. Where the answer
 * of the ledger is lost it stays there: the same request finds it again, and what nobody ever noted
 * goes with the next purge. */
#include "uploads.h"

#include <errno.h>
#include <unistd.h>

#include "errand.h"
#include "groundswell/base/file_name.h"
#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/shelf.h"
#include "groundswell/io/spool.h"
#include "groundswell/io/workers.h"
#include "groundswell/ledger/files.h"
#include "handlers.h"
#include "say.h"
#include "write.h"

bool uploads_folder(const struct desk *desk, struct text slug, char ret[static SHELF_FOLDER_SIZE])
{
    if (!desk->data_folder) return false;
    int n = snprintf(ret, SHELF_FOLDER_SIZE, "%s/" FILES_FOLDER "/%.*s", desk->data_folder,
                     TEXT_ARGS(slug));
    return n > 0 && n < SHELF_FOLDER_SIZE;
}

/* ---- before it comes ------------------------------------------------------------------------- */

/* "application/pdf, image/png, ..." */
static struct text kinds_say(struct visit *visit)
{
    CLEANUP(buf) struct buf out = BUF_MAX(KIB);
    for (unsigned i = MEDIA_PDF; i < MEDIAS; i++) {
        struct text type = text_of(media_type((enum media)i));
        if (out.len > 0) buf_cstr(&out, ", ");
        buf_text(&out, text_cut(&type, ';'));
    }
    return arena_text(&visit->arena, buf_view(&out));
}

static void refuse_kind(struct visit *visit, enum media sent, const char *looks)
{
    const char *as = sent == MEDIA_NONE ? "something else" : media_looks(sent);
    SAY_REFUSAL(visit, REFUSAL_FILE_TYPE_REFUSED, {"sent", text_of(as)}, {"looks", text_of(looks)},
                {"allowed", kinds_say(visit)});
}

bool upload_check(struct visit *visit)
{
    bool broken;
    struct text name = visit_query(visit, "name", &broken);
    const char *wrong = broken ? "it has control characters, is no UTF-8 or not well escaped"
                               : file_name_wrong(name);
    enum media sent = media_sent(visit_field(visit, "Content-Type"));
    if (wrong)
        SAY_REFUSAL(visit, REFUSAL_FILE_NAME_REFUSED, {"reason", text_of(wrong)});
    else if (sent == MEDIA_NONE || visit_field_repeats(visit, "Content-Type"))
        refuse_kind(visit, MEDIA_NONE, "nothing yet, for it was not read");
    return !visit->answered;
}

/* ---- when it is there ------------------------------------------------------------------------ */

struct uploading {
    struct visit *visit;
    struct text name;
    enum media sent, seen;
    const char *looks;
    enum fault fault;
    int error; /* errno of a FAULT_IO */
    char folder[SHELF_FOLDER_SIZE];
    struct ledger_answer no; /* to be said once the file is off the shelf */
};

static void upload_taken_back(void *ctx)
{
    struct uploading *uploading = ctx;
    if (uploading->fault)
        log_error("desk", "a file that is not wanted stays: %s", strerror(uploading->error));
    (void)say_no(uploading->visit, &uploading->no);
}

/* In a worker. */
static void upload_take_back(void *ctx)
{
    struct uploading *uploading = ctx;
    uploading->fault = shelf_take_back(uploading->folder, uploading->visit->upload);
    uploading->error = errno;
}

/* The words of an answer are gone when its callback has returned. */
static bool answer_keep(struct uploading *uploading, const struct ledger_answer *answer)
{
    struct arena *arena = &uploading->visit->arena;
    struct refusal_word *words = arena_alloc(arena, (answer->words_n + 1) * sizeof *words);
    if (!words) return false;
    for (size_t i = 0; i < answer->words_n; i++) {
        struct text name = arena_text(arena, text_of(answer->words[i].name));
        words[i] = (struct refusal_word){name.at, arena_text(arena, answer->words[i].value)};
        if (!name.at || !words[i].value.at) return false;
    }
    uploading->no = *answer;
    uploading->no.words = words;
    return true;
}

static void file_upload_answer(void *ctx, const struct ledger_answer *answer)
{
    struct uploading *uploading = ctx;
    struct visit *visit = uploading->visit;
    struct workers *workers = errand_of(visit)->desk->plan.workers;
    bool undone = answer->refusal != REFUSAL_NONE || answer->fault == FAULT_BUSY;
    if (undone && answer_keep(uploading, answer) &&
        !workers_submit(workers, upload_take_back, upload_taken_back, uploading))
        return;
    if (say_no(visit, answer)) return;
    struct text file = text_of(spool_digest(visit->upload));
    struct text type = text_of(media_type(uploading->sent));
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB), place = BUF_MAX(KIB);
    struct json_out out = JSON_OUT(&body);
    buf_format(&place, "%.*s/%.*s", TEXT_ARGS(visit->path), TEXT_ARGS(file));
    json_object_begin(&out);
    json_text_at(&out, "file", file);
    json_text_at(&out, "name", uploading->name);
    json_text_at(&out, "type", text_cut(&type, ';'));
    json_u64_at(&out, "bytes", spool_bytes(visit->upload));
    write_stamp(&out, "at", ((const struct act_outcome *)answer->outcome)->at_ms);
    json_object_end(&out);
    if (buf_fault(&place) || visit_header(visit, "Location", buf_view(&place)))
        say_fault(visit, FAULT_LIMIT);
    else say_json(visit, 201, &body);
}

/* The same key with another file, another name or another kind is another request. */
static void upload_act(struct uploading *uploading)
{
    struct visit *visit = uploading->visit;
    struct errand *errand = errand_of(visit);
    uint8_t digest[DIGEST_SIZE];
    CLEANUP(buf) struct buf said = BUF_MAX(KIB);
    buf_format(&said, "%s\n%s\n", spool_digest(visit->upload), media_word(uploading->sent));
    buf_text(&said, uploading->name);
    digest_sha256(buf_view(&said), digest);
    errand_act(visit);
    memcpy(errand->act.body_hash, digest, sizeof errand->act.body_hash);
}

static void upload_put_away(void *ctx)
{
    struct uploading *uploading = ctx;
    struct visit *visit = uploading->visit;
    if (uploading->fault == FAULT_IO && spool_is_full(uploading->error)) {
        say_refusal(visit, REFUSAL_DISK_FULL, NULL, 0);
    } else if (uploading->fault) {
        if (uploading->fault == FAULT_IO)
            log_error("desk", "a file cannot be put away: %s", strerror(uploading->error));
        say_fault(visit, uploading->fault);
    } else if (!media_fits(uploading->sent, uploading->seen)) {
        refuse_kind(visit, uploading->sent, uploading->looks);
    } else {
        struct errand *errand = errand_of(visit);
        const struct file_note in = {.file = text_of(spool_digest(visit->upload)),
                                     .type = text_of(media_word(uploading->sent)),
                                     .bytes = spool_bytes(visit->upload),
                                     .name = uploading->name,
                                     .bytes_max = errand->desk->plan.files_bytes_max};
        upload_act(uploading);
        ledger_file_note(errand->desk->plan.ledger, &errand->act, &in, file_upload_answer,
                         uploading);
    }
}

/* In a worker. */
static void upload_work(void *ctx)
{
    struct uploading *uploading = ctx;
    struct spool *spool = uploading->visit->upload;
    uploading->fault = upload_look(spool, &uploading->seen, &uploading->looks);
    if (!uploading->fault && media_fits(uploading->sent, uploading->seen))
        uploading->fault = shelf_put(uploading->folder, spool);
    uploading->error = errno;
    if (uploading->fault && shelf_take_back(uploading->folder, spool))
        log_error("desk", "a file that could not be put away stays: %s", strerror(errno));
}

void file_upload(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    if (!visit->upload || spool_bytes(visit->upload) == 0) {
        say_refusal(visit, REFUSAL_FILE_EMPTY, NULL, 0);
        return;
    }
    struct uploading *uploading = arena_alloc(&visit->arena, sizeof *uploading);
    if (!uploading || !uploads_folder(errand->desk, errand->slug, uploading->folder)) {
        say_fault(visit, uploading ? FAULT_LIMIT : FAULT_MEMORY);
        return;
    }
    uploading->visit = visit;
    uploading->name = visit_query(visit, "name", NULL);
    uploading->sent = media_sent(visit_field(visit, "Content-Type"));
    if (workers_submit(errand->desk->plan.workers, upload_work, upload_put_away, uploading))
        say_refusal(visit, REFUSAL_SERVER_BUSY, NULL, 0);
}

/* ---- out again ------------------------------------------------------------------------------- */

static bool is_among(struct text list, const char *one)
{
    while (list.at)
        if (text_is(text_cut(&list, ','), one)) return true;
    return false;
}

static bool sees(const struct who *who, const struct file_view *view, struct text slug)
{
    return who_may(who, ROLE_TRUST | ROLE_OPERATOR, slug) ||
           (who_may(who, ROLE_CLERK | ROLE_PROVIDER, slug) && is_among(view->by, who->subject));
}

/* Before it is public: those whose organisation sent it, and officers. */
static bool may_see(const struct errand *errand, const struct file_view *view)
{
    const struct session *session = errand->session;
    if (view->public || sees(&errand->who, view, errand->slug)) return true;
    for (size_t i = 0; session && i < session->hats_n; i++) {
        struct who who = {.role = session->hats[i].role};
        snprintf(who.scope, sizeof who.scope, "%s", session->hats[i].scope);
        snprintf(who.subject, sizeof who.subject, "%s", session->hats[i].subject);
        if (sees(&who, view, errand->slug)) return true;
    }
    return false;
}

/* A file is offered to be saved, never shown in our name: a document is somebody else's word, and
 * may hold scripts. */
static bool headers_put(struct visit *visit, const struct file_view *view)
{
    CLEANUP(buf) struct buf name = BUF_MAX(8 * KIB), tag = BUF_MAX(KIB);
    file_name_disposition(&name, view->name);
    buf_format(&tag, "\"%.*s\"", TEXT_ARGS(visit_param(visit, "file")));
    const char *kept = view->public ? "public, max-age=3600" : "no-store";
    return !buf_fault(&name) && !buf_fault(&tag) &&
           !visit_header(visit, "Content-Disposition", buf_view(&name)) &&
           !visit_header(visit, "ETag", buf_view(&tag)) &&
           !visit_header(visit, "Cache-Control", text_of(kept)) &&
           !visit_header(visit, "X-Content-Type-Options", TEXT("nosniff")) &&
           !visit_header(visit, "Content-Security-Policy",
                         TEXT("default-src 'none'; frame-ancestors 'none'; sandbox"));
}

static void file_say(struct visit *visit, const struct file_view *view)
{
    char folder[SHELF_FOLDER_SIZE];
    enum fault no = FAULT_LIMIT;
    uint64_t bytes;
    const struct errand *errand = errand_of(visit);
    struct text file = visit_param(visit, "file"), shown = visit_field(visit, "If-None-Match");
    if (!uploads_folder(errand->desk, errand->slug, folder) || !headers_put(visit, view)) {
        say_fault(visit, no);
        return;
    }
    if (shown.n == file.n + 2 && memcmp(shown.at + 1, file.at, file.n) == 0) {
        visit_answer(visit, 304, NULL, TEXT_NONE);
        return;
    }
    int fd = shelf_open(folder, file, &bytes, &no);
    if (fd >= 0)
        visit_answer_file(visit, media_type(media_of_word(view->type)), fd, bytes);
    else say_fault(visit, no);
}

static void file_get_answer(void *ctx, const struct ledger_answer *answer)
{
    struct visit *visit = ctx;
    if (say_no(visit, answer)) return;
    if (may_see(errand_of(visit), answer->outcome)) file_say(visit, answer->outcome);
    else say_refusal(visit, REFUSAL_FILE_UNKNOWN, NULL, 0);
}

void file_get(struct visit *visit)
{
    struct errand *errand = errand_of(visit);
    ledger_file_view(errand->desk->plan.ledger, errand->slug, visit_param(visit, "file"),
                     file_get_answer, visit);
}
