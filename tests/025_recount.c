/* 025_recount.c -- a log that was touched is found out, wherever and whatever was touched. */
/* rooms: base rules */
#include "020_scene.h"
#include "024_steps.h"

static size_t records_with(const struct scene *s, const char *a, const char *b)
{
    size_t n = 0;
    for (size_t i = 0; i < s->log_n; i++)
        n += strstr(s->log[i], a) && strstr(s->log[i], b);
    return n;
}

/* Whatever an act more draws: the first seed from here on with a story worth the name. */
static void scene_walk(struct scene *s, uint64_t seed, int acts)
{
    for (int tries = 0; tries < 100; tries++, seed++) {
        scene_init(s);
        s->random = seed;
        for (int i = 0; i < acts; i++)
            scene_step(s);
        if (s->log_n > 200 && records_with(s, "commission_activated", "cause") > 2)
            return;
        scene_release(s);
    }
    fail_msg("no walk of the hundred before %lu has a story", seed);
}

#define ENOUGH 10    /* changes of one field of one kind: each costs a recount of the whole log */
#define SCATTER 7919 /* a prime that is longer than the log */

static size_t kinds_seen(const struct scene *s)
{
    bool seen[RECORD_KINDS] = {false};
    size_t n = 0;
    for (size_t i = 0; i < s->log_n; i++) {
        const char *at = strstr(s->log[i], "\"kind\":\"");
        enum record_kind kind;
        struct text rest = text_of(at + 8);
        if (record_kind_of(text_cut(&rest, '"'), &kind) && !seen[kind])
            n += seen[kind] = true;
    }
    return n;
}

/* The first walk from `seed` on that meets every kind of record but one: a short one may see no
 * commission at all, and which is missing changes with what an act draws. */
static void scene_walk_rich(struct scene *s, uint64_t seed, int acts)
{
    for (int i = 0; i < 200; i++) {
        scene_walk(s, seed + (uint64_t)i, acts);
        if (kinds_seen(s) + 1 >= RECORD_KINDS)
            return;
        scene_release(s);
    }
    fail_msg("no walk from %lu on is rich", seed);
}

/* ---- one field of one record, changed and still well formed ---- */

static uint64_t number_other(uint64_t number, int how)
{
    return how ? number + 1 : number - 1;
}

/* False where this field cannot be changed in this way. Strings are of static storage. */
static bool record_mutate(struct record *record, enum record_field field, int how,
                          uint64_t (*pairs)[2])
{
    const struct record_field_spec *spec = &record_field_specs[field];
    struct record before = *record;
    enum record_field wrong;
    if (spec->form == FORM_NUMBER) {
        record_set(record, field, number_other(record_number(record, field), how));
    } else if (spec->form == FORM_PAIRS) {
        struct record_pairs old = record_pairs(record, field);
        memcpy(pairs, old.at, old.n * sizeof *pairs);
        pairs[old.n - 1][1] = number_other(pairs[old.n - 1][1], how);
        record_set_pairs(record, field,
                         (struct record_pairs){(const uint64_t(*)[2])pairs, old.n});
    } else if (spec->form == FORM_WALLET) {
        record_set_text(record, field, how ? wallet_id(9, 9) : wallet_id(1, 1));
    } else if (spec->form == FORM_HEX) {
        record_set_text(record, field,
                        TEXT("ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"));
    } else if (spec->form == FORM_SEALED) {
        static char covered[RECORD_SEALED_BYTES / 3 * 4];
        memcpy(covered, record->sealed.at, sizeof covered);
        covered[how] = covered[how] == 'A' ? 'B' : 'A';
        record_set_text(record, field, (struct text){covered, sizeof covered});
    } else if (spec->form == FORM_WORDS) {
        record_set_text(record, field, how ? TEXT("north,east,south") : TEXT("a,b,c,d"));
    } else if (spec->form == FORM_CURRENCY) {
        record_set_text(record, field, TEXT("EUR"));
    } else if (spec->form == FORM_WORD) {
        record_set_text(record, field, how ? TEXT("other") : TEXT_NONE);
    }
    bool same_kind = record_wrong(record, &wrong) == NULL;
    return same_kind && memcmp(&before, record, sizeof before) != 0;
}

