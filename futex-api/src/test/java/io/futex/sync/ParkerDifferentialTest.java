package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The same random script on a Parker and on LockSupport: which park returns at once, which waits, what ends it, and
/// what becomes of the interrupt status.
@ExtendWith(Seed.class)
@Timeout(120)
class ParkerDifferentialTest {
    private static final int STEPS = Scale.of(1_500, 300_000);

    private enum Step {
        UNPARK,
        PARK,
        PARK_INTERRUPTED,
        PARK_FOR_A_DAY,
        PARK_FOR_A_DAY_INTERRUPTED,
        PARK_FOR_A_WHILE,
        PARK_FOR_A_WHILE_INTERRUPTED,
        PARK_FOR_NO_TIME
    }

    private final SplittableRandom random = new SplittableRandom(Seed.VALUE);
    private final List<Step> script = new ArrayList<>();
    private final Parker parker = new Parker();

    @Test
    void doesWhatLockSupportDoes() throws Exception {
        Owner ours = new Owner();
        Owner theirs = new Owner();
        boolean permit = false;
        try {
            for (int i = 0; i < STEPS; i++) {
                Step step = Step.values()[random.nextInt(Step.values().length)];
                script.add(step);
                if (step == Step.UNPARK) {
                    unpark(theirs);
                    permit = true;
                    continue;
                }
                long nanos = random.nextInt(100_000);
                ours.begin(() -> park(step, nanos));
                theirs.begin(() -> parkByLockSupport(step, nanos));
                if (!permit && (step == Step.PARK || step == Step.PARK_FOR_A_DAY)) {
                    Await.until(
                            "both are parked", () -> parker.toString().equals("Parker[parked]") && theirs.isParked());
                    if (random.nextBoolean()) {
                        ours.thread.interrupt();
                        theirs.thread.interrupt();
                    } else {
                        unpark(theirs);
                    }
                }
                permit = false;
                assertThat(ours.end()).as(this::story).isEqualTo(theirs.end());
                assertThat(parker).as(this::story).hasToString("Parker[no permit]");
            }
        } finally {
            ours.thread.interrupt();
            theirs.thread.interrupt();
        }
    }

    private void unpark(Owner theirs) {
        parker.unpark();
        LockSupport.unpark(theirs.thread);
    }

    private String park(Step step, long nanos) {
        interrupt(step);
        switch (step) {
            case PARK, PARK_INTERRUPTED -> parker.park();
            case PARK_FOR_A_DAY, PARK_FOR_A_DAY_INTERRUPTED -> parker.park(1, TimeUnit.DAYS);
            case PARK_FOR_A_WHILE, PARK_FOR_A_WHILE_INTERRUPTED -> parker.park(nanos, TimeUnit.NANOSECONDS);
            default -> parker.park(0, TimeUnit.NANOSECONDS);
        }
        return status();
    }

    private static String parkByLockSupport(Step step, long nanos) {
        interrupt(step);
        switch (step) {
            case PARK, PARK_INTERRUPTED -> LockSupport.park();
            case PARK_FOR_A_DAY, PARK_FOR_A_DAY_INTERRUPTED -> LockSupport.parkNanos(TimeUnit.DAYS.toNanos(1));
            case PARK_FOR_A_WHILE, PARK_FOR_A_WHILE_INTERRUPTED -> LockSupport.parkNanos(Math.max(1, nanos));
            default -> LockSupport.parkNanos(1); // with no time it would not look for the permit
        }
        return status();
    }

    private static void interrupt(Step step) {
        if (step.name().endsWith("_INTERRUPTED")) {
            Thread.currentThread().interrupt();
        }
    }

    private static String status() {
        return Thread.interrupted() ? "interrupted" : "not interrupted";
    }

    private String story() {
        return "last steps " + script.subList(Math.max(0, script.size() - 20), script.size());
    }

    /// A thread that makes one call after the other. It waits for them in a monitor, not by a park.
    private static final class Owner {
        private Callable<String> call;
        private String outcome;
        private volatile boolean calls;
        private final Object lock = new Object();
        final Thread thread = Thread.ofPlatform().daemon().start(this::run);

        private void run() {
            try {
                for (; ; ) {
                    Callable<String> next;
                    synchronized (lock) {
                        while (call == null) {
                            lock.wait();
                        }
                        next = call;
                    }
                    calls = true;
                    String result = next.call();
                    calls = false;
                    synchronized (lock) {
                        call = null;
                        outcome = result;
                    }
                }
            } catch (Exception e) {
                synchronized (lock) {
                    outcome = e.toString(); // the end of the test, most often
                }
            }
        }

        void begin(Callable<String> next) {
            synchronized (lock) {
                outcome = null;
                call = next;
                lock.notifyAll();
            }
        }

        /// Not in the monitor, where it must not be interrupted.
        boolean isParked() {
            Thread.State state = thread.getState();
            return calls && (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING);
        }

        String end() {
            Await.until("the park has ended", () -> peek() != null);
            return peek();
        }

        private String peek() {
            synchronized (lock) {
                return outcome;
            }
        }
    }
}
