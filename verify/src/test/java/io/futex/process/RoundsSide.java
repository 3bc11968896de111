package io.futex.process;

import io.futex.contract.ForkedJvm;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// The other side of a test over a file of synchronizers: [RoundsProgram], or the same in C.
enum RoundsSide {
    JAVA,
    C;

    /// @param directory where the file `words` is, and `out` and `err` will be
    /// @param part of the program
    /// @param rounds see there
    Process start(Path directory, String part, int rounds) throws IOException {
        String file = directory.resolve("words").toString();
        if (this == JAVA) {
            return ForkedJvm.java(
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            ClassPath.ofTests(),
                            RoundsProgram.class.getName(),
                            file,
                            part,
                            String.valueOf(rounds))
                    .start(directory.resolve("out"), directory.resolve("err"));
        }
        Assumptions.assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "SKIPPED: the C program calls Linux's futex");
        String program = CProgram.compiled("rounds", "WaitGroup", "Once", "Parker", "Doorbell")
                .toString();
        return new ProcessBuilder(program, file, part, String.valueOf(rounds))
                .redirectError(directory.resolve("err").toFile())
                .start();
    }
}
