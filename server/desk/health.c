/* health.c -- what machines ask: alive, ready, measured, described. */
#include "errand.h"
#include "groundswell/base/embedded.h"
#include "groundswell/base/log.h"
#include "groundswell/base/metrics.h"
#include "handlers.h"
#include "say.h"

void health_get(struct visit *visit)
{
    visit_answer(visit, 200, "application/json", TEXT("{\"status\":\"ok\"}"));
}

void ready_get(struct visit *visit)
{
    const struct desk_plan *plan = &errand_of(visit)->desk->plan;
    const char *why = plan->why_not_ready ? plan->why_not_ready(plan->ctx) : NULL;
    if (!why) {
        visit_answer(visit, 200, "application/json", TEXT("{\"status\":\"ready\"}"));
        return;
    }
    SAY_REFUSAL(visit, REFUSAL_NOT_READY, {"reason", text_of(why)});
}

void metrics_get(struct visit *visit)
{
    CLEANUP(buf) struct buf body = BUF_MAX(MIB);
    metrics_write(&body);
    if (buf_fault(&body)) say_fault(visit, buf_fault(&body));
    else visit_answer(visit, 200, "text/plain; version=0.0.4; charset=utf-8", buf_view(&body));
}

void openapi_get(struct visit *visit)
{
    visit_answer(visit, 200, "application/json", buf_view(&errand_of(visit)->desk->openapi));
}

void problems_get(struct visit *visit)
{
    for (size_t i = 0; i < embedded_schemas_n; i++) {
        if (strcmp(embedded_schemas[i].name, "refusals.json") != 0) continue;
        visit_answer(visit, 200, "application/json", embedded_text(&embedded_schemas[i]));
        return;
    }
    say_fault(visit, FAULT_ABSENT);
}
