/* hook.c -- see hook.h. */
#include "groundswell/base/hook.h"

#include <string.h>

#include "groundswell/base/secret.h"

/* ---- addresses ------------------------------------------------------------------------------- */

static bool cut_prefix(struct text *url, const char *prefix)
{
    const struct text start = text_of(prefix);
    if (!text_starts(*url, start)) return false;
    *url = (struct text){url->at + start.n, url->n - start.n};
    return true;
}

static bool host_is_loopback(struct text authority)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct text rest = authority;
        if (cut_prefix(&rest, names[i]) && (rest.n == 0 || rest.at[0] == ':')) return true;
    }
    return false;
}

static bool is_visible(struct text url)
{
    for (size_t i = 0; i < url.n; i++)
        if (url.at[i] <= ' ' || url.at[i] > '~' || strchr("@#\\\"<>`", url.at[i])) return false;
    return url.n > 0 && url.n <= HOOK_URL_MAX;
}

bool hook_target(struct text url, size_t *ret_path, bool *ret_loopback)
{
    struct text rest = url;
    if (!is_visible(url)) return false;
    const bool secure = cut_prefix(&rest, "https://");
    if (!secure && !cut_prefix(&rest, "http://")) return false;
    size_t n = 0;
    while (n < rest.n && rest.at[n] != '/' && rest.at[n] != '?')
        n++;
    *ret_loopback = host_is_loopback((struct text){rest.at, n});
    *ret_path = url.n - rest.n + n;
    return n > 0 && (secure || *ret_loopback) && (n == rest.n || rest.at[n] == '/');
}

/* ---- secrets --------------------------------------------------------------------------------- */

void hook_secret(struct text key, struct text nonce, uint8_t ret[static HOOK_SECRET_SIZE])
{
    CLEANUP(buf) struct buf said = BUF_MAX(KIB);
    buf_format(&said, "secret of a webhook\n%.*s", TEXT_ARGS(nonce));
    INVARIANT(buf_fault(&said) == FAULT_NONE);
    digest_hmac(key, buf_view(&said), ret);
}

void hook_secret_put(const uint8_t secret[static HOOK_SECRET_SIZE], struct buf *out)
{
    buf_cstr(out, "whsec_");
    encode_base64(out, secret, HOOK_SECRET_SIZE);
}
