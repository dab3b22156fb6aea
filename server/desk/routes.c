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
#define SUBMITS (ROLE_PROVIDER | CLERK)
#define SITS (ROLE_RESIDENT | CLERK) /* who may hold a seat; the ledger knows who does */
#define HELPER (ROLE_HELPER | ROLE_TRUST)
#define SESSION WHO_PERSON
#define ENTERING WHO_ENTERING
#define CONCERNED (ROLE_RESIDENT | CLERK)
#define KNOWN WHO_KNOWN
#define ORG (WHO_ORG | ROLE_CLERK | ROLE_TRUST | ROLE_PROVIDER | ROLE_OPERATOR)

#define SMALL BODY_MAX(2 * KIB)
#define TEXTS BODY_MAX(64 * KIB)
#define PASSKEY BODY_MAX(48 * KIB)
#define MAPS BODY_MAX(92 * KIB)
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
    ROUTE_AS(PATCH, C, community_set, TRUST, "commands/community-set.json", SMALL, ONCE,
             "Set what tenders have where they say nothing, and what a body needs"),
    ROUTE_AS(GET, C "/areas", areas_get, ANYONE, NULL, SMALL, SAFE,
             "See the areas, their official codes and boundaries"),
    ROUTE_AS(PUT, C "/areas", areas_set, TRUST, "commands/areas-set.json", MAPS, ONCE,
             "Set official codes and boundaries of areas"),
    ROUTE_AS(GET, C "/simulate", simulate_get, ANYONE, NULL, SMALL, SAFE,
             "Ask what a rule would take here, and how past tenders fared"),
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

    ROUTE_AS(GET, C "/bodies", bodies_list, ANYONE, NULL, SMALL, SAFE,
             "List commissioning bodies"),
    ROUTE_AS(POST, C "/bodies", body_form, CLERK, "commands/body-form.json", TEXTS, ONCE,
             "Form a commissioning body"),
    ROUTE_AS(GET, "/v1/bodies/:body", body_get, ANYONE, NULL, SMALL, SAFE,
             "See a body, its constitution and its majority"),
    ROUTE_AS(POST, "/v1/bodies/:body/versions", body_constitute, CLERK,
             "commands/body-constitute.json", TEXTS, ONCE, "Give a body a new constitution"),
    ROUTE_AS(GET, "/v1/bodies/:body/versions", body_versions_list, ANYONE, NULL, SMALL, SAFE,
             "Read all versions of a constitution"),
    ROUTE_AS(GET, "/v1/bodies/:body/members", body_members_list, ANYONE, NULL, SMALL, SAFE,
             "List the members of a body"),
    ROUTE_AS(POST, "/v1/bodies/:body/members", member_seat, CLERK, "commands/member-seat.json",
             TEXTS, ONCE, "Give somebody a seat in a body"),
    ROUTE_AS(GET, "/v1/bodies/:body/history", body_history_list, ANYONE, NULL, SMALL, SAFE,
             "Read what happened to a body"),
    ROUTE_AS(DELETE, "/v1/members/:member", member_leave, CLERK, NULL, SMALL, ONCE,
             "End a member's seat"),

    ROUTE_AS(GET, C "/tenders", tenders_list, ANYONE, NULL, SMALL, SAFE, "List tenders"),
    ROUTE_AS(POST, C "/tenders", tender_create, CLERK, "commands/tender-create.json", TEXTS, ONCE,
             "Draft a tender"),
    ROUTE_AS(GET, "/v1/tenders/:tender", tender_get, ANYONE, NULL, SMALL, SAFE, "See a tender"),
    ROUTE_AS(POST, "/v1/tenders/:tender/approvals", tender_approve, SITS, NULL, SMALL, ONCE,
             "Approve a draft as a member of its body"),
    ROUTE_AS(GET, "/v1/tenders/:tender/approvals", tender_approvals_list, ANYONE, NULL, SMALL,
             SAFE, "See who has approved a draft"),
    ROUTE_AS(POST, "/v1/tenders/:tender/publish", tender_publish, CLERK, NULL, SMALL, ONCE,
             "Publish a draft for deliberation"),
    ROUTE_AS(POST, "/v1/tenders/:tender/open", tender_open, CLERK, NULL, SMALL, ONCE,
             "Open pledging"),
    ROUTE_AS(POST, "/v1/tenders/:tender/withdraw", tender_withdraw, CLERK, NULL, SMALL, ONCE,
             "Withdraw a tender"),
    ROUTE_AS(POST, "/v1/tenders/:tender/pause", tender_pause, TRUST, "commands/tender-pause.json",
             TEXTS, ONCE, "Pause a tender"),
    ROUTE_AS(POST, "/v1/tenders/:tender/resume", tender_resume, TRUST, NULL, SMALL, ONCE,
             "End a tender's pause"),

    ROUTE_AS(GET, "/v1/tenders/:tender/proposals", proposals_list, ANYONE, NULL, SMALL, SAFE,
             "List proposals"),
    ROUTE_AS(POST, "/v1/tenders/:tender/proposals", proposal_submit, SUBMITS,
             "commands/proposal-submit.json", TEXTS, ONCE, "Submit a proposal"),
    ROUTE_AS(GET, "/v1/tenders/:tender/proposals/similar", proposals_similar, ANYONE, NULL, SMALL,
             SAFE, "See which proposals are like a text"),
    ROUTE_AS(GET, "/v1/proposals/:proposal", proposal_get, ANYONE, NULL, SMALL, SAFE,
             "See a proposal"),
    ROUTE_AS(POST, "/v1/proposals/:proposal/withdraw", proposal_withdraw, CLERK, NULL, SMALL, ONCE,
             "Withdraw a proposal"),
    ROUTE_AS(GET, C "/commissions", commissions_list, ANYONE, NULL, SMALL, SAFE,
             "List commissions"),
    ROUTE_AS(POST, C "/files", file_upload, SUBMITS, NULL, UPLOAD, ONCE,
             "Send a document, to be attached to something"),
    ROUTE_AS(GET, C "/files/:file", file_get, KNOWN, NULL, SMALL, SAFE,
             "Save a document, once it is public or if it is yours"),

    ROUTE_AS(PUT, "/v1/proposals/:proposal/pledge", pledge_put, RESIDENT,
             "commands/pledge-put.json", SMALL, ONCE, "Set my pledge on this proposal"),
    ROUTE_AS(GET, "/v1/proposals/:proposal/pledge", pledge_get, RESIDENT, NULL, SMALL, SAFE,
             "See my pledge"),
    ROUTE_AS(DELETE, "/v1/proposals/:proposal/pledge", pledge_delete, RESIDENT, NULL, SMALL, ONCE,
             "Withdraw my pledge"),
    ROUTE_AS(POST, "/v1/proposals/:proposal/assisted-pledges", assisted_pledge, HELPER,
             "commands/assisted-pledge.json", SMALL, ONCE, "Enter a resident's pledge from paper"),
    ROUTE_AS(GET, C "/wallet", wallet_get, RESIDENT, NULL, SMALL, SAFE, "See my wallet"),

    ROUTE_AS(GET, C "/notices", notices_get, CONCERNED, NULL, SMALL, SAFE,
             "See what I should know"),
    ROUTE_AS(POST, C "/notices/seen", notices_seen, CONCERNED, "commands/notices-seen.json", SMALL,
             ONCE, "Say that I have seen my notices"),
    ROUTE_AS(PUT, C "/notices/mail", notices_mail_put, CONCERNED, "commands/notices-mail.json",
             SMALL, ONCE, "Have my notices by mail, or no more"),

    ROUTE_AS(GET, "/v1/funds/:fund/history", history_get, ANYONE, NULL, SMALL, SAFE,
             "See what has happened to a fund"),
    ROUTE_AS(GET, "/v1/rounds/:round/history", history_get, ANYONE, NULL, SMALL, SAFE,
             "See what has happened to a round"),
    ROUTE_AS(GET, "/v1/tenders/:tender/history", history_get, ANYONE, NULL, SMALL, SAFE,
             "See what has happened to a tender"),
    ROUTE_AS(GET, "/v1/proposals/:proposal/history", history_get, ANYONE, NULL, SMALL, SAFE,
             "See what has happened to a proposal"),

    ROUTE_AS(POST, C "/codes", codes_issue, TRUST, "commands/codes-issue.json", BULK, ONCE,
             "Issue codes for residents"),
    ROUTE_AS(GET, C "/codes", codes_list, TRUST, NULL, SMALL, SAFE, "List the codes' states"),
    ROUTE_AS(POST, C "/codes/revocations", codes_revoke, TRUST, "commands/codes-revoke.json", BULK,
             ONCE, "Withdraw codes"),
    ROUTE_AS(POST, C "/register", register_import, TRUST, "commands/register-import.json", BULK,
             ONCE, "Import the register"),
    ROUTE_AS(GET, C "/review", review_list, TRUST, NULL, SMALL, SAFE, "List doubtful entries"),
    ROUTE_AS(POST, C "/review/:review", review_resolve, TRUST, "commands/review-resolve.json",
             SMALL, ONCE, "Resolve a doubt"),
    ROUTE_AS(GET, C "/approvals", approvals_get, TRUST, NULL, SMALL, SAFE,
             "See what waits for a second person"),
    ROUTE_AS(GET, C "/journal", journal_list, TRUST, NULL, SMALL, SAFE, "Read the private journal"),
    ROUTE_AS(GET, C "/anomalies", anomalies_get, TRUST, NULL, SMALL, SAFE, "See what looks odd"),
    ROUTE_AS(GET, C "/assisted", assisted_get, TRUST, NULL, SMALL, SAFE,
             "See who helped how many residents"),

    ROUTE_AS(POST, C "/sign-in/code", sign_in_code, ENTERING, "commands/sign-in-code.json", SMALL,
             ONCE, "Sign in with a letter's code"),
    ROUTE_AS(POST, "/v1/sign-in/password", sign_in_password, ENTERING,
             "commands/sign-in-password.json", SMALL, SAFE, "Sign in with a name and password"),
    ROUTE_AS(POST, "/v1/sign-in/passkey/challenge", sign_in_passkey_challenge, ENTERING, NULL,
             SMALL, SAFE, "Ask for the challenge of a passkey"),
    ROUTE_AS(POST, "/v1/sign-in/passkey", sign_in_passkey, ENTERING,
             "commands/sign-in-passkey.json", PASSKEY, SAFE, "Sign in with a passkey"),
    ROUTE_AS(POST, "/v1/sign-in/link", sign_in_link, ENTERING, "commands/sign-in-link.json", SMALL,
             SAFE, "Ask for a link by mail"),
    ROUTE_AS(POST, "/v1/sign-in/link/use", sign_in_link_use, ENTERING, "commands/link-use.json",
             SMALL, SAFE, "Sign in with a link"),

    ROUTE_AS(GET, "/v1/me", me_get, SESSION, NULL, SMALL, SAFE, "See my account"),
    ROUTE_AS(PATCH, "/v1/me", me_change, SESSION, "commands/me-change.json", SMALL, ONCE,
             "Change my account"),
    ROUTE_AS(DELETE, "/v1/me", me_erase, SESSION, "commands/me-erase.json", SMALL, ONCE,
             "Have everything that is held on me erased"),
    ROUTE_AS(GET, "/v1/me/export", me_export, SESSION, NULL, SMALL, SAFE,
             "Take home everything that is held on me"),
    ROUTE_AS(DELETE, "/v1/me/session", me_session_end, SESSION, NULL, SMALL, ONCE, "Sign out"),
    ROUTE_AS(POST, "/v1/me/sign-out", me_sign_out, SESSION, NULL, SMALL, ONCE,
             "Sign out everywhere"),
    ROUTE_AS(PUT, "/v1/me/password", me_password_set, SESSION, "commands/password-put.json", SMALL,
             ONCE, "Set my password"),
    ROUTE_AS(PUT, "/v1/me/mail", me_mail_set, SESSION, "commands/sign-in-link.json", SMALL, ONCE,
             "Set my mail address"),
    ROUTE_AS(POST, "/v1/me/mail/confirm", me_mail_confirm, SESSION, "commands/link-use.json",
             SMALL, ONCE, "Confirm my mail address"),
    ROUTE_AS(POST, "/v1/me/passkeys/challenge", me_passkey_challenge, SESSION, NULL, SMALL, ONCE,
             "Ask for the challenge of a new passkey"),
    ROUTE_AS(POST, "/v1/me/passkeys", me_passkey_add, SESSION, "commands/passkey-add.json",
             PASSKEY, ONCE, "Add a passkey"),
    ROUTE_AS(PATCH, "/v1/me/passkeys/:passkey", me_passkey_label, SESSION,
             "commands/passkey-label.json", SMALL, ONCE, "Name a passkey"),
    ROUTE_AS(DELETE, "/v1/me/passkeys/:passkey", me_passkey_remove, SESSION, NULL, SMALL, ONCE,
             "Remove a passkey"),

    ROUTE_AS(POST, "/v1/organisations", org_create, OPERATOR, "commands/org-create.json", SMALL,
             ONCE, "Found an organisation"),
    ROUTE_AS(GET, "/v1/organisations", orgs_list, TRUST, NULL, SMALL, SAFE, "List organisations"),
    ROUTE_AS(GET, "/v1/organisations/:org", org_get, ORG, NULL, SMALL, SAFE,
             "See an organisation, its members and keys"),
    ROUTE_AS(POST, "/v1/organisations/:org/invitations", org_invite, ORG,
             "commands/org-invite.json", SMALL, ONCE, "Invite somebody"),
    ROUTE_AS(POST, "/v1/invitations/accept", invitation_accept, SESSION, "commands/link-use.json",
             SMALL, ONCE, "Accept an invitation"),
    ROUTE_AS(DELETE, "/v1/organisations/:org/members/:account", org_member_remove, ORG, NULL,
             SMALL, ONCE, "Remove a member"),
    ROUTE_AS(POST, "/v1/organisations/:org/keys", org_key_add, ORG, "commands/org-key-add.json",
             SMALL, ONCE, "Make a key for a program"),
    ROUTE_AS(DELETE, "/v1/organisations/:org/keys/:key", org_key_revoke, ORG, NULL, SMALL, ONCE,
             "Revoke a key"),
    ROUTE_AS(POST, "/v1/purge", purge, OPERATOR, NULL, SMALL, ONCE,
             "Forget what was kept long enough"),

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
    ROUTE_AS(GET, "/me", me_page_get, ANYONE, NULL, SMALL, SAFE,
             "The page of one's own account"),
    ROUTE_AS(GET, "/c/:community/join", join_page_get, ANYONE, NULL, SMALL, SAFE,
             "The page where a letter's code is used"),
    ROUTE_AS(GET, "/c/:community/notices/stop", notices_stop_page, ANYONE, NULL, SMALL, SAFE,
             "The page of the link that ends notices by mail"),
    ROUTE_AS(POST, "/c/:community/notices/stop", notices_stop, ANYONE, NULL, SMALL, SAFE,
             "End notices by mail"),
    ROUTE_AS(GET, "/parts/:part", part_get, ANYONE, NULL, SMALL, SAFE,
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
