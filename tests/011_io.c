/* 011_io.c -- what the loop, the workers, files and child processes promise. */
/* rooms: base io */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groundswell/base/clock.h"
#include "groundswell/io/file.h"
#include "groundswell/io/loop.h"
#include "groundswell/io/process.h"
#include "groundswell/io/workers.h"

struct scene {
    struct loop *loop;
    struct workers *workers;
    struct process *process;
    struct temp_dir dir;
    struct buf said; /* a letter an event, in order */
    int left, status;
    uint64_t now_us;
    pthread_t thread;
    pthread_mutex_t gate;
    atomic_bool begun; /* a worker is at work */
};

static int scene_open(void **state)
{
    struct scene *s = calloc(1, sizeof *s);
    s->loop = loop_new();
    s->said = BUF_MAX(KIB);
    pthread_mutex_init(&s->gate, NULL);
    temp_dir_make(&s->dir);
    *state = s;
    return s->loop ? 0 : -1;
}

static int scene_close(void **state)
{
    struct scene *s = *state;
    loop_free(s->loop);
    buf_release(&s->said);
    pthread_mutex_destroy(&s->gate);
    temp_dir_remove(&s->dir);
    free(s);
    return 0;
}

static void say_a(void *ctx)
{
    buf_char(&((struct scene *)ctx)->said, 'a');
}

static void say_b(void *ctx)
{
    buf_char(&((struct scene *)ctx)->said, 'b');
}

static void stop(void *ctx)
{
    loop_stop(((struct scene *)ctx)->loop);
}

static void must_not_happen(void *ctx)
{
    buf_char(&((struct scene *)ctx)->said, '!');
}

static void a_and_later_b(void *ctx)
{
    struct scene *s = ctx;
    assert_int_equal(loop_later(s->loop, say_b, s), FAULT_NONE);
    buf_char(&s->said, 'a');
}

static void later_means_after_the_present_call(void **state)
{
    struct scene *s = *state;
    loop_after(s->loop, 0, a_and_later_b, s);
    loop_after(s->loop, 20, stop, s);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    assert_buf(&s->said, "ab");
}

static void later_again(void *ctx)
{
    struct scene *s = ctx;
    buf_char(&s->said, 'c');
    if (--s->left > 0)
        assert_int_equal(loop_later(s->loop, later_again, s), FAULT_NONE);
}

static void what_is_deferred_while_the_loop_ends_is_still_done(void **state)
{
    struct scene *s = *state;
    s->left = 5;
    assert_int_equal(loop_later(s->loop, later_again, s), FAULT_NONE);
    loop_stop(s->loop);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    assert_int_equal(loop_later(s->loop, stop, s), FAULT_NONE);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    assert_buf(&s->said, "ccccc");
}

static void timers_fire_in_order_and_cancelled_ones_never(void **state)
{
    struct scene *s = *state;
    uint64_t from_us = clock_steady_us();
    loop_after(s->loop, 30, stop, s);
    loop_after(s->loop, 20, say_b, s);
    loop_after(s->loop, 10, say_a, s);
    timer_cancel(loop_after(s->loop, 5, must_not_happen, s));
    timer_cancel(NULL);
    assert_int_equal(s->said.len, 0);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    assert_buf(&s->said, "ab");
    assert_true(clock_steady_us() - from_us >= 20000); /* timers go by ticks of up to 10 ms */
    loop_after(s->loop, 100000, must_not_happen, s); /* freed with the loop */
}

static void check_now(void *ctx)
{
    struct scene *s = ctx;
    assert_true(loop_now_us(s->loop) >= s->now_us + 3000);
    loop_stop(s->loop);
}

static void note_now(void *ctx)
{
    struct scene *s = ctx;
    s->now_us = loop_now_us(s->loop);
    usleep(3000);
    assert_true(loop_now_us(s->loop) == s->now_us);
    loop_after(s->loop, 0, check_now, s); /* in another turn */
}

static void now_stands_still_within_a_turn(void **state)
{
    struct scene *s = *state;
    loop_after(s->loop, 0, note_now, s);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
}

#define CALLS_FROM_THREAD 10000

static void count_down(void *ctx)
{
    struct scene *s = ctx;
    if (--s->left == 0)
        loop_stop(s->loop);
}

static void *call_often(void *ctx)
{
    struct scene *s = ctx;
    for (int i = 0; i < CALLS_FROM_THREAD; i++)
        assert_int_equal(loop_later_from_thread(s->loop, count_down, s), FAULT_NONE);
    return NULL;
}

static void calls_from_a_thread_all_arrive(void **state)
{
    struct scene *s = *state;
    s->left = CALLS_FROM_THREAD;
    assert_int_equal(pthread_create(&s->thread, NULL, call_often, s), 0);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    pthread_join(s->thread, NULL);
    assert_int_equal(s->left, 0);
}

