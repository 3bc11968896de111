package io.futex.macos;

import static io.futex.macos.Function.OS_SYNC_WAIT;
import static io.futex.macos.Function.OS_SYNC_WAIT_WITH_TIMEOUT;
import static io.futex.macos.Function.OS_SYNC_WAKE_ALL;
import static io.futex.macos.Function.OS_SYNC_WAKE_ANY;
import static io.futex.macos.Function.ULOCK_WAIT2;
import static io.futex.macos.Function.ULOCK_WAKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexException;
import io.futex.macos.FakeCalls.Call;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The backend on a libSystem that answers as told: every error in each generation, and the exact arguments.
class MacosBackendTest {
    // Darwin's numbers, which are not those of the system that runs this.
    private static final int ENOENT = 2;
    private static final int EINTR = 4;
    private static final int ENOMEM = 12;
    private static final int EFAULT = 14;
    private static final int EINVAL = 22;
    private static final int EDOM = 33;
    private static final int ETIMEDOUT = 60;

    private static final long NO_ERRNO = 0x0100_0000;
    private static final long FAR = Long.MAX_VALUE - 1;
    private static final long CLOCK = 32;
    private static final long HUNDRED_DAYS = 8_640_000_000_000_000L;

    private final MemorySegment record = Arena.ofAuto().allocate(128, 128);
    private final long address = record.address() + 64;

    @Test
    void takesTheBestCallsThereAre() throws Exception {
        assertThat(backend(calls(Generation.OS_SYNC)).description())
                .isEqualTo("binding fake, waits by os_sync_wait_on_address, wakes by os_sync_wake_by_address_all");
        assertThat(backend(calls(Generation.ULOCK)).description())
                .isEqualTo("binding fake, waits by __ulock_wait2, wakes by __ulock_wake");
    }

    @Test
    void takesTheNextWhereOneIsMissingOrDoesNotWork() throws Exception {
        List<Function> functions = new ArrayList<>(List.of(Function.values()));
        functions.remove(OS_SYNC_WAKE_ALL);
        assertThat(backend(answering(new FakeCalls(functions))).description()).contains("__ulock_wait2");
        FakeCalls refused = answering(new FakeCalls(List.of(Function.values())));
        refused.answer(OS_SYNC_WAIT_WITH_TIMEOUT, -78); // ENOSYS
        assertThat(backend(refused).description()).contains("waits by __ulock_wait2,");
    }

    /// Errno would cost every program a link.
    @ParameterizedTest
    @EnumSource
    void probesWithoutErrno(Generation generation) throws Exception {
        FakeCalls calls = calls(generation);
        MacosBackend unused = MacosBackend.probe(calls, Errno.DARWIN);
        assertThat(calls.taken()).hasSize(2).noneMatch(Call::errno);
    }

    /// Not there just now, or disturbed by a signal: no reason to do without.
    @ParameterizedTest
    @ValueSource(ints = {EINTR, EFAULT})
    void aProbeMayFailForAReasonThatPasses(int errno) throws Exception {
        for (Generation generation : Generation.values()) {
            FakeCalls calls = calls(generation);
            answerWaits(calls, -errno);
            assertThat(backend(calls).description()).contains(generation.functions.getFirst().symbol);
        }
    }

    @Test
    void isUnavailableWithoutAny() {
        assertThatThrownBy(() -> backend(new FakeCalls(List.of(OS_SYNC_WAIT, ULOCK_WAKE))))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessage("os_sync_wait_on_address: not in libSystem; __ulock_wait2: not in libSystem");
        FakeCalls refused = calls(Generation.ULOCK).answer(ULOCK_WAIT2, -78);
        assertThatThrownBy(() -> backend(refused))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("__ulock_wait2: does not work, errno 78");
        FakeCalls liar = calls(Generation.ULOCK).answer(ULOCK_WAKE, 0);
        assertThatThrownBy(() -> backend(liar)).hasMessageContaining("is said to have woken");
    }

    @ParameterizedTest
    @EnumSource
    void declaresWhatItCan(Generation generation) throws Exception {
        MacosBackend backend = backend(calls(generation));
        assertThat(backend.name()).isEqualTo("macos");
        assertThat(backend.capabilities(false)).containsExactlyInAnyOrder(Capability.WAKE_COUNT);
        assertThat(backend.capabilities(true))
                .containsExactlyInAnyOrder(Capability.PROCESS_SHARED, Capability.WAKE_COUNT);
    }

