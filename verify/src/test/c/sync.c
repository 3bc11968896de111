/* One of several processes that share a mutex and a barrier in a mapped file: PMutex and Barrier, written from their
   documentation alone. SyncProgram is the same in Java, on the same places. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { BYTES = 4096, MUTEX = 256, CONDITION = 260, BARRIER = 320, COUNTER = 512, TURN = 520, ARRIVALS = 640 };

typedef _Atomic uint32_t word_t;

static char *memory;

static int cas(word_t *word, uint32_t expected, uint32_t value) {
    return atomic_compare_exchange_strong(word, &expected, value);
}

static void futex_wait(word_t *word, uint32_t expected) {
    syscall(SYS_futex, word, FUTEX_WAIT, expected, NULL, NULL, 0);
}

static void futex_wake(word_t *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0); }

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* ---- PMutex, shared */

static void mutex_lock(word_t *word) {
    for (int counted = 0;;) {
        uint32_t s = *word;
        if (!(s & 1)) {
            if (cas(word, s, counted ? (s - 8) | 1 : s | 1)) {
                return;
            }
        } else if (counted || cas(word, s, s + 8)) {
            if (!counted) {
                counted = 1;
                s += 8;
            }
            futex_wait(word, s);
        }
    }
}

static void mutex_unlock(word_t *word) {
    if (atomic_fetch_sub(word, 1) >> 3) {
        futex_wake(word, 1);
    }
}

/* ---- PCondition, shared */

static void condition_wait(word_t *sequence, word_t *counts, word_t *mutex) {
    uint32_t ticket = *sequence;
    *counts += 1;
    mutex_unlock(mutex);
    while (*sequence == ticket) {
        futex_wait(sequence, ticket);
    }
    mutex_lock(mutex);
    *counts -= 1;
    if (*counts >> 22) {
        *counts -= 1 << 22;
    }
}

static void condition_signal(word_t *sequence, word_t *counts, int all) {
    uint32_t waiting = *counts & 0x3FFFFF, signalled = *counts >> 22;
    if (signalled < waiting) {
        if (all) {
            *counts = waiting | (waiting < 1023 ? waiting : 1023) << 22;
        } else if (signalled < 1023) {
            *counts += 1 << 22;
        }
        *sequence += 1;
        futex_wake(sequence, all ? INT_MAX : 1);
    }
}

/* ---- Barrier, shared */

struct barrier {
    word_t parties, state, run, marks;
};

static int b, k;

static void wipe(struct barrier *it, word_t *log, uint32_t s) {
    uint32_t old = *log;
    if (it->state == s && old && (((s >> b) - (old >> 12)) & ((1u << k) - 1)) >= 1u << (k - 2)) {
        cas(log, old, 0);
    }
}

static int distance(uint32_t later, uint32_t earlier) { return (int)((later - earlier) << (32 - k)) >> (32 - k); }

static int was_reset(struct barrier *it, uint32_t generation) {
    uint32_t r = it->run, m = it->marks, now = (it->state & 0x7FFFFFFF) >> b;
    if (!r) {
        return 0;
    }
    if (((now - generation) & ((1u << (31 - b)) - 1)) >= 1u << (k - 2)) {
        return 1;
    }
    int before = distance(r >> 12, generation), length = r & 4095;
    if (before < length) {
        return before >= 0;
    }
    if (before == length && length < 4095) {
        return 0;
    }
    before = distance(m >> 12, generation);
    return before > 11 || (before >= 0 && (m >> before & 1));
}

static int barrier_await(struct barrier *it, uint32_t n) {
    if (!cas(&it->parties, 0, n) && it->parties != n) {
        fail("other parties");
    }
    for (b = 0; 1u << b < n; b++) {
    }
    k = 31 - b < 20 ? 31 - b : 20;
    uint32_t s;
    for (;;) {
        s = it->state;
        if (s >> 31) {
            return -1;
        }
        if ((s & ((1u << b) - 1)) == n - 1) {
            wipe(it, &it->run, s);
            wipe(it, &it->marks, s);
            if (cas(&it->state, s, (((s >> b) + 1) << b) & 0x7FFFFFFF)) {
                futex_wake(&it->state, INT_MAX);
                return 0;
            }
        } else if (cas(&it->state, s, s + 1)) {
            break;
        }
    }
    uint32_t generation = s >> b, now;
    while (((now = it->state) & 0x7FFFFFFF) >> b == generation) {
        if (now >> 31) {
            return -1;
        }
        futex_wait(&it->state, now);
    }
    return was_reset(it, generation) ? -1 : (int)(n - 1 - (s & ((1u << b) - 1)));
}

/* ---- what to do */

static void count(long times) {
    int64_t *counter = (int64_t *)(memory + COUNTER);
    for (long i = 0; i < times; i++) {
        mutex_lock((word_t *)(memory + MUTEX));
        *counter += 1;
        mutex_unlock((word_t *)(memory + MUTEX));
    }
}

static void take_turns(int turns, int own, int players) {
    word_t *mutex = (word_t *)(memory + MUTEX), *sequence = (word_t *)(memory + CONDITION);
    int *current = (int *)(memory + TURN);
    for (int turn = own; turn < turns; turn += players) {
        mutex_lock(mutex);
        while (*current != turn) {
            condition_wait(sequence, sequence + 1, mutex);
        }
        *current = turn + 1;
        condition_signal(sequence, sequence + 1, players > 2);
        mutex_unlock(mutex);
    }
}

static void meet(int generations, int own, int parties) {
    volatile int *arrivals = (int *)(memory + ARRIVALS);
    int led = 0;
    for (int g = 1; g <= generations; g++) {
        arrivals[own] = g;
        int index = barrier_await((struct barrier *)(memory + BARRIER), parties);
        if (index < 0) {
            fail("broken");
        }
        led += index == 0;
        for (int other = 0; other < parties; other++) {
            if (arrivals[other] != g && arrivals[other] != g + 1) {
                fail("generations mix");
            }
        }
    }
    mutex_lock((word_t *)(memory + MUTEX));
    *(int64_t *)(memory + COUNTER) += led;
    mutex_unlock((word_t *)(memory + MUTEX));
}

int main(int argc, char **argv) {
    int file = argc < 4 ? -1 : open(argv[1], O_RDWR);
    memory = file < 0 ? MAP_FAILED : mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        fail("usage: FILE count TIMES | turns TURNS OWN PLAYERS | meet GENERATIONS OWN PARTIES | join PARTIES");
    }
    if (!strcmp(argv[2], "count")) {
        count(atol(argv[3]));
    } else if (!strcmp(argv[2], "turns") && argc == 6) {
        take_turns(atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    } else if (!strcmp(argv[2], "meet") && argc == 6) {
        meet(atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
    } else if (!strcmp(argv[2], "join")) {
        return barrier_await((struct barrier *)(memory + BARRIER), atoi(argv[3])) < 0 ? 3 : 0;
    } else {
        fail("what?");
    }
    return 0;
}
