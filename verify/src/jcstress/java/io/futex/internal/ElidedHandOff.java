package io.futex.internal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// The whole way down to the kernel and back: a waiter that may sleep, a waker that may elide. A lost wake shows as a
/// wait that does not end within the time that jcstress gives a test, half a minute, or else as one that lasts its full
/// minute; data written before the wake must be there after it.
public class ElidedHandOff {
    private static final long LONG_ENOUGH_SECONDS = 60;
    private static final int WORDS = 1 << 16;
    private static final int LINE_BYTES = 64;
    private static final MemorySegment MEMORY = Arena.global().allocate((long) WORDS * LINE_BYTES, LINE_BYTES);
    private static final AtomicInteger NEXT = new AtomicInteger();

    private ElidedHandOff() {}

    /// One word, and what both sides do with it.
    public abstract static class HandOff {
        private final Futex futex;
        private final long offset = (long) (NEXT.getAndIncrement() & (WORDS - 1)) * LINE_BYTES;
        private int data;

        HandOff(Futex futex) {
            this.futex = futex;
            ValueLayout.JAVA_INT.varHandle().setVolatile(MEMORY, offset, 0);
        }

        /// @param r 1 and the data, or 0 if the wake was lost
        final void await(II_Result r) {
            try {
                while ((int) ValueLayout.JAVA_INT.varHandle().getAcquire(MEMORY, offset) == 0) {
                    if (futex.wait(MEMORY, offset, 0, LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) == WaitResult.TIMED_OUT) {
                        return;
                    }
                }
                r.r1 = 1;
                r.r2 = data;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        final void wake() {
            data = 1;
            ValueLayout.JAVA_INT.varHandle().setRelease(MEMORY, offset, 1);
            futex.wakeOne(MEMORY, offset);
        }
    }

    /// The backend that this machine has.
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "woken, or the change was seen first; and the data with it")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the word was seen before the data")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "lost wake")
    @State
    public static class Local extends HandOff {
        /// A fresh word.
        public Local() {
            super(Futex.local());
        }

        /// Sleeps until the word changes.
        @Actor
        public void waiter(II_Result r) {
            await(r);
        }

        /// Changes the word, then wakes.
        @Actor
        public void waker() {
            wake();
        }
    }

    /// Everybody parks.
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "woken, or the change was seen first; and the data with it")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the word was seen before the data")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "lost wake")
    @State
    public static class Portable extends HandOff {
        private static final Futex FUTEX = Engine.portable();

        /// A fresh word.
        public Portable() {
            super(FUTEX);
        }

        /// Sleeps until the word changes.
        @Actor
        public void waiter(II_Result r) {
            await(r);
        }

        /// Changes the word, then wakes.
        @Actor
        public void waker() {
            wake();
        }
    }
}
