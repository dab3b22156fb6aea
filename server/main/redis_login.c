/* redis_login.c -- with which name and password Redis is asked.
 *
 * The password stays in memory no longer than it takes to hand it on, and never comes by the
 * command line, which every process list shows. Whether the file is private has been judged with
 * the settings (settings_agree()). */
#include "redis_login.h"

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"

enum fault redis_login_read(const struct settings *settings, struct redis_login *ret)
{
    const char *user = settings_text(settings, SETTING_REDIS_USER);
    const char *path = settings_text(settings, SETTING_REDIS_PASSWORD_FILE);
    *ret = (struct redis_login){.user = user[0] ? user : NULL,
                                .room = BUF_MAX(REDIS_PASSWORD_MAX)};
    if (!path[0]) return FAULT_NONE;
    const enum fault no = file_read(path, &ret->room);
    while (!no && ret->room.len > 0 && ret->room.data[ret->room.len - 1] == '\n')
        ret->room.data[--ret->room.len] = '\0';
    if (no || ret->room.len == 0) {
        log_error("main", "redis_password_file: %s cannot be read or is empty", path);
        return FAULT_CONFIG;
    }
    ret->password = ret->room.data;
    return FAULT_NONE;
}

void redis_login_release(struct redis_login *login)
{
    if (login->room.data) secret_wipe(login->room.data, login->room.len);
    buf_release(&login->room);
    login->password = NULL;
}
