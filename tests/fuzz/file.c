/* file.c -- fuzzes what comes with a file: the first byte halves it, what is called its name and
 * what is its content.
 *
 * A good name stays itself when it is quoted and read back, and ends no header; whatever the bytes
 * are, they are one kind or none, and said to be something. */
/* rooms: base */
#include "groundswell/base/fault.h"
#include "groundswell/base/file_name.h"
#include "groundswell/base/media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned file_fuzz_digit(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'A' + 10);
}

static void file_fuzz_name(struct text name)
{
    if (file_name_wrong(name)) return;
    CLEANUP(buf) struct buf out = BUF_MAX(8 * KIB), back = BUF_MAX(KIB);
    file_name_disposition(&out, name);
    INVARIANT(!buf_fault(&out) && text_is_clean_utf8(buf_view(&out)));
    for (size_t i = 0; i < out.len; i++)
        INVARIANT(out.data[i] >= ' ' && out.data[i] < 0x7f && out.data[i] != '\\');
    const char *at = strstr(out.data + 22, "\"; filename*=UTF-8''"); /* behind the quotes */
    INVARIANT(at != NULL);
    for (at += 20; *at; at++) {
        bool escaped = *at == '%';
        buf_char(&back, escaped ? (char)(file_fuzz_digit(at[1]) << 4 | file_fuzz_digit(at[2]))
                                : *at);
        if (escaped) at += 2;
    }
    INVARIANT(!buf_fault(&back) && text_equal(buf_view(&back), name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    size_t name_n = data[0] < size ? data[0] : size - 1;
    struct text name = {(const char *)data + 1, name_n};
    struct text bytes = {(const char *)data + 1 + name_n, size - 1 - name_n};
    struct media_text text = {0};
    file_fuzz_name(name);
    media_text_put(&text, bytes);
    size_t head = bytes.n < MEDIA_HEAD ? bytes.n : MEDIA_HEAD;
    const struct media_look look = {{bytes.at, head}, bytes, bytes.n, media_text_is(&text)};
    const char *looks = NULL;
    enum media seen = media_seen(&look, &looks);
    INVARIANT(seen < MEDIAS && looks && looks[0]);
    INVARIANT(!media_fits(media_sent(name), MEDIA_NONE));
    return 0;
}
