/* cosign.c -- one question and its answer; nothing is repeated here, for by then there may be a
 * newer checkpoint to ask about. */
#include "groundswell/post/cosign.h"

#include "groundswell/post/fetch.h"

#define QUESTION_MAX (128 * KIB)

struct cosign {
    struct fetch *fetch;
};

struct cosign *cosign_new(const char *url, uint32_t timeout_ms)
{
    struct cosign *cosign = calloc(1, sizeof *cosign);
    if (!cosign) return NULL;
    const struct fetch_plan plan = {
        .url = url,
        .in_flight_max = 1,
        .timeout_ms = timeout_ms,
        .answer_max = COSIGN_LINES_MAX,
    };
    cosign->fetch = fetch_new(&plan);
    if (cosign->fetch) return cosign;
    free(cosign);
    return NULL;
}

void cosign_free(struct cosign *cosign)
{
    if (!cosign) return;
    fetch_free(cosign->fetch);
    free(cosign);
}

/* "70000" and LF. */
static enum fault size_read(struct text body, uint64_t *ret)
{
    if (body.n < 2 || body.at[body.n - 1] != '\n') return FAULT_FORMAT;
    body.n--;
    return text_to_u64(body, INT64_MAX, ret) ? FAULT_NONE : FAULT_FORMAT;
}

enum fault cosign_ask(struct cosign *cosign, const struct cosign_question *question,
                      struct buf *ret_lines, struct cosign_answer *ret)
{
    CLEANUP(buf) struct buf body = BUF_MAX(QUESTION_MAX), answer = BUF_MAX(COSIGN_LINES_MAX);
    *ret = (struct cosign_answer){0};
    buf_format(&body, "old %llu\n", (unsigned long long)question->old_size);
    buf_text(&body, question->proof);
    buf_char(&body, '\n');
    buf_text(&body, question->checkpoint);
    if (buf_fault(&body)) return buf_fault(&body);
    const struct fetch_request request = {.method = "POST",
                                          .path = "/add-checkpoint",
                                          .body = buf_view(&body),
                                          .type = "text/plain; charset=utf-8"};
    const enum fault no = fetch_once(cosign->fetch, &request, &answer, &ret->status);
    if (no) return no;
    if (ret->status == COSIGN_CONFLICT) return size_read(buf_view(&answer), &ret->size);
    if (ret->status != COSIGN_SIGNED) return FAULT_NONE;
    if (answer.len == 0) return FAULT_FORMAT;
    buf_text(ret_lines, buf_view(&answer));
    return buf_fault(ret_lines);
}