    /// Whatever the error, the engine asks the clock first.
    @ParameterizedTest
    @CsvSource({"0, WOKEN", "7, WOKEN", "-60, FAILED", "-4, FAILED", "-14, FAILED", "-22, FAILED", "-77, FAILED"})
    void doesNotAskWhyAWaitFailed(int result, Outcome outcome) throws Exception {
        for (Generation generation : Generation.values()) {
            FakeCalls calls = calls(generation);
            MacosBackend backend = backend(calls);
            answerWaits(calls, result);
            for (boolean shared : new boolean[] {false, true}) {
                for (long deadline : new long[] {FAR, FutexBackend.FOREVER}) {
                    assertThat(backend.await(record, 64, 5, shared, 1, deadline))
                            .as("%s", generation)
                            .isEqualTo(outcome);
                }
            }
            assertThat(calls.taken()).hasSize(4).allMatch(Call::held).noneMatch(Call::errno);
        }
    }

    /// It asks for the same once more, for no time at all; the word may be gone by then, and is not read. The kernel
    /// does not page it in either, so that is left to the caller, who looks at it.
    @ParameterizedTest
    @CsvSource({"0, WOKEN", "7, WOKEN", "-60, EARLY", "-4, EARLY", "-14, WOKEN"})
    void tellsWhyAWaitFailed(int result, Outcome outcome) throws Exception {
        Arena arena = Arena.ofShared();
        MemorySegment gone = arena.allocate(4, 4);
        arena.close();
        for (Generation generation : Generation.values()) {
            FakeCalls calls = calls(generation);
            MacosBackend backend = backend(calls);
            answerWaits(calls, result);
            for (boolean shared : new boolean[] {false, true}) {
                for (long deadline : new long[] {FAR, FutexBackend.FOREVER}) {
                    assertThat(backend.diagnose(gone, 0, 5, shared, 1, deadline))
                            .as("%s", generation)
                            .isEqualTo(outcome);
                }
            }
            assertThat(calls.taken()).hasSize(4).allSatisfy(call -> {
                assertThat(timeoutOf(call)).isEqualTo(1);
                assertThat(call.arguments()).contains(gone.address(), 5L);
                assertThat(call.errno()).isEqualTo(generation == Generation.OS_SYNC);
            });
        }
    }

