/* password.c -- Argon2id in a pool of threads, and what makes a password too easy.
 *
 * Jobs are in a list of their own, so that a pool that is freed wipes every password that is still
 * about. A thread touches nothing of a job but its own bytes; the list is the loop's.
 *
 * Passwords are taken as their bytes: Unicode normalization would need a library of its own, and a
 * person types the same bytes again on the same keyboard. Who may sign in, and how often they may
 * try, is not here. */
#include "groundswell/people/password.h"

#include "inside.h"

#include <argon2.h>

#include "groundswell/base/log.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/workers.h"

#define COMMON_MAX 3000
#define OUR_NAME TEXT("groundswell")
#define CORE_MIN 3 /* of a shorter name only the name itself is refused */

/* OWASP's password storage sheet: Argon2id with 19 MiB, two passes, one lane. */
#define PASSES 2
#define MEMORY_KIB 19456
#define LANES 1
#define SALT_SIZE 16
#define HASH_SIZE 32
#define HEAD "$argon2id$v=19$m=19456,t=2,p=1$"

/* Of our own form, of a salt and a hash that are all zeros: nobody finds the password of it, and it
 * takes the same work to find that it is not the one that was typed. */
#define NOBODYS HEAD "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

/* ---- rules ----------------------------------------------------------------------------------- */

static bool is_common(struct text password)
{
    struct text rest = embedded_text(&embedded_passwords[0]);
    for (size_t n = 0; rest.at && n < COMMON_MAX;) {
        const struct text line = text_trim(text_cut(&rest, '\n'));
        if (text_starts(line, TEXT("#!comment"))) continue;
        if (text_equal_nocase(line, password)) return true;
        n++;
    }
    return false;
}

static bool is_letter_or_beyond(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (uint8_t)c >= 0x80;
}

/* Without the digits and marks around it: "!!Groundswell2026" is "Groundswell". */
static struct text core_of(struct text from)
{
    while (from.n > 0 && !is_letter_or_beyond(from.at[0]))
        from.at++, from.n--;
    while (from.n > 0 && !is_letter_or_beyond(from.at[from.n - 1]))
        from.n--;
    return from;
}

static bool is_context(struct text password, struct text name)
{
    const struct text core = core_of(password), name_core = core_of(name);
    return text_equal_nocase(core, OUR_NAME) || (name.n > 0 && text_equal_nocase(password, name)) ||
           (name_core.n >= CORE_MIN && text_equal_nocase(core, name_core));
}

enum password_rule password_judge(struct text password, struct text name)
{
    if (password.n > PASSWORD_BYTES_MAX) return PASSWORD_TOO_LONG;
    if (!text_is_clean_utf8(password)) return PASSWORD_NOT_TEXT;
    const size_t n = text_code_points(password);
    if (n < PASSWORD_CHARACTERS_MIN) return PASSWORD_TOO_SHORT;
    if (n > PASSWORD_CHARACTERS_MAX) return PASSWORD_TOO_LONG;
    if (is_common(password)) return PASSWORD_COMMON;
    if (is_context(password, name)) return PASSWORD_CONTEXT;
    return PASSWORD_GOOD;
}

const char *password_sentence(enum password_rule rule)
{
    switch (rule) {
    case PASSWORD_GOOD: return "";
    case PASSWORD_TOO_SHORT: return "A password needs at least 8 characters.";
    case PASSWORD_TOO_LONG: return "A password has at most 128 characters.";
    case PASSWORD_NOT_TEXT: return "There is something in this password that is not text.";
    case PASSWORD_COMMON:
        return "Many people use this password, so it is the first that others try. Choose another.";
    case PASSWORD_CONTEXT:
        return "This password is your sign-in name or ours: easily guessed. Choose another.";
    }
    return "";
}

/* ---- jobs ------------------------------------------------------------------------------------ */

struct job {
    struct passwords *pool;
    struct job *prev, *next;
    char password[PASSWORD_BYTES_MAX];
    size_t password_n;
    char stored[PASSWORD_HASH_MAX + 1]; /* what is compared with, or what came out */
    bool stored_is_none, matches;
    enum fault no;
    void (*hashed)(void *ctx, enum fault no, struct text phc);
    void (*verified)(void *ctx, enum fault no, bool matches);
    void *ctx;
};

struct passwords {
    struct workers *workers;
    struct job *jobs;
};

struct passwords *passwords_new(struct loop *loop, size_t threads, size_t queue_max)
{
    struct passwords *passwords = calloc(1, sizeof(*passwords));
    if (!passwords) return NULL;
    passwords->workers = workers_new(loop, threads, queue_max);
    if (passwords->workers) return passwords;
    free(passwords);
    return NULL;
}

