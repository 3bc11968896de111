/* One of two processes over a file of semaphores and events. What it does with them is the text of their documentation:
   the test puts each part into a header. PermitProgram is the same in Java, on the same places. */
#define _GNU_SOURCE
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

enum { SEMAPHORE = 0, ANSWERS = 64, MANUAL = 128, AUTO = 136, BACK = 144, MANUAL_BACK = 152, DATA = 1024 };
enum { BYTES = 4096 };

/* Each so many rounds nobody goes on before the other waits. */
enum { PATIENT = 50 };

#define cas atomic_compare_exchange_strong
#define fetch_add atomic_fetch_add
#define fetch_and atomic_fetch_and
#define fail() die("too many permits, too many that wait, or an event of another mode")

static void futex_wait(void *word, unsigned value) { syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0); }

static void futex_wake(void *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0); }

static void die(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* The halves of a long. */
#define IS_BIG (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
#define LOW(state) ((_Atomic unsigned *)(state) + IS_BIG)
#define HIGH(state) ((_Atomic unsigned *)(state) + !IS_BIG)

/* ---- Semaphore */

#include "Semaphore.h"

typedef struct {
    _Atomic uint64_t state;
    _Atomic int bulk, least;
} semaphore_t;

#define WORDS                                                                                                          \
    _Atomic uint64_t *state = &semaphore->state;                                                                       \
    _Atomic int *bulk = &semaphore->bulk, *least = &semaphore->least;

static void release(semaphore_t *semaphore, int n) {
    WORDS
    _Atomic unsigned *low = LOW(state);
#include "Semaphore_release_n.h"
}

static void acquire_one(semaphore_t *semaphore) {
    _Atomic uint64_t *state = &semaphore->state;
    _Atomic unsigned *low = LOW(state);
#include "Semaphore_acquire_1.h"
}

static void acquire(semaphore_t *semaphore, int n) {
    WORDS
#include "Semaphore_acquire_n.h"
}

/* ---- Event */

#include "Event.h"

typedef _Atomic uint64_t event_t;

static void open_event(event_t *state, unsigned mode) {
    _Atomic unsigned *high = HIGH(state);
#include "Event_open.h"
}

static void set_manual(event_t *state) {
    _Atomic unsigned *low = LOW(state);
#include "Event_set_manual.h"
}

static void reset_manual(event_t *state) {
    _Atomic unsigned *low = LOW(state);
#include "Event_reset_manual.h"
}

static void wait_manual(event_t *state) {
    _Atomic unsigned *low = LOW(state);
#include "Event_wait_manual.h"
}

static void set_auto(event_t *state) {
    _Atomic unsigned *low = LOW(state);
#include "Event_set_auto.h"
}

static void reset_auto(event_t *state) {
#include "Event_reset_auto.h"
}

static void wait_auto(event_t *state) {
    _Atomic unsigned *low = LOW(state);
#include "Event_wait_auto.h"
}

/* ---- what to do */

static void count(char *memory, int expected) {
    int *data = (int *)(memory + DATA);
    if (*data != expected) {
        die("the plain data is not what it should be");
    }
    ++*data;
}

static void permits(char *memory, int rounds) {
    semaphore_t *semaphore = (semaphore_t *)(memory + SEMAPHORE), *answers = (semaphore_t *)(memory + ANSWERS);
    for (int i = 0; i < rounds; i++) {
        acquire_one(semaphore);
        acquire(semaphore, 2);
        count(memory, 2 * i + 1);
        while (i % PATIENT == 0 && !(answers->state & SEVERAL)) {
        }
        release(answers, 2);
        while (i % PATIENT == 0 && !(answers->state & SLEEPERS)) {
        }
        release(answers, 1);
    }
}

static void events(char *memory, int rounds) {
    event_t *forth = (event_t *)(memory + AUTO), *back = (event_t *)(memory + BACK);
    event_t *gate = (event_t *)(memory + MANUAL), *gate_back = (event_t *)(memory + MANUAL_BACK);
    open_event(forth, 2);
    open_event(back, 2);
    open_event(gate, 1);
    open_event(gate_back, 1);
    for (int i = 0; i < rounds; i++) {
        wait_auto(forth);
        count(memory, 2 * i + 1);
        set_auto(back);
    }
    wait_manual(gate);
    while (!(*LOW(gate_back) & 2)) {
    }
    set_manual(gate_back);
    reset_manual(gate_back);
    set_auto(back);
    reset_auto(back);
}

int main(int argc, char **argv) {
    int file = argc != 4 ? -1 : open(argv[1], O_RDWR);
    char *memory = file < 0 ? MAP_FAILED : mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        die("usage: FILE semaphore|event ROUNDS");
    }
    (strcmp(argv[2], "semaphore") ? events : permits)(memory, atoi(argv[3]));
    return 0;
}
