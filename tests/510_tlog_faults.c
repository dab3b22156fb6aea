/* 510_tlog_faults.c -- the sealer killed, its disk refusing or its machine losing power before each
 * single file operation: what was published stays, what is signed is consistent, the next opening
 * mends it. */
/* rooms: base io tlog */
#include "500_log.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/io/file.h"

#define FROM 250 /* in one tile; */
#define TO 515   /* fills it and the next */
#define OPERATIONS_MAX 400
#define UNSAFE_MAX 64

enum how { KILL, POWER, REFUSE, REFUSE_ALL };

/* A name that was given but not synced: what stood there before. */
struct unsafe {
    char path[128];
    struct buf before;
    bool existed;
};

struct fault_plan {
    enum how how;
    int at, now; /* the operation that fails; how many there were */
    int no;      /* errno of REFUSE */
    const char *folder;
    struct unsafe unsafe[UNSAFE_MAX];
    size_t unsafe_n;
};

static const char *in(const char *folder, const char *path)
{
    static char whole[2][512];
    static int turn;
    turn = !turn;
    snprintf(whole[turn], sizeof whole[turn], "%s/%s", folder, path);
    return whole[turn];
}

static void remember(struct fault_plan *plan, const char *path)
{
    INVARIANT(plan->unsafe_n < UNSAFE_MAX);
    struct unsafe *unsafe = &plan->unsafe[plan->unsafe_n++];
    snprintf(unsafe->path, sizeof unsafe->path, "%s", path);
    unsafe->before = BUF_MAX(MIB);
    unsafe->existed = file_read(in(plan->folder, path), &unsafe->before) == FAULT_NONE;
}

static bool lies_in(const char *path, const char *folder)
{
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    return n ? strlen(folder) == n && memcmp(path, folder, n) == 0 : strcmp(folder, ".") == 0;
}

static void forget(struct fault_plan *plan, const char *folder)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->unsafe_n; i++) {
        if (lies_in(plan->unsafe[i].path, folder))
            buf_release(&plan->unsafe[i].before);
        else
            plan->unsafe[kept++] = plan->unsafe[i];
    }
    plan->unsafe_n = kept;
}

/* Some of the names that were not synced are gone; which, is the file system's choice. */
static void lose_power(struct fault_plan *plan)
{
    for (size_t i = plan->unsafe_n; i-- > 0;) {
        struct unsafe *unsafe = &plan->unsafe[i];
        const char *path = in(plan->folder, unsafe->path);
        if (rand() % 3 == 0)
            continue;
        if (!unsafe->existed)
            unlink(path);
        else
            INVARIANT(file_replace(path, buf_view(&unsafe->before), 0644) == FAULT_NONE);
    }
}

/* What anybody could have seen just before the end. */
static void keep_seen(struct fault_plan *plan)
{
    char path[512];
    struct buf seen = BUF_MAX(NOTE_MAX);
    snprintf(path, sizeof path, "%s/tmp/seen", plan->folder);
    if (file_read(in(plan->folder, "checkpoint"), &seen) == FAULT_NONE)
        INVARIANT(file_replace(path, buf_view(&seen), 0644) == FAULT_NONE);
    buf_release(&seen);
}

static int before(void *ctx, const char *operation, const char *path)
{
    struct fault_plan *plan = ctx;
    bool now = plan->now++ == plan->at;
    if (plan->how == REFUSE || plan->how == REFUSE_ALL)
        return now || (plan->how == REFUSE_ALL && plan->now > plan->at) ? plan->no : 0;
    if (now) {
        keep_seen(plan);
        if (plan->how == POWER)
            lose_power(plan);
        _exit(77);
    }
    if (plan->how == POWER && strcmp(operation, "rename") == 0)
        remember(plan, path);
    if (plan->how == POWER && strcmp(operation, "fsync") == 0)
        forget(plan, path);
    return 0;
}

/* Opens, takes records to TO, publishes; the first fault. */
static enum fault seal_on(struct log_scene *s)
{
    struct seal *seal;
    enum fault fault = log_open(s, &seal);
    if (fault)
        return fault;
    fault = log_take(seal, FROM + 3);
    if (!fault)
        fault = seal_publish(seal);
    if (!fault)
        fault = log_take(seal, TO);
    if (!fault)
        fault = seal_publish(seal);
    if (fault)
        assert_int_equal(seal_publish(seal), FAULT_FORMAT);
    seal_close(seal);
    return fault;
}

