/* page_rows_residents.c -- what a resident sees and does: the way in, the account, the budget,
 * pledges, and the word in what is discussed. */
#include "page_residents.h"

#define COMMUNITY {"community", "/v1/communities/{community}", ASK_MUST}
#define ACCOUNT {"account", "/v1/me", ASK_MUST}
#define WALLET {"wallet", "/v1/communities/{community}/wallet", ASK_MUST}
#define PROPOSAL {"proposal", "/v1/proposals/{community}.p{n}", ASK_MUST}
#define OWN_PLEDGE {"mine", "/v1/proposals/{community}.p{n}/pledge", ASK_MUST}
#define TENDER {"tender", "/v1/tenders/{community}.t{n}", ASK_MUST}

/* The first tenders that are open, and what can be pledged to in each (page_fill_choices). */
#define OPEN {"open", "/v1/communities/{community}/tenders?state=open&limit=4", ASK_MUST}
#define CHOICES(n) {"p" #n, "/v1/tenders/{open.items." #n ".tender}/proposals?limit=64", ASK_MAY}

#define C "/c/:community"
#define PLEDGE C "/proposals/:n/pledge"
#define ROOT_C "{root}/c/{community}"

#define TALK C "/talks/:n"
#define OWN_TALK {"talk", "/v1/talks/{community}.k{n}", ASK_MUST}
#define OF_TALK {"tender", "/v1/tenders/{talk.tender}", ASK_MUST}
#define TO_TALK ROOT_C "/talks/{n}?done=saved"
#define HELP C "/proposals/:n/help/:item"
#define MILESTONE C "/commissions/:n/milestones/:milestone"
#define A_MILESTONE "/v1/commissions/{community}.c{n}/milestones/{milestone}"

/* Where somebody has a hat, by its name. */
#define PLACE(n) {"place" #n, "/v1/communities/{account.hats." #n ".community}", ASK_MAY}