struct outcome {
    size_t log, state, none; /* found in the log, only by comparing states, not at all */
};

static const char *mutated_json(const char *json, enum record_field field, int how, struct buf *out)
{
    struct arena arena;
    struct record record;
    uint64_t pairs[RECORD_PAIRS_MAX][2];
    arena_init(&arena, MIB);
    assert_int_equal(record_from_json(&record, text_of(json), &arena, NULL), FAULT_NONE);
    bool done = record_has(&record, field) && record_mutate(&record, field, how, pairs);
    if (done)
        record_json(&record, out);
    arena_release(&arena);
    return done && strcmp(out->data, json) != 0 ? out->data : NULL;
}

static void try_one(struct scene *s, size_t i, enum record_field field, int how, const char *honest,
                    struct outcome *outcome)
{
    CLEANUP(buf) struct buf json = BUF_MAX(RECORD_JSON_MAX);
    CLEANUP(buf) struct buf there = BUF_MAX(MIB);
    struct recount recount;
    char *kept = s->log[i];
    const char *changed = mutated_json(kept, field, how, &json);
    if (!changed)
        return;
    s->log[i] = json.data;
    bool agrees = scene_recount(&recount, s->log, s->log_n);
    s->log[i] = kept;
    scene_state(recount_model(&recount), &there);
    if (!agrees)
        outcome->log++;
    else if (strcmp(there.data, honest) != 0)
        outcome->state++;
    else
        outcome->none++;
    recount_release(&recount);
}

/* What nothing in a log follows from: it is the sealed tree's to protect, not the recount's. */
static bool may_go_unseen(enum record_kind kind, const char *name)
{
    if (kind == RECORD_RESIDENT_GRANTED && strcmp(name, "area") == 0)
        return true; /* of a round that is over: grants per area are counted anew */
    if (kind == RECORD_TALK_STANCE &&
        (strcmp(name, "agree") == 0 || strcmp(name, "disagree") == 0 || strcmp(name, "pass") == 0))
        return true; /* one who joined and one who moved may lead to the same counts */
    if (kind == RECORD_TALK_STANCE && strcmp(name, "area") == 0)
        return true; /* an edit has taken it back */
    if (kind == RECORD_PROPOSAL_AMENDED &&
        (strcmp(name, "price") == 0 || strcmp(name, "milestones") == 0))
        return true; /* a later amendment takes its place */
    if (kind == RECORD_COMMUNITY_SET && strcmp(name, "members_min") != 0)
        return true; /* a later one takes its place; what a tender took stands in its own record */
    if (kind == RECORD_TENDER_PAUSED && strcmp(name, "until") == 0)
        return true; /* of a pause that was ended sooner: all that it would have moved is back */
    return strcmp(name, "text") == 0 ||     /* the hash of what only its author knew */
           strcmp(name, "roll") == 0 ||     /* where the register came from */
           strcmp(name, "currency") == 0 || /* what people call the minor units */
           strcmp(name, "assisted") == 0 || /* who helped: it moves no money */
           strcmp(name, "agencies") == 0 || /* a later note takes their place */
           strcmp(name, "ends") == 0 ||     /* of a contract: a variation may */
           strcmp(name, "rule_hash") == 0 ||        /* of a tender that never opened */
           strcmp(name, "fallback") == 0 ||         /* a step that was never needed */
           strcmp(name, "at") == 0 ||               /* between its neighbours */
           strcmp(name, "area_residents_min") == 0; /* where no area is that small */
}

