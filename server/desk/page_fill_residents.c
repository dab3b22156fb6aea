/* page_fill_residents.c -- what the pages of budgets and pledges work out of the API's answers:
 * what can be pledged, what a proposal still lacks, what comes back. */
#include "page_residents.h"

#include "groundswell/base/log.h"

#define FALLS 3

static void put(json_t *object, const char *name, json_t *value)
{
    if (!value || json_object_set_new(object, name, value))
        log_error("desk", "no memory for %s", name);
}

static void put_number(json_t *object, const char *name, uint64_t number)
{
    put(object, name, json_integer((json_int_t)number));
}

/* A member of one as that of another, where it is there. */
static void copy(json_t *to, const char *name, const json_t *from, const char *member)
{
    json_t *value = json_object_get(from, member);
    if (value) put(to, name, json_incref(value));
}

static bool is_of(const json_t *item, const char *name, struct text id)
{
    return text_equal(body_text(item, name), id);
}

/* ---- the budget ------------------------------------------------------------------------------ */

static const json_t *pledge_on(const json_t *wallet, struct text proposal)
{
    const json_t *pledge;
    size_t i;
    json_array_foreach (json_object_get(wallet, "pledges"), i, pledge)
        if (is_of(pledge, "proposal", proposal)) return pledge;
    return NULL;
}

/* A pledge that is spent gave back what was above the fair share. */
void page_fill_budget(struct visit *visit, json_t *model)
{
    json_t *held = json_array(), *spent = json_array(), *back = json_array(), *pledge;
    size_t i;
    (void)visit;
    json_array_foreach (json_object_get(json_object_get(model, "wallet"), "pledges"), i, pledge) {
        uint64_t amount = body_u64(pledge, "amount", 0), worth = body_u64(pledge, "worth", 0);
        json_t *list = text_is(body_text(pledge, "state"), "held") ? held : spent;
        put_number(pledge, "returned", amount > worth ? amount - worth : 0);
        if (text_is(body_text(pledge, "state"), "released")) list = back;
        if (json_array_append(list, pledge)) log_error("desk", "no memory for a budget");
        if (list == spent && amount > worth && json_array_append(back, pledge))
            log_error("desk", "no memory for a budget");
    }
    put(model, "held", held);
    put(model, "spent", spent);
    put(model, "back", back);
}

/* ---- what can be pledged to ------------------------------------------------------------------ */

/* What a proposal still lacks of money and people. */
static void lacks_put(json_t *to, const json_t *proposal)
{
    uint64_t price = body_u64(proposal, "price", 0), pledged = body_u64(proposal, "pledged", 0);
    uint64_t people = body_u64(proposal, "people", 0);
    uint64_t people_min = body_u64(proposal, "people_min", 0);
    put_number(to, "money", price > pledged ? price - pledged : 0);
    put_number(to, "lacking", people_min > people ? people_min - people : 0);
}

static json_t *choice_new(const json_t *proposal, const json_t *tender, const json_t *wallet)
{
    static const char *const names[] = {"proposal", "price", "pledged", "people", "people_min"};
    const json_t *words = json_object_get(proposal, "text");
    const json_t *mine = pledge_on(wallet, body_text(proposal, "proposal"));
    json_t *choice = json_object();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        copy(choice, names[i], proposal, names[i]);
    copy(choice, "title", words, "title");
    copy(choice, "summary", words, "summary");
    copy(choice, "tally", tender, "tally");
    lacks_put(choice, proposal);
    if (text_is(body_text(mine, "state"), "held")) copy(choice, "mine", mine, "amount");
    return choice;
}

static json_t *tender_choices_new(const json_t *model, const json_t *tender, size_t index)
{
    char name[24];
    const json_t *proposal, *words = json_object_get(tender, "text");
    json_t *one = json_object(), *list = json_array();
    size_t i;
    snprintf(name, sizeof name, "p%zu", index);
    copy(one, "tender", tender, "tender");
    copy(one, "closes", tender, "closes");
    copy(one, "title", words, "title");
    json_array_foreach (json_object_get(json_object_get(model, name), "items"), i, proposal) {
        if (!text_is(body_text(proposal, "state"), "live")) continue;
        if (json_array_append_new(list, choice_new(proposal, tender,
                                                   json_object_get(model, "wallet"))))
            log_error("desk", "no memory for a choice");
    }
    put(one, "proposals", list);
    return one;
}

void page_fill_choices(struct visit *visit, json_t *model)
{
    json_t *choices = json_array();
    const json_t *tender;
    size_t i;
    (void)visit;
    json_array_foreach (json_object_get(json_object_get(model, "open"), "items"), i, tender)
        if (json_array_append_new(choices, tender_choices_new(model, tender, i)))
            log_error("desk", "no memory for a choice");
    put(model, "choices", choices);
}

/* ---- a pledge -------------------------------------------------------------------------------- */

/* What stands in the n-th field of where a pledge goes on to: typed, or as it is. */
static struct text fall_of(const json_t *model, size_t n, const json_t *before)
{
    char name[24];
    snprintf(name, sizeof name, "%zu", n);
    const json_t *form = json_object_get(model, "form");
    const json_t *typed = json_object_get(form, "fallback");
    if (json_object_size(form) > 0) return body_text(typed, name);
    const json_t *id = json_array_get(before, n);
    return json_is_string(id) ? text_of(json_string_value(id)) : TEXT_NONE;
}

