/* One of several processes over a file with a robust lock; some of them are killed, at the steps that are told apart here.
   RobustProgram is the same in Java, on the same places. */
#include "program.h"

enum { LOCK = 0, STEP = 1024, GO = 1028, COUNTER = 1032, BROKEN = 1036 };
enum { HELD = 1, ENTERED = 2, WOKEN = 3, FREED = 4 };

static char *memory;

static int *number(int offset) { return (int *)(memory + offset); }

static void say(int step) { __atomic_store_n(number(STEP), step, __ATOMIC_SEQ_CST); }

/* To be killed there. */
static void stop(int step) {
    say(step);
    for (;;) {
        pause();
    }
}

static void stop_woken(void) { stop(WOKEN); }

static void stop_freed(void) { stop(FREED); }

/* One section after the other, in the middle of which what the lock guards is broken. */
static void storm(futex_robust_mutex *lock, int rounds) {
    for (int i = 0; rounds < 0 || i < rounds; i++) {
        if (futex_robust_mutex_lock(lock) == FUTEX_REPAIR) {
            *number(BROKEN) = 0;
            futex_robust_mutex_consistent(lock);
        } else if (*number(BROKEN)) {
            fail("the owner before has died, and nobody says so");
        }
        *number(BROKEN) = 1;
        ++*number(COUNTER);
        *number(BROKEN) = 0;
        must(futex_robust_mutex_unlock(lock));
    }
}

int main(int count, char **arguments) {
    if (count != 4) {
        fail("robust file part rounds");
    }
    memory = map(arguments[1], BYTES);
    futex_robust_mutex *lock = (futex_robust_mutex *)(memory + LOCK);
    must(futex_robust_mutex_open(lock));
    const char *part = arguments[2];
    if (!strcmp(part, "storm")) {
        storm(lock, atoi(arguments[3]));
        return 0;
    }
    if (!strcmp(part, "timed")) { /* another holds it, and lets go of it when told that this one has given up */
        int64_t deadline = futex_after(20 * 1000 * 1000);
        if (futex_robust_mutex_lock_until(lock, deadline) != FUTEX_TIMED_OUT || futex_now() < deadline) {
            fail("it has not waited for the end of its time");
        }
        say(ENTERED);
        must(futex_robust_mutex_lock_until(lock, futex_after(60 * FUTEX_SYNC_SECOND)));
        must(futex_robust_mutex_unlock(lock));
        return 0;
    }
    if (!strcmp(part, "woken")) {
        die = stop_woken;
        dies_when_woken = true;
    }
    must(futex_robust_mutex_lock(lock));
    if (!strcmp(part, "hold")) {
        stop(HELD);
    } else if (!strcmp(part, "freed")) {
        say(HELD);
        while (!__atomic_load_n(number(GO), __ATOMIC_SEQ_CST)) {
            usleep(1000);
        }
        die = stop_freed;
        dies_before_wake = true;
    } else if (!strcmp(part, "enter")) {
        say(ENTERED);
    }
    must(futex_robust_mutex_unlock(lock));
    return 0;
}
