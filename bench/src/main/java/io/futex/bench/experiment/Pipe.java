package io.futex.bench.experiment;

import org.jspecify.annotations.Nullable;

/// A channel of whatever library, for threads.
interface Pipe {
    void put(Token token) throws InterruptedException;

    Token take() throws InterruptedException;

    /// Does not wait.
    boolean offer(Token token) throws InterruptedException;

    /// Does not wait.
    ///
    /// @return null if there is none
    @Nullable
    Token poll() throws InterruptedException;
}