/* Another proposal of an open tender whose tally is no secret. */
static bool may_follow(const json_t *choice, struct text proposal)
{
    return !is_of(choice, "proposal", proposal) && !text_is(body_text(choice, "tally"), "hidden");
}

static json_t *options_new(const json_t *model, struct text proposal, struct text chosen)
{
    json_t *options = json_array();
    const json_t *tender, *choice;
    size_t i, j;
    json_array_foreach (json_object_get(model, "choices"), i, tender) {
        json_array_foreach (json_object_get(tender, "proposals"), j, choice) {
            if (!may_follow(choice, proposal)) continue;
            json_t *option = json_object();
            copy(option, "proposal", choice, "proposal");
            copy(option, "title", choice, "title");
            put(option, "chosen", json_boolean(is_of(choice, "proposal", chosen)));
            if (json_array_append_new(options, option)) log_error("desk", "no memory for a choice");
        }
    }
    return options;
}

static void falls_put(json_t *model, const json_t *pledge)
{
    struct text proposal = body_text(pledge, "proposal");
    const json_t *before = json_object_get(pledge, "fallback");
    json_t *falls = json_array();
    for (size_t i = 0; i < FALLS; i++) {
        json_t *options = options_new(model, proposal, fall_of(model, i, before));
        size_t n = json_array_size(options);
        char field[32], id[32];
        snprintf(field, sizeof field, "fallback.%zu", i);
        snprintf(id, sizeof id, "fallback-%zu", i);
        json_t *fall = json_pack("{s:s, s:s, s:i, s:o}", "field", field, "id", id, "number",
                                 (int)i + 1, "options", options);
        if (n <= i) json_decref(fall);
        else if (json_array_append_new(falls, fall)) log_error("desk", "no memory for a choice");
    }
    put(model, "falls", falls);
}

static json_t *check_falls_new(const json_t *model, const json_t *command)
{
    json_t *falls = json_array(), *id;
    const json_t *fall, *option;
    size_t i, j, n = 0;
    json_array_foreach (json_object_get(command, "fallback"), i, id) {
        char field[32];
        snprintf(field, sizeof field, "fallback.%zu", n++);
        json_t *one = json_pack("{s:s, s:O}", "field", field, "proposal", id);
        fall = json_array_get(json_object_get(model, "falls"), 0);
        json_array_foreach (json_object_get(fall, "options"), j, option)
            if (is_of(option, "proposal", text_of(json_string_value(id))))
                copy(one, "title", option, "title");
        if (json_array_append_new(falls, one)) log_error("desk", "no memory for a choice");
    }
    return falls;
}

/* What the act would refuse, said before anything is sent: in the words of the same list. */
static bool is_wrong(struct visit *visit, json_t *model, uint64_t amount)
{
    struct sheet page = {.visit = visit, .lang = page_lang_of(visit), .model = model};
    uint64_t most = body_u64(model, "most", 0), least = body_u64(model, "least", 0);
    CLEANUP(json_ref) json_t *problem = NULL;
    if (amount == 0) {
        page_error(&page, "amount", page_translate(&page, "Enter how much you pledge"));
    } else if (amount > most) {
        problem = json_pack("{s:s, s:I, s:I, s:I}", "code", "wallet_short", "amount",
                            (json_int_t)amount, "available", (json_int_t)most, "short",
                            (json_int_t)(amount - most));
    } else if (amount < least) {
        problem = json_pack("{s:s, s:I, s:I, s:I}", "code", "pledge_below_token", "amount",
                            (json_int_t)amount, "available", (json_int_t)most, "token",
                            (json_int_t)least);
    } else {
        return false;
    }
    if (problem) page_error(&page, "amount", page_refusal(&page, problem));
    put(model, "problem", json_pack("{s:s, s:i}", "code", "fields_wrong", "status", 422));
    return true;
}

static void check_put(struct visit *visit, json_t *model, const json_t *command)
{
    uint64_t amount = body_u64(command, "amount", 0), most = body_u64(model, "most", 0);
    if (is_wrong(visit, model, amount)) return;
    json_t *check = json_object();
    put_number(check, "amount", amount);
    put_number(check, "after", most - amount);
    copy(check, "typed", json_object_get(model, "form"), "amount");
    put(check, "falls", check_falls_new(model, command));
    put(model, "check", check);
}

void page_fill_pledge(struct visit *visit, json_t *model)
{
    const json_t *wallet = json_object_get(model, "wallet");
    const json_t *pledge = json_object_get(json_object_get(model, "mine"), "pledge");
    bool held = text_is(body_text(pledge, "state"), "held");
    uint64_t before = held ? body_u64(pledge, "amount", 0) : 0;
    uint64_t most = body_u64(wallet, "free", 0) + before, token = body_u64(wallet, "token", 0);
    page_fill_choices(visit, model);
    put_number(model, "most", most);
    put_number(model, "least", token < most ? token : most);
    put_number(model, "before", before);
    lacks_put(model, json_object_get(model, "proposal"));
    falls_put(model, pledge);
    const json_t *command = json_object_get(model, "command");
    if (command && !json_object_get(model, "errors")) check_put(visit, model, command);
}

void page_fill_receipt(struct visit *visit, json_t *model)
{
    const json_t *wallet = json_object_get(model, "wallet");
    struct text proposal = body_text(json_object_get(model, "proposal"), "proposal");
    const json_t *own = pledge_on(wallet, proposal);
    (void)visit;
    if (own) put(model, "own", json_incref((json_t *)own));
}
