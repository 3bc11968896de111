/* One side of a ping-pong on a word of a mapped file: pingpong FILE BYTES OFFSET SIDE ROUNDS */
#include "program.h"

int main(int argc, char **argv) {
    if (argc != 6) {
        return 2;
    }
    futex_word *word = (futex_word *)(map(argv[1], strtoul(argv[2], NULL, 10)) + strtoul(argv[3], NULL, 10));
    uint32_t me = (uint32_t)atoi(argv[4]);
    int rounds = atoi(argv[5]);
    for (int i = 0; i < rounds; i++) {
        for (uint32_t seen; (seen = futex_word_get(word)) != me;) {
            futex_word_wait(word, seen);
        }
        futex_word_set(word, 1 - me);
        futex_word_wake(word, 1);
    }
    return 0;
}
