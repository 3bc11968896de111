package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelWords;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/// The real Barrier under a model checker. Who is forgotten, or told that its generation ended in the wrong way, shows
/// as a hang or a failed check. Resets are for [BarrierScheduleTest].
class BarrierLincheckTest {
    private static final int INVOCATIONS = Scale.of(40, 10_000);

    private static final int BYTES = (int) Barrier.LAYOUT_BYTES;

    /// Four threads and two parties, so that one generation ends while another begins.
    @Test
    void generationsDoNotMix() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Checked checked = new Checked(new ModelWords(BYTES), 2);
            Model.run(checked::pass, checked::pass, checked::pass, checked::pass);
            Model.check(checked.passed[0].get() == 2, "leaders: " + checked.passed[0]);
            Model.check(checked.passed[1].get() == 2, "others: " + checked.passed[1]);
        });
    }

    /// Three parties, the time of one of which ends at any moment: all pass, or none.
    @Test
    void allOrNone() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWords words = new ModelWords(BYTES);
            Checked checked = new Checked(words, 3);
            AtomicInteger failed = new AtomicInteger();
            Runnable patient = () -> {
                try {
                    checked.passed[checked.barrier.awaitUninterruptibly()].incrementAndGet();
                } catch (BrokenBarrierException e) {
                    failed.incrementAndGet();
                }
            };
            Runnable timed = () -> {
                try {
                    checked.passed[checked.barrier.await(1, TimeUnit.DAYS)].incrementAndGet();
                } catch (BrokenBarrierException | InterruptedException e) {
                    throw new AssertionError("nobody else breaks it", e);
                } catch (TimeoutException e) {
                    failed.incrementAndGet();
                }
            };
            Model.run(patient, patient, timed, () -> words.timeOutOne(Generations.STATE));
            Model.check(failed.get() == 3 || (failed.get() == 0 && checked.eachOnce()), "failed: " + failed);
            Model.check(checked.barrier.isBroken() == (failed.get() == 3), checked.barrier.toString());
        });
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    @Test
    void findsWakeOfOne() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    ModelWords words = new ModelWords(BYTES) {
                        @Override
                        public int wake(long at, int count) {
                            return super.wake(at, 1);
                        }
                    };
                    Checked checked = new Checked(words, 3);
                    Model.run(checked::pass, checked::pass, checked::pass, () -> {});
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    private static final class Checked {
        final Barrier barrier;
        final AtomicInteger[] passed;

        Checked(ModelWords words, int parties) {
            barrier = new Barrier(words, 0, parties, null, false);
            passed = new AtomicInteger[parties];
            for (int i = 0; i < parties; i++) {
                passed[i] = new AtomicInteger();
            }
        }

        void pass() {
            try {
                passed[barrier.awaitUninterruptibly()].incrementAndGet();
            } catch (BrokenBarrierException e) {
                throw new AssertionError(e);
            }
        }

        boolean eachOnce() {
            for (AtomicInteger each : passed) {
                if (each.get() != 1) {
                    return false;
                }
            }
            return true;
        }
    }
}
