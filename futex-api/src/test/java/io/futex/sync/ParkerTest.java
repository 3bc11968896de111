package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Seed.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParkerTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final Parker parker = new Parker();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void thereIsAtMostOnePermit() {
        assertThat(parker).hasToString("Parker[no permit]");
        assertThat(parker.park(0, TimeUnit.DAYS)).isFalse();
        parker.unpark();
        parker.unpark();
        assertThat(parker).hasToString("Parker[permit]");
        parker.park();
        assertThat(parker).hasToString("Parker[no permit]");
        assertThat(parker.park(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
    }

    @Test
    void everyWayOfParkingConsumesThePermit() {
        parker.unpark();
        parker.parkUninterruptibly();
        parker.unpark();
        assertThat(parker.park(1, TimeUnit.DAYS)).isTrue();
        parker.unpark();
        assertThat(parker.park(0, TimeUnit.DAYS)).isTrue();
        parker.unpark();
        assertThat(parker.parkUninterruptibly(1, TimeUnit.DAYS)).isTrue();
        parker.unpark();
        assertThat(parker.parkUninterruptibly(-1, TimeUnit.DAYS)).isTrue();
        assertThat(parker.parkUninterruptibly(0, TimeUnit.DAYS)).isFalse();
    }

    @Test
    void timedParksAreNeverEarly() {
        for (long micros : new long[] {1, 50, 1000, 20_000}) {
            long start = System.nanoTime();
            assertThat(parker.park(micros, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
            start = System.nanoTime();
            assertThat(parker.parkUninterruptibly(micros, TimeUnit.MICROSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
        }
        assertThat(parker).as("nothing is left").hasToString("Parker[no permit]");
    }

    @Test
    void pendingInterruptEndsParkAndStays() {
        Thread.currentThread().interrupt();
        parker.park();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(parker.park(1, TimeUnit.DAYS)).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(parker.parkUninterruptibly(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(parker).hasToString("Parker[no permit]");
    }

    @Test
    void permitComesBeforeThePendingInterrupt() {
        parker.unpark();
        Thread.currentThread().interrupt();
        assertThat(parker.park(1, TimeUnit.DAYS)).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        assertThat(parker).hasToString("Parker[no permit]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interruptEndsParkAndStays(boolean virtual) {
        Waiter waiter = Waiter.start(virtual, () -> {
            parker.park();
            return Thread.currentThread().isInterrupted();
        });
        Await.until("parked", () -> parker.toString().equals("Parker[parked]"));
        waiter.thread().interrupt();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(parker).hasToString("Parker[no permit]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interruptDoesNotEndAnUninterruptiblePark(boolean virtual) {
        Waiter waiter = Waiter.start(virtual, () -> {
            parker.parkUninterruptibly();
            return "unparked";
        });
        Await.until("parked", () -> parker.toString().equals("Parker[parked]"));
        waiter.thread().interrupt();
        assertThat(parker).hasToString("Parker[parked]");
        parker.unpark();
        assertThat(waiter.result()).isEqualTo("unparked");
        assertThat(waiter.interruptedAfter()).isTrue();
        assertThat(parker).as("the permit is what ended it").hasToString("Parker[no permit]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void unparkEndsPark(boolean virtual) {
        Waiter waiter = Waiter.start(virtual, () -> parker.park(Long.MAX_VALUE, TimeUnit.DAYS));
        Await.until("parked", () -> parker.toString().equals("Parker[parked]"));
        parker.unpark();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(parker).hasToString("Parker[no permit]");
    }

    /// As many carriers as the build gives, two, are enough for them all, and for who unparks them.
    @Test
    void parkedVirtualThreadsLeaveTheirCarriersToOthers() {
        for (int round = 0; round < 20; round++) {
            List<Parker> parkers = Stream.generate(Parker::new).limit(10).toList();
            List<Waiter> owners = parkers.stream()
                    .map(each -> Waiter.virtual(() -> each.park(1, TimeUnit.DAYS)))
                    .toList();
            Waiter waker = Waiter.virtual(() -> {
                Await.until(
                        "all are parked",
                        () -> parkers.stream().allMatch(each -> each.toString().equals("Parker[parked]")));
                parkers.forEach(Parker::unpark);
                return "";
            });
            owners.forEach(owner -> assertThat(owner.result()).isEqualTo(true));
            assertThat(waker.result()).isEqualTo("");
        }
    }

    @Test
    void theOwnerMayChange() {
        for (int i = 0; i < 100; i++) {
            Waiter waiter = Waiter.start(i % 2 == 0, () -> parker.park(1, TimeUnit.DAYS));
            parker.unpark();
            assertThat(waiter.result()).isEqualTo(true);
        }
    }

    /// What an owner that was killed leaves behind, and one who was killed in the middle of an unpark.
    @Test
    void leftoversDoNoHarm() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Parker view = Parker.local(memory, 0);
            memory.set(INT, 0, 2);
            assertThat(view.park(0, TimeUnit.DAYS)).isFalse();
            assertThat(view.park(1, TimeUnit.MICROSECONDS)).isFalse();
            memory.set(INT, 0, 2);
            view.unpark();
            view.park();
            assertThat(memory.get(INT, 0)).isZero();
            memory.set(INT, 0, 3);
            view.park();
            assertThat(memory.get(INT, 0)).isZero();
            Waiter waiter = Waiter.platform(() -> view.park(1, TimeUnit.DAYS)).awaitAsleep(memory);
            memory.set(INT, 0, 3); // without the wake
            view.unpark();
            assertThat(waiter.result()).isEqualTo(true);
        }
    }

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 4);
            Parker.local(memory, 8).unpark();
            Parker.shared(memory, 12).unpark();
            assertThat(memory.get(INT, 8)).isEqualTo(1);
            assertThat(memory.get(INT, 12)).isEqualTo(1);
            Parker.local(memory, 8).park();
            Parker.shared(memory, 12).park();
            assertThat(memory.get(INT, 8)).isZero();
            assertThat(memory.get(INT, 12)).isZero();
            Waiter waiter = Waiter.platform(() -> Parker.shared(memory, 12).park(1, TimeUnit.DAYS));
            Parker.shared(memory, 12).unpark();
            assertThat(waiter.result()).isEqualTo(true);
        }
        assertThat(Parker.LAYOUT_BYTES).isEqualTo(4);
    }

    @Test
    void refusesWhatIsWrong() {
        MemorySegment memory = Arena.global().allocate(8, 8);
        assertThatNullPointerException().isThrownBy(() -> parker.park(1, null));
        assertThatNullPointerException().isThrownBy(() -> parker.parkUninterruptibly(0, null));
        assertThatNullPointerException().isThrownBy(() -> Parker.local(null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Parker.local(memory, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> Parker.shared(memory.asReadOnly(), 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Parker.shared(memory, 8));
        Arena arena = Arena.ofShared();
        Parker closed = Parker.local(arena.allocate(4, 4), 0);
        arena.close();
        assertThatIllegalStateException().isThrownBy(closed::unpark);
        assertThatIllegalStateException().isThrownBy(closed::park);
        assertThat(closed).hasToString("Parker[closed]");
        Parker confined = Parker.local(Arena.ofConfined().allocate(4, 4), 0);
        assertThat(Waiter.platform(confined::toString).result()).isEqualTo("Parker[of another thread]");
    }

    @Test
    void tellsWhetherTheOwnerIsParked() {
        assertThat(parker.waiters()).isZero();
        Waiter waiter = Waiter.platform(() -> parker.park(1, TimeUnit.DAYS));
        Await.until("parked", () -> parker.waiters() == 1);
        parker.unpark();
        assertThat(waiter.result()).isEqualTo(true);
        parker.unpark();
        assertThat(parker.waiters()).isZero();
    }

    enum Form {
        OBJECT,
        LOCAL,
        SHARED;

        Parker over(MemorySegment memory) {
            return switch (this) {
                case OBJECT -> new Parker();
                case LOCAL -> Parker.local(memory, 0);
                case SHARED -> Parker.shared(memory, 0);
            };
        }
    }

    /// An owner with random time limits and interrupts, and wakers that hand out a permit for each thing that they have
    /// put down: in the end everything has been seen, by parks of an owner that never looks without having been told.
    @ParameterizedTest
    @EnumSource
    void noPermitIsLost(Form form) throws Exception {
        int things = Scale.of(40_000, 1_000_000);
        try (Arena arena = Arena.ofShared()) {
            Parker shared = form.over(arena.allocate(64, 64));
            AtomicInteger put = new AtomicInteger();
            PMutexThreads threads = new PMutexThreads();
            for (int i = 0; i < 2; i++) {
                threads.start(() -> {
                    for (int k = 0; k < things; k++) {
                        put.incrementAndGet();
                        shared.unpark();
                    }
                });
            }
            SplittableRandom random = new SplittableRandom(Seed.VALUE);
            Thread owner = threads.start(() -> {
                for (int seen = 0; seen < 2 * things; ) {
                    boolean told;
                    switch (random.nextInt(4)) {
                        case 0 -> told = shared.park(random.nextInt(100), TimeUnit.MICROSECONDS);
                        case 1 -> told = shared.parkUninterruptibly(random.nextInt(100), TimeUnit.MICROSECONDS);
                        case 2 -> told = shared.park(1, TimeUnit.DAYS);
                        default -> {
                            shared.parkUninterruptibly();
                            told = true;
                        }
                    }
                    Thread.interrupted();
                    if (told) {
                        seen = put.get();
                    }
                }
            });
            SplittableRandom other = new SplittableRandom(Seed.VALUE + 1);
            while (owner.isAlive()) {
                owner.interrupt();
                LockSupport.parkNanos(other.nextInt(50_000));
            }
            threads.join();
        }
    }
}
