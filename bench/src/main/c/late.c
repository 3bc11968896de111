/* How late a timed wait that nobody wakes returns. */
#include "peers.h"

#include <string.h>

#ifndef SYS_futex_wait
#define SYS_futex_wait 455 /* Linux 6.7, the same on every architecture since 5.1 */
#endif
#define U32_PRIVATE 130 /* FUTEX2_SIZE_U32 | FUTEX2_PRIVATE */

static word_t word;

static long wait_relative(int64_t nanos) {
    struct timespec t = {.tv_sec = 0, .tv_nsec = nanos};
    return syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0);
}

static long wait_absolute(int64_t nanos) {
    nanos += now();
    struct timespec t = {.tv_sec = nanos / 1000000000L, .tv_nsec = nanos % 1000000000L};
    return syscall(SYS_futex_wait, &word, 0L, 0xFFFFFFFFL, U32_PRIVATE, &t, CLOCK_MONOTONIC);
}

void run_late(void) {
    long samples = number("samples", 100);
    int64_t nanos = number("nanos", 100000);
    long (*wait)(int64_t) = strcmp(text("call", "futex"), "futex") == 0 ? wait_relative : wait_absolute;
    double *late = malloc(sizeof(double) * (size_t)samples);
    for (long i = -5; i < samples; i++) {
        int64_t begin = now();
        wait(nanos);
        int64_t over = now() - begin - nanos;
        if (over < 0) {
            fail("the wait returned early; has this kernel no futex_wait?");
        }
        late[i < 0 ? 0 : i] = (double)over;
    }
    report_all("ns", late, samples);
    free(late);
}
