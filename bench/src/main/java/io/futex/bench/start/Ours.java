package io.futex.bench.start;

import io.futex.Futex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// The smallest program that uses the library: one wake, one timed wait.
public final class Ours {
    private Ours() {}

    /// The program.
    ///
    /// @param args unused
    public static void main(String[] args) throws InterruptedException {
        MemorySegment word = Arena.global().allocate(Integer.BYTES, Integer.BYTES);
        Futex futex = Futex.local();
        futex.wakeOne(word);
        if (!futex.backend().equals("linux")) {
            throw new IllegalStateException("the peer is a Linux program; this is the backend " + futex.backend());
        }
        futex.wait(word, 0, 1, TimeUnit.MICROSECONDS);
    }
}