    /// Anybody can make a segment of no size at any address, and learn by a wait what is there.
    @ParameterizedTest
    @EnumSource
    void waitsOnWhatLiesInTheSegmentAlone(Generation generation) throws Exception {
        FakeCalls calls = calls(generation);
        MacosBackend backend = backend(calls);
        MemorySegment stolen = MemorySegment.ofAddress(address);
        assertThatThrownBy(() -> backend.await(stolen, 0, 5, true, 1, FAR))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> backend.awaitOwn(stolen, 5, record, FAR))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> backend.diagnose(stolen, 0, 5, true, 1, FAR))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> backend.await(record, 126, 5, true, 1, FAR))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> backend.await(MemorySegment.ofArray(new int[32]), 64, 5, true, 1, FAR))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(calls.taken()).isEmpty();
    }

    /// The numbers of Linux mean other things here.
    @ParameterizedTest
    @ValueSource(ints = {11, 110, 38, 35, 78})
    void takesNoNumberOfAnotherSystem(int errno) throws Exception {
        for (Generation generation : Generation.values()) {
            FakeCalls calls = calls(generation);
            MacosBackend backend = backend(calls);
            answerWaits(calls, -errno);
            assertThatThrownBy(() -> backend.diagnose(record, 64, 0, false, 1, FAR))
                    .isInstanceOf(FutexException.class)
                    .hasMessageContaining("errno " + errno);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "12, ENOMEM",
        "22, EINVAL",
        "33, EDOM (33): somebody waits on this address with another size",
        "2, ENOENT",
        "1, errno 1",
        "1000, errno 1000"
    })
    void throwsWhatTheKernelRefused(int errno, String name) throws Exception {
        for (Generation generation : Generation.values()) {
            FakeCalls calls = calls(generation);
            MacosBackend backend = backend(calls);
            answerWaits(calls, -errno);
            for (boolean shared : new boolean[] {false, true}) {
                assertThatThrownBy(() -> backend.diagnose(record, 64, -5, shared, 1, FAR))
                        .isInstanceOf(FutexException.class)
                        .hasMessageContainingAll(
                                generation.functions.getFirst().symbol + " at",
                                "0x" + Long.toHexString(address),
                                "expected -5",
                                shared ? "shared" : "private",
                                name);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0xdeadbeef})
    void passesTheValueUnsigned(int value) throws Exception {
        long unsigned = Integer.toUnsignedLong(value);
        for (boolean shared : new boolean[] {false, true}) {
            long flags = shared ? 1 : 0;
            long operation = (shared ? 3 : 1) | NO_ERRNO;
            assertThat(waitForEver(Generation.OS_SYNC, value, shared))
                    .isEqualTo(call(OS_SYNC_WAIT, address, unsigned, 4, flags, 0, 0));
            assertThat(waitForEver(Generation.ULOCK, value, shared))
                    .isEqualTo(call(ULOCK_WAIT2, operation, address, unsigned, 0, 0, 0));
        }
    }

    /// A word of the waiter's own, while the caller's memory is held.
    @ParameterizedTest
    @EnumSource
    void waitsOnAWordOfItsOwn(Generation generation) throws Exception {
        FakeCalls calls = calls(generation);
        MacosBackend backend = backend(calls);
        assertThat(backend.tellsWakeOfOne()).isFalse();
        MemorySegment own = Arena.ofAuto().allocate(4, 4);
        assertThat(backend.awaitOwn(own, 0, record, FutexBackend.FOREVER)).isEqualTo(Outcome.WOKEN);
        Call call = calls.taken().getFirst();
        assertThat(call.arguments()).contains(own.address()).doesNotContain(record.address());
        assertThat(calls.held()).isSameAs(record);
    }

    private Call waitForEver(Generation generation, int value, boolean shared) throws Exception {
        FakeCalls calls = calls(generation);
        MacosBackend backend = backend(calls);
        assertThat(backend.await(record, 64, value, shared, 1, FutexBackend.FOREVER))
                .isEqualTo(Outcome.WOKEN);
        return calls.taken().getFirst();
    }

    /// 0 would be for ever.
    @ParameterizedTest
    @EnumSource
    void neverPassesATimeoutOfZero(Generation generation) throws Exception {
        FakeCalls calls = calls(generation);
        MacosBackend backend = backend(calls);
        for (long late : new long[] {Long.MIN_VALUE / 2, 0, System.nanoTime() - 1, System.nanoTime()}) {
            assertThat(backend.await(record, 64, 0, false, 1, late)).isEqualTo(Outcome.WOKEN);
            assertThat(timeoutOf(calls.taken().getFirst())).isEqualTo(1);
        }
        for (int i = 0; i < 20_000; i++) {
            assertThat(backend.await(record, 64, 0, false, 1, System.nanoTime() + i % 200_000))
                    .isEqualTo(Outcome.WOKEN);
            assertThat(timeoutOf(calls.taken().getFirst())).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void passesNanoseconds(Generation generation) throws Exception {
        long before = System.nanoTime();
        long timeout = timeoutOf(waitUntil(generation, before + 3_600_000_000_000L));
        long after = System.nanoTime();
        assertThat(timeout).isBetween(3_600_000_000_000L - (after - before), 3_600_000_000_000L);
    }

    @Test
    void capsTheTimeout() throws Exception {
        assertThat(timeoutOf(waitUntil(Generation.OS_SYNC, FAR))).isEqualTo(HUNDRED_DAYS);
        assertThat(timeoutOf(waitUntil(Generation.ULOCK, FAR))).isEqualTo(HUNDRED_DAYS);
        assertThat(waitUntil(Generation.OS_SYNC, FAR))
                .isEqualTo(call(OS_SYNC_WAIT_WITH_TIMEOUT, address, 9, 4, 0, CLOCK, HUNDRED_DAYS));
        assertThat(waitUntil(Generation.ULOCK, FAR))
                .isEqualTo(call(ULOCK_WAIT2, 1 | NO_ERRNO, address, 9, HUNDRED_DAYS, 0, 0));
    }

    private Call waitUntil(Generation generation, long deadline) throws Exception {
        FakeCalls calls = calls(generation);
        MacosBackend backend = backend(calls);
        assertThat(backend.await(record, 64, 9, false, 1, deadline)).isEqualTo(Outcome.WOKEN);
        return calls.taken().getFirst();
    }

    private static long timeoutOf(Call call) {
        return call.arguments()
                .get(
                        switch (call.function()) {
                            case OS_SYNC_WAIT_WITH_TIMEOUT -> 5;
                            case ULOCK_WAIT2 -> 3;
                            default -> throw new AssertionError(call);
                        });
    }

    @Test
    void wakes() throws Exception {
        for (boolean shared : new boolean[] {false, true}) {
            long flags = shared ? 1 : 0;
            assertThat(wake(Generation.OS_SYNC, shared, 1))
                    .containsExactly(wakeCall(OS_SYNC_WAKE_ANY, address, 4, flags));
            assertThat(wake(Generation.OS_SYNC, shared, Integer.MAX_VALUE))
                    .containsExactly(wakeCall(OS_SYNC_WAKE_ALL, address, 4, flags));
            long operation = (shared ? 3 : 1) | NO_ERRNO;
            assertThat(wake(Generation.ULOCK, shared, 1)).containsExactly(wakeCall(ULOCK_WAKE, operation, address, 0));
            assertThat(wake(Generation.ULOCK, shared, Integer.MAX_VALUE))
                    .containsExactly(wakeCall(ULOCK_WAKE, operation | 0x100, address, 0));
            assertThat(wake(Generation.ULOCK, shared, 3))
                    .hasSize(3)
                    .containsOnly(wakeCall(ULOCK_WAKE, operation, address, 0));
        }
    }

    private List<Call> wake(Generation generation, boolean shared, int count) throws Exception {
        FakeCalls calls = calls(generation);
        MacosBackend backend = backend(calls);
        answerWakes(calls, 0);
        assertThat(backend.wake(record, 64, shared, FutexBackend.ALL, count)).isEqualTo(Futex.UNKNOWN);
        List<Call> plain = calls.taken();
        assertThat(backend.wake(MemorySegment.ofAddress(address), 0, shared, 1 << 5, count))
                .isEqualTo(Futex.UNKNOWN);
        assertThat(calls.taken()).as("masks are unknown").isEqualTo(plain);
        return plain;
    }

    /// A wake that fails has woken nobody. Success may mean that somebody is still on the way out.
    @ParameterizedTest
    @ValueSource(ints = {ENOENT, EDOM, EINVAL, EFAULT, ENOMEM, ETIMEDOUT, EINTR, 77})
    void aFailedWakeHasWokenNobody(int errno) throws Exception {
        for (Generation generation : Generation.values()) {
            FakeCalls calls = calls(generation);
            MacosBackend backend = backend(calls);
            answerWakes(calls, -errno);
            ToIntFunction<Integer> wake = count -> backend.wake(record, 64, true, FutexBackend.ALL, count);
            assertThat(wake.applyAsInt(1)).isZero();
            assertThat(wake.applyAsInt(5)).isZero();
            assertThat(wake.applyAsInt(Integer.MAX_VALUE)).isZero();
            assertThat(calls.taken()).hasSize(3).noneMatch(Call::errno);
        }
    }

    @Test
    void aWakeOfSomeEndsWithTheLastWaiter() throws Exception {
        FakeCalls calls = calls(Generation.ULOCK);
        MacosBackend backend = backend(calls);
        calls.answer(ULOCK_WAKE, 0, 0, -ENOENT);
        assertThat(backend.wake(record, 64, true, FutexBackend.ALL, 1_000)).isEqualTo(Futex.UNKNOWN);
        assertThat(calls.taken()).hasSize(3);
    }

    /// On another system its provider says why not, and links nothing.
    @Test
    void isForMacosOnly() {
        for (String binding : new String[] {null, "ffm", "jna"}) {
            assertThatThrownBy(() -> new MacosBackendProvider().create(binding))
                    .isInstanceOf(BackendUnavailableException.class)
                    .hasMessageStartingWith("needs macOS; this is ");
        }
        assertThat(new MacosBackendProvider().name()).isEqualTo("macos");
        assertThat(Futex.unavailable().get("macos")).startsWith("needs macOS");
    }

    private static FakeCalls calls(Generation generation) {
        return answering(new FakeCalls(generation.functions));
    }

    private static FakeCalls answering(FakeCalls calls) {
        answerWaits(calls, 0);
        answerWakes(calls, -ENOENT);
        return calls;
    }

    private static MacosBackend backend(FakeCalls calls) throws BackendUnavailableException {
        MacosBackend backend = MacosBackend.probe(calls, Errno.DARWIN);
        assertThat(calls.taken()).isNotEmpty();
        return backend;
    }

    private static void answerWaits(FakeCalls calls, int result) {
        for (Function function : List.of(OS_SYNC_WAIT, OS_SYNC_WAIT_WITH_TIMEOUT, ULOCK_WAIT2)) {
            if (calls.has(function)) {
                calls.answer(function, result);
            }
        }
    }

    private static void answerWakes(FakeCalls calls, int result) {
        for (Function function : List.of(OS_SYNC_WAKE_ANY, OS_SYNC_WAKE_ALL, ULOCK_WAKE)) {
            if (calls.has(function)) {
                calls.answer(function, result);
            }
        }
    }

    private static Call call(Function function, long... arguments) {
        return new Call(
                function,
                false,
                true,
                java.util.Arrays.stream(arguments).boxed().toList());
    }

    private static Call wakeCall(Function function, long a, long b, long c) {
        return new Call(function, false, false, List.of(a, b, c, 0L, 0L, 0L));
    }
}
