/* file_name.h -- what people call their files: judged when it comes in, quoted when it goes out. It
 * is shown and offered to whoever saves the file; no path is ever made of it. */
#ifndef GROUNDSWELL_BASE_FILE_NAME_H
#define GROUNDSWELL_BASE_FILE_NAME_H

#include "groundswell/base/buf.h"
#include "groundswell/base/text.h"

#define FILE_NAME_CHARACTERS_MAX 120
#define FILE_NAME_BYTES_MAX (4 * FILE_NAME_CHARACTERS_MAX)

/* NULL where the name is good, else a clause that says why not ("it has a slash"); static
 * storage. TEXT_NONE is no name. */
const char *file_name_wrong(struct text name);

/* Appends `attachment; filename="..."; filename*=UTF-8''...` (RFC 6266, RFC 8187) for a good
 * name. */
void file_name_disposition(struct buf *out, struct text name);

#endif
