/* key.h -- keys in files.
 *
 * A private key is a file of one line and mode 0600,
 *     PRIVATE+KEY+<name>+<8 lower hex of id>+base64(kind || 32-byte seed)
 * which is the form that Go's sumdb/note writes. A verifier file holds vkeys, one a line, the
 * oldest first: a log's has one line until its key is rotated. */
#ifndef GROUNDSWELL_TLOG_KEY_H
#define GROUNDSWELL_TLOG_KEY_H

#include "groundswell/tlog/note.h"

/* A new key from the system's generator. */
enum fault key_make(struct text name, enum key_kind kind, struct skey *ret) MUST_CHECK;
/* FAULT_BUSY: the file exists already and is left as it is. */
enum fault key_write(const char *path, const struct skey *key, struct doubt *doubt) MUST_CHECK;
/* FAULT_ABSENT; FAULT_CONFIG where group or others may read or write it, and the doubt says how to
 * mend it; FAULT_FORMAT. */
enum fault key_read(const char *path, struct skey *ret, struct doubt *doubt) MUST_CHECK;

/* Reads vkeys, one a line; empty lines and lines that begin with # are passed over. FAULT_LIMIT:
 * more than max. At least one is there on FAULT_NONE. */
enum fault vkeys_parse(struct text lines, struct vkey *ret, size_t max, size_t *ret_n,
                       struct doubt *doubt) MUST_CHECK;
enum fault vkeys_read(const char *path, struct vkey *ret, size_t max, size_t *ret_n,
                      struct doubt *doubt) MUST_CHECK;

#endif
