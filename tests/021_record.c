/* 021_record.c -- a record has exactly one text, and whatever differs from it is refused. */
/* rooms: base rules */
#include "020_scene.h"

#define WALLET "w00001000000000000003A"
#define SEALED20 "ABCDefgh0123+/zyxwVU"
#define SEALED SEALED85 SEALED85 SEALED85 SEALED85
#define SEALED85 SEALED20 SEALED20 SEALED20 SEALED20 "aB9+/"

/* One of every kind, with every optional field somewhere there and somewhere not. */
static const char *const golden[] = {
    "{\"v\":1,\"seq\":0,\"at\":1000,\"kind\":\"community_created\",\"currency\":\"GBP\",\"areas\":["
    "\"north\",\"south\"],\"area_residents_min\":50,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":0,\"at\":1000,\"kind\":\"community_created\",\"currency\":\"GBP\",\"areas\":["
    "\"north\"],\"area_residents_min\":50,\"members_min\":8,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":1,\"at\":1000,\"kind\":\"fund_added\",\"fund\":1,\"amount\":9007199254740991,"
    "\"theme\":\"parks\",\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":1,\"at\":1000,\"kind\":\"fund_added\",\"fund\":2,\"amount\":1,"
    "\"text\":\"" HASH64
    "\"}",
    "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
    "{\"v\":1,\"seq\":3,\"at\":1001,\"kind\":\"residents_registered\","
    "\"registered\":[[0,60],[1,70]]}",
    "{\"v\":1,\"seq\":3,\"at\":1001,\"kind\":\"residents_registered\","
    "\"registered\":[[0,60],[1,70]],"
    "\"round\":1,\"grants\":[[1,2]]}",
    "{\"v\":1,\"seq\":4,\"at\":1001,\"kind\":\"resident_granted\",\"round\":1,\"area\":0}",
    "{\"v\":1,\"seq\":5,\"at\":1001,\"kind\":\"resident_left\",\"area\":0}",
    "{\"v\":1,\"seq\":5,\"at\":1001,\"kind\":\"resident_left\",\"area\":0,\"round\":1,"
    "\"wallet\":\"" WALLET
    "\",\"wallet_area\":1,\"withdrawn\":[[4,100],[2,7]]}",
    "{\"v\":1,\"seq\":6,\"at\":1001,\"kind\":\"round_opened\",\"round\":1,\"allotment\":16777215,"
    "\"token\":100,\"closes\":9000,\"residents\":130,\"roll\":\"gp-list\","
    "\"grants\":[[0,60],[1,70]],"
    "\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":7,\"at\":9001,\"kind\":\"round_closed\",\"due\":9000,\"round\":1,\"free\":1,"
    "\"held\":2,\"granted\":3,\"spent\":0,\"prices\":0,\"rounding\":0}",
    "{\"v\":1,\"seq\":7,\"at\":9001,\"kind\":\"round_closed\",\"round\":1,\"free\":1,\"held\":2,"
    "\"granted\":3,\"spent\":0,\"prices\":0,\"rounding\":0}",
    "{\"v\":1,\"seq\":8,\"at\":9001,\"kind\":\"tender_created\",\"tender\":1,"
    "\"body\":\"river-board\","
    "\"theme\":\"parks\",\"ceiling\":5000,\"people_min\":3,\"areas_min\":2,\"area_people_min\":1,"
    "\"awards_max\":1,\"closes\":9500,\"late\":0,\"rule_hash\":\"" HASH64 "\","
    "\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":8,\"at\":9001,\"kind\":\"tender_created\",\"tender\":1,"
    "\"body\":\"river-board\",\"ceiling\":5000,\"people_min\":3,\"areas_min\":0,"
    "\"area_people_min\":0,\"awards_max\":1,\"closes\":9500,\"late\":0,\"window\":60000,"
    "\"tally\":\"hidden\",\"days\":7,\"contributors\":5,\"need\":2,\"rule_hash\":\"" HASH64 "\","
    "\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":9,\"at\":9001,\"kind\":\"tender_opened\",\"tender\":1,\"round\":1,"
    "\"rule_hash\":\"" HASH64 "\",\"proposals\":2}",
    "{\"v\":1,\"seq\":9,\"at\":9001,\"kind\":\"tender_opened\",\"tender\":1,\"round\":1,"
    "\"rule_hash\":\"" HASH64 "\",\"proposals\":2,\"contributors\":3,\"talks\":4}",
    "{\"v\":1,\"seq\":10,\"at\":9001,\"kind\":\"tender_withdrawn\",\"tender\":1,\"held\":0}",
    "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_lapsed\",\"due\":9500,\"tender\":1,"
    "\"held\":40}",
    "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_critical\",\"tender\":1,\"proposal\":2,"
    "\"until\":9600,\"cause\":9}",
    "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_critical\",\"due\":9500,\"tender\":1,"
    "\"proposal\":2,\"until\":9600}",
    "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_reopened\",\"tender\":1,\"proposal\":2,"
    "\"cause\":9}",
    "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_reopened\",\"due\":9500,\"tender\":1,"
    "\"proposal\":2}",
    "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_paused\",\"tender\":1,\"until\":9600,"
    "\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_resumed\",\"tender\":1,\"paused\":0}",
    "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_resumed\",\"due\":9500,\"tender\":1,"
    "\"paused\":99}",
    "{\"v\":1,\"seq\":11,\"at\":9501,\"kind\":\"proposal_submitted\",\"proposal\":1,\"tender\":1,"
    "\"price\":4000,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":11,\"at\":9501,\"kind\":\"proposal_submitted\",\"proposal\":1,\"tender\":1,"
    "\"price\":4000,\"milestones\":[[1,3000],[2,1000]],\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":11,\"at\":9501,\"kind\":\"proposal_withdrawn\",\"proposal\":1,\"held\":40}",
    "{\"v\":1,\"seq\":11,\"at\":9501,\"kind\":\"proposal_judged\",\"proposal\":1,\"eligible\":0,"
    "\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":11,\"at\":9501,\"kind\":\"proposal_amended\",\"proposal\":1,\"version\":2,"
    "\"price\":4000,\"milestones\":[[1,3000],[2,1000]],\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":11,\"at\":9501,\"kind\":\"proposal_amended\",\"proposal\":1,\"version\":20,"
    "\"price\":4000,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":11,\"at\":9501,\"kind\":\"proposals_merged\",\"proposal\":1,\"other\":2}",
    "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"pledge_set\",\"round\":1,\"wallet\":\"" WALLET
    "\",\"area\":1,\"tender\":1,\"proposal\":1,\"amount\":60,\"was\":50}",
    "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"pledge_set\",\"round\":1,\"wallet\":\"" WALLET
    "\",\"area\":1,\"tender\":1,\"proposal\":1,\"amount\":60,\"assisted\":\"librarian\"}",
    "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"pledge_set\",\"round\":1,\"wallet\":\"" WALLET
    "\",\"area\":1,\"tender\":1,\"proposal\":1,\"amount\":60,\"fallback\":[[1,4],[2,3]],"
    "\"cause\":11}",
    "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"fallback_dropped\",\"round\":1,"
    "\"wallet\":\"" WALLET "\",\"area\":1,\"proposal\":1,\"amount\":60,\"cause\":11}",
    "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"sealed\",\"sealed\":\"" SEALED "\"}",
    "{\"v\":1,\"seq\":13,\"at\":9501,\"kind\":\"tally_disclosed\",\"tender\":1,"
    "\"key\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":9,\"at\":9001,\"kind\":\"tender_opened\",\"tender\":1,\"round\":1,"
    "\"rule_hash\":\"" HASH64 "\",\"proposals\":2,\"tally_key_hash\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":11,\"at\":9501,\"kind\":\"proposal_withdrawn\",\"proposal\":1}",
    "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"pledge_withdrawn\",\"round\":1,\"wallet\":\"" WALLET
    "\",\"area\":1,\"tender\":1,\"proposal\":1,\"was\":50}",
    "{\"v\":1,\"seq\":13,\"at\":9501,\"kind\":\"commission_activated\",\"proposal\":1,\"tender\":1,"
    "\"price\":100,\"rho\":34,\"spent\":102,\"rounding\":2,\"people\":3,\"pledged\":150,"
    "\"released\":0,\"draws\":[[1,90],[2,10]],\"cause\":12}",
    "{\"v\":1,\"seq\":13,\"at\":9501,\"kind\":\"commission_activated\",\"due\":9500,"
    "\"proposal\":1,\"tender\":1,\"price\":100,\"rho\":34,\"spent\":102,\"rounding\":2,"
    "\"people\":3,\"pledged\":150,\"released\":0,\"draws\":[[1,100]]}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"need_raised\","
    "\"need\":1,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"need_seconded\","
    "\"need\":1,\"seconds\":4}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"need_answered\","
    "\"need\":1,\"body\":\"river-board\",\"tender\":2,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"need_answered\","
    "\"need\":1,\"body\":\"river-board\",\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"talk_added\","
    "\"tender\":1,\"talk\":3,\"sort\":\"for\",\"area\":63,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"talk_edited\","
    "\"tender\":1,\"talk\":3,\"version\":2,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"talk_stance\","
    "\"tender\":1,\"talk\":3,\"area\":0,\"agree\":5,\"disagree\":0,\"pass\":1}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"talk_hidden\","
    "\"tender\":1,\"talk\":3,\"reason\":\"off_topic\",\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"talk_appealed\","
    "\"tender\":1,\"talk\":3,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"talk_ruled\","
    "\"tender\":1,\"talk\":3,\"stands\":0,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"talk_summarised\","
    "\"tender\":1,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":14,\"at\":9501,\"kind\":\"codes_issued\",\"issued\":[[0,3],[63,1000]]}",
    "{\"v\":1,\"seq\":15,\"at\":9501,\"kind\":\"code_redeemed\",\"area\":63}",
    "{\"v\":1,\"seq\":16,\"at\":9501,\"kind\":\"community_set\",\"members_min\":8,"
    "\"days\":14,\"contributors\":12,\"people_permille\":50,\"areas_min\":2,"
    "\"window\":259200000,\"tally\":\"hidden\",\"needs_line\":25}",
    "{\"v\":1,\"seq\":16,\"at\":9501,\"kind\":\"community_set\",\"days\":0}",
    "{\"v\":1,\"seq\":17,\"at\":9501,\"kind\":\"areas_set\",\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":18,\"at\":9501,\"kind\":\"body_formed\",\"body\":\"river-board\","
    "\"version\":1,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":19,\"at\":9501,\"kind\":\"body_constituted\",\"body\":\"river-board\","
    "\"version\":2,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":20,\"at\":9501,\"kind\":\"member_seated\",\"body\":\"river-board\","
    "\"member\":1,\"category\":\"resident\",\"votes\":1,\"term\":9900,\"seats\":3,"
    "\"seat_votes\":4,\"lay_seats\":2,\"lay_votes\":2,\"lawful\":0,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":20,\"at\":9501,\"kind\":\"member_seated\",\"body\":\"river-board\","
    "\"member\":2,\"category\":\"elected\",\"votes\":1000,\"seats\":3,\"seat_votes\":4,"
    "\"lay_seats\":2,\"lay_votes\":2,\"lawful\":1,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":21,\"at\":9501,\"kind\":\"member_left\",\"body\":\"river-board\","
    "\"member\":2,\"seats\":3,\"seat_votes\":4,\"lay_seats\":2,\"lay_votes\":2,\"lawful\":1}",
    "{\"v\":1,\"seq\":21,\"at\":9501,\"kind\":\"member_left\",\"due\":9900,"
    "\"body\":\"river-board\",\"member\":1,\"seats\":3,\"seat_votes\":4,\"lay_seats\":2,"
    "\"lay_votes\":2,\"lawful\":0}",
    "{\"v\":1,\"seq\":22,\"at\":9501,\"kind\":\"body_suspended\",\"body\":\"river-board\","
    "\"seats\":3,\"seat_votes\":4,\"lay_seats\":2,\"lay_votes\":2}",
    "{\"v\":1,\"seq\":23,\"at\":9501,\"kind\":\"body_restored\",\"body\":\"river-board\","
    "\"seats\":3,\"seat_votes\":4,\"lay_seats\":2,\"lay_votes\":2}",
    "{\"v\":1,\"seq\":24,\"at\":9501,\"kind\":\"tender_approved\",\"tender\":1,\"member\":1,"
    "\"category\":\"user\"}",
    "{\"v\":1,\"seq\":25,\"at\":9501,\"kind\":\"tender_published\",\"tender\":1,"
    "\"members\":14,\"approvals\":3}",
    "{\"v\":1,\"seq\":16,\"at\":9501,\"kind\":\"fund_withdrawn\",\"fund\":1,\"amount\":9}",
    "{\"v\":1,\"seq\":16,\"at\":9501,\"kind\":\"contract_signed\",\"commission\":1,"
    "\"starts\":9600,\"ends\":9900,\"value\":100,\"document\":\"" HASH64 "\","
    "\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":17,\"at\":9501,\"kind\":\"evidence_added\",\"commission\":1,"
    "\"milestone\":1,\"evidence\":1,\"document\":\"" HASH64 "\",\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":18,\"at\":9501,\"kind\":\"evidence_added\",\"commission\":1,"
    "\"milestone\":16,\"evidence\":64,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":19,\"at\":9501,\"kind\":\"milestone_reported\",\"commission\":1,"
    "\"milestone\":1,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":20,\"at\":9501,\"kind\":\"milestone_confirmed\",\"round\":1,"
    "\"wallet\":\"" WALLET "\",\"commission\":1,\"milestone\":1,\"confirmed\":1,"
    "\"disputed\":0}",
    "{\"v\":1,\"seq\":21,\"at\":9501,\"kind\":\"milestone_disputed\",\"round\":1,"
    "\"wallet\":\"" WALLET "\",\"commission\":1,\"milestone\":1,\"confirmed\":1,"
    "\"disputed\":1,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":22,\"at\":9501,\"kind\":\"milestone_accepted\",\"commission\":1,"
    "\"milestone\":1,\"amount\":60,\"confirmed\":1,\"disputed\":1}",
    "{\"v\":1,\"seq\":23,\"at\":9501,\"kind\":\"payment_recorded\",\"commission\":1,"
    "\"payment\":1,\"milestone\":1,\"amount\":60,\"funds\":[[2,50],[1,10]],"
    "\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":24,\"at\":9501,\"kind\":\"variation_proposed\",\"commission\":1,"
    "\"variation\":1,\"milestones\":[[1,60],[2,40]],\"moved\":0,\"ends\":9990,"
    "\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":25,\"at\":9501,\"kind\":\"variation_approved\",\"commission\":1,"
    "\"variation\":1,\"moved\":0}",
    "{\"v\":1,\"seq\":26,\"at\":9501,\"kind\":\"outcome_reported\",\"commission\":1,"
    "\"outcome\":1,\"figure\":31,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":27,\"at\":9501,\"kind\":\"outcome_reported\",\"commission\":1,"
    "\"outcome\":2,\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":28,\"at\":9501,\"kind\":\"savings_noted\",\"commission\":1,"
    "\"agencies\":[[1,4000],[2,1]],\"text\":\"" HASH64 "\"}",
    "{\"v\":1,\"seq\":29,\"at\":9501,\"kind\":\"commission_completed\",\"commission\":1,"
    "\"paid\":100}",
    "{\"v\":1,\"seq\":30,\"at\":9501,\"kind\":\"commission_terminated\",\"commission\":1,"
    "\"returned\":40,\"funds\":[[1,40]],\"text\":\"" HASH64 "\"}",
};
#define GOLDEN (sizeof golden / sizeof *golden)

