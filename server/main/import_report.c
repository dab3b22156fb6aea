/* import_report.c -- what became of an election: commissions, what stayed unfunded, totals, and
 * what was left out. The sums of the wallets are made here, from what each pledge was answered, and
 * must meet the accounts of the ledger. */
#include "import.h"

#include "groundswell/base/clock.h"
#include "groundswell/base/money.h"

#define NAME_WIDTH 36
#define ID_WIDTH 12

struct sums {
    uint64_t granted, free, held, spent, prices, shares, rounding;
};

/* A text in exactly so many columns, as far as a code point is one. */
static void column_put(struct buf *out, struct text text, size_t width)
{
    size_t points = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (((unsigned char)text.at[i] & 0xc0) != 0x80 && ++points > width) {
            points = width;
            break;
        }
        buf_char(out, text.at[i]);
    }
    for (; points < width; points++)
        buf_char(out, ' ');
}

static void amount_put(struct buf *out, uint64_t minor)
{
    CLEANUP(buf) struct buf amount = BUF_MAX(64);
    money_put(&amount, minor);
    buf_format(out, " %15s", amount.data);
}

static void project_put(struct buf *out, const struct import_project *project)
{
    column_put(out, project->from->id, ID_WIDTH);
    buf_char(out, ' ');
    column_put(out, project->from->name, NAME_WIDTH);
    amount_put(out, project->from->cost_minor);
}

static void print_and_empty(struct buf *out)
{
    (void)fwrite(out->data, 1, out->len, stdout);
    buf_reset(out);
}

static void commissions_tell(const struct import *im, struct buf *out)
{
    printf("\ncommissions: %zu\n%-*s %-*s %15s %9s %15s %24s %9s\n", im->commissions_n, ID_WIDTH,
           "project", NAME_WIDTH, "name", "price", "pledgers", "fair share", "activated", "seq");
    for (size_t i = 0; i < im->commissions_n; i++) {
        const struct import_commission *made = &im->commissions[i];
        char stamp[CLOCK_STAMP_SIZE];
        clock_stamp(made->at_ms, stamp);
        project_put(out, &im->projects[made->project]);
        buf_format(out, " %9llu", (unsigned long long)made->people);
        amount_put(out, made->rho);
        buf_format(out, " %24s %9llu\n", stamp, (unsigned long long)made->seq);
        print_and_empty(out);
    }
}

static void unfunded_tell(const struct import *im, struct buf *out)
{
    size_t n = 0;
    for (size_t i = 0; i < im->pb.projects_n; i++)
        n += !im->projects[i].activated;
    printf("\nunfunded: %zu\n%-*s %-*s %15s %15s %8s %9s\n", n, ID_WIDTH, "project", NAME_WIDTH,
           "name", "price", "pledged", "of price", "people");
    for (size_t i = 0; i < im->pb.projects_n; i++) {
        const struct import_project *project = &im->projects[i];
        if (project->activated) continue;
        const uint64_t permille = project->pledged * 1000 / project->from->cost_minor;
        project_put(out, project);
        amount_put(out, project->pledged);
        if (project->skipped) buf_cstr(out, "  skipped\n");
        else
            buf_format(out, " %5llu.%llu%% %9llu\n", (unsigned long long)permille / 10,
                       (unsigned long long)permille % 10, (unsigned long long)project->people);
        print_and_empty(out);
    }
}

/* ---- sums ------------------------------------------------------------------------------------ */

static void wallet_add(const struct import *im, const struct import_voter *voter, struct sums *sums)
{
    sums->granted += im->allotment_minor;
    sums->free += import_free(im, voter);
    for (size_t i = 0; i < voter->pledges_n; i++) {
        const struct import_pledge *pledge = &voter->pledges[i];
        const struct import_project *project = &im->projects[pledge->project];
        if (project->activated)
            sums->spent += pledge->amount < project->rho ? pledge->amount : project->rho;
        else if (!im->decided) sums->held += pledge->amount;
    }
}

static void check(struct import *im, const char *what, uint64_t one, uint64_t other)
{
    CLEANUP(buf) struct buf line = BUF_MAX(KIB);
    buf_format(&line, "%-4s %-52s", one == other ? "ok" : "NO", what);
    amount_put(&line, one);
    buf_cstr(&line, one == other ? "  =" : " !=");
    amount_put(&line, other);
    printf("%s\n", line.data);
    im->checks_failed += one != other;
}

