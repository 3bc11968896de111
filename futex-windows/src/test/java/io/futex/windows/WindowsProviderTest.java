package io.futex.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import io.futex.spi.BackendUnavailableException;
import java.util.Optional;
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
        for (String name : new String[] {"WindowsBackend", "FfmWindowsCalls", "JnaWindowsCalls", "WindowsCalls"}) {
            assertThat(Class.forName("io.futex.windows." + name, false, loader)).isNotNull();
        }
    }

    @Test
    void linkingFailsByAReason() {
        assertThatThrownBy(FfmWindowsCalls::ofSystem)
                .isInstanceOf(LinkageError.class)
                .hasMessage("no library api-ms-win-core-synch-l1-2-0.dll");
        assertThatThrownBy(() -> new FfmWindowsCalls(name -> Optional.empty(), "errno"))
                .isInstanceOf(LinkageError.class)
                .hasMessage("api-ms-win-core-synch-l1-2-0.dll has no function WaitOnAddress");
        assertThatThrownBy(JnaWindowsCalls::new).isInstanceOf(LinkageError.class);
    }
}
