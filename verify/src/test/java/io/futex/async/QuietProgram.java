package io.futex.async;

import static io.futex.async.VirtualWaitsProgram.require;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// What waits for virtual threads is not there before the first needs it, takes no processor time while all sleep, and
/// is gone after the last. Says how much time that was.
public final class QuietProgram {
    private static final long QUIET_NANOS = 2_000_000_000;
    private static final long MOST_NANOS = QUIET_NANOS / 10;
    private static final int LINE = 128;

    private QuietProgram() {}

    /// @param arguments how many virtual threads sleep, and who waits for them, in part
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[0]);
        Futex futex = Futex.shared();
        MemorySegment words = Arena.global().allocate((long) LINE * count, LINE);
        require(futex.wait(words, 0, 0, 1, TimeUnit.MILLISECONDS) == WaitResult.TIMED_OUT, "by this thread itself");
        require(ours().isEmpty(), "before the first: " + ours());
        for (int round = 0; round < 2; round++) {
            List<Waiter> sleepers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long offset = (long) LINE * i;
                sleepers.add(Waiter.virtual(() -> futex.wait(words, offset, 0)));
            }
            for (int i = 0; i < count; i++) {
                sleepers.get(i).awaitAsleep(words.asSlice((long) LINE * i, 4));
            }
            require(futex.toString().contains(arguments[1]), futex);
            require(!ours().isEmpty(), "somebody waits");
            if (round == 0) {
                sleepQuietly();
            }
            for (int i = 0; i < count; i++) {
                require(futex.wakeOne(words, (long) LINE * i) == 1, "one sleeps there");
                require(sleepers.get(i).waitResult() == WaitResult.WOKEN, i);
            }
            Await.until("all is gone", () -> ours().isEmpty());
        }
    }

    private static void sleepQuietly() {
        long before = cpuNanos();
        long end = System.nanoTime() + QUIET_NANOS;
        for (long left = QUIET_NANOS; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left); // not to await anything: to let time pass
        }
        long used = cpuNanos() - before;
        System.out.println("asleep for 2 s: " + used / 1_000_000 + " ms of processor time");
        require(used < MOST_NANOS, used);
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /// Threads and descriptors of this process that nothing else has made.
    private static List<String> ours() {
        List<String> found = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            tasks.map(QuietProgram::name)
                    .filter(name -> name.startsWith("futex-po"))
                    .forEach(found::add);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            descriptors
                    .map(QuietProgram::target)
                    .filter(target -> target.startsWith("anon_inode:"))
                    .forEach(found::add);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm"));
        } catch (IOException e) {
            return ""; // it has ended
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // it was closed
        }
    }
}
