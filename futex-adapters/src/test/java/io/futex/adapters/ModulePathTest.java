package io.futex.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import com.lmax.disruptor.RingBuffer;
import io.futex.Futex;
import io.futex.adapters.agrona.SignalledIdleStrategy;
import io.futex.adapters.user.ModuleProgram;
import io.futex.contract.ForkedJvm;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;

/// As modules; and each adapter without the libraries of the others.
class ModulePathTest {
    @Test
    void agronaAlone() {
        assertUsable("org.agrona", IdleStrategy.class);
    }

    @Test
    void theDisruptorAlone() {
        assertUsable("com.lmax.disruptor", RingBuffer.class);
    }

    private static void assertUsable(String library, Class<?> ofLibrary) {
        String said = ForkedJvm.java(
                        "-Dio.futex.backend=portable",
                        "-p",
                        ForkedJvm.path(
                                ForkedJvm.placeOf(Futex.class),
                                ForkedJvm.placeOf(SignalledIdleStrategy.class),
                                ForkedJvm.placeOf(ofLibrary)),
                        "--add-modules",
                        "io.futex.adapters," + library,
                        "-cp",
                        ForkedJvm.placeOf(ModuleProgram.class),
                        ModuleProgram.class.getName(),
                        library)
                .run()
                .output();
        assertThat(said.strip()).isEqualTo("module io.futex.adapters with " + library);
    }
}
