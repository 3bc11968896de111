/* One of those who take tokens, or wait for nothing, on one word of a mapped file. AsyncStormProgram has the others. */
#include "program.h"

#include <time.h>

enum { TOKENS = 0, TAKEN = 128 };

static long futex(uint32_t *word, int operation, uint32_t value, const struct timespec *time) {
    return syscall(SYS_futex, word, operation, value, time, NULL, 0);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fail("usage: FILE patient|hasty NANOS");
    }
    char *memory = map(argv[1], BYTES);
    uint32_t *tokens = (uint32_t *)(memory + TOKENS), *taken = (uint32_t *)(memory + TAKEN);
    struct timespec time = {0, atol(argv[3])};
    bool patient = strcmp(argv[2], "patient") == 0;
    for (;;) {
        int32_t held = (int32_t)__atomic_load_n(tokens, __ATOMIC_SEQ_CST);
        uint32_t before = (uint32_t)held;
        if (held < 0) {
            return 0;
        }
        if (!patient) {
            if (futex(tokens, FUTEX_WAIT, 0, &time) == 0) {
                futex(tokens, FUTEX_WAKE, 1, NULL); /* passed on */
            }
        } else if (held == 0) {
            futex(tokens, FUTEX_WAIT, 0, NULL);
        } else if (__atomic_compare_exchange_n(tokens, &before, before - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
            __atomic_fetch_add(taken, 1, __ATOMIC_SEQ_CST);
        }
    }
}
