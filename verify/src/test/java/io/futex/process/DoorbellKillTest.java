package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import io.futex.sync.Doorbell;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Processes that wait by a doorbell, or ring it, and are killed.
@ExtendWith(Seed.class)
class DoorbellKillTest extends SharedFile {
    private static final long BELL = RoundsProgram.OTHER_BELL;
    private static final int STOP = 1 << 30;

    private Doorbell bell;

    DoorbellKillTest() {
        super(RoundsProgram.class, "rounds");
    }

    @BeforeEach
    void hang() {
        bell = Doorbell.shared(memory, BELL);
    }

    private static int rounds(Side side) {
        return side == Side.C ? Scale.of(20, 1_000) : Scale.of(2, 50);
    }

    private MemorySegment word() {
        return memory.asSlice(BELL, 4);
    }

    /// In every second round before the dead one has left the system's queue, perhaps.
    @ParameterizedTest
    @EnumSource
    void aKilledWaiterIsNotInTheWay(Side side) throws Exception {
        for (int i = 1; i <= rounds(side); i++) {
            int round = i;
            Process killed = start(side, "sleep", 0);
            Sleeper.await(killed, file(), BELL);
            killed.destroyForcibly();
            if (i % 2 == 0) {
                killed.waitFor();
                assertThat(bell.waiters()).as("left behind").isOne();
            }
            Waiter successor = Waiter.start(
                            i % 4 == 0,
                            () -> bell.await(() -> RoundsProgram.number(memory, BELL) == round, 1, TimeUnit.DAYS))
                    .awaitAsleep(word());
            RoundsProgram.ring(memory, BELL, round);
            assertThat(successor.result()).isEqualTo(true);
            assertThat(bell.waiters()).isZero();
            killed.waitFor();
        }
    }

    /// Wherever in a ring that happens, the next one reaches the waiter.
    @ParameterizedTest
    @EnumSource
    void aKilledRingIsMadeUpByTheNext(Side side) throws Exception {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        Waiter consumer = Waiter.platform(() -> {
            int[] seen = new int[1];
            while (seen[0] < STOP) {
                bell.await(() -> RoundsProgram.number(memory, BELL) != seen[0]);
                seen[0] = RoundsProgram.number(memory, BELL);
            }
            return seen[0];
        });
        for (int i = 0; i < rounds(side); i++) {
            int before = RoundsProgram.number(memory, BELL);
            Process killed = start(side, "ring", STOP);
            while (RoundsProgram.number(memory, BELL) == before) {
                assertThat(killed.isAlive()).isTrue();
                LockSupport.parkNanos(10_000);
            }
            LockSupport.parkNanos(random.nextInt(1_000_000));
            killed.destroyForcibly().waitFor();
        }
        RoundsProgram.ring(memory, BELL, STOP);
        assertThat(consumer.result()).isEqualTo(STOP);
    }

    @Test
    void aRingThatIsKilledBeforeItsWakeIsMadeUpByTheNext() throws Exception {
        Waiter waiter = Waiter.platform(
                        () -> bell.await(() -> RoundsProgram.number(memory, BELL) != 0, 1, TimeUnit.DAYS))
                .awaitAsleep(word());
        Process killed = start(Side.C, "die", 1);
        assertThat(killed.waitFor()).isEqualTo(128 + 9);
        assertThat(memory.get(ValueLayout.JAVA_INT, BELL)).isEqualTo(2);
        assertThat(RoundsProgram.number(memory, BELL)).isOne();
        waiter.awaitAsleep(word());
        assertThat(start(Side.C, "ring", 1).waitFor()).isZero();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(bell).hasToString("Doorbell[quiet]");
    }
}
