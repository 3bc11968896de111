package io.futex.process;

import io.futex.Futex;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// One of two processes that pass a word of a mapped file to and fro.
public final class PingPongProgram {
    static final int BYTES = 4096;
    static final long WORD = 128;
    static final long DATA = 1024;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private PingPongProgram() {}

    /// @param arguments the file, which of the two (0 or 1), and how many rounds
    public static void main(String[] arguments) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = map(Path.of(arguments[0]), arena);
            play(Futex.shared(), memory, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        }
    }

    /// The file's memory.
    public static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
        }
    }

    /// Waits for the turn, adds to plain data beside the word, and passes the turn on.
    public static void play(Futex futex, MemorySegment memory, int own, int rounds) throws InterruptedException {
        for (int i = 0; i < rounds; i++) {
            int turn = 2 * i + own;
            for (int value = get(memory); value != turn; value = get(memory)) {
                var unused = futex.wait(memory, WORD, value);
            }
            long data = memory.get(ValueLayout.JAVA_LONG, DATA);
            if (data != turn) {
                throw new AssertionError("turn " + turn + " sees data of " + data);
            }
            memory.set(ValueLayout.JAVA_LONG, DATA, data + 1);
            INT.setRelease(memory, WORD, turn + 1);
            int unused = futex.wakeOne(memory, WORD);
        }
    }

    static int get(MemorySegment memory) {
        return (int) INT.getAcquire(memory, WORD);
    }

    static void set(MemorySegment memory, int value) {
        INT.setVolatile(memory, WORD, value);
    }
}
