/* page_token.c -- the session's token as a page carries it: another text in every answer.
 *
 * Pages leave packed. Whoever can make a browser load them, and sees only how long they are, would
 * learn a text that is the same in each, next to what they put there themselves (BREACH). So it is
 * a random mask and the token under it. */
#include "page_inside.h"

#include "groundswell/base/secret.h"
#include "groundswell/people/session.h"

#define TOKEN_BYTES (SESSION_CSRF_SIZE * 3 / 4)

static void mask(uint8_t *bytes, const uint8_t *by)
{
    for (size_t i = 0; i < TOKEN_BYTES; i++)
        bytes[i] ^= by[i];
}

void page_token_put(struct buf *out, const char *csrf)
{
    uint8_t bytes[2 * TOKEN_BYTES];
    if (decode_base64url(text_of(csrf), bytes + TOKEN_BYTES, TOKEN_BYTES) != TOKEN_BYTES) return;
    secret_random(bytes, TOKEN_BYTES);
    mask(bytes + TOKEN_BYTES, bytes);
    encode_base64url(out, bytes, sizeof bytes);
}

struct text page_token_read(struct visit *visit, struct text typed)
{
    uint8_t bytes[2 * TOKEN_BYTES];
    CLEANUP(buf) struct buf csrf = BUF_MAX(KIB);
    if (decode_base64url(typed, bytes, sizeof bytes) != sizeof bytes) return TEXT("");
    mask(bytes + TOKEN_BYTES, bytes);
    encode_base64url(&csrf, bytes + TOKEN_BYTES, TOKEN_BYTES);
    struct text read = arena_text(&visit->arena, buf_view(&csrf));
    return read.at ? read : TEXT("");
}
