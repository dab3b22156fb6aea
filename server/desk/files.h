/* files.h -- the folder of a community's audit log, as the desk reads it. Written by the sealer. */
#ifndef GROUNDSWELL_DESK_FILES_H
#define GROUNDSWELL_DESK_FILES_H

#include "groundswell/tlog/checkpoint.h"
#include "groundswell/tlog/reader.h"

struct desk;
struct visit;

#define FILES_FOLDER_SIZE 4096

/* DIR/log/<slug>. False: no log is served, or the name is too long. */
bool files_folder(const struct desk *desk, struct text slug, char ret[static FILES_FOLDER_SIZE]);

/* The sealed part of a log. Its checkpoint is the server's own and its signatures are not judged
 * here; who reads it from outside does. */
struct sealed {
    char folder[FILES_FOLDER_SIZE];
    struct reader reader;
    bool reading; /* reader is to be released */
    struct buf bytes; /* of the checkpoint */
    struct checkpoint checkpoint; /* borrows from bytes */
    struct note note;
};

/* FAULT_ABSENT: nothing is sealed yet. Other faults are logged. Always to be released. */
enum fault sealed_open(struct sealed *sealed, const struct desk *desk, struct text slug) MUST_CHECK;
void sealed_release(struct sealed *sealed);

#endif
