/* log_words.c -- what a record says, in the words of the commons.
 *
 * A line tells everything that a reader may ask about and nothing that the record does not hold:
 * no name is known here. A new kind of record gets a function and its row in sentences[]. */
#include "log_words.h"

#include "log_words_parts.h"

typedef void sentence_fn(struct buf *out, const struct log_words *words,
                         const struct record *record);

void log_words_learn(struct log_words *words, const struct record *record)
{
    if (record->kind != RECORD_COMMUNITY_CREATED) return;
    struct text rest = record->areas;
    for (words->areas_n = 0; rest.at && words->areas_n < RECORD_AREAS_MAX; words->areas_n++) {
        const struct text code = text_cut(&rest, ',');
        (void)snprintf(words->areas[words->areas_n], sizeof *words->areas, "%.*s",
                       TEXT_ARGS(code));
    }
}

/* ---- parts of a sentence --------------------------------------------------------------------- */

static void people_by_area(struct buf *out, const struct log_words *words,
                           struct record_pairs pairs)
{
    for (size_t i = 0; i < pairs.n; i++) {
        buf_format(out, "%s%llu in ", i ? ", " : "", number(pairs.at[i][1]));
        area(out, words, pairs.at[i][0]);
    }
}

static void sums_of(struct buf *out, const char *noun, struct record_pairs pairs)
{
    for (size_t i = 0; i < pairs.n; i++) {
        money(out, i ? ", " : " ", pairs.at[i][1], "");
        buf_format(out, " from %s %llu", noun, number(pairs.at[i][0]));
    }
}

static void pledge_place(struct buf *out, const struct record *record)
{
    buf_format(out, "proposal %llu (tender %llu)", number(record->proposal),
               number(record->tender));
}

/* ---- the community, its money, its people ---------------------------------------------------- */

static void community_created(struct buf *out, const struct log_words *words,
                              const struct record *record)
{
    (void)words;
    buf_format(out, "the community begins: currency %.*s, areas", TEXT_ARGS(record->currency));
    for (struct text rest = record->areas; rest.at;) {
        const struct text code = text_cut(&rest, ',');
        buf_format(out, " %.*s%s", TEXT_ARGS(code), rest.at ? "," : "");
    }
    if (record->area_residents_min)
        buf_format(out, ", an area with residents has at least %llu",
                   number(record->area_residents_min));
    if (record->members_min)
        buf_format(out, ", a body publishes with at least %llu members",
                   number(record->members_min));
}

static void fund_added(struct buf *out, const struct log_words *words, const struct record *record)
{
    (void)words;
    buf_format(out, "fund %llu is added: ", number(record->fund));
    money_put(out, record->amount);
    if (record->theme.n) buf_format(out, ", for %.*s only", TEXT_ARGS(record->theme));
    else buf_cstr(out, ", for anything");
}

static void fund_topped_up(struct buf *out, const struct log_words *words,
                           const struct record *record)
{
    (void)words;
    buf_format(out, "fund %llu grows", number(record->fund));
    money(out, " by ", record->amount, "");
}

static void fund_withdrawn(struct buf *out, const struct log_words *words,
                           const struct record *record)
{
    (void)words;
    buf_format(out, "fund %llu gives back", number(record->fund));
    money(out, " ", record->amount, "");
}

static void residents_registered(struct buf *out, const struct log_words *words,
                                 const struct record *record)
{
    buf_cstr(out, "residents join: ");
    people_by_area(out, words, record->registered);
    if (record->grants.n == 0) return;
    buf_format(out, "; granted in round %llu: ", number(record->round));
    people_by_area(out, words, record->grants);
}

static void resident_granted(struct buf *out, const struct log_words *words,
                             const struct record *record)
{
    buf_cstr(out, "a resident of ");
    area(out, words, record->area);
    buf_format(out, " is granted the allotment of round %llu", number(record->round));
}

static void resident_left(struct buf *out, const struct log_words *words,
                          const struct record *record)
{
    buf_cstr(out, "a resident of ");
    area(out, words, record->area);
    buf_cstr(out, " leaves");
    if (record->withdrawn.n == 0 && record->wallet.n)
        buf_format(out, "; what waited behind pledges of wallet %.*s goes",
                   TEXT_ARGS(record->wallet));
    if (record->withdrawn.n == 0) return;
    buf_format(out, "; wallet %.*s takes back", TEXT_ARGS(record->wallet));
    sums_of(out, "proposal", record->withdrawn);
}

