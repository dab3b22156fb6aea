/* pabulib.c -- see pabulib.h. One pass over the lines; rows are read by the names of their columns,
 * in any order. */
#include "pabulib.h"

#include <uthash.h>

#include "groundswell/base/money.h"

#define COLUMNS_MAX 64
#define POINTS_WRONG "points are not as many whole numbers as there are choices"

enum section { SECTION_NONE, SECTION_META, SECTION_PROJECTS, SECTION_VOTES };

struct name { /* of a project, voter or area: to find its index */
    struct text text;
    size_t index;
    UT_hash_handle hh;
};

struct reading {
    struct text rest;
    size_t line;
    enum section section;
    bool columns_known;
    struct text columns[COLUMNS_MAX], fields[COLUMNS_MAX];
    size_t columns_n, fields_n;
    struct arena *arena;
    struct pabulib *pb;
    struct pb_problem *problem;
    struct name *projects, *voters, *areas;
    size_t projects_max, voters_max;
};

static enum fault wrong(struct reading *r, const char *what)
{
    r->problem->line = r->line;
    snprintf(r->problem->what, sizeof r->problem->what, "%s", what);
    return FAULT_FORMAT;
}

/* The rest of a field that began with a quote; `""` inside is one quote. */
static enum fault field_quoted(struct reading *r, struct text *line, struct text *ret)
{
    char *copy = arena_alloc(r->arena, line->n + 1);
    size_t n = 0, i = 1;
    if (!copy) return FAULT_MEMORY;
    for (; i < line->n; i++) {
        if (line->at[i] == '"' && (i + 1 == line->n || line->at[i + 1] != '"')) break;
        if (line->at[i] == '"') i++;
        copy[n++] = line->at[i];
    }
    if (i == line->n) return wrong(r, "a quote is not closed");
    *ret = (struct text){copy, n};
    struct text behind = {line->at + i + 1, line->n - i - 1};
    struct text between = text_cut(&behind, ';');
    if (text_trim(between).n > 0) return wrong(r, "something follows a closing quote");
    *line = behind;
    return FAULT_NONE;
}

static enum fault fields_split(struct reading *r, struct text line)
{
    r->fields_n = 0;
    while (line.at) {
        if (r->fields_n == COLUMNS_MAX) return wrong(r, "there are more than 64 columns");
        struct text start = line;
        while (start.n > 0 && (*start.at == ' ' || *start.at == '\t')) {
            start.at++;
            start.n--;
        }
        struct text *field = &r->fields[r->fields_n++];
        if (start.n > 0 && *start.at == '"') {
            line = start;
            enum fault no = field_quoted(r, &line, field);
            if (no) return no;
        } else {
            *field = text_trim(text_cut(&line, ';'));
        }
    }
    return FAULT_NONE;
}

static struct text field_of(const struct reading *r, const char *column)
{
    for (size_t i = 0; i < r->columns_n && i < r->fields_n; i++) {
        if (!text_equal_nocase(r->columns[i], text_of(column))) continue;
        bool missing = r->fields[i].n == 0 || text_equal_nocase(r->fields[i], TEXT("none"));
        return missing ? TEXT_NONE : r->fields[i];
    }
    return TEXT_NONE;
}

static struct name *name_find(struct name *table, struct text text)
{
    struct name *found = NULL;
    HASH_FIND(hh, table, text.at, text.n, found);
    return found;
}

static enum fault name_add(struct reading *r, struct name **table, struct text text, size_t index)
{
    struct name *name = arena_alloc(r->arena, sizeof *name);
    if (!name) return FAULT_MEMORY;
    name->text = text;
    name->index = index;
    HASH_ADD_KEYPTR(hh, *table, name->text.at, name->text.n, name);
    return FAULT_NONE;
}

/* Room for one more element of a growing array in the arena. */
static void *room_for(struct arena *arena, void *array, size_t n, size_t *max, size_t size)
{
    if (n < *max) return array;
    size_t more = *max ? *max * 2 : 64;
    void *grown = arena_alloc(arena, more * size);
    if (grown && n > 0) memcpy(grown, array, n * size);
    if (grown) *max = more;
    return grown;
}

static enum fault row_meta(struct reading *r)
{
    if (r->fields_n < 2) return FAULT_NONE;
    struct text key = r->fields[0], value = r->fields[1];
    if (text_equal_nocase(key, TEXT("description"))) r->pb->description = value;
    if (text_equal_nocase(key, TEXT("currency"))) r->pb->currency = value;
    if (text_equal_nocase(key, TEXT("vote_type"))) r->pb->vote_type = value;
    if (text_equal_nocase(key, TEXT("budget")) && !money_parse(value, &r->pb->budget_minor))
        return wrong(r, "the budget is not an amount");
    return FAULT_NONE;
}

static enum fault row_project(struct reading *r)
{
    struct pabulib *pb = r->pb;
    struct text id = field_of(r, "project_id"), cost = field_of(r, "cost");
    if (!id.at) return wrong(r, "a project has no project_id");
    if (name_find(r->projects, id)) return wrong(r, "a project_id stands twice");
    struct pb_project *grown =
        room_for(r->arena, pb->projects, pb->projects_n, &r->projects_max, sizeof *grown);
    if (!grown) return FAULT_MEMORY;
    pb->projects = grown;
    struct pb_project *project = &pb->projects[pb->projects_n];
    *project = (struct pb_project){.id = id, .name = field_of(r, "name")};
    if (!cost.at || !money_parse(cost, &project->cost_minor) || project->cost_minor == 0)
        return wrong(r, "a project's cost is not an amount above 0");
    return name_add(r, &r->projects, id, pb->projects_n++);
}

