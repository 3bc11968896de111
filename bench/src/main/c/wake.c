/* Wakes who waits on the words of a file, one after the other, in the order of the words or in any. */
#include "peers.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

static void shuffle(long *all, long count) {
    uint64_t lot = 88172645463325252ULL;
    for (long i = count - 1; i > 0; i--) {
        lot = work(lot, 1);
        long j = (long)(lot % (uint64_t)(i + 1));
        long swapped = all[i];
        all[i] = all[j];
        all[j] = swapped;
    }
}

void run_wake(void) {
    long count = number("count", 1);
    int file = open(text("file", "/dev/null"), O_RDWR);
    size_t bytes = (size_t)count * sizeof(word_t);
    void *memory =
        file < 0 ? MAP_FAILED : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
    long *order = malloc((size_t)count * sizeof *order);
    if (memory == MAP_FAILED || order == NULL) {
        fail("cannot map the file");
    }
    word_t *words = memory;
    for (long i = 0; i < count; i++) {
        order[i] = i;
    }
    if (strcmp(text("order", "arrival"), "any") == 0) {
        shuffle(order, count);
    }
    long woken = 0;
    int64_t begin = now();
    for (long i = 0; i < count; i++) {
        atomic_store(&words[order[i]], 1);
        woken += futex_wake(&words[order[i]], 1, 0);
    }
    report("wake-ns", (double)(now() - begin) / (double)count);
    report("begin-ns", (double)begin);
    report("woken", (double)woken);
}
