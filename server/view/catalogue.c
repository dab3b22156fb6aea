/* catalogue.c -- reads a PO file, line by line.
 *
 * An entry is its comments, msgid, perhaps msgid_plural, and its msgstrs; strings may go on over
 * several lines. What is fuzzy or obsolete, and what has an empty string for a form, counts as not
 * translated. Contexts (msgctxt) are refused: our messages have none. */
#include "groundswell/view/catalogue.h"

#include "groundswell/base/arena.h"
#include "groundswell/base/buf.h"
#include "groundswell/base/log.h"
#include "plural.h"

#define CATALOGUE_BYTES_MAX (4 * MIB)
#define MESSAGES_MAX ((size_t)16384)

struct message {
    struct text id;
    struct text forms[CATALOGUE_PLURALS_MAX]; /* TEXT_NONE: not translated */
    bool plural;
};

struct catalogue {
    const struct plural *plural;
    struct message *messages; /* by id, when it is read */
    size_t n, cap;
    struct arena arena;
};

enum part { PART_NONE, PART_ID, PART_PLURAL_ID, PART_FORM };

struct reader {
    struct catalogue *catalogue;
    struct buf ids[2]; /* msgid and msgid_plural */
    struct buf forms[CATALOGUE_PLURALS_MAX];
    bool has_id, has_plural, has_header, fuzzy;
    bool has_form[CATALOGUE_PLURALS_MAX];
    enum part part;
    size_t form;
    unsigned line;
    const char *why; /* it is refused; the first reason stays */
};

static void refuse(struct reader *r, const char *why)
{
    if (!r->why) r->why = why;
}

static void clear(struct reader *r)
{
    for (size_t i = 0; i < 2; i++) buf_reset(&r->ids[i]);
    for (size_t i = 0; i < CATALOGUE_PLURALS_MAX; i++) {
        buf_reset(&r->forms[i]);
        r->has_form[i] = false;
    }
    r->has_id = r->has_plural = r->fuzzy = false;
    r->part = PART_NONE;
}

/* The header is the translation of the empty message: lines "Name: value". */
static void take_header(struct reader *r)
{
    struct text rest = buf_view(&r->forms[0]);
    bool plural = false, charset = false;
    if (r->has_header || r->has_plural) refuse(r, "it has two headers");
    while (rest.at) {
        struct text value = text_cut(&rest, '\n'), name = text_cut(&value, ':');
        value = text_trim(value);
        if (text_equal_nocase(name, TEXT("Plural-Forms")))
            plural = plural_is(r->catalogue->plural, value);
        if (text_equal_nocase(name, TEXT("Content-Type")))
            charset = text_equal_nocase(value, TEXT("text/plain; charset=UTF-8"));
    }
    if (!charset) refuse(r, "its Content-Type is not text/plain; charset=UTF-8");
    if (!plural) refuse(r, "its Plural-Forms are not those of its language");
    r->has_header = true;
}

static struct message *message_new(struct catalogue *catalogue)
{
    if (catalogue->n == catalogue->cap) {
        size_t cap = catalogue->cap ? 2 * catalogue->cap : 64;
        struct message *larger = cap <= MESSAGES_MAX
                                     ? realloc(catalogue->messages, cap * sizeof *larger)
                                     : NULL;
        if (!larger) return NULL;
        catalogue->messages = larger;
        catalogue->cap = cap;
    }
    struct message *message = &catalogue->messages[catalogue->n++];
    *message = (struct message){.id = TEXT_NONE};
    return message;
}

static void take_message(struct reader *r)
{
    struct arena *arena = &r->catalogue->arena;
    struct message *message = message_new(r->catalogue);
    size_t n = r->has_plural ? r->catalogue->plural->forms : 1;
    bool whole = !r->fuzzy;
    if (!message) {
        refuse(r, "it has too many messages");
        return;
    }
    message->plural = r->has_plural;
    message->id = arena_text(arena, buf_view(&r->ids[0]));
    for (size_t i = 0; i < CATALOGUE_PLURALS_MAX; i++) {
        if (r->has_form[i] != (i < n)) refuse(r, "an entry has too few or too many msgstr");
        whole = whole && (i >= n || r->forms[i].len > 0);
    }
    for (size_t i = 0; i < n && whole; i++) {
        message->forms[i] = arena_text(arena, buf_view(&r->forms[i]));
        if (!message->forms[i].at) refuse(r, "it is too large");
    }
    if (!message->id.at) refuse(r, "it is too large");
}

