/* catalogue.c -- fuzzes PO files: the rest of an English one, behind its header.
 *
 * It is refused, or what it says can be asked for, and is clean text. */
/* rooms: base view */
#include "groundswell/base/buf.h"
#include "groundswell/base/log.h"
#include "groundswell/view/catalogue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char fuzz_header[] =
    "msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; "
    "plural=n!=1;\\n\"\n";

static void catalogue_fuzz_ask(const struct catalogue *words, struct text id)
{
    struct text said = catalogue_say(words, id);
    INVARIANT(said.at != NULL);
    for (size_t form = 0; form <= catalogue_forms(words); form++) {
        said = catalogue_say_form(words, id, form);
        INVARIANT(!said.at || said.n > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf po = BUF_MAX(MIB);
    struct catalogue *words = NULL;
    log_level_set((enum log_level)(LOG_ERROR + 1)); /* it would say of each why it is refused */
    buf_cstr(&po, fuzz_header);
    buf_put(&po, data, size);
    enum fault no = buf_fault(&po);
    if (!no) no = catalogue_read(TEXT("en"), buf_view(&po), &words);
    INVARIANT(!no == (words != NULL));
    if (words) {
        struct text rest = {(const char *)data, size};
        while (rest.at) catalogue_fuzz_ask(words, text_cut(&rest, '"'));
        catalogue_free(words);
    }
    buf_release(&po);
    log_level_set(LOG_INFO);
    return 0;
}
