package io.futex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FutexSequenceTest {
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
    private static final long AT = 8;

    private final MemorySegment memory = Arena.ofAuto().allocate(64, 64);

    private FutexSequence sequence(boolean shared) {
        return shared ? FutexSequence.shared(memory, AT) : FutexSequence.local(memory, AT);
    }

    private void publish(long value) {
        LONG.setRelease(memory, AT, value);
    }

    private MemorySegment low() {
        return memory.asSlice(AT + FutexSequence.lowHalf(ByteOrder.nativeOrder()), 4);
    }

    /// The half that every step changes, by what each order makes of a long.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sleepsOnTheLowHalf(boolean bigEndian) {
        ByteOrder order = bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        ByteBuffer bytes = ByteBuffer.allocate(8).order(order).putLong(0, 0x1111_1111_2222_2222L);
        assertThat(bytes.getInt(FutexSequence.lowHalf(order))).isEqualTo(0x2222_2222);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void returnsAtOnceWhatIsBeyond(boolean shared) throws Exception {
        FutexSequence sequence = sequence(shared);
        publish(42);
        assertThat(sequence.get()).isEqualTo(42);
        assertThat(sequence.getAcquire()).isEqualTo(42);
        assertThat(sequence).hasToString("42");
        assertThat(sequence.awaitBeyond(41)).isEqualTo(42);
        assertThat(sequence.awaitBeyond(Long.MIN_VALUE)).isEqualTo(42);
        assertThat(sequence.awaitBeyond(41, 0, TimeUnit.DAYS)).isTrue();
        assertThat(sequence.awaitBeyond(42, 0, TimeUnit.DAYS)).isFalse();
        assertThat(sequence.awaitBeyond(43, -1, TimeUnit.DAYS)).isFalse();
        publish(-1); // where some counters begin
        assertThat(sequence.awaitBeyond(-2)).isEqualTo(-1);
        assertThat(sequence.awaitBeyond(-1, 0, TimeUnit.DAYS)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timedWaitsAreNeverEarly(boolean shared) throws Exception {
        FutexSequence sequence = sequence(shared);
        for (long micros : new long[] {1, 50, 1000, 20_000}) {
            long start = System.nanoTime();
            assertThat(sequence.awaitBeyond(0, micros, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
        }
    }

    /// Also where the low half comes round to 0, and is negative.
    @ParameterizedTest
    @ValueSource(longs = {0, Integer.MAX_VALUE, 0xFFFF_FFFFL, Long.MAX_VALUE - 1})
    void wakes(long before) {
        for (boolean shared : new boolean[] {false, true}) {
            FutexSequence sequence = sequence(shared);
            publish(before);
            Waiter untimed = Waiter.platform(() -> sequence.awaitBeyond(before)).awaitAsleep(low());
            Waiter timed = Waiter.platform(() -> sequence.awaitBeyond(before, 1, TimeUnit.DAYS))
                    .awaitAsleep(low());
            Waiter virtual = Waiter.virtual(() -> sequence.awaitBeyond(before));
            assertThat(sequence.wakeAll()).isLessThanOrEqualTo(3); // for nothing
            publish(before + 1);
            assertThat(sequence.wakeAll()).isLessThanOrEqualTo(3);
            assertThat(untimed.result()).isEqualTo(before + 1);
            assertThat(timed.result()).isEqualTo(true);
            assertThat(virtual.result()).isEqualTo(before + 1);
        }
    }

    @Test
    void stepsThatAreNotEnoughEndNothing() {
        FutexSequence sequence = sequence(false);
        Waiter waiter = Waiter.platform(() -> sequence.awaitBeyond(10)).awaitAsleep(low());
        for (int i = 1; i <= 10; i++) {
            publish(i);
            sequence.wakeAll();
            waiter.awaitAsleep(low());
        }
        publish(11);
        sequence.wakeAll();
        assertThat(waiter.result()).isEqualTo(11L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interruptEndsTheWait(boolean virtual) throws Exception {
        FutexSequence sequence = sequence(false);
        Waiter waiter = Waiter.start(virtual, () -> sequence.awaitBeyond(0)).awaitAsleep(low());
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        publish(1);
        Thread.currentThread().interrupt();
        assertThat(sequence.awaitBeyond(0))
                .as("seen before it looks at the status")
                .isOne();
        assertThatThrownBy(() -> sequence.awaitBeyond(1)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
    }

    /// Nobody wakes: the loop of timed waits that the documentation shows.
    @Test
    void timedLoopSeesWhatNobodyWakesFor() {
        FutexSequence sequence = sequence(true);
        Waiter waiter = Waiter.platform(() -> {
                    while (!sequence.awaitBeyond(0, 1, TimeUnit.MILLISECONDS)) {
                        Thread.onSpinWait();
                    }
                    return sequence.get();
                })
                .awaitAsleep(low());
        publish(5);
        assertThat(waiter.result()).isEqualTo(5L);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noStepIsMissed(boolean shared) {
        int steps = Scale.of(20_000, 1_000_000);
        FutexSequence sequence = sequence(shared);
        publish(0xFFFF_FFFFL - steps / 2);
        long last = 0xFFFF_FFFFL + steps / 2;
        List<Waiter> consumers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            consumers.add(Waiter.platform(() -> {
                long seen = sequence.getAcquire();
                while (seen < last) {
                    seen = sequence.awaitBeyond(seen);
                }
                return seen;
            }));
        }
        for (long value = sequence.get() + 1; value <= last; value++) {
            publish(value);
            sequence.wakeAll();
        }
        consumers.forEach(each -> assertThat(each.result()).isEqualTo(last));
    }

    @Test
    void isContentWithReadOnlyMemory() throws Exception {
        publish(7);
        FutexSequence view = FutexSequence.shared(memory.asReadOnly(), AT);
        assertThat(view.awaitBeyond(6)).isEqualTo(7);
        assertThat(view.awaitBeyond(7, 1, TimeUnit.MICROSECONDS)).isFalse();
        int unused = view.wakeAll();
    }

    @Test
    void refusesWhatIsNoCounter() {
        assertThatThrownBy(() -> FutexSequence.local(null, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> sequence(false).awaitBeyond(0, 1, null)).isInstanceOf(NullPointerException.class);
        for (long offset : new long[] {-8, 57, 64, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> FutexSequence.local(memory, offset)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> FutexSequence.shared(memory, offset))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> FutexSequence.local(memory, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FutexSequence.shared(MemorySegment.ofArray(new long[2]), 0))
                .isInstanceOf(IllegalArgumentException.class);
        Arena arena = Arena.ofShared();
        FutexSequence closed = FutexSequence.local(arena.allocate(8, 8), 0);
        arena.close();
        assertThatThrownBy(() -> closed.awaitBeyond(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(closed::wakeAll).isInstanceOf(IllegalStateException.class);
    }
}
