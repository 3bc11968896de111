package io.futex.adapters.chronicle;

import io.futex.adapters.Handover;
import io.futex.adapters.OtherProcess;
import io.futex.sync.Doorbell;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.openhft.chronicle.core.threads.EventHandler;
import net.openhft.chronicle.threads.MediumEventLoop;

/// An event loop that takes numbers from a file, and ends well if all are there.
public final class LoopProgram {
    static final long PUBLISHED = 0;
    static final long TAKEN = 128;
    private static final long BELL = 256;
    private static final int BYTES = 384;
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();

    private LoopProgram() {}

    /// @param arguments the file, and how many numbers
    public static void main(String[] arguments) throws IOException, InterruptedException {
        MemorySegment memory = map(Path.of(arguments[0]));
        long count = Long.parseLong(arguments[1]);
        CountDownLatch done = new CountDownLatch(1);
        Handover.Pause pause = new Handover.Pause();
        SignalledPauser pauser = new SignalledPauser(bell(memory), Long.MAX_VALUE, TimeUnit.DAYS);
        try (MediumEventLoop loop = new MediumEventLoop(null, "loop", pauser, true, "none")) {
            loop.addHandler((EventHandler) () -> {
                long taken = get(memory, TAKEN);
                boolean work = get(memory, PUBLISHED) != taken;
                if (work) {
                    set(memory, TAKEN, taken + 1);
                    if (taken + 1 == count) {
                        done.countDown();
                    }
                }
                pause.draw(); // to give publications time to come in between
                return work;
            });
            loop.start();
            done.await();
        }
    }

    static MemorySegment map(Path file) throws IOException {
        MappedByteBuffer buffer = OtherProcess.map(file, BYTES);
        return MemorySegment.ofBuffer(buffer);
    }

    static Doorbell bell(MemorySegment memory) {
        return Doorbell.shared(memory, BELL);
    }

    static long get(MemorySegment memory, long at) {
        return (long) LONG.getAcquire(memory, at);
    }

    static void set(MemorySegment memory, long at, long value) {
        LONG.setRelease(memory, at, value);
    }
}
