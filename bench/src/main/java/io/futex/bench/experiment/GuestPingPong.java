package io.futex.bench.experiment;

import io.futex.WaitResult;
import io.futex.bench.os.Affinity;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.wasm.InstancePerThread;
import io.futex.wasm.SharedWasmMemory;
import io.futex.wasm.WasmFutex;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.LockSupport;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;
import run.endive.wasm.types.MemoryLimits;

/// How long a hand-over takes between Java threads and WebAssembly guests on one word, and beside it by LockSupport.
final class GuestPingPong {
    private static final int PAGES = 2;
    private static final int MAX_PAGES = 16;
    private static final int WORD = 32 * 1024;
    private static final int FEW_ROUNDS = 100;

    /// What one side does, until it has handed over so many times.
    private interface Side {
        void play(int me, int rounds) throws Exception;
    }

    private final Request request;

    private GuestPingPong(Request request) {
        this.request = request;
    }

    /// Parameters: `memory` (endive, own, file), `ping` and `pong` (Java, guest), `ping-cpu`, `pong-cpu` (-1: left to
    /// the
    /// system), `millis`; for a file also `file`.
    static void run(Request request, Reply reply) throws Exception {
        GuestPingPong game = new GuestPingPong(request);
        Memory memory = switch (request.text("memory")) {
            case "endive" -> new ByteArrayMemory(new MemoryLimits(PAGES, MAX_PAGES, true));
            case "own" -> SharedWasmMemory.create(PAGES, MAX_PAGES);
            case "file" -> SharedWasmMemory.map(Path.of(request.text("file")), PAGES);
            default -> throw new IllegalArgumentException("no memory " + request.text("memory"));
        };
        reply.put("ns", game.handOver(side(request.text("ping"), memory), side(request.text("pong"), memory)));
        Parking parking = new Parking();
        reply.put("park-ns", game.handOver(parking, parking));
    }

    private static Side side(String kind, Memory memory) throws IOException {
        if (kind.equals("guest")) {
            try (InputStream binary = GuestPingPong.class.getResourceAsStream("pingpong.wasm")) {
                InstancePerThread guests = InstancePerThread.of(Parser.parse(binary), memory);
                return (me, rounds) -> guests.export("ping_pong").apply(WORD, me, rounds);
            }
        }
        WasmFutex futex = WasmFutex.over(memory);
        return (me, rounds) -> {
            for (int i = 0; i < rounds; i++) {
                for (int seen = memory.atomicReadInt(WORD); seen != me; seen = memory.atomicReadInt(WORD)) {
                    WaitResult unused = futex.waitAt(WORD, seen);
                }
                memory.atomicWriteInt(WORD, 1 - me);
                int unused = futex.wakeOneAt(WORD);
            }
        };
    }

    /// Nanoseconds a hand-over, in as many rounds as fit into half of the time.
    private double handOver(Side ping, Side pong) throws Exception {
        try {
            long nanos = request.number("millis") * 1_000_000 / 2;
            long few = play(ping, pong, FEW_ROUNDS);
            int rounds = (int) Math.clamp(FEW_ROUNDS * nanos / few, FEW_ROUNDS, 100_000_000L);
            return play(ping, pong, rounds) / (2.0 * rounds);
        } finally {
            Affinity.unpin(); // threads inherit it
        }
    }

    private long play(Side ping, Side pong, int rounds) throws Exception {
        Affinity.place(request.cpu("ping-cpu"));
        Thread other = Thread.ofPlatform().daemon().name("pong").start(() -> {
            try {
                Affinity.place(request.cpu("pong-cpu"));
                pong.play(1, rounds);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        long begin = System.nanoTime();
        ping.play(0, rounds);
        other.join();
        return System.nanoTime() - begin;
    }

    /// Both sides look at one field and park.
    private static final class Parking implements Side {
        private final CyclicBarrier begin = new CyclicBarrier(2);
        private final Thread[] threads = new Thread[2];
        private volatile int value;

        @Override
        public void play(int me, int rounds) throws Exception {
            threads[me] = Thread.currentThread();
            int unused = begin.await();
            Thread other = threads[1 - me];
            for (int i = 0; i < rounds; i++) {
                while (value != me) {
                    LockSupport.park();
                }
                value = 1 - me;
                LockSupport.unpark(other);
            }
        }
    }
}
