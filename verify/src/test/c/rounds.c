/* One of several processes over a file of wait groups, onces, parkers and doorbells. What it does with them is the text of their
   documentation: the test puts each part into a header. RoundsProgram is the same in Java, on the same places. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FORTH = 0, BACK = 64, ONCE = 128, ONCE_BACK = 192, OWN_PARKER = 256, OTHER_PARKER = 320, DATA = 1024 };
enum { OWN_BELL = 384, OTHER_BELL = 448, BESIDE = 4 };
enum { BYTES = 4096 };

/* Where the upper half of a long is. */
enum { UPPER = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 4 : 0 };

typedef _Atomic int word_t;
typedef _Atomic uint64_t group_t;

static char *memory;

#define cas(word, expected, value)                                                                                     \
    ({                                                                                                                 \
        __typeof__(expected) found = expected;                                                                         \
        atomic_compare_exchange_strong(word, &found, value);                                                           \
    })
#define exchange atomic_exchange
#define fetch_or atomic_fetch_or
#define fail() die("a count out of range")

static void futex_wait(void *word, unsigned value) { syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0); }

/* Whether this process is killed before its first wake. */
static int dies;

static void futex_wake(void *word, int count) {
    if (dies) raise(SIGKILL);
    syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
}

static void die(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static void count(int expected) {
    int *data = (int *)(memory + DATA);
    if (expected != -1 && *data != expected) {
        die("the plain data is not what it should be");
    }
    ++*data;
}

/* ---- WaitGroup */

static void add(group_t *word, int n) {
    char *half = (char *)word + UPPER;
#include "WaitGroup_add_n.h"
}

static void group_wait(group_t *word) {
    char *half = (char *)word + UPPER;
#include "WaitGroup_wait.h"
}

/* ---- Once */

static void body(void) { count(-1); }

static void once(word_t *word) {
#include "Once.h"
}

/* ---- Parker */

static void unpark(word_t *word) {
#include "Parker_unpark.h"
}

static void park(word_t *word) {
#include "Parker_park.h"
}

/* ---- Doorbell */

static void ring(word_t *word) {
#include "Doorbell_ring_after_the.h"
}

static int number(word_t *word) { return *(int *)((char *)word + BESIDE); }

static void await(word_t *word, int expected) {
#define ready() (number(word) == expected)
#include "Doorbell_await.h"
#undef ready
}

/* ---- what to do */

static void groups(int rounds) {
    group_t *forth = (group_t *)(memory + FORTH), *back = (group_t *)(memory + BACK);
    for (int i = 0; i < rounds; i++) {
        group_wait(forth);
        add(forth, 1);
        count(2 * i + 1);
        add(back, -1);
    }
}

static void parkers(int rounds) {
    for (int i = 0; i < rounds; i++) {
        park((word_t *)(memory + OTHER_PARKER));
        count(-1);
        unpark((word_t *)(memory + OWN_PARKER));
    }
}

static void bells(int rounds) {
    word_t *own = (word_t *)(memory + OTHER_BELL), *other = (word_t *)(memory + OWN_BELL);
    for (int i = 1; i <= rounds; i++) {
        await(own, i);
        count(-1);
        *(word_t *)((char *)other + BESIDE) = i;
        ring(other);
    }
}

/* Sleeps by the bell of the other for something that never comes. */
static void sleep_by_bell(void) { await((word_t *)(memory + OTHER_BELL), -1); }

/* Counts up, and rings, so many times. */
static void ring_bell(int times) {
    word_t *other = (word_t *)(memory + OTHER_BELL);
    for (int i = 0; i < times; i++) {
        atomic_fetch_add((word_t *)((char *)other + BESIDE), 1);
        ring(other);
    }
}

int main(int argc, char **argv) {
    int file = argc != 4 ? -1 : open(argv[1], O_RDWR);
    memory = file < 0 ? MAP_FAILED : mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        die("usage: FILE group|once|parker|bell|sleep|ring|die ROUNDS");
    }
    if (!strcmp(argv[2], "group")) {
        groups(atoi(argv[3]));
    } else if (!strcmp(argv[2], "parker")) {
        parkers(atoi(argv[3]));
    } else if (!strcmp(argv[2], "bell")) {
        bells(atoi(argv[3]));
    } else if (!strcmp(argv[2], "sleep")) {
        sleep_by_bell();
    } else if (!strcmp(argv[2], "ring")) {
        ring_bell(atoi(argv[3]));
    } else if (!strcmp(argv[2], "die")) {
        dies = 1;
        ring_bell(atoi(argv[3]));
    } else {
        once((word_t *)(memory + ONCE));
        once((word_t *)(memory + ONCE_BACK));
    }
    return 0;
}
