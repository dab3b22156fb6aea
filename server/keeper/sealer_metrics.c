/* sealer_metrics.c -- how sealing goes, in numbers. */
#include "groundswell/base/metrics.h"
#include "sealer_inside.h"

static struct metric delay = METRIC(METRIC_HISTOGRAM, "groundswell_seal_delay_seconds",
                                    "From a record's acceptance to its signed checkpoint", NULL);
static struct metric delay_last = METRIC(METRIC_DURATION, "groundswell_seal_delay_last_seconds",
                                         "The same, of the last publication", "community");
static struct metric sealed = METRIC(METRIC_GAUGE, "groundswell_sealed_records",
                                     "Records under the signed checkpoint", "community");
static struct metric stopped = METRIC(METRIC_GAUGE, "groundswell_sealing_stopped",
                                      "1 where a log is not signed for a doubt", "community");

/* Labels must outlive everything: the first slugs have a place here, the others share one. */
static const char *label_of(const struct place *place)
{
    static char slugs[METRIC_SERIES_MAX - 1][SLUG_MAX + 1];
    static size_t n;
    for (size_t i = 0; i < n; i++)
        if (strcmp(slugs[i], place->job.slug) == 0)
            return slugs[i];
    if (n == METRIC_SERIES_MAX - 1)
        return "other";
    memcpy(slugs[n], place->job.slug, sizeof slugs[n]);
    return slugs[n++];
}

void sealer_tell_size(const struct place *place)
{
    metric_set(&sealed, label_of(place), place->job.size);
}

void sealer_tell_stopped(const struct place *place)
{
    metric_set(&stopped, label_of(place), place->doubt[0] != 0);
}

void sealer_tell_delay(const struct place *place, uint64_t delay_ms)
{
    metric_observe(&delay, NULL, delay_ms * 1000);
    metric_set(&delay_last, label_of(place), delay_ms * 1000);
}
