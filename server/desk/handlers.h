/* handlers.h -- every handler of the route table. A handler and its `_answer` stand side by side in
 * the file of their noun. */
#ifndef GROUNDSWELL_DESK_HANDLERS_H
#define GROUNDSWELL_DESK_HANDLERS_H

#include "handlers_trust.h"

struct visit;

/* communities.c */
void community_create(struct visit *visit);
void communities_list(struct visit *visit);
void community_get(struct visit *visit);
void community_set(struct visit *visit);
void totals_get(struct visit *visit);
/* funds.c */
void fund_add(struct visit *visit);
void funds_list(struct visit *visit);
void fund_top_up(struct visit *visit);
void fund_withdraw(struct visit *visit);
/* residents.c */
void residents_register(struct visit *visit);
void resident_get(struct visit *visit);
void resident_leave(struct visit *visit);
void resident_grant(struct visit *visit);
void resident_sign_out(struct visit *visit);
void staff_sign_out(struct visit *visit);
/* history.c, similar.c */
void history_get(struct visit *visit);
void proposals_similar(struct visit *visit);
/* notices.c */
void notices_get(struct visit *visit);
void notices_seen(struct visit *visit);
void notices_mail_put(struct visit *visit);
void notices_stop_page(struct visit *visit);
void notices_stop(struct visit *visit);
/* sign_in.c, passkeys.c */
void sign_in_code(struct visit *visit);
void sign_in_password(struct visit *visit);
void sign_in_link(struct visit *visit);
void sign_in_link_use(struct visit *visit);
void sign_in_passkey_challenge(struct visit *visit);
void sign_in_passkey(struct visit *visit);
/* me.c, me_ways.c, passkeys.c, rights.c */
void me_get(struct visit *visit);
void me_change(struct visit *visit);
void me_session_end(struct visit *visit);
void me_sign_out(struct visit *visit);
void me_password_set(struct visit *visit);
void me_mail_set(struct visit *visit);
void me_mail_confirm(struct visit *visit);
void me_passkey_challenge(struct visit *visit);
void me_passkey_add(struct visit *visit);
void me_passkey_label(struct visit *visit);
void me_passkey_remove(struct visit *visit);
void me_export(struct visit *visit);
void me_erase(struct visit *visit);
/* codes.c */
void codes_issue(struct visit *visit);
void codes_revoke(struct visit *visit);
/* register.c */
void register_import(struct visit *visit);
void review_resolve(struct visit *visit);
/* officers.c */
void codes_list(struct visit *visit);
void review_list(struct visit *visit);
void approvals_get(struct visit *visit);
void assisted_get(struct visit *visit);
void journal_list(struct visit *visit);
void anomalies_get(struct visit *visit);
/* offers.c */
void offer_put(struct visit *visit);
void offers_get(struct visit *visit);
/* assisted.c */
void assisted_pledge(struct visit *visit);
/* orgs.c, org_keys.c */
void org_create(struct visit *visit);
void orgs_list(struct visit *visit);
void org_get(struct visit *visit);
void org_invite(struct visit *visit);
void invitation_accept(struct visit *visit);
void org_member_remove(struct visit *visit);
void org_key_add(struct visit *visit);
void org_key_revoke(struct visit *visit);
/* purge.c */
void purge(struct visit *visit);
/* rounds.c */
void round_open(struct visit *visit);
void round_get(struct visit *visit);
void round_close(struct visit *visit);
/* tenders.c */
void tender_create(struct visit *visit);
void tenders_list(struct visit *visit);
void tender_get(struct visit *visit);
void tender_open(struct visit *visit);
void tender_withdraw(struct visit *visit);
void tender_pause(struct visit *visit);
void tender_resume(struct visit *visit);
/* bodies.c */
void body_form(struct visit *visit);
void body_constitute(struct visit *visit);
void bodies_list(struct visit *visit);
void body_get(struct visit *visit);
void body_members_list(struct visit *visit);
void body_versions_list(struct visit *visit);
void body_history_list(struct visit *visit);
void member_seat(struct visit *visit);
void member_leave(struct visit *visit);
void tender_approve(struct visit *visit);
void tender_approvals_list(struct visit *visit);
void tender_publish(struct visit *visit);
/* area_maps.c, simulate.c */
void areas_set(struct visit *visit);
void areas_get(struct visit *visit);
void simulate_get(struct visit *visit);
/* proposals.c */
void proposal_submit(struct visit *visit);
void proposals_list(struct visit *visit);
void proposal_get(struct visit *visit);
void proposal_withdraw(struct visit *visit);
/* proposal_shape.c */
void proposal_judge(struct visit *visit);
void proposal_amend(struct visit *visit);
void proposal_merge(struct visit *visit);
void proposal_versions_list(struct visit *visit);
/* commissions.c, contracts.c */
void commissions_list(struct visit *visit);
/* needs.c */
void needs_list(struct visit *visit);
void need_raise(struct visit *visit);
void need_get(struct visit *visit);
void need_second(struct visit *visit);
void need_answer(struct visit *visit);
/* talks.c, talk_views.c, moderation.c */
void talks_list(struct visit *visit);
void talk_add(struct visit *visit);
void talk_get(struct visit *visit);
void talk_edit(struct visit *visit);
void talk_stance(struct visit *visit);
void talk_hide(struct visit *visit);
void talk_appeal(struct visit *visit);
void talk_ruling(struct visit *visit);
void summaries_list(struct visit *visit);
void summary_publish(struct visit *visit);
void commission_get(struct visit *visit);
void contract_sign(struct visit *visit);
void evidence_add(struct visit *visit);
void milestone_report(struct visit *visit);
void milestone_confirm(struct visit *visit);
void milestone_dispute(struct visit *visit);
void milestone_accept(struct visit *visit);
void payment_record(struct visit *visit);
void variation_propose(struct visit *visit);
void variation_approve(struct visit *visit);
void outcome_report(struct visit *visit);
void savings_note(struct visit *visit);
void commission_complete(struct visit *visit);
void commission_terminate(struct visit *visit);
/* pledges.c */
void pledge_put(struct visit *visit);
void pledge_get(struct visit *visit);
void pledge_delete(struct visit *visit);
void wallet_get(struct visit *visit);
/* uploads.c */
void file_upload(struct visit *visit);
void file_get(struct visit *visit);
/* log.c, feed.c */
void log_list(struct visit *visit);
void feed_get(struct visit *visit);
/* files.c, receipts.c: the audit log */
void log_checkpoint_get(struct visit *visit);
void log_vkey_get(struct visit *visit);
void log_history_get(struct visit *visit);
void log_tile_get(struct visit *visit);
void log_receipt_get(struct visit *visit);
void log_record_get(struct visit *visit);
/* audit.c: its page */
void audit_page_get(struct visit *visit);
void audit_copy_get(struct visit *visit);
/* parts.c */
void part_get(struct visit *visit);
void favicon_get(struct visit *visit);
/* tokens.c */
void tokens_mint(struct visit *visit);
/* well_known.c */
void security_txt_get(struct visit *visit);
void change_password_get(struct visit *visit);
/* health.c */
void health_get(struct visit *visit);
void ready_get(struct visit *visit);
void metrics_get(struct visit *visit);
void openapi_get(struct visit *visit);
void problems_get(struct visit *visit);

#endif
