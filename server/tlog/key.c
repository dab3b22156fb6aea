/* key.c -- keys in files: made once, read strictly, shown to nobody. */
#include "groundswell/tlog/key.h"

#include <errno.h>

#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "keytext.h"

#define PREFIX "PRIVATE+KEY+"
#define LINE_MAX_BYTES (KIB)
#define VKEYS_MAX_BYTES (64 * KIB)

enum fault key_make(struct text name, enum key_kind kind, struct skey *ret)
{
    uint8_t seed[KEY_SIZE];
    secret_random(seed, sizeof seed);
    enum fault fault = skey_from_seed(name, kind, seed, ret);
    secret_wipe(seed, sizeof seed);
    return fault;
}

static void line_release(struct buf *line)
{
    if (line->data)
        secret_wipe(line->data, line->cap);
    buf_release(line);
}

enum fault key_write(const char *path, const struct skey *key, struct doubt *doubt)
{
    CLEANUP(line) struct buf line = BUF_MAX(LINE_MAX_BYTES);
    buf_cstr(&line, PREFIX);
    keytext_put(&line, &key->vkey, key->seed);
    buf_char(&line, '\n');
    enum fault fault = buf_fault(&line);
    if (!fault)
        fault = file_create(path, buf_view(&line), 0600);
    if (fault == FAULT_BUSY)
        return doubt_raise(doubt, fault, "%s exists already and was left as it is", path);
    if (fault)
        return doubt_raise(doubt, fault, "%s cannot be written: %s", path, strerror(errno));
    return FAULT_NONE;
}

static enum fault key_parse(struct text line, struct skey *ret)
{
    if (!text_starts(line, TEXT(PREFIX)))
        return FAULT_FORMAT;
    line.at += sizeof PREFIX - 1;
    line.n -= sizeof PREFIX - 1;
    struct keytext text;
    if (!keytext_parse(line, &text))
        return FAULT_FORMAT;
    enum fault fault = skey_from_seed(text.name, text.kind, text.bytes, ret);
    secret_wipe(text.bytes, sizeof text.bytes);
    return !fault && ret->vkey.id != text.id ? FAULT_FORMAT : fault;
}

enum fault key_read(const char *path, struct skey *ret, struct doubt *doubt)
{
    CLEANUP(line) struct buf line = BUF_MAX(LINE_MAX_BYTES);
    enum fault fault = file_read(path, &line);
    if (fault == FAULT_ABSENT)
        return doubt_raise(doubt, fault, "there is no key file %s", path);
    if (fault == FAULT_IO)
        return doubt_raise(doubt, fault, "%s cannot be read: %s", path, strerror(errno));
    if (!file_is_private(path))
        return doubt_raise(doubt, FAULT_CONFIG,
                           "the key file %s can be reached by others: run chmod 600 on it, and "
                           "change the key if somebody may have read it", path);
    struct text text = buf_view(&line);
    if (!fault && text.n && text.at[text.n - 1] == '\n')
        text.n--;
    if (fault || key_parse(text, ret))
        return doubt_raise(doubt, FAULT_FORMAT,
                           "%s is not a key file (one line " PREFIX "name+id+base64)", path);
    return FAULT_NONE;
}

enum fault vkeys_parse(struct text lines, struct vkey *ret, size_t max, size_t *ret_n,
                       struct doubt *doubt)
{
    *ret_n = 0;
    while (lines.at) {
        struct text line = text_cut(&lines, '\n');
        if (line.n == 0 || line.at[0] == '#')
            continue;
        if (*ret_n == max)
            return doubt_raise(doubt, FAULT_LIMIT, "more than %zu verifier keys", max);
        enum fault fault = vkey_parse(line, &ret[*ret_n], doubt);
        if (fault)
            return fault;
        ++*ret_n;
    }
    return *ret_n ? FAULT_NONE : doubt_raise(doubt, FAULT_FORMAT, "no verifier key is there");
}

enum fault vkeys_read(const char *path, struct vkey *ret, size_t max, size_t *ret_n,
                      struct doubt *doubt)
{
    CLEANUP(buf) struct buf lines = BUF_MAX(VKEYS_MAX_BYTES);
    *ret_n = 0;
    enum fault fault = file_read(path, &lines);
    if (fault)
        return doubt_raise(doubt, fault, "the verifier keys in %s cannot be read (%s)", path,
                           fault_name(fault));
    return vkeys_parse(buf_view(&lines), ret, max, ret_n, doubt);
}
