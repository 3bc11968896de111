package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Interrupts that race wakes.
///
/// Each round two threads wait, one of them is interrupted and one wake is sent, as good as at the same time and in
/// either order:
///
/// ```
/// victim                  witness                 main
/// wait(word, 2 * round)   wait(word, 2 * round)
///                                                 word = 2 * round + 1; wakeOne(word)
///                                                 victim.interrupt()
/// ```
///
/// The word changes before the wake, so who comes late does not sleep. Hence, if the victim throws
/// [InterruptedException] - it did not take the wake, or passed it on - the witness must return, and by itself: the
/// round does not end before it has. Only when the victim has returned as woken may the witness be left over; then it
/// is woken by another wake.
public abstract class FutexInterruptStormContract extends FutexStormContract {
    /// For the subclass that a backend makes.
    protected FutexInterruptStormContract() {}

    @ParameterizedTest
    @CsvSource({"false, false, 20000", "true, false, 10000", "false, true, 10000", "true, true, 10000"})
    void noWakeIsLostToAnInterrupt(boolean victimIsVirtual, boolean witnessIsVirtual, int normal) {
        boolean polls = polls(victimIsVirtual) || polls(witnessIsVirtual);
        int rounds = polls ? 200 : Scale.of(normal, 2_000_000);
        List<Race> races = new ArrayList<>();
        List<Waiter> mains = new ArrayList<>();
        for (int i = 0; i < RACES; i++) {
            Race race = new Race(futex(), newWord(1), rounds / RACES, i);
            races.add(race);
            mains.add(Waiter.platform(() -> race.run(victimIsVirtual, witnessIsVirtual)));
        }
        mains.forEach(Waiter::result);
        int interrupted = races.stream().mapToInt(race -> race.interrupted).sum();
        int leftOver = races.stream().mapToInt(race -> race.leftOver).sum();
        System.out.println(futex() + " interrupts that race wakes: " + rounds + ", of which " + interrupted
                + " ended the wait and " + leftOver + " left the other asleep");
        if (!polls) {
            assertThat(interrupted).as("rounds in which the interrupt won").isGreaterThan(rounds / 1_000);
            if (!victimIsVirtual || !pools()) { // where an interrupt wins that comes before the thread of the pool has
                assertThat(leftOver).as("rounds in which the wake won").isPositive();
            }
        }
    }

    /// Races at once: with one the processors would be idle for most of the time, and slow to come back from it.
    private static final int RACES = 4;

    private static final class Race {
        private static final int RETURNED = 0;
        private static final int THREW = 1;

        private final Futex futex;
        private final MemorySegment word;
        private final int rounds;
        private final int seed;
        private int interrupted;
        private int leftOver;
        private volatile Thread main;
        private volatile boolean over;

        // One each, written by its thread: the round, and twice the round plus the outcome.
        private volatile int victimEntered;
        private volatile int victimLeft;
        private volatile int witnessEntered;
        private volatile int witnessLeft;

        Race(Futex futex, MemorySegment word, int rounds, int seed) {
            this.futex = futex;
            this.word = word;
            this.rounds = rounds;
            this.seed = seed;
        }

        Object run(boolean victimIsVirtual, boolean witnessIsVirtual) {
            main = Thread.currentThread();
            Waiter victim = Waiter.start(victimIsVirtual, this::beVictim);
            Waiter witness = Waiter.start(witnessIsVirtual, this::beWitness);
            Random random = new Random(seed);
            try {
                for (int round = 1; round <= rounds; round++) {
                    race(round, random, victim.thread(), witness.thread());
                }
            } finally {
                over = true;
            }
            victim.result();
            return witness.result();
        }

        private void race(int round, Random random, Thread victim, Thread witness) {
            set(word, 2 * round);
            LockSupport.unpark(victim);
            LockSupport.unpark(witness);
            await("both are about to wait", () -> victimEntered == round && witnessEntered == round);
            pause(1 << random.nextInt(11)); // often long enough for both to fall asleep
            int gap = random.nextInt(100);
            if (random.nextBoolean()) {
                victim.interrupt();
                pause(gap);
                wake(round);
            } else {
                wake(round);
                pause(gap);
                victim.interrupt();
            }
            await("the victim leaves the wait", () -> victimLeft >> 1 == round);
            if ((victimLeft & 1) == THREW) {
                interrupted++;
                await("the wake ends the other wait", () -> witnessLeft >> 1 == round);
            } else if (witnessLeft >> 1 != round) {
                leftOver++;
                await("the witness is released", () -> futex.wakeAll(word) <= 1 && witnessLeft >> 1 == round);
            }
        }

        private void wake(int round) {
            set(word, 2 * round + 1);
            assertThat(futex.wakeOne(word)).isLessThanOrEqualTo(1);
        }

        private Object beVictim() {
            for (int round = 1; round <= rounds; round++) {
                awaitRound(round);
                Thread.interrupted(); // forgets the one of the round before, if it came late
                victimEntered = round;
                LockSupport.unpark(main);
                int outcome = RETURNED;
                try {
                    WaitResult unused = futex.wait(word, 2 * round);
                } catch (InterruptedException e) {
                    outcome = THREW;
                }
                victimLeft = 2 * round + outcome;
                LockSupport.unpark(main);
            }
            return null;
        }

        private Object beWitness() throws InterruptedException {
            for (int round = 1; round <= rounds; round++) {
                awaitRound(round);
                witnessEntered = round;
                LockSupport.unpark(main);
                WaitResult unused = futex.wait(word, 2 * round);
                witnessLeft = 2 * round + RETURNED;
                LockSupport.unpark(main);
            }
            return null;
        }

        private void awaitRound(int round) {
            await("the next round", () -> {
                if (get(word) >= 2 * round || over) {
                    return true;
                }
                Thread.interrupted(); // one that came late; park() would return at once
                return false;
            });
        }

        /// Not [Await#until], whose sleeps would make the races rare.
        private static void await(String what, BooleanSupplier condition) {
            for (int i = 0; i < 100; i++) {
                if (condition.getAsBoolean()) {
                    return;
                }
                Thread.onSpinWait();
            }
            long start = System.nanoTime();
            while (!condition.getAsBoolean()) {
                LockSupport.parkNanos(1_000_000);
                if (System.nanoTime() - start > Waiter.WATCHDOG_NANOS) {
                    throw new AssertionError("never came true: " + what);
                }
            }
        }

        private static void pause(int spins) {
            for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
            }
        }
    }
}
