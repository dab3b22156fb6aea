/* metrics.h -- counters, gauges and histograms in the Prometheus text format 0.0.4.
 *
 * A metric is a static object that registers itself on first use; at most METRIC_SERIES_MAX label
 * values each, so that nothing a client sends can grow it. One thread (the loop) writes. */
#ifndef GROUNDSWELL_BASE_METRICS_H
#define GROUNDSWELL_BASE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/buf.h"

#define METRIC_SERIES_MAX 128
#define METRIC_BUCKETS 12

/* METRIC_DURATION is a gauge of microseconds; it and histograms are exported in seconds. */
enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM, METRIC_DURATION };

struct metric_series {
    const char *label; /* static storage, or NULL for the metric without labels */
    uint64_t value;    /* counter, gauge, or a histogram's count */
    uint64_t sum_us;
    uint64_t bucket[METRIC_BUCKETS];
};

struct metric {
    enum metric_kind kind;
    const char *name, *help;
    const char *label_name; /* NULL: no label */
    struct metric_series series[METRIC_SERIES_MAX];
    size_t series_n;
    struct metric *next;
};

#define METRIC(kind_, name_, help_, label_) \
    {.kind = (kind_), .name = (name_), .help = (help_), .label_name = (label_)}

/* `label` must have static storage; NULL where the metric has none. */
void metric_add(struct metric *metric, const char *label, uint64_t by);
void metric_set(struct metric *metric, const char *label, uint64_t value); /* of both gauges */
void metric_observe(struct metric *metric, const char *label, uint64_t microseconds);
void metrics_write(struct buf *out);

#endif
