/* record.h -- one entry of a community's audit log: its fields, their canonical order, and its
 * bytes.
 *
 * A record exists in two forms that say the same: flat names and values in the Redis stream (lists
 * as `a:b,a:b`), and canonical JSON, which is what the audit log hashes: members in table order,
 * no blanks, numbers without fraction or leading zero. Strings are codes, words, hex, base64 only,
 * so nothing ever needs escaping. Both readers are strict: anything but the canonical form is
 * refused, so that one record has exactly one text.
 *
 * The record of a pledge whose tally is hidden is one of the kind `sealed` (tally.h). */
#ifndef GROUNDSWELL_RULES_RECORD_H
#define GROUNDSWELL_RULES_RECORD_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "groundswell/base/arena.h"
#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"
#include "groundswell/base/text.h"

#define RECORD_VERSION 1
#define RECORD_AREAS_MAX 64
#define RECORD_PAIRS_MAX 64 /* areas, draws, withdrawn pledges */
#define RECORD_JSON_MAX (16 * KIB)
#define RECORD_TALKS_MAX 2000 /* contributions to one tender */
#define RECORD_VERSIONS_MAX 20 /* of one contribution, of one proposal */
#define RECORD_MEMBERS_MAX 1000 /* of a body */
#define RECORD_VOTES_MAX 1000   /* of a member */
#define RECORD_SEALED_BYTES 255 /* of every sealed record: 340 characters of base64 */

enum record_kind {
    RECORD_COMMUNITY_CREATED, RECORD_FUND_ADDED, RECORD_FUND_TOPPED_UP,
    RECORD_RESIDENTS_REGISTERED, RECORD_RESIDENT_GRANTED, RECORD_RESIDENT_LEFT,
    RECORD_ROUND_OPENED, RECORD_ROUND_CLOSED, RECORD_TENDER_CREATED, RECORD_TENDER_OPENED,
    RECORD_TENDER_WITHDRAWN, RECORD_TENDER_LAPSED, RECORD_TENDER_CRITICAL, RECORD_TENDER_REOPENED,
    RECORD_TENDER_PAUSED, RECORD_TENDER_RESUMED, RECORD_PROPOSAL_SUBMITTED,
    RECORD_PROPOSAL_WITHDRAWN, RECORD_PLEDGE_SET, RECORD_PLEDGE_WITHDRAWN, RECORD_FALLBACK_DROPPED,
    RECORD_COMMISSION_ACTIVATED, RECORD_SEALED, RECORD_TALLY_DISCLOSED,
    RECORD_NEED_RAISED, RECORD_NEED_SECONDED, RECORD_NEED_ANSWERED,
    RECORD_TALK_ADDED, RECORD_TALK_EDITED, RECORD_TALK_STANCE, RECORD_TALK_HIDDEN,
    RECORD_TALK_APPEALED, RECORD_TALK_RULED, RECORD_TALK_SUMMARISED, RECORD_CODES_ISSUED,
    RECORD_CODE_REDEEMED, RECORD_COMMUNITY_SET, RECORD_AREAS_SET, RECORD_BODY_FORMED,
    RECORD_BODY_CONSTITUTED, RECORD_MEMBER_SEATED, RECORD_MEMBER_LEFT, RECORD_BODY_SUSPENDED,
    RECORD_BODY_RESTORED, RECORD_TENDER_APPROVED, RECORD_TENDER_PUBLISHED, RECORD_FUND_WITHDRAWN,
    RECORD_CONTRACT_SIGNED, RECORD_EVIDENCE_ADDED, RECORD_MILESTONE_REPORTED,
    RECORD_MILESTONE_CONFIRMED, RECORD_MILESTONE_DISPUTED, RECORD_MILESTONE_ACCEPTED,
    RECORD_PAYMENT_RECORDED, RECORD_VARIATION_PROPOSED, RECORD_VARIATION_APPROVED,
    RECORD_OUTCOME_REPORTED, RECORD_SAVINGS_NOTED, RECORD_COMMISSION_COMPLETED,
    RECORD_COMMISSION_TERMINATED, RECORD_PROPOSAL_JUDGED, RECORD_PROPOSAL_AMENDED,
    RECORD_PROPOSALS_MERGED, RECORD_KINDS
};

