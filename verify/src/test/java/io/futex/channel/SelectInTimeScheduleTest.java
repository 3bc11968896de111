package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.schedule.Explorer;
import io.futex.schedule.Game;
import io.futex.schedule.SteppedLoader;
import io.futex.schedule.Steps;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A select comes to an end, however often others take what was ready: then it has all locks, and need not be quicker.
class SelectInTimeScheduleTest {
    private static final int DRAWS = 1_000;

    private final SteppedLoader loader = new SteppedLoader();

    @Test
    void selectThatOthersForestallDoesNotBeginAnew() {
        for (int seed = 0; seed < DRAWS; seed++) {
            Explorer.draw((Game) loader.make("SelectInTimeScheduleTest$Forestalled"), seed);
        }
    }

    /// One selects, whose time is over. The other sends and receives over and over what the first may receive.
    static final class Forestalled implements Game {
        private static final int TIMES = 8;

        private final Channel<Integer> busy = Channel.buffered(1);
        private final Channel<Integer> quiet = Channel.unbuffered();

        @Override
        public List<Runnable> players() {
            return List.of(this::select, this::forestall);
        }

        private void select() {
            Steps.endTimeOf(0);
            try {
                Select.create()
                        .receive(busy, value -> {})
                        .receive(quiet, value -> {})
                        .after(Duration.ofHours(1), () -> {})
                        .run();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private void forestall() {
            for (int i = 0; i < TIMES; i++) {
                busy.trySend(i);
                busy.tryReceive();
            }
        }

        @Override
        public void check() {
            assertThat(quiet.state / Sections.VERSION)
                    .as("how often the select has locked the channel that nobody else uses: to join, and to leave")
                    .isLessThanOrEqualTo(2);
        }
    }
}
