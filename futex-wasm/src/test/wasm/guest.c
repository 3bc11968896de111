// A guest without a C library: what a C program does with a word, by the instructions alone.

#define EXPORT(name) __attribute__((export_name(#name)))

typedef _Atomic int word;

static const long long FOR_EVER = -1;

static int wait(word *at, int expected, long long nanos) {
    return __builtin_wasm_memory_atomic_wait32((int *)at, expected, nanos);
}

static unsigned notify(word *at, unsigned count) {
    return __builtin_wasm_memory_atomic_notify((int *)at, count);
}

// Hands the word to the other side and waits until it comes back, so many times. Side 0 begins.
EXPORT(ping_pong) void ping_pong(word *at, int me, int rounds) {
    for (int i = 0; i < rounds; i++) {
        for (int seen; (seen = *at) != me;) {
            wait(at, seen, FOR_EVER);
        }
        *at = 1 - me;
        notify(at, 1);
    }
}

// A mutex of three states: 0 free, 1 held, 2 held and perhaps somebody sleeps (Drepper, Futexes Are Tricky, 2).
static void lock(word *mutex) {
    int seen = 0;
    if (__c11_atomic_compare_exchange_strong(mutex, &seen, 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        return;
    }
    while (__c11_atomic_exchange(mutex, 2, __ATOMIC_SEQ_CST) != 0) {
        wait(mutex, 2, FOR_EVER);
    }
}

static void unlock(word *mutex) {
    if (__c11_atomic_exchange(mutex, 0, __ATOMIC_SEQ_CST) == 2) {
        notify(mutex, 1);
    }
}

// Adds to a plain counter under the mutex.
EXPORT(count_under_mutex) void count_under_mutex(word *mutex, volatile int *counter, int times) {
    for (int i = 0; i < times; i++) {
        lock(mutex);
        *counter = *counter + 1;
        unlock(mutex);
    }
}

// Waits on a word of zero until it is told by another word to stop; returns how many waits a notify has ended.
EXPORT(count_wakes) int count_wakes(word *at, word *stop, long long nanos) {
    int woken = 0;
    while (!*stop) {
        woken += wait(at, 0, nanos) == 0;
    }
    return woken;
}

// Notifies so many times; returns the sum of what notify has returned.
EXPORT(count_notified) int count_notified(word *at, int times, unsigned count) {
    int notified = 0;
    for (int i = 0; i < times; i++) {
        notified += notify(at, count);
    }
    return notified;
}

// Fills an array on the stack, waits for the word to change, and returns the sum of the array: another guest on the
// same stack would have spoilt it.
EXPORT(sum_on_stack) int sum_on_stack(word *at, int value) {
    volatile int numbers[64];
    for (int i = 0; i < 64; i++) {
        numbers[i] = value;
    }
    while (*at == 0) {
        wait(at, 0, FOR_EVER);
    }
    int sum = 0;
    for (int i = 0; i < 64; i++) {
        sum += numbers[i];
    }
    return sum;
}
