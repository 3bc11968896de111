package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.shared.QueuePlay.Form;
import io.futex.shared.QueuePlay.Mistake;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A queue on modelled words: several producers and consumers, one of whom leaves by time, and one of whom is killed at
/// any of its accesses. Nothing is torn, doubled or lost, and nobody sleeps over anything.
@ExtendWith(Seed.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QueueModelTest {
    /// In which any mistake must show.
    private static final int ENOUGH = 20_000;

    /// Without a kill, and without time, nobody need look for himself, so a wake that is missing shows.
    static List<Form> forms() {
        return List.of(
                new Form(SharedQueue.Kind.MPMC, 2, 3, false, false),
                new Form(SharedQueue.Kind.MPMC, 1, 3, false, false),
                // Nobody comes back for what another one has slept over.
                new Form(SharedQueue.Kind.MPMC, 2, 1, false, false),
                new Form(SharedQueue.Kind.MPMC, 2, 3, true, false),
                new Form(SharedQueue.Kind.MPMC, 2, 3, true, true),
                // One of two is followed by another.
                new Form(SharedQueue.Kind.SPSC, 2, 3, false, false),
                new Form(SharedQueue.Kind.SPSC, 1, 3, false, false),
                new Form(SharedQueue.Kind.SPSC, 2, 3, true, true));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void isWholeAndNobodySleepsOverAnything(Form form) {
        run(Scale.of(3_000, 100_000), form, Mistake.NONE);
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void findsMistake(Mistake mistake) {
        assertThatThrownBy(() -> {
                    for (int begin = 0; begin < ENOUGH; begin += ENOUGH / 100) {
                        for (Form form : forms()) {
                            run(Seed.VALUE + begin, ENOUGH / 100, form, mistake);
                        }
                    }
                })
                .isInstanceOf(AssertionError.class);
    }

    private static void run(int runs, Form form, Mistake mistake) {
        run(Seed.VALUE, runs, form, mistake);
    }

    private static void run(long first, int runs, Form form, Mistake mistake) {
        for (long seed = first; seed < first + runs; seed++) {
            try {
                new QueuePlay(seed, form, mistake).run();
            } catch (Throwable e) {
                throw new AssertionError(form + " with the seed " + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
