/* keys.c -- all secrets of an installation, opened together, and the keyed hash of people's words.
 *
 * A stolen database without the key files names nobody: sign-in names and addresses are in it as
 * keyed hashes only. The text is hashed before it is keyed, so that its length needs no bound here
 * and the domain cannot run into it. */
#include "groundswell/people/keys.h"

#include "inside.h"

#include "groundswell/base/secret.h"

#define DOMAIN_MAX 31

enum fault people_keys_open(const char *data, struct people_keys *ret)
{
    *ret = (struct people_keys){0};
    enum fault no = token_keys_open(data, &ret->tokens);
    if (!no) no = key_file_open(data, "code.key", ret->code);
    if (!no) no = key_file_open(data, "people.key", ret->people);
    if (no) people_keys_release(ret);
    return no;
}

void people_keys_release(struct people_keys *keys)
{
    secret_wipe(keys, sizeof(*keys));
}

void people_hash(const struct people_keys *keys, const char *domain, struct text text,
                 uint8_t ret[static PEOPLE_HASH_SIZE])
{
    char joined[DOMAIN_MAX + 1 + DIGEST_SIZE];
    uint8_t digest[DIGEST_SIZE];
    const size_t n = strlen(domain);
    INVARIANT(n > 0 && n <= DOMAIN_MAX);
    memcpy(joined, domain, n + 1); /* with its NUL */
    digest_sha256(text, digest);
    memcpy(joined + n + 1, digest, DIGEST_SIZE);
    digest_hmac((struct text){(const char *)keys->people, TOKEN_KEY_SIZE},
                (struct text){joined, n + 1 + DIGEST_SIZE}, digest);
    memcpy(ret, digest, PEOPLE_HASH_SIZE);
    secret_wipe(joined, sizeof(joined));
}
