package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The choice of a backend where no native one is on the module path.
class SelectionTest {
    @Test
    void fallsBackToPortableAndPolling() {
        Catalog.Scopes selection = Selection.choose(null, null, null).orThrow();
        assertThat(selection.local().backend()).isEqualTo("portable");
        assertThat(selection.local().isShared()).isFalse();
        assertThat(selection.shared().backend()).isEqualTo("polling");
        assertThat(selection.shared().isShared()).isTrue();
        assertThat(Futex.available()).extracting(Futex::backend).containsExactly("portable", "polling");
        assertThat(Futex.unavailable()).containsOnlyKeys("linux", "macos", "windows");
        Futex.unavailable()
                .forEach((name, why) -> assertThat(why).contains("not on the class path", "io.futex:futex-" + name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"portable", "polling"})
    void takesWhatIsAlwaysThere(String name) {
        Catalog.Scopes selection = Selection.choose(name, null, null).orThrow();
        assertThat(selection.local().backend()).isEqualTo("portable");
        assertThat(selection.shared().backend()).isEqualTo("polling");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "", "LINUX", "portable "})
    void refusesAnUnknownName(String name) {
        assertThatThrownBy(() -> Selection.choose(name, null, null).orThrow())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "-Dio.futex.backend=" + name + ": unknown",
                        "usable: portable, polling",
                        "linux=not on the class path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "macos", "windows"})
    void refusesAnUnusableName(String name) {
        Selection selection = Selection.choose(name, null, null);
        assertThatThrownBy(selection::orThrow)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "-Dio.futex.backend=" + name + ": not usable here",
                        "usable: portable, polling",
                        name + "=not on the class path or module path; add io.futex:futex-" + name);
        assertThat(Futex.available()).as("told all the same").hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "", "FFM"})
    void refusesAnUnknownBinding(String binding) {
        assertThatThrownBy(() -> Selection.choose(null, binding, null).orThrow())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "-Dio.futex.binding=" + binding, "unknown; usable: none", "not usable: ffm", "not usable: jna");
        assertThatThrownBy(() -> Selection.choose("portable", binding, null).orThrow())
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffm", "jna"})
    void refusesABindingThatNoBackendHas(String binding) {
        assertThatThrownBy(() -> Selection.choose(null, binding, null).orThrow())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "-Dio.futex.binding=" + binding, "not usable here; usable: none", "linux=not on");
        assertThat(Selection.choose("portable", binding, null).orThrow().local().backend())
                .as("portable needs none")
                .isEqualTo("portable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "", "NATIVE", "true"})
    void refusesAnUnknownRequirement(String require) {
        assertThatThrownBy(() -> Selection.choose(null, null, require).orThrow())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("-Dio.futex.require=" + require + ": unknown; known: native");
        assertThatThrownBy(() -> Selection.choose("portable", null, require).orThrow())
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void failsRatherThanFallBackIfToldTo() {
        assertThatThrownBy(() -> Selection.choose(null, null, "native").orThrow())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(
                        "-Dio.futex.require=native: nothing native is usable here",
                        "usable: portable, polling",
                        "linux=not on the class path");
        for (String name : List.of("portable", "polling")) {
            assertThatThrownBy(() -> Selection.choose(name, null, "native").orThrow())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("-Dio.futex.require=native: -Dio.futex.backend=" + name + " is not");
        }
        assertThat(Selection.choose(null, null, "native").warning())
                .as("it has not fallen back")
                .isNull();
    }

    @Test
    void warnsOfAFallBackThatNobodyAskedFor() {
        String own = System.getProperty("os.name").startsWith("Windows") ? "windows" : "linux";
        assertThat(Selection.choose(null, null, null).warning())
                .startsWith("futex falls back to the backend portable, and polls shared words: " + own + ": not on");
        assertThat(Selection.choose("portable", null, null).warning()).isNull();
        assertThat(Selection.choose("polling", null, null).warning()).isNull();
    }

    @Test
    void listsAreNotForChanging() {
        assertThatThrownBy(() -> Futex.available().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> Futex.unavailable().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThat(Futex.local()).isSameAs(Futex.local());
        assertThat(Futex.shared()).isSameAs(Futex.shared());
    }
}
