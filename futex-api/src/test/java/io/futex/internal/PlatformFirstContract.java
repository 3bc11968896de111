package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.WaitResult;
import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.MemoryChecks;
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
import org.junit.jupiter.params.provider.ValueSource;

/// Wakes for who relies on the woken to be under way, on each way to wait for local words.
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PlatformFirstContract {
    private final MemorySegment record = Arena.ofAuto().allocate(128, 128);
    private final MemorySegment word = record.asSlice(64, 4);

    abstract Engine engine();

    @Test
    void checksItsArguments() {
        assertThat(engine().wakePlatformFirst(record, 64, 0)).isZero();
        assertThat(engine().wakePlatformFirst(record, 64, 1)).isZero();
        assertThatThrownBy(() -> engine().wakePlatformFirst(record, 64, -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> engine().wakePlatformFirst(record, 128, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> engine().wakePlatformFirst(record, 2, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, Integer.MAX_VALUE})
    void wakesPlatformThreadsAndThenTheOthers(int count) {
        List<Waiter> virtual = new ArrayList<>();
        List<Waiter> platform = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            virtual.add(sleeper(true));
            platform.add(sleeper(false));
        }
        int left = 8;
        int leftPlatform = 4;
        while (left > 0) {
            int woken = engine().wakePlatformFirst(record, 64, count);
            int expected = Math.min(left, count);
            assertThat(woken).isBetween(expected, expected + 1);
            left -= woken;
            leftPlatform -= Math.min(leftPlatform, count);
            int platformDone = 4 - leftPlatform;
            int done = 8 - left;
            Await.until("the woken have left", () -> done(platform) + done(virtual) == done);
            assertThat(done(platform)).isEqualTo(platformDone);
        }
        assertThat(engine().wakePlatformFirst(record, 64, count)).isZero();
    }

    /// Platform threads come back to sleep again and again, and there is always one to be woken.
    @Test
    void aVirtualThreadAmongPlatformThreadsDoesNotStarve() {
        Restless platform = new Restless(false);
        for (int round = 0; round < 3; round++) {
            Waiter virtual = sleeper(true);
            int passed = 0;
            while (true) {
                platform.awaitAllAsleep();
                int woken = engine().wakePlatformFirst(record, 64, 1);
                assertThat(woken).isBetween(1, 2);
                platform.woken++;
                if (woken == 2) {
                    break;
                }
                assertThat(virtual.isDone()).isFalse();
                assertThat(++passed).as("woken before it").isLessThan(Bucket.MOST_PASSES);
            }
            assertThat(virtual.waitResult()).isEqualTo(WaitResult.WOKEN);
        }
        platform.end();
    }

    @Test
    void aPlatformThreadAmongVirtualThreadsIsTheFirst() {
        Restless virtual = new Restless(true);
        for (int round = 0; round < 20; round++) {
            virtual.awaitAllAsleep();
            Waiter platform = sleeper(false);
            virtual.woken += engine().wakePlatformFirst(record, 64, 1) - 1;
            assertThat(platform.waitResult()).isEqualTo(WaitResult.WOKEN);
        }
        virtual.end();
    }

    private Waiter sleeper(boolean virtual) {
        return Waiter.start(virtual, () -> engine().wait(record, 64, 0)).awaitAsleep(word);
    }

    private static int done(List<Waiter> waiters) {
        return (int) waiters.stream().filter(Waiter::isDone).count();
    }

    /// Threads that sleep again whenever they are woken, until the word changes.
    private final class Restless {
        private final List<Waiter> waiters = new ArrayList<>();
        private final AtomicInteger up = new AtomicInteger();
        int woken;

        Restless(boolean virtual) {
            for (int i = 0; i < 3; i++) {
                waiters.add(Waiter.start(virtual, () -> {
                    while (MemoryChecks.read(record, 64) == 0) {
                        up.incrementAndGet();
                        assertThat(engine().wait(record, 64, 0)).isNotNull();
                    }
                    return null;
                }));
            }
        }

        /// Those that were woken included: they look asleep until they have noticed.
        void awaitAllAsleep() {
            Await.until("up again", () -> up.get() >= waiters.size() + woken);
            for (Waiter waiter : waiters) {
                Await.until("asleep again", () -> Asleep.on(waiter.thread(), word));
            }
        }

        void end() {
            record.set(ValueLayout.JAVA_INT, 64, 1);
            int ignored = engine().wakeAll(word);
            assertThat(ignored).isBetween(0, waiters.size());
            waiters.forEach(Waiter::result);
            record.set(ValueLayout.JAVA_INT, 64, 0);
        }
    }
}
