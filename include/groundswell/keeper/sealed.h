/* sealed.h -- where the sealed log of a community lies, and reading records from it: those that the
 * stream in Redis no longer has, for it is trimmed to what is sealed less a margin.
 *
 * DATA/log/<slug>/ holds what anybody may fetch: `checkpoint`, `tile/`, `history/<size>`, `vkey`
 * (tlog/seal.h); DATA/keys/<slug>/ what nobody may: `log.key`, and `log.next.key` while a key is
 * being changed. */
#ifndef GROUNDSWELL_KEEPER_SEALED_H
#define GROUNDSWELL_KEEPER_SEALED_H

#include <stdint.h>

#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

#define SEALED_FOLDER "log"        /* DATA/log/<slug> */
#define SEALED_KEY "log.key"       /* DATA/keys/<slug>/log.key */
#define SEALED_KEY_NEXT "log.next.key"
#define SEALED_PATH_SIZE 4096

/* DATA/log/<slug>, NUL-terminated. FAULT_LIMIT: too long. */
enum fault sealed_folder(const char *data, struct text slug,
                         char ret[static SEALED_PATH_SIZE]) MUST_CHECK;

/* How many records are sealed, by the checkpoint as it is. FAULT_ABSENT: none yet, *ret is 0. */
enum fault sealed_size(const char *data, struct text slug, uint64_t *ret) MUST_CHECK;

/* The records `from` <= seq < `to` that are sealed, as the canonical JSON that was signed, in
 * order. *ret_size (may be NULL) is how many are sealed in all. Signatures are not judged: it is
 * our own folder, and whoever doubts it verifies it. A fault of `call` ends it and is returned.
 * FAULT_ABSENT: nothing is sealed yet. Reads files, which may block for a moment. */
enum fault sealed_page(const char *data, struct text slug, const uint64_t from_to[static 2],
                       enum fault (*call)(void *ctx, uint64_t seq, struct text json), void *ctx,
                       uint64_t *ret_size) MUST_CHECK;

#endif
