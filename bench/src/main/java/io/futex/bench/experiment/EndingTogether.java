package io.futex.bench.experiment;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;

/// How late the last of many virtual threads runs whose times are over at the same moment.
///
/// Parameters: `kind` (futex: each waits on a shared word of its own; sleep), `count`, `millis` until that moment.
final class EndingTogether {
    private EndingTogether() {}

    static void run(Request request, Reply reply) throws Exception {
        int count = request.count("count");
        boolean sleep = request.text("kind").equals("sleep");
        Futex futex = Futex.shared();
        LongAccumulator worst = new LongAccumulator(Math::max, 0);
        try (Arena arena = Arena.ofShared();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            MemorySegment words = arena.allocate((long) count * Integer.BYTES, 128);
            long deadline = System.nanoTime() + request.number("millis") * 1_000_000;
            for (long i = 0; i < count; i++) {
                long offset = i * Integer.BYTES;
                Future<?> unused = threads.submit(() -> {
                    if (sleep) {
                        TimeUnit.NANOSECONDS.sleep(deadline - System.nanoTime());
                    } else {
                        wait(futex, words, offset, deadline);
                    }
                    worst.accumulate(System.nanoTime() - deadline);
                    return null;
                });
            }
        }
        reply.put("ns", worst.doubleValue());
    }

    private static void wait(Futex futex, MemorySegment words, long offset, long deadline) throws InterruptedException {
        while (futex.waitUntil(words, offset, 0, deadline) != WaitResult.TIMED_OUT) {
            // woken for no reason
        }
    }
}