/* By their names in the log, but for `text`, of which the log has the hash (FIELD_TEXT is a kind of
 * field in base/fields.h). */
enum record_field {
    FIELD_V, FIELD_SEQ, FIELD_AT, FIELD_KIND, FIELD_DUE,
    FIELD_CURRENCY, FIELD_AREAS, FIELD_AREA_RESIDENTS_MIN, FIELD_MEMBERS_MIN, FIELD_TEXT_HASH,
    FIELD_FUND, FIELD_AMOUNT, FIELD_THEME,
    FIELD_REGISTERED, FIELD_ROUND, FIELD_GRANTS, FIELD_AREA, FIELD_WALLET, FIELD_WALLET_AREA,
    FIELD_WITHDRAWN,
    FIELD_ALLOTMENT, FIELD_TOKEN, FIELD_CLOSES, FIELD_RESIDENTS, FIELD_ROLL,
    FIELD_FREE, FIELD_HELD, FIELD_GRANTED, FIELD_SPENT, FIELD_PRICES, FIELD_ROUNDING,
    FIELD_TENDER, FIELD_BODY, FIELD_CEILING, FIELD_PEOPLE_MIN, FIELD_AREAS_MIN,
    FIELD_AREA_PEOPLE_MIN,
    FIELD_AWARDS_MAX, FIELD_LATE, FIELD_WINDOW, FIELD_TALLY, FIELD_DAYS, FIELD_CONTRIBUTORS,
    FIELD_NEED, FIELD_RULE_HASH, FIELD_PROPOSALS,
    FIELD_UNTIL, FIELD_PAUSED,
    FIELD_PROPOSAL, FIELD_PRICE, FIELD_WAS, FIELD_RHO, FIELD_PEOPLE, FIELD_PLEDGED, FIELD_RELEASED,
    FIELD_DRAWS, FIELD_CAUSE,
    FIELD_ASSISTED, FIELD_FALLBACK, FIELD_ISSUED,
    FIELD_PEOPLE_PERMILLE, FIELD_NEEDS_LINE,
    FIELD_VERSION, FIELD_MEMBER, FIELD_CATEGORY, FIELD_VOTES, FIELD_TERM,
    FIELD_SEATS, FIELD_SEAT_VOTES, FIELD_LAY_SEATS, FIELD_LAY_VOTES, FIELD_LAWFUL,
    FIELD_MEMBERS, FIELD_APPROVALS,
    FIELD_SECONDS, FIELD_TALK, FIELD_SORT, FIELD_AGREE, FIELD_DISAGREE, FIELD_PASS, FIELD_REASON,
    FIELD_STANDS, FIELD_TALKS,
    FIELD_COMMISSION, FIELD_MILESTONES, FIELD_STARTS, FIELD_ENDS, FIELD_VALUE, FIELD_DOCUMENT,
    FIELD_MILESTONE, FIELD_EVIDENCE, FIELD_CONFIRMED, FIELD_DISPUTED, FIELD_PAYMENT, FIELD_FUNDS,
    FIELD_VARIATION, FIELD_MOVED, FIELD_OUTCOME, FIELD_FIGURE, FIELD_AGENCIES, FIELD_RETURNED,
    FIELD_PAID,
    FIELD_SEALED, FIELD_TALLY_KEY_HASH, FIELD_KEY, FIELD_ELIGIBLE, FIELD_OTHER,
    RECORD_FIELDS
};

enum field_form {
    FORM_NUMBER, /* within least..most */
    FORM_KIND,
    FORM_CURRENCY, /* ^[A-Z]{3}$ */
    FORM_WORD,     /* word_is_valid() */
    FORM_WORDS,    /* distinct words joined by ',', at most RECORD_AREAS_MAX; in JSON an array */
    FORM_HEX,      /* 64 lower-case hex digits */
    FORM_WALLET,   /* 22 characters of base64url */
    FORM_PAIRS,    /* a:b,a:b, at least one, first members ascending where the field says so */
    FORM_SEALED,   /* RECORD_SEALED_BYTES in base64 */
};

struct record_pairs {
    const uint64_t (*at)[2];
    size_t n;
};

/* A set of fields. */
__extension__ typedef unsigned __int128 record_bits;
#define RECORD_BIT(field) ((record_bits)1 << (field))
static_assert(RECORD_FIELDS <= 128, "a set has a bit for each field");

