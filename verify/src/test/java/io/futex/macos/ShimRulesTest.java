package io.futex.macos;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The shim keeps the rules of XNU, those too that the backend makes no use of: else what passes over it proves
/// nothing.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShimRulesTest {
    private static final int ENOENT = 2;
    private static final int EINVAL = 22;
    private static final int EDOM = 33;
    private static final int ETIMEDOUT = 60;

    private static final long WAIT32 = 1;
    private static final long WAIT32_SHARED = 3;
    private static final long WAIT64 = 5;
    private static final long WAKE_ALL = 0x100;
    private static final long WAKE_THREAD = 0x200;
    private static final long NO_ERRNO = 0x0100_0000;
    private static final long DEADLINE = 0x0200_0000;
    private static final long CLOCK = 32;
    private static final long SOON_NANOS = 5_000_000;

    private final MemorySegment memory = Arena.ofAuto().allocate(64, 64);
    private final long word = memory.address();

    @BeforeEach
    void needsACompiler() {
        Assumptions.assumeTrue(Shim.isSupported(), "SKIPPED: needs Linux and the command cc");
    }

    @Test
    void errorsAreReturnedOrLeftInErrno() {
        assertThat(call("__ulock_wake", WAIT32 | NO_ERRNO, word)).isEqualTo(-ENOENT);
        assertThat(call("__ulock_wake", WAIT32, word)).isEqualTo(-1);
        assertThat(errno("__ulock_wake", WAIT32, word)).isEqualTo(ENOENT);
        assertThat(errno("os_sync_wake_by_address_any", word, 4, 0)).isEqualTo(ENOENT);
        assertThat(errno("os_sync_wake_by_address_all", word, 4, 1)).isEqualTo(ENOENT);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        for (long operation : new long[] {0, 2, 4, 7, WAIT32 | 0x10, WAIT32 | WAKE_ALL}) {
            assertThat(wait2(operation, word, 1, 1))
                    .as("operation %x", operation)
                    .isEqualTo(-EINVAL);
        }
        assertThat(wait2(WAIT32, 0, 1, 1)).isEqualTo(-EINVAL);
        assertThat(wait2(WAIT32, word + 2, 1, 1)).isEqualTo(-EINVAL);
        assertThat(wait2(WAIT64, word + 4, 1, 1)).isEqualTo(-EINVAL);
        assertThat(call("__ulock_wake", WAIT32 | WAKE_THREAD | NO_ERRNO, word)).isEqualTo(-EINVAL);
        assertThat(errno("os_sync_wait_on_address", word, 1, 3, 0)).isEqualTo(EINVAL);
        assertThat(errno("os_sync_wait_on_address", word, 1, 4, 2)).isEqualTo(EINVAL);
        assertThat(errno("os_sync_wait_on_address_with_timeout", word, 0, 4, 0, 1, 1))
                .isEqualTo(EINVAL);
        assertThat(errno("os_sync_wait_on_address_with_timeout", word, 0, 4, 0, CLOCK, 0))
                .isEqualTo(EINVAL);
        assertThat(errno("os_sync_wait_on_address_with_deadline", word, 0, 4, 0, CLOCK, 0))
                .isEqualTo(EINVAL);
    }

    /// A sign-extended value never sleeps.
    @Test
    void theWholeValueIsCompared() {
        memory.set(JAVA_INT, 0, -1);
        assertThat(wait2(WAIT32, word, -1, SOON_NANOS)).isZero();
        assertThat(wait2(WAIT32, word, 0xFFFF_FFFFL, SOON_NANOS)).isEqualTo(-ETIMEDOUT);
        assertThat(wait2(WAIT64, word, 0xFFFF_FFFFL, SOON_NANOS)).isEqualTo(-ETIMEDOUT);
        memory.set(JAVA_INT, 4, 1);
        assertThat(wait2(WAIT64, word, 0xFFFF_FFFFL, SOON_NANOS)).isZero();
    }

    @Test
    void timesAndDeadlinesAreNotEarly() {
        long begin = System.nanoTime();
        assertThat(wait2(WAIT32, word, 0, SOON_NANOS)).isEqualTo(-ETIMEDOUT);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(SOON_NANOS);

        long soon = System.nanoTime() + SOON_NANOS;
        assertThat(wait2(WAIT32_SHARED | DEADLINE, word, 0, soon)).isEqualTo(-ETIMEDOUT);
        assertThat(System.nanoTime()).isGreaterThanOrEqualTo(soon);
        assertThat(wait2(WAIT32 | DEADLINE, word, 0, soon)).as("long ago").isEqualTo(-ETIMEDOUT);
        soon = System.nanoTime() + SOON_NANOS;
        assertThat(errno("os_sync_wait_on_address_with_deadline", word, 0, 4, 1, CLOCK, soon))
                .isEqualTo(ETIMEDOUT);
        assertThat(System.nanoTime()).isGreaterThanOrEqualTo(soon);
        assertThat(errno("os_sync_wait_on_address_with_deadline", word, 0, 4, 0, CLOCK, 1))
                .as("long ago")
                .isEqualTo(ETIMEDOUT);
    }

    /// After a mismatch and after a wake alike.
    @Test
    void aResultIsTheNumberOfTheOthers() {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(Waiter.platform(() -> wait2(WAIT32, word, 0, 0)));
        }
        Await.until("three are in", () -> wait2(WAIT32, word, 1, 0) == 3);
        assertThat(wait2(WAIT64, word, 0, 0)).as("another size").isEqualTo(-EDOM);
        assertThat(call("__ulock_wake", WAIT64 | NO_ERRNO, word)).isEqualTo(-EDOM);
        assertThat(call("__ulock_wake", WAIT32_SHARED | NO_ERRNO, word))
                .as("another key")
                .isEqualTo(-ENOENT);
        Await.until("all are out", () -> call("__ulock_wake", WAIT32 | NO_ERRNO, word) == -ENOENT);
        assertThat(waiters).extracting(Waiter::result).containsExactlyInAnyOrder(2, 1, 0);
    }

    @Test
    void allAreWokenAtOnce() {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(Waiter.platform(() -> call("os_sync_wait_on_address", word, 0, 4, 0)));
        }
        Await.until("three are in", () -> call("os_sync_wait_on_address", word, 1, 4, 0) == 3);
        Await.until("all are out", () -> errno("os_sync_wake_by_address_all", word, 4, 0) == ENOENT);
        assertThat(waiters).extracting(Waiter::result).containsExactlyInAnyOrder(2, 1, 0);
    }

    private static int wait2(long operation, long address, long value, long time) {
        return call("__ulock_wait2", operation | NO_ERRNO, address, value, time);
    }

    private static int call(String function, long... arguments) {
        return Calls.call(function, arguments)[0];
    }

    /// That of a call which fails; 0 if it does not.
    private static int errno(String function, long... arguments) {
        int[] results = Calls.call(function, arguments);
        return results[0] == -1 ? results[1] : 0;
    }

    private static final class Calls {
        private static final int MOST = 6;
        private static final SymbolLookup SHIM =
                SymbolLookup.libraryLookup(Shim.library(Generation.OS_SYNC), Arena.global());
        private static final MethodHandle CALL = Linker.nativeLinker()
                .downcallHandle(
                        FunctionDescriptor.of(
                                JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                        Linker.Option.captureCallState("errno"));
        private static final long ERRNO =
                Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

        /// The result, and errno.
        static int[] call(String function, long... arguments) {
            long[] all = Arrays.copyOf(arguments, MOST);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment captured = arena.allocate(Linker.Option.captureStateLayout());
                int result = (int) CALL.invokeExact(
                        SHIM.find(function).orElseThrow(), captured, all[0], all[1], all[2], all[3], all[4], all[5]);
                return new int[] {result, captured.get(JAVA_INT, ERRNO)};
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }
}
