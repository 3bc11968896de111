/* One of two processes that read and write two numbers of a mapped file, which are equal whenever nobody writes. The
   lock itself is the text of RwMutex's documentation: the test copies it to a header. RwMutexProgram is the same in
   Java, on the same places. */
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
#include <time.h>
#include <unistd.h>

enum { BYTES = 4096, LOCK = 64, ONE = 1024, OTHER = 2048 };

typedef _Atomic unsigned word_t;

static int cas(word_t *word, unsigned expected, unsigned value) {
    return atomic_compare_exchange_strong(word, &expected, value);
}

static void atomic_add(word_t *word, unsigned value) { atomic_fetch_add(word, value); }

static int dies; /* as soon as it has been woken */

static int futex_wait(word_t *word, unsigned expected, long millis) {
    struct timespec time = {.tv_nsec = millis * 1000000};
    if (syscall(SYS_futex, word, FUTEX_WAIT, expected, &time, NULL, 0) != 0) {
        return errno == ETIMEDOUT;
    }
    if (dies) {
        _exit(0);
    }
    return 0;
}

static void futex_wake(word_t *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0); }

/* The documentation says it in words: every access is atomic. */
#define unsigned _Atomic unsigned
#include "RwMutex.h"
#undef unsigned

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* Inside the lock, lest nobody ever meets who should not. */
static void rest(void) {
    for (volatile int i = 0; i < 300; i++) {
    }
}

static long play(char *memory, unsigned seed, long rounds) {
    word_t *words = (word_t *)(memory + LOCK);
    volatile int64_t *one = (int64_t *)(memory + ONE), *other = (int64_t *)(memory + OTHER);
    long written = 0;
    for (long i = 0; i < rounds; i++) {
        int write = rand_r(&seed) % 4 == 0;
        lock(words, write);
        int64_t seen = *one;
        rest();
        if (seen != *other) {
            fail("a writer is at work");
        }
        if (write) {
            *one = seen + 1;
            rest();
            *other = seen + 1;
            written++;
        }
        unlock(words, write);
    }
    return written;
}

int main(int argc, char **argv) {
    int file = argc < 2 ? -1 : open(argv[1], O_RDWR);
    char *memory = file < 0 ? MAP_FAILED : mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        fail("usage: FILE [read | die | SEED ROUNDS]");
    }
    if (argc < 4) {
        dies = argc == 3 && !strcmp(argv[2], "die");
        int write = argc == 2 || dies;
        lock((word_t *)(memory + LOCK), write); /* the test kills us here, if it is for writing */
        unlock((word_t *)(memory + LOCK), write);
        return 0;
    }
    printf("%ld", play(memory, (unsigned)strtoul(argv[2], NULL, 10), atol(argv[3])));
    return 0;
}
