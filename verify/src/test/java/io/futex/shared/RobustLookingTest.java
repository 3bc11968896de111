package io.futex.shared;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.shared.RobustMutex.Outcome;
import io.futex.spi.FutexBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// As where the kernel has no robust lists: who waits looks whether the owner is there. What a thread has of the other
/// kind it keeps, so all is done in new threads.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RobustLookingTest {
    private static final long STARTED = 40;

    private final Robust before = new Robust(Robust.ofThisProcess(), null);

    @TempDir
    private Path directory;

    private MemorySegment memory;
    private RobustMutex lock;

    @BeforeEach
    void look() throws Exception {
        memory = RobustProgram.map(directory.resolve("locks"), Arena.ofAuto());
        Robust.use(Robust.looking());
        lock = RobustMutex.over(memory, 0);
    }

    @AfterEach
    void lookNoMore() {
        Robust.use(before);
    }

    private static Object inThread(Waiter.Call<?> call) {
        return Waiter.platform(call).result();
    }

    private Waiter waiter() {
        return Waiter.platform(() -> {
                    Outcome outcome = lock.lock();
                    lock.unlock();
                    return outcome;
                })
                .awaitAsleep(RobustProgram.word(lock));
    }

    @Test
    void whoFollowsADeadThreadIsTold() {
        Waiter owner = Waiter.platform(() -> {
            Outcome outcome = lock.lock();
            Await.until("somebody waits", () -> memory.get(JAVA_INT, 0) < 0);
            return outcome;
        });
        Await.until("held", () -> lock.ownerThreadId() != 0);
        Waiter waiter = waiter();
        assertThat(owner.result()).isEqualTo(Outcome.ACQUIRED);
        assertThat(waiter.result()).isEqualTo(Outcome.OWNER_DIED);
    }

    @Test
    void waitsThatEndForNoReasonDoNotKeepAnybodyFromLooking() {
        assertThat(inThread(lock::lock)).isEqualTo(Outcome.ACQUIRED);
        assertThat(inThread(RobustProgram.restless(memory)::lock)).isEqualTo(Outcome.OWNER_DIED);
    }

    @Test
    void aTryFindsADeadThread() {
        assertThat(inThread(lock::lock)).isEqualTo(Outcome.ACQUIRED);
        Await.until("found", () -> inThread(lock::tryLock).equals(Optional.of(Outcome.OWNER_DIED)));
    }

    @Test
    void whoeverHasTheSameNumberIsAnother() {
        inThread(() -> {
            assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
            assertThat(inThread(() -> lock.tryLock(200, TimeUnit.MILLISECONDS))).isEqualTo(Optional.empty());
            memory.set(JAVA_LONG, STARTED, memory.get(JAVA_LONG, STARTED) - 1);
            assertThat(inThread(lock::lock)).isEqualTo(Outcome.OWNER_DIED);
            return null;
        });
    }

    @Test
    void aStoppedProcessHasNotDied() throws Exception {
        Process owner = RobustProgram.jvm(directory.resolve("locks"), "look-hold", 0)
                .start(directory.resolve("out"), directory.resolve("err"));
        try {
            Await.until("held", () -> {
                assertThat(owner.isAlive()).isTrue();
                return memory.get(JAVA_INT, RobustProgram.STEP) == RobustProgram.HELD;
            });
            Waiter waiter = waiter();
            signal("STOP", owner);
            assertThat(inThread(() -> lock.tryLock(300, TimeUnit.MILLISECONDS))).isEqualTo(Optional.empty());
            assertThat(waiter.isDone()).isFalse();
            owner.destroyForcibly();
            assertThat(waiter.result()).isEqualTo(Outcome.OWNER_DIED);
        } finally {
            owner.destroyForcibly();
        }
    }

    private static void signal(String name, Process process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    /// The kernel does not tell the one kind of the end of the other.
    @Test
    void theTwoKindsDoNotMix() {
        Assumptions.assumeTrue(
                Objects.requireNonNull(before.system()).patienceNanos() == FutexBackend.FOREVER,
                "SKIPPED: there is one");
        Robust.use(before);
        assertThatThrownBy(() -> RobustMutex.over(memory, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("emulator");
    }
}
