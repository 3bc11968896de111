package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Virtual threads on a shared word by the real poller, over a kernel that refuses, delays and fails, in a lottery of
/// interleavings: see [PollerGame].
class PollerScheduleTest {
    private static final int RUNS = Scale.of(5_000, 500_000);

    @Test
    void noWakeIsLost() {
        play(Map.of());
    }

    // ---- The lottery finds what is known to be wrong; else it would prove nothing.

    /// A wait that was withdrawn, and woken before, says that its time is over.
    @Test
    void findsAWithdrawalThatSwallowsAWake() {
        finds("Poller.ended RingWait.end", "swallow", "RingWait.withdraw Poller.leave", "leave");
    }

    /// The wake that is to end a wait is for another, which sleeps again before a token's wake comes for the first.
    @Test
    void findsAWakeThatIsNotPassedOn() {
        finds("Poller.ended FutexBackend.wake", "wakeNobody");
    }

    /// The number of a wait is given to another before the system has said how it ended.
    @Test
    void findsANumberThatIsUsedTooSoon() {
        finds("Poller.cancel AsyncWaits.cancel", "recycle", "Poller.serve AsyncWaits.run", "run");
    }

    /// The queue of the ring is full.
    @Test
    void findsAWaitThatIsDropped() {
        finds("Poller.offer AsyncWaits.offer", "drop");
    }

    /// The second is over, and somebody has just come.
    @Test
    void findsAnEndThatForgetsWhoHasJustCome() {
        finds("Poller.serve AtomicReference.compareAndSet", "closeAnyway");
    }

    /// Somebody has come before the poller said that it sleeps.
    @Test
    void findsASleepWithoutALook() {
        finds("Poller.serve AtomicReference.get", "sleepAtOnce");
    }

    /// The ring fails, and what it had goes on taking wakes.
    @Test
    void findsWakesThatGoToARingThatHasFailed() {
        finds("Poller.fail FutexBackend.wake", "wakeNobody");
    }

    private static void finds(String... mistakes) {
        Map<String, String> all = mistakes.length == 2
                ? Map.of(mistakes[0], mistakes[1])
                : Map.of(mistakes[0], mistakes[1], mistakes[2], mistakes[3]);
        assertThatThrownBy(() -> play(all)).isInstanceOf(AssertionError.class).hasMessageStartingWith("seed ");
    }

    private static void play(Map<String, String> mistakes) {
        PollerLoader loader = new PollerLoader(mistakes);
        for (long seed = 0; seed < RUNS; seed++) {
            try {
                loader.game(seed).run();
            } catch (ModelScheduler.Hang | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }
}
