package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/// What was written under the lock is seen by the next owner, and there is one owner at a time.
@JCStressTest
@Outcome(id = "4", expect = ACCEPTABLE, desc = "each saw what the other had written")
@Outcome(expect = FORBIDDEN, desc = "an update is lost")
@State
public class PMutexVisibility {
    private final PMutex mutex = new PMutex();
    private int plain;

    /// One thread, twice, so that it may meet the other's release.
    @Actor
    public void one() {
        count();
        count();
    }

    /// The other.
    @Actor
    public void other() {
        count();
        count();
    }

    /// After both.
    @Arbiter
    public void sum(I_Result r) {
        r.r1 = plain;
    }

    private void count() {
        mutex.lock();
        try {
            plain++;
        } finally {
            mutex.unlock();
        }
    }
}
