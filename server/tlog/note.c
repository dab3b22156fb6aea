/* note.c -- signed notes: read strictly, judged, written.
 *
 * Strict means: one note has one spelling. CR, other controls, a hyphen for the em dash, base64
 * with stray bits, a last line without LF are all refused. */
#include "groundswell/tlog/note.h"

#include "groundswell/base/secret.h"

#define DASH "\xe2\x80\x94 " /* U+2014 and a blank */
#define DASH_N 4
#define RAW_MAX 8192 /* of one signature with its id; post-quantum ones have some 2,500 */
#define COSIGNATURE_SIZE (8 + SIGNATURE_SIZE)

static enum fault malformed(struct doubt *doubt, const char *why)
{
    return doubt_raise(doubt, FAULT_FORMAT, "not a signed note: %s", why);
}

/* base64 of 4 bytes of key id and at least one of signature. */
static bool signature_id(struct text base64, uint32_t *ret)
{
    uint8_t raw[RAW_MAX];
    size_t n = decode_base64(base64, raw, sizeof raw);
    if (n == SIZE_MAX || n < 5)
        return false;
    *ret = (uint32_t)raw[0] << 24 | (uint32_t)raw[1] << 16 | (uint32_t)raw[2] << 8 | raw[3];
    return true;
}

/* One line without its LF. */
static enum fault signature_parse(struct text line, struct note_signature *ret, struct doubt *doubt)
{
    if (line.n < DASH_N || memcmp(line.at, DASH, DASH_N) != 0)
        return malformed(doubt, "a signature line does not begin with an em dash and a blank");
    struct text rest = {line.at + DASH_N, line.n - DASH_N};
    ret->name = text_cut(&rest, ' ');
    ret->base64 = rest;
    if (!key_name_is_valid(ret->name))
        return malformed(doubt, "the name on a signature line is not a key's name");
    if (!signature_id(rest, &ret->id))
        return malformed(doubt, "a signature is not canonical base64 of a key id and a signature");
    return FAULT_NONE;
}

static enum fault signatures_parse(struct text lines, struct note *ret, struct doubt *doubt)
{
    if (lines.n == 0 || lines.at[lines.n - 1] != '\n')
        return malformed(doubt, "it does not end with a signature line");
    lines.n--; /* so that the last line ends the loop */
    while (lines.at) {
        if (ret->signatures_n == NOTE_SIGNATURES_MAX)
            return malformed(doubt, "it has more signatures than anybody needs");
        struct text line = text_cut(&lines, '\n');
        enum fault fault = signature_parse(line, &ret->signatures[ret->signatures_n++], doubt);
        if (fault)
            return fault;
    }
    return FAULT_NONE;
}

enum fault note_parse(struct text bytes, struct note *ret, struct doubt *doubt)
{
    ret->signatures_n = 0;
    if (bytes.n > NOTE_MAX)
        return malformed(doubt, "it is too long");
    if (bytes.n == 0)
        return malformed(doubt, "it is empty");
    if (!text_is_clean_utf8(bytes) || memchr(bytes.at, '\t', bytes.n))
        return malformed(doubt, "it has control characters or is not UTF-8");
    size_t at = bytes.n;
    for (size_t i = 0; i + 1 < bytes.n; i++)
        if (bytes.at[i] == '\n' && bytes.at[i + 1] == '\n')
            at = i;
    if (at == bytes.n)
        return malformed(doubt, "no empty line stands between text and signatures");
    ret->text = (struct text){bytes.at, at + 1};
    return signatures_parse((struct text){bytes.at + at + 2, bytes.n - at - 2}, ret, doubt);
}

static uint64_t big_endian(const uint8_t bytes[8])
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

/* What a witness signs: when, and what it saw. */
static void cosigned_put(struct buf *out, uint64_t time_s, struct text text)
{
    buf_cstr(out, "cosignature/v1\ntime ");
    buf_u64(out, time_s);
    buf_char(out, '\n');
    buf_text(out, text);
}

