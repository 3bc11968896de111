/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared synchronizers of the futex library for the JVM, for C and C++. Whoever maps the same memory meets on them:
 * processes in Java, C, C++, and WebAssembly guests of a JVM (on a SharedWasmMemory that is mapped). One header, nothing
 * to link, C11 or C++20, gcc or clang.
 *
 * This file is the description of the layouts: what a struct holds, what its bits mean, and every step from one state
 * to the next. The tables of docs/layouts.md are made from it, and a test compares the Java classes with it.
 *
 *     futex_word        a 32-bit word to wait on                                      io.futex.FutexWord
 *     futex_pmutex      a lock                                                        io.futex.sync.PMutex
 *     futex_pcondition  a place to wait, without the lock, for what others do with it                PCondition
 *     futex_rw_mutex    a lock of many readers or one writer                                         RwMutex
 *     futex_semaphore   permits                                                                      Semaphore
 *     futex_wait_group  tasks to be waited for                                                       WaitGroup
 *     futex_once        something to be done once                                                    Once
 *     futex_event       a gate (manual-reset) or a turnstile (auto-reset)                            Event
 *     futex_barrier     rounds of several threads                                                    Barrier
 *     futex_parker      one thread that waits for a permit                                           Parker
 *     futex_doorbell    one thread that would else poll                                              Doorbell
 *     futex_robust_mutex  a lock that outlives the death of its owner (Linux)       io.futex.shared.RobustMutex
 *
 * - Zero-filled memory is the state to begin with. The bytes are in native order, so a file is for one machine.
 * - What waits has two forms: f(x), as long as it takes, and f_until(x, deadline). A deadline is a time of futex_now(),
 *   in nanoseconds: futex_after(nanos), FUTEX_FOREVER, or FUTEX_PAST, with which it looks once.
 * - What may not succeed returns a futex_result, FUTEX_DONE (zero) if it has; what only tries returns a bool.
 * - All atomic steps are sequentially consistent: what was done before a wake is visible to whom it lets go on.
 * - What a killed process leaves behind stands in docs/layouts.md.
 *
 * Systems: Linux, by futex(2). macOS, by os_sync_wait_on_address for programs that need 14.4, else by __ulock_wait2.
 * Windows, by WaitOnAddress, which knows threads of one process only: see below. WebAssembly with threads, by its
 * instructions; it has no clock, so FUTEX_SYNC_NOW() must say how to read one for what needs it.
 *
 * A new synchronizer is one more section like the others below: the struct with its bits, FUTEX_SYNC_SIZE and one
 * FUTEX_SYNC_OFFSET a field, and the functions; a line in the list above; and a table in docs/layouts.md.
 */
#ifndef FUTEX_SYNC_H
#define FUTEX_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if !defined(__GNUC__)
#error "futex_sync.h needs the atomic built-ins of gcc or clang (on Windows: MinGW)"
#elif __GCC_ATOMIC_INT_LOCK_FREE != 2 || __GCC_ATOMIC_LLONG_LOCK_FREE != 2
#error "futex_sync.h: processes cannot share words whose steps take a lock, as they do on this processor"
#endif

#if defined(__linux__)
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
/* What -std=c11 hides, as it is declared otherwise. */
#if !defined(__cplusplus)
extern long syscall(long number, ...);
#endif
#if defined(CLOCK_MONOTONIC)
#define FUTEX_SYNC_MONOTONIC CLOCK_MONOTONIC
#else
#define FUTEX_SYNC_MONOTONIC 1
extern int clock_gettime(int clock, struct timespec *time);
#endif
#elif defined(__APPLE__)
#include <errno.h>
#include <time.h>
#if defined(__MAC_OS_X_VERSION_MIN_REQUIRED) && __MAC_OS_X_VERSION_MIN_REQUIRED >= 140400
#include <os/os_sync_wait_on_address.h>
#define FUTEX_SYNC_OS_SYNC 1
#endif
#elif defined(_WIN32)
#ifndef FUTEX_SYNC_ONE_PROCESS
#error "Windows cannot wake a thread of another process: define FUTEX_SYNC_ONE_PROCESS if all who wait are in one"
#endif
#include <windows.h> /* link with -lsynchronization */
#elif defined(__wasm__)
#if !defined(__wasm_atomics__)
#error "futex_sync.h needs WebAssembly with threads (-matomics)"
#endif
#else
#error "futex_sync.h: no wait on a word of shared memory is known for this system"
#endif

/* Whether there is a clock, and so what cannot do without. */
#if !defined(__wasm__) || defined(FUTEX_SYNC_NOW)
#define FUTEX_SYNC_CLOCK 1
#endif

#ifdef __cplusplus
#define FUTEX_SYNC_ASSERT(holds, message) static_assert(holds, message)
#define FUTEX_SYNC_ALIGNMENT(type) alignof(type)
#else
#define FUTEX_SYNC_ASSERT(holds, message) _Static_assert(holds, message)
#define FUTEX_SYNC_ALIGNMENT(type) _Alignof(type)
#endif