static void canonical_json_reads_and_writes_to_the_same_bytes(void **state)
{
    (void)state;
    struct arena arena;
    uint64_t kinds = 0;
    arena_init(&arena, MIB);
    for (size_t i = 0; i < GOLDEN; i++) {
        struct record record;
        struct record_problem problem = {"", ""};
        CLEANUP(buf) struct buf json = BUF_MAX(RECORD_JSON_MAX);
        if (record_from_json(&record, text_of(golden[i]), &arena, &problem))
            fail_msg("%s: %s %s", golden[i], problem.field, problem.why);
        record_json(&record, &json);
        assert_string_equal(json.data, golden[i]);
        kinds |= UINT64_C(1) << record.kind;
    }
    assert_int_equal(kinds, (UINT64_C(1) << RECORD_KINDS) - 1); /* each kind is among them */
    arena_release(&arena);
}

static void the_streams_fields_say_the_same_as_the_json(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, MIB);
    for (size_t i = 0; i < GOLDEN; i++) {
        struct record record, again;
        struct text flat[64];
        size_t n = 0;
        enum record_field field;
        struct buf values[32] = {0};
        assert_int_equal(record_from_json(&record, text_of(golden[i]), &arena, NULL), FAULT_NONE);
        for (size_t k = 0; (field = record_field_at(record.kind, k)) != RECORD_FIELDS; k++) {
            if (!record_has(&record, field))
                continue;
            values[n / 2] = BUF_MAX(RECORD_JSON_MAX);
            record_field_put(&record, field, &values[n / 2]);
            flat[n] = text_of(record_field_specs[field].name);
            flat[n + 1] = buf_view(&values[n / 2]);
            n += 2;
        }
        CLEANUP(buf) struct buf json = BUF_MAX(RECORD_JSON_MAX);
        assert_int_equal(record_from_fields(&again, flat, n, &arena, NULL), FAULT_NONE);
        record_json(&again, &json);
        assert_string_equal(json.data, golden[i]);
        /* one too few, one too many, two in the wrong order: all refused */
        assert_int_equal(record_from_fields(&again, flat, n - 1, &arena, NULL), FAULT_FORMAT);
        flat[n] = flat[0];
        flat[n + 1] = flat[1];
        assert_int_equal(record_from_fields(&again, flat, n + 2, &arena, NULL), FAULT_FORMAT);
        struct text swap[2] = {flat[2], flat[3]};
        memmove(&flat[2], &flat[4], 2 * sizeof *flat);
        memcpy(&flat[4], swap, sizeof swap);
        assert_int_equal(record_from_fields(&again, flat, n, &arena, NULL), FAULT_FORMAT);
        for (size_t k = 0; k < 32; k++)
            buf_release(&values[k]);
    }
    arena_release(&arena);
}

