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
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;
import run.endive.wasm.types.MemoryLimits;

/// How long a round trip takes between a Java thread and a WebAssembly guest on one word.
final class GuestPingPong {
    private static final int PAGES = 2;
    private static final int MAX_PAGES = 16;
    private static final int WORD = 32 * 1024;
    private static final int FEW_ROUNDS = 100;

    private GuestPingPong() {}

    /// Parameters: `memory` (endive, own), `ping-cpu`, `pong-cpu` (-1: left to the system), `millis`.
    static void run(Request request, Reply reply) throws Exception {
        Memory memory = request.text("memory").equals("own")
                ? SharedWasmMemory.create(PAGES, MAX_PAGES)
                : new ByteArrayMemory(new MemoryLimits(PAGES, MAX_PAGES, true));
        try {
            long few = play(request, memory, FEW_ROUNDS);
            int rounds = (int) Math.clamp(FEW_ROUNDS * request.number("millis") * 1e6 / few, FEW_ROUNDS, 1e8);
            reply.put("ns", (double) play(request, memory, rounds) / rounds);
        } finally {
            Affinity.unpin(); // threads inherit it
        }
    }

    private static long play(Request request, Memory memory, int rounds) throws Exception {
        Affinity.place(request.cpu("ping-cpu"));
        Thread guest = Thread.ofPlatform().daemon().name("pong").start(() -> {
            Affinity.place(request.cpu("pong-cpu"));
            try (InputStream binary = GuestPingPong.class.getResourceAsStream("pingpong.wasm")) {
                InstancePerThread guests = InstancePerThread.of(Parser.parse(binary), memory);
                guests.export("ping_pong").apply(WORD, 1, rounds + 1);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        roundTrips(memory, 1); // then the guest is there
        long begin = System.nanoTime();
        roundTrips(memory, rounds);
        guest.join();
        return System.nanoTime() - begin;
    }

    private static void roundTrips(Memory memory, int rounds) throws InterruptedException {
        WasmFutex futex = WasmFutex.over(memory);
        for (int i = 0; i < rounds; i++) {
            memory.atomicWriteInt(WORD, 1);
            int unusedCount = futex.wakeOneAt(WORD);
            for (int seen = memory.atomicReadInt(WORD); seen != 0; seen = memory.atomicReadInt(WORD)) {
                WaitResult unused = futex.waitAt(WORD, seen);
            }
        }
    }
}