static void round_opened(struct buf *out, const struct log_words *words,
                         const struct record *record)
{
    buf_format(out, "round %llu opens: ", number(record->round));
    money_put(out, record->allotment);
    buf_format(out, " for each of %llu residents (", number(record->residents));
    people_by_area(out, words, record->grants);
    money(out, "), a token is ", record->token, "");
    if (record->roll.n) buf_format(out, ", register %.*s", TEXT_ARGS(record->roll));
    stamp(out, ", closes ", record->closes);
}

static void round_closed(struct buf *out, const struct log_words *words,
                         const struct record *record)
{
    (void)words;
    buf_format(out, "round %llu closes:", number(record->round));
    money(out, " ", record->free, " free and ");
    money(out, "", record->held, " held go back; of ");
    money(out, "", record->granted, " granted ");
    money(out, "", record->spent, " was spent, ");
    money(out, "", record->prices, " on prices and ");
    money(out, "", record->rounding, " of rounding");
}

/* ---- tenders and proposals ------------------------------------------------------------------- */

static void tender_created(struct buf *out, const struct log_words *words,
                           const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu is drafted by %.*s", number(record->tender),
               TEXT_ARGS(record->body));
    if (record->theme.n) buf_format(out, " for %.*s", TEXT_ARGS(record->theme));
    money(out, ": up to ", record->ceiling, "");
    buf_format(out, ", at least %llu people", number(record->people_min));
    if (record->areas_min)
        buf_format(out, ", in %llu areas at least %llu each", number(record->areas_min),
                   number(record->area_people_min));
    buf_format(out, ", at most %llu award%s%s", number(record->awards_max),
               record->awards_max == 1 ? "" : "s",
               record->late ? ", late proposals welcome" : "");
    if (record->window)
        buf_format(out, ", the rule holds for %llu s", number(record->window / 1000));
    if (record->tally.n) buf_format(out, ", its tally %.*s", TEXT_ARGS(record->tally));
    if (record->days || record->contributors)
        buf_format(out, ", after %llu days and %llu contributors", number(record->days),
                   number(record->contributors));
    if (record->need) buf_format(out, ", for need %llu", number(record->need));
    stamp(out, ", closes ", record->closes);
}

static void tender_opened(struct buf *out, const struct log_words *words,
                          const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu opens for pledges in round %llu, with %llu proposal%s",
               number(record->tender), number(record->round), number(record->proposals),
               record->proposals == 1 ? "" : "s");
    if (record->talks)
        buf_format(out, ", after %llu contributions of %llu people", number(record->talks),
                   number(record->contributors));
    if (record->tally_key_hash.n) buf_cstr(out, "; its tally is hidden");
}

static void tender_ended(struct buf *out, const struct log_words *words,
                         const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu %s; ", number(record->tender),
               record->kind == RECORD_TENDER_LAPSED ? "lapses" : "is withdrawn");
    money_put(out, record->held);
    buf_cstr(out, " held goes back to the wallets");
}

static void tender_critical(struct buf *out, const struct log_words *words,
                            const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu is critical: proposal %llu must go on meeting the rule",
               number(record->tender), number(record->proposal));
    stamp(out, " until ", record->until);
}

static void tender_reopened(struct buf *out, const struct log_words *words,
                            const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu is open again: proposal %llu %s", number(record->tender),
               number(record->proposal),
               record_has(record, FIELD_DUE) ? "met the rule, but the funds cannot pay for it"
                                             : "no longer meets the rule");
}

static void tender_paused(struct buf *out, const struct log_words *words,
                          const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu is paused", number(record->tender));
    stamp(out, " until ", record->until);
}

static void tender_resumed(struct buf *out, const struct log_words *words,
                           const struct record *record)
{
    (void)words;
    buf_format(out, "tender %llu goes on; it was paused for %llu ms in all",
               number(record->tender), number(record->paused));
}

static void proposal_submitted(struct buf *out, const struct log_words *words,
                               const struct record *record)
{
    (void)words;
    buf_format(out, "proposal %llu answers tender %llu: price ", number(record->proposal),
               number(record->tender));
    money_put(out, record->price);
}

static void proposal_withdrawn(struct buf *out, const struct log_words *words,
                               const struct record *record)
{
    (void)words;
    buf_format(out, "proposal %llu is withdrawn; ", number(record->proposal));
    if (record_has(record, FIELD_HELD)) money_put(out, record->held);
    else buf_cstr(out, "what is");
    buf_cstr(out, " held goes back to the wallets");
}

