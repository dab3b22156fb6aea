/* texts.c -- free texts: salted before they leave, so that the record of an erased text says
 * nothing.
 *
 * A record carries HMAC-SHA-256(salt, JSON) of a text, never the text. The salt (128 random bits)
 * is stored in front of the JSON and erased with it; without it nobody can try out what the text
 * may have been. */
#include "inside.h"

#define SALT_SIZE 16
#define SALT_DIGITS (2 * SALT_SIZE)

struct text text_salt(struct ledger *ledger, struct text json)
{
    if (json.n == 0)
        return TEXT_NONE;
    uint8_t salt[SALT_SIZE];
    secret_random(salt, sizeof salt);
    buf_reset(&ledger->text);
    encode_hex(&ledger->text, salt, sizeof salt);
    buf_text(&ledger->text, json);
    INVARIANT(buf_fault(&ledger->text) == FAULT_NONE); /* json.n <= LEDGER_TEXT_MAX */
    return buf_view(&ledger->text);
}

struct text ledger_text_json(struct text stored)
{
    if (stored.n <= SALT_DIGITS)
        return TEXT_NONE;
    return (struct text){stored.at + SALT_DIGITS, stored.n - SALT_DIGITS};
}

bool ledger_text_hash(struct text stored, char ret[static 65])
{
    uint8_t salt[SALT_SIZE], digest[DIGEST_SIZE];
    if (stored.n <= SALT_DIGITS)
        return false;
    if (decode_hex((struct text){stored.at, SALT_DIGITS}, salt, sizeof salt) != sizeof salt)
        return false;
    digest_hmac((struct text){(const char *)salt, sizeof salt}, ledger_text_json(stored), digest);
    CLEANUP(buf) struct buf hex = BUF_MAX(2 * DIGEST_SIZE + 1);
    encode_hex(&hex, digest, sizeof digest);
    INVARIANT(buf_fault(&hex) == FAULT_NONE);
    memcpy(ret, hex.data, 2 * DIGEST_SIZE);
    ret[2 * DIGEST_SIZE] = 0;
    return true;
}
