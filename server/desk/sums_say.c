/* sums_say.c -- a community's summary in JSON, and as a line of a table.
 *
 * An area is left behind where less than half of the community's share of people has pledged. A
 * figure below FEW is left out: what stands in the public log can be counted by anybody, but a page
 * that is passed on should point at nobody. */
#include <sys/stat.h>

#include "errand.h"
#include "files.h"
#include "groundswell/base/clock.h"
#include "groundswell/base/json.h"
#include "sums_inside.h"
#include "write.h"

#define FEW 5
#define LOG_WAITS_MS 10000 /* longer than sealing ever takes */
#define LOG_OLD_MS 30000
#define LOG_BEHIND 1000 /* records: that many wait in no burst that is honest */

static uint64_t permille_of(uint64_t part, uint64_t whole)
{
    if (whole == 0) return 0;
    return part >= whole ? 1000 : part * 1000 / whole;
}

static uint64_t pairs_sum(const struct pairs *pairs)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < pairs->n; i++)
        sum += pairs->at[i][1];
    return sum;
}

static uint64_t pairs_of(const struct pairs *pairs, uint64_t index)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (pairs->at[i][0] == index) return pairs->at[i][1];
    return 0;
}

/* A member of a stored text; nothing where it was erased. */
static void word_of(struct text stored, const char *name, struct buf *out)
{
    CLEANUP(json_ref) json_t *words = NULL;
    if (!stored.at || json_read(stored, JSON_DEPTH_MAX, &words, NULL)) return;
    buf_text(out, body_text(words, name));
}

static void id_at(struct json_out *out, const char *name, struct text slug, char letter,
                  uint64_t number)
{
    CLEANUP(buf) struct buf id = BUF_MAX(KIB);
    id_put(&id, slug, letter, (uint32_t)number);
    json_text_at(out, name, buf_view(&id));
}

/* ---- the log --------------------------------------------------------------------------------- */

static void checkpoint_look(const struct desk *desk, struct text slug, struct log_look *ret)
{
    struct sealed sealed;
    struct stat is;
    char path[FILES_FOLDER_SIZE + 16];
    if (!sealed_open(&sealed, desk, slug)) {
        ret->size = sealed.checkpoint.size;
        for (size_t i = 0; i < sealed.note.signatures_n; i++)
            ret->witnesses += !text_equal(sealed.note.signatures[i].name,
                                          sealed.checkpoint.origin);
        snprintf(path, sizeof path, "%s/checkpoint", sealed.folder);
        if (!stat(path, &is))
            ret->sealed_ms = (uint64_t)is.st_mtim.tv_sec * 1000 +
                             (uint64_t)is.st_mtim.tv_nsec / 1000000;
    }
    sealed_release(&sealed);
}

/* When the oldest record that is not sealed came is not known here; when the last one did, is. */
static void log_look(struct saying *say)
{
    struct log_look *log = &say->log;
    const uint64_t now_ms = clock_wall_ms(), records = say->of->seq + 1;
    if (!say->desk->data_folder) return;
    checkpoint_look(say->desk, say->slug, log);
    log->behind = sum_lacks(log->size, records);
    if (log->behind == 0) return;
    log->waiting_ms = sum_lacks(say->of->at_ms, now_ms);
    bool old = sum_lacks(log->sealed_ms, now_ms) > LOG_OLD_MS;
    log->trouble = old && (log->waiting_ms > LOG_WAITS_MS || log->behind > LOG_BEHIND);
}

static void log_put(struct json_out *out, const struct log_look *log)
{
    json_name(out, "log");
    json_object_begin(out);
    json_u64_at(out, "size", log->size);
    json_u64_at(out, "behind", log->behind);
    if (log->sealed_ms) write_stamp(out, "sealed", log->sealed_ms);
    json_u64_at(out, "waiting_ms", log->waiting_ms);
    json_u64_at(out, "witnesses", log->witnesses);
    json_object_end(out);
}

/* ---- what is near, what is stuck ------------------------------------------------------------- */

static void lacks_put(struct json_out *out, const struct summary_item *item)
{
    json_name(out, "lacks");
    json_object_begin(out);
    json_u64_at(out, "money", sum_lacks(item->pledged, item->price));
    json_u64_at(out, "people", sum_lacks(item->people, item->people_min));
    json_u64_at(out, "areas", sum_lacks(item->areas_ok, item->areas_min));
    json_u64_at(out, "headroom", sum_lacks(item->headroom, item->price));
    json_object_end(out);
}

