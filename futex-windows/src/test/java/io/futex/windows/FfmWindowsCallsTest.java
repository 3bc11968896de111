package io.futex.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/// The calls of Windows, really made, where there is no Windows: functions of another libc stand in, which take their
/// arguments in the same places.
@EnabledOnOs(OS.LINUX)
class FfmWindowsCallsTest {
    private static final int ENOENT = 2;

    private final MemorySegment word = Arena.ofAuto().allocate(4, 4);

    /// `DIR *opendir(const char *name)` of a name that there is not returns NULL, and leaves ENOENT.
    @Test
    void tellsWhatAFailedCallLeaves() {
        WindowsCalls calls = calls("opendir", "abs", "errno");
        word.asByteBuffer().put("?\0".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 3; i++) {
            assertThat(calls.waitForError(word.address(), 7, 1, word)).isEqualTo(ENOENT);
            assertThat(calls.waitOnAddress(word.address(), 7, 1, word)).isFalse();
        }
        assertThat(calls.binding()).isEqualTo("ffm");
    }

    /// `int memcmp(const void *one, const void *other, size_t size)` takes the word, the value and the size.
    @Test
    void passesTheWordTheValueAndTheSize() {
        WindowsCalls calls = calls("memcmp", "abs", "errno");
        for (int expected : new int[] {0, 1, -1, 0x0100_0000, Integer.MIN_VALUE}) {
            word.set(java.lang.foreign.ValueLayout.JAVA_INT, 0, expected);
            assertThat(calls.waitOnAddress(word.address(), expected, 1, word)).isFalse();
            assertThat(calls.waitOnAddress(word.address(), expected ^ Integer.MIN_VALUE, 1, word))
                    .isTrue();
            assertThat(calls.waitForError(word.address(), expected ^ 1, 1, word))
                    .isEqualTo(WindowsCalls.TRUE);
        }
    }

    /// `void perror(const char *)` would be seen; `int abs(int)` leaves no trace but that it returns.
    @Test
    void wakes() {
        WindowsCalls calls = calls("memcmp", "abs", "errno");
        calls.wakeByAddressSingle(word.address());
        calls.wakeByAddressAll(word.address());
    }

    /// The JVM knows the state to capture by name, and each but those of Windows knows errno alone.
    @Test
    void capturesTheStateThatItWasGiven() {
        WindowsCalls calls = calls("opendir", "abs", "GetLastError");
        assertThat(calls.waitOnAddress(word.address(), 7, 1, word)).isFalse();
        assertThatThrownBy(() -> calls.waitForError(word.address(), 7, 1, word))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GetLastError");
    }

    private static WindowsCalls calls(String wait, String wake, String state) {
        SymbolLookup libc = Linker.nativeLinker().defaultLookup();
        Map<String, String> places =
                Map.of("WaitOnAddress", wait, "WakeByAddressSingle", wake, "WakeByAddressAll", wake);
        return new FfmWindowsCalls(function -> libc.find(places.get(function)), state);
    }
}
