/* log_make.c -- a log folder out of a file of records, and receipts from it, for tests of the verbs.
 *     log_make seal FOLDER ORIGIN BATCH [WITNESS] < RECORDS    canonical JSON, one a line
 *     log_make receipt FOLDER SEQ > FILE
 * The keys come from the names, so that they are the same each time; vkeys are printed. */
/* rooms: base io rules tlog */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "groundswell/base/fault.h"
#include "groundswell/tlog/receipt.h"
#include "groundswell/tlog/seal.h"

#define SEEN_S 1800000000u

static void must(enum fault fault, const char *why)
{
    if (!fault) return;
    fprintf(stderr, "log_make: %s: %s\n", fault_name(fault), why);
    exit(1);
}

static struct skey key_of(const char *name, enum key_kind kind)
{
    struct skey key;
    uint8_t seed[EVP_MAX_MD_SIZE];
    INVARIANT(EVP_Digest(name, strlen(name), seed, NULL, EVP_sha256(), NULL) == 1);
    must(skey_from_seed(text_of(name), kind, seed, &key), name);
    return key;
}

static void vkey_say(const struct skey *key)
{
    CLEANUP(buf) struct buf line = BUF_MAX(KIB);
    vkey_put(&line, &key->vkey);
    printf("%s\n", line.data);
}

static void witnessed(struct seal *seal, const struct skey *witness)
{
    struct checkpoint checkpoint;
    struct note note;
    struct doubt doubt = {""};
    CLEANUP(buf) struct buf line = BUF_MAX(KIB);
    must(checkpoint_peek(seal_checkpoint(seal), &checkpoint, &note, &doubt), doubt.what);
    must(note_sign_line(&line, note.text, witness, SEEN_S), "signing");
    must(seal_cosign(seal, checkpoint.size, buf_view(&line), &witness->vkey, 1, &doubt),
         doubt.what);
}

static void records_seal(struct seal *seal, uint64_t batch)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    for (uint64_t seq = 0; (n = getline(&line, &room, stdin)) > 0; seq++) {
        if (line[n - 1] == '\n') n--;
        must(seal_append(seal, seq, (struct text){line, (size_t)n}), seal_doubt(seal));
        if ((seq + 1) % batch == 0) must(seal_publish(seal), seal_doubt(seal));
    }
    free(line);
    must(seal_publish(seal), seal_doubt(seal));
}

static int seal_run(int argc, char **argv)
{
    struct doubt doubt = {""};
    struct seal *seal;
    const struct skey key = key_of(argv[3], KEY_LOG);
    const struct skey *const keys[] = {&key};
    const struct seal_plan plan = {
        .folder = argv[2], .origin = argv[3], .keys = keys, .keys_n = 1};
    must(seal_open(&plan, &seal, &doubt), doubt.what);
    records_seal(seal, strtoull(argv[4], NULL, 10));
    vkey_say(&key);
    if (argc > 5) {
        const struct skey witness = key_of(argv[5], KEY_WITNESS);
        witnessed(seal, &witness);
        vkey_say(&witness);
    }
    seal_close(seal);
    return 0;
}

static int receipt_run(char **argv)
{
    struct reader reader;
    struct doubt doubt = {""};
    CLEANUP(buf) struct buf checkpoint = BUF_MAX(NOTE_MAX), out = BUF_MAX(RECEIPT_MAX);
    must(reader_init(&reader, source_of_folder(argv[2])), "reader");
    must(reader_checkpoint(&reader, &checkpoint), reader.doubt.what);
    must(receipt_make(&reader, strtoull(argv[3], NULL, 10), buf_view(&checkpoint), &out, &doubt),
         doubt.what);
    (void)fwrite(out.data, 1, out.len, stdout);
    reader_release(&reader);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc >= 5 && strcmp(argv[1], "seal") == 0) return seal_run(argc, argv);
    if (argc == 4 && strcmp(argv[1], "receipt") == 0) return receipt_run(argv);
    fprintf(stderr, "log_make seal FOLDER ORIGIN BATCH [WITNESS] | log_make receipt FOLDER SEQ\n");
    return 2;
}
