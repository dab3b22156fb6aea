/* log.c -- one line an event, written by one write(2), so that the lines of several processes never
 * mingle.
 *
 * A line is at most LINE_MAX_BYTES; what is longer is cut and ends in "...". Control bytes become
 * \xNN: nothing that a client sends can forge a line. */
#include "groundswell/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>

#include "groundswell/base/clock.h"

#define LINE_MAX_BYTES 2048
#define WORDS_MAX_BYTES 1024

static atomic_int level_least = LOG_INFO;
static const char *const level_names[] = {"debug", "info ", "warn ", "error"};

void log_level_set(enum log_level least)
{
    atomic_store(&level_least, (int)least);
}

/* Appends `from` to line[*n]; keeps 4 bytes back for the end of the line. */
static void line_escaped(char *line, size_t *n, const char *from)
{
    static const char hex[] = "0123456789abcdef";
    for (; *from && *n + 8 < LINE_MAX_BYTES; from++) {
        unsigned char c = (unsigned char)*from;
        if (c >= 0x20 && c != 0x7f) {
            line[(*n)++] = (char)c;
            continue;
        }
        line[(*n)++] = '\\';
        line[(*n)++] = 'x';
        line[(*n)++] = hex[c >> 4];
        line[(*n)++] = hex[c & 15];
    }
    if (*from) {
        memcpy(line + *n, "...", 3);
        *n += 3;
    }
}

void log_at(enum log_level level, const char *room, const char *format, ...)
{
    if ((int)level < atomic_load_explicit(&level_least, memory_order_relaxed))
        return;
    int errno_kept = errno;
    char words[WORDS_MAX_BYTES];
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(words, sizeof words, format, args);
    va_end(args);
    if (wanted < 0)
        words[0] = '\0';
    else if ((size_t)wanted >= sizeof words)
        memcpy(words + sizeof words - 4, "...", 4);

    char line[LINE_MAX_BYTES];
    clock_stamp(clock_wall_ms(), line);
    size_t n = CLOCK_STAMP_SIZE - 1;
    n += (size_t)snprintf(line + n, sizeof line - n, " %s %.32s: ", level_names[level], room);
    line_escaped(line, &n, words);
    line[n++] = '\n';
    while (write(STDERR_FILENO, line, n) < 0 && errno == EINTR)
        continue;
    errno = errno_kept;
}
