package io.futex.contract;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Whether a thread sleeps on a word. The JVM tells it of a parked thread; one in a native wait is `RUNNABLE` to the
/// JVM, so there the kernel is asked.
public final class Asleep {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final boolean LINUX = Files.isReadable(TASKS.resolveSibling("syscall"));

    private static final Map<Thread, Path> KERNEL_THREADS = new ConcurrentHashMap<>();
    private static final Map<Thread, Long> CPU_TIMES = new ConcurrentHashMap<>();

    private Asleep() {}

    /// Whether the thread sleeps on the word right now, or as good as that: without a kernel to ask, that it has used
    /// no processor time for some milliseconds.
    public static boolean on(Thread thread, MemorySegment word) {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            case RUNNABLE -> !thread.isVirtual() && (LINUX ? inKernel(thread, word) : isIdle(thread));
            default -> false;
        };
    }

    /// Whether this system tells which word a native wait sleeps on.
    public static boolean isExact() {
        return LINUX;
    }

    /// The directory of a platform thread in /proc. The JVM gives its threads' names to the kernel, 15 bytes of them.
    public static Path kernelThread(Thread thread) {
        return KERNEL_THREADS.computeIfAbsent(thread, Asleep::find);
    }

    private static Path find(Thread thread) {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (thread.getName().equals(read(task.resolve("comm")))) {
                    return task;
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return null; // not named yet, or gone: not remembered
    }

    /// `/proc/self/task/ID/syscall` has the number and the arguments of the call that a thread is blocked in; the first
    /// argument of every futex call but futex_waitv is the address.
    private static boolean inKernel(Thread thread, MemorySegment word) {
        Path task = kernelThread(thread);
        if (task == null) {
            return false;
        }
        String[] call = read(task.resolve("syscall")).split(" ", 3);
        return call.length == 3 && call[1].equals("0x" + Long.toHexString(word.address()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // the thread has ended meanwhile
        }
    }

    private static boolean isIdle(Thread thread) {
        long before = ThreadMeters.cpuNanos(thread);
        Long earlier = CPU_TIMES.put(thread, before);
        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        return earlier != null && earlier == before && ThreadMeters.cpuNanos(thread) == before;
    }
}
