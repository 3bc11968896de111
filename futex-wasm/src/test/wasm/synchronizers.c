// A guest that uses the C header: its word, its mutex and its wait group.

#include "futex_sync.h"

#define EXPORT(name) __attribute__((export_name(#name)))

// Hands the word to the other side and waits until it comes back, so many times. Side 0 begins.
EXPORT(ping_pong) void ping_pong(futex_word *word, uint32_t me, int rounds) {
    for (int i = 0; i < rounds; i++) {
        for (uint32_t seen; (seen = futex_word_get(word)) != me;) {
            futex_word_wait(word, seen);
        }
        futex_word_set(word, 1 - me);
        futex_word_wake(word, 1);
    }
}

// Adds to a plain counter under the mutex.
EXPORT(count_under_mutex) void count_under_mutex(futex_pmutex *mutex, volatile int *counter, int times) {
    for (int i = 0; i < times; i++) {
        futex_pmutex_lock(mutex);
        *counter = *counter + 1;
        futex_pmutex_unlock(mutex);
    }
}

EXPORT(lock) enum futex_result lock(futex_pmutex *mutex) { return futex_pmutex_lock(mutex); }

EXPORT(try_lock) enum futex_result try_lock(futex_pmutex *mutex) { return futex_pmutex_lock_until(mutex, FUTEX_PAST); }

EXPORT(unlock) enum futex_result unlock(futex_pmutex *mutex) { return futex_pmutex_unlock(mutex); }

// Waits for each round of one group, begins the next, and ends one of the other group.
EXPORT(play_rounds) void play_rounds(futex_wait_group *forth, futex_wait_group *back, volatile int *counter, int rounds) {
    for (int i = 0; i < rounds; i++) {
        futex_wait_group_wait(forth);
        futex_wait_group_add(forth, 1);
        *counter = *counter + 1;
        futex_wait_group_done(back);
    }
}

EXPORT(done) enum futex_result done(futex_wait_group *group) { return futex_wait_group_done(group); }
