/* alerts.h -- the alerts of a trust: rules, what they have raised, webhooks, deliveries.
 *
 * Whether something is true of a community is the watcher's to say (keeper/watcher.h); whether that
 * is news, the ledger's (lua/97_alert.lua, 97_delivery.lua), in one call. */
#ifndef GROUNDSWELL_LEDGER_ALERTS_H
#define GROUNDSWELL_LEDGER_ALERTS_H

#include "groundswell/base/json.h"
#include "groundswell/ledger/accounts.h"

#define ALERTS_TRUE_MAX 256 /* told of a community at once */

/* Of all that make or name something. */
struct alert_outcome {
    uint64_t at_ms;
    bool replayed;
    uint64_t number;
};
extern const struct field alert_outcome_fields[];
extern const size_t alert_outcome_fields_n;

struct alert_rule {
    uint64_t alert, n, created_ms;
    struct text when;    /* activation, near, stalled, participation, body_suspended, log_trouble */
    struct text to;      /* letters: p (page), m (mail), w (webhooks) */
    struct text account; /* whom the mail goes to; empty: nobody */
};
extern const struct field alert_rule_fields[];
extern const size_t alert_rule_fields_n;

struct alert_raised {
    uint64_t number, alert, thing, value, at_ms, cleared_ms; /* cleared 0: it still holds */
    bool seen;
    struct text community, when;
};
extern const struct field alert_raised_fields[];
extern const size_t alert_raised_fields_n;

struct alert_hook {
    uint64_t webhook, failing_ms, created_ms; /* failing since; 0: it is not */
    struct text state, nonce, url;            /* on, off */
};
extern const struct field alert_hook_fields[];
extern const size_t alert_hook_fields_n;

struct alert_delivery {
    bool found, replayed; /* found: of a claim; else nothing of this is there */
    uint64_t delivery, tries, status, next_try_ms, raised, at_ms, thing, value;
    uint64_t now_ms; /* of a claim: when it was made */
    struct text trust, kind, target, state, when, community, url, nonce;
};
extern const struct field alert_delivery_fields[];
extern const size_t alert_delivery_fields_n;

struct alert_set {
    struct text trust, when, to, account;
    uint64_t n;
};
struct alert_of { /* a thing of a trust, by its number */
    struct text trust;
    uint64_t number;
};
struct hook_add {
    struct text trust, nonce, url;
};

/* Outcome of these: struct alert_outcome (raised_seen: struct people_outcome). */
void ledger_alert_set(struct ledger *ledger, const struct account_act *act,
                      const struct alert_set *in, ledger_answer_fn *answer, void *ctx);
void ledger_alert_drop(struct ledger *ledger, const struct account_act *act,
                       const struct alert_of *in, ledger_answer_fn *answer, void *ctx);
void ledger_hook_add(struct ledger *ledger, const struct account_act *act,
                     const struct hook_add *in, ledger_answer_fn *answer, void *ctx);
void ledger_hook_drop(struct ledger *ledger, const struct account_act *act,
                      const struct alert_of *in, ledger_answer_fn *answer, void *ctx);
void ledger_hook_on(struct ledger *ledger, const struct account_act *act,
                    const struct alert_of *in, ledger_answer_fn *answer, void *ctx);
void ledger_delivery_again(struct ledger *ledger, const struct account_act *act,
                           const struct alert_of *in, ledger_answer_fn *answer, void *ctx);
void ledger_raised_seen(struct ledger *ledger, const struct account_act *act,
                        const struct alert_of *in, ledger_answer_fn *answer, void *ctx);

/* Items: the structs above; of the trusts that have rules: struct text. */
void ledger_alerts(struct ledger *ledger, struct text trust, ledger_answer_fn *answer, void *ctx);
void ledger_raised(struct ledger *ledger, struct text trust, ledger_answer_fn *answer, void *ctx);
void ledger_hooks(struct ledger *ledger, struct text trust, ledger_answer_fn *answer, void *ctx);
void ledger_deliveries(struct ledger *ledger, struct text trust, ledger_answer_fn *answer,
                       void *ctx);
struct alerting {
    struct text trust;
};
extern const struct field alerting_fields[];
extern const size_t alerting_fields_n;
void ledger_alerting(struct ledger *ledger, ledger_answer_fn *answer, void *ctx);

/* True for one process at a time, for so long. Outcome: struct watch_claimed. */
struct watch_claimed {
    uint64_t at_ms;
    bool replayed, mine;
};
extern const struct field watch_claimed_fields[];
extern const size_t watch_claimed_fields_n;
void ledger_watch_claim(struct ledger *ledger, struct text worker, uint64_t ms,
                        ledger_answer_fn *answer, void *ctx);

/* All that is true of a community, by the trust's rules. Outcome: struct people_outcome. */
struct alert_true {
    uint64_t rule, thing, value;
};
struct alert_judge {
    struct text trust, slug;
    const struct alert_true *list;
    size_t n; /* at most ALERTS_TRUE_MAX */
};
void ledger_alert_judge(struct ledger *ledger, const struct alert_judge *in,
                        ledger_answer_fn *answer, void *ctx);

/* The first delivery that is due, for a minute. Outcome: struct alert_delivery. */
void ledger_delivery_claim(struct ledger *ledger, ledger_answer_fn *answer, void *ctx);
/* What came of it. Outcome: struct people_outcome. */
struct delivery_done {
    struct text trust;
    uint64_t number, status; /* 0: there was no answer */
    bool good;
};
void ledger_delivery_done(struct ledger *ledger, const struct delivery_done *in,
                          ledger_answer_fn *answer, void *ctx);

/* What an alert is about: "commission": "riverside.c4", "area": 3... */
void alert_thing_put(struct json_out *out, struct text when, struct text slug, uint64_t thing);

#endif
