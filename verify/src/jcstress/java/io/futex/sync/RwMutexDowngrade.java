package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// No writer comes between a write lock and the read lock that it is turned into, and readers let in by that see it.
@JCStressTest
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the reader came first")
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the downgrade came first")
@Outcome(id = "3, 2", expect = ACCEPTABLE, desc = "the downgrade came last")
@Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "the downgrade came between")
@Outcome(expect = FORBIDDEN, desc = "a writer came between, or a write is missing")
@State
public class RwMutexDowngrade {
    private final RwMutex mutex = new RwMutex();
    private int data;

    /// Adds 1, and looks whether that stays.
    @Actor
    public void downgrader(II_Result r) {
        mutex.writeLock().lock();
        data++;
        mutex.downgrade();
        try {
            r.r1 = data;
        } finally {
            mutex.readLock().unlock();
        }
    }

    /// Leaves 2, whether it comes first or second: the other's sum tells which. Then reads; in a thread of its own the
    /// reader would need a third processor.
    @Actor
    public void writerThenReader(II_Result r) {
        mutex.writeLock().lock();
        try {
            data = data == 0 ? 2 : 2 * data;
        } finally {
            mutex.writeLock().unlock();
        }
        mutex.readLock().lock();
        try {
            r.r2 = data;
        } finally {
            mutex.readLock().unlock();
        }
    }
}