static void every_changed_field_of_every_record_is_found_out(void **state)
{
    (void)state;
    static struct outcome seen[RECORD_KINDS][RECORD_FIELDS];
    struct scene s;
    struct outcome all = {0};
    scene_walk_rich(&s, 2548, 6000);
    CLEANUP(buf) struct buf honest = BUF_MAX(MIB);
    scene_state(scene_model(&s), &honest);
    for (size_t k = 0; k < s.log_n; k++) {
        struct arena arena;
        struct record record;
        size_t i = k * SCATTER % s.log_n; /* from all over the log */
        arena_init(&arena, MIB);
        assert_int_equal(record_from_json(&record, text_of(s.log[i]), &arena, NULL), FAULT_NONE);
        for (int f = 0; f < RECORD_FIELDS; f++) {
            struct outcome *o = &seen[record.kind][f];
            if (!record_has(&record, (enum record_field)f) ||
                o->log + o->state + o->none >= ENOUGH)
                continue;
            for (int how = 0; how < 2; how++)
                try_one(&s, i, (enum record_field)f, how, honest.data, o);
        }
        arena_release(&arena);
    }
    for (int kind = 0; kind < RECORD_KINDS; kind++)
        for (int f = 0; f < RECORD_FIELDS; f++) {
            const struct outcome *o = &seen[kind][f];
            const char *name = record_field_specs[f].name;
            all.log += o->log;
            all.state += o->state;
            all.none += o->none;
            if (o->none || o->state)
                print_message("%s.%s: %zu in the log, %zu by the state, %zu unseen\n",
                              record_kind_specs[kind].name, name, o->log, o->state, o->none);
            if (o->none && !may_go_unseen((enum record_kind)kind, name))
                fail_msg("%s.%s goes unseen", record_kind_specs[kind].name, name);
        }
    print_message("%zu records: %zu found in the log, %zu by the state, %zu cannot matter\n",
                  s.log_n, all.log, all.state, all.none);
    assert_true(all.log > 1000);
    assert_true(seen[RECORD_TENDER_PAUSED][FIELD_UNTIL].log > 0); /* one ran to its end */
    scene_release(&s);
}

static void a_record_left_out_doubled_or_swapped_is_found_out(void **state)
{
    (void)state;
    struct scene s;
    scene_walk(&s, 78, 1400);
    assert_true(s.log_n > 200);
    char **log = malloc((s.log_n + 1) * sizeof *log);
    for (size_t i = 0; i + 1 < s.log_n; i++) {
        struct recount recount;
        memcpy(log, s.log, i * sizeof *log); /* left out */
        memcpy(log + i, s.log + i + 1, (s.log_n - i - 1) * sizeof *log);
        assert_false(scene_recount(&recount, log, s.log_n - 1));
        assert_non_null(recount_why(&recount));
        recount_release(&recount);
        memcpy(log, s.log, s.log_n * sizeof *log); /* swapped */
        log[i] = s.log[i + 1];
        log[i + 1] = s.log[i];
        assert_false(scene_recount(&recount, log, s.log_n));
        recount_release(&recount);
        memcpy(log, s.log, (i + 1) * sizeof *log); /* doubled */
        memcpy(log + i + 1, s.log + i, (s.log_n - i) * sizeof *log);
        assert_false(scene_recount(&recount, log, s.log_n + 1));
        recount_release(&recount);
    }
    free(log);
    scene_release(&s);
}

/* ---- what the sentences say ---- */

static void assert_says(struct scene *s, const char *sentence)
{
    struct recount recount;
    assert_false(scene_recount(&recount, s->log, s->log_n));
    assert_string_equal(recount_why(&recount), sentence);
    recount_release(&recount);
}

static void replace(struct scene *s, size_t i, const char *from, const char *to)
{
    const char *at = strstr(s->log[i], from);
    char made[1024];
    assert_non_null(at);
    snprintf(made, sizeof made, "%.*s%s%s", (int)(at - s->log[i]), s->log[i], to,
             at + strlen(from));
    free(s->log[i]);
    s->log[i] = strdup(made);
}

