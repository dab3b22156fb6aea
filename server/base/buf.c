/* buf.c -- the growing buffer. Grows by doubling up to its maximum, never beyond; one byte more is
 * kept for the NUL, so that data is a C string whenever it is not NULL. */
#include "groundswell/base/buf.h"

#define CAP_LEAST 256

/* cap counts usable bytes: cap + 1 are allocated. */
static bool grow(struct buf *buf, size_t more)
{
    if (buf->fault)
        return false;
    if (more > buf->max - buf->len) {
        buf->fault = FAULT_LIMIT;
        return false;
    }
    size_t need = buf->len + more;
    size_t cap = buf->cap ? buf->cap : CAP_LEAST;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    if (cap > buf->max)
        cap = buf->max;
    char *data = cap < SIZE_MAX ? realloc(buf->data, cap + 1) : NULL;
    if (!data) {
        buf->fault = FAULT_MEMORY;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

/* Where the next `n` bytes go, or NULL after a fault. */
static inline char *room_for(struct buf *buf, size_t n)
{
    if (__builtin_expect(buf->fault || !buf->data || n > buf->cap - buf->len, 0) && !grow(buf, n))
        return NULL;
    return buf->data + buf->len;
}

static inline void took(struct buf *buf, size_t n)
{
    buf->len += n;
    buf->data[buf->len] = '\0';
}

void buf_release(struct buf *buf)
{
    if (!buf)
        return;
    free(buf->data);
    *buf = BUF_MAX(buf->max);
}

void buf_reset(struct buf *buf)
{
    buf->len = 0;
    buf->fault = FAULT_NONE;
    if (buf->data)
        buf->data[0] = '\0';
}

void buf_put(struct buf *buf, const void *data, size_t n)
{
    if (n == 0)
        return;
    char *at = room_for(buf, n);
    if (!at)
        return;
    memcpy(at, data, n);
    took(buf, n);
}

void buf_text(struct buf *buf, struct text text)
{
    buf_put(buf, text.at, text.n);
}

void buf_cstr(struct buf *buf, const char *cstr)
{
    buf_put(buf, cstr, strlen(cstr));
}

void buf_char(struct buf *buf, char c)
{
    char *at = room_for(buf, 1);
    if (!at)
        return;
    *at = c;
    took(buf, 1);
}

void buf_u64(struct buf *buf, uint64_t value)
{
    char digits[20];
    char *at = digits + sizeof digits;
    do {
        *--at = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    buf_put(buf, at, (size_t)(digits + sizeof digits - at));
}

void buf_format(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vformat(buf, format, args);
    va_end(args);
}

void buf_vformat(struct buf *buf, const char *format, va_list args)
{
    if (buf->fault)
        return;
    va_list again;
    va_copy(again, args);
    size_t space = buf->data ? buf->cap - buf->len + 1 : 0;
    int wanted = vsnprintf(space ? buf->data + buf->len : NULL, space, format, args);
    if (wanted < 0) {
        buf->fault = FAULT_FORMAT;
    } else if ((size_t)wanted < space) {
        buf->len += (size_t)wanted;
    } else if (wanted > 0 && room_for(buf, (size_t)wanted)) {
        vsnprintf(buf->data + buf->len, (size_t)wanted + 1, format, again);
        buf->len += (size_t)wanted;
    }
    if (buf->data) /* also takes back what a format that did not fit has left behind */
        buf->data[buf->len] = '\0';
    va_end(again);
}

enum fault buf_fault(const struct buf *buf)
{
    return buf->fault;
}

struct text buf_view(const struct buf *buf)
{
    return buf->data ? (struct text){buf->data, buf->len} : TEXT("");
}
