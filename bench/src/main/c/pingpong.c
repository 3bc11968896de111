/* Two threads, or two processes over a mapped file, hand one word to and fro. No spinning. */
#include "peers.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { PONG = 0, PING = 1, STOP = 2 };

static word_t *word;
static int flags;

static void hand_over(uint32_t value) {
    atomic_store(word, value);
    futex_wake(word, 1, flags);
}

static uint32_t await_change(uint32_t own) {
    uint32_t value;
    while ((value = atomic_load(word)) == own) {
        futex_wait(word, own, flags);
    }
    return value;
}

static void *echo(void *unused) {
    (void)unused;
    pin(number("pong-cpu", -1));
    while (await_change(PONG) != STOP) {
        hand_over(PONG);
    }
    return NULL;
}

static void round_trips(int64_t nanos) {
    long count = 0;
    int64_t begin = now();
    int64_t time = begin;
    for (; time - begin < nanos; time = now()) {
        for (int i = 0; i < 8; i++, count++) {
            hand_over(PING);
            await_change(PING);
        }
    }
    if (nanos > 0) {
        report("ns", (double)(time - begin) / (double)count);
        report("round-trips", (double)count);
    }
}

static void measure(void) {
    int64_t nanos = number("millis", 100) * 1000000;
    pin(number("ping-cpu", -1));
    for (int i = 0; i < 100; i++) {
        round_trips(0);
    }
    round_trips(nanos);
    hand_over(STOP);
}

void run_pingpong(void) {
    static OWN_LINE word_t local;
    word = &local;
    flags = FUTEX_PRIVATE_FLAG;
    pthread_t other = start(echo, NULL);
    measure();
    join(other);
}

void run_processes(void) {
    int file = open(text("file", "/dev/null"), O_RDWR);
    void *memory = file < 0 ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        fail("cannot map the file");
    }
    word = memory;
    atomic_store(word, PONG);
    pid_t child = fork();
    if (child < 0) {
        fail("fork failed");
    }
    if (child == 0) {
        echo(NULL);
        _exit(0);
    }
    measure();
    waitpid(child, NULL, 0);
}