/* The layouts, which do not change. */
#define FUTEX_SYNC_SIZE(type, bytes, alignment)                                                                        \
    FUTEX_SYNC_ASSERT(sizeof(type) == (bytes), #type " has " #bytes " bytes");                                         \
    FUTEX_SYNC_ASSERT(FUTEX_SYNC_ALIGNMENT(type) == (alignment), #type " is " #alignment "-aligned")
#define FUTEX_SYNC_OFFSET(type, field, offset)                                                                         \
    FUTEX_SYNC_ASSERT(offsetof(type, field) == (offset), #field " lies at " #offset)

/* --------------------------------------------------------------------------------------------------- results, time */

enum futex_result {
    FUTEX_DONE,      /* it has happened; of a wait on a word: woken, or for no reason */
    FUTEX_TIMED_OUT, /* the deadline has passed, never before */
    FUTEX_CHANGED,   /* the word holds another value */
    FUTEX_REFUSED,   /* nothing has happened: too many wait, or it was not held, or it is of another mode or size */
    FUTEX_BROKEN,    /* the barrier is broken */
    FUTEX_RUN,       /* the once is the caller's to run */
    FUTEX_FAILED,    /* the system has refused to wait (a filter, memory that is no more): errno says why */
    FUTEX_REPAIR     /* it is the caller's, but the owner before has died: what it guards may be half changed */
};

#define FUTEX_FOREVER INT64_MAX
#define FUTEX_PAST INT64_C(0)

/* How many a wake has woken, where the system does not tell. */
#define FUTEX_UNKNOWN (-1)

#define FUTEX_SYNC_SECOND INT64_C(1000000000)

#if defined(FUTEX_SYNC_CLOCK)

/* The time on the clock of deadlines, in nanoseconds; that of Java's System.nanoTime(). */
static inline int64_t futex_now(void) {
#if defined(FUTEX_SYNC_NOW)
    return FUTEX_SYNC_NOW();
#elif defined(_WIN32)
    LARGE_INTEGER frequency, ticks;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&ticks);
    return ticks.QuadPart / frequency.QuadPart * FUTEX_SYNC_SECOND
           + ticks.QuadPart % frequency.QuadPart * FUTEX_SYNC_SECOND / frequency.QuadPart;
#elif defined(__APPLE__)
    return (int64_t)clock_gettime_nsec_np(CLOCK_UPTIME_RAW);
#else
    struct timespec now;
    clock_gettime(FUTEX_SYNC_MONOTONIC, &now);
    return (int64_t)now.tv_sec * FUTEX_SYNC_SECOND + now.tv_nsec;
#endif
}

/* The deadline in so many nanoseconds. */
static inline int64_t futex_after(int64_t nanos) {
    if (nanos <= 0) {
        return FUTEX_PAST;
    }
    int64_t now = futex_now();
    return nanos < FUTEX_FOREVER - now ? now + nanos : FUTEX_FOREVER;
}

#endif

/* ------------------------------------------------------------------------------------------------ steps and sleeps */

/* The halves of a long are words as well. */
typedef uint32_t __attribute__((may_alias)) futex_sync_u32;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define FUTEX_SYNC_LOW 1
#else
#define FUTEX_SYNC_LOW 0
#endif

static inline futex_sync_u32 *futex_sync_low(uint64_t *state) { return (futex_sync_u32 *)state + FUTEX_SYNC_LOW; }

static inline futex_sync_u32 *futex_sync_high(uint64_t *state) { return (futex_sync_u32 *)state + !FUTEX_SYNC_LOW; }

static inline uint32_t futex_sync_load(const futex_sync_u32 *word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }

static inline uint64_t futex_sync_load64(const uint64_t *state) { return __atomic_load_n(state, __ATOMIC_SEQ_CST); }

static inline void futex_sync_store(futex_sync_u32 *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
}

/* Where it fails, `*found` is what is there. */
static inline bool futex_sync_cas(futex_sync_u32 *word, uint32_t *found, uint32_t value) {
    return __atomic_compare_exchange_n(word, found, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline bool futex_sync_cas64(uint64_t *state, uint64_t *found, uint64_t value) {
    return __atomic_compare_exchange_n(state, found, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline uint32_t futex_sync_add(futex_sync_u32 *word, uint32_t value) {
    return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST);
}

#if defined(__APPLE__) && !defined(FUTEX_SYNC_OS_SYNC)
/* bsd/sys/ulock.h of XNU; in libSystem, and in no public header. */
enum { FUTEX_SYNC_ULOCK = 0x01000003, FUTEX_SYNC_ULOCK_ALL = 0x100 }; /* shared, and -errno is returned */
#ifdef __cplusplus
extern "C" {
#endif
extern int __ulock_wait2(uint32_t operation, void *word, uint64_t value, uint64_t nanos, uint64_t unused);
extern int __ulock_wake(uint32_t operation, void *word, uint64_t unused);
#ifdef __cplusplus
}
#endif
#endif

/* One call of the system, which sleeps only if the word holds that value, and may end for no reason. */
static inline enum futex_result futex_sync_sleep_once(futex_sync_u32 *word, uint32_t value, int64_t deadline) {
#if defined(__linux__)
    struct {
        long seconds, nanos;
    } time = {(long)(deadline / FUTEX_SYNC_SECOND), (long)(deadline % FUTEX_SYNC_SECOND)};
    if (syscall(SYS_futex, word, FUTEX_WAIT_BITSET, value, deadline == FUTEX_FOREVER ? NULL : &time, NULL,
                FUTEX_BITSET_MATCH_ANY)
        == 0) {
        return FUTEX_DONE;
    }
    return errno == EAGAIN      ? FUTEX_CHANGED
           : errno == EINTR     ? FUTEX_DONE
           : errno == ETIMEDOUT ? FUTEX_TIMED_OUT
                                : FUTEX_FAILED;
#elif defined(__wasm__)
#if defined(FUTEX_SYNC_CLOCK)
    int64_t nanos = deadline == FUTEX_FOREVER ? -1 : deadline - futex_now();
    if (deadline != FUTEX_FOREVER && nanos <= 0) {
        return FUTEX_TIMED_OUT;
    }
#else
    int64_t nanos = -1;
    if (deadline != FUTEX_FOREVER) {
        __builtin_trap(); /* a deadline of no clock */
    }
#endif
    int end = __builtin_wasm_memory_atomic_wait32((int *)word, (int)value, nanos);
    return end == 0 ? FUTEX_DONE : end == 1 ? FUTEX_CHANGED : FUTEX_TIMED_OUT;
#else
    const int64_t longest = 24 * 3600 * FUTEX_SYNC_SECOND; /* to be repeated; the systems' own limits are near */
    int64_t nanos = deadline == FUTEX_FOREVER ? longest : deadline - futex_now();
    if (nanos <= 0) {
        return FUTEX_TIMED_OUT;
    }
    nanos = nanos < longest ? nanos : longest;
#if defined(_WIN32)
    DWORD millis = (DWORD)((nanos + 999999) / 1000000);
    if (WaitOnAddress(word, &value, sizeof value, millis) || GetLastError() == ERROR_TIMEOUT) {
        return FUTEX_DONE; /* its clock is coarse: who called looks at ours */
    }
    return FUTEX_FAILED;
#else
#if defined(FUTEX_SYNC_OS_SYNC)
    int end = os_sync_wait_on_address_with_timeout(word, value, sizeof value, OS_SYNC_WAIT_ON_ADDRESS_SHARED,
                                                   OS_CLOCK_MACH_ABSOLUTE_TIME, (uint64_t)nanos);
    int error = end < 0 ? errno : 0;
#else
    int end = __ulock_wait2(FUTEX_SYNC_ULOCK, word, value, (uint64_t)nanos, 0);
    int error = end < 0 ? -end : 0;
#endif
    /* EFAULT: the word is paged out, and who called reads it. ETIMEDOUT: so it looks at the clock. */
    if (error == 0 || error == EINTR || error == EFAULT || error == ETIMEDOUT) {
        return FUTEX_DONE;
    }
    errno = error;
    return FUTEX_FAILED;
#endif
#endif
}

/* The sleep of all synchronizers: FUTEX_DONE means look again. By the clock as well: who finds the word changed, each
   time again, never comes to wait for its deadline. */
static inline enum futex_result futex_sync_sleep(futex_sync_u32 *word, uint32_t value, int64_t deadline) {
    if (deadline <= FUTEX_PAST) {
        return FUTEX_TIMED_OUT;
    }
    enum futex_result end = futex_sync_sleep_once(word, value, deadline);
    if (end == FUTEX_TIMED_OUT || end == FUTEX_FAILED) {
        return end;
    }
#if defined(FUTEX_SYNC_CLOCK)
    if (deadline != FUTEX_FOREVER && futex_now() >= deadline) {
        return FUTEX_TIMED_OUT;
    }
#endif
    return FUTEX_DONE;
}

#define FUTEX_SYNC_ALL INT32_MAX

static inline int futex_sync_wake(futex_sync_u32 *word, int count) {
#if defined(__linux__)
    return (int)syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
#elif defined(__wasm__)
    return __builtin_wasm_memory_atomic_notify((int *)word, (unsigned)count);
#else
    /* One or all: to wake more than asked for is to wake them for no reason. */
#if defined(_WIN32)
    (count == 1 ? WakeByAddressSingle : WakeByAddressAll)(word);
#elif defined(FUTEX_SYNC_OS_SYNC)
    (count == 1 ? os_sync_wake_by_address_any : os_sync_wake_by_address_all)(word, sizeof *word,
                                                                             OS_SYNC_WAKE_BY_ADDRESS_SHARED);
#else
    __ulock_wake(FUTEX_SYNC_ULOCK | (count == 1 ? 0 : FUTEX_SYNC_ULOCK_ALL), word, 0);
#endif
    return FUTEX_UNKNOWN;
#endif
}

/* -------------------------------------------------------------------------------------------------------- FutexWord */

typedef struct futex_word {
    uint32_t value; /* what it means is yours to say */
} futex_word;

FUTEX_SYNC_SIZE(futex_word, 4, 4);
FUTEX_SYNC_OFFSET(futex_word, value, 0);

static inline uint32_t futex_word_get(const futex_word *word) { return futex_sync_load(&word->value); }

static inline void futex_word_set(futex_word *word, uint32_t value) { futex_sync_store(&word->value, value); }

/* Returns what was there before. */
static inline uint32_t futex_word_exchange(futex_word *word, uint32_t value) {
    return __atomic_exchange_n(&word->value, value, __ATOMIC_SEQ_CST);
}

/* Returns what was there before. */
static inline uint32_t futex_word_add(futex_word *word, uint32_t value) { return futex_sync_add(&word->value, value); }

/* Whether it was `*expected`; if not, that is now what it is. */
static inline bool futex_word_compare_exchange(futex_word *word, uint32_t *expected, uint32_t value) {
    return futex_sync_cas(&word->value, expected, value);
}

/* Sleeps if the word is `expected`, until it is woken or for no reason, so:

       while (futex_word_get(&word) == BUSY) {
           futex_word_wait(&word, BUSY);
       }

   Who wakes changes the word first. */
static inline enum futex_result futex_word_wait_until(futex_word *word, uint32_t expected, int64_t deadline) {
    if (futex_sync_load(&word->value) != expected) {
        return FUTEX_CHANGED;
    }
    enum futex_result end = deadline <= FUTEX_PAST ? FUTEX_TIMED_OUT
                                                   : futex_sync_sleep_once(&word->value, expected, deadline);
#if defined(FUTEX_SYNC_CLOCK)
    if (end == FUTEX_DONE && deadline != FUTEX_FOREVER && futex_now() >= deadline
        && futex_sync_load(&word->value) == expected) {
        return FUTEX_TIMED_OUT; /* some systems do not tell it from a wake */
    }
#endif
    return end;
}

static inline enum futex_result futex_word_wait(futex_word *word, uint32_t expected) {
    return futex_word_wait_until(word, expected, FUTEX_FOREVER);
}

/* That loop: returns as soon as the word is another than `value`. */
static inline enum futex_result futex_word_await_change_until(futex_word *word, uint32_t value, int64_t deadline) {
    enum futex_result over = FUTEX_DONE;
    while (futex_sync_load(&word->value) == value) {
        if (over != FUTEX_DONE) {
            return over;
        }
        over = futex_sync_sleep(&word->value, value, deadline);
    }
    return FUTEX_DONE;
}

static inline enum futex_result futex_word_await_change(futex_word *word, uint32_t value) {
    return futex_word_await_change_until(word, value, FUTEX_FOREVER);
}

/* Wakes so many of those that sleep on the word, or more. Returns how many, or FUTEX_UNKNOWN. */
static inline int futex_word_wake(futex_word *word, int count) {
    return count <= 0 ? 0 : futex_sync_wake(&word->value, count);
}

static inline int futex_word_wake_all(futex_word *word) { return futex_sync_wake(&word->value, FUTEX_SYNC_ALL); }

/* ----------------------------------------------------------------------------------------------------------- PMutex */

typedef struct futex_pmutex {
    uint32_t word;
#define FUTEX_PMUTEX_LOCKED 0x00000001u /* held */
#define FUTEX_PMUTEX_WOKEN 0x00000002u /* a woken thread is on its way, nobody else needs to be woken; only ever set in
                                          memory of `local` scope */
#define FUTEX_PMUTEX_RESERVED 0x00000004u /* only threads that have slept may take it, for one has waited too long; only
                                             ever set in `local` scope */
#define FUTEX_PMUTEX_SLEEPERS 0xFFFFFFF8u /* threads that have announced that they sleep, and have neither acquired it
                                             nor given up */
#define FUTEX_PMUTEX_SLEEPER 0x00000008u
} futex_pmutex;

FUTEX_SYNC_SIZE(futex_pmutex, 4, 4);
FUTEX_SYNC_OFFSET(futex_pmutex, word, 0);

static inline bool futex_pmutex_try_lock(futex_pmutex *mutex) {
    uint32_t s = futex_sync_load(&mutex->word);
    while (!(s & FUTEX_PMUTEX_LOCKED)) {
        if (futex_sync_cas(&mutex->word, &s, s | FUTEX_PMUTEX_LOCKED)) {
            return true;
        }
    }
    return false;
}

/* Not reentrant. Refused to one more than 536 870 911 that wait. */
static inline enum futex_result futex_pmutex_lock_until(futex_pmutex *mutex, int64_t deadline) {
    enum futex_result over = FUTEX_DONE;
    bool counted = false;
    uint32_t s = futex_sync_load(&mutex->word);
    for (;;) {
        if (!(s & FUTEX_PMUTEX_LOCKED)) { /* also when the time is over: the wake was perhaps for us */
            if (futex_sync_cas(&mutex->word, &s, (counted ? s - FUTEX_PMUTEX_SLEEPER : s) | FUTEX_PMUTEX_LOCKED)) {
                return FUTEX_DONE;
            }
        } else if (over != FUTEX_DONE) { /* who holds it wakes another */
            if (!counted || futex_sync_cas(&mutex->word, &s, s - FUTEX_PMUTEX_SLEEPER)) {
                return over;
            }
        } else if (deadline <= FUTEX_PAST) {
            return FUTEX_TIMED_OUT;
        } else if (!counted && (s & FUTEX_PMUTEX_SLEEPERS) == FUTEX_PMUTEX_SLEEPERS) {
            return FUTEX_REFUSED;
        } else if (counted || futex_sync_cas(&mutex->word, &s, s + FUTEX_PMUTEX_SLEEPER)) {
            s += counted ? 0 : FUTEX_PMUTEX_SLEEPER;
            counted = true;
            over = futex_sync_sleep(&mutex->word, s, deadline);
            s = futex_sync_load(&mutex->word);
        }
    }
}

static inline enum futex_result futex_pmutex_lock(futex_pmutex *mutex) {
    return futex_pmutex_lock_until(mutex, FUTEX_FOREVER);
}

/* Refused if nobody holds it; that it is the caller who does is not checked. */
static inline enum futex_result futex_pmutex_unlock(futex_pmutex *mutex) {
    if (!(futex_sync_load(&mutex->word) & FUTEX_PMUTEX_LOCKED)) {
        return FUTEX_REFUSED;
    }
    if (futex_sync_add(&mutex->word, 0 - FUTEX_PMUTEX_LOCKED) & FUTEX_PMUTEX_SLEEPERS) {
        futex_sync_wake(&mutex->word, 1);
    }
    return FUTEX_DONE;
}

static inline bool futex_pmutex_is_locked(const futex_pmutex *mutex) {
    return futex_sync_load(&mutex->word) & FUTEX_PMUTEX_LOCKED;
}

/* About how many sleep; too high if one was killed. */
static inline uint32_t futex_pmutex_waiters(const futex_pmutex *mutex) {
    return futex_sync_load(&mutex->word) / FUTEX_PMUTEX_SLEEPER;
}

/* ------------------------------------------------------------------------------------------------------- PCondition */

/* It belongs to one mutex, whose word may lie anywhere. All words are written only by who holds that mutex. */
typedef struct futex_pcondition {
    uint32_t sequence;  /* counts the signals for waiters; these sleep on it */
    uint32_t waiting;   /* threads between the beginning of a wait and its end, the lock regained */
    uint32_t signalled; /* how many signals have been sent to them and not yet ended a wait; not more than `waiting` */
    uint32_t doubt;     /* the sequence when a wait was last ended that may have taken the signal of one that began
                           before */
} futex_pcondition;

FUTEX_SYNC_SIZE(futex_pcondition, 16, 4);
FUTEX_SYNC_OFFSET(futex_pcondition, sequence, 0);
FUTEX_SYNC_OFFSET(futex_pcondition, waiting, 4);
FUTEX_SYNC_OFFSET(futex_pcondition, signalled, 8);
FUTEX_SYNC_OFFSET(futex_pcondition, doubt, 12);

/* Waits without the lock, and has it again whenever it returns. FUTEX_DONE: signalled, or rarely as if. Refused to one
   more than 2 147 483 647 that wait. */
static inline enum futex_result futex_pcondition_wait_until(futex_pcondition *condition, futex_pmutex *mutex,
                                                            int64_t deadline) {
    uint32_t waiting = futex_sync_load(&condition->waiting);
    if (waiting == INT32_MAX) {
        return FUTEX_REFUSED;
    }
    futex_sync_store(&condition->waiting, waiting + 1);
    const uint32_t ticket = futex_sync_load(&condition->sequence);
    uint32_t seen = ticket, signalled = 0;
    enum futex_result over = FUTEX_DONE;
    bool doubtful = false, ends = false;
    while (!ends && over == FUTEX_DONE) {
        futex_pmutex_unlock(mutex);
        /* A signal between the unlock and the sleep changes the word, so the sleep does not begin. */
        while (futex_sync_load(&condition->sequence) == seen && over == FUTEX_DONE) {
            over = futex_sync_sleep(&condition->sequence, seen, deadline);
        }
        while (futex_pmutex_lock(mutex) != FUTEX_DONE) { /* what cannot be slept on is polled: it must not be without */
        }
        seen = futex_sync_load(&condition->sequence);
        signalled = futex_sync_load(&condition->signalled);
        /* If all signals since have been taken, they were for others; unless one may have been for us. */
        doubtful = seen - futex_sync_load(&condition->doubt) < seen - ticket;
        ends = seen != ticket && (signalled || doubtful);
    }
    if (ends && signalled) {
        /* More signals than have been sent since: some are for waits that began before. In doubt all of them end. */
        if (signalled > seen - ticket || doubtful) {
            futex_sync_store(&condition->doubt, seen);
        }
        futex_sync_store(&condition->signalled, signalled - 1);
    }
    futex_sync_add(&condition->waiting, 0u - 1);
    return ends ? FUTEX_DONE : over;
}

static inline enum futex_result futex_pcondition_wait(futex_pcondition *condition, futex_pmutex *mutex) {
    return futex_pcondition_wait_until(condition, mutex, FUTEX_FOREVER);
}

static inline void futex_sync_signal(futex_pcondition *condition, bool all) {
    uint32_t signalled = futex_sync_load(&condition->signalled), waiting = futex_sync_load(&condition->waiting);
    if (signalled < waiting) {
        uint32_t signals = all ? waiting - signalled : 1;
        futex_sync_add(&condition->sequence, signals);
        /* Within the lock: who begins to wait later must not be asleep to catch it. */
        futex_sync_wake(&condition->sequence, all ? FUTEX_SYNC_ALL : 1);
        futex_sync_store(&condition->signalled, signalled + signals);
    }
}

/* With the mutex locked: ends one wait, if anybody waits. */
static inline void futex_pcondition_signal(futex_pcondition *condition) { futex_sync_signal(condition, false); }

/* With the mutex locked: ends all waits. */
static inline void futex_pcondition_signal_all(futex_pcondition *condition) { futex_sync_signal(condition, true); }

static inline uint32_t futex_pcondition_waiters(const futex_pcondition *condition) {
    return futex_sync_load(&condition->waiting);
}

/* ---------------------------------------------------------------------------------------------------------- RwMutex */

typedef struct futex_rw_mutex {
    uint32_t state;
#define FUTEX_RW_MUTEX_READERS 0x03FFFFFFu /* while no writer holds it: how many readers do, at most 2^25 */
#define FUTEX_RW_MUTEX_READERS_PERHAPS 0x00000001u /* while a writer holds it: readers sleep perhaps, and nobody has
                                                      been woken for them */
#define FUTEX_RW_MUTEX_WRITERS_PERHAPS 0x04000000u /* without WRITERS_WAIT: the same of writers; beside it: one of them
                                                      has been woken */
#define FUTEX_RW_MUTEX_READERS_WAIT 0x08000000u /* readers sleep, and nobody has been woken for them */
#define FUTEX_RW_MUTEX_READERS_FIRST 0x10000000u /* no writer may take it before a reader that has slept */
#define FUTEX_RW_MUTEX_WRITERS_FIRST 0x20000000u /* nobody that comes may take it before a writer that has slept */
#define FUTEX_RW_MUTEX_WRITERS_WAIT 0x40000000u /* writers sleep, or one is on its way: readers that come queue up */
#define FUTEX_RW_MUTEX_WRITER 0x80000000u /* a writer holds it */
#define FUTEX_RW_MUTEX_FULL 0x02000000u
#define FUTEX_RW_MUTEX_HELD (FUTEX_RW_MUTEX_WRITER | FUTEX_RW_MUTEX_READERS)
    uint32_t readers_turn; /* readers sleep on it */
#define FUTEX_RW_MUTEX_TURN 0xFFFFFF00u /* counts the wakes of all readers */
#define FUTEX_RW_MUTEX_DEPUTIES 0x000000FFu /* counts the wakes of one whose turn it is not, to look after the others */
#define FUTEX_RW_MUTEX_ONE_TURN 0x00000100u
    uint32_t writers_turn; /* counts the wakes of writers, who sleep on it */
} futex_rw_mutex;

FUTEX_SYNC_SIZE(futex_rw_mutex, 12, 4);
FUTEX_SYNC_OFFSET(futex_rw_mutex, state, 0);
FUTEX_SYNC_OFFSET(futex_rw_mutex, readers_turn, 4);
FUTEX_SYNC_OFFSET(futex_rw_mutex, writers_turn, 8);

#if defined(FUTEX_SYNC_CLOCK)

/* For how long to sleep at most: whoever is on the way may have been killed. And after how long of waiting a thread
   bars the way of those that come. */
#define FUTEX_SYNC_TRUST (FUTEX_SYNC_SECOND / 10)
#define FUTEX_SYNC_PATIENCE (FUTEX_SYNC_SECOND / 1000)

/* Whether a writer sleeps, or perhaps, and none has been woken. */
static inline bool futex_sync_writer_due(uint32_t s) {
    return !(s & FUTEX_RW_MUTEX_WRITERS_WAIT) != !(s & FUTEX_RW_MUTEX_WRITERS_PERHAPS);
}

static inline uint32_t futex_sync_writers_next(uint32_t next) {
    return futex_sync_writer_due(next) ? next ^ FUTEX_RW_MUTEX_WRITERS_PERHAPS : next;
}

static inline bool futex_sync_readers_asleep(uint32_t s) {
    return (s & FUTEX_RW_MUTEX_READERS_WAIT) || ((s & FUTEX_RW_MUTEX_WRITER) && (s & FUTEX_RW_MUTEX_READERS_PERHAPS));
}

static inline void futex_sync_wake_readers(futex_rw_mutex *mutex, uint32_t turn, int count) {
    futex_sync_add(&mutex->readers_turn, turn);
    futex_sync_wake(&mutex->readers_turn, count);
}

static inline void futex_sync_wake_writer(futex_rw_mutex *mutex) {
    futex_sync_add(&mutex->writers_turn, 1);
    futex_sync_wake(&mutex->writers_turn, 1);
}

/* Wakes whom a step has let in. */
static inline void futex_sync_rw_opened(futex_rw_mutex *mutex, uint32_t s, uint32_t next) {
    if (futex_sync_readers_asleep(s) && !futex_sync_readers_asleep(next)) {
        futex_sync_wake_readers(mutex, FUTEX_RW_MUTEX_ONE_TURN, FUTEX_SYNC_ALL);
    }
    if (futex_sync_writer_due(s) && !futex_sync_writer_due(next)) {
        futex_sync_wake_writer(mutex);
    }
}

/* Gives up having announced itself. A writer does not know whether it was the last, or was the one woken: it clears the
   flags, and wakes another. Whoever has left the lock open wakes one of the kind whose turn it is not. */
static inline void futex_sync_rw_leave(futex_rw_mutex *mutex, bool write) {
    uint32_t s = futex_sync_load(&mutex->state), next;
    bool writing;
    do {
        writing = s & FUTEX_RW_MUTEX_WRITER;
        if (write) {
            next = s
                   & ~(FUTEX_RW_MUTEX_WRITERS_PERHAPS | FUTEX_RW_MUTEX_WRITERS_FIRST | FUTEX_RW_MUTEX_WRITERS_WAIT);
            next = writing ? next : next & ~FUTEX_RW_MUTEX_READERS_WAIT;
        } else {
            next = s & ~FUTEX_RW_MUTEX_READERS_FIRST;
            if (!writing) {
                next = s & FUTEX_RW_MUTEX_HELD ? next : futex_sync_writers_next(next);
            } else if (s & FUTEX_RW_MUTEX_READERS_WAIT) {
                next = (next & ~FUTEX_RW_MUTEX_READERS_WAIT) | FUTEX_RW_MUTEX_READERS_PERHAPS;
            }
        }
    } while (next != s && !futex_sync_cas(&mutex->state, &s, next));
    bool open = !(next & FUTEX_RW_MUTEX_HELD);
    if (futex_sync_readers_asleep(s) && !futex_sync_readers_asleep(next)) {
        futex_sync_wake_readers(mutex, FUTEX_RW_MUTEX_ONE_TURN, FUTEX_SYNC_ALL);
    } else if (open && (next & FUTEX_RW_MUTEX_READERS_WAIT)) {
        futex_sync_wake_readers(mutex, 1, 1);
    }
    if (write || (futex_sync_writer_due(s) && !futex_sync_writer_due(next)) || (open && futex_sync_writer_due(next))) {
        futex_sync_wake_writer(mutex);
    }
}

/* Whether it may be taken; `counted`: by who has announced itself; `turned`: and whose turn has come since. */
static inline bool futex_sync_rw_open(uint32_t s, bool write, bool counted, bool turned) {
    if (!write) { /* writers that wait stop a reader that has just come, else overlapping readers would keep them out */
        return !(s
                 & (turned ? FUTEX_RW_MUTEX_WRITER
                           : FUTEX_RW_MUTEX_WRITER | FUTEX_RW_MUTEX_WRITERS_FIRST | FUTEX_RW_MUTEX_WRITERS_WAIT));
    }
    if (s & (FUTEX_RW_MUTEX_HELD | FUTEX_RW_MUTEX_READERS_FIRST)) {
        return false;
    }
    return counted ? !(s & FUTEX_RW_MUTEX_WRITERS_WAIT) || (s & FUTEX_RW_MUTEX_WRITERS_PERHAPS)
                   : !(s & FUTEX_RW_MUTEX_WRITERS_FIRST);
}

static inline uint32_t futex_sync_rw_taken(uint32_t s, bool write, bool counted) {
    if (!write) {
        return (s + 1) & ~(counted ? FUTEX_RW_MUTEX_READERS_FIRST : 0u);
    }
    uint32_t next = s | FUTEX_RW_MUTEX_WRITER;
    if (s & FUTEX_RW_MUTEX_READERS_WAIT) {
        next = (next & ~FUTEX_RW_MUTEX_READERS_WAIT) | FUTEX_RW_MUTEX_READERS_PERHAPS;
    }
    if (counted) { /* whether other writers sleep, it does not know */
        next = (next | FUTEX_RW_MUTEX_WRITERS_PERHAPS) & ~(FUTEX_RW_MUTEX_WRITERS_WAIT | FUTEX_RW_MUTEX_WRITERS_FIRST);
    }
    return next;
}

/* The state in which it may sleep. */
static inline uint32_t futex_sync_rw_announced(uint32_t s, bool write) {
    if (!write) {
        return s | FUTEX_RW_MUTEX_READERS_WAIT;
    }
    if (s & (FUTEX_RW_MUTEX_HELD | FUTEX_RW_MUTEX_READERS_FIRST)) {
        return (s | FUTEX_RW_MUTEX_WRITERS_WAIT) & ~FUTEX_RW_MUTEX_WRITERS_PERHAPS;
    }
    return s & FUTEX_RW_MUTEX_WRITERS_WAIT
               ? s
               : s | FUTEX_RW_MUTEX_WRITERS_WAIT | FUTEX_RW_MUTEX_WRITERS_PERHAPS;
}

/* The state that bars the way of those that come. */
static inline uint32_t futex_sync_rw_reserved(uint32_t s, bool write) {
    if (!write) {
        return s & FUTEX_RW_MUTEX_WRITER ? s | FUTEX_RW_MUTEX_READERS_FIRST : s;
    }
    return (s & FUTEX_RW_MUTEX_HELD) && !(s & FUTEX_RW_MUTEX_READERS_FIRST) ? s | FUTEX_RW_MUTEX_WRITERS_FIRST : s;
}

static inline enum futex_result futex_sync_rw_lock(futex_rw_mutex *mutex, bool write, int64_t deadline) {
    futex_sync_u32 *turn = write ? &mutex->writers_turn : &mutex->readers_turn;
    enum futex_result over = FUTEX_DONE;
    bool counted = false;
    uint32_t first = 0;
    int64_t since = 0;
    for (;;) {
        uint32_t t = futex_sync_load(turn), s = futex_sync_load(&mutex->state); /* in this order */
        if (futex_sync_rw_open(s, write, counted, counted && ((t ^ first) & FUTEX_RW_MUTEX_TURN))) {
            if (!write && (s & FUTEX_RW_MUTEX_FULL)) {
                over = FUTEX_REFUSED;
            } else if (futex_sync_cas(&mutex->state, &s, futex_sync_rw_taken(s, write, counted))) {
                return FUTEX_DONE;
            } else {
                continue;
            }
        }
        if (over != FUTEX_DONE) {
            if (counted) {
                futex_sync_rw_leave(mutex, write);
            }
            return over;
        }
        int64_t now = futex_now();
        if (counted && now - since > FUTEX_SYNC_PATIENCE) {
            uint32_t reserved = futex_sync_rw_reserved(s, write);
            if (reserved != s) {
                futex_sync_cas(&mutex->state, &s, reserved);
                continue;
            }
        }
        uint32_t value = futex_sync_rw_announced(s, write);
        if (value != s && !futex_sync_cas(&mutex->state, &s, value)) {
            continue;
        }
        if (!counted) {
            counted = true;
            first = t;
            since = now;
        }
        int64_t until = deadline - now > FUTEX_SYNC_TRUST ? now + FUTEX_SYNC_TRUST : deadline;
        over = futex_sync_sleep(turn, t, until);
        if (over == FUTEX_TIMED_OUT && until != deadline) {
            over = FUTEX_DONE;
            /* Nobody has come to an open lock for so long: who was on the way was killed. All look for themselves. */
            if (!(value & FUTEX_RW_MUTEX_HELD) && futex_sync_load(turn) == t
                && futex_sync_cas(&mutex->state, &value, 0)) {
                futex_sync_wake_readers(mutex, FUTEX_RW_MUTEX_ONE_TURN, FUTEX_SYNC_ALL);
                futex_sync_wake_writer(mutex);
            }
        }
    }
}

/* Past writers that wait, but for one that has waited for long. */
static inline bool futex_rw_mutex_try_read_lock(futex_rw_mutex *mutex) {
    uint32_t s = futex_sync_load(&mutex->state);
    while (!(s & (FUTEX_RW_MUTEX_WRITER | FUTEX_RW_MUTEX_WRITERS_FIRST | FUTEX_RW_MUTEX_FULL))) {
        if (futex_sync_cas(&mutex->state, &s, s + 1)) {
            return true;
        }
    }
    return false;
}

static inline bool futex_rw_mutex_try_write_lock(futex_rw_mutex *mutex) {
    uint32_t s = futex_sync_load(&mutex->state);
    while (futex_sync_rw_open(s, true, false, false)) {
        if (futex_sync_cas(&mutex->state, &s, futex_sync_rw_taken(s, true, false))) {
            return true;
        }
    }
    return false;
}

/* Refused to one more than 33 554 432 readers. */
static inline enum futex_result futex_rw_mutex_read_lock_until(futex_rw_mutex *mutex, int64_t deadline) {
    if (deadline <= FUTEX_PAST) {
        return futex_rw_mutex_try_read_lock(mutex) ? FUTEX_DONE : FUTEX_TIMED_OUT;
    }
    return futex_sync_rw_lock(mutex, false, deadline);
}

static inline enum futex_result futex_rw_mutex_read_lock(futex_rw_mutex *mutex) {
    return futex_sync_rw_lock(mutex, false, FUTEX_FOREVER);
}

static inline enum futex_result futex_rw_mutex_write_lock_until(futex_rw_mutex *mutex, int64_t deadline) {
    if (deadline <= FUTEX_PAST) {
        return futex_rw_mutex_try_write_lock(mutex) ? FUTEX_DONE : FUTEX_TIMED_OUT;
    }
    return futex_sync_rw_lock(mutex, true, deadline);
}

static inline enum futex_result futex_rw_mutex_write_lock(futex_rw_mutex *mutex) {
    return futex_sync_rw_lock(mutex, true, FUTEX_FOREVER);
}

/* Refused if there are no readers. */
static inline enum futex_result futex_rw_mutex_read_unlock(futex_rw_mutex *mutex) {
    uint32_t s = futex_sync_load(&mutex->state), next;
    do {
        if ((s & FUTEX_RW_MUTEX_WRITER) || !(s & FUTEX_RW_MUTEX_READERS)) {
            return FUTEX_REFUSED;
        }
        next = s - 1;
        next = next & FUTEX_RW_MUTEX_READERS ? next : futex_sync_writers_next(next);
    } while (!futex_sync_cas(&mutex->state, &s, next));
    futex_sync_rw_opened(mutex, s, next);
    return FUTEX_DONE;
}

static inline enum futex_result futex_sync_rw_write_unlock(futex_rw_mutex *mutex, bool downgrade) {
    uint32_t s = futex_sync_load(&mutex->state), next;
    do {
        if (!(s & FUTEX_RW_MUTEX_WRITER)) {
            return FUTEX_REFUSED;
        }
        next = s
               & ~(FUTEX_RW_MUTEX_WRITER | FUTEX_RW_MUTEX_READERS_PERHAPS | FUTEX_RW_MUTEX_READERS_WAIT);
        if (downgrade) { /* a writer that waits perhaps is woken to say so; one that does, the last reader will wake */
            next += 1;
            next = next & FUTEX_RW_MUTEX_WRITERS_WAIT ? next : next & ~FUTEX_RW_MUTEX_WRITERS_PERHAPS;
        } else if (!((s & FUTEX_RW_MUTEX_READERS_WAIT) && (s & FUTEX_RW_MUTEX_WRITERS_WAIT))) {
            next = futex_sync_writers_next(next); /* else it is the readers' turn */
        }
    } while (!futex_sync_cas(&mutex->state, &s, next));
    futex_sync_rw_opened(mutex, s, next);
    return FUTEX_DONE;
}

/* Refused if no writer holds it; that it is the caller who does is not checked. */
static inline enum futex_result futex_rw_mutex_write_unlock(futex_rw_mutex *mutex) {
    return futex_sync_rw_write_unlock(mutex, false);
}

/* Turns the write lock into a read lock; no writer comes in between. */
static inline enum futex_result futex_rw_mutex_downgrade(futex_rw_mutex *mutex) {
    return futex_sync_rw_write_unlock(mutex, true);
}

#endif

/* -------------------------------------------------------------------------------------------------------- Semaphore */

typedef struct futex_semaphore {
    uint64_t state __attribute__((aligned(8)));
#define FUTEX_SEMAPHORE_PERMITS 0x000000007FFFFFFFull /* how many there are; who wants one sleeps on this half */
#define FUTEX_SEMAPHORE_WOKEN 0x0000000080000000ull /* a woken thread is on its way, nobody else needs to be woken; only
                                                       ever set in memory of `local` scope */
#define FUTEX_SEMAPHORE_SLEEPERS 0x1FFFFFFF00000000ull /* threads that want one permit, and sleep or are about to */
#define FUTEX_SEMAPHORE_SEVERAL 0x2000000000000000ull /* threads that want several sleep on `bulk`, or are about to */
#define FUTEX_SEMAPHORE_SLEEPER 0x0000000100000000ull
    uint32_t bulk;  /* counted up before those who want several permits are woken */
    uint32_t least; /* while SEVERAL is set: what the most modest of these wants; 0 if that is not known */
} futex_semaphore;

FUTEX_SYNC_SIZE(futex_semaphore, 16, 8);
FUTEX_SYNC_OFFSET(futex_semaphore, state, 0);
FUTEX_SYNC_OFFSET(futex_semaphore, bulk, 8);
FUTEX_SYNC_OFFSET(futex_semaphore, least, 12);

static inline uint32_t futex_sync_permits(uint64_t s) { return (uint32_t)(s & FUTEX_SEMAPHORE_PERMITS); }

/* One permit of a semaphore or an auto-reset event, which has the same bits. */
static inline enum futex_result futex_sync_take_one(uint64_t *state, int64_t deadline) {
    enum futex_result over = FUTEX_DONE;
    bool counted = false;
    uint64_t s = futex_sync_load64(state);
    for (;;) {
        if (futex_sync_permits(s)) { /* also when the time is over: the wake was perhaps for us */
            if (futex_sync_cas64(state, &s, s - 1 - (counted ? FUTEX_SEMAPHORE_SLEEPER : 0))) {
                return FUTEX_DONE;
            }
        } else if (over != FUTEX_DONE) {
            if (!counted || futex_sync_cas64(state, &s, s - FUTEX_SEMAPHORE_SLEEPER)) {
                return over;
            }
        } else if (deadline <= FUTEX_PAST) {
            return FUTEX_TIMED_OUT;
        } else if (counted) {
            over = futex_sync_sleep(futex_sync_low(state), 0, deadline);
            s = futex_sync_load64(state);
        } else if ((s & FUTEX_SEMAPHORE_SLEEPERS) == FUTEX_SEMAPHORE_SLEEPERS) {
            return FUTEX_REFUSED;
        } else if (futex_sync_cas64(state, &s, s + FUTEX_SEMAPHORE_SLEEPER)) {
            counted = true;
        }
    }
}

/* Several at once, if there are so many. */
static inline bool futex_semaphore_try_acquire(futex_semaphore *semaphore, uint32_t n) {
    uint64_t s = futex_sync_load64(&semaphore->state);
    while (futex_sync_permits(s) >= n) {
        if (futex_sync_cas64(&semaphore->state, &s, s - n)) {
            return true;
        }
    }
    return false;
}

/* Several at once. Refused to one more than 536 870 911 that wait, and for more than 2 147 483 647. */
static inline enum futex_result futex_semaphore_acquire_until(futex_semaphore *semaphore, uint32_t n,
                                                              int64_t deadline) {
    enum futex_result over = deadline <= FUTEX_PAST ? FUTEX_TIMED_OUT : FUTEX_DONE;
    if (n > FUTEX_SEMAPHORE_PERMITS) {
        return FUTEX_REFUSED;
    }
    if (n == 1) {
        return futex_sync_take_one(&semaphore->state, deadline);
    }
    for (;;) {
        uint32_t bulk = futex_sync_load(&semaphore->bulk), least = futex_sync_load(&semaphore->least);
        if (futex_semaphore_try_acquire(semaphore, n)) {
            return FUTEX_DONE;
        }
        if (over != FUTEX_DONE) {
            return over;
        }
        /* Says what is wanted, then looks; who releases adds, then looks what is wanted: one sees the other. */
        while ((!least || least > n) && !futex_sync_cas(&semaphore->least, &least, n)) {
        }
        uint64_t s = futex_sync_load64(&semaphore->state);
        while (futex_sync_permits(s) < n && !(s & FUTEX_SEMAPHORE_SEVERAL)
               && !futex_sync_cas64(&semaphore->state, &s, s | FUTEX_SEMAPHORE_SEVERAL)) {
        }
        if (futex_sync_permits(s) < n) {
            over = futex_sync_sleep(&semaphore->bulk, bulk, deadline);
        }
    }
}

static inline enum futex_result futex_semaphore_acquire(futex_semaphore *semaphore, uint32_t n) {
    return futex_semaphore_acquire_until(semaphore, n, FUTEX_FOREVER);
}

/* Takes permits away, at most so many, and returns how many. */
static inline uint32_t futex_semaphore_reduce(futex_semaphore *semaphore, uint32_t most) {
    uint64_t s = futex_sync_load64(&semaphore->state);
    for (;;) {
        uint32_t n = futex_sync_permits(s) < most ? futex_sync_permits(s) : most;
        if (n == 0 || futex_sync_cas64(&semaphore->state, &s, s - n)) {
            return n;
        }
    }
}

/* Refused if there would be more than 2 147 483 647. */
static inline enum futex_result futex_semaphore_release(futex_semaphore *semaphore, uint32_t n) {
    uint64_t s = futex_sync_load64(&semaphore->state);
    do {
        if (n > FUTEX_SEMAPHORE_PERMITS - futex_sync_permits(s)) {
            return FUTEX_REFUSED;
        }
    } while (n != 0 && !futex_sync_cas64(&semaphore->state, &s, s + n));
    if (n == 0) {
        return FUTEX_DONE;
    }
    if (s & FUTEX_SEMAPHORE_SLEEPERS) { /* also if each has its permit: who gave it may have been killed */
        futex_sync_wake(futex_sync_low(&semaphore->state), (int)n);
    }
    if ((s & FUTEX_SEMAPHORE_SEVERAL) && futex_sync_permits(s) + n >= futex_sync_load(&semaphore->least)) {
        s = futex_sync_load64(&semaphore->state);
        while ((s & FUTEX_SEMAPHORE_SEVERAL)
               && !futex_sync_cas64(&semaphore->state, &s, s & ~FUTEX_SEMAPHORE_SEVERAL)) {
        }
        if (s & FUTEX_SEMAPHORE_SEVERAL) { /* they are this thread's to wake, and judge for themselves */
            futex_sync_store(&semaphore->least, 0);
            futex_sync_add(&semaphore->bulk, 1);
            futex_sync_wake(&semaphore->bulk, FUTEX_SYNC_ALL);
        }
    }
    return FUTEX_DONE;
}

static inline uint32_t futex_semaphore_permits(const futex_semaphore *semaphore) {
    return futex_sync_permits(futex_sync_load64(&semaphore->state));
}

/* About how many sleep for one permit; too high if one was killed. */
static inline uint32_t futex_semaphore_waiters(const futex_semaphore *semaphore) {
    return (uint32_t)((futex_sync_load64(&semaphore->state) & FUTEX_SEMAPHORE_SLEEPERS) / FUTEX_SEMAPHORE_SLEEPER);
}

/* -------------------------------------------------------------------------------------------------------- WaitGroup */

typedef struct futex_wait_group {
    uint64_t state __attribute__((aligned(8)));
#define FUTEX_WAIT_GROUP_COUNT 0x000000001FFFFFFFull /* tasks that have not ended */
#define FUTEX_WAIT_GROUP_WAITERS 0x0000000080000000ull /* somebody waits, or did, so the end of this round must change
                                                          the generation */
#define FUTEX_WAIT_GROUP_GENERATION 0xFFFFFFFF00000000ull /* counts the rounds that ended with waiters, who sleep on
                                                             this half */
} futex_wait_group;

FUTEX_SYNC_SIZE(futex_wait_group, 8, 8);
FUTEX_SYNC_OFFSET(futex_wait_group, state, 0);

/* Refused if the count would fall below zero or exceed 536 870 911. */
static inline enum futex_result futex_wait_group_add(futex_wait_group *group, int32_t delta) {
    uint64_t s = futex_sync_load64(&group->state), next;
    bool ends;
    do {
        int64_t count = (int64_t)(s & FUTEX_WAIT_GROUP_COUNT) + delta;
        if (count < 0 || count > (int64_t)FUTEX_WAIT_GROUP_COUNT) {
            return FUTEX_REFUSED;
        }
        ends = count == 0 && (s & FUTEX_WAIT_GROUP_WAITERS);
        next = ends ? ((s >> 32) + 1) << 32 : s + (uint64_t)(int64_t)delta;
    } while (!futex_sync_cas64(&group->state, &s, next));
    if (ends) {
        futex_sync_wake(futex_sync_high(&group->state), FUTEX_SYNC_ALL);
    }
    return FUTEX_DONE;
}

static inline enum futex_result futex_wait_group_done(futex_wait_group *group) {
    return futex_wait_group_add(group, -1);
}

/* Any change of the generation since the first look means that the count was zero meanwhile. */
static inline enum futex_result futex_wait_group_wait_until(futex_wait_group *group, int64_t deadline) {
    enum futex_result over = FUTEX_DONE;
    uint64_t s = futex_sync_load64(&group->state);
    const uint32_t round = (uint32_t)(s >> 32);
    while ((s & FUTEX_WAIT_GROUP_COUNT) && (uint32_t)(s >> 32) == round) {
        if (over != FUTEX_DONE) {
            return over;
        }
        if (deadline <= FUTEX_PAST) {
            return FUTEX_TIMED_OUT;
        }
        if ((s & FUTEX_WAIT_GROUP_WAITERS) || futex_sync_cas64(&group->state, &s, s | FUTEX_WAIT_GROUP_WAITERS)) {
            over = futex_sync_sleep(futex_sync_high(&group->state), round, deadline);
            s = futex_sync_load64(&group->state);
        }
    }
    return FUTEX_DONE;
}

static inline enum futex_result futex_wait_group_wait(futex_wait_group *group) {
    return futex_wait_group_wait_until(group, FUTEX_FOREVER);
}

static inline uint32_t futex_wait_group_count(const futex_wait_group *group) {
    return (uint32_t)(futex_sync_load64(&group->state) & FUTEX_WAIT_GROUP_COUNT);
}

/* ------------------------------------------------------------------------------------------------------------- Once */

typedef struct futex_once {
    uint32_t state;
#define FUTEX_ONCE_NEW 0u /* not run yet */
#define FUTEX_ONCE_RUNNING 1u /* a body is running */
#define FUTEX_ONCE_AWAITED 3u /* a body is running, and somebody sleeps until it ends, or is about to */
#define FUTEX_ONCE_DONE 4u /* done */
} futex_once;

FUTEX_SYNC_SIZE(futex_once, 4, 4);
FUTEX_SYNC_OFFSET(futex_once, state, 0);

static inline bool futex_once_is_done(const futex_once *once) {
    return futex_sync_load(&once->state) == FUTEX_ONCE_DONE;
}

/* FUTEX_DONE: there is nothing left to do. FUTEX_RUN: it is the caller's, who then calls futex_once_end. Else another
   was still running when the deadline passed. */
static inline enum futex_result futex_once_begin_until(futex_once *once, int64_t deadline) {
    enum futex_result over = FUTEX_DONE;
    uint32_t s = futex_sync_load(&once->state);
    for (;;) {
        if (s == FUTEX_ONCE_DONE) {
            return FUTEX_DONE;
        }
        if (s == FUTEX_ONCE_NEW) {
            if (futex_sync_cas(&once->state, &s, FUTEX_ONCE_RUNNING)) {
                return FUTEX_RUN;
            }
        } else if (over != FUTEX_DONE) {
            return over;
        } else if (deadline <= FUTEX_PAST) {
            return FUTEX_TIMED_OUT;
        } else if (s == FUTEX_ONCE_AWAITED || futex_sync_cas(&once->state, &s, FUTEX_ONCE_AWAITED)) {
            over = futex_sync_sleep(&once->state, FUTEX_ONCE_AWAITED, deadline);
            s = futex_sync_load(&once->state);
        }
    }
}

static inline enum futex_result futex_once_begin(futex_once *once) {
    return futex_once_begin_until(once, FUTEX_FOREVER);
}

/* If it is not done, the next that comes or waits runs it. */
static inline void futex_once_end(futex_once *once, bool done) {
    uint32_t end = done ? FUTEX_ONCE_DONE : FUTEX_ONCE_NEW;
    if (__atomic_exchange_n(&once->state, end, __ATOMIC_SEQ_CST) == FUTEX_ONCE_AWAITED) {
        futex_sync_wake(&once->state, FUTEX_SYNC_ALL);
    }
}

/* Runs the body, unless one has been run; while another runs, waits for its end. The body says whether it has done what
   it should, must not use the same once, and in C++ must not throw. Returns FUTEX_DONE, or FUTEX_RUN if it was this
   body and has failed. */
static inline enum futex_result futex_once_run_until(futex_once *once, bool (*body)(void *), void *argument,
                                                     int64_t deadline) {
    enum futex_result begun = futex_once_begin_until(once, deadline);
    if (begun == FUTEX_RUN) {
        bool done = body(argument);
        futex_once_end(once, done);
        return done ? FUTEX_DONE : FUTEX_RUN;
    }
    return begun;
}

static inline enum futex_result futex_once_run(futex_once *once, bool (*body)(void *), void *argument) {
    return futex_once_run_until(once, body, argument, FUTEX_FOREVER);
}

/* ------------------------------------------------------------------------------------------------------------ Event */

typedef struct futex_event {
    uint64_t state __attribute__((aligned(8)));
#define FUTEX_EVENT_MODE 0xC000000000000000ull /* 0: nobody has opened it; 1: manual-reset; 2: auto-reset */
#define FUTEX_EVENT_SET 0x0000000000000001ull /* manual-reset: it is set; who waits sleeps on this half */
#define FUTEX_EVENT_WAITERS 0x0000000000000002ull /* manual-reset: somebody sleeps, or is about to: `set` must wake */
#define FUTEX_EVENT_ROUND 0x00000000FFFFFFFCull /* manual-reset: counted up by each `set` that finds it not set */
#define FUTEX_EVENT_PASSES 0x000000007FFFFFFFull /* auto-reset: passages given and not used yet, at most one more than
                                                    SLEEPERS; who waits sleeps on this half */
#define FUTEX_EVENT_WOKEN 0x0000000080000000ull /* auto-reset: one that was woken is on its way, nobody else needs to be
                                                   woken; only ever set in memory of `local` scope */
#define FUTEX_EVENT_SLEEPERS 0x1FFFFFFF00000000ull /* auto-reset: threads that sleep or are about to */
} futex_event;

FUTEX_SYNC_SIZE(futex_event, 8, 8);
FUTEX_SYNC_OFFSET(futex_event, state, 0);

enum futex_event_mode { FUTEX_EVENT_UNOPENED, FUTEX_EVENT_MANUAL, FUTEX_EVENT_AUTO };

static inline enum futex_event_mode futex_sync_mode(const futex_event *event) {
    return (enum futex_event_mode)(futex_sync_load64(&event->state) >> 62);
}

/* Before anything else, by all who use it. Refused if it is of the other mode. */
static inline enum futex_result futex_event_open(futex_event *event, bool auto_reset) {
    uint64_t mode = auto_reset ? FUTEX_EVENT_AUTO : FUTEX_EVENT_MANUAL;
    uint64_t s = futex_sync_load64(&event->state);
    while (!(s >> 62)) {
        if (futex_sync_cas64(&event->state, &s, s | mode << 62)) {
            return FUTEX_DONE;
        }
    }
    return s >> 62 == mode ? FUTEX_DONE : FUTEX_REFUSED;
}

/* Manual-reset: lets everybody pass until the next reset. Auto-reset: one that waits, or the next that comes. */
static inline enum futex_result futex_event_set(futex_event *event) {
    futex_sync_u32 *low = futex_sync_low(&event->state);
    switch (futex_sync_mode(event)) {
    case FUTEX_EVENT_MANUAL: {
        uint32_t s = futex_sync_load(low);
        /* The round changes: who sleeps knows, even if it is reset before that has looked. */
        while (!futex_sync_cas(low, &s, s & 1 ? s : ((s | 3) + 1) | 1)) {
        }
        if (s & FUTEX_EVENT_WAITERS) {
            futex_sync_wake(low, FUTEX_SYNC_ALL);
        }
        return FUTEX_DONE;
    }
    case FUTEX_EVENT_AUTO: {
        uint64_t s = futex_sync_load64(&event->state), more;
        do { /* written even if nothing changes: who passes sees what was done before */
            more = futex_sync_permits(s) <= (s & FUTEX_EVENT_SLEEPERS) >> 32;
        } while (!futex_sync_cas64(&event->state, &s, s + more));
        if (s & FUTEX_EVENT_SLEEPERS) {
            futex_sync_wake(low, 1);
        }
        return FUTEX_DONE;
    }
    default:
        return FUTEX_REFUSED;
    }
}

/* Whoever a set has let pass by then passes all the same. */
static inline enum futex_result futex_event_reset(futex_event *event) {
    switch (futex_sync_mode(event)) {
    case FUTEX_EVENT_MANUAL:
        __atomic_fetch_and(futex_sync_low(&event->state), ~(uint32_t)FUTEX_EVENT_SET, __ATOMIC_SEQ_CST);
        return FUTEX_DONE;
    case FUTEX_EVENT_AUTO: {
        uint64_t s = futex_sync_load64(&event->state);
        while (futex_sync_permits(s) > (s & FUTEX_EVENT_SLEEPERS) >> 32
               && !futex_sync_cas64(&event->state, &s, s - 1)) {
        }
        return FUTEX_DONE;
    }
    default:
        return FUTEX_REFUSED;
    }
}

static inline bool futex_event_is_set(const futex_event *event) {
    uint64_t s = futex_sync_load64(&event->state);
    return s >> 62 == FUTEX_EVENT_AUTO ? futex_sync_permits(s) > (s & FUTEX_EVENT_SLEEPERS) >> 32
                                       : (s & FUTEX_EVENT_SET) != 0;
}

/* Waits until it is set, and passes. Refused to one more than 536 870 911 that wait for an auto-reset one. */
static inline enum futex_result futex_event_wait_until(futex_event *event, int64_t deadline) {
    switch (futex_sync_mode(event)) {
    case FUTEX_EVENT_MANUAL: {
        futex_sync_u32 *low = futex_sync_low(&event->state);
        enum futex_result over = deadline <= FUTEX_PAST ? FUTEX_TIMED_OUT : FUTEX_DONE;
        uint32_t s = futex_sync_load(low);
        const uint32_t first = s; /* another round since: it was set meanwhile */
        while (!(s & FUTEX_EVENT_SET) && !((s ^ first) & FUTEX_EVENT_ROUND)) {
            if (over != FUTEX_DONE) {
                return over;
            }
            if ((s & FUTEX_EVENT_WAITERS) || futex_sync_cas(low, &s, s | (uint32_t)FUTEX_EVENT_WAITERS)) {
                over = futex_sync_sleep(low, s | (uint32_t)FUTEX_EVENT_WAITERS, deadline);
                s = futex_sync_load(low);
            }
        }
        return FUTEX_DONE;
    }
    case FUTEX_EVENT_AUTO:
        return futex_sync_take_one(&event->state, deadline);
    default:
        return FUTEX_REFUSED;
    }
}

static inline enum futex_result futex_event_wait(futex_event *event) {
    return futex_event_wait_until(event, FUTEX_FOREVER);
}

/* ---------------------------------------------------------------------------------------------------------- Barrier */

typedef struct futex_barrier {
    uint32_t parties; /* how many, 1 to 65 536; 0: nobody has said yet. Written once, by compare-and-exchange */
    uint32_t state;   /* all who wait sleep on it. The lowest bits, as many as parties - 1 takes (0 for one, 1 for 2, 2
                         for 3 and 4), say how many have arrived in this generation, less than the parties; if it is
                         broken, how many of them have not left yet */
#define FUTEX_BARRIER_POSITION 0x0FFFFFFFu /* those, and above them the generation, which comes round to 0 */
#define FUTEX_BARRIER_GIVEN_UP 0x30000000u /* how often others have given up on some that did not leave; comes round */
#define FUTEX_BARRIER_MODE 0xC0000000u /* 0; 2: broken; 3: broken by a reset, and whole again once all have left; 1: the
                                          action runs, in no memory of the caller */
#define FUTEX_BARRIER_ENDED 0x80000000u
#define FUTEX_BARRIER_RESET 0xC0000000u
#define FUTEX_BARRIER_ONE_GIVEN_UP 0x10000000u
} futex_barrier;

FUTEX_SYNC_SIZE(futex_barrier, 8, 4);
FUTEX_SYNC_OFFSET(futex_barrier, parties, 0);
FUTEX_SYNC_OFFSET(futex_barrier, state, 4);

#if defined(FUTEX_SYNC_CLOCK)

/* Before anything else, by all who use it: 1 to 65 536. Refused if it has another number of parties. */
static inline enum futex_result futex_barrier_open(futex_barrier *barrier, uint32_t parties) {
    uint32_t found = 0;
    if (parties < 1 || parties > 65536) {
        return FUTEX_REFUSED;
    }
    return futex_sync_cas(&barrier->parties, &found, parties) || found == parties ? FUTEX_DONE : FUTEX_REFUSED;
}

/* The bits that say how many have arrived. */
static inline uint32_t futex_sync_arrived(uint32_t parties) {
    return parties < 2 ? 0 : ~(uint32_t)0 >> __builtin_clz(parties - 1);
}

/* The beginning of the next generation, with nobody in it. */
static inline uint32_t futex_sync_next(uint32_t s, uint32_t arrived) {
    return (s & FUTEX_BARRIER_GIVEN_UP) | (((s | arrived) + 1) & FUTEX_BARRIER_POSITION);
}

static inline uint32_t futex_sync_broken(uint32_t s) { return (s & ~FUTEX_BARRIER_MODE) | FUTEX_BARRIER_ENDED; }

/* The end of the generation in which this thread has arrived. */
static inline enum futex_result futex_sync_await_end(futex_barrier *barrier, uint32_t mine, uint32_t arrived,
                                                     int64_t deadline) {
    enum futex_result over = FUTEX_DONE;
    for (;;) {
        uint32_t s = futex_sync_load(&barrier->state);
        if ((s & ~FUTEX_BARRIER_MODE & ~arrived) != mine) { /* one that is broken is not over before all have left it */
            return (s ^ mine) & FUTEX_BARRIER_GIVEN_UP ? FUTEX_BROKEN : FUTEX_DONE;
        }
        if ((s & FUTEX_BARRIER_ENDED) || over != FUTEX_DONE) {
            uint32_t next = s & FUTEX_BARRIER_ENDED ? s - 1 : futex_sync_broken(s - 1);
            if ((next & FUTEX_BARRIER_MODE) == FUTEX_BARRIER_RESET && !(next & arrived)) {
                next &= ~FUTEX_BARRIER_MODE; /* the last of them: who has come since may go on */
            }
            if (futex_sync_cas(&barrier->state, &s, next)) {
                if ((s ^ next) & FUTEX_BARRIER_ENDED) {
                    futex_sync_wake(&barrier->state, FUTEX_SYNC_ALL);
                }
                return s & FUTEX_BARRIER_ENDED ? FUTEX_BROKEN : over;
            }
        } else {
            over = futex_sync_sleep(&barrier->state, s, deadline);
        }
    }
}

/* Arrives, and waits until all parties have; `missing`, if not NULL, is how many were missing, 0 for the last one.
   Whose deadline passes breaks the barrier for all. Refused if nobody has opened it. */
static inline enum futex_result futex_barrier_wait_until(futex_barrier *barrier, uint32_t *missing, int64_t deadline) {
    const uint32_t parties = futex_sync_load(&barrier->parties), arrived = futex_sync_arrived(parties);
    uint32_t leaving = 0;
    int64_t patience = 0;
    if (parties == 0) {
        return FUTEX_REFUSED;
    }
    for (;;) {
        uint32_t s = futex_sync_load(&barrier->state);
        if ((s & FUTEX_BARRIER_MODE) == FUTEX_BARRIER_ENDED) {
            return FUTEX_BROKEN;
        }
        if ((s & FUTEX_BARRIER_MODE) == FUTEX_BARRIER_RESET) {
            /* Some have not left yet. If none does for a second they are taken for dead. */
            if (s != leaving) {
                leaving = s;
                patience = futex_after(FUTEX_SYNC_SECOND);
            }
            bool patient = deadline > patience;
            enum futex_result over = futex_sync_sleep(&barrier->state, s, patient ? patience : deadline);
            if (over == FUTEX_FAILED) {
                return over;
            }
            if (over == FUTEX_TIMED_OUT) {
                uint32_t without = (futex_sync_next(s, arrived) + FUTEX_BARRIER_ONE_GIVEN_UP) & ~FUTEX_BARRIER_MODE;
                if (futex_sync_cas(&barrier->state, &s, patient ? without : futex_sync_broken(s))) {
                    futex_sync_wake(&barrier->state, FUTEX_SYNC_ALL);
                    if (!patient) {
                        return over;
                    }
                }
            }
            continue;
        }
        uint32_t before = s & arrived;
        if (before == parties - 1) { /* the last one: one step, and the generation is over */
            if (futex_sync_cas(&barrier->state, &s, futex_sync_next(s, arrived))) {
                if (parties > 1) {
                    futex_sync_wake(&barrier->state, FUTEX_SYNC_ALL);
                }
                if (missing != NULL) {
                    *missing = 0;
                }
                return FUTEX_DONE;
            }
        } else if (futex_sync_cas(&barrier->state, &s, s + 1)) {
            if (missing != NULL) {
                *missing = parties - 1 - before;
            }
            return futex_sync_await_end(barrier, s & ~FUTEX_BARRIER_MODE & ~arrived, arrived, deadline);
        }
    }
}

static inline enum futex_result futex_barrier_wait(futex_barrier *barrier, uint32_t *missing) {
    return futex_barrier_wait_until(barrier, missing, FUTEX_FOREVER);
}

/* Makes a new generation: for those that wait it is broken; one that is broken is whole again. */
static inline enum futex_result futex_barrier_reset(futex_barrier *barrier) {
    const uint32_t parties = futex_sync_load(&barrier->parties);
    if (parties == 0) {
        return FUTEX_REFUSED;
    }
    uint32_t s = futex_sync_load(&barrier->state);
    while (!futex_sync_cas(&barrier->state, &s,
                           s & futex_sync_arrived(parties) ? s | FUTEX_BARRIER_RESET : s & ~FUTEX_BARRIER_MODE)) {
    }
    futex_sync_wake(&barrier->state, FUTEX_SYNC_ALL); /* in any case: who ended a generation may have been killed */
    return FUTEX_DONE;
}

static inline bool futex_barrier_is_broken(const futex_barrier *barrier) {
    return (futex_sync_load(&barrier->state) & FUTEX_BARRIER_MODE) == FUTEX_BARRIER_ENDED;
}

/* How many have arrived and wait for the others. */
static inline uint32_t futex_barrier_waiters(const futex_barrier *barrier) {
    uint32_t s = futex_sync_load(&barrier->state);
    return s & FUTEX_BARRIER_ENDED ? 0 : s & futex_sync_arrived(futex_sync_load(&barrier->parties));
}

#endif

/* ----------------------------------------------------------------------------------------------------------- Parker */

typedef struct futex_parker {
    uint32_t word;
#define FUTEX_PARKER_PERMIT 0x00000001u /* the next `park` returns at once */
#define FUTEX_PARKER_PARKED 0x00000002u /* the owner sleeps, or is about to: whoever sets PERMIT must wake it */
} futex_parker;

FUTEX_SYNC_SIZE(futex_parker, 4, 4);
FUTEX_SYNC_OFFSET(futex_parker, word, 0);

/* Waits for a permit and uses it up. By one thread at a time. */
static inline enum futex_result futex_parker_park_until(futex_parker *parker, int64_t deadline) {
    enum futex_result over = deadline <= FUTEX_PAST ? FUTEX_TIMED_OUT : FUTEX_DONE;
    uint32_t s = futex_sync_load(&parker->word);
    for (;;) {
        if (s & FUTEX_PARKER_PERMIT) { /* also when the time is over: its wake was for us */
            if (futex_sync_cas(&parker->word, &s, 0)) {
                return FUTEX_DONE;
            }
        } else if (over != FUTEX_DONE) {
            if (s == 0 || futex_sync_cas(&parker->word, &s, 0)) {
                return over;
            }
        } else if (s == FUTEX_PARKER_PARKED || futex_sync_cas(&parker->word, &s, FUTEX_PARKER_PARKED)) {
            over = futex_sync_sleep(&parker->word, FUTEX_PARKER_PARKED, deadline);
            s = futex_sync_load(&parker->word);
        }
    }
}

static inline enum futex_result futex_parker_park(futex_parker *parker) {
    return futex_parker_park_until(parker, FUTEX_FOREVER);
}

static inline void futex_parker_unpark(futex_parker *parker) {
    if (__atomic_fetch_or(&parker->word, FUTEX_PARKER_PERMIT, __ATOMIC_SEQ_CST) & FUTEX_PARKER_PARKED) {
        futex_sync_wake(&parker->word, 1);
    }
}

/* --------------------------------------------------------------------------------------------------------- Doorbell */

typedef struct futex_doorbell {
    uint32_t word;
#define FUTEX_DOORBELL_QUIET 0u /* nobody sleeps, or who does has been woken */
#define FUTEX_DOORBELL_ASLEEP 1u /* the waiter sleeps, or is about to: a ring must wake it */
#define FUTEX_DOORBELL_RUNG 2u /* a ring is about to wake the waiter, or was killed before it did */
} futex_doorbell;

FUTEX_SYNC_SIZE(futex_doorbell, 4, 4);
FUTEX_SYNC_OFFSET(futex_doorbell, word, 0);

/* After the publication, by any thread. */
static inline void futex_doorbell_ring(futex_doorbell *bell) {
    /* The publication before the look, as the waiter's announcement comes before its question: one sees the other. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint32_t s = futex_sync_load(&bell->word);
    if (s == FUTEX_DOORBELL_QUIET) {
        return;
    }
    s = FUTEX_DOORBELL_ASLEEP;
    if (futex_sync_cas(&bell->word, &s, FUTEX_DOORBELL_RUNG) || s == FUTEX_DOORBELL_RUNG) {
        /* Also after another's ring, which may be killed before it wakes. All: they are no more than one. */
        futex_sync_wake(&bell->word, FUTEX_SYNC_ALL);
        s = FUTEX_DOORBELL_RUNG;
        futex_sync_cas(&bell->word, &s, FUTEX_DOORBELL_QUIET);
    }
}

/* For who polls by itself: announces the sleep, polls once more, and then either withdraws or waits for a ring. */
static inline void futex_doorbell_announce(futex_doorbell *bell) {
    futex_sync_store(&bell->word, FUTEX_DOORBELL_ASLEEP);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void futex_doorbell_withdraw(futex_doorbell *bell) {
    uint32_t s = FUTEX_DOORBELL_ASLEEP;
    futex_sync_cas(&bell->word, &s, FUTEX_DOORBELL_QUIET);
}

/* After an announcement: sleeps unless somebody has rung since. May return for no reason: poll, and begin anew. */
static inline enum futex_result futex_doorbell_wait_ring_until(futex_doorbell *bell, int64_t deadline) {
    enum futex_result end = futex_sync_sleep(&bell->word, FUTEX_DOORBELL_ASLEEP, deadline);
    futex_doorbell_withdraw(bell);
    return end;
}

/* Waits until `ready` is true, which looks at what is published; by one thread at a time. */
static inline enum futex_result futex_doorbell_wait_until(futex_doorbell *bell, bool (*ready)(void *), void *argument,
                                                          int64_t deadline) {
    enum futex_result over = deadline <= FUTEX_PAST ? FUTEX_TIMED_OUT : FUTEX_DONE;
    while (!ready(argument)) {
        __atomic_thread_fence(__ATOMIC_ACQUIRE); /* for one that reads plainly: the next question reads later */
        if (over != FUTEX_DONE) {
            return over;
        }
        futex_doorbell_announce(bell);
        if (ready(argument)) {
            futex_doorbell_withdraw(bell);
            break;
        }
        over = futex_doorbell_wait_ring_until(bell, deadline);
    }
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return FUTEX_DONE;
}

static inline enum futex_result futex_doorbell_wait(futex_doorbell *bell, bool (*ready)(void *), void *argument) {
    return futex_doorbell_wait_until(bell, ready, argument, FUTEX_FOREVER);
}

#if defined(__linux__)
/* ------------------------------------------------------------------------------------------------------ RobustMutex */

typedef struct futex_robust_mutex {
    uint32_t word;
#define FUTEX_ROBUST_MUTEX_OWNER 0x3FFFFFFFu /* the thread that holds it, by gettid(2); 0: free */
#define FUTEX_ROBUST_MUTEX_OWNER_DIED 0x40000000u /* a thread has ended that held it, and nobody has marked it consistent
                                                     since; set by the kernel */
#define FUTEX_ROBUST_MUTEX_WAITERS 0x80000000u /* somebody may sleep, or is about to; kept by who lets go of it, and by who
                                                  takes it, until a wake has found nobody */
    uint32_t count; /* of acquisitions; changed with the word in one step of 64 bits, and by nobody else */
    uint32_t state;
#define FUTEX_ROBUST_MUTEX_NOT_RECOVERABLE 1u /* beside `OWNER_DIED`: nobody shall have it any more */
    uint32_t done; /* of a `RobustOnce`, which is one of these: 1 once a body has been run */
    uint64_t place; /* the first 32 bits of the boot id of who attached first, and in the lower half the inode of its PID
                       namespace; 0: nobody has. All others must be of the same */
    uint64_t prev; /* the kernel's robust list, of who holds it: libc's link back */
    uint64_t next; /* the same: what was locked before. Where `futex_offset` is not -32, it is elsewhere in what follows
                      `place` */
    uint64_t started; /* where the system has no such list, and `place` says so by its bit 31: when the owner was
                         started, by proc_pid_stat(5); on Windows by GetThreadTimes, on macOS the thread's 64-bit id */
    uint32_t at; /* the same: for which `count` that is */
    uint32_t unused; /* nothing yet */
    uint64_t rest; /* unused */
} futex_robust_mutex;

FUTEX_SYNC_SIZE(futex_robust_mutex, 64, 8);
FUTEX_SYNC_OFFSET(futex_robust_mutex, word, 0);
FUTEX_SYNC_OFFSET(futex_robust_mutex, count, 4);
FUTEX_SYNC_OFFSET(futex_robust_mutex, state, 8);
FUTEX_SYNC_OFFSET(futex_robust_mutex, done, 12);
FUTEX_SYNC_OFFSET(futex_robust_mutex, place, 16);
FUTEX_SYNC_OFFSET(futex_robust_mutex, prev, 24);
FUTEX_SYNC_OFFSET(futex_robust_mutex, next, 32);
FUTEX_SYNC_OFFSET(futex_robust_mutex, started, 40);
FUTEX_SYNC_OFFSET(futex_robust_mutex, at, 48);
FUTEX_SYNC_OFFSET(futex_robust_mutex, unused, 52);
FUTEX_SYNC_OFFSET(futex_robust_mutex, rest, 56);

/* The first two words, as one. */
typedef uint64_t __attribute__((may_alias)) futex_sync_u64;

static inline uint64_t futex_sync_pair(uint32_t word, uint32_t count) {
    return FUTEX_SYNC_LOW ? (uint64_t)word << 32 | count : (uint64_t)count << 32 | word;
}

static inline uint32_t futex_sync_pair_word(uint64_t pair) { return (uint32_t)(FUTEX_SYNC_LOW ? pair >> 32 : pair); }

static inline uint32_t futex_sync_pair_count(uint64_t pair) { return (uint32_t)(FUTEX_SYNC_LOW ? pair : pair >> 32); }

static inline uint64_t futex_sync_pair_of(const futex_robust_mutex *mutex) {
    return __atomic_load_n((const futex_sync_u64 *)(const void *)mutex, __ATOMIC_SEQ_CST);
}

static inline bool futex_sync_pair_cas(futex_robust_mutex *mutex, uint64_t *found, uint64_t value) {
    return __atomic_compare_exchange_n((futex_sync_u64 *)(void *)mutex, found, value, false, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

/* What libc has told the kernel of this thread. */
static inline struct robust_list_head *futex_sync_robust_list(void) {
    struct robust_list_head *head = NULL;
    size_t length;
    return syscall(SYS_get_robust_list, 0, &head, &length) == 0 ? head : NULL;
}

static inline struct robust_list *futex_sync_node(futex_robust_mutex *mutex) {
    return (struct robust_list *)(void *)&mutex->next;
}

/* Also keeps the compiler from moving what must come before or after. NULL: none. */
static inline void futex_sync_pending(struct robust_list_head *head, struct robust_list *node) {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    __atomic_store_n(&head->list_op_pending, node, __ATOMIC_RELEASE);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* The link back of a node, which stands before it. A pointer to a node has bit 0 set if it is of a mutex with priority
   inheritance. */
static inline struct robust_list **futex_sync_back(struct robust_list *node) {
    return (struct robust_list **)(void *)((uintptr_t)node & ~(uintptr_t)1) - 1;
}

/* The first 8 hexadecimal digits of the boot id, or the number of the PID namespace; 0 if nobody tells. */
static inline uint32_t futex_sync_boot(void) {
    enum { HERE = -100 }; /* AT_FDCWD */
    char text[9] = "";
    uint32_t number = 0;
    int file = (int)syscall(SYS_openat, HERE, "/proc/sys/kernel/random/boot_id", 0, 0);
    if (file >= 0) {
        if (syscall(SYS_read, file, text, 8) == 8) {
            for (int i = 0; i < 8; i++) {
                number = number << 4 | (uint32_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10);
            }
        }
        syscall(SYS_close, file);
    }
    return number;
}

static inline uint32_t futex_sync_pid_namespace(void) {
    enum { HERE = -100 };
    char text[64] = ""; /* pid:[4026531836] */
    uint32_t number = 0;
    long length = syscall(SYS_readlinkat, HERE, "/proc/self/ns/pid", text, sizeof text - 1);
    for (long i = 0; i < length; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            number = number * 10 + (uint32_t)(text[i] - '0');
        }
    }
    return number;
}

/* To be called before the first use. Refused in another PID namespace than the others', where threads have the same
   numbers, and where libc keeps its links elsewhere. One of another boot finds a lock whose users are all dead. */
static inline enum futex_result futex_robust_mutex_open(futex_robust_mutex *mutex) {
    struct robust_list_head *head = futex_sync_robust_list();
    if (!head || head->futex_offset != -(long)offsetof(futex_robust_mutex, next)) {
        return FUTEX_REFUSED;
    }
    uint64_t mine = (uint64_t)futex_sync_boot() << 32 | futex_sync_pid_namespace();
    for (;;) {
        uint64_t left = futex_sync_pair_of(mutex); /* before the place is read: while that is old, this is the dead's */
        uint64_t place = futex_sync_load64(&mutex->place);
        if (place == mine) {
            return FUTEX_DONE;
        }
        if (place != 0 && place >> 32 == mine >> 32) {
            return FUTEX_REFUSED;
        }
        uint32_t word = futex_sync_pair_word(left);
        bool free = place == 0 || !(word & FUTEX_ROBUST_MUTEX_OWNER);
        word = (word & ~FUTEX_ROBUST_MUTEX_OWNER) | FUTEX_ROBUST_MUTEX_OWNER_DIED;
        uint64_t dead = futex_sync_pair(word, futex_sync_pair_count(left));
        if (free || futex_sync_pair_cas(mutex, &left, dead)) {
            futex_sync_cas64(&mutex->place, &place, mine);
        }
    }
}

static inline void futex_sync_robust_release(futex_robust_mutex *mutex, struct robust_list_head *head, int wakes) {
    uint32_t count = futex_sync_load(&mutex->count);
    struct robust_list *node = futex_sync_node(mutex);
    struct robust_list *before = *futex_sync_back(node);
    futex_sync_pending(head, node);
    ((struct robust_list *)(void *)((uintptr_t)before & ~(uintptr_t)1))->next = node->next;
    if (node->next != &head->list) {
        *futex_sync_back(node->next) = before;
    }
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    uint32_t s = __atomic_fetch_and(&mutex->word, ~FUTEX_ROBUST_MUTEX_OWNER, __ATOMIC_SEQ_CST);
    if ((s & FUTEX_ROBUST_MUTEX_WAITERS) && futex_sync_wake(&mutex->word, wakes) == 0) {
        uint32_t left = s & ~FUTEX_ROBUST_MUTEX_OWNER;
        uint64_t nobody = futex_sync_pair(left, count);
        futex_sync_pair_cas(mutex, &nobody, futex_sync_pair(left & ~FUTEX_ROBUST_MUTEX_WAITERS, count));
    }
    futex_sync_pending(head, NULL);
}

/* FUTEX_REPAIR: it is the caller's, and what it guards may be half changed; repair that, and call
   futex_robust_mutex_consistent. FUTEX_BROKEN: nobody gets it any more. Not reentrant. */
static inline enum futex_result futex_robust_mutex_lock_until(futex_robust_mutex *mutex, int64_t deadline) {
    struct robust_list_head *head = futex_sync_robust_list();
    struct robust_list *node = futex_sync_node(mutex);
    uint32_t me = (uint32_t)syscall(SYS_gettid);
    enum futex_result over = FUTEX_DONE;
    futex_sync_pending(head, node); /* from here on the kernel makes up for a wake that this thread does not live to use */
    uint64_t s = futex_sync_pair_of(mutex);
    for (;;) {
        uint32_t word = futex_sync_pair_word(s);
        if (!(word & FUTEX_ROBUST_MUTEX_OWNER)) {
            if (!futex_sync_pair_cas(mutex, &s, futex_sync_pair(word | me, futex_sync_pair_count(s) + 1))) {
                continue;
            }
            struct robust_list *first = head->list.next;
            *futex_sync_back(node) = &head->list;
            node->next = first;
            if (first != &head->list) {
                *futex_sync_back(first) = node;
            }
            __atomic_signal_fence(__ATOMIC_SEQ_CST);
            __atomic_store_n(&head->list.next, node, __ATOMIC_RELEASE);
            futex_sync_pending(head, NULL);
            if (!(word & FUTEX_ROBUST_MUTEX_OWNER_DIED)) {
                return FUTEX_DONE;
            }
            if (futex_sync_load(&mutex->state) != FUTEX_ROBUST_MUTEX_NOT_RECOVERABLE) {
                return FUTEX_REPAIR;
            }
            futex_sync_robust_release(mutex, head, 1);
            return FUTEX_BROKEN;
        }
        if (over != FUTEX_DONE || deadline <= FUTEX_PAST) {
            futex_sync_pending(head, NULL);
            return over != FUTEX_DONE ? over : FUTEX_TIMED_OUT;
        }
        uint32_t announced = word | FUTEX_ROBUST_MUTEX_WAITERS;
        if (word == announced || futex_sync_cas(&mutex->word, &word, announced)) {
            over = futex_sync_sleep(&mutex->word, announced, deadline);
        }
        s = futex_sync_pair_of(mutex);
    }
}

static inline enum futex_result futex_robust_mutex_lock(futex_robust_mutex *mutex) {
    return futex_robust_mutex_lock_until(mutex, FUTEX_FOREVER);
}

/* What it guards is in order again. By who holds it. */
static inline void futex_robust_mutex_consistent(futex_robust_mutex *mutex) {
    __atomic_fetch_and(&mutex->word, ~FUTEX_ROBUST_MUTEX_OWNER_DIED, __ATOMIC_SEQ_CST);
}

/* Refused to who does not hold it. If its owner had died and it was not marked since, nobody gets it any more. */
static inline enum futex_result futex_robust_mutex_unlock(futex_robust_mutex *mutex) {
    uint32_t s = futex_sync_load(&mutex->word);
    if ((s & FUTEX_ROBUST_MUTEX_OWNER) != (uint32_t)syscall(SYS_gettid)) {
        return FUTEX_REFUSED;
    }
    bool ruined = s & FUTEX_ROBUST_MUTEX_OWNER_DIED;
    if (ruined) {
        futex_sync_store(&mutex->state, FUTEX_ROBUST_MUTEX_NOT_RECOVERABLE);
    }
    futex_sync_robust_release(mutex, futex_sync_robust_list(), ruined ? FUTEX_SYNC_ALL : 1);
    return FUTEX_DONE;
}
#endif

/* Further synchronizers go here: see the beginning. */

#endif
