/* page_rows_bodies.c -- what a commissioning body's people do, from the constitution to the
 * completed commission; and a provider's own, who offers and delivers. */
#include "page_fill_bodies.h"

#define COMMUNITY {"community", C, ASK_MUST}
#define C "/v1/communities/{community}"
#define B "/v1/bodies/{community}.b{n}"
#define T "/v1/tenders/{community}.t{n}"
#define P "/v1/proposals/{community}.p{n}"
#define W "/v1/commissions/{community}.c{n}"
#define N "/v1/needs/{community}.n{n}"
#define K "/v1/talks/{community}.k{n}"
#define AFTER "[&after={?after}]"

#define AT "/c/:community/body"
#define ON_BODY AT "/bodies/:n"
#define ON_TENDER AT "/tenders/:n"
#define ON_PROPOSAL AT "/proposals/:n"
#define ON_WORK AT "/commissions/:n"
#define ON_STEP ON_WORK "/milestones/:m"
#define ON_TALK AT "/talks/:n"

#define BODY {"body", B, ASK_MUST}
#define TENDER {"tender", T, ASK_MUST}
#define PROPOSAL {"proposal", P, ASK_MUST}
#define WORK {"commission", W, ASK_MUST}
#define TALK {"talk", K, ASK_MUST}
#define MEMBERS {"members", B "/members?limit=100", ASK_MUST}
#define BODIES {"bodies", C "/bodies?limit=100", ASK_MUST}

/* A page of one commission: its state, its milestones by name, and a form. */
#define WORK_PAGE(file, address) \
    .template = "bodies/" file, .pattern = address, .flags = PAGE_SIGNED, .fill = fill_work, \
    .shape = WORK_SHAPE, .asks = {COMMUNITY, WORK}