static void proposal_judged(struct buf *out, const struct log_words *words,
                            const struct record *record)
{
    (void)words;
    buf_format(out, "proposal %llu is found %s", number(record->proposal),
               record->eligible ? "eligible" : "ineligible and leaves its tender");
}

static void proposal_amended(struct buf *out, const struct log_words *words,
                             const struct record *record)
{
    (void)words;
    buf_format(out, "proposal %llu is amended, version %llu: price ", number(record->proposal),
               number(record->version));
    money_put(out, record->price);
}

static void proposals_merged(struct buf *out, const struct log_words *words,
                             const struct record *record)
{
    (void)words;
    buf_format(out, "proposal %llu goes up in proposal %llu", number(record->other),
               number(record->proposal));
}

/* ---- pledges --------------------------------------------------------------------------------- */

static void pledge_set(struct buf *out, const struct log_words *words, const struct record *record)
{
    buf_format(out, "wallet %.*s (", TEXT_ARGS(record->wallet));
    area(out, words, record->area);
    buf_cstr(out, record_has(record, FIELD_CAUSE) ? ") falls back with " : ") pledges ");
    money(out, "", record->amount, " to ");
    pledge_place(out, record);
    if (record->was) money(out, ", instead of ", record->was, "");
    if (record->assisted.n) buf_format(out, ", entered by a %.*s", TEXT_ARGS(record->assisted));
    for (size_t i = 0; i < record->fallback.n; i++)
        buf_format(out, "%s proposal %llu", i ? ", else to" : "; if that is released, to",
                   number(record->fallback.at[i][1]));
}

static void fallback_dropped(struct buf *out, const struct log_words *words,
                             const struct record *record)
{
    buf_format(out, "wallet %.*s (", TEXT_ARGS(record->wallet));
    area(out, words, record->area);
    money(out, ") keeps ", record->amount, "");
    buf_format(out, " of proposal %llu: no fallback takes it", number(record->proposal));
}

static void pledge_withdrawn(struct buf *out, const struct log_words *words,
                             const struct record *record)
{
    buf_format(out, "wallet %.*s (", TEXT_ARGS(record->wallet));
    area(out, words, record->area);
    money(out, ") takes back ", record->was, " from ");
    pledge_place(out, record);
}

static void commission_activated(struct buf *out, const struct log_words *words,
                                 const struct record *record)
{
    (void)words;
    pledge_place(out, record);
    money(out, " becomes a commission: price ", record->price, "");
    money(out, ", pledged ", record->pledged, "");
    buf_format(out, " by %llu people", number(record->people));
    money(out, "; each pays at most ", record->rho, "");
    money(out, ", together ", record->spent, "");
    money(out, " with ", record->rounding, " of rounding; drawn");
    sums_of(out, "fund", record->draws);
    if (record->released) money(out, "; ", record->released, " on other proposals goes back");
}

/* ---- hidden tallies -------------------------------------------------------------------------- */

static void sealed(struct buf *out, const struct log_words *words, const struct record *record)
{
    (void)words;
    (void)record;
    buf_cstr(out, "a pledge whose tally is hidden, sealed until its tender is decided or ends");
}

static void tally_disclosed(struct buf *out, const struct log_words *words,
                            const struct record *record)
{
    (void)words;
    buf_format(out, "the tally of tender %llu is disclosed, by the key %.*s",
               number(record->tender), TEXT_ARGS(record->key));
}

/* ---- codes ----------------------------------------------------------------------------------- */

static void codes_issued(struct buf *out, const struct log_words *words,
                         const struct record *record)
{
    buf_cstr(out, "codes are issued: ");
    people_by_area(out, words, record->issued);
}

static void code_redeemed(struct buf *out, const struct log_words *words,
                          const struct record *record)
{
    buf_cstr(out, "a code of ");
    area(out, words, record->area);
    buf_cstr(out, " is redeemed");
}

