package io.futex.windows;

import io.futex.shared.RegionLayout;
import io.futex.shared.SharedQueue;
import io.futex.shared.SharedRegion;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Another process over a region, which is killed in the middle of what it was told to do, or sends and ends.
final class HolderProgram {
    static final RegionLayout LAYOUT = RegionLayout.builder()
            .robustMutex("lock")
            .robustOnce("once")
            .word("step")
            .queue("queue", SharedQueue.Kind.MPMC, 4, Long.BYTES)
            .build();

    static final int THERE = 1;
    static final int RECORDS = 1_000;

    private HolderProgram() {}

    /// @param arguments the file, and what to do
    public static void main(String[] arguments) throws Exception {
        SharedRegion region = SharedRegion.attach(Path.of(arguments[0]), LAYOUT);
        switch (arguments[1]) {
            case "hold" -> {
                region.robustMutex("lock").lock();
                stop(region);
            }
            case "run" -> region.robustOnce("once").run(() -> stop(region));
            case "claim" -> {
                long unused = region.queue("queue").claim();
                stop(region);
            }
            case "send" -> {
                SharedQueue queue = region.queue("queue");
                for (long i = 0; i < RECORDS; i++) {
                    long claim = queue.claim();
                    queue.record(claim).set(ValueLayout.JAVA_LONG, 0, i);
                    queue.commit(claim);
                }
            }
            default -> throw new IllegalArgumentException(arguments[1]);
        }
    }

    private static void stop(SharedRegion region) {
        region.word("step").set(THERE);
        for (; ; ) {
            LockSupport.park();
        }
    }
}
