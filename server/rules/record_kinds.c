/* record_kinds.c -- the table of the audit log's kinds: which fields each has, in which order, and
 * which of them it may lack. What a field is, is in record.c. */
#include "groundswell/rules/record.h"

#define BIT(field) RECORD_BIT(field)

const struct record_kind_spec record_kind_specs[RECORD_KINDS] = {
    [RECORD_COMMUNITY_CREATED] =
        {"community_created",
         {FIELD_CURRENCY, FIELD_AREAS, FIELD_AREA_RESIDENTS_MIN, FIELD_MEMBERS_MIN, FIELD_TEXT_HASH,
          RECORD_FIELDS},
         BIT(FIELD_MEMBERS_MIN), false, false},
    [RECORD_FUND_ADDED] = {"fund_added",
                           {FIELD_FUND, FIELD_AMOUNT, FIELD_THEME, FIELD_TEXT_HASH, RECORD_FIELDS},
                           BIT(FIELD_THEME), false, false},
    [RECORD_FUND_TOPPED_UP] =
        {"fund_topped_up", {FIELD_FUND, FIELD_AMOUNT, RECORD_FIELDS}, 0, false, false},
    [RECORD_RESIDENTS_REGISTERED] = {"residents_registered",
                                     {FIELD_REGISTERED, FIELD_ROUND, FIELD_GRANTS, RECORD_FIELDS},
                                     BIT(FIELD_ROUND) | BIT(FIELD_GRANTS), false, false},
    [RECORD_RESIDENT_GRANTED] =
        {"resident_granted", {FIELD_ROUND, FIELD_AREA, RECORD_FIELDS}, 0, false, false},
    [RECORD_RESIDENT_LEFT] = {"resident_left",
                              {FIELD_AREA, FIELD_ROUND, FIELD_WALLET, FIELD_WALLET_AREA,
                               FIELD_WITHDRAWN, RECORD_FIELDS},
                              BIT(FIELD_ROUND) | BIT(FIELD_WALLET) | BIT(FIELD_WALLET_AREA) |
                                  BIT(FIELD_WITHDRAWN),
                              false, false},
    [RECORD_ROUND_OPENED] = {"round_opened",
                             {FIELD_ROUND, FIELD_ALLOTMENT, FIELD_TOKEN, FIELD_CLOSES,
                              FIELD_RESIDENTS, FIELD_ROLL, FIELD_GRANTS, FIELD_TEXT_HASH,
                              RECORD_FIELDS},
                             BIT(FIELD_ROLL) | BIT(FIELD_TEXT_HASH), false, false},
    [RECORD_ROUND_CLOSED] = {"round_closed",
                             {FIELD_ROUND, FIELD_FREE, FIELD_HELD, FIELD_GRANTED, FIELD_SPENT,
                              FIELD_PRICES, FIELD_ROUNDING, RECORD_FIELDS},
                             BIT(FIELD_DUE), true, false},
    [RECORD_TENDER_CREATED] = {"tender_created",
                               {FIELD_TENDER, FIELD_BODY, FIELD_THEME, FIELD_CEILING,
                                FIELD_PEOPLE_MIN, FIELD_AREAS_MIN, FIELD_AREA_PEOPLE_MIN,
                                FIELD_AWARDS_MAX, FIELD_CLOSES, FIELD_LATE, FIELD_WINDOW,
                                FIELD_TALLY, FIELD_DAYS, FIELD_CONTRIBUTORS, FIELD_NEED,
                                FIELD_RULE_HASH, FIELD_TEXT_HASH, RECORD_FIELDS},
                               BIT(FIELD_THEME) | BIT(FIELD_WINDOW) | BIT(FIELD_TALLY) |
                                   BIT(FIELD_DAYS) | BIT(FIELD_CONTRIBUTORS) | BIT(FIELD_NEED),
                               false, false},
    [RECORD_TENDER_OPENED] =
        {"tender_opened",
         {FIELD_TENDER, FIELD_ROUND, FIELD_RULE_HASH, FIELD_PROPOSALS, FIELD_CONTRIBUTORS,
          FIELD_TALKS, FIELD_TALLY_KEY_HASH, RECORD_FIELDS},
         BIT(FIELD_CONTRIBUTORS) | BIT(FIELD_TALKS) | BIT(FIELD_TALLY_KEY_HASH), false, false},
    [RECORD_TENDER_WITHDRAWN] =
        {"tender_withdrawn", {FIELD_TENDER, FIELD_HELD, RECORD_FIELDS}, 0, false, false},
    [RECORD_TENDER_LAPSED] =
        {"tender_lapsed", {FIELD_TENDER, FIELD_HELD, RECORD_FIELDS}, 0, true, false},
    [RECORD_TENDER_CRITICAL] =
        {"tender_critical", {FIELD_TENDER, FIELD_PROPOSAL, FIELD_UNTIL, FIELD_CAUSE, RECORD_FIELDS},
         BIT(FIELD_DUE) | BIT(FIELD_CAUSE), true, false},
    [RECORD_TENDER_REOPENED] =
        {"tender_reopened", {FIELD_TENDER, FIELD_PROPOSAL, FIELD_CAUSE, RECORD_FIELDS},
         BIT(FIELD_DUE) | BIT(FIELD_CAUSE), true, false},
    [RECORD_TENDER_PAUSED] =
        {"tender_paused", {FIELD_TENDER, FIELD_UNTIL, FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_TENDER_RESUMED] = {"tender_resumed", {FIELD_TENDER, FIELD_PAUSED, RECORD_FIELDS},
                               BIT(FIELD_DUE), true, false},
    [RECORD_PROPOSAL_SUBMITTED] =
        {"proposal_submitted",
         {FIELD_PROPOSAL, FIELD_TENDER, FIELD_PRICE, FIELD_MILESTONES, FIELD_TEXT_HASH,
          RECORD_FIELDS},
         BIT(FIELD_MILESTONES), false, false},
    [RECORD_PROPOSAL_WITHDRAWN] = {"proposal_withdrawn",
                                   {FIELD_PROPOSAL, FIELD_HELD, RECORD_FIELDS},
                                   BIT(FIELD_HELD), false, false},
    [RECORD_PROPOSAL_JUDGED] = {"proposal_judged",
                                {FIELD_PROPOSAL, FIELD_ELIGIBLE, FIELD_TEXT_HASH, RECORD_FIELDS},
                                0, false, false},
    [RECORD_PROPOSAL_AMENDED] =
        {"proposal_amended",
         {FIELD_PROPOSAL, FIELD_VERSION, FIELD_PRICE, FIELD_MILESTONES, FIELD_TEXT_HASH,
          RECORD_FIELDS},
         BIT(FIELD_MILESTONES), false, false},
    [RECORD_PROPOSALS_MERGED] =
        {"proposals_merged", {FIELD_PROPOSAL, FIELD_OTHER, RECORD_FIELDS}, 0, false, false},
    [RECORD_PLEDGE_SET] = {"pledge_set",
                           {FIELD_ROUND, FIELD_WALLET, FIELD_AREA, FIELD_TENDER, FIELD_PROPOSAL,
                            FIELD_AMOUNT, FIELD_WAS, FIELD_ASSISTED, FIELD_FALLBACK, FIELD_CAUSE,
                            RECORD_FIELDS},
                           BIT(FIELD_WAS) | BIT(FIELD_ASSISTED) | BIT(FIELD_FALLBACK) |
                               BIT(FIELD_CAUSE),
                           false, true},
    [RECORD_PLEDGE_WITHDRAWN] = {"pledge_withdrawn",
                                 {FIELD_ROUND, FIELD_WALLET, FIELD_AREA, FIELD_TENDER,
                                  FIELD_PROPOSAL, FIELD_WAS, RECORD_FIELDS},
                                 0, false, true},
    [RECORD_FALLBACK_DROPPED] = {"fallback_dropped",
                                 {FIELD_ROUND, FIELD_WALLET, FIELD_AREA, FIELD_PROPOSAL,
                                  FIELD_AMOUNT, FIELD_CAUSE, RECORD_FIELDS},
                                 0, false, false},
    [RECORD_COMMISSION_ACTIVATED] = {"commission_activated",
                                     {FIELD_PROPOSAL, FIELD_TENDER, FIELD_PRICE, FIELD_RHO,
                                      FIELD_SPENT, FIELD_ROUNDING, FIELD_PEOPLE, FIELD_PLEDGED,
                                      FIELD_RELEASED, FIELD_DRAWS, FIELD_CAUSE, RECORD_FIELDS},
                                     BIT(FIELD_DUE) | BIT(FIELD_CAUSE), true, false},
    [RECORD_NEED_RAISED] = {"need_raised", {FIELD_NEED, FIELD_TEXT_HASH, RECORD_FIELDS}, 0, false,
                            false},
    [RECORD_NEED_SECONDED] =
        {"need_seconded", {FIELD_NEED, FIELD_SECONDS, RECORD_FIELDS}, 0, false, false},
    [RECORD_NEED_ANSWERED] =
        {"need_answered", {FIELD_NEED, FIELD_BODY, FIELD_TENDER, FIELD_TEXT_HASH, RECORD_FIELDS},
         BIT(FIELD_TENDER), false, false},
    [RECORD_TALK_ADDED] = {"talk_added",
                           {FIELD_TENDER, FIELD_TALK, FIELD_SORT, FIELD_AREA, FIELD_TEXT_HASH,
                            RECORD_FIELDS},
                           0, false, false},
    [RECORD_TALK_EDITED] =
        {"talk_edited", {FIELD_TENDER, FIELD_TALK, FIELD_VERSION, FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_TALK_STANCE] = {"talk_stance",
                            {FIELD_TENDER, FIELD_TALK, FIELD_AREA, FIELD_AGREE, FIELD_DISAGREE,
                             FIELD_PASS, RECORD_FIELDS},
                            0, false, false},
    [RECORD_TALK_HIDDEN] =
        {"talk_hidden", {FIELD_TENDER, FIELD_TALK, FIELD_REASON, FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_TALK_APPEALED] =
        {"talk_appealed", {FIELD_TENDER, FIELD_TALK, FIELD_TEXT_HASH, RECORD_FIELDS}, 0, false,
         false},
    [RECORD_TALK_RULED] =
        {"talk_ruled", {FIELD_TENDER, FIELD_TALK, FIELD_STANDS, FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_TALK_SUMMARISED] =
        {"talk_summarised", {FIELD_TENDER, FIELD_TEXT_HASH, RECORD_FIELDS}, 0, false, false},
    [RECORD_SEALED] = {"sealed", {FIELD_SEALED, RECORD_FIELDS}, 0, false, false},
    [RECORD_TALLY_DISCLOSED] =
        {"tally_disclosed", {FIELD_TENDER, FIELD_KEY, RECORD_FIELDS}, 0, false, false},
    [RECORD_CODES_ISSUED] = {"codes_issued", {FIELD_ISSUED, RECORD_FIELDS}, 0, false, false},
    [RECORD_CODE_REDEEMED] = {"code_redeemed", {FIELD_AREA, RECORD_FIELDS}, 0, false, false},
    [RECORD_COMMUNITY_SET] =
        {"community_set",
         {FIELD_MEMBERS_MIN, FIELD_DAYS, FIELD_CONTRIBUTORS, FIELD_PEOPLE_PERMILLE,
          FIELD_AREAS_MIN, FIELD_WINDOW, FIELD_TALLY, FIELD_NEEDS_LINE, RECORD_FIELDS},
         BIT(FIELD_MEMBERS_MIN) | BIT(FIELD_DAYS) | BIT(FIELD_CONTRIBUTORS) |
             BIT(FIELD_PEOPLE_PERMILLE) | BIT(FIELD_AREAS_MIN) | BIT(FIELD_WINDOW) |
             BIT(FIELD_TALLY) | BIT(FIELD_NEEDS_LINE),
         false, false},
    [RECORD_AREAS_SET] = {"areas_set", {FIELD_TEXT_HASH, RECORD_FIELDS}, 0, false, false},
    [RECORD_BODY_FORMED] = {"body_formed",
                            {FIELD_BODY, FIELD_VERSION, FIELD_TEXT_HASH, RECORD_FIELDS},
                            0, false, false},
    [RECORD_BODY_CONSTITUTED] = {"body_constituted",
                                 {FIELD_BODY, FIELD_VERSION, FIELD_TEXT_HASH, RECORD_FIELDS},
                                 0, false, false},
    [RECORD_MEMBER_SEATED] = {"member_seated",
                              {FIELD_BODY, FIELD_MEMBER, FIELD_CATEGORY, FIELD_VOTES, FIELD_TERM,
                               FIELD_SEATS, FIELD_SEAT_VOTES, FIELD_LAY_SEATS, FIELD_LAY_VOTES,
                               FIELD_LAWFUL, FIELD_TEXT_HASH, RECORD_FIELDS},
                              BIT(FIELD_TERM), false, false},
    [RECORD_MEMBER_LEFT] = {"member_left",
                            {FIELD_BODY, FIELD_MEMBER, FIELD_SEATS, FIELD_SEAT_VOTES,
                             FIELD_LAY_SEATS, FIELD_LAY_VOTES, FIELD_LAWFUL, RECORD_FIELDS},
                            BIT(FIELD_DUE), true, false},
    [RECORD_BODY_SUSPENDED] = {"body_suspended",
                               {FIELD_BODY, FIELD_SEATS, FIELD_SEAT_VOTES, FIELD_LAY_SEATS,
                                FIELD_LAY_VOTES, RECORD_FIELDS},
                               0, false, false},
    [RECORD_BODY_RESTORED] = {"body_restored",
                              {FIELD_BODY, FIELD_SEATS, FIELD_SEAT_VOTES, FIELD_LAY_SEATS,
                               FIELD_LAY_VOTES, RECORD_FIELDS},
                              0, false, false},
    [RECORD_TENDER_APPROVED] = {"tender_approved",
                                {FIELD_TENDER, FIELD_MEMBER, FIELD_CATEGORY, RECORD_FIELDS},
                                0, false, false},
    [RECORD_TENDER_PUBLISHED] = {"tender_published",
                                 {FIELD_TENDER, FIELD_MEMBERS, FIELD_APPROVALS, RECORD_FIELDS},
                                 0, false, false},
    [RECORD_FUND_WITHDRAWN] =
        {"fund_withdrawn",
         {FIELD_FUND, FIELD_AMOUNT, RECORD_FIELDS},
         0, false, false},
    [RECORD_CONTRACT_SIGNED] =
        {"contract_signed",
         {FIELD_COMMISSION, FIELD_STARTS, FIELD_ENDS, FIELD_VALUE, FIELD_DOCUMENT,
          FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_EVIDENCE_ADDED] =
        {"evidence_added",
         {FIELD_COMMISSION, FIELD_MILESTONE, FIELD_EVIDENCE, FIELD_DOCUMENT, FIELD_TEXT_HASH,
          RECORD_FIELDS},
         BIT(FIELD_DOCUMENT), false, false},
    [RECORD_MILESTONE_REPORTED] =
        {"milestone_reported",
         {FIELD_COMMISSION, FIELD_MILESTONE, FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_MILESTONE_CONFIRMED] =
        {"milestone_confirmed",
         {FIELD_ROUND, FIELD_WALLET, FIELD_COMMISSION, FIELD_MILESTONE, FIELD_CONFIRMED,
          FIELD_DISPUTED, RECORD_FIELDS},
         0, false, false},
    [RECORD_MILESTONE_DISPUTED] =
        {"milestone_disputed",
         {FIELD_ROUND, FIELD_WALLET, FIELD_COMMISSION, FIELD_MILESTONE, FIELD_CONFIRMED,
          FIELD_DISPUTED, FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_MILESTONE_ACCEPTED] =
        {"milestone_accepted",
         {FIELD_COMMISSION, FIELD_MILESTONE, FIELD_AMOUNT, FIELD_CONFIRMED, FIELD_DISPUTED,
          RECORD_FIELDS},
         0, false, false},
    [RECORD_PAYMENT_RECORDED] =
        {"payment_recorded",
         {FIELD_COMMISSION, FIELD_PAYMENT, FIELD_MILESTONE, FIELD_AMOUNT, FIELD_FUNDS,
          FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_VARIATION_PROPOSED] =
        {"variation_proposed",
         {FIELD_COMMISSION, FIELD_VARIATION, FIELD_MILESTONES, FIELD_MOVED, FIELD_ENDS,
          FIELD_TEXT_HASH, RECORD_FIELDS},
         BIT(FIELD_ENDS), false, false},
    [RECORD_VARIATION_APPROVED] =
        {"variation_approved",
         {FIELD_COMMISSION, FIELD_VARIATION, FIELD_MOVED, RECORD_FIELDS},
         0, false, false},
    [RECORD_OUTCOME_REPORTED] =
        {"outcome_reported",
         {FIELD_COMMISSION, FIELD_OUTCOME, FIELD_FIGURE, FIELD_TEXT_HASH, RECORD_FIELDS},
         BIT(FIELD_FIGURE), false, false},
    [RECORD_SAVINGS_NOTED] =
        {"savings_noted",
         {FIELD_COMMISSION, FIELD_AGENCIES, FIELD_TEXT_HASH, RECORD_FIELDS},
         0, false, false},
    [RECORD_COMMISSION_COMPLETED] =
        {"commission_completed",
         {FIELD_COMMISSION, FIELD_PAID, RECORD_FIELDS},
         0, false, false},
    [RECORD_COMMISSION_TERMINATED] =
        {"commission_terminated",
         {FIELD_COMMISSION, FIELD_RETURNED, FIELD_FUNDS, FIELD_TEXT_HASH, RECORD_FIELDS},
         BIT(FIELD_FUNDS), false, false},
};
