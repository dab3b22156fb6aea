/* question.c -- the words of one question, put together in an array that is used again and again.
 *
 * store_ask() copies them, so they need to last only from question_*() to call_ask(), which is
 * never longer than one function. Numbers and keys are written into the scratch beside the array;
 * its size follows from the largest act (1,010 codes), so running out of it is a bug. */
#include "people_inside.h"

#include <inttypes.h>
#include <stdarg.h>

#define KEY_HASH_SIZE sizeof(((struct act *)0)->key_hash)
#define BODY_HASH_SIZE sizeof(((struct act *)0)->body_hash)

void question_text(struct ledger *ledger, struct text text)
{
    INVARIANT(ledger->argc < QUESTION_ARGS_MAX);
    ledger->argv[ledger->argc++] = text.at ? text : TEXT("");
}

void question_format(struct ledger *ledger, const char *format, ...)
{
    char *at = ledger->scratch + ledger->scratch_n;
    size_t room = QUESTION_SCRATCH - ledger->scratch_n;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(at, room, format, args);
    va_end(args);
    INVARIANT(n >= 0 && (size_t)n < room);
    ledger->scratch_n += (size_t)n;
    question_text(ledger, (struct text){at, (size_t)n});
}

void question_bytes(struct ledger *ledger, struct text bytes)
{
    char *at = ledger->scratch + ledger->scratch_n;
    INVARIANT(bytes.n <= QUESTION_SCRATCH - ledger->scratch_n);
    memcpy(at, bytes.at, bytes.n);
    ledger->scratch_n += bytes.n;
    question_text(ledger, (struct text){at, bytes.n});
}

void question_number(struct ledger *ledger, uint64_t number)
{
    question_format(ledger, "%" PRIu64, number);
}

void question_key(struct ledger *ledger, struct text slug, const char *name)
{
    question_format(ledger, "{%.*s}:%s", TEXT_ARGS(slug), name);
}

void question_asked(struct ledger *ledger, struct text person, struct text digest)
{
    question_text(ledger, person);
    question_text(ledger, digest);
}

void question_json(struct ledger *ledger, struct text json)
{
    char hash[65];
    struct text stored = text_salt(ledger, json);
    if (!ledger_text_hash(stored, hash))
        hash[0] = 0; /* no text at all */
    question_format(ledger, "%s", hash);
    question_text(ledger, stored);
}

void question_raw(struct ledger *ledger, const char *command)
{
    ledger->argc = 0;
    ledger->scratch_n = 0;
    question_text(ledger, text_of(command));
}

void question_reader(struct ledger *ledger, const struct call_kind *kind, struct text slug)
{
    question_raw(ledger, kind->reader ? "FCALL_RO" : "FCALL");
    question_format(ledger, "%s_%s", kind->name, library_hash(ledger->library));
    question_text(ledger, TEXT("1"));
    question_key(ledger, slug, "c");
    question_number(ledger, ledger_now_ms(ledger));
}

/* Key and body as they are, or two empty words where there is no key. */
static void question_hashes(struct ledger *ledger, const uint8_t key[static KEY_HASH_SIZE],
                            const uint8_t body[static BODY_HASH_SIZE])
{
    static const uint8_t no_key[KEY_HASH_SIZE];
    bool keyless = memcmp(key, no_key, sizeof no_key) == 0;
    question_text(ledger, (struct text){(const char *)key, keyless ? 0 : KEY_HASH_SIZE});
    question_text(ledger, (struct text){(const char *)body, keyless ? 0 : BODY_HASH_SIZE});
}

void question_act(struct ledger *ledger, const struct call_kind *kind, const struct act *act)
{
    question_reader(ledger, kind, act->slug);
    question_text(ledger, act->subject);
    question_number(ledger, act->epoch);
    question_hashes(ledger, act->key_hash, act->body_hash);
}

void question_people(struct ledger *ledger, const struct call_kind *kind,
                     const struct account_act *act)
{
    question_reader(ledger, kind, PEOPLE);
    question_text(ledger, act->account);
    question_number(ledger, act->epoch);
    question_hashes(ledger, act->key_hash, act->body_hash);
}
