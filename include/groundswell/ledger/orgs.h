/* orgs.h -- organisations: trusts, bodies, providers, operators; their members and their keys.
 *
 * Who may act for an organisation is judged by the caller before the call. account_act.account is
 * an account, whose epoch is judged, or "operator" or t:<role>:<subject> (an operator's or a bearer
 * token's), whose epoch is not. Contract: server/ledger/PEOPLE.md. */
#ifndef GROUNDSWELL_LEDGER_ORGS_H
#define GROUNDSWELL_LEDGER_ORGS_H

#include "groundswell/ledger/accounts.h"

#define ORG_KEYS_MAX 64
#define ORG_MEMBERS_MAX 256
#define INVITATION_MS (7 * UINT64_C(86400000))

struct org_create {
    struct text org;   /* a word */
    struct text kind;  /* trust, body, provider, operator */
    struct text title; /* 1..400 bytes */
    struct text scope; /* a slug, or empty */
};
/* org_exists. Outcome of all acts here, where none is named: struct people_outcome. */
ACCOUNT_ACT(org_create, org_create);

struct org_invite {
    struct text org;
    struct text role, scope, subject; /* the hat that it gives; scope, subject may be empty */
    struct text link;                 /* hash; the link is for the caller to hand over */
};
/* org_unknown. At most 64 invitations are open; the oldest gives way. */
ACCOUNT_ACT(org_invite, org_invite);

struct invite_accept {
    struct text link; /* hash */
};
/* link_unknown, hats_too_many, members_too_many; only what is accepted uses the link up. Outcome:
 * struct account_view, with the hat. */
ACCOUNT_ACT(invite_accept, invite_accept);

struct org_member_remove {
    struct text org, account;
    uint64_t until_s; /* when the last session that there may be now is over by itself */
};
/* org_unknown, member_unknown. The hats that the organisation gave go, and the member's sessions
 * end. */
ACCOUNT_ACT(org_member_remove, org_member_remove);

struct org_key_add {
    struct text org, id;              /* id: 8 to 64 letters of base64url, random */
    struct text digest;               /* 16 to 64 letters: of the secret; it is not stored */
    struct text role, scope, subject; /* scope, subject may be empty */
    uint64_t expires_ms;
    struct text label; /* 1..256 bytes */
};
/* org_unknown, org_key_expired, org_keys_too_many (those that expired do not count, and go). */
ACCOUNT_ACT(org_key_add, org_key_add);

struct org_key_revoke {
    struct text org, id;
};
/* org_unknown, org_key_unknown. */
ACCOUNT_ACT(org_key_revoke, org_key_revoke);

/* ---- readers -------------------------------------------------------------------------------- */

struct org_view {
    struct text org, kind, title, scope;
    uint64_t created_ms, members, keys;
};
ACCOUNT_FIELDS(org_view);
struct org_get {
    struct text org;
};
/* org_unknown. Outcome: struct org_view. */
DOOR_CALL(org_get, org_get);

struct orgs_page {
    struct text after; /* empty: from the start; in byte order */
    size_t limit;      /* 1..100 */
};
/* Items: struct org_view. No `next`: ask again after the last one. */
DOOR_CALL(orgs, orgs_page);

struct org_member {
    struct text account, hats;
    uint64_t since_ms;
};
ACCOUNT_FIELDS(org_member);
/* org_unknown. Items: struct org_member. */
DOOR_CALL(org_members, org_get);

struct org_key {
    struct text org, id;
    struct text digest; /* private; only of ledger_org_key_find() */
    struct text role, scope, subject, label;
    uint64_t created_ms, expires_ms;
};
ACCOUNT_FIELDS(org_key);
/* org_unknown. Items: struct org_key, without digest. */
DOOR_CALL(org_keys, org_get);

struct org_key_find {
    struct text id;
};
/* For who shows a key: org_key_unknown (revoked, expired, never there). Outcome: struct org_key. */
DOOR_CALL(org_key_find, org_key_find);

#endif
