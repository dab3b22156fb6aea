/* page_model.c -- the root of every page's model: where it is, who looks, what its forms carry. */
#include "page_inside.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/secret.h"
#include "groundswell/people/session.h"

#define KEY_BYTES 18

/* Sets and takes over; false: memory. */
static bool put(json_t *object, const char *name, json_t *value)
{
    return value && json_object_set_new(object, name, value) == 0;
}

static json_t *text_new(struct text text)
{
    return json_stringn(text.at ? text.at : "", text.n);
}

/* The path without root: of /cy/c/x, /c/x. */
static struct text path_of(const struct sheet *page)
{
    struct text path = page->visit->path;
    size_t n = strlen(page->root);
    return path.n > n ? (struct text){path.at + n, path.n - n} : TEXT("/");
}

static json_t *here_new(const struct sheet *page)
{
    CLEANUP(buf) struct buf here = BUF_MAX(16 * KIB);
    buf_text(&here, path_of(page));
    if (page->visit->query.n > 0) {
        buf_char(&here, '?');
        buf_text(&here, page->visit->query);
    }
    return buf_fault(&here) ? NULL : text_new(buf_view(&here));
}

/* Where the same page is in the other language. A form that was refused is shown at an address that
 * answers no GET: from there, to the page that it stands on. */
static json_t *other_lang_new(const struct sheet *page)
{
    static const char *const names[PAGE_LANGS] = {[PAGE_EN] = "English", [PAGE_CY] = "Cymraeg"};
    enum page_lang other = page->lang == PAGE_EN ? PAGE_CY : PAGE_EN;
    CLEANUP(buf) struct buf href = BUF_MAX(16 * KIB);
    buf_format(&href, "/%s", page_langs[other]);
    const json_t *here = json_object_get(page->model, "here");
    if (page->form) (void)page_path_pattern(page, page->form->page, &href);
    else if (strcmp(json_string_value(here), "/") != 0) buf_cstr(&href, json_string_value(here));
    return json_pack("{s:s, s:s, s:s}", "lang", page_langs[other], "name", names[other], "href",
                     href.data ? href.data : "/");
}

static bool put_place(struct sheet *page)
{
    json_t *model = page->model;
    return put(model, "lang", json_string(page_langs[page->lang])) &&
           put(model, "welsh", json_boolean(page->lang == PAGE_CY)) &&
           put(model, "root", json_string(page->root)) &&
           put(model, "path", text_new(path_of(page))) && put(model, "here", here_new(page)) &&
           put(model, "other_lang", other_lang_new(page));
}

/* ---- who looks ------------------------------------------------------------------------------- */

/* A hat counts here where it is of this community or of all. */
static bool is_of_here(const struct hat *hat, struct text slug)
{
    return !slug.at || !hat->scope[0] || text_is(slug, hat->scope);
}

static json_t *hats_new(const struct session *session)
{
    json_t *hats = json_array();
    for (size_t i = 0; hats && i < session->hats_n; i++) {
        const struct hat *hat = &session->hats[i];
        if (json_array_append_new(hats, json_pack("{s:s, s:s, s:s}", "role", role_name(hat->role),
                                                  "community", hat->scope, "subject",
                                                  hat->subject)))
            break;
    }
    return hats;
}

/* me.roles.resident, me.roles.clerk ... are true here, and me.clerk_of is the organisation's id. */
static json_t *me_new(const struct errand *errand)
{
    json_t *me = json_object(), *roles = json_object();
    const struct session *session = errand->session;
    bool good = me && put(me, "hats", session ? hats_new(session) : json_array()) &&
                put(me, "roles", roles);
    for (unsigned role = ROLE_RESIDENT; good && role <= ROLE_PROVIDER; role <<= 1) {
        const struct hat *worn = NULL;
        for (size_t i = 0; session && !worn && i < session->hats_n; i++)
            if ((unsigned)session->hats[i].role == role &&
                is_of_here(&session->hats[i], errand->slug))
                worn = &session->hats[i];
        CLEANUP(buf) struct buf org = BUF_MAX(KIB);
        buf_format(&org, "%s_of", role_name((enum role)role));
        good = put(roles, role_name((enum role)role), json_boolean(worn != NULL)) &&
               put(me, org.data, json_string(worn ? worn->subject : ""));
    }
    return me;
}

static bool put_who(struct sheet *page)
{
    const struct errand *errand = errand_of(page->visit);
    char csrf[SESSION_CSRF_SIZE + 1] = "";
    CLEANUP(buf) struct buf token = BUF_MAX(KIB);
    if (errand->session) session_csrf(&errand->desk->plan.keys->tokens, errand->session, csrf);
    page_token_put(&token, csrf);
    return put(page->model, "signed_in", json_boolean(errand->session != NULL)) &&
           put(page->model, "token", text_new(buf_view(&token))) &&
           put(page->model, "me", me_new(errand));
}

/* ---- the house ------------------------------------------------------------------------------- */

/* Fresh for each form shown: the same form sent twice acts once. */
static json_t *key_new(void)
{
    uint8_t bytes[KEY_BYTES];
    CLEANUP(buf) struct buf key = BUF_MAX(KIB);
    secret_random(bytes, sizeof bytes);
    encode_base64url(&key, bytes, sizeof bytes);
    return buf_fault(&key) ? NULL : text_new(buf_view(&key));
}

static bool put_form(struct sheet *page)
{
    json_t *model = page->model;
    if (!json_object_get(model, "form") && !put(model, "form", json_object())) return false;
    return put(model, "key", key_new()) &&
           put(model, "done", text_new(visit_query(page->visit, "done", NULL)));
}

static bool put_house(struct sheet *page)
{
    const struct desk *desk = errand_of(page->visit)->desk;
    char now[CLOCK_STAMP_SIZE];
    clock_stamp(clock_wall_ms(), now);
    return put(page->model, "now", json_string(now)) &&
           json_object_set(page->model, "site", pages_site(desk->pages)) == 0 &&
           json_object_set(page->model, "assets", pages_assets(desk->pages)) == 0;
}

/* What a community is called: its slug, where the text with its name was erased. */
static bool name_community(const struct sheet *page)
{
    json_t *community = json_object_get(page->model, "community");
    struct text name = body_text(json_object_get(community, "text"), "name");
    if (!community) return true;
    return put(community, "name", text_new(name.at ? name : body_text(community, "slug")));
}

bool page_root(struct sheet *page)
{
    return name_community(page) && put_place(page) && put_who(page) && put_form(page) &&
           put_house(page);
}

const char *page_translate(struct sheet *page, const char *sentence)
{
    const struct catalogue *words = page_words(errand_of(page->visit)->desk->pages, page->lang);
    struct text said = catalogue_say(words, text_of(sentence ? sentence : ""));
    struct text copy = arena_text(&page->visit->arena, said);
    return copy.at ? copy.at : "";
}
