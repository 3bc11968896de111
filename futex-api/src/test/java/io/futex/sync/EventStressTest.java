package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many threads, all ways of waiting, random time limits and interrupts.
@ExtendWith(Seed.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventStressTest {
    private static final int THREADS = 6;

    private final long seed = Seed.VALUE;

    enum Form {
        OBJECT,
        LOCAL,
        SHARED;

        Event over(MemorySegment memory, boolean auto) {
            return switch (this) {
                case OBJECT -> auto ? Event.autoReset() : Event.manualReset();
                case LOCAL -> Event.local(memory, 0, auto);
                case SHARED -> Event.shared(memory, 0, auto);
            };
        }
    }

    /// An auto-reset event as a lock: one inside at a time, each sets it when it leaves, nobody hangs.
    @ParameterizedTest
    @EnumSource
    void onePassAtATime(Form form) throws Exception {
        int operations = Scale.of(5_000, 400_000);
        try (Arena arena = Arena.ofShared()) {
            Event event = form.over(arena.allocate(64, 64), true);
            AtomicInteger inside = new AtomicInteger();
            PMutexThreads threads = new PMutexThreads();
            event.set();
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                threads.start(kind(form, i), () -> {
                    for (int k = 0; k < operations; k++) {
                        if (awaitSomehow(event, random)) {
                            assertThat(inside.incrementAndGet()).isEqualTo(1);
                            if (random.nextInt(8) == 0) {
                                LockSupport.parkNanos(random.nextInt(5_000));
                            }
                            inside.decrementAndGet();
                            event.set();
                        }
                    }
                });
            }
            interruptWhileAlive(threads);
            threads.join();
            assertThat(event.toString()).as("seed %d", seed).isEqualTo("Event[auto-reset, set]");
        }
    }

    /// Rounds of set and reset; in each, every thread comes through once or gives up, and nobody is left behind.
    @ParameterizedTest
    @EnumSource
    void everybodyComesThroughAGate(Form form) throws Exception {
        int rounds = Scale.of(3_000, 200_000);
        try (Arena arena = Arena.ofShared()) {
            Event gate = form.over(arena.allocate(64, 64), false);
            AtomicInteger left = new AtomicInteger(THREADS);
            PMutexThreads threads = new PMutexThreads();
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                threads.start(kind(form, i), () -> {
                    for (int k = 0; k < rounds; k++) {
                        awaitSomehow(gate, random);
                    }
                    left.decrementAndGet();
                });
            }
            PMutexThreads setter = new PMutexThreads();
            SplittableRandom random = new SplittableRandom(seed - 2);
            setter.start(() -> {
                while (left.get() > 0) {
                    gate.set();
                    gate.reset();
                    if (random.nextInt(4) == 0) {
                        LockSupport.parkNanos(random.nextInt(5_000));
                    }
                }
            });
            interruptWhileAlive(threads);
            threads.join();
            setter.join();
        }
    }

    /// Virtual threads poll shared words.
    private static Thread.Builder kind(Form form, int number) {
        return form != Form.SHARED && number % 3 == 2 ? Thread.ofVirtual() : Thread.ofPlatform();
    }

    private void interruptWhileAlive(PMutexThreads threads) {
        SplittableRandom random = new SplittableRandom(seed - 1);
        while (threads.anyAlive()) {
            threads.all().get(random.nextInt(THREADS)).interrupt();
            LockSupport.parkNanos(random.nextInt(50_000));
        }
    }

    private static boolean awaitSomehow(Event event, SplittableRandom random) {
        try {
            switch (random.nextInt(4)) {
                case 0 -> event.await();
                case 1 -> {
                    return event.await(random.nextInt(200) - 20, TimeUnit.MICROSECONDS);
                }
                case 2 -> {
                    return event.awaitUninterruptibly(random.nextInt(200) - 20, TimeUnit.MICROSECONDS);
                }
                default -> event.awaitUninterruptibly();
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
