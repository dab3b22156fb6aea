/* base.c -- fuzzes everything in base that reads what strangers send: JSON, amounts, ids, stamps,
 * base64url, hexadecimal. None may crash, and what is read and written again is the same. */
/* rooms: base */
#include "groundswell/base/clock.h"
#include "groundswell/base/ids.h"
#include "groundswell/base/json.h"
#include "groundswell/base/money.h"
#include "groundswell/base/secret.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_json(struct text input)
{
    struct json_problem problem;
    CLEANUP(json_ref) json_t *json = NULL;
    if (json_read(input, JSON_DEPTH_MAX, &json, &problem))
        INVARIANT(problem.what[0] && text_is_clean_utf8(text_of(problem.what)));
}

static void fuzz_base64url(struct text input)
{
    char bytes[1024];
    size_t n = decode_base64url(input, bytes, sizeof bytes);
    if (n == SIZE_MAX)
        return;
    CLEANUP(buf) struct buf again = BUF_MAX(4 * KIB);
    encode_base64url(&again, bytes, n);
    INVARIANT(text_equal(buf_view(&again), input));
}

static void fuzz_hex(struct text input)
{
    char bytes[1024];
    size_t n = decode_hex(input, bytes, sizeof bytes);
    if (n == SIZE_MAX)
        return;
    CLEANUP(buf) struct buf again = BUF_MAX(4 * KIB);
    encode_hex(&again, bytes, n);
    INVARIANT(text_equal(buf_view(&again), input));
}

static void fuzz_values(struct text input)
{
    uint64_t value;
    struct id id;
    if (money_parse(input, &value))
        INVARIANT(value <= MONEY_MAX);
    if (clock_parse(input, &value)) {
        char stamp[CLOCK_STAMP_SIZE];
        uint64_t again;
        clock_stamp(value, stamp);
        bool last = value > UINT64_C(253402300799999); /* an offset can lead past year 9999 */
        INVARIANT(last || (clock_parse(text_of(stamp), &again) && again == value));
    }
    if (id_parse(input, 't', &id)) {
        CLEANUP(buf) struct buf again = BUF_MAX(KIB);
        id_put(&again, id.slug, 't', id.number);
        INVARIANT(text_equal(buf_view(&again), input));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text input = {(const char *)data, size};
    fuzz_json(input);
    fuzz_base64url(input);
    fuzz_hex(input);
    fuzz_values(input);
    return 0;
}