const struct page_row pages_residents[] = {
    {.name = "sign_in", .pattern = "/sign-in", .template = "sign-in", .fill = page_fill_to,
     .shape = PAGE_SHAPE_TO, .asks = {{"communities", "/v1/communities?limit=50", ASK_MUST}}},
    {.name = "sign_in_here", .pattern = C "/sign-in", .template = "sign-in", .fill = page_fill_to,
     .shape = PAGE_SHAPE_TO, .asks = {COMMUNITY, {"communities", "/v1/communities?limit=1",
                                                  ASK_MAY}}},
    {.name = "sign_in_link", .pattern = "/sign-in/link", .template = "sign-in-link",
     .fill = page_fill_to, .shape = PAGE_SHAPE_TO},
    {.name = "join", .pattern = C "/join", .fill = page_fill_to, .shape = PAGE_SHAPE_TO,
     .asks = {COMMUNITY}},

    {.name = "me", .pattern = "/me", .flags = PAGE_SIGNED, .fill = page_fill_places,
     .shape = PAGE_SHAPE_PLACES,
     .asks = {ACCOUNT, PLACE(0), PLACE(1), PLACE(2), PLACE(3), PLACE(4), PLACE(5), PLACE(6),
              PLACE(7)}},
    {.name = "me_password", .pattern = "/me/password", .template = "me-password",
     .flags = PAGE_SIGNED, .asks = {ACCOUNT}},
    {.name = "me_mail", .pattern = "/me/mail", .template = "me-mail", .flags = PAGE_SIGNED,
     .asks = {ACCOUNT}},
    {.name = "me_mail_confirm", .pattern = "/me/mail/confirm", .template = "me-mail-confirm",
     .flags = PAGE_SIGNED, .asks = {ACCOUNT}},
    {.name = "me_invitation", .pattern = "/me/invitation", .template = "me-invitation",
     .flags = PAGE_SIGNED, .asks = {ACCOUNT}},
    {.name = "me_passkeys", .pattern = "/me/passkeys", .template = "me-passkeys",
     .flags = PAGE_SIGNED, .asks = {ACCOUNT}},
    {.name = "me_passkey", .pattern = "/me/passkeys/:passkey", .template = "me-passkey",
     .flags = PAGE_SIGNED, .fill = page_fill_passkey, .shape = PAGE_SHAPE_PASSKEY,
     .asks = {ACCOUNT}},
    {.name = "me_passkey_gone", .pattern = "/me/passkeys/:passkey/remove",
     .template = "me-passkey-remove", .flags = PAGE_SIGNED, .fill = page_fill_passkey,
     .shape = PAGE_SHAPE_PASSKEY, .asks = {ACCOUNT}},
    {.name = "me_language", .pattern = "/me/language", .template = "me-language",
     .flags = PAGE_SIGNED, .asks = {ACCOUNT}},
    {.name = "me_data", .pattern = "/me/data", .template = "me-data", .flags = PAGE_SIGNED,
     .asks = {ACCOUNT}},
    {.name = "me_erase", .pattern = "/me/erase", .template = "me-erase", .flags = PAGE_SIGNED,
     .asks = {ACCOUNT}},

    {.name = "budget", .pattern = C "/budget", .flags = PAGE_SIGNED, .fill = page_fill_budget,
     .shape = PAGE_SHAPE_BUDGET, .asks = {COMMUNITY, WALLET}},
    {.name = "choose", .pattern = C "/choose", .flags = PAGE_SIGNED, .fill = page_fill_choices,
     .shape = PAGE_SHAPE_CHOICES,
     .asks = {COMMUNITY, WALLET, OPEN, CHOICES(0), CHOICES(1), CHOICES(2), CHOICES(3)}},
    {.name = "pledge", .pattern = PLEDGE, .flags = PAGE_SIGNED, .fill = page_fill_pledge,
     .shape = PAGE_SHAPE_PLEDGE,
     .asks = {COMMUNITY, PROPOSAL, {"tender", "/v1/tenders/{proposal.tender}", ASK_MUST}, WALLET,
              OWN_PLEDGE, OPEN, CHOICES(0), CHOICES(1), CHOICES(2), CHOICES(3)}},
    {.name = "pledge_receipt", .pattern = PLEDGE "/receipt", .template = "pledge-receipt",
     .flags = PAGE_SIGNED, .fill = page_fill_receipt, .shape = PAGE_SHAPE_RECEIPT,
     .asks = {COMMUNITY, PROPOSAL, WALLET, OWN_PLEDGE}},
    {.name = "pledge_withdraw", .pattern = PLEDGE "/withdraw", .template = "pledge-withdraw",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY, PROPOSAL, WALLET, OWN_PLEDGE}},

    {.name = "talk_new", .pattern = C "/tenders/:n/say", .template = "talk-new",
     .flags = PAGE_SIGNED, .fill = page_fill_kind, .shape = PAGE_SHAPE_KIND,
     .asks = {COMMUNITY, TENDER}},
    {.name = "talk", .pattern = TALK, .fill = page_fill_talk, .shape = PAGE_SHAPE_TALK,
     .asks = {COMMUNITY, OWN_TALK, OF_TALK}},
    {.name = "talk_change", .pattern = TALK "/edit", .template = "talk-edit",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY, OWN_TALK, OF_TALK}},
    {.name = "talk_appealing", .pattern = TALK "/appeal", .template = "talk-appeal",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY, OWN_TALK, OF_TALK}},
    {.name = "need_new", .pattern = C "/needs/raise", .template = "need-new",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY}},
    {.name = "need_seconding", .pattern = C "/needs/:n/second", .template = "need-second",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY, {"need", "/v1/needs/{community}.n{n}", ASK_MUST}}},
    {.name = "milestone", .pattern = MILESTONE, .flags = PAGE_SIGNED, .fill = page_fill_milestone,
     .shape = PAGE_SHAPE_MILESTONE,
     .asks = {COMMUNITY, {"commission", "/v1/commissions/{community}.c{n}", ASK_MUST}}},
    {.name = "help", .pattern = HELP, .flags = PAGE_SIGNED, .fill = page_fill_help,
     .shape = PAGE_SHAPE_HELP,
     .asks = {COMMUNITY, PROPOSAL, {"mine", "/v1/communities/{community}/offers", ASK_MUST}}},
    {.name = "notices", .pattern = C "/notices", .flags = PAGE_SIGNED, .fill = page_fill_notices,
     .shape = PAGE_SHAPE_NOTICES,
     .asks = {COMMUNITY, ACCOUNT,
              {"notices", "/v1/communities/{community}/notices?limit=20[&after={?after}]",
               ASK_MUST}}},
    {0},
};

