/* desk_letters.c -- letters as room desk makes them.
 *
 *   desk_letters COMMUNITY SLUG PUBLIC_URL HELP CODE AREA EXPIRES_MS [CODE AREA EXPIRES_MS ...]
 *   desk_letters --qr TITLE      the text comes on standard input
 *   desk_letters --policy
 *
 * Prints it; exit status 1 and the name of a fault where there is one. */
/* rooms: base io rules schema http store people tlog ledger view desk */
#include "../../server/desk/letters.h"

#include <stdio.h>
#include <unistd.h>

#define LETTERS_MAX 400

static int say(struct buf *out, enum fault no)
{
    if (no) printf("fault %s\n", fault_name(no));
    else fwrite(out->data, 1, out->len, stdout);
    buf_release(out);
    return no ? 1 : 0;
}

static int qr_say(const char *title)
{
    CLEANUP(buf) struct buf in = BUF_MAX(MIB);
    struct buf out = BUF_MAX(MIB);
    char piece[4096];
    for (ssize_t n; (n = read(0, piece, sizeof piece)) > 0;)
        buf_put(&in, piece, (size_t)n);
    return say(&out, qr_svg(&out, buf_view(&in), text_of(title)));
}

int main(int argc, char **argv)
{
    struct buf out = BUF_MAX(64 * MIB);
    static struct letter all[LETTERS_MAX];
    if (argc == 3 && strcmp(argv[1], "--qr") == 0) return qr_say(argv[2]);
    if (argc == 2 && strcmp(argv[1], "--policy") == 0) return say(&out, letters_policy_put(&out));
    if (argc < 5 || (argc - 5) % 3 != 0 || (argc - 5) / 3 > LETTERS_MAX) return 2;
    struct letters letters = {text_of(argv[1]), text_of(argv[2]), argv[3], text_of(argv[4]), all,
                              (size_t)(argc - 5) / 3};
    for (size_t i = 0; i < letters.n; i++) {
        char **words = argv + 5 + 3 * i;
        all[i] = (struct letter){text_of(words[0]), text_of(words[1]), 0};
        if (!text_to_u64(text_of(words[2]), UINT64_MAX, &all[i].expires_ms)) return 2;
    }
    return say(&out, letters_put(&out, &letters));
}
