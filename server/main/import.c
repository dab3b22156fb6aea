/* import.c -- the verb that puts a real participatory-budgeting election through the platform.
 *
 * A voter becomes a resident, the budget the pool, a vote a set of pledges, and the critical mass
 * decides instead of a count. Everything goes through the API of a running server, as everybody
 * else's doing does; then the records are counted again. What the file has and the platform does
 * not take is said, never silently dropped. */
#include "import.h"

#include "divide.h"
#include "groundswell/base/log.h"
#include "groundswell/base/money.h"
#include "groundswell/io/file.h"

#define ARENA_MAX (512 * MIB)
#define REF_MAX 200

static enum verb_exit file_take(struct import *im)
{
    struct pb_problem problem;
    im->file = BUF_MAX(PABULIB_FILE_MAX);
    enum fault no = file_read(im->args->operand, &im->file);
    if (no) return verb_misuse(im->args, "%s: %s", im->args->operand, fault_name(no));
    no = pabulib_read(buf_view(&im->file), &im->arena, &im->pb, &problem);
    if (no == FAULT_FORMAT)
        return verb_misuse(im->args, "%s, line %zu: %s", im->args->operand, problem.line,
                           problem.what);
    if (no) return verb_fail(im->args, "%s: %s", im->args->operand, fault_name(no));
    for (size_t i = 0; i < im->pb.voters_n; i++)
        if (im->pb.voters[i].id.n > REF_MAX)
            return verb_misuse(im->args, "%s: a voter_id is longer than %d bytes",
                               im->args->operand, REF_MAX);
    return VERB_DONE;
}

/* ---- what the file gives --------------------------------------------------------------------- */

static void projects_sift(struct import *im)
{
    size_t taken = 0;
    for (size_t i = 0; i < im->pb.projects_n; i++) {
        const bool dear = im->pb.projects[i].cost_minor > im->pb.budget_minor;
        const bool beyond = !dear && taken == IMPORT_PROJECTS_MAX;
        im->projects[i] =
            (struct import_project){.from = &im->pb.projects[i], .skipped = dear || beyond};
        im->projects_dear += dear;
        im->projects_beyond += beyond;
        taken += !im->projects[i].skipped;
    }
}

/* The best-pointed first; those of equal points as the ballot has them. */
static void pledges_order(struct import_pledge *pledges, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const struct import_pledge one = pledges[i];
        size_t at = i;
        for (; at > 0 && pledges[at - 1].points < one.points; at--)
            pledges[at] = pledges[at - 1];
        pledges[at] = one;
    }
}

static enum verb_exit voter_sift(struct import *im, struct import_voter *voter)
{
    const struct pb_voter *from = voter->from;
    voter->pledges = arena_alloc(&im->arena, (from->choices_n + 1) * sizeof *voter->pledges);
    if (!voter->pledges) return verb_fail(im->args, "out of memory");
    for (size_t i = 0; i < from->choices_n; i++) {
        const struct pb_choice *choice = &from->choices[i];
        if (im->projects[choice->project].skipped) im->choices_skipped++;
        else
            voter->pledges[voter->pledges_n++] =
                (struct import_pledge){choice->project, choice->points, 0};
    }
    pledges_order(voter->pledges, voter->pledges_n);
    if (voter->pledges_n > IMPORT_CHOICES_MAX) {
        im->choices_beyond += voter->pledges_n - IMPORT_CHOICES_MAX;
        voter->pledges_n = IMPORT_CHOICES_MAX;
    }
    im->voters_idle += voter->pledges_n == 0;
    return VERB_DONE;
}

/* Voters in the order that the seed draws. */
static enum verb_exit voters_sift(struct import *im)
{
    const size_t n = im->pb.voters_n;
    uint32_t *order = arena_alloc(&im->arena, n * sizeof *order);
    im->voters = arena_alloc(&im->arena, n * sizeof *im->voters);
    if (!order || !im->voters) return verb_fail(im->args, "out of memory");
    divide_order(im->seed, n, order);
    enum verb_exit end = VERB_DONE;
    for (size_t i = 0; i < n && !end; i++) {
        im->voters[i].from = &im->pb.voters[order[i]];
        end = voter_sift(im, &im->voters[i]);
    }
    return end;
}

static enum verb_exit import_sift(struct import *im)
{
    const uint64_t n = im->pb.voters_n;
    im->projects = arena_alloc(&im->arena, im->pb.projects_n * sizeof *im->projects);
    if (!im->projects) return verb_fail(im->args, "out of memory");
    projects_sift(im);
    if (im->projects_dear == im->pb.projects_n)
        return verb_misuse(im->args, "every project costs more than the budget");
    im->allotment_minor = (im->pb.budget_minor + n - 1) / n;
    im->rounding_minor = im->allotment_minor * n - im->pb.budget_minor;
    if (im->allotment_minor > ALLOTMENT_MAX)
        return verb_misuse(im->args, "so few voters would hold more than a wallet may: %llu",
                           (unsigned long long)im->allotment_minor);
    if (im->areas_min > im->pb.areas_n)
        return verb_misuse(im->args, "--areas-min: the file has %zu areas", im->pb.areas_n);
    return voters_sift(im);
}