static void job_free(struct job *job)
{
    if (job->prev) job->prev->next = job->next;
    else job->pool->jobs = job->next;
    if (job->next) job->next->prev = job->prev;
    secret_wipe(job, sizeof(*job));
    free(job);
}

void passwords_free(struct passwords *passwords)
{
    if (!passwords) return;
    workers_free(passwords->workers); /* from here on no thread touches a job */
    while (passwords->jobs)
        job_free(passwords->jobs);
    free(passwords);
}

static struct job *job_new(struct passwords *passwords, struct text password, void *ctx)
{
    struct job *job = calloc(1, sizeof(*job));
    if (!job) return NULL;
    job->pool = passwords;
    job->ctx = ctx;
    if (password.n > 0) memcpy(job->password, password.at, password.n);
    job->password_n = password.n;
    job->next = passwords->jobs;
    if (job->next) job->next->prev = job;
    passwords->jobs = job;
    return job;
}

static enum fault job_submit(struct job *job, void (*work)(void *ctx), void (*done)(void *ctx))
{
    const enum fault no = workers_submit(job->pool->workers, work, done, job);
    if (no) job_free(job);
    return no;
}

/* ---- making one ------------------------------------------------------------------------------ */

/* In a thread. */
static void hash_work(void *ctx)
{
    struct job *job = ctx;
    uint8_t salt[SALT_SIZE];
    secret_random(salt, sizeof(salt));
    const int error = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, job->password,
                                            job->password_n, salt, sizeof(salt), HASH_SIZE,
                                            job->stored, sizeof(job->stored));
    job->no = error == ARGON2_OK ? FAULT_NONE : FAULT_MEMORY;
    secret_wipe(job->password, sizeof(job->password));
}

static void hash_done(void *ctx)
{
    struct job *job = ctx;
    const struct text phc = job->no ? TEXT_NONE : text_of(job->stored);
    job->hashed(job->ctx, job->no, phc);
    job_free(job);
}

enum fault password_hash(struct passwords *passwords, struct text password,
                         void (*call)(void *ctx, enum fault no, struct text phc), void *ctx)
{
    if (password.n > PASSWORD_BYTES_MAX) return FAULT_LIMIT;
    struct job *job = job_new(passwords, password, ctx);
    if (!job) return FAULT_MEMORY;
    job->hashed = call;
    return job_submit(job, hash_work, hash_done);
}

/* ---- comparing ------------------------------------------------------------------------------- */

/* The parameters are compared byte by byte: a stored string cannot ask for more work than ours. */
static bool is_our_form(struct text stored)
{
    return stored.n <= PASSWORD_HASH_MAX && text_starts(stored, TEXT(HEAD)) &&
           stored.n == sizeof(NOBODYS) - 1 && !memchr(stored.at, '\0', stored.n);
}

/* In a thread. */
static void verify_work(void *ctx)
{
    struct job *job = ctx;
    const int error = argon2id_verify(job->stored, job->password, job->password_n);
    if (error == ARGON2_MEMORY_ALLOCATION_ERROR) {
        job->no = FAULT_MEMORY;
    } else if (error != ARGON2_OK && error != ARGON2_VERIFY_MISMATCH) {
        job->no = FAULT_FORMAT; /* could not even be read: do the work that was not done */
        (void)argon2id_verify(NOBODYS, job->password, job->password_n);
    }
    job->matches = error == ARGON2_OK && !job->stored_is_none;
    secret_wipe(job->password, sizeof(job->password));
}

static void verify_done(void *ctx)
{
    struct job *job = ctx;
    if (job->no) log_error("people", "a password was not verified: %s", fault_name(job->no));
    job->verified(job->ctx, job->no, job->matches);
    job_free(job);
}

enum fault password_verify(struct passwords *passwords, struct text password, struct text stored,
                           void (*call)(void *ctx, enum fault no, bool matches), void *ctx)
{
    if (password.n > PASSWORD_BYTES_MAX) return FAULT_LIMIT;
    struct job *job = job_new(passwords, password, ctx);
    if (!job) return FAULT_MEMORY;
    job->verified = call;
    job->stored_is_none = !is_our_form(stored);
    if (job->stored_is_none && stored.n > 0) job->no = FAULT_FORMAT;
    const struct text compared = job->stored_is_none ? TEXT(NOBODYS) : stored;
    memcpy(job->stored, compared.at, compared.n);
    return job_submit(job, verify_work, verify_done);
}
