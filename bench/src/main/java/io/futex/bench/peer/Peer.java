package io.futex.bench.peer;

import java.io.IOException;

/// One implementation that is measured, in a process of its own: nobody's JIT profile, heap or threads disturb
/// another's.
public interface Peer extends AutoCloseable {
    /// Measures once.
    ///
    /// @throws IOException if the process fails, with what it said
    Reply run(Request request) throws IOException;

    /// Whether the code gets faster by running.
    default boolean warmsUp() {
        return false;
    }

    @Override
    default void close() {}
}
