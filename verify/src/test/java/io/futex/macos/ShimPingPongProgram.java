package io.futex.macos;

import io.futex.internal.Engines;
import io.futex.process.PingPongProgram;
import java.lang.foreign.Arena;
import java.nio.file.Path;

/// One of two processes that pass a word of a mapped file to and fro by the calls of the shim.
public final class ShimPingPongProgram {
    private ShimPingPongProgram() {}

    /// @param arguments the file, which of the two (0 or 1), and how many rounds
    public static void main(String[] arguments) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            PingPongProgram.play(
                    Engines.shared(ShimProgram.backend()),
                    PingPongProgram.map(Path.of(arguments[0]), arena),
                    Integer.parseInt(arguments[1]),
                    Integer.parseInt(arguments[2]));
        }
    }
}
