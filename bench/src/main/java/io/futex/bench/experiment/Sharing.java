package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.os.Affinity;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Two threads count on two words: what a shared cache line costs.
///
/// Parameters: `layout` (same-line, slab, own-lines), `ping-cpu`, `pong-cpu`, `millis`.
final class Sharing implements Experiment {
    private static final int CHUNK = 1024;
    private static final long LINE_BYTES = 128;

    @Override
    public void run(Request request, Reply reply) throws Exception {
        MemorySegment memory = Arena.ofAuto().allocate(4 * LINE_BYTES, LINE_BYTES);
        FutexWord one;
        FutexWord two;
        switch (request.text("layout")) {
            case "same-line" -> {
                one = FutexWord.local(memory, 0);
                two = FutexWord.local(memory, Integer.BYTES);
            }
            case "slab" -> {
                one = FutexWord.local(0);
                two = FutexWord.local(0);
            }
            case "own-lines" -> {
                one = FutexWord.local(memory, 0);
                two = FutexWord.local(memory, 2 * LINE_BYTES);
            }
            default -> throw new IllegalArgumentException("no layout " + request.text("layout"));
        }
        AtomicInteger running = new AtomicInteger();
        FutexWord over = FutexWord.local(memory, 3 * LINE_BYTES);
        Thread first = count(one, over, running, (int) request.number("ping-cpu", -1));
        Thread second = count(two, over, running, (int) request.number("pong-cpu", -1));
        while (running.get() < 2) {
            TimeUnit.MICROSECONDS.sleep(100);
        }
        long before = sum(one, two);
        long begin = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(request.number("millis"));
        long done = sum(one, two) - before;
        long nanos = System.nanoTime() - begin;
        over.set(1);
        first.join();
        second.join();
        reply.put("ns", 2.0 * nanos / done);
    }

    private static long sum(FutexWord one, FutexWord two) {
        return Integer.toUnsignedLong(one.get()) + Integer.toUnsignedLong(two.get());
    }

    private static Thread count(FutexWord word, FutexWord over, AtomicInteger running, int cpu) {
        return Thread.ofPlatform().start(() -> {
            if (cpu >= 0) {
                Affinity.pin(cpu);
            }
            running.incrementAndGet();
            while (over.getOpaque() == 0) {
                chunk(word);
            }
        });
    }

    private static void chunk(FutexWord word) {
        for (int i = 0; i < CHUNK; i++) {
            word.getAndAdd(1);
        }
    }
}
