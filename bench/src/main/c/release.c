/* Many threads sleep on one word: how long from the wake to the last one out. */
#include "peers.h"

struct waiter {
    OWN_LINE word_t gate; /* the round it may enter; on a word of its own, so that entering is not part of the race */
    pthread_t thread;
};

static OWN_LINE word_t released; /* the last round that was released */
static OWN_LINE atomic_long arrived;
static OWN_LINE atomic_long inside;
static OWN_LINE word_t all_out; /* the last round that is over */
static int64_t out_at;
static uint32_t rounds;

static void *wait_rounds(void *argument) {
    struct waiter *self = argument;
    for (uint32_t round = 1; round <= rounds; round++) {
        while (atomic_load(&self->gate) < round) {
            futex_wait(&self->gate, round - 1, FUTEX_PRIVATE_FLAG);
        }
        atomic_fetch_add(&arrived, 1);
        while (atomic_load(&released) == round - 1) {
            futex_wait(&released, round - 1, FUTEX_PRIVATE_FLAG);
        }
        if (atomic_fetch_sub(&inside, 1) == 1) {
            out_at = now();
            atomic_store(&all_out, round);
            futex_wake(&all_out, 1, FUTEX_PRIVATE_FLAG);
        }
    }
    return NULL;
}

void run_release(void) {
    long count = number("waiters", 10);
    long settle = number("settle-us", 1000);
    rounds = (uint32_t)number("rounds", 10);
    struct waiter *waiters = aligned_alloc(_Alignof(struct waiter), sizeof(struct waiter) * (size_t)count);
    double *times = malloc(sizeof(double) * rounds);
    for (long i = 0; i < count; i++) {
        atomic_init(&waiters[i].gate, 0);
        waiters[i].thread = start(wait_rounds, &waiters[i]);
    }
    for (uint32_t round = 1; round <= rounds; round++) {
        atomic_store(&arrived, 0);
        atomic_store(&inside, count);
        for (long i = 0; i < count; i++) {
            atomic_store(&waiters[i].gate, round);
            futex_wake(&waiters[i].gate, 1, FUTEX_PRIVATE_FLAG);
        }
        do { /* arrived is counted before the sleep: give the last ones time to fall asleep */
            sleep_until(now() + settle * 1000);
        } while (atomic_load(&arrived) < count);
        int64_t begin = now();
        atomic_store(&released, round);
        futex_wake(&released, INT_MAX, FUTEX_PRIVATE_FLAG);
        while (atomic_load(&all_out) < round) {
            futex_wait(&all_out, round - 1, FUTEX_PRIVATE_FLAG);
        }
        times[round - 1] = (double)(out_at - begin);
    }
    for (long i = 0; i < count; i++) {
        join(waiters[i].thread);
    }
    report_all("ns", times, rounds);
    free(times);
    free(waiters);
}