/* ---- the verb -------------------------------------------------------------------------------- */

static bool numbers_read(struct import *im)
{
    const struct args *args = im->args;
    return args_number(args, "wave", 0, 1, UINT32_MAX, &im->wave) &&
           args_number(args, "seed", 1, 0, UINT64_MAX, &im->seed) &&
           args_number(args, "in-flight", 64, 1, 512, &im->in_flight) &&
           args_number(args, "people-min", 0, 1, 1000000000, &im->people_min) &&
           args_number(args, "areas-min", 0, 0, 64, &im->areas_min) &&
           args_number(args, "area-people-min", 1, 1, 1000000000, &im->area_people_min);
}

/* What will be done, before it is. */
static void import_announce(struct import *im)
{
    CLEANUP(buf) struct buf budget = BUF_MAX(64), allotment = BUF_MAX(64), extra = BUF_MAX(64);
    money_put(&budget, im->pb.budget_minor);
    money_put(&allotment, im->allotment_minor);
    money_put(&extra, im->rounding_minor);
    printf("%.*s\n", TEXT_ARGS(im->pb.description));
    printf("budget %s %.*s, voters %zu, areas %zu, projects %zu, votes %.*s\n", budget.data,
           TEXT_ARGS(im->pb.currency), im->pb.voters_n, im->pb.areas_n, im->pb.projects_n,
           TEXT_ARGS(im->pb.vote_type));
    printf("each resident is allotted %s, a token is 0.01", allotment.data);
    if (im->rounding_minor)
        printf("; a rounding fund of %s covers what that is above the budget", extra.data);
    printf("\nrule: at least %llu people", (unsigned long long)im->people_min);
    if (im->areas_min)
        printf(", and %llu of them in each of at least %llu areas",
               (unsigned long long)im->area_people_min, (unsigned long long)im->areas_min);
    else printf(" from anywhere");
    printf("; order of seed %llu, ", (unsigned long long)im->seed);
    if (im->wave) printf("waves of %llu voters\n", (unsigned long long)im->wave);
    else printf("all voters in one wave\n");
}

static enum verb_exit import_do(struct import *im)
{
    enum verb_exit end = file_take(im);
    if (end) return end;
    /* one voter in a hundred: a handful may not decide for all, yet a small place stays able to */
    if (!im->people_min) im->people_min = (im->pb.voters_n + 99) / 100;
    end = import_sift(im);
    if (!end) end = client_open(im->args, (size_t)im->in_flight, &im->client);
    if (!end) import_announce(im);
    if (!end) end = import_setup(im);
    if (!end) end = import_replay(im);
    if (!end) end = import_look(im);
    if (!end) { /* the tables are of use where the records are not, too */
        const enum verb_exit counted = import_check(im);
        end = import_report(im);
        if (!end) end = counted;
    }
    client_close(&im->client);
    return end;
}

static enum verb_exit import_run(const struct args *args)
{
    static struct import im;
    im = (struct import){.args = args, .slug = args_text(args, "community")};
    if (!numbers_read(&im)) return VERB_MISUSED;
    if (!im.slug || !slug_is_valid(text_of(im.slug)))
        return verb_misuse(args, "--community SLUG is needed");
    arena_init(&im.arena, ARENA_MAX);
    const enum verb_exit end = import_do(&im);
    arena_release(&im.arena);
    buf_release(&im.file);
    free(im.commissions);
    return end;
}

static const struct verb_option import_options[] = {
    CLIENT_OPTIONS,
    {"community", "SLUG", "the community to be made; must not exist yet"},
    {"wave", "N", "voters who pledge before freed money is pledged again [all]"},
    {"seed", "S", "draws the order of the voters [1]"},
    {"people-min", "N", "quorum of a proposal [1 % of the voters]"},
    {"areas-min", "N", "areas that must take part [0]"},
    {"area-people-min", "N", "people who make an area take part [1]"},
    {"in-flight", "N", "voters pledging at once, 1 to 512; 1 repeats exactly [64]"},
    {NULL, NULL, NULL},
};

const struct verb verb_import = {
    .name = "import",
    .summary = "put a participatory-budgeting election (Pabulib) through the platform",
    .about =
        "FILE is an election in the Pabulib format. Its voters become residents of a new\n"
        "community, its budget the pool, its projects proposals of one tender, and its votes\n"
        "pledges: points divide what a voter has, approvals divide it equally. What comes free\n"
        "is pledged again until nothing changes. Then the records are counted again and every\n"
        "commission is shown. Ends with 0 only where all of that adds up.",
    .operand = "FILE",
    .options = import_options,
    .run = import_run,
};
