/* One of several processes that share a mutex, a condition and a barrier in a mapped file. What it does with them is
   the text of their documentation: the test puts each part into a header. SyncProgram is the same in Java, on the same
   places. PARTIES is how many meet at the barrier. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 4096, MUTEX = 256, CONDITION = 260, BARRIER = 320, COUNTER = 512, TURN = 520, ARRIVALS = 640 };

typedef _Atomic unsigned word_t;

static char *memory;

static int cas(word_t *word, unsigned expected, unsigned value) {
    return atomic_compare_exchange_strong(word, &expected, value);
}

/* Without a deadline for ever. */
#define futex_wait(...) WAIT(__VA_ARGS__, NULL, 0)
#define WAIT(word, value, deadline, ...) wait_until(word, value, deadline)

static int wait_until(word_t *word, unsigned expected, const struct timespec *deadline) {
    return syscall(SYS_futex, word, FUTEX_WAIT_BITSET, expected, deadline, NULL, FUTEX_BITSET_MATCH_ANY) ? errno : 0;
}

static void futex_wake(word_t *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0); }

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

#define error() fail("other parties, or too many that wait")
#define fetch_sub atomic_fetch_sub
#define min(x, y) ((x) < (y) ? (x) : (y))

/* ---- PMutex */

static void lock(word_t *word) {
#include "PMutex_lock.h"
}

static void unlock(word_t *word) {
#include "PMutex_unlock.h"
}

/* ---- PCondition */

#define sequence words[0]
#define waiting words[1]
#define signalled words[2]
#define doubt words[3]
#define mutex_lock() lock(mutex)
#define mutex_unlock() unlock(mutex)

static bool condition_wait(word_t words[4], word_t *mutex, const struct timespec *deadline) {
    bool timed_out = false;
#include "PCondition_wait_with_the.h"
}

static void signal_one(word_t words[4]) {
#include "PCondition_signal_with_the.h"
}

static void signal_all(word_t words[4]) {
#include "PCondition_signal_all_with.h"
}

#undef sequence
#undef waiting
#undef signalled
#undef doubt

/* ---- Barrier */

enum { b = PARTIES == 1 ? 0 : PARTIES == 2 ? 1 : 2 };
_Static_assert(PARTIES <= 4, "the number of bits");

static word_t *barrier;

#define parties barrier[0]
#define state barrier[1]

static
#include "Barrier_next_generation_with.h"

/* The time at which those that have not left are given up. */
static const struct timespec *in_a_second(void) {
    static struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec++;
    return &end;
}

static int barrier_await(int n, const struct timespec *deadline) {
#include "Barrier_returns_0_to.h"
}

static void barrier_reset(void) {
#include "Barrier_reset.h"
}

#undef parties
#undef state

/* ---- what to do */

/* Counts until both have counted so often. */
static void count(int times, int own) {
    int64_t *counter = (int64_t *)(memory + COUNTER);
    int *each = (int *)(memory + ARRIVALS);
    for (bool enough = false; !enough;) {
        lock((word_t *)(memory + MUTEX));
        *counter += 1;
        each[own] += 1;
        enough = each[0] >= times && each[1] >= times;
        unlock((word_t *)(memory + MUTEX));
    }
}

/* Counts, and once more when it is told to, all in one section. */
static void hold(void) {
    volatile int64_t *counter = (int64_t *)(memory + COUNTER);
    volatile int *turn = (int *)(memory + TURN);
    lock((word_t *)(memory + MUTEX));
    *counter += 1;
    while (!*turn) {
    }
    *counter += 1;
    unlock((word_t *)(memory + MUTEX));
}

static void take_turns(int turns, int own, int players) {
    word_t *mutex = (word_t *)(memory + MUTEX), *condition = (word_t *)(memory + CONDITION);
    int *current = (int *)(memory + TURN);
    for (int turn = own; turn < turns; turn += players) {
        lock(mutex);
        while (*current != turn) {
            condition_wait(condition, mutex, NULL);
        }
        *current = turn + 1;
        (players > 2 ? signal_all : signal_one)(condition);
        unlock(mutex);
    }
}

static void meet(int generations, int own) {
    volatile int *arrivals = (int *)(memory + ARRIVALS);
    int led = 0;
    for (int g = 1; g <= generations; g++) {
        arrivals[own] = g;
        int index = barrier_await(PARTIES, NULL);
        if (index < 0) {
            fail("broken");
        }
        led += index == 0;
        for (int other = 0; other < PARTIES; other++) {
            if (arrivals[other] != g && arrivals[other] != g + 1) {
                fail("generations mix");
            }
        }
    }
    lock((word_t *)(memory + MUTEX));
    *(int64_t *)(memory + COUNTER) += led;
    unlock((word_t *)(memory + MUTEX));
}

/* Until a millisecond from now, or for ever. */
static int join(bool impatient) {
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_nsec -= 1000000000;
        end.tv_sec++;
    }
    return barrier_await(PARTIES, impatient ? &end : NULL) < 0 ? 3 : 0;
}

int main(int argc, char **argv) {
    int file = argc < 3 ? -1 : open(argv[1], O_RDWR);
    memory = file < 0 ? MAP_FAILED : mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        fail("usage: FILE count TIMES OWN | hold | turns TURNS OWN PLAYERS | meet GENERATIONS OWN | join | tire | reset");
    }
    barrier = (word_t *)(memory + BARRIER);
    if (!strcmp(argv[2], "count") && argc >= 5) {
        count(atoi(argv[3]), atoi(argv[4]));
    } else if (!strcmp(argv[2], "hold")) {
        hold();
    } else if (!strcmp(argv[2], "turns") && argc >= 6) {
        take_turns(atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    } else if (!strcmp(argv[2], "meet") && argc >= 5) {
        meet(atoi(argv[3]), atoi(argv[4]));
    } else if (!strcmp(argv[2], "join") || !strcmp(argv[2], "tire")) {
        return join(!strcmp(argv[2], "tire"));
    } else if (!strcmp(argv[2], "reset")) {
        barrier_reset();
    } else {
        fail("what?");
    }
    return 0;
}