static void village(struct scene *s)
{
    struct scene_rule rule = {.ceiling = 100, .people_min = 2, .awards_max = 1, .closes = 5000,
                              .late = true};
    scene_init(s);
    assert_true(scene_community(s, "north", 1)); /* 0 */
    assert_true(scene_fund(s, 1000, ""));        /* 1 */
    assert_true(scene_register(s, 3, 0));        /* 2 */
    assert_true(scene_round(s, 80, 10, 9000));   /* 3 */
    assert_true(scene_tender(s, &rule));         /* 4 */
    assert_true(scene_open(s, 1));               /* 5 */
    assert_true(scene_propose(s, 1, 100));       /* 6 */
    assert_true(scene_pledge(s, 0, 1, 60));      /* 7 */
    assert_true(scene_pledge(s, 1, 1, 60));      /* 8, 9: the commission */
}

static void the_first_difference_is_told_in_a_sentence(void **state)
{
    (void)state;
    struct scene s;
    village(&s);
    replace(&s, 9, "\"rho\":50", "\"rho\":51");
    assert_says(&s, "record 9 (commission_activated): rho is 51, but the rules give 50");
    scene_release(&s);

    village(&s);
    s.log_n--;
    assert_says(&s, "the log ends after record 8, but the rules give one more, "
                    "commission_activated");
    s.log_n++;
    scene_release(&s);

    village(&s);
    replace(&s, 8, "\"amount\":60", "\"amount\":30");
    assert_says(&s, "record 9 (commission_activated): no pledge has just completed the rule");
    scene_release(&s);

    village(&s);
    replace(&s, 8, "\"amount\":60", "\"amount\":81");
    assert_says(&s, "record 8 (pledge_set): the rules refuse it: wallet_short");
    scene_release(&s);

    village(&s);
    replace(&s, 8, "\"seq\":8", "\"seq\":9");
    assert_says(&s, "record 9 (pledge_set): seq 8 should stand here");
    scene_release(&s);

    village(&s);
    replace(&s, 8, "\"at\":1000", "\"at\":999");
    assert_says(&s, "record 8 (pledge_set): at runs backwards, from 1000 to 999");
    scene_release(&s);

    village(&s);
    replace(&s, 8, "\"at\":1000", "\"at\":5000");
    assert_says(&s, "record 8 (pledge_set): a record tender_lapsed was due before it, at 5000");
    scene_release(&s);

    village(&s);
    replace(&s, 2, "[[0,3]]", "[[0,1]]");
    replace(&s, 3, "\"residents\":3,\"grants\":[[0,3]]", "\"residents\":1,\"grants\":[[0,1]]");
    assert_says(&s, "record 8 (pledge_set): cannot be: more wallets than grants in the area");
    scene_release(&s);
}

/* ---- hidden tallies ---- */

/* A hidden tender, an open one; 0 pledges 60 in secret, then what is left, less than a token. */
static void two_tenders(struct scene *s)
{
    struct scene_rule rule = {.ceiling = 100, .people_min = 3, .awards_max = 1, .closes = 5000,
                              .late = true, .hidden = true};
    scene_init(s);
    assert_true(scene_community(s, "north", 1)); /* 0 */
    assert_true(scene_fund(s, 1000, ""));        /* 1 */
    assert_true(scene_register(s, 3, 0));        /* 2 */
    assert_true(scene_round(s, 80, 30, 9000));   /* 3 */
    assert_true(scene_tender(s, &rule));         /* 4 */
    rule.hidden = false;
    assert_true(scene_tender(s, &rule));       /* 5 */
    assert_true(scene_open(s, 1));             /* 6 */
    assert_true(scene_open(s, 2));             /* 7 */
    assert_true(scene_propose(s, 1, 100));     /* 8 */
    assert_true(scene_propose(s, 2, 100));     /* 9 */
    assert_true(scene_pledge(s, 0, 1, 60));    /* 10: sealed */
    assert_true(scene_pledge(s, 0, 2, 20));    /* 11 */
}

