package io.futex.process;

import io.futex.channel.ChannelClosedException;
import io.futex.shared.SharedQueue;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A producer or a consumer of a queue; `queue.c` is another one, and says what the records and the tallies are.
public final class QueueProgram {
    static final int NUMBERS = 8;

    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private QueueProgram() {}

    /// @param arguments the queue's file, that of the tallies, what to be, the first number, and how many
    public static void main(String[] arguments) throws Exception {
        try (SharedQueue queue = SharedQueue.attach(Path.of(arguments[0]));
                Arena arena = Arena.ofShared()) {
            MemorySegment tallies = map(Path.of(arguments[1]), arena);
            if (arguments[2].equals("produce")) {
                produce(queue, tallies, Long.parseLong(arguments[3]), Long.parseLong(arguments[4]));
            } else {
                consume(queue, tallies);
            }
        } catch (ChannelClosedException e) {
            // the end
        }
    }

    static MemorySegment map(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, channel.size(), arena);
        }
    }

    private static void produce(SharedQueue queue, MemorySegment tallies, long first, long many)
            throws InterruptedException {
        for (long number = first; number < first + many; number++) {
            long claim = queue.claim();
            MemorySegment record = queue.record(claim);
            for (int i = 0; i < NUMBERS; i++) {
                record.set(ValueLayout.JAVA_LONG, 8L * i, number);
            }
            queue.commit(claim);
            LONG.setVolatile(tallies, 8 * (first - 1), number);
        }
    }

    private static void consume(SharedQueue queue, MemorySegment tallies) throws InterruptedException {
        for (; ; ) {
            long taken = queue.take();
            MemorySegment record = queue.record(taken);
            long number = record.get(ValueLayout.JAVA_LONG, 0);
            for (int i = 1; i < NUMBERS; i++) {
                if (record.get(ValueLayout.JAVA_LONG, 8L * i) != number) {
                    throw new AssertionError("torn");
                }
            }
            long unusedBefore = (long) LONG.getAndAdd(tallies, 8 * number, 1L);
            long unusedAll = (long) LONG.getAndAdd(tallies, 0L, 1L);
            queue.release(taken);
        }
    }

    static long tally(MemorySegment tallies, long number) {
        return (long) LONG.getVolatile(tallies, 8 * number);
    }
}
