/* post_mail.c -- sends what tests put on its standard input, as room post does it.
 *
 *   post_mail URL FROM NAME TRIES PAUSE_MS TIMEOUT_MS IN_FLIGHT QUEUE [USER PASSWORD_FILE CA_FILE]
 *
 * "-" stands for nothing. Messages come as to, subject, text, each ended by a NUL. Prints a line
 * for each: its number and `fault NAME`, or later its outcome, code and tries; at the end what was
 * left `waiting` and `ticks`, the turns that a timer of 10 ms had meanwhile. With MAIL_LEAVE_MS it
 * closes after that time, whatever is on its way. */
/* rooms: base io post */
#include <stdio.h>
#include <unistd.h>

#include "groundswell/base/buf.h"
#include "groundswell/io/loop.h"
#include "groundswell/post/mail.h"

static struct loop *loop;
static struct mail *mail;
static unsigned long ticks;
static size_t open_n;

static void answered(void *ctx, const struct mail_answer *answer)
{
    static const char *const outcomes[] = {"sent", "refused", "given-up"};
    printf("%zu %s %ld %u\n", (size_t)(uintptr_t)ctx, outcomes[answer->outcome], answer->code,
           answer->tries);
    open_n--;
}

static void tick(void *ctx)
{
    ticks++;
    if (open_n == 0) loop_stop(loop);
    else loop_after(loop, 10, tick, ctx);
}

static void leave(void *ctx)
{
    (void)ctx;
    loop_stop(loop);
}

static void message_send(size_t n, struct text *rest)
{
    struct mail_message message = {0};
    message.to = text_cut(rest, '\0');
    message.subject = text_cut(rest, '\0');
    message.text = text_cut(rest, '\0');
    enum fault no = mail_send(mail, &message, answered, (void *)(uintptr_t)n);
    if (no) printf("%zu fault %s\n", n, fault_name(no));
    else open_n++;
}

static const char *word(char **argv, int i)
{
    return strcmp(argv[i], "-") == 0 ? NULL : argv[i];
}

static unsigned number(const char *from)
{
    uint64_t value = 0;
    if (!text_to_u64(text_of(from), UINT32_MAX, &value)) abort();
    return (unsigned)value;
}

static enum fault begin(int argc, char **argv)
{
    struct mail_settings settings = MAIL_SETTINGS(argv[1], argv[2]);
    settings.from_name = word(argv, 3);
    settings.tries_max = number(argv[4]);
    settings.pause_ms = number(argv[5]);
    settings.timeout_ms = number(argv[6]);
    settings.in_flight_max = number(argv[7]);
    settings.queue_max = number(argv[8]);
    if (argc == 12) {
        settings.user = word(argv, 9);
        settings.password_file = word(argv, 10);
        settings.ca_file = word(argv, 11);
    }
    return mail_open(loop, &settings, &mail);
}

int main(int argc, char **argv)
{
    if (argc != 9 && argc != 12) return 2;
    loop = loop_new();
    if (!loop) return 3;
    enum fault no = begin(argc, argv);
    if (no) {
        printf("fault %s\n", fault_name(no));
        loop_free(loop);
        return 1;
    }
    CLEANUP(buf) struct buf in = BUF_MAX(8 * MIB);
    char piece[4096];
    for (ssize_t n; (n = read(0, piece, sizeof piece)) > 0;)
        buf_put(&in, piece, (size_t)n);
    struct text rest = buf_view(&in);
    for (size_t n = 0; rest.n > 0; n++)
        message_send(n, &rest);
    const char *leave_ms = getenv("MAIL_LEAVE_MS");
    if (leave_ms) loop_after(loop, number(leave_ms), leave, NULL);
    loop_after(loop, 0, tick, NULL);
    no = loop_run(loop);
    printf("waiting %zu\nticks %lu\n", mail_waiting(mail), ticks);
    mail_close(mail);
    loop_free(loop);
    return no ? 1 : 0;
}
