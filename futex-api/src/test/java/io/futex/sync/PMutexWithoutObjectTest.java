package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The form by segment and offset.
@Timeout(60)
class PMutexWithoutObjectTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(64, 64);
    private final PMutexThreads threads = new PMutexThreads();

    static Stream<Futex> futexes() {
        return Futex.available().stream();
    }

    @AfterEach
    void close() {
        Thread.interrupted();
        arena.close();
    }

    @ParameterizedTest
    @MethodSource("futexes")
    void locksAndUnlocks(Futex futex) throws Exception {
        PMutex.lock(futex, memory, 8);
        assertThat(memory.get(INT, 8)).isEqualTo(1);
        assertThat(PMutex.tryLock(futex, memory, 8)).isFalse();
        assertThat(PMutex.tryLock(futex, memory, 8, 0, TimeUnit.SECONDS)).isFalse();
        assertThat(PMutex.tryLock(futex, memory, 12)).isTrue();
        PMutex.unlock(futex, memory, 8);
        PMutex.lockInterruptibly(futex, memory, 8);
        PMutex.unlock(futex, memory, 8);
        assertThat(PMutex.tryLock(futex, memory, 8, 1, TimeUnit.DAYS)).isTrue();
        PMutex.unlock(futex, memory, 8);
        PMutex.unlock(futex, memory, 12);
        assertThat(memory.get(INT, 8)).isZero();
        assertThat(memory.get(INT, 12)).isZero();
    }

    @ParameterizedTest
    @MethodSource("futexes")
    void timedTryIsNeverEarly(Futex futex) throws Exception {
        PMutex.lock(futex, memory, 0);
        for (long nanos : new long[] {1_000, 50_000, 300_000, 5_000_000}) {
            long start = System.nanoTime();
            assertThat(PMutex.tryLock(futex, memory, 0, nanos, TimeUnit.NANOSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
        }
        PMutex.unlock(futex, memory, 0);
        assertThat(memory.get(INT, 0)).isZero();
    }

    @ParameterizedTest
    @MethodSource("futexes")
    void interruptsAreHeeded(Futex futex) throws Exception {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> PMutex.lockInterruptibly(futex, memory, 0)).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> PMutex.tryLock(futex, memory, 0, 1, TimeUnit.DAYS))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        PMutex.lock(futex, memory, 0);
        Thread waiter = threads.start(() -> assertThatThrownBy(() -> PMutex.lockInterruptibly(futex, memory, 0))
                .isInstanceOf(InterruptedException.class));
        while ((int) INT.varHandle().getVolatile(memory, 0L) != (1 | 8)) {
            Thread.onSpinWait();
        }
        waiter.interrupt();
        threads.join();
        PMutex.unlock(futex, memory, 0);
        assertThat(memory.get(INT, 0)).isZero();
    }

    @Test
    void unlockOfAFreeWordIsRefused() {
        assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(() -> PMutex.unlock(Futex.local(), memory, 0));
        assertThat(memory.get(INT, 0)).isZero();
    }

    @Test
    void sharesTheWordWithAnObject() throws Exception {
        PMutex object = PMutex.local(memory, 4);
        PMutex.lock(Futex.local(), memory, 4);
        threads.start(() -> {
            object.lock();
            try {
                assertThat(object.isHeldByCurrentThread()).isTrue();
            } finally {
                object.unlock();
            }
        });
        while (object.waiters() != 1) {
            Thread.onSpinWait();
        }
        PMutex.unlock(Futex.local(), memory, 4);
        threads.join();
        assertThat(memory.get(INT, 4)).isZero();
    }

    @Test
    void refusesPlacesThatAreNone() {
        Futex futex = Futex.local();
        assertThatNullPointerException().isThrownBy(() -> PMutex.lock(null, memory, 0));
        assertThatNullPointerException().isThrownBy(() -> PMutex.unlock(null, memory, 0));
        assertThatNullPointerException().isThrownBy(() -> PMutex.lock(futex, null, 0));
        assertThatNullPointerException().isThrownBy(() -> PMutex.tryLock(futex, memory, 0, 1, null));
        assertThatIllegalArgumentException().isThrownBy(() -> PMutex.lock(futex, memory, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> PMutex.lock(futex, memory.asReadOnly(), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> PMutex.unlock(futex, memory.asReadOnly(), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PMutex.tryLock(futex, MemorySegment.ofArray(new int[1]), 0));
        assertThatThrownBy(() -> PMutex.lock(futex, memory, 64)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> PMutex.unlock(futex, memory, -4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    /// Locks by the million lie side by side: steps on one word leave its neighbours alone.
    @Test
    void neighboursInOneCacheLineAreIndependent() throws Exception {
        Futex futex = Futex.local();
        long[] counters = new long[16];
        for (int i = 0; i < 8; i++) {
            long offset = (i % 2) * 4L;
            threads.start(() -> {
                for (int k = 0; k < 20_000; k++) {
                    PMutex.lock(futex, memory, offset);
                    try {
                        counters[(int) offset * 2]++;
                    } finally {
                        PMutex.unlock(futex, memory, offset);
                    }
                }
            });
        }
        threads.join();
        assertThat(counters[0]).isEqualTo(80_000);
        assertThat(counters[8]).isEqualTo(80_000);
        assertThat(memory.get(INT, 0)).isZero();
        assertThat(memory.get(INT, 4)).isZero();
    }
}
