/* One of several processes over a file of wait groups, onces, parkers and doorbells. RoundsProgram is the same in Java,
   on the same places. */
#include "program.h"

enum { FORTH = 0, BACK = 64, ONCE = 128, ONCE_BACK = 192, OWN_PARKER = 256, OTHER_PARKER = 320, DATA = 1024 };
enum { OWN_BELL = 384, OTHER_BELL = 448 };

/* What a bell is rung for lies beside it. */
typedef struct {
    futex_doorbell bell;
    futex_word number;
} numbered_bell;

static char *memory;

static void count(int expected) {
    int *data = (int *)(memory + DATA);
    if (expected != -1 && *data != expected) {
        fail("the plain data is not what it should be");
    }
    ++*data;
}

static void groups(int rounds) {
    futex_wait_group *forth = (futex_wait_group *)(memory + FORTH), *back = (futex_wait_group *)(memory + BACK);
    for (int i = 0; i < rounds; i++) {
        must(futex_wait_group_wait(forth));
        must(futex_wait_group_add(forth, 1));
        count(2 * i + 1);
        must(futex_wait_group_done(back));
    }
}

static bool body(void *unused) {
    (void)unused;
    count(-1);
    return true;
}

static void parkers(int rounds) {
    for (int i = 0; i < rounds; i++) {
        must(futex_parker_park((futex_parker *)(memory + OTHER_PARKER)));
        count(-1);
        futex_parker_unpark((futex_parker *)(memory + OWN_PARKER));
    }
}

/* What to wait for by a bell. */
typedef struct {
    numbered_bell *at;
    uint32_t number;
} expected;

static bool is_there(void *argument) {
    expected *what = (expected *)argument;
    return futex_word_get(&what->at->number) == what->number;
}

static void await(int offset, uint32_t number) {
    expected what = {(numbered_bell *)(memory + offset), number};
    must(futex_doorbell_wait(&what.at->bell, is_there, &what));
}

static void bells(int rounds) {
    numbered_bell *other = (numbered_bell *)(memory + OWN_BELL);
    for (int i = 1; i <= rounds; i++) {
        await(OTHER_BELL, (uint32_t)i);
        count(-1);
        futex_word_set(&other->number, (uint32_t)i);
        futex_doorbell_ring(&other->bell);
    }
}

/* Counts up, and rings, so many times. */
static void ring_bell(int times) {
    numbered_bell *other = (numbered_bell *)(memory + OTHER_BELL);
    for (int i = 0; i < times; i++) {
        futex_word_add(&other->number, 1);
        futex_doorbell_ring(&other->bell);
    }
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fail("usage: FILE group|once|parker|bell|sleep|ring|die ROUNDS");
    }
    memory = map(argv[1], BYTES);
    if (!strcmp(argv[2], "group")) {
        groups(atoi(argv[3]));
    } else if (!strcmp(argv[2], "parker")) {
        parkers(atoi(argv[3]));
    } else if (!strcmp(argv[2], "bell")) {
        bells(atoi(argv[3]));
    } else if (!strcmp(argv[2], "sleep")) { /* for something that never comes */
        await(OTHER_BELL, UINT32_MAX);
    } else if (!strcmp(argv[2], "ring")) {
        ring_bell(atoi(argv[3]));
    } else if (!strcmp(argv[2], "die")) {
        dies_before_wake = true;
        ring_bell(atoi(argv[3]));
    } else {
        must(futex_once_run((futex_once *)(memory + ONCE), body, NULL));
        must(futex_once_run((futex_once *)(memory + ONCE_BACK), body, NULL));
    }
    return 0;
}