static void raise_it(void *ctx)
{
    (void)ctx;
    raise(SIGUSR1);
}

static void a_signal_is_handled_in_the_loop(void **state)
{
    struct scene *s = *state;
    assert_int_equal(loop_on_signal(s->loop, SIGUSR1, must_not_happen, s), FAULT_NONE);
    /* the last one counts */
    assert_int_equal(loop_on_signal(s->loop, SIGUSR1, stop, s), FAULT_NONE);
    loop_after(s->loop, 1, raise_it, s);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
}

static void wait_at_the_gate(void *ctx)
{
    struct scene *s = ctx;
    s->begun = true;
    pthread_mutex_lock(&s->gate);
    pthread_mutex_unlock(&s->gate);
}

static void a_full_queue_says_busy_and_the_rest_is_done(void **state)
{
    struct scene *s = *state;
    s->left = 3;
    pthread_mutex_lock(&s->gate);
    s->workers = workers_new(s->loop, 1, 2);
    assert_non_null(s->workers);
    assert_int_equal(workers_submit(s->workers, wait_at_the_gate, count_down, s), FAULT_NONE);
    while (!s->begun) /* the one thread takes it and waits at the gate */
        usleep(1000);
    assert_int_equal(workers_submit(s->workers, wait_at_the_gate, count_down, s), FAULT_NONE);
    assert_int_equal(workers_submit(s->workers, wait_at_the_gate, count_down, s), FAULT_NONE);
    assert_int_equal(workers_submit(s->workers, wait_at_the_gate, count_down, s), FAULT_BUSY);
    pthread_mutex_unlock(&s->gate);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    assert_int_equal(s->left, 0);
    workers_free(s->workers);
}

static void work_a_while(void *ctx)
{
    struct scene *s = ctx;
    buf_char(&s->said, 'w');
    s->begun = true;
    usleep(1000000); /* until the other thread is inside workers_free() */
}

static void freeing_finishes_what_runs_and_drops_what_waits(void **state)
{
    struct scene *s = *state;
    s->workers = workers_new(s->loop, 1, 4);
    assert_int_equal(workers_submit(s->workers, work_a_while, say_a, s), FAULT_NONE);
    while (!s->begun)
        usleep(1000);
    assert_int_equal(workers_submit(s->workers, must_not_happen, must_not_happen, s), FAULT_NONE);
    workers_free(s->workers);
    workers_free(NULL);
    assert_buf(&s->said, "w");
    loop_after(s->loop, 20, stop, s);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    assert_buf(&s->said, "wa");
}

static size_t files_in(const char *path)
{
    size_t n = 0;
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        n += entry->d_name[0] != '.';
    closedir(folder);
    return n;
}

static void a_file_is_replaced_whole_and_leaves_no_temporary(void **state)
{
    struct scene *s = *state;
    const char *path = temp_path(&s->dir, "key");
    struct buf buf = BUF_MAX(64);
    assert_int_equal(file_read(path, &buf), FAULT_ABSENT);
    assert_int_equal(file_replace(path, TEXT("one"), 0600), FAULT_NONE);
    assert_true(file_is_private(path));
    assert_int_equal(file_replace(path, (struct text){"t\0wo", 4}, 0644), FAULT_NONE);
    assert_false(file_is_private(path));
    assert_int_equal(file_read(path, &buf), FAULT_NONE);
    assert_int_equal(buf.len, 4);
    assert_memory_equal(buf.data, "t\0wo", 4);
    assert_int_equal(files_in(s->dir.path), 1);

    assert_int_equal(mkdir(temp_path(&s->dir, "folder"), 0700), 0);
    assert_int_equal(file_replace(temp_path(&s->dir, "folder"), TEXT("x"), 0600), FAULT_IO);
    assert_int_equal(file_replace(temp_path(&s->dir, "none/x"), TEXT("x"), 0600), FAULT_IO);
    assert_int_equal(files_in(s->dir.path), 2);
    buf_release(&buf);
}

static void a_file_is_created_once(void **state)
{
    struct scene *s = *state;
    const char *path = temp_path(&s->dir, "operator.key");
    struct buf buf = BUF_MAX(64);
    assert_int_equal(file_create(path, TEXT("first"), 0600), FAULT_NONE);
    assert_int_equal(file_create(path, TEXT("second"), 0600), FAULT_BUSY);
    assert_int_equal(file_read(path, &buf), FAULT_NONE);
    assert_buf(&buf, "first");
    assert_int_equal(files_in(s->dir.path), 1);
    buf_release(&buf);
}

