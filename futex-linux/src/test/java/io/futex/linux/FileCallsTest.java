package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileCallsTest {
    @ParameterizedTest
    @CsvSource({
        "amd64, 319, 72, 77, 3",
        "x86_64, 319, 72, 77, 3",
        "aarch64, 279, 25, 46, 57",
        "riscv64, 279, 25, 46, 57",
        "loongarch64, 279, 25, 46, 57",
        "ppc64le, 360, 55, 93, 6",
        "s390x, 350, 55, 93, 6"
    })
    void knowsTheNumbersOfEveryArchitecture(String arch, int memfdCreate, int fcntl, int ftruncate, int close) {
        assertThat(FileCalls.of(arch)).isEqualTo(new FileCalls(memfdCreate, fcntl, ftruncate, close));
    }
}
