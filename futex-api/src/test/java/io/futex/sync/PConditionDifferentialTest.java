package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import io.futex.sync.PConditionFixture.Form;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The same random script on a condition of ours and on one of a ReentrantLock.
@SuppressWarnings({
    "WaitNotInLoop", // the single wait is what is tested
    "EnumOrdinal", // the forms that both have come first
    "LockNotBeforeTry" // what fails in between ends the test anyway
})
@ExtendWith(Seed.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PConditionDifferentialTest {
    /// One thread waits in a random way, another signals and interrupts it in a random order, one event after the
    /// other has settled; both kinds of condition must agree on what came of it.
    @Test
    void behavesAsThatOfReentrantLock() {
        long seed = Seed.VALUE;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 150; i++) {
            long script = random.nextLong();
            ReentrantLock model = new ReentrantLock();
            PMutex ours = new PMutex();
            String expected = play(model, model.newCondition(), new SplittableRandom(script));
            assertThat(play(ours, ours.newCondition(), new SplittableRandom(script)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(expected);
        }
    }

    private static String play(Lock lock, Condition condition, SplittableRandom random) {
        Form form = Form.values()[random.nextInt(4)];
        boolean interruptFirst = random.nextInt(8) == 0;
        boolean shortTime = form == Form.NANOS && random.nextBoolean();
        boolean early = random.nextInt(4) == 0;
        boolean waits = !shortTime && !(interruptFirst && form.isInterruptible());
        AtomicInteger stage = new AtomicInteger();
        Waiter waiter = Waiter.platform(() -> {
            if (early) {
                condition.signal(); // throws
            }
            if (interruptFirst) {
                Thread.currentThread().interrupt();
            }
            lock.lock();
            stage.set(1);
            try {
                return shortTime ? condition.awaitNanos(1000) > 0 : form.await(condition);
            } finally {
                lock.unlock();
            }
        });
        if (waits && !early) {
            Await.until("it waits", () -> stage.get() == 1);
            lock.lock(); // has been let go of by the wait
            int event = random.nextInt(form.isInterruptible() ? 4 : 3);
            switch (event) {
                case 0 -> condition.signal();
                case 1 -> condition.signalAll();
                case 2 -> {
                    condition.signal();
                    waiter.thread().interrupt(); // too late: signalled already
                }
                default -> waiter.thread().interrupt();
            }
            lock.unlock();
        }
        Throwable thrown = waiter.thrown();
        String outcome = thrown == null ? "returned " + waiter.result() : "threw " + thrown.getClass();
        return outcome + (waiter.interruptedAfter() ? ", interrupted" : "");
    }
}
