package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Many hand-overs, of which not one may be lost.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public abstract class FutexStormContract extends FutexAsyncContract {
    private static final int OVER = -1;

    /// For the subclass that a backend makes.
    protected FutexStormContract() {}

    private int pingPongs() {
        return polls(false) ? 300 : Scale.of(200_000, 1_000_000);
    }

    @Test
    void aRingOfFourThreads() {
        int threads = 4;
        int laps = polls(false) ? 100 : 10_000;
        MemorySegment[] words = new MemorySegment[threads];
        for (int i = 0; i < threads; i++) {
            words[i] = newWord(0);
        }
        List<Waiter> ring = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            MemorySegment own = words[t];
            MemorySegment next = words[(t + 1) % threads];
            ring.add(Waiter.platform(() -> {
                for (int lap = 0; lap < laps; lap++) {
                    awaitOther(own, lap);
                    set(next, get(next) + 1);
                    wakeOne(next);
                }
                return null;
            }));
        }
        set(words[0], 1);
        wakeOne(words[0]);
        ring.forEach(Waiter::result);
        assertThat(get(words[0])).isEqualTo(laps + 1);
        assertThat(get(words[1])).isEqualTo(laps);
    }

    @Test
    void aBarrierOfTwoWords() {
        int threads = 4;
        int phases = polls(false) ? 100 : 1_000;
        MemorySegment arrived = newWord(0);
        MemorySegment phase = newWord(0);
        int[] plain = new int[threads]; // each written before the barrier and read after it, by others
        List<Waiter> parties = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int own = t;
            parties.add(Waiter.platform(() -> {
                for (int p = 0; p < phases; p++) {
                    plain[own] = p + 1;
                    barrier(arrived, phase, threads, p * 2);
                    for (int i = 0; i < threads; i++) {
                        assertThat(plain[i]).isEqualTo(p + 1);
                    }
                    barrier(arrived, phase, threads, p * 2 + 1);
                }
                return null;
            }));
        }
        parties.forEach(Waiter::result);
        assertThat(get(phase)).isEqualTo(2 * phases);
    }

    private void barrier(MemorySegment arrived, MemorySegment phase, int threads, int current)
            throws InterruptedException {
        if (getAndAdd(arrived, 1) == threads - 1) {
            set(arrived, 0);
            set(phase, current + 1);
            int ignored = futex().wakeAll(phase);
            assertThat(ignored).isLessThan(threads);
        } else {
            awaitOther(phase, current);
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "true, true"})
    @Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void pingPong(boolean ping, boolean pong) throws InterruptedException {
        boolean polls = polls(ping) || polls(pong);
        int rounds = polls ? 300 : ping || pong ? pingPongs() / 10 : pingPongs();
        MemorySegment word = newWord(0);
        long[] data = new long[1]; // plain: ordered by the word alone
        long[] longest = new long[1];
        AtomicInteger done = new AtomicInteger();
        AtomicBoolean over = new AtomicBoolean();
        Waiter one = Waiter.start(ping, () -> {
            for (int i = 0; i < rounds; i++) {
                long start = System.nanoTime();
                data[0]++;
                hand(word, 2 * i, 2 * i + 1);
                longest[0] = Math.max(longest[0], System.nanoTime() - start);
                done.lazySet(i + 1);
            }
            set(word, OVER);
            wakeOne(word);
            return null;
        });
        Waiter two = Waiter.start(pong, () -> {
            for (int i = 0; awaitValue(word, 2 * i + 1); i++) {
                data[0]++;
                set(word, 2 * i + 2);
                wakeOne(word);
            }
            return null;
        });
        keepAProcessorFree(over);
        try {
            awaitWhileItMoves(one.thread(), done);
        } finally {
            over.set(true);
        }
        one.result();
        two.result();
        assertThat(done).hasValue(rounds);
        assertThat(data[0]).isEqualTo(2L * rounds);
        System.out.println(futex() + " ping-pong " + kind(ping) + "-" + kind(pong) + ": " + rounds
                + " rounds, longest round " + longest[0] / 1_000 + " us");
    }

    /// A machine may be slow; but if for a minute nothing is done, it hangs.
    private static void awaitWhileItMoves(Thread thread, AtomicInteger done) throws InterruptedException {
        int before = -1;
        while (!thread.join(Duration.ofNanos(Waiter.WATCHDOG_NANOS))) {
            assertThat(done.get()).as("rounds, after another minute").isGreaterThan(before);
            before = done.get();
        }
    }

    /// Keeps all processors busy but one. A hand-over to a processor that has gone to sleep takes 60 us and more in a
    /// virtual machine, which would make a minute of a million rounds.
    private static void keepAProcessorFree(AtomicBoolean over) {
        for (int i = 1; i < Runtime.getRuntime().availableProcessors(); i++) {
            Thread.ofPlatform().daemon().start(() -> {
                while (!over.get()) {
                    Thread.onSpinWait();
                }
            });
        }
    }

    private void hand(MemorySegment word, int from, int to) throws InterruptedException {
        assertThat(get(word)).isEqualTo(from);
        set(word, to);
        wakeOne(word);
        awaitOther(word, to);
    }

    private boolean awaitValue(MemorySegment word, int value) throws InterruptedException {
        for (int found = get(word); found != value; found = get(word)) {
            if (found == OVER) {
                return false;
            }
            awaitOther(word, found);
        }
        return true;
    }

    private static String kind(boolean virtual) {
        return virtual ? "virtual" : "platform";
    }

    /// A lock of three states, as in Drepper's *Futexes are tricky*: whoever sleeps is woken by some unlock.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMutexOfThreeStates(boolean mixed) {
        boolean polls = polls(mixed);
        int threads = 6;
        int turns = polls ? 200 : Scale.of(10_000, 500_000);
        MemorySegment word = newWord(0);
        long[] counter = new long[1]; // plain
        List<Waiter> users = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            users.add(Waiter.start(mixed && t % 2 == 0, () -> {
                for (int i = 0; i < turns; i++) {
                    lock(word);
                    counter[0]++;
                    unlock(word);
                }
                return null;
            }));
        }
        users.forEach(Waiter::result);
        assertThat(counter[0]).isEqualTo((long) threads * turns);
        assertThat(get(word)).isZero();
    }

    private void lock(MemorySegment word) throws InterruptedException {
        if (compareAndSet(word, 0, 1)) {
            return;
        }
        while (!compareAndSet(word, 0, 2)) {
            if (get(word) == 2 || compareAndSet(word, 1, 2)) {
                WaitResult unused = futex().wait(word, 2);
            }
        }
    }

    private void unlock(MemorySegment word) {
        if (getAndAdd(word, -1) != 1) {
            set(word, 0);
            wakeOne(word);
        }
    }

    /// Timeouts that race wakes: a waiter that gave up must not have taken a wake with it.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noWakeIsLostToATimeout(boolean virtual) {
        boolean polls = polls(virtual);
        int items = polls ? 500 : Scale.of(20_000, 1_000_000);
        MemorySegment count = newWord(0);
        List<Waiter> takers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int seed = t;
            boolean impatient = t < 2; // the others wait for ever, and hang if a wake is lost
            takers.add(Waiter.start(virtual && t % 2 == 0, () -> {
                Random random = new Random(seed);
                int taken = 0;
                while (true) {
                    int value = get(count);
                    if (value == Integer.MIN_VALUE) {
                        return taken;
                    } else if (value > 0) {
                        taken += compareAndSet(count, value, value - 1) ? 1 : 0;
                    } else if (impatient) {
                        WaitResult unused = futex().wait(count, 0, random.nextInt(60_000), TimeUnit.NANOSECONDS);
                    } else {
                        WaitResult unused = futex().wait(count, 0);
                    }
                }
            }));
        }
        for (int i = 0; i < items; i++) {
            int before = getAndAdd(count, 1);
            wakeOne(count);
            if (before >= 0 && i % 8 == 0) { // let it run empty: then only the wake can bring a taker
                Await.until("item " + i + " is taken", () -> get(count) == 0);
            }
        }
        Await.until("everything is taken", () -> get(count) == 0);
        set(count, Integer.MIN_VALUE);
        int ignored = futex().wakeAll(count);
        assertThat(ignored).isLessThanOrEqualTo(4);
        int sum = 0;
        for (Waiter taker : takers) {
            sum += (int) taker.result();
        }
        assertThat(sum).isEqualTo(items);
    }

    /// A wake that races the end of the time either counts the waiter, which then says that it was woken, or it does
    /// not.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWakeThatCountsAWaiterHasWokenIt(boolean virtual) {
        Assumptions.assumeTrue(counts() && !polls(virtual));
        MemorySegment word = newWord(0);
        int rounds = Scale.of(2_500, 200_000);
        long[] deadline = new long[1];
        MemorySegment gate = newWord(0);
        Waiter waiter = Waiter.start(virtual, () -> {
            List<WaitResult> results = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                awaitOther(gate, 2 * i);
                results.add(futex().waitUntil(word, 0, 0, deadline[0]));
                set(gate, 2 * i + 2);
                wakeOne(gate);
            }
            return results;
        });
        Random random = new Random(3);
        int[] woken = new int[rounds];
        for (int i = 0; i < rounds; i++) {
            deadline[0] = System.nanoTime() + 60_000;
            long wakeAt = deadline[0] + random.nextInt(160_000) - 40_000; // about when the timer strikes
            set(gate, 2 * i + 1);
            wakeOne(gate);
            while (System.nanoTime() < wakeAt) {
                Thread.onSpinWait();
            }
            woken[i] = futex().wakeOne(word);
            int round = i;
            Await.until("round " + round + " is over", () -> get(gate) == 2 * round + 2);
        }
        List<?> results = (List<?>) waiter.result();
        int won = 0;
        for (int i = 0; i < rounds; i++) {
            assertThat(results.get(i)).isEqualTo(woken[i] == 1 ? WaitResult.WOKEN : WaitResult.TIMED_OUT);
            won += woken[i];
        }
        System.out.println(futex() + " wakes that race the end of the time, " + kind(virtual) + ": " + rounds
                + ", of which " + won + " won");
    }

    private void wakeOne(MemorySegment word) {
        int woken = futex().wakeOne(word);
        if (woken > 1) {
            throw new AssertionError("a wake of one woke " + woken);
        }
    }
}
