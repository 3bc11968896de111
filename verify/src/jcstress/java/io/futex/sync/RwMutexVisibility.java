package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/// What was written under the write lock is seen, all or nothing, by the next who has it, and by who reads under the
/// read lock after it.
@JCStressTest
@Outcome(
        id = {"1, [12], 2, 2", "2, 2, 1, [12]"},
        expect = ACCEPTABLE,
        desc = "the second counted on from the first, who may have read before")
@Outcome(expect = FORBIDDEN, desc = "somebody saw a writer at work, or did not see what one had left")
@State
public class RwMutexVisibility {
    private static final int TORN = -1;

    private final RwMutex mutex = new RwMutex();
    private int one;
    private int other;

    /// Writes, and reads.
    @Actor
    public void first(IIII_Result r) {
        r.r1 = count();
        r.r2 = read();
    }

    /// As the first.
    @Actor
    public void second(IIII_Result r) {
        r.r3 = count();
        r.r4 = read();
    }

    private int count() {
        mutex.writeLock().lock();
        try {
            int both = ++one;
            return ++other == both ? both : TORN;
        } finally {
            mutex.writeLock().unlock();
        }
    }

    /// The other way round.
    private int read() {
        mutex.readLock().lock();
        try {
            int both = other;
            return one == both ? both : TORN;
        } finally {
            mutex.readLock().unlock();
        }
    }
}
