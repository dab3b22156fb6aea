/* rebuild_notes.c -- see rebuild_notes.h. */
#include "rebuild_notes.h"

#include "groundswell/rules/record.h"

#define KEPT_MAX (256 * MIB)

void rebuild_notes_init(struct rebuild_notes *notes, const struct model *model)
{
    *notes = (struct rebuild_notes){.model = model};
    arena_init(&notes->kept, KEPT_MAX);
}

void rebuild_notes_release(struct rebuild_notes *notes)
{
    free(notes->rounds);
    free(notes->tenders);
    free(notes->proposals);
    free(notes->members);
    free(notes->steps);
    arena_release(&notes->kept);
}

/* Room for [number]; what is new is zeroed. NULL: out of memory. */
static void *numbered(void *array, size_t *max, uint64_t number, size_t size)
{
    if (number < *max) return array;
    const size_t more = ((size_t)number + 16) * 2;
    char *grown = realloc(array, more * size);
    if (!grown) return NULL;
    memset(grown + *max * size, 0, (more - *max) * size);
    *max = more;
    return grown;
}

static struct note_proposal *proposal_of(struct rebuild_notes *notes, uint64_t number)
{
    void *grown = numbered(notes->proposals, &notes->proposals_max, number,
                           sizeof *notes->proposals);
    if (!grown) return NULL;
    notes->proposals = grown;
    return &notes->proposals[number];
}

static struct note_tender *tender_of(struct rebuild_notes *notes, uint64_t number)
{
    void *grown = numbered(notes->tenders, &notes->tenders_max, number, sizeof *notes->tenders);
    if (!grown) return NULL;
    notes->tenders = grown;
    return &notes->tenders[number];
}

static struct restore_round *round_of(struct rebuild_notes *notes, uint64_t number)
{
    void *grown = numbered(notes->rounds, &notes->rounds_max, number, sizeof *notes->rounds);
    if (!grown) return NULL;
    notes->rounds = grown;
    return &notes->rounds[number];
}

struct note_member *rebuild_member(struct rebuild_notes *notes, uint64_t number)
{
    void *grown = numbered(notes->members, &notes->members_max, number, sizeof *notes->members);
    if (!grown) return NULL;
    notes->members = grown;
    return &notes->members[number];
}

/* ---- the kinds that say something ------------------------------------------------------------ */

static enum fault community_note(struct rebuild_notes *notes, const struct record *record)
{
    notes->currency = arena_text(&notes->kept, record->currency);
    notes->areas = arena_text(&notes->kept, record->areas);
    notes->area_residents_min = record->area_residents_min;
    return notes->currency.at && notes->areas.at ? FAULT_NONE : FAULT_MEMORY;
}

static enum fault round_note(struct rebuild_notes *notes, const struct record *record)
{
    struct restore_round *round = round_of(notes, record->round);
    if (!round) return FAULT_MEMORY;
    if (record->kind == RECORD_ROUND_OPENED) {
        *round = (struct restore_round){.opened_seq = record->seq,
                                        .opened_ms = record->at,
                                        .token = record->token,
                                        .allotment = record->allotment,
                                        .closes_ms = record->closes,
                                        .residents = record->residents,
                                        .roll = arena_text(&notes->kept, record->roll)};
        return FAULT_NONE;
    }
    round->closed_seq = record->seq;
    round->closed_ms = record->at;
    round->free = record->free;
    round->held = record->held;
    round->granted = record->granted;
    round->spent = record->spent;
    round->prices = record->prices;
    round->rounding = record->rounding;
    return FAULT_NONE;
}

/* The round is written into the proposals that are live when their tender opens. */
static enum fault opening_note(struct rebuild_notes *notes, const struct record *record)
{
    struct note_tender *tender = tender_of(notes, record->tender);
    struct model_proposal proposal;
    if (!tender) return FAULT_MEMORY;
    tender->opened_seq = record->seq;
    for (uint64_t i = 1; model_proposal(notes->model, i, &proposal); i++)
        if (proposal.tender == record->tender && strcmp(proposal.state, "live") == 0)
            notes->proposals[i].round = record->round;
    return FAULT_NONE;
}

static enum fault tender_note(struct rebuild_notes *notes, const struct record *record)
{
    struct note_tender *tender = tender_of(notes, record->tender);
    if (!tender) return FAULT_MEMORY;
    (void)snprintf(tender->rule_hash, sizeof tender->rule_hash, "%.*s",
                   TEXT_ARGS(record->rule_hash));
    return FAULT_NONE;
}

