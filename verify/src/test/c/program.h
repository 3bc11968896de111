/* What the C programs of the tests have in common: a mapped file of synchronizers, and an end if anything is wrong. */
#define _GNU_SOURCE
#include "futex_sync.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { BYTES = 4096 };

/* Whether this process is killed before its first wake, or as soon as it has been woken. The linker lets all system calls
   of the header pass here. */
static bool dies_before_wake, dies_when_woken;

static inline void kill_this_process(void) { raise(SIGKILL); }

/* How: a test may want to do it from outside. */
static void (*die)(void) = kill_this_process;

extern long __real_syscall(long number, ...);

long __wrap_syscall(long number, long word, long operation, long value, long time, long other, long mask) {
    if (dies_before_wake && operation == FUTEX_WAKE) {
        die();
    }
    long result = __real_syscall(number, word, operation, value, time, other, mask);
    if (dies_when_woken && operation == FUTEX_WAIT_BITSET && result == 0) {
        die();
    }
    return result;
}

static inline void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

static inline void must(enum futex_result result) {
    if (result != FUTEX_DONE) {
        fail(result == FUTEX_REFUSED ? "refused: too many that wait, or another mode, or another number of parties"
                                     : "it did not end as it should");
    }
}

static inline char *map(const char *path, size_t bytes) {
    int file = open(path, O_RDWR);
    char *memory = (char *)mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || memory == (char *)MAP_FAILED) {
        fail(path);
    }
    return memory;
}
