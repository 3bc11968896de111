// One side of a ping-pong: hands the word to the other side and waits until it comes back. Side 0 begins.

typedef _Atomic int word;

__attribute__((export_name("ping_pong"))) void ping_pong(word *at, int me, int rounds) {
    for (int i = 0; i < rounds; i++) {
        for (int seen; (seen = *at) != me;) {
            __builtin_wasm_memory_atomic_wait32((int *)at, seen, -1);
        }
        *at = 1 - me;
        __builtin_wasm_memory_atomic_notify((int *)at, 1);
    }
}
