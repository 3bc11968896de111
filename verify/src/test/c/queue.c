/* A producer or a consumer of a queue, as QueueProgram is in Java. A record is one number, eight times: who finds two
   that differ has found it torn. The tallies say how often each number has come; tallies[0], how many have; and before
   the first number of a producer, what its last one was. */
#include "program.h"

#include "futex_queue.h"

enum { QUEUE = 128, NUMBERS = 8 };

static char *map_all(const char *path) {
    struct stat found;
    if (stat(path, &found)) {
        fail(path);
    }
    return map(path, (size_t)found.st_size);
}

/* The queue's file, that of the tallies, what to be, the first number, and how many. */
int main(int count, char **arguments) {
    if (count != 6) return 2;
    futex_queue_user user;
    if (!futex_queue_join(&user, map_all(arguments[1]) + QUEUE)) fail("no place");
    uint64_t *tallies = (uint64_t *)(void *)map_all(arguments[2]);
    uint64_t first = strtoull(arguments[4], NULL, 10), many = strtoull(arguments[5], NULL, 10);
    if (!strcmp(arguments[3], "produce")) {
        for (uint64_t number = first; number < first + many; number++) {
            int64_t claim = futex_queue_claim_until(&user, FUTEX_FOREVER);
            if (claim == FUTEX_QUEUE_SHUT) break;
            if (claim < 0) fail("damaged");
            uint64_t *record = futex_queue_record(&user, claim);
            for (int i = 0; i < NUMBERS; i++) __atomic_store_n(&record[i], number, __ATOMIC_RELAXED);
            if (!futex_queue_commit(&user, claim)) fail("not committed");
            __atomic_store_n(&tallies[first - 1], number, __ATOMIC_SEQ_CST);
        }
    } else if (!strcmp(arguments[3], "claim") || !strcmp(arguments[3], "take")) {
        int claims = arguments[3][0] == 'c';
        int64_t held = (claims ? futex_queue_claim_until : futex_queue_take_until)(&user, FUTEX_FOREVER);
        if (held < 0) fail("nothing to hold");
        pause();
    } else {
        for (;;) {
            int64_t taken = futex_queue_take_until(&user, FUTEX_FOREVER);
            if (taken == FUTEX_QUEUE_SHUT) break;
            if (taken < 0) fail("damaged");
            uint64_t *record = futex_queue_record(&user, taken), number = record[0];
            for (int i = 1; i < NUMBERS; i++) {
                if (__atomic_load_n(&record[i], __ATOMIC_RELAXED) != number) fail("torn");
            }
            __atomic_fetch_add(&tallies[number], 1, __ATOMIC_SEQ_CST);
            __atomic_fetch_add(&tallies[0], 1, __ATOMIC_SEQ_CST);
            if (!futex_queue_release(&user, taken)) fail("not released");
        }
    }
    futex_queue_leave(&user);
    return 0;
}
