/* media.c -- what a file is, by its bytes: signatures at fixed places, and of documents that are
 * zip archives the list of what is in them (APPNOTE.TXT 6.3, s.4.3). A document with macros is a
 * program, and not taken. */
#include "groundswell/base/media.h"

#include <string.h>

static const struct {
    const char *word, *type, *looks;
} kinds[MEDIAS] = {
    [MEDIA_NONE] = {"", "", "nothing that is known here"},
    [MEDIA_PDF] = {"pdf", "application/pdf", "a PDF"},
    [MEDIA_PNG] = {"png", "image/png", "a PNG picture"},
    [MEDIA_JPEG] = {"jpeg", "image/jpeg", "a JPEG picture"},
    [MEDIA_WEBP] = {"webp", "image/webp", "a WebP picture"},
    [MEDIA_TEXT] = {"text", "text/plain; charset=utf-8", "plain text"},
    [MEDIA_CSV] = {"csv", "text/csv; charset=utf-8", "a table in CSV"},
    [MEDIA_ODT] = {"odt", "application/vnd.oasis.opendocument.text", "an ODT document"},
    [MEDIA_DOCX] = {"docx",
                    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                    "a DOCX document"},
};

const char *media_word(enum media media)
{
    return kinds[media].word;
}

const char *media_type(enum media media)
{
    return kinds[media].type;
}

const char *media_looks(enum media media)
{
    return kinds[media].looks;
}

enum media media_of_word(struct text word)
{
    for (unsigned i = MEDIA_PDF; i < MEDIAS; i++)
        if (text_is(word, kinds[i].word))
            return (enum media)i;
    return MEDIA_NONE;
}

/* ---- what it is sent as ---------------------------------------------------------------------- */

static bool charset_is_utf8(struct text parameters)
{
    while (parameters.n > 0) {
        struct text value = text_trim(text_cut(&parameters, ';'));
        struct text name = text_cut(&value, '=');
        if (!text_equal_nocase(name, TEXT("charset")))
            continue;
        if (value.n >= 2 && value.at[0] == '"' && value.at[value.n - 1] == '"')
            value = (struct text){value.at + 1, value.n - 2};
        if (!text_equal_nocase(value, TEXT("utf-8")))
            return false;
    }
    return true;
}

enum media media_sent(struct text content_type)
{
    struct text rest = content_type, type = text_trim(text_cut(&rest, ';'));
    for (unsigned i = MEDIA_PDF; i < MEDIAS; i++) {
        struct text own = text_of(kinds[i].type);
        bool is_text = text_starts(own, TEXT("text/"));
        if (!text_equal_nocase(type, text_cut(&own, ';')))
            continue;
        return is_text && !charset_is_utf8(rest) ? MEDIA_NONE : (enum media)i;
    }
    return MEDIA_NONE;
}

bool media_fits(enum media sent, enum media seen)
{
    return sent != MEDIA_NONE && (sent == seen || (sent == MEDIA_CSV && seen == MEDIA_TEXT));
}

/* ---- texts ----------------------------------------------------------------------------------- */

/* The first byte of a character (Unicode, table 3-7). */
static void text_first(struct media_text *text, unsigned char c)
{
    text->low = 0x80;
    text->high = 0xbf;
    if (c < 0x80) {
        text->broken = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
        return;
    }
    text->broken = c < 0xc2 || c > 0xf4;
    text->wanted = c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    if (c == 0xe0) /* overlong */
        text->low = 0xa0;
    else if (c == 0xed) /* surrogates */
        text->high = 0x9f;
    else if (c == 0xf0) /* overlong */
        text->low = 0x90;
    else if (c == 0xf4) /* above U+10FFFF */
        text->high = 0x8f;
}

void media_text_put(struct media_text *text, struct text piece)
{
    for (size_t i = 0; i < piece.n && !text->broken; i++) {
        unsigned char c = (unsigned char)piece.at[i];
        if (text->wanted == 0) {
            text_first(text, c);
            continue;
        }
        text->broken = c < text->low || c > text->high;
        text->low = 0x80;
        text->high = 0xbf;
        text->wanted--;
    }
}

bool media_text_is(const struct media_text *text)
{
    return !text->broken && text->wanted == 0;
}

/* Texts that a browser would run, were it left to guess. */
static bool is_page(struct text head)
{
    static const char *const begins[] = {"<!doctype", "<html", "<head", "<body", "<script",
                                         "<svg",      "<?xml", "<!--",  "<iframe"};
    if (text_starts(head, TEXT("\xef\xbb\xbf")))
        head = (struct text){head.at + 3, head.n - 3};
    head = text_trim(head);
    for (size_t i = 0; i < sizeof begins / sizeof begins[0]; i++) {
        size_t n = strlen(begins[i]);
        if (head.n >= n && text_equal_nocase((struct text){head.at, n}, text_of(begins[i])))
            return true;
    }
    return false;
}

/* ---- archives -------------------------------------------------------------------------------- */

#define ENTRY_SIZE 46 /* of the list of an archive, its name not counted */
#define END_SIZE 22

static uint32_t little(const char *at, unsigned n)
{
    uint32_t value = 0;
    for (unsigned i = n; i-- > 0;)
        value = value << 8 | (unsigned char)at[i];
    return value;
}