const struct page_row pages_bodies[] = {
    {.name = "body_tasks", .template = "bodies/tasks", .pattern = AT, .flags = PAGE_SIGNED,
     .fill = fill_tasks, .shape = TASKS_SHAPE,
     .asks = {COMMUNITY,
              BODIES,
              {"tenders", C "/tenders?limit=100", ASK_MUST},
              {"commissions", C "/commissions?limit=100", ASK_MUST},
              {"needs", C "/needs?limit=20&state=waiting", ASK_MAY}}},
    {.name = "body_new", .template = "bodies/new", .pattern = AT "/new", .flags = PAGE_SIGNED,
     .asks = {COMMUNITY}},
    {.name = "body_constitution", .template = "bodies/constitution",
     .pattern = ON_BODY "/constitution", .flags = PAGE_SIGNED, .fill = fill_constitution,
     .asks = {COMMUNITY, BODY, {"versions", B "/versions?limit=100", ASK_MUST}}},
    {.name = "body_members", .template = "bodies/members", .pattern = ON_BODY "/members",
     .flags = PAGE_SIGNED, .fill = fill_members, .shape = MEMBERS_SHAPE,
     .asks = {COMMUNITY, BODY, MEMBERS}},
    {.name = "body_member_end", .template = "bodies/member-end",
     .pattern = ON_BODY "/members/:m/end", .flags = PAGE_SIGNED, .fill = fill_members,
     .shape = MEMBERS_SHAPE, .asks = {COMMUNITY, BODY, MEMBERS}},

    {.name = "body_tender_new", .template = "bodies/tender-new", .pattern = AT "/tenders/new",
     .flags = PAGE_SIGNED, .fill = fill_rule, .shape = RULE_SHAPE,
     .asks = {COMMUNITY,
              {"simulation", C "/simulate?turnout=100[&ceiling={command.ceiling}]"
                             "[&people_min={command.people_min}][&areas_min={command.areas_min}]"
                             "[&area_people_min={command.area_people_min}]", ASK_MAY}}},
    {.name = "body_tender", .template = "bodies/tender", .pattern = ON_TENDER,
     .flags = PAGE_SIGNED, .fill = fill_gate, .shape = GATE_SHAPE,
     .asks = {COMMUNITY,
              TENDER,
              BODIES,
              {"approvals", T "/approvals?limit=100", ASK_MUST},
              {"proposals", T "/proposals?limit=128", ASK_MUST},
              {"talks", T "/talks?limit=25", ASK_MAY},
              {"said_for", T "/talks?kind=for&limit=25", ASK_MAY},
              {"said_against", T "/talks?kind=against&limit=25", ASK_MAY},
              {"summaries", T "/summaries?limit=25", ASK_MAY},
              {"history", T "/history?limit=100", ASK_MAY}}},
    {.name = "body_tender_withdraw", .template = "bodies/tender-withdraw",
     .pattern = ON_TENDER "/withdraw", .flags = PAGE_SIGNED, .asks = {COMMUNITY, TENDER}},
    {.name = "body_summary", .template = "bodies/summary", .pattern = ON_TENDER "/summary",
     .flags = PAGE_SIGNED,
     .asks = {COMMUNITY, TENDER, {"summaries", T "/summaries?limit=25", ASK_MUST}}},
    {.name = "body_talks", .template = "bodies/talks", .pattern = ON_TENDER "/talks",
     .flags = PAGE_SIGNED, .fill = fill_talks_next, .shape = NEXT_SHAPE,
     .asks = {COMMUNITY, TENDER, {"talks", T "/talks?limit=20" AFTER, ASK_MUST}}},
    {.name = "body_talk_hide", .template = "bodies/talk-hide", .pattern = ON_TALK "/hide",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY, TALK}},
    {.name = "body_talk_ruling", .template = "bodies/talk-ruling", .pattern = ON_TALK "/ruling",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY, TALK}},
    {.name = "body_need", .template = "bodies/need", .pattern = AT "/needs/:n/answer",
     .flags = PAGE_SIGNED,
     .asks = {COMMUNITY, {"need", N, ASK_MUST}, {"tenders", C "/tenders?limit=100", ASK_MUST}}},

    {.name = "body_offer", .template = "bodies/offer", .pattern = ON_TENDER "/proposals/new",
     .flags = PAGE_SIGNED,
     .asks = {COMMUNITY,
              TENDER,
              {"similar", T "/proposals/similar?text={command.title}[%20{command.summary}]",
               ASK_MAY}}},
    {.name = "body_amend", .template = "bodies/amend", .pattern = ON_PROPOSAL "/amend",
     .flags = PAGE_SIGNED, .fill = fill_amend,
     .asks = {COMMUNITY, PROPOSAL, {"tender", "/v1/tenders/{proposal.tender}", ASK_MUST}}},
    {.name = "body_judge", .template = "bodies/judge", .pattern = ON_PROPOSAL "/judge",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY, PROPOSAL}},
    {.name = "body_merge", .template = "bodies/merge", .pattern = ON_PROPOSAL "/merge",
     .flags = PAGE_SIGNED, .fill = fill_merge, .shape = MERGE_SHAPE,
     .asks = {COMMUNITY,
              PROPOSAL,
              {"proposals", "/v1/tenders/{proposal.tender}/proposals?limit=128", ASK_MUST}}},
    {.name = "body_offer_withdraw", .template = "bodies/offer-withdraw",
     .pattern = ON_PROPOSAL "/withdraw", .flags = PAGE_SIGNED, .asks = {COMMUNITY, PROPOSAL}},
    {.name = "body_paper", .template = "bodies/paper", .pattern = ON_PROPOSAL "/paper",
     .flags = PAGE_SIGNED, .asks = {COMMUNITY, PROPOSAL}},
    {.name = "proposal_poster", .template = "bodies/poster",
     .pattern = "/c/:community/proposals/:n/poster", .fill = fill_poster, .shape = POSTER_SHAPE,
     .asks = {COMMUNITY, PROPOSAL, {"tender", "/v1/tenders/{proposal.tender}", ASK_MUST}}},

    {.name = "body_work", WORK_PAGE("work", ON_WORK)},
    {.name = "body_contract", WORK_PAGE("contract", ON_WORK "/contract")},
    {.name = "body_evidence", WORK_PAGE("evidence", ON_STEP "/evidence")},
    {.name = "body_report", WORK_PAGE("report", ON_STEP "/report")},
    {.name = "body_accept", WORK_PAGE("accept", ON_STEP "/accept")},
    {.name = "body_payment", WORK_PAGE("payment", ON_STEP "/payment")},
    {.name = "body_variation", WORK_PAGE("variation", ON_WORK "/variation")},
    {.name = "body_variation_approve", WORK_PAGE("variation-approve", ON_WORK "/variations/:v")},
    {.name = "body_outcome", WORK_PAGE("outcome", ON_WORK "/outcome")},
    {.name = "body_savings", WORK_PAGE("savings", ON_WORK "/savings")},
    {.name = "body_complete", WORK_PAGE("complete", ON_WORK "/complete")},
    {.name = "body_end", WORK_PAGE("end", ON_WORK "/end")},
    {0},
};

#define TO_TASKS "{root}/c/{community}/body"
#define TO_TENDER TO_TASKS "/tenders/{n}"
#define TO_WORK TO_TASKS "/commissions/{n}"

/* An act whose form stands at the same address. */
#define FORM(word, address, how, act, to, at_field) \
    {.name = word, .pattern = address, .method = how, .path = act, .page = address, .then = to, \
     .field = at_field}
/* An act that a button of another page asks for. */
#define BUTTON(word, address, act, on, to) \
    {.name = word, .pattern = address, .method = METHOD_POST, .path = act, .page = on, .then = to}
/* Shows the page again, with what it would be. */
#define TRY(word, on) \
    {.name = word, .pattern = on "/try", .method = METHOD_POST, .page = on}

