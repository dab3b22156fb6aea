/* brand.c -- judges a colour before pages write in it.
 *
 * Contrast as WCAG 2.2 defines it: (1.05) / (L + 0.05) on white, where L is the relative luminance.
 * In whole numbers: what sRGB makes of a channel is looked up in steps of 16 and a straight
 * line drawn between them, which is never darker than the curve: who is in doubt is refused. */
#include "brand.h"

#include <stdint.h>
#include <stdio.h>

#include "groundswell/base/log.h"

#define FULL 100000u          /* luminance of white */
#define LUMINANCE_MAX 18333u  /* (L + 0.05) * 4.5 = 1.05 */
#define STEP 16u

/* Linear light of the channel 0, 16, 32 ... 256, of FULL. */
static const uint32_t light[] = {0, 518, 1444, 2956, 5127, 8022, 11697, 16203, 21586, 27889, 35153,
                                 43415, 52712, 63076, 74540, 87137, 100896};

static bool channel_read(const char *at, uint32_t *ret)
{
    *ret = 0;
    for (size_t i = 0; i < 2; i++) {
        char c = at[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : STEP;
        if (digit == STEP) return false;
        *ret = *ret * STEP + digit;
    }
    return true;
}

static uint32_t light_of(uint32_t channel)
{
    uint32_t at = channel / STEP;
    return light[at] + (light[at + 1] - light[at]) * (channel % STEP) / STEP;
}

bool brand_put(char *out, size_t size, struct text colour)
{
    uint32_t red, green, blue;
    if (colour.n == 0) {
        snprintf(out, size, "/* as site.css has it */");
        return true;
    }
    if (colour.n != 7 || colour.at[0] != '#' || !channel_read(colour.at + 1, &red) ||
        !channel_read(colour.at + 3, &green) || !channel_read(colour.at + 5, &blue)) {
        log_error("desk", "brand_colour: must be # and six hexadecimal digits");
        return false;
    }
    uint32_t luminance = (2126 * (light_of(red) / 10) + 7152 * (light_of(green) / 10) +
                          722 * (light_of(blue) / 10)) / 1000;
    if (luminance > LUMINANCE_MAX) {
        log_error("desk", "brand_colour: %.*s is too light to be read on white", TEXT_ARGS(colour));
        return false;
    }
    snprintf(out, size, ":root{--brand:%.*s}\n", TEXT_ARGS(colour));
    return true;
}
