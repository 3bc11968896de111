/// Waits for the consumers of other libraries' rings and loops, which sleep until somebody rings for them.
///
/// Each package is for one library, and no program needs more of them than it uses.
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-automatic") // Agrona and Chronicle have no descriptor
module io.futex.adapters {
    requires static chronicle.threads;
    requires static com.lmax.disruptor;
    requires transitive io.futex;
    requires static org.agrona;
    requires static org.jspecify;

    exports io.futex.adapters.agrona;
    exports io.futex.adapters.chronicle;
    exports io.futex.adapters.disruptor;
}
