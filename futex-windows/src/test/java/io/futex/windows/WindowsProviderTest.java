package io.futex.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import io.futex.spi.BackendUnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The Windows backend where there is no Windows: it says so, and harms nothing.
@DisabledOnOs(OS.WINDOWS)
class WindowsProviderTest {
    private static final String SYSTEM = System.getProperty("os.name");

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"ffm", "jna"})
    void saysWhyItCannotBeUsed(String binding) {
        assertThatThrownBy(() -> new WindowsBackendProvider().create(binding))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessage("needs Windows; this is " + SYSTEM);
    }

    @Test
    void isFoundAndListedAsUnavailable() {
        assertThat(Futex.unavailable()).containsEntry("windows", "needs Windows; this is " + SYSTEM);
        assertThat(Futex.available()).extracting(Futex::backend).containsExactly("portable", "polling");
    }

    @Test
    void itsClassesCanBeLoaded() throws Exception {
        ClassLoader loader = WindowsBackendProvider.class.getClassLoader();
        for (String name : new String[] {"WindowsBackend", "FfmWindowsCalls", "JnaWindowsCalls", "ThreadBlock"}) {
            assertThat(Class.forName("io.futex.windows." + name, false, loader)).isNotNull();
        }
    }

    /// The JVM knows the state to capture by name, and only that of Windows knows this one.
    @Test
    void capturesTheLastErrorOfWindows() {
        assertThat(FfmWindowsCalls.LAST_ERROR).isEqualTo("GetLastError");
        assertThatThrownBy(() -> Linker.Option.captureCallState(FfmWindowsCalls.LAST_ERROR))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GetLastError");
    }

    @Test
    void linkingFailsByAReason() {
        assertThatThrownBy(() -> FfmWindowsCalls.link("WaitOnAddress", FunctionDescriptor.ofVoid()))
                .isInstanceOf(LinkageError.class);
        assertThatThrownBy(JnaWindowsCalls::new).isInstanceOf(LinkageError.class);
    }
}
