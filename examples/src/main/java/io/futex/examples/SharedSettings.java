package io.futex.examples;

import io.futex.sync.RwMutex;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;

/// Settings in a mapped file that all processes of a machine read, and that any of them may change: a read-write lock
/// keeps the values consistent with each other.
///
/// A file of zeros is an open lock and settings of zero, so nobody needs to be first.
public final class SharedSettings {
    private static final long LOCK = 0;
    private static final long LOWEST = 16;
    private static final long HIGHEST = 24;
    private static final long BYTES = 32;

    private final MemorySegment memory;
    private final RwMutex lock;

    /// A range, of which both ends belong together.
    public record Range(long lowest, long highest) {}

    private SharedSettings(MemorySegment memory) {
        this.memory = memory;
        this.lock = RwMutex.shared(memory, LOCK);
    }

    /// Maps the settings of a file.
    ///
    /// @param file an empty one, or one that another process has opened as settings
    /// @param arena ends the mapping
    public static SharedSettings open(Path file, Arena arena) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new SharedSettings(channel.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena));
        }
    }

    /// The range, together with any other readers.
    public Range read() {
        Lock reading = lock.readLock();
        reading.lock();
        try {
            return get();
        } finally {
            reading.unlock();
        }
    }

    /// Moves both ends apart, and tells what came of it. Turning from writer into reader lets other readers in as soon
    /// as the change is made, and yet no other writer comes in before this one has seen its result.
    public Range widen(long by) {
        Lock held = lock.writeLock();
        held.lock();
        try {
            Range before = get();
            memory.set(ValueLayout.JAVA_LONG, LOWEST, before.lowest() - by);
            memory.set(ValueLayout.JAVA_LONG, HIGHEST, before.highest() + by);
            lock.downgrade();
            held = lock.readLock();
            return get();
        } finally {
            held.unlock();
        }
    }

    private Range get() {
        return new Range(memory.get(ValueLayout.JAVA_LONG, LOWEST), memory.get(ValueLayout.JAVA_LONG, HIGHEST));
    }

    /// Two threads read while another widens the range.
    ///
    /// @param args none
    public static void main(String[] args) throws Exception {
        run(100_000, new PrintWriter(System.out, true, System.out.charset()));
    }

    /// Runs the threads; whoever reads checks that both ends belong together.
    ///
    /// @param count how often the range is widened
    /// @param out is told the last range
    public static void run(int count, PrintWriter out) throws IOException, InterruptedException {
        Path file = Files.createTempFile("settings", ".words");
        try (Arena arena = Arena.ofShared()) {
            SharedSettings settings = open(file, arena); // another process would open the same file
            AtomicReference<Range> torn = new AtomicReference<>();
            Thread[] readers = new Thread[2];
            for (int i = 0; i < readers.length; i++) {
                readers[i] = Thread.ofPlatform().start(() -> {
                    for (Range range = settings.read(); range.highest() < count; range = settings.read()) {
                        if (range.lowest() + range.highest() != 0) {
                            torn.set(range);
                        }
                    }
                });
            }
            for (int i = 0; i < count; i++) {
                settings.widen(1);
            }
            for (Thread reader : readers) {
                reader.join();
            }
            if (torn.get() != null) {
                throw new IllegalStateException("torn: " + torn.get());
            }
            out.println(settings.read());
        } finally {
            Files.delete(file);
        }
    }
}
