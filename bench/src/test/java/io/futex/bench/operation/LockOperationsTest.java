package io.futex.bench.operation;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A part of [OperationsTest], so that two JVMs share the time it takes.
class LockOperationsTest {
    static final Set<String> NAMES = Set.of("mutex", "rw-mutex", "condition", "barrier", "semaphore", "callers-memory");

    static Stream<String> names() {
        return NAMES.stream().sorted();
    }

    @ParameterizedTest
    @MethodSource("names")
    void measuresEveryCell(String name) throws IOException {
        Cells.assertFilled(name);
    }
}