/* As scene_recount, by whoever has no key that the log does not tell. */
static bool recount_without_keys(struct recount *recount, const struct scene *s)
{
    struct arena arena;
    bool agrees = true;
    recount_init(recount);
    arena_init(&arena, MIB);
    for (size_t i = 0; i < s->log_n && agrees; i++) {
        struct record record;
        arena_reset(&arena);
        assert_int_equal(record_from_json(&record, text_of(s->log[i]), &arena, NULL), FAULT_NONE);
        agrees = recount_next(recount, &record);
    }
    arena_release(&arena);
    return agrees && recount_end(recount);
}

static void what_nobody_can_open_keeps_its_place(void **state)
{
    (void)state;
    struct scene s;
    struct recount recount;
    two_tenders(&s);
    if (!recount_without_keys(&recount, &s))
        fail_msg("%s", recount_why(&recount));
    assert_int_equal(model_unopened(recount_model(&recount)), 1);
    assert_int_equal(model_accounts(recount_model(&recount)).held, 20);
    assert_int_equal(model_accounts_shown(scene_model(&s)).held, 20);
    assert_int_equal(model_accounts(scene_model(&s)).held, 80);
    recount_release(&recount);
    assert_true(scene_recount(&recount, s.log, s.log_n));
    assert_int_equal(model_accounts(recount_model(&recount)).held, 80);
    recount_release(&recount);
    scene_release(&s);
}

static void a_sealed_record_is_told_from_one_that_stands_open(void **state)
{
    (void)state;
    struct scene s;
    two_tenders(&s);
    struct buf open = BUF_MAX(KIB);
    buf_format(&open,
               "\"kind\":\"pledge_set\",\"round\":1,\"wallet\":\"%.*s\",\"area\":0,"
               "\"tender\":1,\"proposal\":1,\"amount\":60}",
               TEXT_ARGS(wallet_id(1, 0)));
    char *sealed = strdup(strstr(s.log[10], "\"kind\""));
    replace(&s, 10, sealed, open.data);
    assert_says(&s, "record 10 (pledge_set): stands open, but the tally of its tender is hidden");
    free(sealed);
    buf_release(&open);
    scene_release(&s);

    two_tenders(&s);
    replace(&s, 10, "\"at\":1000", "\"at\":1001"); /* its key is of its place */
    assert_says(&s, "record 10 (sealed): no key of a hidden tally opens it");
    scene_release(&s);

    two_tenders(&s);
    assert_true(scene_drop_tender(&s, 1));
    replace(&s, 13, "\"kind\":\"tally_disclosed\",\"tender\":1", "\"kind\":\"tally_disclosed\","
                                                                "\"tender\":2");
    assert_says(&s, "record 13 (tally_disclosed): tender is 2, but the rules give 1");
    scene_release(&s);
}

static void one_wallet_has_one_area_in_a_round(void **state)
{
    (void)state;
    struct scene s;
    struct scene_rule rule = {.ceiling = 100, .people_min = 9, .awards_max = 1, .closes = 5000,
                              .late = true};
    scene_init(&s);
    assert_true(scene_community(&s, "north,south", 1));
    assert_true(scene_fund(&s, 1000, ""));
    assert_true(scene_register(&s, 2, 0));
    assert_true(scene_register(&s, 2, 1));
    assert_true(scene_round(&s, 80, 10, 9000));
    assert_true(scene_tender(&s, &rule));
    assert_true(scene_open(&s, 1));
    assert_true(scene_propose(&s, 1, 100));
    assert_true(scene_pledge(&s, 0, 1, 60));
    assert_true(scene_pledge(&s, 0, 1, 50));
    replace(&s, s.log_n - 1, "\"area\":0", "\"area\":1");
    assert_says(&s, "record 9 (pledge_set): area is 1, but the rules give 0");
    scene_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_changed_field_of_every_record_is_found_out),
        cmocka_unit_test(a_record_left_out_doubled_or_swapped_is_found_out),
        cmocka_unit_test(the_first_difference_is_told_in_a_sentence),
        cmocka_unit_test(one_wallet_has_one_area_in_a_round),
        cmocka_unit_test(what_nobody_can_open_keeps_its_place),
        cmocka_unit_test(a_sealed_record_is_told_from_one_that_stands_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