static enum verb_exit checks_tell(struct import *im)
{
    char path[128];
    struct sums sums = {0};
    CLEANUP(json_ref) json_t *said = NULL;
    (void)snprintf(path, sizeof(path), "/v1/communities/%s/totals", im->slug);
    const enum verb_exit end = client_ask(&im->client, "GET", path, NULL, NULL, &said);
    if (end) return end;
#define TOTAL(name) ((uint64_t)json_integer_value(json_object_get(said, name)))
    for (size_t i = 0; i < im->pb.voters_n; i++)
        wallet_add(im, &im->voters[i], &sums);
    for (size_t i = 0; i < im->commissions_n; i++) {
        sums.prices += im->commissions[i].price;
        sums.shares += im->commissions[i].spent;
        sums.rounding += im->commissions[i].rounding;
    }
    printf("\ntotals\n");
    check(im, "funds = budget + rounding fund", TOTAL("funds"),
          im->pb.budget_minor + im->rounding_minor);
    check(im, "funds = unallotted + free + held + committed + paid", TOTAL("funds"),
          TOTAL("unallotted") + TOTAL("free") + TOTAL("held") + TOTAL("committed") + TOTAL("paid"));
    check(im, "granted = allotment x residents", TOTAL("granted"), sums.granted);
    check(im, "granted = free + held + spent", TOTAL("granted"),
          TOTAL("free") + TOTAL("held") + TOTAL("spent"));
    check(im, "free = what the wallets have free", TOTAL("free"), sums.free);
    check(im, "held = what the wallets hold", TOTAL("held"), sums.held);
    check(im, "spent = what the wallets paid", TOTAL("spent"), sums.spent);
    check(im, "spent = the fair shares of all commissions", TOTAL("spent"), sums.shares);
    check(im, "spent = prices + rounding", TOTAL("spent"), sums.prices + sums.rounding);
    check(im, "committed = the prices of all commissions", TOTAL("committed"), sums.prices);
#undef TOTAL
    return VERB_DONE;
}

/* ---- all ------------------------------------------------------------------------------------- */

static size_t left_out(size_t n, const char *what)
{
    if (n > 0) printf("skipped %zu: %s\n", n, what);
    return n;
}

static void skipped_tell(const struct import *im)
{
    const struct pabulib *pb = &im->pb;
    size_t n = 0;
    printf("\n");
    n += left_out(im->projects_dear, "projects that cost more than the whole budget");
    n += left_out(im->projects_beyond, "projects beyond the 128 that a tender takes");
    n += left_out(im->choices_skipped, "choices of such projects; their points count elsewhere");
    n += left_out(im->choices_beyond, "choices behind the 32 best-pointed of their ballots");
    n += left_out(pb->choices_twice, "choices that stood on their ballot already");
    n += left_out(pb->choices_zero, "choices with 0 points, which are no support");
    n += left_out(pb->choices_unknown, "choices of projects that the file does not have");
    n += left_out(pb->voters_twice, "ballots of somebody who had voted already");
    n += left_out(im->voters_idle, "voters without a choice to pledge on: residents who keep all");
    if (n == 0) printf("nothing of the file was skipped\n");
    if (pb->areas_folded)
        printf("%zu voters of areas beyond the 64 that a community has count under the last\n",
               pb->areas_folded);
    if (im->unsettled) printf("the passes ran out before the money came to rest\n");
}

static void pace_tell(const struct import *im)
{
    printf("\n%llu records counted again by the rules, every activation among them\n",
           (unsigned long long)im->records);
    printf("%llu pledges in %llu passes; %llu refused, as the proposal had just been completed\n",
           (unsigned long long)im->pledges_sent, (unsigned long long)im->passes,
           (unsigned long long)im->refused);
    printf("%llu.%03llu s to set up, %llu.%03llu s to pledge, %llu pledges a second\n",
           (unsigned long long)(im->setup_us / 1000000),
           (unsigned long long)(im->setup_us / 1000 % 1000),
           (unsigned long long)(im->replay_us / 1000000),
           (unsigned long long)(im->replay_us / 1000 % 1000),
           (unsigned long long)(im->pledges_sent * 1000000 / im->replay_us));
}

enum verb_exit import_report(struct import *im)
{
    CLEANUP(buf) struct buf out = BUF_MAX(16 * KIB);
    commissions_tell(im, &out);
    unfunded_tell(im, &out);
    const enum verb_exit end = checks_tell(im);
    if (end) return end;
    skipped_tell(im);
    pace_tell(im);
    if (im->checks_failed)
        return verb_fail(im->args, "%zu checks do not hold", im->checks_failed);
    printf("every check holds\n");
    return VERB_DONE;
}
