/* handlers.h -- every handler of the route table. A handler and its `_answer` stand side by side in
 * the file of their noun. */
#ifndef GROUNDSWELL_DESK_HANDLERS_H
#define GROUNDSWELL_DESK_HANDLERS_H

struct visit;

/* communities.c */
void community_create(struct visit *visit);
void communities_list(struct visit *visit);
void community_get(struct visit *visit);
void totals_get(struct visit *visit);
/* funds.c */
void fund_add(struct visit *visit);
void funds_list(struct visit *visit);
void fund_top_up(struct visit *visit);
/* residents.c */
void residents_register(struct visit *visit);
void resident_get(struct visit *visit);
void resident_leave(struct visit *visit);
void resident_grant(struct visit *visit);
void resident_sign_out(struct visit *visit);
void staff_sign_out(struct visit *visit);
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
/* proposals.c */
void proposal_submit(struct visit *visit);
void proposals_list(struct visit *visit);
void proposal_get(struct visit *visit);
void proposal_withdraw(struct visit *visit);
void commissions_list(struct visit *visit);
/* pledges.c */
void pledge_put(struct visit *visit);
void pledge_get(struct visit *visit);
void pledge_delete(struct visit *visit);
void wallet_get(struct visit *visit);
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
void audit_part_get(struct visit *visit);
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
