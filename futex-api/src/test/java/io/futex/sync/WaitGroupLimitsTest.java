package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.futex.Futex;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The count and the generation at their ends.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitGroupLimitsTest {
    private static final int MAX = (1 << 29) - 1;

    private final MemorySegment memory = Arena.ofAuto().allocate(WaitGroup.LAYOUT_BYTES, 8);

    @Test
    void belowZeroIsRefusedAndHarmless() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        assertThatIllegalStateException().isThrownBy(group::done);
        group.add(2);

        assertThatIllegalStateException().isThrownBy(() -> group.add(-3)).withMessageContaining("negative");
        assertThatIllegalStateException().isThrownBy(() -> group.add(Integer.MIN_VALUE));

        assertThat(group.count()).isEqualTo(2);
        group.add(-2);
        group.await();
    }

    @Test
    void overflowIsRefusedAndHarmless() {
        WaitGroup group = new WaitGroup();
        group.add(MAX);

        assertThatIllegalStateException().isThrownBy(() -> group.add(1)).withMessageContaining("exceeds");
        assertThatIllegalStateException().isThrownBy(() -> group.add(Integer.MAX_VALUE));

        assertThat(group.count()).isEqualTo(MAX);
        group.add(-MAX);
        assertThat(group.count()).isZero();
    }

    /// Ten fit, of twenty that come at once, somebody waiting or not: nothing turns into a flag.
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void theCountIsRefusedAtItsLimit(boolean shared, boolean waits) throws Exception {
        WaitGroup group = shared ? WaitGroup.shared(memory, 0) : WaitGroup.local(memory, 0);
        int room = 10;
        group.add(MAX - room);
        Waiter waiter = waits ? Waiter.virtual(() -> group.await(1, TimeUnit.DAYS)) : null;
        Await.until("waits", () -> !waits || group.waiters() != 0);
        AtomicInteger refused = new AtomicInteger();
        PMutexThreads threads = new PMutexThreads();
        for (int i = 0; i < 4; i++) {
            threads.start(i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual(), () -> {
                for (int k = 0; k < 5; k++) {
                    try {
                        group.add(1);
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessage("the count is 536870911; adding 1 exceeds 536870911");
                        refused.incrementAndGet();
                    }
                }
            });
        }
        threads.join();
        assertThat(refused).hasValue(10);
        assertThat(group.count()).isEqualTo(MAX);
        assertThat(group.waiters()).isEqualTo(waits ? Futex.UNKNOWN : 0);
        group.add(-MAX);
        assertThat(group.await(0, TimeUnit.SECONDS)).isTrue();
        if (waits) {
            assertThat(waiter.result()).isEqualTo(true);
        }
    }

    /// Rounds with waiters step over the end of the generation, from the last value to 0 and from the last positive one
    /// to the first negative one: everybody comes out, and the count stays what it is.
    @ParameterizedTest
    @CsvSource({"-5, false", "-5, true", "2147483643, false", "2147483643, true"})
    void theGenerationWraps(int from, boolean shared) throws Exception {
        memory.set(ValueLayout.JAVA_INT, WaitGroup.GENERATION, from);
        WaitGroup group = shared ? WaitGroup.shared(memory, 0) : WaitGroup.local(memory, 0);
        int rounds = 10;
        for (int round = 1; round <= rounds; round++) {
            group.add(2);
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiters.add(Waiter.start(i % 2 == 0, () -> group.await(1, TimeUnit.DAYS)));
            }
            Await.until("somebody waits", () -> group.waiters() != 0);
            group.done();
            assertThat(group.count()).isOne();
            group.done();
            waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(true));
            assertThat(memory.get(ValueLayout.JAVA_INT, WaitGroup.GENERATION)).isEqualTo(from + round);
            assertThat(group).hasToString("WaitGroup[count=0]");
        }
    }
}
