/* 064_store_liars.c -- who does not speak like a Redis is not taken for one, and harms nobody. */
/* rooms: base io store */
#include "060_scene.h"

static pid_t start_liar(struct scene *scene, const char *says, size_t times)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof at.sun_path, "%s/s", scene->redis.folder);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 8), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char heard[256];
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            int peer = accept(fd, NULL, NULL);
            for (size_t i = 0; i < times; i++)
                if (write(peer, says, strlen(says)) < 0)
                    break;
            /* heard out, so that closing is an end and not a reset */
            setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_usec = 100000},
                       sizeof(struct timeval));
            while (read(peer, heard, sizeof heard) > 0)
                continue;
            close(peer);
        }
    }
    close(fd);
    return pid;
}

static void stays_down_with_a_liar(struct scene *scene, const char *says, size_t times,
                                   const char *why)
{
    pid_t pid = start_liar(scene, says, times);
    open_store(scene, 2);
    scene->why = why;
    run_until(scene, says_why);
    ask(scene, "PING");
    each_once(scene);
    assert_int_equal(scene->by_fault[FAULT_BUSY], 1);
    assert_false(store_is_up(scene->store));
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void garbage_is_refused(void **state)
{
    stays_down_with_a_liar(*state, "GET / HTTP/1.1\r\n\r\n", 1, "garbage");
}

static void replies_that_nobody_asked_for_are_refused(void **state)
{
    stays_down_with_a_liar(*state, "+PONG\r\n", 5000, "at ");
}

static void a_reply_of_the_wrong_shape_is_refused(void **state)
{
    stays_down_with_a_liar(*state, ":12\r\n", 1, "does not answer like a Redis");
}

static void a_bottomless_reply_is_refused(void **state)
{
    stays_down_with_a_liar(*state, "*1\r\n", 100, "garbage");
}

static void a_half_reply_is_lost(void **state)
{
    stays_down_with_a_liar(*state, "$100\r\nshort", 1, "closed the connection");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(garbage_is_refused),
        TEST(replies_that_nobody_asked_for_are_refused),
        TEST(a_reply_of_the_wrong_shape_is_refused),
        TEST(a_bottomless_reply_is_refused),
        TEST(a_half_reply_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
