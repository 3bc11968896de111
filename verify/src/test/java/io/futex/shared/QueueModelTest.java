package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.memory.Interleavings;
import io.futex.memory.ModelScheduler;
import io.futex.shared.QueuePlay.Setup;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The library's own code in interleavings drawn by lot, and of small setups in all that have so few switches; with
/// each mistake that is known, to see that it would be found.
@ExtendWith(Seed.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueModelTest {
    private static final int RUNS = Scale.of(2_000, 50_000);

    /// Within which a mistake is found.
    private static final int ENOUGH = Scale.of(60_000, 400_000);

    private static final int MOST_ACCESSES = 60;

    /// Two producers, one of whom abandons; two consumers or three, one of whom gives up in time; one of all is killed.
    static Stream<Setup> setups() {
        return Stream.of(
                Setup.mpmc(2, 2, 3, 2),
                Setup.mpmc(2, 2, 1, 2).withQuotas(),
                Setup.mpmc(2, 2, 2, 1).withQuotas(),
                Setup.mpmc(2, 3, 2, 2).shutAtAnyTime(),
                Setup.mpmc(2, 2, 3, 2).withTime(),
                Setup.mpmc(2, 2, 2, 2).leaves(1),
                Setup.mpmc(2, 2, 2, 2).leaves(4),
                Setup.mpmc(2, 2, 3, 2).withTime().kills(1),
                Setup.mpmc(2, 2, 3, 2).withTime().kills(4),
                Setup.mpmc(2, 2, 3, 1).shutAtAnyTime().kills(1),
                Setup.spsc(1, 1, 4, 2),
                Setup.spsc(1, 1, 3, 2).shutAtAnyTime(),
                Setup.spsc(2, 2, 3, 2).withTime().kills(1),
                Setup.spsc(2, 2, 3, 2).withTime().kills(3));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void isSound(Setup setup) throws Throwable {
        Throwable fault = faultIn(RUNS, setup, QueueMistake.NONE);
        if (fault != null) {
            throw fault;
        }
    }

    static Stream<Arguments> mistakes() {
        Setup four = Setup.mpmc(2, 2, 3, 2);
        return Stream.of(
                Arguments.of(QueueMistake.NO_PASS_ON, Setup.mpmc(2, 2, 1, 2).withQuotas()),
                Arguments.of(QueueMistake.END_KEPT, Setup.mpmc(2, 3, 2, 2).shutAtAnyTime()),
                Arguments.of(QueueMistake.NO_WAKE_OF_CONSUMERS_BY_ABANDON, Setup.mpmc(2, 2, 1, 2)),
                Arguments.of(QueueMistake.NO_WAKE_OF_PRODUCERS_BY_ABANDON, Setup.mpmc(2, 2, 3, 1)),
                Arguments.of(QueueMistake.NO_WAKE_BY_LEAVE, Setup.mpmc(2, 2, 3, 1)),
                Arguments.of(QueueMistake.TURN_STAYS, four),
                Arguments.of(QueueMistake.NO_WAKE_BY_ROUND, four),
                Arguments.of(QueueMistake.ROUND_UNSEEN, four),
                Arguments.of(QueueMistake.COUNTED_OUT_TWICE, four),
                Arguments.of(QueueMistake.NO_ROUND, four.withTime().kills(4)),
                Arguments.of(QueueMistake.DEAD_CLAIM_IS_FULL, four.withTime().kills(1)),
                Arguments.of(QueueMistake.DEAD_TAKE_IS_FULL, four.withTime().kills(4)),
                Arguments.of(QueueMistake.DEAD_STAY, four.withTime().kills(4)),
                Arguments.of(QueueMistake.LAP_FORGOTTEN, four),
                Arguments.of(QueueMistake.FULL_BEFORE_WRITTEN, four),
                Arguments.of(QueueMistake.FREE_BEFORE_READ, four),
                Arguments.of(QueueMistake.LEFT_UNSEEN, Setup.mpmc(2, 2, 2, 2).leaves(1)),
                Arguments.of(
                        QueueMistake.DEAD_CLAIM_IS_FULL, Setup.spsc(2, 1, 3, 2).kills(1)),
                Arguments.of(
                        QueueMistake.DEAD_TAKE_IS_FULL, Setup.spsc(1, 2, 3, 2).kills(2)),
                Arguments.of(QueueMistake.LAP_FORGOTTEN, Setup.spsc(1, 1, 3, 2)),
                Arguments.of(QueueMistake.FULL_BEFORE_WRITTEN, Setup.spsc(1, 1, 3, 2)),
                Arguments.of(QueueMistake.FREE_BEFORE_READ, Setup.spsc(1, 1, 4, 2)));
    }

    /// Else the model would prove nothing.
    @ParameterizedTest
    @MethodSource("mistakes")
    void findsA(QueueMistake mistake, Setup setup) {
        assertThat(faultIn(ENOUGH, setup, mistake)).isNotNull();
    }

    static Stream<Setup> small() {
        return Stream.of(Setup.spsc(1, 1, 3, 2), Setup.mpmc(1, 2, 1, 1).shutAtAnyTime());
    }

    /// Not by lot: all in which the turn is taken so rarely from one that could go on.
    @ParameterizedTest
    @MethodSource("small")
    void isSoundWithFewSwitches(Setup setup) {
        Interleavings all = new Interleavings(Scale.of(1, 3));
        do {
            boolean unused = new QueuePlay(setup, QueueMistake.NONE, 1, new ModelScheduler(all), 0).run();
        } while (all.next());
    }

    /// The first one, if there is any.
    private static Throwable faultIn(int runs, Setup setup, QueueMistake mistake) {
        for (long seed = Seed.VALUE; seed < Seed.VALUE + runs; seed++) {
            try {
                int killedAt = 1 + new SplittableRandom(seed).nextInt(MOST_ACCESSES);
                boolean unused = new QueuePlay(setup, mistake, seed, new ModelScheduler(seed), killedAt).run();
            } catch (RuntimeException | Error e) {
                return new AssertionError("with the seed " + seed, e);
            }
        }
        return null;
    }
}
