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
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the reader came after the downgrade")
@Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "the reader came after the other writer, too")
@Outcome(id = "3, 0", expect = ACCEPTABLE, desc = "the other writer came first")
@Outcome(id = "3, 2", expect = ACCEPTABLE, desc = "the other writer came first, then the reader")
@Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "the other writer came first, the reader last")
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

    /// Leaves 2, whether it comes first or second: the other's sum tells which.
    @Actor
    public void writer() {
        mutex.writeLock().lock();
        try {
            data = data == 0 ? 2 : 2 * data;
        } finally {
            mutex.writeLock().unlock();
        }
    }

    /// Reads.
    @Actor
    public void reader(II_Result r) {
        mutex.readLock().lock();
        try {
            r.r2 = data;
        } finally {
            mutex.readLock().unlock();
        }
    }
}
