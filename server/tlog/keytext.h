/* keytext.h -- what the text forms of public and private keys have in common:
 * <name>+<8 lower hex of id>+base64(kind || 32 bytes). */
#ifndef GROUNDSWELL_TLOG_KEYTEXT_H
#define GROUNDSWELL_TLOG_KEYTEXT_H

#include "groundswell/tlog/vkey.h"

struct keytext {
    struct text name;
    uint32_t id;
    enum key_kind kind;
    uint8_t bytes[KEY_SIZE];
};

/* False where it is not of that form or the kind is not one of ours. */
bool keytext_parse(struct text text, struct keytext *ret);
void keytext_put(struct buf *out, const struct vkey *key, const uint8_t bytes[static KEY_SIZE]);

#endif
