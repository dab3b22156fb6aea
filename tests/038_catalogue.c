/* 038_catalogue.c -- what is read out of a PO file, and what is refused. */
/* rooms: base view */
#include "check.h"

#include "groundswell/view/catalogue.h"

#define HEADER_EN \
    "msgid \"\"\nmsgstr \"\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n" \
    "\"Plural-Forms: nplurals=2; plural=(n != 1);\\n\"\n\n"

static struct catalogue *read_en(const char *entries)
{
    struct buf po = BUF_MAX(64 * KIB);
    struct catalogue *ret = NULL;
    buf_cstr(&po, HEADER_EN);
    buf_cstr(&po, entries);
    assert_int_equal(catalogue_read(TEXT("en"), buf_view(&po), &ret), FAULT_NONE);
    buf_release(&po); /* the bytes were copied */
    return ret;
}

static void messages_are_said(void **state)
{
    (void)state;
    struct catalogue *c = read_en("# a remark\n#: web/pages/a.html:3\n"
                                  "msgid \"Back\"\nmsgstr \"Return\"\n\n"
                                  "msgid \"\"\n\"two \"\n\"lines\"\nmsgstr \"\"\n\"on\"\n\"e\"\n"
                                  "msgid \"a \\\"b\\\" \\\\ \\n\\t\"\nmsgstr \"caf\xc3\xa9\\n\"\n"
                                  "msgid \"Empty\"\nmsgstr \"\"\r\n");
    assert_text(catalogue_say(c, TEXT("Back")), "Return");
    assert_text(catalogue_say(c, TEXT("two lines")), "one");
    assert_text(catalogue_say(c, TEXT("a \"b\" \\ \n\t")), "caf\xc3\xa9\n");
    assert_text(catalogue_say(c, TEXT("Empty")), "Empty");
    assert_text(catalogue_say(c, TEXT("Unknown")), "Unknown");
    assert_text(catalogue_say(c, TEXT("")), "");
    assert_text(catalogue_say(NULL, TEXT("Back")), "Back");
    catalogue_free(c);
    catalogue_free(NULL);
}

static void fuzzy_and_obsolete_ones_are_not(void **state)
{
    (void)state;
    struct catalogue *c = read_en("#, c-format, fuzzy\n#| msgid \"Old\"\nmsgid \"A\"\n"
                                  "msgstr \"x\"\n\n"
                                  "msgid \"B\"\nmsgstr \"y\"\n#, fuzzy\nmsgid \"C\"\nmsgstr \"z\"\n"
                                  "msgid \"D\"\nmsgstr \"w\"\n"
                                  "#~ msgid \"E\"\n#~ msgstr \"v\"\n");
    assert_text(catalogue_say(c, TEXT("A")), "A");
    assert_text(catalogue_say(c, TEXT("B")), "y");
    assert_text(catalogue_say(c, TEXT("C")), "C");
    assert_text(catalogue_say(c, TEXT("D")), "w");
    assert_text(catalogue_say(c, TEXT("E")), "E");
    catalogue_free(c);
}

static void plural_messages_have_their_forms(void **state)
{
    (void)state;
    struct catalogue *c = read_en("msgid \"a day\"\nmsgid_plural \"days\"\nmsgstr[0] \"one\"\n"
                                  "msgstr[1] \"ma\"\n\"ny\"\n\n"
                                  "msgid \"half\"\nmsgid_plural \"halves\"\nmsgstr[0] \"h\"\n"
                                  "msgstr[1] \"\"\n\nmsgid \"single\"\nmsgstr \"s\"\n");
    assert_text(catalogue_say_form(c, TEXT("a day"), 0), "one");
    assert_text(catalogue_say_form(c, TEXT("a day"), 1), "many");
    assert_null(catalogue_say_form(c, TEXT("a day"), 2).at);
    assert_null(catalogue_say_form(c, TEXT("half"), 0).at);
    assert_null(catalogue_say_form(c, TEXT("single"), 0).at);
    assert_null(catalogue_say_form(c, TEXT("unknown"), 0).at);
    assert_null(catalogue_say_form(NULL, TEXT("a day"), 0).at);
    catalogue_free(c);
}