/* The entry that was read, if there is one. */
static void take(struct reader *r)
{
    if (r->has_id && r->part != PART_FORM) refuse(r, "an entry has no msgstr");
    for (size_t i = 0; i < CATALOGUE_PLURALS_MAX; i++)
        if (buf_fault(&r->forms[i])) refuse(r, "a string is too long");
    if (buf_fault(&r->ids[0])) refuse(r, "a string is too long");
    if (!r->why && r->has_id && r->ids[0].len == 0) take_header(r);
    else if (!r->why && r->has_id) take_message(r);
    clear(r);
}

static struct buf *open_buf(struct reader *r)
{
    switch (r->part) {
    case PART_ID: return &r->ids[0];
    case PART_PLURAL_ID: return &r->ids[1];
    case PART_FORM: return &r->forms[r->form];
    case PART_NONE: break;
    }
    return NULL;
}

/* "a string with \n escapes" */
static void take_string(struct reader *r, struct text from)
{
    static const char escapes[] = "n\nt\tr\r\"\"\\\\";
    struct buf *to = open_buf(r);
    if (!to || from.n < 2 || from.at[0] != '"' || from.at[from.n - 1] != '"') {
        refuse(r, "a line is neither a keyword nor a string");
        return;
    }
    for (size_t i = 1; i < from.n - 1; i++) {
        char c = from.at[i];
        if (c == '"') refuse(r, "a string goes on behind its end");
        if (c == '\\') {
            const char *escape = escapes;
            c = from.at[++i];
            while (*escape && *escape != c) escape += 2;
            if (!*escape || i == from.n - 1) refuse(r, "an escape is unknown");
            c = *escape ? escape[1] : '?';
        }
        buf_char(to, c);
    }
}

static void open_form(struct reader *r, size_t form)
{
    if (!r->has_id || form >= CATALOGUE_PLURALS_MAX || r->has_form[form]) {
        refuse(r, "a msgstr is out of place");
        return;
    }
    r->part = PART_FORM;
    r->form = form;
    r->has_form[form] = true;
}

/* msgstr[2] */
static void open_numbered(struct reader *r, struct text word)
{
    uint64_t form = 0;
    struct text digits = {word.at + 7, word.n - 7};
    bool good = digits.n > 1 && digits.at[digits.n - 1] == ']' && r->has_plural;
    digits.n -= digits.n > 0;
    if (!good || !text_to_u64(digits, CATALOGUE_PLURALS_MAX - 1, &form))
        refuse(r, "a msgstr is out of place");
    else open_form(r, (size_t)form);
}

static void take_keyword(struct reader *r, struct text word)
{
    if (text_is(word, "msgid")) {
        bool fuzzy = r->fuzzy && !r->has_id; /* the comment before it is of this one */
        if (r->has_id) take(r);
        r->fuzzy = fuzzy;
        r->has_id = true;
        r->part = PART_ID;
    } else if (text_is(word, "msgid_plural")) {
        if (r->part != PART_ID) refuse(r, "a msgid_plural is out of place");
        r->has_plural = true;
        r->part = PART_PLURAL_ID;
    } else if (text_is(word, "msgstr")) {
        if (r->has_plural) refuse(r, "a msgstr is out of place");
        open_form(r, 0);
    } else if (text_starts(word, TEXT("msgstr["))) {
        open_numbered(r, word);
    } else {
        refuse(r, text_is(word, "msgctxt") ? "msgctxt is not supported" : "a keyword is unknown");
    }
}

static bool has_word(struct text flags, const char *word)
{
    while (flags.at) {
        struct text flag = text_trim(text_cut(&flags, ','));
        if (text_is(flag, word)) return true;
    }
    return false;
}

