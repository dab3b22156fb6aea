/* uploads_forget.c -- takes off the shelf what the ledger does not know (any more): files that
 * nobody attached in a week, and those whose uploader never heard an answer.
 *
 *     list what has lain there for an hour (a worker) -> ask, 500 at a time -> remove (a worker)
 *
 * An hour, because between a file's coming to the shelf and its being noted there is a moment. What
 * is sent again after the list was made is new there, and stays (io/shelf.h). */
#include "errand.h"
#include "groundswell/io/shelf.h"
#include "groundswell/io/workers.h"
#include "groundswell/ledger/files.h"
#include "uploads.h"

#define REST_S 3600
#define NAMES_MAX (4 * MIB) /* six times what a community may have; the rest another time */
#define ASKED_MAX (FILES_UNKNOWN_MAX * (size_t)SHELF_NAME_SIZE)

struct forgetting {
    struct desk *desk;
    struct text slug;
    void (*done)(void *ctx, enum fault fault, uint64_t files);
    void *ctx;
    char folder[SHELF_FOLDER_SIZE];
    struct buf names, unknown; /* hashes, one behind the other */
    size_t asked;              /* bytes of names */
    uint64_t since_s;
    enum fault fault;
};

static void forget_done(void *ctx)
{
    struct forgetting *f = ctx;
    uint64_t files = f->fault ? 0 : f->unknown.len / SHELF_NAME_SIZE;
    buf_release(&f->names);
    buf_release(&f->unknown);
    f->done(f->ctx, f->fault, files);
}

/* In a worker. */
static void forget_work(void *ctx)
{
    struct forgetting *f = ctx;
    for (size_t at = 0; at < f->unknown.len && !f->fault; at += SHELF_NAME_SIZE)
        f->fault = shelf_forget(f->folder, (struct text){f->unknown.data + at, SHELF_NAME_SIZE},
                                f->since_s, REST_S);
}

static void forget_ask(struct forgetting *f);

static void forget_answer(void *ctx, const struct ledger_answer *answer)
{
    struct forgetting *f = ctx;
    f->fault = answer->fault;
    if (!answer->outcome) { /* a fault, or no such community */
        forget_done(f);
        return;
    }
    const struct files_unknown *outcome = answer->outcome;
    struct text places = outcome->unknown;
    f->since_s = outcome->from_ms / 1000;
    const char *asked = f->names.data + f->asked;
    while (places.n > 0) {
        uint64_t place;
        if (!text_to_u64(text_cut(&places, ','), FILES_UNKNOWN_MAX - 1, &place)) break;
        buf_put(&f->unknown, asked + place * SHELF_NAME_SIZE, SHELF_NAME_SIZE);
    }
    f->asked += ASKED_MAX;
    f->fault = buf_fault(&f->unknown);
    forget_ask(f);
}

static void forget_ask(struct forgetting *f)
{
    if (f->asked < f->names.len && !f->fault) {
        size_t n = f->names.len - f->asked;
        struct text names = {f->names.data + f->asked, n < ASKED_MAX ? n : ASKED_MAX};
        ledger_files_unknown(f->desk->plan.ledger, f->slug, names, forget_answer, f);
    } else if (f->fault || f->unknown.len == 0 ||
               workers_submit(f->desk->plan.workers, forget_work, forget_done, f)) {
        forget_done(f);
    }
}

static void forget_listed(void *ctx)
{
    forget_ask(ctx);
}

/* In a worker. More than fits is no fault: it is there the next time. */
static void forget_list(void *ctx)
{
    struct forgetting *f = ctx;
    f->fault = shelf_list(f->folder, REST_S, &f->names);
    if (f->fault == FAULT_LIMIT) f->fault = FAULT_NONE;
}

struct forgetting *forgetting_new(struct visit *visit)
{
    struct forgetting *f = arena_alloc(&visit->arena, sizeof *f);
    if (f) f->desk = errand_of(visit)->desk;
    return f;
}

bool uploads_forget(struct forgetting *f, struct text slug,
                    void (*done)(void *ctx, enum fault fault, uint64_t files), void *ctx)
{
    *f = (struct forgetting){.desk = f->desk, .slug = slug, .done = done, .ctx = ctx,
                             .names = BUF_MAX(NAMES_MAX), .unknown = BUF_MAX(NAMES_MAX)};
    return uploads_folder(f->desk, slug, f->folder) &&
           !workers_submit(f->desk->plan.workers, forget_list, forget_listed, f);
}
