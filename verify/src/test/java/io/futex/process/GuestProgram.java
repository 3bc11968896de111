package io.futex.process;

import io.futex.wasm.InstancePerThread;
import io.futex.wasm.SharedWasmMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;

/// One side of a ping-pong: a WebAssembly guest over a mapped file.
public final class GuestProgram {
    /// What the guest wants.
    static final int PAGES = 2;

    static final int BYTES = PAGES * 64 * 1024;

    /// Above what the guest uses itself.
    static final int WORD = 32 * 1024;

    private GuestProgram() {}

    /// @param arguments the file, which side (0 or 1), and how many rounds
    public static void main(String[] arguments) throws IOException {
        play(
                SharedWasmMemory.map(Path.of(arguments[0]), PAGES),
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]));
    }

    static void play(Memory memory, int side, int rounds) throws IOException {
        guest(memory).export("ping_pong").apply(WORD, side, rounds);
    }

    /// The C guest of the tests of futex-wasm.
    static Instance guest(Memory memory) throws IOException {
        try (InputStream binary = GuestProgram.class.getResourceAsStream("/io/futex/wasm/guest.wasm")) {
            return InstancePerThread.instance(Parser.parse(binary), memory);
        }
    }
}