static void what_is_not_canonical_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{",
        "{}",
        "[]",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5} ",
        " {\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\": 1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\":2,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\":1,\"seq\":02,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\":1,\"seq\":2.0,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\":1,\"seq\":2e0,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\":1,\"seq\":-2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\":1,\"seq\":\"2\",\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":fund_topped_up,\"fund\":1,\"amount\":5}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_eaten\",\"fund\":1,\"amount\":5}",
        "{\"seq\":2,\"v\":1,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"amount\":5,\"fund\":1}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5,"
    "\"x\":1}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":5,"
    "\"amount\":5}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,\"amount\":0}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,"
    "\"amount\":9007199254740992}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"fund\":1,"
        "\"amount\":99999999999999999999999}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"due\":7,\"kind\":\"fund_topped_up\",\"fund\":1,"
    "\"amount\":5}",
        "{\"v\":1,\"seq\":2,\"at\":1001,\"kind\":\"fund_topped_up\",\"due\":7,\"fund\":1,"
    "\"amount\":5}",
        "{\"v\":1,\"seq\":10,\"at\":9501,\"kind\":\"tender_lapsed\",\"tender\":1,\"held\":40}",
        "{\"v\":1,\"seq\":3,\"at\":1,\"kind\":\"residents_registered\",\"registered\":[]}",
        "{\"v\":1,\"seq\":3,\"at\":1,\"kind\":\"residents_registered\",\"registered\":[[0,60],]}",
        "{\"v\":1,\"seq\":3,\"at\":1,\"kind\":\"residents_registered\",\"registered\":[[0,0]]}",
        "{\"v\":1,\"seq\":3,\"at\":1,\"kind\":\"residents_registered\",\"registered\":[0,60]}",
        "{\"v\":1,\"seq\":3,\"at\":1,\"kind\":\"residents_registered\",\"registered\":[[0,60,1]]}",
        "{\"v\":1,\"seq\":3,\"at\":1,\"kind\":\"residents_registered\",\"registered\":\"0:60\"}",
        "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"sealed\",\"sealed\":\"AAECAw==\"}",
        "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"sealed\",\"sealed\":\"" SEALED85 SEALED85
        SEALED85 SEALED20 SEALED20 SEALED20 SEALED20 "aB9-_\"}",
        "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"sealed\",\"sealed\":\"" SEALED "\","
        "\"round\":1}",
        "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"pledge_set\",\"sealed\":\"" SEALED "\"}",
        "{\"v\":1,\"seq\":12,\"at\":9501,\"kind\":\"pledge_withdrawn\",\"round\":1,\"wallet\":"
        "\"w00001000000000000003B\",\"area\":1,\"tender\":1,\"proposal\":1,\"was\":50}",
        "{\"v\":1,\"seq\":0,\"at\":1000,\"kind\":\"community_created\",\"currency\":\"GBP\","
    "\"areas\":["
        "\"north\",\"north\"],\"area_residents_min\":50,\"text\":\"" HASH64 "\"}",
        "{\"v\":1,\"seq\":0,\"at\":1000,\"kind\":\"community_created\",\"currency\":\"GbP\","
    "\"areas\":["
        "\"north\"],\"area_residents_min\":50,\"text\":\"" HASH64 "\"}",
        "{\"v\":1,\"seq\":0,\"at\":1000,\"kind\":\"community_created\",\"currency\":\"GBP\","
    "\"areas\":["
        "\"no\\u0072th\"],\"area_residents_min\":50,\"text\":\"" HASH64 "\"}",
    };
    struct arena arena;
    arena_init(&arena, MIB);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct record record;
        if (record_from_json(&record, text_of(bad[i]), &arena, NULL) != FAULT_FORMAT)
            fail_msg("was read: %s", bad[i]);
    }
    arena_release(&arena);
}

