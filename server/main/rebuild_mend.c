/* rebuild_mend.c -- see rebuild_mend.h.
 *
 * The sealer opens a log when the ledger names its community; a ledger that is lost names none, and
 * whoever verifies takes a publication that was cut off for surplus files or for a rollback. So the
 * log is opened here once, with its own key and under its lock. */
#include "rebuild_mend.h"

#include <sys/stat.h>

#include "groundswell/keeper/sealed.h"
#include "groundswell/tlog/key.h"
#include "groundswell/tlog/seal.h"

static bool is_ours(const struct rebuilding *r, const char *folder)
{
    struct stat given, ours;
    return !r->source.fetch && stat(r->source.where, &given) == 0 && stat(folder, &ours) == 0 &&
           given.st_dev == ours.st_dev && given.st_ino == ours.st_ino;
}

void rebuild_mend(const struct rebuilding *r)
{
    char folder[SEALED_PATH_SIZE], path[SEALED_PATH_SIZE];
    const char *data = settings_text(r->args->settings, SETTING_DATA);
    struct seal *seal = NULL;
    struct doubt unsaid = {""};
    CLEANUP(skey) struct skey key = {0};
    const struct skey *const keys[] = {&key};
    const int n = snprintf(path, sizeof path, "%s/keys/%s/" SEALED_KEY, data, r->slug);
    if (n < 0 || (size_t)n >= sizeof path || sealed_folder(data, text_of(r->slug), folder) ||
        !is_ours(r, folder) || key_read(path, &key, &unsaid))
        return;
    const struct seal_plan plan = {
        .folder = folder, .origin = key.vkey.name, .keys = keys, .keys_n = 1};
    if (seal_open(&plan, &seal, &unsaid) == FAULT_NONE) seal_close(seal);
}
