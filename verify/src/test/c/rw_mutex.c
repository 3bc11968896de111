/* One of two processes that read and write two numbers of a mapped file, which are equal whenever nobody writes.
   RwMutexProgram is the same in Java, on the same places. */
#include "program.h"

enum { LOCK = 64, ONE = 1024, OTHER = 2048 };

static futex_rw_mutex *mutex;

static void lock(bool write) { must((write ? futex_rw_mutex_write_lock : futex_rw_mutex_read_lock)(mutex)); }

static void unlock(bool write) { must((write ? futex_rw_mutex_write_unlock : futex_rw_mutex_read_unlock)(mutex)); }

/* Inside the lock, lest nobody ever meets who should not. */
static void rest(void) {
    for (volatile int i = 0; i < 300; i++) {
    }
}

static long play(char *memory, unsigned seed, long rounds) {
    volatile int64_t *one = (int64_t *)(memory + ONE), *other = (int64_t *)(memory + OTHER);
    long written = 0;
    for (long i = 0; i < rounds; i++) {
        bool write = rand_r(&seed) % 4 == 0;
        bool downgrade = write && rand_r(&seed) % 4 == 0;
        lock(write);
        int64_t seen = *one;
        rest();
        if (seen != *other) {
            fail("a writer is at work");
        }
        if (write) {
            *one = ++seen;
            rest();
            *other = seen;
            written++;
        }
        if (downgrade) {
            must(futex_rw_mutex_downgrade(mutex));
            rest();
            if (*one != seen || *other != seen) {
                fail("a writer came in between");
            }
        }
        unlock(write && !downgrade);
    }
    return written;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fail("usage: FILE [read | die | SEED ROUNDS]");
    }
    char *memory = map(argv[1], BYTES);
    mutex = (futex_rw_mutex *)(memory + LOCK);
    if (argc < 4) {
        dies_when_woken = argc == 3 && !strcmp(argv[2], "die");
        bool write = argc == 2 || dies_when_woken;
        lock(write); /* the test kills us here, if it is for writing */
        unlock(write);
        return 0;
    }
    printf("%ld", play(memory, (unsigned)strtoul(argv[2], NULL, 10), atol(argv[3])));
    return 0;
}
