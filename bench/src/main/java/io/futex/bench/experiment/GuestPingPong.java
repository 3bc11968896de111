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
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.MemoryLimits;

/// How long a hand-over takes between Java threads and WebAssembly guests on one word, and beside it by LockSupport.
///
/// Parameters: `memory` (endive, own, file), `ping` and `pong` (Java, guest), `ping-cpu`, `pong-cpu` (-1: left to the
/// system), `millis`; for a file also `file`.
final class GuestPingPong implements Experiment {
    private static final int PAGES = 2;
    private static final int MAX_PAGES = 16;
    private static final int WORD = 32 * 1024;
    private static final int FEW_ROUNDS = 100;

    /// What one side does, until it has handed over so many times.
    private interface Side {
        void play(int me, int rounds) throws Exception;
    }

    @Override
    public void run(Request request, Reply reply) throws Exception {
        Memory memory = memory(request);
        Side ping = side(request.text("ping"), memory);
        Side pong = side(request.text("pong"), memory);
        Parking parking = new Parking();
        Cpus cpus = new Cpus((int) request.number("ping-cpu", -1), (int) request.number("pong-cpu", -1));
        long nanos = request.number("millis") * 1_000_000 / 2;
        reply.put("ns", handOver(ping, pong, cpus, nanos));
        reply.put("park-ns", handOver(parking, parking, cpus, nanos));
    }

    /// Where both sides run; -1 is left to the system.
    private record Cpus(int ping, int pong) {
        static void pin(int cpu) {
            if (cpu >= 0) {
                Affinity.pin(cpu);
            }
        }
    }

    private static Memory memory(Request request) throws IOException {
        return switch (request.text("memory")) {
            case "endive" -> new ByteArrayMemory(new MemoryLimits(PAGES, MAX_PAGES, true));
            case "own" -> SharedWasmMemory.create(PAGES, MAX_PAGES);
            case "file" -> SharedWasmMemory.map(Path.of(request.text("file")), PAGES);
            default -> throw new IllegalArgumentException("no memory " + request.text("memory"));
        };
    }

    private static Side side(String kind, Memory memory) {
        return switch (kind) {
            case "Java" -> java(WasmFutex.over(memory), memory);
            case "guest" -> guest(memory);
            default -> throw new IllegalArgumentException("no side " + kind);
        };
    }

    private static Side java(WasmFutex futex, Memory memory) {
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

    private static Side guest(Memory memory) {
        InstancePerThread guests = InstancePerThread.of(Module.PARSED, memory);
        return (me, rounds) -> guests.export("ping_pong").apply(WORD, me, rounds);
    }

    /// Nanoseconds a hand-over, in as many rounds as fit into the time.
    private static double handOver(Side ping, Side pong, Cpus cpus, long nanos) throws Exception {
        long few = play(ping, pong, cpus, FEW_ROUNDS);
        int rounds = (int) Math.clamp(FEW_ROUNDS * nanos / few, FEW_ROUNDS, 100_000_000L);
        return play(ping, pong, cpus, rounds) / (2.0 * rounds);
    }

    private static long play(Side ping, Side pong, Cpus cpus, int rounds) throws Exception {
        try {
            return playPinned(ping, pong, cpus, rounds);
        } finally {
            if (Affinity.isSupported()) {
                Affinity.unpin(); // threads inherit it
            }
        }
    }

    private static long playPinned(Side ping, Side pong, Cpus cpus, int rounds) throws Exception {
        Cpus.pin(cpus.ping);
        Thread other = Thread.ofPlatform().daemon().name("pong").start(() -> {
            try {
                Cpus.pin(cpus.pong);
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

    private static final class Module {
        static final WasmModule PARSED = parse();

        private static WasmModule parse() {
            try (InputStream binary = GuestPingPong.class.getResourceAsStream("pingpong.wasm")) {
                return Parser.parse(binary);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
