/* Two threads count on two words: on one cache line, or on lines of their own. */
#include "peers.h"

#include <string.h>

static OWN_LINE word_t words[64];
static OWN_LINE atomic_int running;
static OWN_LINE atomic_int over;

struct counter {
    word_t *word;
    long cpu;
};

static void *count(void *argument) {
    struct counter *self = argument;
    pin(self->cpu);
    atomic_fetch_add(&running, 1);
    while (atomic_load_explicit(&over, memory_order_relaxed) == 0) {
        atomic_fetch_add(self->word, 1);
    }
    return NULL;
}

void run_sharing(void) {
    int apart = strcmp(text("layout", "same-line"), "same-line") == 0 ? 1 : 32;
    struct counter one = {&words[0], number("ping-cpu", -1)};
    struct counter two = {&words[apart], number("pong-cpu", -1)};
    pthread_t first = start(count, &one);
    pthread_t second = start(count, &two);
    while (atomic_load(&running) < 2) {
        sleep_until(now() + 100000);
    }
    int64_t begin = now();
    uint32_t before = atomic_load(one.word) + atomic_load(two.word);
    sleep_until(begin + number("millis", 100) * 1000000);
    uint32_t done = atomic_load(one.word) + atomic_load(two.word) - before;
    int64_t nanos = now() - begin;
    atomic_store(&over, 1);
    join(first);
    join(second);
    report("ns", 2.0 * (double)nanos / (double)done);
}