static bool is_by(const struct note_signature *signature, const struct vkey *key)
{
    return signature->id == key->id && text_is(signature->name, key->name);
}

static bool signature_holds(const struct note_signature *signature, struct text text,
                            const struct vkey *key)
{
    uint8_t raw[4 + COSIGNATURE_SIZE];
    size_t n = decode_base64(signature->base64, raw, sizeof raw);
    if (key->kind == KEY_LOG)
        return n == 4 + SIGNATURE_SIZE && key_verifies(key, text, raw + 4);
    if (n != sizeof raw)
        return false;
    CLEANUP(buf) struct buf signed_bytes = BUF_MAX(NOTE_MAX + KIB);
    cosigned_put(&signed_bytes, big_endian(raw + 4), text);
    return buf_fault(&signed_bytes) == FAULT_NONE
           && key_verifies(key, buf_view(&signed_bytes), raw + 4 + 8);
}

enum fault note_check(const struct note *note, const struct vkey *keys, size_t keys_n,
                      uint64_t *ret_signed, struct doubt *doubt)
{
    INVARIANT(keys_n <= NOTE_KEYS_MAX);
    *ret_signed = 0;
    for (size_t i = 0; i < note->signatures_n; i++)
        for (size_t k = 0; k < keys_n; k++) {
            const struct note_signature *signature = &note->signatures[i];
            if (!is_by(signature, &keys[k]))
                continue;
            if (!signature_holds(signature, note->text, &keys[k]))
                return doubt_raise(doubt, FAULT_FORMAT, "the signature by %s (key %08x) is wrong",
                                   keys[k].name, keys[k].id);
            *ret_signed |= UINT64_C(1) << k;
        }
    return FAULT_NONE;
}

uint64_t note_time_s(const struct note *note, const struct vkey *witness)
{
    uint8_t raw[4 + COSIGNATURE_SIZE];
    for (size_t i = 0; i < note->signatures_n; i++)
        if (is_by(&note->signatures[i], witness)
            && decode_base64(note->signatures[i].base64, raw, sizeof raw) == sizeof raw)
            return big_endian(raw + 4);
    return 0;
}

static void line_put(struct buf *out, const struct vkey *key, const uint8_t *signature, size_t n)
{
    uint8_t raw[4 + COSIGNATURE_SIZE] = {(uint8_t)(key->id >> 24), (uint8_t)(key->id >> 16),
                                         (uint8_t)(key->id >> 8), (uint8_t)key->id};
    memcpy(raw + 4, signature, n);
    buf_format(out, DASH "%s ", key->name);
    encode_base64(out, raw, 4 + n);
    buf_char(out, '\n');
}

enum fault note_sign_line(struct buf *out, struct text text, const struct skey *key, uint64_t now_s)
{
    uint8_t signature[COSIGNATURE_SIZE];
    if (key->vkey.kind == KEY_LOG) {
        key_sign(key, text, signature);
        line_put(out, &key->vkey, signature, SIGNATURE_SIZE);
        return buf_fault(out);
    }
    CLEANUP(buf) struct buf signed_bytes = BUF_MAX(NOTE_MAX + KIB);
    cosigned_put(&signed_bytes, now_s, text);
    if (buf_fault(&signed_bytes))
        return buf_fault(&signed_bytes);
    for (int i = 0; i < 8; i++)
        signature[i] = (uint8_t)(now_s >> (56 - 8 * i));
    key_sign(key, buf_view(&signed_bytes), signature + 8);
    line_put(out, &key->vkey, signature, COSIGNATURE_SIZE);
    return buf_fault(out);
}

enum fault note_sign(struct buf *out, struct text text, const struct skey *const *keys,
                     size_t keys_n, uint64_t now_s)
{
    INVARIANT(text.n && text.at[text.n - 1] == '\n');
    buf_text(out, text);
    buf_char(out, '\n');
    for (size_t i = 0; i < keys_n; i++) {
        enum fault fault = note_sign_line(out, text, keys[i], now_s);
        if (fault)
            return fault;
    }
    return buf_fault(out);
}
