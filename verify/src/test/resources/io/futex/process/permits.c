// The other side of SharedPrimitivesTest: what the Javadoc of Semaphore and Event says that a C program does, on a file.
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

// As in PermitProgram.
enum { SEMAPHORE = 0, ANSWERS = 64, MANUAL = 128, AUTO = 132, BACK = 136, DATA = 1024, BYTES = 4096 };

typedef _Atomic unsigned word;

static bool cas(word *w, unsigned *found, unsigned value) {
    return atomic_compare_exchange_strong(w, found, value);
}

static void futex_wait(word *w, unsigned value) {
    syscall(SYS_futex, w, FUTEX_WAIT, value, NULL, NULL, 0);
}

static void futex_wake(word *w, int count) {
    syscall(SYS_futex, w, FUTEX_WAKE, count, NULL, NULL, 0);
}

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static void release(word *semaphore, unsigned n) {
    word *permits = semaphore, *waiters = semaphore + 1, *bulk = semaphore + 2;
    unsigned p = *permits;
    while (!cas(permits, &p, p + n)) {}
    if (*waiters != 0) futex_wake(permits, (int) n);
    unsigned b = *bulk;
    if ((b & 1) && cas(bulk, &b, b + 1)) futex_wake(bulk, INT_MAX);
}

static void acquire_one(word *semaphore) {
    word *permits = semaphore, *waiters = semaphore + 1;
    for (int counted = 0;;) {
        unsigned p = *permits;
        if (p > 0) {
            if (cas(permits, &p, p - 1)) {
                if (counted) atomic_fetch_sub(waiters, 1);
                return;
            }
        } else if (!counted) {
            counted = 1;
            atomic_fetch_add(waiters, 1);
        } else {
            futex_wait(permits, p);
        }
    }
}

static void acquire(word *semaphore, unsigned n) {
    word *permits = semaphore, *bulk = semaphore + 2;
    for (;;) {
        unsigned b = *bulk;
        if (!(b & 1) && !cas(bulk, &b, b | 1)) continue;
        unsigned p = *permits;
        if (p < n) futex_wait(bulk, b | 1);
        else if (cas(permits, &p, p - n)) return;
    }
}

static void open_event(word *w, unsigned mode) {
    unsigned s = *w;
    while (!(s >> 30 & 3) && !cas(w, &s, s | mode << 30)) {}
    if ((s >> 30 & 3) && (s >> 30 & 3) != mode) fail("the event has another mode");
}

static void set_auto(word *w) {
    unsigned s = *w, more;
    do more = (s & 32767) <= (s >> 15 & 16383); while (!cas(w, &s, s + more));
    if (s >> 15 & 16383) futex_wake(w, 1);
}

static void wait_auto(word *w) {
    for (int counted = 0;;) {
        unsigned s = *w;
        if (s & 32767) {
            if (cas(w, &s, s - 1 - (counted ? 32768 : 0))) return;
        } else if (counted || cas(w, &s, s + 32768)) {
            if (!counted) { counted = 1; s += 32768; }
            futex_wait(w, s);
        }
    }
}

static void wait_manual(word *w) {
    unsigned first = *w;
    for (;;) {
        unsigned s = *w;
        if (s & 1 || (s ^ first) & ((1 << 30) - 4)) return;
        if (s & 2 || cas(w, &s, s | 2)) futex_wait(w, s | 2);
    }
}

static void count(char *memory, int expected) {
    int *data = (int *) (memory + DATA);
    if (*data != expected) fail("the plain data is not what it should be");
    ++*data;
}

int main(int argc, char **argv) {
    if (argc != 4) fail("permits FILE PART ROUNDS");
    int file = open(argv[1], O_RDWR);
    char *memory = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) fail("cannot map the file");
    int rounds = atoi(argv[3]);
    if (!strcmp(argv[2], "semaphore")) {
        for (int i = 0; i < rounds; i++) {
            acquire((word *) (memory + SEMAPHORE), 2);
            acquire_one((word *) (memory + SEMAPHORE));
            count(memory, 2 * i + 1);
            release((word *) (memory + ANSWERS), 1);
        }
    } else if (!strcmp(argv[2], "event")) {
        open_event((word *) (memory + AUTO), 2);
        open_event((word *) (memory + BACK), 2);
        open_event((word *) (memory + MANUAL), 1);
        for (int i = 0; i < rounds; i++) {
            wait_auto((word *) (memory + AUTO));
            count(memory, 2 * i + 1);
            set_auto((word *) (memory + BACK));
        }
        wait_manual((word *) (memory + MANUAL));
    } else {
        fail("no such part");
    }
    return 0;
}