/* Cut anywhere, or with any one byte changed, a record is refused or reads as another record. */
static void a_damaged_record_never_reads_as_the_same(void **state)
{
    (void)state;
    struct arena arena;
    size_t read = 0, all = 0;
    arena_init(&arena, MIB);
    for (size_t i = 0; i < GOLDEN; i++) {
        size_t n = strlen(golden[i]);
        char bytes[1024];
        struct record record;
        assert_true(n < sizeof bytes);
        for (size_t at = 0; at < n; at++, all++) {
            arena_reset(&arena);
            struct text cut = {golden[i], at};
            assert_int_equal(record_from_json(&record, cut, &arena, NULL), FAULT_FORMAT);
            memcpy(bytes, golden[i], n);
            bytes[at] = (char)(bytes[at] ^ (1 << (at % 7)));
            if (record_from_json(&record, (struct text){bytes, n}, &arena, NULL) == FAULT_NONE) {
                CLEANUP(buf) struct buf json = BUF_MAX(RECORD_JSON_MAX);
                record_json(&record, &json);
                assert_memory_equal(json.data, bytes, n); /* it is what stands there */
                read++;
            }
        }
    }
    assert_true(read > 0 && read < all / 2);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(canonical_json_reads_and_writes_to_the_same_bytes),
        cmocka_unit_test(the_streams_fields_say_the_same_as_the_json),
        cmocka_unit_test(what_is_not_canonical_is_refused),
        cmocka_unit_test(a_damaged_record_never_reads_as_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