static void nearest_put(struct json_out *out, struct text slug, const struct summary_item *item)
{
    CLEANUP(buf) struct buf title = BUF_MAX(64 * KIB);
    word_of(item->text, "title", &title);
    json_object_begin(out);
    id_at(out, "proposal", slug, 'p', item->number);
    id_at(out, "tender", slug, 't', item->tender);
    json_text_at(out, "title", title.len > 0 ? buf_view(&title) : TEXT(""));
    json_u64_at(out, "price", item->price);
    json_u64_at(out, "pledged", item->pledged);
    json_u64_at(out, "people", item->people);
    json_u64_at(out, "people_min", item->people_min);
    json_u64_at(out, "areas_ok", item->areas_ok);
    json_u64_at(out, "areas_min", item->areas_min);
    json_u64_at(out, "headroom", item->headroom);
    json_u64_at(out, "permille", item->permille);
    if (item->critical_until_ms) write_stamp(out, "critical_until", item->critical_until_ms);
    lacks_put(out, item);
    json_object_end(out);
}

static void stalled_put(struct json_out *out, struct text slug, const struct summary_item *item)
{
    json_object_begin(out);
    id_at(out, "commission", slug, 'c', item->number);
    id_at(out, "tender", slug, 't', item->tender);
    json_u64_at(out, "price", item->price);
    json_text_at(out, "state", item->state);
    json_u64_at(out, "seq", item->seq);
    write_stamp(out, "last", item->at_ms);
    json_object_end(out);
}

static void body_put(struct json_out *out, struct text slug, const struct summary_item *item)
{
    json_object_begin(out);
    id_at(out, "body", slug, 'b', item->number);
    json_text_at(out, "word", item->word);
    json_text_at(out, "state", item->state);
    json_u64_at(out, "seats", item->seats);
    json_u64_at(out, "lay_seats", item->lay_seats);
    json_u64_at(out, "votes", item->seat_votes);
    json_u64_at(out, "lay_votes", item->lay_votes);
    json_object_end(out);
}

static void list_put(const struct saying *say, struct json_out *out, const char *name,
                     const char *what,
                     void (*put)(struct json_out *, struct text, const struct summary_item *))
{
    json_name(out, name);
    json_array_begin(out);
    for (size_t i = 0; i < say->items_n; i++)
        if (sum_item_is(&say->items[i], what)) put(out, say->slug, &say->items[i]);
    json_array_end(out);
}

/* ---- who is not reached ---------------------------------------------------------------------- */

static void area_put(struct json_out *out, struct text code, uint64_t residents, uint64_t people)
{
    const bool few = residents < FEW || people < FEW;
    json_object_begin(out);
    json_text_at(out, "area", code);
    if (residents >= FEW) json_u64_at(out, "residents", residents);
    if (people >= FEW) json_u64_at(out, "people", people);
    if (!few) json_u64_at(out, "permille", permille_of(people, residents));
    json_bool_at(out, "few", few);
    json_object_end(out);
}

/* people / residents < half of the community's, without a division. */
static bool is_behind(const struct sum *sum, uint64_t residents, uint64_t people)
{
    return 2 * people * sum->residents < sum->people * residents;
}

static void left_behind_put(struct saying *say, struct json_out *out)
{
    struct text codes = say->of->areas;
    json_name(out, "left_behind");
    json_array_begin(out);
    for (uint64_t area = 0; codes.n > 0; area++) {
        struct text code = text_cut(&codes, ',');
        const uint64_t residents = pairs_of(&say->of->residents, area);
        const uint64_t people = pairs_of(&say->of->people, area);
        if (!is_behind(say->sum, residents, people)) continue;
        area_put(out, code, residents, people);
        say->left_behind++;
    }
    json_array_end(out);
}

/* ---- all ------------------------------------------------------------------------------------- */

static void money_put(struct json_out *out, const struct summary *of)
{
    json_name(out, "money");
    json_object_begin(out);
    json_u64_at(out, "funds", of->funds);
    json_u64_at(out, "unallotted", of->unallotted);
    json_u64_at(out, "granted", of->granted);
    json_u64_at(out, "held", of->held);
    json_u64_at(out, "free", of->free);
    json_u64_at(out, "spent", of->spent);
    json_u64_at(out, "committed", of->committed);
    json_u64_at(out, "paid", of->paid);
    json_object_end(out);
}

static void tenders_put(struct json_out *out, const struct summary *of)
{
    json_name(out, "tenders");
    json_object_begin(out);
    json_u64_at(out, "open", of->tenders_open);
    json_u64_at(out, "critical", of->tenders_critical);
    json_u64_at(out, "paused", of->tenders_paused);
    json_u64_at(out, "hidden", of->tenders_hidden);
    json_object_end(out);
}

