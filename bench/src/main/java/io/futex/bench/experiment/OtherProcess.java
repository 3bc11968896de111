package io.futex.bench.experiment;

import io.futex.bench.peer.Jvm;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The process at the other end of whatever two processes share.
public final class OtherProcess {
    /// It answers at an [Endpoint].
    static final String ANSWER = "answer";

    /// It consumes from a [MeasuredQueue].
    static final String CONSUME = "consume";

    /// It receives from [QuietQueues].
    static final String RECEIVE = "receive";

    /// It holds the lock of a [Recovery].
    static final String HOLD = "hold";

    private OtherProcess() {}

    /// Goes on until it is told to stop, or its parent is gone.
    ///
    /// @param args what it does, how it waits, and the file or socket
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[2]);
        if (!args[1].equals("pipe")) {
            Thread.ofPlatform().daemon().name("parent").start(OtherProcess::endWithParent);
        }
        switch (args[0]) {
            case CONSUME -> MeasuredQueue.consume(args[1], file);
            case RECEIVE -> QuietQueues.receive(args[1], file);
            case HOLD -> Recovery.hold(file);
            default -> Endpoints.ofProcess(args[1], file).answer();
        }
        Runtime.getRuntime().halt(0); // the thread above may sit in a read
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever sent
            }
        } catch (IOException e) {
            // as good as its end
        }
        Runtime.getRuntime().halt(1);
    }

    /// Starts it. Its standard input stays connected to this process, so that it ends when this process does.
    static Process start(String what, String how, Path file) throws IOException {
        return new ProcessBuilder(Jvm.command(OtherProcess.class, what, how, file.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    static MemorySegment map(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, Arena.ofAuto());
        }
    }
}