static enum fault area_of(struct reading *r, uint32_t *ret)
{
    struct pabulib *pb = r->pb;
    struct text name = field_of(r, "district");
    if (!name.at) name = field_of(r, "neighborhood");
    if (!name.at) name = TEXT("all");
    const struct name *known = name_find(r->areas, name);
    if (known) {
        *ret = (uint32_t)known->index;
        return FAULT_NONE;
    }
    if (pb->areas_n == PB_AREAS_MAX) { /* the last area takes what is beyond */
        pb->areas_folded++;
        *ret = PB_AREAS_MAX - 1;
        return FAULT_NONE;
    }
    pb->areas[pb->areas_n] = name;
    *ret = (uint32_t)pb->areas_n;
    return name_add(r, &r->areas, name, pb->areas_n++);
}

static bool chosen_already(const struct pb_voter *voter, size_t project)
{
    for (size_t i = 0; i < voter->choices_n; i++)
        if (voter->choices[i].project == project) return true;
    return false;
}

static enum fault choices_read(struct reading *r, struct pb_voter *voter)
{
    struct text votes = field_of(r, "vote"), points = field_of(r, "points");
    const bool weighed = points.at != NULL;
    size_t commas = 0;
    for (size_t i = 0; i < votes.n; i++)
        commas += votes.at[i] == ',';
    voter->choices = arena_alloc(r->arena, (commas + 1) * sizeof *voter->choices);
    if (!voter->choices) return FAULT_MEMORY;
    while (votes.at) {
        struct text id = text_trim(text_cut(&votes, ','));
        struct text given = text_trim(text_cut(&points, ','));
        uint64_t weight = 1;
        if (id.n == 0) continue;
        if (weighed && !text_to_u64(given, PB_POINTS_MAX, &weight))
            return wrong(r, POINTS_WRONG);
        const struct name *project = name_find(r->projects, id);
        if (!project) r->pb->choices_unknown++;
        else if (chosen_already(voter, project->index)) r->pb->choices_twice++;
        else if (weight == 0) r->pb->choices_zero++;
        else
            voter->choices[voter->choices_n++] =
                (struct pb_choice){(uint32_t)project->index, (uint32_t)weight};
    }
    return points.at ? wrong(r, POINTS_WRONG) : FAULT_NONE;
}

static enum fault row_voter(struct reading *r)
{
    struct pabulib *pb = r->pb;
    struct text id = field_of(r, "voter_id");
    if (!id.at) return wrong(r, "a vote has no voter_id");
    if (name_find(r->voters, id)) { /* a second ballot is no second person with a second wallet */
        pb->voters_twice++;
        return FAULT_NONE;
    }
    struct pb_voter *grown =
        room_for(r->arena, pb->voters, pb->voters_n, &r->voters_max, sizeof *grown);
    if (!grown) return FAULT_MEMORY;
    pb->voters = grown;
    struct pb_voter *voter = &pb->voters[pb->voters_n];
    *voter = (struct pb_voter){.id = id};
    enum fault no = area_of(r, &voter->area);
    if (!no) no = choices_read(r, voter);
    return no ? no : name_add(r, &r->voters, id, pb->voters_n++);
}

static enum fault line_read(struct reading *r, struct text line)
{
    static const struct {
        const char *word;
        enum section section;
    } sections[] = {
        {"META", SECTION_META}, {"PROJECTS", SECTION_PROJECTS}, {"VOTES", SECTION_VOTES}};
    for (size_t i = 0; i < 3; i++) {
        if (!text_equal_nocase(text_trim(line), text_of(sections[i].word))) continue;
        r->section = sections[i].section;
        r->columns_known = false;
        return FAULT_NONE;
    }
    if (text_trim(line).n == 0) return FAULT_NONE;
    if (!text_is_clean_utf8(text_trim(line))) return wrong(r, "the line is not clean UTF-8");
    enum fault no = fields_split(r, line);
    if (no) return no;
    if (r->section == SECTION_NONE) return wrong(r, "the file does not begin with META");
    if (!r->columns_known) {
        memcpy(r->columns, r->fields, sizeof r->columns);
        r->columns_n = r->fields_n;
        r->columns_known = true;
        return FAULT_NONE;
    }
    if (r->section == SECTION_META) return row_meta(r);
    return r->section == SECTION_PROJECTS ? row_project(r) : row_voter(r);
}

enum fault pabulib_read(struct text file, struct arena *arena, struct pabulib *ret,
                        struct pb_problem *ret_problem)
{
    *ret = (struct pabulib){.areas = arena_alloc(arena, PB_AREAS_MAX * sizeof *ret->areas)};
    *ret_problem = (struct pb_problem){0};
    if (!ret->areas) return FAULT_MEMORY;
    struct reading r = {.rest = file, .arena = arena, .pb = ret, .problem = ret_problem};
    if (text_starts(r.rest, TEXT("\xef\xbb\xbf"))) {
        r.rest.at += 3;
        r.rest.n -= 3;
    }
    enum fault no = FAULT_NONE;
    while (r.rest.at && !no) {
        r.line++;
        no = line_read(&r, text_cut(&r.rest, '\n'));
    }
    if (!no && ret->budget_minor == 0) no = wrong(&r, "META has no budget above 0");
    if (!no && ret->projects_n == 0) no = wrong(&r, "there are no projects");
    if (!no && ret->voters_n == 0) no = wrong(&r, "there are no votes");
    HASH_CLEAR(hh, r.projects);
    HASH_CLEAR(hh, r.voters);
    HASH_CLEAR(hh, r.areas);
    return no;
}
