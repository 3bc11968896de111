package io.futex.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import io.futex.process.ClassPath;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A native image can make the calls alone that its metadata lists: exactly those that the modules link.
class ReachabilityTest {
    @ParameterizedTest
    @CsvSource({"linux, FfmLinuxCalls", "macos, FfmMacosCalls", "windows, FfmWindowsCalls", "wasm, Reservation"})
    void theMetadataListsWhatIsLinked(String name, String asked) throws Exception {
        Assumptions.assumeTrue(
                !name.equals("linux") || System.getProperty("os.name").equals("Linux"),
                "SKIPPED: needs a kernel that refuses an unknown system call");
        String linked = ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "--illegal-native-access=deny",
                        "--add-opens=java.base/jdk.internal.foreign.abi=ALL-UNNAMED",
                        "-cp",
                        ClassPath.ofTests(),
                        LinkedCallsProgram.class.getName(),
                        "io.futex." + name + "." + asked)
                .run()
                .output();
        assertThat(listed(name))
                .as("listed")
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(linked.lines().toList());
    }

    /// The other half of "every call": whoever links one must be asked above.
    @ParameterizedTest
    @CsvSource({
        "linux.LinuxBackendProvider, linux.FfmLinuxCalls",
        "macos.MacosBackendProvider, macos.FfmMacosCalls",
        "windows.WindowsBackendProvider, windows.FfmWindowsCalls",
        "wasm.WasmFutex, wasm.Reservation$Calloc",
        "Futex,"
    })
    void nothingElseLinks(String ofTheModule, @Nullable String linker) throws Exception {
        Path place = Path.of(ForkedJvm.placeOf(Class.forName("io.futex." + ofTheModule)));
        List<String> linking = new ArrayList<>();
        try (FileSystem jar = Files.isDirectory(place) ? null : FileSystems.newFileSystem(place);
                Stream<Path> files = Files.walk(jar == null ? place : jar.getPath("/"))) {
            for (Path file :
                    (Iterable<Path>) files.filter(file -> file.toString().endsWith(".class"))::iterator) {
                ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
                if (StreamSupport.stream(model.constantPool().spliterator(), false)
                        .anyMatch(ReachabilityTest::isDowncallHandle)) {
                    linking.add(model.thisClass().asInternalName().replace('/', '.'));
                }
            }
        }
        assertThat(linking).isEqualTo(linker == null ? List.of() : List.of("io.futex." + linker));
    }

    private static boolean isDowncallHandle(PoolEntry entry) {
        return entry instanceof MemberRefEntry member && member.name().equalsString("downcallHandle");
    }

    /// One call a line, as the file is written.
    private static List<String> listed(String name) throws IOException {
        String file = "/META-INF/native-image/io.futex/futex-" + name + "/reachability-metadata.json";
        try (InputStream in = ReachabilityTest.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("{\"returnType\""))
                    .map(line -> line.endsWith(",") ? line.substring(0, line.length() - 1) : line)
                    .toList();
        }
    }
}
