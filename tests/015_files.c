/* 015_files.c -- files that come in: what they are called, what they are, where they are kept. */
/* rooms: base io */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/file_name.h"
#include "groundswell/base/media.h"
#include "groundswell/base/secret.h"
#include "groundswell/io/file.h"
#include "groundswell/io/shelf.h"
#include "groundswell/io/spool.h"

/* ---- names ----------------------------------------------------------------------------------- */

static void names_of_people_are_good(void **state)
{
    (void)state;
    static const char *const good[] = {
        "contract.pdf", "Vertrag für Ivy Lane (3. Fassung).pdf", "契約.docx", "a", "no extension",
        "it's \"quoted\" & 50%.txt", "a..b", "a.", "-rf", "CON", "🌱.png"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_null(file_name_wrong(text_of(good[i])));
    char most[FILE_NAME_BYTES_MAX + 4];
    for (size_t i = 0; i <= FILE_NAME_CHARACTERS_MAX; i++)
        memcpy(most + 4 * i, "🌱", 4);
    assert_null(file_name_wrong((struct text){most, FILE_NAME_BYTES_MAX}));
    assert_text(text_of(file_name_wrong((struct text){most, FILE_NAME_BYTES_MAX + 4})),
                "it has more than 120 characters");
}

static void names_that_mislead_are_told_why(void **state)
{
    (void)state;
    const struct {
        struct text name;
        const char *why;
    } bad[] = {
        {{NULL, 0}, "none was given; say it as ?name="},
        {TEXT(""), "none was given; say it as ?name="},
        {TEXT("../../etc/passwd"), "it has a slash; a name is no path"},
        {TEXT("a/b"), "it has a slash; a name is no path"},
        {TEXT("a\\b"), "it has a slash; a name is no path"},
        {TEXT(".."), "it begins with a dot"},
        {TEXT(".profile"), "it begins with a dot"},
        {TEXT("a\nb"), "it has control characters"},
        {TEXT("a\r\nSet-Cookie: b"), "it has control characters"},
        {TEXT("a\tb"), "it has control characters"},
        {TEXT("a\0b"), "it has control characters"},
        {TEXT("a\x7f"), "it has control characters"},
        {TEXT("a\xc2\x85"), "it has control characters"},
        {TEXT("a\xff"), "it is not UTF-8"},
        {TEXT("a\xc0\xaf"), "it is not UTF-8"},
        {TEXT("a\xed\xa0\x80"), "it is not UTF-8"},
        {TEXT("cod\xe2\x80\xaeslx.exe"),
         "it has characters that are not seen and change how it is read"},
        {TEXT(" a"), "it begins or ends with a blank"},
        {TEXT("a "), "it begins or ends with a blank"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_text(text_of(file_name_wrong(bad[i].name)), bad[i].why);
}

static void a_name_is_quoted_so_that_it_ends_nothing(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf out = BUF_MAX(4 * KIB);
    file_name_disposition(&out, TEXT("plan.pdf"));
    assert_buf(&out, "attachment; filename=\"plan.pdf\"; filename*=UTF-8''plan.pdf");
    buf_reset(&out);
    file_name_disposition(&out, TEXT("a \"b\"; c=100%, für 🌱.pdf"));
    assert_buf(&out, "attachment; filename=\"a _b_; c=100_, f_r _.pdf\"; filename*=UTF-8''"
                     "a%20%22b%22%3B%20c%3D100%25%2C%20f%C3%BCr%20%F0%9F%8C%B1.pdf");
}

/* ---- kinds ----------------------------------------------------------------------------------- */

static enum media seen(struct text bytes, const char **ret_looks)
{
    struct media_text text = {0};
    media_text_put(&text, bytes);
    size_t head = bytes.n < MEDIA_HEAD ? bytes.n : MEDIA_HEAD;
    const struct media_look look = {{bytes.at, head}, bytes, bytes.n, media_text_is(&text)};
    return media_seen(&look, ret_looks);
}

static void a_file_is_what_its_bytes_say(void **state)
{
    (void)state;
    const struct {
        struct text bytes;
        enum media media;
        const char *looks;
    } files[] = {
        {TEXT("%PDF-1.7\n"), MEDIA_PDF, "a PDF"},
        {TEXT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR...."), MEDIA_PNG, "a PNG picture"},
        {TEXT("\xff\xd8\xff\xe0"), MEDIA_JPEG, "a JPEG picture"},
        {TEXT("RIFF\x1a\0\0\0WEBPVP8L"), MEDIA_WEBP, "a WebP picture"},
        {TEXT("RIFF\x1a\0\0\0WAVEfmt "), MEDIA_NONE, "nothing that is known here"},
        {TEXT("one, two\r\nthree\t4\n"), MEDIA_TEXT, "plain text"},
        {TEXT("\xef\xbb\xbf" "f\xc3\xbcnf"), MEDIA_TEXT, "plain text"},
        {TEXT("f\xfcnf"), MEDIA_NONE, "nothing that is known here"},
        {TEXT("cut \xe2\x82"), MEDIA_NONE, "nothing that is known here"},
        {TEXT("a\0b"), MEDIA_NONE, "nothing that is known here"},
        {TEXT("\x1b[2Jgone"), MEDIA_NONE, "nothing that is known here"},
        {TEXT("  <!DOCTYPE html>"), MEDIA_NONE, "a web page"},
        {TEXT("\xef\xbb\xbf<SCRIPT>"), MEDIA_NONE, "a web page"},
        {TEXT("<svg xmlns="), MEDIA_NONE, "a web page"},
        {TEXT("#!/bin/sh\n"), MEDIA_NONE, "a program"},
        {TEXT("\x7f" "ELF\2\1"), MEDIA_NONE, "a program"},
        {TEXT("GIF89a"), MEDIA_NONE, "a GIF picture"},
        {TEXT("PK\3\4"), MEDIA_NONE, "a zip archive"},
        {TEXT(""), MEDIA_TEXT, "plain text"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *looks = NULL;
        assert_int_equal(seen(files[i].bytes, &looks), files[i].media);
        assert_text(text_of(looks), files[i].looks);
    }
}

static void a_text_may_come_in_any_pieces(void **state)
{
    (void)state;
    const struct text good = TEXT("a\xc3\xbc\xe2\x82\xac\xf0\x9f\x8c\xb1z");
    for (size_t cut = 0; cut <= good.n; cut++) {
        struct media_text text = {0};
        media_text_put(&text, (struct text){good.at, cut});
        media_text_put(&text, (struct text){good.at + cut, good.n - cut});
        assert_true(media_text_is(&text));
    }
}

static void little_put(struct buf *out, uint32_t value, unsigned n)
{
    for (unsigned i = 0; i < n; i++) buf_char(out, (char)(i < 4 ? value >> 8 * i : 0));
}

/* An archive of empty files, the first with that content; names end with NULL. */
static void archive_put(struct buf *out, const char *content, uint32_t flags,
                        const char *const *names)
{
    CLEANUP(buf) struct buf list = BUF_MAX(4 * KIB);
    buf_put(out, "PK\3\4\n\0\0\0\0\0", 10);
    little_put(out, 0, 16);
    little_put(out, (uint32_t)strlen(names[0]), 4); /* and no extra field */
    buf_cstr(out, names[0]);
    buf_cstr(out, content);
    buf_put(out, "PK\3\4", 4);
    for (size_t i = 0; names[i]; i++) {
        buf_put(&list, "PK\1\2\0\0\0\0", 8);
        little_put(&list, flags, 4);
        little_put(&list, 0, 16);
        little_put(&list, (uint32_t)strlen(names[i]), 4);
        little_put(&list, 0, 14);
        buf_cstr(&list, names[i]);
    }
    uint32_t from = (uint32_t)out->len;
    buf_text(out, buf_view(&list));
    buf_put(out, "PK\5\6\0\0\0\0\0\0\0\0", 12);
    little_put(out, (uint32_t)list.len, 4);
    little_put(out, from, 4);
    little_put(out, 0, 2);
}

static void a_document_is_what_is_in_its_archive(void **state)
{
    (void)state;
    static const char odt[] = "application/vnd.oasis.opendocument.text";
    static const struct {
        const char *names[4], *content;
        uint32_t flags;
        enum media media;
        const char *looks;
    } archives[] = {
        {{"mimetype", "content.xml"}, odt, 0, MEDIA_ODT, "an ODT document"},
        {{"mimetype", "content.xml"}, "application/epub+zip", 0, MEDIA_NONE, "a zip archive"},
        {{"mimetype", "content.xml"}, "application/vnd.oasis.opendocument.text-template", 0,
         MEDIA_NONE, "a zip archive"},
        {{"mimetype", "Basic/Standard/Module1.xml"}, odt, 0, MEDIA_NONE, "a document with macros"},
        {{"[Content_Types].xml", "word/document.xml"}, "", 0, MEDIA_DOCX, "a DOCX document"},
        {{"word/document.xml", "[Content_Types].xml"}, "", 0, MEDIA_DOCX, "a DOCX document"},
        {{"[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"}, "", 0, MEDIA_NONE,
         "a document with macros"},
        {{"[Content_Types].xml", "word/document.xml"}, "", 1, MEDIA_NONE,
         "a document with a password"},
        {{"[Content_Types].xml", "xl/workbook.xml"}, "", 0, MEDIA_NONE, "a zip archive"},
    };
    for (size_t i = 0; i < sizeof archives / sizeof archives[0]; i++) {
        const char *looks = NULL;
        CLEANUP(buf) struct buf out = BUF_MAX(16 * KIB);
        archive_put(&out, archives[i].content, archives[i].flags, archives[i].names);
        assert_int_equal(seen(buf_view(&out), &looks), archives[i].media);
        assert_text(text_of(looks), archives[i].looks);
        /* cut anywhere it is no document any more, and nothing behind it is overlooked */
        for (size_t n = 0; n < out.len; n++) {
            enum media cut = seen((struct text){out.data, n}, &looks);
            assert_true(cut == MEDIA_NONE || cut == MEDIA_TEXT);
        }
        buf_char(&out, 'x');
        assert_int_equal(seen(buf_view(&out), &looks), MEDIA_NONE);
    }
}

static void a_kind_is_sent_as_what_it_is(void **state)
{
    (void)state;
    assert_int_equal(media_sent(TEXT("application/pdf")), MEDIA_PDF);
    assert_int_equal(media_sent(TEXT("Image/PNG ; x=y")), MEDIA_PNG);
    assert_int_equal(media_sent(TEXT("text/plain")), MEDIA_TEXT);
    assert_int_equal(media_sent(TEXT("text/csv; header=present; charset=\"UTF-8\"")), MEDIA_CSV);
    assert_int_equal(media_sent(TEXT("text/plain; charset=latin1")), MEDIA_NONE);
    assert_int_equal(media_sent(TEXT("text/html")), MEDIA_NONE);
    assert_int_equal(media_sent(TEXT("application/octet-stream")), MEDIA_NONE);
    assert_int_equal(media_sent(TEXT_NONE), MEDIA_NONE);
    assert_true(media_fits(MEDIA_CSV, MEDIA_TEXT));
    assert_false(media_fits(MEDIA_TEXT, MEDIA_CSV));
    assert_false(media_fits(MEDIA_NONE, MEDIA_NONE));
    assert_false(media_fits(MEDIA_PNG, MEDIA_JPEG));
    for (unsigned i = MEDIA_PDF; i < MEDIAS; i++) {
        assert_int_equal(media_of_word(text_of(media_word((enum media)i))), i);
        assert_int_equal(media_sent(text_of(media_type((enum media)i))), i);
    }
}

/* ---- keeping --------------------------------------------------------------------------------- */

static struct temp_dir dir;

static int dir_open(void **state)
{
    (void)state;
    temp_dir_make(&dir);
    return 0;
}

static int dir_close(void **state)
{
    (void)state;
    temp_dir_remove(&dir);
    return 0;
}

static struct spool *arrive(struct text bytes)
{
    struct spool *spool = spool_open(temp_path(&dir, "arriving"));
    assert_non_null(spool);
    for (size_t i = 0; i < bytes.n; i++)
        assert_int_equal(spool_put(spool, (struct text){bytes.at + i, 1}), FAULT_NONE);
    return spool;
}

#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static bool is_there(const char *name)
{
    return access(temp_path(&dir, name), F_OK) == 0;
}

static void what_arrives_gets_the_name_of_its_hash(void **state)
{
    (void)state;
    const char *shelf = temp_path(&dir, "files");
    for (int twice = 0; twice < 2; twice++) {
        struct spool *spool = arrive(TEXT("abc"));
        assert_int_equal(spool_bytes(spool), 3);
        assert_text(text_of(spool_digest(spool)), ABC);
        assert_int_equal(shelf_put(shelf, spool), FAULT_NONE);
        spool_free(spool);
    }
    enum fault fault;
    uint64_t bytes;
    char read_back[8];
    int fd = shelf_open(shelf, TEXT(ABC), &bytes, &fault);
    assert_true(fd >= 0 && bytes == 3 && read(fd, read_back, sizeof read_back) == 3);
    assert_memory_equal(read_back, "abc", 3);
    close(fd);
    assert_true(file_is_private(temp_path(&dir, "files/ba/" ABC)));
    assert_int_equal(shelf_open(shelf, TEXT("0" "a7816bf8f01cfea414140de5dae2223b00361a396177a9cb4"
                                            "10ff61f20015ad"), &bytes, &fault), -1);
    assert_int_equal(fault, FAULT_ABSENT);
    assert_int_equal(rmdir(temp_path(&dir, "arriving")), 0); /* empty */
}

static void what_is_taken_back_leaves_what_others_put_there(void **state)
{
    (void)state;
    const char *shelf = temp_path(&dir, "files");
    struct spool *first = arrive(TEXT("abc"));
    assert_int_equal(shelf_put(shelf, first), FAULT_NONE);
    assert_int_equal(shelf_take_back(shelf, first), FAULT_NONE);
    assert_false(is_there("files/ba/" ABC));
    assert_int_equal(shelf_take_back(shelf, first), FAULT_NONE);
    spool_free(first);

    struct spool *earlier = arrive(TEXT("abc")), *later = arrive(TEXT("abc"));
    assert_int_equal(shelf_put(shelf, earlier), FAULT_NONE);
    assert_int_equal(shelf_put(shelf, later), FAULT_NONE);
    assert_int_equal(shelf_take_back(shelf, earlier), FAULT_NONE); /* not its own any more */
    assert_int_equal(shelf_take_back(shelf, later), FAULT_NONE);   /* was there before */
    assert_true(is_there("files/ba/" ABC));
    spool_free(earlier);
    spool_free(later);
}

static void what_is_forgotten_has_rested(void **state)
{
    (void)state;
    CLEANUP(buf) struct buf names = BUF_MAX(KIB);
    const char *shelf = temp_path(&dir, "files");
    assert_int_equal(shelf_list(shelf, 0, &names), FAULT_NONE); /* nothing there at all */
    assert_int_equal(shelf_forget(shelf, TEXT(ABC), 0, 0), FAULT_NONE);
    struct spool *spool = arrive(TEXT("abc"));
    assert_int_equal(shelf_put(shelf, spool), FAULT_NONE);
    spool_free(spool);
    assert_int_equal(shelf_list(shelf, 3600, &names), FAULT_NONE);
    assert_int_equal(shelf_forget(shelf, TEXT(ABC), 0, 3600), FAULT_NONE);
    assert_int_equal(names.len, 0);
    assert_int_equal(shelf_forget(shelf, TEXT(ABC), UINT32_MAX, 0), FAULT_NONE); /* older */
    assert_true(is_there("files/ba/" ABC));
    assert_int_equal(shelf_list(shelf, 0, &names), FAULT_NONE);
    assert_buf(&names, ABC);
    assert_int_equal(shelf_forget(shelf, TEXT(ABC), 0, 0), FAULT_NONE);
    assert_false(is_there("files/ba/" ABC));
}

/* Its lock keeps it from the sweep; a process that ended holds none. */
static void only_what_nobody_writes_is_swept(void **state)
{
    (void)state;
    const char *folder = temp_path(&dir, "arriving");
    assert_int_equal(spool_sweep(folder), FAULT_NONE); /* absent */
    pid_t child = fork();
    if (child == 0) {
        (void)!spool_open(folder);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    struct spool *writing = arrive(TEXT("ab"));
    assert_int_equal(rmdir(folder), -1);
    assert_int_equal(spool_sweep(folder), FAULT_NONE);
    assert_int_equal(spool_put(writing, TEXT("c")), FAULT_NONE);
    assert_int_equal(shelf_put(temp_path(&dir, "files"), writing), FAULT_NONE);
    spool_free(writing);
    assert_int_equal(rmdir(folder), 0);
}

static void a_disk_that_is_full_is_told_from_one_that_is_broken(void **state)
{
    (void)state;
    struct rlimit before;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct spool *spool = arrive(TEXT("abc"));
    struct rlimit little = {4, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    assert_int_equal(spool_put(spool, TEXT("defg")), FAULT_IO);
    assert_true(spool_is_full(errno));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(spool_put(spool, TEXT("h")), FAULT_IO); /* it has a hole: no more of it */
    spool_free(spool);
    assert_int_equal(rmdir(temp_path(&dir, "arriving")), 0);
    assert_true(spool_is_full(ENOSPC) && spool_is_full(EDQUOT) && !spool_is_full(EIO));
}

static void a_name_that_is_none_leads_nowhere(void **state)
{
    (void)state;
    assert_true(shelf_name_is_valid(TEXT(ABC)));
    assert_false(shelf_name_is_valid(TEXT("")));
    assert_false(shelf_name_is_valid(TEXT("../../../../../../../../../../../../../../etc/"
                                          "passwd/and/more/..")));
    assert_false(shelf_name_is_valid(TEXT("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9C"
                                          "B410FF61F20015AD")));
}

#define KEEPING(test) cmocka_unit_test_setup_teardown(test, dir_open, dir_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_people_are_good),
        cmocka_unit_test(names_that_mislead_are_told_why),
        cmocka_unit_test(a_name_is_quoted_so_that_it_ends_nothing),
        cmocka_unit_test(a_file_is_what_its_bytes_say),
        cmocka_unit_test(a_text_may_come_in_any_pieces),
        cmocka_unit_test(a_document_is_what_is_in_its_archive),
        cmocka_unit_test(a_kind_is_sent_as_what_it_is),
        KEEPING(what_arrives_gets_the_name_of_its_hash),
        KEEPING(what_is_taken_back_leaves_what_others_put_there),
        KEEPING(what_is_forgotten_has_rested),
        KEEPING(only_what_nobody_writes_is_swept),
        KEEPING(a_disk_that_is_full_is_told_from_one_that_is_broken),
        cmocka_unit_test(a_name_that_is_none_leads_nowhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
