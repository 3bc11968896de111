package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Threads that publish and ring, and one that waits in every way, with random time limits and interrupts: in the end
/// everything has been seen, by a consumer that never looks without having been told.
@ExtendWith(Seed.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoorbellStressTest {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    enum Form {
        OBJECT,
        LOCAL,
        SHARED;

        Doorbell over(MemorySegment memory) {
            return switch (this) {
                case OBJECT -> new Doorbell();
                case LOCAL -> Doorbell.local(memory, 0);
                case SHARED -> Doorbell.shared(memory, 0);
            };
        }
    }

    /// What was published: one counter for each producer, which alone writes it.
    private record Board(MemorySegment memory, int producers) {
        void publish(int producer, long value) {
            LONG.setRelease(memory, 64L * (producer + 1), value);
        }

        long sum() {
            long sum = 0;
            for (int i = 0; i < producers; i++) {
                sum += (long) LONG.get(memory, 64L * (i + 1)); // plain: the bell has the fences
            }
            return sum;
        }
    }

    @ParameterizedTest
    @CsvSource({"OBJECT, false", "LOCAL, false", "SHARED, false", "OBJECT, true"})
    void noPublicationIsMissed(Form form, boolean virtual) throws Exception {
        int things = Scale.of(40_000, 1_000_000);
        int producers = 2;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64L * (producers + 1), 64);
            Doorbell bell = form.over(memory);
            Board board = new Board(memory, producers);
            PMutexThreads threads = new PMutexThreads();
            for (int i = 0; i < producers; i++) {
                int own = i;
                SplittableRandom random = new SplittableRandom(Seed.VALUE + i);
                threads.start(builder(virtual), () -> {
                    for (int k = 1; k <= things; k++) {
                        board.publish(own, k);
                        bell.ring();
                        if (random.nextInt(64) == 0) {
                            LockSupport.parkNanos(random.nextInt(20_000)); // has the consumer sleep
                        }
                    }
                });
            }
            SplittableRandom random = new SplittableRandom(Seed.VALUE);
            long[] seen = new long[1];
            BooleanSupplier ready = () -> board.sum() != seen[0];
            Thread consumer = threads.start(builder(virtual), () -> {
                while (seen[0] < (long) producers * things) {
                    if (awaits(bell, ready, random)) {
                        long sum = board.sum();
                        assertThat(sum).isGreaterThan(seen[0]);
                        seen[0] = sum;
                    }
                }
            });
            SplittableRandom other = new SplittableRandom(Seed.VALUE - 1);
            while (consumer.isAlive()) {
                consumer.interrupt();
                LockSupport.parkNanos(other.nextInt(100_000));
            }
            threads.join();
            assertThat(bell).hasToString("Doorbell[quiet]");
        }
    }

    private static Thread.Builder builder(boolean virtual) {
        return virtual ? Thread.ofVirtual() : Thread.ofPlatform();
    }

    private static boolean awaits(Doorbell bell, BooleanSupplier ready, SplittableRandom random) {
        try {
            switch (random.nextInt(4)) {
                case 0 -> {
                    return bell.await(ready, random.nextInt(50), TimeUnit.MICROSECONDS);
                }
                case 1 -> {
                    return bell.awaitUninterruptibly(ready, random.nextInt(50), TimeUnit.MICROSECONDS);
                }
                case 2 -> bell.await(ready);
                default -> bell.awaitUninterruptibly(ready);
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            Thread.interrupted();
        }
    }
}