static sentence_fn *const sentences[RECORD_KINDS] = {
    [RECORD_COMMUNITY_CREATED] = community_created,
    [RECORD_FUND_ADDED] = fund_added,
    [RECORD_FUND_TOPPED_UP] = fund_topped_up,
    [RECORD_RESIDENTS_REGISTERED] = residents_registered,
    [RECORD_RESIDENT_GRANTED] = resident_granted,
    [RECORD_RESIDENT_LEFT] = resident_left,
    [RECORD_ROUND_OPENED] = round_opened,
    [RECORD_ROUND_CLOSED] = round_closed,
    [RECORD_TENDER_CREATED] = tender_created,
    [RECORD_TENDER_OPENED] = tender_opened,
    [RECORD_TENDER_WITHDRAWN] = tender_ended,
    [RECORD_TENDER_LAPSED] = tender_ended,
    [RECORD_TENDER_CRITICAL] = tender_critical,
    [RECORD_TENDER_REOPENED] = tender_reopened,
    [RECORD_TENDER_PAUSED] = tender_paused,
    [RECORD_TENDER_RESUMED] = tender_resumed,
    [RECORD_PROPOSAL_SUBMITTED] = proposal_submitted,
    [RECORD_PROPOSAL_WITHDRAWN] = proposal_withdrawn,
    [RECORD_PROPOSAL_JUDGED] = proposal_judged,
    [RECORD_PROPOSAL_AMENDED] = proposal_amended,
    [RECORD_PROPOSALS_MERGED] = proposals_merged,
    [RECORD_PLEDGE_SET] = pledge_set,
    [RECORD_PLEDGE_WITHDRAWN] = pledge_withdrawn,
    [RECORD_FALLBACK_DROPPED] = fallback_dropped,
    [RECORD_COMMISSION_ACTIVATED] = commission_activated,
    [RECORD_NEED_RAISED] = log_words_civic,
    [RECORD_NEED_SECONDED] = log_words_civic,
    [RECORD_NEED_ANSWERED] = log_words_civic,
    [RECORD_TALK_ADDED] = log_words_civic,
    [RECORD_TALK_EDITED] = log_words_civic,
    [RECORD_TALK_STANCE] = log_words_civic,
    [RECORD_TALK_HIDDEN] = log_words_civic,
    [RECORD_TALK_APPEALED] = log_words_civic,
    [RECORD_TALK_RULED] = log_words_civic,
    [RECORD_TALK_SUMMARISED] = log_words_civic,
    [RECORD_SEALED] = sealed,
    [RECORD_TALLY_DISCLOSED] = tally_disclosed,
    [RECORD_CODES_ISSUED] = codes_issued,
    [RECORD_CODE_REDEEMED] = code_redeemed,
    [RECORD_COMMUNITY_SET] = log_words_civic,
    [RECORD_AREAS_SET] = log_words_civic,
    [RECORD_BODY_FORMED] = log_words_civic,
    [RECORD_BODY_CONSTITUTED] = log_words_civic,
    [RECORD_MEMBER_SEATED] = log_words_civic,
    [RECORD_MEMBER_LEFT] = log_words_civic,
    [RECORD_BODY_SUSPENDED] = log_words_civic,
    [RECORD_BODY_RESTORED] = log_words_civic,
    [RECORD_TENDER_APPROVED] = log_words_civic,
    [RECORD_TENDER_PUBLISHED] = log_words_civic,
    [RECORD_FUND_WITHDRAWN] = fund_withdrawn,
    [RECORD_CONTRACT_SIGNED] = log_words_delivery,
    [RECORD_EVIDENCE_ADDED] = log_words_delivery,
    [RECORD_MILESTONE_REPORTED] = log_words_delivery,
    [RECORD_MILESTONE_CONFIRMED] = log_words_delivery,
    [RECORD_MILESTONE_DISPUTED] = log_words_delivery,
    [RECORD_MILESTONE_ACCEPTED] = log_words_delivery,
    [RECORD_PAYMENT_RECORDED] = log_words_delivery,
    [RECORD_VARIATION_PROPOSED] = log_words_delivery,
    [RECORD_VARIATION_APPROVED] = log_words_delivery,
    [RECORD_OUTCOME_REPORTED] = log_words_delivery,
    [RECORD_SAVINGS_NOTED] = log_words_delivery,
    [RECORD_COMMISSION_COMPLETED] = log_words_delivery,
    [RECORD_COMMISSION_TERMINATED] = log_words_delivery,
};

void log_words_put(struct buf *out, const struct log_words *words, const struct record *record)
{
    buf_format(out, "%8llu  ", number(record->seq));
    stamp(out, "", record->at);
    buf_cstr(out, "  ");
    INVARIANT(record->kind < RECORD_KINDS && sentences[record->kind]);
    sentences[record->kind](out, words, record);
    if (record_has(record, FIELD_DUE)) stamp(out, ", due ", record->due);
}