static void take_line(struct reader *r, struct text line)
{
    line = text_trim(line);
    if (line.n == 0) return;
    if (!text_is_clean_utf8(line)) refuse(r, "it is not clean UTF-8");
    if (line.at[0] == '#') {
        if (r->part == PART_FORM) take(r); /* what is said here is of the next one */
        bool flags = text_starts(line, TEXT("#,"));
        if (flags && has_word((struct text){line.at + 2, line.n - 2}, "fuzzy")) r->fuzzy = true;
        return;
    }
    if (line.at[0] != '"') {
        struct text word = text_cut(&line, ' ');
        take_keyword(r, word);
        line = text_trim(line);
    }
    if (!r->why) take_string(r, line);
}

static int by_id(const void *a, const void *b)
{
    return text_compare(((const struct message *)a)->id, ((const struct message *)b)->id);
}

static void read_all(struct reader *r, struct text rest)
{
    struct catalogue *catalogue = r->catalogue;
    while (rest.at && !r->why) {
        r->line++;
        take_line(r, text_cut(&rest, '\n'));
    }
    if (!r->why) take(r);
    if (!r->has_header) refuse(r, "it has no header");
    if (r->why) return;
    if (catalogue->n) qsort(catalogue->messages, catalogue->n, sizeof *catalogue->messages, by_id);
    for (size_t i = 1; i < catalogue->n; i++)
        if (by_id(&catalogue->messages[i - 1], &catalogue->messages[i]) == 0)
            refuse(r, "a message stands in it twice");
}

enum fault catalogue_read(struct text lang, struct text po, struct catalogue **ret)
{
    struct reader r = {.catalogue = calloc(1, sizeof *r.catalogue)};
    *ret = NULL;
    if (!r.catalogue) return FAULT_MEMORY;
    arena_init(&r.catalogue->arena, CATALOGUE_BYTES_MAX);
    r.catalogue->plural = plural_of(lang);
    for (size_t i = 0; i < 2; i++) r.ids[i] = BUF_MAX(64 * KIB);
    for (size_t i = 0; i < CATALOGUE_PLURALS_MAX; i++) r.forms[i] = BUF_MAX(64 * KIB);
    if (!r.catalogue->plural) refuse(&r, "the plural rules of its language are not known");
    else read_all(&r, po);
    for (size_t i = 0; i < 2; i++) buf_release(&r.ids[i]);
    for (size_t i = 0; i < CATALOGUE_PLURALS_MAX; i++) buf_release(&r.forms[i]);
    if (!r.why) {
        *ret = r.catalogue;
        return FAULT_NONE;
    }
    log_error("view", "the texts of %.*s are refused, line %u: %s", TEXT_ARGS(lang), r.line, r.why);
    catalogue_free(r.catalogue);
    return FAULT_FORMAT;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (!catalogue) return;
    free(catalogue->messages);
    arena_release(&catalogue->arena);
    free(catalogue);
}

static const struct message *find(const struct catalogue *catalogue, struct text id)
{
    struct message wanted = {.id = id};
    if (!catalogue || catalogue->n == 0) return NULL;
    return bsearch(&wanted, catalogue->messages, catalogue->n, sizeof wanted, by_id);
}

struct text catalogue_say(const struct catalogue *catalogue, struct text message)
{
    const struct message *found = find(catalogue, message);
    return found && !found->plural && found->forms[0].at ? found->forms[0] : message;
}

struct text catalogue_say_form(const struct catalogue *catalogue, struct text one, size_t form)
{
    const struct message *found = find(catalogue, one);
    if (!found || !found->plural || form >= catalogue->plural->forms) return TEXT_NONE;
    return found->forms[form];
}

size_t catalogue_form(const struct catalogue *catalogue, uint64_t n)
{
    return catalogue ? catalogue->plural->form(n) : plural_english()->form(n);
}

size_t catalogue_forms(const struct catalogue *catalogue)
{
    return catalogue ? catalogue->plural->forms : plural_english()->forms;
}
