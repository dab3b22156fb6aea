/* page_lang.c -- in which language a page is said: that of its address, else the one that was
 * chosen (a cookie), else what the browser asks for (RFC 9110 section 12.5.4). */
#include "page_inside.h"

#include "weight.h"

#define COOKIE "groundswell-lang"

const char *const page_langs[PAGE_LANGS] = {[PAGE_EN] = "en", [PAGE_CY] = "cy"};

static bool lang_find(struct text word, enum page_lang *ret)
{
    struct text tag = text_cut(&word, '-'); /* cy-GB is cy */
    for (enum page_lang lang = PAGE_EN; lang < PAGE_LANGS; lang++) {
        if (!text_equal_nocase(tag, text_of(page_langs[lang]))) continue;
        *ret = lang;
        return true;
    }
    return false;
}

static bool by_cookie(const struct visit *visit, enum page_lang *ret)
{
    for (size_t i = 0; i < visit->fields_n; i++) {
        struct text rest = visit->fields[i].value;
        if (!text_equal_nocase(visit->fields[i].name, TEXT("Cookie"))) continue;
        while (rest.at) {
            struct text value = text_trim(text_cut(&rest, ';'));
            struct text name = text_cut(&value, '=');
            if (text_is(name, COOKIE) && value.at && lang_find(value, ret)) return true;
        }
    }
    return false;
}

static enum page_lang by_browser(const struct visit *visit)
{
    struct text rest = visit_field(visit, "Accept-Language");
    enum page_lang best = PAGE_EN;
    int most = 0;
    while (rest.at) {
        struct text word;
        enum page_lang lang;
        int weight = weight_next(&rest, &word);
        if (!lang_find(word, &lang) || weight <= most) continue;
        most = weight;
        best = lang;
    }
    return best;
}

static bool by_path(const struct visit *visit, enum page_lang *ret)
{
    struct text rest = visit->path;
    (void)text_cut(&rest, '/');
    struct text first = text_cut(&rest, '/');
    return first.n == 2 && lang_find(first, ret);
}

enum page_lang page_lang_of(struct visit *visit)
{
    enum page_lang lang;
    if (by_path(visit, &lang) || by_cookie(visit, &lang)) return lang;
    return by_browser(visit);
}

const char *page_root_of(const struct visit *visit)
{
    static const char *const roots[PAGE_LANGS] = {[PAGE_EN] = "/en", [PAGE_CY] = "/cy"};
    enum page_lang lang;
    return by_path(visit, &lang) ? roots[lang] : "";
}

enum fault page_lang_keep(struct visit *visit, enum page_lang lang)
{
    char line[128];
    snprintf(line, sizeof line, COOKIE "=%s; Path=/; Max-Age=31536000; Secure; SameSite=Lax",
             page_langs[lang]);
    return visit_header(visit, "Set-Cookie", text_of(line));
}
