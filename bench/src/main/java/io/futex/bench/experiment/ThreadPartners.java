package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.peer.Request;
import io.futex.sync.Parker;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// The other side is a thread of this process.
final class ThreadPartners implements Partners {
    @Override
    public Line start(Request request, Thread ping) throws Exception {
        String kind = request.text("kind");
        if (ConditionLine.knows(kind)) {
            ConditionLine.Field field = ConditionLine.field(kind);
            thread(new ConditionLine(field));
            return new ConditionLine(field);
        }
        return switch (kind) {
            case "park" -> {
                ParkLine.Field field = new ParkLine.Field();
                yield new ParkLine(field, thread(new ParkLine(field, ping)));
            }
            case "parker" -> {
                ParkerLine.Field field = new ParkerLine.Field();
                Parker here = new Parker();
                Parker there = new Parker();
                thread(new ParkerLine(field, there, here));
                yield new ParkerLine(field, here, there);
            }
            case "pipe" -> {
                Pipe there = Pipe.open();
                Pipe back = Pipe.open();
                thread(new ChannelLine(there.source(), back.sink()));
                yield new ChannelLine(back.source(), there.sink());
            }
            case "socket" -> {
                Path path = Path.of(request.text("file"));
                Files.deleteIfExists(path);
                try (ServerSocketChannel server = ChannelLine.listen(path)) {
                    Line here = ChannelLine.connect(path);
                    thread(ChannelLine.accept(server));
                    yield here;
                }
            }
            default -> overWord(kind, FutexWord.local(Line.PONG));
        };
    }

    private static Line overWord(String kind, FutexWord word) {
        if (Bell.knows(kind)) {
            Bell here = Bell.local(kind);
            Bell there = Bell.local(kind);
            thread(new BellLine(word, there, here));
            return new BellLine(word, here, there);
        }
        thread(WordLine.of(kind, word, false));
        return WordLine.of(kind, word, false);
    }

    private static Thread thread(Line line) {
        return Thread.ofPlatform().daemon().name("pong").start(() -> {
            try {
                Echo.run(line);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