static void numbers_take_their_form(void **state)
{
    static const char cy[] =
        "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=6; "
        "plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n==3 ? 3 : n==6 ? 4 : 5;\\n\"\n";
    static const size_t forms[] = {0, 1, 2, 3, 5, 5, 4, 5, 5, 5, 5, 5, 5};
    struct catalogue *c = NULL;
    (void)state;
    assert_int_equal(catalogue_read(TEXT("cy"), TEXT(cy), &c), FAULT_NONE);
    assert_int_equal(catalogue_forms(c), 6);
    for (size_t n = 0; n < sizeof forms / sizeof *forms; n++)
        assert_int_equal(catalogue_form(c, n), forms[n]);
    assert_int_equal(catalogue_form(c, 106), 5);
    assert_int_equal(catalogue_form(c, UINT64_MAX), 5);
    catalogue_free(c);
    assert_int_equal(catalogue_forms(NULL), 2);
    assert_int_equal(catalogue_form(NULL, 0), 1);
    assert_int_equal(catalogue_form(NULL, 1), 0);
    assert_int_equal(catalogue_form(NULL, 11), 1);
    for (size_t i = 0; catalogue_langs[i]; i++) assert_int_equal(strlen(catalogue_langs[i]), 2);
}

static void refused(const char *lang, const char *po)
{
    struct catalogue *c = NULL;
    if (catalogue_read(text_of(lang), text_of(po), &c) != FAULT_FORMAT)
        fail_msg("not refused: %s", po);
    assert_null(c);
}

static void what_is_no_po_file_is_refused(void **state)
{
    static const char *const entries[] = {
        "msgid \"A\"\n",
        "msgstr \"A\"\n",
        "msgid \"A\"\nmsgstr \"B\"\nmsgstr \"C\"\n",
        "msgid \"A\"\nmsgstr \"B\"\nmsgid \"A\"\nmsgstr \"C\"\n",
        "msgid \"A\nmsgstr \"B\"\n",
        "msgid \"A\\\"\nmsgstr \"B\"\n",
        "msgid \"A\" \"\"\nmsgstr \"B\"\n",
        "msgid \"A\\x\"\nmsgstr \"B\"\n",
        "msgid A\nmsgstr \"B\"\n",
        "msgid\nmsgstr \"B\"\n",
        "word \"A\"\n",
        "msgctxt \"c\"\nmsgid \"A\"\nmsgstr \"B\"\n",
        "msgid \"A\"\nmsgid_plural \"B\"\nmsgstr \"C\"\n",
        "msgid \"A\"\nmsgid_plural \"B\"\nmsgstr[0] \"C\"\n",
        "msgid \"A\"\nmsgid_plural \"B\"\nmsgstr[0] \"C\"\nmsgstr[1] \"C\"\nmsgstr[2] \"C\"\n",
        "msgid \"A\"\nmsgid_plural \"B\"\nmsgstr[0] \"C\"\nmsgstr[6] \"C\"\n",
        "msgid \"A\"\nmsgid_plural \"B\"\nmsgstr[0] \"C\"\nmsgstr[1 \"C\"\n",
        "msgid \"A\"\nmsgid_plural \"B\"\nmsgstr[ \"C\"\n",
        "msgid \"A\"\nmsgstr[0] \"C\"\n",
        "msgid \"A\"\nmsgstr \"C\"\nmsgid_plural \"B\"\n",
        "msgid \"A\"\nmsgstr \"\xff\"\n",
        "msgid \"\"\nmsgstr \"again\"\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        struct buf po = BUF_MAX(64 * KIB);
        buf_cstr(&po, HEADER_EN);
        buf_cstr(&po, entries[i]);
        refused("en", buf_view(&po).at);
        buf_release(&po);
    }
    refused("cy", HEADER_EN); /* the plural rule of another language */
    refused("fr", HEADER_EN);
    refused("en", "");
    refused("en", "\"stray\"\n" HEADER_EN);
    refused("en", "msgid \"A\"\nmsgstr \"B\"\n");
    refused("en", "msgid \"\"\nmsgstr \"Plural-Forms: nplurals=2; plural=n != 1;\\n\"\n");
    refused("en", "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\n\"\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_said),
        cmocka_unit_test(fuzzy_and_obsolete_ones_are_not),
        cmocka_unit_test(plural_messages_have_their_forms),
        cmocka_unit_test(numbers_take_their_form),
        cmocka_unit_test(what_is_no_po_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
