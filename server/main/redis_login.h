/* redis_login.h -- with which name and password Redis is asked: the settings redis_user and
 * redis_password_file, read in one place for everybody who connects. */
#ifndef GROUNDSWELL_MAIN_REDIS_LOGIN_H
#define GROUNDSWELL_MAIN_REDIS_LOGIN_H

#include "settings.h"

#define REDIS_PASSWORD_MAX 1024

struct redis_login {
    const char *user;     /* borrowed from the settings; NULL: none is set */
    const char *password; /* of this struct; NULL: no file is set */
    struct buf room;
};

/* Line ends behind the password are not of it. FAULT_CONFIG: the file cannot be read, holds nothing
 * or too much; the log names it. Release in every case. */
enum fault redis_login_read(const struct settings *settings, struct redis_login *ret) MUST_CHECK;
void redis_login_release(struct redis_login *login); /* wipes the password */

#endif
