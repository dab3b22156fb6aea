/* inside.h -- what the files of the sealer share: seal.c takes records, seal_open.c mends what a
 * crash left, seal_publish.c writes and signs. */
#ifndef GROUNDSWELL_TLOG_INSIDE_H
#define GROUNDSWELL_TLOG_INSIDE_H

#include "disk.h"
#include "groundswell/tlog/seal.h"
#include "groundswell/tlog/tree.h"

struct seal {
    struct disk disk;
    struct doubt doubt;
    bool refused; /* after a fault: nothing more until it is opened again */
    int lock;
    char origin[KEY_NAME_MAX + 1];
    struct skey keys[SEAL_KEYS_MAX];
    size_t keys_n;
    struct vkey vkeys[NOTE_KEYS_MAX]; /* that ever signed this log, and those of the plan */
    size_t vkeys_n;

    bool published;         /* there is a checkpoint, and it is: */
    uint64_t size;
    struct hash root;
    struct buf checkpoint;

    bool intended;          /* there is an intent on disk, and it is: */
    uint64_t intent_size;
    struct hash intent_root;

    struct tree tree;       /* the right edge at `size` */
    struct buf edge;        /* the bundle that is not full at `size` */
    struct buf batch;       /* taken since, as a bundle; */
    uint64_t batch_n;       /* how many */
    struct reader reader;   /* of the files, through disk */
};

/* Refuses everything from now on; the sentence stands in seal->doubt. */
enum fault seal_refuse(struct seal *seal, enum fault fault) MUST_CHECK;
/* The same for what a reader found; FAULT_ABSENT becomes a doubt. */
enum fault seal_refuse_reading(struct seal *seal, enum fault fault) MUST_CHECK;

/* The text of a checkpoint of this log. */
void seal_head_put(const struct seal *seal, uint64_t size, const struct hash *root,
                   struct buf *out);

/* From here on the tiles of `size` are on disk, settled. Writes the intent, signs, writes
 * history/<size> and checkpoint: seal->size, root and checkpoint are these then. */
enum fault seal_sign(struct seal *seal, uint64_t size, const struct hash *root) MUST_CHECK;
/* The same from after the intent. */
enum fault seal_finish(struct seal *seal, uint64_t size, const struct hash *root) MUST_CHECK;
/* Signs the present head with the plan's keys that have not. */
enum fault seal_sign_again(struct seal *seal) MUST_CHECK;

/* Everything that seal_open() does after the lock is held. */
enum fault seal_recover(struct seal *seal) MUST_CHECK;

#endif
