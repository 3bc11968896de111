package io.futex.internal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// The fences of wake elision, without the sleep: a waiter announces itself and then reads the word, a waker writes
/// the word and then reads the announcement. If both read the old value, the waiter sleeps and nobody wakes it.
public class WaitTableElision {
    private static final int BUCKET = 0;

    private WaitTableElision() {}

    /// The real table, for native waiters.
    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the waiter sleeps and the waker does not wake: a lost wake")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the waker sees the waiter")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the waiter sees the change and does not sleep")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both: a needless wake")
    @State
    public static class Native {
        private final WaitTable table = new WaitTable(1);
        private int word;

        /// Counts itself, then looks at the word, as the kernel would.
        @Actor
        public void waiter(II_Result r) {
            table.add(BUCKET, WaitTable.ONE_NATIVE);
            r.r1 = word;
        }

        /// Changes the word, then looks for waiters.
        @Actor
        public void waker(II_Result r) {
            word = 1;
            r.r2 = WaitTable.hasNative(table.waiters(BUCKET)) ? 1 : 0;
        }
    }

    /// The real table, for parked waiters.
    @JCStressTest
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the waiter sleeps and the waker does not wake: a lost wake")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the waker sees the waiter")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the waiter sees the change and does not sleep")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both: a needless wake")
    @State
    public static class Parked {
        private final WaitTable table = new WaitTable(1);
        private int word;

        /// Counts itself, then looks at the word, as the list would.
        @Actor
        public void waiter(II_Result r) {
            table.add(BUCKET, WaitTable.ONE_PARKED);
            r.r1 = word;
        }

        /// Changes the word, then looks for waiters.
        @Actor
        public void waker(II_Result r) {
            word = 1;
            r.r2 = WaitTable.hasParked(table.waiters(BUCKET)) ? 1 : 0;
        }
    }

    /// The same without fences: what the test above would show if one were forgotten. Proves that it can fail.
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "the lost wake that the fences prevent")
    @Outcome(
            id = {"0, 1", "1, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "no wake lost this time")
    @State
    public static class WithoutFences {
        private int count;
        private int word;

        /// Counts itself, then looks at the word.
        @Actor
        public void waiter(II_Result r) {
            count = 1;
            r.r1 = word;
        }

        /// Changes the word, then looks for waiters.
        @Actor
        public void waker(II_Result r) {
            word = 1;
            r.r2 = count;
        }
    }
}
