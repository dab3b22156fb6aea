/* differential.c -- the run: draw an act, ask both, compare. See differential.h. */
#include "differential_inside.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLD 20 /* operations before the one that disagreed, in the report */
#define ARENA_MAX (256 * MIB)

/* ---- the functions ---- */

static void functions_load(struct differential *d)
{
    resp_arg(&d->resp, TEXT("FUNCTION"));
    resp_arg(&d->resp, TEXT("LOAD"));
    resp_arg(&d->resp, TEXT("REPLACE"));
    resp_arg(&d->resp, d->plan->source);
    resp_end(&d->resp);
    resp_flush(&d->resp);
    struct reply reply = resp_read(&d->resp, &d->arena);
    if (reply.kind == '-')
        fprintf(stderr, "the functions do not load: %.*s\n", TEXT_ARGS(reply.text));
    INVARIANT(reply.kind == '$');
}

/* ---- comparing ---- */

bool agreed(struct differential *d, const char *what)
{
    if (text_equal(buf_view(&d->expected), buf_view(&d->got)))
        return true;
    struct text expected = buf_view(&d->expected), got = buf_view(&d->got);
    size_t same = 0;
    while (same < expected.n && same < got.n && expected.at[same] == got.at[same])
        same++;
    size_t from = same > 1500 ? same - 300 : 0;
    buf_format(d->report, "seed %" PRIu64 ", operation %" PRIu64 ", community %s (%s): the %s.\n",
               d->plan->seed, d->done, d->slug, d->profile->name, what);
    buf_format(d->report, "rules: %.*s\nledger: %.*s\n", (int)(expected.n - from),
               expected.n ? expected.at + from : "", (int)(got.n - from),
               got.n ? got.at + from : "");
    uint64_t first = d->done > d->begun + TOLD ? d->done - TOLD : d->begun + 1;
    for (uint64_t i = first; i <= d->done; i++)
        operation_put(d, operation_at(d, i), &d->arena, d->report);
    return false;
}

/* The act, the records that it wrote, and the accounts behind it, in one go. */
static void ask(struct differential *d, const struct operation *op, uint64_t seq)
{
    struct text args[OPERATION_ARGS], names = text_of(accounts_names);
    size_t n = operation_args(d, op, &d->arena, args);
    if (op->act.own.document.n) { /* whether a file is known, the rules know not */
        resp_arg(&d->resp, TEXT("HSET"));
        resp_format(&d->resp, "{%s}:files", d->slug);
        resp_arg(&d->resp, op->act.own.document);
        resp_arg(&d->resp, TEXT("pdf 9 0 0 x a.pdf"));
        resp_end(&d->resp);
    }
    resp_arg(&d->resp, TEXT("FCALL"));
    resp_format(&d->resp, "%s_differential", roll_kind_name(op->act.kind));
    resp_arg(&d->resp, TEXT("1"));
    resp_format(&d->resp, "{%s}:c", d->slug);
    for (size_t i = 0; i < n; i++)
        resp_arg(&d->resp, args[i]);
    resp_end(&d->resp);
    resp_say(&d->resp, "XRANGE {%s}:log %" PRIu64 "-0 +", d->slug, seq);
    resp_arg(&d->resp, TEXT("HMGET"));
    resp_format(&d->resp, "{%s}:c", d->slug);
    while (names.at)
        resp_arg(&d->resp, text_cut(&names, ' '));
    resp_end(&d->resp);
    resp_flush(&d->resp);
}

static void accounts_got(struct differential *d, const struct reply *values)
{
    struct text names = text_of(accounts_names);
    buf_reset(&d->got);
    for (size_t i = 0; i < values->n; i++) {
        struct text name = text_cut(&names, ' ');
        buf_format(&d->got, "%.*s=%.*s ", TEXT_ARGS(name), TEXT_ARGS(values->items[i].text));
    }
}

static bool answers_agree(struct differential *d, const struct operation *op)
{
    if (op->act.own.document.n)
        (void)resp_read(&d->resp, &d->arena);
    struct reply answer = resp_read(&d->resp, &d->arena);
    struct reply entries = resp_read(&d->resp, &d->arena);
    struct reply values = resp_read(&d->resp, &d->arena);
    answer_expected(d, op);
    answer_got(d, op, &answer);
    if (!agreed(d, "answers differ"))
        return false;
    records_expected(d);
    records_got(d, &entries);
    if (!agreed(d, "records differ"))
        return false;
    accounts_expected(d);
    accounts_got(d, &values);
    return agreed(d, "accounts differ");
}

/* ---- the run ---- */

static void outcome_count(struct differential *d, struct operation *op)
{
    const struct verdict *v = &d->verdict;
    enum roll_kind kind = op->act.kind;
    const char *code = v->raised ? "raised" : v->replayed ? "replayed" : refusal_code(v->refusal);
    snprintf(op->outcome, sizeof op->outcome, "%s seq %" PRIu64 "%s",
             v->refusal || v->raised || v->replayed ? code : "ok", v->seq,
             v->settled_n ? " (settled)" : "");
    for (size_t i = 0; i < v->records_n; i++)
        d->count->records[v->sealed_of[i] ? RECORD_SEALED : v->records[i].kind]++;
    if (v->raised)
        d->count->raised[kind]++;
    else if (v->refusal)
        d->count->refused[kind][v->refusal]++;
    else if (v->replayed)
        d->count->replayed[kind]++;
    else
        d->count->accepted[kind]++;
}

static bool step(struct differential *d)
{
    arena_reset(&d->arena);
    struct operation *op = operation_at(d, d->done + 1);
    operation_draw(d, op);
    d->done = op->number;
    ask(d, op, model_seq(model_of(d)));
    roll_act(d->roll, &op->act, &d->verdict);
    outcome_count(d, op);
    if (!answers_agree(d, op))
        return false;
    d->count->operations++;
    if (d->done % DIFFERENTIAL_STATE_EVERY && d->done != d->ends && d->done != d->plan->operations)
        return true;
    d->count->states++;
    return state_agrees(d);
}

/* A community of its own on an empty Redis, until its operations are used up. */
static bool community_run(struct differential *d)
{
    resp_say(&d->resp, "FLUSHALL SYNC");
    resp_flush(&d->resp);
    arena_reset(&d->arena);
    INVARIANT(resp_read(&d->resp, &d->arena).kind == '+');
    d->roll = roll_new();
    community_begin(d);
    d->count->communities++;
    bool good = true;
    while (good && d->done < d->ends && d->done < d->plan->operations)
        good = step(d);
    roll_free(d->roll);
    return good;
}

uint64_t differential_run(const struct differential_plan *plan, struct differential_count *ret,
                          struct buf *ret_report)
{
    struct differential *d = calloc(1, sizeof *d);
    INVARIANT(d != NULL);
    *ret = (struct differential_count){0};
    d->plan = plan;
    d->count = ret;
    d->report = ret_report;
    d->random = plan->seed;
    d->expected = d->got = BUF_MAX(16 * MIB);
    arena_init(&d->arena, ARENA_MAX);
    resp_open(&d->resp, plan->socket);
    functions_load(d);
    bool good = true;
    while (good && d->done < plan->operations)
        good = community_run(d);
    uint64_t disagreed = good ? 0 : d->done;
    resp_close(&d->resp);
    arena_release(&d->arena);
    buf_release(&d->expected);
    buf_release(&d->got);
    free(d);
    return disagreed;
}
