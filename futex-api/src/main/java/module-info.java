/// Wait and wake on a 32-bit word, and the primitives built from it.
@org.jspecify.annotations.NullMarked
module io.futex {
    requires static jdk.jfr;
    requires static org.jspecify;

    exports io.futex;
    exports io.futex.channel;
    exports io.futex.internal to
            io.futex.adapters, // whose waits have deadlines, and look before they sleep
            io.futex.wasm; // whose guests wait in the engine's list of parked waiters
    exports io.futex.memory to
            io.futex.adapters,
            io.futex.wasm;
    exports io.futex.shared;
    exports io.futex.spi;
    exports io.futex.sync;

    uses io.futex.spi.FutexBackendProvider;
}
