/* One of several processes that share a mutex, a condition and a barrier in a mapped file. SyncProgram is the same in
   Java, on the same places. */
#include "program.h"

enum { MUTEX = 256, CONDITION = 260, BARRIER = 320, COUNTER = 512, TURN = 520, ARRIVALS = 640 };

static char *memory;
static futex_pmutex *mutex;
static futex_barrier *barrier;

/* Counts until both have counted so often. */
static void count(int times, int own) {
    int64_t *counter = (int64_t *)(memory + COUNTER);
    int *each = (int *)(memory + ARRIVALS);
    for (bool enough = false; !enough;) {
        must(futex_pmutex_lock(mutex));
        *counter += 1;
        each[own] += 1;
        enough = each[0] >= times && each[1] >= times;
        must(futex_pmutex_unlock(mutex));
    }
}

/* Counts, and once more when it is told to, all in one section. */
static void hold(void) {
    volatile int64_t *counter = (int64_t *)(memory + COUNTER);
    volatile int *turn = (int *)(memory + TURN);
    must(futex_pmutex_lock(mutex));
    *counter += 1;
    while (!*turn) {
    }
    *counter += 1;
    must(futex_pmutex_unlock(mutex));
}

static void take_turns(int turns, int own, int players) {
    futex_pcondition *condition = (futex_pcondition *)(memory + CONDITION);
    int *current = (int *)(memory + TURN);
    for (int turn = own; turn < turns; turn += players) {
        must(futex_pmutex_lock(mutex));
        while (*current != turn) {
            must(futex_pcondition_wait(condition, mutex));
        }
        *current = turn + 1;
        (players > 2 ? futex_pcondition_signal_all : futex_pcondition_signal)(condition);
        must(futex_pmutex_unlock(mutex));
    }
}

static void meet(int generations, int own, int parties) {
    volatile int *arrivals = (int *)(memory + ARRIVALS);
    int led = 0;
    for (int g = 1; g <= generations; g++) {
        arrivals[own] = g;
        uint32_t missing;
        must(futex_barrier_wait(barrier, &missing));
        led += missing == 0;
        for (int other = 0; other < parties; other++) {
            if (arrivals[other] != g && arrivals[other] != g + 1) {
                fail("generations mix");
            }
        }
    }
    must(futex_pmutex_lock(mutex));
    *(int64_t *)(memory + COUNTER) += led;
    must(futex_pmutex_unlock(mutex));
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fail("usage: FILE count TIMES OWN | hold 0 | turns TURNS OWN PLAYERS | meet GENERATIONS OWN PARTIES "
             "| join PARTIES | tire PARTIES | reset PARTIES");
    }
    memory = map(argv[1], BYTES);
    mutex = (futex_pmutex *)(memory + MUTEX);
    barrier = (futex_barrier *)(memory + BARRIER);
    const char *what = argv[2];
    int times = atoi(argv[3]);
    if (!strcmp(what, "count") && argc == 5) {
        count(times, atoi(argv[4]));
    } else if (!strcmp(what, "hold")) {
        hold();
    } else if (!strcmp(what, "turns") && argc == 6) {
        take_turns(times, atoi(argv[4]), atoi(argv[5]));
    } else {
        must(futex_barrier_open(barrier, (uint32_t)atoi(argv[argc - 1])));
        if (!strcmp(what, "meet") && argc == 6) {
            meet(times, atoi(argv[4]), atoi(argv[5]));
        } else if (!strcmp(what, "join") || !strcmp(what, "tire")) { /* of waiting, after a millisecond */
            int64_t deadline = strcmp(what, "tire") ? FUTEX_FOREVER : futex_now() + 1000000;
            return futex_barrier_wait_until(barrier, NULL, deadline) == FUTEX_DONE ? 0 : 3;
        } else if (!strcmp(what, "reset")) {
            must(futex_barrier_reset(barrier));
        } else {
            fail("what?");
        }
    }
    return 0;
}
