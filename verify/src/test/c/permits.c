/* One of two processes over a file of semaphores and events. PermitProgram is the same in Java, on the same places. */
#include "program.h"

enum { SEMAPHORE = 0, ANSWERS = 64, MANUAL = 128, AUTO = 136, BACK = 144, MANUAL_BACK = 152, DATA = 1024 };

/* Each so many rounds nobody goes on before the other waits. */
enum { PATIENT = 50 };

static char *memory;

static void count(int expected) {
    int *data = (int *)(memory + DATA);
    if (*data != expected) {
        fail("the plain data is not what it should be");
    }
    ++*data;
}

static void permits(int rounds) {
    futex_semaphore *semaphore = (futex_semaphore *)(memory + SEMAPHORE);
    futex_semaphore *answers = (futex_semaphore *)(memory + ANSWERS);
    for (int i = 0; i < rounds; i++) {
        must(futex_semaphore_acquire(semaphore, 1));
        must(futex_semaphore_acquire(semaphore, 2));
        count(2 * i + 1);
        while (i % PATIENT == 0 && !(futex_sync_load64(&answers->state) & FUTEX_SEMAPHORE_SEVERAL)) {
        }
        must(futex_semaphore_release(answers, 2));
        while (i % PATIENT == 0 && !futex_semaphore_waiters(answers)) {
        }
        must(futex_semaphore_release(answers, 1));
    }
}

static futex_event *event(int offset, bool auto_reset) {
    futex_event *event = (futex_event *)(memory + offset);
    must(futex_event_open(event, auto_reset));
    return event;
}

static void events(int rounds) {
    futex_event *forth = event(AUTO, true), *back = event(BACK, true);
    futex_event *gate = event(MANUAL, false), *gate_back = event(MANUAL_BACK, false);
    for (int i = 0; i < rounds; i++) {
        must(futex_event_wait(forth));
        count(2 * i + 1);
        must(futex_event_set(back));
    }
    must(futex_event_wait(gate));
    while (!(futex_sync_load64(&gate_back->state) & FUTEX_EVENT_WAITERS)) {
    }
    must(futex_event_set(gate_back));
    must(futex_event_reset(gate_back));
    must(futex_event_set(back));
    must(futex_event_reset(back));
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fail("usage: FILE semaphore|event ROUNDS");
    }
    memory = map(argv[1], BYTES);
    (strcmp(argv[2], "semaphore") ? events : permits)(atoi(argv[3]));
    return 0;
}
