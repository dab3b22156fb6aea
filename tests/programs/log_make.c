/* log_make.c -- a log folder out of a file of records, and receipts from it: for tests of verbs.
 *     log_make seal FOLDER ORIGIN BATCH [WITNESS] < RECORDS    canonical JSON, one a line
 *     log_make receipt FOLDER SEQ > FILE
 *     log_make hash < RECORDS                                  SHA-256 alone, to be compared
 * The keys come from the names, so that they are the same each time; vkeys are printed. */
/* rooms: base io rules tlog */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "groundswell/base/clock.h"
#include "groundswell/tlog/receipt.h"
#include "groundswell/tlog/seal.h"

#define SEEN_S 1800000000u
#define RECORDS_MAX (1024 * MIB)

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

static struct text input_read(struct buf *out)
{
    char part[64 * KIB];
    for (size_t n; (n = fread(part, 1, sizeof part, stdin)) > 0;)
        buf_put(out, part, n);
    must(buf_fault(out), "too many records");
    return buf_view(out);
}

static void rate_say(const char *what, uint64_t n, uint64_t us)
{
    fprintf(stderr, "%s %llu entries in %.3f seconds, %.0f a second\n", what,
            (unsigned long long)n, (double)us / 1e6, (double)n * 1e6 / (double)(us + 1));
}

static void records_seal(struct seal *seal, uint64_t batch)
{
    CLEANUP(buf) struct buf records = BUF_MAX(RECORDS_MAX);
    struct text rest = input_read(&records);
    const uint64_t began_us = clock_steady_us();
    uint64_t seq = 0;
    for (; rest.n > 0; seq++) {
        const struct text record = text_cut(&rest, '\n');
        enum fault no = seal_append(seal, seq, record);
        if (no == FAULT_BUSY) {
            must(seal_publish(seal), seal_doubt(seal));
            no = seal_append(seal, seq, record);
        }
        must(no, seal_doubt(seal));
        if ((seq + 1) % batch == 0) must(seal_publish(seal), seal_doubt(seal));
    }
    must(seal_publish(seal), seal_doubt(seal));
    rate_say("sealed", seq, clock_steady_us() - began_us);
}

static int hash_run(void)
{
    CLEANUP(buf) struct buf records = BUF_MAX(RECORDS_MAX);
    struct text rest = input_read(&records);
    const uint64_t began_us = clock_steady_us();
    uint64_t n = 0;
    struct hash leaf;
    for (; rest.n > 0; n++)
        hash_leaf(text_cut(&rest, '\n'), &leaf);
    rate_say("hashed", n, clock_steady_us() - began_us);
    return 0;
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
    if (argc == 2 && strcmp(argv[1], "hash") == 0) return hash_run();
    fprintf(stderr, "log_make seal FOLDER ORIGIN BATCH [WITNESS] | receipt FOLDER SEQ | hash\n");
    return 2;
}
