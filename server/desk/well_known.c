/* well_known.c -- what others look for at an agreed address: whom to tell of a flaw (RFC 9116), and
 * where a password is changed (W3C, A Well-Known URL for Changing Passwords). */
#include "errand.h"
#include "groundswell/base/clock.h"
#include "handlers.h"
#include "say.h"

#define PASSWORD_PAGE "/me/password"
#define EXPIRES_MS UINT64_C(15552000000) /* 180 days: less than the year that RFC 9116 allows */

void security_txt_get(struct visit *visit)
{
    const struct desk *desk = errand_of(visit)->desk;
    char expires[CLOCK_STAMP_SIZE];
    CLEANUP(buf) struct buf body = BUF_MAX(4 * KIB);
    if (!desk->security_contact[0]) {
        say_refusal(visit, REFUSAL_NOT_FOUND, NULL, 0);
        return;
    }
    clock_stamp(clock_wall_ms() + EXPIRES_MS, expires);
    buf_format(&body, "Contact: %s\r\nExpires: %s\r\nPreferred-Languages: en\r\n",
               desk->security_contact, expires);
    buf_format(&body, "Canonical: %s/.well-known/security.txt\r\n", desk->public_url);
    if (buf_fault(&body)) say_fault(visit, buf_fault(&body));
    else visit_answer(visit, 200, "text/plain; charset=utf-8", buf_view(&body));
}

void change_password_get(struct visit *visit)
{
    if (visit_header(visit, "Location", TEXT(PASSWORD_PAGE))) say_fault(visit, FAULT_LIMIT);
    else visit_answer(visit, 302, NULL, TEXT_NONE);
}