static void what_is_added_to_a_file_stands_behind_what_was_there(void **state)
{
    struct scene *s = *state;
    const char *path = temp_path(&s->dir, "erased");
    struct buf buf = BUF_MAX(64);
    assert_int_equal(file_append(path, TEXT("one\n"), 0600), FAULT_NONE);
    assert_true(file_is_private(path));
    assert_int_equal(file_append(path, TEXT("two\n"), 0600), FAULT_NONE);
    assert_int_equal(file_append(path, TEXT(""), 0600), FAULT_NONE);
    assert_int_equal(file_read(path, &buf), FAULT_NONE);
    assert_buf(&buf, "one\ntwo\n");
    assert_int_equal(files_in(s->dir.path), 1);
    assert_int_equal(file_append(temp_path(&s->dir, "none/x"), TEXT("x"), 0600), FAULT_IO);
    buf_release(&buf);
}

static void a_file_larger_than_the_buffer_is_refused(void **state)
{
    struct scene *s = *state;
    struct buf buf = BUF_MAX(4);
    assert_int_equal(file_replace(temp_path(&s->dir, "f"), TEXT("12345"), 0600), FAULT_NONE);
    assert_int_equal(file_read(temp_path(&s->dir, "f"), &buf), FAULT_LIMIT);
    buf_release(&buf);
    struct buf folder = BUF_MAX(4);
    assert_int_equal(file_read(s->dir.path, &folder), FAULT_IO);
    assert_int_equal(errno, EISDIR);
    buf_release(&folder);
}

static void folders_are_made_with_their_parents(void **state)
{
    struct scene *s = *state;
    assert_int_equal(dir_make(temp_path(&s->dir, "a/b/c/"), 0700), FAULT_NONE);
    assert_int_equal(dir_make(temp_path(&s->dir, "a/b/c"), 0700), FAULT_NONE);
    assert_int_equal(file_replace(temp_path(&s->dir, "a/f"), TEXT(""), 0600), FAULT_NONE);
    assert_int_equal(dir_make(temp_path(&s->dir, "a/f/d"), 0700), FAULT_IO);
    assert_int_equal(dir_make("", 0700), FAULT_LIMIT);
}

static void a_lock_is_held_once(void **state)
{
    struct scene *s = *state;
    enum fault fault;
    int first = file_lock(temp_path(&s->dir, "lock"), &fault);
    assert_true(first >= 0);
    assert_int_equal(fault, FAULT_NONE);
    assert_int_equal(file_lock(temp_path(&s->dir, "lock"), &fault), -1);
    assert_int_equal(fault, FAULT_BUSY);
    close(first);
    int second = file_lock(temp_path(&s->dir, "lock"), &fault);
    assert_true(second >= 0);
    close(second);
    assert_int_equal(file_lock(temp_path(&s->dir, "none/lock"), &fault), -1);
    assert_int_equal(fault, FAULT_IO);
}

static void start_again(void *ctx, int status)
{
    struct scene *s = ctx;
    s->status = status;
    assert_int_equal(process_pid(s->process), 0);
    process_stop(s->process, 100);
    s->process = NULL;
    if (--s->left == 0) {
        loop_stop(s->loop);
        return;
    }
    static const char *const argv[] = {"sh", "-c", "pwd; exit 3", NULL};
    struct process_plan plan = {.folder = s->dir.path, .argv = argv, .stop_with = SIGTERM,
                                .output = temp_path(&s->dir, "out"), .on_exit = start_again,
                                .ctx = s};
    s->process = process_start(s->loop, &plan);
    assert_non_null(s->process);
}

static void a_child_is_seen_to_end_and_can_be_started_again(void **state)
{
    struct scene *s = *state;
    static const char *const argv[] = {"sh", "-c", "exit 1", NULL};
    struct process_plan plan = {.argv = argv, .stop_with = SIGTERM, .on_exit = start_again,
                                .ctx = s};
    s->left = 3;
    s->process = process_start(s->loop, &plan);
    assert_non_null(s->process);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    assert_int_equal(WEXITSTATUS(s->status), 3);
    struct buf out = BUF_MAX(KIB), wanted = BUF_MAX(KIB);
    assert_int_equal(file_read(temp_path(&s->dir, "out"), &out), FAULT_NONE);
    buf_format(&wanted, "%s\n%s\n", s->dir.path, s->dir.path);
    assert_text(buf_view(&out), wanted.data);
    buf_release(&out);
    buf_release(&wanted);
}

static void what_cannot_start_is_no_process(void **state)
{
    struct scene *s = *state;
    static const char *const argv[] = {"no-such-program-anywhere", NULL};
    struct process_plan plan = {.argv = argv, .stop_with = SIGTERM};
    assert_null(process_start(s->loop, &plan));
    plan.folder = "/no/such/folder";
    assert_null(process_start(s->loop, &plan));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* and nothing is left of it */
}