const struct form_row forms_residents[] = {
    {.name = "join_form", .pattern = C "/join", .method = METHOD_POST,
     .path = "/v1/communities/{community}/sign-in/code", .page = C "/join",
     .then = ROOT_C "/choose?done=welcome", .field = "code", .flags = FORM_ENTERS},
    {.name = "sign_in_code_form", .pattern = C "/sign-in", .method = METHOD_POST,
     .path = "/v1/communities/{community}/sign-in/code", .page = C "/sign-in",
     .then = ROOT_C "/choose?done=welcome", .field = "code", .flags = FORM_ENTERS},
    {.name = "sign_in_password_form", .pattern = "/sign-in", .method = METHOD_POST,
     .path = "/v1/sign-in/password", .page = "/sign-in", .then = "{root}/me?done=signed-in",
     .field = "name", .flags = FORM_ENTERS},
    {.name = "sign_in_mail_form", .pattern = "/sign-in/mail", .method = METHOD_POST,
     .path = "/v1/sign-in/link", .page = "/sign-in", .then = "{root}/sign-in/link",
     .field = "mail"},
    {.name = "sign_in_link_form", .pattern = "/sign-in/link", .method = METHOD_POST,
     .path = "/v1/sign-in/link/use", .page = "/sign-in/link", .then = "{root}/me?done=signed-in",
     .field = "link", .flags = FORM_ENTERS},
    {.name = "sign_out_form", .pattern = "/sign-out", .method = METHOD_DELETE,
     .path = "/v1/me/session", .page = "/sign-in", .then = "{root}/?done=signed-out"},

    {.name = "me_sign_out_form", .pattern = "/me/sign-out", .method = METHOD_POST,
     .path = "/v1/me/sign-out", .page = "/me", .then = "{root}/?done=signed-out-everywhere"},
    {.name = "me_password_form", .pattern = "/me/password", .method = METHOD_PUT,
     .path = "/v1/me/password", .page = "/me/password", .then = "{root}/me?done=password",
     .field = "password"},
    {.name = "me_mail_form", .pattern = "/me/mail", .method = METHOD_PUT, .path = "/v1/me/mail",
     .page = "/me/mail", .then = "{root}/me/mail/confirm", .field = "mail"},
    {.name = "me_mail_confirm_form", .pattern = "/me/mail/confirm", .method = METHOD_POST,
     .path = "/v1/me/mail/confirm", .page = "/me/mail/confirm", .then = "{root}/me?done=saved",
     .field = "link"},
    {.name = "me_invitation_form", .pattern = "/me/invitation", .method = METHOD_POST,
     .path = "/v1/invitations/accept", .page = "/me/invitation", .then = "{root}/me?done=saved",
     .field = "link"},
    {.name = "me_passkey_form", .pattern = "/me/passkeys/:passkey", .method = METHOD_PATCH,
     .path = "/v1/me/passkeys/{passkey}", .page = "/me/passkeys/:passkey",
     .then = "{root}/me/passkeys?done=saved", .field = "label"},
    {.name = "me_passkey_remove_form", .pattern = "/me/passkeys/:passkey/remove",
     .method = METHOD_DELETE, .path = "/v1/me/passkeys/{passkey}",
     .page = "/me/passkeys/:passkey/remove", .then = "{root}/me/passkeys?done=passkey-removed"},
    {.name = "me_language_form", .pattern = "/me/language", .method = METHOD_PATCH,
     .path = "/v1/me", .page = "/me/language", .then = "{root}/me?done=saved", .field = "lang"},
    {.name = "me_erase_form", .pattern = "/me/erase", .method = METHOD_DELETE, .path = "/v1/me",
     .page = "/me/erase", .then = "{root}/?done=erased", .field = "pledges"},

    {.name = "pledge_check_form", .pattern = PLEDGE "/check", .page = PLEDGE},
    {.name = "pledge_form", .pattern = PLEDGE, .method = METHOD_PUT,
     .path = "/v1/proposals/{community}.p{n}/pledge", .page = PLEDGE,
     .then = ROOT_C "/proposals/{n}/pledge/receipt?done=pledged", .field = "amount"},
    {.name = "pledge_withdraw_form", .pattern = PLEDGE "/withdraw", .method = METHOD_DELETE,
     .path = "/v1/proposals/{community}.p{n}/pledge", .page = PLEDGE "/withdraw",
     .then = ROOT_C "/budget?done=withdrawn"},

    {.name = "talk_new_form", .pattern = C "/tenders/:n/say", .method = METHOD_POST,
     .path = "/v1/tenders/{community}.t{n}/talks", .page = C "/tenders/:n/say",
     .then = ROOT_C "/talks/{answer.talk#}?done=sent", .field = "text"},
    {.name = "talk_stance_form", .pattern = TALK "/stance", .method = METHOD_PUT,
     .path = "/v1/talks/{community}.k{n}/stance", .page = TALK, .then = TO_TALK},
    {.name = "talk_edit_form", .pattern = TALK "/edit", .method = METHOD_PUT,
     .path = "/v1/talks/{community}.k{n}", .page = TALK "/edit", .then = TO_TALK,
     .field = "text"},
    {.name = "talk_appeal_form", .pattern = TALK "/appeal", .method = METHOD_POST,
     .path = "/v1/talks/{community}.k{n}/appeal", .page = TALK "/appeal",
     .then = ROOT_C "/talks/{n}?done=sent", .field = "text"},
    {.name = "need_raise_form", .pattern = C "/needs/raise", .method = METHOD_POST,
     .path = "/v1/communities/{community}/needs", .page = C "/needs/raise",
     .then = ROOT_C "/needs/{answer.need#}?done=sent", .field = "text"},
    {.name = "need_second_form", .pattern = C "/needs/:n/second", .method = METHOD_POST,
     .path = "/v1/needs/{community}.n{n}/seconds", .page = C "/needs/:n/second",
     .then = ROOT_C "/needs/{n}?done=seconded"},
    {.name = "milestone_confirm_form", .pattern = MILESTONE "/confirm", .method = METHOD_POST,
     .path = A_MILESTONE "/confirm", .page = MILESTONE,
     .then = ROOT_C "/commissions/{n}?done=saved"},
    {.name = "milestone_dispute_form", .pattern = MILESTONE, .method = METHOD_POST,
     .path = A_MILESTONE "/dispute", .page = MILESTONE,
     .then = ROOT_C "/commissions/{n}?done=saved", .field = "text"},
    {.name = "help_form", .pattern = HELP, .method = METHOD_PUT,
     .path = "/v1/proposals/{community}.p{n}/offers/{item}", .page = HELP,
     .then = ROOT_C "/proposals/{n}?done=saved", .field = "n"},
    {.name = "notices_seen_form", .pattern = C "/notices", .method = METHOD_POST,
     .path = "/v1/communities/{community}/notices/seen", .page = C "/notices",
     .then = ROOT_C "/notices?done=saved"},
    {.name = "notices_mail_form", .pattern = C "/notices/mail", .method = METHOD_PUT,
     .path = "/v1/communities/{community}/notices/mail", .page = C "/notices",
     .then = ROOT_C "/notices?done=saved"},
    {0},
};
