package io.futex.macos;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.contract.Waiter;
import io.futex.process.Suite;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A program whose native waits return for no reason, over the shim library. It runs what must not notice: the loops of
/// the library itself, and the primitives, which all re-read their words.
public final class SpuriousProgram {
    /// Tests of primitives for every build, without their package, where they can be reached by name alone.
    private static final List<String> SOME = List.of(
            "BarrierStressTest", "EventStressTest", "PConditionStressTest", "PMutexStressTest", "SemaphoreStressTest");

    private static final List<String> OTHERS = List.of(
            "BarrierBreakTest",
            "BarrierDifferentialTest",
            "BarrierMemoryTest",
            "BarrierTest",
            "EventMemoryTest",
            "EventTest",
            "OnceTest",
            "ParkerTest",
            "PConditionDifferentialTest",
            "PConditionInterruptTest",
            "PConditionMemoryTest",
            "PConditionPredicateTest",
            "PConditionTest",
            "PConditionTimeTest",
            "PMutexTest",
            "PMutexWithoutObjectTest",
            "RwMutexFairnessTest",
            "RwMutexMemoryTest",
            "RwMutexStressTest",
            "RwMutexTest",
            "SemaphoreMemoryTest",
            "SemaphoreTest",
            "WaitGroupLimitsTest",
            "WaitGroupMemoryTest",
            "WaitGroupTasksTest",
            "WaitGroupTest");

    private SpuriousProgram() {}

    /// @param arguments whether with all tests
    public static void main(String[] arguments) {
        System.out.println(Futex.local());
        System.out.println(Futex.shared());
        List<String> classes = new ArrayList<>(SOME);
        if (Boolean.parseBoolean(arguments[0])) {
            classes.addAll(OTHERS);
        }
        classes.replaceAll("io.futex.sync."::concat);
        classes.add(Loops.class.getName());
        Suite.runAndExit(true, classes.stream());
    }

    /// What the engine and the word promise.
    @Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    static final class Loops {
        private static final int WAITS = 300;
        private static final int ROUNDS = 3_000;

        /// Else nothing here would prove anything.
        @Test
        void sharedWaitsReturnForNoReason() throws InterruptedException {
            assertThat(woken(Futex.shared())).isBetween(WAITS / 10, WAITS);
        }

        /// They are in a list, so who is woken is known.
        @Test
        void localWaitsDoNot() throws InterruptedException {
            assertThat(woken(Futex.local())).isZero();
        }

        /// How many of many waits say that they were woken, where nobody wakes.
        private static int woken(Futex futex) throws InterruptedException {
            MemorySegment word = Arena.ofAuto().allocate(4, 4);
            int woken = 0;
            for (int i = 0; i < WAITS; i++) {
                if (futex.wait(word, 0, 100, TimeUnit.MICROSECONDS) == WaitResult.WOKEN) {
                    woken++;
                }
            }
            return woken;
        }

        static Stream<FutexWord> words() {
            return Stream.of(FutexWord.local(0), FutexWord.shared(Arena.ofAuto().allocate(4, 4), 0));
        }

        /// Each adds to plain data when the word says that it is its turn.
        @ParameterizedTest
        @MethodSource("words")
        void aChangeIsAwaitedUntilItIsThere(FutexWord word) throws Exception {
            int[] data = new int[1];
            Waiter other = Waiter.platform(() -> {
                play(word, data, 1);
                return null;
            });
            play(word, data, 0);
            assertThat(other.result()).isNull();
            assertThat(data[0]).isEqualTo(2 * ROUNDS);
        }

        private static void play(FutexWord word, int[] data, int own) throws InterruptedException {
            for (int turn = own; turn < 2 * ROUNDS; turn += 2) {
                if (turn > 0 && word.awaitChange(turn - 1) != turn) {
                    throw new AssertionError("not the turn " + turn);
                }
                if (data[0]++ != turn) {
                    throw new AssertionError("two in turn " + turn);
                }
                word.setRelease(turn + 1);
                int unused = word.wakeAll();
            }
        }

        /// A timed one ends early for a change alone.
        @ParameterizedTest
        @MethodSource("words")
        void aTimeIsNotOverBeforeItIs(FutexWord word) throws InterruptedException {
            for (int i = 0; i < 50; i++) {
                long begin = System.nanoTime();
                assertThat(word.awaitChange(0, 300, TimeUnit.MICROSECONDS)).isFalse();
                assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(300_000);
            }
        }
    }
}
