// One side of a ping-pong with futex(2) on a word of a mapped file: pingpong FILE BYTES OFFSET SIDE ROUNDS
#include <fcntl.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 6) {
        return 2;
    }
    int file = open(argv[1], O_RDWR);
    size_t bytes = strtoul(argv[2], NULL, 10);
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || memory == MAP_FAILED) {
        perror(argv[1]);
        return 1;
    }
    _Atomic int *word = (_Atomic int *)(memory + strtoul(argv[3], NULL, 10));
    int me = atoi(argv[4]);
    int rounds = atoi(argv[5]);
    for (int i = 0; i < rounds; i++) {
        for (int seen; (seen = atomic_load(word)) != me;) {
            syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
        }
        atomic_store(word, 1 - me);
        syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
    }
    return 0;
}
