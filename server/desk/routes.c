/* routes.c -- everything that can be asked, one row each: method, address, handler, who may, the
 * schema of the body, how large it may be, and whether it changes something (ONCE wants an
 * Idempotency-Key, SAFE changes nothing). */
#include "routes.h"

#include "groundswell/http/route.h"
#include "groundswell/people/token.h"
#include "handlers.h"

#define ANYONE ROLE_NONE
#define RESIDENT ROLE_RESIDENT
#define OPERATOR ROLE_OPERATOR
#define TRUST (ROLE_TRUST | ROLE_OPERATOR)
#define CLERK (ROLE_CLERK | ROLE_TRUST | ROLE_OPERATOR)
#define SELF (ROLE_RESIDENT | ROLE_TRUST | ROLE_OPERATOR)

#define SMALL BODY_MAX(2 * KIB)
#define TEXTS BODY_MAX(64 * KIB)
#define BULK BODY_MAX(512 * KIB)

#define C "/v1/communities/:community"
#define LOG "/log/:community"
#define TILE(place) \
    ROUTE_AS(GET, LOG "/tile/:level" place, log_tile_get, ANYONE, NULL, SMALL, SAFE, \
             "Read a tile of the audit log")

const struct route routes[] = {
    ROUTE_AS(GET, "/v1/communities", communities_list, ANYONE, NULL, SMALL, SAFE,
             "List communities"),
    ROUTE_AS(POST, "/v1/communities", community_create, TRUST, "commands/community-create.json",
             TEXTS, ONCE, "Create a community"),
    ROUTE_AS(GET, C, community_get, ANYONE, NULL, SMALL, SAFE, "See a community"),
    ROUTE_AS(GET, C "/totals", totals_get, ANYONE, NULL, SMALL, SAFE, "See where the money stands"),
    ROUTE_AS(GET, C "/log", log_list, ANYONE, NULL, SMALL, SAFE, "Read the records"),
    ROUTE_AS(GET, C "/log/records/:seq", log_record_get, ANYONE, NULL, SMALL, SAFE,
             "Read one record as the audit log hashes it"),
    ROUTE_AS(GET, C "/log/receipts/:seq", log_receipt_get, ANYONE, NULL, SMALL, SAFE,
             "Take the receipt of a record home"),
    ROUTE_AS(GET, C "/feed", feed_get, ANYONE, NULL, SMALL, SAFE, "Follow the records live"),

    ROUTE_AS(GET, C "/funds", funds_list, ANYONE, NULL, SMALL, SAFE, "List the funds of the pool"),
    ROUTE_AS(POST, C "/funds", fund_add, TRUST, "commands/fund-add.json", SMALL, ONCE,
             "Add a fund"),
    ROUTE_AS(POST, "/v1/funds/:fund/top-ups", fund_top_up, TRUST, "commands/fund-top-up.json",
             SMALL, ONCE, "Top up a fund"),

    ROUTE_AS(POST, C "/residents", residents_register, TRUST, "commands/residents-register.json",
             BULK, ONCE, "Register residents"),
    ROUTE_AS(GET, C "/residents/:resident", resident_get, SELF, NULL, SMALL, SAFE,
             "See a resident"),
    ROUTE_AS(DELETE, C "/residents/:resident", resident_leave, SELF, NULL, SMALL, ONCE,
             "Let a resident leave"),
    ROUTE_AS(POST, C "/residents/:resident/grant", resident_grant, TRUST, NULL, SMALL, ONCE,
             "Grant a resident who has none the allotment"),
    ROUTE_AS(POST, C "/residents/:resident/sign-out", resident_sign_out, SELF, NULL, SMALL, ONCE,
             "Sign a resident out everywhere"),
    ROUTE_AS(POST, C "/staff/:subject/sign-out", staff_sign_out, TRUST, NULL, SMALL, ONCE,
             "Sign a clerk or officer out everywhere"),

    ROUTE_AS(POST, C "/rounds", round_open, TRUST, "commands/round-open.json", SMALL, ONCE,
             "Open a round"),
    ROUTE_AS(GET, "/v1/rounds/:round", round_get, ANYONE, NULL, SMALL, SAFE, "See a round"),
    ROUTE_AS(POST, "/v1/rounds/:round/close", round_close, TRUST, NULL, SMALL, ONCE,
             "Close a round"),

    ROUTE_AS(GET, C "/tenders", tenders_list, ANYONE, NULL, SMALL, SAFE, "List tenders"),
    ROUTE_AS(POST, C "/tenders", tender_create, CLERK, "commands/tender-create.json", TEXTS, ONCE,
             "Draft a tender"),
    ROUTE_AS(GET, "/v1/tenders/:tender", tender_get, ANYONE, NULL, SMALL, SAFE, "See a tender"),
    ROUTE_AS(POST, "/v1/tenders/:tender/open", tender_open, CLERK, NULL, SMALL, ONCE,
             "Open pledging"),
    ROUTE_AS(POST, "/v1/tenders/:tender/withdraw", tender_withdraw, CLERK, NULL, SMALL, ONCE,
             "Withdraw a tender"),

    ROUTE_AS(GET, "/v1/tenders/:tender/proposals", proposals_list, ANYONE, NULL, SMALL, SAFE,
             "List proposals"),
    ROUTE_AS(POST, "/v1/tenders/:tender/proposals", proposal_submit, CLERK,
             "commands/proposal-submit.json", TEXTS, ONCE, "Submit a proposal"),
    ROUTE_AS(GET, "/v1/proposals/:proposal", proposal_get, ANYONE, NULL, SMALL, SAFE,
             "See a proposal"),
    ROUTE_AS(POST, "/v1/proposals/:proposal/withdraw", proposal_withdraw, CLERK, NULL, SMALL, ONCE,
             "Withdraw a proposal"),
    ROUTE_AS(GET, C "/commissions", commissions_list, ANYONE, NULL, SMALL, SAFE,
             "List commissions"),

    ROUTE_AS(PUT, "/v1/proposals/:proposal/pledge", pledge_put, RESIDENT,
             "commands/pledge-put.json", SMALL, ONCE, "Set my pledge on this proposal"),
    ROUTE_AS(GET, "/v1/proposals/:proposal/pledge", pledge_get, RESIDENT, NULL, SMALL, SAFE,
             "See my pledge"),
    ROUTE_AS(DELETE, "/v1/proposals/:proposal/pledge", pledge_delete, RESIDENT, NULL, SMALL, ONCE,
             "Withdraw my pledge"),
    ROUTE_AS(GET, C "/wallet", wallet_get, RESIDENT, NULL, SMALL, SAFE, "See my wallet"),

    ROUTE_AS(GET, LOG "/checkpoint", log_checkpoint_get, ANYONE, NULL, SMALL, SAFE,
             "Read the signed head of the audit log"),
    ROUTE_AS(GET, LOG "/vkey", log_vkey_get, ANYONE, NULL, SMALL, SAFE,
             "Read the keys that sign the audit log"),
    ROUTE_AS(GET, LOG "/history/:size", log_history_get, ANYONE, NULL, SMALL, SAFE,
             "Read an older checkpoint"),
    TILE("/:n"),
    TILE("/:n1/:n"), /* a number in groups of three digits, or a partial tile: x001/x234/067.p/8 */
    TILE("/:n2/:n1/:n"),
    TILE("/:n3/:n2/:n1/:n"),
    TILE("/:n4/:n3/:n2/:n1/:n"),

    ROUTE_AS(GET, "/c/:community/audit", audit_page_get, ANYONE, NULL, SMALL, SAFE,
             "The audit page"),
    ROUTE_AS(GET, "/c/:community/audit/copy", audit_copy_get, ANYONE, NULL, SMALL, SAFE,
             "The audit page as one file to keep"),
    ROUTE_AS(GET, "/parts/:part", audit_part_get, ANYONE, NULL, SMALL, SAFE,
             "Script, style and picture of a page"),

    ROUTE_AS(POST, "/v1/tokens", tokens_mint, OPERATOR, "commands/tokens-mint.json", TEXTS, SAFE,
             "Mint bearer tokens"),
    ROUTE_AS(GET, "/v1/openapi.json", openapi_get, ANYONE, NULL, SMALL, SAFE,
             "Read this description"),
    ROUTE_AS(GET, "/v1/problems", problems_get, ANYONE, NULL, SMALL, SAFE, "List every refusal"),
    ROUTE_AS(GET, "/.well-known/security.txt", security_txt_get, ANYONE, NULL, SMALL, SAFE,
             "Whom to tell of a flaw"),
    ROUTE_AS(GET, "/.well-known/change-password", change_password_get, ANYONE, NULL, SMALL, SAFE,
             "Where a password is changed"),
    ROUTE_AS(GET, "/healthz", health_get, ANYONE, NULL, SMALL, SAFE, "Is the process alive"),
    ROUTE_AS(GET, "/readyz", ready_get, ANYONE, NULL, SMALL, SAFE, "Can it serve"),
    ROUTE_AS(GET, "/metrics", metrics_get, ANYONE, NULL, SMALL, SAFE, "Measure it"),
};
const size_t routes_n = sizeof routes / sizeof routes[0];
