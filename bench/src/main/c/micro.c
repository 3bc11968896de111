/* Calls that find nothing to do, and the length of one step of work(). */
#include "peers.h"

#include <pthread.h>

#define BATCH 1000

static word_t word;

static double wake_local(void) {
    int64_t begin = now();
    for (int i = 0; i < BATCH; i++) {
        futex_wake(&word, 1, FUTEX_PRIVATE_FLAG);
    }
    return (double)(now() - begin) / BATCH;
}

static double wake_shared(void) {
    int64_t begin = now();
    for (int i = 0; i < BATCH; i++) {
        futex_wake(&word, 1, 0);
    }
    return (double)(now() - begin) / BATCH;
}

static double wait_changed(void) {
    int64_t begin = now();
    for (int i = 0; i < BATCH; i++) {
        futex_wait(&word, 1, FUTEX_PRIVATE_FLAG);
    }
    return (double)(now() - begin) / BATCH;
}

/* By a pointer that may change, so that it is a call. */
static int (*volatile absolute)(int) = abs;

static double call_abs(void) {
    int sum = 0;
    int64_t begin = now();
    for (int i = 0; i < BATCH; i++) {
        sum += absolute(-i);
    }
    double each = (double)(now() - begin) / BATCH;
    consume((uint64_t)sum);
    return each;
}

static double mean(double (*batch)(void), int64_t millis) {
    double sum = 0;
    long batches = 0;
    for (int64_t end = now() + millis * 1000000; now() < end; batches++) {
        sum += batch();
    }
    return sum / (double)batches;
}

void run_micro(void) {
    long millis = number("millis", 100);
    mean(wake_local, millis / 4);
    report("wake-local", mean(wake_local, millis));
    report("wake-shared", mean(wake_shared, millis));
    report("wait-changed", mean(wait_changed, millis));
}

void run_boundary(void) {
    long millis = number("millis", 100);
    mean(call_abs, millis / 4);
    report("abs", mean(call_abs, millis));
    report("wake", mean(wake_local, millis));
}

static pthread_mutex_t robust;
static volatile long guarded;

static double lock_robust(void) {
    int64_t begin = now();
    for (int i = 0; i < BATCH; i++) {
        pthread_mutex_lock(&robust);
        guarded++;
        pthread_mutex_unlock(&robust);
    }
    return (double)(now() - begin) / BATCH;
}

/* libc's own, for several processes. */
void run_robust(void) {
    long millis = number("millis", 100);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attributes);
    mean(lock_robust, millis / 4);
    report("lock", mean(lock_robust, millis));
}

/* The shortest of many batches: what a step takes when nothing disturbs it. */
void run_calibrate(void) {
    const long steps = 20000;
    double best = 1e9;
    for (int i = 0; i < 300; i++) {
        int64_t begin = now();
        consume(work((uint64_t)i, steps));
        double each = (double)(now() - begin) / (double)steps;
        best = each < best ? each : best;
    }
    report("step-ns", best);
}