struct archive {
    bool whole; /* the list was found and read to its end */
    bool has_types, has_words, has_macros, is_locked;
};

static bool text_ends(struct text a, struct text with)
{
    return a.n >= with.n && memcmp(a.at + a.n - with.n, with.at, with.n) == 0;
}

static void archive_entry(struct archive *archive, struct text name, uint32_t flags)
{
    archive->is_locked |= (flags & 1) != 0;
    archive->has_types |= text_is(name, "[Content_Types].xml");
    archive->has_words |= text_is(name, "word/document.xml");
    archive->has_macros |= text_ends(name, TEXT("vbaProject.bin")) ||
                           text_starts(name, TEXT("Basic/")) || text_starts(name, TEXT("Scripts/"));
}

static void archive_list(struct archive *archive, struct text list)
{
    while (list.n >= ENTRY_SIZE && memcmp(list.at, "PK\1\2", 4) == 0) {
        size_t name_n = little(list.at + 28, 2);
        size_t n = ENTRY_SIZE + name_n + little(list.at + 30, 2) + little(list.at + 32, 2);
        if (n > list.n)
            return;
        archive_entry(archive, (struct text){list.at + ENTRY_SIZE, name_n},
                      little(list.at + 8, 2));
        list = (struct text){list.at + n, list.n - n};
    }
    archive->whole = list.n == 0;
}

/* The end of the list, with its comment, is the end of the file; the list stands before it. */
static struct archive archive_read(const struct media_look *look)
{
    struct archive archive = {0};
    struct text tail = look->tail;
    for (size_t back = END_SIZE; back <= tail.n && back <= END_SIZE + 0xffff; back++) {
        size_t place = tail.n - back;
        const char *end = tail.at + place;
        if (memcmp(end, "PK\5\6", 4) != 0 || little(end + 20, 2) != back - END_SIZE)
            continue;
        size_t n = little(end + 12, 4);
        uint64_t from = little(end + 16, 4), skipped = look->bytes - tail.n;
        if (n <= place && from == skipped + place - n)
            archive_list(&archive, (struct text){end - n, n});
        break;
    }
    return archive;
}

/* The first file of an OpenDocument says, unpacked, what it is (OpenDocument 1.3 part 2, s.3.3). */
static bool is_odt(struct text head)
{
    static const char says[] = "mimetypeapplication/vnd.oasis.opendocument.textPK";
    size_t n = sizeof says - 1;
    return head.n >= 30 + n && little(head.at + 8, 2) == 0 && little(head.at + 26, 2) == 8 &&
           little(head.at + 28, 2) == 0 && memcmp(head.at + 30, says, n) == 0;
}

static enum media archive_seen(const struct media_look *look, const char **ret_looks)
{
    struct archive archive = archive_read(look);
    *ret_looks = "a zip archive";
    if (!archive.whole)
        return MEDIA_NONE;
    bool odt = is_odt(look->head), docx = archive.has_types && archive.has_words;
    if (!odt && !docx)
        return MEDIA_NONE;
    if (archive.has_macros || archive.is_locked) {
        *ret_looks = archive.is_locked ? "a document with a password" : "a document with macros";
        return MEDIA_NONE;
    }
    return odt ? MEDIA_ODT : MEDIA_DOCX;
}

/* ---- all together ---------------------------------------------------------------------------- */

struct signature {
    const char *bytes;
    size_t n;
    enum media media;
    const char *looks; /* of what is not taken */
};
#define SIGNED(bytes, media, looks) {(bytes), sizeof(bytes) - 1, (media), (looks)}

static const struct signature signatures[] = {
    SIGNED("%PDF-", MEDIA_PDF, NULL),
    SIGNED("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", MEDIA_PNG, NULL),
    SIGNED("\xff\xd8\xff", MEDIA_JPEG, NULL),
    SIGNED("GIF87a", MEDIA_NONE, "a GIF picture"),
    SIGNED("GIF89a", MEDIA_NONE, "a GIF picture"),
    SIGNED("\x7f" "ELF", MEDIA_NONE, "a program"),
    SIGNED("#!", MEDIA_NONE, "a program"),
    SIGNED("\xd0\xcf\x11\xe0", MEDIA_NONE, "an old Office document"),
    SIGNED("{\\rtf", MEDIA_NONE, "an RTF document"),
};

static bool is_webp(struct text head)
{
    return head.n >= 16 && memcmp(head.at, "RIFF", 4) == 0 &&
           memcmp(head.at + 8, "WEBPVP8", 7) == 0;
}

enum media media_seen(const struct media_look *look, const char **ret_looks)
{
    struct text head = look->head;
    enum media media = MEDIA_NONE;
    *ret_looks = NULL;
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++) {
        const struct signature *one = &signatures[i];
        if (!text_starts(head, (struct text){one->bytes, one->n}))
            continue;
        *ret_looks = one->looks ? one->looks : kinds[one->media].looks;
        return one->media;
    }
    if (text_starts(head, TEXT("PK\3\4")))
        media = archive_seen(look, ret_looks);
    else if (is_webp(head))
        media = MEDIA_WEBP;
    else if (look->is_text && is_page(head))
        *ret_looks = "a web page";
    else if (look->is_text)
        media = MEDIA_TEXT;
    if (media != MEDIA_NONE || !*ret_looks)
        *ret_looks = kinds[media].looks;
    return media;
}
