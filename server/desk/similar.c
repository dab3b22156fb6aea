/* similar.c -- which proposals to a tender are like what somebody is writing: shown meanwhile, so
 * that two who want the same find one another before both have asked for pledges.
 *
 * Likeness is Dice's coefficient over the sets of words of three letters or more, in thousandths:
 * twice the words that both have by the words of both together. It knows no meaning and no
 * language, and it is only a hint. */
#include <stdlib.h>

#include "errand.h"
#include "groundswell/base/json.h"
#include "handlers.h"
#include "say.h"

#define WORDS_MAX 1200 /* of one text; further ones are not looked at */
#define SHOWN_MAX 5
#define LIKE_LEAST 150
#define TEXT_BYTES_MAX 6000
#define PROPOSALS_LOOKED_AT 128

struct word_set {
    uint64_t at[WORDS_MAX]; /* ascending, each once */
    size_t n;
};

struct likeness {
    uint32_t proposal;
    struct text title; /* in the visit's arena */
    uint64_t permille;
};

/* Of the question, kept until the proposals have come. */
struct comparing {
    struct visit *visit;
    struct word_set written, theirs;
    struct likeness like[SHOWN_MAX + 1]; /* the likest first */
    size_t like_n;
};

/* ---- words ----------------------------------------------------------------------------------- */

/* Bytes of UTF-8 beyond ASCII are letters all. */
static bool is_letter(unsigned char c)
{
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static unsigned char lowered(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static int word_order(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* FNV-1a, 64 bits: two words that meet by chance make a hint a little wrong, no more. */
static void words_add(struct word_set *set, struct text text)
{
    uint64_t hash = 0;
    size_t letters = 0;
    for (size_t i = 0; i <= text.n; i++) {
        unsigned char c = i < text.n ? lowered(text.at[i]) : ' ';
        if (is_letter(c)) {
            if (letters++ == 0) hash = UINT64_C(0xcbf29ce484222325);
            hash = (hash ^ c) * UINT64_C(0x100000001b3);
        } else {
            if (letters >= 3 && set->n < WORDS_MAX) set->at[set->n++] = hash;
            letters = 0;
        }
    }
}

static void words_settle(struct word_set *set)
{
    size_t n = 0;
    qsort(set->at, set->n, sizeof *set->at, word_order);
    for (size_t i = 0; i < set->n; i++)
        if (n == 0 || set->at[n - 1] != set->at[i]) set->at[n++] = set->at[i];
    set->n = n;
}

static uint64_t likeness_of(const struct word_set *a, const struct word_set *b)
{
    size_t both = 0;
    for (size_t i = 0, k = 0; i < a->n && k < b->n;) {
        if (a->at[i] == b->at[k]) {
            both++;
            i++;
            k++;
        } else if (a->at[i] < b->at[k]) i++;
        else k++;
    }
    return a->n + b->n > 0 ? 2000 * both / (a->n + b->n) : 0;
}

/* ---- the likest ------------------------------------------------------------------------------ */

static void like_add(struct comparing *comparing, const struct likeness *found)
{
    size_t i = comparing->like_n;
    for (; i > 0 && comparing->like[i - 1].permille < found->permille; i--)
        comparing->like[i] = comparing->like[i - 1];
    comparing->like[i] = *found;
    if (comparing->like_n < SHOWN_MAX) comparing->like_n++;
}

/* A proposal whose text was erased is like nothing. */
static void compare(struct comparing *comparing, const struct proposal_view *proposal)
{
    json_t *text = NULL;
    struct json_problem problem;
    if (proposal->text.n == 0 || json_read(proposal->text, 8, &text, &problem)) return;
    struct text title = body_text(text, "title");
    comparing->theirs.n = 0;
    words_add(&comparing->theirs, title);
    words_add(&comparing->theirs, body_text(text, "summary"));
    words_settle(&comparing->theirs);
    const struct likeness found = {proposal->proposal.number,
                                   arena_text(&comparing->visit->arena, title),
                                   likeness_of(&comparing->written, &comparing->theirs)};
    if (found.permille >= LIKE_LEAST && found.title.at) like_add(comparing, &found);
    json_decref(text);
}

static void proposals_similar_answer(void *ctx, const struct ledger_answer *answer)
{
    struct comparing *comparing = ctx;
    struct visit *visit = comparing->visit;
    const struct proposal_view *proposals = answer->items;
    if (say_no(visit, answer)) return;
    for (size_t i = 0; i < answer->items_n; i++)
        if (!text_is(proposals[i].state, "withdrawn")) compare(comparing, &proposals[i]);
    CLEANUP(buf) struct buf body = BUF_MAX(16 * KIB);
    struct json_out out = JSON_OUT(&body);
    json_object_begin(&out);
    json_name(&out, "items");
    json_array_begin(&out);
    for (size_t i = 0; i < comparing->like_n; i++) {
        CLEANUP(buf) struct buf id = BUF_MAX(KIB);
        id_put(&id, errand_of(visit)->slug, 'p', comparing->like[i].proposal);
        json_object_begin(&out);
        json_text_at(&out, "proposal", buf_view(&id));
        json_text_at(&out, "title", comparing->like[i].title);
        json_u64_at(&out, "likeness", comparing->like[i].permille);
        json_object_end(&out);
    }
    json_array_end(&out);
    json_object_end(&out);
    say_json(visit, 200, &body);
}

void proposals_similar(struct visit *visit)
{
    const struct errand *errand = errand_of(visit);
    struct text text = visit_query(visit, "text", NULL);
    struct comparing *comparing = arena_alloc(&visit->arena, sizeof *comparing);
    if (!text.at || text.n > TEXT_BYTES_MAX) {
        SAY_REFUSAL(visit, REFUSAL_QUERY_WRONG, {"name", TEXT("text")},
                    {"reason", TEXT("must be there, in at most 6,000 bytes")});
        return;
    }
    if (!comparing) {
        say_fault(visit, FAULT_MEMORY);
        return;
    }
    comparing->visit = visit;
    comparing->like_n = comparing->written.n = 0;
    words_add(&comparing->written, text);
    words_settle(&comparing->written);
    const struct proposals_page page = {.tender = errand->id.number, .limit = PROPOSALS_LOOKED_AT};
    ledger_proposals(errand->desk->plan.ledger, errand->slug, &page, proposals_similar_answer,
                     comparing);
}