static void a_child_that_does_not_listen_is_killed(void **state)
{
    struct scene *s = *state;
    static const char *const deaf[] = {"sh", "-c",
                                       "trap '' TERM; echo ready; while :; do sleep 1; done", NULL};
    static const char *const sleeper[] = {"sleep", "1000", NULL};
    struct process_plan plan = {.argv = sleeper, .stop_with = SIGTERM};
    struct process *process = process_start(s->loop, &plan);
    pid_t pid = process_pid(process);
    assert_int_equal(getsid(pid), pid); /* its own session: ^C does not reach it */
    process_stop(process, 5000);
    assert_int_equal(kill(pid, 0), -1);

    plan.argv = deaf;
    plan.output = temp_path(&s->dir, "out");
    process = process_start(s->loop, &plan);
    pid = process_pid(process);
    for (struct stat is = {0}; is.st_size == 0; usleep(5000))
        stat(plan.output, &is);
    process_stop(process, 50);
    assert_int_equal(kill(pid, 0), -1);
    process_stop(NULL, 50);
}

static void our_files_stay_closed_to_a_child(void **state)
{
    struct scene *s = *state;
    int open_to_all = open("/dev/null", O_RDONLY); /* no O_CLOEXEC */
    static const char *const argv[] = {"sh", "-c", "ls /proc/self/fd | wc -l", NULL};
    struct process_plan plan = {.argv = argv, .stop_with = SIGTERM, .on_exit = start_again,
                                .ctx = s, .output = temp_path(&s->dir, "fds")};
    s->left = 1;
    s->process = process_start(s->loop, &plan);
    assert_int_equal(loop_run(s->loop), FAULT_NONE);
    struct buf out = BUF_MAX(KIB);
    assert_int_equal(file_read(temp_path(&s->dir, "fds"), &out), FAULT_NONE);
    assert_buf(&out, "4\n"); /* 0, 1, 2 and the folder that ls reads */
    buf_release(&out);
    close(open_to_all);
}

static void die_with_a_child(void)
{
    static const char *const argv[] = {"sleep", "1000", NULL};
    struct process_plan plan = {.argv = argv, .stop_with = SIGKILL};
    struct process *process = process_start(loop_new(), &plan);
    FILE *out = fopen(getenv("GS_TEST_PID"), "w");
    fprintf(out, "%d", (int)process_pid(process));
    fclose(out);
    raise(SIGKILL);
}

static void a_child_ends_with_its_parent(void **state)
{
    struct scene *s = *state;
    setenv("GS_TEST_PID", temp_path(&s->dir, "pid"), 1);
    assert_int_equal(WTERMSIG(status_of(die_with_a_child)), SIGKILL);
    struct buf out = BUF_MAX(KIB);
    uint64_t pid;
    assert_int_equal(file_read(temp_path(&s->dir, "pid"), &out), FAULT_NONE);
    assert_true(text_to_u64(buf_view(&out), INT32_MAX, &pid));
    buf_release(&out);
    for (int i = 0; i < 3000; i++) { /* a zombie until init collects it */
        char path[64], state_of = '?';
        snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
        FILE *stat_file = fopen(path, "r");
        if (!stat_file || (fscanf(stat_file, "%*d %*s %c", &state_of) == 1 && state_of == 'Z')) {
            if (stat_file)
                fclose(stat_file);
            return;
        }
        fclose(stat_file);
        usleep(10000);
    }
    fail_msg("the child outlived its parent");
}

#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(later_means_after_the_present_call),
        SCENE(what_is_deferred_while_the_loop_ends_is_still_done),
        SCENE(timers_fire_in_order_and_cancelled_ones_never),
        SCENE(now_stands_still_within_a_turn),
        SCENE(calls_from_a_thread_all_arrive),
        SCENE(a_signal_is_handled_in_the_loop),
        SCENE(a_full_queue_says_busy_and_the_rest_is_done),
        SCENE(freeing_finishes_what_runs_and_drops_what_waits),
        SCENE(a_file_is_replaced_whole_and_leaves_no_temporary),
        SCENE(a_file_is_created_once),
        SCENE(what_is_added_to_a_file_stands_behind_what_was_there),
        SCENE(a_file_larger_than_the_buffer_is_refused),
        SCENE(folders_are_made_with_their_parents),
        SCENE(a_lock_is_held_once),
        SCENE(a_child_is_seen_to_end_and_can_be_started_again),
        SCENE(what_cannot_start_is_no_process),
        SCENE(a_child_that_does_not_listen_is_killed),
        SCENE(our_files_stay_closed_to_a_child),
        SCENE(a_child_ends_with_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
