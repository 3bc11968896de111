/* pthread_mutex and the three-state futex mutex in a fixed window in which all threads run. */
#include "peers.h"

#include <string.h>

enum { STRAGGLING = 0, MEASURING = 1, OVER = 2 };

static OWN_LINE pthread_mutex_t posix = PTHREAD_MUTEX_INITIALIZER;
static OWN_LINE word_t three_state;
static OWN_LINE long counter; /* guarded by the lock under test */
static OWN_LINE atomic_int phase;
static OWN_LINE atomic_int running;

static long inside;
static long outside;
static int clocked;

struct worker {
    OWN_LINE pthread_t thread;
    long all;      /* sections, stragglers' included: their sum must be the counter */
    long measured; /* those of the window */
    int64_t longest;
};

/* Drepper, "Futexes Are Tricky", mutex2: 0 free, 1 locked, 2 locked and perhaps somebody sleeps. */
static inline void three_state_lock(void) {
    uint32_t free = 0;
    if (atomic_compare_exchange_strong(&three_state, &free, 1)) {
        return;
    }
    while (atomic_exchange(&three_state, 2) != 0) {
        futex_wait(&three_state, 2, FUTEX_PRIVATE_FLAG);
    }
}

static inline void three_state_unlock(void) {
    if (atomic_exchange(&three_state, 0) == 2) {
        futex_wake(&three_state, 1, FUTEX_PRIVATE_FLAG);
    }
}

static inline void posix_lock(void) { pthread_mutex_lock(&posix); }

static inline void posix_unlock(void) { pthread_mutex_unlock(&posix); }

/* A wait counts if it ended in the window or later: that of a thread which starves all the time must not be lost. */
static inline int window_began(void) { return atomic_load_explicit(&phase, memory_order_relaxed) != STRAGGLING; }

/* A copy of the loop for each lock, so that none pays for an indirect call. */
#define WORKER(NAME)                                                                                                   \
    static void *NAME##_worker(void *argument) {                                                                       \
        struct worker *self = argument;                                                                                \
        uint64_t x = (uint64_t)(uintptr_t)self;                                                                        \
        int now_in;                                                                                                    \
        while ((now_in = atomic_load_explicit(&phase, memory_order_acquire)) != OVER) {                                \
            int64_t before = clocked ? now() : 0;                                                                      \
            NAME##_lock();                                                                                             \
            if (clocked && window_began()) {                                                                           \
                int64_t waited = now() - before;                                                                       \
                self->longest = waited > self->longest ? waited : self->longest;                                       \
            }                                                                                                          \
            counter++;                                                                                                 \
            x = work(x, inside);                                                                                       \
            NAME##_unlock();                                                                                           \
            if (self->all++ == 0) {                                                                                    \
                atomic_fetch_add(&running, 1);                                                                         \
            }                                                                                                          \
            self->measured += now_in == MEASURING;                                                                     \
            x = work(x, outside);                                                                                      \
        }                                                                                                              \
        consume(x);                                                                                                    \
        return NULL;                                                                                                   \
    }

WORKER(posix)
WORKER(three_state)

void run_mutex(void) {
    long threads = number("threads", 2);
    inside = number("inside", 0);
    outside = number("outside", 0);
    clocked = number("clocked", 0) != 0;
    void *(*body)(void *) = strcmp(text("lock", "pthread"), "pthread") == 0 ? posix_worker : three_state_worker;
    struct worker *workers = aligned_alloc(_Alignof(struct worker), sizeof(struct worker) * (size_t)threads);
    memset(workers, 0, sizeof(struct worker) * (size_t)threads);
    for (long i = 0; i < threads; i++) {
        workers[i].thread = start(body, &workers[i]);
    }
    /* A thread that has not got the lock once in a second is starved, and the window will say so. */
    int64_t started = now();
    while (atomic_load(&running) < threads && now() - started < 1000000000) {
        sleep_until(now() + 100000);
    }
    int64_t begin = now();
    atomic_store(&phase, MEASURING);
    sleep_until(begin + number("millis", 100) * 1000000);
    atomic_store(&phase, OVER);
    int64_t end = now();

    long all = 0, measured = 0, most = 0, least = LONG_MAX;
    int64_t longest = 0;
    for (long i = 0; i < threads; i++) {
        struct worker *w = &workers[i];
        join(w->thread);
        all += w->all;
        measured += w->measured;
        most = w->measured > most ? w->measured : most;
        least = w->measured < least ? w->measured : least;
        longest = w->longest > longest ? w->longest : longest;
    }
    if (all != counter) {
        fail("the counter is wrong: no mutual exclusion");
    }
    report("ops-per-s", (double)measured * 1e9 / (double)(end - begin));
    report("max-by-min", (double)most / (double)(least > 0 ? least : 1)); /* a starved thread still has a figure */
    if (clocked) {
        report("longest-ns", (double)longest);
    }
    free(workers);
}
