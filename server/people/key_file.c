/* key_file.c -- how a secret of an installation comes to be on disk, once, for the owner alone.
 *
 * A key file is created whole under its name or not at all, so that processes that start together
 * agree: losing the race against another one is as good as winning it. What is in a key file is
 * never logged; its path is. */
#include "inside.h"

#include <stdio.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"

#define PATH_SIZE 4096

enum fault key_file_read(const char *path, struct text fresh, struct buf *ret)
{
    enum fault no = file_read(path, ret);
    if (no == FAULT_ABSENT) {
        no = file_create(path, fresh, 0600);
        if (no == FAULT_NONE || no == FAULT_BUSY) no = file_read(path, ret);
    }
    if (no) {
        log_error("people", "cannot read or make the key file %s: %s", path, fault_name(no));
        return no;
    }
    if (!file_is_private(path)) {
        log_error("people", "others may read the key file %s: chmod 600 it", path);
        return FAULT_CONFIG;
    }
    return FAULT_NONE;
}

enum fault key_file_open(const char *data, const char *name, uint8_t ret[static TOKEN_KEY_SIZE])
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof(path), "%s/keys", data) >= PATH_SIZE - 32) return FAULT_LIMIT;
    enum fault no = dir_make(path, 0700);
    if (no) return no;
    (void)snprintf(path, sizeof(path), "%s/keys/%s", data, name);

    uint8_t fresh[TOKEN_KEY_SIZE];
    secret_random(fresh, sizeof(fresh));
    CLEANUP(buf) struct buf key = BUF_MAX(TOKEN_KEY_SIZE + 1);
    no = key_file_read(path, (struct text){(const char *)fresh, sizeof(fresh)}, &key);
    if (!no && key.len != TOKEN_KEY_SIZE) {
        log_error("people", "%s is no key: it has %zu bytes, not %d", path, key.len,
                  TOKEN_KEY_SIZE);
        no = FAULT_CONFIG;
    }
    if (!no) memcpy(ret, key.data, TOKEN_KEY_SIZE);
    secret_wipe(fresh, sizeof(fresh));
    if (key.data) secret_wipe(key.data, key.len);
    return no;
}
