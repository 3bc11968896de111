package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.sync.Doorbell;
import io.futex.sync.Once;
import io.futex.sync.Parker;
import io.futex.sync.WaitGroup;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// WaitGroup, Once, Parker and Doorbell in a mapped file: this JVM on one side, another one or a C program on the
/// other.
class SharedRoundsTest extends SharedFile {
    private static final int ROUNDS = Scale.of(500, 1_000_000);
    private static final int RACING = 3;

    SharedRoundsTest() {
        super(RoundsProgram.class, "rounds");
    }

    /// The other side waits asleep for the first round.
    @ParameterizedTest
    @EnumSource
    void waitGroup(Side side) throws Exception {
        WaitGroup forth = WaitGroup.shared(memory, RoundsProgram.FORTH);
        WaitGroup back = WaitGroup.shared(memory, RoundsProgram.BACK);
        forth.add(1);
        Process child = start(side, "group", ROUNDS);
        Sleeper.await(child, file(), RoundsProgram.FORTH + upper());
        for (int i = 0; i < ROUNDS; i++) {
            back.add(1);
            PermitProgram.count(memory, 2 * i);
            forth.done();
            back.await();
            assertThat(forth.count()).isOne();
        }
        assertEnds(child);
        assertThat(data()).isEqualTo(2 * ROUNDS);
        assertThat(back).hasToString("WaitGroup[count=0]");
    }

    /// The body does not end before all others wait for that. One of them runs the next one.
    @ParameterizedTest
    @EnumSource
    void once(Side side) throws Exception {
        Once once = Once.shared(memory, RoundsProgram.ONCE);
        once.run(() -> {
            for (int i = 0; i < RACING; i++) {
                Process racing = start(side, "once", ROUNDS);
                Sleeper.await(racing, file(), RoundsProgram.ONCE);
            }
            PermitProgram.count(memory, 0);
        });
        for (Process each : children) {
            assertEnds(each);
        }
        assertThat(data()).isEqualTo(2);
        assertThat(once.isDone()).isTrue();
        assertThat(Once.shared(memory, RoundsProgram.ONCE_BACK).isDone()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void parker(Side side) throws Exception {
        Process child = start(side, "parker", ROUNDS);
        Parker.shared(memory, RoundsProgram.OTHER_PARKER).unpark();
        RoundsProgram.parker(memory, ROUNDS - 1, RoundsProgram.OWN_PARKER, RoundsProgram.OTHER_PARKER);
        Parker.shared(memory, RoundsProgram.OWN_PARKER).park();
        assertEnds(child);
        assertThat(data()).isEqualTo(2 * ROUNDS - 1);
    }

    /// The other side waits asleep for the first round.
    @ParameterizedTest
    @EnumSource
    void doorbell(Side side) throws Exception {
        Process child = start(side, "bell", ROUNDS);
        Sleeper.await(child, file(), RoundsProgram.OTHER_BELL);
        RoundsProgram.ring(memory, RoundsProgram.OTHER_BELL, 1);
        Doorbell mine = Doorbell.shared(memory, RoundsProgram.OWN_BELL);
        for (int i = 2; i <= ROUNDS; i++) {
            int round = i - 1;
            mine.await(() -> RoundsProgram.number(memory, RoundsProgram.OWN_BELL) == round);
            PermitProgram.count(memory, -1);
            RoundsProgram.ring(memory, RoundsProgram.OTHER_BELL, i);
        }
        assertEnds(child);
        assertThat(data()).isEqualTo(2 * ROUNDS - 1);
        assertThat(mine).hasToString("Doorbell[quiet]");
        assertThat(Doorbell.shared(memory, RoundsProgram.OTHER_BELL)).hasToString("Doorbell[quiet]");
    }

    private static long upper() {
        return ByteOrder.nativeOrder().equals(ByteOrder.LITTLE_ENDIAN) ? Integer.BYTES : 0;
    }
}
