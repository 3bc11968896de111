package io.futex.bench.experiment;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.futex.bench.os.Downcall;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// One end of a line over a word, by the bare system call through FFM: no library, no policy, no interrupts. What a
/// hand-over costs a JVM at the very least, whoever writes it.
final class BareLine implements Line {
    private static final VarHandle INT = JAVA_INT.varHandle().withInvokeExactBehavior();

    private final MemorySegment word;
    private final long scope;
    private int last = PONG;

    /// One end of a line.
    ///
    /// @param word zero at the begin
    /// @param shared whether the other end is another process
    BareLine(MemorySegment word, boolean shared) {
        this.word = word;
        this.scope = shared ? 0 : Downcall.PRIVATE;
    }

    @Override
    public void send(int message) {
        last = message;
        INT.setVolatile(word, 0L, message);
        Downcall.futex(word.address(), Downcall.FUTEX_WAKE | scope, 1);
    }

    @Override
    public int receive() {
        int message;
        while ((message = (int) INT.getVolatile(word, 0L)) == last) {
            Downcall.futex(word.address(), Downcall.FUTEX_WAIT | scope, last);
        }
        return message;
    }
}
