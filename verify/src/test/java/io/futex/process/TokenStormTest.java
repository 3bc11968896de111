package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No wake is lost among virtual threads, platform threads, futures and programs in C, many of which give up: whoever
/// waits for the virtual ones.
class TokenStormTest extends SharedFile {
    private static final int TOKENS = Scale.of(500, 50_000);
    private static final int NANOS = 60_000;

    TokenStormTest() {
        super(TokenStormProgram.class, "tokens");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ring", "pool", "polling"})
    void everyTokenIsTaken(String async) throws Exception {
        List<Process> others = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            others.add(start(Side.C, "patient", 0));
            others.add(start(Side.C, "hasty", NANOS + i));
        }
        String said = ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djdk.virtualThreadScheduler.parallelism=2",
                        "-Dio.futex.async=" + async,
                        "-cp",
                        ClassPath.ofTests(),
                        TokenStormProgram.class.getName(),
                        file().toString(),
                        String.valueOf(TOKENS))
                .run()
                .output();
        assertThat(said).contains("for virtual threads by ");
        for (Process other : others) {
            assertEnds(other);
        }
    }
}