const struct form_row forms_bodies[] = {
    FORM("body_new_form", AT "/new", METHOD_POST, C "/bodies", TO_TASKS "?done=saved", "title"),
    FORM("body_constitution_form", ON_BODY "/constitution", METHOD_POST, B "/versions",
         TO_TASKS "/bodies/{n}/constitution?done=saved", "title"),
    FORM("body_seat_form", ON_BODY "/members", METHOD_POST, B "/members",
         TO_TASKS "/bodies/{n}/members?done=saved", NULL),
    TRY("body_seat_try", ON_BODY "/members"),
    FORM("body_member_end_form", ON_BODY "/members/:m/end", METHOD_DELETE,
         "/v1/members/{community}.m{m}", TO_TASKS "/bodies/{n}/members?done=saved", NULL),

    FORM("body_tender_form", AT "/tenders/new", METHOD_POST, C "/tenders",
         TO_TASKS "/tenders/{answer.tender#}?done=saved", NULL),
    TRY("body_tender_try", AT "/tenders/new"),
    BUTTON("body_tender_approve", ON_TENDER "/approve", T "/approvals", ON_TENDER,
           TO_TENDER "?done=approved"),
    BUTTON("body_tender_publish", ON_TENDER "/publish", T "/publish", ON_TENDER,
           TO_TENDER "?done=done"),
    BUTTON("body_tender_open", ON_TENDER "/open", T "/open", ON_TENDER, TO_TENDER "?done=done"),
    FORM("body_tender_withdraw_form", ON_TENDER "/withdraw", METHOD_POST, T "/withdraw",
         TO_TENDER "?done={answer.done}", NULL),
    FORM("body_summary_form", ON_TENDER "/summary", METHOD_POST, T "/summaries",
         TO_TENDER "?done=sent", "text"),
    FORM("body_talk_hide_form", ON_TALK "/hide", METHOD_POST, K "/hide",
         TO_TASKS "/talks/{n}/hide?done=done", NULL),
    FORM("body_talk_ruling_form", ON_TALK "/ruling", METHOD_POST, K "/ruling",
         TO_TASKS "/talks/{n}/ruling?done=done", NULL),
    FORM("body_need_form", AT "/needs/:n/answer", METHOD_POST, N "/answer",
         TO_TASKS "?done=sent", "text"),

    FORM("body_offer_form", ON_TENDER "/proposals/new", METHOD_POST, T "/proposals",
         TO_TENDER "?done=sent", NULL),
    TRY("body_offer_try", ON_TENDER "/proposals/new"),
    FORM("body_amend_form", ON_PROPOSAL "/amend", METHOD_PUT, P,
         "{root}/c/{community}/proposals/{n}?done=saved", NULL),
    FORM("body_judge_form", ON_PROPOSAL "/judge", METHOD_POST, P "/judgement",
         TO_TASKS "/proposals/{n}/judge?done=saved", NULL),
    FORM("body_merge_form", ON_PROPOSAL "/merge", METHOD_POST, P "/merge",
         TO_TASKS "/proposals/{n}/merge?done=sent", "with"),
    FORM("body_offer_withdraw_form", ON_PROPOSAL "/withdraw", METHOD_POST, P "/withdraw",
         "{root}/c/{community}/proposals/{n}?done=done", NULL),
    FORM("body_paper_form", ON_PROPOSAL "/paper", METHOD_POST, P "/assisted-pledges",
         TO_TASKS "/proposals/{n}/paper?done={answer.done}", "code"),

    FORM("body_contract_form", ON_WORK "/contract", METHOD_POST, W "/contract",
         TO_WORK "?done=saved", NULL),
    FORM("body_evidence_form", ON_STEP "/evidence", METHOD_POST, W "/milestones/{m}/evidence",
         TO_WORK "?done=saved", NULL),
    FORM("body_report_form", ON_STEP "/report", METHOD_POST, W "/milestones/{m}/report",
         TO_WORK "?done=sent", "note"),
    FORM("body_accept_form", ON_STEP "/accept", METHOD_POST, W "/milestones/{m}/accept",
         TO_WORK "?done={answer.done}", NULL),
    FORM("body_payment_form", ON_STEP "/payment", METHOD_POST, W "/payments",
         TO_WORK "?done=saved", "amount"),
    FORM("body_variation_form", ON_WORK "/variation", METHOD_POST, W "/variations",
         TO_WORK "?done=saved", NULL),
    FORM("body_variation_approve_form", ON_WORK "/variations/:v", METHOD_POST,
         W "/variations/{v}/approve", TO_WORK "?done={answer.done}", NULL),
    FORM("body_outcome_form", ON_WORK "/outcome", METHOD_POST, W "/outcomes",
         TO_WORK "?done=saved", NULL),
    FORM("body_savings_form", ON_WORK "/savings", METHOD_POST, W "/savings",
         TO_WORK "?done=saved", NULL),
    FORM("body_complete_form", ON_WORK "/complete", METHOD_POST, W "/complete",
         TO_WORK "?done=done", NULL),
    FORM("body_end_form", ON_WORK "/end", METHOD_POST, W "/terminate",
         TO_WORK "?done={answer.done}", "reason"),
    {0},
};
