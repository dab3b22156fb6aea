/* sums_csv.c -- a community's summary as a line of a table (RFC 4180), for spreadsheets.
 *
 * A cell that begins like a formula gets an apostrophe before it: what a provider calls their
 * proposal must not run on the desk of whoever opens the table. */
#include <string.h>

#include "groundswell/base/clock.h"
#include "sums_inside.h"

const char sums_csv_head[] =
    "slug,name,currency,round,open,closes,funds,unallotted,granted,held,free,spent,committed,paid,"
    "residents,people,permille,nearest,nearest_title,nearest_permille,lacks_money,lacks_people,"
    "lacks_areas,lacks_headroom,next,due,tenders_open,tenders_critical,tenders_paused,"
    "tenders_hidden,commissions,stalled,bodies_suspended,bodies_close,areas_left_behind,log_size,"
    "log_behind,log_waiting_ms,log_witnesses,last_record,whole\r\n";

static void cell_end(struct buf *out)
{
    buf_char(out, ',');
}

void csv_text(struct buf *out, struct text cell)
{
    bool formula = cell.n > 0 && memchr("=+-@\t\r\n", cell.at[0], 7), quoted = formula;
    for (size_t i = 0; i < cell.n && !quoted; i++)
        quoted = memchr(",\"\r\n", cell.at[i], 4) != NULL;
    if (quoted) buf_char(out, '"');
    if (formula) buf_char(out, '\'');
    for (size_t i = 0; i < cell.n; i++) {
        if (cell.at[i] == '"') buf_char(out, '"');
        buf_char(out, cell.at[i]);
    }
    if (quoted) buf_char(out, '"');
}

static void text_cell(struct buf *out, struct text cell)
{
    csv_text(out, cell);
    cell_end(out);
}

static void number_cell(struct buf *out, uint64_t number)
{
    buf_u64(out, number);
    cell_end(out);
}

static void stamp_cell(struct buf *out, uint64_t ms)
{
    char stamp[CLOCK_STAMP_SIZE];
    if (ms > 0) {
        clock_stamp(ms, stamp);
        buf_cstr(out, stamp);
    }
    cell_end(out);
}

static void id_cell(struct buf *out, struct text slug, char letter, uint64_t number)
{
    if (number > 0) id_put(out, slug, letter, (uint32_t)number);
    cell_end(out);
}

static void money_cells(struct buf *out, const struct summary *of)
{
    const uint64_t amounts[] = {of->funds, of->unallotted, of->granted,   of->held,
                                of->free,  of->spent,      of->committed, of->paid};
    for (size_t i = 0; i < sizeof amounts / sizeof *amounts; i++)
        number_cell(out, amounts[i]);
}

/* Empty cells where nothing is near. */
static void nearest_cells(struct buf *out, const struct saying *say)
{
    const struct summary_item *near = say->items;
    if (say->items_n == 0 || !sum_item_is(near, "proposal")) {
        for (size_t i = 0; i < 7; i++)
            cell_end(out);
        return;
    }
    id_cell(out, say->slug, 'p', near->number);
    text_cell(out, buf_view(&say->title));
    number_cell(out, near->permille);
    number_cell(out, sum_lacks(near->pledged, near->price));
    number_cell(out, sum_lacks(near->people, near->people_min));
    number_cell(out, sum_lacks(near->areas_ok, near->areas_min));
    number_cell(out, sum_lacks(near->headroom, near->price));
}

static void trouble_cells(struct buf *out, const struct saying *say)
{
    const uint64_t numbers[] = {say->of->tenders_open, say->of->tenders_critical,
                                say->of->tenders_paused, say->of->tenders_hidden,
                                say->of->commissions, say->of->stalled, say->sum->suspended,
                                say->close, say->left_behind, say->log.size, say->log.behind,
                                say->log.waiting_ms, say->log.witnesses};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        number_cell(out, numbers[i]);
}

void sum_say_csv(struct saying *say)
{
    const struct summary *of = say->of;
    struct buf *out = &say->sum->csv;
    buf_reset(out);
    text_cell(out, say->slug);
    text_cell(out, buf_view(&say->sum->name));
    text_cell(out, of->currency);
    id_cell(out, say->slug, 'r', of->round.number);
    text_cell(out, of->open ? TEXT("1") : TEXT("0"));
    stamp_cell(out, of->closes_ms);
    money_cells(out, of);
    number_cell(out, say->sum->residents);
    number_cell(out, say->sum->people);
    number_cell(out, say->sum->permille);
    nearest_cells(out, say);
    text_cell(out, of->due_kind);
    stamp_cell(out, of->due_ms);
    trouble_cells(out, say);
    stamp_cell(out, of->at_ms);
    buf_cstr(out, of->whole ? "1\r\n" : "0\r\n");
}
