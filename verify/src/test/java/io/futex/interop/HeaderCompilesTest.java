package io.futex.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The header compiles alone, without a warning, as each language and for each system that it is for. All its static
/// assertions hold then.
class HeaderCompilesTest {
    private static final String MACOS = "-Isrc/test/macos -include src/test/macos/system.h";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "gcc, gcc, c, -std=c11 -Wpedantic -Wconversion",
        "gcc, gcc, c, -std=gnu17 -O2 -Wshadow",
        "g++, g++, cpp, -std=c++20 -Wpedantic -Wshadow",
        "clang, clang, c, -std=c11 -Wpedantic -Wconversion",
        "clang++, clang, cpp, -std=c++20 -Wpedantic",
    })
    void here(String compiler, String debian, String language, String options) throws Exception {
        assertThat(said(compiler, debian, language, options)).isEmpty();
        assertThat(said(compiler, debian, language, options, "futex_queue.h")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(value = {"''", "-DFUTEX_SYNC_NOW()=7"})
    void forGuests(String clock) throws Exception {
        String options = "--target=wasm32 -std=c11 -O2 -ffreestanding -matomics -mbulk-memory";
        assertThat(said("clang", "clang", "c", options + " " + clock)).isEmpty();
        assertThat(said("clang", "clang", "c", options.replace("-matomics", "-mno-atomics")))
                .contains("needs WebAssembly with threads");
    }

    @Test
    void forWindowsAndOneProcess() throws Exception {
        String compiler = "x86_64-w64-mingw32-gcc";
        String debian = "gcc-mingw-w64-x86-64";
        assertThat(said(compiler, debian, "c", "-std=c11 -O2 -DFUTEX_SYNC_ONE_PROCESS"))
                .isEmpty();
        assertThat(said(compiler, debian, "c", "-std=c11"))
                .contains("#error")
                .contains("cannot wake a thread of another process");
    }

    /// With what it uses of macOS declared by us: nobody has compiled it there.
    @ParameterizedTest
    @CsvSource({
        "gcc, gcc, c, -std=gnu11, 110000",
        "gcc, gcc, c, -std=gnu11, 140400",
        "g++, g++, cpp, -std=gnu++20, 140400",
    })
    void forMacos(String compiler, String debian, String language, String standard, int version) throws Exception {
        String options = standard + " " + MACOS + " -D__MAC_OS_X_VERSION_MIN_REQUIRED=" + version;
        assertThat(said(compiler, debian, language, options)).isEmpty();
    }

    /// A wrong size, or a wrong place, is found.
    @ParameterizedTest
    @CsvSource({"'(futex_semaphore, 16, 8)', '(futex_semaphore, 12, 8)'", "'least, 12', 'least, 16'"})
    void itsAssertionsAreOnes(String right, String wrong) throws Exception {
        String header = Files.readString(Layout.HEADER);
        assertThat(header).contains(right);
        Files.writeString(folder.resolve("futex_sync.h"), header.replace(right, wrong));
        assertThat(said("gcc", "gcc", "c", "-std=c11 -I" + folder)).contains("static assertion failed");
    }

    /// What the compiler says; nothing if all is well.
    private String said(String compiler, String debian, String language, String options)
            throws IOException, InterruptedException {
        return said(compiler, debian, language, options, "futex_sync.h");
    }

    private String said(String compiler, String debian, String language, String options, String header)
            throws IOException, InterruptedException {
        Path source = folder.resolve("header." + language);
        Files.writeString(source, "#include \"" + header + "\"\n");
        List<String> command = new ArrayList<>(List.of(compiler, "-Wall", "-Wextra", "-Werror"));
        command.addAll(List.of(options.strip().split(" +")));
        command.addAll(List.of(
                "-I" + Layout.HEADER.getParent(),
                "-c",
                "-o",
                folder.resolve("header.o").toString(),
                source.toString()));
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return abort(
                    "SKIPPED: no " + compiler + "; install the package " + debian + " to compile the header by it");
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor() == 0).as(said).isEqualTo(said.isEmpty());
        return said;
    }
}
