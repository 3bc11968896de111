package io.futex.sync;

import io.futex.ModelWord;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real WaitGroup under a model checker. A waiter that is forgotten shows as a hang, one that is released by the
/// end of another round as a failed check.
class WaitGroupModelTest {
    private static final int INVOCATIONS = Scale.of(400, 20_000);
    private static final int WAITERS = 1 << 31;

    /// One task of the first round ends while the next round begins, whose waiter must not be released by that.
    @Test
    void roundsDoNotMix() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            // Somebody has waited for the first round and given up: its end must change the generation.
            WaitGroup group = new WaitGroup(new ModelWord(1 | WAITERS), new ModelWord(0));
            ModelWord begun = new ModelWord(0);
            AtomicBoolean ended = new AtomicBoolean();
            Model.run(
                    group::done,
                    () -> {
                        group.add(1);
                        begun.set(1);
                        begun.wakeAll();
                        group.awaitUninterruptibly();
                        Model.check(ended.get(), "released before the task of its own round was done");
                    },
                    () -> {
                        while (begun.get() == 0) {
                            begun.awaitUninterruptibly(0);
                        }
                        ended.set(true);
                        group.done();
                    });
        });
    }

    /// Two tasks, a waiter, and one that waits for a limited time, which ends at any moment.
    @Test
    void nobodyIsForgotten() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWord generation = new ModelWord(0);
            WaitGroup group = new WaitGroup(new ModelWord(2), generation);
            AtomicInteger done = new AtomicInteger();
            Model.run(
                    () -> {
                        done.incrementAndGet();
                        group.done();
                    },
                    () -> {
                        generation.timeOutOne();
                        done.incrementAndGet();
                        group.done();
                    },
                    () -> {
                        group.awaitUninterruptibly();
                        Model.check(done.get() == 2, "released too early");
                    },
                    () -> {
                        if (group.awaitUninterruptibly(1, TimeUnit.DAYS)) {
                            Model.check(done.get() == 2, "released too early");
                        }
                    });
            Model.check(group.count() == 0, "the count is " + group);
        });
    }

    /// Rounds follow each other while a waiter of the first is slow; everybody comes out, and the words agree.
    @Test
    void aSlowWaiterComesOut() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            WaitGroup group = group(1);
            Runnable round = () -> {
                group.add(1);
                group.done();
            };
            Model.run(group::awaitUninterruptibly, group::awaitUninterruptibly, group::done, round);
            Model.check(group.count() == 0, "the count is " + group);
            group.add(1); // the words agree, or the next round would never end
            Model.run(group::awaitUninterruptibly, group::done);
        });
    }

    private static WaitGroup group(int count) {
        return new WaitGroup(new ModelWord(count), new ModelWord(0));
    }
}