/* Every field of every kind. What is there stands in `has`; what is not is zero. Texts and pairs
 * are borrowed. */
struct record {
    record_bits has;
    enum record_kind kind;
    uint64_t v, seq, at, due;
    struct text currency, areas, text, theme, wallet, body, roll, rule_hash, assisted;
    struct text tally, category, sealed, tally_key_hash, key;
    uint64_t area_residents_min, members_min, fund, amount, round, area, wallet_area;
    uint64_t allotment, token, closes, residents;
    uint64_t free, held, granted, spent, prices, rounding;
    uint64_t tender, ceiling, people_min, areas_min, area_people_min, awards_max, late, proposals;
    uint64_t window, days, contributors, need, until, paused, people_permille, needs_line;
    uint64_t version, member, votes, term, seats, seat_votes, lay_seats, lay_votes, lawful;
    uint64_t members, approvals;
    uint64_t proposal, price, was, rho, people, pledged, released, cause;
    struct text sort, reason;
    uint64_t seconds, talk, agree, disagree, pass, stands, talks;
    struct record_pairs registered, grants, withdrawn, fallback, draws, issued;
    uint64_t commission, starts, ends, value, milestone, evidence, confirmed, disputed, payment;
    uint64_t variation, moved, outcome, figure, returned, paid, eligible, other;
    struct text document;
    struct record_pairs milestones, funds, agencies;
};

struct record_field_spec {
    const char *name;
    enum field_form form;
    uint64_t least, most; /* numbers; pairs: of the second member */
    size_t offset;        /* in struct record */
};

/* The payload of a kind in canonical order, behind v, seq, at, kind, due?. Ends with
 * RECORD_FIELDS. */
struct record_kind_spec {
    const char *name;
    enum record_field fields[24];
    record_bits optional; /* of fields, and of FIELD_DUE where the kind may carry it */
    bool due;             /* may carry `due` (must, unless optional has it) */
    bool sealable;        /* stands as `sealed` in the log while its tender's tally is hidden */
};

extern const struct record_field_spec record_field_specs[RECORD_FIELDS];
extern const struct record_kind_spec record_kind_specs[RECORD_KINDS];

bool record_kind_of(struct text name, enum record_kind *ret);

static inline bool record_has(const struct record *record, enum record_field field)
{
    return record->has >> field & 1;
}

/* Setters that keep `has` right. An empty text takes the field away, as an empty list does. */
void record_set(struct record *record, enum record_field field, uint64_t number);
void record_set_text(struct record *record, enum record_field field, struct text value);
void record_set_pairs(struct record *record, enum record_field field, struct record_pairs pairs);
uint64_t record_number(const struct record *record, enum record_field field);
struct text record_text(const struct record *record, enum record_field field);
struct record_pairs record_pairs(const struct record *record, enum record_field field);

/* Why a reader refused: the field it stumbled over and a plain reason (static storage). */
struct record_problem {
    const char *field, *why;
};

/* From the stream: names and values in turn, n of them together. Texts borrow from `flat`, lists
 * from `arena`. FAULT_FORMAT where it is not canonical (then *ret_problem, which may be NULL,
 * tells), FAULT_MEMORY. */
enum fault record_from_fields(struct record *ret, const struct text *flat, size_t n,
                              struct arena *arena, struct record_problem *ret_problem) MUST_CHECK;
/* From canonical JSON; texts are borrowed from `json`, but for the list of areas, which is in
 * `arena`. */
enum fault record_from_json(struct record *ret, struct text json, struct arena *arena,
                            struct record_problem *ret_problem) MUST_CHECK;

/* Canonical JSON, byte for byte stable. INVARIANT: the record has the fields of its kind, each
 * well formed. */
void record_json(const struct record *record, struct buf *out);

/* One field as it stands in the stream. INVARIANT: it is there. */
void record_field_put(const struct record *record, enum record_field field, struct buf *out);

/* NULL where the fields are exactly those of its kind and each is well formed; else a plain
 * reason. */
const char *record_wrong(const struct record *record, enum record_field *ret_field);

/* The fields of a kind in canonical order, v first, whether the record has them or not: i-th, or
 * RECORD_FIELDS. */
enum record_field record_field_at(enum record_kind kind, size_t i);

#endif
