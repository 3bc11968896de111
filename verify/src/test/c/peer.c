/* A process that does with a mapped file of synchronizers what it is told on its input, a line a call, and says after each
   what has come of it: OPERATION OFFSET [NUMBER [MILLISECONDS]]. It waits for so long, or -1 for ever. JavaActor has the
   same operations in Java. */
#include "program.h"

static const char *const RESULTS[] = {"DONE", "TIMED_OUT", "CHANGED", "REFUSED", "BROKEN", "RUN", "FAILED"};

static char *memory;

static void say(enum futex_result result) { puts(RESULTS[result]); }

static void tell(uint64_t number) { printf("%llu\n", (unsigned long long)number); }

/* Both forms of what waits: as long as it takes, or until a deadline. */
#define UNTIL(name, ...)                                                                                               \
    (millis < 0 ? futex_##name(__VA_ARGS__) : futex_##name##_until(__VA_ARGS__, futex_after(millis * 1000000)))

/* And whether the body was ours. */
static void run_once(futex_once *once, bool (*body)(void *), long millis) {
    bool here = false;
    enum futex_result result = UNTIL(once_run, once, body, &here);
    printf("%s%s\n", RESULTS[result], here ? " here" : "");
}

static void meet(futex_barrier *barrier, long millis) {
    uint32_t missing;
    enum futex_result result = UNTIL(barrier_wait, barrier, &missing);
    result == FUTEX_DONE ? tell(missing) : say(result);
}

/* What comes to be in the word behind a bell. */
struct question {
    futex_word *word;
    uint32_t answer;
};

static bool is_answered(void *argument) {
    struct question *question = (struct question *)argument;
    return futex_word_get(question->word) == question->answer;
}

static bool succeed(void *here) { return *(bool *)here = true; }

static bool fail_once(void *here) { return !(*(bool *)here = true); }

/* The condition belongs to the mutex at the given place. */
#define MUTEX(offset) ((futex_pmutex *)(memory + (offset)))

static void play(const char *operation, char *at, long n, long millis) {
#define ON(type, name, call)                                                                                           \
    if (!strcmp(operation, #type "_" #name)) {                                                                         \
        futex_##type *x = (futex_##type *)at;                                                                          \
        call;                                                                                                          \
        return;                                                                                                        \
    }
    ON(word, get, tell(futex_word_get(x)))
    ON(word, set, futex_word_set(x, (uint32_t)n); say(FUTEX_DONE))
    ON(word, wait, say(UNTIL(word_wait, x, (uint32_t)n)))
    ON(word, await_change, say(UNTIL(word_await_change, x, (uint32_t)n)))
    ON(word, exchange, tell(futex_word_exchange(x, (uint32_t)n)))
    ON(word, add, tell(futex_word_add(x, (uint32_t)n)))
    ON(word, compare_exchange, uint32_t zero = 0; tell(futex_word_compare_exchange(x, &zero, (uint32_t)n)))
    ON(word, wake_all, tell((uint64_t)futex_word_wake_all(x)))
    ON(word, wake, tell((uint64_t)futex_word_wake(x, (int)n)))
    ON(pmutex, lock, say(UNTIL(pmutex_lock, x)))
    ON(pmutex, try_lock, tell(futex_pmutex_try_lock(x)))
    ON(pmutex, unlock, say(futex_pmutex_unlock(x)))
    ON(pmutex, is_locked, tell(futex_pmutex_is_locked(x)))
    ON(pmutex, waiters, tell(futex_pmutex_waiters(x)))
    ON(pcondition, wait, say(UNTIL(pcondition_wait, x, MUTEX(n))))
    ON(pcondition, signal, futex_pcondition_signal(x); say(FUTEX_DONE))
    ON(pcondition, signal_all, futex_pcondition_signal_all(x); say(FUTEX_DONE))
    ON(pcondition, waiters, tell(futex_pcondition_waiters(x)))
    ON(rw_mutex, read_lock, say(UNTIL(rw_mutex_read_lock, x)))
    ON(rw_mutex, write_lock, say(UNTIL(rw_mutex_write_lock, x)))
    ON(rw_mutex, try_read_lock, tell(futex_rw_mutex_try_read_lock(x)))
    ON(rw_mutex, try_write_lock, tell(futex_rw_mutex_try_write_lock(x)))
    ON(rw_mutex, read_unlock, say(futex_rw_mutex_read_unlock(x)))
    ON(rw_mutex, write_unlock, say(futex_rw_mutex_write_unlock(x)))
    ON(rw_mutex, downgrade, say(futex_rw_mutex_downgrade(x)))
    ON(semaphore, acquire, say(UNTIL(semaphore_acquire, x, (uint32_t)n)))
    ON(semaphore, try_acquire, tell(futex_semaphore_try_acquire(x, (uint32_t)n)))
    ON(semaphore, release, say(futex_semaphore_release(x, (uint32_t)n)))
    ON(semaphore, reduce, tell(futex_semaphore_reduce(x, (uint32_t)n)))
    ON(semaphore, permits, tell(futex_semaphore_permits(x)))
    ON(semaphore, waiters, tell(futex_semaphore_waiters(x)))
    ON(wait_group, add, say(futex_wait_group_add(x, (int32_t)n)))
    ON(wait_group, done, say(futex_wait_group_done(x)))
    ON(wait_group, wait, say(UNTIL(wait_group_wait, x)))
    ON(wait_group, count, tell(futex_wait_group_count(x)))
    ON(once, run, run_once(x, succeed, millis))
    ON(once, fail, run_once(x, fail_once, millis))
    ON(once, begin, say(UNTIL(once_begin, x)))
    ON(once, end, futex_once_end(x, n != 0); say(FUTEX_DONE))
    ON(once, is_done, tell(futex_once_is_done(x)))
    ON(event, open, say(futex_event_open(x, n != 0)))
    ON(event, set, say(futex_event_set(x)))
    ON(event, reset, say(futex_event_reset(x)))
    ON(event, is_set, tell(futex_event_is_set(x)))
    ON(event, wait, say(UNTIL(event_wait, x)))
    ON(barrier, open, say(futex_barrier_open(x, (uint32_t)n)))
    ON(barrier, wait, meet(x, millis))
    ON(barrier, reset, say(futex_barrier_reset(x)))
    ON(barrier, is_broken, tell(futex_barrier_is_broken(x)))
    ON(barrier, waiters, tell(futex_barrier_waiters(x)))
    ON(parker, park, say(UNTIL(parker_park, x)))
    ON(parker, unpark, futex_parker_unpark(x); say(FUTEX_DONE))
    struct question question = {(futex_word *)at + 1, (uint32_t)n};
    ON(doorbell, ring, futex_doorbell_ring(x); say(FUTEX_DONE))
    ON(doorbell, wait, say(UNTIL(doorbell_wait, x, is_answered, &question)))
    ON(doorbell, announce, futex_doorbell_announce(x); say(FUTEX_DONE))
    ON(doorbell, withdraw, futex_doorbell_withdraw(x); say(FUTEX_DONE))
    ON(doorbell, wait_ring, say(futex_doorbell_wait_ring_until(x, futex_after(millis * 1000000))))
    if (!strcmp(operation, "die_when_woken")) {
        dies_when_woken = true;
        say(FUTEX_DONE);
        return;
    }
    if (!strcmp(operation, "die_before_wake")) {
        dies_before_wake = true;
        say(FUTEX_DONE);
        return;
    }
    fail(operation);
}

int main(int argc, char **argv) {
    char line[200], operation[100];
    if (argc != 2) {
        fail("usage: FILE");
    }
    memory = map(argv[1], BYTES);
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin)) {
        long offset = 0, n = 0, millis = -1;
        if (sscanf(line, "%99s %ld %ld %ld", operation, &offset, &n, &millis) < 1) {
            fail(line);
        }
        play(operation, memory + offset, n, millis);
    }
    return 0;
}
