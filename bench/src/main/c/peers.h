/* The same measurements as the Java side, on raw system calls: what the library is compared with. */
#ifndef PEERS_H
#define PEERS_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Two cache lines: some processors fetch lines in pairs. */
#define OWN_LINE _Alignas(128)

typedef _Atomic uint32_t word_t;

/* ---- requests and answers: `experiment name=value ...` in, lines `name value ...` out */

const char *text(const char *name, const char *otherwise);
long number(const char *name, long otherwise);
void report(const char *name, double value);
void report_all(const char *name, const double *values, long count);
_Noreturn void fail(const char *why);

/* ---- time, processors, threads */

static inline int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}

void sleep_until(int64_t nanos);
void pin(long cpu); /* the calling thread; -1 leaves it where it is */
pthread_t start(void *(*body)(void *), void *argument);
void join(pthread_t thread);

/* ---- futex(2) */

static inline long futex_wait(word_t *word, uint32_t expected, int flags) {
    return syscall(SYS_futex, word, FUTEX_WAIT | flags, expected, NULL, NULL, 0);
}

static inline long futex_wake(word_t *word, int count, int flags) {
    return syscall(SYS_futex, word, FUTEX_WAKE | flags, count, NULL, NULL, 0);
}

/* Work without a clock: a chain of shifts (xorshift64) that no compiler can shorten or overlap. */
static inline uint64_t work(uint64_t x, long steps) {
    for (; steps > 0; steps--) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    return x;
}

void consume(uint64_t result);

/* ---- experiments, one a file */

void run_boundary(void);
void run_calibrate(void);
void run_micro(void);
void run_robust(void);
void run_pingpong(void);
void run_processes(void);
void run_mutex(void);
void run_release(void);
void run_late(void);
void run_wake(void);

#endif
