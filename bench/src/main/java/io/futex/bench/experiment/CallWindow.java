package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.os.Affinity;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.sync.Barrier;
import io.futex.sync.Event;
import io.futex.sync.Once;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;

/// Calls over and over, by several threads in a window. Parameters: `threads`, `millis`, and those of each kind.
final class CallWindow {
    /// Calls that take a nanosecond are made so often between two looks at the phase of the window.
    private static final int OFTEN = 1024;

    private static final int UNROLLED = 8;
    private static final long LINE_BYTES = 128;

    private CallWindow() {}

    private static void run(Request request, Reply reply, int threads, double operations, Window.Plan plan)
            throws Exception {
        Window.run(threads, request.number("millis"), operations, plan, reply);
    }

    /// All pass what is open or done, the same one. Parameter: `kind`.
    static void passing(Request request, Reply reply) throws Exception {
        Call call = openOrDone(request.text("kind"));
        run(request, reply, request.count("threads"), OFTEN, unused -> new Window.Job(() -> repeat(call)));
    }

    /// Some calls take less than a nanosecond, and a loop of one call around them no less. The compiler unrolls it for
    /// some and not for others: so it is done here, for all.
    private static void repeat(Call call) throws Exception {
        for (int i = 0; i < OFTEN; i += UNROLLED) {
            call.run();
            call.run();
            call.run();
            call.run();
            call.run();
            call.run();
            call.run();
            call.run();
        }
    }

    /// What nobody has to wait for any more.
    static Call openOrDone(String kind) {
        return switch (kind) {
            case "Event" -> open(Event.manualReset());
            case "Event.memory" -> open(Event.local(Arena.ofAuto().allocate(128, 128), 0, false));
            case "CountDownLatch" -> new CountDownLatch(0)::await;
            case "Once" -> {
                Once once = new Once();
                once.run(CallWindow::nothing);
                yield () -> once.run(CallWindow::nothing); // a constant, as in most programs
            }
            case "FutureTask" -> {
                FutureTask<String> task = new FutureTask<>(() -> "done");
                task.run();
                yield task::get;
            }
            default -> throw new IllegalArgumentException("nothing open or done is called " + kind);
        };
    }

    private static Call open(Event event) {
        event.set();
        return event::await;
    }

    private static void nothing() {}

    /// Each hands over to a partner of its own and back, both on one processor. Where the scheduler puts a pair that is
    /// not pinned it leaves it for many windows, on one processor or on two, and on two a round trip takes ten times as
    /// long. Parameter: `kind`.
    static void pairs(Request request, Reply reply) throws Exception {
        run(request, reply, request.count("threads") / 2, 1, thread -> {
            List<Integer> cpus = Affinity.allowed();
            if (!cpus.isEmpty()) {
                Affinity.pin(cpus.get(thread % cpus.size())); // and the partner, which inherits it
            }
            Endpoint endpoint = Endpoints.toThread(request);
            return new Window.Job(endpoint::roundTrip, () -> {}, () -> endpoint.send(Endpoint.STOP));
        });
    }

    /// All meet at a barrier, with nothing to do in between. Parameter: `kind`.
    static void meeting(Request request, Reply reply) throws Exception {
        int threads = request.count("threads");
        Call meet = switch (request.text("kind")) {
            case "Barrier" -> new Barrier(threads)::await;
            case "CyclicBarrier" -> new CyclicBarrier(threads)::await;
            default -> throw new IllegalArgumentException("no place to meet " + request.text("kind"));
        };
        run(request, reply, threads, 1.0 / threads, unused -> new Window.Job(meet, () -> {}, () -> leave(meet)));
    }

    /// Breaks the barrier, since the others may have come once more already.
    private static void leave(Call meet) throws Exception {
        Thread.currentThread().interrupt();
        try {
            meet.run();
        } catch (BrokenBarrierException | InterruptedException e) {
            // as asked for
        }
    }

    /// Two threads count on two words: what a shared cache line costs. Parameters: `layout` (same-line, slab,
    /// own-lines), `ping-cpu`, `pong-cpu`.
    static void sharing(Request request, Reply reply) throws Exception {
        MemorySegment memory = Arena.ofAuto().allocate(4 * LINE_BYTES, LINE_BYTES);
        List<FutexWord> words = switch (request.text("layout")) {
            case "same-line" -> List.of(FutexWord.local(memory, 0), FutexWord.local(memory, Integer.BYTES));
            case "slab" -> List.of(FutexWord.local(0), FutexWord.local(0));
            case "own-lines" -> List.of(FutexWord.local(memory, 0), FutexWord.local(memory, 2 * LINE_BYTES));
            default -> throw new IllegalArgumentException("no layout " + request.text("layout"));
        };
        run(request, reply, words.size(), OFTEN, thread -> {
            Affinity.place(request.cpu(thread == 0 ? "ping-cpu" : "pong-cpu"));
            FutexWord word = words.get(thread);
            return new Window.Job(() -> count(word));
        });
    }

    private static void count(FutexWord word) {
        for (int i = 0; i < OFTEN; i++) {
            word.getAndAdd(1);
        }
    }
}