static void next_put(struct json_out *out, struct text slug, const struct summary *of)
{
    const struct text kind = of->due_kind;
    char letter = text_is(kind, "round") ? 'r' : text_is(kind, "term") ? 'm' : 't';
    if (of->due_ms == 0) return;
    json_name(out, "next");
    json_object_begin(out);
    json_text_at(out, "kind", kind);
    write_stamp(out, "due", of->due_ms);
    id_at(out, "of", slug, letter, of->due_number);
    json_object_end(out);
}

static void trouble_put(struct json_out *out, unsigned trouble)
{
    static const char *const words[] = {"stalled", "suspended", "close", "left_behind", "log"};
    json_name(out, "trouble");
    json_array_begin(out);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (trouble >> i & 1) json_text(out, text_of(words[i]));
    json_array_end(out);
}

/* What it is sorted and filtered by. */
static void keys_fill(struct saying *say)
{
    struct sum *sum = say->sum;
    const struct summary *of = say->of;
    sum->residents = pairs_sum(&of->residents);
    sum->people = pairs_sum(&of->people);
    sum->permille = permille_of(sum->people, sum->residents);
    sum->due_ms = of->due_ms ? of->due_ms : UINT64_MAX;
    sum->tenders_open = of->tenders_open + of->tenders_critical;
    sum->stalled = of->stalled;
    sum->nearest = sum->suspended = 0;
    for (size_t i = 0; i < say->items_n; i++) {
        const struct summary_item *item = &say->items[i];
        if (sum_item_is(item, "proposal") && sum->nearest == 0) {
            sum->nearest = item->permille + 1;
            word_of(item->text, "title", &say->title);
        }
        if (!sum_item_is(item, "body")) continue;
        if (text_is(item->state, "suspended")) sum->suspended++;
        else say->close++;
    }
}

static unsigned trouble_of(const struct saying *say)
{
    return (say->sum->stalled ? TROUBLE_STALLED : 0u) |
           (say->sum->suspended ? TROUBLE_SUSPENDED : 0u) | (say->close ? TROUBLE_CLOSE : 0u) |
           (say->left_behind ? TROUBLE_LEFT_BEHIND : 0u) | (say->log.trouble ? TROUBLE_LOG : 0u);
}

static void round_put(struct json_out *out, struct text slug, const struct summary *of)
{
    json_text_at(out, "currency", of->currency);
    if (of->round.number) id_at(out, "round", slug, 'r', of->round.number);
    json_bool_at(out, "open", of->open);
    if (of->round.number) write_stamp(out, "closes", of->closes_ms);
    money_put(out, of);
}

static void json_say(struct saying *say)
{
    struct sum *sum = say->sum;
    const struct summary *of = say->of;
    struct json_out out = JSON_OUT(&sum->json);
    json_object_begin(&out);
    json_text_at(&out, "slug", say->slug);
    json_text_at(&out, "name", buf_view(&sum->name));
    write_stamp(&out, "at", of->at_ms);
    json_u64_at(&out, "seq", of->seq);
    round_put(&out, say->slug, of);
    json_u64_at(&out, "residents", sum->residents);
    json_u64_at(&out, "people", sum->people);
    json_u64_at(&out, "permille", sum->permille);
    list_put(say, &out, "nearest", "proposal", nearest_put);
    next_put(&out, say->slug, of);
    tenders_put(&out, of);
    json_u64_at(&out, "commissions", of->commissions);
    json_u64_at(&out, "stalled", of->stalled);
    list_put(say, &out, "stalled_list", "commission", stalled_put);
    json_u64_at(&out, "suspended", sum->suspended);
    json_u64_at(&out, "close", say->close);
    list_put(say, &out, "bodies", "body", body_put);
    left_behind_put(say, &out);
    log_put(&out, &say->log);
    sum->trouble = trouble_of(say);
    trouble_put(&out, sum->trouble);
    json_bool_at(&out, "whole", of->whole);
    json_object_end(&out);
}

void sum_say(const struct desk *desk, struct sum *sum, const struct summary *summary,
             const struct summary_item *items, size_t items_n)
{
    struct saying say = {.desk = desk, .sum = sum, .of = summary, .items = items,
                         .items_n = items_n, .slug = text_of(sum->slug),
                         .title = BUF_MAX(64 * KIB)};
    buf_reset(&sum->name);
    buf_reset(&sum->json);
    word_of(summary->text, "name", &sum->name);
    if (sum->name.len == 0) buf_text(&sum->name, say.slug);
    keys_fill(&say);
    log_look(&say);
    json_say(&say);
    sum_say_csv(&say);
    buf_release(&say.title);
}