/* In a process of its own; true when it came to the end. */
static bool seal_in_child(struct log_scene *s, struct fault_plan *plan)
{
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        s->before = before;
        s->before_ctx = plan;
        enum fault fault = seal_on(s);
        for (size_t i = 0; i < plan->unsafe_n; i++)
            buf_release(&plan->unsafe[i].before);
        if (fault)
            fprintf(stderr, "%s\n", s->doubt.what);
        _exit(fault ? 1 : 0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != 77)
        fail_msg("the sealer ended with %d before operation %d", WEXITSTATUS(status), plan->at);
    return WEXITSTATUS(status) == 0;
}

/* Whatever happened: it goes on, and ends as if nothing had; and what was seen is its beginning. */
static void assert_mended(struct log_scene *s, int at)
{
    struct buf seen = BUF_MAX(NOTE_MAX);
    struct verify_finding finding;
    enum fault no = file_read(in(s->dir.path, "tmp/seen"), &seen);
    assert_true(no == FAULT_NONE || no == FAULT_ABSENT);
    s->before = NULL;
    if (seal_on(s))
        fail_msg("after operation %d: %s", at, s->doubt.what);
    struct verify_plan plan = {.source = source_of_folder(s->dir.path),
                               .signers = {.logs = &s->key.vkey, .logs_n = 1},
                               .seen = no ? TEXT_NONE : buf_view(&seen)};
    s->doubt.what[0] = '\0';
    if (verify_log(&plan, &finding, &s->doubt))
        fail_msg("after operation %d: %s", at, s->doubt.what);
    assert_int_equal(finding.size, TO);
    buf_release(&seen);
}

/* A log of FROM records, published twice. */
static void begin(struct log_scene *s)
{
    log_scene_make(s);
    log_grow(s, 0);
    log_grow(s, FROM);
}

/* Before every operation in turn; again, before some operation of the recovery; then it must go
 * on. */
static void die_everywhere(enum how how)
{
    bool done = false;
    int at = 0;
    srand(5);
    for (; !done; at++) {
        struct log_scene s;
        begin(&s);
        struct fault_plan plan = {.how = how, .at = at, .folder = s.dir.path};
        done = seal_in_child(&s, &plan);
        plan.at = rand() % 60;
        if (!done)
            (void)seal_in_child(&s, &plan);
        assert_mended(&s, at);
        log_scene_remove(&s);
        assert_true(at < OPERATIONS_MAX);
    }
    assert_true(at > 60); /* it is every operation that was met */
}

static void a_sealer_killed_before_any_operation_is_mended(void **state)
{
    (void)state;
    die_everywhere(KILL);
}

static void power_lost_before_any_operation_is_mended(void **state)
{
    (void)state;
    die_everywhere(POWER);
}

/* Every operation fails once, with everything after it or alone. */
static void refuse_everywhere(enum how how, int no)
{
    enum fault fault = FAULT_IO;
    int at = 0, good = 0;
    for (; good < 3; at++) { /* the last operations, removals, may fail without harm */
        struct log_scene s;
        begin(&s);
        struct fault_plan plan = {.how = how, .at = at, .no = no, .folder = s.dir.path};
        s.before = before;
        s.before_ctx = &plan;
        fault = seal_on(&s);
        if (fault && fault != FAULT_IO)
            fail_msg("operation %d: %s", at, s.doubt.what);
        good = fault ? 0 : good + 1;
        plan.how = KILL;
        plan.at = -1;
        keep_seen(&plan);
        assert_mended(&s, at);
        log_scene_remove(&s);
        assert_true(at < OPERATIONS_MAX);
    }
    assert_true(at > 60);
}

static void a_disk_that_fails_once_anywhere_is_mended(void **state)
{
    (void)state;
    refuse_everywhere(REFUSE, EIO);
}

static void a_disk_that_is_full_from_anywhere_on_is_mended(void **state)
{
    (void)state;
    refuse_everywhere(REFUSE_ALL, ENOSPC);
}

/* The first publication of all, which has nothing to go back to. */
static void the_first_publication_too(void **state)
{
    (void)state;
    bool done = false;
    for (int at = 0; !done; at++) {
        struct log_scene s;
        log_scene_make(&s);
        struct fault_plan plan = {.how = at % 2 ? POWER : KILL, .at = at, .folder = s.dir.path};
        done = seal_in_child(&s, &plan);
        assert_mended(&s, at);
        log_scene_remove(&s);
        assert_true(at < OPERATIONS_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sealer_killed_before_any_operation_is_mended),
        cmocka_unit_test(power_lost_before_any_operation_is_mended),
        cmocka_unit_test(a_disk_that_fails_once_anywhere_is_mended),
        cmocka_unit_test(a_disk_that_is_full_from_anywhere_on_is_mended),
        cmocka_unit_test(the_first_publication_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
