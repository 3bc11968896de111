package io.futex.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import io.futex.FutexException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import io.futex.windows.FakeCalls.Call;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The backend on a Windows that answers as told: every error, and the exact arguments of every call.
class WindowsBackendTest {
    private static final int ERROR_TIMEOUT = 1460;
    private static final long FAR = Long.MAX_VALUE - 1;

    private final FakeCalls calls = new FakeCalls();
    private final WindowsBackend backend = new WindowsBackend(calls, LastError.WINDOWS);
    private final MemorySegment record = Arena.ofAuto().allocate(128, 128);
    private final MemorySegment held = Arena.ofAuto().allocate(4, 4);
    private final long address = record.address() + 64;

    @Test
    void namesItselfAndPromisesNothing() {
        assertThat(backend.name()).isEqualTo("windows");
        assertThat(backend.description()).contains("binding fake", "WaitOnAddress of api-ms-win-core-synch-l1-2-0.dll");
        assertThat(backend.capabilities(false)).isEmpty();
        assertThat(backend.capabilities(true)).isEmpty();
        assertThat(backend.tellsWakeOfOne()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0xdeadbeef})
    void passesWordValueAndHeldMemory(int value) {
        for (boolean shared : new boolean[] {false, true}) {
            assertThat(backend.await(record, 64, value, shared, 1, FutexBackend.FOREVER))
                    .isEqualTo(Outcome.WOKEN);
            assertThat(calls.taken()).containsExactly(new Call("WaitOnAddress", address, value, -1, record));
        }
        assertThat(backend.awaitOwn(record, value, held, FutexBackend.FOREVER)).isEqualTo(Outcome.WOKEN);
        assertThat(calls.taken()).containsExactly(new Call("WaitOnAddress", record.address(), value, -1, held));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-1, 0",
        "-9223372036854775808, 0",
        "1, 1",
        "999999, 1",
        "1000000, 1",
        "1000001, 2",
        "1999999, 2",
        "15600000, 16",
        "60000000000, 60000",
        "2147483646000000, 2147483646",
        "2147483646000001, 2147483647",
        "2147483647000000, 2147483647",
        "2147483647000001, 2147483647",
        "4294967294000000, 2147483647",
        "4294967295000000, 2147483647",
        "4294967296000000, 2147483647",
        "9000000000000000000, 2147483647"
    })
    void roundsTheTimeUpAndCutsItShortOfForEver(long nanos, int millis) {
        assertThat(WindowsBackend.millis(nanos)).isEqualTo(millis);
    }

    /// 0xFFFFFFFF is for ever, and no time is.
    @Test
    void passesForEverAsWindowsHasIt() {
        calls.answer(ERROR_TIMEOUT);
        for (long deadline : new long[] {FutexBackend.FOREVER, FAR, 1, System.nanoTime()}) {
            assertThat(backend.await(record, 64, 5, false, 1, deadline)).isEqualTo(Outcome.FAILED);
        }
        assertThat(calls.taken()).extracting(Call::millis).containsExactly(-1, Integer.MAX_VALUE, 0, 0);
    }

    /// Whatever the error, the engine asks the clock first.
    @ParameterizedTest
    @ValueSource(ints = {0, 8, 87, 998, ERROR_TIMEOUT, 77777})
    void doesNotAskWhyAWaitFailed(int error) {
        calls.answer(error);
        assertThat(backend.await(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.FAILED);
        assertThat(backend.awaitOwn(record, 5, held, FutexBackend.FOREVER)).isEqualTo(Outcome.FAILED);
        assertThat(calls.taken()).hasSize(2).allMatch(call -> call.function().equals("WaitOnAddress"));
    }

    /// It asks for the same once more, for no time at all; the word may be gone by then, and is not read. The timer of
    /// Windows may have been early by a tick, and a long wait is cut.
    @ParameterizedTest
    @CsvSource({"-1, WOKEN", "1460, EARLY"})
    void tellsWhyAWaitFailed(int result, Outcome outcome) {
        calls.answer(result);
        Arena arena = Arena.ofShared();
        MemorySegment gone = arena.allocate(4, 4);
        arena.close();
        for (long deadline : new long[] {FAR, FutexBackend.FOREVER}) {
            assertThat(backend.diagnose(gone, 0, 5, false, 1, deadline)).isEqualTo(outcome);
            assertThat(calls.taken())
                    .containsExactly(new Call("WaitOnAddress, GetLastError", gone.address(), 5, 0, gone));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, ERROR_SUCCESS",
        "8, ERROR_NOT_ENOUGH_MEMORY",
        "87, ERROR_INVALID_PARAMETER",
        "998, ERROR_NOACCESS",
        "5, last error 5",
        "77777, last error 77777"
    })
    void throwsWhatWindowsRefused(int error, String name) {
        calls.answer(error);
        for (long deadline : new long[] {FAR, FutexBackend.FOREVER}) {
            assertThatThrownBy(() -> backend.diagnose(record, 64, -5, false, 1, deadline))
                    .isInstanceOf(FutexException.class)
                    .hasMessageContainingAll(
                            "WaitOnAddress at 0x" + Long.toHexString(address), "expected -5", "size 4", name);
        }
    }

    @Test
    void knowsErrorsByTheTableItWasGiven() {
        WindowsBackend other = new WindowsBackend(calls.answer(3), new LastError(1, 2, 3, 4, 5));
        assertThatThrownBy(() -> other.diagnose(record, 64, 5, false, 1, FAR))
                .hasMessageEndingWith(": ERROR_INVALID_PARAMETER (3): the size of the word was refused");
        calls.answer(5);
        assertThat(other.diagnose(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.EARLY);
        calls.answer(ERROR_TIMEOUT);
        assertThatThrownBy(() -> other.diagnose(record, 64, 5, false, 1, FAR)).hasMessageEndingWith("last error 1460");
    }

    @ParameterizedTest
    @CsvSource({"1, WakeByAddressSingle", "2, WakeByAddressAll", "97, WakeByAddressAll", "2147483647, WakeByAddressAll"
    })
    void wakesOneOrAll(int count, String function) {
        for (boolean shared : new boolean[] {false, true}) {
            for (int mask : new int[] {FutexBackend.ALL, 1}) {
                assertThat(backend.wake(record, 64, shared, mask, count)).isEqualTo(Futex.UNKNOWN);
                assertThat(calls.taken()).containsExactly(new Call(function, address, 0, 0, null));
            }
        }
    }

    @Test
    void wakesTheAddressOfASegmentWithoutSize() {
        assertThat(backend.wake(MemorySegment.ofAddress(address), 0, false, FutexBackend.ALL, 1))
                .isEqualTo(Futex.UNKNOWN);
        assertThat(calls.taken()).containsExactly(new Call("WakeByAddressSingle", address, 0, 0, null));
    }

    /// Anybody can make a segment of no size at any address, and learn by a wait what is there; a WaitOnAddress of NULL
    /// ends the process.
    @Test
    void waitsOnWhatLiesInTheSegmentAlone() {
        for (MemorySegment stolen : new MemorySegment[] {MemorySegment.ofAddress(address), MemorySegment.NULL}) {
            assertThatThrownBy(() -> backend.await(stolen, 0, 0, false, 1, FAR))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> backend.awaitOwn(stolen, 0, held, FAR))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> backend.diagnose(stolen, 0, 0, false, 1, FAR))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> backend.await(record, 126, 0, false, 1, FAR))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> backend.await(MemorySegment.ofArray(new int[32]), 64, 0, false, 1, FAR))
                .isInstanceOf(IllegalArgumentException.class);
        for (int count : new int[] {1, 2, Integer.MAX_VALUE}) {
            assertThat(backend.wake(MemorySegment.NULL, 0, false, FutexBackend.ALL, count))
                    .isEqualTo(Futex.UNKNOWN);
        }
        assertThat(calls.taken()).isEmpty();
    }
}
