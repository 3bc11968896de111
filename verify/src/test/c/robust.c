/* One of several processes over a file with a robust lock; some of them are killed, at the steps that are told apart here. RobustProgram
   is the same in Java, on the same places. */
#include "program.h"

#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

/* Not the one that the tests listen to. */
#define syscall __real_syscall

enum { LOCK = 0, STEP = 1024, GO = 1028, COUNTER = 1032, BROKEN = 1036 };
enum { HELD = 1, ENTERED = 2, WOKEN = 3, FREED = 4 };

/* Where the kernel's links lie is libc's choice; the layout has room for that of glibc. */
struct robust {
    _Alignas(8) _Atomic uint32_t word; /* owner's thread id, FUTEX_OWNER_DIED, FUTEX_WAITERS */
    _Atomic uint32_t count;            /* of acquisitions; changed with the word in one step */
    _Atomic uint32_t state;            /* 1: not recoverable */
    uint32_t unused;
    _Atomic uint64_t place; /* upper half: of the boot id, lower half: the PID namespace */
    struct robust_list *prev;
    struct robust_list node;
    char rest[24];
};
_Static_assert(sizeof(struct robust) == 64 && offsetof(struct robust, node) == 32, "the layout");

static char *memory;
static const char *stop_at = "";

#define INT(offset) ((_Atomic int *)(memory + offset))

static void stop(int step) {
    atomic_store(INT(STEP), step);
    for (;;) pause();
}

static struct robust_list_head *head(void) {
    struct robust_list_head *head;
    size_t length;
    if (syscall(SYS_get_robust_list, 0, &head, &length) || head->futex_offset != -32) fail("no robust list of that kind");
    return head;
}

static _Atomic uint64_t *pair(struct robust *lock) { return (_Atomic uint64_t *)&lock->word; }
static uint32_t word_of(uint64_t pair) { return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? (uint32_t)pair : pair >> 32; }
static uint32_t count_of(uint64_t pair) { return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? pair >> 32 : (uint32_t)pair; }
static uint64_t pair_of(uint32_t word, uint32_t count) {
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word | (uint64_t)count << 32 : count | (uint64_t)word << 32;
}

static void attach(struct robust *lock) {
    char text[64] = "";
    int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY);
    struct stat namespace;
    if (read(file, text, 36) != 36 || stat("/proc/self/ns/pid", &namespace)) fail("no /proc");
    close(file);
    text[8] = 0;
    uint64_t mine = (uint64_t)strtoul(text, NULL, 16) << 32 | (uint32_t)namespace.st_ino, found = 0;
    if (!atomic_compare_exchange_strong(&lock->place, &found, mine) && found != mine) fail("another boot or namespace");
}

static void pending(struct robust *lock) {
    struct robust_list_head *h = head();
    atomic_signal_fence(memory_order_seq_cst);
    *(struct robust_list *volatile *)&h->list_op_pending = lock ? &lock->node : NULL;
    atomic_signal_fence(memory_order_seq_cst);
}

/* Whether the owner before has died. */
static int lock_robust(struct robust *lock) {
    uint32_t me = syscall(SYS_gettid);
    pending(lock);
    uint64_t s = atomic_load(pair(lock));
    for (;;) {
        uint32_t word = word_of(s);
        if (!(word & FUTEX_TID_MASK)) {
            if (!atomic_compare_exchange_weak(pair(lock), &s, pair_of(me | word, count_of(s) + 1))) continue;
            struct robust_list_head *h = head();
            struct robust_list *first = h->list.next;
            lock->prev = (struct robust_list *)h;
            lock->node.next = first;
            if (first != &h->list) ((struct robust_list **)((uintptr_t)first & ~1ul))[-1] = &lock->node;
            atomic_signal_fence(memory_order_seq_cst);
            *(struct robust_list *volatile *)&h->list.next = &lock->node;
            pending(NULL);
            return (word & FUTEX_OWNER_DIED) != 0;
        }
        uint32_t announced = word | FUTEX_WAITERS;
        if (word == announced || atomic_compare_exchange_strong(&lock->word, &word, announced)) {
            int r = syscall(SYS_futex, &lock->word, FUTEX_WAIT, announced, NULL, NULL, 0);
            if (r == 0 && !strcmp(stop_at, "woken")) stop(WOKEN);
        }
        s = atomic_load(pair(lock));
    }
}

static void unlock_robust(struct robust *lock) {
    uint32_t count = atomic_load(&lock->count);
    pending(lock);
    struct robust_list *next = lock->node.next;
    ((struct robust_list *)((uintptr_t)lock->prev & ~1ul))->next = next;
    if (next != &head()->list) ((struct robust_list **)((uintptr_t)next & ~1ul))[-1] = lock->prev;
    atomic_signal_fence(memory_order_seq_cst);
    uint32_t s = atomic_fetch_and(&lock->word, FUTEX_WAITERS | FUTEX_OWNER_DIED);
    if (!strcmp(stop_at, "freed")) stop(FREED);
    if (s & FUTEX_WAITERS && syscall(SYS_futex, &lock->word, FUTEX_WAKE, 1, NULL, NULL, 0) == 0) {
        uint64_t nobody = pair_of(FUTEX_WAITERS, count);
        atomic_compare_exchange_strong(pair(lock), &nobody, pair_of(0, count));
    }
    pending(NULL);
}

static void consistent(struct robust *lock) { atomic_fetch_and(&lock->word, ~FUTEX_OWNER_DIED); }

/* One section after the other, in the middle of which what the lock guards is broken. */
static void storm(struct robust *lock, int rounds) {
    for (int i = 0; rounds < 0 || i < rounds; i++) {
        int died = lock_robust(lock);
        int *broken = (int *)(memory + BROKEN);
        if (died) {
            *broken = 0;
            consistent(lock);
        } else if (*broken) {
            fail("the owner before has died, and nobody says so");
        }
        *broken = 1;
        ++*(int *)(memory + COUNTER);
        *broken = 0;
        unlock_robust(lock);
    }
}

int main(int count, char **arguments) {
    if (count != 4) fail("robust file part rounds");
    memory = map(arguments[1], BYTES);
    struct robust *lock = (struct robust *)(memory + LOCK);
    attach(lock);
    const char *part = arguments[2];
    if (!strcmp(part, "hold")) {
        lock_robust(lock);
        stop(HELD);
    } else if (!strcmp(part, "woken")) {
        stop_at = "woken";
        lock_robust(lock);
    } else if (!strcmp(part, "freed")) {
        lock_robust(lock);
        atomic_store(INT(STEP), HELD);
        while (!atomic_load(INT(GO))) usleep(1000);
        stop_at = "freed";
        unlock_robust(lock);
    } else if (!strcmp(part, "enter")) {
        lock_robust(lock);
        atomic_store(INT(STEP), ENTERED);
        unlock_robust(lock);
    } else if (!strcmp(part, "storm")) {
        storm(lock, atoi(arguments[3]));
    } else {
        fail("no such part");
    }
    return 0;
}
