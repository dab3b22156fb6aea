/* keygen.c -- the verb that makes a key by hand: the next one of a log whose key is to be changed,
 * or a witness's. (A new log makes its first key itself.)
 *
 * The key goes into a file that only its owner can read and is never printed; what is printed is
 * the other half, for everybody who verifies. */
#include "groundswell/tlog/key.h"
#include "verb.h"

static enum verb_exit keygen_run(const struct args *args)
{
    const char *name = args_text(args, "name"), *out = args_text(args, "out");
    const enum key_kind kind = args_text(args, "witness") ? KEY_WITNESS : KEY_LOG;
    if (!name || !out || !out[0])
        return verb_misuse(args, "--name ORIGIN and --out FILE are needed");
    if (!key_name_is_valid(text_of(name)))
        return verb_misuse(args, "`%s` is no name for a key: no blank, no +, at most %d bytes",
                           name, KEY_NAME_MAX);
    CLEANUP(skey) struct skey key = {0};
    CLEANUP(buf) struct buf vkey = BUF_MAX(KIB);
    struct doubt doubt = {""};
    if (key_make(text_of(name), kind, &key)) return verb_fail(args, "no key could be made");
    const enum fault no = key_write(out, &key, &doubt);
    if (no == FAULT_BUSY)
        return verb_misuse(args, "%s is there already: a key is never overwritten", out);
    if (no) return verb_fail(args, "%s", doubt.what[0] ? doubt.what : fault_name(no));
    vkey_put(&vkey, &key.vkey);
    if (buf_fault(&vkey)) return verb_fail(args, "out of memory");
    printf("%s\n", vkey.data);
    return VERB_DONE;
}

static const struct verb_option keygen_options[] = {
    {"name", "ORIGIN", "the log's name (HOST/SLUG), or the witness's"},
    {"out", "FILE", "where the key goes; must not exist yet"},
    {"witness", NULL, "a key that cosigns other people's logs"},
    {NULL, NULL, NULL},
};

const struct verb verb_keygen = {
    .name = "keygen",
    .summary = "make a signing key and print its verifier key",
    .about =
        "Writes a new Ed25519 key to FILE (mode 0600) and prints the verifier key. To change the\n"
        "key of a log, make DIR/keys/SLUG/log.next.key with the log's name: both keys sign while\n"
        "both files are there. Later move the new one over log.key.",
    .options = keygen_options,
    .run = keygen_run,
};
