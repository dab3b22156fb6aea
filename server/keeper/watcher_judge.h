/* watcher_judge.h -- what is true of a community by a trust's rules. No I/O. */
#ifndef GROUNDSWELL_KEEPER_WATCHER_JUDGE_H
#define GROUNDSWELL_KEEPER_WATCHER_JUDGE_H

#include "groundswell/ledger/alerts.h"
#include "groundswell/ledger/summary.h"

enum alert_when {
    ALERT_ACTIVATION,
    ALERT_NEAR,
    ALERT_STALLED,
    ALERT_PARTICIPATION,
    ALERT_BODY_SUSPENDED,
    ALERT_LOG_TROUBLE,
    ALERT_WHENS
};

struct watch_rule {
    enum alert_when when;
    uint64_t number, n, created_ms;
};

struct watch_facts {
    const struct summary *of;
    const struct summary_item *items;
    size_t items_n;
    uint64_t now_ms;
    bool log_trouble;
};

/* ALERT_WHENS where there is no such word. */
enum alert_when alert_when_of(struct text word);

/* Appends what the rule finds true, up to ALERTS_TRUE_MAX in all. */
void watch_judge(const struct watch_rule *rule, const struct watch_facts *facts,
                 struct alert_true *list, size_t *n);

#endif
