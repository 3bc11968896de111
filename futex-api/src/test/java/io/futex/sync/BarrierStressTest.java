package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(Seed.class)
@Timeout(120)
class BarrierStressTest {
    private static final int GENERATIONS = Scale.of(1_000, 100_000);

    private final long seed = Seed.VALUE;

    enum Place {
        FRESH,
        VIRTUAL,
        LOCAL,
        SHARED;

        Barrier barrier(MemorySegment memory, int parties) {
            return switch (this) {
                case FRESH, VIRTUAL -> new Barrier(parties);
                case LOCAL -> Barrier.local(memory, 0, parties);
                case SHARED -> Barrier.shared(memory, 0, parties);
            };
        }

        Thread.Builder threads() {
            return this == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform();
        }
    }

    /// A thousand generations of four: nobody is ahead of another by more than one, and each has one leader.
    @ParameterizedTest
    @EnumSource
    void generationsNeverMix(Place place) throws Exception {
        int parties = 4;
        try (Arena arena = Arena.ofShared()) {
            Barrier barrier = place.barrier(arena.allocate(16, 4), parties);
            AtomicIntegerArray leaders = new AtomicIntegerArray(GENERATIONS);
            int[] arrivals = new int[parties * 16]; // plain: the barrier orders them
            PMutexThreads threads = new PMutexThreads();
            for (int i = 0; i < parties; i++) {
                int me = i;
                SplittableRandom random = new SplittableRandom(seed + me);
                threads.start(place.threads(), () -> {
                    for (int g = 0; g < GENERATIONS; g++) {
                        arrivals[me * 16] = g + 1;
                        int index = random.nextBoolean() ? barrier.await() : barrier.await(1, TimeUnit.DAYS);
                        assertThat(index).isBetween(0, parties - 1);
                        if (index == 0) {
                            leaders.incrementAndGet(g);
                        }
                        for (int other = 0; other < parties; other++) {
                            // The others cannot leave the next generation without us.
                            assertThat(arrivals[other * 16]).isBetween(g + 1, g + 2);
                        }
                    }
                });
            }
            threads.join();
            for (int g = 0; g < GENERATIONS; g++) {
                assertThat(leaders.get(g)).isOne();
            }
        }
    }

    /// More threads than parties: as many leaders as generations, whoever is in them.
    @Test
    void anyThreadsMakeUpAGeneration() throws Exception {
        int parties = 3;
        Barrier barrier = new Barrier(parties);
        AtomicIntegerArray passed = new AtomicIntegerArray(parties);
        PMutexThreads threads = new PMutexThreads();
        int each = 2 * GENERATIONS;
        for (int i = 0; i < 2 * parties; i++) {
            threads.start(i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual(), () -> {
                try {
                    for (int k = 0; k < each; k++) {
                        int missing = barrier.await();
                        passed.incrementAndGet(missing);
                        if (missing == 0) {
                            LockSupport.parkNanos(1); // lest one thread stays alone at the end
                        }
                    }
                } catch (BrokenBarrierException e) {
                    // one of the last, see below
                }
            });
        }
        // At the end fewer threads than parties may be left, with waits to go.
        while (threads.anyAlive()) {
            long alive = threads.all().stream().filter(Thread::isAlive).count();
            if (alive < parties && barrier.waiters() > 0) {
                barrier.reset();
            }
            LockSupport.parkNanos(100_000);
        }
        threads.join();
        int generations = passed.get(0);
        assertThat(generations * parties).isBetween(parties * each, 2 * parties * each);
        for (int i = 1; i < parties; i++) {
            assertThat(passed.get(i)).isEqualTo(generations);
        }
    }

    /// Interrupts, timeouts and resets at random. Everybody comes out; of each generation that has a leader all come
    /// out as having passed, else none.
    @ParameterizedTest
    @EnumSource
    void allOrNone(Place place) throws Exception {
        int parties = 3;
        int waits = Scale.of(3_000, 200_000);
        try (Arena arena = Arena.ofShared()) {
            Barrier barrier = place.barrier(arena.allocate(16, 4), parties);
            AtomicIntegerArray passed = new AtomicIntegerArray(parties);
            AtomicInteger broken = new AtomicInteger();
            AtomicReference<Boolean> over = new AtomicReference<>(false);
            PMutexThreads threads = new PMutexThreads();
            for (int i = 0; i < parties; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                threads.start(place.threads(), () -> {
                    for (int k = 0; k < waits && !over.get(); k++) {
                        try {
                            passed.incrementAndGet(
                                    random.nextInt(4) == 0
                                            ? barrier.await(random.nextInt(300), TimeUnit.MICROSECONDS)
                                            : barrier.await());
                        } catch (InterruptedException | TimeoutException e) {
                            barrier.reset();
                        } catch (BrokenBarrierException e) {
                            broken.incrementAndGet();
                        }
                    }
                    over.set(true); // the others would miss this one
                });
            }
            SplittableRandom random = new SplittableRandom(seed - 1);
            while (threads.anyAlive()) {
                if (random.nextInt(4) == 0 || over.get()) {
                    barrier.reset();
                } else {
                    threads.all().get(random.nextInt(parties)).interrupt();
                }
                LockSupport.parkNanos(random.nextInt(100_000));
            }
            threads.join();
            // As many came out second to last as last: of a generation all pass, or none.
            for (int i = 1; i < parties; i++) {
                assertThat(passed.get(i)).as("seed %d: %s", seed, passed).isEqualTo(passed.get(0));
            }
        }
    }
}