/* What it asks for in this version: as submitted, or as amended. */
static enum fault version_note(struct rebuild_notes *notes, const struct record *record,
                               uint64_t version)
{
    struct note_proposal *proposal = proposal_of(notes, record->proposal);
    const bool parts = record_has(record, FIELD_MILESTONES);
    CLEANUP(buf) struct buf milestones = BUF_MAX(RECORD_JSON_MAX);
    CLEANUP(buf) struct buf row = BUF_MAX(RECORD_JSON_MAX);
    if (!proposal) return FAULT_MEMORY;
    if (parts) record_field_put(record, FIELD_MILESTONES, &milestones);
    buf_format(&row, "%llu %llu %llu ", (unsigned long long)record->seq,
               (unsigned long long)record->at, (unsigned long long)record->price);
    buf_text(&row, parts ? buf_view(&milestones) : TEXT("-"));
    struct text kept = arena_text(&notes->kept, buf_view(&milestones));
    struct text *made = &proposal->versions[version - 1];
    proposal->milestones = parts ? kept : TEXT_NONE;
    *made = arena_text(&notes->kept, buf_view(&row));
    return made->at && (kept.at || !parts) ? buf_fault(&row) : FAULT_MEMORY;
}

static enum fault proposal_note(struct rebuild_notes *notes, const struct record *record)
{
    struct note_proposal *proposal = proposal_of(notes, record->proposal);
    struct model_tender tender;
    if (!proposal) return FAULT_MEMORY;
    INVARIANT(model_tender(notes->model, record->tender, &tender));
    proposal->round = tender.round;
    return version_note(notes, record, 1);
}

static enum fault commission_note(struct rebuild_notes *notes, const struct record *record)
{
    struct note_proposal *proposal = proposal_of(notes, record->proposal);
    CLEANUP(buf) struct buf draws = BUF_MAX(RECORD_JSON_MAX);
    if (!proposal) return FAULT_MEMORY;
    record_field_put(record, FIELD_DRAWS, &draws);
    proposal->spent = record->spent;
    proposal->rounding = record->rounding;
    proposal->commission_seq = record->seq;
    proposal->commission_ms = record->at;
    proposal->draws = arena_text(&notes->kept, buf_view(&draws));
    return proposal->draws.at ? buf_fault(&draws) : FAULT_MEMORY;
}

/* A proposal's field `ready` goes when the rule breaks, and stays when the proposal or its tender
 * ends: then nobody reads it. */
static void ready_note(struct rebuild_notes *notes, uint64_t number)
{
    struct model_proposal proposal;
    INVARIANT(model_proposal(notes->model, number, &proposal));
    if (proposal.ready_seq || strcmp(proposal.state, "live") == 0)
        notes->proposals[number].ready = proposal.ready_seq;
}

enum fault rebuild_note(void *ctx, const struct record *record)
{
    struct rebuild_notes *notes = ctx;
    switch (record->kind) {
    case RECORD_COMMUNITY_CREATED:
        return community_note(notes, record);
    case RECORD_RESIDENTS_REGISTERED:
        for (size_t i = 0; i < record->registered.n; i++)
            notes->registered |= UINT64_C(1) << record->registered.at[i][0];
        return FAULT_NONE;
    case RECORD_CODES_ISSUED:
        for (size_t i = 0; i < record->issued.n; i++)
            notes->issued |= UINT64_C(1) << record->issued.at[i][0];
        return FAULT_NONE;
    case RECORD_CODE_REDEEMED:
        notes->redeemed |= UINT64_C(1) << record->area;
        return FAULT_NONE;
    case RECORD_RESIDENT_LEFT:
        for (size_t i = 0; i < record->withdrawn.n; i++)
            ready_note(notes, record->withdrawn.at[i][0]);
        return FAULT_NONE;
    case RECORD_ROUND_OPENED:
    case RECORD_ROUND_CLOSED:
        return round_note(notes, record);
    case RECORD_TENDER_CREATED:
        return tender_note(notes, record);
    case RECORD_TENDER_OPENED:
        return opening_note(notes, record);
    case RECORD_PROPOSAL_SUBMITTED:
        return proposal_note(notes, record);
    case RECORD_PROPOSAL_AMENDED:
        return version_note(notes, record, record->version);
    case RECORD_PLEDGE_SET:
        notes->proposals[record->proposal].areas |= UINT64_C(1) << record->area;
        ready_note(notes, record->proposal);
        return FAULT_NONE;
    case RECORD_PLEDGE_WITHDRAWN:
    case RECORD_TENDER_CRITICAL:
    case RECORD_TENDER_REOPENED:
        ready_note(notes, record->proposal);
        return FAULT_NONE;
    case RECORD_COMMISSION_ACTIVATED:
        return commission_note(notes, record);
    default:
        return rebuild_note_body(notes, record);
    }
}
