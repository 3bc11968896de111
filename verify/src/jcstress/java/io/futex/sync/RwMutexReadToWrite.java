package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// What a reader reads stays as it is until its unlock, and what it has left behind is seen by the next writer.
@JCStressTest
@Outcome(
        id = {"0, 1", "1, 1"},
        expect = ACCEPTABLE,
        desc = "the writer saw the mark if the reader came before it, and only then")
@Outcome(expect = FORBIDDEN, desc = "a writer came in beside a reader, or did not see what one had left")
@State
public class RwMutexReadToWrite {
    private static final int TORN = -1;

    private final RwMutex mutex = new RwMutex();
    private int data;
    private int mark;
    private int markSeen;

    /// Leaves a mark, and reads twice.
    @Actor
    public void reader(II_Result r) {
        mutex.readLock().lock();
        try {
            int first = data;
            mark = 1;
            r.r1 = data == first ? first : TORN;
        } finally {
            mutex.readLock().unlock();
        }
    }

    /// Looks at the mark.
    @Actor
    public void writer() {
        mutex.writeLock().lock();
        try {
            markSeen = mark;
            data = 1;
        } finally {
            mutex.writeLock().unlock();
        }
    }

    /// Who has read 0 came before the writer, which must have seen the mark.
    @Arbiter
    public void judge(II_Result r) {
        r.r2 = markSeen == (r.r1 == 0 ? 1 : 0) ? 1 : 0;
    }
}
