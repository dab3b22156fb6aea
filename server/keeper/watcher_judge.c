/* watcher_judge.c -- see watcher_judge.h. One function a kind of alert. */
#include "watcher_judge.h"

#define DAY_MS UINT64_C(86400000)
#define FEW 5

struct judging {
    const struct watch_rule *rule;
    const struct watch_facts *facts;
    struct alert_true *list;
    size_t *n;
};

static void hold(const struct judging *j, uint64_t thing, uint64_t value)
{
    if (*j->n < ALERTS_TRUE_MAX)
        j->list[(*j->n)++] = (struct alert_true){j->rule->number, thing, value};
}

/* Only what has come since the rule was made: nobody wants to hear of last year. */
static void judge_activation(const struct judging *j, const struct summary_item *item)
{
    if (text_is(item->what, "activation") && item->at_ms >= j->rule->created_ms)
        hold(j, item->number, 0);
}

static void judge_near(const struct judging *j, const struct summary_item *item)
{
    if (text_is(item->what, "proposal") && item->permille + j->rule->n >= 1000)
        hold(j, item->number, item->permille);
}

static void judge_stalled(const struct judging *j, const struct summary_item *item)
{
    if (!text_is(item->what, "commission") || item->at_ms > j->facts->now_ms) return;
    const uint64_t days = (j->facts->now_ms - item->at_ms) / DAY_MS;
    if (days >= j->rule->n) hold(j, item->number, days);
}

static void judge_body(const struct judging *j, const struct summary_item *item)
{
    if (text_is(item->what, "body") && text_is(item->state, "suspended"))
        hold(j, item->number, 0);
}

static uint64_t people_of(const struct pairs *pairs, uint64_t area)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (pairs->at[i][0] == area) return pairs->at[i][1];
    return 0;
}

static void judge_participation(const struct judging *j)
{
    const struct pairs *residents = &j->facts->of->residents;
    for (size_t i = 0; j->facts->of->open && i < residents->n; i++) {
        const uint64_t of = residents->at[i][1];
        const uint64_t people = people_of(&j->facts->of->people, residents->at[i][0]);
        if (of == 0 || people * 1000 >= j->rule->n * of) continue;
        hold(j, residents->at[i][0], people < FEW || of < FEW ? 0 : people * 1000 / of);
    }
}

enum alert_when alert_when_of(struct text word)
{
    static const char *const words[ALERT_WHENS] = {
        [ALERT_ACTIVATION] = "activation",         [ALERT_NEAR] = "near",
        [ALERT_STALLED] = "stalled",               [ALERT_PARTICIPATION] = "participation",
        [ALERT_BODY_SUSPENDED] = "body_suspended", [ALERT_LOG_TROUBLE] = "log_trouble",
    };
    enum alert_when when = 0;
    while (when < ALERT_WHENS && !text_is(word, words[when]))
        when++;
    return when;
}

void watch_judge(const struct watch_rule *rule, const struct watch_facts *facts,
                 struct alert_true *list, size_t *n)
{
    static void (*const by_item[ALERT_WHENS])(const struct judging *,
                                              const struct summary_item *) = {
        [ALERT_ACTIVATION] = judge_activation,
        [ALERT_NEAR] = judge_near,
        [ALERT_STALLED] = judge_stalled,
        [ALERT_BODY_SUSPENDED] = judge_body,
    };
    const struct judging j = {rule, facts, list, n};
    if (rule->when == ALERT_LOG_TROUBLE && facts->log_trouble) hold(&j, 0, 0);
    if (rule->when == ALERT_PARTICIPATION) judge_participation(&j);
    for (size_t i = 0; by_item[rule->when] && i < facts->items_n; i++)
        by_item[rule->when](&j, &facts->items[i]);
}
