/* inside.h -- what the files of this room share and nobody else may call: key files, seals, and the
 * payload that tokens and program keys have in common. */
#ifndef GROUNDSWELL_PEOPLE_INSIDE_H
#define GROUNDSWELL_PEOPLE_INSIDE_H

#include "groundswell/base/embedded.h"
#include "groundswell/people/keys.h"

/* ---- key_file.c ------------------------------------------------------------------------------ */

/* Reads the key file at `path` into ret (bounded); makes it of `fresh` first where it is absent,
 * mode 0600. FAULT_CONFIG where others may read it. */
enum fault key_file_read(const char *path, struct text fresh, struct buf *ret) MUST_CHECK;

/* Reads DATA/keys/<name>, 32 random bytes; makes it, and the folder, where they are absent. */
enum fault key_file_open(const char *data, const char *name,
                         uint8_t ret[static TOKEN_KEY_SIZE]) MUST_CHECK;

/* ---- seal.c ---------------------------------------------------------------------------------- */

#define SEAL_SIZE 24
#define SEAL_TEXT_SIZE 32 /* 24 bytes in base64url */
#define SEAL_PAYLOAD_MAX 1024

/* The first 24 bytes of HMAC-SHA-256 under token.key over `domain` and payload. Tokens have the
 * domain "", and begin with a role's name; other domains begin with a word that is no role's. */
void seal_make(const struct token_keys *keys, const char *domain, struct text payload,
               uint8_t ret[static SEAL_SIZE]);

/* True where `shown` (32 characters of base64url) is that seal; compared in constant time. *ret_bad
 * (may be NULL) is set where it is no base64url at all. */
bool seal_is(const struct token_keys *keys, const char *domain, struct text payload,
             struct text shown, bool *ret_bad);

/* ---- token.c --------------------------------------------------------------------------------- */

#define WHO_PAYLOAD_MAX 160

bool who_scope_is_valid(struct text scope);     /* "*" or a slug */
bool who_subject_is_valid(struct text subject); /* 1 to SUBJECT_MAX of A-Z a-z 0-9 _ - . */

/* Writes `role:scope:subject:epoch:expires`; the length, or 0 where who_read() would refuse it. */
size_t who_write(const struct who *who, char ret[static WHO_PAYLOAD_MAX]);
bool who_read(struct text payload, struct who *ret);

/* ---- the build: .cmake/generate.cmake -------------------------------------------------------- */

/* One file: john-data's password.lst as it is, comment lines and all. */
extern const struct embedded embedded_passwords[];
extern const size_t embedded_passwords_n;

#endif
