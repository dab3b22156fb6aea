/* seal_cosign.c -- the witnesses' lines, added to what is published already. */
#include <inttypes.h>

#include "inside.h"

/* The head that history keeps, into bytes. */
static enum fault read_head(struct seal *seal, uint64_t size, char path[static DISK_PATH_SIZE],
                            struct buf *bytes, struct doubt *ret_why)
{
    INVARIANT(snprintf(path, DISK_PATH_SIZE, "history/%" PRIu64, size) > 0);
    enum fault fault = disk_read(&seal->disk, path, bytes);
    if (fault == FAULT_ABSENT)
        return doubt_raise(ret_why, fault, "no checkpoint of size %llu was signed",
                           (unsigned long long)size);
    return fault ? seal_refuse(seal, fault) : FAULT_NONE;
}

/* Among the first n lines. */
static bool has_line(const struct note *note, size_t n, const struct vkey *witness)
{
    for (size_t i = 0; i < n; i++)
        if (note->signatures[i].id == witness->id
            && text_is(note->signatures[i].name, witness->name))
            return true;
    return false;
}

/* Appends to bytes the first line by each of the witnesses that has none there yet: there is room
 * for so many lines only, and one witness must not fill it. */
static enum fault add_lines(struct buf *bytes, struct text lines, const struct vkey *witnesses,
                            size_t witnesses_n, struct doubt *ret_why)
{
    CLEANUP(buf) struct buf given = BUF_MAX(NOTE_MAX), kept = BUF_MAX(NOTE_MAX);
    struct note head, note;
    uint64_t signed_by;
    enum fault fault = note_parse(buf_view(bytes), &head, ret_why);
    if (fault)
        return fault;
    buf_text(&given, head.text);
    buf_char(&given, '\n');
    buf_text(&given, lines);
    fault = buf_fault(&given);
    if (!fault)
        fault = note_parse(buf_view(&given), &note, ret_why);
    if (!fault)
        fault = note_check(&note, witnesses, witnesses_n, &signed_by, ret_why);
    for (size_t i = 0; !fault && i < note.signatures_n; i++) {
        const struct note_signature *line = &note.signatures[i];
        for (size_t k = 0; k < witnesses_n; k++)
            if (witnesses[k].kind == KEY_WITNESS && line->id == witnesses[k].id
                && text_is(line->name, witnesses[k].name) && !has_line(&note, i, &witnesses[k])
                && !has_line(&head, head.signatures_n, &witnesses[k]))
                buf_format(&kept, "\xe2\x80\x94 %.*s %.*s\n", TEXT_ARGS(line->name),
                           TEXT_ARGS(line->base64));
    }
    buf_text(bytes, buf_view(&kept));
    if (fault || buf_fault(&kept) || buf_fault(bytes))
        return doubt_raise(ret_why, fault ? fault : FAULT_LIMIT, "too many witnesses' lines");
    return note_parse(buf_view(bytes), &note, ret_why);
}

enum fault seal_cosign(struct seal *seal, uint64_t size, struct text lines,
                       const struct vkey *witnesses, size_t witnesses_n, struct doubt *ret_why)
{
    char path[DISK_PATH_SIZE];
    CLEANUP(buf) struct buf bytes = BUF_MAX(NOTE_MAX);
    if (seal->refused)
        return doubt_raise(ret_why, FAULT_FORMAT, "%s", seal->doubt.what);
    enum fault fault = read_head(seal, size, path, &bytes, ret_why);
    if (fault)
        return fault;
    size_t before = bytes.len;
    fault = add_lines(&bytes, lines, witnesses, witnesses_n, ret_why);
    if (fault || bytes.len == before)
        return fault;
    fault = disk_put(&seal->disk, path, buf_view(&bytes));
    if (!fault)
        fault = disk_settle(&seal->disk);
    if (!fault && size == seal->size && seal->published) {
        fault = disk_put(&seal->disk, "checkpoint", buf_view(&bytes));
        if (!fault)
            fault = disk_settle(&seal->disk);
        buf_reset(&seal->checkpoint);
        buf_text(&seal->checkpoint, buf_view(&bytes));
    }
    return fault ? seal_refuse(seal, fault) : FAULT_NONE;
}
