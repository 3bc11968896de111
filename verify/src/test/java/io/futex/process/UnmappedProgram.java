package io.futex.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.Futex;
import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;

/// A program whose native code unmaps the page of a word under those who wait on it.
public final class UnmappedProgram {
    private static final long PAGE = 4096;
    private static final int READ_WRITE = 3;
    private static final int NO_ACCESS = 0;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int FIXED = 0x10;

    private UnmappedProgram() {}

    /// @param arguments `local` or `shared`
    public static void main(String[] arguments) throws Throwable {
        Futex futex = arguments[0].equals("shared") ? Futex.shared() : Futex.local();
        System.out.println(futex);

        // Each sleeps when the page goes, and has nothing that the kernel could compare when it wakes.
        for (int form = 0; form < 3; form++) {
            MemorySegment word = page();
            int one = form;
            Waiter timed = Waiter.platform(() -> switch (one) {
                case 0 -> futex.wait(word, 0, 300, TimeUnit.MILLISECONDS);
                case 1 -> futex.waitUninterruptibly(word, 0, 300, TimeUnit.MILLISECONDS);
                default -> futex.waitUntil(word, 0, 0, System.nanoTime() + 300_000_000);
            });
            Await.until("asleep, or over on a slow machine", () -> timed.isDone() || Asleep.on(timed.thread(), word));
            unmap(word);
            require(timed.waitResult() == WaitResult.TIMED_OUT, timed.waitResult());
        }

        if (!futex.isShared()) { // a wake of a shared word, so an interrupt too, needs the page to know the word by
            MemorySegment left = page();
            Waiter interrupted = Waiter.platform(() -> futex.wait(left, 0)).awaitAsleep(left);
            unmap(left);
            interrupted.thread().interrupt();
            require(interrupted.thrown() instanceof InterruptedException, interrupted.thrown());
        }

        // Who is stopped and goes on, or handles a signal, makes the kernel look again.
        MemorySegment gone = page();
        Waiter stopped =
                Waiter.platform(() -> futex.waitUninterruptibly(gone, 0)).awaitAsleep(gone);
        unmap(gone);
        Await.until("it has looked", () -> {
            stopAndContinue();
            return stopped.isDone();
        });
        require(stopped.thrown() instanceof FutexException, stopped.thrown());
        require(stopped.thrown().getMessage().contains("EFAULT (14)"), stopped.thrown());
    }

    private static void stopAndContinue() {
        long self = ProcessHandle.current().pid();
        try {
            int unused = new ProcessBuilder("sh", "-c", "kill -STOP " + self + "; kill -CONT " + self)
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static MemorySegment page() throws Throwable {
        return map(0, READ_WRITE, PRIVATE_ANONYMOUS).reinterpret(PAGE);
    }

    /// What has no access takes the place of the page: else the JVM may soon map other memory there, and the kernel
    /// finds a word to compare.
    private static void unmap(MemorySegment page) throws Throwable {
        MemorySegment nothing = map(page.address(), NO_ACCESS, PRIVATE_ANONYMOUS | FIXED);
        require(nothing.address() == page.address(), "mmap");
    }

    private static MemorySegment map(long address, int protection, int flags) throws Throwable {
        MethodHandle mmap = link(
                "mmap", FunctionDescriptor.of(ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        return (MemorySegment) mmap.invokeExact(address, PAGE, protection, flags, -1, 0L);
    }

    private static MethodHandle link(String function, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(function).orElseThrow(), descriptor);
    }

    private static void require(boolean condition, Object message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
