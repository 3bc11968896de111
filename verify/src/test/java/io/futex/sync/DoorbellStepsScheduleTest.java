package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import io.futex.memory.Words;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The two steps of the real Doorbell, in interleavings drawn by lot. A ring that is lost shows as a hang.
class DoorbellStepsScheduleTest {
    private static final int RUNS = Scale.of(20_000, 500_000);

    private static final int BYTES = 8;
    private static final int BELL = 0;
    private static final int PUBLISHED = 4;

    private static final int QUIET = 0;

    /// What a consumer does after a poll that found nothing.
    private interface Idle {
        /// @param seen how many it has seen
        void idle(Words words, Doorbell bell, int seen) throws InterruptedException;
    }

    @Test
    void nothingIsMissedByLot() {
        Model.draw(
                RUNS,
                scheduler -> run(scheduler, (words, bell, seen) -> {
                    bell.announce();
                    if (words.get(PUBLISHED) == seen) {
                        var unused = bell.awaitRing(1, TimeUnit.DAYS);
                    } else {
                        bell.withdraw();
                    }
                }));
    }

    /// The trap of each idle strategy, which is called after the poll.
    @Test
    void findsSleepAtTheFirstCall() {
        assertHangs((words, bell, seen) -> {
            bell.announce();
            var unused = bell.awaitRing(1, TimeUnit.DAYS);
        });
    }

    /// Polls first and announces afterwards.
    @Test
    void findsAnnouncementAfterThePoll() {
        assertHangs((words, bell, seen) -> {
            if (words.get(PUBLISHED) == seen) {
                bell.announce();
                var unused = bell.awaitRing(1, TimeUnit.DAYS);
            }
        });
    }

    private static void assertHangs(Idle mistake) {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> run(scheduler, mistake)))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    /// Three publish and ring; a sleep is ended twice, at any moment, by time and by an interrupt.
    private static void run(ModelScheduler scheduler, Idle idle) {
        ModelWords words = new ModelWords(BYTES, scheduler);
        Doorbell bell = new Doorbell(words, BELL);
        Runnable producer = () -> {
            int unused = words.getAndAdd(PUBLISHED, 1);
            bell.ring();
        };
        scheduler.run(() -> consume(words, bell, idle), producer, producer, producer, () -> {
            words.timeOutOne(BELL);
            words.interruptOne(BELL);
        });
        Model.check(words.peek(BELL) == QUIET, "left behind: " + words.peek(BELL));
    }

    private static void consume(Words words, Doorbell bell, Idle idle) {
        int seen = 0;
        while (seen < 3) {
            int found = words.get(PUBLISHED);
            if (found == seen) {
                try {
                    idle.idle(words, bell, seen);
                } catch (InterruptedException e) {
                    continue; // as the time limit, it takes the announcement back
                }
            }
            seen = found;
        }
    }
}
