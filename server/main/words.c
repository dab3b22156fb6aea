/* words.c -- the verb that prints all texts of the pages, for web/words/update. */
#include "groundswell/desk/words.h"

#include "verb.h"

static enum verb_exit words_run(const struct args *args)
{
    CLEANUP(buf) struct buf out = BUF_MAX(4 * MIB);
    const enum fault no = words_put(&out);
    if (no) return verb_fail(args, "the texts could not be gathered: %s", fault_name(no));
    (void)fwrite(out.data, 1, out.len, stdout);
    return VERB_DONE;
}

static const struct verb_option words_options[] = {{NULL, NULL, NULL}};

const struct verb verb_words = {
    .name = "words",
    .summary = "print the texts of all pages, to be translated",
    .about = "Prints what pages say as entries of a PO template. web/words/update makes the whole\n"
             "template of it and brings the catalogues up to date.",
    .options = words_options,
    .hidden = true,
    .run = words_run,
};
