/* metrics.c -- the registry of metrics and their Prometheus text.
 *
 * A metric joins the registry with its first value. When its series are used up, further labels are
 * counted together under "other": a scrape stays bounded whatever clients send. */
#include "groundswell/base/metrics.h"

static struct metric *registry, **registry_end = &registry;

/* Upper bounds of the buckets; the last bucket has none. */
static const struct {
    uint64_t us;
    const char *seconds;
} bounds[METRIC_BUCKETS] = {
    {100, "0.0001"}, {250, "0.00025"}, {500, "0.0005"},  {1000, "0.001"},
    {2500, "0.0025"}, {5000, "0.005"},  {10000, "0.01"},  {25000, "0.025"},
    {100000, "0.1"},  {500000, "0.5"},  {2500000, "2.5"}, {UINT64_MAX, "+Inf"},
};

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && memcmp(name + n - m, end, m) == 0;
}

static void metric_join(struct metric *metric)
{
    /* the conventions that promtool checks */
    INVARIANT(metric->kind != METRIC_COUNTER || ends_with(metric->name, "_total"));
    INVARIANT(metric->kind != METRIC_HISTOGRAM || ends_with(metric->name, "_seconds"));
    *registry_end = metric;
    registry_end = &metric->next;
}

static bool same_label(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static struct metric_series *series_of(struct metric *metric, const char *label)
{
    INVARIANT((label != NULL) == (metric->label_name != NULL));
    for (size_t i = 0; i < metric->series_n; i++)
        if (same_label(metric->series[i].label, label))
            return &metric->series[i];
    if (metric->series_n == 0)
        metric_join(metric);
    if (metric->series_n == METRIC_SERIES_MAX)
        return &metric->series[METRIC_SERIES_MAX - 1];
    struct metric_series *series = &metric->series[metric->series_n++];
    series->label = metric->series_n == METRIC_SERIES_MAX ? "other" : label;
    return series;
}

void metric_add(struct metric *metric, const char *label, uint64_t by)
{
    INVARIANT(metric->kind != METRIC_HISTOGRAM);
    series_of(metric, label)->value += by;
}

void metric_set(struct metric *metric, const char *label, uint64_t value)
{
    INVARIANT(metric->kind == METRIC_GAUGE || metric->kind == METRIC_DURATION);
    series_of(metric, label)->value = value;
}

void metric_observe(struct metric *metric, const char *label, uint64_t microseconds)
{
    INVARIANT(metric->kind == METRIC_HISTOGRAM);
    struct metric_series *series = series_of(metric, label);
    size_t i = 0;
    while (microseconds > bounds[i].us)
        i++;
    series->bucket[i]++;
    series->value++;
    series->sum_us += microseconds;
}

/* A label's value escapes its quote as well, a help text must not. */
static void put_escaped(struct buf *out, const char *text, bool label)
{
    for (; *text; text++) {
        if (*text == '\n') {
            buf_cstr(out, "\\n");
            continue;
        }
        if (*text == '\\' || (label && *text == '"'))
            buf_char(out, '\\');
        buf_char(out, *text);
    }
}

/* name, suffix and labels, up to the value. */
static void put_sample(struct buf *out, const struct metric *metric,
                       const struct metric_series *series, const char *suffix, const char *le)
{
    buf_cstr(out, metric->name);
    buf_cstr(out, suffix);
    if (series->label || le) {
        buf_char(out, '{');
        if (series->label) {
            buf_format(out, "%s=\"", metric->label_name);
            put_escaped(out, series->label, true);
            buf_cstr(out, le ? "\"," : "\"");
        }
        if (le)
            buf_format(out, "le=\"%s\"", le);
        buf_char(out, '}');
    }
    buf_char(out, ' ');
}

static void put_seconds(struct buf *out, uint64_t microseconds)
{
    uintmax_t seconds = microseconds / 1000000, rest = microseconds % 1000000;
    buf_format(out, "%ju.%06ju\n", seconds, rest);
}

static void put_value(struct buf *out, const struct metric *metric, uint64_t value)
{
    if (metric->kind == METRIC_DURATION) {
        put_seconds(out, value);
        return;
    }
    buf_u64(out, value);
    buf_char(out, '\n');
}

static void put_histogram(struct buf *out, const struct metric *metric,
                          const struct metric_series *series)
{
    uint64_t below = 0;
    for (size_t i = 0; i < METRIC_BUCKETS; i++) {
        below += series->bucket[i];
        put_sample(out, metric, series, "_bucket", bounds[i].seconds);
        buf_u64(out, below);
        buf_char(out, '\n');
    }
    put_sample(out, metric, series, "_sum", NULL);
    put_seconds(out, series->sum_us);
    put_sample(out, metric, series, "_count", NULL);
    buf_u64(out, series->value);
    buf_char(out, '\n');
}

void metrics_write(struct buf *out)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram", "gauge"};
    for (const struct metric *metric = registry; metric; metric = metric->next) {
        buf_format(out, "# HELP %s ", metric->name);
        put_escaped(out, metric->help, false);
        buf_format(out, "\n# TYPE %s %s\n", metric->name, kinds[metric->kind]);
        for (size_t i = 0; i < metric->series_n; i++) {
            if (metric->kind == METRIC_HISTOGRAM) {
                put_histogram(out, metric, &metric->series[i]);
                continue;
            }
            put_sample(out, metric, &metric->series[i], "", NULL);
            put_value(out, metric, metric->series[i].value);
        }
    }
}
