package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.peer.Jvm;
import io.futex.bench.peer.Request;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The other side is a JVM of its own: [PongMain].
final class ProcessPartners implements Partners {
    private static final long FILE_BYTES = 4096;

    @Override
    public Line start(Request request, Thread ping) throws Exception {
        String kind = request.text("kind");
        Path file = Path.of(request.text("file"));
        switch (kind) {
            case "pipe" -> {
                Process pong = launch(kind, file);
                return new StreamLine(pong.getInputStream(), pong.getOutputStream());
            }
            case "socket" -> {
                Files.deleteIfExists(file);
                try (ServerSocketChannel server = ChannelLine.listen(file)) {
                    launch(kind, file);
                    return ChannelLine.accept(server);
                }
            }
            default -> {
                Files.write(file, new byte[(int) FILE_BYTES]);
                launch(kind, file);
                return end(kind, file, true);
            }
        }
    }

    /// One end of a line over a mapped file.
    static Line end(String kind, Path file, boolean ping) throws IOException {
        MemorySegment memory = map(file, FILE_BYTES);
        FutexWord word = FutexWord.shared(memory, 0);
        if (!Bell.knows(kind)) {
            return WordLine.of(kind, word, true);
        }
        Bell first = Bell.shared(kind, memory, Bell.BYTES);
        Bell second = Bell.shared(kind, memory, 2 * Bell.BYTES);
        return ping ? new BellLine(word, first, second) : new BellLine(word, second, first);
    }

    static MemorySegment map(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, Arena.ofAuto());
        }
    }

    /// Its standard input stays connected to this process, so that it ends when this process does.
    private static Process launch(String kind, Path file) throws Exception {
        return new ProcessBuilder(Jvm.command(PongMain.class, kind, file.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
