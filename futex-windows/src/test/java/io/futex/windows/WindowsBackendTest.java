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
        assertThat(backend.description()).contains("binding fake", "WaitOnAddress of nothing.dll");
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
            assertThat(calls.taken()).containsExactly(new Call("try", address, value, -1, record));
        }
        assertThat(backend.awaitOwn(record, value, held, FutexBackend.FOREVER)).isEqualTo(Outcome.WOKEN);
        assertThat(calls.taken()).containsExactly(new Call("try", record.address(), value, -1, held));
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
        for (long now : new long[] {0, 1, 123_456_789}) {
            if (nanos >= 0) {
                assertThat(WindowsBackend.millis(now + nanos, now)).isEqualTo(millis);
            } else {
                assertThat(WindowsBackend.millis(Math.max(0, now + nanos), now)).isZero();
            }
        }
        assertThat(WindowsBackend.millis(FutexBackend.FOREVER, Math.abs(nanos + 1)))
                .as("INFINITE")
                .isEqualTo(0xFFFF_FFFF);
        assertThat(WindowsBackend.millis(FAR, 1)).as("not for ever").isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void aTimeThatIsOverIsTimedOutByTheClock() {
        calls.answer(ERROR_TIMEOUT);
        assertThat(backend.await(record, 64, 5, false, 1, System.nanoTime())).isEqualTo(Outcome.TIMED_OUT);
        assertThat(calls.taken()).containsExactly(new Call("try", address, 5, 0, record));
        calls.answer(87);
        assertThat(backend.await(record, 64, 5, false, 1, System.nanoTime())).isEqualTo(Outcome.TIMED_OUT);
    }

    /// The timer of Windows may be early by a tick, and a long wait is cut.
    @ParameterizedTest
    @ValueSource(longs = {FAR, FutexBackend.FOREVER})
    void aTimerThatIsEarlyIsNoTimeout(long deadline) {
        calls.answer(ERROR_TIMEOUT);
        assertThat(backend.await(record, 64, 5, false, 1, deadline)).isEqualTo(Outcome.EARLY);
        int millis = deadline == FAR ? Integer.MAX_VALUE : -1;
        assertThat(calls.taken())
                .as("twice, the second time for the error; no loop here")
                .containsExactly(
                        new Call("try", address, 5, millis, record),
                        new Call("WaitOnAddress", address, 5, millis, record));
    }

    @Test
    void theSecondCallCountsAnew() {
        calls.answer(ERROR_TIMEOUT);
        long start = System.nanoTime();
        calls.meanwhile(() -> {
            long until = System.nanoTime() + 3_000_000;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
        });
        assertThat(backend.await(record, 64, 5, false, 1, start + 3_600_000_000_000L))
                .isEqualTo(Outcome.EARLY);
        var taken = calls.taken();
        assertThat(taken).hasSize(2);
        assertThat(taken.getLast().millis())
                .isPositive()
                .isLessThan(taken.getFirst().millis() - 1);
    }

    @Test
    void aWakeAtTheSecondCallIsAWake() {
        calls.failTries();
        assertThat(backend.await(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.WOKEN);
        assertThat(calls.taken()).hasSize(2);
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
            assertThatThrownBy(() -> backend.await(record, 64, -5, false, 1, deadline))
                    .isInstanceOf(FutexException.class)
                    .hasMessageContainingAll(
                            "WaitOnAddress at 0x" + Long.toHexString(address), "expected -5", "size 4", name);
            assertThatThrownBy(() -> backend.awaitOwn(record, 0, held, deadline))
                    .isInstanceOf(FutexException.class)
                    .hasMessageContaining("0x" + Long.toHexString(record.address()));
        }
    }

    @Test
    void knowsErrorsByTheTableItWasGiven() {
        WindowsBackend other = new WindowsBackend(calls.answer(3), new LastError(1, 2, 3, 4, 5));
        assertThatThrownBy(() -> other.await(record, 64, 5, false, 1, FAR))
                .hasMessageEndingWith(": ERROR_INVALID_PARAMETER (3): the size of the word was refused");
        calls.answer(5);
        assertThat(other.await(record, 64, 5, false, 1, FAR)).isEqualTo(Outcome.EARLY);
        calls.answer(ERROR_TIMEOUT);
        assertThatThrownBy(() -> other.await(record, 64, 5, false, 1, FAR)).hasMessageEndingWith("last error 1460");
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

    /// A WaitOnAddress of NULL ends the process.
    @Test
    void nullNeverReachesWindows() {
        assertThatThrownBy(() -> backend.await(MemorySegment.NULL, 0, 0, false, 1, FAR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NULL");
        assertThatThrownBy(() -> backend.awaitOwn(MemorySegment.NULL, 0, held, FAR))
                .isInstanceOf(IllegalArgumentException.class);
        for (int count : new int[] {1, 2, Integer.MAX_VALUE}) {
            assertThat(backend.wake(MemorySegment.NULL, 0, false, FutexBackend.ALL, count))
                    .isEqualTo(Futex.UNKNOWN);
        }
        assertThat(calls.taken()).isEmpty();
    }
}
