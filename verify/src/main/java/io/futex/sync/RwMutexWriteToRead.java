package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// What was written under the write lock is seen, all or nothing, by who reads under the read lock after it.
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "read before it was written")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "read after it was written")
@Outcome(expect = FORBIDDEN, desc = "a reader saw a writer at work")
@State
public class RwMutexWriteToRead {
    private final RwMutex mutex = new RwMutex();
    private int one;
    private int other;

    /// Writes both.
    @Actor
    public void writer() {
        mutex.writeLock().lock();
        try {
            one = 1;
            other = 1;
        } finally {
            mutex.writeLock().unlock();
        }
    }

    /// Reads both, the other way round.
    @Actor
    public void reader(II_Result r) {
        mutex.readLock().lock();
        try {
            r.r1 = other;
            r.r2 = one;
        } finally {
            mutex.readLock().unlock();
        }
    }
}
